/** Why records are absent, and what waits because of that: through whole plans, in memory and as streams. */

import { describe, expect, it } from 'vitest';
import { describeReason, reconcile } from '../../src/engine/index.js';
import { planStreams } from '../../src/engine/streams.js';
import type {
  Change,
  Class,
  Enrollment,
  LocalState,
  Ordered,
  Plan,
  Roster,
  Term,
  User,
} from '../../src/model/index.js';
import { definePolicy, type PolicyInput } from '../../src/policy/index.js';
import {
  attested,
  guardian,
  local,
  localLink,
  localUser,
  NOW,
  roster,
  school,
  type RosterParts,
} from '../support/build.js';
import { classWith, holdLines, hostOf, merge, mergeHosts, noteLines, OPEN } from '../support/rows.js';

const ALL = { fullData: true, archive: true, deactivateUnrostered: true, limits: OPEN } as const;
const SCHOOLS = [school('s1'), school('s2')];
const GRADES = ['03', '04', '05', '06'];

/** Four grades of three classes with 15 students each at one school, and a small class at another. */
const DISTRICT = merge(
  { schools: SCHOOLS },
  classWith('z', { schoolSourcedId: 's2', students: ['q1', 'q2'], teachers: ['q3'] }),
  ...GRADES.flatMap((grade) => ['a', 'b', 'c'].map((name) => gradeClass(grade, name))),
);
const HOST = hostOf(DISTRICT);

function gradeClass(grade: string, name: string): RosterParts {
  const students = Array.from({ length: 15 }, (_, at) => `p${grade}${name}${String(at).padStart(2, '0')}`);
  const part = classWith(`c${grade}${name}`, { students, teachers: [`t${grade}${name}`], grades: [grade] });
  const users = part.users?.map((user) => (user.roles.includes('student') ? { ...user, grade } : user));
  return users === undefined ? part : { ...part, users };
}

interface Kept {
  readonly classes?: (section: Class) => boolean;
  readonly users?: (user: User) => boolean;
  readonly enrollments?: (row: Enrollment) => boolean;
}

function only(parts: RosterParts, { classes, users, enrollments }: Kept): RosterParts {
  const all = (): boolean => true;
  return {
    ...parts,
    classes: (parts.classes ?? []).filter(classes ?? all),
    users: (parts.users ?? []).filter(users ?? all),
    enrollments: (parts.enrollments ?? []).filter(enrollments ?? all),
  };
}

interface Given {
  readonly feed: RosterParts;
  readonly host?: Partial<LocalState>;
  readonly policy?: PolicyInput;
}

function stream<T>(records: readonly T[]): Ordered<T> {
  return {
    async *[Symbol.asyncIterator]() {
      for (const record of records) yield await Promise.resolve(record);
    },
  };
}

/** The plan in memory, which is the plan of streams. */
async function planOf({ feed, host = HOST, policy = ALL }: Given): Promise<Plan> {
  const sides: { roster: Roster; local: LocalState } = { roster: roster(feed), local: { ...local(), ...host } };
  const input = { ...sides, policy: definePolicy(policy), now: NOW };
  const plan = reconcile(input);
  const parts = ['classes', 'users', 'enrollments', 'guardianLinks'] as const;
  const streamed = <T extends object>(side: T): T => ({
    ...side,
    ...Object.fromEntries(parts.map((name) => [name, stream((side as Record<string, unknown>)[name] as unknown[])])),
  });
  const other = await planStreams({ ...input, roster: streamed(sides.roster), local: streamed(sides.local) }, 7);
  expect(JSON.stringify(other)).toBe(JSON.stringify(plan));
  return plan;
}

function destructive(plan: Plan): readonly Change[] {
  return plan.changes.filter((change) => change.destructive);
}

function waiting(plan: Plan): readonly string[] {
  return [...new Set(destructive(plan).flatMap(({ heldBy }) => heldBy))].sort();
}

function causes(plan: Plan): readonly string[] {
  const words = destructive(plan).map(({ kind, reason }) => `${kind} ${String(reason.evidence?.['cause'])}`);
  return [...new Set(words)].sort();
}

