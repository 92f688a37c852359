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

/** Those, and what describes them. `roles.csv` and `userProfiles.csv` are 1.2's. */
export const KNOWN_FILES: ReadonlySet<string> = new Set([
  ...DATA_FILES,
  'manifest.csv',
  'demographics.csv',
  'roles.csv',
  'userprofiles.csv',
]);

/** The files that rosterkit reads rows of. */
export type TableName = OneRosterRosterCollection | 'demographics' | 'roles' | 'userProfiles' | 'manifest';

/** Without one of these columns a file means something else than it says. In 1.2, `role` and `orgSourcedIds` moved. */
export const REQUIRED_COLUMNS: Readonly<Record<TableName, readonly string[]>> = {
  orgs: ['sourcedId', 'name', 'type'],
  academicSessions: ['sourcedId', 'title', 'startDate', 'endDate'],
  courses: ['sourcedId', 'title'],
  classes: ['sourcedId', 'title', 'schoolSourcedId'],
  users: ['sourcedId', 'givenName', 'familyName', 'role', 'orgSourcedIds'],
  enrollments: ['classSourcedId', 'userSourcedId', 'role'],
  demographics: ['sourcedId'],
  roles: ['userSourcedId', 'role', 'orgSourcedId'],
  userProfiles: ['userSourcedId', 'profileType'],
  manifest: ['propertyName', 'value'],
};

/** The columns of 1.2's users that stand in `roles.csv`. */
export const COLUMNS_OF_ROLES: readonly string[] = ['role', 'orgSourcedIds'];

/**
 * Every column that is read, and the field of a REST record that it is. Passwords are not among them. `[]`: a list,
 * divided by commas in its cell.
 */
const FIELD_BY_COLUMN: Readonly<Record<string, string>> = {
  sourcedId: 'sourcedId',
  status: 'status',
  dateLastModified: 'dateLastModified',
  name: 'name',
  type: 'type',
  identifier: 'identifier',
  parentSourcedId: 'parent',
  title: 'title',
  startDate: 'startDate',
  endDate: 'endDate',
  schoolYear: 'schoolYear',
  schoolYearSourcedId: 'schoolYear',
  courseCode: 'courseCode',
  orgSourcedId: 'org',
  grades: 'grades[]',
  subjects: 'subjects[]',
  subjectCodes: 'subjectCodes[]',
  courseSourcedId: 'course',
  classCode: 'classCode',
  classType: 'classType',
  location: 'location',
  schoolSourcedId: 'school',
  termSourcedIds: 'terms[]',
  periods: 'periods[]',
  enabledUser: 'enabledUser',
  orgSourcedIds: 'orgs[]',
  role: 'role',
  roleType: 'roleType',
  userProfileSourcedId: 'userProfile',
  username: 'username',
  userIds: 'userIds',
  givenName: 'givenName',
  familyName: 'familyName',
  middleName: 'middleName',
  email: 'email',
  sms: 'sms',
  phone: 'phone',
  agentSourcedIds: 'agents[]',
  userMasterIdentifier: 'userMasterIdentifier',
  preferredGivenName: 'preferredFirstName',
  preferredMiddleName: 'preferredMiddleName',
  preferredFamilyName: 'preferredLastName',
  primaryOrgSourcedId: 'primaryOrg',
  pronouns: 'pronouns',
  classSourcedId: 'class',
  userSourcedId: 'user',
  primary: 'primary',
  beginDate: 'beginDate',
  birthDate: 'birthDate',
  sex: 'sex',
  americanIndianOrAlaskaNative: 'americanIndianOrAlaskaNative',
  asian: 'asian',
  blackOrAfricanAmerican: 'blackOrAfricanAmerican',
  nativeHawaiianOrOtherPacificIslander: 'nativeHawaiianOrOtherPacificIslander',
  white: 'white',
  demographicRaceTwoOrMoreRaces: 'demographicRaceTwoOrMoreRaces',
  hispanicOrLatinoEthnicity: 'hispanicOrLatinoEthnicity',
  countryOfBirthCode: 'countryOfBirthCode',
  stateOfBirthAbbreviation: 'stateOfBirthAbbreviation',
  cityOfBirth: 'cityOfBirth',
  publicSchoolResidenceStatus: 'publicSchoolResidenceStatus',
  profileType: 'profileType',
  vendorId: 'vendorId',
  applicationId: 'applicationId',
  description: 'description',
  credentialType: 'credentialType',
  propertyName: 'propertyName',
  value: 'value',
};

/** A column of a file. */
export interface Column {
  /** Its name in 1.1 and 1.2. */
  readonly name: string;
  /** The field of a record that it is; none for `password`, which is never read. */
  readonly field?: string;
  readonly isList?: true;
  /** Set where the column is `metadata.<key>`: the key, as written. */
  readonly metadata?: string;
}

/** By their names in lower case; the names of 1.0, and known slips of the pen, lead to those of 1.1 and 1.2. */
const COLUMN_BY_NAME: ReadonlyMap<string, Column> = new Map([
  ...Object.entries(FIELD_BY_COLUMN).map(([name, field]) => [name.toLowerCase(), columnFor(name, field)] as const),
  ...Object.entries({
    grade: 'grades',
    termSourcedId: 'termSourcedIds',
    userId: 'userIds',
    agents: 'agentSourcedIds',
    agentSourcedId: 'agentSourcedIds',
    orgSourcedIDs: 'orgSourcedIds',
    schoolYearId: 'schoolYearSourcedId',
    prefferedGivenName: 'preferredGivenName',
    prefferedMiddleName: 'preferredMiddleName',
    prefferedFamilyName: 'preferredFamilyName',
    preferredFirstName: 'preferredGivenName',
    preferredLastName: 'preferredFamilyName',
    dataLastModified: 'dateLastModified',
  }).map(([alias, name]) => [alias.toLowerCase(), columnFor(name, FIELD_BY_COLUMN[name] ?? name)] as const),
  ['password', { name: 'password' }],
]);

function columnFor(name: string, field: string): Column {
  return field.endsWith('[]') ? { name, field: field.slice(0, -2), isList: true } : { name, field };
}

/** The column that a header cell names; undefined for what is not OneRoster's. */
export function columnOf(headerCell: string, table: TableName): Column | undefined {
  const written = headerCell.trim();
  const name = written.toLowerCase();
  if (name.startsWith('metadata.')) return { name: written, metadata: written.slice('metadata.'.length) };
  // 1.0 named the person of a row of demographics.
  if (table === 'demographics' && name === 'usersourcedid') return COLUMN_BY_NAME.get('sourcedid');
  return COLUMN_BY_NAME.get(name);
}
