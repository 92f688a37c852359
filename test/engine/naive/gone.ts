/** What is missing as a whole: `SCHOOL_GONE` (causes, Z5) and `EMPTY_FEED` (G3). */

import type { LocalClass, LocalUser, UserRole } from '../../../src/model/index.js';
import { Emptied, type Vanished } from './emptied.js';
import type { World } from './members.js';
import { isDeleted, isDestructive, keyOf } from './words.js';

/** Active classes that a sync manages, in scope. */
export function managedClasses({ question, reading }: World): readonly LocalClass[] {
  return question.local.classes.filter(
    (each) => each.origin === 'roster' && each.state === 'active' && reading.isInScope(each.schoolSourcedId),
  );
}

export function managedUsers({ question, reading }: World): readonly LocalUser[] {
  return question.local.users.filter(
    (user) => user.origin === 'roster' && user.state === 'active' && reading.isAnyInScope(user.schoolSourcedIds),
  );
}

/** Schools that are missing or empty as a whole, while others are fine; judged over silent and deleted records alike. */
export function goneSchools(world: World): ReadonlySet<string> {
  const { reading, paper } = world;
  const gone = new Set<string>();
  if (reading.isRestricted) return gone;
  const hasClasses = (school: string): boolean =>
    [...reading.classes.values()].some((section) => !isDeleted(section) && section.schoolSourcedId === school);
  const isFine = (school: string): boolean => reading.isSchoolListed(school) && hasClasses(school);
  const managed = managedClasses(world);
  for (const school of new Set(managed.map((each) => each.schoolSourcedId))) {
    if (school === undefined || reading.mayBeSchool(school) || reading.isSkipped(school) || isFine(school)) continue;
    if (![...reading.schools.keys()].some((other) => other !== school && isFine(other))) continue;
    // Without all schools read, silence proves nothing (section 0): only the provider's own word does.
    const classes = managed.filter((each) => each.schoolSourcedId === school);
    const isToldGone = classes.every((each) => reading.isClassDeleted(each.sourcedId ?? ''));
    if (!reading.provesAbsence && !isToldGone) continue;
    gone.add(school);
    paper.tell('Z5', 'SCHOOL_GONE', `school:${school}`);
  }
  return gone;
}

/**
 * The change's school is one of those that are gone, or it is taken away because of what vanished there: held, and only
 * that.
 */
export function holdGoneSchools(gone: ReadonlySet<string>, vanished: Vanished, world: World): void {
  const { paper } = world;
  const emptied = new Emptied(gone, vanished, world);
  for (const school of new Set([...gone, ...emptied.schools()])) {
    const held = paper.decisions.filter(
      (each) =>
        isDestructive(each.kind) && ((each.school === school && gone.has(school)) || emptied.isTakenBy(each, school)),
    );
    if (held.length === 0) continue;
    const keys = held.map(keyOf);
    if (!gone.has(school)) paper.tell('Z5', 'SCHOOL_GONE', `school:${school}`);
    const id = `SCHOOL_GONE:${school}`;
    paper.ask({ id, gate: 'cause', code: 'SCHOOL_GONE', isApprovable: true, count: keys.length, keys });
  }
}

/** A kind that the feed in scope has none of, although active managed ones are there. */
export interface Empty {
  readonly kind: string;
  readonly managed: number;
  /** A kind that every district shares: without it nothing is believed. */
  readonly isNeeded: boolean;
  readonly users: readonly LocalUser[];
}

const ROLES: readonly (readonly [kind: string, roles: readonly UserRole[], isNeeded: boolean])[] = [
  ['students', ['student'], true],
  ['teachers', ['teacher'], true],
  ['staff', ['staff', 'aide', 'other'], false],
  ['administrators', ['administrator'], false],
];

export function emptyKinds(gone: ReadonlySet<string>, world: World): readonly Empty[] {
  const { reading } = world;
  const empty: Empty[] = [];
  const isAtGone = (school: string | undefined): boolean => school !== undefined && gone.has(school);
  // One emptied school is SCHOOL_GONE, in a school-scoped run too.
  const classes = managedClasses(world).filter((each) => !isAtGone(each.schoolSourcedId));
  const isAnyThere = [...reading.classes.values()].some(
    (section) => !isDeleted(section) && reading.isInScope(section.schoolSourcedId),
  );
  if (classes.length > 0 && !isAnyThere) {
    empty.push({ kind: 'classes', managed: managedClasses(world).length, isNeeded: true, users: [] });
  }
  for (const [kind, roles, isNeeded] of ROLES) {
    const isOfKind = (user: { readonly roles: readonly UserRole[] }): boolean =>
      user.roles.some((role) => roles.includes(role));
    const isThere = [...reading.users.values()].some(
      (user) => !isDeleted(user) && isOfKind(user) && reading.isAnyInScope(user.schoolSourcedIds),
    );
    const users = managedUsers(world).filter((user) => {
      const schools = user.schoolSourcedIds.filter((school) => reading.isInScope(school));
      return isOfKind(user) && !(schools.length > 0 && schools.every(isAtGone));
    });
    if (!isThere && users.length > 0) empty.push({ kind, managed: users.length, isNeeded, users });
  }
  return empty;
}

/** G3: the destructive set is held; of a kind that may just not be shared any more, what is taken from its people. */
export function holdEmptyKinds(empty: readonly Empty[], { question, reading, people, paper }: World): void {
  for (const { kind, managed, isNeeded, users } of empty) {
    const asked = { id: `G3:${kind}`, gate: 'G3', code: 'EMPTY_FEED', isApprovable: !isNeeded } as const;
    if (isNeeded) {
      paper.ask({ ...asked, baseline: managed, count: 0, keys: 'all destructive' });
      continue;
    }
    const lost = users.filter(
      ({ sourcedId }) =>
        sourcedId !== undefined &&
        people.currentId(sourcedId) === sourcedId &&
        reading.presentUser(sourcedId) === undefined,
    );
    const keys = paper.decisions
      .filter(({ kind: change, subject }) => {
        if (change === 'user-deactivate') return lost.some((user) => subject === `user:${user.sourcedId ?? ''}`);
        return (
          change === 'enrollment-remove' && lost.some((user) => isMember(subject, user, question.local.enrollments))
        );
      })
      .map(keyOf);
    if (keys.length > 0) paper.ask({ ...asked, baseline: managed, count: 0, keys });
  }
}

function isMember(subject: string, user: LocalUser, members: World['question']['local']['enrollments']): boolean {
  return members.some(
    ({ userId, classSourcedId = '' }) =>
      userId === user.id && subject === `enrollment:${classSourcedId.length}:${classSourcedId}:${user.sourcedId ?? ''}`,
  );
}
