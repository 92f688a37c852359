/** Rows for records that lack what most have: a school, a site, a sourcedId, what a sync wrote last, or a term. */

import { describe, expect, it } from 'vitest';
import { classFingerprint, guardianFingerprint } from '../../src/engine/fingerprint.js';
import { emptyLedger, type Change, type LocalClass } from '../../src/model/index.js';
import {
  attested,
  enrolled,
  guardian,
  localClass,
  localLink,
  localMember,
  localUser,
  school,
  section,
  student,
  teacher,
  teaching,
} from '../support/build.js';
import {
  checkRow,
  classWith,
  hostOf,
  merge,
  mergeHosts,
  people,
  planOf,
  type ClassWith,
  type Row,
} from '../support/rows.js';

const C1 = classWith('c1');
const SCHOOL_1 = { tenant: 'district-1', schools: ['s1'] };
const FULL = { fullData: true };
const ALL_STEPS = { steps: ['classes', 'teachers', 'students', 'guardians'] } as const;
const X = 'x@home.example';
const FIVE = ['a1', 'a2', 'a3', 'a4', 'a5'];
const OTHERS = ['b1', 'b2', 'b3', 'b4', 'b5'];
const CREATED = [
  'user-create a U1 NEW_PERSON',
  'user-create t U2 NEW_PERSON',
  'class-create c1 K1 NEW_CLASS',
  'enrollment-add c1/a M1 ENROLLED',
  'enrollment-add c1/t M1 ENROLLED',
];
const CHESS = localClass(undefined, { name: 'Chess' });

/** Without these fields: some hosts leave them out, others know them as `undefined`. */
function without<T extends object>(record: T, ...fields: readonly (keyof T)[]): T {
  return Object.fromEntries(Object.entries(record).filter(([field]) => !fields.includes(field as keyof T))) as T;
}

/** Class `c1`, which is of no school at the host. */
const OF_NO_SCHOOL = { ...hostOf(C1), classes: [without(localClass('c1'), 'schoolSourcedId')] };
/** A member by hand who has no sourcedId. */
const GUEST = without(localMember('c1', 'guest', { origin: 'local' }), 'userSourcedId', 'synced');

