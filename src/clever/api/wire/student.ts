import type {
  CleverCredentials,
  CleverExtension,
  CleverGrade,
  CleverLocation,
  CleverName,
  CleverYesNo,
} from './common.js';

/** When a student belongs to a school. Nothing about classes, and in practice mostly empty. */
export interface CleverSchoolEnrollment {
  /** The id of the school. */
  readonly school?: string | undefined;
  /** A date or an instant, as the district gave it. */
  readonly start_date?: string | undefined;
  /** A date or an instant, as the district gave it. */
  readonly end_date?: string | undefined;
}

/** A student's disability. Version 3.1. */
export interface CleverDisability {
  readonly disability_status?: CleverYesNo | undefined;
  /** Such as `Autism` or `Specific learning disability`. */
  readonly disability_type?: string | undefined;
  /** Such as `aut` or `sld`. */
  readonly disability_code?: string | undefined;
}

/** The part of a person that is a student. What a district does not share is left out. */
export interface CleverStudentRole {
  /** The id of the primary school. */
  readonly school?: string | undefined;
  /** The ids of all schools, the primary one among them. */
  readonly schools: readonly string[];
  /** The student information system's id of the student, unique in the district: leading zeros and 20 digits occur. */
  readonly sis_id?: string | undefined;
  /** The state's id of the student. */
  readonly state_id?: string | undefined;
  readonly student_number?: string | undefined;
  readonly grade?: CleverGrade | undefined;
  /** A year, as text. */
  readonly graduation_year?: string | undefined;
  readonly gender?: 'M' | 'F' | 'X' | (string & {}) | undefined;
  /** `M/D/YYYY`, not padded, whatever Clever's pages say of `YYYY-MM-DD`. */
  readonly dob?: string | undefined;
  readonly race?:
    | 'Caucasian'
    | 'Asian'
    | 'Black or African American'
    | 'American Indian'
    | 'Hawaiian or Other Pacific Islander'
    | 'Two or More Races'
    | 'Unknown'
    | (string & {})
    | undefined;
  readonly hispanic_ethnicity?: CleverYesNo | undefined;
  /** English language learner. */
  readonly ell_status?: CleverYesNo | undefined;
  /** Free or reduced price lunch. Version 3.1, though 3.0 may send it. */
  readonly frl_status?: 'Free' | 'Reduced' | 'Paid' | 'Other' | (string & {}) | undefined;
  /** Individualized education program. Version 3.1, though 3.0 may send it. */
  readonly iep_status?: string | undefined;
  /** Version 3.1. */
  readonly gifted_status?: CleverYesNo | undefined;
  /** A plan by section 504 of the Rehabilitation Act. Version 3.1. */
  readonly section_504_status?: CleverYesNo | undefined;
  /** The English name of a language, such as `Spanish`. Version 3.1, though 3.0 may send it. */
  readonly home_language?: string | undefined;
  /** Three letters (ISO 639-3), such as `spa`, or `other`. Version 3.1. */
  readonly home_language_code?: string | undefined;
  /** What the student wants to be called. Version 3.1. */
  readonly preferred_name?: CleverName | undefined;
  /** Version 3.1. */
  readonly disability?: CleverDisability | undefined;
  /** Where the student lives. */
  readonly location?: CleverLocation | undefined;
  readonly credentials?: CleverCredentials | undefined;
  /** The same as the user's own; not in Clever's specification, but sent. Events leave it out. */
  readonly email?: string | undefined;
  /** When the student belonged to which school; membership of classes is in the sections. */
  readonly enrollments?: readonly CleverSchoolEnrollment[] | undefined;
  readonly ext?: CleverExtension | undefined;
  /** In Clever's specification, but never sent: a student's id was the same before v3. */
  readonly legacy_id?: string | undefined;
  /** In Clever's specification, but sent only on the user. */
  readonly created?: string | undefined;
  /** In Clever's specification, but sent only on the user. */
  readonly last_modified?: string | undefined;
}
