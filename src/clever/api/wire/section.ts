import type { CleverExtension, CleverGrade, CleverLmsStatus } from './common.js';

/**
 * A section: a class, with its members. Sections are the only tie between students and teachers, and a section without
 * students is not sent at all.
 */
export interface CleverSection {
  /** 24 hexadecimal digits, unique across all of Clever. */
  readonly id: string;
  /** The id of its district. */
  readonly district?: string | undefined;
  /** The id of its school. */
  readonly school: string;
  /** The id of its course. */
  readonly course?: string | undefined;
  /** The id of its term. */
  readonly term_id?: string | undefined;
  /** Made by Clever of course, teacher and period; not unique, and it changes with any of them. */
  readonly name?: string | undefined;
  /** The student information system's id; districts use it again for another class in another term. */
  readonly sis_id?: string | undefined;
  readonly section_number?: string | undefined;
  /** Free text, such as `3` or `1(A)`. */
  readonly period?: string | undefined;
  readonly subject?:
    | 'english/language arts'
    | 'math'
    | 'science'
    | 'social studies'
    | 'language'
    | 'homeroom/advisory'
    | 'interventions/online learning'
    | 'technology and engineering'
    | 'PE and health'
    | 'arts and music'
    | 'other'
    | (string & {})
    | undefined;
  /** It may differ from the grades of its students. */
  readonly grade?: CleverGrade | undefined;
  /** The ids of its students, of whatever school. Some may not be shared, and then are no users of this token. */
  readonly students: readonly string[];
  /** The id of the primary teacher. */
  readonly teacher?: string | undefined;
  /** The ids of all teachers, the primary one among them. */
  readonly teachers: readonly string[];
  readonly ext?: CleverExtension | undefined;
  /** Version 3.1. */
  readonly lms_status?: CleverLmsStatus | undefined;
  /** ISO instant; a record that is shared anew gets a new one. */
  readonly created?: string | undefined;
  /** ISO instant. */
  readonly last_modified?: string | undefined;
}

/** A term. Its id is not stable: Clever makes a new one when the term's sections or dates change. */
export interface CleverTerm {
  readonly id: string;
  /** The id of its district; a term names no school. */
  readonly district?: string | undefined;
  readonly name?: string | undefined;
  /** `YYYY-MM-DD`, though Clever's specification says an instant. */
  readonly start_date?: string | undefined;
  /** `YYYY-MM-DD`, the last day that belongs to the term. */
  readonly end_date?: string | undefined;
}

/** A course: only there if the district sends courses. Its id is stable only where it has a number. */
export interface CleverCourse {
  readonly id: string;
  /** The id of its district. */
  readonly district?: string | undefined;
  readonly name?: string | undefined;
  readonly number?: string | undefined;
}
