/**
 * The host's own records that stand twice: nothing tells which of them is meant, so none is touched, nothing is made in
 * their stead, and a note names them.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { planStreams } from '../../src/engine/streams.js';
import {
  classSubject,
  emptyLedger,
  enrollmentSubject,
  guardianSubject,
  userSubject,
  type LocalState,
  type LocalUser,
  type Roster,
} from '../../src/model/index.js';
import {
  guardian,
  localClass,
  localLink,
  localMember,
  localUser,
  NOW,
  section,
  student,
  teacher,
} from '../support/build.js';
import { definePolicy } from '../../src/policy/index.js';
import { DistrictModel } from '../support/district-model.js';
import {
  checkRow,
  classWith,
  hostOf,
  merge,
  mergeHosts,
  people,
  planOf,
  inputOf,
  OPEN,
  type Row,
} from '../support/rows.js';
import { World } from '../support/world.js';
import { answerTo } from './explain-scene.js';
import { scenarios } from './promises.js';

const C1 = classWith('c1');
const FULL = { fullData: true } as const;
const ARCHIVE = { fullData: true, archive: true } as const;
const ALL_STEPS = { steps: ['classes', 'teachers', 'students', 'guardians'] } as const;
const LINK = { guardianSourcedId: 'g', studentSourcedId: 'a' };

/** Two classes of the host with one sourcedId, and the people of `C1`. */
const TWO_CLASSES = mergeHosts(hostOf(C1), { classes: [localClass('c1', { id: 'class-c1-b' })] });

const classes: readonly Row[] = [
  {
    title: 'D6: of two classes with one id none is changed, nor are their members',
    feed: merge(classWith('c1', { name: 'New', students: ['b'] }), people(student('a'))),
    host: TWO_CLASSES,
    policy: ARCHIVE,
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE c1'],
  },
  {
    title: 'D6: nor is one archived where the roster lacks them',
    feed: people(...(C1.users ?? [])),
    host: TWO_CLASSES,
    policy: ARCHIVE,
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE c1'],
  },
  {
    title: 'D6: nor where the roster says that they are deleted',
    feed: classWith('c1', { status: 'tobedeleted', students: [], teachers: [] }),
    host: TWO_CLASSES,
    policy: ARCHIVE,
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE c1'],
  },
  {
    title: 'D6: nor does one of them come back',
    feed: C1,
    host: mergeHosts(hostOf(C1, { classes: { c1: { state: 'archived', by: 'sync' } } }), {
      classes: [localClass('c1', { id: 'class-c1-b' })],
    }),
    policy: ARCHIVE,
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE c1'],
  },
  {
    title: 'D6: their members are not lost without Archive, either',
    feed: people(...(C1.users ?? [])),
    host: TWO_CLASSES,
    policy: { ...FULL, absentClassMembers: 'remove' },
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE c1'],
  },
  {
    title: 'D6, D1: their names stay taken, on both sides',
    feed: merge(classWith('c1', { name: 'New' }), {
      classes: [section('c2', { name: 'New' }), section('c3', { name: 'Class c1' }), section('c4', { name: 'Old' })],
    }),
    host: mergeHosts(hostOf(C1), { classes: [localClass('c1', { id: 'class-c1-b', name: 'Old' })] }),
    changes: [],
    notes: ['D1 DUPLICATE_NAME c2', 'D1 DUPLICATE_NAME c3', 'D1 DUPLICATE_NAME c4', 'D6 LOCAL_DUPLICATE c1'],
  },
  {
    title: 'D6: nothing is told of another school’s',
    feed: C1,
    host: TWO_CLASSES,
    scope: { tenant: 'district-1', schools: ['s2'] },
    alone: true,
    changes: [],
    notes: ['Z1 NOTHING_SHARED'],
  },
];

const twinOf = (feed: Parameters<typeof localUser>[0], fields: Partial<LocalUser> = {}): LocalUser =>
  localUser(feed, { id: `user-${feed.sourcedId}-b`, ...fields });

/** Two accounts of the student `a`, each a member of `c1`. */
const TWO_PEOPLE = mergeHosts(hostOf(C1), {
  users: [twinOf(student('a'))],
  enrollments: [localMember('c1', 'a', { id: 'member-b', userId: 'user-a-b' })],
});

