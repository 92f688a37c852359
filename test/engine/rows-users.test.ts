import { describe, expect, it } from 'vitest';
import { enrollmentFingerprint } from '../../src/engine/fingerprint.js';
import { emptyLedger, type LocalUser, type Proposal, type User } from '../../src/model/index.js';
import { attested, enrolled, local, localMember, school, section, student, teacher } from '../support/build.js';
import {
  changeLines,
  checkRow,
  classWith,
  hostOf,
  merge,
  mergeHosts,
  OPEN,
  people,
  planOf,
  type Row,
} from '../support/rows.js';

const C1 = classWith('c1');
const FULL = { fullData: true };
const GONE = { fullData: true, deactivateUnrostered: true };
const EMPTY_C1 = classWith('c1', { students: [], teachers: [] });
/** Class `c1` is there and nobody is in it. */
const HOST_C1 = hostOf(EMPTY_C1);
const administrator = (id: string, fields: Partial<User> = {}) => student(id, { roles: ['administrator'], ...fields });

/** Persons of the feed, in class `c1` of the host already. */
function inClass(users: readonly User[], fields: Readonly<Record<string, Partial<LocalUser>>> = {}) {
  return hostOf(
    merge(EMPTY_C1, people(...users), { enrollments: users.map((user) => enrolled('c1', user.sourcedId)) }),
    { users: fields },
  );
}

const ALL_TOLD = {
  roles: ['student', 'aide'],
  middleName: 'M.',
  username: 'ann',
  email: 'ann@school.example',
  mobile: '+1 202 555 0123',
  grade: '07',
  birthDate: '2014-02-03',
  stateId: '001',
  sisId: '002',
} as const;

