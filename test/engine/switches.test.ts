import { describe, expect, it } from 'vitest';
import { hashPlan, reconcile } from '../../src/engine/index.js';
import { defaultPolicy } from '../../src/model/index.js';
import type { Plan, Policy, Roster } from '../../src/model/index.js';
import { definePolicy } from '../../src/policy/index.js';
import { local, localClass, NOW, roster, section } from '../support/build.js';
import { changeLines, classWith, hostOf, merge, mergeHosts, noteLines, OPEN, planWith } from '../support/rows.js';

/**
 * One absent class (`gone`), one absent member (`b`) of a present class, and one class that the sync archived and that
 * is back, without one of its members.
 */
const GONE = classWith('gone', { students: ['x'], teachers: ['y'] });
const STAYS = classWith('stays', { students: ['a', 'b'], teachers: ['t'] });
const BACK = classWith('back', { students: ['c', 'd'], teachers: ['u'] });
const HOST = hostOf(merge(GONE, STAYS, BACK), { classes: { back: { state: 'archived', by: 'sync' } } });
const PRESENT = merge({ users: GONE.users ?? [] }, STAYS, BACK);
const FEED = {
  ...PRESENT,
  enrollments: (PRESENT.enrollments ?? []).filter(({ userSourcedId }) => !['b', 'c'].includes(userSourcedId)),
};

const ARCHIVED = 'class-archive gone K7 CLASS_ABSENT';
const REMOVED = 'enrollment-remove stays/b M3 MEMBER_ABSENT';
const REVIVED = 'class-unarchive back K8 CLASS_RETURNED';
const LEFT = 'enrollment-remove back/c M3 MEMBER_ABSENT';
const KEPT = 'K7 ABSENT_KEPT gone';
const ACTIVE = 'K7 ABSENT_CLASS_ACTIVE gone';
const STAYS_ARCHIVED = 'K8 STAYS_ARCHIVED back';
const ALONE = (...ids: readonly string[]) => ids.map((id) => `U6 UNASSIGNED ${id}`);

type Switches = Partial<Pick<Policy, 'fullData' | 'archive' | 'unarchive' | 'absentClassMembers'>>;

const table: readonly (readonly [
  title: string,
  switches: Switches,
  changes: readonly string[],
  notes: readonly string[],
])[] = [
  ['everything off', { unarchive: 'off' }, [], [KEPT, STAYS_ARCHIVED]],
  ['Archive without Full Data counts as off', { archive: true, unarchive: 'off' }, [], [KEPT, STAYS_ARCHIVED]],
  ['Unarchive alone', {}, [REVIVED], [KEPT]],
  ['Unarchive alone, and Archive without Full Data', { archive: true }, [REVIVED], [KEPT]],
  ['Full Data alone', { fullData: true, unarchive: 'off' }, [REMOVED], [ACTIVE, STAYS_ARCHIVED, ...ALONE('b')]],
  ['Full Data and Unarchive', { fullData: true }, [REVIVED, LEFT, REMOVED], [ACTIVE, ...ALONE('b', 'c')]],
  [
    'Full Data that also empties absent classes',
    { fullData: true, unarchive: 'off', absentClassMembers: 'remove' },
    ['enrollment-remove gone/x M3 MEMBER_ABSENT', 'enrollment-remove gone/y M3 MEMBER_ABSENT', REMOVED],
    [ACTIVE, STAYS_ARCHIVED, ...ALONE('b', 'x', 'y')],
  ],
  [
    'Full Data and Archive',
    { fullData: true, archive: true, unarchive: 'off' },
    [REMOVED, ARCHIVED],
    [STAYS_ARCHIVED, ...ALONE('b')],
  ],
  [
    'Full Data and Archive: absentClassMembers says nothing there, members are frozen',
    { fullData: true, archive: true, unarchive: 'off', absentClassMembers: 'remove' },
    [REMOVED, ARCHIVED],
    [STAYS_ARCHIVED, ...ALONE('b')],
  ],
  [
    'all three: archived, revived, and the revived class judged against the feed',
    { fullData: true, archive: true },
    [REVIVED, LEFT, REMOVED, ARCHIVED],
    ALONE('b', 'c'),
  ],
];

