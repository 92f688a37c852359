import { LockHeldError, StoreConflictError } from '../../errors.js';
import { sha256 } from '../../internal/sha256.js';
import { scopeKey } from '../../model/index.js';
import type { Ledger, Scope } from '../../model/index.js';
import type { Holder, LeaseOptions } from '../../ports/index.js';
import type { Session } from './database.js';
import { json, number, text } from './rows.js';

/** A scope's key as a column holds it: a scope of many schools is too long for an index. */
export function scopeColumn(scope: Scope): string {
  return sha256(scopeKey(scope));
}

/**
 * Locks the scope's row until the transaction ends, and remembers the fence where it is the greatest so far.
 *
 * @throws StoreConflictError where a greater one has been seen
 */
export async function raiseFence(
  session: Session,
  scope: Scope,
  fence: number | undefined,
  operation: string,
): Promise<void> {
  const [row] = await session.query(
    `INSERT INTO ${session.table('scopes')} AS s (tenant, scope_key, fence) VALUES ($1, $2, $3)
     ON CONFLICT (tenant, scope_key) DO UPDATE SET fence = greatest(s.fence, excluded.fence)
     RETURNING s.fence`,
    [scope.tenant, scopeColumn(scope), fence ?? 0],
  );
  if (fence === undefined || row === undefined || number(row, 'fence') === fence) return;
  throw new StoreConflictError(`${operation}: a newer lease has been given for the scope; stop this run`, {
    operation,
  });
}

export async function writeLedger(session: Session, scope: Scope, ledger: Ledger): Promise<void> {
  await session.query(
    `UPDATE ${session.table('scopes')} SET ledger = $3::text::json WHERE tenant = $1 AND scope_key = $2`,
    [scope.tenant, scopeColumn(scope), JSON.stringify(ledger)],
  );
}

export async function readLedger(session: Session, scope: Scope): Promise<Ledger | undefined> {
  const [row] = await session.query(
    `SELECT ledger::text AS ledger FROM ${session.table('scopes')}
     WHERE tenant = $1 AND scope_key = $2 AND ledger IS NOT NULL`,
    [scope.tenant, scopeColumn(scope)],
  );
  return row === undefined ? undefined : (json(row, 'ledger') as Ledger);
}

/** Takes the lease and gives its fence. The database's clock decides: that of the callers may differ. */
export async function takeLease(session: Session, scope: Scope, { holder, ttlMs }: LeaseOptions): Promise<number> {
  const scopes = session.table('scopes');
  const [row] = await session.query(
    `INSERT INTO ${scopes} AS s (tenant, scope_key, fence, holder, since, expires_at)
     VALUES ($1, $2, 1, $3, clock_timestamp(), clock_timestamp() + $4::integer * interval '1 millisecond')
     ON CONFLICT (tenant, scope_key) DO UPDATE
       SET fence = s.fence + 1, holder = excluded.holder, since = excluded.since, expires_at = excluded.expires_at
       WHERE s.holder IS NULL OR s.holder = excluded.holder OR s.expires_at <= clock_timestamp()
     RETURNING s.fence`,
    [scope.tenant, scopeColumn(scope), holder, ttlMs],
  );
  if (row !== undefined) return number(row, 'fence');
  const [held] = await session.query(
    `SELECT holder, ${SINCE} AS since FROM ${scopes} WHERE tenant = $1 AND scope_key = $2`,
    [scope.tenant, scopeColumn(scope)],
  );
  throw new LockHeldError('lease: another run holds the scope; try again when it has ended', {
    holder: held === undefined ? '' : text(held, 'holder'),
    since: held === undefined ? '' : text(held, 'since'),
  });
}

/** Who holds the scope, by the database's clock. */
export async function readHolder(session: Session, scope: Scope): Promise<Holder | undefined> {
  const [row] = await session.query(
    `SELECT holder, ${SINCE} AS since FROM ${session.table('scopes')}
     WHERE tenant = $1 AND scope_key = $2 AND holder IS NOT NULL AND expires_at > clock_timestamp()`,
    [scope.tenant, scopeColumn(scope)],
  );
  return row === undefined ? undefined : { holder: text(row, 'holder'), since: text(row, 'since') };
}

const SINCE = `to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Whether the lease with this fence was still the newest, and so goes on. */
export async function renewLease(session: Session, scope: Scope, fence: number, ttlMs: number): Promise<boolean> {
  const rows = await session.query(
    `UPDATE ${session.table('scopes')} SET expires_at = clock_timestamp() + $4::integer * interval '1 millisecond'
     WHERE tenant = $1 AND scope_key = $2 AND fence = $3 AND holder IS NOT NULL RETURNING fence`,
    [scope.tenant, scopeColumn(scope), fence, ttlMs],
  );
  return rows.length > 0;
}

export async function endLease(session: Session, scope: Scope, fence: number): Promise<void> {
  await session.query(
    `UPDATE ${session.table('scopes')} SET holder = NULL, since = NULL, expires_at = NULL
     WHERE tenant = $1 AND scope_key = $2 AND fence = $3`,
    [scope.tenant, scopeColumn(scope), fence],
  );
}
