/**
 * The files of a OneRoster bundle and their columns, in the order of the specification.
 *
 * @module
 */

/** The versions of bundles. */
export type OneRosterCsvVersion = '1.0' | '1.1' | '1.2';

/** The files that a simulated bundle may have, by the name that the manifest gives them. */
export type CsvFile =
  | 'orgs'
  | 'academicSessions'
  | 'courses'
  | 'classes'
  | 'users'
  | 'roles'
  | 'userProfiles'
  | 'enrollments'
  | 'demographics';

const head = 'sourcedId status dateLastModified';

const usersOf12 =
  `${head} enabledUser username userIds givenName familyName middleName identifier email sms phone agentSourcedIds ` +
  'grades password userMasterIdentifier preferredGivenName preferredMiddleName preferredFamilyName ' +
  'primaryOrgSourcedId pronouns';

const demographics =
  'birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander white ' +
  'demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth ' +
  'publicSchoolResidenceStatus';

const columnsOf11: Readonly<Partial<Record<CsvFile, string>>> = {
  orgs: `${head} name type identifier parentSourcedId`,
  academicSessions: `${head} title type startDate endDate parentSourcedId schoolYear`,
  courses: `${head} schoolYearSourcedId title courseCode grades orgSourcedId subjects subjectCodes`,
  classes:
    `${head} title grades courseSourcedId classCode classType location schoolSourcedId termSourcedIds subjects ` +
    'subjectCodes periods',
  users:
    `${head} enabledUser orgSourcedIds role username userIds givenName familyName middleName identifier email sms ` +
    'phone agentSourcedIds grades password',
  enrollments: `${head} classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate`,
  demographics: `${head} ${demographics}`,
};

/** Each file's columns, divided by spaces. 1.0 has names of its own and knows less. */
const columnsByVersion: Readonly<Record<OneRosterCsvVersion, Readonly<Partial<Record<CsvFile, string>>>>> = {
  '1.0': {
    orgs: `${head} name type identifier parentSourcedId`,
    academicSessions: `${head} title type startDate endDate parentSourcedId`,
    courses: `${head} schoolYearId title courseCode grade orgSourcedId subjects`,
    classes: `${head} title grade courseSourcedId classCode classType location schoolSourcedId termSourcedId subjects`,
    users: `${head} orgSourcedIds role username userId givenName familyName identifier email sms phone agents`,
    enrollments: 'sourcedId classSourcedId schoolSourcedId userSourcedId role status dateLastModified primary',
    demographics: `userSourcedId status dateLastModified ${demographics.replace('birthDate', 'birthdate')}`,
  },
  '1.1': columnsOf11,
  '1.2': {
    ...columnsOf11,
    users: usersOf12,
    roles: `${head} userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId`,
    userProfiles: `${head} userSourcedId profileType vendorId applicationId description credentialType username password`,
  },
};

/** The columns of each file that a bundle of the version has. */
export function columnsOf(version: OneRosterCsvVersion): ReadonlyMap<CsvFile, readonly string[]> {
  const files = Object.entries(columnsByVersion[version]) as [CsvFile, string][];
  return new Map(files.map(([file, columns]) => [file, columns.split(' ')]));
}

/** What 1.1 calls a column of 1.0. */
export const namesOf10: Readonly<Record<string, string>> = {
  schoolYearId: 'schoolYearSourcedId',
  grade: 'grades',
  termSourcedId: 'termSourcedIds',
  userId: 'userIds',
  agents: 'agentSourcedIds',
  birthdate: 'birthDate',
};

/** The files that a manifest speaks of and that a simulated bundle never has. */
export const otherFiles: Readonly<Record<OneRosterCsvVersion, readonly string[]>> = {
  '1.0': [],
  '1.1': ['categories', 'classResources', 'courseResources', 'lineItems', 'resources', 'results'],
  '1.2': [
    'categories',
    'classResources',
    'courseResources',
    'lineItemLearningObjectiveIds',
    'lineItems',
    'lineItemScoreScales',
    'resources',
    'resultLearningObjectiveIds',
    'results',
    'resultScoreScales',
    'scoreScales',
    'userResources',
  ],
};
