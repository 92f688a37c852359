import type { Attempt } from '../../../ports/index.js';
import type { Rules } from '../contract.js';
import { expectSame } from '../expecting.js';
import type { JournalBench } from './bench.js';

const AT_NOON = '2026-09-01T12:00:00.000Z';
const AT_ONE = '2026-09-01T13:00:00.000Z';
const AT_TWO = '2026-09-01T14:00:00.000Z';

/** A try at noon, which counts until one. */
const atNoon: Attempt = { key: 'code', at: AT_NOON, expiresAt: AT_ONE };

const ofMany = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

const inOrder = (counts: readonly number[]): readonly number[] => [...counts].sort((left, right) => left - right);

/** How tries are counted of what must not be tried often. */
export const attempts: Rules<JournalBench> = {
  'each is counted for its key, this one included': async ({ store, newScope }) => {
    const scope = await newScope();
    const counts: number[] = [];
    for (const key of ['code', 'code', 'caller', 'code', 'caller']) {
      counts.push(await store.countAttempt(scope, { ...atNoon, key }));
    }
    expectSame('the counts', counts, [1, 2, 1, 3, 2]);
  },

  'they count anew once the time of the first one is over, whatever later ones said of theirs': async ({
    store,
    newScope,
  }) => {
    const scope = await newScope();
    await store.countAttempt(scope, atNoon);
    const justBefore = { ...atNoon, at: '2026-09-01T12:59:59.999Z', expiresAt: AT_TWO };
    expectSame('the count while it lasts', await store.countAttempt(scope, justBefore), 2);
    const then = { ...atNoon, at: AT_ONE, expiresAt: AT_TWO };
    expectSame('the count when it is over', await store.countAttempt(scope, then), 1);
    expectSame('the count in the next term', await store.countAttempt(scope, then), 2);
    expectSame('the count at its end', await store.countAttempt(scope, { ...then, at: AT_TWO }), 1);
  },

  'the end of one key’s time is no other’s': async ({ store, newScope }) => {
    const scope = await newScope();
    await store.countAttempt(scope, { ...atNoon, key: 'caller', expiresAt: AT_TWO });
    await store.countAttempt(scope, atNoon);
    await store.countAttempt(scope, { key: 'another', at: AT_ONE, expiresAt: AT_TWO });
    const counts = [
      await store.countAttempt(scope, { key: 'caller', at: AT_ONE, expiresAt: AT_TWO }),
      await store.countAttempt(scope, { key: 'code', at: AT_ONE, expiresAt: AT_TWO }),
    ];
    expectSame('the counts', counts, [2, 1]);
  },

  'of many at once none is lost': async ({ store, newScope }) => {
    const scope = await newScope();
    const counts = await Promise.all(ofMany.map(() => store.countAttempt(scope, atNoon)));
    expectSame('the counts', inOrder(counts), ofMany);
  },

  'of many at once, when their time has just ended, none is lost': async ({ store, newScope }) => {
    const scope = await newScope();
    for (const key of ['caller', 'code', 'another']) await store.countAttempt(scope, { ...atNoon, key });
    const then = { ...atNoon, at: AT_ONE, expiresAt: AT_TWO };
    const counts = await Promise.all(ofMany.map(() => store.countAttempt(scope, then)));
    expectSame('the counts', inOrder(counts), ofMany);
  },

  'they are their tenant’s, whatever schools the scope names': async ({ store, newScope }) => {
    const [scope, elsewhere] = [await newScope(), await newScope()];
    for (const each of [scope, elsewhere, elsewhere]) await store.countAttempt(each, atNoon);
    const counts = [
      await store.countAttempt({ ...scope, schools: ['s1'] }, atNoon),
      await store.countAttempt(elsewhere, atNoon),
    ];
    expectSame('the counts', counts, [2, 3]);
    await store.countAttempt(elsewhere, { key: 'another', at: AT_ONE, expiresAt: AT_TWO });
    expectSame('the count after another tenant’s have ended', await store.countAttempt(scope, atNoon), 3);
  },
};
