/** Tries promises on generated cases, and tells what the cases were. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { PROMISES, scenarios, Statistics } from './promises.js';

/** Cases per promise; more by `PROMISE_CASES=100000 npm test`. */
const CASES = Number(process.env['PROMISE_CASES'] ?? 2_000);
/** The same cases in every run of the tests; another seed looks for more. */
const SEED = Number(process.env['PROMISE_SEED'] ?? 2_026);

/** So many cases are enough for their shares to be near those of all. */
const TELLING = 1_000;

/** The promises of these numbers, in tests of their own. */
export function keepsPromises(...numbers: readonly number[]): void {
  const promises = PROMISES.filter(({ number }) => numbers.includes(number));
  describe.each(promises)('promise $number: $name', ({ number, check, narrow, shares: wanted }) => {
    it(`holds in ${String(CASES)} generated cases`, { timeout: 60_000 + CASES * 400 }, async () => {
      const statistics = new Statistics();
      const property = fc.asyncProperty(narrow === undefined ? scenarios : scenarios.map(narrow), (scenario) =>
        check(engine, scenario, statistics),
      );
      await fc.assert(property, { numRuns: CASES, seed: SEED });
      const shares = statistics.shares(wanted);
      const told = shares.map(({ trait, share }) => `${trait} ${String(Math.round(share * 100))}%`).join(', ');
      console.log(`promise ${String(number)}: seed ${String(SEED)}, ${String(statistics.cases)} cases: ${told}`);
      expect(statistics.cases).toBe(CASES);
      if (CASES < TELLING) return;
      expect(shares.filter(({ share, wanted: least }) => share < least)).toEqual([]);
    });
  });
}
