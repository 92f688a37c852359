import type { IdIssuer } from './ids.js';
import type { DistrictCourse, DistrictSchool, DistrictTerm } from './district.js';

/** The highest grade that stays in one room with one teacher all day. */
export const lastHomeroomGrade = 5;
export const lastGrade = 12;

/** When in the year a course is taught. */
export type Season = 'year' | 'autumn' | 'spring';

/** A course, and when it is taught. */
export interface PlannedCourse {
  readonly course: DistrictCourse;
  readonly season: Season;
}

interface Subject {
  readonly code: string;
  readonly subject: string;
  readonly season: Season;
  readonly nameOf: (grade: number) => string;
}

const mathNames = ['Math 6', 'Math 7', 'Math 8', 'Algebra 1', 'Geometry', 'Algebra 2', 'Pre-Calculus'];
const scienceNames = [
  'Science 6',
  'Science 7',
  'Science 8',
  'Biology',
  'Chemistry',
  'Physics',
  'Environmental Science',
];
const socialNames = [
  'Social Studies 6',
  'Social Studies 7',
  'Social Studies 8',
  'World Geography',
  'World History',
  'US History',
  'Government',
];

const subjects: readonly Subject[] = [
  { code: 'ENG', subject: 'english/language arts', season: 'year', nameOf: (grade) => `English ${String(grade)}` },
  { code: 'MAT', subject: 'math', season: 'year', nameOf: (grade) => mathNames[grade - 6] ?? '' },
  { code: 'SCI', subject: 'science', season: 'year', nameOf: (grade) => scienceNames[grade - 6] ?? '' },
  { code: 'SOC', subject: 'social studies', season: 'year', nameOf: (grade) => socialNames[grade - 6] ?? '' },
  { code: 'PHE', subject: 'PE and health', season: 'year', nameOf: (grade) => `Physical Education ${String(grade)}` },
  { code: 'ART', subject: 'arts and music', season: 'autumn', nameOf: (grade) => `Visual Arts ${String(grade)}` },
  {
    code: 'TEC',
    subject: 'technology and engineering',
    season: 'spring',
    nameOf: (grade) => `Computer Science ${String(grade)}`,
  },
];

/** The district's courses: a homeroom for each low grade, seven subjects for each of the others. */
export function makeCourses(issuer: IdIssuer, at: string): DistrictCourse[] {
  const courses: DistrictCourse[] = [];
  const add = (name: string, number: string, grade: number, subject: string): void => {
    courses.push({ id: issuer.issue(), createdAt: at, modifiedAt: at, name, number, grade, subject });
  };
  for (let grade = 0; grade <= lastHomeroomGrade; grade += 1) {
    const name = grade === 0 ? 'Kindergarten Homeroom' : `Grade ${String(grade)} Homeroom`;
    add(name, `HR${String(grade).padStart(2, '0')}`, grade, 'homeroom/advisory');
  }
  for (const { code, subject, nameOf } of subjects) {
    for (let grade = lastHomeroomGrade + 1; grade <= lastGrade; grade += 1) {
      add(nameOf(grade), `${code}${String(grade).padStart(2, '0')}`, grade, subject);
    }
  }
  return courses;
}

/** The courses of the timetable in the order in which teachers are assigned: all grades of a subject together. */
export function plannedCourses(courses: readonly DistrictCourse[]): PlannedCourse[] {
  return courses.map((course) => ({
    course,
    season: subjects.find(({ code }) => course.number.startsWith(code))?.season ?? 'year',
  }));
}

/** The terms of a school year: all of it, autumn and spring. */
export function makeTerms(issuer: IdIssuer, schoolYear: number, at: string): Record<Season, DistrictTerm> {
  const first = String(schoolYear);
  const second = String(schoolYear + 1);
  const label = `${first}-${second}`;
  const make = (name: string, type: DistrictTerm['type'], startDate: string, endDate: string): DistrictTerm => ({
    id: issuer.issue(),
    createdAt: at,
    modifiedAt: at,
    name: `${name} ${label}`,
    type,
    startDate,
    endDate,
  });
  return {
    year: make('Full Year', 'schoolYear', `${first}-08-17`, `${second}-06-05`),
    autumn: make('Semester 1', 'term', `${first}-08-17`, `${second}-01-04`),
    spring: make('Semester 2', 'term', `${second}-01-04`, `${second}-06-05`),
  };
}

/** The schools that teach each grade, by grade. */
export function schoolsByGrade(schools: readonly DistrictSchool[]): readonly (readonly DistrictSchool[])[] {
  return Array.from({ length: lastGrade + 1 }, (_, grade) =>
    schools.filter((school) => school.lowGrade <= grade && grade <= school.highGrade),
  );
}

/** The lowest and highest grade of each of `count` schools: every grade is taught somewhere. */
export function schoolLevels(
  count: number,
): readonly { readonly low: number; readonly high: number; readonly kind: string }[] {
  if (count === 1) return [{ low: 0, high: 12, kind: 'School' }];
  if (count === 2) {
    return [
      { low: 0, high: 5, kind: 'Elementary School' },
      { low: 6, high: 12, kind: 'Secondary School' },
    ];
  }
  const upper = Math.max(1, Math.round(count / 5));
  return Array.from({ length: count }, (_, index) => {
    if (index < count - 2 * upper) return { low: 0, high: 5, kind: 'Elementary School' };
    if (index < count - upper) return { low: 6, high: 8, kind: 'Middle School' };
    return { low: 9, high: 12, kind: 'High School' };
  });
}
