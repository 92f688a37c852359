import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { defaultPolicy } from '../../src/model/index.js';
import { PROMISES, type Scenario, scenarios, Statistics } from './promises.js';

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

const NOBODY: readonly number[] = [];

/** Cases that once broke a promise. */
const FOUND: readonly { readonly promise: number; readonly name: string; readonly scenario: Scenario }[] = [
  {
    promise: 4,
    name: 'a member whom a run added, and a person removed and added again, stays when the run is undone',
    scenario: {
      start: {
        teachers: 2,
        students: 4,
        classes: [
          { school: 0, name: 0, term: 0, teacher: 0, students: NOBODY },
          { school: 0, name: 0, term: 0, teacher: 0, students: NOBODY },
          { school: 0, name: 0, term: 0, teacher: 0, students: [0, 1] },
        ],
      },
      edits: [{ kind: 'purge-class', index: 0, other: 0 }],
      events: [
        { kind: 'class-vanishes', index: 1, other: 0, students: NOBODY },
        { kind: 'class-appears', index: 0, other: 0, students: [34, 5, 0, 23] },
      ],
      later: [
        { kind: 'remove-member', index: 0, other: 0 },
        { kind: 'remove-member', index: 23, other: 0 },
        { kind: 'add-member', index: 29, other: 0 },
      ],
      policy: {
        ...defaultPolicy,
        fullData: true,
        absentClassMembers: 'remove',
        classes: { ...defaultPolicy.classes, duplicateNames: 'disambiguate' },
      },
      order: 0,
    },
  },
  {
    promise: 4,
    name: 'a class that a run created, and a person archived and brought back, stays when the run is undone',
    scenario: {
      start: {
        teachers: 2,
        students: 4,
        classes: [0, 13, 0, 0].map((school) => ({ school, name: 0, term: 0, teacher: 0, students: NOBODY })),
      },
      edits: [],
      events: [{ kind: 'class-vanishes', index: 0, other: 0, students: NOBODY }],
      later: [
        { kind: 'archive-class', index: 11, other: 0 },
        { kind: 'revive-class', index: 32, other: 0 },
      ],
      policy: { ...defaultPolicy, fullData: true, archive: true },
      order: 0,
    },
  },
  {
    promise: 1,
    name: 'a site that came from a class outside the person’s own schools does not move in the next run',
    scenario: {
      start: {
        teachers: 2,
        students: 4,
        classes: [0, 0, 0].map((zero) => ({ school: zero, name: zero, term: zero, teacher: zero, students: NOBODY })),
      },
      edits: [],
      events: [
        { kind: 'class-appears', index: 0, other: 0, students: [7] },
        { kind: 'class-vanishes', index: 0, other: 0, students: NOBODY },
      ],
      later: [],
      policy: {
        ...defaultPolicy,
        fullData: true,
        archive: true,
        classes: { ...defaultPolicy.classes, duplicateNames: 'disambiguate' },
      },
      order: 0,
    },
  },
];

it.each(FOUND)('found before: $name', async ({ promise, scenario }) => {
  const promised = PROMISES.find(({ number }) => number === promise);
  await expect(promised?.check(engine, scenario, new Statistics())).resolves.toBeUndefined();
});