const isOf = (grade: string) => ({
  classes: ({ sourcedId }: Class) => !sourcedId.startsWith(`c${grade}`),
  users: (user: User) => user.grade !== grade,
  enrollments: ({ classSourcedId }: Enrollment) => !classSourcedId.startsWith(`c${grade}`),
});

describe('COHORT_GONE', () => {
  it('a grade that is not shared any more waits, with its classes', async () => {
    const plan = await planOf({ feed: only(DISTRICT, isOf('05')) });
    expect(holdLines(plan)).toEqual(['COHORT_GONE:users:grade=05 COHORT_GONE 48']);
    expect(destructive(plan).map(({ heldBy }) => heldBy.length)).toEqual(destructive(plan).map(() => 1));
    expect(causes(plan)).toEqual(['class-archive COHORT_GONE', 'user-deactivate COHORT_GONE']);
    expect(noteLines(plan)).toEqual(['Z5 COHORT_GONE']);
    expect(describeReason(plan.changes[0]?.reason ?? { code: '' })).toMatch(
      /All 45 students of grade 05 vanished, and nobody else: this looks like a sharing rule\.$/u,
    );
  });

  it('so do the members of classes that are still shared', async () => {
    const feed = only(DISTRICT, {
      users: ({ grade }) => grade !== '05',
      enrollments: ({ userSourcedId }) => !userSourcedId.startsWith('p05'),
    });
    const plan = await planOf({ feed });
    expect(waiting(plan)).toContain('COHORT_GONE:users:grade=05');
    expect(destructive(plan)).toHaveLength(90);
    expect(destructive(plan).every(({ heldBy }) => heldBy.includes('COHORT_GONE:users:grade=05'))).toBe(true);
    expect(causes(plan)).toEqual(['enrollment-remove COHORT_GONE', 'user-deactivate COHORT_GONE']);
  });

  it('the hold stays in the next run, and ends when the grade is back', async () => {
    const feed = only(DISTRICT, isOf('05'));
    const { ledger } = await planOf({ feed });
    expect(holdLines(await planOf({ feed, host: { ...HOST, ledger } }))).toEqual([
      'COHORT_GONE:users:grade=05 COHORT_GONE 48',
    ]);
    expect((await planOf({ feed: DISTRICT, host: { ...HOST, ledger } })).holds).toEqual([]);
  });

  it('what the provider marks as deleted is judged likewise', async () => {
    const users = (DISTRICT.users ?? []).map((user) =>
      user.grade === '05' ? { ...user, status: 'tobedeleted' as const } : user,
    );
    const plan = await planOf({ feed: { ...DISTRICT, users } });
    expect(waiting(plan)).toContain('COHORT_GONE:users:grade=05');
  });

  it('not: half of a grade, nor nineteen of a smaller one', async () => {
    const half = await planOf({
      feed: only(DISTRICT, { ...isOf('05'), users: ({ sourcedId }) => !/^p05a/u.test(sourcedId) }),
    });
    expect(half.notes.map(({ code }) => code)).not.toContain('COHORT_GONE');
    expect(half.holds).toEqual([]);
    const isFew = (user: User): boolean => user.grade !== '05' || user.sourcedId < 'p05b04';
    const small = only(DISTRICT, {
      users: isFew,
      enrollments: ({ userSourcedId }) => !/^p05(b0[4-9]|b1|c)/u.test(userSourcedId),
    });
    const plan = await planOf({ feed: only(small, isOf('05')), host: hostOf(small) });
    expect(plan.notes.map(({ code }) => code)).not.toContain('COHORT_GONE');
  });

  it('classes of a course, while others stay', async () => {
    const classes = (course: string) =>
      Array.from({ length: 20 }, (_, at) =>
        classWith(`${course}${String(at + 10)}`, { courseTitle: course, students: ['a', 'b'], teachers: ['t'] }),
      );
    const art = merge({ schools: SCHOOLS }, ...classes('Art'));
    const both = merge(art, ...classes('Math'));
    const plan = await planOf({ feed: art, host: hostOf(both) });
    expect(holdLines(plan)).toEqual(['COHORT_GONE:classes:course=Math COHORT_GONE 20']);
    const nineteen = merge(art, ...classes('Math').slice(1));
    expect((await planOf({ feed: art, host: hostOf(nineteen) })).holds).toEqual([]);
  });

  it('guardian links of a type, while others stay', async () => {
    const pupils = (DISTRICT.users ?? []).filter(({ roles }) => roles.includes('student'));
    const links = pupils.map(({ sourcedId }, at) => ({
      guardianSourcedId: 'g',
      studentSourcedId: sourcedId,
      contactType: at % 2 === 0 ? 'Family' : 'Emergency',
    }));
    const withGuardian = { ...DISTRICT, users: [...(DISTRICT.users ?? []), guardian('g')] };
    const host = {
      ...mergeHosts(HOST, { users: [localUser(guardian('g'))] }),
      guardianLinks: links.map(({ guardianSourcedId, studentSourcedId, contactType }) =>
        localLink(guardianSourcedId, studentSourcedId, { contactType, synced: { contactType } }),
      ),
    };
    const policy = { ...ALL, steps: ['classes', 'teachers', 'students', 'guardians'] } as const;
    const kept = links.filter(({ contactType }) => contactType === 'Family');
    const plan = await planOf({ feed: { ...withGuardian, guardianLinks: kept }, host, policy });
    expect(holdLines(plan)).toEqual(['COHORT_GONE:guardianLinks:contactType=Emergency COHORT_GONE 91']);
    expect(causes(plan)).toEqual(['guardian-unlink COHORT_GONE']);
    const told = plan.notes.find(({ code }) => code === 'COHORT_GONE')?.evidence;
    expect(told).toMatchObject({ count: 91, of: 91, rest: kept.length, restCount: 0 });
    const some = await planOf({ feed: { ...withGuardian, guardianLinks: links.slice(30) }, host, policy });
    expect(causes(some)).toEqual(['guardian-unlink WITHDRAWN']);
    expect(some.holds).toEqual([]);
  });
});