const classes: readonly Row[] = [
  {
    title: 'K7: a class of no school is archived like any other',
    feed: people(...(C1.users ?? [])),
    host: OF_NO_SCHOOL,
    policy: { fullData: true, archive: true },
    changes: ['class-archive c1 K7 CLASS_ABSENT'],
  },
  {
    title: 'K7, M3: so are its members removed, where absent classes lose theirs',
    feed: people(...(C1.users ?? [])),
    host: OF_NO_SCHOOL,
    policy: { ...FULL, absentClassMembers: 'remove' },
    changes: ['enrollment-remove c1/a M3 MEMBER_ABSENT', 'enrollment-remove c1/t M3 MEMBER_ABSENT'],
    notes: ['K7 ABSENT_CLASS_ACTIVE c1', 'U6 UNASSIGNED a', 'U6 UNASSIGNED t'],
  },
  {
    title: 'M10: and it stays where enrollments still name it',
    feed: { ...C1, classes: [] },
    host: OF_NO_SCHOOL,
    policy: { fullData: true, archive: true },
    changes: [],
    notes: ['M10 CLASS_UNSHARED c1'],
  },
  {
    title: 'K6: a class of no school comes to the one that the district tells, and loses who left it',
    feed: merge(classWith('c1', { students: [] }), people(student('a'))),
    host: OF_NO_SCHOOL,
    policy: FULL,
    changes: ['class-move c1 K6 SCHOOL_CHANGED', 'enrollment-remove c1/a M3 MEMBER_ABSENT'],
    notes: ['U6 UNASSIGNED a'],
  },
  ...(['courseTitle', 'period', 'sectionNumber', 'subject'] as const).map(
    (field): Row => ({
      title: `K5: the district tells another value of ${field}`,
      feed: classWith('c1', { [field]: 'new' } satisfies ClassWith),
      host: hostOf(C1),
      changes: [{ line: 'class-update c1 K5 FIELDS_CHANGED', after: { [field]: 'new', synced: { [field]: 'new' } } }],
    }),
  ),
  {
    title: 'K5: a field that people changed stays, and what the district says of it is known',
    feed: classWith('c1', { period: '3' }),
    host: hostOf(C1, { classes: { c1: { hostFields: ['period'], period: '9' } } }),
    changes: [
      {
        line: 'class-update c1 K5 FIELDS_CHANGED',
        after: { synced: expect.objectContaining({ period: '3' }) as object },
      },
    ],
  },
  {
    title: 'K5: a class that bears the district’s new name already is told that it is the district’s',
    feed: classWith('c1', { name: 'Algebra' }),
    host: hostOf(C1, { classes: { c1: { name: 'Algebra' } } }),
    changes: [
      {
        line: 'class-update c1 K5 NAME_CHANGED',
        after: { synced: expect.objectContaining({ name: 'Algebra' }) as object },
      },
    ],
  },
  {
    title: 'STEPS: an import that is not about classes follows the members of one that changed in all else',
    feed: classWith('c1', { schoolSourcedId: 's2' }),
    host: hostOf(C1),
    policy: { steps: ['students'] },
    changes: ['user-update a U4 SITE_MOVED'],
    never: ['K6'],
  },
  ...(
    [
      ['the district tells no term', without(section('c1'), 'termSourcedIds'), {}],
      ['nobody knows what a sync wrote', section('c1', { termSourcedIds: ['spring'] }), { synced: undefined }],
      [
        'the host knows no term at all',
        section('c1', { termSourcedIds: ['spring'] }),
        { synced: undefined, termSourcedIds: undefined },
      ],
    ] as const
  ).map(
    ([title, row, fields]): Row => ({
      title: `K10: other people in a class: held, too, where ${title}`,
      feed: { ...classWith('c1', { students: OTHERS, teachers: ['u'] }), classes: [row] },
      host: hostOf(classWith('c1', { students: FIVE }), { classes: { c1: fields as Partial<LocalClass> } }),
      changes: ['user-create u U2 NEW_PERSON', 'class-rekey c1 K10 ID_GIVEN_UP', 'class-create c1 K1 NEW_CLASS'],
      holds: ['K10:c1 RECYCLED_ID 2'],
    }),
  ),
  {
    title: 'not K10: the same term, where only the host’s own word tells it',
    feed: classWith('c1', { students: OTHERS, teachers: ['u'] }),
    host: mergeHosts(
      hostOf(classWith('c1', { students: FIVE }), { classes: { c1: { synced: undefined } as object } }),
      hostOf(people(...OTHERS.map((id) => student(id)), teacher('u'))),
    ),
    changes: [
      { line: 'class-update c1 K17 OPTIONS_CHANGED' },
      ...[...OTHERS, 'u'].map((id) => `enrollment-add c1/${id} M1 ENROLLED`),
    ],
    never: ['K10'],
  },
  {
    title: 'K19: a class that people made at another school than the run’s is no candidate',
    feed: classWith('c1', { name: 'Chess' }),
    host: { classes: [{ ...CHESS, schoolSourcedId: 's2' }] },
    scope: SCHOOL_1,
    policy: { linkExisting: 'propose' },
    changes: CREATED,
    never: ['K19'],
  },
  {
    title: 'K19: nor is a section of another school',
    feed: classWith('c1', { name: 'Chess', schoolSourcedId: 's2' }),
    host: { classes: [CHESS] },
    scope: SCHOOL_1,
    policy: { linkExisting: 'propose' },
    changes: [],
    never: ['K19'],
  },
  {
    title: 'K19: an incomplete read proposes nothing where nothing was proposed',
    feed: { ...classWith('c1', { name: 'Chess' }), attestation: attested({ users: 'incomplete' }) },
    host: { classes: [CHESS] },
    policy: { linkExisting: 'propose' },
    changes: [],
    holds: ['G2 INCOMPLETE_READ 0'],
  },
];