const creation: readonly Row[] = [
  {
    title: 'U1: a student of an imported class gets an account',
    feed: merge(EMPTY_C1, people(student('a', { username: 'ann', grade: '07', stateId: '001' })), {
      enrollments: [enrolled('c1', 'a')],
    }),
    host: HOST_C1,
    changes: [
      {
        line: 'user-create a U1 NEW_PERSON',
        before: null,
        after: {
          sourcedId: 'a',
          origin: 'roster',
          state: 'active',
          roles: ['student'],
          givenName: 'Given-a',
          familyName: 'Family-a',
          username: 'ann',
          grade: '07',
          stateId: '001',
          schoolSourcedIds: ['s1'],
          site: 's1',
          synced: { username: 'ann', grade: '07', stateId: '001', site: 's1' },
        },
      },
      'enrollment-add c1/a M1 ENROLLED',
    ],
  },
  {
    title: 'U1: with all that the district tells of the person, sorted, and nothing that it does not tell',
    feed: merge(EMPTY_C1, people(student('a', ALL_TOLD)), { enrollments: [enrolled('c1', 'a')] }),
    host: HOST_C1,
    changes: [
      {
        line: 'user-create a U1 NEW_PERSON',
        after: {
          ...ALL_TOLD,
          roles: ['aide', 'student'],
          synced: expect.objectContaining({ middleName: 'M.' }) as object,
        },
      },
      'enrollment-add c1/a M1 ENROLLED',
    ],
  },
  {
    title: 'U1: the host’s role comes from the policy',
    feed: C1,
    host: HOST_C1,
    policy: { access: { defaultRole: 'member', roles: { student: 'pupil' } } },
    changes: [
      { line: 'user-create a U1 NEW_PERSON', after: { role: 'pupil' } },
      { line: 'user-create t U2 NEW_PERSON', after: { role: 'member' } },
      'enrollment-add c1/a M1 ENROLLED',
      'enrollment-add c1/t M1 ENROLLED',
    ],
  },
  {
    title: 'not U1: a student in no imported class gets none',
    feed: merge(EMPTY_C1, people(student('a'), student('b')), { enrollments: [enrolled('c9', 'b')] }),
    host: HOST_C1,
    changes: [],
    notes: ['M10 DANGLING_REF c9'],
    never: ['U1'],
  },
  {
    title: 'U1: who is a student in one class is one, whatever they are in another',
    feed: merge(
      ...['c1', 'c2', 'c3'].map((id) => classWith(id, { students: [], teachers: [] })),
      people(student('a', { roles: ['other'] })),
      {
        enrollments: [
          enrolled('c1', 'a', { role: 'aide' }),
          enrolled('c2', 'a'),
          enrolled('c3', 'a', { role: 'aide' }),
        ],
      },
    ),
    host: hostOf(merge(...['c1', 'c2', 'c3'].map((id) => classWith(id, { students: [], teachers: [] })))),
    changes: ['user-create a U1 NEW_PERSON', ...['c1', 'c2', 'c3'].map((id) => `enrollment-add ${id}/a M1 ENROLLED`)],
  },
  {
    title: 'not U1: nor with students.create off',
    feed: C1,
    host: hostOf(classWith('c1', { students: [] })),
    policy: { students: { create: false } },
    changes: [],
    notes: ['M1 MEMBERS_WITHOUT_ACCOUNT'],
    never: ['U1'],
  },
  {
    title: 'U1: the site is the school of the primary enrollment',
    feed: merge(EMPTY_C1, classWith('c2', { schoolSourcedId: 's2', students: [], teachers: [] }), {
      users: [student('a', { schoolSourcedIds: ['s1', 's2'] })],
      enrollments: [enrolled('c1', 'a'), enrolled('c2', 'a', { primary: true })],
    }),
    host: hostOf(merge(EMPTY_C1, classWith('c2', { schoolSourcedId: 's2', students: [], teachers: [] }))),
    changes: [
      { line: 'user-create a U1 NEW_PERSON', after: { site: 's2' } },
      'enrollment-add c1/a M1 ENROLLED',
      'enrollment-add c2/a M1 ENROLLED',
    ],
  },
  {
    title: 'U1: so it is for a person whose orgs are none of the district’s schools',
    feed: merge(EMPTY_C1, classWith('c2', { schoolSourcedId: 's2', students: [], teachers: [] }), {
      users: [student('a', { schoolSourcedIds: ['the district'] })],
      enrollments: [enrolled('c1', 'a'), enrolled('c2', 'a', { primary: true })],
    }),
    host: hostOf(merge(EMPTY_C1, classWith('c2', { schoolSourcedId: 's2', students: [], teachers: [] }))),
    changes: [
      { line: 'user-create a U1 NEW_PERSON', after: { site: 's2' } },
      'enrollment-add c1/a M1 ENROLLED',
      'enrollment-add c2/a M1 ENROLLED',
    ],
  },
  {
    title: 'U1: the primary enrollment counts at a school that the run does not cover, too',
    feed: merge(EMPTY_C1, classWith('c2', { schoolSourcedId: 's2', students: [], teachers: [] }), {
      users: [student('a', { schoolSourcedIds: ['s1', 's2'] })],
      enrollments: [enrolled('c1', 'a'), enrolled('c2', 'a', { primary: true })],
    }),
    host: hostOf(EMPTY_C1),
    scope: { tenant: 'district-1', schools: ['s1'] },
    changes: [{ line: 'user-create a U1 NEW_PERSON', after: { site: 's2' } }, 'enrollment-add c1/a M1 ENROLLED'],
  },
  {
    title: 'U1: and so it does in a section that is not imported; of several the first class counts',
    feed: merge(EMPTY_C1, classWith('c2', { schoolSourcedId: 's2', name: 'Class c1', students: [], teachers: [] }), {
      classes: [section('b1', { status: 'tobedeleted' }), section('b2', { schoolSourcedId: 's3' }), section('c4')],
      users: [student('a', { schoolSourcedIds: ['s1', 's2'] })],
      enrollments: [
        enrolled('b1', 'a', { primary: true }),
        enrolled('b2', 'a', { primary: true }),
        enrolled('c1', 'a', { primary: true, endDate: '2026-09-01' }),
        enrolled('c1', 'a'),
        enrolled('c2', 'a', { primary: true }),
        enrolled('c4', 'a', { primary: true }),
      ],
    }),
    host: hostOf(EMPTY_C1),
    policy: { classes: { include: { ids: ['c1'] } } },
    changes: [{ line: 'user-create a U1 NEW_PERSON', after: { site: 's2' } }, 'enrollment-add c1/a M1 ENROLLED'],
    notes: ['K18 NOT_INCLUDED', 'K18 NOT_INCLUDED_KEPT zz'],
  },
  {
    title: 'U1: nor does it count at a school that the district has marked as deleted',
    feed: {
      ...merge(EMPTY_C1, classWith('c2', { schoolSourcedId: 's2', students: [], teachers: [] }), {
        users: [student('a')],
        enrollments: [enrolled('c1', 'a'), enrolled('c2', 'a', { primary: true })],
      }),
      schools: [school('s1'), school('s2', { status: 'tobedeleted' })],
    },
    host: { ...hostOf(EMPTY_C1), schools: local().schools.filter(({ sourcedId }) => sourcedId === 's1') },
    scope: { tenant: 'district-1', schools: ['s1'] },
    changes: [{ line: 'user-create a U1 NEW_PERSON', after: { site: 's1' } }, 'enrollment-add c1/a M1 ENROLLED'],
  },
  {
    title: 'U1: not the first class’s school: without a primary enrollment it is the first of their own',
    feed: merge(EMPTY_C1, { users: [student('a', { schoolSourcedIds: ['s2'] })], enrollments: [enrolled('c1', 'a')] }),
    host: hostOf(EMPTY_C1),
    changes: [{ line: 'user-create a U1 NEW_PERSON', after: { site: 's2' } }, 'enrollment-add c1/a M1 ENROLLED'],
  },
  {
    title: 'U1: else the first school, in canonical order',
    feed: people(teacher('t', { schoolSourcedIds: ['s2', 's1'] })),
    policy: { access: { site: 'head office' } },
    changes: [{ line: 'user-create t U2 NEW_PERSON', after: { site: 's1', schoolSourcedIds: ['s1', 's2'] } }],
    never: ['DEFAULT_SITE'],
  },
  {
    title: 'U1: else the site that the policy names, and a person is told',
    feed: people(teacher('t', { schoolSourcedIds: [] })),
    policy: { access: { site: 'head office' } },
    changes: [{ line: 'user-create t U2 NEW_PERSON', after: { site: 'head office' } }],
    notes: ['U1 DEFAULT_SITE t'],
  },
  {
    title: 'U2: a teacher gets an account, with or without a class',
    feed: people(teacher('t', { username: 'tina' })),
    changes: [
      {
        line: 'user-create t U2 NEW_PERSON',
        after: { roles: ['teacher'], username: 'tina', email: 't@school.example' },
      },
    ],
  },
  {
    title: 'U2: with populated, a teacher of a class with a student',
    feed: C1,
    host: hostOf(classWith('c1', { teachers: [] })),
    policy: { teachers: { create: 'populated' } },
    changes: ['user-create t U2 NEW_PERSON', 'enrollment-add c1/t M1 ENROLLED'],
  },
  {
    title: 'U2: with populated, not a teacher whose classes are empty, or whose students do not count yet',
    feed: merge(classWith('c1', { students: [] }), people(student('a'), teacher('u')), {
      enrollments: [enrolled('c1', 'a', { beginDate: '2026-12-01' })],
    }),
    host: HOST_C1,
    policy: { teachers: { create: 'populated' } },
    changes: [],
    notes: ['U2 TEACHER_CLASS_EMPTY t', 'U2 TEACHER_CLASS_EMPTY u', 'M1 MEMBERS_WITHOUT_ACCOUNT', 'M11 OUTSIDE_DATES'],
  },
  {
    title: 'U2: with never, no teacher',
    feed: people(teacher('t')),
    policy: { teachers: { create: 'never' } },
    changes: [],
    never: ['U2'],
  },
  {
    title: 'U2: the user name may be the e-mail address',
    alone: true,
    feed: people(teacher('t', { username: 'tina' })),
    policy: { teachers: { username: 'email' } },
    changes: [{ line: 'user-create t U2 NEW_PERSON', after: { username: 't@school.example' } }],
  },
  {
    title: 'U2: a teacher without an address is created, and a person is told that no invitation goes out',
    feed: people(student('t', { roles: ['teacher'] })),
    changes: ['user-create t U2 NEW_PERSON'],
    notes: ['U2 NO_EMAIL t'],
  },
  {
    title: 'U2: where the address is the user name, a teacher without one is skipped',
    alone: true,
    feed: people(student('t', { roles: ['teacher'], username: 'tina' })),
    policy: { teachers: { username: 'email' } },
    changes: [],
    notes: ['U2 NO_USERNAME t'],
  },
  {
    title: 'not U2: a teacher of a school outside the scope gets none',
    feed: people(teacher('t', { schoolSourcedIds: ['s2'] })),
    scope: { tenant: 'district-1', schools: ['s1'] },
    changes: [],
    never: ['U2'],
  },
  {
    title: 'U3: staff in no class get an account only where the policy says so; a feed grants no role',
    feed: people(administrator('p')),
    policy: { staff: { create: true } },
    changes: [{ line: 'user-create p U3 NEW_PERSON', after: { roles: ['administrator'] } }],
  },
  {
    title: 'U3: the policy’s own role goes before its default',
    feed: people(administrator('p')),
    policy: { staff: { create: true }, access: { defaultRole: 'member', roles: { administrator: 'principal' } } },
    changes: [{ line: 'user-create p U3 NEW_PERSON', after: { role: 'principal' } }],
  },
  {
    title: 'U3: the permission sets of all roles of a person, and of no other',
    feed: people(
      administrator('p'),
      teacher('t', { roles: ['teacher', 'administrator'] }),
      teacher('u'),
      student('o', { roles: ['other'] }),
    ),
    policy: {
      staff: { create: true },
      access: { permissions: { teacher: ['Family Access', 'Clubs'], administrator: ['Users Manager', 'Clubs'] } },
    },
    changes: [
      'user-create o U3 NEW_PERSON',
      { line: 'user-create p U3 NEW_PERSON', after: { permissions: ['Clubs', 'Users Manager'] } },
      { line: 'user-create t U2 NEW_PERSON', after: { permissions: ['Clubs', 'Family Access', 'Users Manager'] } },
      { line: 'user-create u U2 NEW_PERSON', after: { permissions: ['Clubs', 'Family Access'] } },
    ],
  },
  {
    title: 'U3: whom a sync made before gets no permission set by a later role or another policy',
    feed: people(teacher('t', { roles: ['teacher', 'administrator'] })),
    host: hostOf(people(teacher('t'))),
    policy: { staff: { create: true }, access: { permissions: { teacher: ['Clubs'], administrator: ['Clubs'] } } },
    changes: [{ line: 'user-update t U16 FIELDS_CHANGED', evidence: { fields: ['roles'] } }],
  },
  {
    title: 'not U3: by default they get none, and guardians never do by this row',
    feed: people(administrator('p'), student('g', { roles: ['guardian'] })),
    changes: [],
    never: ['U3'],
  },
  {
    title: 'U15: a person without access is created or kept, not removed, and a person is told',
    feed: merge(C1, people(student('a', { enabled: false }), teacher('u', { enabled: false }))),
    host: hostOf(merge(C1, people(student('a', { enabled: false })))),
    policy: FULL,
    changes: [{ line: 'user-create u U2 NEW_PERSON', after: { enabled: false } }],
    notes: ['U15 ACCESS_CURTAILED a', 'U15 ACCESS_CURTAILED u'],
  },
  {
    title: 'not U15: who is enabled, or of whom nothing is said, is no case of it',
    feed: merge(C1, people(student('a', { enabled: true }))),
    host: hostOf(C1),
    changes: [],
    never: ['U15', 'U16'],
  },
];

