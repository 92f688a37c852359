import type { AuditEntry, AuditOptions } from '../../ports/index.js';
import type { Session } from './database.js';
import { json } from './rows.js';

/** A decision is written once: another one of its id changes nothing. */
export async function writeAudit(session: Session, tenant: string, entry: AuditEntry): Promise<void> {
  await session.query(
    `INSERT INTO ${session.table('audit')} (tenant, id, at, entry) VALUES ($1, $2, $3, $4::text::json)
     ON CONFLICT DO NOTHING`,
    [tenant, entry.id, entry.at, JSON.stringify(entry)],
  );
}

/** The newest first. */
export async function readAudit(
  session: Session,
  tenant: string,
  { limit, before }: AuditOptions,
): Promise<readonly AuditEntry[]> {
  const rows = await session.query(
    `SELECT entry::text AS entry FROM ${session.table('audit')}
     WHERE tenant = $1 AND ($2::text IS NULL OR at < $2) ORDER BY at DESC, position DESC LIMIT $3`,
    [tenant, before ?? null, limit ?? null],
  );
  return rows.map((row) => json(row, 'entry') as AuditEntry);
}
