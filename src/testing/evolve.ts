import { ConfigurationError } from '../errors.js';
import type { District, DistrictGuardian, DistrictStudent } from './district.js';
import { addClasses, changeCoTeachers, changeTeachers, renameClasses, renameSchools } from './evolve-classes.js';
import { IdIssuer } from './ids.js';
import { keepGuardiansOf, later } from './lookup.js';
import { guardianEmail, makeFamily, makePhone, type PeopleContext } from './people.js';
import { Random } from './random.js';
import { byId } from './roster.js';
import { familyNames } from './words.js';

const dayMs = 86_400_000;

/** What happens. A number below 1 is a share of the records concerned, 1 or more is how many. Each is 0 by default. */
export interface Evolution {
  /** The same seed on the same district gives the same changes. @default 1 */
  readonly seed?: number;
  /** Students who go from one class to another of the same school, of the same course where there is one. */
  readonly moves?: number;
  /** Students whose family name changes. */
  readonly renames?: number;
  /** Students who leave the district, and guardians who then have no student left. */
  readonly withdrawals?: number;
  /** Students who come, with their guardians, into the classes of a classmate. */
  readonly arrivals?: number;
  /** Classes that are called something else, as when a period changes. */
  readonly classRenames?: number;
  /** Classes that are gone. */
  readonly classesVanish?: number;
  /** Guardians with another e-mail address, or another telephone number where they have no address. */
  readonly contactChanges?: number;
  /** Classes that are new, each beside one of the same course and with some of its students. */
  readonly classArrivals?: number;
  /** Classes whose primary teacher is another one of their school. */
  readonly teacherChanges?: number;
  /** Classes that get a teacher more, or lose one of several. */
  readonly coTeacherChanges?: number;
  /** Schools that are called something else. */
  readonly schoolRenames?: number;
  /**
   * Students of an earlier district who are gone and come back with the ids they had, into the classes they were in and
   * with their guardians, as far as there is still such a class. A share is of those who are gone.
   */
  readonly returns?: number;
  /** The earlier district, for `returns`. */
  readonly before?: District;
}

/** How much changes on an ordinary day, and in an ordinary month. */
const usual: Readonly<Record<'day' | 'month', Evolution>> = {
  day: { moves: 0.001, renames: 0.0001, withdrawals: 0.0003, arrivals: 0.0003, contactChanges: 0.0005 },
  month: {
    moves: 0.02,
    renames: 0.001,
    withdrawals: 0.006,
    arrivals: 0.006,
    classRenames: 0.01,
    classesVanish: 0.002,
    contactChanges: 0.01,
  },
};

/**
 * The district a day later: a new one, in which only what changed is new. The one given stays as it is. Every id that
 * a record names is still there.
 *
 * @throws {ConfigurationError} where a number is negative, or neither a share nor whole; where `returns` has no `before`.
 * @example
 * ```ts
 * import { evolve, generateDistrict } from 'rosterkit/testing';
 *
 * const august = generateDistrict({ seed: 7 });
 * const september = evolve(august, 'month');
 * const threeLeft = evolve(september, { seed: 2, withdrawals: 3 });
 * const twoAreBack = evolve(threeLeft, { returns: 2, before: september });
 * ```
 */
