/**
 * The table of contact fields (rows F): when the roster may change how a person is reached.
 *
 * @module
 */

import { normalEmail, normalPhone, usableEmail, usablePhone } from '../internal/contact.js';
import type { LocalUser, SyncedUser, User } from '../model/index.js';
import type { Context } from './context.js';

type ContactField = 'email' | 'mobile' | 'homePhone';

const FIELDS: readonly ContactField[] = ['email', 'mobile', 'homePhone'];

/** What a comparison of fields adds to a change of a person. */
export interface FieldChanges {
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
  readonly synced: Record<string, unknown>;
  /** The row and case that decided, where something changes. */
  reason?: { rule: string; code: string };
}

/** The contact details that a new record gets: what cannot be an address or a number counts as empty (F10). */
export function contactOf(feed: User, context: Context): Pick<SyncedUser, ContactField> {
  const contact: { -readonly [K in ContactField]?: string } = {};
  for (const field of FIELDS) {
    const value = usable(field, feed[field]);
    if (value !== undefined) contact[field] = value;
    else noteUnusable(field, feed, context);
  }
  return contact;
}

/** Adds the contact fields that the policy lets the roster change. */
export function compareContacts(feed: User, local: LocalUser, context: Context, changes: FieldChanges): void {
  const { contactUpdates } = context.policy;
  if (context.isRestricted) return;
  for (const field of FIELDS) {
    const value = usable(field, feed[field]);
    if (value === undefined) {
      noteUnusable(field, feed, context);
      continue;
    }
    if (contactUpdates === 'none') continue;
    if (contactUpdates === 'invitees' && local.claimed === true) {
      keepOwn(field, value, feed, local, context, changes);
      continue;
    }
    const present = contactUpdates === 'all' ? local[field] : local.synced?.[field];
    if (present !== undefined && isEqual(field, value, present)) continue;
    if (contactUpdates !== 'all' && local.hostFields?.includes(field) === true) {
      noteConflict(field, value, feed, local, context);
      continue;
    }
    changes.before[field] = local[field];
    changes.after[field] = value;
    changes.synced[field] = value;
    if (field === 'email' && local.rosterEmail !== undefined) {
      changes.before['rosterEmail'] = local.rosterEmail;
      changes.after['rosterEmail'] = undefined;
    }
    changes.reason = { rule: local.claimed === true ? 'F3' : 'F1', code: 'CONTACT_CHANGED' };
  }
}

/** F2: a person who signed in keeps what they have; the roster's address is kept beside it, so that the drift shows. */
function keepOwn(
  field: ContactField,
  value: string,
  feed: User,
  local: LocalUser,
  context: Context,
  changes: FieldChanges,
): void {
  const differs = local[field] === undefined || !isEqual(field, value, local[field]);
  if (differs) {
    context.draft.note({
      rule: 'F2',
      code: 'ACTIVE_CONTACT_KEPT',
      severity: 'info',
      noun: 'user',
      subject: `user:${feed.sourcedId}`,
      evidence: { field },
    });
  }
  if (field !== 'email') return;
  const shadow = differs ? value : undefined;
  if (shadow === local.rosterEmail) return;
  changes.before['rosterEmail'] = local.rosterEmail;
  changes.after['rosterEmail'] = shadow;
  changes.reason ??= { rule: 'F2', code: 'ACTIVE_CONTACT_KEPT' };
}

function noteConflict(field: ContactField, value: string, feed: User, local: LocalUser, context: Context): void {
  if (local[field] !== undefined && isEqual(field, value, local[field])) return;
  context.draft.note({
    rule: 'F5',
    code: 'CONTACT_CONFLICT',
    severity: 'info',
    noun: 'user',
    subject: `user:${feed.sourcedId}`,
    evidence: { field },
  });
}

function noteUnusable(field: ContactField, feed: User, context: Context): void {
  const value = feed[field];
  if (value === undefined || value.trim() === '') return;
  context.draft.note({
    rule: 'F10',
    code: field === 'email' ? 'INVALID_EMAIL' : 'INVALID_PHONE',
    severity: 'warning',
    noun: 'user',
    subject: `user:${feed.sourcedId}`,
    evidence: { field },
  });
}

function usable(field: ContactField, value: string | undefined): string | undefined {
  return field === 'email' ? usableEmail(value) : usablePhone(value);
}

function isEqual(field: ContactField, left: string, right: string): boolean {
  if (left === right) return true;
  return field === 'email' ? normalEmail(left) === normalEmail(right) : normalPhone(left) === normalPhone(right);
}
