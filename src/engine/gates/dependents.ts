/**
 * What has to wait with a change that waits, and what never waits.
 *
 * @module
 */

import type { Change } from '../../model/index.js';

/**
 * P11: the district forbids a guardian contact with the student. No gate, window or policy keeps that from being done, nor
 * from ending the place in a class that came with the link (P13).
 */
export function isUrgent(change: Pick<Change, 'kind' | 'after' | 'reason'> | undefined): boolean {
  if (change === undefined) return false;
  const { kind, after, reason } = change;
  if (kind === 'enrollment-remove') return reason.rule === 'P13' && reason.code === 'CONTACT_FORBIDDEN';
  return kind === 'guardian-update' && after !== null && 'blocked' in after && after.blocked === true;
}

/** What follows from other changes and from nothing else (P13): the keys of what follows, by the key of each of those. */
export type Followers = ReadonlyMap<string, readonly string[]>;

/** These keys, and those of the changes that follow from them. */
export function withFollowers(keys: readonly string[], followers: Followers | undefined): readonly string[] {
  if (followers === undefined || followers.size === 0) return keys;
  return keys.flatMap((key) => [key, ...(followers.get(key) ?? [])]);
}

/** The keys of the changes that name a class or a person whom a held change would create, or are one act with it (K12). */
export function dependentsOf(held: readonly Change[], changes: readonly Change[]): readonly string[] {
  return [...withCreations(held, changes), ...withTwins(held, changes)];
}

/** K12: the twin of a class goes with its members when the class takes its place: all of that, or nothing. */
function withTwins(held: readonly Change[], changes: readonly Change[]): readonly string[] {
  const moved = new Set<string>();
  for (const { kind, subject } of held) if (kind === 'class-rekey' || kind === 'class-delete') moved.add(subject);
  if (moved.size === 0) return [];
  const whole = changes.filter(
    ({ kind, subject }) => (kind === 'class-rekey' || kind === 'class-delete') && moved.has(subject),
  );
  const twins = new Set(whole.filter(({ kind }) => kind === 'class-delete').map(({ target }) => target.id));
  const members = changes.filter(({ kind, target }) => {
    return kind === 'enrollment-delete' && 'classId' in target && twins.has(target.classId);
  });
  return [...whole, ...members].map(({ key }) => key);
}

function withCreations(held: readonly Change[], changes: readonly Change[]): readonly string[] {
  const classes = new Set<string>();
  const users = new Set<string>();
  for (const change of held) {
    if (change.kind === 'class-create') classes.add(change.target.sourcedId as string);
    if (change.kind === 'user-create') users.add(change.target.sourcedId as string);
  }
  if (classes.size === 0 && users.size === 0) return [];
  return changes.filter((change) => namesAny(change, classes, users)).map(({ key }) => key);
}

function namesAny(change: Change, classes: ReadonlySet<string>, users: ReadonlySet<string>): boolean {
  const { target } = change;
  const has = (ids: ReadonlySet<string>, id: string | undefined): boolean => id !== undefined && ids.has(id);
  if ('classSourcedId' in target || 'userSourcedId' in target) {
    return has(classes, target.classSourcedId) || has(users, target.userSourcedId);
  }
  if ('guardianSourcedId' in target || 'studentSourcedId' in target) {
    return has(users, target.guardianSourcedId) || has(users, target.studentSourcedId);
  }
  return false;
}
