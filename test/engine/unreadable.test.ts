import { describe, expect, it } from 'vitest';
import { reconcile } from '../../src/engine/index.js';
import { defaultPolicy, emptyLedger, type Plan, type Policy, type RejectedRow } from '../../src/model/index.js';
import * as build from '../support/build.js';
import type { RosterParts } from '../support/build.js';
import { classWith, hostOf, merge, noteLines, OPEN, people, planOf } from '../support/rows.js';

/** Everything that vanishes here would be taken away, if its absence were believed. */
const policy: Policy = { ...defaultPolicy, fullData: true, archive: true, deactivateUnrostered: true };
const host = build.local({
  classes: [build.localClass('c1'), build.localClass('c2')],
  users: [
    build.localUser(build.student('a')),
    build.localUser(build.student('b')),
    build.localUser(build.student('z')),
  ],
  enrollments: [build.localMember('c1', 'a'), build.localMember('c1', 'b'), build.localMember('c2', 'a')],
  guardianLinks: [build.localLink('g', 'a')],
});

function planWithout(rejected: readonly RejectedRow[]): Plan {
  const feed = build.roster({
    classes: [build.section('c1')],
    users: [build.student('a'), build.student('b')],
    enrollments: [build.enrolled('c1', 'a')],
  });
  const steps = ['classes', 'teachers', 'students', 'guardians'] as const;
  return reconcile({ roster: { ...feed, rejected }, local: host, policy: { ...policy, steps }, now: build.NOW });
}

const removals = (plan: Plan): readonly string[] =>
  plan.changes.filter((change) => change.destructive).map((change) => change.key);

const MEMBER = 'enrollment-remove enrollment:2:c1:b';
const CLASS = 'class-archive class:c2';
const PERSON = 'user-deactivate user:z';
const LINK = 'guardian-unlink guardian:1:g:a';
const ALL = [LINK, MEMBER, CLASS, PERSON];

describe('a row that came and could not be used is not taken for absent', () => {
  it('near miss: where every row could be used, what is absent leaves', () => {
    expect(removals(planWithout([]))).toEqual(ALL);
  });

  it.each<{ title: string; row: RejectedRow; kept: readonly string[] }>([
    { title: 'a class by its id', row: { collection: 'classes', sourcedId: 'c2', problem: 'x' }, kept: [CLASS] },
    { title: 'another class', row: { collection: 'classes', sourcedId: 'c9', problem: 'x' }, kept: [] },
    { title: 'a class without an id may be any', row: { collection: 'classes', problem: 'x' }, kept: [CLASS] },
    { title: 'a person by their id', row: { collection: 'users', sourcedId: 'z', problem: 'x' }, kept: [PERSON] },
    { title: 'a person without an id may be anyone', row: { collection: 'users', problem: 'x' }, kept: [PERSON] },
    {
      title: 'an enrollment of the class',
      row: { collection: 'enrollments', classSourcedId: 'c1', problem: 'x' },
      kept: [MEMBER],
    },
    {
      title: 'an enrollment of another class',
      row: { collection: 'enrollments', classSourcedId: 'c9', problem: 'x' },
      kept: [],
    },
    {
      title: 'an enrollment that tells its own id, and no class',
      row: { collection: 'enrollments', sourcedId: 'e1', problem: 'x' },
      kept: [MEMBER],
    },
    { title: 'an enrollment of no class', row: { collection: 'enrollments', problem: 'x' }, kept: [MEMBER] },
    { title: 'a guardian link', row: { collection: 'guardianLinks', problem: 'x' }, kept: [LINK] },
  ])('$title', ({ row, kept }) => {
    const plan = planWithout([row]);
    expect(removals(plan)).toEqual(ALL.filter((key) => !kept.includes(key)));
    expect(plan.notes).toContainEqual(expect.objectContaining({ rule: 'G4', code: 'ROWS_REJECTED' }));
  });
});

describe('a row that came and could not be used does not end what was undone or discarded', () => {
  const feed = classWith('c1', { students: [], teachers: [] });
  const suppressions = [
    { kind: 'enrollment-update', subject: 'enrollment:2:c1:b', fingerprint: 'as it was', cause: 'undo' },
  ] as const;

  it.each<{ title: string; rejected: readonly RejectedRow[]; left: number }>([
    { title: 'of a member of the class', rejected: [{ collection: 'enrollments', problem: 'x' }], left: 1 },
    { title: 'near miss: of none', rejected: [], left: 0 },
  ])('$title', ({ rejected, left }) => {
    const plan = planOf({
      feed: { ...feed, rejected } as RosterParts,
      host: { ...hostOf(classWith('c1', { students: ['b'] })), ledger: { ...emptyLedger, suppressions } },
    });
    expect(plan.ledger.suppressions).toHaveLength(left);
  });
});

