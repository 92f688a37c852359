/**
 * What an explanation looks things up in: a plan, and both sides that it was made from. Lookups are made when they are
 * first asked for, and found by halving where a collection is in order.
 *
 * @module
 */

import { canonicalJson } from '../../internal/canonical.js';
import { compareIds, inOrder } from '../../internal/ordered.js';
import { classSubject, schoolSubject, userSubject } from '../../model/index.js';
import type {
  Change,
  ChangeKind,
  Class,
  Enrollment,
  GuardianLink,
  LocalClass,
  LocalEnrollment,
  LocalGuardianLink,
  LocalSchool,
  LocalState,
  LocalUser,
  Note,
  Plan,
  Policy,
  Reason,
  Roster,
  RosterRecord,
  School,
  User,
} from '../../model/index.js';
import { dateIn } from '../../internal/dates.js';
import { scopeTest } from '../context.js';
import { ABSENT } from '../fingerprint.js';
import { Unreadable } from '../reading/unreadable.js';

/** A record by its sourcedId, or one that only the host has by the host's id. */
export type RecordRef = string | { readonly id: string };

/** One person on both sides. */
export interface Person {
  /** How the district knows the person today; after a re-key the new one. */
  readonly sourcedId: string | undefined;
  readonly feed: User | undefined;
  readonly local: LocalUser | undefined;
  readonly subject: string;
}

/** What an explanation is made from. */
export interface Sides {
  readonly plan: Plan;
  readonly roster: Roster;
  readonly local: LocalState;
  readonly policy: Policy | undefined;
  readonly now: Date | string | undefined;
}

export class View {
  readonly isInScope: (schoolSourcedId: string | undefined) => boolean;
  /** Required collections were not read to their end (G2). */
  readonly isRestricted: boolean;
  /** `YYYY-MM-DD`, and the day by which an enrollment must begin to count. */
  readonly today: string;
  readonly leadDate: string;
  /** Whether a person or a class who is missing is proven to be gone (E1). */
  readonly provesAbsence: boolean;
  readonly unreadable: Unreadable;
  private readonly changes = new Map<string, Change[]>();
  private readonly notes = new Map<string, Note[]>();
  private readonly reported: ReadonlySet<string>;
  private readonly schools: Lookup<School>;
  private readonly classes: Lookup<Class>;
  private readonly users: Lookup<User>;
  private readonly enrollments: Lookup<Enrollment>;
  private readonly guardianLinks: Lookup<GuardianLink>;
  private readonly localSchools: Lookup<LocalSchool>;
  private readonly localClasses: Lookup<LocalClass>;
  private readonly localUsers: Lookup<LocalUser>;
  private readonly localEnrollments: Lookup<LocalEnrollment>;
  private readonly localLinks: Lookup<LocalGuardianLink>;

  constructor(readonly sides: Sides) {
    const { plan, roster, local, policy } = sides;
    const instant = new Date(sides.now ?? roster.readAt);
    const timeZone = policy?.timeZone ?? 'UTC';
    this.isInScope = scopeTest(local.scope);
    this.isRestricted = plan.gates.some(({ gate }) => gate === 'G2');
    this.today = dateIn(timeZone, instant);
    this.leadDate = dateIn(timeZone, instant, policy?.leadDays);
    const { allSchools, skippedSchools = [] } = roster.attestation;
    this.provesAbsence = !this.isRestricted && allSchools && skippedSchools.length === 0;
    this.unreadable = new Unreadable(roster.rejected ?? [], roster.schools);
    this.reported = new Set(plan.ledger.reported);
    for (const change of plan.changes) {
      push(this.changes, change.subject, change);
      const { id } = change.target;
      if (id !== undefined) push(this.changes, `${nounOf(change.kind)}#${id}`, change);
    }
    for (const note of plan.notes) if (note.subject !== undefined) push(this.notes, note.subject, note);
    this.schools = new Lookup(roster.schools, (each) => [each.sourcedId]);
    this.classes = new Lookup(roster.classes, (each) => [each.sourcedId]);
    this.users = new Lookup(roster.users, (each) => [each.sourcedId]);
    this.enrollments = new Lookup(roster.enrollments, (each) => [each.classSourcedId, each.userSourcedId]);
    this.guardianLinks = new Lookup(roster.guardianLinks, (each) => [each.guardianSourcedId, each.studentSourcedId]);
    this.localSchools = new Lookup(local.schools, (each) => [each.sourcedId]);
    this.localClasses = new Lookup(local.classes, (each) => [each.sourcedId]);
    this.localUsers = new Lookup(local.users, (each) => [each.sourcedId]);
    this.localEnrollments = new Lookup(local.enrollments, (each) => [each.classSourcedId]);
    this.localLinks = new Lookup(local.guardianLinks, (each) => [each.guardianSourcedId, each.studentSourcedId]);
  }

