import { ConfigurationError, RosterError } from '../errors.js';
import { checkFunction, checkMethods, checkOptionNames } from '../internal/options.js';
import type { RunReport } from '../ports/index.js';
import type { Connections } from './connections.js';
import type { DueRun } from './due.js';

/** Which run of whom. */
export interface ScheduledRun {
  readonly tenant: string;
  /** @default it was not about one connection */
  readonly connectionId?: string;
  /** When it was due, ISO instant. */
  readonly dueAt?: string;
}

/** Options of a {@link Scheduler}. */
export interface SchedulerOptions {
  /** The connections of a tenant, or of several; a function is asked at every look, so that new tenants are found. */
  readonly connections:
    | Connections
    | readonly Connections[]
    | (() => readonly Connections[] | Promise<readonly Connections[]>);
  /** How often to look for what is due, in milliseconds. @default 30000 */
  readonly pollMs?: number | undefined;
  /** How many runs this process works at together. @default 4 */
  readonly maxRuns?: number | undefined;
  /** Told of every run that ended, whatever the outcome. @default nobody is told */
  readonly onRun?: ((report: RunReport, run: ScheduledRun) => void) | undefined;
  /**
   * Told of what a run, or a look for what is due, threw. The scheduler goes on.
   *
   * @default a warning of the process with the error's code
   */
  readonly onError?: ((error: unknown, run: Partial<ScheduledRun>) => void) | undefined;
}

const LONGEST_POLL_MS = 24 * 60 * 60 * 1000;

/**
 * Runs connections at their times. Any number of processes may have one: each due time is taken by one of them. What was due
 * while no process ran is caught up once. It keeps the process alive until it is stopped.
 *
 * @example
 * ```ts
 * import { Scheduler, type Connections } from 'rosterkit';
 *
 * export function keepInStep(connectionsOfAll: () => Promise<readonly Connections[]>): Scheduler {
 *   const scheduler = new Scheduler({
 *     connections: connectionsOfAll,
 *     onRun: (report, { tenant, connectionId }) => console.log(tenant, connectionId, report.outcome),
 *     onError: (error, { tenant }) => console.error(tenant, error),
 *   });
 *   scheduler.start();
 *   process.once('SIGTERM', () => void scheduler.stop({ signal: AbortSignal.timeout(20_000) }));
 *   return scheduler;
 * }
 * ```
 */
export class Scheduler {
  readonly #tenants: () => readonly Connections[] | Promise<readonly Connections[]>;
  readonly #pollMs: number;
  readonly #maxRuns: number;
  readonly #onRun: SchedulerOptions['onRun'];
  readonly #onError: NonNullable<SchedulerOptions['onError']>;
  readonly #runs = new Set<Promise<void>>();
  #abort = new AbortController();
  #isStarted = false;
  #hasMore = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> | undefined;

  /** @throws ConfigurationError naming the option that is unknown, missing or impossible */
  constructor(options: SchedulerOptions) {
    checkOptionNames(options, ['connections', 'pollMs', 'maxRuns', 'onRun', 'onError']);
    const { connections, pollMs, maxRuns, onRun, onError } = options;
    checkFunction('onRun', onRun);
    checkFunction('onError', onError);
    this.#tenants = tenantsOf(connections);
    this.#pollMs = wholeNumber('pollMs', pollMs, 30_000, LONGEST_POLL_MS);
    this.#maxRuns = wholeNumber('maxRuns', maxRuns, 4, 1000);
    this.#onRun = onRun;
    this.#onError = onError ?? warn;
  }

  /** Looks at once for what is due, and then on and on. Does nothing where it was started already. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#abort = new AbortController();
    this.#look();
  }

  /**
   * Takes nothing more, and waits for the runs at work. Where the signal aborts, they are stopped: what they had done is kept,
   * and they are due again for the next process. May be started again afterwards.
   */
  async stop(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const { signal } = options;
    this.#isStarted = false;
    clearTimeout(this.#timer);
    const abort = (): void => {
      this.#abort.abort(signal?.reason);
    };
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
    await this.#looking;
    await Promise.all(this.#runs);
    signal?.removeEventListener('abort', abort);
  }

  /** One look at a time, the next one when this one is over. */
  #look(): void {
    clearTimeout(this.#timer);
    if (!this.#isStarted || this.#looking !== undefined) return;
    this.#looking = this.#takeAll().finally(() => {
      this.#looking = undefined;
      if (this.#isStarted) this.#timer = setTimeout(() => this.#look(), this.#pollMs);
    });
  }

  async #takeAll(): Promise<void> {
    this.#hasMore = false;
    try {
      for (const connections of await this.#tenants()) await this.#takeOf(connections);
    } catch (error) {
      this.#tell(() => this.#onError(error, {}));
    }
  }

  async #takeOf(connections: Connections): Promise<void> {
    const { tenant } = connections;
    try {
      while (this.#isStarted) {
        if (this.#runs.size >= this.#maxRuns) {
          this.#hasMore = true;
          return;
        }
        const due = await connections.takeDue();
        if (due === undefined) return;
        this.#begin(tenant, due);
      }
    } catch (error) {
      this.#tell(() => this.#onError(error, { tenant }));
    }
  }

  #begin(tenant: string, due: DueRun): void {
    const run: ScheduledRun = { tenant, connectionId: due.connectionId, dueAt: due.dueAt };
    const work = this.#work(due, run).finally(() => {
      this.#runs.delete(work);
      // What had to wait for a place has waited long enough.
      if (this.#hasMore) this.#look();
    });
    this.#runs.add(work);
  }

  async #work(due: DueRun, run: ScheduledRun): Promise<void> {
    try {
      const report = await due.run({ signal: this.#abort.signal });
      if (report !== undefined) this.#tell(() => this.#onRun?.(report, run));
    } catch (error) {
      this.#tell(() => this.#onError(error, run));
    }
  }

  /** Whoever is told cannot stop the scheduler. */
  #tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      warn(error);
    }
  }
}

/** Names the code alone: what an error that is not ours says may be anybody's data. */
function warn(error: unknown): void {
  const code = RosterError.isInstance(error) ? error.code : 'unexpected';
  process.emitWarning(`An error in a scheduler of connections: ${code}`, { code: `ROSTERKIT_${code.toUpperCase()}` });
}

function tenantsOf(connections: unknown): () => readonly Connections[] | Promise<readonly Connections[]> {
  if (typeof connections === 'function') return connections as () => readonly Connections[];
  const list: readonly unknown[] = Array.isArray(connections) ? connections : [connections];
  if (list.length === 0) throw new ConfigurationError('connections', 'are those of one tenant at least');
  for (const each of list) checkMethods('connections', each, ['takeDue']);
  return () => list as readonly Connections[];
}

function wholeNumber(parameter: string, value: number | undefined, fallback: number, most: number): number {
  if (value === undefined) return fallback;
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw new ConfigurationError(parameter, `is a whole number from 1 to ${String(most)}`);
}