describe('the three switches', () => {
  it.each(table)('%s', (_title, switches, changes, notes) => {
    const plan = planWith(
      { ...defaultPolicy, limits: { ...defaultPolicy.limits, ...OPEN }, ...switches },
      { feed: FEED, host: HOST },
    );
    expect(changeLines(plan)).toEqual(changes);
    expect(noteLines(plan)).toEqual([...notes].sort());
  });

  it('a settings object with Archive and without Full Data is refused, and the setting named', () => {
    expect(() => definePolicy({ archive: true })).toThrow(/policy\.archive/);
    expect(definePolicy({ archive: true, fullData: true }).archive).toBe(true);
  });

  it('additiveOnly: what would be taken away waits, and a person is told how much', () => {
    const policy = definePolicy({ fullData: true, archive: true, additiveOnly: true, limits: OPEN });
    const plan = planWith(policy, { feed: FEED, host: HOST });
    expect(changeLines(plan)).toEqual([REVIVED]);
    expect(plan.notes.find(({ code }) => code === 'ADDITIVE_ONLY')?.evidence).toEqual({ withheld: 3 });
  });
});

describe('what is given to the engine', () => {
  const feed = roster(FEED);
  const host = { ...local(), ...mergeHosts(HOST, { classes: [localClass(undefined, { name: 'By hand' })] }) };
  const policy = definePolicy({ fullData: true, archive: true });

  it('is not changed: deep-frozen input gives the same plan', () => {
    const plan = reconcile({ roster: feed, local: host, policy, now: NOW });
    const frozen = reconcile({
      roster: deepFreeze(structuredClone(reversed(feed))),
      local: deepFreeze(structuredClone({ ...host, enrollments: [...host.enrollments].reverse() })),
      policy: deepFreeze(structuredClone(policy)),
      now: NOW,
    });
    expect(frozen).toEqual(plan);
    expect(plan.changes.length).toBeGreaterThan(3);
  });

  it('the order of the feed and of the host’s records never matters', () => {
    const twice = {
      ...feed,
      classes: [...feed.classes, section('stays', { name: 'Older', dateLastModified: '2020-01-01' })],
    };
    const plan = reconcile({ roster: twice, local: host, policy, now: NOW });
    const shuffled = reconcile({
      roster: reversed(twice),
      local: {
        ...host,
        classes: [...host.classes].reverse(),
        users: [...host.users].reverse(),
        enrollments: [...host.enrollments].reverse(),
        schools: [...host.schools].reverse(),
      },
      policy,
      now: new Date(NOW),
    });
    expect(shuffled.changes).toEqual(plan.changes);
    expect(shuffled.hash).toBe(plan.hash);
    expect(noteLines(shuffled)).toEqual(noteLines(plan));
  });

  it('the hash is over what is decided: not over the time nor the read', () => {
    const plan = reconcile({ roster: feed, local: host, policy, now: NOW });
    const later = reconcile({
      roster: { ...feed, readId: 'read-2' },
      local: host,
      policy,
      now: '2026-10-02T06:00:00Z',
    });
    const other = reconcile({ roster: feed, local: host, policy: definePolicy({ fullData: true }), now: NOW });
    expect(later.hash).toBe(plan.hash);
    expect(other.hash).not.toBe(plan.hash);
  });

  it('the hash is over what is held: nobody can take a change out of its hold', () => {
    const limits = { enrollments: 0, classes: 0, users: 0, guardianLinks: 0, floor: 0 };
    const plan = reconcile({
      roster: { ...feed, classes: feed.classes.slice(1) },
      local: host,
      policy: definePolicy({ fullData: true, archive: true, limits }),
      now: NOW,
    });
    expect(plan.counts.held).toBeGreaterThan(0);
    const released = { ...plan, changes: plan.changes.map((change) => ({ ...change, heldBy: [] })) };
    const reworded = { ...plan, holds: plan.holds.map((hold) => ({ ...hold, gate: 'K15' as const })) };
    expect(hashPlan(released)).not.toBe(plan.hash);
    expect(hashPlan(reworded)).not.toBe(plan.hash);
  });

  it('a plan is plain data: written as JSON and read back it is the same', () => {
    const plan = reconcile({ roster: feed, local: host, policy, now: NOW });
    const readBack = JSON.parse(JSON.stringify(plan)) as Plan;
    expect(hashPlan(readBack)).toBe(plan.hash);
    expect(readBack.counts).toEqual(plan.counts);
  });
});

function reversed(feed: Roster): Roster {
  return {
    ...feed,
    schools: [...feed.schools].reverse(),
    classes: [...feed.classes].reverse(),
    users: [...feed.users].reverse(),
    enrollments: [...feed.enrollments].reverse(),
    guardianLinks: [...feed.guardianLinks].reverse(),
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
