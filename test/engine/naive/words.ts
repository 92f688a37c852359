/** The words of the naive rules: what they are asked, what they answer, and how records are named and compared. */

import type {
  Class,
  Enrollment,
  Hold,
  LocalState,
  Policy,
  Roster,
  School,
  Suppression,
  User,
} from '../../../src/model/index.js';

/** What a plan is made from. Undone changes are told with the record itself, so that no digest has to be known here. */
export interface Question {
  readonly roster: Roster;
  readonly local: LocalState;
  readonly policy: Policy;
  readonly now: string;
  readonly suppressed: readonly Suppressed[];
}

/** An undone or discarded change, and what the feed said of its record then. */
export interface Suppressed {
  readonly kind: string;
  readonly subject: string;
  readonly seen: string;
  readonly cause: Suppression['cause'];
}

/** One change: what it does to which record, by which row, and the new values of the fields that matter. */
export interface Decision {
  readonly kind: string;
  readonly subject: string;
  readonly school: string | undefined;
  readonly rule: string;
  readonly code: string;
  /** The evidence of absence, E1 or E2; only where something is taken away. */
  readonly level?: 'E1' | 'E2';
  /** Undefined where the fields do not matter here, as those of people. */
  readonly after: Readonly<Record<string, unknown>> | undefined;
  /** What the feed says of the record; {@link ABSENT} where it says nothing. */
  readonly seen: string;
}

export interface Told {
  readonly rule: string;
  readonly code: string;
  readonly subject?: string;
}

/** A hold that a gate asks for. */
export interface Asked {
  readonly id: string;
  readonly gate: Hold['gate'];
  readonly code: string;
  readonly isApprovable: boolean;
  readonly baseline?: number;
  readonly count?: number;
  readonly keys: readonly string[] | 'all destructive';
}

export const ABSENT = 'absent';

const DESTRUCTIVE = ['class-archive', 'enrollment-remove', 'user-deactivate'];

export function isDestructive(kind: string): boolean {
  return DESTRUCTIVE.includes(kind);
}

export function keyOf(decision: { readonly kind: string; readonly subject: string }): string {
  return `${decision.kind} ${decision.subject}`;
}

/** Distinct for distinct pairs, since the length of the first id is told. */
export function memberWord(classWord: string, userWord: string): string {
  return `enrollment:${classWord.length}:${classWord}:${userWord}`;
}

/** Section 0: NFC, any run of white space to one space, trim, lower case, NFC. */
export function plain(name: string): string {
  const spaced = name
    .normalize('NFC')
    .split(/\s/u)
    .filter((word) => word !== '');
  return spaced.join(' ').toLowerCase().normalize('NFC');
}

/** Section 0: a blank class name is read as the course title, then the sourcedId. */
export function nameOf(section: Class): string {
  for (const name of [section.name, section.courseTitle]) if (name !== undefined && plain(name) !== '') return name;
  return section.sourcedId;
}

/** The same text for the same value, whatever the order of its fields; nothing, null and undefined are one. */
export function text(value: unknown): string {
  return JSON.stringify(value ?? null, (_, each: unknown) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    const fields = Object.entries(each).filter(([, field]) => field !== undefined && field !== null);
    return Object.fromEntries(fields.sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}

export function areSame(left: unknown, right: unknown): boolean {
  return text(left) === text(right);
}

/** What the feed says of a class, but for times and for words that no rule looks at. */
export function seenClass({ status: _, dateLastModified: _at, courseSourcedId: _course, ...said }: Class): string {
  return text(said);
}

export function seenEnrollment({ role, primary, beginDate, endDate }: Enrollment): string {
  return text({ role, primary: primary === true, beginDate, endDate });
}

export function seenUser({ status: _, dateLastModified: _at, primarySchoolSourcedId: _main, ...said }: User): string {
  return text(said);
}

export function isDeleted({ status }: Pick<School, 'status'>): boolean {
  return status === 'tobedeleted';
}

export function byCodeUnit(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