const persons: readonly Row[] = [
  {
    title: 'D6: of two accounts with one id none is changed',
    feed: merge(C1, people(student('a', { familyName: 'New' }))),
    host: TWO_PEOPLE,
    policy: FULL,
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE a'],
  },
  {
    title: 'D6: nor closed, nor removed from a class, where the roster lacks them',
    feed: classWith('c1', { students: [] }),
    host: TWO_PEOPLE,
    policy: { ...FULL, deactivateUnrostered: true },
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE a'],
  },
  {
    title: 'D6: nor where the roster says that they are deleted',
    feed: merge(C1, people(student('a', { status: 'tobedeleted' }))),
    host: TWO_PEOPLE,
    policy: { ...FULL, deactivateUnrostered: true },
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE a'],
  },
  {
    title: 'D6: nor does one of them come into a class',
    feed: merge(C1, classWith('c2', { students: ['a'], teachers: [] })),
    host: mergeHosts(TWO_PEOPLE, hostOf(classWith('c2', { students: [], teachers: [] }))),
    policy: FULL,
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE a'],
  },
  {
    title: 'D6: nothing is told of people of another school',
    feed: merge(classWith('c2', { schoolSourcedId: 's2', students: ['b'], teachers: [] }), people(student('a'))),
    host: mergeHosts(hostOf(classWith('c2', { schoolSourcedId: 's2', students: ['b'], teachers: [] })), {
      users: [localUser(student('a')), twinOf(student('a'))],
    }),
    scope: { tenant: 'district-1', schools: ['s2'] },
    alone: true,
    changes: [],
  },
  {
    title: 'D6, G3: where they are all students that there are, the roster has students all the same',
    feed: C1,
    host: TWO_PEOPLE,
    alone: true,
    policy: FULL,
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE a'],
  },
  {
    title: 'D6, U2: a class that has them is one with students',
    feed: merge(classWith('c1', { teachers: ['n'] }), people(teacher('t'))),
    host: mergeHosts(hostOf(classWith('c1', { teachers: [] })), {
      users: [localUser(teacher('t'))],
      enrollments: [localMember('c1', 'a', { id: 'member-b' })],
    }),
    policy: { teachers: { create: 'populated' } },
    changes: ['user-create n U2 NEW_PERSON', 'enrollment-add c1/n M1 ENROLLED'],
    notes: ['D6 LOCAL_DUPLICATE c1/a'],
  },
  {
    title: 'D6, K10: a class that keeps a teacher who stands twice is no other class',
    feed: merge(classWith('c1', { students: ['b'], termSourcedIds: ['new'] }), people(student('a'))),
    host: mergeHosts(hostOf(merge(classWith('c1', { termSourcedIds: ['old'] }), people(student('b')))), {
      enrollments: [localMember('c1', 't', { id: 'member-b', role: 'teacher' })],
    }),
    changes: ['class-update c1 K5 FIELDS_CHANGED', 'enrollment-add c1/b M1 ENROLLED'],
    notes: ['D6 LOCAL_DUPLICATE c1/t'],
  },
  {
    title: 'D6: three are told as three',
    feed: C1,
    host: mergeHosts(TWO_PEOPLE, { users: [twinOf(student('a'), { id: 'user-a-c' })] }),
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE a'],
  },
  {
    title: 'D6: the last ones of both sides, too',
    feed: merge(C1, people(student('zzz', { familyName: 'New' }))),
    host: mergeHosts(hostOf(C1), { users: [localUser(student('zzz')), twinOf(student('zzz'))] }),
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE zzz'],
  },
  {
    title: 'D6, P3: their guardian links are left as they are',
    feed: merge(C1, people(guardian('g'))),
    host: mergeHosts(TWO_PEOPLE, { users: [localUser(guardian('g'))], guardianLinks: [localLink('g', 'a')] }),
    policy: { ...ALL_STEPS, ...FULL },
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE a'],
  },
];

const {
  sourcedId: _none,
  synced: _never,
  ...OWN_ACCOUNT
} = localUser(student('own', { email: 'kim@school.example' }), { origin: 'local' });
const MAIL = { email: 'kim@school.example' };
const twoWithMail = (fields: Partial<LocalUser> = {}) =>
  mergeHosts(hostOf(C1), { users: [localUser(student('a', MAIL), fields), twinOf(student('a', MAIL), fields)] });
