/**
 * The district's side: one neutral roster, whichever provider it was read from.
 *
 * `sourcedId` is opaque: never parsed, trimmed or case-folded, and unique only within (tenant, source, kind).
 *
 * @module
 */

import type { Scope } from './scope.js';

/** The collections of a roster. */
export type Collection = 'schools' | 'terms' | 'courses' | 'classes' | 'users' | 'enrollments' | 'guardianLinks';

/** `tobedeleted` is the provider's explicit word that a record is gone (OneRoster 1.0 said `inactive`). */
export type RecordStatus = 'active' | 'tobedeleted';

/** What every record with an id of its own has. */
export interface RosterRecord {
  readonly sourcedId: string;
  /** @default 'active' */
  readonly status?: RecordStatus;
  /** Said to be deleted by a change alone, which may be taken back: such a record is waited for as if it were missing. */
  readonly hinted?: true;
  /** ISO instant. Providers stamp whole imports at once: it orders two versions of one record, nothing else. */
  readonly dateLastModified?: string;
}

/** OneRoster: an org of type school. Clever: a school. */
export interface School extends RosterRecord {
  readonly name: string;
  /** The number that the district or state gives the school. */
  readonly identifier?: string;
  /** The lowest and the highest grade taught, in the provider's words. OneRoster tells none. */
  readonly lowGrade?: string;
  readonly highGrade?: string;
}

/** OneRoster: an academicSession. Clever: a term. */
export interface Term extends RosterRecord {
  readonly name: string;
  /** First day, `YYYY-MM-DD`. */
  readonly startDate?: string;
  /** The first day that no longer belongs to the term, `YYYY-MM-DD` (OneRoster: "endDate excluded"). */
  readonly endDate?: string;
}

/** OneRoster and Clever: a course. */
export interface Course extends RosterRecord {
  readonly title: string;
  readonly courseCode?: string;
}

/** OneRoster: a class. Clever: a section. */
export interface Class extends RosterRecord {
  readonly schoolSourcedId: string;
  /** As the provider words it; may be blank, and is not unique. */
  readonly name: string;
  readonly courseSourcedId?: string;
  readonly courseTitle?: string;
  readonly termSourcedIds?: readonly string[];
  readonly period?: string;
  readonly sectionNumber?: string;
  readonly grades?: readonly string[];
  readonly subject?: string;
}

/** What a person is in the district's eyes. Unknown words of a provider arrive as `other`. */
export type UserRole = 'student' | 'teacher' | 'aide' | 'administrator' | 'staff' | 'guardian' | 'other';

/** OneRoster and Clever: a user. */
export interface User extends RosterRecord {
  /** Every role the provider reports; never empty. */
  readonly roles: readonly UserRole[];
  readonly givenName: string;
  readonly familyName: string;
  readonly middleName?: string;
  readonly username?: string;
  readonly email?: string;
  /** OneRoster `sms`; Clever phone of type Cell. Login, texts and calls. */
  readonly mobile?: string;
  /** OneRoster `phone`; any other phone of Clever. Neither login, nor texts, nor calls. */
  readonly homePhone?: string;
  /** False where the provider curtails the person's access. @default true */
  readonly enabled?: boolean;
  readonly schoolSourcedIds: readonly string[];
  /** The provider's own word for the main school, where it has one. */
  readonly primarySchoolSourcedId?: string;
  readonly grade?: string;
  /** `YYYY-MM-DD` */
  readonly birthDate?: string;
  /** The state's id of the person: pairs two sourcedIds of one person. */
  readonly stateId?: string;
  /** The student information system's id of the person. */
  readonly sisId?: string;
}

/** The role of a member in one class. */
export type EnrollmentRole = 'student' | 'teacher' | 'aide' | 'administrator' | 'proctor' | 'guardian';

/** OneRoster: an enrollment. Clever: a place in `section.students` or `section.teachers`. */
export interface Enrollment {
  readonly classSourcedId: string;
  readonly userSourcedId: string;
  readonly role: EnrollmentRole;
  /** Whether this is the class's first teacher. */
  readonly primary?: boolean;
  /** First day, `YYYY-MM-DD`. */
  readonly beginDate?: string;
  /** The first day that no longer belongs to the enrollment, `YYYY-MM-DD`. */
  readonly endDate?: string;
  /** @default 'active' */
  readonly status?: RecordStatus;
  /** The provider's id of the enrollment itself; Clever has none. */
  readonly sourcedId?: string;
  readonly dateLastModified?: string;
}

