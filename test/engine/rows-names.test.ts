import { describe, expect, it } from 'vitest';
import type { ChangeKind, Class, LocalClass } from '../../src/model/index.js';
import { emptyLedger } from '../../src/model/index.js';
import type { PolicyInput } from '../../src/policy/index.js';
import {
  attested,
  localClass,
  localUser,
  SCOPE,
  school,
  section,
  student,
  teacher,
  teaching,
} from '../support/build.js';
import {
  changeLines,
  checkRow,
  classWith,
  hostOf,
  merge,
  mergeHosts,
  noteLines,
  people,
  planOf,
  type ClassWith,
  type Row,
} from '../support/rows.js';

const ARCHIVE = { fullData: true, archive: true };
const BY_SYNC = { state: 'archived', by: 'sync', archivedAt: '2026-09-01T00:00:00.000Z' } as const;

/** A section without people, named `Math` unless told otherwise. */
function math(sourcedId: string, fields: ClassWith = {}) {
  return classWith(sourcedId, { name: 'Math', students: [], teachers: [], ...fields });
}

const ART = { name: 'Art' };
const NORTH = { schoolSourcedId: 's2' };
const SOUTH = { ...SCOPE, schools: ['s1'] };

function withoutSynced({ synced: _synced, ...local }: LocalClass): LocalClass {
  return local;
}

const created = (sourcedId: string) => `class-create ${sourcedId} K1 NEW_CLASS`;

