import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Job, JobDone, JobRefused } from './worker-process.js';

/** A job that a kill may end, by the process itself at a statement or by the test after so many milliseconds. */
export type Order = Job & { readonly killAfterMs?: number };

/** What became of a job: done, or its process was killed. */
export type Answer = JobDone | { readonly killed: string };

/** The program of processes that sync. */
export class WorkerProgram {
  private constructor(
    private readonly script: string,
    private readonly database: string,
    readonly schema: string,
  ) {}

  /** Builds the program into the folder. */
  static async build(folder: string, database: string, schema: string): Promise<WorkerProgram> {
    const script = path.join(folder, 'worker.mjs');
    await build({
      entryPoints: [fileURLToPath(new URL('./worker-process.ts', import.meta.url))],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'error',
    });
    return new WorkerProgram(script, database, schema);
  }

  /** A process that waits for jobs. */
  async start(): Promise<ChildProcess> {
    const worker = fork(this.script, [this.database, this.schema]);
    await once(worker, 'message');
    return worker;
  }
}

/** Gives a process a job, and tells what becomes of it. One that falls asleep answers when it was woken. */
export async function ask(worker: ChildProcess, job: Job): Promise<JobDone | JobRefused | 'killed'> {
  const answered = new Promise<JobDone | JobRefused | 'killed'>((resolve, reject) => {
    const hear = (answer: 'asleep' | JobDone | JobRefused | { readonly error: string }): void => {
      if (answer === 'asleep') return;
      stopListening();
      if ('error' in answer) reject(new Error(answer.error));
      else resolve(answer);
    };
    const end = (code: number | null, signal: string | null): void => {
      stopListening();
      if (signal === 'SIGKILL') resolve('killed');
      else reject(new Error(`the process ended by itself: ${String(code)}`));
    };
    const stopListening = (): void => {
      worker.off('message', hear);
      worker.off('exit', end);
    };
    worker.on('message', hear);
    worker.on('exit', end);
  });
  worker.send(job);
  return answered;
}

/** Ends a process at once, also one that sleeps. */
export async function kill(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const gone = once(worker, 'exit');
  worker.kill('SIGKILL');
  await gone;
}

/** Processes that sync. One waits in reserve, so that a killed one has its successor at once. */
export class Workers {
  #current: Promise<ChildProcess>;
  #reserve: Promise<ChildProcess>;

  constructor(private readonly program: WorkerProgram) {
    this.#current = program.start();
    this.#reserve = program.start();
  }

  /** Does a job in a process that is alive. A killed one is told by the name of its connections to the database. */
  async do({ killAfterMs, ...job }: Order): Promise<Answer> {
    const worker = await this.#current;
    const answered = ask(worker, job);
    const timer = killAfterMs === undefined ? undefined : setTimeout(() => worker.kill('SIGKILL'), killAfterMs);
    const answer = await answered;
    clearTimeout(timer);
    if (answer === 'killed' || worker.killed) {
      await kill(worker);
      this.#current = this.#reserve;
      this.#reserve = this.program.start();
      return { killed: `${this.program.schema}-${String(worker.pid)}` };
    }
    if ('holder' in answer) throw new Error(`the scope is held by ${answer.holder}`);
    return answer;
  }

  async stop(): Promise<void> {
    await Promise.all((await Promise.all([this.#current, this.#reserve])).map(kill));
  }
}
