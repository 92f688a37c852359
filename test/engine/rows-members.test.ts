import { describe, expect, it } from 'vitest';
import { enrollmentFingerprint } from '../../src/engine/fingerprint.js';
import { emptyLedger, type Proposal } from '../../src/model/index.js';
import { attested, enrolled, localMember, localUser, section, student, teacher, teaching } from '../support/build.js';
import {
  changeLines,
  checkRow,
  classWith,
  hostOf,
  merge,
  mergeHosts,
  people,
  planOf,
  type Row,
} from '../support/rows.js';

const C1 = classWith('c1');
const EMPTY = classWith('c1', { students: [], teachers: [] });
/** Class `c1` without student `a`, who is still in the district. */
const WITHOUT_A = merge(people(student('a')), classWith('c1', { students: [] }));
const FULL = { fullData: true };
const REMOVED = { state: 'removed', removedAt: '2026-09-01T00:00:00.000Z' } as const;
const UNASSIGNED = ['U6 UNASSIGNED a'];
/** Nobody has said yet whether `a` goes on as `new` (U12). */
const REKEY: Proposal = {
  id: 'user-rekey user-a new',
  kind: 'user-rekey',
  rule: 'U12',
  recordId: 'user-a',
  from: 'a',
  sourcedId: 'new',
  evidence: {},
  likeness: 0.9,
  since: '2026-09-01T00:00:00.000Z',
};

/** A member who is on the host's side as a person made them. */
function byHand(classId: string, userId: string, fields = {}) {
  const { synced: _synced, ...member } = localMember(classId, userId, { origin: 'local', ...fields });
  return member;
}