describe('a school whose row came and could not be used is neither gone nor closed', () => {
  const south = [build.section('c1')];
  const north = merge(
    classWith('n1', { schoolSourcedId: 's2', students: ['x', 'y'], teachers: ['u'] }),
    classWith('n2', { schoolSourcedId: 's2', students: [], teachers: [] }),
  );
  const before = hostOf(merge(classWith('c1', { students: ['a', 'b'] }), north));
  /** In the south one student has left their class; in the north one class is still there, and nobody is in it. */
  const feed: RosterParts = merge(
    classWith('c1'),
    people(build.student('b')),
    classWith('n1', { schoolSourcedId: 's2', students: [], teachers: [] }),
    { enrollments: [build.enrolled('n1', 'y', { status: 'tobedeleted' })], schools: [build.school('s1')] },
  );
  const SOUTH = 'enrollment-remove enrollment:2:c1:b';

  function planOfNorth(rejected: readonly RejectedRow[], parts: RosterParts = {}, ledger = emptyLedger): Plan {
    return planOf({
      feed: { ...feed, ...parts, rejected } as RosterParts,
      host: { ...before, ledger },
      policy: { fullData: true, archive: true, deactivateUnrostered: true, limits: OPEN },
    });
  }

  it('near miss: without any row of it the school is gone, and a person decides', () => {
    const plan = planOfNorth([]);
    expect(removals(plan)).toEqual([
      SOUTH,
      'enrollment-remove enrollment:2:n1:u',
      'enrollment-remove enrollment:2:n1:x',
      'enrollment-remove enrollment:2:n1:y',
      'class-archive class:n2',
      'user-deactivate user:u',
      'user-deactivate user:x',
      'user-deactivate user:y',
    ]);
    expect(plan.changes.filter((change) => change.destructive && change.heldBy.length === 0)).toMatchObject([
      { key: SOUTH },
    ]);
    expect(noteLines(plan)).toContain('Z5 SCHOOL_GONE s2');
  });

  it.each<{ title: string; row: RejectedRow }>([
    { title: 'by its id', row: { collection: 'schools', sourcedId: 's2', problem: 'x' } },
    { title: 'a row without an id may be any school', row: { collection: 'schools', problem: 'x' } },
  ])('$title: nothing is taken away there, and nothing waits for a person', ({ row }) => {
    const plan = planOfNorth([row]);
    expect(removals(plan)).toEqual([SOUTH]);
    expect(plan.holds).toEqual([]);
    expect(noteLines(plan)).toContain('M10 CLASS_UNSHARED n2');
    expect(noteLines(plan)).not.toContain('Z5 SCHOOL_GONE s2');
  });

  it('also where its classes are marked as deleted', () => {
    const deleted = (north.classes ?? []).map((section) => ({ ...section, status: 'tobedeleted' as const }));
    const plan = planOfNorth([{ collection: 'schools', problem: 'x' }], { classes: [...south, ...deleted] });
    expect(removals(plan)).toEqual([SOUTH]);
    expect(plan.holds).toEqual([]);
    expect(noteLines(plan)).toContain('M10 CLASS_UNSHARED n1');
  });

  it('near miss: the row of another school, or a school that could be read and has no class', () => {
    expect(noteLines(planOfNorth([{ collection: 'schools', sourcedId: 's9', problem: 'x' }]))).toContain(
      'Z5 SCHOOL_GONE s2',
    );
    const listed = { schools: [build.school('s1'), build.school('s2')], classes: south };
    expect(noteLines(planOfNorth([{ collection: 'schools', problem: 'x' }], listed))).toContain('Z5 SCHOOL_GONE s2');
  });

  it('a hold of the school stays until it is known whether the school is gone', () => {
    const gone = planOfNorth([]);
    const plan = planOfNorth([{ collection: 'schools', problem: 'x' }], {}, gone.ledger);
    expect(plan.holds).toEqual([]);
    expect(plan.ledger.holds).toEqual(gone.ledger.holds);
  });
});
