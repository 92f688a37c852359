import { rosterChangesWithoutPerson, rosterTracesOf, rosterWithoutPerson } from '../../model/index.js';
import type { PersonIds, RosterTraces } from '../../model/index.js';
import type { Session } from './database.js';
import type { Part } from './images.js';
import { json, text } from './rows.js';
import { hasWord, inJson } from './words-in-json.js';

/** The rows about the person in every image of the tenant. */
export async function imageTraces(session: Session, tenant: string, person: PersonIds): Promise<RosterTraces> {
  const rosters = (await partsNaming(session, tenant, person)).map(({ part }) => {
    if ('head' in part) return rosterTracesOf({}, person);
    if ('records' in part) return rosterTracesOf({ [part.collection]: part.records }, person);
    const { users, enrollments, guardianLinks } = part.changes;
    const changed = {
      users: users.changed,
      enrollments: enrollments.changed,
      guardianLinks: guardianLinks.changed,
    };
    return rosterTracesOf(changed, person);
  });
  return {
    users: rosters.flatMap(({ users }) => users),
    enrollments: rosters.flatMap(({ enrollments }) => enrollments),
    guardianLinks: rosters.flatMap(({ guardianLinks }) => guardianLinks),
  };
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
