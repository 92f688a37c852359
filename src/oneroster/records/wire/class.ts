import type { OneRosterRecord, OneRosterReference } from './common.js';

/** A course. */
export interface OneRosterCourse extends OneRosterRecord {
  readonly title?: string | undefined;
  readonly courseCode?: string | undefined;
  /** The academicSession of the school year. */
  readonly schoolYear?: OneRosterReference | undefined;
  readonly org?: OneRosterReference | undefined;
  readonly grades: readonly string[];
  readonly subjects: readonly string[];
  /** As many as there are subjects, in their order. */
  readonly subjectCodes: readonly string[];
  readonly resources: readonly OneRosterReference[];
}

/** A class. */
export interface OneRosterClass extends OneRosterRecord {
  readonly title?: string | undefined;
  readonly classCode?: string | undefined;
  /** 1.2 lets servers add words that begin with `ext:`. */
  readonly classType?: 'homeroom' | 'scheduled' | (string & {}) | undefined;
  readonly location?: string | undefined;
  readonly course?: OneRosterReference | undefined;
  readonly school: OneRosterReference;
  readonly terms: readonly OneRosterReference[];
  readonly grades: readonly string[];
  readonly subjects: readonly string[];
  /** As many as there are subjects, in their order. */
  readonly subjectCodes: readonly string[];
  readonly periods: readonly string[];
  readonly resources: readonly OneRosterReference[];
}
