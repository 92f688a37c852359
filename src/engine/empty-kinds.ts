/**
 * Kinds that the feed has none of, although the host manages some (G3): not shared any more, rather than all gone.
 *
 * @module
 */

import type { Change, Hold, LocalUser, UserRole } from '../model/index.js';
import type { Context } from './context.js';
import type { People } from './people.js';
import { isUserInScope } from './users.js';

/** A kind that the feed has none of, and what is not done because of that. */
export interface EmptyKind {
  readonly kind: NonNullable<Hold['kind']>;
  readonly managed: number;
  readonly changes: ReadonlySet<string> | 'all-destructive';
}

/** Kinds that every district shares: a feed without them is not believed in anything else either. */
const NEEDED = [
  ['students', ['student']],
  ['teachers', ['teacher']],
] as const satisfies readonly (readonly [EmptyKind['kind'], readonly UserRole[]])[];

/** Kinds that a district may stop sharing while all else is fine (Clever: a scope each): only they are in doubt. */
const OPTIONAL = [
  ['staff', ['staff', 'aide', 'other']],
  ['administrators', ['administrator']],
] as const satisfies readonly (readonly [EmptyKind['kind'], readonly UserRole[]])[];

/** What emptiness is judged by, besides the feed and the host's people. */
interface Found {
  readonly managedClasses: number;
  /** Who is managed at such schools only is judged with the school (Z5). */
  readonly goneSchools: ReadonlySet<string>;
  readonly changes: readonly Change[];
}

export function emptyKinds(context: Context, people: People, found: Found): readonly EmptyKind[] {
  const { feed } = context;
  const kinds: EmptyKind[] = [];
  if (found.managedClasses > 0 && feed.classes.every((section) => section.status === 'tobedeleted')) {
    kinds.push({ kind: 'classes', managed: found.managedClasses, changes: 'all-destructive' });
  }
  for (const [kind, roles] of NEEDED) {
    const managed = managedWithoutFeed(roles, context, people, found.goneSchools).length;
    if (managed > 0) kinds.push({ kind, managed, changes: 'all-destructive' });
  }
  for (const [kind, roles] of OPTIONAL) {
    const managed = managedWithoutFeed(roles, context, people, found.goneSchools);
    const changes = takenFrom(managed, people, found.changes);
    if (changes.size > 0) kinds.push({ kind, managed: managed.length, changes });
  }
  return kinds;
}

/** The host's people of these roles, where the feed in scope has nobody of them. */
function managedWithoutFeed(
  roles: readonly UserRole[],
  context: Context,
  people: People,
  goneSchools: ReadonlySet<string>,
): readonly LocalUser[] {
  const isOfKind = (user: { readonly roles: readonly UserRole[] }): boolean =>
    user.roles.some((role) => roles.includes(role));
  const isThere = context.feed.users.some(
    (user) => user.status !== 'tobedeleted' && isOfKind(user) && isUserInScope(user, undefined, context),
  );
  if (isThere) return [];
  const isAtGoneSchools = ({ schoolSourcedIds }: LocalUser): boolean => {
    const schools = schoolSourcedIds.filter(context.isInScope);
    return schools.length > 0 && schools.every((school) => goneSchools.has(school));
  };
  return people.localUsers.filter(
    (user) => isManaged(user) && isOfKind(user) && isUserInScope(undefined, user, context) && !isAtGoneSchools(user),
  );
}

/** What would take the account or a class from those of them whom the feed lacks. */
function takenFrom(users: readonly LocalUser[], people: People, changes: readonly Change[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { id, sourcedId = '' } of users) {
    if (people.isVanished(sourcedId) || people.isTombstoned(sourcedId)) ids.add(id);
  }
  const keys = new Set<string>();
  if (ids.size === 0) return keys;
  for (const change of changes) {
    if (change.kind === 'user-deactivate' && ids.has(change.target.id ?? '')) keys.add(change.key);
    if (change.kind === 'enrollment-remove' && ids.has(change.target.userId ?? '')) keys.add(change.key);
  }
  return keys;
}

/** Whether a sync may take this person's account away: it made it, and it is open. */
export function isManaged(user: LocalUser): boolean {
  return user.origin === 'roster' && user.state === 'active';
}
