/**
 * The building blocks of every resource: a list, one record, a count, and the same below a record.
 *
 * A resource is made of what is asked (`transport`, `path`), what comes (`name`, and `read`: a field of `schemas.ts`) and
 * how much of it at once (`pageSize`). `records` gives `list` and `get`, `collection` adds `count`, and `nestedList` and
 * `nestedRecord` hang a list or a record on the id of another record; all know `raw`.
 *
 * @module
 */

import { ConfigurationError } from '../../errors.js';
import { type Field, Paged, Problem, type Query, type RequestRetry, type Transport } from '../../http/index.js';
import { readCount, readOne } from './envelope.js';
import { type ListDefinition, pagesOf } from './paging.js';

export type { ListDefinition } from './paging.js';

/** How to read a list. */
export interface CleverListOptions {
  /** Called before a request is made again. */
  readonly onRetry?: ((retry: RequestRetry) => void) | undefined;
  /** Whether each record also has `raw`: what Clever sent, untouched. @default false */
  readonly raw?: boolean | undefined;
}

/** How to read one record. */
export interface CleverGetOptions extends CleverListOptions {
  readonly signal?: AbortSignal | undefined;
}

/** How to ask for a number or for the token's scopes. */
export type CleverRequestOptions = Omit<CleverGetOptions, 'raw'>;

/** A record beside what Clever sent for it: before empty values were read as absent and numbers as text. */
export type WithRaw<T> = T & { readonly raw: Readonly<Record<string, unknown>> };

/** Records of one kind, as a lazy list, or one by its id. */
export interface CleverRecords<T, Options extends CleverListOptions = CleverListOptions> {
  /** The same list, where each record also has `raw`: exactly what Clever sent. */
  list(options: Options & { readonly raw: true }): Paged<WithRaw<T>>;
  /**
   * All records that the token sees, in ascending order of their ids. Rows that cannot be decoded are left out, and
   * named in `rejected` of their page. While it is read, the list throws an IncompleteReadError where rows must be
   * missing or pages repeat, and a PermissionDeniedError or a NotFoundError where the token does not see the list.
   *
   * @throws ConfigurationError naming the option that is impossible
   */
  list(options?: Options): Paged<T>;
  /** The same record, which also has `raw`: exactly what Clever sent. */
  get(id: string, options: CleverGetOptions & { readonly raw: true }): Promise<WithRaw<T>>;
  /**
   * One record.
   *
   * @throws NotFoundError where it was deleted, or is not shared
   */
  get(id: string, options?: CleverGetOptions): Promise<T>;
}

/** One of Clever's collections: its records as a lazy list, one by its id, or how many there are. */
export interface CleverCollection<T, Options extends CleverListOptions = CleverListOptions>
  extends CleverRecords<T, Options> {
  /** How many records the token sees, filters aside; undefined where Clever does not say. */
  count(options?: CleverRequestOptions): Promise<number | undefined>;
}

/** A list that hangs on a record, by that record's id. */
export interface CleverNestedList<T, Options extends CleverListOptions = CleverListOptions> {
  /** The list of the record with this id, where each of its records also has `raw`. */
  (id: string, options: Options & { readonly raw: true }): Paged<WithRaw<T>>;
  /** The list of the record with this id. */
  (id: string, options?: Options): Paged<T>;
}

/** A record that hangs on another one, by that one's id. */
export interface CleverNestedRecord<T> {
  /** The record that hangs on the one with this id, which also has `raw`. */
  (id: string, options: CleverGetOptions & { readonly raw: true }): Promise<WithRaw<T>>;
  /** The record that hangs on the one with this id. */
  (id: string, options?: CleverGetOptions): Promise<T>;
}

/** What a list offers, as its query. @throws ConfigurationError naming the option that is impossible */
export type QueryOf<Options> = (options: Options) => Query;

/** A list, read as far as it is asked for. */
function listOf<T>(definition: ListDefinition<T>, { onRetry }: CleverListOptions = {}): Paged<T> {
  return new Paged((pageOptions) => pagesOf(definition, onRetry, pageOptions));
}

/** The one record at a path. */
async function recordAt<T>(
  { transport, path, read }: Pick<ListDefinition<T>, 'transport' | 'path' | 'read'>,
  { signal, onRetry }: CleverRequestOptions = {},
): Promise<T> {
  return readOne(await transport.getJson(path, { signal, onRetry }), read);
}

