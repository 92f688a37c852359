/**
 * Who may be imported by hand: the teachers of the roster, and who of them is a valid one (row U15).
 *
 * @module
 */

import { dateIn } from '../internal/dates.js';
import type { Class, LocalClass, LocalUser, Policy, Roster, Scope, User } from '../model/index.js';
import { scopeTest } from './context.js';
import { inIdOrder } from './reading/feed.js';
import { inclusionTest } from './rules/inclusion.js';
import { standingOf } from './rules/standing.js';
import { usernameOf } from './rules/user-fields.js';

/**
 * Why a teacher cannot be imported.
 *
 * - `ACCESS_CURTAILED`: the district has disabled them.
 * - `NO_USERNAME`: they lack the user name that the policy asks for (`teachers.username`).
 * - `TEACHER_CLASS_EMPTY`: none of their classes has a student today.
 */
export type CandidateProblem = 'ACCESS_CURTAILED' | 'NO_USERNAME' | 'TEACHER_CLASS_EMPTY';

/** A teacher of the roster whom a host may import. Holds a person's data: for an administrator's eyes, not for logs. */
export interface Candidate {
  readonly sourcedId: string;
  readonly givenName: string;
  readonly familyName: string;
  /** The user name that they would have, by the policy. */
  readonly username?: string;
  readonly email?: string;
  /** Their schools; a name where the roster has the school. */
  readonly schools: readonly { readonly sourcedId: string; readonly name?: string }[];
  /** How many classes they teach today, of those that the policy imports or that are here. */
  readonly classes: number;
  /** How many students these have today, each counted once. */
  readonly students: number;
  /** Whether they are a user of the host already. */
  readonly isImported: boolean;
  /** The host's id of the user, where they are one. */
  readonly userId?: string;
  /** Why they cannot be imported; absent where they can. */
  readonly problem?: CandidateProblem;
}

/** What candidates are found in. */
export interface CandidatesInput {
  readonly roster: Roster;
  readonly local: {
    readonly scope: Scope;
    readonly users: readonly LocalUser[];
    readonly classes: readonly LocalClass[];
  };
  readonly policy: Policy;
  readonly now: Date | string;
}

/** The teachers of the roster in the scope, in the order of their sourcedIds. */
export function* findCandidates(input: CandidatesInput): Generator<Candidate> {
  const { local, policy } = input;
  const roster = { ...input.roster, ...inIdOrder(input.roster, []) };
  const isInScope = scopeTest(local.scope);
  const taught = taughtClasses(input, roster, isInScope);
  const hosts = new Map(local.users.map((user) => [user.sourcedId, user]));
  const names = new Map(roster.schools.map((school) => [school.sourcedId, school.name]));
  for (const user of roster.users) {
    if (user.status === 'tobedeleted') continue;
    const own = taught.get(user.sourcedId);
    if (own === undefined && !(user.roles.includes('teacher') && isPlaced(user, isInScope, local.scope))) continue;
    const username = usernameOf(user, { policy });
    const host = hosts.get(user.sourcedId);
    const students = new Set(own?.flat());
    const problem = problemOf(user, username, students.size);
    yield {
      sourcedId: user.sourcedId,
      givenName: user.givenName,
      familyName: user.familyName,
      ...(username === undefined ? {} : { username }),
      ...(user.email === undefined ? {} : { email: user.email }),
      schools: user.schoolSourcedIds.map((sourcedId) => {
        const name = names.get(sourcedId);
        return name === undefined ? { sourcedId } : { sourcedId, name };
      }),
      classes: own?.length ?? 0,
      students: students.size,
      isImported: host !== undefined,
      ...(host === undefined ? {} : { userId: host.id }),
      ...(problem === undefined ? {} : { problem }),
    };
  }
}

/** U15 */
function problemOf({ enabled }: User, username: string | undefined, students: number): CandidateProblem | undefined {
  if (enabled === false) return 'ACCESS_CURTAILED';
  if (username === undefined || username.trim() === '') return 'NO_USERNAME';
  return students === 0 ? 'TEACHER_CLASS_EMPTY' : undefined;
}

function isPlaced(
  { schoolSourcedIds }: User,
  isInScope: (school: string | undefined) => boolean,
  { schools }: Scope,
): boolean {
  return schools === undefined || schoolSourcedIds.some(isInScope);
}

/** For each teacher the students of each of their classes. */
function taughtClasses(
  { local, policy, now }: CandidatesInput,
  roster: Roster,
  isInScope: (school: string | undefined) => boolean,
): ReadonlyMap<string, readonly (readonly string[])[]> {
  const isIncluded = inclusionTest(policy.classes.include, roster);
  const hosts = new Map(local.classes.map((section) => [section.sourcedId, section]));
  const isThere = (section: Class): boolean => {
    if (section.status === 'tobedeleted' || !isInScope(section.schoolSourcedId)) return false;
    const host = hosts.get(section.sourcedId);
    return host === undefined ? isIncluded(section) : host.state === 'active' || host.by !== 'user';
  };
  const classes = new Set(roster.classes.filter(isThere).map(({ sourcedId }) => sourcedId));
  const people = new Set(
    roster.users.filter(({ status }) => status !== 'tobedeleted').map(({ sourcedId }) => sourcedId),
  );
  const instant = new Date(now);
  const days = {
    today: dateIn(policy.timeZone, instant),
    leadDate: dateIn(policy.timeZone, instant, policy.leadDays),
  };
  const teachers = new Map<string, Set<string>>();
  const students = new Map<string, string[]>();
  for (const row of roster.enrollments) {
    const { classSourcedId, userSourcedId, role } = row;
    if (!classes.has(classSourcedId) || !people.has(userSourcedId) || standingOf(row, days) !== 'active') continue;
    if (role === 'teacher') {
      const own = teachers.get(userSourcedId);
      if (own === undefined) teachers.set(userSourcedId, new Set([classSourcedId]));
      else own.add(classSourcedId);
    } else if (role === 'student') {
      const members = students.get(classSourcedId);
      if (members === undefined) students.set(classSourcedId, [userSourcedId]);
      else members.push(userSourcedId);
    }
  }
  return new Map([...teachers].map(([id, own]) => [id, [...own].map((section) => students.get(section) ?? [])]));
}
