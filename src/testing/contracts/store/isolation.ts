import { LockHeldError } from '../../../errors.js';
import { emptyLedger } from '../../../model/index.js';
import type { Scope } from '../../../model/index.js';
import type { Rules } from '../contract.js';
import { expectRejection, expectSame } from '../expecting.js';
import type { StoreBench } from './bench.js';
import {
  addMember,
  AT,
  classChange,
  conclude,
  createClass,
  createUser,
  invite,
  renameClass,
  reportOf,
} from './changes.js';
import { HOUR_MS } from './leases.js';

const RUN = 'the same run';
const KEY = 'invitation user:u1 digest';

const SAME_CLASS = { id: 'same class' } as const;

/** A class with the host's id that both tenants use. */
const withId = classChange({
  kind: 'class-create',
  target: { sourcedId: 'c1' },
  before: null,
  after: { ...createClass('c1').after, ...SAME_CLASS },
});

const personWithId = { ...createUser('u1'), after: { ...createUser('u1').after, id: 'same person' } } as const;

/** Two tenants with the same of everything: sourcedIds, the host's ids, runs and keys of messages. */
async function twins({ store, newScope, apply }: StoreBench): Promise<readonly [Scope, Scope]> {
  const scopes = [await newScope(), await newScope()] as const;
  for (const scope of scopes) {
    const invitations = [invite('user:u1', { state: 'waiting' })];
    const changes = [withId, personWithId, addMember('c1', 'u1')];
    const result = await apply(scope, changes, { runId: RUN, invitations });
    expectSame('what is stale for a tenant of its own', result.stale, []);
    await store.saveRun(reportOf(scope, RUN, AT));
  }
  return scopes;
}

/** Everything that a tenant can be asked for. */
async function allOf({ store, state, pending }: StoreBench, scope: Scope): Promise<unknown> {
  return {
    state: await state(scope),
    ledger: await store.ledger(scope),
    journal: await store.journal(scope, RUN),
    run: await store.run(scope, RUN),
    runs: await store.runs(scope),
    invitations: await store.invitations(scope),
    pending: await pending(scope),
  };
}

/** A rule that what one tenant does leaves everything of the other as it is. */
function leaving(act: (bench: StoreBench, one: Scope, other: Scope) => Promise<void>) {
  return async (bench: StoreBench): Promise<void> => {
    const [one, other] = await twins(bench);
    const before = await allOf(bench, other);
    await act(bench, one, other);
    expectSame('everything of the other tenant', await allOf(bench, other), before);
  };
}

