import type { OneRosterRecord } from './common.js';

/** A resource: learning content that goes with a course, a class or (1.2) a user. */
export interface OneRosterLearningResource extends OneRosterRecord {
  readonly title?: string | undefined;
  /** For whom it is, such as `student`, as sent. */
  readonly roles: readonly string[];
  readonly importance?: 'primary' | 'secondary' | (string & {}) | undefined;
  /** The vendor's own id of it. */
  readonly vendorResourceId?: string | undefined;
  readonly vendorId?: string | undefined;
  readonly applicationId?: string | undefined;
}
