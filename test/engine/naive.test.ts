/**
 * The engine against the same rules written a second time, deliberately naive, from the tables alone: on random cases
 * both must come to the same decisions, notes, holds and memory.
 */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { reconcile } from '../../src/engine/index.js';
import { CASE } from './naive/cases.js';
import { play, Tally } from './naive/play.js';

/** More by `NAIVE_CASES=50000 npx vitest run --project unit test/engine/naive.test.ts`. */
const CASES = Number(process.env['NAIVE_CASES'] ?? 2_000);
const SEED = Number(process.env['NAIVE_SEED'] ?? Date.now() % 2 ** 31);

it(`agrees with the naive rules in ${String(CASES)} random cases`, { timeout: 60_000 + CASES * 100 }, () => {
  const tally = new Tally();
  fc.assert(
    fc.property(CASE, (each) => {
      play(reconcile, each, tally);
    }),
    { numRuns: CASES, seed: SEED },
  );
  console.log(`naive rules: seed ${String(SEED)}, ${String(CASES)} cases: ${tally.summary()}`);
  expect(tally.unseen()).toEqual([]);
});
