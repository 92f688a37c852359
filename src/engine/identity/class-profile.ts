/**
 * What classes are told apart by, on both sides, and how alike two of them are.
 *
 * @module
 */

import { normalName } from '../../internal/names.js';
import type { Class, Enrollment, Evidence, LocalClass, LocalEnrollment } from '../../model/index.js';

/** A class as it is compared. */
export interface ClassProfile {
  readonly school: string | undefined;
  /** As they are compared; a class that a person renamed has two. */
  readonly names: ReadonlySet<string>;
  readonly period: string | undefined;
  readonly terms: readonly string[];
  /** The members by the sourcedIds of the feed, as far as they are known there. */
  readonly students: ReadonlySet<string>;
  readonly teachers: ReadonlySet<string>;
}

/** A class of the host, and how it looks. */
export interface HostClass {
  readonly local: LocalClass;
  readonly profile: ClassProfile;
}

/** A section of the feed, and how it looks. */
export interface FeedClass {
  readonly section: Class;
  readonly profile: ClassProfile;
}

/** A section, by the name that it would be imported under, and its enrollments in any order. */
export function feedClass(section: Class, name: string, enrollments: Iterable<Enrollment>): FeedClass {
  const students = new Set<string>();
  const teachers = new Set<string>();
  for (const { role, status, userSourcedId } of enrollments) {
    if (status === 'tobedeleted') continue;
    if (role === 'student') students.add(userSourcedId);
    if (role === 'teacher') teachers.add(userSourcedId);
  }
  const { schoolSourcedId: school, period, termSourcedIds: terms = [] } = section;
  return { section, profile: { school, names: new Set([normalName(name)]), period, terms, students, teachers } };
}

/**
 * A class of the host with its members in any order. `idOf` tells by which sourcedId the feed knows a member, be it only
 * by an open proposal; undefined where it does not.
 */
export function hostClass(
  local: LocalClass,
  members: Iterable<LocalEnrollment>,
  idOf: (member: LocalEnrollment) => string | undefined = (member) => member.userSourcedId,
): HostClass {
  const students = new Set<string>();
  const teachers = new Set<string>();
  for (const member of members) {
    const id = member.state === 'active' ? idOf(member) : undefined;
    if (id === undefined) continue;
    if (member.role === 'student') students.add(id);
    if (member.role === 'teacher') teachers.add(id);
  }
  const { synced } = local;
  const names = new Set([normalName(local.name), normalName(synced?.name ?? local.name)]);
  return {
    local,
    profile: {
      school: synced?.schoolSourcedId ?? local.schoolSourcedId,
      names,
      period: synced?.period ?? local.period,
      terms: synced?.termSourcedIds ?? local.termSourcedIds ?? [],
      students,
      teachers,
    },
  };
}

/** How alike two classes are, 0 to 1, and what speaks for it; undefined where they cannot be one. */
export interface Likeness {
  readonly likeness: number;
  readonly evidence: Evidence;
}

/** How much each criterion counts. What one side does not tell counts for nothing. */
const WEIGHTS = { name: 4, students: 4, teachers: 3, period: 2, terms: 1 } as const;

/** So many students, of whom hardly any is in both, make two classes, whatever their names. */
const FEW = 5;
const HARDLY_ANY = 0.2;
/** Across terms only a class that keeps its name and nearly all its students goes on. */
const NEARLY_ALL = 0.8;
/** Less than this is no likeness. */
const ENOUGH = 0.6;

/** How the students in common are measured: against all of both, or, where one side is partly unknown, the smaller. */
export type StudentMeasure = 'of-both' | 'of-smaller';

/** Of two classes that have their name or a teacher in common: of others nothing but their students may be alike. */
export function likenessOf(host: ClassProfile, feed: ClassProfile, measure: StudentMeasure): Likeness | undefined {
  if (host.school !== undefined && host.school !== feed.school) return undefined;
  const isNameSame = hasCommon(host.names, feed.names);
  const teachers = countCommon(host.teachers, feed.teachers);
  const common = countCommon(host.students, feed.students);
  const smaller = Math.min(host.students.size, feed.students.size);
  const of = measure === 'of-both' ? host.students.size + feed.students.size - common : smaller;
  const students = smaller === 0 ? undefined : common / of;
  if (students !== undefined && smaller >= FEW && students < HARDLY_ANY) return undefined;
  const terms = compareLists(host.terms, feed.terms);
  if (terms === 'other' && !(isNameSame && (students ?? 0) >= NEARLY_ALL)) return undefined;
  const period = compareTexts(host.period, feed.period);

  let sum = 0;
  let weights = 0;
  const count = (weight: number, value: number | undefined): void => {
    if (value === undefined) return;
    sum += weight * value;
    weights += weight;
  };
  count(WEIGHTS.name, isNameSame ? 1 : 0);
  count(WEIGHTS.students, students);
  count(WEIGHTS.teachers, host.teachers.size === 0 || feed.teachers.size === 0 ? undefined : Math.min(teachers, 1));
  count(WEIGHTS.period, valueOf(period));
  count(WEIGHTS.terms, valueOf(terms));
  const likeness = Math.round((sum / weights) * 1000) / 1000;
  if (likeness < ENOUGH) return undefined;
  const evidence = {
    school: host.school === undefined ? 'unknown' : 'same',
    name: isNameSame ? 'same' : 'other',
    teachersInCommon: teachers,
    studentsInCommon: common,
    studentsOfHost: host.students.size,
    studentsOfFeed: feed.students.size,
    period,
    terms,
  };
  return { likeness, evidence };
}

type Comparison = 'same' | 'other' | 'unknown';

function valueOf(comparison: Comparison): number | undefined {
  return comparison === 'unknown' ? undefined : comparison === 'same' ? 1 : 0;
}

function compareTexts(left: string | undefined, right: string | undefined): Comparison {
  if (left === undefined || left === '' || right === undefined || right === '') return 'unknown';
  return left === right ? 'same' : 'other';
}

/** One in common is enough to be the same. */
function compareLists(left: readonly string[], right: readonly string[]): Comparison {
  if (left.length === 0 || right.length === 0) return 'unknown';
  return left.some((each) => right.includes(each)) ? 'same' : 'other';
}

function hasCommon(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  for (const each of left) if (right.has(each)) return true;
  return false;
}

function countCommon(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const [fewer, more] = left.size <= right.size ? [left, right] : [right, left];
  let count = 0;
  for (const each of fewer) if (more.has(each)) count += 1;
  return count;
}
