import type {
  Class,
  Enrollment,
  GuardianLink,
  LocalClass,
  LocalEnrollment,
  LocalGuardianLink,
} from '../model/index.js';
import type { LocalUser, User } from '../model/index.js';
import type { Stretch } from './stretch.js';

/**
 * What looks at every record of both sides once in a plan, unchanged ones included, and decides nothing then: statistics
 * and causes. It is on the hot path, so it counts and allocates nothing.
 */
export interface Tally {
  user(feed: User | undefined, local: LocalUser | undefined): void;
  /** A class with its members, in no order. */
  section(
    section: Class | undefined,
    local: LocalClass | undefined,
    enrollments: Stretch<Enrollment>,
    members: Stretch<LocalEnrollment>,
  ): void;
  guardianLink(link: GuardianLink | undefined, local: LocalGuardianLink | undefined): void;
}
