import type { Attempt } from '../../ports/index.js';
import type { Session } from './database.js';
import { number } from './rows.js';

/** Counts a try, and forgets those whose time is over. */
export async function countAttempt(session: Session, tenant: string, { key, at, expiresAt }: Attempt): Promise<number> {
  const attempts = session.table('attempts');
  await session.query(`DELETE FROM ${attempts} WHERE tenant = $1 AND expires_at <= $2`, [tenant, at]);
  const [row] = await session.query(
    `INSERT INTO ${attempts} AS a (tenant, key, count, expires_at) VALUES ($1, $2, 1, $3)
     ON CONFLICT (tenant, key) DO UPDATE SET count = a.count + 1
     RETURNING a.count`,
    [tenant, key, expiresAt],
  );
  return row === undefined ? 0 : number(row, 'count');
}
