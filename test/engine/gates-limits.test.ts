import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endRun, isOver, renewedWeeks, startRun, withReleased } from '../../src/engine/gates/limits.js';
import { countByKind, withConfirmed, withRemovals } from '../../src/engine/gates/removal-sums.js';
import { emptyLedger } from '../../src/model/index.js';
import type { Change, Ledger, LimitKind, RemovalSum } from '../../src/model/index.js';
import { OPEN } from '../support/rows.js';
import {
  approvedIn,
  archiving,
  BASELINES,
  judged,
  joining,
  leavers,
  leaving,
  ledgerOf,
  lines,
  policyOf,
  TODAY,
} from './gates-scene.js';

const { limits } = policyOf({ limits: { enrollments: 0.15, floor: 5 } });
const LIMITS = { limits: { ...OPEN, enrollments: 0.15, floor: 5 } };
const keysOf = (changes: readonly Change[]) => changes.map(({ key }) => key);

describe('a share over the limit', () => {
  const over = (count: number, baseline: number, limit = 0.15) =>
    isOver({ kind: 'enrollments', count, baseline, limit }, limits);

  it.each([
    ['the limit itself is not over it', 15, 100, false],
    ['one more is', 16, 100, true],
    ['five of twenty are few', 5, 20, false],
    ['six of twenty are not', 6, 20, true],
    ['one of nineteen is few', 1, 19, false],
    ['three of nineteen are over', 3, 19, true],
    ['no baseline always is', 1, 0, true],
  ] as const)('%s', (_title, count, baseline, expected) => {
    expect(over(count, baseline)).toBe(expected);
  });

  it('without a floor a single one counts, too', () => {
    const none = { ...limits, floor: 0 };
    expect(isOver({ kind: 'classes', count: 1, baseline: 5, limit: 0.15 }, none)).toBe(true);
    expect(isOver({ kind: 'classes', count: 1, baseline: 7, limit: 0.15 }, none)).toBe(false);
  });
});

describe('G6: a run that broke off goes on under its own baseline', () => {
  const started = (count: number, applied: number): Ledger => {
    const first = judged({ changes: leavers(count), policy: LIMITS, baselines: { enrollments: 100 } });
    expect(first.holds).toEqual([]);
    expect(first.memory.unfinished).toEqual({
      baselines: { ...BASELINES, enrollments: 100 },
      removals: keysOf(leavers(count)),
    });
    expect(applied).toBeLessThanOrEqual(count);
    return ledgerOf(first);
  };
  const again = (ledger: Ledger, changes: readonly Change[], enrollments: number) =>
    judged({ ledger, changes, policy: LIMITS, baselines: { enrollments } });

  it('what it has taken away counts', () => {
    // Ten of fifteen went; six more would be sixteen of the hundred that there were.
    const ledger = started(15, 10);
    expect(lines(again(ledger, leavers(5, 10), 90))).toEqual([]);
    expect(lines(again(ledger, leavers(6, 10), 90))).toEqual(['G6:enrollments LIMIT_EXCEEDED 6']);
    expect(again(ledger, leavers(6, 10), 90).holds[0]).toMatchObject({ baseline: 100, count: 16 });
    // Without the memory six of ninety are nothing.
    expect(lines(again(emptyLedger, leavers(6, 10), 90))).toEqual([]);
  });

  it('what it has added makes the share no smaller', () => {
    const ledger = started(15, 0);
    expect(lines(again(ledger, leavers(16), 1000))).toEqual(['G6:enrollments LIMIT_EXCEEDED 16']);
    expect(lines(again(emptyLedger, leavers(16), 1000))).toEqual([]);
  });

  it('it stays the same run, with what the next plan adds to it, until all of it is gone', () => {
    const second = again(started(15, 10), [...leavers(5, 10)], 90);
    expect(second.memory.unfinished).toEqual({
      baselines: { ...BASELINES, enrollments: 100 },
      removals: keysOf(leavers(15)),
    });
    const done = again(ledgerOf(second), [], 85);
    expect(done.memory.unfinished).toBeUndefined();
    expect(done.memory.removals).toEqual([{ day: TODAY, kind: 'enrollments', removed: 15, baseline: 100 }]);
  });

  it.each([
    ['an incomplete read', { isRestricted: true }],
    ['an import that only adds', { policy: { ...LIMITS, additiveOnly: true } }],
    ['an import of classes alone', { policy: { ...LIMITS, steps: ['classes'] } }],
  ] as const)('%s does not end it: what it did not find due may still be due', (_title, scene) => {
    const ledger = started(15, 10);
    const { memory } = judged({ ledger, policy: LIMITS, ...scene });
    expect(memory.unfinished).toEqual(ledger.unfinished);
    expect(memory.removals).toBeUndefined();
  });

  it('what is held was not set out to be removed', () => {
    const { memory } = judged({ changes: [...leavers(16), joining('n')], policy: LIMITS });
    expect(memory.unfinished).toEqual({ baselines: BASELINES, removals: [] });
    expect(judged({ changes: [joining('n')] }).memory.unfinished).toBeUndefined();
  });

  it('what was approved and went counts no more than what was approved and is due', () => {
    const first = judged({ changes: leavers(40), policy: LIMITS });
    const ledger = withReleased(approvedIn(ledgerOf(first), 'G6:enrollments'), leavers(40));
    expect(ledger.unfinished?.removals).toHaveLength(40);
    // Thirty went before it broke off; ten are due and approved, five are new.
    const rest = [...leavers(10, 30), ...leavers(5, 40)];
    expect(lines(again(ledger, rest, 70))).toEqual([]);
    expect(lines(again(ledger, [...rest, ...leavers(11, 45)], 70))).toEqual(['G6:enrollments LIMIT_EXCEEDED 16']);
  });
});