const BOTH_SCHOOLS = student('a', { schoolSourcedIds: ['s1', 's2'] });
const C2 = classWith('c2', { schoolSourcedId: 's2', students: ['b'], teachers: ['u'] });

const leaving: readonly Row[] = [
  {
    title: 'U4: who leaves one school of two loses that school’s classes; the site follows',
    feed: merge(classWith('c1', { students: [] }), C2, people(student('a', { schoolSourcedIds: ['s2'] })), {
      enrollments: [enrolled('c2', 'a')],
    }),
    host: hostOf(merge(C1, C2, people(BOTH_SCHOOLS), { enrollments: [enrolled('c2', 'a')] })),
    policy: GONE,
    changes: [
      {
        line: 'user-update a U4 SITE_MOVED',
        before: { site: 's1', schoolSourcedIds: ['s1', 's2'] },
        after: { site: 's2', schoolSourcedIds: ['s2'], synced: { site: 's2' } },
        evidence: { fields: ['schoolSourcedIds', 'site'] },
      },
      'enrollment-remove c1/a M3 MEMBER_ABSENT',
    ],
    never: ['U7', 'UNASSIGNED'],
  },
  {
    title: 'not U4: where other fields change, too, the move is one of them',
    feed: merge(C2, people(student('a', { schoolSourcedIds: ['s2'], grade: '08' })), {
      enrollments: [enrolled('c2', 'a')],
    }),
    host: hostOf(merge(C2, people(BOTH_SCHOOLS), { enrollments: [enrolled('c2', 'a')] })),
    changes: [
      {
        line: 'user-update a U16 FIELDS_CHANGED',
        after: { site: 's2' },
        evidence: { fields: ['schoolSourcedIds', 'grade', 'site'] },
      },
    ],
    never: ['U4'],
  },
  {
    title: 'not U4: a site that a person chose stays',
    feed: merge(classWith('c1', { students: [] }), C2, people(student('a', { schoolSourcedIds: ['s2'] })), {
      enrollments: [enrolled('c2', 'a')],
    }),
    host: hostOf(merge(C1, C2, people(BOTH_SCHOOLS), { enrollments: [enrolled('c2', 'a')] }), {
      users: { a: { hostFields: ['site'] } },
    }),
    changes: [
      {
        line: 'user-update a U16 FIELDS_CHANGED',
        after: { schoolSourcedIds: ['s2'] },
        evidence: { fields: ['schoolSourcedIds'] },
      },
    ],
  },
  {
    title: 'U5: who leaves one class and stays in another keeps everything else, without a word',
    feed: merge(classWith('c1', { students: [] }), classWith('c2')),
    host: hostOf(merge(C1, classWith('c2'))),
    policy: GONE,
    changes: ['enrollment-remove c1/a M3 MEMBER_ABSENT'],
    never: ['UNASSIGNED', 'U7'],
  },
  {
    title: 'U6: who leaves the last class keeps the account, and a person is told',
    feed: merge(classWith('c1', { students: [] }), people(student('a'))),
    host: hostOf(C1),
    policy: GONE,
    changes: ['enrollment-remove c1/a M3 MEMBER_ABSENT'],
    notes: ['U6 UNASSIGNED a'],
    never: ['user-deactivate'],
  },
  {
    title: 'not U6: who is added to another class in the same plan is not without one',
    feed: merge(classWith('c1', { students: [] }), classWith('c2')),
    host: hostOf(merge(C1, classWith('c2', { students: [] }))),
    policy: FULL,
    changes: ['enrollment-add c2/a M1 ENROLLED', 'enrollment-remove c1/a M3 MEMBER_ABSENT'],
    never: ['UNASSIGNED'],
  },
  {
    title: 'U6: an addition to another class that was undone gives nobody a class',
    feed: merge(classWith('c1', { students: [] }), classWith('c2')),
    host: {
      ...hostOf(merge(C1, classWith('c2', { students: [] }))),
      ledger: {
        ...emptyLedger,
        suppressions: [
          {
            kind: 'enrollment-add',
            subject: 'enrollment:2:c2:a',
            fingerprint: enrollmentFingerprint(enrolled('c2', 'a')),
            cause: 'undo',
          },
        ],
      },
    },
    policy: FULL,
    changes: ['enrollment-remove c1/a M3 MEMBER_ABSENT'],
    notes: ['UNDO SUPPRESSED c2/a', 'U6 UNASSIGNED a'],
  },
  {
    title: 'not U6: nor who comes back to another class in the same plan',
    feed: merge(classWith('c1', { students: [] }), classWith('c2')),
    host: hostOf(merge(C1, classWith('c2')), { members: { 'c2/a': { state: 'removed', by: 'sync' } } }),
    policy: FULL,
    changes: ['enrollment-restore c2/a M5 RETURNED', 'enrollment-remove c1/a M3 MEMBER_ABSENT'],
    never: ['UNASSIGNED'],
  },
  {
    title: 'U7: who left the whole district leaves every class; the account stays',
    feed: classWith('c1', { students: [] }),
    host: hostOf(C1),
    policy: FULL,
    changes: [{ line: 'enrollment-remove c1/a U7 MEMBER_ABSENT', after: { by: 'sync' } }],
    never: ['user-deactivate'],
  },
  {
    title: 'U7: where the policy says so, the account is deactivated, too',
    feed: classWith('c1', { students: [] }),
    host: hostOf(C1),
    policy: GONE,
    changes: [
      'enrollment-remove c1/a U7 MEMBER_ABSENT',
      {
        line: 'user-deactivate a U7 PERSON_ABSENT',
        before: { state: 'active' },
        after: { state: 'deactivated', by: 'sync' },
        evidence: { level: 'E1' },
      },
    ],
  },
  {
    title: 'U7: a tombstone is explicit evidence',
    feed: merge(classWith('c1', { students: [] }), people(student('a', { status: 'tobedeleted' }))),
    host: hostOf(C1),
    policy: GONE,
    changes: [
      'enrollment-remove c1/a U7 MEMBER_ABSENT',
      { line: 'user-deactivate a U7 PERSON_ABSENT', evidence: { level: 'E2' } },
    ],
  },
  {
    title: 'U7: who was put into a class by hand, or belongs to another tenant, is only taken out of classes',
    feed: EMPTY_C1,
    host: mergeHosts(inClass([student('a'), student('b')], { b: { otherTenants: true } }), {
      enrollments: [localMember('c5', 'a', { origin: 'local' })],
    }),
    policy: GONE,
    changes: ['enrollment-remove c1/a U7 MEMBER_ABSENT', 'enrollment-remove c1/b U7 MEMBER_ABSENT'],
    never: ['user-deactivate'],
  },
  {
    title: 'U7: whom the sync deactivated is active again when the feed has them again',
    feed: C1,
    host: hostOf(C1, { users: { a: { state: 'deactivated', by: 'sync' } } }),
    changes: [
      {
        line: 'user-reactivate a U7 RETURNED',
        before: { state: 'deactivated', by: 'sync' },
        after: { state: 'active', by: null },
      },
    ],
  },
  {
    title: 'not U7: without Full Data nothing is removed, whoever left',
    feed: classWith('c1', { students: [] }),
    host: hostOf(C1),
    policy: { deactivateUnrostered: true },
    changes: [],
    never: ['U7'],
  },
  {
    title: 'not U7: without a read of all schools the person may be in another; only the class is left (M3)',
    feed: { ...classWith('c1', { students: [] }), attestation: attested({}, { allSchools: false }) },
    host: hostOf(C1),
    policy: GONE,
    changes: ['enrollment-remove c1/a M3 MEMBER_ABSENT'],
    never: ['U7'],
  },
  {
    title: 'U7: whom a person activated again stays active, and that is told',
    feed: EMPTY_C1,
    host: inClass([teacher('t')], { t: { hostFields: ['state'] } }),
    policy: GONE,
    changes: ['enrollment-remove c1/t U7 MEMBER_ABSENT'],
    notes: ['U7 LOCAL_REACTIVATION_WINS t'],
  },
  {
    title: 'U8: a run for one school removes from its classes alone and deactivates nobody',
    feed: classWith('c1', { students: [] }),
    host: hostOf(
      merge(C1, classWith('c2', { schoolSourcedId: 's2', students: ['a'], teachers: [] }), people(student('a'))),
    ),
    policy: GONE,
    scope: { tenant: 'district-1', schools: ['s1'] },
    changes: ['enrollment-remove c1/a U7 MEMBER_ABSENT'],
    never: ['user-deactivate', 'c2/a'],
  },
  {
    title: 'U10: whom a person deactivated stays deactivated, and that is told',
    feed: C1,
    host: hostOf(C1, { users: { a: { state: 'deactivated', by: 'user' } } }),
    changes: [],
    notes: ['U10 LOCAL_DEACTIVATION_WINS a'],
  },
  {
    title: 'not U10: whom the sync deactivated is no such case',
    feed: C1,
    host: hostOf(C1, { users: { a: { state: 'deactivated', by: 'sync' } } }),
    changes: ['user-reactivate a U7 RETURNED'],
    never: ['U10'],
  },
  {
    title: 'U14: a protected person is neither removed nor deactivated',
    feed: EMPTY_C1,
    host: inClass([teacher('t')], { t: { protected: true } }),
    policy: GONE,
    changes: [],
    notes: ['U14 PROTECTED c1/t', 'U14 PROTECTED t'],
  },
  {
    title: 'not U14: their fields still follow the roster',
    feed: merge(EMPTY_C1, people(teacher('t', { familyName: 'Jones' })), { enrollments: [enrolled('c1', 't')] }),
    host: inClass([teacher('t')], { t: { protected: true } }),
    changes: ['user-update t U16 FIELDS_CHANGED'],
    never: ['U14'],
  },
];

