/**
 * A guardian link of the feed beside the policy and the host's: whether it is wanted, and whether it says something else.
 *
 * @module
 */

import type { GuardianLink, LocalGuardianLink, SyncedGuardianLink } from '../../model/index.js';
import type { Context } from '../context.js';

/** The fields that follow the roster. */
export const LINK_FIELDS = ['relationship', 'contactType'] as const;

/** Whether a link that the host does not have may be wanted. */
export function isWantedLink(link: GuardianLink, context: Context): boolean {
  return !context.isRestricted && isNamedGuardian(link, context);
}

/** Whether the feed names a guardian of a type that the policy wants. */
export function isNamedGuardian(link: GuardianLink, context: Context): boolean {
  return link.status !== 'tobedeleted' && isWantedType(link, context);
}

/** P4 */
export function isWantedType(link: GuardianLink, { policy }: Context): boolean {
  const { contactTypes } = policy.guardians;
  return contactTypes === undefined || contactTypes.includes(link.contactType ?? '');
}

/** Whether the feed says something else of a link than it said last. */
export function isChangedLink(link: GuardianLink, local: LocalGuardianLink): boolean {
  return isBlockDifferent(link, local) || LINK_FIELDS.some((field) => isChangedField(field, link, local));
}

/** P11: whether only one side forbids contact. */
export function isBlockDifferent(link: GuardianLink, local: LocalGuardianLink): boolean {
  return (link.blocked === true) !== (local.blocked === true);
}

export function isChangedField(
  field: (typeof LINK_FIELDS)[number],
  link: GuardianLink,
  local: LocalGuardianLink,
): boolean {
  // What people changed of a link is theirs.
  if (local.hostFields?.includes(field) === true) return false;
  const value = link[field];
  return value !== undefined && value !== '' && value !== (local.synced ?? local)[field];
}

/** What a sync writes of a link. */
export function syncedLink(link: GuardianLink): SyncedGuardianLink {
  return {
    ...(link.relationship === undefined ? {} : { relationship: link.relationship }),
    ...(link.contactType === undefined ? {} : { contactType: link.contactType }),
    ...(link.blocked === true ? { blocked: true } : {}),
  };
}

/** The fields of a link that comes back, save those that people changed. */
export function followedFields(link: GuardianLink, { hostFields = [] }: LocalGuardianLink): SyncedGuardianLink {
  const fields = Object.entries(syncedLink(link)).filter(([field]) => !hostFields.includes(field));
  return Object.fromEntries(fields);
}