const present: readonly Row[] = [
  {
    title: 'M1: a new member of a class that the host has is added',
    feed: merge(C1, people(student('b')), { enrollments: [enrolled('c1', 'b')] }),
    host: mergeHosts(hostOf(C1), { users: [localUser(student('b'))] }),
    changes: [
      {
        line: 'enrollment-add c1/b M1 ENROLLED',
        target: { classSourcedId: 'c1', userSourcedId: 'b', classId: 'class-c1', userId: 'user-b' },
        before: null,
        after: { origin: 'roster', role: 'student', state: 'active', synced: { role: 'student' } },
      },
    ],
  },
  {
    title: 'M1: a role in the next class is none in this one',
    feed: merge(
      classWith('c1', { teachers: [] }),
      classWith('c2', { students: [], teachers: [] }),
      people(teacher('a', { roles: ['student', 'teacher'] })),
      { enrollments: [teaching('c2', 'a')] },
    ),
    host: mergeHosts(
      hostOf(merge(classWith('c1', { students: [], teachers: [] }), classWith('c2', { students: [], teachers: [] }))),
      {
        users: [localUser(teacher('a', { roles: ['student', 'teacher'] }))],
      },
    ),
    changes: [
      { line: 'enrollment-add c1/a M1 ENROLLED', after: { role: 'student' } },
      { line: 'enrollment-add c2/a M1 ENROLLED', after: { role: 'teacher' } },
    ],
  },
  {
    title: 'M1: with two roles in one class the teacher wins',
    feed: merge(C1, people(teacher('u')), {
      enrollments: [
        enrolled('c1', 'u'),
        teaching('c1', 'u', { primary: false }),
        enrolled('c1', 'u', { role: 'aide' }),
      ],
    }),
    host: mergeHosts(hostOf(C1), { users: [localUser(teacher('u'))] }),
    changes: [{ line: 'enrollment-add c1/u M1 ENROLLED', after: { role: 'teacher' } }],
  },
  {
    title: 'M1: who gets no account is not added, and a person is told how many',
    feed: merge(C1, people(student('b')), { enrollments: [enrolled('c1', 'b')] }),
    host: hostOf(C1),
    policy: { students: { create: false } },
    changes: [],
    notes: ['M1 MEMBERS_WITHOUT_ACCOUNT'],
  },
  { title: 'M2: the same on both sides: nothing', feed: C1, host: hostOf(C1), policy: FULL, changes: [] },
  {
    title: 'M2: another role is an update in place, not a removal and an addition',
    feed: merge(C1, { enrollments: [enrolled('c1', 'b', { role: 'aide' })], users: [teacher('b')] }),
    host: mergeHosts(hostOf(C1), { users: [localUser(teacher('b'))], enrollments: [localMember('c1', 'b')] }),
    policy: FULL,
    changes: [
      {
        line: 'enrollment-update c1/b M2 ROLE_CHANGED',
        before: { role: 'student', synced: { role: 'student' } },
        after: { role: 'aide', synced: { role: 'aide' } },
      },
    ],
  },
  {
    title: 'M2: the first teacher follows the feed',
    feed: merge(C1, { enrollments: [teaching('c1', 'u')], users: [teacher('u')] }),
    host: hostOf(merge(C1, { enrollments: [teaching('c1', 'u', { primary: false })], users: [teacher('u')] })),
    changes: [
      {
        line: 'enrollment-update c1/u M2 PRIMARY_CHANGED',
        after: { primary: true, synced: { role: 'teacher', primary: true } },
      },
    ],
  },
  {
    title: 'M15: a role that a person changed stays; only what was last read is remembered',
    feed: merge(C1, { enrollments: [enrolled('c1', 'b', { role: 'aide' })], users: [teacher('b')] }),
    host: mergeHosts(hostOf(C1), {
      users: [localUser(teacher('b'))],
      enrollments: [localMember('c1', 'b', { role: 'proctor', synced: { role: 'student' }, hostFields: ['role'] })],
    }),
    changes: [
      {
        line: 'enrollment-update c1/b M2 ROLE_CHANGED',
        before: { synced: { role: 'student' } },
        after: { synced: { role: 'aide' } },
      },
    ],
  },
  {
    title: 'M2: whoever becomes the primary teacher is seen where nobody else is in the class',
    feed: merge(EMPTY, { enrollments: [teaching('c1', 'u')], users: [teacher('u')] }),
    host: hostOf(merge(EMPTY, { enrollments: [teaching('c1', 'u', { primary: false })], users: [teacher('u')] })),
    changes: ['enrollment-update c1/u M2 PRIMARY_CHANGED'],
  },
  {
    title: 'M15: fields that the roster owns still follow',
    feed: merge(C1, { enrollments: [teaching('c1', 'u')], users: [teacher('u')] }),
    host: hostOf(merge(C1, { enrollments: [teaching('c1', 'u', { primary: false })], users: [teacher('u')] }), {
      members: { 'c1/u': { role: 'aide', hostFields: ['role'], synced: { role: 'teacher' } } },
    }),
    changes: [{ line: 'enrollment-update c1/u M2 PRIMARY_CHANGED', after: { primary: true } }],
  },
  {
    title: 'not M15: a role that a person changed raises nothing while the feed stays',
    feed: C1,
    host: hostOf(C1, { members: { 'c1/a': { role: 'aide', hostFields: ['role'], synced: { role: 'student' } } } }),
    policy: FULL,
    changes: [],
  },
  {
    title: 'M5: a member whom the sync removed comes back as the same record',
    feed: C1,
    host: hostOf(C1, { members: { 'c1/a': { ...REMOVED, by: 'sync' } } }),
    changes: [
      {
        line: 'enrollment-restore c1/a M5 RETURNED',
        before: { state: 'removed', by: 'sync' },
        after: { state: 'active', by: null, removedAt: null, role: 'student' },
      },
    ],
  },
  {
    title: 'M5: as the primary teacher, who is the primary one',
    feed: C1,
    host: hostOf(C1, { members: { 'c1/t': { ...REMOVED, by: 'sync' } } }),
    changes: [{ line: 'enrollment-restore c1/t M5 RETURNED', after: { role: 'teacher', primary: true } }],
  },
  {
    title: 'not M5: while the feed still lacks the member, nothing comes back',
    feed: WITHOUT_A,
    host: hostOf(C1, { members: { 'c1/a': { ...REMOVED, by: 'sync' } } }),
    policy: FULL,
    changes: [],
    never: ['M5'],
  },
  {
    title: 'M6: a member whom a person removed stays removed, and that is told',
    feed: C1,
    host: hostOf(C1, { members: { 'c1/a': { ...REMOVED, by: 'user' } } }),
    policy: FULL,
    changes: [],
    notes: ['M6 LOCAL_REMOVAL_WINS c1/a'],
  },
  {
    title: 'M6: with reassertMembers the roster brings the member back',
    feed: C1,
    host: hostOf(C1, { members: { 'c1/a': { ...REMOVED, by: 'user' } } }),
    policy: { reassertMembers: true },
    changes: [{ line: 'enrollment-restore c1/a M6 REASSERTED', before: { by: 'user' }, after: { state: 'active' } }],
  },
  {
    title: 'not M6: a person’s removal that the feed agrees with is not worth a word',
    feed: WITHOUT_A,
    host: hostOf(C1, { members: { 'c1/a': { ...REMOVED, by: 'user' } } }),
    policy: FULL,
    changes: [],
    never: ['LOCAL_REMOVAL_WINS'],
  },
  {
    title: 'M7: a member added by hand who is also in the feed is linked, and stays people’s own',
    feed: C1,
    host: withMember(byHand('c1', 'a')),
    changes: [{ line: 'enrollment-link c1/a M7 LINKED', after: { linked: true } }],
  },
  {
    title: 'M7: a linked member is not removed when the feed lacks them later',
    feed: WITHOUT_A,
    host: withMember(byHand('c1', 'a', { linked: true })),
    policy: FULL,
    changes: [],
    never: ['M3'],
  },
  {
    title: 'not M7: a member who is linked already is not linked again',
    feed: C1,
    host: withMember(byHand('c1', 'a', { linked: true })),
    changes: [],
    never: ['M7'],
  },
  {
    title: 'M8: a member added by hand is never removed',
    feed: WITHOUT_A,
    host: withMember(byHand('c1', 'a')),
    policy: FULL,
    changes: [],
    never: ['M3'],
  },
  {
    title: 'M8: nor is one without a sourcedId',
    feed: classWith('c1', { students: [] }),
    host: mergeHosts(hostOf(classWith('c1', { students: [] })), { enrollments: [withoutSourcedId()] }),
    policy: FULL,
    changes: [],
    never: ['M3'],
  },
  {
    title: 'not M8: where the policy says everyone, a member added by hand to a synced class leaves with the others',
    feed: WITHOUT_A,
    host: withMember(byHand('c1', 'a')),
    policy: { ...FULL, fullDataReach: 'everyone' },
    changes: [{ line: 'enrollment-remove c1/a M3 MEMBER_ABSENT', after: { state: 'removed', by: 'sync' } }],
    notes: UNASSIGNED,
  },
  {
    title: 'M8: even then, classes that people made or tied themselves keep their members',
    feed: WITHOUT_A,
    host: { ...withMember(byHand('c1', 'a')), ...classesOf(hostOf(C1, { classes: { c1: { origin: 'linked' } } })) },
    policy: { ...FULL, fullDataReach: 'everyone' },
    changes: [],
    never: ['M3'],
  },
  {
    title: 'M13: a member whom the sync removed and a person added again is people’s own',
    feed: WITHOUT_A,
    host: hostOf(C1, { members: { 'c1/a': { origin: 'local' } } }),
    policy: FULL,
    changes: [],
    never: ['M3'],
  },
  {
    title: 'not M13: a member whom the sync restored is the sync’s own',
    feed: WITHOUT_A,
    host: hostOf(C1),
    policy: FULL,
    changes: ['enrollment-remove c1/a M3 MEMBER_ABSENT'],
    notes: UNASSIGNED,
  },
  {
    title: 'M14: a member added and then removed by hand stays removed although the feed has them',
    feed: C1,
    host: withMember(byHand('c1', 'a', { ...REMOVED, by: 'user' })),
    changes: [],
    notes: ['M14 LOCAL_REMOVAL_WINS c1/a'],
  },
  {
    title: 'not M14: a member whom a sync had added and a person removed is row M6',
    feed: C1,
    host: hostOf(C1, { members: { 'c1/a': { ...REMOVED, by: 'user' } } }),
    changes: [],
    notes: ['M6 LOCAL_REMOVAL_WINS c1/a'],
    never: ['M14'],
  },
];

