/** Rows for what few records have: two of one kind for one pair, a word taken back, or something that waits. */

import { describe, expect, it } from 'vitest';
import { guardianFingerprint, userFingerprint } from '../../src/engine/fingerprint.js';
import { noteGrace } from '../../src/engine/gates/notes.js';
import { emptyLedger, type Class, type LocalUser } from '../../src/model/index.js';
import {
  enrolled,
  guardian,
  localClass,
  localLink,
  localMember,
  localUser,
  NOW,
  section,
  student,
  teacher,
  teaching,
  type RosterParts,
} from '../support/build.js';
import { checkRow, classWith, hostOf, merge, mergeHosts, people, type Row } from '../support/rows.js';

const C1 = classWith('c1');
const FULL = { fullData: true } as const;
const ALL_STEPS = { steps: ['classes', 'teachers', 'students', 'guardians'] } as const;
const LINK = { guardianSourcedId: 'g', studentSourcedId: 'a' };
const G = { sisId: '7', givenName: 'Gia', familyName: 'Poe', email: 'gia@home.example' };

/** A member by hand who has no sourcedId. */
const { userSourcedId: _user, synced: _guest, ...GUEST } = localMember('c1', 'guest', { origin: 'local' });

/** As somebody tied them by hand: no sync has written anything yet. */
function tied(feed: Parameters<typeof localUser>[0], fields: Partial<LocalUser> = {}): LocalUser {
  const { synced: _synced, ...rest } = localUser(feed, { origin: 'linked', ...fields });
  return rest;
}

const FORBIDDEN = { ...LINK, contactType: 'Doctor', blocked: true };
const FAMILY = Array.from({ length: 40 }, (_, at) => {
  const id = String(at).padStart(2, '0');
  return { student: student(`s${id}`), parent: guardian(`p${id}`) };
});

function classesOf(prefix: string, count: number, fields: Partial<Class>): readonly Class[] {
  return Array.from({ length: count }, (_, at) => section(`${prefix}${String(at).padStart(2, '0')}`, fields));
}

/** Five classes, each with four students of grade 5 and six of grade 6: those of these grades. */
function schoolOf(grades: readonly string[]): Required<Pick<RosterParts, 'classes' | 'users' | 'enrollments'>> {
  const classes = ['k0', 'k1', 'k2', 'k3', 'k4'];
  const pupils = classes.flatMap((of) =>
    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'].map((at) => ({ of, at, grade: at < '4' ? '05' : '06' })),
  );
  const there = pupils.filter(({ grade }) => grades.includes(grade));
  return {
    classes: classes.map((id) => section(id)),
    users: [...there.map(({ of, at, grade }) => student(`${of}p${at}`, { grade })), teacher('t')],
    enrollments: [...there.map(({ of, at }) => enrolled(of, `${of}p${at}`)), ...classes.map((id) => teaching(id, 't'))],
  };
}

const members: readonly Row[] = [
  {
    title: 'M2: who is no longer the primary teacher loses the mark and nothing else',
    feed: { ...C1, enrollments: [enrolled('c1', 'a'), teaching('c1', 't', { primary: false })] },
    host: hostOf(C1),
    changes: [
      {
        line: 'enrollment-update c1/t M2 PRIMARY_CHANGED',
        before: { primary: true },
        after: { primary: null, synced: { role: 'teacher' } },
      },
    ],
  },
  {
    title: 'M8: a member without a sourcedId stays while another record waits',
    feed: C1,
    host: {
      ...mergeHosts(hostOf(C1), { enrollments: [GUEST] }),
      ledger: {
        ...emptyLedger,
        absences: [{ subject: 'enrollment:2:c1:@user-guest', count: 1, readId: 'read-0', at: NOW }],
      },
    },
    policy: FULL,
    changes: [],
  },
];

const classes: readonly Row[] = [
  {
    title: 'D1: a tied class of no school takes its name nowhere',
    feed: classWith('c2', { name: 'Chess', students: [], teachers: [] }),
    host: {
      classes: [
        (({ schoolSourcedId: _school, ...rest }) => rest)(localClass('c1', { name: 'Chess', origin: 'linked' })),
      ],
    },
    changes: ['class-create c2 K1 NEW_CLASS'],
    notes: ['K12 MOVED_PROPOSED c1'],
    never: ['D1'],
  },
  {
    title: 'K7: a class without a teacher is archived like any other',
    feed: people(...(C1.users ?? [])),
    host: mergeHosts(hostOf(classWith('c1', { teachers: [] })), hostOf(people(teacher('t')))),
    policy: { ...FULL, archive: true },
    changes: ['class-archive c1 K7 CLASS_ABSENT'],
  },
];