  school(ref: RecordRef): { readonly feed: School | undefined; readonly local: LocalSchool | undefined } {
    const local = this.localOf(ref, this.localSchools);
    return { local, feed: newest(this.schools.all(sourcedIdOf(ref, local))) };
  }

  class(ref: RecordRef): { readonly feed: Class | undefined; readonly local: LocalClass | undefined } {
    const local = this.localOf(ref, this.localClasses);
    return { local, feed: newest(this.classes.all(sourcedIdOf(ref, local))) };
  }

  /** A person is one record under two ids where this plan re-keys them (U12). */
  person(ref: RecordRef): Person {
    let local = this.localOf(ref, this.localUsers);
    let sourcedId = sourcedIdOf(ref, local);
    const rekeyed =
      this.changesOf(userSubject(sourcedId)).find(({ kind }) => kind === 'user-rekey') ??
      (local === undefined ? undefined : this.changesTo('user', local.id).find(({ kind }) => kind === 'user-rekey'));
    if (rekeyed !== undefined) {
      const { id } = rekeyed.target;
      local ??= this.sides.local.users.find((user) => user.id === id);
      sourcedId = rekeyed.subject.slice(userSubject('').length);
    }
    const subject = userSubject(sourcedId, local?.id ?? idOf(ref));
    return { sourcedId, local, subject, feed: newest(this.users.all(sourcedId)) };
  }

  /** The district's enrollments of a person in a class. */
  rows(classSourcedId: string | undefined, userSourcedId: string | undefined): readonly Enrollment[] {
    return this.enrollments.all(classSourcedId, userSourcedId);
  }

  rowsOfClass(classSourcedId: string | undefined): readonly Enrollment[] {
    return this.enrollments.all(classSourcedId);
  }

  rowsOfPerson(sourcedId: string): readonly Enrollment[] {
    return this.sides.roster.enrollments.filter((row) => row.userSourcedId === sourcedId);
  }

  member(section: LocalClass | undefined, user: LocalUser | undefined): LocalEnrollment | undefined {
    if (section === undefined || user === undefined) return undefined;
    const isIt = (each: LocalEnrollment): boolean => each.classId === section.id && each.userId === user.id;
    return this.localEnrollments.all(section.sourcedId).find(isIt) ?? this.sides.local.enrollments.find(isIt);
  }

  links(guardian: string | undefined, student: string | undefined): readonly GuardianLink[] {
    return this.guardianLinks.all(guardian, student);
  }

  localLink(guardian: LocalUser | undefined, student: LocalUser | undefined): LocalGuardianLink | undefined {
    if (guardian === undefined || student === undefined) return undefined;
    const isIt = (each: LocalGuardianLink): boolean => each.guardianId === guardian.id && each.studentId === student.id;
    return (
      this.localLinks.all(guardian.sourcedId, student.sourcedId).find(isIt) ?? this.sides.local.guardianLinks.find(isIt)
    );
  }

  changesOf(subject: string): readonly Change[] {
    return this.changes.get(subject) ?? [];
  }

  /** The changes to a record of the host, whichever sourcedId they name it by. */
  changesTo(noun: string, id: string): readonly Change[] {
    return this.changes.get(`${noun}#${id}`) ?? [];
  }

  notesOf(subject: string): readonly Note[] {
    return this.notes.get(subject) ?? [];
  }

  /** The first of these cases that the plan tells of a record, in the order asked for. */
  told(subject: string, ...codes: readonly string[]): Reason | undefined {
    const notes = this.notesOf(subject);
    for (const code of codes) {
      const note = notes.find((each) => each.code === code);
      if (note !== undefined) return reasonOf(note);
    }
    return undefined;
  }

  /** Whether the plan tells this case of anything. */
  tells(code: string): boolean {
    return code in this.sides.plan.counts.notesByCode;
  }

