/**
 * What vanished: the records that the host manages and the feed lacks, or says to be deleted. Only these are kept.
 *
 * @module
 */

import { classSubject, guardianSubject, userSubject } from '../../model/index.js';
import type {
  EnrollmentRole,
  Ledger,
  LimitKind,
  LocalClass,
  LocalEnrollment,
  LocalGuardianLink,
  LocalUser,
  Policy,
  Term,
} from '../../model/index.js';
import { traitsOfClass, traitsOfLink, traitsOfMember, traitsOfUser, type Traits } from './attributes.js';
import { changeKey } from '../draft.js';
import { countManaged, type Stretch } from '../reading/stretch.js';

/** A record that vanished. */
export interface Absent {
  readonly subject: string;
  readonly traits: Traits;
  readonly isTombstoned: boolean;
  /** Whether enrollments, or a row that could not be used, still name it: then it is not shared, rather than gone. */
  readonly isNamed: boolean;
  /** Whether it is among the managed records, and a sync made it: what shares are worked out of. */
  readonly isManaged: boolean;
  /** The class of a member: a cohort of members spans two of them. */
  readonly holder?: string;
}

export interface AbsentClass extends Absent {
  readonly endedTerms: readonly string[];
  /** Its active students, by sourcedId. */
  readonly students: readonly string[];
  /** How many of its members a sync added: they do not count, because their class is what vanished. */
  readonly managedMembers: number;
}

export interface AbsentUser extends Absent {
  readonly sourcedId: string;
}

export interface AbsentMember extends Absent {
  readonly endedTerms: readonly string[];
  readonly userSourcedId: string | undefined;
}

export interface AbsentLink extends Absent {
  readonly guardianSourcedId: string;
  readonly studentSourcedId: string;
}

/** What absences are judged by, besides the records. */
export interface AbsenceInput {
  readonly policy: Pick<Policy, 'fullData' | 'archive' | 'absentClassMembers' | 'deactivateUnrostered'>;
  readonly ledger: Pick<Ledger, 'holds'>;
  readonly terms: Iterable<Term>;
  /** `YYYY-MM-DD` in the district's time zone. */
  readonly today: string;
  readonly isInScope: (schoolSourcedId: string | undefined) => boolean;
}

export class Absences {
  readonly classes: AbsentClass[] = [];
  readonly members: AbsentMember[] = [];
  readonly users: AbsentUser[] = [];
  readonly links: AbsentLink[] = [];
  /** The classes among them, by sourcedId. */
  private readonly classIds = new Set<string>();
  /** Schools of which the feed has something of the kind, whatever vanished there. */
  private readonly seenAt = { users: new Set<string>(), enrollments: new Set<string>() };
  /** Persons from whom this plan would take something, by sourcedId. */
  private readonly atStake = new Set<string>();
  private readonly isTermOver = new Map<string, boolean>();
  private readonly heldByLimits: ReadonlySet<string>;

  constructor(private readonly input: AbsenceInput) {
    for (const { sourcedId, endDate } of input.terms) {
      this.isTermOver.set(sourcedId, endDate !== undefined && endDate <= input.today);
    }
    this.heldByLimits = keysHeldByLimits(input.ledger);
  }

  /** A class that is missing or marked as deleted, with the members that the host has. */
  addClass(
    local: LocalClass,
    members: Stretch<LocalEnrollment>,
    seen: { readonly isTombstoned: boolean; readonly isNamed: boolean },
  ): void {
    const sourcedId = local.sourcedId as string;
    const teachers = peopleOf(members, 'teacher');
    const traits = traitsOfClass(local, teachers);
    const students = peopleOf(members, 'student');
    const { fullData, archive, absentClassMembers } = this.input.policy;
    if (fullData && (archive || absentClassMembers === 'remove')) {
      for (const student of students) this.atStake.add(student);
      for (const teacher of teachers) this.atStake.add(teacher);
    }
    this.classIds.add(sourcedId);
    this.classes.push({
      subject: classSubject(sourcedId),
      traits,
      isTombstoned: seen.isTombstoned,
      isNamed: seen.isNamed,
      isManaged: local.origin === 'roster',
      endedTerms: this.endedTerms(traits),
      students,
      managedMembers: countManaged(members),
    });
  }

  /** A member who is to leave a class that is present. Its traits are those of `traitsOfPresentClass`. */
  addMember(
    subject: string,
    local: LocalEnrollment,
    ofClass: { readonly sourcedId: string; readonly traits: Traits },
    seen: { readonly isTombstoned: boolean; readonly userSourcedId: string | undefined },
  ): void {
    if (seen.userSourcedId !== undefined) this.atStake.add(seen.userSourcedId);
    this.members.push({
      subject,
      traits: traitsOfMember(ofClass.traits, local.role),
      isTombstoned: seen.isTombstoned,
      isNamed: false,
      isManaged: local.origin === 'roster',
      holder: ofClass.sourcedId,
      endedTerms: this.endedTerms(ofClass.traits),
      userSourcedId: seen.userSourcedId,
    });
  }

