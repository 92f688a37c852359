/** Links of a student who comes to a school or leaves it: the runs of both schools speak of them. */

import { describe, expect, it } from 'vitest';
import { inIdOrder } from '../../src/engine/reading/feed.js';
import { planStreams } from '../../src/engine/streams.js';
import type { GuardianLink, LocalGuardianLink, Scope } from '../../src/model/index.js';
import { definePolicy } from '../../src/policy/index.js';
import {
  guardian,
  link,
  local,
  localLink,
  localMember,
  localUser,
  NOW,
  roster,
  SCOPE,
  student,
} from '../support/build.js';
import { inStreams } from '../support/host.js';
import { changeLines, classWith, hostOf, merge, people, planOf } from '../support/rows.js';

const OLD: Scope = { ...SCOPE, schools: ['s1'] };
const NEW: Scope = { ...SCOPE, schools: ['s2'] };
const OTHER: Scope = { ...SCOPE, schools: ['s3'] };
const POLICY = { steps: ['guardians'], fullData: true } as const;

/** The student `a` was at one school, and is now at another. */
function moved(links: readonly GuardianLink[], guardianLinks: readonly LocalGuardianLink[]) {
  const a = student('a', { schoolSourcedIds: ['s2'] });
  return {
    feed: { ...merge(people(a, guardian('g'))), guardianLinks: links },
    host: { users: [localUser(student('a')), localUser(guardian('g'))], guardianLinks },
    policy: POLICY,
  };
}

const cases: readonly (readonly [string, ReturnType<typeof moved>, string])[] = [
  ['P1: a new link', moved([link('g', 'a')], []), 'guardian-link g/a P1 NEW_GUARDIAN_LINK'],
  ['P3: a link that ended', moved([], [localLink('g', 'a')]), 'guardian-unlink g/a P3 GUARDIAN_LINK_ABSENT'],
  [
    'P11: forbidden contact',
    moved([link('g', 'a', { blocked: true })], [localLink('g', 'a')]),
    'guardian-update g/a P11 CONTACT_FORBIDDEN',
  ],
];

const rows = cases.flatMap(([title, given, line]) => [
  { title: `${title}, in a run of the school that the student leaves`, given, scope: OLD, lines: [line] },
  { title: `${title}, in a run of the school that the student comes to`, given, scope: NEW, lines: [line] },
  { title: `not ${title}, in a run of a third school`, given, scope: OTHER, lines: [] },
]);

describe('a place in a class of the school that a student has left (P13)', () => {
  const inClass = (contact: Partial<GuardianLink>) => {
    const a = student('a', { schoolSourcedIds: ['s1'] });
    const placed = ['a', 'g'].map((user) =>
      localMember('c2', user, user === 'g' ? { role: 'guardian', synced: { role: 'guardian' } } : {}),
    );
    const left = classWith('c2', { schoolSourcedId: 's2', students: ['a'], teachers: [] });
    const host = { ...hostOf(left), enrollments: placed };
    return planOf({
      feed: { ...people(a, guardian('g')), guardianLinks: [link('g', 'a', contact)] },
      host: {
        ...host,
        users: [localUser(a), localUser(guardian('g'))],
        guardianLinks: [localLink('g', 'a')],
      },
      scope: NEW,
      policy: { ...POLICY, guardians: { enroll: true } },
    });
  };

  it('ends there as soon as contact is forbidden, which the run of the other school writes', () => {
    expect(changeLines(inClass({ blocked: true }))).toEqual(['enrollment-remove c2/g P13 CONTACT_FORBIDDEN']);
    expect(changeLines(inClass({}))).toEqual([]);
  });
});

describe('links of a student who changes schools', () => {
  it.each(rows)('$title', async ({ given, scope, lines }) => {
    expect(changeLines(planOf({ ...given, scope }))).toEqual(lines);
    const read = roster({ ...given.feed, scope });
    const streamed = await planStreams(
      {
        roster: inStreams({ ...read, ...inIdOrder(read, []) }),
        local: inStreams({ ...local(), ...given.host, scope }),
        policy: definePolicy(POLICY),
        now: NOW,
      },
      7,
    );
    expect(changeLines(streamed)).toEqual(lines);
  });
});