const persons: readonly Row[] = [
  {
    title: 'U16: a tied person without a user name gets the district’s',
    feed: people(student('t', { username: 'tlee' })),
    host: { users: [tied(student('t'))] },
    changes: [{ line: 'user-update t U16 FIELDS_CHANGED', before: { username: null }, after: { username: 'tlee' } }],
  },
  ...[true, false].map(
    (enabled): Row => ({
      title: `U16: what a sync writes first of a tied person whom the district calls ${enabled ? '' : 'not '}enabled`,
      feed: people(student('t', { enabled, username: 'x' })),
      host: { users: [tied(student('t', { enabled }))] },
      changes: [
        {
          line: 'user-update t U16 FIELDS_CHANGED',
          after: {
            synced: enabled
              ? (expect.not.objectContaining({ enabled }) as object)
              : (expect.objectContaining({ enabled }) as object),
          },
        },
      ],
      notes: enabled ? [] : ['U15 ACCESS_CURTAILED t'],
    }),
  ),
  {
    title: 'U4: the site stays where it is the main school, whatever the list of schools says',
    feed: people(teacher('t', { schoolSourcedIds: ['s2'], primarySchoolSourcedId: 's1' })),
    host: { users: [localUser(teacher('t'))] },
    changes: [{ line: 'user-update t U16 FIELDS_CHANGED', after: { schoolSourcedIds: ['s2'] } }],
    never: ['U4'],
  },
  (() => {
    const other = student('a', { givenName: 'Other', familyName: 'P', email: 'o@x.example', birthDate: '2012-01-01' });
    return {
      title: 'U13: nothing is held of a person whose change was undone',
      feed: people(other),
      host: {
        users: [localUser(student('a', { email: 'a@x.example', birthDate: '2010-01-01' }))],
        ledger: {
          ...emptyLedger,
          suppressions: [
            { kind: 'user-update', subject: 'user:a', fingerprint: userFingerprint(other), cause: 'undo' },
          ],
        },
      },
      changes: [],
      notes: ['UNDO SUPPRESSED a'],
    } satisfies Row;
  })(),
];

