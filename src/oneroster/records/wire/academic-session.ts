import type { OneRosterRecord, OneRosterReference } from './common.js';

/** What an academicSession is; 1.2 lets servers add words that begin with `ext:`. */
export type OneRosterSessionType = 'gradingPeriod' | 'semester' | 'schoolYear' | 'term' | (string & {});

/** An academicSession: a school year, a term, a semester or a grading period. */
export interface OneRosterAcademicSession extends OneRosterRecord {
  readonly title?: string | undefined;
  readonly type?: OneRosterSessionType | undefined;
  /** First day, `YYYY-MM-DD`. */
  readonly startDate?: string | undefined;
  /** The first day that no longer belongs to the session, `YYYY-MM-DD`. */
  readonly endDate?: string | undefined;
  /** The year in which the school year ends. */
  readonly schoolYear?: string | undefined;
  readonly parent?: OneRosterReference | undefined;
  readonly children: readonly OneRosterReference[];
}