  /** Whether a case that is told once holds of the record still. */
  wasTold(subject: string, code: string): boolean {
    return this.reported.has(`${code} ${subject}`);
  }

  /** Whether what follows from the record's absence was undone or discarded. */
  isKept(kind: ChangeKind, subject: string): boolean {
    return this.sides.local.ledger.suppressions.some(
      (each) => each.kind === kind && each.subject === subject && each.fingerprint === ABSENT,
    );
  }

  covers(step: 'classes' | 'teachers' | 'students' | 'guardians'): boolean {
    return this.sides.plan.steps.includes(step);
  }

  isSkipped(schoolSourcedId: string | undefined): boolean {
    const { skippedSchools } = this.sides.roster.attestation;
    return schoolSourcedId !== undefined && skippedSchools?.includes(schoolSourcedId) === true;
  }

  /** Whether Full Data is on, as far as the policy or the plan tells it. */
  get isFullData(): boolean | undefined {
    const { policy, plan } = this.sides;
    if (policy !== undefined) return policy.fullData;
    if (this.tells('ABSENT_KEPT')) return false;
    return plan.counts.destructive > 0 || this.tells('ABSENT_CLASS_ACTIVE') || this.tells('ADDITIVE_ONLY') || undefined;
  }

  private localOf<T extends { readonly id: string }>(ref: RecordRef, records: Lookup<T>): T | undefined {
    return typeof ref === 'string' ? records.all(ref)[0] : records.find((each) => each.id === ref.id);
  }
}

/** Records in the order of one or two ids, put into it when they are first asked for. */
class Lookup<T> {
  private ordered: readonly T[] | undefined;

  constructor(
    private readonly records: readonly T[],
    private readonly keysOf: (record: T) => readonly (string | undefined)[],
  ) {}

  /** The records with this id, or with these first two. */
  all(...keys: readonly (string | undefined)[]): readonly T[] {
    if (keys.includes(undefined)) return [];
    this.ordered ??= inOrder(this.records, (left, right) => compareKeys(this.keysOf(left), this.keysOf(right)));
    let low = 0;
    let high = this.ordered.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(this.ordered[middle] as T, keys) < 0) low = middle + 1;
      else high = middle;
    }
    let end = low;
    while (end < this.ordered.length && this.compare(this.ordered[end] as T, keys) === 0) end += 1;
    return this.ordered.slice(low, end);
  }

  find(isIt: (record: T) => boolean): T | undefined {
    return this.records.find(isIt);
  }

  private compare(record: T, keys: readonly (string | undefined)[]): number {
    return compareKeys(this.keysOf(record).slice(0, keys.length), keys);
  }
}

function compareKeys(left: readonly (string | undefined)[], right: readonly (string | undefined)[]): number {
  for (const [index, key] of left.entries()) {
    const order = compareIds(key ?? '', right[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** D6: of two records with one sourcedId the newest counts, then the active one, then the smallest as text. */
function newest<T extends RosterRecord>(records: readonly T[]): T | undefined {
  const [first, ...rest] = records;
  if (first === undefined || rest.length === 0) return first;
  const isGone = (record: T): number => (record.status === 'tobedeleted' ? 1 : 0);
  return [...records].sort(
    (left, right) =>
      compareIds(right.dateLastModified ?? '', left.dateLastModified ?? '') ||
      isGone(left) - isGone(right) ||
      compareIds(canonicalJson(left), canonicalJson(right)),
  )[0];
}

export function reasonOf({ rule, code, evidence }: Reason): Reason {
  return { rule, code, ...(evidence === undefined ? {} : { evidence }) };
}

/** The word for a class or a school, whichever side has it. */
export function subjectOf(
  noun: 'class' | 'school',
  ref: RecordRef,
  local: { readonly sourcedId?: string } | undefined,
): string {
  const subject = noun === 'class' ? classSubject : schoolSubject;
  return subject(sourcedIdOf(ref, local), idOf(ref));
}

function sourcedIdOf(ref: RecordRef, local: { readonly sourcedId?: string } | undefined): string | undefined {
  return typeof ref === 'string' ? ref : local?.sourcedId;
}

function idOf(ref: RecordRef): string | undefined {
  return typeof ref === 'string' ? undefined : ref.id;
}

function nounOf(kind: ChangeKind): string {
  return kind.slice(0, kind.indexOf('-'));
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