export function evolve(district: District, changes: 'day' | 'month' | Evolution): District {
  const evolution = typeof changes === 'string' ? usual[changes] : changes;
  const at = later(district, dayMs);
  const issuer = new IdIssuer(district.id, district.nextSerial);
  const purpose = `evolve ${district.updatedAt}`;
  const random = new Random(evolution.seed ?? 1, purpose);
  const context = { random, issuer, districtId: district.id, schoolYear: district.schoolYear, at };
  const count = (option: Exclude<keyof Evolution, 'seed' | 'before'>, of: number): number =>
    countOf(option, evolution[option] ?? 0, of);

  // What the shares are of is the district as it was given, whatever happens first.
  const { students, classes, guardians, schools } = district;
  if (evolution.before === undefined && (evolution.returns ?? 0) > 0) {
    throw new ConfigurationError('before', 'is needed for returns: the district that they were in');
  }
  const gone = evolution.before === undefined ? [] : goneSince(evolution.before, district);
  const amounts = {
    withdrawals: count('withdrawals', students.length),
    arrivals: count('arrivals', students.length),
    moves: count('moves', students.length),
    renames: count('renames', students.length),
    classRenames: count('classRenames', classes.length),
    classesVanish: count('classesVanish', classes.length),
    contactChanges: count('contactChanges', guardians.length),
    classArrivals: count('classArrivals', classes.length),
    teacherChanges: count('teacherChanges', classes.length),
    coTeacherChanges: count('coTeacherChanges', classes.length),
    schoolRenames: count('schoolRenames', schools.length),
    returns: count('returns', gone.length),
  };
  let next = district;
  if (amounts.withdrawals > 0) next = withdraw(next, context, amounts.withdrawals);
  if (amounts.arrivals > 0) next = welcome(next, context, amounts.arrivals);
  if (amounts.moves > 0) next = moveStudents(next, context, amounts.moves);
  if (amounts.renames > 0) next = renameStudents(next, context, amounts.renames);
  if (amounts.classRenames > 0) next = renameClasses(next, context, amounts.classRenames);
  if (amounts.classesVanish > 0) {
    const gone = new Set(random.sample(next.classes, amounts.classesVanish));
    next = { ...next, classes: next.classes.filter((record) => !gone.has(record)) };
  }
  if (amounts.contactChanges > 0) next = changeContacts(next, context, amounts.contactChanges);
  if (amounts.classArrivals > 0) next = addClasses(next, context, amounts.classArrivals);
  if (amounts.teacherChanges > 0) next = changeTeachers(next, context, amounts.teacherChanges);
  if (amounts.coTeacherChanges > 0) next = changeCoTeachers(next, context, amounts.coTeacherChanges);
  if (amounts.schoolRenames > 0) next = renameSchools(next, context, amounts.schoolRenames);
  if (amounts.returns > 0 && evolution.before !== undefined) {
    next = welcomeBack(next, evolution.before, random.sample(gone, amounts.returns), at);
  }
  return { ...next, updatedAt: at, nextSerial: issuer.next };
}

function countOf(option: string, amount: number, of: number): number {
  if (!(amount >= 0) || (amount >= 1 && !Number.isInteger(amount))) {
    throw new ConfigurationError(option, 'is a share below 1, or a whole number');
  }
  return amount < 1 ? Math.round(amount * of) : amount;
}

function withdraw(district: District, context: PeopleContext, count: number): District {
  const leaving = new Set(context.random.sample(district.students, count).map(({ id }) => id));
  const isGone = (id: string): boolean => leaving.has(id);
  return {
    ...district,
    students: district.students.filter(({ id }) => !leaving.has(id)),
    classes: district.classes.map((record) =>
      record.studentIds.some(isGone)
        ? { ...record, modifiedAt: context.at, studentIds: record.studentIds.filter((id) => !leaving.has(id)) }
        : record,
    ),
    guardians: keepGuardiansOf(district.guardians, isGone, context.at),
  };
}

function welcome(district: District, context: PeopleContext, count: number): District {
  if (district.students.length === 0) return district;
  const newcomers: DistrictStudent[] = [];
  const guardians: DistrictGuardian[] = [];
  const hasGuardians = district.guardians.length > 0;
  const newcomersOf = new Map<string, string[]>();
  for (let index = 0; index < count; index += 1) {
    const classmate = context.random.pick(district.students);
    const family = makeFamily(context, [classmate], hasGuardians);
    newcomers.push(...family.students);
    guardians.push(...family.guardians);
    const ids = newcomersOf.get(classmate.id) ?? [];
    newcomersOf.set(classmate.id, [...ids, ...family.students.map(({ id }) => id)]);
  }
  return {
    ...district,
    students: [...district.students, ...newcomers],
    guardians: [...district.guardians, ...guardians],
    classes: district.classes.map((record) => {
      const joining = record.studentIds.flatMap((id) => newcomersOf.get(id) ?? []);
      if (joining.length === 0) return record;
      return { ...record, modifiedAt: context.at, studentIds: [...record.studentIds, ...joining] };
    }),
  };
}

/** Students of the earlier district who are in this one no more, and whose school still is. */
function goneSince(before: District, district: District): readonly DistrictStudent[] {
  const present = new Set(district.students.map(({ id }) => id));
  const schools = new Set(district.schools.map(({ id }) => id));
  return before.students.filter(({ id, schoolId }) => !present.has(id) && schools.has(schoolId));
}

