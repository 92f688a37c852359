/**
 * Clever's records in Clever's own words, as the Data API v3 sends them. Absent, null and empty values are all read as
 * absent, because Clever sends any of the three; a word that is not listed here passes as it is.
 *
 * @module
 */

/** A grade: of a student, of a section, or the lowest and highest of a school. */
export type CleverGrade =
  | 'InfantToddler'
  | 'Preschool'
  | 'PreKindergarten'
  | 'TransitionalKindergarten'
  | 'Kindergarten'
  | '1'
  | '2'
  | '3'
  | '4'
  | '5'
  | '6'
  | '7'
  | '8'
  | '9'
  | '10'
  | '11'
  | '12'
  | '13'
  | 'PostGraduate'
  | 'Ungraded'
  | 'Other'
  | (string & {});

/** The keys of `user.roles`, and the values of the `role` filter. */
export type CleverRole = 'student' | 'teacher' | 'staff' | 'district_admin' | 'contact';

/** A district: in practice a token sees exactly one. */
export interface CleverDistrict {
  /** 24 hexadecimal digits, unique across all of Clever. */
  readonly id: string;
  readonly name?: string | undefined;
  /** How the district's own sync with Clever is doing. */
  readonly state?: 'running' | 'pending' | 'error' | 'paused' | 'success' | (string & {}) | undefined;
  /** When Clever last took in the district's data, ISO instant. */
  readonly last_sync?: string | undefined;
  /** The first and the last day of a pause of the sync, such as over the summer. */
  readonly pause_start?: string | undefined;
  readonly pause_end?: string | undefined;
}

/** A school. */
export interface CleverSchool {
  readonly id: string;
  /** The id of its district. */
  readonly district?: string | undefined;
  readonly name?: string | undefined;
  /** The student information system's id of the school. */
  readonly sis_id?: string | undefined;
  /** The number that the district gives the school. */
  readonly school_number?: string | undefined;
  /** The state's id of the school. */
  readonly state_id?: string | undefined;
  readonly low_grade?: CleverGrade | undefined;
  readonly high_grade?: CleverGrade | undefined;
  /** ISO instant. */
  readonly last_modified?: string | undefined;
}

/** A person's name. A contact's whole name is often in `last` alone. */
export interface CleverName {
  readonly first?: string | undefined;
  readonly middle?: string | undefined;
  readonly last?: string | undefined;
}

/** What the district lets a person sign in with. */
export interface CleverCredentials {
  /** Not unique beyond the district. */
  readonly district_username?: string | undefined;
}

/** The part of a person that is a student. */
export interface CleverStudentRole {
  /** The id of the primary school. */
  readonly school?: string | undefined;
  /** The ids of all schools, the primary one among them. */
  readonly schools: readonly string[];
  /** The student information system's id of the student, unique in the district. */
  readonly sis_id?: string | undefined;
  readonly state_id?: string | undefined;
  readonly student_number?: string | undefined;
  readonly grade?: CleverGrade | undefined;
  /** A year, as text. */
  readonly graduation_year?: string | undefined;
  /** `M/D/YYYY`, not padded. */
  readonly dob?: string | undefined;
  readonly credentials?: CleverCredentials | undefined;
}

/** The part of a person that is a teacher. */
export interface CleverTeacherRole {
  /** The id of the primary school. */
  readonly school?: string | undefined;
  /** The ids of all schools, the primary one among them. */
  readonly schools: readonly string[];
  readonly sis_id?: string | undefined;
  readonly state_id?: string | undefined;
  readonly teacher_number?: string | undefined;
  readonly title?: string | undefined;
  readonly credentials?: CleverCredentials | undefined;
  /** The id of the teacher in Clever's API before v3. */
  readonly legacy_id?: string | undefined;
}

/** The part of a person that works at schools without teaching; v2 called it a school admin. */
export interface CleverStaffRole {
  readonly schools: readonly string[];
  /** The student information system's id: for staff, Clever does not call it `sis_id`. */
  readonly staff_id?: string | undefined;
  readonly title?: string | undefined;
  readonly department?: string | undefined;
  /** `PortalOnly`, `SchoolTechLead` and others: no proof of being an administrator. */
  readonly roles: readonly string[];
  readonly credentials?: CleverCredentials | undefined;
  readonly legacy_id?: string | undefined;
}

/** The part of a person that administers the whole district. */
export interface CleverDistrictAdminRole {
  readonly title?: string | undefined;
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

/** The part of a person that is a contact of students. */
export interface CleverContactRole {
  readonly phone?: string | undefined;
  readonly phone_type?: 'Cell' | 'Home' | 'Work' | 'Other' | (string & {}) | undefined;
  readonly sis_id?: string | undefined;
  readonly student_relationships: readonly CleverStudentRelationship[];
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

/** A person: since v3 every one is a user with roles. */
export interface CleverUser {
  readonly id: string;
  readonly district?: string | undefined;
  /** As the district gave it: it may be missing, shared by several people, or no address at all. */
  readonly email?: string | undefined;
  readonly name?: CleverName | undefined;
  readonly roles: CleverRoles;
  /** ISO instant. */
  readonly last_modified?: string | undefined;
}

/** A section: a class, with its members. */
export interface CleverSection {
  readonly id: string;
  readonly district?: string | undefined;
  /** The id of its school. */
  readonly school: string;
  /** The id of its course. */
  readonly course?: string | undefined;
  readonly term_id?: string | undefined;
  /** Made by Clever of course, teacher and period; not unique. */
  readonly name?: string | undefined;
  readonly sis_id?: string | undefined;
  readonly section_number?: string | undefined;
  /** Free text, such as `3` or `1(A)`. */
  readonly period?: string | undefined;
  readonly subject?: string | undefined;
  readonly grade?: CleverGrade | undefined;
  /** The ids of its students, of whatever school. */
  readonly students: readonly string[];
  /** The id of the primary teacher. */
  readonly teacher?: string | undefined;
  /** The ids of all teachers, the primary one among them. */
  readonly teachers: readonly string[];
  /** ISO instant. */
  readonly last_modified?: string | undefined;
}

/** A term. Its id is not stable: Clever makes a new one when the term's sections or dates change. */
export interface CleverTerm {
  readonly id: string;
  readonly district?: string | undefined;
  readonly name?: string | undefined;
  /** `YYYY-MM-DD` */
  readonly start_date?: string | undefined;
  /** `YYYY-MM-DD` */
  readonly end_date?: string | undefined;
}

/** A course: only there if the district sends courses. */
export interface CleverCourse {
  readonly id: string;
  readonly district?: string | undefined;
  readonly name?: string | undefined;
  readonly number?: string | undefined;
}