const newcomer = classWith('c1', { students: ['a', 'n'] });

/** What they are reached by counts as theirs all the same. */
const addresses: readonly Row[] = [
  {
    title: 'D6, F9: who comes does not get the login of theirs',
    feed: merge(newcomer, people(student('a', MAIL), student('n', MAIL))),
    host: twoWithMail({ claimed: true }),
    changes: [
      { line: 'user-create n U1 NEW_PERSON', after: { takenLogins: ['email'] } },
      'enrollment-add c1/n M1 ENROLLED',
    ],
    notes: ['D6 LOCAL_DUPLICATE a', 'F9 EMAIL_TAKEN n'],
  },
  {
    title: 'D6, F9: nor where the roster says that they are deleted',
    feed: merge(newcomer, people(student('a', { ...MAIL, status: 'tobedeleted' }), student('n', MAIL))),
    host: twoWithMail({ claimed: true }),
    changes: [
      { line: 'user-create n U1 NEW_PERSON', after: { takenLogins: ['email'] } },
      'enrollment-add c1/n M1 ENROLLED',
    ],
    notes: ['D6 LOCAL_DUPLICATE a', 'F9 EMAIL_TAKEN n'],
  },
  ...[TWO_PEOPLE, twoWithMail()].map(
    (host, at): Row => ({
      title: `D6, U17: nor does an address that ${at === 0 ? 'the roster' : 'the host'} says is theirs tell who comes`,
      feed: merge(newcomer, people(student('a', at === 0 ? MAIL : {}), student('n', MAIL))),
      host: mergeHosts(host, { users: [OWN_ACCOUNT] }),
      policy: { linkExisting: 'propose', contactUpdates: 'none' },
      changes: [],
      notes: ['D6 LOCAL_DUPLICATE a', 'U17 LINK_AMBIGUOUS n'],
    }),
  ),
  {
    title: 'D6, U17: nor does an address of theirs where the roster has them no more',
    feed: merge(classWith('c1', { students: ['n'] }), people(student('n', MAIL))),
    host: mergeHosts(twoWithMail(), { users: [OWN_ACCOUNT] }),
    policy: { linkExisting: 'propose' },
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE a', 'U17 LINK_AMBIGUOUS n'],
  },
  {
    title: 'D6, U17: where people of the district are here, though twice, this is no first import',
    feed: merge(people(student('a'), student('n', MAIL)), classWith('c2', { students: ['n'], teachers: [] })),
    host: { users: [localUser(student('a')), twinOf(student('a')), { ...OWN_ACCOUNT, verifiedEmail: MAIL.email }] },
    policy: { linkExisting: 'email' },
    alone: true,
    changes: ['user-create n U1 NEW_PERSON', 'class-create c2 K1 NEW_CLASS', 'enrollment-add c2/n M1 ENROLLED'],
    notes: ['D6 LOCAL_DUPLICATE a', 'K3 NO_TEACHER c2'],
  },
  {
    title: 'D6, P7: an address of theirs makes no guardian reachable',
    feed: merge(C1, people(student('a'), guardian('g', MAIL)), {
      guardianLinks: [{ ...LINK, studentSourcedId: 'b' }],
      users: [...(newcomer.users ?? []), student('b'), guardian('g', MAIL)],
    }),
    host: mergeHosts(twoWithMail(), { users: [localUser(student('b'))] }),
    policy: ALL_STEPS,
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE a', 'P7 NO_CONTACT g'],
  },
];

const TWO_MEMBERS = mergeHosts(hostOf(C1), { enrollments: [localMember('c1', 'a', { id: 'member-b' })] });