const members: readonly Row[] = [
  {
    title: 'M3: where Full Data reaches everyone, so it does a member without a sourcedId',
    feed: C1,
    host: mergeHosts(hostOf(C1), { enrollments: [GUEST] }),
    policy: { ...FULL, fullDataReach: 'everyone' },
    changes: ['enrollment-remove c1/@user-guest M3 MEMBER_ABSENT'],
  },
  {
    title: 'U14: but not a protected one',
    feed: C1,
    host: mergeHosts(hostOf(C1), {
      enrollments: [GUEST],
      users: [without(localUser(student('guest'), { origin: 'local', protected: true }), 'sourcedId')],
    }),
    policy: { ...FULL, fullDataReach: 'everyone' },
    changes: [],
    notes: ['U14 PROTECTED c1/@user-guest'],
  },
  {
    title: 'M2: a member of whom nobody knows what a sync wrote is judged by what is there: nothing changed',
    feed: C1,
    host: hostOf(C1, { members: { 'c1/a': { synced: undefined } as object } }),
    changes: [],
  },
  {
    title: 'M2: and another role is a change',
    feed: { ...C1, enrollments: [enrolled('c1', 'a', { role: 'aide' }), teaching('c1', 't')] },
    host: hostOf(C1, { members: { 'c1/a': { synced: undefined } as object } }),
    changes: [{ line: 'enrollment-update c1/a M2 ROLE_CHANGED', after: { role: 'aide', synced: { role: 'aide' } } }],
  },
  {
    title: 'M5, M15: who returns keeps the role that people gave',
    feed: C1,
    host: hostOf(C1, {
      members: {
        'c1/a': { state: 'removed', by: 'sync', role: 'aide', hostFields: ['role'], synced: { role: 'student' } },
      },
    }),
    changes: [{ line: 'enrollment-restore c1/a M5 RETURNED', after: { state: 'active', role: 'aide' } }],
  },
  {
    title: 'D6: of several enrollments of one member that count alike the smallest as text is taken, in any order',
    feed: merge(C1, people(student('b')), {
      enrollments: ['2026-02-01', '2026-01-01', '2026-01-15'].map((beginDate) => enrolled('c1', 'b', { beginDate })),
    }),
    host: hostOf(C1),
    changes: ['user-create b U1 NEW_PERSON', 'enrollment-add c1/b M1 ENROLLED'],
  },
];

const persons: readonly Row[] = [
  {
    title: 'S1: schools that people made without a sourcedId are no school of the district',
    feed: { schools: [school('s1'), school('s2')] },
    host: {
      schools: [
        { id: 'own-2', version: 1, origin: 'local', name: 'Own 2' },
        { id: 'own-1', version: 1, origin: 'local', name: 'Own 1' },
        {
          id: 'school-s1',
          version: 1,
          origin: 'roster',
          sourcedId: 's1',
          name: 'School s1',
          synced: { name: 'School s1' },
        },
      ],
    },
    changes: ['school-create s2 S1 NEW_SCHOOL'],
  },
  {
    title: 'U1: an enrollment that has not begun does not say where a new person belongs',
    feed: merge(C1, people(student('n', { schoolSourcedIds: ['s2', 's1'] })), {
      enrollments: [enrolled('c1', 'n'), enrolled('zz', 'n', { beginDate: '2027-01-01', primary: true })],
    }),
    host: hostOf(C1),
    changes: [{ line: 'user-create n U1 NEW_PERSON', after: { site: 's1' } }, 'enrollment-add c1/n M1 ENROLLED'],
    notes: ['M11 OUTSIDE_DATES'],
  },
  {
    title: 'U7: a person of no site is deactivated like any other',
    feed: classWith('c1', { students: [] }),
    host: hostOf(merge(C1, people(student('a', { schoolSourcedIds: [] })))),
    policy: { ...FULL, deactivateUnrostered: true },
    changes: ['enrollment-remove c1/a U7 MEMBER_ABSENT', 'user-deactivate a U7 PERSON_ABSENT'],
  },
  {
    title: 'U7: and one whose deactivation was undone stays active while they are missing',
    feed: classWith('c1', { students: [] }),
    host: {
      ...hostOf(C1),
      ledger: {
        ...emptyLedger,
        suppressions: [{ kind: 'user-deactivate', subject: 'user:a', fingerprint: 'absent', cause: 'undo' }],
      },
    },
    policy: { ...FULL, deactivateUnrostered: true },
    changes: ['enrollment-remove c1/a U7 MEMBER_ABSENT'],
    notes: ['UNDO SUPPRESSED a'],
  },
  {
    title: 'F6: a person of no site and no school loses a login like any other',
    feed: merge(C1, people(student('a', { email: X, schoolSourcedIds: [] }), teacher('t', { email: X }))),
    host: hostOf(
      merge(C1, people(student('a', { email: X, schoolSourcedIds: [] }), teacher('t', { email: 'old@x.example' }))),
    ),
    changes: [
      { line: 'user-update a F6 EMAIL_TAKEN', after: { takenLogins: ['email'] } },
      { line: 'user-update t F1 CONTACT_CHANGED', after: { email: X } },
    ],
    notes: ['F6 EMAIL_TAKEN a'],
  },
  {
    title: 'F10: what is no address is nobody’s login',
    feed: merge(C1, people(student('a', { email: 'ü' }), guardian('g', { email: X })), {
      guardianLinks: [{ guardianSourcedId: 'g', studentSourcedId: 'a' }],
    }),
    host: hostOf(C1),
    policy: ALL_STEPS,
    changes: ['user-create g P1 NEW_PERSON', 'guardian-link g/a P1 NEW_GUARDIAN_LINK'],
    notes: ['F10 INVALID_EMAIL a'],
  },
];

