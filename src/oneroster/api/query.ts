/**
 * What a list is narrowed, cut and ordered by. OneRoster's grammar is small, and a server that does not understand a
 * query may ignore it, so that nothing malformed is ever sent.
 *
 * @module
 */

import { ConfigurationError } from '../../errors.js';
import type { Query } from '../../http/index.js';
import { fieldNames } from '../records/decode-rows.js';
import type { OneRosterCollection, OneRosterRecords } from '../records/wire.js';

/** A field of a collection's records. */
export type OneRosterField<K extends OneRosterCollection = OneRosterCollection> = keyof OneRosterRecords[K] & string;

/** A field, or a field inside it, such as `school.sourcedId`. */
export type OneRosterFieldPath<K extends OneRosterCollection = OneRosterCollection> =
  | OneRosterField<K>
  | `${OneRosterField<K>}.${string}`;

/** How a field is compared; `~` means that it contains the value. */
export type OneRosterPredicate = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~';

const PREDICATES: readonly string[] = ['=', '!=', '>', '>=', '<', '<=', '~'];

/** A filter, as `where` makes it: of one clause, or of two. */
export class OneRosterFilter<out Path extends string = string> {
  readonly #text: string;
  /** @internal Only for the compiler: which fields the filter names. */
  declare readonly paths?: readonly Path[];

  /** @internal */
  constructor(text: string) {
    this.#text = text;
  }

  /** In OneRoster's grammar, such as `role='teacher' AND status='active'`. */
  toString(): string {
    return this.#text;
  }
}

/** A filter of one clause, to which a second may be joined. */
export class OneRosterClause<out Path extends string = string> extends OneRosterFilter<Path> {
  /**
   * Only records that fit both clauses. OneRoster knows no third one.
   *
   * @throws ConfigurationError naming `filter` as {@link where} does
   * @example
   * ```ts
   * import { where } from 'rosterkit/oneroster';
   *
   * console.log(String(where('role', '=', 'teacher').and('status', '=', 'active'))); // role='teacher' AND status='active'
   * ```
   */
  and<const Other extends string>(
    field: Other,
    predicate: OneRosterPredicate,
    value: string,
  ): OneRosterFilter<Path | Other> {
    return new OneRosterFilter(`${this.toString()} AND ${clause(field, predicate, value)}`);
  }

  /**
   * Records that fit either clause. OneRoster knows no third one.
   *
   * @throws ConfigurationError naming `filter` as {@link where} does
   * @example
   * ```ts
   * import { where } from 'rosterkit/oneroster';
   *
   * console.log(String(where('role', '=', 'parent').or('role', '=', 'guardian'))); // role='parent' OR role='guardian'
   * ```
   */
  or<const Other extends string>(
    field: Other,
    predicate: OneRosterPredicate,
    value: string,
  ): OneRosterFilter<Path | Other> {
    return new OneRosterFilter(`${this.toString()} OR ${clause(field, predicate, value)}`);
  }
}

/**
 * A filter for a list, in OneRoster's grammar. Servers may ignore what they do not understand: check what came where it
 * matters.
 *
 * @throws ConfigurationError naming `filter` where the field is no field's name, or the value holds a single quote: the
 * standard defines no way to write one
 * @example
 * ```ts
 * import { type OneRosterClient, where } from 'rosterkit/oneroster';
 *
 * export async function countTeachers(client: OneRosterClient): Promise<number> {
 *   const filter = where('role', '=', 'teacher').and('status', '=', 'active');
 *   return (await client.users.list({ filter }).toArray()).length;
 * }
 * ```
 */
export function where<const Path extends string>(
  field: Path,
  predicate: OneRosterPredicate,
  value: string,
): OneRosterClause<Path> {
  return new OneRosterClause(clause(field, predicate, value));
}

const PATH = String.raw`[A-Za-z][\w-]*(?:\.[\w-]+)*`;
const WHOLE_PATH = new RegExp(`^${PATH}$`);
const CLAUSE = String.raw`${PATH}\s*(?:!=|>=|<=|[=><~])\s*'[^']*'`;
const WHOLE_FILTER = new RegExp(String.raw`^${CLAUSE}(?:\s+(?:AND|OR)\s+${CLAUSE})?$`);

function clause(field: string, predicate: string, value: string): string {
  if (typeof field !== 'string' || !WHOLE_PATH.test(field)) {
    throw new ConfigurationError(
      'filter',
      'compares a field such as role, or one inside another such as school.sourcedId',
    );
  }
  if (!PREDICATES.includes(predicate)) {
    throw new ConfigurationError('filter', `compares by one of ${PREDICATES.join(' ')}`);
  }
  if (typeof value !== 'string') throw new ConfigurationError('filter', "compares with a text, such as 'true'");
  if (value.includes("'") || /\p{Surrogate}/u.test(value)) {
    throw new ConfigurationError(
      'filter',
      "has a value with a single quote or half a character, which OneRoster's filters cannot hold. Filter by another field, or compare the records yourself.",
    );
  }
  return `${field}${predicate}'${value}'`;
}

/** What a list is asked for, before it is checked. */
export interface QueryOptions {
  readonly filter?: string | OneRosterFilter | undefined;
  readonly fields?: readonly string[] | undefined;
  readonly sort?: string | undefined;
  readonly orderBy?: string | undefined;
}

/** The query of a list. @throws ConfigurationError naming the option that is impossible */
export function queryOf(collection: OneRosterCollection, options: QueryOptions): Query {
  const { filter, fields, sort, orderBy } = options;
  if (sort !== undefined && (typeof sort !== 'string' || !WHOLE_PATH.test(sort))) {
    throw new ConfigurationError(
      'sort',
      'is a field such as familyName, or one inside another such as school.sourcedId',
    );
  }
  if (orderBy !== undefined && orderBy !== 'asc' && orderBy !== 'desc') {
    throw new ConfigurationError('orderBy', "is 'asc' or 'desc'");
  }
  return { filter: checkedFilter(filter), fields: fieldsParameter(collection, fields), sort, orderBy };
}

function checkedFilter(filter: unknown): string | undefined {
  if (filter === undefined) return undefined;
  const text = filter instanceof OneRosterFilter ? filter.toString() : filter;
  if (typeof text === 'string' && WHOLE_FILTER.test(text)) return text;
  throw new ConfigurationError(
    'filter',
    "is one clause such as role='teacher', or two joined by AND or OR: field, predicate, and a value in single quotes. See where().",
  );
}

/**
 * The fields to ask for. The id and the status are asked for always: without them a record is nobody's, and one that is
 * to be deleted looks like any other.
 *
 * @throws ConfigurationError naming `fields` where it is no list of fields of this collection
 */
export function fieldsParameter(collection: OneRosterCollection, fields: unknown): string | undefined {
  if (fields === undefined) return undefined;
  const known = fieldNames(collection);
  if (!Array.isArray(fields) || fields.length === 0 || !fields.every((field) => known.includes(field as string))) {
    throw new ConfigurationError('fields', `is a list of some of ${known.join(', ')}`);
  }
  return [...new Set(['sourcedId', 'status', ...(fields as readonly string[])])].join(',');
}