const sum = (day: string, removed: number, baseline: number, kind: LimitKind = 'enrollments'): RemovalSum => ({
  day,
  kind,
  removed,
  baseline,
});
const week = (removals: readonly RemovalSum[], count: number, scene: object = {}) =>
  judged({ changes: leavers(count), ledger: { ...emptyLedger, removals }, policy: LIMITS, ...scene });

describe('G7: too much in seven days', () => {
  it('many runs below their limit are over the week’s', () => {
    // 15 % x 1.5 = 22.5 % of the hundred that there were.
    const before = [sum('2026-09-28', 10, 100), sum('2026-09-29', 8, 90)];
    expect(lines(week(before, 4))).toEqual([]);
    const plan = week(before, 5, { baselines: { enrollments: 82 } });
    expect(lines(plan)).toEqual(['G7:enrollments ROLLING_LIMIT 5']);
    expect(plan.holds[0]).toMatchObject({
      gate: 'G7',
      kind: 'enrollments',
      baseline: 100,
      count: 23,
      approvable: true,
    });
    expect(plan.holds[0]?.limit).toBeCloseTo(0.225);
    expect(plan.changes.every(({ heldBy }) => heldBy.join() === 'G7:enrollments')).toBe(true);
  });

  it('the sixth day before counts, the seventh does not', () => {
    expect(lines(week([sum('2026-09-25', 20, 100)], 6))).toEqual(['G7:enrollments ROLLING_LIMIT 6']);
    expect(lines(week([sum('2026-09-24', 20, 100)], 6))).toEqual([]);
  });

  it('the baseline is that of the window’s start, be the sums in any order', () => {
    const shuffled = [sum('2026-09-30', 1, 10), sum('2026-09-26', 20, 1000)];
    expect(lines(week(shuffled, 6, { baselines: { enrollments: 10 } }))).toEqual(['G6:enrollments LIMIT_EXCEEDED 6']);
    expect(lines(week([sum('2026-09-26', 20, 0)], 6))).toEqual(['G7:enrollments ROLLING_LIMIT 6']);
  });

  it('each kind has its own; any of them holds everything destructive', () => {
    const classes = [sum('2026-09-30', 30, 100, 'classes')];
    expect(lines(week(classes, 6))).toEqual([]);
    const policy = { limits: { ...OPEN, classes: 0.2, floor: 0 } };
    const plan = week(classes, 6, { policy, changes: [...leavers(6), archiving('k')] });
    expect(lines(plan)).toEqual(['G7:classes ROLLING_LIMIT 7']);
  });

  it('few in all never hold, and a single one of a small kind', () => {
    const tight = { policy: { limits: { ...OPEN, enrollments: 0.01, floor: 5 } } };
    expect(lines(week([sum('2026-09-30', 3, 100)], 2, tight))).toEqual([]);
    expect(lines(week([sum('2026-09-30', 4, 100)], 2, tight))).toEqual(['G7:enrollments ROLLING_LIMIT 2']);
    expect(lines(week([sum('2026-09-30', 1, 10)], 1, tight))).toEqual(['G7:enrollments ROLLING_LIMIT 1']);
  });

  it('where a run may take everything, so may a week; without a removal in it there is no week', () => {
    expect(lines(week([sum('2026-09-30', 90, 100)], 90, { policy: { limits: OPEN } }))).toEqual([]);
    expect(lines(week([], 15))).toEqual([]);
  });

  it('what a crashed run has taken away counts, too', () => {
    const ledger: Ledger = {
      ...emptyLedger,
      removals: [sum('2026-09-28', 10, 100)],
      unfinished: { baselines: BASELINES, removals: keysOf(leavers(8)) },
    };
    const plan = judged({ changes: leavers(5, 8), ledger, policy: LIMITS });
    expect(lines(plan)).toEqual(['G7:enrollments ROLLING_LIMIT 5']);
    expect(plan.holds[0]).toMatchObject({ count: 23, baseline: 100 });
    expect(lines(judged({ changes: leavers(4, 8), ledger, policy: LIMITS }))).toEqual([]);
  });

  it('an unknown baseline is not the window’s', () => {
    const removals = [sum('2026-09-28', 10, 0), sum('2026-09-29', 8, 100)];
    expect(lines(week(removals, 4))).toEqual([]);
    expect(week(removals, 5).holds[0]).toMatchObject({ baseline: 100, count: 23 });
  });

  it('what was approved of one limit is approved of that one alone', () => {
    const first = judged({ changes: leavers(16), policy: LIMITS });
    const approved = approvedIn(ledgerOf(first), 'G6:enrollments');
    expect(lines(judged({ changes: leavers(16), ledger: approved, policy: LIMITS }))).toEqual([]);
    expect(lines(judged({ changes: leavers(31), ledger: approved, policy: LIMITS }))).toEqual([]);
    expect(lines(judged({ changes: leavers(32), ledger: approved, policy: LIMITS }))).toEqual([
      'G6:enrollments LIMIT_EXCEEDED 16',
    ]);
    const week = { ...approved, removals: [sum('2026-09-28', 10, 100)] };
    expect(lines(judged({ changes: leavers(16), ledger: week, policy: LIMITS }))).toEqual([
      'G7:enrollments ROLLING_LIMIT 16',
    ]);
  });

  it('is latched, and ends by approval, not by time', () => {
    const first = week([sum('2026-09-28', 20, 100)], 6);
    const later = judged({ changes: leavers(6), ledger: ledgerOf(first), policy: LIMITS, today: '2026-10-20' });
    expect(lines(later)).toEqual(['G7:enrollments ROLLING_LIMIT 6']);
    expect(later.gates[0]?.evidence).toMatchObject({ latched: true });
    const more = judged({ changes: leavers(8), ledger: ledgerOf(first), policy: LIMITS, today: '2026-10-20' });
    expect(lines(more)).toEqual(['G7:enrollments ROLLING_LIMIT 8']);
    const approved = approvedIn(ledgerOf(first), 'G7:enrollments');
    expect(lines(judged({ changes: leavers(6), ledger: approved, policy: LIMITS }))).toEqual([]);
    expect(lines(judged({ changes: leavers(9), ledger: approved, policy: LIMITS }))).toEqual([
      'G7:enrollments ROLLING_LIMIT 3',
    ]);
    expect(judged({ changes: [], ledger: ledgerOf(first), policy: LIMITS }).latched).toEqual([]);
  });
});