describe('names of classes that wait for a person because of their cause', () => {
  const old = Array.from({ length: 20 }, (_, at) =>
    classWith(`o${String(at + 10)}`, {
      courseTitle: 'Math',
      name: `Math ${String(at)}`,
      students: ['a'],
      teachers: ['t'],
    }),
  );
  const quiet = merge({ schools: SCHOOLS }, classWith('q', { students: ['a', 'b'], teachers: ['t'] }));
  const host = hostOf(merge(quiet, ...old));
  const feed = merge(quiet, classWith('n1', { name: 'Math 3', students: ['a'], teachers: ['t'] }));
  const isNew = ({ kind }: Change): boolean => kind === 'class-create';

  it('stay taken', async () => {
    const plan = await planOf({ feed, host });
    expect(holdLines(plan)).toEqual(['COHORT_GONE:classes:course=Math COHORT_GONE 20']);
    expect(plan.changes.filter(isNew)).toEqual([]);
    expect(noteLines(plan)).toContain('D1 DUPLICATE_NAME n1');
  });

  it('also where only an earlier plan found the cause', async () => {
    const { ledger } = await planOf({ feed, host });
    const later = merge(feed, ...old.slice(1, 12));
    const plan = await planOf({ feed: later, host: { ...host, ledger } });
    expect(holdLines(plan)).toEqual(['COHORT_GONE:classes:course=Math COHORT_GONE 9']);
    const first = merge(later, classWith('n2', { name: 'Math 15', students: ['a'], teachers: ['t'] }));
    expect((await planOf({ feed: first, host: { ...host, ledger } })).changes.filter(isNew)).toEqual([]);
  });

  it('not once it is approved, nor where a class leaves alone', async () => {
    const { ledger } = await planOf({ feed, host });
    const holds = ledger.holds.map((hold) => ({ ...hold, approved: hold.changes.map(({ key }) => key) }));
    const plan = await planOf({ feed, host: { ...host, ledger: { ...ledger, holds } } });
    expect(plan.changes.filter(isNew)).toHaveLength(1);
    const alone = await planOf({ feed: merge(feed, ...old.filter((_, at) => at !== 3)), host });
    expect(alone.changes.filter(isNew)).toHaveLength(1);
  });
});