const members: readonly Row[] = [
  {
    title: 'D6: of two records of one member none is removed',
    feed: merge(classWith('c1', { students: [] }), people(student('a'))),
    host: TWO_MEMBERS,
    policy: FULL,
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE c1/a'],
  },
  {
    title: 'D6: nor the one that the roster does not need',
    feed: C1,
    host: TWO_MEMBERS,
    policy: FULL,
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE c1/a'],
  },
  {
    title: 'D6: nor does one change',
    feed: merge(C1, { enrollments: [] }, {}),
    host: mergeHosts(hostOf(C1, { members: { 'c1/a': { state: 'removed', by: 'sync' } } }), {
      enrollments: [localMember('c1', 'a', { id: 'member-b', role: 'aide' })],
    }),
    policy: FULL,
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE c1/a'],
  },
  {
    title: 'D6: nor do they count among those whom an emptied class has lost',
    feed: merge(classWith('c1', { students: ['a'] }), people(student('b'))),
    host: mergeHosts(TWO_MEMBERS, hostOf(people(student('b'))), { enrollments: [localMember('c1', 'b')] }),
    policy: FULL,
    changes: ['enrollment-remove c1/b M3 MEMBER_ABSENT'],
    notes: ['D6 LOCAL_DUPLICATE c1/a', 'U6 UNASSIGNED b'],
  },
  {
    title: 'M8: two members without a sourcedId are two people',
    feed: C1,
    host: mergeHosts(hostOf(C1), { enrollments: ['x', 'y'].map((id) => guest(id)) }),
    policy: { ...FULL, fullDataReach: 'everyone' },
    changes: ['enrollment-remove c1/@user-x M3 MEMBER_ABSENT', 'enrollment-remove c1/@user-y M3 MEMBER_ABSENT'],
  },
  {
    title: 'D6: two records of one such member are not',
    feed: C1,
    host: mergeHosts(hostOf(C1), { enrollments: [guest('x'), guest('y'), { ...guest('x'), id: 'member-b' }] }),
    policy: { ...FULL, fullDataReach: 'everyone' },
    changes: ['enrollment-remove c1/@user-y M3 MEMBER_ABSENT'],
    notes: ['D6 LOCAL_DUPLICATE c1/@user-x'],
  },
];

/** A member whom people added, of a person who has no sourcedId. */
function guest(id: string) {
  const { userSourcedId: _user, synced: _synced, ...rest } = localMember('c1', id, { origin: 'local' });
  return rest;
}

const twoLinks = (first = {}, second = {}) =>
  mergeHosts(hostOf(C1), {
    users: [localUser(guardian('g'))],
    guardianLinks: [localLink('g', 'a', first), localLink('g', 'a', { id: 'link-b', ...second })],
  });

