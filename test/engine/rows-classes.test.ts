import { describe, expect, it } from 'vitest';
import { classFingerprint } from '../../src/engine/fingerprint.js';
import { emptyLedger } from '../../src/model/index.js';
import { attested, enrolled, localClass, school, section } from '../support/build.js';
import { checkRow, classWith, hostOf, merge, mergeHosts, planOf, type Row } from '../support/rows.js';

const C1 = classWith('c1');
const PEOPLE_ONLY = { users: C1.users ?? [] };
const FULL = { fullData: true };
const ARCHIVE = { fullData: true, archive: true };
const BY_SYNC = { state: 'archived', by: 'sync', archivedAt: '2026-09-01T00:00:00.000Z' } as const;
const BY_USER = { state: 'archived', by: 'user', archivedAt: '2026-09-01T00:00:00.000Z' } as const;
const SCHOOL_1 = { tenant: 'district-1', schools: ['s1'] };
const FIVE = ['a1', 'a2', 'a3', 'a4', 'a5'];
const OTHERS = ['b1', 'b2', 'b3', 'b4', 'b5'];

/** What comes with the first import of class `c1`. */
const CREATED = ['user-create a U1 NEW_PERSON', 'user-create t U2 NEW_PERSON'];
const JOINED = ['enrollment-add c1/a M1 ENROLLED', 'enrollment-add c1/t M1 ENROLLED'];

const creation: readonly Row[] = [
  {
    title: 'K1: a new section is created, with its members and the policy’s class options',
    feed: C1,
    policy: { classes: { options: { parentCommunication: false } } },
    changes: [
      ...CREATED,
      'class-update zz K17 OPTIONS_CHANGED',
      {
        line: 'class-create c1 K1 NEW_CLASS',
        before: null,
        after: {
          origin: 'roster',
          state: 'active',
          name: 'Class c1',
          sourcedId: 'c1',
          schoolSourcedId: 's1',
          options: { behaviorManagement: true, studentPortfolios: true, parentCommunication: false },
          synced: { name: 'Class c1', schoolSourcedId: 's1', termSourcedIds: ['fall'] },
        },
      },
      ...JOINED,
    ],
  },
  {
    title: 'not K1: a section that the host has is not created again',
    feed: C1,
    host: hostOf(C1),
    changes: [],
    never: ['K1'],
  },
  {
    title: 'not K1: a section of a school outside the scope is not created',
    feed: classWith('c1', { schoolSourcedId: 's2' }),
    scope: SCHOOL_1,
    changes: [],
    never: ['K1'],
  },
  {
    title: 'not K1: a section whose school the feed does not list is not created',
    feed: classWith('c1', { schoolSourcedId: 's9' }),
    changes: ['user-create t U2 NEW_PERSON'],
    notes: ['M10 SCHOOL_UNKNOWN c1'],
    never: ['K1'],
  },
  {
    title: 'K1: a blank name is read as the course title',
    feed: classWith('c1', { name: '  ', courseTitle: 'Biology', students: [], teachers: [] }),
    changes: [{ line: 'class-create c1 K1 NEW_CLASS', after: { name: 'Biology', synced: { name: 'Biology' } } }],
  },
  {
    title: 'K1: a blank name without a course title is read as the sourcedId',
    feed: classWith('c1', { name: '', courseTitle: ' ', students: [], teachers: [] }),
    changes: [{ line: 'class-create c1 K1 NEW_CLASS', after: { name: 'c1' } }],
  },
  {
    title: 'K2: a section without students is created, so that teachers can prepare it',
    feed: classWith('c1', { students: [] }),
    changes: ['user-create t U2 NEW_PERSON', 'class-create c1 K1 NEW_CLASS', 'enrollment-add c1/t M1 ENROLLED'],
  },
  {
    title: 'K2: with requireStudents a section without students is skipped, and its teacher still gets an account',
    feed: classWith('c1', { students: [] }),
    policy: { classes: { requireStudents: true } },
    changes: ['user-create t U2 NEW_PERSON'],
    notes: ['K2 EMPTY_CLASS c1'],
    never: ['K1'],
  },
  {
    title: 'K2: students who do not count (unknown, ended) leave the section empty',
    feed: merge(classWith('c1', { students: ['a'] }), {
      enrollments: [enrolled('c2', 'nobody'), enrolled('c2', 'a', { endDate: '2026-09-30' })],
      classes: [section('c2')],
    }),
    policy: { classes: { requireStudents: true } },
    changes: [...CREATED, 'class-create c1 K1 NEW_CLASS', ...JOINED],
    notes: ['K2 EMPTY_CLASS c2'],
  },
  {
    title: 'not K2: one student is enough',
    feed: C1,
    policy: { classes: { requireStudents: true } },
    changes: [...CREATED, 'class-create c1 K1 NEW_CLASS', ...JOINED],
    never: ['K2'],
  },
  {
    title: 'K3: a section with students and no teacher is created, and a person is told',
    feed: classWith('c1', { teachers: [] }),
    changes: ['user-create a U1 NEW_PERSON', 'class-create c1 K1 NEW_CLASS', 'enrollment-add c1/a M1 ENROLLED'],
    notes: ['K3 NO_TEACHER c1'],
  },
  {
    title: 'K3: with requireTeacher it is skipped, and its students get no account',
    feed: classWith('c1', { teachers: [] }),
    policy: { classes: { requireTeacher: true } },
    changes: [],
    notes: ['K3 NO_TEACHER c1'],
    never: ['K1', 'U1'],
  },
  {
    title: 'not K3: a section with neither students nor teachers is merely empty',
    feed: classWith('c1', { students: [], teachers: [] }),
    policy: { classes: { requireTeacher: true } },
    changes: ['class-create c1 K1 NEW_CLASS'],
    never: ['K3'],
  },
];

