import { describe, expect, it } from 'vitest';
import { withoutApplied } from '../../src/engine/gates/decisions.js';
import { dependentsOf, isUrgent } from '../../src/engine/gates/dependents.js';
import { Unjudged } from '../../src/engine/gates/unjudged.js';
import type { Change, Ledger } from '../../src/model/index.js';
import { OPEN } from '../support/rows.js';
import {
  approvedIn,
  archiving,
  blocking,
  creating,
  joining,
  judged,
  leavers,
  leaving,
  ledgerOf,
  lines,
  linking,
  person,
  type Scene,
} from './gates-scene.js';

const LIMITS = { limits: { ...OPEN, enrollments: 0.05, classes: 0.05, floor: 0 } };
const keysOf = (changes: readonly Change[]) => changes.map(({ key }) => key);
const latchedKeys = (ledger: Ledger, id: string) => keysOf(changesOf(ledger, id)).sort();
const changesOf = (ledger: Ledger, id: string) => ledger.holds.find((hold) => hold.id === id)?.changes ?? [];

const MEMBERS = leavers(10);
const NORTH = archiving('north', 's1');
const SOUTH = archiving('south', 's2');
const FIRST = judged({ changes: [...MEMBERS, NORTH, SOUTH], policy: LIMITS });
const HELD = ledgerOf(FIRST);
const ID = 'G6:enrollments';
const later = (scene: Scene, ledger: Ledger = HELD) =>
  judged({ policy: { limits: OPEN }, ledger, baselines: { enrollments: 100_000, classes: 100_000 }, ...scene });