const absent: readonly Row[] = [
  {
    title: 'M3: who left the class is not taken for the first one of the next class',
    feed: merge(classWith('c1', { teachers: [] }), classWith('c2', { teachers: [] }), people(student('b'))),
    host: hostOf(merge(classWith('c1', { students: ['a', 'b'], teachers: [] }), classWith('c2', { teachers: [] }))),
    policy: FULL,
    changes: ['enrollment-remove c1/b M3 MEMBER_ABSENT'],
    notes: ['U6 UNASSIGNED b'],
  },
  {
    title: 'M3: an absent member is removed by the sync',
    feed: WITHOUT_A,
    host: hostOf(C1),
    policy: FULL,
    changes: [
      {
        line: 'enrollment-remove c1/a M3 MEMBER_ABSENT',
        before: { state: 'active' },
        after: { state: 'removed', by: 'sync', removedAt: '2026-10-01T06:00:00.000Z' },
        evidence: { cause: 'WITHDRAWN', level: 'E1' },
      },
    ],
    notes: UNASSIGNED,
  },
  {
    title: 'M3: the absence of a member needs only the class’s own school',
    feed: { ...WITHOUT_A, attestation: attested({}, { allSchools: false }) },
    host: hostOf(C1),
    policy: FULL,
    changes: [{ line: 'enrollment-remove c1/a M3 MEMBER_ABSENT', evidence: { level: 'E1' } }],
    notes: UNASSIGNED,
  },
  {
    title: 'M3: a tombstoned enrollment is explicit evidence',
    feed: merge(WITHOUT_A, { enrollments: [enrolled('c1', 'a', { status: 'tobedeleted' })] }),
    host: hostOf(C1),
    policy: FULL,
    changes: [{ line: 'enrollment-remove c1/a M3 MEMBER_ABSENT', evidence: { cause: 'TOMBSTONE', level: 'E2' } }],
    notes: UNASSIGNED,
  },
  {
    title: 'M3: the members of a class that the feed says to be deleted are gone by the same word',
    feed: {
      ...people(...(C1.users ?? [])),
      classes: [{ sourcedId: 'c1', name: 'c1', schoolSourcedId: 's1', status: 'tobedeleted' }],
    },
    host: hostOf(C1),
    policy: { ...FULL, absentClassMembers: 'remove' },
    changes: ['a', 't'].map((member) => ({
      line: `enrollment-remove c1/${member} M3 MEMBER_ABSENT`,
      evidence: { cause: 'TOMBSTONE', level: 'E2' },
    })),
    notes: ['K7 ABSENT_CLASS_ACTIVE c1', 'U6 UNASSIGNED a', 'U6 UNASSIGNED t'],
  },
  {
    title: 'M3: those of a class that is only missing are gone as its silence tells',
    feed: people(...(C1.users ?? [])),
    host: hostOf(C1),
    policy: { ...FULL, absentClassMembers: 'remove' },
    changes: ['a', 't'].map((member) => ({
      line: `enrollment-remove c1/${member} M3 MEMBER_ABSENT`,
      evidence: { cause: 'SECTION_GONE', level: 'E1' },
    })),
    notes: ['K7 ABSENT_CLASS_ACTIVE c1', 'U6 UNASSIGNED a', 'U6 UNASSIGNED t'],
  },
  {
    title: 'not M3: a tombstone beside an active row of the same member counts for nothing',
    feed: merge(C1, { enrollments: [enrolled('c1', 'a', { status: 'tobedeleted' })] }),
    host: hostOf(C1),
    policy: FULL,
    changes: [],
    never: ['M3'],
  },
  {
    title: 'M4: without Full Data an absent or tombstoned member stays',
    feed: merge(WITHOUT_A, { enrollments: [enrolled('c1', 't', { status: 'tobedeleted' })] }),
    host: hostOf(C1),
    changes: [],
    never: ['M3'],
  },
  {
    title: 'M9: the members of an absent class are frozen',
    feed: people(student('a'), teacher('t')),
    host: hostOf(C1),
    policy: FULL,
    changes: [],
    notes: ['K7 ABSENT_CLASS_ACTIVE c1'],
    never: ['M3'],
  },
  {
    title: 'M9: so are those of a class that a person archived',
    feed: merge(WITHOUT_A, people(student('b')), { enrollments: [enrolled('c1', 'b')] }),
    host: mergeHosts(hostOf(C1, { classes: { c1: { state: 'archived', by: 'user' } } }), {
      users: [localUser(student('b'))],
    }),
    policy: FULL,
    changes: [],
    notes: ['K9 LOCAL_ARCHIVE_WINS c1'],
    never: ['M1', 'M3'],
  },
  {
    title: 'M10: an enrollment of an unknown person is skipped and told',
    feed: merge(C1, { enrollments: [enrolled('c1', 'nobody')] }),
    host: hostOf(C1),
    policy: FULL,
    changes: [],
    notes: ['M10 DANGLING_REF c1/nobody'],
  },
  {
    title: 'M10: enrollments of an unknown class are skipped and told once for the class',
    feed: merge(C1, { enrollments: [enrolled('c7', 'a'), enrolled('c7', 't')] }),
    host: hostOf(C1),
    policy: FULL,
    changes: [],
    notes: ['M10 DANGLING_REF c7'],
  },
  {
    title: 'M10: a person whom enrollments still name is unshared, not gone: nothing is removed',
    feed: { ...C1, users: [teacher('t')] },
    host: hostOf(C1),
    policy: { ...FULL, deactivateUnrostered: true },
    changes: [],
    notes: ['M10 PERSON_UNSHARED a'],
    never: ['M3', 'U7'],
  },
  {
    title: 'not M10: where the list of persons broke off, who is missing from it is nobody of whom to tell',
    feed: { ...C1, users: [teacher('t')], attestation: attested({ users: 'incomplete' }) },
    host: hostOf(C1),
    policy: FULL,
    changes: [],
    holds: ['G2 INCOMPLETE_READ 0'],
    never: ['M10'],
  },
  {
    title: 'Z9, not U6: who would leave the last class, and may not yet, is in it',
    feed: WITHOUT_A,
    host: hostOf(C1),
    policy: { ...FULL, additiveOnly: true },
    changes: [],
    notes: ['Z9 ADDITIVE_ONLY'],
  },
  {
    title: 'M10: an unshared person leaves a class that names them no more, and keeps the account',
    feed: { ...merge(WITHOUT_A, classWith('c2', { teachers: [] })), users: [teacher('t')] },
    host: hostOf(merge(C1, classWith('c2', { teachers: [] }))),
    policy: { ...FULL, deactivateUnrostered: true },
    changes: ['enrollment-remove c1/a M3 MEMBER_ABSENT'],
    notes: ['M10 PERSON_UNSHARED a'],
    never: ['U7'],
  },
  {
    title: 'M10: the enrollments of a tombstoned person count as explicit absence',
    feed: merge(C1, people(student('a', { status: 'tobedeleted' }))),
    host: hostOf(C1),
    policy: FULL,
    changes: [{ line: 'enrollment-remove c1/a U7 MEMBER_ABSENT', evidence: { cause: 'TOMBSTONE', level: 'E2' } }],
  },
  {
    title: 'M10: so does the absence of a tombstoned person whose enrollments the feed dropped',
    feed: merge(WITHOUT_A, people(student('a', { status: 'tobedeleted' }))),
    host: hostOf(C1),
    policy: FULL,
    changes: [{ line: 'enrollment-remove c1/a U7 MEMBER_ABSENT', evidence: { cause: 'TOMBSTONE', level: 'E2' } }],
  },
  {
    title: 'M10: an unknown person is no student, though an open proposal says who it may be',
    feed: {
      ...merge(people(student('b')), { classes: [section('c1')], enrollments: [enrolled('c1', 'new')] }),
      attestation: attested({}, { allSchools: false }),
    },
    host: { users: [localUser(student('a'))], ledger: { ...emptyLedger, proposals: [REKEY] } },
    policy: { classes: { requireStudents: true } },
    changes: [],
    notes: ['K2 EMPTY_CLASS c1'],
  },
  {
    title: 'Z6: a deleted enrollment needs no grace, though its person is only missing',
    feed: merge(classWith('c1', { students: [] }), {
      enrollments: [enrolled('c1', 'a', { status: 'tobedeleted' })],
    }),
    host: hostOf(C1),
    policy: { ...FULL, graceSnapshots: 2 },
    changes: [{ line: 'enrollment-remove c1/a U7 MEMBER_ABSENT', evidence: { cause: 'TOMBSTONE', level: 'E2' } }],
  },
  {
    title: 'not Z6: an enrollment that is only missing waits for another read',
    feed: classWith('c1', { students: [] }),
    host: hostOf(C1),
    policy: { ...FULL, graceSnapshots: 2 },
    changes: [],
    notes: ['Z6 GRACE'],
  },
  {
    title: 'not M10: a tombstoned enrollment of an unknown person is not worth a word',
    feed: merge(C1, { enrollments: [enrolled('c1', 'nobody', { status: 'tobedeleted' })] }),
    host: hostOf(C1),
    policy: FULL,
    changes: [],
    never: ['M10'],
  },
  {
    title: 'M12: members whom a person removed before the class was archived stay removed when it returns',
    feed: classWith('c1', { students: ['a', 'b'] }),
    host: hostOf(classWith('c1', { students: ['a', 'b'] }), {
      classes: { c1: { state: 'archived', by: 'sync' } },
      members: { 'c1/a': { ...REMOVED, by: 'user' }, 'c1/b': { ...REMOVED, by: 'sync' } },
    }),
    changes: ['class-unarchive c1 K8 CLASS_RETURNED', 'enrollment-restore c1/b M5 RETURNED'],
    notes: ['M6 LOCAL_REMOVAL_WINS c1/a'],
  },
  {
    title: 'not M12: while the class stays archived nobody is restored',
    feed: C1,
    host: hostOf(C1, {
      classes: { c1: { state: 'archived', by: 'sync' } },
      members: { 'c1/a': { ...REMOVED, by: 'sync' } },
    }),
    policy: { unarchive: 'off' },
    changes: [],
    notes: ['K8 STAYS_ARCHIVED c1'],
    never: ['M5'],
  },
];