const presence: readonly Row[] = [
  { title: 'K4: the same on both sides: nothing', feed: C1, host: hostOf(C1), policy: ARCHIVE, changes: [] },
  {
    title: 'K5: the feed renames the class, and the class follows',
    feed: classWith('c1', { name: 'Algebra' }),
    host: hostOf(C1),
    changes: [
      {
        line: 'class-update c1 K5 NAME_CHANGED',
        before: { name: 'Class c1', synced: { name: 'Class c1' } },
        after: { name: 'Algebra', synced: { name: 'Algebra', schoolSourcedId: 's1' } },
      },
    ],
  },
  {
    title: 'K5: a name that a person changed is kept although the feed renames',
    feed: classWith('c1', { name: 'Algebra' }),
    host: hostOf(C1, { classes: { c1: { name: 'My class', hostFields: ['name'] } } }),
    changes: [],
    notes: ['K5 NAME_STICKY c1'],
  },
  {
    title: 'not K5: a name that the store shortened is judged against what was last applied',
    feed: classWith('c1', { name: 'A very long name' }),
    host: hostOf(classWith('c1', { name: 'A very long name' }), { classes: { c1: { name: 'A very' } } }),
    changes: [],
    never: ['K5'],
  },
  {
    title: 'not K5: a person’s own name raises no conflict while the feed’s name stays',
    feed: C1,
    host: hostOf(C1, { classes: { c1: { name: 'My class', hostFields: ['name'] } } }),
    changes: [],
    never: ['K5', 'NAME_STICKY'],
  },
  {
    title: 'K6: a class that moves between two schools of the scope moves',
    feed: classWith('c1', { schoolSourcedId: 's2', students: [], teachers: [] }),
    host: hostOf(classWith('c1', { students: [], teachers: [] })),
    changes: [
      {
        line: 'class-move c1 K6 SCHOOL_CHANGED',
        before: { schoolSourcedId: 's1' },
        after: { schoolSourcedId: 's2', synced: { schoolSourcedId: 's2' } },
      },
    ],
  },
  {
    title: 'K6: a class that moved out of the scope is never archived',
    feed: merge(classWith('c1', { schoolSourcedId: 's2', students: [], teachers: [] })),
    host: hostOf(classWith('c1', { students: [], teachers: [] })),
    scope: SCHOOL_1,
    policy: ARCHIVE,
    changes: [],
    notes: ['K6 MOVED_OUT_OF_SCOPE c1'],
  },
  {
    title: 'K6: a class that moved into the scope is left to its own school’s run, and takes no name',
    feed: merge(
      classWith('c1', { students: [], teachers: [], name: 'Art' }),
      classWith('c2', { students: [], teachers: [], name: 'Art' }),
    ),
    host: hostOf(classWith('c1', { schoolSourcedId: 's2', students: [], teachers: [], name: 'Art' })),
    scope: SCHOOL_1,
    changes: ['class-create c2 K1 NEW_CLASS'],
    notes: ['K6 MOVED_FROM_OUTSIDE_SCOPE c1'],
  },
  {
    title: 'not K6: a class of another school does not concern this scope',
    feed: classWith('c1', { schoolSourcedId: 's2', name: 'Renamed', students: [], teachers: [] }),
    host: hostOf(classWith('c1', { schoolSourcedId: 's2', students: [], teachers: [] })),
    scope: SCHOOL_1,
    changes: [],
    never: ['K5', 'K6'],
  },
  {
    title: 'K11: an active class whose term is over is kept while the feed has it',
    feed: classWith('c1', { termSourcedIds: ['last'] }),
    host: hostOf(classWith('c1', { termSourcedIds: ['last'] })),
    policy: ARCHIVE,
    changes: [],
  },
  {
    title: 'K13: a class made by hand is no twin: the section of the same name is created beside it',
    feed: C1,
    host: { classes: [localClass(undefined, { name: 'Class c1' })] },
    changes: [...CREATED, 'class-create c1 K1 NEW_CLASS', ...JOINED],
  },
  {
    title: 'K13: a class made by hand is never archived, whatever the policy',
    feed: {},
    host: { classes: [localClass(undefined), localClass('x1', { origin: 'linked' })] },
    policy: { ...ARCHIVE, fullDataReach: 'everyone' },
    changes: [],
    never: ['K7'],
  },
  {
    title: 'K13: a class that a person tied to a section follows the section’s fields',
    feed: classWith('c1', { name: 'Algebra', students: [], teachers: [] }),
    host: hostOf(classWith('c1', { students: [], teachers: [] }), { classes: { c1: { origin: 'linked' } } }),
    changes: [{ line: 'class-update c1 K5 NAME_CHANGED', after: { name: 'Algebra' } }],
  },
  {
    title: 'K17: the class options follow the policy, save those that the host changed itself',
    feed: C1,
    host: hostOf(C1, {
      classes: {
        c1: {
          options: { behaviorManagement: true, studentPortfolios: false, parentCommunication: true },
          hostFields: ['options.studentPortfolios'],
        },
      },
    }),
    policy: { classes: { options: { behaviorManagement: false, parentCommunication: false } } },
    changes: [
      {
        line: 'class-update c1 K17 OPTIONS_CHANGED',
        after: { options: { behaviorManagement: false, studentPortfolios: false, parentCommunication: false } },
      },
      'class-update zz K17 OPTIONS_CHANGED',
    ],
  },
  {
    title: 'K17: an option of the host’s own whose value nobody knows follows the policy',
    feed: C1,
    host: hostOf(C1, {
      classes: { c1: { options: { parentCommunication: true } as never, hostFields: ['options.studentPortfolios'] } },
    }),
    policy: { classes: { options: { behaviorManagement: false } } },
    changes: [
      {
        line: 'class-update c1 K17 OPTIONS_CHANGED',
        after: { options: { behaviorManagement: false, studentPortfolios: true, parentCommunication: true } },
      },
      'class-update zz K17 OPTIONS_CHANGED',
    ],
  },
  {
    title: 'not K17: an option that the host changed is left alone while the policy stays',
    feed: C1,
    host: hostOf(C1, {
      classes: { c1: { options: { behaviorManagement: false, studentPortfolios: true, parentCommunication: true } } },
    }),
    changes: [],
    never: ['K17'],
  },
];

