import type { CleverCredentials, CleverExtension, CleverLmsStatus, CleverName } from './common.js';
import type { CleverStudentRole } from './student.js';

/** The keys of `user.roles`, and the values of the `role` filter. */
export type CleverRole = 'student' | 'teacher' | 'staff' | 'district_admin' | 'contact';

/** The part of a person that is a teacher. */
export interface CleverTeacherRole {
  /** The id of the primary school. */
  readonly school?: string | undefined;
  /** The ids of all schools, the primary one among them. */
  readonly schools: readonly string[];
  /** The student information system's id of the teacher, unique in the district. */
  readonly sis_id?: string | undefined;
  /** The state's id of the teacher. */
  readonly state_id?: string | undefined;
  readonly teacher_number?: string | undefined;
  readonly title?: string | undefined;
  readonly credentials?: CleverCredentials | undefined;
  readonly ext?: CleverExtension | undefined;
  /** The id of the teacher in Clever's API before v3; sign-in still gives it as `user_id`. */
  readonly legacy_id?: string | undefined;
  /** In Clever's specification, but sent only on the user. */
  readonly district?: string | undefined;
  /** In Clever's specification, but sent only on the user. */
  readonly name?: CleverName | undefined;
  /** In Clever's specification, but sent only on the user. */
  readonly created?: string | undefined;
  /** In Clever's specification, but sent only on the user. */
  readonly last_modified?: string | undefined;
}

/** The part of a person that works at schools without teaching; v2 called it a school admin. */
export interface CleverStaffRole {
  /** The ids of all schools; there is no primary one. */
  readonly schools: readonly string[];
  /** The student information system's id: for staff, Clever does not call it `sis_id`. */
  readonly staff_id?: string | undefined;
  readonly title?: string | undefined;
  readonly department?: string | undefined;
  /** `PortalOnly`, `SchoolTechLead` and others: no proof of being an administrator. */
  readonly roles: readonly string[];
  readonly credentials?: CleverCredentials | undefined;
  readonly ext?: CleverExtension | undefined;
  /** The id of the person in Clever's API before v3. */
  readonly legacy_id?: string | undefined;
}

/** The part of a person that administers the whole district. */
export interface CleverDistrictAdminRole {
  readonly title?: string | undefined;
  /** The id of the person in Clever's API before v3. */
  readonly legacy_id?: string | undefined;
}

/** What a contact is to one student. */
export interface CleverStudentRelationship {
  /** The id of the student. */
  readonly student?: string | undefined;
  readonly relationship?:
    | 'Parent'
    | 'Grandparent'
    | 'Self'
    | 'Aunt/Uncle'
    | 'Sibling'
    | 'Other'
    | (string & {})
    | undefined;
  readonly type?:
    | 'Parent/Guardian'
    | 'Emergency'
    | 'Primary'
    | 'Secondary'
    | 'Family'
    | 'Other'
    | (string & {})
    | undefined;
}

/**
 * The part of a person that is a contact of students. Without a `sis_id` the contact's id does not last: Clever makes a
 * new one whenever the contact is edited.
 */
export interface CleverContactRole {
  /** One number for all students of the contact. */
  readonly phone?: string | undefined;
  readonly phone_type?: 'Cell' | 'Home' | 'Work' | 'Other' | (string & {}) | undefined;
  /** The student information system's id of the contact; most districts send none. */
  readonly sis_id?: string | undefined;
  /** One for each student. The same parent is often sent as several contacts. */
  readonly student_relationships: readonly CleverStudentRelationship[];
  /** The id of the contact in Clever's API before v3. */
  readonly legacy_id?: string | undefined;
}

/** What a person is; only the keys that apply are there, and several may. */
export interface CleverRoles {
  readonly student?: CleverStudentRole | undefined;
  readonly teacher?: CleverTeacherRole | undefined;
  readonly staff?: CleverStaffRole | undefined;
  readonly district_admin?: CleverDistrictAdminRole | undefined;
  readonly contact?: CleverContactRole | undefined;
}

/** A person: since v3 every one is a user with roles. A teacher who is a parent too is two users. */
export interface CleverUser {
  /** 24 hexadecimal digits, unique across all of Clever; a person who was away for 300 days gets a new one. */
  readonly id: string;
  /** The id of the district. */
  readonly district?: string | undefined;
  /** As the district gave it: it may be missing, shared by several people, or no address at all. */
  readonly email?: string | undefined;
  readonly name?: CleverName | undefined;
  readonly roles: CleverRoles;
  /** Version 3.1. */
  readonly lms_status?: CleverLmsStatus | undefined;
  /** ISO instant; a record that is shared anew gets a new one. */
  readonly created?: string | undefined;
  /** ISO instant. */
  readonly last_modified?: string | undefined;
}