const more: readonly Row[] = [
  {
    title: 'U15: that somebody is enabled is no news where nothing else was ever said',
    feed: people(student('a', { enabled: true })),
    host: { users: [localUser(student('a'))] },
    changes: [],
  },
  {
    title: 'U15: nor where something else changes',
    feed: people(student('a', { enabled: true, familyName: 'Jones' })),
    host: { users: [localUser(student('a'))] },
    changes: [
      {
        line: 'user-update a U16 FIELDS_CHANGED',
        after: expect.not.objectContaining({ enabled: true }) as object,
        evidence: { fields: ['familyName'] },
      },
    ],
  },
  {
    title: 'U15: and is, once the district had said otherwise',
    feed: people(student('a', { enabled: true })),
    host: { users: [localUser(student('a', { enabled: false }))] },
    changes: [{ line: 'user-update a U16 FIELDS_CHANGED', before: { enabled: false }, after: { enabled: true } }],
  },
  {
    title: 'U15: who is not enabled is told at once',
    feed: people(student('a', { enabled: false })),
    host: { users: [localUser(student('a'))] },
    changes: [{ line: 'user-update a U16 FIELDS_CHANGED', after: { enabled: false } }],
    notes: ['U15 ACCESS_CURTAILED a'],
  },
  {
    title:
      'D1: a class that people archived keeps its name at the school that the district tells, if it has none itself',
    feed: merge(classWith('c1', { name: 'Chess', students: [], teachers: [] }), {
      classes: [section('c2', { name: 'Chess' })],
    }),
    host: {
      classes: [
        (({ schoolSourcedId: _school, ...rest }) => rest)(
          localClass('c1', { name: 'Chess', state: 'archived', by: 'user' }),
        ),
      ],
    },
    changes: [],
    notes: ['D1 DUPLICATE_NAME c2', 'K9 LOCAL_ARCHIVE_WINS c1'],
  },
  {
    title: 'U6: of a member whose record names another person nothing is told',
    feed: merge(classWith('c1', { students: [] }), people(student('a'))),
    host: mergeHosts(hostOf(classWith('c1', { students: [] })), {
      users: [localUser(student('a')), localUser(student('x'))],
      enrollments: [localMember('c1', 'a', { userId: 'user-x' })],
    }),
    policy: FULL,
    changes: ['enrollment-remove c1/a M3 MEMBER_ABSENT'],
    never: ['U6'],
  },
  {
    title: 'U1: an enrollment that ends later says where a new person belongs',
    feed: merge(classWith('c1', { schoolSourcedId: 's2' }), people(student('n', { schoolSourcedIds: ['s1', 's2'] })), {
      enrollments: [enrolled('c1', 'n', { primary: true, endDate: '2027-06-01' })],
    }),
    host: hostOf(classWith('c1', { schoolSourcedId: 's2' })),
    changes: [{ line: 'user-create n U1 NEW_PERSON', after: { site: 's2' } }, 'enrollment-add c1/n M1 ENROLLED'],
  },
  {
    title: 'D5: of several teachers the primary one gives the name',
    feed: merge(
      classWith('c1', { name: 'Math', students: [], teachers: [] }),
      people(teacher('t', { familyName: 'Smith' }), teacher('u', { familyName: 'Jones' })),
      { classes: [section('c2', { name: 'Math' })] },
      { enrollments: [teaching('c2', 't', { primary: false }), teaching('c2', 'u')] },
    ),
    host: hostOf(
      merge(
        classWith('c1', { name: 'Math', students: [], teachers: [] }),
        people(teacher('t', { familyName: 'Smith' }), teacher('u', { familyName: 'Jones' })),
      ),
    ),
    policy: { classes: { duplicateNames: 'disambiguate' } },
    changes: [
      { line: 'class-create c2 D5 NEW_CLASS_DISTINCT_NAME', after: { name: 'Math (Jones)' } },
      'enrollment-add c2/t M1 ENROLLED',
      'enrollment-add c2/u M1 ENROLLED',
    ],
  },
  {
    title: 'U7: who is deleted by a change that may be taken back waits as if they were only missing',
    feed: people(student('a', { status: 'tobedeleted', hinted: true })),
    host: { users: [localUser(student('a'))] },
    policy: { ...FULL, deactivateUnrostered: true, graceSnapshots: 2 },
    changes: [],
    notes: ['Z6 GRACE'],
  },
  {
    title: 'not so: who is deleted outright',
    feed: people(student('a', { status: 'tobedeleted' })),
    host: { users: [localUser(student('a'))] },
    policy: { ...FULL, deactivateUnrostered: true, graceSnapshots: 2 },
    changes: ['user-deactivate a U7 PERSON_ABSENT'],
  },
  ...[20, 40].map((gone): Row => {
    const grades = classesOf('x', 40, { grades: ['05'] });
    const rest = classesOf('y', 10, { grades: ['06'] });
    const isCohort = gone === 40;
    return {
      title: `COHORT_GONE: ${String(gone)} of 40 classes of one grade are ${isCohort ? '' : 'not '}one`,
      feed: merge({ classes: [...grades.slice(gone), ...rest] }),
      host: hostOf({ classes: [...grades, ...rest] }),
      policy: { ...FULL, archive: true },
      changes: grades.slice(0, gone).map(({ sourcedId }) => `class-archive ${sourcedId} K7 CLASS_ABSENT`),
      notes: isCohort ? ['Z5 COHORT_GONE'] : [],
      holds: isCohort ? ['COHORT_GONE:classes:grade=05 COHORT_GONE 40'] : [],
    };
  }),
  {
    title: 'COHORT_GONE: a grade that vanished holds what its people would lose, though no account is closed',
    feed: schoolOf(['06']),
    host: hostOf(schoolOf(['05', '06'])),
    policy: FULL,
    changes: schoolOf(['05'])
      .enrollments.filter(({ role }) => role === 'student')
      .map(
        ({ classSourcedId, userSourcedId }) => `enrollment-remove ${classSourcedId}/${userSourcedId} U7 MEMBER_ABSENT`,
      ),
    notes: ['Z5 COHORT_GONE'],
    holds: ['COHORT_GONE:users:grade=05 COHORT_GONE 20'],
  },
  {
    title: 'COHORT_GONE: links that people made, or that are gone already, are no part of it',
    feed: merge(people(...FAMILY.map(({ student: each }) => each), ...FAMILY.map(({ parent }) => parent)), {
      guardianLinks: [{ guardianSourcedId: 'p00', studentSourcedId: 's00' }],
    }),
    host: {
      users: FAMILY.flatMap(({ student: each, parent }) => [localUser(each), localUser(parent)]),
      guardianLinks: FAMILY.map(({ student: each, parent }, at) =>
        localLink(parent.sourcedId, each.sourcedId, {
          contactType: at === 0 ? 'Other' : 'Doctor',
          ...(at < 30 ? {} : at < 35 ? { origin: 'local' } : { state: 'removed', by: 'user' }),
        }),
      ),
    },
    policy: { ...FULL, steps: ['guardians'] },
    changes: FAMILY.slice(1, 30).map(
      ({ student: each, parent }) => `guardian-unlink ${parent.sourcedId}/${each.sourcedId} P3 GUARDIAN_LINK_ABSENT`,
    ),
    notes: ['Z5 COHORT_GONE'],
    holds: ['COHORT_GONE:guardianLinks:contactType=Doctor COHORT_GONE 29'],
  },
];

