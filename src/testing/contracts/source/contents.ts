import { ContractError } from '../../../errors.js';
import { isSame } from '../../../internal/canonical.js';
import type { Collection, Ordered, Roster, RosterRead } from '../../../model/index.js';

/** The collections of a roster, and by which fields a record of each is known. */
const identities = {
  schools: ['sourcedId'],
  terms: ['sourcedId'],
  courses: ['sourcedId'],
  classes: ['sourcedId'],
  users: ['sourcedId'],
  enrollments: ['classSourcedId', 'userSourcedId', 'role', 'sourcedId'],
  guardianLinks: ['guardianSourcedId', 'studentSourcedId', 'relationship', 'contactType'],
} as const satisfies Record<Collection, readonly string[]>;

export const collections = Object.keys(identities) as readonly Collection[];

/** A read with its streams at their end. */
export async function wholeOf(read: RosterRead): Promise<Roster> {
  return {
    ...read,
    schools: await arrayOf(read.schools),
    terms: await arrayOf(read.terms),
    courses: await arrayOf(read.courses),
    classes: await arrayOf(read.classes),
    users: await arrayOf(read.users),
    enrollments: await arrayOf(read.enrollments),
    guardianLinks: await arrayOf(read.guardianLinks),
  };
}

async function arrayOf<T>(records: Ordered<T>): Promise<readonly T[]> {
  const array: T[] = [];
  for await (const record of records) array.push(record);
  return array;
}

/** What a record is known by. */
export function idOf(collection: Collection, record: object): string {
  const fields = record as Readonly<Record<string, unknown>>;
  return JSON.stringify(identities[collection].map((name) => fields[name] ?? null));
}

/** The records of a collection by what they are known by. */
function byIdentity(roster: Roster, collection: Collection): ReadonlyMap<string, object> {
  return new Map(roster[collection].map((record) => [idOf(collection, record), record]));
}

/**
 * Both have the same records. Says which differ by their ids alone: a district's records are its children's.
 *
 * @param mayHaveMore whether records that `expected` lacks are no fault
 */
export function expectSameRecords(what: string, actual: Roster, expected: Roster, mayHaveMore = false): void {
  for (const collection of collections) {
    const found = byIdentity(actual, collection);
    const wanted = byIdentity(expected, collection);
    const missing = [...wanted.keys()].filter((id) => !found.has(id));
    const changed = [...wanted].filter(([id, record]) => found.has(id) && !isSame(found.get(id), record));
    const additional = mayHaveMore ? [] : [...found.keys()].filter((id) => !wanted.has(id));
    const difference = { missing, changed: changed.map(([id]) => id), additional };
    if (Object.values(difference).every((ids) => ids.length === 0)) continue;
    const counts = Object.entries(difference).map(([word, ids]) => `${String(ids.length)} ${word}${example(ids)}`);
    throw new ContractError(`${what}: ${collection} differ: ${counts.join(', ')}`, {
      actual: difference,
      expected: { missing: [], changed: [], additional: [] },
    });
  }
}

function example([first]: readonly string[]): string {
  return first === undefined ? '' : ` (${first})`;
}