const links: readonly Row[] = [
  {
    title: 'D6: of two links of one pair none is dropped',
    feed: merge(C1, people(guardian('g'))),
    host: twoLinks(),
    policy: { ...ALL_STEPS, ...FULL },
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE g/a'],
  },
  {
    title: 'D6: nor does one change, or the other go',
    feed: merge(C1, people(guardian('g')), { guardianLinks: [{ ...LINK, relationship: 'Aunt' }] }),
    host: twoLinks(),
    policy: { ...ALL_STEPS, ...FULL },
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE g/a'],
  },
  {
    title: 'D6: nor by a type that the policy leaves out',
    feed: merge(C1, people(guardian('g')), { guardianLinks: [{ ...LINK, contactType: 'Doctor' }] }),
    host: twoLinks(),
    policy: { ...ALL_STEPS, ...FULL, guardians: { contactTypes: ['Parent'] } },
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE g/a'],
  },
  {
    title: 'D6, P11: contact that is forbidden ends all the same, by one of them after the other',
    feed: merge(C1, people(guardian('g')), { guardianLinks: [{ ...LINK, blocked: true }] }),
    host: twoLinks(),
    policy: { ...ALL_STEPS, ...FULL },
    changes: [
      { line: 'guardian-update g/a P11 CONTACT_FORBIDDEN', target: { id: 'link-b' }, after: { blocked: true } },
    ],
    notes: ['D6 LOCAL_DUPLICATE g/a'],
  },
  {
    title: 'D6, P11: then by the next',
    feed: merge(C1, people(guardian('g')), { guardianLinks: [{ ...LINK, blocked: true }] }),
    host: twoLinks({}, { blocked: true, synced: { blocked: true } }),
    policy: { ...ALL_STEPS, ...FULL },
    changes: [{ line: 'guardian-update g/a P11 CONTACT_FORBIDDEN', target: { id: 'link-g-a' } }],
    notes: ['D6 LOCAL_DUPLICATE g/a'],
  },
  {
    title: 'D6, P11: the first of them in every order of the host’s records',
    feed: merge(C1, people(guardian('g')), { guardianLinks: [{ ...LINK, blocked: true }] }),
    host: mergeHosts(hostOf(C1), {
      users: [localUser(guardian('g'))],
      guardianLinks: [...(twoLinks().guardianLinks ?? [])].reverse(),
    }),
    policy: { ...ALL_STEPS, ...FULL },
    changes: [{ line: 'guardian-update g/a P11 CONTACT_FORBIDDEN', target: { id: 'link-b' } }],
    notes: ['D6 LOCAL_DUPLICATE g/a'],
  },
  ...[false, true].map(
    (isReversed): Row => ({
      title: `D6, P11: of a student who stands twice, too${isReversed ? ', in every order of the host’s records' : ''}`,
      feed: merge(C1, people(guardian('g')), { guardianLinks: [{ ...LINK, blocked: true }] }),
      host: mergeHosts(hostOf(C1), {
        users: ((all: readonly LocalUser[]) => (isReversed ? [...all].reverse() : all))([
          twinOf(student('a', { schoolSourcedIds: ['s2'] })),
          localUser(student('a'), { id: 'user-z' }),
          localUser(guardian('g')),
        ]),
        guardianLinks: [localLink('g', 'a')],
      }),
      policy: { ...ALL_STEPS, ...FULL },
      changes: ['guardian-update g/a P11 CONTACT_FORBIDDEN'],
      notes: ['D6 LOCAL_DUPLICATE a'],
    }),
  ),
  {
    title: 'D6, P13: the guardian’s place in a class stays with them',
    feed: merge(C1, people(guardian('g')), { guardianLinks: [LINK] }),
    host: mergeHosts(twoLinks(), { enrollments: [localMember('c1', 'g', { role: 'guardian' })] }),
    policy: { ...ALL_STEPS, ...FULL, guardians: { enroll: true } },
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE g/a'],
  },
  ...[
    { title: 'D6, P13: where the guardian has that place twice, none of them ends', state: {} },
    {
      title: 'D6, P13: nor does one come back',
      state: { state: 'removed', by: 'sync' } as const,
      guardianLinks: [LINK],
    },
  ].map(
    ({ title, state, guardianLinks = [] }): Row => ({
      title,
      feed: merge(C1, people(guardian('g')), { guardianLinks }),
      host: mergeHosts(hostOf(C1), {
        users: [localUser(guardian('g'))],
        guardianLinks: [localLink('g', 'a')],
        enrollments: ['m1', 'm2'].map((id) => localMember('c1', 'g', { id, role: 'guardian', ...state })),
      }),
      policy: { ...ALL_STEPS, ...FULL, guardians: { enroll: true } },
      changes: guardianLinks.length > 0 ? [] : ['guardian-unlink g/a P3 GUARDIAN_LINK_ABSENT'],
      notes: ['D6 LOCAL_DUPLICATE c1/g'],
    }),
  ),
  {
    title: 'D6: nothing is told of links of another school’s students',
    feed: merge(classWith('c2', { schoolSourcedId: 's2', students: ['b'], teachers: [] }), people(student('a'))),
    host: mergeHosts(twoLinks(), hostOf(classWith('c2', { schoolSourcedId: 's2', students: ['b'], teachers: [] }))),
    policy: ALL_STEPS,
    scope: { tenant: 'district-1', schools: ['s2'] },
    alone: true,
    changes: [],
  },
  {
    title: 'D6, P11: and nothing lifts it',
    feed: merge(C1, people(guardian('g')), { guardianLinks: [LINK] }),
    host: twoLinks({ blocked: true, synced: { blocked: true } }, { blocked: true, synced: { blocked: true } }),
    policy: { ...ALL_STEPS, ...FULL },
    changes: [],
    notes: ['D6 LOCAL_DUPLICATE g/a'],
  },
];