/** Class `c1` with its student enrolled from one day to another. */
function dated(beginDate: string | undefined, endDate: string | undefined) {
  const dates = { ...(beginDate === undefined ? {} : { beginDate }), ...(endDate === undefined ? {} : { endDate }) };
  return merge(WITHOUT_A, { enrollments: [enrolled('c1', 'a', dates)] });
}

const KNOWN = mergeHosts(hostOf(classWith('c1', { students: [] })), { users: [localUser(student('a'))] });

const dates: readonly Row[] = [
  {
    title: 'M11: an enrollment that begins tomorrow does not count yet',
    feed: dated('2026-10-02', undefined),
    host: KNOWN,
    changes: [],
    notes: ['M11 OUTSIDE_DATES'],
    never: ['M1'],
  },
  {
    title: 'M11: one that begins today does',
    feed: dated('2026-10-01', undefined),
    host: KNOWN,
    changes: ['enrollment-add c1/a M1 ENROLLED'],
  },
  {
    title: 'M11: leadDays lets it count so many days before',
    feed: dated('2026-10-04', undefined),
    host: KNOWN,
    policy: { leadDays: 3 },
    changes: ['enrollment-add c1/a M1 ENROLLED'],
  },
  {
    title: 'M11: and no day earlier',
    feed: dated('2026-10-05', undefined),
    host: KNOWN,
    policy: { leadDays: 3 },
    changes: [],
    notes: ['M11 OUTSIDE_DATES'],
  },
  {
    title: 'M11: a member whose enrollment begins later is kept',
    feed: dated('2026-11-01', undefined),
    host: hostOf(C1),
    policy: FULL,
    changes: [],
    never: ['M3'],
  },
  {
    title: 'M11: so is one with another enrollment that is over, in whatever order and words',
    feed: merge(dated('2026-11-01', undefined), {
      enrollments: [enrolled('c1', 'a', { beginDate: '2026-08-01', endDate: '2026-09-30' })],
    }),
    host: hostOf(C1),
    policy: FULL,
    changes: [],
    never: ['M3'],
  },
  {
    title: 'M11: an enrollment that is over is explicit absence; the end date is the first day that no longer counts',
    feed: dated(undefined, '2026-10-01'),
    host: hostOf(C1),
    policy: FULL,
    changes: [{ line: 'enrollment-remove c1/a M3 MEMBER_ABSENT', evidence: { cause: 'ENDED', level: 'E2' } }],
    notes: UNASSIGNED,
  },
  {
    title: 'not M11: until the day before it counts',
    feed: dated('2026-08-01', '2026-10-02'),
    host: hostOf(C1),
    policy: FULL,
    changes: [],
    never: ['M3'],
  },
  {
    title: 'M11: today is the district’s own: east of Greenwich the next day has begun',
    feed: dated('2026-10-01', undefined),
    host: KNOWN,
    now: '2026-09-30T20:00:00Z',
    policy: { timeZone: 'Asia/Tokyo' },
    changes: ['enrollment-add c1/a M1 ENROLLED'],
  },
  {
    title: 'M11: and west of it the day before has not ended',
    feed: dated(undefined, '2026-10-01'),
    host: hostOf(C1),
    now: '2026-10-01T03:00:00Z',
    policy: { ...FULL, timeZone: 'America/Los_Angeles' },
    changes: [],
    never: ['M3'],
  },
  {
    title: 'M11: an enrollment counts so many days before it begins',
    feed: dated('2026-10-03', undefined),
    host: KNOWN,
    now: '2026-10-01T23:30:00-05:00',
    policy: { leadDays: 1 },
    changes: ['enrollment-add c1/a M1 ENROLLED'],
  },
];