describe('a latch that a plan can judge in part', () => {
  it('was placed, and holds all', () => {
    expect(lines(FIRST)).toEqual(['G6:enrollments LIMIT_EXCEEDED 12']);
    // In the order of the plan, in which they are applied once they are approved.
    expect(changesOf(HELD, ID)).toMatchObject([...MEMBERS, NORTH, SOUTH].map(({ key }) => ({ key })));
  });

  it.each<[string, Scene, readonly Change[]]>([
    [
      'a school was skipped: nothing is archived then',
      { skippedSchools: ['s2'], changes: MEMBERS.slice(0, 1) },
      [NORTH, SOUTH],
    ],
    ['not every school was read', { provesAbsence: false, changes: MEMBERS.slice(0, 1) }, [NORTH, SOUTH]],
    [
      'the import is not about classes',
      { policy: { limits: OPEN, steps: ['students'] }, changes: MEMBERS.slice(0, 1) },
      [NORTH, SOUTH],
    ],
    ['the import is about classes alone', { policy: { limits: OPEN, steps: ['classes'] }, changes: [NORTH] }, MEMBERS],
    ['an incomplete read', { isRestricted: true, changes: [] }, [...MEMBERS, NORTH, SOUTH]],
    [
      'an import that only adds',
      { policy: { limits: OPEN, additiveOnly: true }, changes: [] },
      [...MEMBERS, NORTH, SOUTH],
    ],
  ])('%s: what it could not judge stays held', (_title, scene, unjudged) => {
    const between = later(scene);
    const due = scene.changes ?? [];
    expect(latchedKeys(ledgerOf(between), ID)).toEqual(keysOf([...due, ...unjudged]).sort());
    expect(between.memory.unjudged).toEqual(keysOf(unjudged).sort());
    // The members are seen again, the classes are still missing: they were never released.
    const next = later({ changes: [NORTH, SOUTH] }, ledgerOf(between));
    const expected = unjudged.includes(NORTH) || due.includes(NORTH) ? ['G6:enrollments LIMIT_EXCEEDED 2'] : [];
    expect(lines(next)).toEqual(expected);
    expect(next.memory.unjudged).toBeUndefined();
  });

  it('what such a plan saw again is free', () => {
    const between = later({ skippedSchools: ['s2'], changes: [] });
    expect(latchedKeys(ledgerOf(between), ID)).toEqual(keysOf([NORTH, SOUTH]));
    expect(between.holds).toEqual([]);
  });

  it('a member at the school that was skipped was not seen either', () => {
    const away = leaving('x', 'c9', 's2');
    const held = ledgerOf(judged({ changes: [...MEMBERS, away], policy: LIMITS }));
    expect(latchedKeys(ledgerOf(later({ skippedSchools: ['s2'], changes: [] }, held)), ID)).toEqual([away.key]);
  });

  it('while it waits for the rest, whatever else would be taken away joins it', () => {
    const fresh = leaving('new');
    const between = later({ skippedSchools: ['s2'], changes: [fresh] });
    expect(lines(between)).toEqual(['G6:enrollments LIMIT_EXCEEDED 1']);
    expect(latchedKeys(ledgerOf(between), ID)).toEqual(keysOf([NORTH, SOUTH, fresh]).sort());
  });

  it('so it is while classes that were emptied together are not all there again (K15)', () => {
    const request = {
      id: 'K15',
      gate: 'K15',
      code: 'CLASSES_EMPTIED',
      approvable: true,
      changes: 'all-destructive',
    } as const;
    const held = ledgerOf(judged({ changes: MEMBERS.slice(0, 2), requests: [request], policy: { limits: OPEN } }));
    const between = later({ changes: [...MEMBERS.slice(0, 1), NORTH] }, held);
    expect(lines(between)).toEqual(['K15 CLASSES_EMPTIED 2']);
  });

  it('a hold of some changes alone does not grow so', () => {
    const ids = new Set(keysOf([NORTH]));
    const request = {
      id: 'SCHOOL_GONE:s1',
      gate: 'cause',
      code: 'SCHOOL_GONE',
      approvable: true,
      changes: ids,
    } as const;
    const held = ledgerOf(judged({ changes: [NORTH], requests: [request], policy: { limits: OPEN } }));
    const between = later({ skippedSchools: ['s2'], changes: [leaving('new')] }, held);
    expect(between.holds).toEqual([]);
    expect(latchedKeys(ledgerOf(between), 'SCHOOL_GONE:s1')).toEqual([NORTH.key]);
  });

  it('an incomplete read that finds some of it due keeps the rest, each once', () => {
    const between = later({ isRestricted: true, changes: MEMBERS.slice(0, 2) });
    expect(latchedKeys(ledgerOf(between), ID)).toEqual(keysOf([...MEMBERS, NORTH, SOUTH]).sort());
  });

  it('guardians, in an import that is not about them', () => {
    const drop = {
      ...linking('g', 'kid'),
      key: 'guardian-unlink guardian:1:g:kid',
      kind: 'guardian-unlink',
      destructive: true,
    } as Change;
    const request = {
      id: 'X',
      gate: 'cause',
      code: 'COHORT_GONE',
      approvable: true,
      changes: new Set([drop.key]),
    } as const;
    const held = ledgerOf(judged({ changes: [drop], requests: [request], policy: { limits: OPEN } }));
    expect(latchedKeys(ledgerOf(later({ changes: [] }, held)), 'X')).toEqual([drop.key]);
    const guardians = { limits: OPEN, steps: ['guardians'] } as const;
    expect(later({ changes: [], policy: guardians }, held).latched).toEqual([]);
  });

  it('K10 names no change: an incomplete read does not end it, a complete one decides anew', () => {
    const request = {
      id: 'K10:c1',
      gate: 'K10',
      code: 'RECYCLED_ID',
      approvable: false,
      changes: new Set<string>(),
    } as const;
    const held = ledgerOf(judged({ requests: [request] }));
    expect(later({ isRestricted: true }, held).latched).toEqual(held.holds);
    expect(later({}, held).latched).toEqual([]);
  });

  it('asked for again with less, it keeps what it held and is still due', () => {
    const wish = (...keys: string[]) => ({
      requests: [
        { id: 'K15:c1', gate: 'K15', code: 'CLASS_EMPTIED', approvable: true, changes: new Set(keys) } as const,
      ],
    });
    const all = keysOf(MEMBERS);
    const held = ledgerOf(judged({ changes: MEMBERS, policy: { limits: OPEN }, ...wish(...all) }));
    const again = later({ changes: MEMBERS.slice(0, 4), ...wish(all[0] ?? '') }, held);
    expect(lines(again)).toEqual(['K15:c1 CLASS_EMPTIED 4']);
  });

  it('a change that waits for it and for a hold of today names both in the order of their ids', () => {
    const request = { id: 'K15:c1', gate: 'K15', code: 'CLASS_EMPTIED', approvable: true } as const;
    const [member] = MEMBERS.slice(0, 1) as [Change];
    const { changes } = later({ changes: [member], requests: [{ ...request, changes: new Set([member.key]) }] });
    expect(changes.map(({ heldBy }) => heldBy)).toEqual([[ID, 'K15:c1']]);
  });

  it('what the passes say could not be judged stays, too', () => {
    const unjudged = new Unjudged(HELD);
    unjudged.record(NORTH.subject);
    unjudged.membersOf('c1');
    const between = later({ changes: [], unjudged });
    expect(latchedKeys(ledgerOf(between), ID)).toEqual(keysOf([...MEMBERS, NORTH]).sort());
    const other = new Unjudged(HELD);
    other.membersOf('c2');
    expect(later({ changes: [], unjudged: other }).latched).toEqual([]);
  });

  it('a whole plan that finds nothing due ends it', () => {
    expect(later({ changes: [] }).latched).toEqual([]);
  });
});

