import type { CleverExtension, CleverGrade, CleverLocation } from './common.js';

/** The head of a school. */
export interface CleverPrincipal {
  /** The whole name, in one piece. */
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

/** A school. */
export interface CleverSchool {
  /** 24 hexadecimal digits, unique across all of Clever. */
  readonly id: string;
  /** The id of its district. */
  readonly district?: string | undefined;
  readonly name?: string | undefined;
  /** The student information system's id of the school, unique in the district. */
  readonly sis_id?: string | undefined;
  /** The number that the district gives the school. */
  readonly school_number?: string | undefined;
  /** The state's id of the school. */
  readonly state_id?: string | undefined;
  /** The number that the National Center for Education Statistics gives the school. */
  readonly nces_id?: string | undefined;
  /** The number that Market Data Retrieval gives the school. */
  readonly mdr_number?: string | undefined;
  readonly low_grade?: CleverGrade | undefined;
  readonly high_grade?: CleverGrade | undefined;
  /** Free text, such as `(718) 555-4567`. */
  readonly phone?: string | undefined;
  readonly location?: CleverLocation | undefined;
  readonly principal?: CleverPrincipal | undefined;
  readonly ext?: CleverExtension | undefined;
  /** ISO instant; a record that is shared anew gets a new one. */
  readonly created?: string | undefined;
  /** ISO instant. */
  readonly last_modified?: string | undefined;
}