const fields: readonly Row[] = [
  {
    title: 'U16: a field follows the feed',
    feed: merge(C1, people(student('a', { familyName: 'Jones', grade: '08' }))),
    host: hostOf(C1),
    changes: [
      {
        line: 'user-update a U16 FIELDS_CHANGED',
        before: { familyName: 'Family-a' },
        after: { familyName: 'Jones', grade: '08', synced: { familyName: 'Jones', grade: '08', givenName: 'Given-a' } },
        evidence: { fields: ['familyName', 'grade'] },
      },
    ],
  },
  {
    title: 'U16: a field that a person changed stays; only what was last read is remembered',
    feed: merge(C1, people(student('a', { familyName: 'Jones' }))),
    host: hostOf(C1, { users: { a: { familyName: 'Own', hostFields: ['familyName'] } } }),
    changes: [
      {
        line: 'user-update a U16 FIELDS_CHANGED',
        after: { synced: { familyName: 'Jones' } },
        evidence: { fields: [] },
      },
    ],
  },
  {
    title: 'U16: a teacher’s user name follows the policy, too',
    alone: true,
    feed: people(teacher('t', { username: 'tina' })),
    host: hostOf(people(teacher('t', { username: 'tina' }))),
    policy: { teachers: { username: 'email' } },
    changes: [{ line: 'user-update t U16 FIELDS_CHANGED', after: { username: 't@school.example' } }],
  },
  {
    title: 'not U16: what the host holds otherwise is judged against what was last applied',
    feed: C1,
    host: hostOf(C1, { users: { a: { familyName: 'Shortened' } } }),
    changes: [],
    never: ['U16'],
  },
  ...(
    [
      [
        'U16 FIELDS_CHANGED',
        'givenName',
        'familyName',
        'middleName',
        'username',
        'grade',
        'birthDate',
        'stateId',
        'sisId',
      ],
      ['F1 CONTACT_CHANGED', 'homePhone'],
    ] as const
  ).flatMap(([code, ...fields]) =>
    fields.map(
      (field): Row => ({
        title: `U16: another ${field} alone is written`,
        feed: people(teacher('t', { [field]: '2025550199' })),
        host: hostOf(people(teacher('t', { [field]: '2025550101' }))),
        changes: [
          { line: `user-update t ${code}`, before: { [field]: '2025550101' }, after: { [field]: '2025550199' } },
        ],
      }),
    ),
  ),
  {
    title: 'U16: who has a role and a school less than before is written with those that are left',
    feed: people(teacher('t', { roles: ['teacher'], schoolSourcedIds: ['s1'] })),
    host: hostOf(people(teacher('t', { roles: ['teacher', 'administrator'], schoolSourcedIds: ['s1', 's2'] }))),
    changes: [{ line: 'user-update t U16 FIELDS_CHANGED', after: { roles: ['teacher'], schoolSourcedIds: ['s1'] } }],
  },
  {
    title: 'U16: a role less alone is enough',
    feed: people(teacher('t', { roles: ['administrator'] })),
    host: hostOf(people(teacher('t', { roles: ['administrator', 'teacher'] }))),
    changes: [{ line: 'user-update t U16 FIELDS_CHANGED', after: { roles: ['administrator'] } }],
  },
  {
    title: 'not U16: the order of roles and schools says nothing',
    feed: people(teacher('t', { roles: ['teacher', 'administrator'], schoolSourcedIds: ['s2', 's1'] })),
    host: hostOf(people(teacher('t', { roles: ['administrator', 'teacher'], schoolSourcedIds: ['s1', 's2'] }))),
    changes: [],
    never: ['U16'],
  },
  {
    title: 'not U16: a person outside the scope is left alone',
    feed: people(teacher('t', { schoolSourcedIds: ['s2'], familyName: 'Jones' })),
    host: hostOf(people(teacher('t', { schoolSourcedIds: ['s2'] }))),
    scope: { tenant: 'district-1', schools: ['s1'] },
    changes: [],
    never: ['U16'],
  },
  {
    title: 'U16: who is in scope by one of their schools is in scope',
    feed: people(teacher('t', { schoolSourcedIds: ['s2'], familyName: 'Jones' })),
    host: hostOf(people(teacher('t', { schoolSourcedIds: ['s1'] }))),
    scope: { tenant: 'district-1', schools: ['s1'] },
    changes: [{ line: 'user-update t U16 FIELDS_CHANGED', after: { familyName: 'Jones', schoolSourcedIds: ['s2'] } }],
  },
  {
    title: 'U11: a teacher who is also a guardian has two records, and neither touches the other',
    feed: people(
      teacher('t', { email: 'x@mail.example' }),
      student('g', { roles: ['guardian'], email: 'x@mail.example' }),
    ),
    host: hostOf(
      people(teacher('t', { email: 'x@mail.example' }), student('g', { roles: ['guardian'], email: 'x@mail.example' })),
    ),
    policy: FULL,
    changes: [],
  },
];

