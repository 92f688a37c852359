import type { Attempt } from '../../ports/index.js';
import type { Session } from './database.js';
import { number } from './rows.js';

/**
 * Counts a try in one statement, so that none is lost of many at once, and forgets others whose time is over. Those that
 * somebody is counting at this moment are theirs to forget: nobody waits for anybody.
 */
export async function countAttempt(session: Session, tenant: string, { key, at, expiresAt }: Attempt): Promise<number> {
  const attempts = session.table('attempts');
  const [row] = await session.query(
    `INSERT INTO ${attempts} AS a (tenant, key, count, expires_at) VALUES ($1, $2, 1, $3)
     ON CONFLICT (tenant, key) DO UPDATE SET
       count = CASE WHEN a.expires_at <= $4 THEN 1 ELSE a.count + 1 END,
       expires_at = CASE WHEN a.expires_at <= $4 THEN excluded.expires_at ELSE a.expires_at END
     RETURNING a.count`,
    [tenant, key, expiresAt, at],
  );
  await session.query(
    `DELETE FROM ${attempts} WHERE tenant = $1 AND key IN (
       SELECT key FROM ${attempts} WHERE tenant = $1 AND key <> $2 AND expires_at <= $3 FOR UPDATE SKIP LOCKED
     )`,
    [tenant, key, at],
  );
  return row === undefined ? 0 : number(row, 'count');
}