describe('records of the host that stand twice', () => {
  it.each(classes)('$title', checkRow);
  it.each(persons)('$title', checkRow);
  it.each(addresses)('$title', checkRow);
  it.each(members)('$title', checkRow);
  it.each(links)('$title', checkRow);

  it('are named by the host’s own ids', () => {
    const evidenceOf = (host: Partial<LocalState>): unknown =>
      planOf({ feed: C1, host, policy: ALL_STEPS }).notes.find(({ code }) => code === 'LOCAL_DUPLICATE')?.evidence;
    expect(evidenceOf(TWO_CLASSES)).toEqual({ records: ['class-c1', 'class-c1-b'] });
    expect(evidenceOf(TWO_PEOPLE)).toEqual({ records: ['user-a', 'user-a-b'] });
    expect(evidenceOf(TWO_MEMBERS)).toEqual({ records: ['member-b', 'member-c1-a'] });
    expect(evidenceOf(twoLinks())).toEqual({ records: ['link-b', 'link-g-a'] });
  });

  const withoutClass = people(...(C1.users ?? []));
  const withoutMember = merge(classWith('c1', { students: [] }), people(student('a')));
  it('plan the same in streams', async () => {
    for (const row of [...classes, ...persons, ...addresses, ...members, ...links]) {
      const input = inputOf(definePolicy({ limits: OPEN, ...row.policy }), row);
      const sides = { roster: streamed(input.roster), local: streamed(input.local) };
      expect([row.title, await planStreams({ ...input, ...sides }, 1)]).toEqual([row.title, engine.reconcile(input)]);
    }
  });

  it('count like others in what limits are shares of, and the feed’s in what reads are compared with', () => {
    const gone = classWith('gone', { students: ['x'], teachers: [] });
    const policy = { ...ALL_STEPS, ...ARCHIVE };
    const feed = merge(C1, people(student('x'), guardian('g')), { guardianLinks: [LINK] });
    const memoryOf = (host: Partial<LocalState>) =>
      planOf({ feed, host: mergeHosts(host, hostOf(gone)), policy }).ledger;
    const single = mergeHosts(hostOf(C1), { users: [localUser(guardian('g'))], guardianLinks: [localLink('g', 'a')] });
    const before = memoryOf(single).unfinished?.baselines;
    expect(before).toEqual({ classes: 3, enrollments: 5, users: 6, guardianLinks: 1 });
    const more = (host: Partial<LocalState>): unknown => {
      const ledger = memoryOf(mergeHosts(single, host));
      expect(ledger.healthy).toEqual(memoryOf(single).healthy);
      return ledger.unfinished?.baselines;
    };
    expect(more({ classes: [localClass('c1', { id: 'class-c1-b' })] })).toEqual({ ...before, classes: 4 });
    expect(more({ users: [twinOf(student('a'))] })).toEqual({ ...before, users: 7 });
    expect(more({ enrollments: [localMember('c1', 'a', { id: 'b' })] })).toEqual({ ...before, enrollments: 6 });
    expect(more({ guardianLinks: [localLink('g', 'a', { id: 'link-b' })] })).toEqual({ ...before, guardianLinks: 2 });
  });

  it.each([
    ['a class', 'class:c1', TWO_CLASSES],
    ['a member of such a class', 'enrollment:2:c1:a', TWO_CLASSES],
    ['a person', 'user:a', TWO_PEOPLE],
    ['a place of such a person', 'enrollment:2:c1:a', TWO_PEOPLE],
    ['a member', 'enrollment:2:c1:a', TWO_MEMBERS],
    ['a guardian link', 'guardian:1:g:a', twoLinks()],
  ])('let wait what waits for %s', (_title, subject, host) => {
    const absences = [{ subject, count: 1, readId: 'read-0', at: '2026-09-01T06:00:00.000Z' }];
    const feed = people(...(C1.users ?? []), guardian('g'));
    const policy = { ...ALL_STEPS, ...ARCHIVE, graceSnapshots: 3 };
    const { ledger } = planOf({ feed, host: { ...host, ledger: { ...emptyLedger, absences } }, policy });
    expect(ledger.absences).toContainEqual(absences[0]);
  });

  it.each([
    ['a class', { class: 'c1' }, TWO_CLASSES, withoutClass, []],
    ['its member', { enrollment: { class: 'c1', user: 'a' } }, TWO_CLASSES, withoutClass, ['M9 MEMBERS_FROZEN']],
    ['a person', { user: 'a' }, TWO_PEOPLE, classWith('c1', { students: [] }), []],
    ['their place', { enrollment: { class: 'c1', user: 'a' } }, TWO_PEOPLE, withoutMember, []],
    ['a member', { enrollment: { class: 'c1', user: 'a' } }, TWO_MEMBERS, withoutMember, []],
    ['a guardian link', { guardian: { guardian: 'g', student: 'a' } }, twoLinks(), withoutMember, []],
  ] as const)('is why nothing happens to %s', (_title, target, host, less, first) => {
    for (const part of [C1, less]) {
      const feed = merge(part, people(guardian('g')));
      const { verdict, reasons } = answerTo({ target, feed, host, policy: { ...ALL_STEPS, ...ARCHIVE } });
      const told = reasons.map(({ rule, code }) => `${rule} ${code}`);
      expect([verdict, ...told]).toEqual(['kept', ...first, 'D6 LOCAL_DUPLICATE']);
    }
  });

  it('whatever else the district and people do: no key comes twice, and nothing happens to them', async () => {
    let told = 0;
    const property = fc.asyncProperty(scenarios, fc.nat(4), async ({ start, policy, edits, events }, seed) => {
      const model = DistrictModel.from(start);
      const world = new World(engine);
      const steps = { ...policy, steps: [...policy.steps, 'guardians' as const] };
      await world.sync(model.roster(), steps);
      for (const edit of edits) await world.byHand(edit);
      for (const event of events) model.apply(event);
      const { host, subjects } = doubled(await world.load(), seed);
      const plan = engine.reconcile({ roster: model.roster(), local: host, policy: steps, now: NOW });
      const keys = plan.changes.map(({ key }) => key);
      expect(keys).toEqual([...new Set(keys)]);
      const touched = plan.changes.filter(
        ({ subject, reason }) => subjects.has(subject) && reason.code !== 'CONTACT_FORBIDDEN',
      );
      expect(touched).toEqual([]);
      told += plan.notes.filter(({ code }) => code === 'LOCAL_DUPLICATE').length;
    });
    await fc.assert(property, { numRuns: 200 });
    expect(told).toBeGreaterThan(400);
  });
});

