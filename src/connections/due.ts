import { ConfigurationError, LockHeldError, RosterError } from '../errors.js';
import type { Connection, RunOutcome, RunReport, TakenTime } from '../ports/index.js';
import { insisting } from '../sync/persistent-store.js';
import { INTERRUPTED } from './attention.js';
import { nextRunAt } from './next-run.js';
import type { ConnectionsContext } from './options.js';
import { insist, readAll, readOne } from './records.js';
import { runConnection } from './running.js';
import { scopeOf } from './sources.js';

/** A run that is due, and that nobody else takes for now. */
export interface DueRun {
  readonly connectionId: string;
  /** ISO instant. */
  readonly dueAt: string;
  /**
   * Syncs. Undefined where another run of the same schools did it, or is at work. A run that the signal stops is due again at
   * once.
   *
   * @throws ConfigurationError where a setting is impossible by now; the connection says so, too
   * @throws StoreError where the store fails; then the run is due again after ten minutes
   */
  run(options?: { readonly signal?: AbortSignal | undefined }): Promise<RunReport | undefined>;
}

/** For so long nobody else takes the same time: a process that died is noticed then. A run at work has its lease besides. */
const TAKEN_MS = 10 * 60 * 1000;
/** Who holds the schools is asked again after this. */
const BUSY_MS = 60 * 1000;
/** A run that kills its process does so every time. */
const MOST_ATTEMPTS = 3;

/** Takes the first time that is due and not taken. */
export async function takeDue(context: ConnectionsContext): Promise<DueRun | undefined> {
  for (const connection of await readAll(context)) {
    const now = context.clock.now();
    const due = nextRunAt(connection, now);
    if (due === undefined || due > now) continue;
    const dueAt = due.toISOString();
    const before = connection.taken?.at === dueAt ? connection.taken : undefined;
    if (before !== undefined && Date.parse(before.until) > now.getTime()) continue;
    const attempts = before?.attempts ?? 0;
    if (attempts >= MOST_ATTEMPTS) {
      await giveUp(context, connection.id, dueAt);
      continue;
    }
    const until = new Date(now.getTime() + Math.max(TAKEN_MS, 2 * (context.sync.leaseTtlMs ?? 0)));
    const taken = { at: dueAt, by: crypto.randomUUID(), until: until.toISOString(), attempts: attempts + 1 };
    if (await take(context, connection, taken)) return dueRun(context, connection.id, taken);
  }
  return undefined;
}

/** Of several processes one does: the others wrote after another version. */
function take({ store, scope }: ConnectionsContext, connection: Connection, taken: TakenTime): Promise<boolean> {
  const next = { ...connection, taken, version: connection.version + 1 };
  return insisting(() => store.saveConnection(scope, next));
}

function dueRun(context: ConnectionsContext, id: string, taken: TakenTime): DueRun {
  return {
    connectionId: id,
    dueAt: taken.at,
    run: async ({ signal } = {}) => {
      const connection = await readOne(context, id);
      if (connection.state !== 'enabled' || connection.taken?.by !== taken.by) return undefined;
      if (await isDone(context, connection, taken.at)) {
        await deal(context, id, taken.at);
        return undefined;
      }
      try {
        const report = await runConnection(context, connection, { signal });
        if (report.outcome === 'aborted') await giveBack(context, id, taken, 0);
        else await deal(context, id, taken.at);
        return report;
      } catch (error) {
        if (LockHeldError.isInstance(error)) {
          await giveBack(context, id, taken, BUSY_MS);
          return undefined;
        }
        // What may pass by itself is tried again when the time is free again.
        const mayPass = RosterError.isInstance(error) && error.isRetryable;
        if (!mayPass || ConfigurationError.isInstance(error)) await deal(context, id, taken.at);
        throw error;
      }
    },
  };
}

/** What says of a run that it came to its end. */
const DONE: readonly RunOutcome[] = ['applied', 'held', 'partial'];

/** Whether the schools were synced since: by hand, or by a process that did not come to say so. */
async function isDone(context: ConnectionsContext, connection: Connection, dueAt: string): Promise<boolean> {
  const runs = await context.store.runs(scopeOf(context, connection), { limit: 20 });
  return runs.some(({ type, outcome, startedAt }) => type === 'sync' && DONE.includes(outcome) && startedAt >= dueAt);
}

/** The time is dealt with, whatever came of it: the next one is another day's. */
function deal(context: ConnectionsContext, id: string, dueAt: string): Promise<Connection> {
  return insist(context, id, (connection) => withDone(connection, dueAt));
}

function withDone(connection: Connection, dueAt: string): Connection {
  const { taken, ...rest } = connection;
  const doneAt = connection.doneAt !== undefined && connection.doneAt > dueAt ? connection.doneAt : dueAt;
  return { ...rest, ...(taken === undefined || taken.at === dueAt ? {} : { taken }), doneAt };
}

/** It is nobody's attempt that somebody else was at work, or that the process was told to stop. */
function giveBack(context: ConnectionsContext, id: string, taken: TakenTime, afterMs: number): Promise<Connection> {
  return insist(context, id, (connection) => {
    if (connection.taken?.by !== taken.by) return connection;
    const until = new Date(context.clock.now().getTime() + afterMs).toISOString();
    return { ...connection, taken: { ...taken, until, attempts: taken.attempts - 1 } };
  });
}

function giveUp(context: ConnectionsContext, id: string, dueAt: string): Promise<Connection> {
  return insist(context, id, (connection) => ({
    ...withDone(connection, dueAt),
    needsAttention: { code: INTERRUPTED, since: context.clock.now().toISOString() },
  }));
}
