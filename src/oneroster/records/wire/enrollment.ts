import type { OneRosterRecord, OneRosterReference } from './common.js';

/** An enrollment: a user in a class, in a role. Its own id is optional here, because nothing else refers to it. */
export interface OneRosterEnrollment extends Omit<OneRosterRecord, 'sourcedId'> {
  readonly sourcedId?: string | undefined;
  readonly class: OneRosterReference;
  readonly user: OneRosterReference;
  readonly school?: OneRosterReference | undefined;
  /** As sent; 1.2 lets servers add words that begin with `ext:`. */
  readonly role: 'administrator' | 'proctor' | 'student' | 'teacher' | (string & {});
  /** Of teachers only: whether this is the class's first teacher. */
  readonly primary?: boolean | undefined;
  /** First day, `YYYY-MM-DD`. */
  readonly beginDate?: string | undefined;
  /** The first day that no longer belongs to the enrollment, `YYYY-MM-DD`. */
  readonly endDate?: string | undefined;
}
