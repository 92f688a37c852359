import { collect } from '../internal/ordered.js';
import type { LocalRead, Note, Plan, RosterRead } from '../model/index.js';
import { Disorder, type Cursor, type Planning } from './reading/cursor.js';
import { inIdOrder } from './reading/feed.js';
import { localInIdOrder } from './reading/local-order.js';
import type { Sources } from './planner.js';
import { planning, type PlanningInput, type ReconcileInput } from './reconcile.js';
import { CollectionReader, type StreamCursor } from './reading/stream-reader.js';

/** What a plan is made from, where collections may be streams. */
export interface ReconcileStreamsInput extends Pick<ReconcileInput, 'policy' | 'now' | 'importing' | 'awaiting'> {
  /** What the district says. */
  readonly roster: RosterRead;
  /** What the host holds, and what is remembered from earlier runs. */
  readonly local: LocalRead;
  /** Ends the planning early: it rejects with the signal's reason. @default never */
  readonly signal?: AbortSignal | undefined;
}

/** So many records are in memory at a time, of each stream that is being read, besides those of the present class. */
const WINDOW = 2_000;

/**
 * The same plan as {@link reconcile} gives, for districts that do not fit into memory: what is kept grows with the
 * changes and with the largest class. Every collection may be an array or an iterable, synchronous or not.
 *
 * Classes, users, enrollments and guardian links of both sides are read several times over, so each has to be an iterable
 * that starts anew, as arrays and the collections of stores do; a generator is none. Where two readings of one
 * collection differ, the later one counts, and nothing is decided about whom only the later one has. A collection that
 * turns out not to be in the order of its ids is sorted in memory.
 *
 * @throws ConfigurationError naming the collection that can be read only once
 * @example
 * ```ts
 * import { definePolicy, reconcileStreams, type LocalRead, type RosterRead } from 'rosterkit';
 *
 * export async function countChanges(roster: RosterRead, local: LocalRead): Promise<number> {
 *   const plan = await reconcileStreams({ roster, local, policy: definePolicy({}), now: new Date() });
 *   return plan.counts.changes;
 * }
 * ```
 */
export async function reconcileStreams(input: ReconcileStreamsInput): Promise<Plan> {
  return await planStreams(input, WINDOW);
}

/** As {@link reconcileStreams}, with windows of any size. */
export async function planStreams(input: ReconcileStreamsInput, windowSize: number): Promise<Plan> {
  const { roster, local, policy, now, importing, awaiting, signal } = input;
  const readers = openReaders(roster, local, windowSize);
  signal?.throwIfAborted();
  const small: PlanningInput = {
    roster: {
      ...roster,
      schools: await collect(roster.schools),
      terms: await collect(roster.terms),
      courses: await collect(roster.courses),
    },
    local: { scope: local.scope, ledger: local.ledger, schools: await collect(local.schools) },
    policy,
    now,
    importing,
    awaiting,
  };
  for (;;) {
    try {
      return await drive(planning(small, sourcesOf(readers)), signal);
    } catch (error) {
      const disordered = error instanceof Disorder ? readerOf(readers, error) : undefined;
      if (disordered === undefined) throw error;
      await closeAll(readers, signal);
      await disordered.putInOrder(signal);
    } finally {
      await closeAll(readers, signal);
    }
  }
}

async function drive(steps: Planning<Plan>, signal: AbortSignal | undefined): Promise<Plan> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    // Only streams ask for a next window: a collection in memory has none.
    await unlessAborted((step.value as Cursor<unknown> & Pick<StreamCursor<unknown>, 'refill'>).refill(), signal);
  }
}

/** The result of a work, or the signal's reason, whichever is first: a source may never answer. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  return await new Promise<T>((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}

type Readers = ReturnType<typeof openReaders>;

function openReaders(roster: RosterRead, local: LocalRead, windowSize: number) {
  const none = { classes: [], users: [], enrollments: [], guardianLinks: [] };
  const sorted = (part: Partial<Parameters<typeof inIdOrder>[0]>, notes: Note[]) =>
    inIdOrder({ ...none, ...part }, notes);
  const sortedLocal = (part: Partial<Parameters<typeof localInIdOrder>[0]>) => localInIdOrder({ ...none, ...part });
  return {
    classes: new CollectionReader(roster.classes, {
      name: 'roster.classes',
      noun: 'class',
      windowSize,
      inOrder: (classes, notes) => sorted({ classes }, notes).classes,
    }),
    users: new CollectionReader(roster.users, {
      name: 'roster.users',
      noun: 'user',
      windowSize,
      inOrder: (users, notes) => sorted({ users }, notes).users,
    }),
    enrollments: new CollectionReader(roster.enrollments, {
      name: 'roster.enrollments',
      windowSize,
      inOrder: (enrollments, notes) => sorted({ enrollments }, notes).enrollments,
    }),
    guardianLinks: new CollectionReader(roster.guardianLinks, {
      name: 'roster.guardianLinks',
      windowSize,
      inOrder: (guardianLinks, notes) => sorted({ guardianLinks }, notes).guardianLinks,
    }),
    localClasses: new CollectionReader(local.classes, {
      name: 'local.classes',
      windowSize,
      inOrder: (classes) => sortedLocal({ classes }).classes,
    }),
    localUsers: new CollectionReader(local.users, {
      name: 'local.users',
      windowSize,
      inOrder: (users) => sortedLocal({ users }).users,
    }),
    localEnrollments: new CollectionReader(local.enrollments, {
      name: 'local.enrollments',
      windowSize,
      inOrder: (enrollments) => sortedLocal({ enrollments }).enrollments,
    }),
    localGuardianLinks: new CollectionReader(local.guardianLinks, {
      name: 'local.guardianLinks',
      windowSize,
      inOrder: (guardianLinks) => sortedLocal({ guardianLinks }).guardianLinks,
    }),
  };
}

function sourcesOf(readers: Readers): Sources {
  return { ...readers, repeated: () => [...readers.classes.repeated(), ...readers.users.repeated()] };
}

function readerOf(readers: Readers, { cursor }: Disorder) {
  return Object.values(readers).find((reader) => reader.isOwn(cursor) && !reader.isInOrder);
}

/** Ends every reading that is still open. A source that does not answer is not waited for. */
async function closeAll(readers: Readers, signal: AbortSignal | undefined): Promise<void> {
  const closing = Promise.allSettled(Object.values(readers).map((reader) => reader.close()));
  if (signal?.aborted !== true) await closing;
}
