import type { Batch, Invitation, OutboxMessage } from '../../ports/index.js';
import type { Session } from './database.js';
import { writeMessages } from './outbox.js';
import { text } from './rows.js';

/** An invitation whose person has a host's id by now. */
export interface AddressedInvitation {
  readonly userId: string;
  readonly invitation: Invitation;
  readonly message: OutboxMessage;
}

/** One purpose, one invitation: a revoked one is good again under its old code, and a new one brings its message. */
export async function writeInvitations(
  session: Session,
  batch: Batch,
  items: readonly AddressedInvitation[],
): Promise<void> {
  if (items.length === 0) return;
  const { tenant } = batch.scope;
  const invitations = session.table('invitations');
  const userIds = items.map(({ userId }) => userId);
  const kinds = items.map(({ invitation }) => invitation.kind);
  const digests = items.map(({ invitation }) => invitation.addressDigest);
  const ids = items.map(({ invitation }) => invitation.id);
  await session.query(
    `UPDATE ${invitations} i SET state = 'pending'
     FROM unnest($2::text[], $3::text[], $4::text[]) AS given (user_id, kind, address_digest)
     WHERE i.tenant = $1 AND i.user_id = given.user_id AND i.kind = given.kind
       AND i.address_digest = given.address_digest AND i.state = 'revoked'`,
    [tenant, userIds, kinds, digests],
  );
  const rows = await session.query(
    `INSERT INTO ${invitations}
       (tenant, id, user_id, kind, address_digest, code_digest, state, created_at, expires_at)
     SELECT $1, id, user_id, kind, address_digest, code_digest, state, created_at, expires_at
     FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
       WITH ORDINALITY AS given
       (id, user_id, kind, address_digest, code_digest, state, created_at, expires_at, place)
     ORDER BY place
     ON CONFLICT DO NOTHING RETURNING id`,
    [
      tenant,
      ids,
      userIds,
      kinds,
      digests,
      items.map(({ invitation }) => invitation.codeDigest),
      items.map(({ invitation }) => invitation.state),
      items.map(({ invitation }) => invitation.createdAt),
      items.map(({ invitation }) => invitation.expiresAt),
    ],
  );
  const written = new Set(rows.map((row) => text(row, 'id')));
  const messages: OutboxMessage[] = [];
  for (const { userId, invitation, message } of items) {
    if (written.delete(invitation.id)) messages.push({ ...message, userId });
  }
  await writeMessages(session, batch, messages);
}

/** Revokes what these persons have not accepted yet, and drops what was not sent to them. */
export async function revoke(session: Session, tenant: string, userIds: readonly string[]): Promise<void> {
  if (userIds.length === 0) return;
  await session.query(
    `UPDATE ${session.table('invitations')} SET state = 'revoked'
     WHERE tenant = $1 AND user_id = ANY ($2::text[]) AND state = 'pending'`,
    [tenant, userIds],
  );
  await session.query(
    `DELETE FROM ${session.table('outbox')} WHERE tenant = $1 AND user_id = ANY ($2::text[]) AND state <> 'sent'`,
    [tenant, userIds],
  );
}

export async function readInvitations(session: Session, tenant: string): Promise<readonly Invitation[]> {
  const rows = await session.query(
    `SELECT id, user_id, kind, address_digest, code_digest, state, created_at, expires_at
     FROM ${session.table('invitations')} WHERE tenant = $1 ORDER BY position`,
    [tenant],
  );
  return rows.map((row) => ({
    id: text(row, 'id'),
    userId: text(row, 'user_id'),
    kind: text(row, 'kind') as Invitation['kind'],
    addressDigest: text(row, 'address_digest'),
    codeDigest: text(row, 'code_digest'),
    state: text(row, 'state') as Invitation['state'],
    createdAt: text(row, 'created_at'),
    expiresAt: text(row, 'expires_at'),
  }));
}