const OLD = student('old', { givenName: 'Ann', familyName: 'Lee', email: 'ann@school.example' });
const moved = (id: Partial<User>) =>
  merge(EMPTY_C1, people({ ...OLD, sourcedId: 'new', ...id }), { enrollments: [enrolled('c1', 'new')] });

/** Whether `old` goes on as `new`: nobody has said yet. */
const ASKED: Proposal = {
  id: 'user-rekey user-old new',
  kind: 'user-rekey',
  rule: 'U12',
  recordId: 'user-old',
  from: 'old',
  sourcedId: 'new',
  evidence: {},
  likeness: 0.9,
  since: '2026-09-01T00:00:00.000Z',
};

const identity: readonly Row[] = [
  {
    title: 'U12: the same state id under a new sourcedId is the same person: re-keyed, with all memberships',
    feed: moved({ stateId: '007' }),
    host: inClass([{ ...OLD, stateId: '007' }]),
    policy: GONE,
    changes: [
      {
        line: 'user-rekey new U12 REKEY',
        // It is found by the id that the host knows.
        target: { id: 'user-old', sourcedId: 'old' },
        before: { sourcedId: 'old' },
        after: { sourcedId: 'new' },
        evidence: { by: 'stateId' },
      },
    ],
    never: ['U1', 'U7', 'M1', 'M3'],
  },
  {
    title: 'U6: who goes on under a new sourcedId and leaves the last class is told like anybody else',
    feed: merge(EMPTY_C1, people({ ...OLD, sourcedId: 'new', stateId: '007' })),
    host: inClass([{ ...OLD, stateId: '007' }]),
    policy: FULL,
    changes: ['user-rekey new U12 REKEY', 'enrollment-remove c1/new M3 MEMBER_ABSENT'],
    notes: ['U6 UNASSIGNED new'],
  },
  {
    title: 'not U6: nor is one who goes on under a new sourcedId and stays in another class',
    feed: merge(moved({ stateId: '007' }), classWith('c2', { students: [], teachers: [] })),
    host: mergeHosts(
      inClass([{ ...OLD, stateId: '007' }]),
      hostOf(classWith('c2', { students: ['old'], teachers: [] })),
      {
        users: inClass([{ ...OLD, stateId: '007' }]).users ?? [],
      },
    ),
    policy: FULL,
    changes: ['user-rekey new U12 REKEY', 'enrollment-remove c2/new M3 MEMBER_ABSENT'],
    never: ['UNASSIGNED'],
  },
  {
    title: 'U12: the same id of the student information system likewise',
    feed: moved({ sisId: '007', familyName: 'Lee-Jones' }),
    host: inClass([{ ...OLD, sisId: '007' }]),
    policy: GONE,
    changes: [
      {
        line: 'user-rekey new U12 REKEY',
        after: { sourcedId: 'new', familyName: 'Lee-Jones' },
        evidence: { by: 'sisId' },
      },
    ],
  },
  {
    title: 'U12: e-mail, name and role are a proposal: no creation, no removal, on either side',
    feed: moved({ email: 'ANN@school.example' }),
    host: inClass([OLD]),
    policy: GONE,
    changes: [],
    notes: ['U12 REKEY_PROPOSED old'],
    never: ['U1', 'U7', 'M1', 'M3'],
  },
  ...[false, true].map(
    (isWhole): Row => ({
      title: isWhole
        ? 'not U12: a question for which nothing speaks any more is over with a read of all schools'
        : 'U12: who somebody is asked about waits while a read of some schools cannot tell whether they are still two',
      feed: { ...moved({ email: 'other@school.example' }), attestation: attested({}, { allSchools: isWhole }) },
      host: { ...inClass([OLD]), ledger: { ...emptyLedger, proposals: [ASKED] } },
      changes: isWhole ? ['user-create new U1 NEW_PERSON', 'enrollment-add c1/new M1 ENROLLED'] : [],
    }),
  ),
  {
    title: 'U12: what a person has said counts, though nothing else speaks for it any more',
    feed: moved({ email: 'other@school.example' }),
    host: {
      ...inClass([OLD]),
      ledger: {
        ...emptyLedger,
        proposals: [{ ...ASKED, decision: { outcome: 'accepted', by: 'admin', at: '2026-09-02T00:00:00.000Z' } }],
      },
    },
    changes: [{ line: 'user-rekey new U12 REKEY', after: { sourcedId: 'new', email: 'other@school.example' } }],
  },
  {
    title: 'U8, U12: a run of another school gives no new id, and neither side is touched meanwhile',
    feed: moved({ stateId: '007', schoolSourcedIds: ['s2'] }),
    host: inClass([{ ...OLD, stateId: '007', schoolSourcedIds: ['s2'] }]),
    policy: FULL,
    scope: { tenant: 'district-1', schools: ['s1'] },
    changes: [],
    notes: ['U12 REKEY_WAITS old'],
  },
  {
    title: 'U8, U12: nor does it ask about persons of another school alone',
    feed: moved({ schoolSourcedIds: ['s2'] }),
    host: inClass([{ ...OLD, schoolSourcedIds: ['s2'] }]),
    policy: FULL,
    scope: { tenant: 'district-1', schools: ['s1'] },
    changes: [],
    notes: ['U12 REKEY_WAITS old'],
  },
  {
    title: 'not U8: one of their schools is enough, on either side',
    feed: moved({ stateId: '007', schoolSourcedIds: ['s2'] }),
    host: inClass([{ ...OLD, stateId: '007' }]),
    scope: { tenant: 'district-1', schools: ['s1'] },
    changes: [{ line: 'user-rekey new U12 REKEY', after: { sourcedId: 'new' } }],
  },
  {
    title: 'U12: an import that does not cover the person leaves both sides to the one that does',
    feed: moved({ stateId: '007' }),
    host: inClass([{ ...OLD, stateId: '007' }]),
    policy: { ...FULL, steps: ['classes', 'teachers', 'guardians'] },
    changes: [],
    notes: ['U12 REKEY_WAITS old'],
  },
  ...(
    [
      ['the same state id', { stateId: '007', email: 'x@school.example' }],
      ['the same id of the student information system', { sisId: '008', email: 'x@school.example' }],
      ['the same e-mail address, name and role', {}],
    ] as const
  ).map(
    ([title, fields]): Row => ({
      title: `U12: while a read is incomplete, ${title} makes no second account`,
      feed: { ...moved(fields), attestation: attested({ users: 'incomplete' }) },
      host: inClass([{ ...OLD, stateId: '007', sisId: '008' }]),
      policy: GONE,
      changes: [],
      notes: ['U12 REKEY_WAITS old'],
      holds: ['G2 INCOMPLETE_READ 0'],
    }),
  ),
  {
    title: 'U12: nor does it while one school was not read; the member under the old id stays until then',
    feed: { ...moved({ stateId: '007' }), attestation: attested({}, { skippedSchools: ['s2'] }) },
    host: inClass([{ ...OLD, stateId: '007' }]),
    policy: GONE,
    changes: [],
    notes: ['U12 REKEY_WAITS old', 'Z4 SCHOOL_SKIPPED s2'],
  },
  {
    title: 'U12: what two persons bear may be one’s alone in a whole read',
    feed: {
      ...merge(moved({ stateId: '007', email: 'x@school.example' }), people(student('c', { stateId: '007' }))),
      attestation: attested({ classes: 'incomplete' }),
    },
    host: inClass([{ ...OLD, stateId: '007' }]),
    changes: [],
    notes: ['U12 REKEY_WAITS old', 'U12 REKEY_WAITS old'],
    holds: ['G2 INCOMPLETE_READ 0'],
  },
  {
    title: 'not U12: in an incomplete read, too, whoever has nothing in common with the missing gets an account',
    feed: {
      ...moved({ stateId: '009', email: 'x@school.example', familyName: 'Li' }),
      attestation: attested({ users: 'incomplete' }),
    },
    host: inClass([{ ...OLD, stateId: '007' }]),
    changes: ['user-create new U1 NEW_PERSON', 'enrollment-add c1/new M1 ENROLLED'],
    holds: ['G2 INCOMPLETE_READ 0'],
    never: ['U12'],
  },
  {
    title: 'not U12: nor is a teacher taken for a student with the same number',
    feed: {
      ...moved({ stateId: '007', roles: ['teacher'], email: 'x@school.example' }),
      attestation: attested({ users: 'incomplete' }),
    },
    host: inClass([{ ...OLD, stateId: '007' }]),
    changes: ['user-create new U1 NEW_PERSON', 'enrollment-add c1/new M1 ENROLLED'],
    holds: ['G2 INCOMPLETE_READ 0'],
    never: ['U12'],
  },
  {
    title: 'not U12: two persons with one state id prove nothing',
    feed: merge(moved({ stateId: '007', email: 'other@school.example' }), people(student('c', { stateId: '007' }))),
    host: inClass([{ ...OLD, stateId: '007' }]),
    policy: FULL,
    changes: [
      'user-create new U1 NEW_PERSON',
      'enrollment-add c1/new M1 ENROLLED',
      'enrollment-remove c1/old U7 MEMBER_ABSENT',
    ],
    never: ['U12'],
  },
  {
    title: 'not U12: another role, another name or another address is another person',
    feed: merge(
      EMPTY_C1,
      people(
        { ...OLD, sourcedId: 'new1', roles: ['teacher'] },
        { ...OLD, sourcedId: 'new2', familyName: 'Li' },
        { ...OLD, sourcedId: 'new3', email: 'ann2@school.example' },
      ),
    ),
    host: inClass([OLD]),
    policy: FULL,
    changes: [
      'user-update old F6 EMAIL_TAKEN',
      'user-create new1 U2 NEW_PERSON',
      'enrollment-remove c1/old U7 MEMBER_ABSENT',
    ],
    notes: ['F6 EMAIL_TAKEN old'],
    never: ['U12'],
  },
  {
    title: 'not U12: while the old record is still there, the new one is somebody else',
    feed: merge(moved({ stateId: '007' }), people({ ...OLD, stateId: '007' }), {
      enrollments: [enrolled('c1', 'old')],
    }),
    host: inClass([{ ...OLD, stateId: '007' }]),
    changes: ['user-update old F6 EMAIL_TAKEN', 'user-create new U1 NEW_PERSON', 'enrollment-add c1/new M1 ENROLLED'],
    notes: ['F6 EMAIL_TAKEN old'],
    never: ['U12'],
  },
  {
    title: 'not U12: nor while an enrollment still names it',
    feed: merge(moved({ stateId: '007' }), { enrollments: [enrolled('c1', 'old')] }),
    host: inClass([{ ...OLD, stateId: '007' }]),
    changes: ['user-update old F6 EMAIL_TAKEN', 'user-create new U1 NEW_PERSON', 'enrollment-add c1/new M1 ENROLLED'],
    notes: ['F6 EMAIL_TAKEN old', 'M10 PERSON_UNSHARED old'],
    never: ['U12'],
  },
  {
    title: 'U13: another human being under the same sourcedId is held, and nothing else happens to them',
    feed: merge(
      EMPTY_C1,
      people(student('a', { givenName: 'Bob', familyName: 'Ray', email: 'bob@x.example', grade: '01' })),
    ),
    host: inClass([student('a', { email: 'ann@x.example', grade: '09' })]),
    policy: GONE,
    changes: [{ line: 'user-update a F1 CONTACT_CHANGED', after: { givenName: 'Bob', familyName: 'Ray' } }],
    holds: ['U13:a RECYCLED_PERSON_ID 1'],
    never: ['M3', 'U7'],
  },
  {
    title: 'not U13: another name alone is a change of name',
    feed: merge(
      EMPTY_C1,
      people(student('a', { givenName: 'Bob', familyName: 'Ray', email: 'ann@x.example', grade: '01' })),
      {
        enrollments: [enrolled('c1', 'a')],
      },
    ),
    host: inClass([student('a', { email: 'ann@x.example', grade: '09' })]),
    changes: ['user-update a U16 FIELDS_CHANGED'],
    holds: [],
  },
  {
    title: 'not U13: the same birth date is the same person, whatever else differs',
    feed: merge(
      EMPTY_C1,
      people(student('a', { givenName: 'Bob', familyName: 'Ray', email: 'b@x.example', birthDate: '2015-01-02' })),
      {
        enrollments: [enrolled('c1', 'a')],
      },
    ),
    host: inClass([student('a', { email: 'ann@x.example', birthDate: '2015-01-02' })]),
    changes: ['user-update a F1 CONTACT_CHANGED'],
    holds: [],
  },
  {
    title: 'not U13: a new family name is a marriage, not another person',
    feed: merge(EMPTY_C1, people(student('a', { familyName: 'Ray', email: 'b@x.example', grade: '10' })), {
      enrollments: [enrolled('c1', 'a')],
    }),
    host: inClass([student('a', { email: 'ann@x.example', grade: '09' })]),
    changes: ['user-update a F1 CONTACT_CHANGED'],
    holds: [],
  },
];

