import { lastGrade, makeTerms, schoolsByGrade } from './curriculum.js';
import type { District, DistrictGuardian, DistrictSchool, DistrictStudent, Guardianship } from './district.js';
import { IdIssuer } from './ids.js';
import { guardiansByStudent, keepGuardiansOf } from './lookup.js';
import { emailOfStudent, makeFamily, makeStudent, type PeopleContext } from './people.js';
import { Random } from './random.js';
import { makeTimetable } from './timetable.js';

const shareOfYoungerSiblings = 0.3;

/** How a school year turns into the next. */
export interface RolloverOptions {
  /** The same seed on the same district gives the same next year. @default 1 */
  readonly seed?: number;
  /** As in `generateDistrict`. @default 0.1 */
  readonly clashingNames?: number;
}

/**
 * The district in its next school year: a new one; the one given stays as it is.
 *
 * Last year's classes and terms are gone and new ones, with new ids, are there. Everyone moves up a grade, and to the
 * next school where theirs ends. Seniors have left, and as many kindergarteners have arrived, some of them siblings of
 * students who are there already. Teachers stay; more are hired where classes need them.
 *
 * @example
 * ```ts
 * import { generateDistrict, rollover } from 'rosterkit/testing';
 *
 * const thisYear = generateDistrict({ seed: 7 });
 * const nextYear = rollover(thisYear, { seed: 8 });
 * ```
 */
export function rollover(district: District, options: RolloverOptions = {}): District {
  const { seed = 1, clashingNames = 0.1 } = options;
  const schoolYear = district.schoolYear + 1;
  const at = `${String(schoolYear)}-08-10T04:00:00.000Z`;
  const issuer = new IdIssuer(district.id, district.nextSerial);
  const contextFor = (purpose: string): PeopleContext => ({
    random: new Random(seed, `${purpose} ${String(schoolYear)}`),
    issuer,
    districtId: district.id,
    schoolYear,
    at,
  });

  const terms = makeTerms(issuer, schoolYear, at);
  const staying = promote(district, at);
  const graduates = new Set(district.students.filter(({ grade }) => grade >= lastGrade).map(({ id }) => id));
  const guardians = keepGuardiansOf(district.guardians, (id) => graduates.has(id), at);
  const people = welcomeKindergarten(contextFor('kindergarten'), district.schools, staying, guardians, graduates.size);
  const { classes, teachers } = makeTimetable(contextFor('timetable'), {
    schools: district.schools,
    courses: district.courses,
    terms,
    students: people.students,
    teachers: district.teachers,
    clashingNames,
  });
  return {
    ...district,
    ...people,
    schoolYear,
    updatedAt: at,
    nextSerial: issuer.next,
    terms: [terms.year, terms.autumn, terms.spring],
    classes,
    teachers,
  };
}

function promote(district: District, at: string): DistrictStudent[] {
  const byGrade = schoolsByGrade(district.schools);
  const positions = new Map(district.schools.map((school, position) => [school.id, { school, position }]));
  return district.students
    .filter(({ grade }) => grade < lastGrade)
    .map((student) => {
      const grade = student.grade + 1;
      const present = positions.get(student.schoolId);
      const choice = byGrade[grade] ?? [];
      const stays = present === undefined || grade <= present.school.highGrade || choice.length === 0;
      const schoolId = stays ? student.schoolId : (choice[present.position % choice.length]?.id ?? student.schoolId);
      const promoted: DistrictStudent = { ...student, modifiedAt: at, grade, schoolId };
      const email = emailOfStudent(district.id, promoted);
      return email === undefined ? promoted : { ...promoted, email };
    });
}

/** Adds `count` kindergarteners: each alone with new guardians, or as the sibling of someone. */
function welcomeKindergarten(
  context: PeopleContext,
  schools: readonly DistrictSchool[],
  staying: readonly DistrictStudent[],
  guardians: readonly DistrictGuardian[],
  count: number,
): { readonly students: readonly DistrictStudent[]; readonly guardians: readonly DistrictGuardian[] } {
  const { random } = context;
  const choice = schoolsByGrade(schools)[0] ?? [];
  if (choice.length === 0) return { students: staying, guardians };
  const students: DistrictStudent[] = [...staying];
  const newGuardians: DistrictGuardian[] = [];
  const siblingLinks = new Map<string, Guardianship[]>();
  const guardiansOf = guardiansByStudent(staying, guardians);
  for (let index = 0; index < count; index += 1) {
    const child = { schoolId: random.pick(choice).id, grade: 0 };
    const position = random.below(staying.length);
    const sibling = staying[position];
    if (sibling === undefined || !random.chance(shareOfYoungerSiblings)) {
      const family = makeFamily(context, [child], guardians.length > 0);
      students.push(...family.students);
      newGuardians.push(...family.guardians);
      continue;
    }
    const student = makeStudent(context, child, sibling.familyName);
    students.push(student);
    for (const guardian of guardiansOf(position)) {
      const link = guardian.students.find(({ studentId }) => studentId === sibling.id);
      if (link === undefined) continue;
      const links = siblingLinks.get(guardian.id) ?? [];
      siblingLinks.set(guardian.id, [...links, { ...link, studentId: student.id }]);
    }
  }
  return {
    students,
    guardians: [
      ...guardians.map((guardian) => {
        const links = siblingLinks.get(guardian.id);
        if (links === undefined) return guardian;
        return { ...guardian, modifiedAt: context.at, students: [...guardian.students, ...links] };
      }),
      ...newGuardians,
    ],
  };
}
