/**
 * The files of a OneRoster bundle and their columns, of 1.0, 1.1 and 1.2.
 *
 * @module
 */

import type { OneRosterRosterCollection } from '../records/wire.js';

/** The file of each collection, its name in lower case. */
export const FILE_NAMES: Readonly<Record<OneRosterRosterCollection, string>> = {
  orgs: 'orgs.csv',
  academicSessions: 'academicsessions.csv',
  courses: 'courses.csv',
  classes: 'classes.csv',
  users: 'users.csv',
  enrollments: 'enrollments.csv',
};

/** The files that hold a roster. */
export const DATA_FILES: readonly string[] = Object.values(FILE_NAMES);

/** Those, and what describes them. `roles.csv` is 1.2's. */
export const KNOWN_FILES: ReadonlySet<string> = new Set([...DATA_FILES, 'manifest.csv', 'roles.csv']);

/** Without one of these columns a file means something else than it says. In 1.2, `role` and `orgSourcedIds` moved. */
export const REQUIRED_COLUMNS: Readonly<Record<OneRosterRosterCollection | 'roles', readonly string[]>> = {
  orgs: ['sourcedId', 'name', 'type'],
  academicSessions: ['sourcedId', 'title', 'startDate', 'endDate'],
  courses: ['sourcedId', 'title'],
  classes: ['sourcedId', 'title', 'schoolSourcedId'],
  users: ['sourcedId', 'givenName', 'familyName', 'role', 'orgSourcedIds'],
  enrollments: ['classSourcedId', 'userSourcedId', 'role'],
  roles: ['userSourcedId', 'role', 'orgSourcedId'],
};

/** The columns of 1.2's users that stand in `roles.csv`. */
export const COLUMNS_OF_ROLES: readonly string[] = ['role', 'orgSourcedIds'];

const COLUMNS = [
  'sourcedId',
  'status',
  'dateLastModified',
  'name',
  'type',
  'identifier',
  'parentSourcedId',
  'title',
  'startDate',
  'endDate',
  'schoolYear',
  'schoolYearSourcedId',
  'courseCode',
  'orgSourcedId',
  'grades',
  'subjects',
  'subjectCodes',
  'courseSourcedId',
  'classCode',
  'classType',
  'location',
  'schoolSourcedId',
  'termSourcedIds',
  'periods',
  'enabledUser',
  'orgSourcedIds',
  'role',
  'roleType',
  'username',
  'userIds',
  'givenName',
  'familyName',
  'middleName',
  'email',
  'sms',
  'phone',
  'agentSourcedIds',
  'primaryOrgSourcedId',
  'classSourcedId',
  'userSourcedId',
  'primary',
  'beginDate',
  'propertyName',
  'value',
] as const;

/** The columns by their names in lower case; 1.0's own names lead to those of 1.1. */
const COLUMN_BY_NAME: ReadonlyMap<string, string> = new Map([
  ...COLUMNS.map((column) => [column.toLowerCase(), column] as const),
  ['grade', 'grades'],
  ['termsourcedid', 'termSourcedIds'],
  ['userid', 'userIds'],
  ['agents', 'agentSourcedIds'],
  ['schoolyearid', 'schoolYearSourcedId'],
]);

/** The column that a header cell names; undefined for `metadata.*` and whatever else is not OneRoster's. */
export function columnOf(headerCell: string): string | undefined {
  return COLUMN_BY_NAME.get(headerCell.trim().toLowerCase());
}
