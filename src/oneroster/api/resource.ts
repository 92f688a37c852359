/**
 * The building blocks of every resource: a list, its pages, one record, and lists below a record.
 *
 * Pages are read one after the other and in order of sourcedId, because offsets mean nothing in a list without an
 * order, and until one of them is empty, because servers cap a page below what was asked and miscount totals.
 *
 * @module
 */

import { IncompleteReadError } from '../../errors.js';
import {
  type Page,
  Paged,
  type PageOptions,
  type RejectedItem,
  type RequestRetry,
  type Transport,
} from '../../http/index.js';
import { checkOptionNames } from '../../internal/options.js';
import { decodePart, decodeRow, identityOf } from '../records/decode-rows.js';
import type { OneRosterCollection, OneRosterRecords } from '../records/wire.js';
import { rowsOf } from './envelope.js';
import { type OneRosterListEnd, readPages } from './paging.js';
import { type OneRosterField, type OneRosterFieldPath, type OneRosterFilter, queryOf } from './query.js';
import { pathPart, recordAt } from './single-record.js';

/** Which records to list. */
export interface OneRosterListOptions<K extends OneRosterCollection = OneRosterCollection> {
  /**
   * From `where`, or a text in OneRoster's grammar such as `role='teacher'`: at most two clauses, joined by ` AND ` or
   * ` OR `. Servers may ignore it.
   *
   * @default every record
   */
  readonly filter?: OneRosterFilter<OneRosterFieldPath<K>> | string | undefined;
  /** Which fields to send, see {@link OneRosterSelectOptions}. @default all */
  readonly fields?: undefined;
  /**
   * A field to order by, or one inside another such as `school.sourcedId`. In any other order than that of sourcedId, a
   * list that changes while it is read may lose rows unseen.
   *
   * @default 'sourcedId'
   */
  readonly sort?: OneRosterFieldPath<K> | undefined;
  /** @default 'asc' */
  readonly orderBy?: 'asc' | 'desc' | undefined;
  /** Called before a request is made again. */
  readonly onRetry?: ((retry: RequestRetry) => void) | undefined;
}

/** Which fields of which records to list. */
export interface OneRosterSelectOptions<K extends OneRosterCollection, F extends OneRosterField<K>>
  extends Omit<OneRosterListOptions<K>, 'fields'> {
  /** Only these fields, `sourcedId` and `status` are asked for. A server may send all the same, or send them all. */
  readonly fields: readonly F[];
}

/** A record of which only some fields were asked for; any of them may be missing. */
export type OneRosterSelection<K extends OneRosterCollection, F extends OneRosterField<K>> = Pick<
  OneRosterRecords[K],
  Extract<OneRosterField<K>, 'sourcedId' | 'status'>
> &
  Partial<Pick<OneRosterRecords[K], F>>;

/** How to walk a list page by page. */
export interface OneRosterPageOptions<K extends OneRosterCollection = OneRosterCollection>
  extends OneRosterListOptions<K>,
    PageOptions {}

/** How to read one record. */
export interface OneRosterGetOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called before a request is made again. */
  readonly onRetry?: ((retry: RequestRetry) => void) | undefined;
}

/** A row that could not be used. */
export interface OneRosterRejectedRow extends RejectedItem {
  /** The class of an enrollment, where the row names one. */
  readonly classSourcedId?: string;
}

/** One page of a list, as it was read. */
export interface OneRosterPage<T> extends Page<T> {
  /** The rows of the page, those that could not be used included. */
  readonly received: number;
  /** Where the page began in the list. */
  readonly offset: number;
  readonly rejected: readonly OneRosterRejectedRow[];
  /** The server's revision of what it shares (`x-perm-rev`), where it tells one. */
  readonly revision?: string;
}

/** A list that hangs on one record, by its sourcedId. What it throws is what {@link OneRosterResource.list} throws. */
export interface OneRosterNestedList<K extends OneRosterCollection> {
  <const F extends OneRosterField<K>>(
    sourcedId: string,
    options: OneRosterSelectOptions<K, F>,
  ): Paged<OneRosterSelection<K, F>>;
  (sourcedId: string, options?: OneRosterListOptions<K>): Paged<OneRosterRecords[K]>;
}

/** A list that hangs on a record below a record, by the sourcedIds of both, the outer one first. */
export interface OneRosterInnerList<K extends OneRosterCollection> {
  <const F extends OneRosterField<K>>(
    outerSourcedId: string,
    innerSourcedId: string,
    options: OneRosterSelectOptions<K, F>,
  ): Paged<OneRosterSelection<K, F>>;
  (outerSourcedId: string, innerSourcedId: string, options?: OneRosterListOptions<K>): Paged<OneRosterRecords[K]>;
}

