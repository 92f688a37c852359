/**
 * A district as plain data, in words of its own: rich enough to be served as Clever and as OneRoster. It may be written
 * as JSON and read back.
 *
 * @module
 */

/** What every record of a district has. */
export interface DistrictRecord {
  /** 24 hexadecimal digits, as Clever's ids are. Younger records have greater ids. */
  readonly id: string;
  /** ISO instant. */
  readonly createdAt: string;
  /** ISO instant. */
  readonly modifiedAt: string;
}

/** A school. */
export interface DistrictSchool extends DistrictRecord {
  readonly name: string;
  /** The number that the district gives it. */
  readonly number: string;
  /** 0 is kindergarten. */
  readonly lowGrade: number;
  readonly highGrade: number;
}

/** A school year, or half of one. */
export interface DistrictTerm extends DistrictRecord {
  readonly name: string;
  readonly type: 'schoolYear' | 'term';
  /** First day, `YYYY-MM-DD`. */
  readonly startDate: string;
  /** The first day that no longer belongs to it, `YYYY-MM-DD`. */
  readonly endDate: string;
}

/** A course of the district: what is taught. */
export interface DistrictCourse extends DistrictRecord {
  readonly name: string;
  readonly number: string;
  /** 0 is kindergarten. */
  readonly grade: number;
  /** One of Clever's subjects, such as `math`. */
  readonly subject: string;
}

/** A class: Clever's section. Its members are named here. */
export interface DistrictClass extends DistrictRecord {
  /** As Clever words it: course, teacher, period. Not unique. */
  readonly name: string;
  readonly type: 'homeroom' | 'scheduled';
  readonly schoolId: string;
  readonly courseId?: string;
  readonly termId?: string;
  readonly sisId: string;
  readonly sectionNumber: string;
  readonly period: string;
  /** 0 is kindergarten. */
  readonly grade: number;
  readonly subject: string;
  /** The first one is the primary teacher. */
  readonly teacherIds: readonly string[];
  readonly studentIds: readonly string[];
}

/** What every person has. */
export interface DistrictPerson extends DistrictRecord {
  readonly givenName: string;
  readonly middleName?: string;
  readonly familyName: string;
  readonly email?: string;
}

/** A student. */
export interface DistrictStudent extends DistrictPerson {
  readonly role: 'student';
  readonly username: string;
  readonly schoolId: string;
  /** 0 is kindergarten. */
  readonly grade: number;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
  readonly gender: 'F' | 'M' | 'X';
  /** With leading zeros, as some student information systems give them. */
  readonly sisId: string;
  readonly stateId: string;
}

/** A teacher. */
export interface DistrictTeacher extends DistrictPerson {
  readonly role: 'teacher';
  readonly username: string;
  /** The first one is the main school. */
  readonly schoolIds: readonly string[];
  readonly title: string;
  readonly sisId: string;
  readonly stateId: string;
}

/**
 * Someone who neither teaches nor learns. Clever has no word of its own for a school's administrator: they are `staff`
 * there. OneRoster 1.1 has none for office staff: they are `aide` there.
 */
export interface DistrictStaff extends DistrictPerson {
  readonly role: 'district-administrator' | 'school-administrator' | 'staff';
  readonly username: string;
  /** None for a district's administrator. */
  readonly schoolIds: readonly string[];
  readonly title: string;
  readonly sisId: string;
}

/** What a guardian is to one student. */
export interface Guardianship {
  readonly studentId: string;
  readonly relationship: 'Parent' | 'Grandparent' | 'Aunt/Uncle' | 'Other';
  readonly contactType: 'Primary' | 'Secondary' | 'Emergency';
}

/** A guardian: Clever's contact. */
export interface DistrictGuardian extends DistrictPerson {
  readonly role: 'guardian';
  readonly mobile?: string;
  readonly homePhone?: string;
  readonly students: readonly Guardianship[];
}

/** Anyone of a district. */
export type DistrictUser = DistrictStudent | DistrictTeacher | DistrictStaff | DistrictGuardian;

/** A district: what `simulateClever` and `simulateClassLink` serve. */
export interface District {
  readonly id: string;
  readonly name: string;
  /** The year in which the school year begins. */
  readonly schoolYear: number;
  /** When the data last changed, ISO instant. */
  readonly updatedAt: string;
  /** Ids are given out from here on. */
  readonly nextSerial: number;
  readonly schools: readonly DistrictSchool[];
  readonly terms: readonly DistrictTerm[];
  readonly courses: readonly DistrictCourse[];
  readonly classes: readonly DistrictClass[];
  readonly students: readonly DistrictStudent[];
  readonly teachers: readonly DistrictTeacher[];
  readonly staff: readonly DistrictStaff[];
  readonly guardians: readonly DistrictGuardian[];
}
