/**
 * Pages of a list of OneRoster, to an end that is proven as far as the server allows.
 *
 * The offset goes on by the rows that came, because servers cap a page below what was asked. Only an empty page ends a
 * list: a short page may be a capped one, and a total may be wrong. `Link` headers are not heeded: they lie, and lead to
 * other hosts.
 *
 * @module
 */

import { ApiError, ConfigurationError, ConnectionTimeoutError } from '../../errors.js';
import type { JsonResponse, Query, RequestRetry, Transport } from '../../http/index.js';
import { ListProof, type OneRosterListEnd } from './list-proof.js';

export type { OneRosterListEnd } from './list-proof.js';

/** A list to read. */
export interface PageRequest {
  readonly transport: Transport;
  /** Below the base URL, with ids percent-encoded. */
  readonly path: string;
  /** How many rows to ask for at once; fewer where the server cannot bear it. */
  readonly pageSize: number;
  /** The rows of an answer. Throws where it is an error or of an unknown shape, which must never pass for an empty page. */
  readonly rowsOf: (response: JsonResponse) => readonly unknown[];
  /** `filter`, `fields`, `sort` and `orderBy`. @default in ascending order of sourcedId */
  readonly query?: Query | undefined;
  /** The cursor of an earlier page of the same list. @default the beginning */
  readonly after?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((retry: RequestRetry) => void) | undefined;
}

/** One page, as it came. */
export interface RawPage {
  readonly rows: readonly unknown[];
  /** Where the page began in the list. */
  readonly offset: number;
  /** What `x-total-count` says on this page. */
  readonly total?: number;
  readonly requestId: string | undefined;
  /** What `x-perm-rev` says on this page. */
  readonly revision?: string;
  /** Resumes behind this page; undefined on the empty page that ends the list. */
  readonly cursor: string | undefined;
}

/** Below so few rows a page is not too heavy: a server that still fails has another trouble. */
const SMALLEST_PAGE = 50;

/**
 * Reads a list page by page; returns how it ended. The last page is empty; a page that only repeats is not given.
 *
 * @throws ConfigurationError where `after` is no cursor; what `rowsOf` throws; ApiError and ConnectionError where a request
 *   fails in the end; where the caller aborts, the signal's own reason
 */
export async function* readPages(request: PageRequest): AsyncGenerator<RawPage, OneRosterListEnd> {
  const start = offsetOf(request.after);
  const proof = new ListProof(start);
  const query = inSomeOrder(request.query);
  let limit = request.pageSize;
  let offset = start;
  for (;;) {
    const response = await readPage(request, { ...query, limit, offset });
    // What worked after a failure is kept: the next page would fail in the same way.
    limit = Number(response.query['limit']);
    const rows = request.rowsOf(response);
    const { total, revision, isRepeated } = proof.add(rows, offset, response);
    if (isRepeated) return proof.atRepeatedPage(offset - start);
    const next = offset + rows.length;
    yield {
      rows,
      offset,
      requestId: response.requestId,
      cursor: rows.length === 0 ? undefined : String(next),
      ...(total === undefined ? {} : { total }),
      ...(revision === undefined ? {} : { revision }),
    };
    if (rows.length === 0) return proof.atEmptyPage();
    if (proof.isEndless()) return proof.atTooManyRows();
    offset = next;
  }
}

/** Offsets mean nothing in a list without an order. */
function inSomeOrder(query: Query = {}): Query {
  return { ...query, sort: query['sort'] ?? 'sourcedId', orderBy: query['orderBy'] ?? 'asc' };
}

/**
 * One page; one that is too heavy is asked for again in half the size, which is what ClassLink advises for a 502. That
 * goes on where the retries of one request end: a smaller page is another request, down to the smallest that makes sense.
 */
async function readPage({ transport, path, signal, onRetry }: PageRequest, first: Query): Promise<JsonResponse> {
  let query = first;
  for (;;) {
    try {
      return await transport.getJson(path, {
        query,
        signal,
        onRetry,
        queryAfter: (error, failed) => (query = smallerPage(error, failed)),
      });
    } catch (error) {
      const smaller = smallerPage(error, query);
      // Who says that it is busy may have said for how long: that is for the caller to wait.
      if (smaller === query || (error instanceof ApiError && error.status === 503)) throw error;
      query = smaller;
    }
  }
}

function smallerPage(error: unknown, query: Query): Query {
  const isTooHeavy =
    error instanceof ConnectionTimeoutError ||
    (error instanceof ApiError && (error.status === 413 || error.status >= 500));
  const limit = Number(query['limit']);
  return isTooHeavy && limit > SMALLEST_PAGE
    ? { ...query, limit: Math.max(SMALLEST_PAGE, Math.floor(limit / 2)) }
    : query;
}

function offsetOf(after: string | undefined): number {
  if (after === undefined) return 0;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new ConfigurationError('after', 'is the cursor of an earlier page of the same list');
}