const absence: readonly Row[] = [
  {
    title: 'K7: an absent class is archived by the sync, its members frozen and not removed',
    feed: PEOPLE_ONLY,
    host: hostOf(C1),
    policy: ARCHIVE,
    changes: [
      {
        line: 'class-archive c1 K7 CLASS_ABSENT',
        before: { state: 'active' },
        after: { state: 'archived', by: 'sync', archivedAt: '2026-10-01T06:00:00.000Z' },
        evidence: { cause: 'SECTION_GONE', level: 'E1' },
      },
    ],
  },
  {
    title: 'K7: a tombstone is explicit evidence',
    feed: { ...PEOPLE_ONLY, classes: [section('c1', { status: 'tobedeleted' })] },
    host: hostOf(C1),
    policy: ARCHIVE,
    changes: [{ line: 'class-archive c1 K7 CLASS_ABSENT', evidence: { cause: 'TOMBSTONE', level: 'E2' } }],
  },
  {
    title: 'K7: a term that is over is named as the cause, and only then',
    feed: PEOPLE_ONLY,
    host: hostOf(classWith('c1', { termSourcedIds: ['last'] })),
    policy: ARCHIVE,
    changes: [{ line: 'class-archive c1 K7 CLASS_ABSENT', evidence: { cause: 'TERM_ENDED', level: 'E1' } }],
  },
  {
    title: 'not K7: without a read of all schools a missing class may have moved',
    feed: { ...PEOPLE_ONLY, attestation: attested({}, { allSchools: false }) },
    host: hostOf(C1),
    policy: ARCHIVE,
    changes: [],
    notes: ['K7 UNREAD_ELSEWHERE c1'],
  },
  {
    title: 'K7: a tombstone needs no read of all schools',
    feed: {
      ...PEOPLE_ONLY,
      classes: [section('c1', { status: 'tobedeleted' })],
      attestation: attested({}, { allSchools: false }),
    },
    host: hostOf(C1),
    policy: ARCHIVE,
    changes: ['class-archive c1 K7 CLASS_ABSENT'],
  },
  {
    title: 'not K7: a class that enrollments still name is unshared, not gone',
    feed: { ...PEOPLE_ONLY, enrollments: [enrolled('c1', 'a')] },
    host: hostOf(C1),
    policy: ARCHIVE,
    changes: [],
    notes: ['M10 CLASS_UNSHARED c1'],
    never: ['K7'],
  },
  {
    title: 'not K7: an absent class that is archived already stays as it is, whoever archived it',
    feed: PEOPLE_ONLY,
    host: mergeHosts(hostOf(C1, { classes: { c1: BY_SYNC } }), {
      classes: [localClass('c2', BY_USER), localClass('c3', { state: 'purged', by: 'user' })],
    }),
    policy: ARCHIVE,
    changes: [],
    never: ['K7'],
  },
  {
    title: 'K8: a class that the sync archived comes back with its frozen members, judged against the feed',
    feed: merge(classWith('c1', { students: ['a', 'c'] }), { users: classWith('c1', { students: ['b'] }).users ?? [] }),
    host: hostOf(classWith('c1', { students: ['a', 'b', 'c'] }), {
      classes: { c1: BY_SYNC },
      members: { 'c1/c': { state: 'removed', by: 'sync' } },
    }),
    policy: ARCHIVE,
    changes: [
      {
        line: 'class-unarchive c1 K8 CLASS_RETURNED',
        before: BY_SYNC,
        after: { state: 'active', by: null, archivedAt: null },
      },
      'enrollment-restore c1/c M5 RETURNED',
      'enrollment-remove c1/b M3 MEMBER_ABSENT',
    ],
    notes: ['U6 UNASSIGNED b'],
  },
  {
    title: 'K8: with unarchive off it stays archived, and a person is told',
    feed: C1,
    host: hostOf(C1, { classes: { c1: BY_SYNC } }),
    policy: { ...ARCHIVE, unarchive: 'off' },
    changes: [],
    notes: ['K8 STAYS_ARCHIVED c1'],
  },
  {
    title: 'not K8: an archived class that is still absent does not come back',
    feed: PEOPLE_ONLY,
    host: hostOf(C1, { classes: { c1: BY_SYNC } }),
    policy: ARCHIVE,
    changes: [],
    never: ['K8'],
  },
  {
    title: 'K9: what a person archived stays archived, and its name stays taken, so that no twin comes in its stead',
    feed: merge(C1, classWith('c2', { name: 'class  C1' })),
    host: hostOf(C1, { classes: { c1: BY_USER } }),
    policy: ARCHIVE,
    changes: [],
    notes: ['K9 LOCAL_ARCHIVE_WINS c1', 'D1 DUPLICATE_NAME c2'],
  },
  {
    title: 'K9: with unarchive always it comes back like any other',
    feed: C1,
    host: hostOf(C1, { classes: { c1: BY_USER } }),
    policy: { unarchive: 'always' },
    changes: [{ line: 'class-unarchive c1 K9 CLASS_RETURNED', before: { by: 'user' }, after: { state: 'active' } }],
  },
  {
    title: 'not K9: what a sync archived does not keep a name taken while it may not come back',
    feed: merge(
      classWith('c1', { students: [], teachers: [] }),
      classWith('c2', { name: 'Class c1', students: [], teachers: [] }),
    ),
    host: hostOf(classWith('c1', { students: [], teachers: [] }), { classes: { c1: BY_SYNC } }),
    policy: { unarchive: 'off' },
    changes: ['class-create c2 K1 NEW_CLASS'],
    notes: ['K8 STAYS_ARCHIVED c1'],
    never: ['K9'],
  },
  {
    title: 'K13: a class that people had made and tied does not come back by itself',
    feed: C1,
    host: hostOf(C1, { classes: { c1: { ...BY_SYNC, origin: 'linked' } } }),
    policy: { unarchive: 'always' },
    changes: [],
    notes: ['K8 STAYS_ARCHIVED c1'],
  },
  {
    title: 'K12: a class under a new sourcedId is archived and created again; nothing is adopted by itself',
    feed: classWith('c2', { name: 'Class c1' }),
    host: hostOf(C1),
    policy: ARCHIVE,
    changes: [
      'class-create c2 K1 NEW_CLASS',
      'enrollment-add c2/a M1 ENROLLED',
      'enrollment-add c2/t M1 ENROLLED',
      'class-archive c1 K7 CLASS_ABSENT',
    ],
    notes: ['K12 MOVED_PROPOSED c1'],
  },
  {
    title: 'K14: a purged class is not created again, and its name stays taken',
    feed: merge(C1, classWith('c2', { name: 'Class c1' })),
    host: hostOf(C1, { classes: { c1: { state: 'purged', by: 'user' } } }),
    policy: { unarchive: 'always' },
    changes: [],
    notes: ['K14 PURGED_BY_USER c1', 'D1 DUPLICATE_NAME c2'],
  },
  {
    title: 'not K14: a purged class that the feed lacks too keeps no name taken',
    feed: classWith('c2', { name: 'Class c1' }),
    host: hostOf(C1, { classes: { c1: { state: 'purged', by: 'user' } } }),
    changes: ['class-create c2 K1 NEW_CLASS', 'enrollment-add c2/a M1 ENROLLED', 'enrollment-add c2/t M1 ENROLLED'],
    never: ['K14', 'DUPLICATE_NAME'],
  },
  {
    title: 'K16: a class that a person revived stays while the feed still lacks it',
    feed: PEOPLE_ONLY,
    host: hostOf(C1, { classes: { c1: { revived: true } } }),
    policy: ARCHIVE,
    changes: [],
    notes: ['K16 LOCAL_REVIVE_WINS c1'],
  },
  {
    title: 'K16: once it is present again, its later absence counts again',
    feed: C1,
    host: hostOf(C1, { classes: { c1: { revived: true } } }),
    policy: ARCHIVE,
    changes: [
      { line: 'class-update c1 K16 REVIVED_CLASS_PRESENT', before: { revived: true }, after: { revived: null } },
    ],
  },
  {
    title: 'not K16: a class that nobody revived is archived',
    feed: PEOPLE_ONLY,
    host: hostOf(C1),
    policy: ARCHIVE,
    changes: ['class-archive c1 K7 CLASS_ABSENT'],
    never: ['K16'],
  },
];

