import { rosterChangesWithoutPerson, rosterTracesOf, rosterWithoutPerson } from '../../model/index.js';
import type { PersonIds, RosterTraces } from '../../model/index.js';
import type { Session } from './database.js';
import type { Part } from './images.js';
import { json, text } from './rows.js';
import { hasWord, inJson } from './words-in-json.js';

/** The rows about the person in every image of the tenant. */
export async function imageTraces(session: Session, tenant: string, person: PersonIds): Promise<RosterTraces> {
  const parts = await partsNaming(session, tenant, person);
  return rosterTracesOf(
    parts.map(({ part }) => rowsOf(part)),
    person,
  );
}

function rowsOf(part: Part): Partial<RosterTraces> {
  if ('head' in part) return {};
  if ('records' in part) return { [part.collection]: part.records };
  const { users, enrollments, guardianLinks } = part.changes;
  return { users: users.changed, enrollments: enrollments.changed, guardianLinks: guardianLinks.changed };
}

/** Takes the person out of every image of the tenant. */
export async function eraseFromImages(session: Session, tenant: string, person: PersonIds): Promise<void> {
  for (const { scopeKey, position, part } of await partsNaming(session, tenant, person)) {
    await session.query(
      `UPDATE ${session.table('images')} SET part = $4::text::json
       WHERE tenant = $1 AND scope_key = $2 AND position = $3`,
      [tenant, scopeKey, position, JSON.stringify(partWithout(part, person))],
    );
  }
}

function partWithout(part: Part, person: PersonIds): Part {
  if ('head' in part) return { head: rosterWithoutPerson(part.head, person) };
  if ('changes' in part) return { changes: rosterChangesWithoutPerson(part.changes, person) };
  const { collection, records } = part;
  return { collection, records: rosterWithoutPerson({ [collection]: records }, person)[collection] ?? [] };
}

interface StoredPart {
  readonly scopeKey: string;
  readonly position: string;
  readonly part: Part;
}

async function partsNaming(session: Session, tenant: string, person: PersonIds): Promise<readonly StoredPart[]> {
  const rows = await session.query(
    `SELECT scope_key, position::text AS position, part::text AS part FROM ${session.table('images')}
     WHERE tenant = $1 AND ${hasWord('part', 2)} ORDER BY scope_key, images.position`,
    [tenant, person.sourcedIds.map(inJson)],
  );
  return rows.map((row) => ({
    scopeKey: text(row, 'scope_key'),
    position: text(row, 'position'),
    part: json(row, 'part') as Part,
  }));
}