const first: readonly Row[] = [
  {
    title: 'D1: of new sections with one name the smallest sourcedId is imported, and no member of the others',
    feed: merge(math('c2', { students: ['b'], teachers: ['u'] }), math('c1', { students: ['a'], teachers: ['t'] })),
    policy: { teachers: { create: 'populated' } },
    changes: [
      'user-create a U1 NEW_PERSON',
      'user-create t U2 NEW_PERSON',
      created('c1'),
      'enrollment-add c1/a M1 ENROLLED',
      'enrollment-add c1/t M1 ENROLLED',
    ],
    notes: ['D1 DUPLICATE_NAME c2', 'U2 TEACHER_CLASS_EMPTY u'],
  },
  {
    title: 'D1: names are compared without case, in NFC, and with any white space as one space',
    feed: merge(math('c1', { name: 'Café  1' }), math('c2', { name: ' cafe\u0301\t1 ' })),
    changes: [created('c1')],
    notes: ['D1 DUPLICATE_NAME c2'],
  },
  {
    title: 'D1: ids are compared by code unit, neither as numbers nor without case',
    feed: merge(math('a10'), math('a9'), math('Z')),
    changes: [created('Z')],
    notes: ['D1 DUPLICATE_NAME a10', 'D1 DUPLICATE_NAME a9'],
  },
  {
    title: 'D1: a section that is skipped for another reason takes no name',
    feed: merge(math('c1'), math('c2', { students: ['a'], teachers: ['t'] })),
    policy: { classes: { requireStudents: true } },
    changes: [
      'user-create a U1 NEW_PERSON',
      'user-create t U2 NEW_PERSON',
      created('c2'),
      'enrollment-add c2/a M1 ENROLLED',
      'enrollment-add c2/t M1 ENROLLED',
    ],
    notes: ['K2 EMPTY_CLASS c1'],
    never: ['DUPLICATE_NAME'],
  },
  {
    title: 'not D1: the same name in another school is no duplicate',
    feed: merge(math('c1'), math('c2', { schoolSourcedId: 's2' })),
    changes: [created('c1'), created('c2')],
    never: ['DUPLICATE_NAME'],
  },
  {
    title: 'D2: an imported class never loses, whatever its sourcedId; the new section waits',
    feed: merge(math('c1'), math('c2')),
    host: hostOf(math('c2')),
    policy: ARCHIVE,
    changes: [],
    notes: ['D1 DUPLICATE_NAME c1'],
  },
  {
    title: 'D2: two classes of one name that are imported already both stay',
    feed: merge(math('c1'), math('c2')),
    host: hostOf(merge(math('c1'), math('c2'))),
    policy: ARCHIVE,
    changes: [],
    never: ['DUPLICATE_NAME', 'NAME_SHARED'],
  },
  {
    title: 'D2: a class that a person tied to a section takes its name, too',
    feed: merge(math('c1'), math('c2')),
    host: { classes: [localClass('c2', { origin: 'linked', name: 'Math' })] },
    changes: [],
    notes: ['D1 DUPLICATE_NAME c1'],
  },
  {
    title: 'D2: a class that a person renamed frees its name, and the next section comes in',
    feed: merge(math('c1'), math('c2'), math('c3')),
    host: hostOf(math('c1'), { classes: { c1: { name: 'Math, period 1', hostFields: ['name'] } } }),
    changes: [created('c2')],
    notes: ['D1 DUPLICATE_NAME c3'],
  },
  {
    title: 'D2: a class that the feed renames in the same plan frees its old name and takes the new one',
    feed: merge(math('c1', { name: 'Art' }), math('c2'), math('c3', { name: 'Art' })),
    host: hostOf(math('c1')),
    changes: [{ line: 'class-update c1 K5 NAME_CHANGED', after: { name: 'Art' } }, created('c2')],
    notes: ['D1 DUPLICATE_NAME c3'],
  },
  {
    title: 'D3: when the winner leaves, the next section comes in the same plan',
    feed: merge(math('c2'), math('c3')),
    host: hostOf(math('c1')),
    policy: ARCHIVE,
    changes: [created('c2'), 'class-archive c1 K7 CLASS_ABSENT'],
    notes: ['D1 DUPLICATE_NAME c3'],
  },
  {
    title:
      'D3: a leaving class takes no name even where Full Data is off: last year’s classes must not block this year’s',
    feed: math('c2'),
    host: hostOf(math('c1')),
    changes: [created('c2')],
    notes: ['K7 ABSENT_KEPT c1', 'K12 MOVED_PROPOSED c1'],
  },
  {
    title: 'D3: nor where a limit holds its archiving',
    feed: math('c2'),
    host: hostOf(merge(math('c1'), math('d1', { name: 'd1' }), math('d2', { name: 'd2' }))),
    policy: { ...ARCHIVE, limits: { classes: 0.1 } },
    changes: [
      created('c2'),
      'class-archive c1 K7 CLASS_ABSENT',
      'class-archive d1 K7 CLASS_ABSENT',
      'class-archive d2 K7 CLASS_ABSENT',
    ],
    notes: ['K12 MOVED_PROPOSED c1'],
    holds: ['G6:classes LIMIT_EXCEEDED 3'],
  },
  {
    title: 'not D3: a class whose absence is not proven keeps its name',
    feed: { ...math('c2'), attestation: attested({}, { allSchools: false }) },
    host: hostOf(math('c1')),
    policy: ARCHIVE,
    changes: [],
    notes: ['K7 UNREAD_ELSEWHERE c1', 'D1 DUPLICATE_NAME c2'],
  },
  {
    title: 'not D3: a class that a person revived keeps its name while it is absent',
    feed: math('c2'),
    host: hostOf(math('c1'), { classes: { c1: { revived: true } } }),
    policy: ARCHIVE,
    changes: [],
    notes: ['K16 LOCAL_REVIVE_WINS c1', 'D1 DUPLICATE_NAME c2', 'K12 MOVED_PROPOSED c1'],
  },
  {
    title: 'not D3: classes of a school that is gone as a whole keep their names',
    feed: merge(math('c2', { schoolSourcedId: 's1' })),
    host: hostOf(math('c1', { schoolSourcedId: 's2' })),
    policy: ARCHIVE,
    changes: [created('c2'), 'class-archive c1 K7 CLASS_ABSENT'],
    notes: ['Z5 SCHOOL_GONE s2'],
    holds: ['SCHOOL_GONE:s2 SCHOOL_GONE 1'],
  },
  {
    title: 'D4: a class comes back although another bears its name by now',
    feed: merge(math('c1'), math('c2')),
    host: mergeHosts(hostOf(math('c1'), { classes: { c1: BY_SYNC } }), hostOf(math('c2'))),
    changes: ['class-unarchive c1 K8 CLASS_RETURNED'],
    notes: ['D4 NAME_SHARED c1'],
  },
  {
    title: 'D4: a returning class is decided before a new one, and takes its name',
    feed: merge(math('c1'), math('c0')),
    host: hostOf(math('c1'), { classes: { c1: BY_SYNC } }),
    changes: ['class-unarchive c1 K8 CLASS_RETURNED'],
    notes: ['D1 DUPLICATE_NAME c0'],
  },
  {
    title: 'D4: a rename to a name that another class bears is followed, and a person is told',
    feed: merge(math('c1'), math('c2')),
    host: hostOf(merge(math('c1'), math('c2', { name: 'Art' }))),
    changes: [{ line: 'class-update c2 K5 NAME_CHANGED', after: { name: 'Math' } }],
    notes: ['D4 NAME_SHARED c2'],
  },
  {
    title: 'D4: so is a move to a school where another class bears the name',
    feed: merge(math('c1'), math('c2'), math('c3', { schoolSourcedId: 's2', name: 'Art' })),
    host: hostOf(
      merge(math('c1'), math('c2', { schoolSourcedId: 's2' }), math('c3', { schoolSourcedId: 's2', name: 'Art' })),
    ),
    changes: [{ line: 'class-move c2 K6 SCHOOL_CHANGED', after: { schoolSourcedId: 's1' } }],
    notes: ['D4 NAME_SHARED c2'],
  },
  {
    title: 'not D4: a rename to a name that is free, or that a person keeps from happening, is shared with none',
    feed: merge(math('c1', { name: 'Art' }), math('c2'), math('c3')),
    host: hostOf(merge(math('c1'), math('c2'), math('c3', { name: 'Music' })), {
      classes: { c3: { hostFields: ['name'] } },
    }),
    changes: ['class-update c1 K5 NAME_CHANGED'],
    notes: ['K5 NAME_STICKY c3'],
    never: ['NAME_SHARED'],
  },
  {
    title: 'not D4: a class that returns alone shares its name with none',
    feed: math('c1'),
    host: hostOf(math('c1'), { classes: { c1: BY_SYNC } }),
    changes: ['class-unarchive c1 K8 CLASS_RETURNED'],
    never: ['NAME_SHARED'],
  },
];

