/**
 * The engine against the same rules written a second time, deliberately naive, from the tables alone: on random cases
 * both must come to the same decisions, notes, holds and memory.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconcile } from '../../src/engine/index.js';
import { AGREED_POINTS } from './naive/agreed-points.js';
import { CASE } from './naive/cases.js';
import { OPEN_POINTS } from './naive/open-points.js';
import { Disagreement, play } from './naive/play.js';
import { Tally } from './naive/tally.js';

/** More by `NAIVE_CASES=50000 npx vitest run --project unit test/engine/naive.test.ts`. */
const CASES = Number(process.env['NAIVE_CASES'] ?? 500);
/** In so many cases every row and every gate comes up. */
const MANY = 5_000;
/** The same cases in every run of the tests; another seed looks for more. */
const SEED = Number(process.env['NAIVE_SEED'] ?? 2_026);

const OPEN = OPEN_POINTS.map(({ name }) => name);

it(`agrees with the naive rules in ${String(CASES)} random cases`, { timeout: 60_000 + CASES * 100 }, () => {
  const tally = new Tally();
  const property = fc.property(CASE, (each) => {
    play(reconcile, each, tally, OPEN);
  });
  fc.assert(property, { numRuns: CASES, seed: SEED });
  console.log(`naive rules: seed ${String(SEED)}, ${String(CASES)} cases: ${tally.summary()}`);
  if (CASES >= MANY) expect(tally.unseen(), 'decisions, notes and holds that no case came to').toEqual([]);
  expect(tally.share('open'), 'reads that turned on an open point').toBeLessThan(0.05);
  expect(tally.share('beyond'), 'reads with a cohort').toBeLessThan(0.02);
});

describe('points in which both once differed', () => {
  it.each(AGREED_POINTS)('$name: they agree', ({ smallest }) => {
    play(reconcile, smallest, new Tally(), OPEN);
  });

  it.each(OPEN_POINTS)('$name: they still differ', ({ name, smallest }) => {
    const others = OPEN.filter((other) => other !== name);
    expect(() => {
      play(reconcile, smallest, new Tally(), others);
    }).toThrow(Disagreement);
  });
});
