import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AbsenceVerdict, Cohort } from '../../src/engine/causes/index.js';
import type { LocalClass, LocalEnrollment, LocalUser, UserRole } from '../../src/model/index.js';
import { Random } from '../../src/testing/random.js';
import { localMember, localUser, student } from '../support/build.js';
import { cohortsByDefinition, type Row } from './causes-definition.js';
import { ids, judge, sections, type Scene } from './causes-scene.js';

const RUNS = { numRuns: Number(process.env['CAUSES_CASES'] ?? 100) };
const TIMEOUT = 30_000 + RUNS.numRuns * 100;
const SCHOOLS = ['s1', 's2', 's3'] as const;

/** Some of the values: mostly one, sometimes none or two. */
function some<T>(random: Random, values: readonly T[]): readonly T[] {
  const count = random.chance(0.1) ? 0 : random.chance(0.15) ? 2 : 1;
  return [...new Set(Array.from({ length: count }, () => random.pick(values)))];
}

interface Given {
  readonly scene: Scene;
  readonly rows: readonly Row[];
  readonly needsTwoHolders: boolean;
}

/** Persons of a few grades, roles and schools, of whom one or two values vanish, nearly or wholly, and few others. */
function givenUsers(seed: number): Given {
  const random = new Random(seed, 'users');
  const grades = ids('', 2 + random.below(4));
  const roles: readonly UserRole[] = ['student', 'student', 'student', 'teacher', 'staff'];
  const count = 40 + random.below(181);
  const goneGrades = new Set(some(random, grades).concat(random.pick(grades)));
  const goneRole = random.chance(0.2) ? random.pick(roles) : undefined;
  const wayOut = random.pick([0.85, 0.93, 1]);
  const noise = random.pick([0, 0.02, 0.06]);
  const goneSchool = random.chance(0.3) ? random.pick(SCHOOLS) : undefined;
  const users: LocalUser[] = [];
  const rows: Row[] = [];
  const gone: string[] = [];
  const named: string[] = [];
  for (const id of ids('u', count)) {
    const grade = random.chance(0.1) ? undefined : random.pick(grades);
    const ownRoles = [...some(random, roles)];
    if (ownRoles.length === 0) ownRoles.push('student');
    const schools = some(random, SCHOOLS);
    const user = localUser(
      student(id, { roles: ownRoles, schoolSourcedIds: schools, ...(grade === undefined ? {} : { grade }) }),
      random.chance(0.1) ? { origin: 'linked' } : {},
    );
    users.push(user);
    const isAtGoneSchool = goneSchool !== undefined && schools.includes(goneSchool);
    const isDue =
      (grade !== undefined && goneGrades.has(grade)) || isAtGoneSchool || (goneRole && ownRoles.includes(goneRole));
    const isGone = random.chance(isDue === true ? wayOut : noise);
    const isNamed = isGone && random.chance(0.1);
    if (isGone) gone.push(user.id);
    if (isNamed) named.push(user.id);
    if (user.origin !== 'roster') continue;
    const values = {
      grade: grade === undefined ? [] : [grade],
      role: [...new Set(ownRoles)],
      school: schools,
      'school+grade': schools.flatMap((school) => (grade === undefined ? [] : [`2:${school}:${grade}`])),
      'school+role': schools.flatMap((school) => [...new Set(ownRoles)].map((role) => `2:${school}:${role}`)),
    };
    rows.push({ subject: `user:${id}`, values, isGone, isNamed, isAtGoneSchool });
  }
  // No other school is fine, so that none is gone but the one that is said to be.
  const goneSchools = goneSchool === undefined ? [] : [goneSchool];
  return { scene: { users, gone, named, goneSchools }, rows, needsTwoHolders: false };
}