const BY_USER = { ...BY_SYNC, by: 'user' } as const;

/** Under which names and where a class keeps its place once the plan is applied. */
const claims: readonly Row[] = [
  {
    title:
      'D2: a class that a person tied to a section takes the name that the feed gives it, and frees the former one',
    feed: merge(math('c1', { name: 'Art' }), math('c2', { name: 'Art' }), math('c3')),
    host: hostOf(math('c1'), { classes: { c1: { origin: 'linked' } } }),
    changes: ['class-update c1 K5 NAME_CHANGED', created('c3')],
    notes: ['D1 DUPLICATE_NAME c2'],
  },
  {
    title: 'D2: so does a class of which nobody knows what a sync wrote last',
    feed: merge(math('c1', { name: 'Art' }), math('c2', { name: 'Art' }), math('c3')),
    host: { classes: [withoutSynced(localClass('c1', { name: 'Math' }))] },
    changes: ['class-update c1 K5 NAME_CHANGED', created('c3')],
    notes: ['D1 DUPLICATE_NAME c2'],
  },
  {
    title: 'D4: a class that comes to bear the name of one in which something else changes is told',
    feed: merge(math('c1', { name: 'Art' }), math('c2', { name: 'Art', period: '3' })),
    host: hostOf(merge(math('c1'), math('c2', { name: 'Art' }))),
    changes: ['class-update c1 K5 NAME_CHANGED', 'class-update c2 K5 FIELDS_CHANGED'],
    notes: ['D4 NAME_SHARED c1'],
  },
  {
    title: 'D2: a tied class takes the name that it bears alone, whatever the section was called when it was tied',
    feed: merge(math('c1'), math('c2')),
    host: hostOf(math('c1'), { classes: { c1: { origin: 'linked', name: 'Our numbers' } } }),
    changes: [created('c2')],
    never: ['DUPLICATE_NAME'],
  },
  {
    title: 'K9: a class that a person archived keeps the name that it bears, and the one that the feed has for it now',
    feed: merge(math('c1', { name: 'Art' }), math('c2'), math('c3', { name: 'Art' })),
    host: hostOf(math('c1'), { classes: { c1: BY_USER } }),
    changes: [],
    notes: ['K9 LOCAL_ARCHIVE_WINS c1', 'D1 DUPLICATE_NAME c2', 'D1 DUPLICATE_NAME c3'],
  },
  {
    title: 'K9: and it keeps them where it is and where the feed has it now',
    feed: merge(math('c1', { schoolSourcedId: 's2' }), math('c2', { schoolSourcedId: 's2' }), math('c3')),
    host: hostOf(math('c1'), { classes: { c1: BY_USER } }),
    changes: [],
    notes: ['K9 LOCAL_ARCHIVE_WINS c1', 'D1 DUPLICATE_NAME c2', 'D1 DUPLICATE_NAME c3'],
  },
  {
    title: 'K10: a class that is held keeps the name that it bears, and the one under which the new class would come',
    feed: merge(
      math('c1', { name: 'Art', students: ['b'], teachers: ['u'], termSourcedIds: ['spring'] }),
      math('c2'),
      math('c3', { name: 'Art' }),
      { users: [student('a'), teacher('t')] },
    ),
    host: mergeHosts(hostOf(math('c1', { students: ['a'], teachers: ['t'] })), {
      users: [localUser(student('a')), localUser(student('b')), localUser(teacher('t')), localUser(teacher('u'))],
    }),
    changes: ['class-rekey c1 K10 ID_GIVEN_UP', created('c1')],
    notes: ['D1 DUPLICATE_NAME c2', 'D1 DUPLICATE_NAME c3'],
    holds: ['K10:c1 RECYCLED_ID 2'],
  },
  {
    title: 'K10: likewise where a person gave it the name that it bears',
    feed: merge(
      math('c1', { name: 'Art', students: ['b'], teachers: ['u'], termSourcedIds: ['spring'] }),
      math('c2'),
      math('c3', { name: 'Art' }),
      { users: [student('a'), teacher('t')] },
    ),
    host: mergeHosts(
      hostOf(math('c1', { students: ['a'], teachers: ['t'] }), { classes: { c1: { hostFields: ['name'] } } }),
      { users: [localUser(student('b')), localUser(teacher('u'))] },
    ),
    changes: ['class-rekey c1 K10 ID_GIVEN_UP', created('c1')],
    notes: ['D1 DUPLICATE_NAME c2', 'D1 DUPLICATE_NAME c3'],
    holds: ['K10:c1 RECYCLED_ID 2'],
  },
  {
    title: 'K6: what the sync archived takes no name where it crosses the border of the scope',
    feed: merge(math('c1', { schoolSourcedId: 's2' }), math('c2')),
    host: hostOf(math('c1'), { classes: { c1: BY_SYNC } }),
    scope: SOUTH,
    changes: [created('c2')],
    notes: ['K6 MOVED_OUT_OF_SCOPE c1'],
  },
  {
    title: 'K6: what a person archived does, and so does what is open',
    feed: merge(math('c1', { schoolSourcedId: 's2' }), math('c2'), math('d1', { ...ART, ...NORTH }), math('d2', ART)),
    host: hostOf(merge(math('c1'), math('d1', ART)), { classes: { c1: BY_USER } }),
    scope: SOUTH,
    changes: [],
    notes: ['K6 MOVED_OUT_OF_SCOPE c1', 'D1 DUPLICATE_NAME c2', 'K6 MOVED_OUT_OF_SCOPE d1', 'D1 DUPLICATE_NAME d2'],
  },
  {
    title: 'K6: nor is a name free of what a person deleted, on either side of the border',
    feed: merge(math('c1', { schoolSourcedId: 's2' }), math('c2')),
    host: hostOf(math('c1'), { classes: { c1: { state: 'purged', by: 'user' } } }),
    scope: SOUTH,
    changes: [],
    notes: ['K6 MOVED_OUT_OF_SCOPE c1', 'D1 DUPLICATE_NAME c2'],
  },
  {
    title: 'not D3: a class whose absence a feed without teachers tells of keeps its name, whatever Full Data does',
    feed: math('c2'),
    host: hostOf(math('c1', { teachers: ['t'] })),
    alone: true,
    changes: [],
    notes: ['K7 ABSENT_KEPT c1', 'D1 DUPLICATE_NAME c2', 'K12 MOVED_PROPOSED c1'],
  },
  {
    title: 'D3: with another teacher in it the feed is believed',
    feed: merge(math('c2'), people(teacher('u'))),
    host: mergeHosts(hostOf(math('c1', { teachers: ['t'] })), {
      users: [localUser(teacher('t')), localUser(teacher('u'))],
    }),
    alone: true,
    changes: [created('c2')],
    notes: ['K7 ABSENT_KEPT c1', 'K12 MOVED_PROPOSED c1'],
  },
  {
    title: 'not D4: a move that an incomplete read does not make is shared with none',
    feed: { ...merge(math('c1'), math('c2')), attestation: attested({ users: 'incomplete' }) },
    host: hostOf(merge(math('c1'), math('c2', { schoolSourcedId: 's2' }))),
    changes: [],
    never: ['NAME_SHARED'],
    holds: ['G2 INCOMPLETE_READ 0'],
  },
  {
    title: 'not D4: a class that returns shares its name with none that is closed',
    feed: merge(math('c1'), math('c2')),
    host: hostOf(merge(math('c1'), math('c2')), { classes: { c1: BY_SYNC, c2: BY_USER } }),
    changes: ['class-unarchive c1 K8 CLASS_RETURNED'],
    notes: ['K9 LOCAL_ARCHIVE_WINS c2'],
    never: ['NAME_SHARED'],
  },
  {
    title: 'not D4: nor does a new section, where all come in',
    feed: merge(math('c1'), math('c2'), math('c3')),
    host: hostOf(math('c1'), { classes: { c1: BY_USER } }),
    policy: { classes: { duplicateNames: 'all' } },
    changes: [created('c2'), created('c3')],
    notes: ['K9 LOCAL_ARCHIVE_WINS c1', 'D4 NAME_SHARED c3'],
  },
];

