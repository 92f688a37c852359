import { compareIds } from '../../internal/ordered.js';
import type { LocalUser } from '../../model/index.js';
import type { AccessScope, PermissionSets } from './permission-sets.js';

/** A permission that a person has, how far it reaches, and by which set. */
export interface Grant {
  readonly permission: string;
  readonly within: AccessScope;
  /** The name of the permission set. */
  readonly set: string;
}

/** One bit a scope, so that what a record is to a person is one number. */
export const BIT: Readonly<Record<AccessScope, number>> = { district: 1, schools: 2, students: 4, participant: 8 };

/** Whether the account is open: a deactivated person, and one whom the district disabled, may do nothing. */
export function isOpen({ state, enabled }: Pick<LocalUser, 'state' | 'enabled'>): boolean {
  return state === 'active' && enabled !== false;
}

/**
 * What a person's own sets and those of their role at the host allow, the widest first. A name that no set has allows
 * nothing.
 */
export function grantsOf(
  { permissions = [], role }: Pick<LocalUser, 'permissions' | 'role'>,
  sets: PermissionSets,
  roles: Readonly<Record<string, readonly string[]>>,
): readonly Grant[] {
  const ofRole = role !== undefined && Object.hasOwn(roles, role) ? (roles[role] ?? []) : [];
  const grants: Grant[] = [];
  for (const set of new Set([...permissions, ...ofRole])) {
    const allowed = Object.hasOwn(sets, set) ? sets[set]?.permissions : undefined;
    for (const [permission, within] of Object.entries(allowed ?? {})) grants.push({ permission, within, set });
  }
  return grants.sort(
    (left, right) =>
      compareIds(left.permission, right.permission) ||
      BIT[left.within] - BIT[right.within] ||
      compareIds(left.set, right.set),
  );
}