/** Classes with their members, of whom those of one or two courses or grades vanish. */
function givenMembers(seed: number): Given {
  const random = new Random(seed, 'members');
  const titles = ids('course', 2 + random.below(4));
  const grades = ['1', '2', '3'];
  const goneTitles = new Set([random.pick(titles), ...some(random, titles)]);
  const goneGrade = random.chance(0.3) ? random.pick(grades) : undefined;
  const wayOut = random.pick([0.85, 0.95, 1]);
  const noise = random.pick([0, 0.02, 0.06]);
  const classes: LocalClass[] = [];
  const members: LocalEnrollment[] = [];
  const rows: Row[] = [];
  const gone: string[] = [];
  for (const [index, id] of ids('c', 3 + random.below(12)).entries()) {
    const courseTitle = random.pick(titles);
    const own = some(random, grades);
    const school = random.pick(SCHOOLS);
    const term = random.pick(['t1', 't2']);
    const fields = { courseTitle, grades: own, schoolSourcedId: school, termSourcedIds: [term] };
    const section = sections(`${id}-`, 1, fields)[0] as LocalClass;
    classes.push(section);
    const isClassGone = random.chance(0.05);
    if (isClassGone) gone.push(section.id);
    const teachers = random.chance(0.7) ? [`t${String(index % 3)}`] : [];
    const people = [
      ...teachers.map((user) => [user, 'teacher'] as const),
      ...ids(`${id}-p`, 3 + random.below(16)).map((user) => [user, 'student'] as const),
    ];
    for (const [user, role] of people) {
      const member = localMember(section.sourcedId ?? '', user, { role });
      members.push(member);
      const isDue = goneTitles.has(courseTitle) || (goneGrade !== undefined && own.includes(goneGrade));
      const isGone = random.chance(isDue ? wayOut : noise);
      if (isGone) gone.push(member.id);
      if (isClassGone) continue;
      const values = {
        grade: own,
        course: [courseTitle],
        term: [term],
        teacher: teachers,
        role: [role],
        school: [school],
        'school+grade': own.map((grade) => `2:${school}:${grade}`),
        'school+role': [`2:${school}:${role}`],
      };
      const sourcedId = section.sourcedId ?? '';
      const subject = `enrollment:${String(sourcedId.length)}:${sourcedId}:${user}`;
      rows.push({ subject, values, isGone, isNamed: false, isAtGoneSchool: false, holder: sourcedId });
    }
  }
  return { scene: { classes, members, gone, unreadable: SCHOOLS }, rows, needsTwoHolders: true };
}

function check(verdict: AbsenceVerdict, { rows, needsTwoHolders }: Given, kind: Cohort['kind']): number {
  const expected = cohortsByDefinition(rows, needsTwoHolders);
  const byId = new Map(expected.map((each) => [`COHORT_GONE:${kind}:${each.attribute}=${each.value}`, each]));
  const bySubject = new Map(rows.map((row) => [row.subject, row]));
  const found = verdict.cohorts.filter((each) => each.kind === kind);
  for (const cohort of found) {
    const own = byId.get(cohort.id);
    const { vanished, total, rest, restVanished } = cohort;
    expect(own).toMatchObject({ vanished, total, rest, restVanished });
    for (const subject of cohort.subjects) {
      const row = bySubject.get(subject);
      if (row !== undefined) expect(row.values[own?.attribute ?? '']).toContain(own?.value);
    }
  }
  const named = found.flatMap(({ subjects }) => subjects).filter((subject) => bySubject.has(subject));
  const due = rows.filter(
    ({ isGone, isAtGoneSchool, values }) =>
      isGone && !isAtGoneSchool && expected.some(({ attribute, value }) => values[attribute]?.includes(value) === true),
  );
  expect([...named].sort()).toEqual(due.map(({ subject }) => subject).sort());
  return found.length;
}

describe('cohorts are what the definition says', { timeout: TIMEOUT }, () => {
  it.each([
    ['users', givenUsers],
    ['enrollments', givenMembers],
  ] as const)('of %s', (kind, givenOf) => {
    let withCohorts = 0;
    let withSeveral = 0;
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const given = givenOf(seed);
        const count = check(judge(given.scene), given, kind);
        if (count > 0) withCohorts += 1;
        if (count > 1) withSeveral += 1;
      }),
      RUNS,
    );
    // The cases are neither all cohorts nor none.
    expect(withCohorts).toBeGreaterThan(RUNS.numRuns / 20);
    expect(withCohorts).toBeLessThan(RUNS.numRuns * 0.9);
    expect(withSeveral).toBeGreaterThan(RUNS.numRuns / 200);
  });

  it('in whatever order the records are fed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (seed, shuffle) => {
        for (const { scene } of [givenUsers(seed), givenMembers(seed)]) {
          const plain = judge(scene);
          const other = judge({ ...scene, order: (records) => new Random(shuffle, 'order').shuffled(records) });
          expect(other.cohorts).toEqual(plain.cohorts);
          expect(other.schools).toEqual(plain.schools);
          expect([...other.causes].sort()).toEqual([...plain.causes].sort());
        }
      }),
      RUNS,
    );
  });
});
