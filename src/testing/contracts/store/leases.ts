import { LockHeldError, StoreConflictError } from '../../../errors.js';
import { emptyLedger } from '../../../model/index.js';
import type { Rules } from '../contract.js';
import { expectRejection, expectSame, expectThat } from '../expecting.js';
import type { JournalBench } from './bench.js';

/** Longer than any run of these cases. */
export const HOUR_MS = 60 * 60 * 1000;

/** Who may write to a scope. */
export const leases: Rules<JournalBench> = {
  'one keeps others out while it lasts, and names its holder': async ({ store, newScope }) => {
    const scope = await newScope();
    await store.lease(scope, { holder: 'one', ttlMs: HOUR_MS });
    const attempt = store.lease(scope, { holder: 'two', ttlMs: HOUR_MS });
    const refusal = await expectRejection('the second lease', attempt, LockHeldError);
    const { holder, since } = refusal as LockHeldError;
    expectSame('the holder', holder, 'one');
    expectThat('`since` is an ISO instant', new Date(since).toISOString() === since);
  },

  'of many who ask at once, one gets it': async ({ store, newScope }) => {
    const scope = await newScope();
    const holders = ['one', 'two', 'three', 'four', 'five', 'six'];
    const attempts = await Promise.allSettled(holders.map((holder) => store.lease(scope, { holder, ttlMs: HOUR_MS })));
    expectSame('how many got it', attempts.filter(({ status }) => status === 'fulfilled').length, 1);
  },

  'who holds a scope is told while it lasts, and nobody of another scope': async ({ store, newScope, age }) => {
    const scope = await newScope();
    expectSame('the holder of what never ran', await store.holder(scope), undefined);
    const lease = await store.lease(scope, { holder: 'one', ttlMs: HOUR_MS });
    const attempt = store.lease(scope, { holder: 'two', ttlMs: HOUR_MS });
    const { since } = (await expectRejection('a second lease', attempt, LockHeldError)) as LockHeldError;
    expectSame('the holder', await store.holder(scope), { holder: 'one', since });
    expectSame('the holder of one school', await store.holder({ ...scope, schools: ['s1'] }), undefined);
    expectSame('the holder of another tenant’s', await store.holder(await newScope()), undefined);
    await lease.release();
    expectSame('the holder of what was released', await store.holder(scope), undefined);
    await store.lease(scope, { holder: 'two', ttlMs: HOUR_MS });
    await age(scope, HOUR_MS + 1);
    expectSame('the holder of what has expired', await store.holder(scope), undefined);
  },

  'it concerns its scope alone': async ({ store, newScope }) => {
    const scope = await newScope();
    await store.lease(scope, { holder: 'one', ttlMs: HOUR_MS });
    await store.lease({ ...scope, schools: ['s1'] }, { holder: 'two', ttlMs: HOUR_MS });
    await store.lease(await newScope(), { holder: 'three', ttlMs: HOUR_MS });
  },

  'the order of a scope’s schools makes no other scope of it': async ({ store, newScope }) => {
    const scope = await newScope();
    await store.lease({ ...scope, schools: ['a', 'b'] }, { holder: 'one', ttlMs: HOUR_MS });
    const attempt = store.lease({ ...scope, schools: ['b', 'a'] }, { holder: 'two', ttlMs: HOUR_MS });
    await expectRejection('the second lease', attempt, LockHeldError);
  },

  'the same holder may take its own anew, with a greater fence': async ({ store, newScope }) => {
    const scope = await newScope();
    const first = await store.lease(scope, { holder: 'one', ttlMs: HOUR_MS });
    const second = await store.lease(scope, { holder: 'one', ttlMs: HOUR_MS });
    expectThat('the second fence is greater', second.fence > first.fence);
    await expectRejection('the renewal of the first', first.renew(), StoreConflictError);
  },

  'one that was released or has expired goes to the next, with a greater fence': async ({ store, newScope, age }) => {
    const scope = await newScope();
    const first = await store.lease(scope, { holder: 'one', ttlMs: HOUR_MS });
    await first.release();
    const second = await store.lease(scope, { holder: 'two', ttlMs: HOUR_MS });
    await age(scope, HOUR_MS + 1);
    const third = await store.lease(scope, { holder: 'three', ttlMs: HOUR_MS });
    expectThat('fences grow', first.fence < second.fence && second.fence < third.fence);
    await expectRejection('the renewal of one that was taken over', second.renew(), StoreConflictError);
    await second.release();
    const attempt = store.lease(scope, { holder: 'four', ttlMs: HOUR_MS });
    await expectRejection('a lease after another than the newest was released', attempt, LockHeldError);
  },

  'one that is renewed lasts for another term, and cannot be renewed once it was released': async ({
    store,
    newScope,
    age,
  }) => {
    const scope = await newScope();
    const lease = await store.lease(scope, { holder: 'one', ttlMs: HOUR_MS });
    await age(scope, HOUR_MS - 60_000);
    await lease.renew();
    await age(scope, HOUR_MS - 60_000);
    const attempt = store.lease(scope, { holder: 'two', ttlMs: HOUR_MS });
    await expectRejection('a lease within the second term', attempt, LockHeldError);
    await lease.release();
    await expectRejection('the renewal of a released one', lease.renew(), StoreConflictError);
  },

  'a newer one shuts the ledger to the holder of an older one': async ({ store, newScope, age }) => {
    const scope = await newScope();
    const older = await store.lease(scope, { holder: 'one', ttlMs: HOUR_MS });
    await store.saveLedger(scope, emptyLedger, older.fence);
    await age(scope, HOUR_MS + 1);
    const newer = await store.lease(scope, { holder: 'two', ttlMs: HOUR_MS });
    const late = store.saveLedger(scope, emptyLedger, older.fence);
    await expectRejection('the late ledger', late, StoreConflictError);
    await store.saveLedger(scope, emptyLedger, newer.fence);
    await store.saveLedger(scope, emptyLedger);
  },
};
