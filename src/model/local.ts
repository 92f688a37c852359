/**
 * The host's side: what the school platform holds today, and what it must remember between two runs.
 *
 * @module
 */

import type { EnrollmentRole, Ordered, UserRole } from './roster.js';
import type { Ledger } from './ledger.js';
import type { Scope } from './scope.js';

/** Who made a record: a sync (`roster`), people (`local`), or people who then tied it to a sourcedId (`linked`). */
export type Origin = 'roster' | 'local' | 'linked';

/** Who set the present negative state of a record. Without it, bringing back cannot be right. */
export type By = 'sync' | 'user';

/** What every record of the host has. */
export interface LocalRecord {
  /** The host's own id. */
  readonly id: string;
  readonly origin: Origin;
  /** Counts the writes to the record. A change is applied only to the version that it was planned for. */
  readonly version: number;
  /**
   * The fields that a person changed by hand: a sync leaves them alone until they are released. `sourcedId` is among them
   * where a person untied the record from the roster.
   */
  readonly hostFields?: readonly string[];
  /** When people first used what a sync created, ISO instant. An undo deletes only what nobody has used. */
  readonly usedAt?: string;
}

/** A school of the host. */
export interface LocalSchool extends LocalRecord {
  readonly sourcedId?: string;
  readonly name: string;
  readonly identifier?: string;
  /** The values that a sync wrote last. */
  readonly synced?: SyncedSchool;
}

/** The provider's values of a school, as last written by a sync. */
export interface SyncedSchool {
  readonly name: string;
  readonly identifier?: string;
}

/** What a class may do; each is on unless the policy or a person says otherwise. */
export interface ClassOptions {
  readonly behaviorManagement: boolean;
  readonly studentPortfolios: boolean;
  readonly parentCommunication: boolean;
}

/** `purged`: a person deleted the class for good; the row stays as a tombstone, so that no sync brings it back. */
export type LocalClassState = 'active' | 'archived' | 'purged';

/** A class of the host. */
export interface LocalClass extends LocalRecord {
  readonly sourcedId?: string;
  /** The sourcedId of the class's school: its scope is judged by it. */
  readonly schoolSourcedId?: string;
  readonly name: string;
  readonly state: LocalClassState;
  /** Who archived or purged it; only where it is not active. */
  readonly by?: By;
  /** ISO instant; only where it is archived. */
  readonly archivedAt?: string;
  /** True while a person keeps the class alive that a sync had archived and the feed still lacks (K16). */
  readonly revived?: boolean;
  readonly termSourcedIds?: readonly string[];
  readonly courseTitle?: string;
  readonly period?: string;
  readonly sectionNumber?: string;
  readonly grades?: readonly string[];
  readonly subject?: string;
  readonly options?: ClassOptions;
  /** The values that a sync wrote last. */
  readonly synced?: SyncedClass;
}

/** The provider's values of a class, as last written by a sync, and the options that the policy had then. */
export interface SyncedClass {
  readonly name: string;
  readonly schoolSourcedId: string;
  readonly termSourcedIds?: readonly string[];
  readonly courseTitle?: string;
  readonly period?: string;
  readonly sectionNumber?: string;
  readonly grades?: readonly string[];
  readonly subject?: string;
  readonly options?: ClassOptions;
}

/** A person of the host. */
export interface LocalUser extends LocalRecord {
  readonly sourcedId?: string;
  readonly roles: readonly UserRole[];
  readonly givenName: string;
  readonly familyName: string;
  readonly middleName?: string;
  readonly username?: string;
  /** The contact address. */
  readonly email?: string;
  /** The address that the person proved to own; a sync never changes it. */
  readonly verifiedEmail?: string;
  /** The roster's address where the policy keeps the person's own: the drift stays visible. */
  readonly rosterEmail?: string;
  readonly mobile?: string;
  readonly homePhone?: string;
  /**
   * The contact details by which this person cannot sign in, because they are another person's login (F6 to F9). They are
   * still good for messages.
   */
  readonly takenLogins?: readonly ('email' | 'mobile')[];
  /** The sourcedId of the record of the same human being, whose login is theirs, too: one login, two roles (F7). */
  readonly sharesLoginWith?: string;
  readonly enabled?: boolean;
  readonly schoolSourcedIds: readonly string[];
  readonly grade?: string;
  readonly birthDate?: string;
  readonly stateId?: string;
  readonly sisId?: string;
  /** The host's role of the person, from the policy's `access`. */
  readonly role?: string;
  /** The names of the person's permission sets, from the policy's `access` or by hand. */
  readonly permissions?: readonly string[];
  /** The host's site of the person: a school's sourcedId, or a site that the policy names. */
  readonly site?: string;
  readonly state: 'active' | 'deactivated';
  readonly by?: By;
  /** True once the person has signed in for the first time. */
  readonly claimed?: boolean;
  /** True for the acting administrator, the owner of a run and the last administrator: never removed (U14). */
  readonly protected?: boolean;
  /** True where the person also belongs to another tenant: never deactivated, only unlinked (U7). */
  readonly otherTenants?: boolean;
  /** The values that a sync wrote last. */
  readonly synced?: SyncedUser;
}

