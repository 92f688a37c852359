/**
 * Clever's records in Clever's own words, as the Data API v3 sends them: all fields of Clever's specification (3.0 and
 * 3.1), with what is known of their real shape. Absent, null and empty values are all read as absent, because Clever
 * sends any of the three; a word or a key that is not listed here passes as it is.
 *
 * @module
 */

export type {
  CleverCredentials,
  CleverExtension,
  CleverGrade,
  CleverLmsStatus,
  CleverLocation,
  CleverName,
  CleverYesNo,
} from './wire/common.js';
export type { CleverDistrict, CleverDistrictContact } from './wire/district.js';
export type { CleverAttendance, CleverResource } from './wire/resource.js';
export type { CleverPrincipal, CleverSchool } from './wire/school.js';
export type { CleverCourse, CleverSection, CleverTerm } from './wire/section.js';
export type { CleverDisability, CleverSchoolEnrollment, CleverStudentRole } from './wire/student.js';
export type {
  CleverContactRole,
  CleverDistrictAdminRole,
  CleverRole,
  CleverRoles,
  CleverStaffRole,
  CleverStudentRelationship,
  CleverTeacherRole,
  CleverUser,
} from './wire/user.js';
