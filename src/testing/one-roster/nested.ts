import type { District, DistrictClass } from '../district.js';
import { schoolsOf } from '../roster.js';
import { enrollmentId, lineItemSuffix, resourceSuffix, resultId } from './records.js';
import type { DistrictRows, ListPath } from './rows.js';

/** The rows of a list that stand below another record. */
export interface NestedRows {
  readonly path: ListPath;
  /** In ascending order. */
  readonly positions: Uint32Array;
}

/** What stands below a record: which list, and the sourcedIds of its rows. */
type Below = readonly [path: ListPath, ids: readonly string[]];

/**
 * The rows of a nested list, such as `/classes/{id}/students`: `unknown` where the record above does not exist,
 * undefined where there is no such endpoint.
 *
 * @param segments the parts of the path, decoded
 * @param hasTeachersAmongStudents whether the teachers of a class are among its students
 */
export function nestedRows(
  district: District,
  rows: DistrictRows,
  segments: readonly string[],
  hasTeachersAmongStudents: boolean,
): NestedRows | 'unknown' | undefined {
  const [parent = '', id = '', ...rest] = segments;
  const below = belowOf(district, parent, id, rest);
  if (below === undefined || below === 'unknown') return below;
  const [path, ids] = hasTeachersAmongStudents && parent === 'classes' ? withTeachers(district, id, below) : below;
  const positions = [...new Set(ids)].map((each) => rows[path].find(each)).filter((position) => position >= 0);
  return { path, positions: Uint32Array.from(positions).sort() };
}

function withTeachers(district: District, classId: string, below: Below): Below {
  const [path, ids] = below;
  const teacherIds = district.classes.find(({ id }) => id === classId)?.teacherIds ?? [];
  return path === 'students' ? ['users', [...ids, ...teacherIds]] : below;
}

function belowOf(
  district: District,
  parent: string,
  id: string,
  rest: readonly string[],
): Below | 'unknown' | undefined {
  switch (parent) {
    case 'schools':
      return belowSchool(district, id, rest);
    case 'classes':
      // The enrollments of a class are below its school alone.
      if (rest[0] === 'enrollments') return undefined;
      return belowClass(
        district.classes.find((record) => record.id === id),
        rest,
      );
    case 'terms': {
      const [child] = rest;
      if (rest.length !== 1 || (child !== 'classes' && child !== 'gradingPeriods')) return undefined;
      if (!district.terms.some((term) => term.id === id && term.type === 'term')) return 'unknown';
      const classes = district.classes.filter(({ termId }) => termId === id);
      return child === 'classes' ? ['classes', idsOf(classes)] : ['gradingPeriods', []];
    }
    case 'courses': {
      const [child] = rest;
      if (rest.length !== 1 || (child !== 'classes' && child !== 'resources')) return undefined;
      if (!district.courses.some((course) => course.id === id)) return 'unknown';
      if (child === 'resources') return ['resources', [id + resourceSuffix]];
      return ['classes', idsOf(district.classes.filter(({ courseId }) => courseId === id))];
    }
    case 'users':
    case 'students':
    case 'teachers':
      return rest.length === 1 && rest[0] === 'classes' ? classesOf(district, parent, id) : undefined;
    default:
      return undefined;
  }
}

function belowSchool(
  district: District,
  schoolId: string,
  [child, classId, ...rest]: readonly string[],
): Below | 'unknown' | undefined {
  const classes = district.classes.filter((record) => record.schoolId === schoolId);
  const isKnown = district.schools.some(({ id }) => id === schoolId);
  if (classId !== undefined) {
    const isMembers = rest.length === 1 && ['enrollments', 'students', 'teachers'].includes(rest[0] ?? '');
    if (child !== 'classes' || !isMembers) return undefined;
    if (!isKnown) return 'unknown';
    return belowClass(
      classes.find(({ id }) => id === classId),
      rest,
    );
  }
  const lists: Readonly<Record<string, () => Below>> = {
    classes: () => ['classes', idsOf(classes)],
    courses: () => ['courses', present(classes.map(({ courseId }) => courseId))],
    terms: () => ['terms', present(classes.map(({ termId }) => termId))],
    enrollments: () => ['enrollments', classes.flatMap(enrollmentsOf)],
    students: () => ['students', idsOf(district.students.filter((student) => student.schoolId === schoolId))],
    teachers: () => ['teachers', idsOf(district.teachers.filter((teacher) => schoolsOf(teacher).includes(schoolId)))],
  };
  if (child === undefined || !Object.hasOwn(lists, child)) return undefined;
  return isKnown ? lists[child]?.() : 'unknown';
}

function belowClass(
  record: DistrictClass | undefined,
  [child = '', id, ...rest]: readonly string[],
): Below | 'unknown' | undefined {
  const isResults = id !== undefined && rest.length === 1 && rest[0] === 'results';
  const isKnown =
    id === undefined
      ? ['students', 'teachers', 'enrollments', 'resources', 'results', 'lineItems'].includes(child)
      : isResults && (child === 'lineItems' || child === 'students');
  if (!isKnown) return undefined;
  if (record === undefined) return 'unknown';
  const { studentIds, teacherIds, courseId } = record;
  const results = () => studentIds.map((studentId) => resultId(record.id, studentId));
  switch (child) {
    case 'students':
      if (id === undefined) return ['students', studentIds];
      return studentIds.includes(id) ? ['results', [resultId(record.id, id)]] : 'unknown';
    case 'teachers':
      return ['teachers', teacherIds];
    case 'enrollments':
      return ['enrollments', enrollmentsOf(record)];
    case 'resources':
      return ['resources', courseId === undefined ? [] : [courseId + resourceSuffix]];
    case 'results':
      return ['results', results()];
    default:
      if (id === undefined) return ['lineItems', [record.id + lineItemSuffix]];
      return id === record.id + lineItemSuffix ? ['results', results()] : 'unknown';
  }
}

function classesOf(district: District, parent: 'users' | 'students' | 'teachers', id: string): Below | 'unknown' {
  const { students, teachers, staff, guardians } = district;
  const people = {
    users: [students, teachers, staff, guardians],
    students: [students],
    teachers: [teachers],
  }[parent];
  if (!people.some((list) => list.some((person) => person.id === id))) return 'unknown';
  const isMember = ({ studentIds, teacherIds }: DistrictClass) =>
    (parent !== 'teachers' && studentIds.includes(id)) || (parent !== 'students' && teacherIds.includes(id));
  return ['classes', idsOf(district.classes.filter(isMember))];
}

function enrollmentsOf({ id, teacherIds, studentIds }: DistrictClass): readonly string[] {
  return [...teacherIds, ...studentIds].map((userId) => enrollmentId(id, userId));
}

function idsOf(records: readonly { readonly id: string }[]): readonly string[] {
  return records.map(({ id }) => id);
}

function present(ids: readonly (string | undefined)[]): readonly string[] {
  return ids.filter((id) => id !== undefined);
}
