/**
 * What every table of rules looks at: the policy, the scope, today's date, and the draft that it writes to.
 *
 * @module
 */

import type {
  EnrollmentRole,
  Fields,
  LocalEnrollment,
  LocalHead,
  LocalSchool,
  Policy,
  Scope,
  UserRole,
} from '../model/index.js';
import type { Absences } from './causes/index.js';
import type { Draft } from './draft.js';
import type { Feed } from './reading/feed.js';
import type { Unjudged } from './gates/unjudged.js';
import type { AwaitedTeacher } from './rules/awaited-teachers.js';
import type { Grace } from './gates/grace.js';
import type { Decisions } from './identity/index.js';
import type { ImportedPerson } from './reconcile.js';
import type { ReadTally } from './reading/statistics.js';
import type { OpenWindows } from './gates/windows.js';

export interface Context {
  readonly policy: Policy;
  readonly feed: Feed;
  /** What the host says of itself, and its schools. The large collections come by in passes. */
  readonly local: LocalHead & { readonly schools: readonly LocalSchool[] };
  readonly draft: Draft;
  /** What vanished, as the passes come across it. */
  readonly absences: Absences;
  /** What people said about records that may be one. */
  readonly decisions: Decisions;
  /** ISO instant of the plan. */
  readonly now: string;
  /** `YYYY-MM-DD` in the district's time zone. */
  readonly today: string;
  /** Enrollments that begin by then count already, `YYYY-MM-DD`. */
  readonly leadDate: string;
  /** G2: the read cannot prove absence, so nothing is created for good, brought back or taken away. */
  readonly isRestricted: boolean;
  readonly isInScope: (schoolSourcedId: string | undefined) => boolean;
  readonly handlesClasses: boolean;
  /** Whether this import's steps cover members of a role: asked for every row, so worked out once. */
  readonly handlesMember: Readonly<Record<EnrollmentRole, boolean>>;
  readonly handlesGuardians: boolean;
  /** P13: whether this plan decides about guardians' places in their students' classes. */
  readonly enrollsGuardians: boolean;
  /** P5: the guardians come from another source than last time. */
  readonly isGuardianSourceSwitched: boolean;
  /** What a removal by this plan writes: the same for all of them. */
  readonly removed: Fields<LocalEnrollment>;
  /** What the read looks like (G4), counted as it comes by. */
  readonly tally: ReadTally;
  /** Absences that have to be seen in more reads than one. */
  readonly grace: Grace;
  /** What this plan cannot judge, of the records that holds and counts wait for. */
  readonly unjudged: Unjudged;
  /** The policy's windows that are open now. */
  readonly windows: OpenWindows;
  /** Teachers who get an account whatever the policy says of teachers, by their sourcedIds. */
  readonly importing: ReadonlyMap<string, ImportedPerson>;
  /** P14: teachers who were invited and have not joined. */
  readonly awaiting: readonly AwaitedTeacher[];
}

export function scopeTest(scope: Scope): (schoolSourcedId: string | undefined) => boolean {
  if (scope.schools === undefined) return () => true;
  const schools = new Set(scope.schools);
  return (schoolSourcedId) => schoolSourcedId !== undefined && schools.has(schoolSourcedId);
}

/** Whether this import's steps cover people of these roles. */
export function handlesRoles(policy: Policy, roles: readonly UserRole[]): boolean {
  return roles.some((role) =>
    role === 'student'
      ? policy.steps.includes('students')
      : role === 'guardian'
        ? policy.steps.includes('guardians')
        : policy.steps.includes('teachers'),
  );
}

/** Which members this import's steps cover. */
export function handledMembers(policy: Policy): Readonly<Record<EnrollmentRole, boolean>> {
  const staff = policy.steps.includes('teachers');
  return {
    student: policy.steps.includes('students'),
    guardian: policy.steps.includes('guardians'),
    teacher: staff,
    aide: staff,
    administrator: staff,
    proctor: staff,
  };
}
