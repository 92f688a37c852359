import { StoreConflictError } from '../../../errors.js';
import { emptyLedger } from '../../../model/index.js';
import type { Rules } from '../contract.js';
import { expectNoField, expectRejection, expectSame } from '../expecting.js';
import type { StoreBench } from './bench.js';
import { batchOf, createClass, createUser, renameClass, userChange } from './changes.js';
import { HOUR_MS } from './leases.js';

/** What is kept of the changes that a run applied. */
export const journaling: Rules<StoreBench> = {
  'a run’s changes are kept in the order of application, over its batches': async ({
    store,
    newScope,
    apply,
    state,
  }) => {
    const scope = await newScope();
    const runId = 'run';
    await apply(scope, [createClass('c1'), createUser('u1'), createClass('c2')], { runId });
    const target = { sourcedId: 'u1' };
    const gone = userChange({ kind: 'user-delete', target, before: {}, after: null, version: 1 });
    const rename = renameClass('c2', 'Two', 1);
    const at = '2026-09-02T06:00:00.000Z';
    await apply(scope, [renameClass('c9', 'x', 1), rename, gone], { runId, at });
    const entries = await store.journal(scope, runId);
    expectSame(
      'the journal',
      entries.map(({ sequence, change, version }) => [sequence, change.key, version ?? 'none']),
      [
        [0, 'class-create class:c1', 1],
        [1, 'user-create user:u1', 1],
        [2, 'class-create class:c2', 1],
        [3, 'class-update class:c2', 2],
        [4, 'user-delete user:u1', 'none'],
      ],
    );
    const recordId = (await state(scope)).classes[1]?.id;
    const expected = { runId, sequence: 3, change: rename, recordId, version: 2, appliedAt: at };
    expectSame('the entry of an update', entries[3], expected);
    expectNoField('the entry of a deletion', entries[4], 'version');
    expectSame('the journal of another run', await store.journal(scope, 'another run'), []);
  },

  'a batch that comes again, or is stale, has no further entry': async ({ store, newScope }) => {
    const scope = await newScope();
    const batch = batchOf(scope, [createClass('c1'), renameClass('c9', 'None', 1)]);
    await store.apply(batch);
    await store.apply(batch);
    expectSame('how many entries there are', (await store.journal(scope, batch.runId)).length, 1);
  },

  'a batch that many hold at once has one entry for each change': async ({ store, newScope }) => {
    const scope = await newScope();
    const batch = batchOf(scope, [createClass('c1'), createClass('c2'), renameClass('c1', 'New', 1)]);
    await Promise.all(Array.from({ length: 5 }, () => store.apply(batch)));
    const entries = await store.journal(scope, batch.runId);
    expectSame(
      'the sequence',
      entries.map(({ sequence }) => sequence),
      [0, 1, 2],
    );
    expectSame(
      'the keys',
      entries.map(({ change }) => change.key),
      batch.changes.map(({ key }) => key),
    );
  },
};

/** What both halves know of the ledger. */
export const ledgers: Rules<StoreBench> = {
  'what is loaded for a scope has its ledger': async ({ store, newScope }) => {
    const scope = await newScope();
    await store.saveLedger(scope, { ...emptyLedger, reported: ['all'] });
    await store.saveLedger({ ...scope, schools: ['s1'] }, { ...emptyLedger, reported: ['one school'] });
    expectSame('what all schools reported', (await store.load(scope)).ledger.reported, ['all']);
    const narrow = await store.load({ ...scope, schools: ['s1'] });
    expectSame('what one school reported', narrow.ledger.reported, ['one school']);
  },
};

/** What a run that has lost its scope may still do: nothing. */
export const fencing: Rules<StoreBench> = {
  'a newer lease shuts out the writes of the holder of an older one': async (bench) => {
    const { store, newScope, apply, state, age } = bench;
    const scope = await newScope();
    const older = await store.lease(scope, { holder: 'one', ttlMs: HOUR_MS });
    await apply(scope, [createClass('c1')], { fence: older.fence });
    await age(scope, HOUR_MS + 1);
    const newer = await store.lease(scope, { holder: 'two', ttlMs: HOUR_MS });
    const late = apply(scope, [createClass('c2')], { fence: older.fence });
    await expectRejection('the late batch', late, StoreConflictError);
    const ledger = await store.ledger(scope);
    const lateLedger = store.saveLedger(scope, { ...ledger, reported: ['late'] }, older.fence);
    await expectRejection('the late ledger', lateLedger, StoreConflictError);
    await apply(scope, [createClass('c3')], { fence: newer.fence });
    await apply(scope, [createClass('c4')]);
    const { classes, ledger: kept } = await state(scope);
    expectSame(
      'the classes',
      classes.map(({ sourcedId }) => sourcedId),
      ['c1', 'c3', 'c4'],
    );
    expectSame('what was reported', kept.reported, []);
  },

  'a batch that was applied before is refused, too, where its run has lost the scope': async ({
    store,
    newScope,
    age,
  }) => {
    const scope = await newScope();
    const { fence } = await store.lease(scope, { holder: 'one', ttlMs: HOUR_MS });
    const batch = batchOf(scope, [createClass('c1')], { fence });
    await store.apply(batch);
    await age(scope, HOUR_MS + 1);
    await store.lease(scope, { holder: 'two', ttlMs: HOUR_MS });
    await expectRejection('the late repetition', store.apply(batch), StoreConflictError);
  },

  'a fence that a batch brought is remembered as well': async ({ store, newScope, apply }) => {
    const scope = await newScope();
    await apply(scope, [], { fence: 7 });
    await expectRejection('a batch of a smaller fence', apply(scope, [], { fence: 6 }), StoreConflictError);
    await apply({ ...scope, schools: ['s1'] }, [], { fence: 6 });
    expectSame('the next fence', (await store.lease(scope, { holder: 'one', ttlMs: HOUR_MS })).fence > 7, true);
  },
};
