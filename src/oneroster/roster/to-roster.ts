/**
 * The six collections of OneRoster as the neutral collections of a roster. Pure: nothing is looked up, resolved or
 * guessed, and two rows with the same id both stay, because to choose between them is the engine's task.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import type {
  Class,
  Course,
  Enrollment,
  EnrollmentRole,
  RejectedRow,
  Roster,
  School,
  Term,
  User,
} from '../../model/index.js';
import { withoutUndefined } from '../records/decode-values.js';
import { guardianLinksOf } from './guardians/agents.js';
import { currentRoles, enrollmentRoleOf, userRolesOf } from './roles.js';
import type {
  OneRosterClass,
  OneRosterRosterCollection,
  OneRosterCourse,
  OneRosterEnrollment,
  OneRosterRecords,
  OneRosterReference,
  OneRosterUser,
} from '../records/wire.js';

/** The records of the six collections. */
export type OneRosterRows = { readonly [K in OneRosterRosterCollection]: readonly OneRosterRecords[K][] };

/** The collections of a roster. */
export type RosterCollections = Pick<
  Roster,
  'schools' | 'terms' | 'courses' | 'classes' | 'users' | 'enrollments' | 'guardianLinks'
>;

/**
 * A roster's collections, in ascending order of their ids, and the records that have no place in it.
 *
 * @param readAt the ISO instant at which users' roles count: who has none at that time is `other`
 */
export function toRoster(
  rows: OneRosterRows,
  readAt: string,
): RosterCollections & { readonly rejected: readonly RejectedRow[] } {
  const titles = courseTitles(rows.courses);
  const rejected: RejectedRow[] = [];
  const enrollments: Enrollment[] = [];
  for (const row of rows.enrollments) {
    const role = enrollmentRoleOf(row.role);
    if (role === undefined) {
      rejected.push({
        collection: 'enrollments',
        problem: 'unknown-role',
        classSourcedId: row.class.sourcedId,
        ...sourcedIdIfAny(row.sourcedId),
      });
      continue;
    }
    enrollments.push(enrollmentOf(row, role));
  }
  return {
    schools: schoolsOf(rows.orgs),
    terms: rows.academicSessions.map(termOf).sort(bySourcedId),
    courses: rows.courses.map(courseOf).sort(bySourcedId),
    classes: rows.classes.map((row) => classOf(row, titles)).sort(bySourcedId),
    users: rows.users.map((row) => userOf(row, readAt)).sort(bySourcedId),
    enrollments: enrollments.sort(byClassAndUser),
    guardianLinks: guardianLinksOf(rows.users, readAt),
    rejected,
  };
}

function sourcedIdIfAny(sourcedId: string | undefined): { readonly sourcedId?: string } {
  return sourcedId === undefined ? {} : { sourcedId };
}

/** The schools among the orgs, by id. */
export function schoolsOf(orgs: readonly OneRosterRecords['orgs'][]): readonly School[] {
  return orgs
    .filter((org) => org.type.toLowerCase() === 'school')
    .map(schoolOf)
    .sort(bySourcedId);
}

function schoolOf(org: OneRosterRecords['orgs']): School {
  return withoutUndefined<School>({
    sourcedId: org.sourcedId,
    status: org.status,
    dateLastModified: org.dateLastModified,
    name: org.name,
    identifier: org.identifier,
  });
}

function termOf(session: OneRosterRecords['academicSessions']): Term {
  return withoutUndefined<Term>({
    sourcedId: session.sourcedId,
    status: session.status,
    dateLastModified: session.dateLastModified,
    name: session.title ?? '',
    startDate: session.startDate,
    endDate: session.endDate,
  });
}

function courseOf(course: OneRosterCourse): Course {
  return withoutUndefined<Course>({
    sourcedId: course.sourcedId,
    status: course.status,
    dateLastModified: course.dateLastModified,
    title: course.title ?? '',
    courseCode: course.courseCode,
  });
}

/** Of two courses with one id the newer one counts, then the smaller title, so that the order of rows does not. */
function courseTitles(courses: readonly OneRosterCourse[]): ReadonlyMap<string, string> {
  const ascending = [...courses].sort(
    (left, right) =>
      compareIds(left.dateLastModified ?? '', right.dateLastModified ?? '') ||
      compareIds(right.title ?? '', left.title ?? ''),
  );
  return new Map(ascending.flatMap(({ sourcedId, title }) => (title === undefined ? [] : [[sourcedId, title]])));
}