function welcomeBack(
  district: District,
  before: District,
  returning: readonly DistrictStudent[],
  at: string,
): District {
  const ids = new Set(returning.map(({ id }) => id));
  const formerMembers = new Map(before.classes.map(({ id, studentIds }) => [id, studentIds]));
  const links = new Map<string, DistrictGuardian>();
  for (const guardian of before.guardians) {
    const students = guardian.students.filter(({ studentId }) => ids.has(studentId));
    if (students.length > 0) links.set(guardian.id, { ...guardian, modifiedAt: at, students });
  }
  const staying = district.guardians.map((guardian) => {
    const more = links.get(guardian.id)?.students;
    links.delete(guardian.id);
    return more === undefined ? guardian : { ...guardian, modifiedAt: at, students: [...guardian.students, ...more] };
  });
  return {
    ...district,
    students: byId([...district.students, ...returning.map((student) => ({ ...student, modifiedAt: at }))]),
    guardians: byId([...staying, ...links.values()]),
    classes: district.classes.map((record) => {
      const joining = (formerMembers.get(record.id) ?? []).filter((id) => ids.has(id));
      if (joining.length === 0) return record;
      return { ...record, modifiedAt: at, studentIds: [...record.studentIds, ...joining] };
    }),
  };
}

function moveStudents(district: District, context: PeopleContext, count: number): District {
  const { random, at } = context;
  const classes = [...district.classes];
  const positions = new Map<string, number[]>();
  const add = (key: string, position: number): void => {
    const group = positions.get(key);
    if (group === undefined) positions.set(key, [position]);
    else group.push(position);
  };
  classes.forEach(({ schoolId, courseId, grade }, position) => {
    add(`${schoolId} ${courseId ?? ''}`, position);
    add(`${schoolId} ${String(grade)}`, position);
    add(schoolId, position);
  });
  const known = new Set(district.students.map(({ id }) => id));
  const moved = new Set<string>();
  // A district may have nobody left who can move: then fewer do.
  for (let attempt = 0; moved.size < count && attempt < count * 20 + 100; attempt += 1) {
    if (classes.length < 2) break;
    const from = random.below(classes.length);
    const left = classes[from];
    if (left === undefined || left.studentIds.length === 0) continue;
    const studentId = random.pick(left.studentIds);
    if (moved.has(studentId) || !known.has(studentId)) continue;
    const { schoolId, courseId, grade } = left;
    const choices = [`${schoolId} ${courseId ?? ''}`, `${schoolId} ${String(grade)}`, schoolId]
      .map((key) => positions.get(key) ?? [])
      .find((group) => group.length > 1);
    if (choices === undefined) continue;
    const to = random.pick(choices);
    const joined = classes[to];
    if (joined === undefined || to === from || joined.studentIds.includes(studentId)) continue;
    classes[from] = { ...left, modifiedAt: at, studentIds: left.studentIds.filter((id) => id !== studentId) };
    classes[to] = { ...joined, modifiedAt: at, studentIds: [...joined.studentIds, studentId] };
    moved.add(studentId);
  }
  return { ...district, classes };
}

function renameStudents(district: District, context: PeopleContext, count: number): District {
  const chosen = new Set(context.random.sample(district.students, count));
  return {
    ...district,
    students: district.students.map((student) => {
      if (!chosen.has(student)) return student;
      return { ...student, modifiedAt: context.at, familyName: another(context.random, student.familyName) };
    }),
  };
}

function another(random: Random, name: string): string {
  const choice = random.pick(familyNames);
  return choice === name ? `${name}-${random.pick(familyNames)}` : choice;
}

function changeContacts(district: District, context: PeopleContext, count: number): District {
  const { random, at } = context;
  const chosen = new Set(random.sample(district.guardians, count));
  return {
    ...district,
    guardians: district.guardians.map((guardian) => {
      if (!chosen.has(guardian)) return guardian;
      const { givenName, familyName, id } = guardian;
      if (guardian.email !== undefined) {
        // The instant tells one change of address from the next.
        const change = `.${Date.parse(at).toString(36)}`;
        return { ...guardian, modifiedAt: at, email: guardianEmail(givenName, familyName, id, change) };
      }
      const phone = anotherPhone(random, guardian.mobile ?? guardian.homePhone);
      if (guardian.homePhone !== undefined) return { ...guardian, modifiedAt: at, homePhone: phone };
      return { ...guardian, modifiedAt: at, mobile: phone };
    }),
  };
}

function anotherPhone(random: Random, present: string | undefined): string {
  let phone = makePhone(random);
  while (phone === present) phone = makePhone(random);
  return phone;
}