/** How many records the list at a path has. Asked alone, because Clever counts only where nothing else is asked. */
async function countAt(
  { transport, path }: Pick<ListDefinition<unknown>, 'transport' | 'path'>,
  { signal, onRetry }: CleverRequestOptions = {},
): Promise<number | undefined> {
  return readCount(await transport.getJson(path, { query: { count: 'true' }, signal, onRetry }));
}

/** A list and its records, by id. */
export function records<T extends object, Options extends CleverListOptions>(
  definition: ListDefinition<T>,
  queryOf: QueryOf<Options>,
): CleverRecords<T, Options> {
  const { transport, path } = definition;
  const get = nestedRecord({ transport, read: definition.read }, (id) => `${path}/${id}`);
  function list(options: Options & { readonly raw: true }): Paged<WithRaw<T>>;
  function list(options?: Options): Paged<T>;
  function list(options?: Options): Paged<T> {
    return filteredList(definition, queryOf, options);
  }
  return { list, get };
}

/** The same, counted. */
export function collection<T extends object, Options extends CleverListOptions>(
  definition: ListDefinition<T>,
  queryOf: QueryOf<Options>,
): CleverCollection<T, Options> {
  const count = async (options?: CleverRequestOptions) => countAt(definition, options);
  return { ...records({ ...definition, count }, queryOf), count };
}

/** A list below a record; `pathOf` is given the id as a part of a path. */
export function nestedList<T extends object, Options extends CleverListOptions>(
  definition: Omit<ListDefinition<T>, 'path'>,
  pathOf: (id: string) => string,
  queryOf: QueryOf<Options>,
): CleverNestedList<T, Options> {
  function list(id: string, options: Options & { readonly raw: true }): Paged<WithRaw<T>>;
  function list(id: string, options?: Options): Paged<T>;
  function list(id: string, options?: Options): Paged<T> {
    return filteredList({ ...definition, path: pathOf(pathPart(id)) }, queryOf, options);
  }
  return list;
}

/** A record below a record; `pathOf` is given the id as a part of a path. */
export function nestedRecord<T extends object>(
  { transport, read }: Pick<ListDefinition<T>, 'transport' | 'read'>,
  pathOf: (id: string) => string,
): CleverNestedRecord<T> {
  async function get(id: string, options: CleverGetOptions & { readonly raw: true }): Promise<WithRaw<T>>;
  async function get(id: string, options?: CleverGetOptions): Promise<T>;
  async function get(id: string, options: CleverGetOptions = {}): Promise<T> {
    const path = pathOf(pathPart(id));
    return await recordAt({ transport, path, read: options.raw === true ? withRaw(read) : read }, options);
  }
  return get;
}

function filteredList<T extends object, Options extends CleverListOptions>(
  definition: ListDefinition<T>,
  queryOf: QueryOf<Options>,
  options: Options | undefined,
): Paged<T> {
  if (options === undefined) return listOf(definition);
  const query = queryOf(options);
  const isFiltered = Object.values(query).some((value) => value !== undefined);
  const { count, read, ...rest } = definition;
  return listOf(
    {
      ...rest,
      query,
      read: options.raw === true ? withRaw(read) : read,
      // Clever counts the whole list only.
      ...(count === undefined || isFiltered ? {} : { count }),
    },
    options,
  );
}

/** Keeps a copy, because reading puts the record right where it stands. */
function withRaw<T extends object>(read: Field<T>): Field<WithRaw<T>> {
  return (value) => {
    const raw = structuredClone(value) as Readonly<Record<string, unknown>>;
    const record = read(value);
    return record instanceof Problem ? record : Object.assign(record, { raw });
  };
}

/** An id as a part of a path: none that would ask for a list, or for something above it. */
function pathPart(id: unknown): string {
  if (typeof id !== 'string' || /^\.{0,2}$|\p{Surrogate}/u.test(id)) {
    throw new ConfigurationError('id', 'is empty, or is no id: name the record to read.');
  }
  return encodeURIComponent(id);
}

/** Whether a word of a filter is one that Clever knows. @throws ConfigurationError naming the filter */
export function checkedWord<Word extends string>(
  parameter: string,
  word: Word | undefined,
  known: readonly Word[],
): Word | undefined {
  if (word === undefined || known.includes(word)) return word;
  throw new ConfigurationError(parameter, `is one of ${known.map((each) => `'${each}'`).join(', ')} here.`);
}

/** What all resources of one client share. */
export interface CollectionContext {
  readonly transport: Transport;
  /** Such as `3.0`. */
  readonly version: string;
  readonly pageSize: number;
}