/** What tenants that share every id have to do with each other: nothing. */
export const isolation: Rules<StoreBench> = {
  'a tenant of which nothing is kept finds nothing of another': async (bench) => {
    await twins(bench);
    const empty = await bench.newScope();
    const { state, ...rest } = (await allOf(bench, empty)) as { readonly state: object };
    const none = { schools: [], classes: [], users: [], enrollments: [], guardianLinks: [] };
    expectSame('the records', state, { ...state, ...none });
    expectSame('the rest', rest, { ledger: emptyLedger, journal: [], runs: [], invitations: [], pending: [] });
  },

  'an update by sourcedId stays in its tenant': leaving(async ({ apply, state }, one) => {
    await apply(one, [renameClass('c1', 'Renamed', 1)]);
    expectSame('the tenant’s own', (await state(one)).classes[0]?.name, 'Renamed');
  }),

  'an update by the host’s id stays in its tenant': leaving(async ({ apply, state }, one) => {
    const after = { name: 'Renamed' };
    await apply(one, [classChange({ kind: 'class-update', target: SAME_CLASS, before: {}, after, version: 1 })]);
    expectSame('the tenant’s own', (await state(one)).classes[0]?.name, 'Renamed');
  }),

  'a purge stays in its tenant': leaving(async ({ apply, state }, one) => {
    const after = { state: 'purged' } as const;
    await apply(one, [classChange({ kind: 'class-purge', target: SAME_CLASS, before: {}, after, version: 1 })]);
    expectSame('the tenant’s own members', (await state(one)).enrollments, []);
  }),

  'a deletion stays in its tenant': leaving(async ({ apply, state }, one) => {
    await apply(one, [classChange({ kind: 'class-delete', target: SAME_CLASS, before: {}, after: null, version: 1 })]);
    const { classes, enrollments } = await state(one);
    expectSame('what is left of the tenant’s own', [classes, enrollments], [[], []]);
  }),

  'records of another tenant cannot be reached by their ids': async (bench) => {
    const { apply, newScope, state } = bench;
    const [one, other] = [await newScope(), await newScope()];
    await apply(one, [createUser('u1'), createClass('c1')]);
    const { users, classes } = await state(one);
    const before = await state(one);
    const target = { id: classes[0]?.id ?? '' };
    const rename = classChange({ kind: 'class-update', target, before: {}, after: { name: 'Stolen' }, version: 1 });
    const changes = [rename, addMember('c1', 'u1')];
    const result = await apply(other, changes, { revoke: [users[0]?.id ?? ''] });
    expectSame(
      'what is stale',
      result.stale,
      changes.map(({ key }) => key),
    );
    expectSame('the records', await state(one), before);
  },

  'a journal holds what its tenant did alone': async ({ store, newScope, apply }) => {
    const [one, other] = [await newScope(), await newScope()];
    await apply(one, [createClass('c1')], { runId: RUN });
    await apply(other, [createClass('c2')], { runId: RUN });
    for (const [scope, key] of [
      [one, 'class-create class:c1'],
      [other, 'class-create class:c2'],
    ] as const) {
      const entries = await store.journal(scope, RUN);
      expectSame(
        'the journal',
        entries.map(({ sequence, change }) => [sequence, change.key]),
        [[0, key]],
      );
    }
  },

  'a report replaces none of another tenant': leaving(async ({ store }, one) => {
    await store.saveRun({ ...reportOf(one, RUN, AT), outcome: 'failed' });
    expectSame('the tenant’s own', (await store.run(one, RUN))?.outcome, 'failed');
  }),

  'a ledger is its tenant’s': leaving(async ({ store }, one) => {
    const ledger = await store.ledger(one);
    await store.saveLedger(one, { ...ledger, reported: ['only in one'] });
    expectSame('the tenant’s own', (await store.ledger(one)).reported, ['only in one']);
  }),

  'a lease and a fence shut out nobody of another tenant': leaving(async ({ store, apply }, one, other) => {
    await apply(one, [], { fence: 9 });
    await store.lease(one, { holder: 'one', ttlMs: HOUR_MS });
    await store.saveLedger(other, await store.ledger(other), 1);
    await apply(other, [], { fence: 1 });
    await (await store.lease(other, { holder: 'two', ttlMs: HOUR_MS })).release();
  }),

  'a lease that is released frees its own tenant alone': async ({ store, newScope }) => {
    const [one, other] = [await newScope(), await newScope()];
    const released = await store.lease(one, { holder: 'one', ttlMs: HOUR_MS });
    await store.lease(other, { holder: 'one', ttlMs: HOUR_MS });
    await released.release();
    const attempt = store.lease(other, { holder: 'two', ttlMs: HOUR_MS });
    await expectRejection('a lease of the other tenant', attempt, LockHeldError);
  },

  'waiting messages are released in their tenant': leaving(async ({ store, pending }, one) => {
    await store.releaseWaiting(one);
    expectSame(
      'the tenant’s own',
      (await pending(one)).map(({ idempotencyKey }) => idempotencyKey),
      [KEY],
    );
  }),

  'a claim is upon messages of its tenant alone': async (bench) => {
    const [one, other] = await twins(bench);
    for (const scope of [one, other]) await bench.store.releaseWaiting(scope);
    const options = { channel: 'email', limit: 10, claimedBy: 'one', leaseMs: HOUR_MS, now: AT } as const;
    expectSame('how many it takes', (await bench.store.claimMessages(one, options)).length, 1);
    const outcome = { claimedBy: 'one', state: 'sent', attempts: 1 } as const;
    expectSame('whether it reaches another tenant', await bench.store.saveMessage(other, KEY, outcome), false);
    expectSame('how many the other tenant has', (await bench.pending(other)).length, 1);
  },

  'what became of a message is said of its tenant’s': async (bench) => {
    const [one, other] = await twins(bench);
    for (const scope of [one, other]) await bench.store.releaseWaiting(scope);
    const before = await allOf(bench, other);
    await conclude(bench.store, one, KEY, { state: 'sent', attempts: 1 });
    expectSame('the tenant’s own', await bench.pending(one), []);
    expectSame('everything of the other tenant', await allOf(bench, other), before);
    expectSame('the message', (await bench.store.message(one, KEY))?.state, 'sent');
    expectSame('that of the other tenant', (await bench.store.message(other, KEY))?.state, 'pending');
  },

  'invitations are revoked in their tenant': leaving(async ({ store, apply }, one) => {
    await apply(one, [], { revoke: ['same person'] });
    expectSame(
      'the tenant’s own',
      (await store.invitations(one)).map(({ state }) => state),
      ['revoked'],
    );
  }),
};