  /** A person who is missing from the whole district, or marked as deleted. */
  addUser(local: LocalUser, seen: { readonly isTombstoned: boolean; readonly isNamed: boolean }): void {
    const sourcedId = local.sourcedId as string;
    this.users.push({
      sourcedId,
      subject: userSubject(sourcedId),
      traits: traitsOfUser(local, this.input.isInScope),
      isTombstoned: seen.isTombstoned,
      isNamed: seen.isNamed,
      isManaged: local.origin === 'roster',
    });
  }

  /** A guardian link that is to be dropped. */
  addLink(local: LocalGuardianLink, seen: { readonly isTombstoned: boolean }): void {
    const { guardianSourcedId = '', studentSourcedId = '' } = local;
    this.atStake.add(guardianSourcedId).add(studentSourcedId);
    this.links.push({
      subject: guardianSubject(guardianSourcedId, studentSourcedId),
      traits: traitsOfLink(local),
      isTombstoned: seen.isTombstoned,
      isNamed: false,
      isManaged: local.origin === 'roster',
      guardianSourcedId,
      studentSourcedId,
    });
  }

  /** The feed has a member in a class of the school, or a person there whom the host does not have there. */
  sawAt(kind: 'users' | 'enrollments', schoolSourcedId: string): void {
    this.seenAt[kind].add(schoolSourcedId);
  }

  hasSeenAt(kind: 'users' | 'enrollments', schoolSourcedId: string): boolean {
    return this.seenAt[kind].has(schoolSourcedId);
  }

  of(kind: LimitKind): readonly Absent[] {
    if (kind === 'classes') return this.classes;
    if (kind === 'enrollments') return this.members;
    return kind === 'users' ? this.users : this.links;
  }

  hasClass(sourcedId: string | undefined): boolean {
    return sourcedId !== undefined && this.classIds.has(sourcedId);
  }

  /** Whether the feed knows the term, and it is over. */
  isOver(term: string): boolean {
    return this.isTermOver.get(term) === true;
  }

  traitsOfUser(local: LocalUser): Traits {
    return traitsOfUser(local, this.input.isInScope);
  }

  /**
   * Whether the record takes part in the shares. Not those that a limit holds already: they were judged when they
   * vanished, and what was added since must not make a cohort of them. Nor persons who left earlier, whose account is
   * all that the host still has of them, and stays: they would hide, or seem to be, what vanishes today.
   */
  isCounted(kind: LimitKind, absent: Absent): boolean {
    if (!absent.isManaged || this.heldByLimits.has(changeKey(REMOVALS[kind], absent.subject))) return false;
    if (kind !== 'users' || absent.isNamed) return true;
    const { fullData, deactivateUnrostered } = this.input.policy;
    return (fullData && deactivateUnrostered) || this.atStake.has((absent as AbsentUser).sourcedId);
  }

  /** The record's terms, where those that the feed tells of are all over; else none. */
  private endedTerms({ term = [] }: Traits): readonly string[] {
    const known = term.filter((id) => this.isTermOver.has(id));
    return known.every((id) => this.isTermOver.get(id) === true) ? known : [];
  }
}

/** What takes away a record of each kind. */
const REMOVALS = {
  classes: 'class-archive',
  enrollments: 'enrollment-remove',
  users: 'user-deactivate',
  guardianLinks: 'guardian-unlink',
} as const satisfies Readonly<Record<LimitKind, string>>;

/** The traits of a class that is present: worked out once, and only where a member is to leave it. */
export function traitsOfPresentClass(local: LocalClass, members: Stretch<LocalEnrollment>): Traits {
  return traitsOfClass(local, peopleOf(members, 'teacher'));
}

function peopleOf(members: Stretch<LocalEnrollment>, role: EnrollmentRole): readonly string[] {
  const people: string[] = [];
  for (let at = members.from; at < members.to; at += 1) {
    const member = members.records[at] as LocalEnrollment;
    if (member.state !== 'active' || member.role !== role || member.userSourcedId === undefined) continue;
    people.push(member.userSourcedId);
  }
  return people;
}

function keysHeldByLimits({ holds }: Pick<Ledger, 'holds'>): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { gate, changes } of holds) {
    if (gate === 'G6' || gate === 'G7') for (const { key } of changes) keys.add(key);
  }
  if (keys.size === 0) return keys;
  for (const { gate, changes } of holds) {
    if (gate === 'cause') for (const { key } of changes) keys.delete(key);
  }
  return keys;
}
