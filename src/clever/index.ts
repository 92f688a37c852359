/**
 * Clever's Data API v3, usable without anything else of rosterkit: a typed client whose lists are lazy, the records in
 * Clever's own words, and the source that hands a whole district over as a neutral roster.
 */

export type { Page, Paged, PageOptions, RejectedItem, RequestRetry, ToArrayOptions } from '../http/index.js';
export { CleverClient, type CleverUserListOptions } from './client.js';
export type { CleverCollection, CleverGetOptions, CleverListOptions } from './collection.js';
export type { CleverClientOptions } from './options.js';
export { type CleverSource, cleverSource, type CleverSourceOptions } from './source.js';
export type {
  CleverContactRole,
  CleverCourse,
  CleverCredentials,
  CleverDistrict,
  CleverDistrictAdminRole,
  CleverGrade,
  CleverName,
  CleverRole,
  CleverRoles,
  CleverSchool,
  CleverSection,
  CleverStaffRole,
  CleverStudentRelationship,
  CleverStudentRole,
  CleverTeacherRole,
  CleverTerm,
  CleverUser,
} from './wire.js';
