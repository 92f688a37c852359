import type { Attempt, Batch, Invitation, InvitationWrite, OutboxMessage } from '../../ports/index.js';
import { writeMessages } from './outbox.js';
import type { UndoLog } from './tables.js';
import type { Tenant } from './tenant.js';

/** An invitation whose person has a host's id by now. */
export interface AddressedInvitation {
  readonly userId: string;
  /** When it is written, ISO instant. */
  readonly at: string;
  readonly invitation: Invitation;
  readonly message: OutboxMessage;
}

/** One purpose, one invitation: a revoked one is good again under its old code, and a new one brings its message. */
export function writeInvitation(tenant: Tenant, scopeKey: string, item: AddressedInvitation, undo: UndoLog): void {
  const { userId } = item;
  const invitation = { ...item.invitation, userId };
  const purpose = purposeOf(invitation);
  const known = tenant.invitations.get(purpose);
  if (known !== undefined) {
    if (known.state === 'revoked') putInvitation(tenant, purpose, { ...known, state: 'pending' }, undo);
    return;
  }
  const message = { ...item.message, userId };
  putInvitation(tenant, purpose, invitation, undo);
  const key = message.idempotencyKey;
  if (tenant.outbox.has(key)) return;
  tenant.outbox.set(key, { scopeKey, at: item.at, message });
  undo.push(() => {
    tenant.outbox.delete(key);
  });
}

/** Revokes what these persons have not accepted yet, and drops what was not sent to them. */
export function revoke(tenant: Tenant, userIds: NonNullable<Batch['revoke']>, undo: UndoLog): void {
  if (userIds.length === 0) return;
  const revoked = new Set(userIds);
  for (const [purpose, invitation] of tenant.invitations) {
    if (invitation.state !== 'pending' || !revoked.has(invitation.userId)) continue;
    putInvitation(tenant, purpose, { ...invitation, state: 'revoked' }, undo);
  }
  const before = [...tenant.outbox];
  for (const [key, { message }] of before) {
    if (message.state !== 'sent' && message.userId !== undefined && revoked.has(message.userId)) {
      tenant.outbox.delete(key);
    }
  }
  if (tenant.outbox.size < before.length) {
    undo.push(() => {
      tenant.outbox.clear();
      for (const [key, kept] of before) tenant.outbox.set(key, kept);
    });
  }
}

/** Writes an invitation in place of exactly what it replaces; tells whether it was that. */
export function saveInvitation(tenant: Tenant, scopeKey: string, write: InvitationWrite): boolean {
  const { invitation, replaces, message, at } = write;
  const purpose = purposeOf(invitation);
  const known = tenant.invitations.get(purpose);
  if (known?.codeDigest !== replaces?.codeDigest || known?.state !== replaces?.state) return false;
  // Read before anything is written: what cannot be read leaves nothing behind.
  const [copy, messages] = [{ ...invitation }, message === undefined ? [] : [{ ...message }]];
  tenant.invitations.set(purpose, copy);
  if (copy.state !== 'pending' || known?.codeDigest !== copy.codeDigest) dropUnsent(tenant, copy);
  writeMessages(tenant, scopeKey, messages, at);
  return true;
}

/** Drops the messages of an invitation that are not sent yet: their code is good no more. */
function dropUnsent({ outbox }: Tenant, { userId, addressDigest }: Invitation): void {
  for (const [key, { message }] of outbox) {
    const isOfInvitation = message.kind === 'invitation' && message.userId === userId;
    if (isOfInvitation && message.state !== 'sent' && message.addressDigests.includes(addressDigest))
      outbox.delete(key);
  }
}

/** Counts a try, and forgets those whose time is over. */
export function countAttempt({ attempts }: Tenant, { key, at, expiresAt }: Attempt): number {
  for (const [other, attempt] of attempts) if (attempt.expiresAt <= at) attempts.delete(other);
  const known = attempts.get(key) ?? { count: 0, expiresAt };
  const count = known.count + 1;
  attempts.set(key, { ...known, count });
  return count;
}

function purposeOf({ userId, kind, addressDigest }: Invitation): string {
  return JSON.stringify([userId, kind, addressDigest]);
}

function putInvitation(tenant: Tenant, purpose: string, invitation: Invitation, undo: UndoLog): void {
  const previous = tenant.invitations.get(purpose);
  tenant.invitations.set(purpose, invitation);
  undo.push(() => {
    if (previous === undefined) tenant.invitations.delete(purpose);
    else tenant.invitations.set(purpose, previous);
  });
}