/** What tells four sections of one name and teacher apart. */
const PARTS: Readonly<Record<string, Partial<Class>>> = {
  c2: {},
  c3: { period: '2' },
  c4: { period: '2', grades: ['09'] },
  c5: { period: '2', grades: ['09'], sectionNumber: '003' },
};

const DISTINCT = { classes: { duplicateNames: 'disambiguate' } } as const;

const distinct: readonly Row[] = [
  {
    title:
      'D5: the others get the teacher’s family name, then period, grade and section number, until the name is free',
    feed: merge(
      { users: [teacher('t', { familyName: 'Smith' }), teacher('u', { familyName: 'Jones' })] },
      math('c1'),
      { classes: ['c2', 'c3', 'c4', 'c5'].map((id) => section(id, { name: 'Math', ...PARTS[id] })) },
      { enrollments: ['c2', 'c3', 'c4', 'c5'].map((id) => teaching(id, 't')) },
    ),
    policy: DISTINCT,
    changes: [
      'user-create t U2 NEW_PERSON',
      'user-create u U2 NEW_PERSON',
      { line: created('c1'), after: { name: 'Math' } },
      { line: 'class-create c2 D5 NEW_CLASS_DISTINCT_NAME', after: { name: 'Math (Smith)', synced: { name: 'Math' } } },
      { line: 'class-create c3 D5 NEW_CLASS_DISTINCT_NAME', after: { name: 'Math (Smith, 2)' } },
      { line: 'class-create c4 D5 NEW_CLASS_DISTINCT_NAME', after: { name: 'Math (Smith, 2, 09)' } },
      { line: 'class-create c5 D5 NEW_CLASS_DISTINCT_NAME', after: { name: 'Math (Smith, 2, 09, 003)' } },
      ...['c2', 'c3', 'c4', 'c5'].map((id) => `enrollment-add ${id}/t M1 ENROLLED`),
    ],
  },
  {
    title: 'D5: own names go first: a made-up name never takes the name of a section that bears it',
    feed: merge(
      { users: [teacher('t', { familyName: 'Smith' })] },
      math('c1'),
      { classes: [section('c2', { name: 'Math', period: '3' }), section('c3', { name: 'Math (Smith)' })] },
      { enrollments: [teaching('c2', 't')] },
    ),
    policy: DISTINCT,
    changes: [
      'user-create t U2 NEW_PERSON',
      created('c1'),
      { line: 'class-create c2 D5 NEW_CLASS_DISTINCT_NAME', after: { name: 'Math (Smith, 3)' } },
      created('c3'),
      'enrollment-add c2/t M1 ENROLLED',
    ],
  },
  {
    title: 'D5: the name is kept until the feed renames the section',
    feed: merge(math('c1'), math('c2')),
    host: hostOf(merge(math('c1'), math('c2')), { classes: { c2: { name: 'Math (Smith)' } } }),
    policy: DISTINCT,
    changes: [],
    never: ['D5', 'K5'],
  },
  {
    title: 'D5: when the feed renames the section, it bears the feed’s name',
    feed: merge(math('c1'), math('c2', { name: 'Geometry' })),
    host: hostOf(merge(math('c1'), math('c2')), { classes: { c2: { name: 'Math (Smith)' } } }),
    policy: DISTINCT,
    changes: [{ line: 'class-update c2 K5 NAME_CHANGED', after: { name: 'Geometry' } }],
  },
  {
    title: 'duplicateNames all: every section comes in, and shared names are noted',
    feed: merge(math('c1'), math('c2')),
    policy: { classes: { duplicateNames: 'all' } },
    changes: [created('c1'), created('c2')],
    notes: ['D4 NAME_SHARED c2'],
    never: ['DUPLICATE_NAME'],
  },
  {
    title: 'not D5: names that differ are left alone',
    feed: merge(math('c1'), math('c2', { name: 'Art' })),
    policy: DISTINCT,
    changes: [created('c1'), created('c2')],
    never: ['D5'],
  },
];

