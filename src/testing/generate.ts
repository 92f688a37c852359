import { ConfigurationError } from '../errors.js';
import { lastGrade, makeCourses, makeTerms, schoolLevels, schoolsByGrade } from './curriculum.js';
import type { District, DistrictGuardian, DistrictSchool, DistrictStudent } from './district.js';
import { districtId, IdIssuer } from './ids.js';
import { makeFamily, makeStaff, type PeopleContext } from './people.js';
import { Random } from './random.js';
import { makeTimetable } from './timetable.js';
import { places } from './words.js';

/** What a generated district is like. */
export interface DistrictOptions {
  /** The same seed and options give the same district; another seed gives other people and other ids. @default 1 */
  readonly seed?: number;
  /** How many schools. One teaches every grade; of more, each teaches some. @default 2 */
  readonly schools?: number;
  /** How many students, from none to a million and more. @default 200 */
  readonly students?: number;
  /** The year in which the school year begins: 17 August of it to 4 June of the next. @default 2026 */
  readonly schoolYear?: number;
  /** The share of classes, 0 to 1, whose name another class of the same school has too. @default 0.1 */
  readonly clashingNames?: number;
  /** Whether students have guardians. Some districts share none. @default true */
  readonly guardians?: boolean;
  /** @default 'Sample School District' */
  readonly name?: string;
}

/**
 * A district of made-up people, the same for the same options wherever and whenever it is made.
 *
 * Classes have about 25 students: one homeroom each up to grade 5, seven subjects above. One class in ten has two
 * teachers, each school has a teacher without a class. Students up to grade 2 have no e-mail address. Siblings share
 * their one or two guardians; some guardians can only be reached on a mobile, some only at home. Names, addresses and
 * telephone numbers are nobody's.
 *
 * @throws {ConfigurationError} where an option is impossible.
 * @example
 * ```ts
 * import { generateDistrict } from 'rosterkit/testing';
 *
 * const district = generateDistrict({ seed: 7, schools: 5, students: 2_000 });
 * console.log(district.classes.length, district.guardians.length);
 * ```
 */
export function generateDistrict(options: DistrictOptions = {}): District {
  const { seed = 1, schools: schoolCount = 2, students: studentCount = 200, schoolYear = 2026 } = options;
  const { clashingNames = 0.1, guardians: hasGuardians = true, name = 'Sample School District' } = options;
  requireInteger('seed', seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  requireInteger('schools', schoolCount, 1, 100_000);
  requireInteger('students', studentCount, 0, 50_000_000);
  requireInteger('schoolYear', schoolYear, 1980, 2100);
  if (!(clashingNames >= 0 && clashingNames <= 1)) {
    throw new ConfigurationError('clashingNames', 'is a share from 0 to 1');
  }

  const seedWord = new Random(seed, 'district').below(2 ** 32);
  const id = districtId(schoolYear, seedWord);
  const at = `${String(schoolYear)}-08-10T04:00:00.000Z`;
  const issuer = new IdIssuer(id, 1);
  const contextFor = (purpose: string): PeopleContext => ({
    random: new Random(seed, purpose),
    issuer,
    districtId: id,
    schoolYear,
    at,
  });

  const schools = makeSchools(issuer, schoolCount, at);
  const terms = makeTerms(issuer, schoolYear, at);
  const courses = makeCourses(issuer, at);
  const { students, guardians } = makeFamilies(contextFor('families'), schools, studentCount, hasGuardians);
  const staff = makeStaff(contextFor('staff'), schools);
  const { classes, teachers } = makeTimetable(contextFor('timetable'), {
    schools,
    courses,
    terms,
    students,
    teachers: [],
    clashingNames,
  });
  return {
    id,
    name,
    schoolYear,
    updatedAt: at,
    nextSerial: issuer.next,
    schools,
    terms: [terms.year, terms.autumn, terms.spring],
    courses,
    classes,
    students,
    teachers,
    staff,
    guardians,
  };
}

function makeSchools(issuer: IdIssuer, count: number, at: string): DistrictSchool[] {
  return schoolLevels(count).map(({ low, high, kind }, index) => {
    const round = Math.floor(index / places.length);
    const place = `${places[index % places.length] ?? ''}${round === 0 ? '' : ` ${String(round + 1)}`}`;
    return {
      id: issuer.issue(),
      createdAt: at,
      modifiedAt: at,
      name: `${place} ${kind}`,
      number: String(index + 1).padStart(4, '0'),
      lowGrade: low,
      highGrade: high,
    };
  });
}

function makeFamilies(
  context: PeopleContext,
  schools: readonly DistrictSchool[],
  studentCount: number,
  hasGuardians: boolean,
): { readonly students: DistrictStudent[]; readonly guardians: DistrictGuardian[] } {
  const { random } = context;
  const byGrade = schoolsByGrade(schools);
  const students: DistrictStudent[] = [];
  const guardians: DistrictGuardian[] = [];
  while (students.length < studentCount) {
    const draw = random.next();
    const size = Math.min(studentCount - students.length, draw < 0.55 ? 1 : draw < 0.88 ? 2 : 3);
    // Siblings live in one place: on one level they go to one school.
    const zone = random.below(1_000_000);
    const children = Array.from({ length: size }, () => {
      const grade = random.below(lastGrade + 1);
      const choice = byGrade[grade] ?? [];
      return { grade, schoolId: choice[zone % choice.length]?.id ?? '' };
    });
    const family = makeFamily(context, children, hasGuardians);
    students.push(...family.students);
    guardians.push(...family.guardians);
  }
  return { students, guardians };
}

function requireInteger(option: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new ConfigurationError(option, `is a whole number from ${String(least)} to ${String(most)}`);
  }
}
