import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { PROMISES, scenarios, Statistics } from './promises.js';

/** Cases per promise; more by `PROMISE_CASES=100000 npm test`. */
const CASES = Number(process.env['PROMISE_CASES'] ?? 1_000);
const SEED = Number(process.env['PROMISE_SEED'] ?? Date.now() % 2 ** 31);

describe.each(PROMISES)('promise $number: $name', ({ number, check }) => {
  it(`holds in ${String(CASES)} generated cases`, { timeout: 60_000 + CASES * 200 }, async () => {
    const statistics = new Statistics();
    const property = fc.asyncProperty(scenarios, (scenario) => check(engine, scenario, statistics));
    await fc.assert(property, { numRuns: CASES, seed: SEED });
    const shares = (['nonEmpty', 'duplicateNames', 'handEdits', 'holds', 'archives'] as const).map(
      (name) => `${name} ${String(Math.round(statistics.share(name) * 100))}%`,
    );
    console.log(`promise ${String(number)}: seed ${String(SEED)}, ${String(CASES)} cases: ${shares.join(', ')}`);
    expect(statistics.share('nonEmpty')).toBeGreaterThan(0.8);
    expect(statistics.share('duplicateNames')).toBeGreaterThan(0.2);
    expect(statistics.share('handEdits')).toBeGreaterThan(0.2);
    expect(statistics.share('holds')).toBeGreaterThan(0.2);
    expect(statistics.share('archives')).toBeGreaterThan(0.2);
  });
});
