import { describe, expect, it } from 'vitest';
import { reconcile } from '../../src/engine/index.js';
import { defaultPolicy, type Plan, type Policy, type RejectedRow } from '../../src/model/index.js';
import * as build from '../support/build.js';

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
    { title: 'an enrollment of no class', row: { collection: 'enrollments', problem: 'x' }, kept: [MEMBER] },
    { title: 'a guardian link', row: { collection: 'guardianLinks', problem: 'x' }, kept: [LINK] },
  ])('$title', ({ row, kept }) => {
    const plan = planWithout([row]);
    expect(removals(plan)).toEqual(ALL.filter((key) => !kept.includes(key)));
    expect(plan.notes).toContainEqual(expect.objectContaining({ rule: 'G4', code: 'ROWS_REJECTED' }));
  });
});
