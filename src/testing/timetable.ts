import { lastHomeroomGrade, plannedCourses, type Season } from './curriculum.js';
import type {
  DistrictClass,
  DistrictCourse,
  DistrictSchool,
  DistrictStudent,
  DistrictTeacher,
  DistrictTerm,
} from './district.js';
import { serialOf } from './ids.js';
import { makeTeacher, type PeopleContext } from './people.js';

const studentsPerClass = 25;
const classesPerTeacher = 5;
const shareOfCoTaughtClasses = 0.12;

/** What a timetable is made of. */
export interface TimetableInput {
  readonly schools: readonly DistrictSchool[];
  readonly courses: readonly DistrictCourse[];
  readonly terms: Readonly<Record<Season, DistrictTerm>>;
  readonly students: readonly DistrictStudent[];
  /** Those who are there already: they are given classes before anyone is hired. */
  readonly teachers: readonly DistrictTeacher[];
  readonly clashingNames: number;
}

/** The classes of a school year, and the teachers, newly hired ones included. */
export interface Timetable {
  readonly classes: readonly DistrictClass[];
  readonly teachers: readonly DistrictTeacher[];
}

/** A class before its teachers and its name are known. */
interface Section {
  readonly course: DistrictCourse;
  readonly season: Season;
  readonly number: number;
  readonly studentIds: readonly string[];
}

/** Gives every student a homeroom, or a class in each subject of the grade. */
export function makeTimetable(context: PeopleContext, input: TimetableInput): Timetable {
  const cells = groupStudents(input.students);
  const teachers = [...input.teachers];
  const teachersOfSchool = groupTeachers(input.teachers);
  const planned = plannedCourses(input.courses);
  const classes: DistrictClass[] = [];
  for (const school of input.schools) {
    const staffRoom = teachersOfSchool.get(school.id) ?? [];
    const known = staffRoom.length;
    const sections: Section[] = planned.flatMap(({ course, season }) =>
      divide(context, cells.get(school.id)?.[course.grade] ?? []).map((studentIds, index) => ({
        course,
        season,
        number: index + 1,
        studentIds,
      })),
    );
    const taught = assignTeachers(context, school, sections, staffRoom);
    for (const teacher of staffRoom.slice(known)) teachers.push(teacher);
    const named = nameClasses(context, school, sections, taught, input.terms);
    for (const record of clashNames(context, named, input.clashingNames)) classes.push(record);
  }
  return { classes, teachers };
}

/** The students of each school by grade. */
function groupStudents(students: readonly DistrictStudent[]): Map<string, string[][]> {
  const cells = new Map<string, string[][]>();
  for (const { id, schoolId, grade } of students) {
    let grades = cells.get(schoolId);
    if (grades === undefined) {
      grades = [];
      cells.set(schoolId, grades);
    }
    (grades[grade] ??= []).push(id);
  }
  return cells;
}

function groupTeachers(teachers: readonly DistrictTeacher[]): Map<string, DistrictTeacher[]> {
  const groups = new Map<string, DistrictTeacher[]>();
  for (const teacher of teachers) {
    const school = teacher.schoolIds[0];
    if (school === undefined) continue;
    const group = groups.get(school);
    if (group === undefined) groups.set(school, [teacher]);
    else group.push(teacher);
  }
  return groups;
}

/** Students in another mix for every course, dealt into classes of equal size. */
function divide(context: PeopleContext, studentIds: readonly string[]): string[][] {
  if (studentIds.length === 0) return [];
  const count = Math.max(1, Math.round(studentIds.length / studentsPerClass));
  const groups = Array.from({ length: count }, (): string[] => []);
  context.random.shuffled(studentIds).forEach((id, index) => groups[index % count]?.push(id));
  return groups.map((group) => group.sort());
}

