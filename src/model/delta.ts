/**
 * What changed at the district since an earlier read. Folded into the roster of that read it gives the roster of now.
 *
 * @module
 */

import type { Class, Course, Enrollment, GuardianLink, RejectedRow, Roster, School, Term, User } from './roster.js';
import type { Scope } from './scope.js';

/** What changed among the records of a collection. An id is in one of the two lists, and there once. */
export interface RecordsDelta<T> {
  /** The records as they are now, new ones and changed ones, in order of their ids. */
  readonly changed: readonly T[];
  /** The sourcedIds of those that the provider says are gone. What is in neither list is as it was. */
  readonly deleted: readonly string[];
}

/** What changed among the pairs of a collection, whose records need no id of their own. */
export interface PairsDelta<T, Pair> {
  /**
   * The owners (classes of enrollments, guardians of links) whose pairs are told in full: what `changed` does not have of
   * them is gone.
   */
  readonly replacedOf: readonly string[];
  /** The pairs as they are now, in order of owner and other. */
  readonly changed: readonly T[];
  /** Single ones that the provider says are gone. */
  readonly deleted: readonly Pair[];
}

/**
 * A place in a class. Where the enrollments have ids of their own, only the one of the same id is meant: a member may have
 * one for each term. Without an id all of the pair are. An id that several enrollments have means one of this class and
 * user.
 */
export type EnrollmentPair = Pick<Enrollment, 'classSourcedId' | 'userSourcedId' | 'sourcedId'>;

/** A guardian of a student. */
export type GuardianPair = Pick<GuardianLink, 'guardianSourcedId' | 'studentSourcedId'>;

/** What every answer to "what changed since?" says of itself. */
export interface DeltaHead {
  /** Distinct for every read of the source. */
  readonly readId: string;
  /** The provider, such as `clever`. */
  readonly source: string;
  /** When the read began, ISO instant. */
  readonly readAt: string;
  readonly scope: Scope;
  /** The cursor that this continues. */
  readonly since: string;
}

/** The changes themselves. */
export interface RosterChanges extends DeltaHead {
  readonly kind: 'changes';
  /** Where the next delta continues. Keep it together with the roster that this was folded into. */
  readonly cursor: string;
  readonly schools: RecordsDelta<School>;
  readonly terms: RecordsDelta<Term>;
  readonly courses: RecordsDelta<Course>;
  readonly classes: RecordsDelta<Class>;
  readonly users: RecordsDelta<User>;
  readonly enrollments: PairsDelta<Enrollment, EnrollmentPair>;
  readonly guardianLinks: PairsDelta<GuardianLink, GuardianPair>;
  readonly rejected: readonly RejectedRow[];
  /**
   * Fields that were taken away rather than emptied, such as `users.email`: the district no longer shares them. They are
   * missing from `changed`, and no reason to forget what is known.
   */
  readonly withdrawn: readonly string[];
  /**
   * Whether the provider tells what is gone. `told`: it does, and so the roster of now is whole. `hint`: not every server
   * does; what is gone without a word stays in the roster of now until it is read whole, which decides. What is told to
   * be gone is a tombstone there (`status: 'tobedeleted'`), and its pairs stay: it may come back without them.
   */
  readonly removals: 'told' | 'hint';
  /** As in a roster's head. */
  readonly staleSince?: string;
}

/**
 * Why a whole roster was read instead of the changes.
 *
 * - `CURSOR_UNKNOWN`: the cursor is none of this version of the library.
 * - `CURSOR_EXPIRED`: older than the provider keeps its events.
 * - `VERSION_CHANGED`: made by a client of another version of the API, which tells other fields.
 * - `SCOPES_CHANGED`: the credentials may see more or less than then.
 * - `SCOPES_UNKNOWN`: the provider does not tell now what the credentials may see, or did not then.
 * - `EVENTS_REFUSED`: the provider does not give its events to these credentials (any more).
 * - `EVENTS_SILENT`: the district's data moved and no event told of it: events are, or were, switched off.
 * - `EVENT_UNREADABLE`: an event came that cannot be understood.
 * - `FILTER_REFUSED`: the server does not answer what changed since an instant.
 * - `CHANGES_UNCLEAR`: what came as changes contradicts itself, or does not tell enough.
 * - `READ_DUE`: no whole read for long. Events are a convenience; a whole read mends what they may have missed.
 */
export type WholeReadReason =
  | 'CURSOR_UNKNOWN'
  | 'CURSOR_EXPIRED'
  | 'VERSION_CHANGED'
  | 'SCOPES_CHANGED'
  | 'SCOPES_UNKNOWN'
  | 'EVENTS_REFUSED'
  | 'EVENTS_SILENT'
  | 'EVENT_UNREADABLE'
  | 'FILTER_REFUSED'
  | 'CHANGES_UNCLEAR'
  | 'READ_DUE';

/** The source cannot tell what changed, and read everything. */
export interface WholeRoster extends DeltaHead {
  readonly kind: 'whole';
  readonly reason: WholeReadReason;
  readonly roster: Roster;
}

/** The answer to "what changed since?": the changes, or everything. */
export type RosterDelta = RosterChanges | WholeRoster;