/** The provider's values of a person, as last written by a sync. */
export interface SyncedUser {
  readonly roles: readonly UserRole[];
  readonly givenName: string;
  readonly familyName: string;
  readonly middleName?: string;
  readonly username?: string;
  readonly email?: string;
  readonly mobile?: string;
  readonly homePhone?: string;
  readonly enabled?: boolean;
  readonly schoolSourcedIds: readonly string[];
  readonly grade?: string;
  readonly birthDate?: string;
  readonly stateId?: string;
  readonly sisId?: string;
  readonly site?: string;
}

/** A member of a class of the host. Its identity is (class, user). */
export interface LocalEnrollment extends LocalRecord {
  readonly classId: string;
  readonly userId: string;
  /** The sourcedId of its class, repeated here so that the engine can merge without a lookup. */
  readonly classSourcedId?: string;
  /** The sourcedId of its user, repeated likewise. */
  readonly userSourcedId?: string;
  readonly role: EnrollmentRole;
  readonly primary?: boolean;
  readonly state: 'active' | 'removed';
  /** Who removed the member; only where it is removed. */
  readonly by?: By;
  /** ISO instant; only where it is removed. */
  readonly removedAt?: string;
  /** True where a member added by hand was also seen in the feed (M7): its later absence still never removes it. */
  readonly linked?: boolean;
  /** The values that a sync wrote last. */
  readonly synced?: SyncedEnrollment;
}

/** The provider's values of an enrollment, as last written by a sync. */
export interface SyncedEnrollment {
  readonly role: EnrollmentRole;
  readonly primary?: boolean;
}

/** A guardian of a student of the host. Its identity is (guardian, student). */
export interface LocalGuardianLink extends LocalRecord {
  readonly guardianId: string;
  readonly studentId: string;
  readonly guardianSourcedId?: string;
  readonly studentSourcedId?: string;
  readonly relationship?: string;
  readonly contactType?: string;
  /** True where the district forbids this guardian contact with the student: the link gives no access (P11). */
  readonly blocked?: boolean;
  readonly state: 'active' | 'removed';
  readonly by?: By;
  /** ISO instant; only where it is removed. */
  readonly removedAt?: string;
  /** The values that a sync wrote last. */
  readonly synced?: SyncedGuardianLink;
}

/** The provider's values of a guardian link, as last written by a sync. */
export interface SyncedGuardianLink {
  readonly relationship?: string;
  readonly contactType?: string;
  readonly blocked?: boolean;
}

/** What a store says of itself, besides its records. */
export interface LocalHead {
  readonly scope: Scope;
  readonly ledger: Ledger;
}

/**
 * The host's data, in memory. Collections are best in ascending order of `sourcedId` (records without one first, by
 * `id`), enrollments by (class, user), guardian links by (guardian, student). Another order gives the same plan.
 */
export interface LocalState extends LocalHead {
  readonly schools: readonly LocalSchool[];
  readonly classes: readonly LocalClass[];
  readonly users: readonly LocalUser[];
  readonly enrollments: readonly LocalEnrollment[];
  readonly guardianLinks: readonly LocalGuardianLink[];
}

/** The host's data as a store hands it over: like {@link LocalState}, but a collection may be a stream. */
export interface LocalRead extends LocalHead {
  readonly schools: Ordered<LocalSchool>;
  readonly classes: Ordered<LocalClass>;
  readonly users: Ordered<LocalUser>;
  readonly enrollments: Ordered<LocalEnrollment>;
  readonly guardianLinks: Ordered<LocalGuardianLink>;
}