/** Each section with its teachers, the primary one first, and its period. */
function assignTeachers(
  context: PeopleContext,
  school: DistrictSchool,
  sections: readonly Section[],
  staffRoom: DistrictTeacher[],
): { readonly teachers: readonly DistrictTeacher[]; readonly period: number }[] {
  let position = -1;
  let load = classesPerTeacher;
  const taught = sections.map(({ course }) => {
    const isHomeroom = course.grade <= lastHomeroomGrade;
    if (isHomeroom || load >= classesPerTeacher) {
      position += 1;
      load = 0;
    }
    load = isHomeroom ? classesPerTeacher : load + 1;
    const teacher = (staffRoom[position] ??= makeTeacher(
      context,
      school,
      isHomeroom ? `${course.name.replace(' Homeroom', '')} Teacher` : `${course.subject} Teacher`,
    ));
    return { teacher, period: isHomeroom ? 1 : load };
  });
  // Someone who has no class yet: a roster is never without one.
  if (sections.length > 0 && staffRoom[position + 1] === undefined) {
    staffRoom.push(makeTeacher(context, school, 'Substitute Teacher'));
  }
  return taught.map(({ teacher, period }) => {
    if (!context.random.chance(shareOfCoTaughtClasses)) return { teachers: [teacher], period };
    const other = staffRoom[context.random.below(position + 1)];
    return { teachers: other === undefined || other === teacher ? [teacher] : [teacher, other], period };
  });
}

function nameClasses(
  context: PeopleContext,
  school: DistrictSchool,
  sections: readonly Section[],
  taught: readonly { readonly teachers: readonly DistrictTeacher[]; readonly period: number }[],
  terms: Readonly<Record<Season, DistrictTerm>>,
): DistrictClass[] {
  const timesUsed = new Map<string, number>();
  return sections.map((section, index) => {
    const { course, season, number, studentIds } = section;
    const { teachers, period: hour } = taught[index] ?? { teachers: [], period: 1 };
    const id = context.issuer.issue();
    const wanted = className(course.name, teachers[0]?.familyName ?? '', String(hour));
    const used = timesUsed.get(wanted) ?? 0;
    timesUsed.set(wanted, used + 1);
    const period = used === 0 ? String(hour) : `${String(hour)}(${String(used + 1)})`;
    return {
      id,
      createdAt: context.at,
      modifiedAt: context.at,
      name: className(course.name, teachers[0]?.familyName ?? '', period),
      type: course.grade <= lastHomeroomGrade ? 'homeroom' : 'scheduled',
      schoolId: school.id,
      courseId: course.id,
      termId: terms[season].id,
      sisId: `C${String(serialOf(id)).padStart(7, '0')}`,
      sectionNumber: `${course.number}-${String(number).padStart(2, '0')}`,
      period,
      grade: course.grade,
      subject: course.subject,
      teacherIds: teachers.map((teacher) => teacher.id),
      studentIds,
    };
  });
}

/**
 * Gives pairs of classes of one school one name, as happens where two groups of a course sit with one teacher at one
 * time: the second of each pair takes the course, teachers and period of the first.
 */
function clashNames(context: PeopleContext, classes: DistrictClass[], share: number): readonly DistrictClass[] {
  const pairs = Math.floor((classes.length * share) / 2 + 0.5);
  const starts = Array.from({ length: Math.floor(classes.length / 2) }, (_, index) => index * 2);
  const sameCourse = (start: number) => classes[start]?.courseId === classes[start + 1]?.courseId;
  const candidates = context.random
    .shuffled(starts)
    .sort((left, right) => Number(sameCourse(right)) - Number(sameCourse(left)));
  for (const start of candidates.slice(0, pairs)) {
    const first = classes[start];
    const second = classes[start + 1];
    if (first === undefined || second === undefined) continue;
    const { name, type, period, subject, teacherIds } = first;
    const { courseId, termId } = first;
    classes[start + 1] = {
      ...second,
      name,
      type,
      period,
      subject,
      teacherIds,
      ...(courseId === undefined ? {} : { courseId }),
      ...(termId === undefined ? {} : { termId }),
    };
  }
  return classes;
}

/** A name as Clever makes it: course, family name of the teacher, period. */
function className(course: string, teacher: string, period: string): string {
  return [course, teacher, period].join(' - ');
}