/** One list of a OneRoster server, and its records by their ids. */
export interface OneRosterResource<K extends OneRosterCollection> {
  /** The same list, of which only some fields are asked for. */
  list<const F extends OneRosterField<K>>(options: OneRosterSelectOptions<K, F>): Paged<OneRosterSelection<K, F>>;
  /**
   * The records, page by page as far as they are asked for. Rows that cannot be used are left out, and named in
   * `rejected` of their page.
   *
   * Iterating throws IncompleteReadError at the end of a list that cannot be whole, DecodeError where an answer is no
   * OneRoster, and ApiError or ConnectionError where a request fails in the end.
   *
   * @throws ConfigurationError naming the option that is unknown or impossible
   * @example
   * ```ts
   * import { type OneRosterClient, where } from 'rosterkit/oneroster';
   *
   * export async function printTeachers(client: OneRosterClient): Promise<void> {
   *   const teachers = client.users.list({ filter: where('role', '=', 'teacher'), fields: ['email'] });
   *   for await (const teacher of teachers) console.log(teacher.sourcedId, teacher.email);
   * }
   * ```
   */
  list(options?: OneRosterListOptions<K>): Paged<OneRosterRecords[K]>;
  /** The same pages, of which only some fields are asked for. */
  pages<const F extends OneRosterField<K>>(
    options: OneRosterSelectOptions<K, F> & PageOptions,
  ): AsyncGenerator<OneRosterPage<OneRosterSelection<K, F>>, OneRosterListEnd>;
  /**
   * The pages of a list with all that is known of them: what was rejected, how many rows came, and where. Returns how
   * the list ended, and throws for no doubt in it: whoever reads pages weighs the end.
   *
   * @throws ConfigurationError naming the option that is unknown or impossible
   */
  pages(options?: OneRosterPageOptions<K>): AsyncGenerator<OneRosterPage<OneRosterRecords[K]>, OneRosterListEnd>;
  /** The same record, of which only some fields are asked for. */
  get<const F extends OneRosterField<K>>(
    sourcedId: string,
    options: OneRosterGetOptions & { readonly fields: readonly F[] },
  ): Promise<OneRosterSelection<K, F>>;
  /**
   * One record by its sourcedId. Where a server refuses the encoded id in a path (400 or 404), it is asked for the
   * record by a filter too.
   *
   * @throws NotFoundError where it does not exist or is not shared
   * @throws DecodeError where the answer is no usable record
   * @throws ConfigurationError where no path can hold the id
   */
  get(sourcedId: string, options?: OneRosterGetOptions): Promise<OneRosterRecords[K]>;
}

/** A list: whom to ask, what comes, and how much of it at once. */
export interface ListDefinition<K extends OneRosterCollection> {
  readonly transport: Transport;
  /** Who is asked, for errors. */
  readonly source: string;
  readonly pageSize: number;
  readonly collection: K;
  /** @throws ConfigurationError where the version of the client has no such list */
  readonly path: () => string;
}

const LIST_OPTIONS = [
  'filter',
  'fields',
  'sort',
  'orderBy',
  'onRetry',
] as const satisfies readonly (keyof OneRosterListOptions)[];
const PAGE_OPTIONS = [...LIST_OPTIONS, 'after', 'signal'] as const;
const GET_OPTIONS = ['fields', 'signal', 'onRetry'] as const;

/** The options of any list, with or without fields. */
interface AnyListOptions {
  readonly filter?: OneRosterFilter | string | undefined;
  readonly fields?: readonly string[] | undefined;
  readonly sort?: string | undefined;
  readonly orderBy?: 'asc' | 'desc' | undefined;
  readonly onRetry?: ((retry: RequestRetry) => void) | undefined;
}

/** The options of one record, with or without fields. */
interface AnyGetOptions extends OneRosterGetOptions {
  readonly fields?: readonly string[] | undefined;
}

