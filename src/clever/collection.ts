import { z } from 'zod';
import { ConfigurationError, DecodeError, IncompleteReadError, type RosterError } from '../errors.js';
import {
  issuesOf,
  type JsonResponse,
  type Page,
  Paged,
  type PageOptions,
  type Query,
  type RejectedItem,
  type RequestRetry,
  sourcedId,
  type Transport,
} from '../http/index.js';

/** How to read a list. */
export interface CleverListOptions {
  /** Called before a request is made again. */
  readonly onRetry?: ((retry: RequestRetry) => void) | undefined;
}

/** How to read one record. */
export interface CleverGetOptions extends CleverListOptions {
  readonly signal?: AbortSignal | undefined;
}

/** One of Clever's collections: its records as a lazy list, or one by its id. */
export interface CleverCollection<T, Options extends CleverListOptions = CleverListOptions> {
  /**
   * All records that the token sees, in ascending order of their ids. Rows that cannot be decoded are left out, and
   * named in `rejected` of their page.
   */
  list(options?: Options): Paged<T>;
  /**
   * One record.
   *
   * @throws NotFoundError where it was deleted, or is not shared
   */
  get(id: string, options?: CleverGetOptions): Promise<T>;
}

/** What a collection is made of. */
export interface CollectionDefinition<T> {
  readonly transport: Transport;
  /** The collection's word in the path, such as `users`. */
  readonly name: string;
  /** Such as `3.0`. */
  readonly version: string;
  readonly schema: z.ZodType<T>;
  /** How many records to ask for at once; undefined where the list knows no pages. */
  readonly pageSize: number | undefined;
}

/** A smaller page than this is no help to a server that is in trouble. */
const SMALLEST_PAGE = 50;

const listEnvelope = z.object({
  data: z.array(z.unknown()),
  links: z.array(z.object({ rel: z.string(), uri: z.string() })),
});

/** Reads one collection; `queryOf` turns the options of a list into its query. */
export function collection<T, Options extends CleverListOptions>(
  definition: CollectionDefinition<T>,
  queryOf: (options: Options) => Query,
): CleverCollection<T, Options> {
  return {
    list: (options) =>
      new Paged((pageOptions) =>
        pagesOf(definition, options === undefined ? {} : queryOf(options), options?.onRetry, pageOptions),
      ),
    get: async (id, { signal, onRetry } = {}) => {
      if (id === '') throw new ConfigurationError('id', 'is empty: name the record to read.');
      const path = `${pathOf(definition)}/${encodeURIComponent(id)}`;
      const response = await definition.transport.getJson(path, { signal, onRetry });
      const inner = unwrapped(response.body);
      if (inner === undefined) throw unknownEnvelope(response, ['data: missing']);
      const record = definition.schema.safeParse(inner);
      if (!record.success) throw unknownEnvelope(response, issuesOf(record.error));
      return record.data;
    },
  };
}

async function* pagesOf<T>(
  definition: CollectionDefinition<T>,
  query: Query,
  onRetry: ((retry: RequestRetry) => void) | undefined,
  { after, signal }: PageOptions,
): AsyncGenerator<Page<T>> {
  const seen = new Set<string>(after === undefined ? [] : [after]);
  let cursor = after;
  let limit = definition.pageSize;
  let received = 0;
  for (;;) {
    const response = await definition.transport.getJson(pathOf(definition), {
      query: { ...query, limit, starting_after: cursor },
      signal,
      onRetry,
      queryAfter: withSmallerPage,
    });
    const answeredLimit = response.query['limit'];
    if (typeof answeredLimit === 'number') limit = answeredLimit;
    const { page, next } = decodedPage(definition, response);
    received += page.items.length;
    yield page;
    if (next === undefined) return;
    if (seen.has(next)) {
      throw new IncompleteReadError(
        `clever sent the same next page of ${definition.name} twice, after ${String(received)} records. Read the list again; if it stays so, tell Clever's support${page.requestId === undefined ? '' : ` about request ${page.requestId}`}.`,
        { collection: definition.name, received },
      );
    }
    seen.add(next);
    cursor = next;
  }
}

/** Clever fails on pages that take it too long (502, 503, 504, silence): then half as many are asked for. */
function withSmallerPage(error: RosterError, query: Query): Query {
  const { limit } = query;
  const status = 'status' in error ? error.status : undefined;
  const isTooMuch = status === 502 || status === 503 || status === 504 || error.code === 'connection_timeout';
  if (!isTooMuch || typeof limit !== 'number' || limit <= SMALLEST_PAGE) return query;
  return { ...query, limit: Math.max(SMALLEST_PAGE, Math.floor(limit / 2)) };
}

function decodedPage<T>(
  definition: CollectionDefinition<T>,
  response: JsonResponse,
): { readonly page: Page<T>; readonly next: string | undefined } {
  const envelope = listEnvelope.safeParse(response.body);
  if (!envelope.success) throw unknownEnvelope(response, issuesOf(envelope.error));
  const items: T[] = [];
  const rejected: RejectedItem[] = [];
  let wrappedRows = 0;
  for (const [index, row] of envelope.data.data.entries()) {
    const inner = unwrapped(row);
    if (inner === undefined) {
      rejected.push({ index, problem: 'not-a-record' });
      continue;
    }
    wrappedRows += 1;
    const record = definition.schema.safeParse(inner);
    if (record.success) {
      items.push(record.data);
      continue;
    }
    const id = sourcedId(inner['id']);
    rejected.push({
      index,
      problem: issuesOf(record.error)[0] ?? 'invalid',
      ...(id === undefined ? {} : { sourcedId: id }),
    });
  }
  if (wrappedRows === 0 && rejected.length > 0) throw unknownEnvelope(response, ['data: rows without data']);
  const next = nextCursor(envelope.data.links, response);
  const page = { items, cursor: next, requestId: response.requestId, ...(rejected.length > 0 ? { rejected } : {}) };
  return { page, next };
}

/** Clever puts every record into an object of its own, beside its address. */
function unwrapped(row: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isObject(row) || !isObject(row['data'])) return undefined;
  return row['data'];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where the link to the next page begins. The link itself is not followed: it repeats a page size that may be too large. */
function nextCursor(
  links: readonly { readonly rel: string; readonly uri: string }[],
  response: JsonResponse,
): string | undefined {
  const next = links.find((link) => link.rel === 'next');
  if (next === undefined) return undefined;
  const cursor = new URLSearchParams(next.uri.slice(next.uri.indexOf('?') + 1)).get('starting_after');
  if (cursor === null || cursor === '') throw unknownEnvelope(response, ['links: next without starting_after']);
  return cursor;
}

function pathOf(definition: CollectionDefinition<unknown>): string {
  return `/v${definition.version}/${definition.name}`;
}

function unknownEnvelope(response: JsonResponse, issues: readonly string[]): DecodeError {
  const request = response.requestId === undefined ? '' : `, request ${response.requestId}`;
  return new DecodeError(
    `clever answered ${response.path} in a shape that is not known (${issues.slice(0, 3).join('; ')}${request}). Check the version and the base URL.`,
    { source: 'clever', path: response.path, issues },
  );
}