const LINK = { guardianSourcedId: 'g', studentSourcedId: 'a' };
const BLOCKED = { ...LINK, blocked: true, relationship: 'Aunt' };

const guardians: readonly Row[] = [
  {
    title: 'P4: a contact without a type is of none of the types that the policy names',
    feed: merge(C1, people(guardian('g')), { guardianLinks: [LINK] }),
    host: hostOf(C1),
    policy: { steps: ['guardians'], guardians: { contactTypes: ['Parent'] } },
    changes: [],
  },
  {
    title: 'P1: a link to a student of no school',
    feed: merge(C1, people(student('a', { schoolSourcedIds: [] }), guardian('g')), { guardianLinks: [LINK] }),
    host: hostOf(merge(C1, people(student('a', { schoolSourcedIds: [] })))),
    policy: { steps: ['guardians'] },
    changes: ['user-create g P1 NEW_PERSON', 'guardian-link g/a P1 NEW_GUARDIAN_LINK'],
  },
  {
    title: 'U13: a link of a guardian who may be somebody else is neither changed nor dropped',
    feed: merge(
      C1,
      people(guardian('g', { givenName: 'Other', familyName: 'P', email: 'o@x.example', birthDate: '1985-01-01' })),
      { guardianLinks: [LINK] },
    ),
    host: mergeHosts(hostOf(C1), {
      users: [localUser(guardian('g', { birthDate: '1970-01-01' }))],
      guardianLinks: [localLink('g', 'a', { relationship: 'Uncle' })],
    }),
    policy: { ...ALL_STEPS, ...FULL },
    changes: ['user-update g F1 CONTACT_CHANGED'],
    holds: ['U13:g RECYCLED_PERSON_ID 1'],
  },
  {
    title: 'P11: the flag on a link of which nobody knows what a sync wrote',
    feed: merge(C1, people(guardian('g')), { guardianLinks: [BLOCKED] }),
    host: mergeHosts(hostOf(C1), {
      users: [localUser(guardian('g'))],
      guardianLinks: [without(localLink('g', 'a'), 'synced')],
    }),
    policy: { steps: ['guardians'] },
    changes: [
      {
        line: 'guardian-update g/a P11 CONTACT_FORBIDDEN',
        after: { blocked: true, relationship: 'Aunt', synced: { blocked: true, relationship: 'Aunt' } },
      },
    ],
  },
  {
    title: 'UNDO: the undoing of a link is forgotten once the district tells another one',
    feed: merge(C1, people(guardian('g')), { guardianLinks: [{ ...LINK, relationship: 'Aunt' }] }),
    host: {
      ...mergeHosts(hostOf(C1), { users: [localUser(guardian('g'))] }),
      ledger: {
        ...emptyLedger,
        suppressions: [
          { kind: 'guardian-link', subject: 'guardian:1:g:a', fingerprint: guardianFingerprint(LINK), cause: 'undo' },
        ],
      },
    },
    policy: { steps: ['guardians'] },
    changes: ['guardian-link g/a P1 NEW_GUARDIAN_LINK'],
  },
  {
    title: 'UNDO: and stays where the district still tells none',
    feed: merge(C1, people(guardian('g'))),
    host: {
      ...mergeHosts(hostOf(C1), { users: [localUser(guardian('g'))], guardianLinks: [localLink('g', 'a')] }),
      ledger: {
        ...emptyLedger,
        suppressions: [{ kind: 'guardian-unlink', subject: 'guardian:1:g:a', fingerprint: 'absent', cause: 'undo' }],
      },
    },
    policy: { ...ALL_STEPS, ...FULL },
    changes: [],
    notes: ['UNDO SUPPRESSED g/a'],
  },
];

