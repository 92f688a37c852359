import { isSame } from '../../internal/canonical.js';
import type { AuditEntry, Connection } from '../../ports/index.js';
import { writeAudit } from './audit.js';
import type { Session } from './database.js';
import { json } from './rows.js';

/** In the order in which they were made. */
export async function readConnections(session: Session, tenant: string): Promise<readonly Connection[]> {
  const rows = await session.query(
    `SELECT record::text AS record FROM ${session.table('connections')} WHERE tenant = $1 ORDER BY position`,
    [tenant],
  );
  return rows.map((row) => json(row, 'record') as Connection);
}

/** Whether the connection is what is kept now: it was written, or had been. */
export async function writeConnection(
  session: Session,
  tenant: string,
  connection: Connection,
  decision: AuditEntry | undefined,
): Promise<boolean> {
  const connections = session.table('connections');
  const { id, version } = connection;
  const values = [tenant, id, version, JSON.stringify(connection)];
  const written = await session.query(
    version === 1
      ? `INSERT INTO ${connections} (tenant, id, version, record) VALUES ($1, $2, $3, $4::text::json)
         ON CONFLICT DO NOTHING RETURNING id`
      : `UPDATE ${connections} SET version = $3, record = $4::text::json
         WHERE tenant = $1 AND id = $2 AND version = $3 - 1 RETURNING id`,
    values,
  );
  if (written.length > 0) {
    if (decision !== undefined) await writeAudit(session, tenant, decision);
    return true;
  }
  const [row] = await session.query(`SELECT record::text AS record FROM ${connections} WHERE tenant = $1 AND id = $2`, [
    tenant,
    id,
  ]);
  return row !== undefined && isSame(json(row, 'record'), JSON.parse(JSON.stringify(connection)));
}