it('an empty feed’s hold can be approved when something of it was read again', () => {
  const wish = {
    id: 'G3:students',
    gate: 'G3',
    code: 'EMPTY_FEED',
    approvable: false,
    changes: 'all-destructive',
  } as const;
  const held = judged({ changes: MEMBERS, requests: [wish], policy: { limits: OPEN } });
  expect(held.holds).toMatchObject([{ id: 'G3:students', approvable: false }]);
  expect(later({ changes: MEMBERS.slice(1) }, ledgerOf(held)).holds).toMatchObject([{ approvable: true }]);
});

describe('an approval of a latch that was judged in part', () => {
  const between = later({ skippedSchools: ['s2'], changes: MEMBERS.slice(0, 2) });
  const [hold] = between.holds;
  const [latch] = between.latched;

  it('the hash of the plan’s hold names what the plan shows, the ledger’s names all', () => {
    expect(hold?.changes).toEqual(keysOf(MEMBERS.slice(0, 2)));
    expect(latch?.versions.find(({ hash }) => hash === hold?.hash)?.keys).toEqual(hold?.changes);
    expect(latch?.hash).not.toBe(hold?.hash);
    expect(latch?.versions.map(({ hash }) => hash)).toContain(FIRST.holds[0]?.hash);
  });

  it('is kept for what was not judged, until it is due again', () => {
    const approved = approvedIn(ledgerOf(between), ID);
    const skipped = later({ skippedSchools: ['s2'], changes: [] }, approved);
    expect(skipped.latched[0]?.approved).toEqual(keysOf([NORTH, SOUTH]));
    const next = later({ changes: [NORTH] }, ledgerOf(skipped));
    expect(next.holds.flatMap(({ changes }) => changes)).toEqual([]);
    expect(next.changes[0]?.heldBy).toEqual([]);
    expect(next.latched[0]?.approved ?? []).toEqual([NORTH.key]);
  });

  it('is kept, too, where only its key is left of the change', () => {
    const applied: Ledger = {
      ...HELD,
      holds: HELD.holds.map((each) => ({ ...each, changes: [], approved: [NORTH.key, MEMBERS[0]?.key ?? ''] })),
    };
    const skipped = later({ provesAbsence: false, changes: [] }, applied);
    expect(skipped.latched[0]).toMatchObject({ changes: [], approved: [NORTH.key] });
  });
});

describe('what is left of holds when changes were applied', () => {
  const keys = keysOf(MEMBERS);
  const approved = approvedIn(HELD, ID);

  it('nothing of a hold whose changes were all applied', () => {
    const all = keysOf([...MEMBERS, NORTH, SOUTH]);
    expect(withoutApplied(approved, new Set(all)).holds).toEqual([]);
    const used = ledgerOf(later({ changes: MEMBERS }, approvedIn(HELD, ID, keys)));
    expect(used.holds).toMatchObject([{ changes: [], approved: keys }]);
    expect(withoutApplied(used, new Set(keys)).holds).toEqual([]);
  });

  it('what was approved and not applied stays approved, and the hold knows what it was', () => {
    const [hold] = withoutApplied(approved, new Set(keys)).holds;
    expect(hold).toMatchObject({ approved: keysOf([NORTH, SOUTH]) });
    expect(hold?.changes).toEqual([]);
    const some = withoutApplied(approvedIn(HELD, ID, [NORTH.key]), new Set(keys)).holds[0];
    expect(some?.changes.map(({ key }) => key)).toEqual([SOUTH.key]);
    expect(some?.approved).toEqual([NORTH.key]);
    expect(hold?.versions).toEqual([{ hash: HELD.holds[0]?.hash, keys: keysOf([...MEMBERS, NORTH, SOUTH]) }]);
    expect(hold?.hash).not.toBe(HELD.holds[0]?.hash);
  });

  it('a hold that none of them was in', () => {
    expect(withoutApplied(HELD, new Set(['x'])).holds).toEqual(HELD.holds);
    const told: Ledger = { ...HELD, holds: HELD.holds.map((hold) => ({ ...hold, changes: [] })) };
    expect(withoutApplied(told, new Set(keys)).holds).toEqual(told.holds);
  });
});

