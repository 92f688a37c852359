import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Job, JobDone } from './worker-process.js';

/** A job that a kill may end, by the process itself at a statement or by the test after so many milliseconds. */
export type Order = Job & { readonly killAfterMs?: number };

/** What became of a job: done, or its process was killed. */
export type Answer = JobDone | { readonly killed: string };

/** Processes that sync. One waits in reserve, so that a killed one has its successor at once. */
export class Workers {
  #current: Promise<ChildProcess>;
  #reserve: Promise<ChildProcess>;

  private constructor(
    private readonly script: string,
    private readonly database: string,
    private readonly schema: string,
  ) {
    this.#current = this.start();
    this.#reserve = this.start();
  }

  /** Builds the program of the processes into the folder. */
  static async build(folder: string, database: string, schema: string): Promise<Workers> {
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
    return new Workers(script, database, schema);
  }

  /** Does a job in a process that is alive. A killed one is told by the name of its connections to the database. */
  async do({ killAfterMs, ...job }: Order): Promise<Answer> {
    const worker = await this.#current;
    const answered = Promise.race([
      once(worker, 'message').then(([message]) => message as JobDone | { readonly error: string }),
      once(worker, 'exit').then(([code, signal]) => {
        if (signal !== 'SIGKILL') throw new Error(`the process ended by itself: ${String(code)}`);
        return 'killed' as const;
      }),
    ]);
    worker.send(job);
    const timer = killAfterMs === undefined ? undefined : setTimeout(() => worker.kill('SIGKILL'), killAfterMs);
    const answer = await answered;
    clearTimeout(timer);
    if (answer === 'killed' || worker.killed) {
      if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit');
      this.#current = this.#reserve;
      this.#reserve = this.start();
      return { killed: `${this.schema}-${String(worker.pid)}` };
    }
    if ('error' in answer) throw new Error(answer.error);
    return answer;
  }

  async stop(): Promise<void> {
    for (const worker of await Promise.all([this.#current, this.#reserve])) {
      const gone = once(worker, 'exit');
      worker.kill('SIGKILL');
      await gone;
    }
  }

  private async start(): Promise<ChildProcess> {
    const worker = fork(this.script, [this.database, this.schema]);
    await once(worker, 'message');
    return worker;
  }
}
