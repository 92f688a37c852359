import { isSame } from '../../internal/canonical.js';
import type { AuditEntry, Connection } from '../../ports/index.js';
import type { Tenant } from './tenant.js';

/** Whether the connection is what is kept now. */
export function saveConnection(tenant: Tenant, connection: Connection, decision: AuditEntry | undefined): boolean {
  const kept = tenant.connections.get(connection.id);
  if ((kept?.version ?? 0) !== connection.version - 1) return isSame(kept, connection);
  tenant.connections.set(connection.id, connection);
  if (decision !== undefined && !tenant.audit.has(decision.id)) tenant.audit.set(decision.id, decision);
  return true;
}
