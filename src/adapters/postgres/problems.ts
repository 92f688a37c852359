import type { Channel, DeliveryProblem } from '../../ports/index.js';
import type { Session } from './database.js';
import { optionalText, text } from './rows.js';

/** Where people cannot be reached: one row for each person and address. */
export async function writeProblem(session: Session, tenant: string, problem: DeliveryProblem): Promise<void> {
  const { userId, addressDigest, channel, reason, status, at } = problem;
  await session.query(
    `INSERT INTO ${session.table('delivery_problems')} (tenant, user_id, address_digest, channel, reason, status, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant, user_id, address_digest) DO UPDATE
       SET channel = excluded.channel, reason = excluded.reason, status = excluded.status, at = excluded.at`,
    [tenant, userId, addressDigest, channel, reason, status ?? null, at],
  );
}

/** The problems of these persons, or of everybody, in the order in which they first came up. */
export async function readProblems(
  session: Session,
  tenant: string,
  userIds: readonly string[] | undefined,
): Promise<readonly DeliveryProblem[]> {
  const rows = await session.query(
    `SELECT user_id, address_digest, channel, reason, status, at FROM ${session.table('delivery_problems')}
     WHERE tenant = $1 AND ($2::text[] IS NULL OR user_id = ANY ($2::text[])) ORDER BY position`,
    [tenant, userIds ?? null],
  );
  return rows.map((row) => {
    const status = optionalText(row, 'status');
    return {
      userId: text(row, 'user_id'),
      addressDigest: text(row, 'address_digest'),
      channel: text(row, 'channel') as Channel,
      reason: text(row, 'reason') as DeliveryProblem['reason'],
      at: text(row, 'at'),
      ...(status === undefined ? {} : { status }),
    };
  });
}

export async function deleteProblems(session: Session, tenant: string, userIds: readonly string[]): Promise<void> {
  await session.query(
    `DELETE FROM ${session.table('delivery_problems')} WHERE tenant = $1 AND user_id = ANY ($2::text[])`,
    [tenant, userIds],
  );
}