describe('records that lack what most have', () => {
  it.each(classes)('$title', checkRow);
  it.each(members)('$title', checkRow);
  it.each(persons)('$title', checkRow);
  it.each(guardians)('$title', checkRow);

  it('K12: a class that a person purged since goes on under no other id', () => {
    const feed = classWith('b9', { students: FIVE });
    const host = hostOf(classWith('c1', { students: FIVE }), { classes: { c1: { state: 'purged', by: 'user' } } });
    const proposal = {
      id: 'class-rekey class-c1 b9',
      kind: 'class-rekey',
      rule: 'K12',
      recordId: 'class-c1',
      from: 'c1',
      sourcedId: 'b9',
      evidence: {},
      likeness: 1,
      since: '2026-09-01T00:00:00.000Z',
      decision: { outcome: 'accepted', by: 'admin-1', at: '2026-09-02T00:00:00.000Z' },
    } as const;
    const plan = planOf({ feed, host: { ...host, ledger: { ...emptyLedger, proposals: [proposal] } } });
    expect(plan.changes.map(({ kind }) => kind)).not.toContain('class-rekey');
    expect(plan.changes.filter(({ kind }) => kind === 'class-create')).toHaveLength(1);
  });

  it('UNDO: a new class whose creation was undone brings no members', () => {
    const [row] = C1.classes ?? [];
    if (row === undefined) throw new Error('The feed has the class.');
    const suppression = {
      kind: 'class-create',
      subject: 'class:c1',
      fingerprint: classFingerprint(row),
      cause: 'undo',
    } as const;
    const plan = planOf({
      feed: C1,
      host: { ...hostOf(people(...(C1.users ?? []))), ledger: { ...emptyLedger, suppressions: [suppression] } },
    });
    expect(plan.changes).toEqual([]);
    expect(plan.notes.map(({ code }) => code)).toContain('SUPPRESSED');
  });

  it('the hash of a plan covers names with quotes and line breaks', () => {
    const named = (name: string) => planOf({ feed: { schools: [school('s1'), school('s2', { name })] } });
    expect(named('The "Big" School').hash).not.toBe(named('The Big School').hash);
    const [change] = named('The "Big" School\n').changes as readonly [Change];
    expect(change.after).toMatchObject({ name: 'The "Big" School\n' });
    expect(named('a').hash).toBe(named('a').hash);
    const by = (sourcedId: string) => planOf({ feed: { schools: [school('s1'), school(sourcedId, { name: 'a' })] } });
    expect(new Set(['s"2', 's\\"2', 's2'].map((id) => by(id).hash)).size).toBe(3);
  });

  it('the hash of removals, in which nothing but its id tells a member, covers ids with quotes', () => {
    const without = (id: string) =>
      planOf({
        feed: merge(classWith('c1'), people(student(id))),
        host: hostOf(classWith('c1', { students: ['a', id] })),
        policy: FULL,
      });
    const plans = ['b"1', 'b"2'].map(without);
    expect(plans.map(({ changes }) => changes.length)).toEqual([1, 1]);
    expect(new Set(plans.map(({ hash }) => hash)).size).toBe(2);
  });
});