const OLD = '2026-09-01T00:00:00Z';
const NEW = '2026-09-02T00:00:00Z';

const repeated: readonly Row[] = [
  {
    title: 'D6: the newest of two records with one sourcedId counts',
    feed: {
      classes: [
        section('c1', { name: 'New', dateLastModified: NEW }),
        section('c1', { name: 'Old', dateLastModified: OLD }),
      ],
    },
    changes: [{ line: created('c1'), after: { name: 'New' } }],
    notes: ['D6 DUP_ID c1'],
  },
  {
    title: 'D6: of two equally new the active one counts',
    feed: { classes: [section('c1', { status: 'tobedeleted', name: 'A' }), section('c1', { name: 'B' })] },
    host: hostOf(math('c1', { name: 'B' })),
    policy: ARCHIVE,
    changes: [],
    notes: ['D6 DUP_ID c1'],
  },
  {
    title: 'D6: else the smaller as text',
    feed: { classes: [section('c1', { name: 'B' }), section('c1', { name: 'A' })] },
    changes: [{ line: created('c1'), after: { name: 'A' } }],
    notes: ['D6 DUP_ID c1'],
  },
  {
    title: 'D6: users and schools likewise',
    feed: {
      users: [
        teacher('t', { familyName: 'Old', dateLastModified: OLD }),
        teacher('t', { familyName: 'New', dateLastModified: NEW }),
      ],
      schools: [school('s1'), school('s1', { name: 'A' })],
    },
    changes: [
      { line: 'school-update s1 S2 FIELDS_CHANGED', after: { name: 'A' } },
      { line: 'user-create t U2 NEW_PERSON', after: { familyName: 'New' } },
    ],
    notes: ['D6 DUP_ID t', 'D6 DUP_ID s1'],
  },
  {
    title: 'not D6: a record that is repeated word for word is one record',
    feed: merge(math('c1'), math('c1')),
    changes: [created('c1')],
    never: ['D6'],
  },
];