describe('G5: ids given anew', () => {
  const reset = { kind: 'users', baseline: 100, pairs: 80 } as const;
  const news = [person('n1', {}), person('n2', {})];
  const members = [joining('n1'), joining('old'), linking('n2', 'kid'), linking('g', 'n1')];
  const kids = [blocking('n2', 'kid'), blocking('g', 'kid', false)];
  const changes = [...news, ...members, ...kids, creating('c'), leaving('gone')];

  it('every change of the kind waits, what would be taken away, and what names who is not created', () => {
    const plan = judged({ changes, resets: [reset], policy: { limits: OPEN } });
    expect(lines(plan)).toEqual(['G5:users ID_SPACE_RESET 6']);
    expect(plan.holds[0]).toMatchObject({ gate: 'G5', kind: 'users', baseline: 100, count: 80, approvable: true });
    const free = plan.changes.filter(({ heldBy }) => heldBy.length === 0).map(({ key }) => key);
    expect(free).toEqual(keysOf([members[1] as Change, ...kids, creating('c')]));
  });

  it('of classes: their members wait with them, and people proceed', () => {
    const plan = judged({
      changes: [...news, joining('n1', 'c'), joining('n1', 'd'), creating('c'), leaving('gone')],
      resets: [{ ...reset, kind: 'classes' }],
      policy: { limits: OPEN },
    });
    expect(plan.holds[0]?.changes).toEqual(keysOf([creating('c'), joining('n1', 'c'), leaving('gone')]).sort());
  });

  it('is latched, what is built up as well, and an incomplete read does not end it', () => {
    const first = ledgerOf(judged({ changes, resets: [reset], policy: { limits: OPEN } }));
    const broken = ledgerOf(later({ isRestricted: true, changes: [] }, first));
    expect(latchedKeys(broken, 'G5:users')).toEqual(latchedKeys(first, 'G5:users'));
    const next = later({ changes: [...news, ...members, joining('n2', 'other')] }, broken);
    expect(next.holds[0]?.changes).toHaveLength(6);
    expect(next.changes.find(({ key }) => key === joining('n2', 'other').key)?.heldBy).toEqual(['G5:users']);
    const approved = approvedIn(broken, 'G5:users');
    expect(later({ changes: [...news, ...members] }, approved).holds).toEqual([]);
    const join = members[0] as Change;
    const one = later({ changes: [...news, ...members] }, approvedIn(broken, 'G5:users', [join.key]));
    expect(one.changes.find(({ key }) => key === join.key)?.heldBy).toEqual([]);
  });
});

describe('what never waits, and what waits along', () => {
  it('P11: forbidden contact is held by nothing', () => {
    const block = blocking('g', 'kid');
    const wish = {
      id: 'X',
      gate: 'cause',
      code: 'SCHOOL_GONE',
      approvable: true,
      changes: new Set([block.key]),
    } as const;
    const plan = judged({ changes: [block], requests: [wish] });
    expect(plan.changes[0]?.heldBy).toEqual([]);
    expect(isUrgent(block)).toBe(true);
    expect(isUrgent(blocking('g', 'kid', false))).toBe(false);
    expect(isUrgent(undefined)).toBe(false);
  });

  it('a twin goes with its members and the re-key, or not at all (K12)', () => {
    const common = { before: null, after: null, reason: { rule: 'K12', code: 'X' }, fingerprint: 'x', heldBy: [] };
    const of = (kind: string, subject: string, target: object) =>
      ({ ...common, kind, subject, key: `${kind} ${subject}`, target, destructive: false }) as unknown as Change;
    const rekey = of('class-rekey', 'class:n', { id: 'old' });
    const twin = of('class-delete', 'class:n', { id: 'twin' });
    const member = of('enrollment-delete', 'enrollment:1:n:a', { id: 'm', classId: 'twin', userId: 'a' });
    const other = of('enrollment-delete', 'enrollment:1:x:a', { id: 'o', classId: 'x', userId: 'a' });
    const all = [member, other, twin, rekey];
    const keys = keysOf([member, twin, rekey]).sort();
    expect([...new Set(dependentsOf([rekey], all))].sort()).toEqual(keys);
    expect([...new Set(dependentsOf([twin], all))].sort()).toEqual(keys);
    expect(dependentsOf([archiving('n')], all)).toEqual([]);
  });

  it('only creations that are held have dependents', () => {
    expect(dependentsOf([joining('n1'), archiving('c')], [joining('n1'), linking('n1', 'x')])).toEqual([]);
    expect(dependentsOf([person('n1', {})], [person('n1', {}), linking('x', 'y')])).toEqual([]);
  });
});