describe('SCHOOL_GONE where not all schools were read', () => {
  const district = merge(DISTRICT, classWith('y', { schoolSourcedId: 's2', students: ['q1'], teachers: ['q3'] }));
  const host = hostOf(district);
  const told = (...ids: readonly string[]): RosterParts => ({
    ...district,
    classes: (district.classes ?? []).map((each) =>
      ids.includes(each.sourcedId) ? { ...each, status: 'tobedeleted' as const } : each,
    ),
    attestation: attested({}, { allSchools: false }),
  });

  it('the provider deletes every class of a school: unsharing is told as deletion, too', async () => {
    const plan = await planOf({ feed: told('y', 'z'), host });
    expect(holdLines(plan)).toEqual(['SCHOOL_GONE:s2 SCHOOL_GONE 2']);
    expect(noteLines(plan)).toEqual(['Z5 SCHOOL_GONE s2']);
  });

  it('not: one of them is only missing, which proves nothing there', async () => {
    const isThere = ({ sourcedId }: Class): boolean => sourcedId !== 'y';
    const plan = await planOf({ feed: only(told('z'), { classes: isThere }), host });
    expect(destructive(plan).map(({ key }) => key)).toEqual(['class-archive class:z']);
    expect(holdLines(plan)).toEqual([]);
  });
});

describe('SCHOOL_GONE of one kind', () => {
  const isThere = ({ sourcedId }: { sourcedId: string }): boolean => !sourcedId.startsWith('q');

  it('everybody of a school vanished, and its class is there', async () => {
    const feed = only(DISTRICT, { users: isThere, enrollments: ({ classSourcedId }) => classSourcedId !== 'z' });
    const plan = await planOf({ feed });
    expect(holdLines(plan)).toEqual(['SCHOOL_GONE:s2 SCHOOL_GONE 6']);
    expect(causes(plan)).toEqual(['enrollment-remove SCHOOL_GONE', 'user-deactivate SCHOOL_GONE']);
    expect(noteLines(plan)).toEqual(['Z5 SCHOOL_GONE s2']);
  });

  it('not: one of them stays, or somebody comes', async () => {
    const isGone = (id: string): boolean => id === 'q1';
    const feed = only(DISTRICT, {
      users: ({ sourcedId }) => !isGone(sourcedId),
      enrollments: ({ userSourcedId }) => !isGone(userSourcedId),
    });
    const plan = await planOf({ feed });
    expect(plan.holds).toEqual([]);
    expect(causes(plan)).toEqual(['enrollment-remove WITHDRAWN', 'user-deactivate WITHDRAWN']);
    const others = classWith('z', { schoolSourcedId: 's2', students: ['n1'], teachers: ['n2'] });
    const { users = [], enrollments = [] } = others;
    const empty = only(DISTRICT, { users: isThere, enrollments: ({ classSourcedId }) => classSourcedId !== 'z' });
    const anew = {
      ...empty,
      users: [...(empty.users ?? []), ...users],
      enrollments: [...(empty.enrollments ?? []), ...enrollments],
    };
    expect((await planOf({ feed: anew })).holds).toEqual([]);
  });

  it('not: somebody comes there from another school', async () => {
    const empty = only(DISTRICT, { users: isThere, enrollments: ({ classSourcedId }) => classSourcedId !== 'z' });
    const moved = (empty.users ?? []).map((user) =>
      user.sourcedId === 't03a' ? { ...user, schoolSourcedIds: ['s1', 's2'] } : user,
    );
    const plan = await planOf({ feed: { ...empty, users: moved } });
    expect(causes(plan)).toEqual(['enrollment-remove SCHOOL_GONE', 'user-deactivate WITHDRAWN']);
  });

  it.each([
    ['stays as they are', {}],
    ['has another name', { familyName: 'Other' }],
    ['comes anew', { sourcedId: 'n2' }],
  ])('an import of students alone does not see a teacher there who %s', async (_, fields) => {
    const isStudent = ({ sourcedId }: User): boolean => sourcedId === 'q1' || sourcedId === 'q2';
    const feed = only(DISTRICT, {
      users: (user) => !isStudent(user),
      enrollments: ({ userSourcedId }) => !['q1', 'q2'].includes(userSourcedId),
    });
    const users = (feed.users ?? []).map((user) => (user.sourcedId === 'q3' ? { ...user, ...fields } : user));
    const ofStudents = await planOf({ feed: { ...feed, users }, policy: { ...ALL, steps: ['classes', 'students'] } });
    expect(holdLines(ofStudents)).toEqual(['SCHOOL_GONE:s2 SCHOOL_GONE 4']);
    const ofTeachers = await planOf({ feed: { ...feed, users } });
    expect(causes(ofTeachers)).not.toContain('user-deactivate SCHOOL_GONE');
  });
});