it('who comes back is no primary teacher, unless the feed says so', () => {
  const plan = planOf({ feed: C1, host: hostOf(C1, { members: { 'c1/a': { ...REMOVED, by: 'sync' } } }) });
  const other = { synced: { role: 'aide' } } as const;
  const updated = planOf({ feed: C1, host: hostOf(C1, { members: { 'c1/a': { role: 'aide', ...other } } }) });
  for (const { changes } of [plan, updated]) {
    expect(changes.map(({ after }) => after?.['synced'] ?? {})).toStrictEqual([{ role: 'student' }]);
  }
});

describe('members: present', () => {
  it.each(present)('$title', checkRow);

  it('M6: a removal that wins is told once, and again after it had ceased', () => {
    const host = hostOf(C1, { members: { 'c1/a': { ...REMOVED, by: 'user' } } });
    const first = planOf({ feed: C1, host });
    const second = planOf({ feed: C1, host: { ...host, ledger: first.ledger } });
    expect([first.notes.length, second.notes.length]).toEqual([1, 0]);
    const agreed = planOf({ feed: WITHOUT_A, host: { ...host, ledger: second.ledger } });
    const again = planOf({ feed: C1, host: { ...host, ledger: agreed.ledger } });
    expect(again.notes.map(({ code }) => code)).toEqual(['LOCAL_REMOVAL_WINS']);
  });

  it.each([
    [
      'a role that a person changed is not written, whatever the feed says of it',
      { role: 'proctor', hostFields: ['role'], synced: { role: 'aide', primary: true }, primary: true },
      ['synced'],
    ],
    [
      'a role that stays is not written with the mark',
      { role: 'teacher', synced: { role: 'teacher' } },
      ['primary', 'synced'],
    ],
  ] as const)('M15, M2: %s', (_title, fields, written) => {
    const feed = merge(EMPTY, { enrollments: [teaching('c1', 'u')], users: [teacher('u')] });
    const [update] = planOf({
      feed,
      host: hostOf(feed, { members: { 'c1/u': { primary: false, ...fields } } }),
    }).changes;
    expect(update?.kind).toBe('enrollment-update');
    expect(Object.keys(update?.before ?? {}).sort()).toEqual(written);
    expect(Object.keys(update?.after ?? {}).sort()).toEqual(written);
  });

  it('M1: what was undone of a member is proposed again once the feed calls them the primary teacher', () => {
    const fingerprint = enrollmentFingerprint(teaching('c1', 'u', { primary: false }));
    const suppression = { kind: 'enrollment-add', subject: 'enrollment:2:c1:u', fingerprint, cause: 'undo' } as const;
    const host = mergeHosts(hostOf(EMPTY), { users: [localUser(teacher('u'))] });
    const planned = (primary: boolean): readonly string[] => {
      const feed = merge(EMPTY, people(teacher('u')), { enrollments: [teaching('c1', 'u', { primary })] });
      return changeLines(planOf({ feed, host: { ...host, ledger: { ...emptyLedger, suppressions: [suppression] } } }));
    };
    expect(planned(false)).toEqual([]);
    expect(planned(true)).toEqual(['enrollment-add c1/u M1 ENROLLED']);
  });

  it('M3: a removal keeps the record and names its version, so that an apply can compare', () => {
    const [removal] = planOf({ feed: WITHOUT_A, host: hostOf(C1), policy: FULL }).changes;
    expect(removal).toMatchObject({
      version: 1,
      destructive: true,
      target: { id: 'member-c1-a', classId: 'class-c1', userId: 'user-a', classSourcedId: 'c1', userSourcedId: 'a' },
    });
  });
});

describe('members: absent', () => {
  it.each(absent)('$title', checkRow);
});

describe('members: dates', () => {
  it.each(dates)('$title', checkRow);
});

/** Class `c1` as synced, but with this member in the place of student `a`. */
function withMember(member: ReturnType<typeof byHand>) {
  const host = hostOf(C1);
  return { ...host, enrollments: [member, ...(host.enrollments ?? []).filter((each) => each.userSourcedId !== 'a')] };
}

function withoutSourcedId() {
  const { userSourcedId: _none, ...member } = byHand('c1', 'guest');
  return member;
}

function classesOf({ classes }: ReturnType<typeof hostOf>) {
  return classes === undefined ? {} : { classes };
}
