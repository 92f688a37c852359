import type { Scope } from '../../model/index.js';
import type { Batch, Invitation, OutboxMessage } from '../../ports/index.js';
import type { Row, Session } from './database.js';
import { json, number, optionalText, text } from './rows.js';
import { scopeColumn } from './scopes.js';

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

async function writeMessages(
  session: Session,
  { scope, at }: Batch,
  messages: readonly OutboxMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  await session.query(
    `INSERT INTO ${session.table('outbox')}
       (tenant, scope_key, written_at, idempotency_key, state, attempts, user_id, message)
     SELECT $1, $2, $8, idempotency_key, state, attempts, user_id, message::jsonb
     FROM unnest($3::text[], $4::text[], $5::integer[], $6::text[], $7::text[])
       WITH ORDINALITY AS given (idempotency_key, state, attempts, user_id, message, place)
     ORDER BY place
     ON CONFLICT DO NOTHING`,
    [
      scope.tenant,
      scopeColumn(scope),
      messages.map((message) => message.idempotencyKey),
      messages.map((message) => message.state),
      messages.map((message) => message.attempts),
      messages.map((message) => message.userId ?? null),
      messages.map(({ kind, runId, to, subject, text: body, html }) =>
        JSON.stringify({ kind, runId, to, subject, text: body, html }),
      ),
      at,
    ],
  );
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

export async function releaseWaiting(session: Session, scope: Scope): Promise<void> {
  await session.query(
    `UPDATE ${session.table('outbox')} SET state = 'pending'
     WHERE tenant = $1 AND scope_key = $2 AND state = 'waiting'`,
    [scope.tenant, scopeColumn(scope)],
  );
}

export async function readPending(session: Session, scope: Scope, limit: number): Promise<readonly OutboxMessage[]> {
  const rows = await session.query(
    `SELECT idempotency_key, state, attempts, user_id, message::text AS message
     FROM ${session.table('outbox')}
     WHERE tenant = $1 AND scope_key = $2 AND state = 'pending' ORDER BY position LIMIT $3`,
    [scope.tenant, scopeColumn(scope), limit],
  );
  return rows.map(messageOf);
}

export async function writeOutcome(
  session: Session,
  tenant: string,
  idempotencyKey: string,
  outcome: { readonly state: OutboxMessage['state']; readonly attempts: number },
): Promise<void> {
  await session.query(
    `UPDATE ${session.table('outbox')}
     SET state = $3, attempts = $4, message =
       CASE WHEN $3 = 'sent' THEN message - 'html' || '{"to":[],"subject":"","text":""}' ELSE message END
     WHERE tenant = $1 AND idempotency_key = $2`,
    [tenant, idempotencyKey, outcome.state, outcome.attempts],
  );
}

type MessageDocument = Pick<OutboxMessage, 'kind' | 'runId' | 'to' | 'subject' | 'text' | 'html'>;

function messageOf(row: Row): OutboxMessage {
  const userId = optionalText(row, 'user_id');
  return {
    ...(json(row, 'message') as MessageDocument),
    idempotencyKey: text(row, 'idempotency_key'),
    state: text(row, 'state') as OutboxMessage['state'],
    attempts: number(row, 'attempts'),
    ...(userId === undefined ? {} : { userId }),
  };
}