describe('users: accounts', () => {
  it.each(creation)('$title', checkRow);

  it.each([
    ['classes only', ['classes'], ['class-create c1 K1 NEW_CLASS']],
    ['teachers only', ['teachers'], ['user-create t U2 NEW_PERSON']],
    [
      'classes and students',
      ['classes', 'students'],
      ['user-create a U1 NEW_PERSON', 'class-create c1 K1 NEW_CLASS', 'enrollment-add c1/a M1 ENROLLED'],
    ],
  ] as const)('steps: %s', (_title, steps, expected) => {
    expect(changeLines(planOf({ feed: C1, policy: { steps: [...steps] } }))).toEqual(expected);
  });
});

describe('users: leaving and staying', () => {
  it.each(leaving)('$title', checkRow);

  it('U10: a deactivation that wins is told once', () => {
    const host = hostOf(C1, { users: { a: { state: 'deactivated', by: 'user' } } });
    const { ledger } = planOf({ feed: C1, host });
    expect(planOf({ feed: C1, host: { ...host, ledger } }).notes).toEqual([]);
  });
});

describe('users: fields', () => {
  it.each(fields)('$title', checkRow);
});

describe('users: who is who', () => {
  it.each(identity)('$title', checkRow);

  it('U13: once a person has approved, the change is free', () => {
    const feed = merge(C1, people(student('a', { givenName: 'Bob', familyName: 'Ray', grade: '01' })));
    const host = hostOf(merge(C1, people(student('a', { grade: '09' }))));
    const held = planOf({ feed, host, policy: { limits: OPEN } });
    expect(held.changes[0]?.heldBy).toEqual(['U13:a']);
    const holds = held.ledger.holds.map((hold) => ({ ...hold, approved: hold.changes.map(({ key }) => key) }));
    const approved = planOf({ feed, host: { ...host, ledger: { ...held.ledger, holds } } });
    expect(changeLines(approved)).toEqual(['user-update a U16 FIELDS_CHANGED']);
    expect(approved.changes[0]?.heldBy).toEqual([]);
    expect(approved.holds).toEqual([]);
  });
});