describe('single records', () => {
  const TERMS: Term[] = [
    { sourcedId: 'fall', name: 'Fall', endDate: '2027-01-31' },
    { sourcedId: 'last', name: 'Last', endDate: '2026-06-30' },
  ];
  const base = merge(
    { schools: SCHOOLS, terms: TERMS },
    classWith('c1', { students: ['a', 'b', 'c', 'x'], teachers: ['t'] }),
    classWith('c2', { students: ['a', 'b', 'd'], teachers: ['t'], termSourcedIds: ['last'] }),
    classWith('c3', { students: ['x', 'y', 'a'], teachers: ['t'] }),
  );
  const host = hostOf(base);
  const cause = async (feed: RosterParts): Promise<readonly string[]> => causes(await planOf({ feed, host }));
  const less = (id: string): Kept => ({
    classes: ({ sourcedId }) => sourcedId !== id,
    enrollments: ({ classSourcedId }) => classSourcedId !== id,
  });

  it('SECTION_GONE: a class alone, its students elsewhere', async () => {
    const plan = await planOf({ feed: only(base, less('c1')), host });
    expect(plan.changes.map(({ reason }) => reason.evidence)).toEqual([
      { level: 'E1', cause: 'SECTION_GONE', students: 4, elsewhere: 4 },
    ]);
  });

  it('WITHDRAWN: a class that left with its students', async () => {
    const feed = only(only(base, less('c3')), {
      users: ({ sourcedId }) => !['x', 'y'].includes(sourcedId),
      enrollments: ({ userSourcedId }) => userSourcedId !== 'x',
    });
    expect(await cause(feed)).toEqual([
      'class-archive WITHDRAWN',
      'enrollment-remove WITHDRAWN',
      'user-deactivate WITHDRAWN',
    ]);
  });

  it('TERM_ENDED: the term of the class is over', async () => {
    const plan = await planOf({ feed: only(base, less('c2')), host });
    expect(plan.changes.map(({ reason }) => reason.evidence)).toEqual([
      { level: 'E1', cause: 'TERM_ENDED', terms: ['last'] },
    ]);
  });

  it('TOMBSTONE: the provider says so', async () => {
    const classes = (base.classes ?? []).map((each) =>
      each.sourcedId === 'c1' ? { ...each, status: 'tobedeleted' as const } : each,
    );
    expect(await cause({ ...base, classes })).toEqual(['class-archive TOMBSTONE']);
  });

  it('ENDED: no absence at all', async () => {
    const enrollments = (base.enrollments ?? []).map((row) =>
      row.classSourcedId === 'c1' && row.userSourcedId === 'a' ? { ...row, endDate: '2026-09-30' } : row,
    );
    expect(await cause({ ...base, enrollments })).toEqual(['enrollment-remove ENDED']);
  });

  it('PERSON_UNSHARED: whom enrollments name is not gone', async () => {
    const plan = await planOf({ feed: only(base, { users: ({ sourcedId }) => sourcedId !== 'c' }), host });
    expect(plan.changes).toEqual([]);
    expect(noteLines(plan)).toEqual(['M10 PERSON_UNSHARED c']);
  });
});
