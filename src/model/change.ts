/**
 * The changes of a plan: each one operation on one record, with its reason and what it replaces.
 *
 * @module
 */

import type { LocalClass, LocalEnrollment, LocalGuardianLink, LocalSchool, LocalUser } from './local.js';

/** What is known about the causes of a decision: ids, counts and words, never a person's data. */
export type Evidence = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Why a change or a note is there: the row of the rules, a word for it, and what was seen. */
export interface Reason {
  /** The row of the rules, such as `K7`. `docs/policies.md` states each. */
  readonly rule: string;
  /** The case, such as `CLASS_ABSENT`. */
  readonly code: string;
  readonly evidence?: Evidence;
}

/** The record that a change is about: by its sourcedIds, and by the host's ids where it exists already. */
export interface RecordTarget {
  readonly id?: string;
  readonly sourcedId?: string;
}

/** An enrollment, by its class and user. */
export interface EnrollmentTarget {
  readonly id?: string;
  readonly classId?: string;
  readonly userId?: string;
  readonly classSourcedId?: string;
  readonly userSourcedId?: string;
}

/** A guardian link, by its guardian and student. */
export interface GuardianTarget {
  readonly id?: string;
  readonly guardianId?: string;
  readonly studentId?: string;
  readonly guardianSourcedId?: string;
  readonly studentSourcedId?: string;
}

/** The noun of a change: which collection of the host it writes to. */
export type ChangeNoun = 'school' | 'class' | 'user' | 'enrollment' | 'guardian';

/** Fields of a record as a change has them: `null` where there is none, so that a plan survives being written as JSON. */
export type Fields<T> = { readonly [K in keyof Omit<T, 'version'>]?: T[K] | null | undefined };

/** What every change has. */
export interface ChangeBase<Kind extends string, Target, Rec> {
  readonly kind: Kind;
  /** Distinct within a plan, and the same whenever the same change is planned again: `kind` and `subject`. */
  readonly key: string;
  /** Which record, as a word: the same for every kind of change to one record. */
  readonly subject: string;
  readonly target: Target;
  /** The school that the change counts for. */
  readonly schoolSourcedId?: string;
  /** The fields that change, with their present values. `null` where the record is created. */
  readonly before: Fields<Rec> | null;
  /** The fields that change, with their new values. `null` where the record is deleted. */
  readonly after: Fields<Rec> | null;
  /** The version of the record that the change was planned for; absent where it is created. */
  readonly version?: number;
  readonly reason: Reason;
  /** True for archive, remove, unlink and deactivate: what the gates guard. */
  readonly destructive: boolean;
  /** The feed's record as the change saw it, as a short word; `absent` where there was none. */
  readonly fingerprint: string;
  /** The ids of the holds that name this change. It is applied when all of them are released. */
  readonly heldBy: readonly string[];
}

/** A change to a school. `school-delete` is the undo of a creation. */
export type SchoolChange = ChangeBase<'school-create' | 'school-update' | 'school-delete', RecordTarget, LocalSchool>;

/** A change to a class. `class-delete` is the undo of a creation. */
export type ClassChange = ChangeBase<
  | 'class-create'
  | 'class-update'
  | 'class-move'
  | 'class-archive'
  | 'class-unarchive'
  | 'class-purge'
  | 'class-rekey'
  | 'class-delete',
  RecordTarget,
  LocalClass
>;

/** A change to a person. `user-delete` is the undo of a creation. */
export type UserChange = ChangeBase<
  'user-create' | 'user-update' | 'user-deactivate' | 'user-reactivate' | 'user-rekey' | 'user-delete',
  RecordTarget,
  LocalUser
>;

/** A change to a member of a class. `enrollment-delete` is the undo of an addition. */
export type EnrollmentChange = ChangeBase<
  | 'enrollment-add'
  | 'enrollment-update'
  | 'enrollment-restore'
  | 'enrollment-remove'
  | 'enrollment-link'
  | 'enrollment-delete',
  EnrollmentTarget,
  LocalEnrollment
>;

/** A change to a guardian of a student. `guardian-delete` is the undo of a link. */
export type GuardianChange = ChangeBase<
  'guardian-link' | 'guardian-update' | 'guardian-restore' | 'guardian-unlink' | 'guardian-delete',
  GuardianTarget,
  LocalGuardianLink
>;

/** One operation on one record. */
export type Change = SchoolChange | ClassChange | UserChange | EnrollmentChange | GuardianChange;

/** What a change does: `noun-verb`. */
export type ChangeKind = Change['kind'];
