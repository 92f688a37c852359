/**
 * Clever, usable without anything else of rosterkit: a typed client of the Data API v3 and its events, the districts that
 * have an application, Sign in with Clever, and the source that hands a whole district over as a neutral roster.
 */

// The client, and how its lists are read
export type { Page, Paged, PageOptions, RejectedItem, RequestRetry, ToArrayOptions } from '../http/index.js';
export { CleverClient } from './api/client.js';
export type { CleverClientOptions } from './api/options.js';
export type {
  CleverCollection,
  CleverGetOptions,
  CleverListOptions,
  CleverNestedList,
  CleverNestedRecord,
  CleverRecords,
  CleverRequestOptions,
  WithRaw,
} from './api/collection.js';
export type {
  CleverAttendanceOptions,
  CleverAttendances,
  CleverCourses,
  CleverDataResources,
  CleverDistricts,
  CleverMembersOptions,
  CleverResources,
  CleverSchools,
  CleverSchoolUsersOptions,
  CleverSections,
  CleverTerms,
  CleverUserListOptions,
  CleverUsers,
  CleverUserSchoolsOptions,
} from './api/resources.js';

// What happened
export {
  type CleverEvent,
  type CleverEventAction,
  type CleverEventCollection,
  type CleverEventOf,
  type CleverEventRecords,
  type CleverEventType,
  type MembershipChanges,
  membershipChanges,
} from './events/event-types.js';
export type { CleverEventListOptions, CleverEvents } from './events/events.js';

// A district as a source of rosters
export { type CleverSource, cleverSource, type CleverSourceOptions } from './source.js';
export { cleverPreflight, type CleverPreflightOptions } from './preflight/preflight.js';
export { CLEVER_HOMEROOM_SUBJECTS, CLEVER_SPECIALIST_SUBJECTS } from './subjects.js';

// What a source gives, in words that all providers share
export type * from '../ports/source-types.js';

// Districts that have the application
export {
  CleverApp,
  type CleverAppOptions,
  type CleverConnections,
} from './districts/app.js';
export type { CleverConnection } from './districts/connection.js';
export type { CleverDistrictToken } from './districts/district-token.js';
export type { CleverTier } from './tier.js';

// Sign in with Clever
export {
  type CleverBounce,
  CleverSignIn,
  type CleverSignedIn,
  type CleverSignInBeginOptions,
  type CleverSignInSession,
  type CleverSignInStart,
} from './sign-in/sign-in.js';
export type { CleverSignInOptions } from './sign-in/sign-in-options.js';
export { type CleverPerson, findPerson } from './sign-in/person.js';
export { assertMayImport, type ImportRight, type MayImportOptions } from './sign-in/may-import.js';

// Records in Clever's own words
export type {
  CleverAttendance,
  CleverContactRole,
  CleverCourse,
  CleverCredentials,
  CleverDisability,
  CleverDistrict,
  CleverDistrictAdminRole,
  CleverDistrictContact,
  CleverExtension,
  CleverGrade,
  CleverLmsStatus,
  CleverLocation,
  CleverName,
  CleverPrincipal,
  CleverResource,
  CleverRole,
  CleverRoles,
  CleverSchool,
  CleverSchoolEnrollment,
  CleverSection,
  CleverStaffRole,
  CleverStudentRelationship,
  CleverStudentRole,
  CleverTeacherRole,
  CleverTerm,
  CleverUser,
  CleverYesNo,
} from './api/wire.js';