const recycledFields = { termSourcedIds: ['spring'] } as const;
const recycledFeed = classWith('c1', { students: OTHERS, teachers: ['u'], ...recycledFields });

const AIDE = { role: 'aide', synced: { role: 'aide' } } as const;

const recycled: readonly Row[] = [
  {
    title: 'K10: another teacher, other students and another term: held, and neither created nor changed nor joined',
    feed: classWith('c1', { name: 'Dance', students: OTHERS, teachers: ['u'], termSourcedIds: ['spring'] }),
    host: hostOf(classWith('c1', { students: FIVE })),
    policy: FULL,
    changes: [
      'user-create u U2 NEW_PERSON',
      {
        line: 'class-rekey c1 K10 ID_GIVEN_UP',
        before: { sourcedId: 'c1' },
        after: { sourcedId: null, origin: 'local' },
      },
      'class-create c1 K1 NEW_CLASS',
    ],
    holds: ['K10:c1 RECYCLED_ID 2'],
  },
  {
    title: 'K10: a class that returns as another one stays archived, and held',
    feed: classWith('c1', { students: OTHERS, teachers: ['u'], termSourcedIds: ['spring'] }),
    host: hostOf(classWith('c1', { students: FIVE }), { classes: { c1: BY_SYNC } }),
    policy: FULL,
    changes: ['user-create u U2 NEW_PERSON', 'class-rekey c1 K10 ID_GIVEN_UP', 'class-create c1 K1 NEW_CLASS'],
    holds: ['K10:c1 RECYCLED_ID 2'],
  },
  {
    title: 'K10: with Full Data and Archive the class that gives its id up is archived',
    feed: classWith('c1', { students: OTHERS, teachers: ['u'], termSourcedIds: ['spring'] }),
    host: hostOf(classWith('c1', { students: FIVE })),
    policy: ARCHIVE,
    changes: [
      'user-create u U2 NEW_PERSON',
      { line: 'class-rekey c1 K10 ID_GIVEN_UP', after: { sourcedId: null, state: 'archived', by: 'sync' } },
      'class-create c1 K1 NEW_CLASS',
    ],
    holds: ['K10:c1 RECYCLED_ID 2'],
  },
  {
    title: 'K10: what was discarded once leaves the class as it is, and says so',
    feed: recycledFeed,
    host: {
      ...hostOf(classWith('c1', { students: FIVE })),
      ledger: {
        ...emptyLedger,
        suppressions: [
          {
            kind: 'class-create',
            subject: 'class:c1',
            fingerprint: classFingerprint(section('c1', recycledFields)),
            cause: 'discard',
          },
        ],
      },
    },
    policy: FULL,
    changes: ['user-create u U2 NEW_PERSON'],
    notes: ['K10 RECYCLED_ID_KEPT c1'],
  },
  {
    title: 'K10: an import without classes only says so',
    feed: recycledFeed,
    host: hostOf(classWith('c1', { students: FIVE })),
    policy: { ...FULL, steps: ['students', 'teachers'] },
    changes: ['user-create u U2 NEW_PERSON'],
    notes: ['K10 RECYCLED_ID_KEPT c1'],
  },
  {
    title: 'not K10: a fifth of the students is enough to be the same class; the teacher changes',
    feed: classWith('c1', { students: ['a1', 'b2', 'b3', 'b4', 'b5'], teachers: ['u'], termSourcedIds: ['spring'] }),
    host: hostOf(classWith('c1', { students: ['a1', 'b2', 'b3', 'b4', 'b5'].map((id) => id.replace('b', 'a')) })),
    changes: [
      ...['b2', 'b3', 'b4', 'b5'].map((id) => `user-create ${id} U1 NEW_PERSON`),
      'user-create u U2 NEW_PERSON',
      'class-update c1 K5 FIELDS_CHANGED',
      ...['b2', 'b3', 'b4', 'b5', 'u'].map((id) => `enrollment-add c1/${id} M1 ENROLLED`),
    ],
    never: ['K10'],
  },
  {
    title: 'not K10: in the same term it is the same class; under Full Data the old teacher leaves (M3)',
    feed: merge(classWith('c1', { students: ['b1'], teachers: ['u'] }), { users: classWith('c1').users ?? [] }),
    host: hostOf(C1),
    policy: FULL,
    changes: [
      'user-create b1 U1 NEW_PERSON',
      'user-create u U2 NEW_PERSON',
      'enrollment-add c1/b1 M1 ENROLLED',
      'enrollment-add c1/u M1 ENROLLED',
      'enrollment-remove c1/a M3 MEMBER_ABSENT',
      'enrollment-remove c1/t M3 MEMBER_ABSENT',
    ],
    notes: ['U6 UNASSIGNED a', 'U6 UNASSIGNED t'],
    never: ['K10'],
  },
  {
    title: 'not K10: a class that had an aide and no teacher gets its first',
    feed: recycledFeed,
    host: hostOf(classWith('c1', { students: FIVE, teachers: ['t'] }), { members: { 'c1/t': AIDE } }),
    changes: [
      ...OTHERS.map((id) => `user-create ${id} U1 NEW_PERSON`),
      'user-create u U2 NEW_PERSON',
      'class-update c1 K5 FIELDS_CHANGED',
      ...OTHERS.map((id) => `enrollment-add c1/${id} M1 ENROLLED`),
      'enrollment-add c1/u M1 ENROLLED',
    ],
    never: ['K10'],
  },
  {
    title: 'not K10: with the same teacher the students may all be new',
    feed: classWith('c1', { students: ['b1'], termSourcedIds: ['spring'] }),
    host: hostOf(C1),
    changes: ['user-create b1 U1 NEW_PERSON', 'class-update c1 K5 FIELDS_CHANGED', 'enrollment-add c1/b1 M1 ENROLLED'],
    never: ['K10'],
  },
];

