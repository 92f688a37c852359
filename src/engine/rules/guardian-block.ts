/**
 * Contact that the district forbids (row P11). The link stays, so that it is known, and gives no access.
 *
 * This is the one row that asks neither who made the link, nor the policy, nor a gate: it takes effect at once, and only
 * the district's own word takes it back.
 *
 * @module
 */

import type { GuardianLink, LocalGuardianLink } from '../../model/index.js';

/** The fields of a link that change, and the case. */
export interface BlockChange {
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
  readonly code: 'CONTACT_FORBIDDEN' | 'CONTACT_ALLOWED';
}

/**
 * Whether a link is blocked once this plan is applied. The flag counts wherever it was read, be it in an incomplete list
 * or on a link that is to be deleted.
 *
 * @param isComplete whether the read proves that the flag is gone where it is not there
 */
export function isBlockedAfter(
  link: GuardianLink | undefined,
  local: Pick<LocalGuardianLink, 'blocked' | 'synced' | 'hostFields'> | undefined,
  isComplete: boolean,
): boolean {
  if (link?.blocked === true) return true;
  if (local?.blocked !== true) return false;
  // What people forbade is for people to allow, even where the district did, too; and a link that is gone allows nothing.
  if (local.hostFields?.includes('blocked') === true) return true;
  const isAllowed = isComplete && link !== undefined && link.status !== 'tobedeleted' && local.synced?.blocked === true;
  return !isAllowed;
}

/** What the flag changes of a link that the host has; undefined where nothing. */
export function compareBlock(
  link: GuardianLink,
  local: LocalGuardianLink,
  isComplete: boolean,
): BlockChange | undefined {
  const isBlocked = isBlockedAfter(link, local, isComplete);
  if (isBlocked === (local.blocked === true)) return undefined;
  const { blocked: _blocked, ...synced } = { ...local.synced };
  return {
    before: { blocked: local.blocked, synced: local.synced },
    after: isBlocked ? { blocked: true, synced: { ...synced, blocked: true } } : { blocked: undefined, synced },
    code: isBlocked ? 'CONTACT_FORBIDDEN' : 'CONTACT_ALLOWED',
  };
}
