import { emptyLedger } from '../../../model/index.js';
import type { LocalState, Scope } from '../../../model/index.js';
import type { Batch, RosterStore } from '../../../ports/index.js';
import type { Rules } from '../contract.js';
import { expectSame, expectThat } from '../expecting.js';
import type { StoreBench } from './bench.js';
import { addMember, AT, createClass, createUser, enrollmentChange, invite, renameClass, reportOf } from './changes.js';
import { HOUR_MS } from './leases.js';

const RUN = 'the run';

/** More attempts than the run of these cases has calls. */
const MOST_ATTEMPTS = 100;

/** Whether a process dies before the store heard of its call, or before it heard the store's answer. */
type Moment = 'before' | 'after';

class Crash extends Error {}

/** What one run writes: the same batches in every attempt, for any tenant. */
function batchesOfRun(): readonly Omit<Batch, 'scope'>[] {
  const leave = enrollmentChange({
    kind: 'enrollment-remove',
    target: { classSourcedId: 'c1', userSourcedId: 'u1' },
    before: { state: 'active' },
    after: { state: 'removed', by: 'sync' },
    version: 1,
  });
  const people = { invitations: [invite('user:u1', { state: 'waiting' }), invite('user:u2')] };
  return [
    { changes: [createUser('u1'), createUser('u2'), createClass('c1'), addMember('c1', 'u1')], ...people },
    {
      changes: [renameClass('c1', 'New', 1), addMember('c1', 'u2'), createUser('u3')],
      invitations: [invite('user:u3')],
    },
    { changes: [leave, createClass('c2'), renameClass('c1', 'Newer', 2)] },
  ].map((part) => ({ ...part, runId: RUN, at: AT }));
}

/** One attempt at the run, from its beginning; `sent` takes the key of each message that is handed over. */
async function attempt(store: RosterStore, scope: Scope, parts: ReturnType<typeof batchesOfRun>, sent: Set<string>) {
  const lease = await store.lease(scope, { holder: RUN, ttlMs: HOUR_MS });
  for (const part of parts) {
    const { stale } = await store.apply({ ...part, scope, fence: lease.fence });
    expectSame('what is stale of a batch, delivered for the first time or again', stale, []);
  }
  await store.saveLedger(scope, { ...emptyLedger, reported: ['once'] }, lease.fence);
  await store.releaseWaiting(scope);
  const claim = { channel: 'email', limit: 100, claimedBy: globalThis.crypto.randomUUID(), leaseMs: HOUR_MS } as const;
  for (const { idempotencyKey } of await store.claimMessages(scope, { ...claim, now: AT })) {
    sent.add(idempotencyKey);
    await store.saveMessage(scope, idempotencyKey, { ...claim, state: 'sent', attempts: 1 });
  }
  await store.saveRun(reportOf(scope, RUN, AT));
  await lease.release();
}

/** The store as a process sees it that dies at its n-th call, counted from 1. */
function dyingAt(store: RosterStore, nth: number, moment: Moment): RosterStore {
  let calls = 0;
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        calls += 1;
        if (calls === nth && moment === 'before') throw new Crash();
        const answer: unknown = await Reflect.apply(method, target, args);
        if (calls === nth) throw new Crash();
        return answer;
      };
    },
  });
}

/** Makes one attempt; false where it died. */
async function isDone(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    (error: unknown) => {
      if (error instanceof Crash) return false;
      throw error;
    },
  );
}

/** What there is after the run, but for the ids that the host gave and the tenant. */
async function outcome(
  { store, state, pending }: StoreBench,
  scope: Scope,
  sent: ReadonlySet<string>,
): Promise<unknown> {
  return {
    records: recordsOf(await state(scope)),
    reported: (await store.ledger(scope)).reported,
    journal: (await store.journal(scope, RUN)).map(({ sequence, change, version }) => [
      sequence,
      change.key,
      version ?? 0,
    ]),
    invitations: (await store.invitations(scope)).map(({ codeDigest, state: now }) => [codeDigest, now]),
    pending: await pending(scope),
    runs: (await store.runs(scope)).map(({ id, outcome: end }) => [id, end]),
    sent: [...sent],
  };
}

function recordsOf({ classes, users, enrollments }: LocalState): unknown {
  return {
    classes: classes.map(({ id: _id, ...record }) => record),
    users: users.map(({ id: _id, ...record }) => record),
    enrollments: enrollments.map(({ id: _id, classId: _classId, userId: _userId, ...record }) => record),
  };
}

/** Runs once without a crash, and gives that outcome. */
async function undisturbed(bench: StoreBench, parts: ReturnType<typeof batchesOfRun>): Promise<unknown> {
  const scope = await bench.newScope();
  const sent = new Set<string>();
  await attempt(bench.store, scope, parts, sent);
  const expected = await outcome(bench, scope, sent);
  expectSame('how many messages an undisturbed run sends', sent.size, 3);
  return expected;
}

/** A run that dies at one of its calls and is made once more, for each call in turn. */
function dyingOnce(moment: Moment) {
  return async (bench: StoreBench): Promise<void> => {
    const parts = batchesOfRun();
    const expected = await undisturbed(bench, parts);
    for (let nth = 1, isOver = false; !isOver; nth += 1) {
      expectThat('the run ends', nth < MOST_ATTEMPTS);
      const scope = await bench.newScope();
      const sent = new Set<string>();
      isOver = await isDone(attempt(dyingAt(bench.store, nth, moment), scope, parts, sent));
      // What the dead process had claimed comes back with time.
      await bench.age(scope, HOUR_MS + 1);
      if (!isOver) await attempt(bench.store, scope, parts, sent);
      expectSame(
        `what there is after a crash ${moment} call ${String(nth)}`,
        await outcome(bench, scope, sent),
        expected,
      );
    }
  };
}

/** A run that dies at its first call, then at its second, and so on until it gets through. */
function dyingOnAndOn(moment: Moment) {
  return async (bench: StoreBench): Promise<void> => {
    const parts = batchesOfRun();
    const expected = await undisturbed(bench, parts);
    const scope = await bench.newScope();
    const sent = new Set<string>();
    let nth = 1;
    while (!(await isDone(attempt(dyingAt(bench.store, nth, moment), scope, parts, sent)))) {
      nth += 1;
      expectThat('the run ends', nth < MOST_ATTEMPTS);
      await bench.age(scope, HOUR_MS + 1);
    }
    expectSame('what there is in the end', await outcome(bench, scope, sent), expected);
  };
}

/** What a run leaves whose process dies, whenever it dies: once it is repeated, what an undisturbed one leaves. */
export const crashing: Rules<StoreBench> = {
  'a run that dies before any of its calls, and is repeated, ends where an undisturbed one does': dyingOnce('before'),
  'a run that dies after any of its calls, and is repeated, ends where an undisturbed one does': dyingOnce('after'),
  'a run that dies before one call after the other ends where an undisturbed one does': dyingOnAndOn('before'),
  'a run that dies after one call after the other ends where an undisturbed one does': dyingOnAndOn('after'),
};