describe('duplicate names', () => {
  it.each(first)('$title', checkRow);

  it('D1: the note holds the name, both ids and the teachers, so that a person can tell the sections apart', () => {
    const plan = planOf({
      feed: merge(math('c1', { teachers: ['t'] }), math('c2', { teachers: ['u', 'v'] })),
    });
    const note = plan.notes.find(({ code }) => code === 'DUPLICATE_NAME');
    expect(note?.evidence).toMatchObject({ name: 'Math', sourcedId: 'c2', takenBy: 'c1', teachers: ['u', 'v'] });
  });

  it('D1: what an undo took back keeps its name taken, so that no twin comes in its stead', () => {
    const feed = merge(math('c1'), math('c2'));
    const fingerprint = planOf({ feed }).changes.find(({ kind }) => kind === 'class-create')?.fingerprint ?? '';
    const plan = planOf({ feed, host: { ledger: suppressing('class-create', 'class:c1', fingerprint) } });
    expect(changeLines(plan)).toEqual([]);
    expect(plan.counts.notesByCode).toEqual({ SUPPRESSED: 1, DUPLICATE_NAME: 1 });
  });

  it('D3: a class whose archiving was undone is not leaving: it keeps its name', () => {
    const host = { ...hostOf(math('c1')), ledger: suppressing('class-archive', 'class:c1', 'absent') };
    const plan = planOf({ feed: math('c2'), host, policy: ARCHIVE });
    expect(changeLines(plan)).toEqual([]);
    expect(plan.counts.notesByCode).toEqual({ SUPPRESSED: 1, DUPLICATE_NAME: 1, MOVED_PROPOSED: 1 });
  });

  it('D4: an undone rename counts under both names', () => {
    const renamed = math('c1', { name: 'Art' });
    const host = hostOf(math('c1'));
    const fingerprint = planOf({ feed: renamed, host }).changes[0]?.fingerprint ?? '';
    const ledger = suppressing('class-update', 'class:c1', fingerprint);
    const plan = planOf({ feed: merge(renamed, math('c2'), math('c3', { name: 'Art' })), host: { ...host, ledger } });
    expect(changeLines(plan)).toEqual([]);
    expect(plan.counts.notesByCode).toEqual({ SUPPRESSED: 1, DUPLICATE_NAME: 2 });
  });
});

