/**
 * Clever's records as records of the neutral roster.
 *
 * @module
 */

import { compareIds, inOrder } from '../internal/ordered.js';
import type {
  Class,
  Course,
  Enrollment,
  GuardianLink,
  RejectedRow,
  School,
  Term,
  User,
  UserRole,
} from '../model/index.js';
import { isTold } from '../http/index.js';
import type {
  CleverContactRole,
  CleverCourse,
  CleverRole,
  CleverSchool,
  CleverSection,
  CleverTerm,
  CleverUser,
} from './api/wire.js';

/** A school. */
export function toSchool(school: CleverSchool): School {
  return defined({
    sourcedId: school.id,
    status: 'active' as const,
    dateLastModified: school.last_modified,
    name: school.name ?? '',
    identifier: school.school_number ?? school.state_id,
    lowGrade: school.low_grade,
    highGrade: school.high_grade,
  });
}

/** A term. Clever's last day still belongs to it; the roster names the first day that no longer does. */
export function toTerm(term: CleverTerm): Term {
  const lastDay = isoDay(term.end_date);
  return defined({
    sourcedId: term.id,
    status: 'active' as const,
    name: term.name ?? '',
    startDate: isoDay(term.start_date),
    endDate: lastDay === undefined ? undefined : dayAfter(lastDay),
  });
}

/** A course. */
export function toCourse(course: CleverCourse): Course {
  return defined({
    sourcedId: course.id,
    status: 'active' as const,
    title: course.name ?? '',
    courseCode: course.number,
  });
}

/** A section as a class; `courseTitles` gives the title of a course by its id. */
export function toClass(section: CleverSection, courseTitles: ReadonlyMap<string, string>): Class {
  return defined({
    sourcedId: section.id,
    status: 'active' as const,
    dateLastModified: section.last_modified,
    schoolSourcedId: section.school,
    name: section.name ?? '',
    courseSourcedId: section.course,
    courseTitle: section.course === undefined ? undefined : courseTitles.get(section.course),
    termSourcedIds: section.term_id === undefined ? undefined : [section.term_id],
    period: section.period,
    sectionNumber: section.section_number,
    grades: section.grade === undefined ? undefined : [section.grade],
    subject: section.subject,
  });
}

/**
 * The members of a section, one enrollment each, ordered by user; whoever is both teacher and student is its teacher.
 * Members that were not sent are not absent: they are rejected as a whole, so that nobody leaves the class for it.
 */
export function toEnrollments(section: CleverSection): {
  readonly enrollments: readonly Enrollment[];
  readonly rejected: readonly RejectedRow[];
} {
  const members = new Map<string, Enrollment>();
  const classSourcedId = section.id;
  const status = 'active' as const;
  for (const userSourcedId of section.students) {
    members.set(userSourcedId, { classSourcedId, userSourcedId, role: 'student', status });
  }
  const teachers = section.teacher === undefined ? section.teachers : [section.teacher, ...section.teachers];
  for (const userSourcedId of teachers) {
    const primary = userSourcedId === section.teacher;
    members.set(userSourcedId, { classSourcedId, userSourcedId, role: 'teacher', primary, status });
  }
  const enrollments = inOrder([...members.values()], (left, right) =>
    compareIds(left.userSourcedId, right.userSourcedId),
  );
  const rejected = (['students', 'teachers'] as const)
    .filter((field) => !isTold(section[field]))
    .map((field) => ({ collection: 'enrollments' as const, classSourcedId, problem: `${field}-not-told` }));
  return { enrollments, rejected };
}

const ROLES = [
  ['student', 'student'],
  ['teacher', 'teacher'],
  ['staff', 'staff'],
  ['district_admin', 'administrator'],
  ['contact', 'guardian'],
] as const satisfies readonly (readonly [CleverRole, UserRole])[];

/** A person. */
export function toUser(user: CleverUser): User {
  const { student, teacher, staff, contact } = user.roles;
  const roles: UserRole[] = ROLES.filter(([key]) => user.roles[key] !== undefined).map(([, role]) => role);
  const primarySchool = student?.school ?? teacher?.school;
  const schools = [
    primarySchool,
    teacher?.school,
    ...(student?.schools ?? []),
    ...(teacher?.schools ?? []),
    ...(staff?.schools ?? []),
  ].filter((school) => school !== undefined);
  const isCell = contact?.phone_type?.toLowerCase() === 'cell';
  return defined({
    sourcedId: user.id,
    status: 'active' as const,
    dateLastModified: user.last_modified,
    roles: roles.length > 0 ? roles : (['other'] as const),
    givenName: user.name?.first ?? '',
    familyName: user.name?.last ?? '',
    middleName: user.name?.middle,
    username: (student?.credentials ?? teacher?.credentials ?? staff?.credentials)?.district_username,
    email: user.email,
    mobile: isCell ? contact.phone : undefined,
    homePhone: isCell ? undefined : contact?.phone,
    enabled: true,
    schoolSourcedIds: [...new Set(schools)].sort(compareIds),
    primarySchoolSourcedId: primarySchool,
    grade: student?.grade,
    birthDate: birthDate(student?.dob),
    stateId: student?.state_id ?? teacher?.state_id,
    sisId: student?.sis_id ?? teacher?.sis_id ?? staff?.staff_id ?? contact?.sis_id,
  });
}

/** The students of a contact, one link each, ordered by student; a relationship that names no student is rejected. */
export function toGuardianLinks(
  guardianSourcedId: string,
  contact: CleverContactRole,
): { readonly links: readonly GuardianLink[]; readonly rejected: readonly RejectedRow[] } {
  const links = new Map<string, GuardianLink>();
  const rejected: RejectedRow[] = [];
  if (!isTold(contact.student_relationships)) {
    rejected.push({ collection: 'guardianLinks', sourcedId: guardianSourcedId, problem: 'relationships-not-told' });
  }
  for (const { student, relationship, type } of contact.student_relationships) {
    if (student === undefined) {
      rejected.push({ collection: 'guardianLinks', sourcedId: guardianSourcedId, problem: 'missing-student' });
      continue;
    }
    if (links.has(student)) continue;
    const link = {
      guardianSourcedId,
      studentSourcedId: student,
      relationship,
      contactType: type,
      status: 'active' as const,
    };
    links.set(student, defined(link));
  }
  const ordered = inOrder([...links.values()], (left, right) =>
    compareIds(left.studentSourcedId, right.studentSourcedId),
  );
  return { links: ordered, rejected };
}

/** Clever sends `M/D/YYYY`, and says that it sends `YYYY-MM-DD`. What is neither is no date. */
function birthDate(dob: string | undefined): string | undefined {
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(dob ?? '');
  if (american === null) return isoDay(dob);
  const [, month = '', day = '', year = ''] = american;
  return isoDay(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
}

/** The day of a date or an instant, where there is such a day. */
function isoDay(text: string | undefined): string | undefined {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(text ?? '')?.[0];
  if (day === undefined) return undefined;
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day) ? day : undefined;
}

function dayAfter(day: string): string {
  const time = Date.parse(`${day}T00:00:00Z`) + 86_400_000;
  return new Date(time).toISOString().slice(0, 10);
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The record without the fields that are undefined. */
function defined<T extends object>(record: T): Defined<T> {
  const result: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(record)) if (value !== undefined) result[field] = value;
  return result as Defined<T>;
}