function classOf(row: OneRosterClass, titles: ReadonlyMap<string, string>): Class {
  return withoutUndefined<Class>({
    sourcedId: row.sourcedId,
    status: row.status,
    dateLastModified: row.dateLastModified,
    schoolSourcedId: row.school.sourcedId,
    name: row.title ?? '',
    courseSourcedId: row.course?.sourcedId,
    courseTitle: row.course === undefined ? undefined : titles.get(row.course.sourcedId),
    termSourcedIds: idsOf(row.terms),
    period: row.periods[0],
    sectionNumber: row.classCode,
    grades: row.grades.length === 0 ? undefined : row.grades,
    subject: row.subjects[0],
  });
}

/** A record in the making. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Most rows of a district are enrollments: nothing is made for them but the record. */
function enrollmentOf(row: OneRosterEnrollment, role: EnrollmentRole): Enrollment {
  const enrollment: Mutable<Enrollment> = {
    classSourcedId: row.class.sourcedId,
    userSourcedId: row.user.sourcedId,
    role,
    status: row.status,
  };
  // The standard has it for teachers only; files repeat `false` for everyone.
  if (role === 'teacher' && row.primary !== undefined) enrollment.primary = row.primary;
  if (row.beginDate !== undefined) enrollment.beginDate = row.beginDate;
  if (row.endDate !== undefined) enrollment.endDate = row.endDate;
  if (row.sourcedId !== undefined) enrollment.sourcedId = row.sourcedId;
  if (row.dateLastModified !== undefined) enrollment.dateLastModified = row.dateLastModified;
  return enrollment;
}

function userOf(row: OneRosterUser, readAt: string): User {
  const user: Mutable<User> = {
    sourcedId: row.sourcedId,
    status: row.status,
    roles: userRolesOf(row, readAt),
    givenName: row.givenName ?? '',
    familyName: row.familyName ?? '',
    schoolSourcedIds: idsOf([...row.orgs, ...orgsOfRoles(row, readAt)]) ?? [],
  };
  const [grade] = row.grades;
  const stateId = row.userIds.find(({ type }) => type?.toLowerCase() === 'stateid')?.identifier;
  if (row.dateLastModified !== undefined) user.dateLastModified = row.dateLastModified;
  if (row.middleName !== undefined) user.middleName = row.middleName;
  if (row.username !== undefined) user.username = row.username;
  if (row.email !== undefined) user.email = row.email;
  if (row.sms !== undefined) user.mobile = row.sms;
  if (row.phone !== undefined) user.homePhone = row.phone;
  if (row.enabledUser !== undefined) user.enabled = row.enabledUser;
  if (row.primaryOrg !== undefined) user.primarySchoolSourcedId = row.primaryOrg.sourcedId;
  if (grade !== undefined) user.grade = grade;
  if (stateId !== undefined) user.stateId = stateId;
  if (row.identifier !== undefined) user.sisId = row.identifier;
  return user;
}

/** Where somebody's roles are; of somebody whose roles have all ended, where they were. */
function orgsOfRoles(row: OneRosterUser, readAt: string): readonly OneRosterReference[] {
  const current = currentRoles(row, readAt);
  return (current.length === 0 ? row.roles : current).flatMap(({ org }) => org ?? []);
}

function idsOf(references: readonly { readonly sourcedId: string }[]): readonly string[] | undefined {
  return references.length === 0 ? undefined : [...new Set(references.map(({ sourcedId }) => sourcedId))];
}

/** A member with one row for each term has several: their own ids keep the order of rows from mattering. */
function byClassAndUser(left: Enrollment, right: Enrollment): number {
  return (
    compareIds(left.classSourcedId, right.classSourcedId) ||
    compareIds(left.userSourcedId, right.userSourcedId) ||
    compareIds(left.sourcedId ?? '', right.sourcedId ?? '')
  );
}

function bySourcedId(left: { readonly sourcedId: string }, right: { readonly sourcedId: string }): number {
  return compareIds(left.sourcedId, right.sourcedId);
}