const guardians: readonly Row[] = [
  {
    title: 'Z6: a guardian link that is missing for the first time waits where the policy asks for two reads',
    feed: merge(C1, people(guardian('g'))),
    host: mergeHosts(hostOf(C1), { users: [localUser(guardian('g'))], guardianLinks: [localLink('g', 'a')] }),
    policy: { ...ALL_STEPS, ...FULL, graceSnapshots: 2 },
    changes: [],
    notes: ['Z6 GRACE'],
  },
  {
    title: 'P4, P11: a link that goes and whose block was undone is written once alone',
    feed: merge(C1, people(guardian('g')), { guardianLinks: [FORBIDDEN] }),
    host: {
      ...mergeHosts(hostOf(C1), { users: [localUser(guardian('g'))], guardianLinks: [localLink('g', 'a')] }),
      ledger: {
        ...emptyLedger,
        suppressions: [
          {
            kind: 'guardian-update',
            subject: 'guardian:1:g:a',
            fingerprint: guardianFingerprint(FORBIDDEN),
            cause: 'undo',
          },
        ],
      },
    },
    policy: { ...ALL_STEPS, ...FULL, guardians: { contactTypes: ['Parent'] } },
    changes: [{ line: 'guardian-unlink g/a P4 CONTACT_TYPE_EXCLUDED', version: 1 }],
    notes: ['UNDO SUPPRESSED g/a'],
  },
  {
    title: 'P4, P11: else the block comes first, and the link goes as it is by then',
    feed: merge(C1, people(guardian('g')), { guardianLinks: [FORBIDDEN] }),
    host: mergeHosts(hostOf(C1), { users: [localUser(guardian('g'))], guardianLinks: [localLink('g', 'a')] }),
    policy: { ...ALL_STEPS, ...FULL, guardians: { contactTypes: ['Parent'] } },
    changes: [
      { line: 'guardian-update g/a P11 CONTACT_FORBIDDEN', version: 1 },
      { line: 'guardian-unlink g/a P4 CONTACT_TYPE_EXCLUDED', version: 2 },
    ],
  },
  {
    title: 'U13: a link that the district tells otherwise stays, where the guardian may be somebody else',
    feed: merge(
      C1,
      people(guardian('g', { givenName: 'Other', familyName: 'P', email: 'o@x.example', birthDate: '1985-01-01' })),
      { guardianLinks: [{ ...LINK, relationship: 'Aunt' }] },
    ),
    host: mergeHosts(hostOf(C1), {
      users: [localUser(guardian('g', { birthDate: '1970-01-01' }))],
      guardianLinks: [localLink('g', 'a')],
    }),
    policy: { ...ALL_STEPS, ...FULL },
    changes: ['user-update g F1 CONTACT_CHANGED'],
    holds: ['U13:g RECYCLED_PERSON_ID 1'],
  },
  {
    title: 'U12, D6: links that are of one pair under the new id stay as they are',
    feed: merge(C1, people(guardian('g2', G)), {
      guardianLinks: [{ ...LINK, guardianSourcedId: 'g2', relationship: 'Aunt' }],
    }),
    host: mergeHosts(hostOf(C1), {
      users: [localUser(guardian('g', G))],
      guardianLinks: [
        localLink('g', 'a', { id: 'link-2' }),
        localLink('g', 'a', { id: 'link-1' }),
        localLink('g2', 'a', { id: 'link-3' }),
      ],
    }),
    policy: { ...ALL_STEPS, ...FULL },
    changes: ['user-rekey g2 U12 REKEY'],
    notes: ['D6 LOCAL_DUPLICATE g2/a'],
  },
];

describe('rows at their edges', () => {
  it.each(members)('$title', checkRow);
  it.each(classes)('$title', checkRow);
  it.each(persons)('$title', checkRow);
  it.each(more)('$title', checkRow);
  it.each(guardians)('$title', checkRow);

  it('Z6: the kinds that wait are told in the order of their names', () => {
    const [note] = noteGrace(
      {
        waits: new Map([
          ['users', 1],
          ['classes', 2],
          ['enrollments', 3],
        ]),
      },
      2,
    );
    expect(Object.keys(note?.evidence ?? {})).toEqual(['classes', 'enrollments', 'users', 'reads']);
  });
});
