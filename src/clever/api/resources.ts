/**
 * The resources of Clever's Data API, as a client offers them. All are alike: lists are lazy, single records are promises,
 * and `raw: true` adds to each record what Clever sent.
 *
 * @module
 */

import type {
  CleverCollection,
  CleverListOptions,
  CleverNestedList,
  CleverNestedRecord,
  CleverRecords,
} from './collection.js';
import type {
  CleverAttendance,
  CleverCourse,
  CleverDistrict,
  CleverResource,
  CleverRole,
  CleverSchool,
  CleverSection,
  CleverTerm,
  CleverUser,
} from './wire.js';

/** Which users to list. */
export interface CleverUserListOptions extends CleverListOptions {
  /** Only people with this role; a person with several is in the list of each. @default everyone, once */
  readonly role?: CleverRole | undefined;
}

/** Which people of a school to list. */
export interface CleverSchoolUsersOptions extends CleverListOptions {
  /** Only people with this role; Clever lists no others by school. @default all three */
  readonly role?: 'staff' | 'student' | 'teacher' | undefined;
  /** Whether to list only those whose primary school it is. @default false */
  readonly primary?: boolean | undefined;
}

/** Which members of a section, or people of a resource, to list. */
export interface CleverMembersOptions extends CleverListOptions {
  /** Only people with this role. @default both */
  readonly role?: 'student' | 'teacher' | undefined;
}

/** Which schools of a person to list. */
export interface CleverUserSchoolsOptions extends CleverListOptions {
  /** Whether to list only the primary school. @default false */
  readonly primary?: boolean | undefined;
}

/** Which attendance to list. */
export interface CleverAttendanceOptions extends CleverListOptions {
  /** The first day, `YYYY-MM-DD`. @default as far back as Clever keeps it */
  readonly from?: string | undefined;
  /** The last day, `YYYY-MM-DD`. @default today */
  readonly to?: string | undefined;
  /** @default every status */
  readonly status?: 'present' | 'absent' | 'tardy' | undefined;
}

/** The token's district. The only resource that a token without Secure Sync may list. */
export type CleverDistricts = CleverCollection<CleverDistrict>;

/** Schools, and what belongs to one. */
export interface CleverSchools extends CleverCollection<CleverSchool> {
  /** Everybody who belongs to the school, also those whose primary school is another. */
  readonly users: CleverNestedList<CleverUser, CleverSchoolUsersOptions>;
  readonly sections: CleverNestedList<CleverSection>;
  readonly courses: CleverNestedList<CleverCourse>;
  readonly terms: CleverNestedList<CleverTerm>;
  readonly district: CleverNestedRecord<CleverDistrict>;
}

/** Classes, with the ids of their members, and what belongs to one. */
export interface CleverSections extends CleverCollection<CleverSection> {
  /** Its students and teachers. One request for each section: for a whole district, list all users instead. */
  readonly users: CleverNestedList<CleverUser, CleverMembersOptions>;
  /** Rejects with a NotFoundError where the section has no course. */
  readonly course: CleverNestedRecord<CleverCourse>;
  /** Rejects with a NotFoundError where the section has no term. */
  readonly term: CleverNestedRecord<CleverTerm>;
  readonly school: CleverNestedRecord<CleverSchool>;
  readonly district: CleverNestedRecord<CleverDistrict>;
  readonly resources: CleverNestedList<CleverResource>;
}

/** People of every role, and what belongs to one. */
export interface CleverUsers extends CleverCollection<CleverUser, CleverUserListOptions> {
  readonly sections: CleverNestedList<CleverSection>;
  readonly schools: CleverNestedList<CleverSchool, CleverUserSchoolsOptions>;
  /** The students of a teacher or of a contact (`mystudents`). */
  readonly students: CleverNestedList<CleverUser>;
  /** The teachers of a student (`myteachers`). */
  readonly teachers: CleverNestedList<CleverUser>;
  /** The contacts of a student (`mycontacts`). */
  readonly contacts: CleverNestedList<CleverUser>;
  readonly district: CleverNestedRecord<CleverDistrict>;
  readonly resources: CleverNestedList<CleverResource>;
}

/** Courses, and what belongs to one. Only there if the district sends courses. */
export interface CleverCourses extends CleverCollection<CleverCourse> {
  readonly district: CleverNestedRecord<CleverDistrict>;
  readonly resources: CleverNestedList<CleverResource>;
  readonly schools: CleverNestedList<CleverSchool>;
  readonly sections: CleverNestedList<CleverSection>;
}

/** Terms, and what belongs to one. */
export interface CleverTerms extends CleverCollection<CleverTerm> {
  readonly district: CleverNestedRecord<CleverDistrict>;
  readonly schools: CleverNestedList<CleverSchool>;
  readonly sections: CleverNestedList<CleverSection>;
}

/** The application's own resources, and to whom they are assigned. The token needs `read:resources`. */
export interface CleverResources extends CleverRecords<CleverResource> {
  readonly courses: CleverNestedList<CleverCourse>;
  readonly sections: CleverNestedList<CleverSection>;
  readonly users: CleverNestedList<CleverUser, CleverMembersOptions>;
}

/**
 * Attendance. Version 3.1 only, and no more than 1000 records at once: a client of version 3.0 throws a
 * ConfigurationError that names `version`.
 */
export interface CleverAttendances {
  /** Of all students of a school, by the school's id. */
  readonly ofSchool: CleverNestedList<CleverAttendance, CleverAttendanceOptions>;
  /** Of one section, by the section's id. */
  readonly ofSection: CleverNestedList<CleverAttendance, CleverAttendanceOptions>;
}

/** All resources of the Data API. */
export interface CleverDataResources {
  readonly districts: CleverDistricts;
  readonly schools: CleverSchools;
  readonly sections: CleverSections;
  readonly users: CleverUsers;
  readonly courses: CleverCourses;
  readonly terms: CleverTerms;
  readonly resources: CleverResources;
  readonly attendance: CleverAttendances;
}
