/**
 * The table of contact fields (rows F1 to F5 and F10): when the roster may change how a person is reached.
 *
 * Whose login an address is, where several people bear it, is decided in `collisions.ts`.
 *
 * @module
 */

import { normalEmail, normalPhone, usableEmail, usablePhone } from '../../internal/contact.js';
import type { LocalUser, SyncedUser, User } from '../../model/index.js';
import { handlesRoles, type Context } from '../context.js';

type ContactField = 'email' | 'mobile' | 'homePhone';

/** How a person is reached. */
export type Contact = Pick<SyncedUser, ContactField>;

const FIELDS: readonly ContactField[] = ['email', 'mobile', 'homePhone'];

/** What a comparison of fields adds to a change of a person. */
export interface FieldChanges {
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
  readonly synced: Record<string, unknown>;
  /** The row and case that decided, where something changes. */
  reason?: { rule: string; code: string };
}

/** What may happen to one field: nothing, the person's own stays, a hand's edit stays, or the roster is followed. */
type Decision = 'nothing' | 'own' | 'conflict' | 'follow';

/** The contact details that a new record gets: what cannot be an address or a number counts as empty (F10). */
export function contactOf(feed: User, context: Context): Contact {
  const contact = usableContact(feed);
  for (const field of FIELDS) if (contact[field] === undefined) noteUnusable(field, feed, context);
  return contact;
}

/**
 * The contact details of a person once this plan is applied: those of the host, but for what the roster may change. People
 * whom this import's steps do not cover keep theirs.
 */
export function contactAfter(
  feed: User | undefined,
  local: LocalUser | undefined,
  context: Pick<Context, 'policy' | 'isRestricted'>,
): Contact {
  if (local === undefined) return feed === undefined ? {} : usableContact(feed);
  const followed = feed !== undefined && handlesRoles(context.policy, feed.roles) ? feed : undefined;
  const contact: { -readonly [K in ContactField]?: string } = {};
  for (const field of FIELDS) {
    const value = usable(field, followed?.[field]);
    const isFollowed = value !== undefined && decide(field, value, local, context) === 'follow';
    const after = isFollowed ? value : local[field];
    if (after !== undefined) contact[field] = after;
  }
  return contact;
}

/** Adds the contact fields that the policy lets the roster change. */
export function compareContacts(feed: User, local: LocalUser, context: Context, changes: FieldChanges): void {
  if (context.isRestricted) return;
  for (const field of FIELDS) {
    const value = usable(field, feed[field]);
    if (value === undefined) {
      noteUnusable(field, feed, context);
      continue;
    }
    const decision = decide(field, value, local, context);
    if (decision === 'own') keepOwn(field, value, feed, local, context, changes);
    else if (decision === 'conflict') noteConflict(field, value, feed, local, context);
    else if (decision === 'follow') follow(field, value, local, changes);
  }
}

function decide(
  field: ContactField,
  value: string,
  local: LocalUser,
  { policy, isRestricted }: Pick<Context, 'policy' | 'isRestricted'>,
): Decision {
  const { contactUpdates } = policy;
  if (isRestricted || contactUpdates === 'none') return 'nothing';
  if (contactUpdates === 'invitees' && local.claimed === true) return 'own';
  const present = contactUpdates === 'all' ? local[field] : local.synced?.[field];
  if (present !== undefined && isEqual(field, value, present)) return 'nothing';
  return contactUpdates !== 'all' && local.hostFields?.includes(field) === true ? 'conflict' : 'follow';
}

/** F1 and F3. The address that the person proved to own is another field, which no sync writes. */
function follow(field: ContactField, value: string, local: LocalUser, changes: FieldChanges): void {
  changes.before[field] = local[field];
  changes.after[field] = value;
  changes.synced[field] = value;
  if (field === 'email' && local.rosterEmail !== undefined) {
    changes.before['rosterEmail'] = local.rosterEmail;
    changes.after['rosterEmail'] = undefined;
  }
  changes.reason = { rule: local.claimed === true ? 'F3' : 'F1', code: 'CONTACT_CHANGED' };
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

function usableContact(feed: User): Contact {
  const contact: { -readonly [K in ContactField]?: string } = {};
  for (const field of FIELDS) {
    const value = usable(field, feed[field]);
    if (value !== undefined) contact[field] = value;
  }
  return contact;
}

function usable(field: ContactField, value: string | undefined): string | undefined {
  return field === 'email' ? usableEmail(value) : usablePhone(value);
}

function isEqual(field: ContactField, left: string, right: string): boolean {
  if (left === right) return true;
  return field === 'email' ? normalEmail(left) === normalEmail(right) : normalPhone(left) === normalPhone(right);
}
