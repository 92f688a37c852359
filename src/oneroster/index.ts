/**
 * The OneRoster standard, over REST and as CSV: one implementation for ClassLink and for any other server. A client
 * whose lists are lazy, the standard's own records as types, and sources that read a whole district into one roster and
 * say how far it can be believed.
 */

// The client, and how its lists are read
export type { Page, Paged, PageOptions, RejectedItem, RequestRetry, ToArrayOptions } from '../http/index.js';
export { OneRosterClient, type OneRosterClientOptions } from './api/client.js';
export type { OneRosterService, OneRosterVersion } from './api/endpoints.js';
export type { OneRosterTransportOptions } from './api/options.js';
export type { OneRosterListEnd } from './api/paging.js';
export {
  type OneRosterClause,
  type OneRosterField,
  type OneRosterFieldPath,
  type OneRosterFilter,
  type OneRosterPredicate,
  where,
} from './api/query.js';
export type {
  OneRosterGetOptions,
  OneRosterInnerList,
  OneRosterListOptions,
  OneRosterNestedList,
  OneRosterPage,
  OneRosterPageOptions,
  OneRosterRejectedRow,
  OneRosterResource,
  OneRosterSelection,
  OneRosterSelectOptions,
} from './api/resource.js';
export type {
  OneRosterClasses,
  OneRosterCourses,
  OneRosterPeople,
  OneRosterResources,
  OneRosterSchools,
  OneRosterTerms,
  OneRosterUsers,
} from './api/resources.js';

// What proves to a server who asks
export {
  bearer,
  type BearerTokenProvider,
  type OneRosterAuth,
  type OneRosterAuthHeaders,
  type OneRosterAuthRequest,
} from './auth/auth.js';
export { clientCredentials, type ClientCredentialsOptions } from './auth/client-credentials.js';
export { oauth1, type OAuth1Options, type OAuth1SignatureMethod } from './auth/oauth1.js';

// A server, a bundle or a file of guardians as a source of rosters
export { oneRosterPreflight, type OneRosterPreflightOptions } from './preflight/preflight.js';
export { oneRosterSource, type OneRosterSource, type OneRosterSourceOptions } from './source/source.js';
export { oneRosterCsvSource, type OneRosterCsvSourceOptions } from './csv/source.js';
export type { OneRosterCsvFiles, OpenCsvFile } from './csv/bundle.js';
export type { CsvProblem, CsvProblemListener } from './csv/problems.js';
export { guardiansCsvSource, type GuardiansCsvSourceOptions } from './csv/guardians-csv.js';
export type { GuardiansCsvColumn } from './csv/guardians-columns.js';
export type { GuardianEntry } from './roster/guardians/entries.js';
export type { GuardianHidingPlace, GuardiansInMetadata, HiddenGuardian } from './roster/guardians/in-metadata.js';

// What a source gives, in words that all providers share
export type * from '../ports/source-types.js';

// Records in OneRoster's own words
export type {
  OneRosterAcademicSession,
  OneRosterAssessmentLineItem,
  OneRosterAssessmentResult,
  OneRosterCategory,
  OneRosterClass,
  OneRosterCollection,
  OneRosterCourse,
  OneRosterCredential,
  OneRosterDemographics,
  OneRosterEnrollment,
  OneRosterLearningObjectives,
  OneRosterLearningResource,
  OneRosterLineItem,
  OneRosterMetadata,
  OneRosterOrg,
  OneRosterOrgType,
  OneRosterRecord,
  OneRosterRecords,
  OneRosterReference,
  OneRosterResult,
  OneRosterRole,
  OneRosterRosterCollection,
  OneRosterScoreScale,
  OneRosterScoreScaleValue,
  OneRosterScoreStatus,
  OneRosterSessionType,
  OneRosterStatus,
  OneRosterUser,
  OneRosterUserId,
  OneRosterUserProfile,
  OneRosterUserRole,
} from './records/wire.js';
