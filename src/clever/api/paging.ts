/**
 * Pages of a list of Clever, to an end that is proven as far as Clever allows: no row is lost in silence, and no list goes
 * round in circles.
 *
 * @module
 */

import { IncompleteReadError, type RosterError } from '../../errors.js';
import type { Field, Page, PageOptions, Query, RequestRetry, Transport } from '../../http/index.js';
import { type ReadPage, readPage } from './envelope.js';

/** A list to read. */
export interface ListDefinition<T> {
  readonly transport: Transport;
  /** Such as `/v3.0/schools/58da8c58155b940248000007/users`. */
  readonly path: string;
  /** What its records are, for errors: such as `users`. */
  readonly name: string;
  /** Reads one record. */
  readonly read: Field<T>;
  /** How many records to ask for at once; undefined where the list knows no pages. */
  readonly pageSize: number | undefined;
  /** What narrows the list. @default nothing */
  readonly query?: Query;
  /** How many records the whole list has, where that can be asked. @default it cannot */
  readonly count?: (options: {
    readonly signal: AbortSignal | undefined;
    readonly onRetry: ((retry: RequestRetry) => void) | undefined;
  }) => Promise<number | undefined>;
}

/** A smaller page than this is no help to a server that is in trouble. */
const SMALLEST_PAGE = 50;

/** After so many pages without a row, one after the other, a list that still links to a next one is not believed. */
const MOST_EMPTY_PAGES = 5;

/**
 * Why a page is asked for: it comes first, it was linked to, it was linked to and came empty, or the page before had no link
 * and might not be the last.
 */
type Reason = 'first' | 'next' | 'again' | 'confirm';

/** Reads a list page by page. @throws IncompleteReadError where rows must be missing, or pages repeat */
export async function* pagesOf<T>(
  definition: ListDefinition<T>,
  onRetry: ((retry: RequestRetry) => void) | undefined,
  { after, signal }: PageOptions,
): AsyncGenerator<Page<T>> {
  const seen = new Set<string>(after === undefined ? [] : [after]);
  let cursor = after;
  let limit = definition.pageSize;
  let reason: Reason = 'first';
  let received = 0;
  let emptyPages = 0;
  for (;;) {
    const response = await definition.transport.getJson(definition.path, {
      query: { ...definition.query, limit, starting_after: cursor },
      signal,
      onRetry,
      queryAfter: withSmallerPage,
    });
    const { requestId } = response;
    const answeredLimit = response.query['limit'];
    if (typeof answeredLimit === 'number') limit = answeredLimit;
    const page = readPage(response, definition.read);
    const failure = (what: string, expected?: number) =>
      incomplete(what, { collection: definition.name, received, expected, requestId });
    if (page.rowCount === 0 && reason === 'next') {
      reason = 'again';
      continue;
    }
    if (reason === 'confirm') {
      // Only a list that came whole, beyond the limit, may take no notice of where to begin.
      const isSamePage = page.rowCount > 0 && page.lastId === cursor;
      if (isSamePage && page.rowCount === limit) throw failure(`sent the same full page of ${definition.name} twice`);
      if (isSamePage || (page.rowCount === 0 && page.next === undefined)) return;
    }
    received += page.rowCount;
    emptyPages = page.rowCount === 0 ? emptyPages + 1 : 0;
    const behind: string | undefined = page.next ?? (isDoubtful(page, limit, definition) ? page.lastId : undefined);
    // An end without a row, where a link promised some or none ever came, is only believed if the count agrees.
    if (behind === undefined && page.rowCount === 0 && after === undefined) {
      const expected = await definition.count?.({ signal, onRetry });
      if (expected !== undefined && expected > received)
        throw failure(`ended the list of ${definition.name}`, expected);
    }
    yield asPage(page, behind, requestId);
    if (behind === undefined) return;
    if (seen.has(behind)) throw failure(`sent the same next page of ${definition.name} twice`);
    if (emptyPages >= MOST_EMPTY_PAGES) {
      throw failure(`sent ${String(emptyPages)} empty pages of ${definition.name} one after the other`);
    }
    seen.add(behind);
    cursor = behind;
    reason = page.next === undefined ? 'confirm' : 'next';
  }
}

function asPage<T>(page: ReadPage<T>, cursor: string | undefined, requestId: string | undefined): Page<T> {
  const { items, rejected } = page;
  return { items, cursor, requestId, ...(rejected.length > 0 ? { rejected } : {}) };
}

/**
 * Whether a page without a link to a next one is only believed to be the last once nothing comes behind it. A list of the
 * whole district always: what is missing from it would be taken for gone.
 */
function isDoubtful(
  { rowCount, hasLinks }: ReadPage<unknown>,
  limit: number | undefined,
  { count }: ListDefinition<unknown>,
): boolean {
  if (limit === undefined || rowCount === 0) return false;
  return rowCount >= limit || !hasLinks || count !== undefined;
}

function incomplete(
  what: string,
  details: {
    readonly collection: string;
    readonly received: number;
    readonly expected: number | undefined;
    readonly requestId: string | undefined;
  },
): IncompleteReadError {
  const { received, expected, requestId } = details;
  const counts = `${String(received)} records${expected === undefined ? '' : ` of ${String(expected)}`}`;
  const request = requestId === undefined ? '' : ` about request ${requestId}`;
  return new IncompleteReadError(
    `clever ${what}, after ${counts}. Read the list again; if it stays so, tell Clever's support${request}.`,
    details,
  );
}

/** Clever fails on pages that take it too long (502, 503, 504, silence) or hold too much (413): then half as many are asked for. */
function withSmallerPage(error: RosterError, query: Query): Query {
  const { limit } = query;
  const status = 'status' in error ? error.status : undefined;
  const isTooMuch =
    status === 413 || status === 502 || status === 503 || status === 504 || error.code === 'connection_timeout';
  if (!isTooMuch || typeof limit !== 'number' || limit <= SMALLEST_PAGE) return query;
  return { ...query, limit: Math.max(SMALLEST_PAGE, Math.floor(limit / 2)) };
}