describe('what is remembered of removals', () => {
  const ledger = { ...emptyLedger, removals: [sum('2026-09-24', 9, 90), sum('2026-09-30', 5, 50)] };

  it('the day’s sums add up, with the baseline of its first; what is older than a week goes', () => {
    const once = withRemovals(ledger, { day: TODAY, removed: { enrollments: 3 }, baselines: { enrollments: 45 } });
    const twice = withRemovals(once, {
      day: TODAY,
      removed: { enrollments: 2, classes: 1 },
      baselines: { enrollments: 42, classes: 7 },
    });
    expect(twice.removals).toEqual([sum('2026-09-30', 5, 50), sum(TODAY, 5, 45), sum(TODAY, 1, 7, 'classes')]);
  });

  it('nothing is written where nothing went, and the rest of the ledger stays', () => {
    expect(withRemovals(emptyLedger, { day: TODAY, removed: { classes: 0 } })).toEqual(emptyLedger);
    expect(withRemovals({ ...ledger, reported: ['x'] }, { day: '2026-12-01', removed: {} })).toEqual({
      ...emptyLedger,
      reported: ['x'],
    });
  });

  it('an unknown baseline is none', () => {
    expect(withRemovals(emptyLedger, { day: TODAY, removed: { users: 2 } }).removals).toEqual([
      sum(TODAY, 2, 0, 'users'),
    ]);
  });

  it('a week that a person released begins anew', () => {
    const renewed = withRemovals(ledger, {
      day: TODAY,
      removed: { enrollments: 3, classes: 1 },
      renewed: ['enrollments'],
    });
    expect(renewed.removals).toEqual([sum(TODAY, 1, 0, 'classes')]);
  });

  it('which weeks a person released', () => {
    const held = week([sum('2026-09-28', 20, 100)], 6);
    const approved = approvedIn(ledgerOf(held), 'G7:enrollments');
    expect(renewedWeeks(approved, new Set(keysOf(leavers(1))))).toEqual(['enrollments']);
    expect(renewedWeeks(approved, new Set(['x']))).toEqual([]);
    expect(renewedWeeks(ledgerOf(held), new Set(keysOf(leavers(1))))).toEqual([]);
    const other = approvedIn(ledgerOf(judged({ changes: leavers(16), policy: LIMITS })), 'G6:enrollments');
    expect(renewedWeeks(other, new Set(keysOf(leavers(1))))).toEqual([]);
  });

  it('the end of a run: what it set out to remove, less what had changed', () => {
    const run: Ledger = {
      ...emptyLedger,
      unfinished: { baselines: BASELINES, removals: keysOf([...leavers(3), archiving('k')]) },
    };
    const ended = endRun(run, { day: TODAY, failed: new Set(keysOf(leavers(1))) });
    expect(ended).toEqual({ ...emptyLedger, removals: [sum(TODAY, 2, 100), sum(TODAY, 1, 100, 'classes')] });
    expect(endRun(emptyLedger, { day: TODAY })).toEqual(emptyLedger);
    expect(endRun(ledger, { day: TODAY, renewed: ['enrollments'] }).removals).toBeUndefined();
  });

  it('what a person releases joins the run', () => {
    const run: Ledger = { ...emptyLedger, unfinished: { baselines: BASELINES, removals: keysOf(leavers(1)) } };
    expect(withReleased(run, [...leavers(2), joining('n')]).unfinished?.removals).toEqual(keysOf(leavers(2)));
    expect(withReleased(run, leavers(1))).toBe(run);
    expect(withReleased(emptyLedger, leavers(2))).toBe(emptyLedger);
  });

  it('counts keys by kind, and those of no kind not', () => {
    const guardian = 'guardian-unlink guardian:1:g:s';
    expect(
      countByKind([...keysOf([...leavers(2), archiving('k'), joining('n')]), guardian, 'user-deactivate user:u']),
    ).toEqual({
      enrollments: 2,
      classes: 1,
      guardianLinks: 1,
      users: 1,
    });
  });

  it('what is not known to have gone is counted, until it is due again or known to be gone', () => {
    const keys = keysOf([...leavers(3), archiving('k')]);
    const run: Ledger = { ...emptyLedger, unfinished: { baselines: BASELINES, removals: keys } };
    const ended = endRun(run, { day: TODAY, unjudged: new Set(keys.slice(1)) });
    const [first, second, third, archive] = keys as [string, string, string, string];
    expect(ended.removals).toEqual([
      { ...sum(TODAY, 3, 100), unconfirmed: [second, third] },
      { ...sum(TODAY, 1, 100, 'classes'), unconfirmed: [archive] },
    ]);
    const answers = new Map([
      [first, 'stayed'],
      [second, 'stayed'],
      [archive, 'went'],
    ] as const);
    const known = withConfirmed(ended, (key) => answers.get(key));
    expect(known.removals).toEqual([{ ...sum(TODAY, 2, 100), unconfirmed: [third] }, sum(TODAY, 1, 100, 'classes')]);
    expect(withConfirmed(ended, () => 'stayed').removals).toEqual([sum(TODAY, 1, 100)]);
    expect(withConfirmed({ ...emptyLedger, removals: [sum(TODAY, 1, 0)] }, () => 'stayed').removals).toHaveLength(1);
    const one = withRemovals(emptyLedger, { day: TODAY, removed: { enrollments: 1 }, unconfirmed: [third] });
    expect(withConfirmed(one, () => 'stayed')).toEqual(emptyLedger);
    const more = withRemovals(ended, { day: TODAY, removed: { enrollments: 1 }, unconfirmed: [first] });
    expect(more.removals?.[0]).toEqual({ ...sum(TODAY, 4, 100), unconfirmed: [second, third, first] });
  });

  it('a start without anything to take away leaves the sums alone', () => {
    const start = { baselines: BASELINES, due: [], free: [], today: TODAY, canJudge: true };
    expect(startRun(ledger, start)).toEqual({ removals: ledger.removals });
    expect(startRun(emptyLedger, start)).toStrictEqual({});
    const over = { ...emptyLedger, unfinished: { baselines: BASELINES, removals: [] } };
    expect(startRun(over, start)).toStrictEqual({});
    const stuck = { ...ledger, unfinished: { baselines: BASELINES, removals: [leaving('x').key] } };
    expect(startRun(stuck, { ...start, canJudge: false })).toEqual({
      removals: ledger.removals,
      unfinished: stuck.unfinished,
    });
  });

  it('no week of runs takes more than its limit and one floor without a person', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 14 }), (runs) => {
        let ledger: Ledger = emptyLedger;
        let left = 200;
        const taken: { day: number; count: number }[] = [];
        for (const [index, wanted] of runs.entries()) {
          const today = new Date(Date.UTC(2026, 9, 1 + Math.floor(index / 2))).toISOString().slice(0, 10);
          const changes = leavers(Math.min(wanted, left), index * 100);
          // Held ones are discarded at once: every run is judged by itself and by its week.
          const plan = judged({ changes, ledger, policy: LIMITS, baselines: { enrollments: left }, today });
          const applied = plan.holds.length === 0 ? changes.length : 0;
          left -= applied;
          taken.push({ day: Math.floor(index / 2), count: applied });
          ledger = endRun({ ...ledgerOf(plan), holds: [] }, { day: today });
          const total = taken
            .filter(({ day }) => Math.floor(index / 2) - day < 7)
            .reduce((all, each) => all + each.count, 0);
          expect(total).toBeLessThanOrEqual(Math.max(5, 0.225 * 200));
        }
      }),
      { numRuns: 60 },
    );
  });
});