describe('names that classes keep', () => {
  it.each(claims)('$title', checkRow);

  it('an undone return keeps the name that the class bears, and the one that the feed has for it', () => {
    const feed = merge(math('c1', ART), math('c2'), math('c3', ART));
    const host = hostOf(math('c1'), { classes: { c1: BY_SYNC } });
    const fingerprint = planOf({ feed, host }).changes.find(({ subject }) => subject === 'class:c1')?.fingerprint ?? '';
    const ledger = suppressing('class-unarchive', 'class:c1', fingerprint);
    const plan = planOf({ feed, host: { ...host, ledger } });
    expect(changeLines(plan)).toEqual([]);
    expect(plan.counts.notesByCode).toEqual({ SUPPRESSED: 1, DUPLICATE_NAME: 2 });
  });

  it('an undone archive is told like any other, and keeps the members with their class', () => {
    const feed = people(student('a'), teacher('t'));
    const host = { ...hostOf(classWith('c1')), ledger: suppressing('class-archive', 'class:c1', 'absent') };
    const told = (policy: PolicyInput) => {
      const plan = planOf({ feed, host, policy });
      return [...changeLines(plan), ...noteLines(plan)];
    };
    expect(told(ARCHIVE)).toEqual(['UNDO SUPPRESSED c1']);
    expect(told({})).toEqual(['K7 ABSENT_KEPT c1']);
    expect(told({ fullData: true, absentClassMembers: 'remove' })).toEqual(['K7 ABSENT_CLASS_ACTIVE c1']);
  });
});

describe('distinct names', () => {
  it.each(distinct)('$title', checkRow);
});

describe('one sourcedId twice', () => {
  it.each(repeated)('$title', checkRow);
});

function suppressing(kind: ChangeKind, subject: string, fingerprint: string) {
  return { ...emptyLedger, suppressions: [{ kind, subject, fingerprint, cause: 'undo' as const }] };
}
