import { describe, expect, it } from 'vitest';
import { compare, invert, reconcile } from '../../src/engine/index.js';
import type { LocalState, Plan, Roster } from '../../src/model/index.js';
import { definePolicy, type PolicyInput } from '../../src/policy/index.js';
import { local, NOW, roster, student, teacher, type RosterParts } from '../support/build.js';
import { classWith, hostOf, merge, mergeHosts, OPEN } from '../support/rows.js';

const C1 = classWith('c1');
const C2 = classWith('c2', { students: ['b'], teachers: ['t'] });
const FEED: RosterParts = merge(C1, { users: [student('b'), teacher('t')] });
const LOCAL: LocalState = { ...local(), ...mergeHosts(hostOf(C1), hostOf(C2)) };
const ROSTER: Roster = roster(FEED);
const FULL = { fullData: true, limits: OPEN };
const ARCHIVE = { ...FULL, archive: true };

function planWith(policy: PolicyInput, given: { readonly roster?: Roster; readonly local?: LocalState } = {}): Plan {
  return reconcile({ roster: ROSTER, local: LOCAL, policy: definePolicy(policy), now: NOW, ...given });
}

describe('compare', () => {
  it('says what turning Archive on would add', () => {
    const { base, plans, differences, sentences } = compare({ today: planWith(FULL), archive: planWith(ARCHIVE) });
    expect([base, plans.map(({ name }) => name)]).toEqual(['today', ['today', 'archive']]);
    expect(differences).toHaveLength(1);
    expect(differences[0]).toMatchObject({
      name: 'archive',
      isSame: false,
      omitted: [],
      different: [],
      newlyHeld: [],
      newlyReady: [],
      byKind: { 'class-archive': 1 },
      destructive: 1,
      notesByCode: { ABSENT_CLASS_ACTIVE: -1 },
    });
    expect(differences[0]?.added.map(({ key }) => key)).toEqual(['class-archive class:c2']);
    expect(sentences).toEqual([
      'archive, against today: also 1 class archived.',
      'archive, against today: 1 more that take something away.',
    ]);
  });

  it('says the same from the other side', () => {
    const { differences, sentences } = compare({ archive: planWith(ARCHIVE), today: planWith(FULL) });
    expect(differences[0]?.omitted.map(({ key }) => key)).toEqual(['class-archive class:c2']);
    expect(differences[0]?.destructive).toBe(-1);
    expect(sentences[0]).toBe('today, against archive: not 1 class archived.');
  });

  it('tells plans that do the same, whatever their time', () => {
    const later = reconcile({
      roster: ROSTER,
      local: LOCAL,
      policy: definePolicy(ARCHIVE),
      now: '2026-10-02T06:00:00Z',
    });
    const { differences, sentences, plans } = compare([planWith(ARCHIVE), later]);
    expect(differences[0]).toMatchObject({ name: '2', isSame: true });
    expect(sentences).toEqual(['2 does the same as 1.']);
    expect(plans[0]?.hash).toBe(plans[1]?.hash);
  });

  it('tells plans that differ in notes alone', () => {
    const { differences, sentences } = compare([planWith({}), planWith(FULL)]);
    expect(differences[0]?.notesByCode).toEqual({ ABSENT_KEPT: -1, ABSENT_CLASS_ACTIVE: 1 });
    expect(sentences).toEqual(['2 has the changes of 1, and other notes.']);
  });

  it('tells what both write in their own way', () => {
    const options = { parentCommunication: false };
    const names = (duplicateNames: 'first' | 'all') => planWith({ classes: { duplicateNames, options } });
    expect(compare([names('first'), names('all')]).differences[0]?.different).toEqual([]);
    const other = planWith({ classes: { options: { studentPortfolios: false } } });
    const { differences, sentences } = compare({ a: names('first'), b: other });
    expect(differences[0]?.different.map(({ key }) => key)).toEqual(['class-update class:c1']);
    expect(sentences).toEqual(['b, against a: with other values 1 class updated.']);
  });

  it('tells a new record that each makes in its own way', () => {
    const fresh = roster(merge(FEED, classWith('c9')));
    const made = (studentPortfolios: boolean) =>
      planWith({ classes: { options: { studentPortfolios } } }, { roster: fresh });
    const keysOf = (left: Plan, right: Plan) =>
      compare([left, right]).differences[0]?.different.map(({ key }) => key) ?? [];
    expect(keysOf(made(true), made(false))).toContain('class-create class:c9');
    expect(keysOf(made(false), made(false))).toEqual([]);
  });

  it('tells nothing of a hold that both have', () => {
    const tight = { ...ARCHIVE, limits: { ...OPEN, classes: 0.2, floor: 0 } };
    const both = compare([planWith(tight), planWith({ ...tight, contactUpdates: 'all' })]);
    expect(both.differences[0]?.holds).toEqual({ appearing: [], disappearing: [], different: [] });
  });

  it('tells holds that appear and disappear, and what they hold', () => {
    const tight = { ...ARCHIVE, limits: { ...OPEN, classes: 0.2, floor: 0 } };
    const held = compare({ open: planWith(ARCHIVE), tight: planWith(tight) });
    expect(held.differences[0]).toMatchObject({
      isSame: false,
      newlyHeld: ['class-archive class:c2'],
      added: [],
      holds: { appearing: [{ id: 'G6:classes' }], disappearing: [], different: [] },
    });
    expect(held.sentences).toEqual([
      'tight, against open: 1 change waits that would be applied at once.',
      'tight, against open: the hold G6:classes appears (1 of 2 classes would go, and the limit of one run is 20%).',
    ]);
    const released = compare({ tight: planWith(tight), open: planWith(ARCHIVE) });
    expect(released.differences[0]).toMatchObject({
      newlyReady: ['class-archive class:c2'],
      holds: { disappearing: [{ id: 'G6:classes' }] },
    });
    expect(released.sentences).toContain('open, against tight: the hold G6:classes disappears.');
  });

  it('keeps the points within the words of a hold', () => {
    const tight = { ...ARCHIVE, limits: { ...OPEN, classes: 0.125, floor: 0 } };
    expect(compare({ open: planWith(ARCHIVE), tight: planWith(tight) }).sentences).toContain(
      'tight, against open: the hold G6:classes appears (1 of 2 classes would go, and the limit of one run is 12.5%).',
    );
  });

  it('tells a hold that names other changes', () => {
    const feed = roster(
      merge(classWith('c1', { students: [] }), { users: [student('a'), student('b'), teacher('t')] }),
    );
    const tight = { fullData: true, limits: { ...OPEN, enrollments: 0, floor: 0 } };
    const own = planWith(tight, { roster: feed });
    const more = planWith({ ...tight, archive: true }, { roster: feed });
    const { differences, sentences } = compare([own, more]);
    expect(differences[0]?.holds.different.map(({ id }) => id)).toEqual(['G6:enrollments']);
    expect(sentences).toContain('2, against 1: the hold G6:enrollments names 2 changes instead of 1.');
  });

  it('compares every plan with the first', () => {
    const { differences } = compare([planWith({}), planWith(FULL), planWith(ARCHIVE)]);
    expect(differences.map(({ name, destructive }) => [name, destructive])).toEqual([
      ['2', 0],
      ['3', 1],
    ]);
  });

  it('is plain data, and the same each time', () => {
    const once = compare({ today: planWith(FULL), archive: planWith(ARCHIVE) });
    expect(JSON.parse(JSON.stringify(once))).toEqual(once);
    expect(compare({ today: planWith(FULL), archive: planWith(ARCHIVE) })).toEqual(once);
  });

  it('refuses what cannot be compared', () => {
    const plan = planWith({});
    expect(() => compare([plan])).toThrow(/^plans: are two or more/u);
    expect(() => compare({})).toThrow(/^plans: are two or more/u);
    expect(() => compare([plan, invert([], LOCAL)])).toThrow(/^plans: 2 is an undo/u);
    const otherRead = planWith({}, { roster: { ...ROSTER, readId: 'read-2' } });
    expect(() => compare({ a: plan, b: otherRead })).toThrow(/^plans: b and a are of two reads/u);
    const scope = { tenant: 'district-1', schools: ['s1'] };
    const otherScope = planWith({}, { roster: { ...ROSTER, scope }, local: { ...LOCAL, scope } });
    expect(() => compare({ a: plan, b: otherScope })).toThrow(/^plans: b and a are of two scopes/u);
  });
});
