import { inOrder } from '../../internal/ordered.js';
import type { Ledger, LocalState, Scope } from '../../model/index.js';
import { byBytes, CLASSES, ENROLLMENTS, GUARDIAN_LINKS, SCHOOLS, USERS } from './collections.js';
import type { Collection } from './collections.js';
import type { Session } from './database.js';

/** Rows that one answer of the database brings: a larger one saves little and fills the driver's buffers. */
const ROWS_PER_FETCH = 10_000;

/** Every record of the tenant, in the order in which the engine merges, as of one moment. */
export async function loadState(
  session: Session,
  scope: Scope,
  ledger: Ledger,
  signal: AbortSignal | undefined,
): Promise<LocalState> {
  const load = <T>(collection: Collection<T>): Promise<readonly T[]> =>
    loadCollection(session, scope.tenant, collection, signal);
  return {
    scope,
    ledger,
    schools: await load(SCHOOLS),
    classes: await load(CLASSES),
    users: await load(USERS),
    enrollments: await load(ENROLLMENTS),
    guardianLinks: await load(GUARDIAN_LINKS),
  };
}

async function loadCollection<T>(
  session: Session,
  tenant: string,
  { select, recordOf, compare }: Collection<T>,
  signal: AbortSignal | undefined,
): Promise<readonly T[]> {
  const records: T[] = [];
  await session.query(`DECLARE loaded NO SCROLL CURSOR FOR ${select(session, byBytes)}`, [tenant]);
  for (;;) {
    signal?.throwIfAborted();
    const rows = await session.query(`FETCH ${String(ROWS_PER_FETCH)} FROM loaded`);
    for (const row of rows) records.push(recordOf(row));
    if (rows.length < ROWS_PER_FETCH) break;
  }
  await session.query('CLOSE loaded');
  return inOrder(records, compare);
}
