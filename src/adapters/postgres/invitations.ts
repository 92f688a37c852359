import type { Scope } from '../../model/index.js';
import type { Batch, Invitation, InvitationWrite, OutboxMessage } from '../../ports/index.js';
import type { Row, Session } from './database.js';
import { writeMessages } from './outbox.js';
import { number, optionalText, text } from './rows.js';

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

/** Writes an invitation in place of exactly what it replaces; tells whether it was that. */
export async function writeInvitation(
  session: Session,
  scope: Scope,
  { invitation, replaces, message, at }: InvitationWrite,
): Promise<boolean> {
  const invitations = session.table('invitations');
  const { id, userId, kind, addressDigest, codeDigest, state, createdAt, expiresAt } = invitation;
  const purpose = [scope.tenant, userId, kind, addressDigest];
  const { usedBy = null, reminders = 0, remindedAt = null } = invitation;
  const values = [...purpose, id, codeDigest, state, createdAt, expiresAt, usedBy, reminders, remindedAt];
  const written =
    replaces === undefined
      ? await session.query(
          `INSERT INTO ${invitations}
             (tenant, user_id, kind, address_digest, id, code_digest, state, created_at, expires_at, used_by, reminders,
              reminded_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
           ON CONFLICT DO NOTHING RETURNING id`,
          values,
        )
      : await session.query(
          `UPDATE ${invitations}
           SET id = $5, code_digest = $6, state = $7, created_at = $8, expires_at = $9, used_by = $10, reminders = $11,
             reminded_at = $12
           WHERE tenant = $1 AND user_id = $2 AND kind = $3 AND address_digest = $4
             AND code_digest = $13 AND state = $14
           RETURNING id`,
          [...values, replaces.codeDigest, replaces.state],
        );
  if (written.length === 0) return false;
  if (state !== 'pending' || replaces?.codeDigest !== codeDigest) await dropUnsent(session, scope.tenant, invitation);
  if (message !== undefined) await writeMessages(session, { scope, at }, [message]);
  return true;
}

/** Drops the messages of an invitation that are not sent yet: their code is good no more. */
async function dropUnsent(session: Session, tenant: string, { userId, addressDigest }: Invitation): Promise<void> {
  await session.query(
    `DELETE FROM ${session.table('outbox')}
     WHERE tenant = $1 AND user_id = $2 AND state <> 'sent'
       AND message ->> 'kind' = 'invitation' AND message -> 'addressDigests' ? $3`,
    [tenant, userId, addressDigest],
  );
}

export async function readInvitations(
  session: Session,
  tenant: string,
  userIds: readonly string[] | undefined,
): Promise<readonly Invitation[]> {
  const rows = await session.query(
    `SELECT ${COLUMNS} FROM ${session.table('invitations')}
     WHERE tenant = $1 AND ($2::text[] IS NULL OR user_id = ANY ($2::text[])) ORDER BY position`,
    [tenant, userIds ?? null],
  );
  return rows.map(invitationOf);
}

export async function readInvitationByCode(
  session: Session,
  tenant: string,
  codeDigest: string,
): Promise<Invitation | undefined> {
  const [row] = await session.query(
    `SELECT ${COLUMNS} FROM ${session.table('invitations')} WHERE tenant = $1 AND code_digest = $2
     ORDER BY position LIMIT 1`,
    [tenant, codeDigest],
  );
  return row === undefined ? undefined : invitationOf(row);
}

export const COLUMNS =
  'id, user_id, kind, address_digest, code_digest, state, created_at, expires_at, used_by, reminders, reminded_at';

export function invitationOf(row: Row): Invitation {
  const usedBy = optionalText(row, 'used_by');
  const reminders = number(row, 'reminders');
  const remindedAt = optionalText(row, 'reminded_at');
  return {
    id: text(row, 'id'),
    userId: text(row, 'user_id'),
    kind: text(row, 'kind') as Invitation['kind'],
    addressDigest: text(row, 'address_digest'),
    codeDigest: text(row, 'code_digest'),
    state: text(row, 'state') as Invitation['state'],
    createdAt: text(row, 'created_at'),
    expiresAt: text(row, 'expires_at'),
    ...(usedBy === undefined ? {} : { usedBy }),
    ...(reminders === 0 ? {} : { reminders }),
    ...(remindedAt === undefined ? {} : { remindedAt }),
  };
}