/** A list of a client and its records. */
export function resource<K extends OneRosterCollection>(definition: ListDefinition<K>): OneRosterResource<K> {
  const list = (options?: AnyListOptions): Paged<OneRosterRecords[K]> => listOf(definition, options);
  const pages = (options: AnyListOptions & PageOptions = {}) => {
    checkOptionNames(options, PAGE_OPTIONS);
    queryOf(definition.collection, options);
    return pagesOf({ ...definition, path: definition.path() }, options, options);
  };
  const get = async (sourcedId: string, options: AnyGetOptions = {}): Promise<OneRosterRecords[K]> => {
    checkOptionNames(options, GET_OPTIONS);
    return await recordAt<K>({ ...definition, path: definition.path() }, sourcedId, options);
  };
  return {
    list: list as OneRosterResource<K>['list'],
    pages: pages as OneRosterResource<K>['pages'],
    get: get as OneRosterResource<K>['get'],
  };
}

/** A list below a record; `pathOf` is given the id as a part of a path. */
export function nestedList<K extends OneRosterCollection>(
  definition: Omit<ListDefinition<K>, 'path'>,
  pathOf: (id: string) => string,
): OneRosterNestedList<K> {
  const list = (sourcedId: string, options?: AnyListOptions): Paged<OneRosterRecords[K]> =>
    listOf({ ...definition, path: () => pathOf(pathPart(sourcedId)) }, options);
  return list as OneRosterNestedList<K>;
}

/** A list below a record below a record; `pathOf` is given both ids as parts of a path. */
export function innerList<K extends OneRosterCollection>(
  definition: Omit<ListDefinition<K>, 'path'>,
  pathOf: (outer: string, inner: string) => string,
): OneRosterInnerList<K> {
  const list = (outer: string, inner: string, options?: AnyListOptions): Paged<OneRosterRecords[K]> =>
    listOf({ ...definition, path: () => pathOf(pathPart(outer), pathPart(inner)) }, options);
  return list as OneRosterInnerList<K>;
}

function listOf<K extends OneRosterCollection>(
  definition: ListDefinition<K>,
  options: AnyListOptions = {},
): Paged<OneRosterRecords[K]> {
  checkOptionNames(options, LIST_OPTIONS);
  const place = { ...definition, path: definition.path() };
  // Mistakes are told here, before anything is asked for.
  queryOf(place.collection, options);
  return new Paged((page) => wholeList(place, options, page));
}

/** A list of which the path is known. */
type Place<K extends OneRosterCollection> = Omit<ListDefinition<K>, 'path'> & { readonly path: string };

/** The pages of a list. @throws IncompleteReadError at an end that leaves a doubt */
async function* wholeList<K extends OneRosterCollection>(
  place: Place<K>,
  options: AnyListOptions,
  page: PageOptions,
): AsyncGenerator<OneRosterPage<OneRosterRecords[K]>> {
  const end = yield* pagesOf(place, options, page);
  if (end.state !== 'doubtful') return;
  const { source, path, collection } = place;
  const counts = `${String(end.received)} rows${end.total === undefined ? '' : ` of ${String(end.total)}`}`;
  throw new IncompleteReadError(
    `${source} sent the list ${path} in a way that leaves a doubt whether it is whole (${end.ended}, after ${counts}). Read it again; if it stays so, ask the server's support.`,
    { collection, expected: end.total, received: end.received },
  );
}

async function* pagesOf<K extends OneRosterCollection>(
  { transport, path, pageSize, collection, source }: Place<K>,
  options: AnyListOptions,
  { after, signal }: PageOptions,
): AsyncGenerator<OneRosterPage<OneRosterRecords[K]>, OneRosterListEnd> {
  const pages = readPages({
    transport,
    path,
    pageSize,
    query: queryOf(collection, options),
    rowsOf: (response) => rowsOf(collection, response, source),
    after,
    signal,
    onRetry: options.onRetry,
  });
  try {
    for (;;) {
      const step = await pages.next();
      if (step.done === true) return step.value;
      const { rows, ...known } = step.value;
      yield { ...known, ...decoded(collection, rows, options), received: rows.length };
    }
  } finally {
    await pages.return(undefined as never);
  }
}

function decoded<K extends OneRosterCollection>(
  collection: K,
  rows: readonly unknown[],
  { fields }: Pick<AnyListOptions, 'fields'>,
): Pick<OneRosterPage<OneRosterRecords[K]>, 'items' | 'rejected'> {
  // With `fields` given, the types of the surface say that any of them may be missing.
  const decode = (fields === undefined ? decodeRow : decodePart) as typeof decodeRow;
  const items: OneRosterRecords[K][] = [];
  const rejected: OneRosterRejectedRow[] = [];
  for (const [index, row] of rows.entries()) {
    const read = decode(collection, row);
    if ('record' in read) items.push(read.record);
    else rejected.push({ index, problem: read.problem, ...identityOf(collection, row) });
  }
  return { items, rejected };
}
