import { compareIds } from '../../internal/ordered.js';
import type { Session } from './database.js';
import { text } from './rows.js';

export async function readCredentials(session: Session, tenant: string, name: string): Promise<string | undefined> {
  const [row] = await session.query(
    `SELECT sealed FROM ${session.table('credentials')} WHERE tenant = $1 AND name = $2`,
    [tenant, name],
  );
  return row === undefined ? undefined : text(row, 'sealed');
}

/** By UTF-16 code unit; the database's bytes order characters beyond the basic plane elsewhere. */
export async function readCredentialNames(session: Session, tenant: string): Promise<readonly string[]> {
  const rows = await session.query(`SELECT name FROM ${session.table('credentials')} WHERE tenant = $1`, [tenant]);
  return rows.map((row) => text(row, 'name')).sort(compareIds);
}

/** Whether it was written: with `replaces` only where that is what is there. */
export async function writeCredentials(
  session: Session,
  tenant: string,
  name: string,
  sealed: string,
  replaces: string | undefined,
): Promise<boolean> {
  const credentials = session.table('credentials');
  if (replaces === undefined) {
    await session.query(
      `INSERT INTO ${credentials} (tenant, name, sealed) VALUES ($1, $2, $3)
       ON CONFLICT (tenant, name) DO UPDATE SET sealed = excluded.sealed`,
      [tenant, name, sealed],
    );
    return true;
  }
  const rows = await session.query(
    `UPDATE ${credentials} SET sealed = $3 WHERE tenant = $1 AND name = $2 AND sealed = $4 RETURNING name`,
    [tenant, name, sealed, replaces],
  );
  return rows.length > 0;
}

export async function removeCredentials(session: Session, tenant: string, name: string): Promise<void> {
  await session.query(`DELETE FROM ${session.table('credentials')} WHERE tenant = $1 AND name = $2`, [tenant, name]);
}