/** Its large collections, each read record by record. */
function streamed<T extends Roster | LocalState>(side: T): T {
  const parts = (['classes', 'users', 'enrollments', 'guardianLinks'] as const).map((name) => {
    const records: readonly unknown[] = side[name];
    return [name, { [Symbol.iterator]: () => records[Symbol.iterator]() }];
  });
  return { ...side, ...(Object.fromEntries(parts) as Partial<T>) };
}

/** The host with every fifth record twice, and what a plan would call those. */
function doubled(of: LocalState, seed: number): { readonly host: LocalState; readonly subjects: ReadonlySet<string> } {
  const subjects = new Set<string>();
  const twice = <T extends { readonly id: string }>(records: readonly T[], subjectOf: (record: T) => string): T[] =>
    records.flatMap((record, at) => {
      if ((at + seed) % 5 !== 0) return [record];
      subjects.add(subjectOf(record));
      return [record, { ...record, id: `${record.id}-twin` }];
    });
  const isNamed = (record: { readonly sourcedId?: string }): boolean => record.sourcedId !== undefined;
  const host = {
    ...of,
    classes: [
      ...of.classes.filter((each) => !isNamed(each)),
      ...twice(of.classes.filter(isNamed), ({ sourcedId }) => classSubject(sourcedId)),
    ],
    users: [
      ...of.users.filter((each) => !isNamed(each)),
      ...twice(of.users.filter(isNamed), ({ sourcedId }) => userSubject(sourcedId)),
    ],
    enrollments: twice(of.enrollments, ({ classSourcedId = '', userSourcedId, userId }) =>
      enrollmentSubject(classSourcedId, userSourcedId ?? `@${userId}`),
    ),
    guardianLinks: twice(of.guardianLinks, ({ guardianSourcedId = '', studentSourcedId = '' }) =>
      guardianSubject(guardianSourcedId, studentSourcedId),
    ),
  };
  return { host, subjects };
}
