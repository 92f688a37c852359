import type { Scope } from '../../model/index.js';
import type { Batch, Channel, ClaimOptions, MessageOutcome, OutboxMessage } from '../../ports/index.js';
import type { Row, Session } from './database.js';
import { json, number, optionalText, text } from './rows.js';
import { scopeColumn } from './scopes.js';

/** What is no column of its own. */
type MessageDocument = Pick<
  OutboxMessage,
  'kind' | 'runId' | 'to' | 'addressDigests' | 'subject' | 'text' | 'html' | 'replyTo' | 'accepted'
>;

export async function writeMessages(
  session: Session,
  { scope, at }: Pick<Batch, 'scope' | 'at'>,
  messages: readonly OutboxMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  await session.query(
    `INSERT INTO ${session.table('outbox')}
       (tenant, scope_key, written_at, idempotency_key, channel, state, attempts, not_before, user_id, message)
     SELECT $1, $2, $10, idempotency_key, channel, state, attempts, not_before, user_id, message::jsonb
     FROM unnest($3::text[], $4::text[], $5::text[], $6::integer[], $7::text[], $8::text[], $9::text[])
       WITH ORDINALITY AS given (idempotency_key, channel, state, attempts, not_before, user_id, message, place)
     ORDER BY place
     ON CONFLICT DO NOTHING`,
    [
      scope.tenant,
      scopeColumn(scope),
      messages.map((message) => message.idempotencyKey),
      messages.map((message) => message.channel),
      messages.map((message) => message.state),
      messages.map((message) => message.attempts),
      messages.map((message) => message.notBefore ?? null),
      messages.map((message) => message.userId ?? null),
      messages.map(({ kind, runId, to, addressDigests, subject, text: body, html, replyTo, accepted }) =>
        JSON.stringify({ kind, runId, to, addressDigests, subject, text: body, html, replyTo, accepted }),
      ),
      at,
    ],
  );
}

export async function releaseWaiting(session: Session, scope: Scope): Promise<void> {
  await session.query(
    `UPDATE ${session.table('outbox')} SET state = 'pending'
     WHERE tenant = $1 AND scope_key = $2 AND state = 'waiting'`,
    [scope.tenant, scopeColumn(scope)],
  );
}

/**
 * Takes what is due and nobody's. Rows that another worker is taking at this moment are skipped, not waited for. The
 * database's clock decides when a claim expires: that of the workers may differ.
 */
export async function claimMessages(
  session: Session,
  scope: Scope,
  { channel, limit, claimedBy, leaseMs, now }: ClaimOptions,
): Promise<readonly OutboxMessage[]> {
  const outbox = session.table('outbox');
  const rows = await session.query(
    `WITH due AS (
       SELECT idempotency_key FROM ${outbox}
       WHERE tenant = $1 AND scope_key = $2 AND state = 'pending' AND channel = $3
         AND (not_before IS NULL OR not_before <= $4)
         AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
       ORDER BY position LIMIT $5 FOR UPDATE SKIP LOCKED
     ), claimed AS (
       UPDATE ${outbox} o
       SET claimed_by = $6, claimed_until = clock_timestamp() + $7::float8 * interval '1 millisecond'
       FROM due WHERE o.tenant = $1 AND o.idempotency_key = due.idempotency_key
       RETURNING o.*
     )
     SELECT ${COLUMNS} FROM claimed ORDER BY position`,
    [scope.tenant, scopeColumn(scope), channel, now, limit, claimedBy, leaseMs],
  );
  return rows.map(messageOf);
}

/** Writes what became of a message, if the latest claim is still the writer's; says whether it was. */
export async function writeOutcome(
  session: Session,
  tenant: string,
  idempotencyKey: string,
  { claimedBy, state, attempts, to, accepted, notBefore }: MessageOutcome,
): Promise<boolean> {
  const isOver = state !== 'pending';
  const changed = isOver ? { to: [], subject: '', text: '', accepted } : { to, accepted };
  const rows = await session.query(
    `UPDATE ${session.table('outbox')}
     SET state = $4, attempts = $5, not_before = $6, claimed_by = NULL, claimed_until = NULL,
       message = CASE WHEN $7::boolean THEN message - '{html,replyTo}'::text[] ELSE message END || $8::text::jsonb
     WHERE tenant = $1 AND idempotency_key = $2 AND claimed_by = $3
     RETURNING idempotency_key`,
    [tenant, idempotencyKey, claimedBy, state, attempts, notBefore ?? null, isOver, JSON.stringify(changed)],
  );
  return rows.length > 0;
}

export async function readMessage(
  session: Session,
  tenant: string,
  idempotencyKey: string,
): Promise<OutboxMessage | undefined> {
  const [row] = await session.query(
    `SELECT ${COLUMNS} FROM ${session.table('outbox')} WHERE tenant = $1 AND idempotency_key = $2`,
    [tenant, idempotencyKey],
  );
  return row === undefined ? undefined : messageOf(row);
}

export const COLUMNS = 'idempotency_key, channel, state, attempts, not_before, user_id, message::text AS message';

export function messageOf(row: Row): OutboxMessage {
  const userId = optionalText(row, 'user_id');
  const notBefore = optionalText(row, 'not_before');
  return {
    ...(json(row, 'message') as MessageDocument),
    idempotencyKey: text(row, 'idempotency_key'),
    channel: text(row, 'channel') as Channel,
    state: text(row, 'state') as OutboxMessage['state'],
    attempts: number(row, 'attempts'),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(userId === undefined ? {} : { userId }),
  };
}
