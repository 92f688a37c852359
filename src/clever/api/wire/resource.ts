/** Something of the application's own, such as a book, that a district assigns in Clever. Needs a scope of its own. */
export interface CleverResource {
  /** Clever's id. */
  readonly id: string;
  /** The application's own id of it. */
  readonly resource_id?: string | undefined;
  /** The id of the district. */
  readonly district?: string | undefined;
  readonly title?: string | undefined;
  /** Whom it is meant for: `teacher`, `student`. */
  readonly roles?: readonly string[] | undefined;
  /** ISO instant. */
  readonly created?: string | undefined;
  /** ISO instant; resources alone call it so, all else says `last_modified`. */
  readonly updated?: string | undefined;
}

/** Whether one student was there, on one day or in one section. Version 3.1; it has no id of Clever's. */
export interface CleverAttendance {
  /** The student information system's id of this record. */
  readonly sis_id?: string | undefined;
  /** The id of the student. */
  readonly student_id: string;
  /** The id of the school. */
  readonly school_id?: string | undefined;
  /** The id of the section, where `attendance_type` is `section`. */
  readonly section_id?: string | undefined;
  /** The id of the district. */
  readonly district_id?: string | undefined;
  /** `YYYY-MM-DD` */
  readonly attendance_date?: string | undefined;
  readonly attendance_type?: 'daily' | 'section' | (string & {}) | undefined;
  readonly attendance_status?: 'present' | 'absent' | 'tardy' | (string & {}) | undefined;
  /** The district's own word for the reason. */
  readonly excuse_code?: string | undefined;
  /** ISO instant. */
  readonly created?: string | undefined;
  /** ISO instant. */
  readonly last_modified?: string | undefined;
}