const schools: readonly Row[] = [
  {
    title: 'S1: a new school is created',
    feed: { schools: [school('s1'), school('s2'), school('s3', { identifier: '0042' })] },
    changes: [
      {
        line: 'school-create s3 S1 NEW_SCHOOL',
        before: null,
        after: { name: 'School s3', identifier: '0042', origin: 'roster', synced: { name: 'School s3' } },
      },
    ],
  },
  {
    title: 'not S1: a school outside the scope or marked as deleted is not created',
    feed: { schools: [school('s1'), school('s3'), school('s4', { status: 'tobedeleted' })] },
    scope: { tenant: 'district-1', schools: ['s1', 's4'] },
    changes: [],
    notes: ['Z5 SCOPE_SCHOOL_UNKNOWN s4'],
    never: ['S1'],
  },
  {
    title: 'S2: a school follows its name in the feed',
    feed: { schools: [school('s1', { name: 'Lincoln' }), school('s2')] },
    changes: [
      {
        line: 'school-update s1 S2 FIELDS_CHANGED',
        before: { name: 'School s1' },
        after: { name: 'Lincoln', synced: { name: 'Lincoln' } },
      },
    ],
  },
  {
    title: 'S2: a name that a person changed stays; only what was last read is remembered',
    feed: { schools: [school('s1', { name: 'Lincoln' })] },
    host: {
      schools: [
        {
          id: 'school-s1',
          version: 1,
          origin: 'roster',
          sourcedId: 's1',
          name: 'Our school',
          hostFields: ['name'],
          synced: { name: 'School s1' },
        },
      ],
    },
    changes: [
      { line: 'school-update s1 S2 FIELDS_CHANGED', after: { synced: { name: 'Lincoln' } }, evidence: { fields: [] } },
    ],
  },
  {
    title: 'not S2: a school that the feed lacks is left alone, and so is an empty name',
    feed: { schools: [school('s1', { name: '' })] },
    policy: ARCHIVE,
    changes: [],
    never: ['S2'],
  },
];

describe('classes: first import', () => {
  it.each(creation)('$title', checkRow);
});

describe('classes: present', () => {
  it.each(presence)('$title', checkRow);
});

describe('classes: absent, archived, returning', () => {
  it.each(absence)('$title', checkRow);

  it('K7: a note about an absent class names its school', () => {
    const plan = planOf({ feed: PEOPLE_ONLY, host: hostOf(C1) });
    expect(plan.notes).toMatchObject([{ rule: 'K7', code: 'ABSENT_KEPT', schoolSourcedId: 's1' }]);
  });
});

describe('classes: an id that is used again', () => {
  it.each(recycled)('$title', checkRow);
});

describe('schools', () => {
  it.each(schools)('$title', checkRow);
});
