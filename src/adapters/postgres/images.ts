import type { Roster, RosterChanges, Scope } from '../../model/index.js';
import type { RosterImage } from '../../ports/index.js';
import type { Session } from './database.js';
import { json } from './rows.js';
import { raiseFence, scopeColumn } from './scopes.js';

/** The collections of a roster: kept in parts of their own, because a district is too large for one document. */
const COLLECTIONS = ['schools', 'terms', 'courses', 'classes', 'users', 'enrollments', 'guardianLinks'] as const;

const RECORDS_PER_PART = 5_000;

/** What one row of an image holds: the roster without its records, some of these, or what changed since. */
export type Part =
  | { readonly head: Omit<Roster, (typeof COLLECTIONS)[number]> }
  | { readonly collection: (typeof COLLECTIONS)[number]; readonly records: readonly unknown[] }
  | { readonly changes: RosterChanges };

export async function readImage(session: Session, scope: Scope): Promise<RosterImage | undefined> {
  const rows = await session.query(
    `SELECT part::text AS part FROM ${session.table('images')} WHERE tenant = $1 AND scope_key = $2 ORDER BY position`,
    [scope.tenant, scopeColumn(scope)],
  );
  let head: Omit<Roster, (typeof COLLECTIONS)[number]> | undefined;
  const records: Record<string, unknown[]> = Object.fromEntries(COLLECTIONS.map((collection) => [collection, []]));
  const changes: RosterChanges[] = [];
  for (const row of rows) {
    const part = json(row, 'part') as Part;
    if ('head' in part) head = part.head;
    else if ('changes' in part) changes.push(part.changes);
    else for (const record of part.records) records[part.collection]?.push(record);
  }
  return head === undefined ? undefined : { roster: { ...head, ...records } as Roster, changes };
}

/** Writes a whole roster in place of all that is kept of the scope. */
export async function writeImage(
  session: Session,
  scope: Scope,
  roster: Roster,
  fence: number | undefined,
): Promise<void> {
  await raiseFence(session, scope, fence, 'saveImage');
  await session.query(`DELETE FROM ${session.table('images')} WHERE tenant = $1 AND scope_key = $2`, [
    scope.tenant,
    scopeColumn(scope),
  ]);
  const { schools, terms, courses, classes, users, enrollments, guardianLinks, ...head } = roster;
  await addPart(session, scope, { head });
  const records = { schools, terms, courses, classes, users, enrollments, guardianLinks };
  for (const collection of COLLECTIONS) {
    for (let from = 0; from < records[collection].length; from += RECORDS_PER_PART) {
      await addPart(session, scope, { collection, records: records[collection].slice(from, from + RECORDS_PER_PART) });
    }
  }
}

/** Adds what changed, where it continues what is kept. */
export async function extendImage(
  session: Session,
  scope: Scope,
  changes: RosterChanges,
  fence: number | undefined,
): Promise<void> {
  await raiseFence(session, scope, fence, 'extendImage');
  const [last] = await session.query(
    `SELECT coalesce(part -> 'changes' ->> 'cursor', part -> 'head' ->> 'cursor') AS cursor
     FROM ${session.table('images')}
     WHERE tenant = $1 AND scope_key = $2 AND (part -> 'changes' IS NOT NULL OR part -> 'head' IS NOT NULL)
     ORDER BY position DESC LIMIT 1`,
    [scope.tenant, scopeColumn(scope)],
  );
  if (last?.['cursor'] === changes.since) await addPart(session, scope, { changes });
}

async function addPart(session: Session, scope: Scope, part: Part): Promise<void> {
  const readAt = 'head' in part ? part.head.readAt : 'changes' in part ? part.changes.readAt : undefined;
  await session.query(
    `INSERT INTO ${session.table('images')} (tenant, scope_key, read_at, part) VALUES ($1, $2, $3, $4::text::json)`,
    [scope.tenant, scopeColumn(scope), readAt ?? null, JSON.stringify(part)],
  );
}