/** A guardian of a student. OneRoster: `agents`, from either side. Clever: `contact.student_relationships`. */
export interface GuardianLink {
  readonly guardianSourcedId: string;
  readonly studentSourcedId: string;
  /** In the provider's words, such as `Grandparent`. */
  readonly relationship?: string;
  /** In the provider's words, such as `Emergency`. */
  readonly contactType?: string;
  /** True where the district forbids this guardian contact with the student, such as by custody. @default false */
  readonly blocked?: boolean;
  /** @default 'active' */
  readonly status?: RecordStatus;
}

/**
 * How the reading of a collection ended.
 *
 * - `complete`: every record was received, and the provider's own numbers agree: absence is evidence.
 * - `incomplete`: the list broke off, or moved while it was read: absence says nothing.
 * - `failed`: not one record can be believed.
 * - `not-shared`: the provider refuses this collection; an optional one is then left as it is.
 * - `not-read`: this read did not ask for it.
 */
export type ReadState = 'complete' | 'incomplete' | 'failed' | 'not-shared' | 'not-read';

/** What a source says of one collection that it read. */
export interface CollectionAttestation {
  readonly state: ReadState;
  readonly received: number;
  /** The provider's own total, where it told one. */
  readonly expected?: number;
  /** How the list ended, in a short word, such as `empty-page` or `total-reached`. */
  readonly ended?: string;
}

/** What a read proves. Absence is evidence only where this says so. */
export interface Attestation {
  readonly collections: Readonly<Record<Collection, CollectionAttestation>>;
  /**
   * Whether the records of *all* schools of the tenant were read. Without it a class or a person who is missing may
   * have moved to a school that was not read.
   */
  readonly allSchools: boolean;
  /** Schools whose pages failed: they leave the run, the others proceed. */
  readonly skippedSchools?: readonly string[];
}

/**
 * A row that could not be used. Names the row and what is wrong, never a value. What it stood for was there: it is never
 * taken for absent.
 */
export interface RejectedRow {
  readonly collection: Collection;
  readonly sourcedId?: string;
  /** The class of a rejected enrollment, where the row names one: its other members can still be judged elsewhere. */
  readonly classSourcedId?: string;
  /** What is wrong, as a word, such as `missing-class`. */
  readonly problem: string;
  /** Where the row stood: a file and line, or a page. */
  readonly location?: string;
  /** The field, or the column of a file, that the problem is about, where it is one. */
  readonly field?: string;
}

/** Records in ascending order of their ids (by UTF-16 code unit). An array is the simple case, a stream the large one. */
export type Ordered<T> = Iterable<T> | AsyncIterable<T>;

/** What a roster says of itself, besides its records. */
export interface RosterHead {
  /** Distinct for every read of the source. */
  readonly readId: string;
  /** The provider, such as `clever`, `classlink` or `oneroster-csv`. */
  readonly source: string;
  /** Where the guardians came from, where that is another source (P5). @default the source */
  readonly guardianSource?: string;
  /** When the read began, ISO instant. */
  readonly readAt: string;
  readonly scope: Scope;
  readonly attestation: Attestation;
  readonly rejected?: readonly RejectedRow[];
  /**
   * Where a source that can tell changes continues from this read. Only a read that is complete has one.
   */
  readonly cursor?: string;
  /**
   * Since when the provider's own data stands still, because the district paused its sync with the provider or that sync
   * fails. ISO instant. What the roster says is true as of then. @default it does not
   */
  readonly staleSince?: string;
}

/**
 * One reading of a district, in memory. Collections are best in ascending order of their ids: classes, users and the
 * others by `sourcedId`, enrollments by (class, user), guardian links by (guardian, student). Another order gives the
 * same plan, a little later.
 */
export interface Roster extends RosterHead {
  readonly schools: readonly School[];
  readonly terms: readonly Term[];
  readonly courses: readonly Course[];
  readonly classes: readonly Class[];
  readonly users: readonly User[];
  readonly enrollments: readonly Enrollment[];
  readonly guardianLinks: readonly GuardianLink[];
}

/** One reading of a district as a source hands it over: like a {@link Roster}, but a collection may be a stream. */
export interface RosterRead extends RosterHead {
  readonly schools: Ordered<School>;
  readonly terms: Ordered<Term>;
  readonly courses: Ordered<Course>;
  readonly classes: Ordered<Class>;
  readonly users: Ordered<User>;
  readonly enrollments: Ordered<Enrollment>;
  readonly guardianLinks: Ordered<GuardianLink>;
}
