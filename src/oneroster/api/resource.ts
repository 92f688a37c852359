import {
  ApiError,
  ConfigurationError,
  ConnectionTimeoutError,
  DecodeError,
  IncompleteReadError,
} from '../../errors.js';
import {
  type JsonResponse,
  type Page,
  Paged,
  type PageOptions,
  type Query,
  type RejectedItem,
  type RequestRetry,
  type Transport,
} from '../../http/index.js';
import { decodeRow, identityOf, sourcedIdOf } from '../records/decode-rows.js';
import { rowOf, rowsOf } from './envelope.js';
import { percentEncoded } from '../auth/oauth1.js';
import type { OneRosterCollection, OneRosterRecords } from '../records/wire.js';

/** Which records to list. */
export interface OneRosterListOptions {
  /**
   * The standard's filter, such as `role='teacher'`: at most two clauses, joined by ` AND ` or ` OR `. Servers may
   * ignore it.
   *
   * @default every record
   */
  readonly filter?: string | undefined;
}

/** How to walk a list page by page. */
export interface OneRosterPageOptions extends OneRosterListOptions, PageOptions {
  /** Called before a request is made again. */
  readonly onRetry?: ((retry: RequestRetry) => void) | undefined;
}

/** How to read one record. */
export interface OneRosterGetOptions {
  readonly signal?: AbortSignal | undefined;
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
}

/** Below so few rows a page is not too heavy: a server that still fails has another trouble. */
const SMALLEST_PAGE = 50;

/**
 * One collection of a OneRoster server.
 *
 * Pages are read one after the other and in order of sourcedId, because offsets mean nothing in a list without an
 * order, and until one of them is empty, because servers cap a page below what was asked and miscount totals.
 */
export interface OneRosterResource<K extends OneRosterCollection> {
  /**
   * The records, page by page as far as they are asked for. Rows that cannot be used are left out, and named in
   * `rejected` of their page.
   *
   * Iterating throws IncompleteReadError where the server repeats a page, DecodeError where an answer is no OneRoster,
   * and ApiError or ConnectionError where a request fails in the end.
   *
   * @example
   * ```ts
   * import type { OneRosterClient } from 'rosterkit/oneroster';
   *
   * export async function countTeachers(client: OneRosterClient): Promise<number> {
   *   return (await client.users.list({ filter: "role='teacher'" }).toArray()).length;
   * }
   * ```
   */
  list(options?: OneRosterListOptions): Paged<OneRosterRecords[K]>;
  /** The pages of a list with all that is known of them: what was rejected, how many rows came, and where. */
  pages(options?: OneRosterPageOptions): AsyncGenerator<OneRosterPage<OneRosterRecords[K]>>;
  /**
   * One record by its sourcedId.
   *
   * @throws NotFoundError where it does not exist or is not shared
   * @throws DecodeError where the answer is no usable record
   * @throws ConfigurationError where no path can hold the id
   */
  get(sourcedId: string, options?: OneRosterGetOptions): Promise<OneRosterRecords[K]>;
}

/** A collection behind a transport. */
export class RestResource<K extends OneRosterCollection> implements OneRosterResource<K> {
  readonly #transport: Transport;
  readonly #collection: K;
  readonly #pageSize: number;
  readonly #source: string;

  constructor(transport: Transport, settings: { collection: K; pageSize: number; source: string }) {
    this.#transport = transport;
    this.#collection = settings.collection;
    this.#pageSize = settings.pageSize;
    this.#source = settings.source;
  }

  list(options: OneRosterListOptions = {}): Paged<OneRosterRecords[K]> {
    return new Paged((page) => this.pages({ ...options, ...page }));
  }

  async *pages(options: OneRosterPageOptions = {}): AsyncGenerator<OneRosterPage<OneRosterRecords[K]>> {
    let offset = offsetOf(options.after);
    let limit = this.#pageSize;
    let before: string | undefined;
    for (;;) {
      const response = await this.#transport.getJson(this.#collection, {
        query: { limit, offset, sort: 'sourcedId', orderBy: 'asc', filter: options.filter },
        signal: options.signal,
        onRetry: options.onRetry,
        queryAfter: smallerPage,
      });
      // What worked after a failure is kept: the next page would fail in the same way.
      limit = Number(response.query['limit']);
      const rows = rowsOf(this.#collection, response, this.#source);
      const total = totalOf(response);
      const ends = `${String(rows.length)} ${idOrRow(rows[0])} ${idOrRow(rows.at(-1))}`;
      if (rows.length > 0 && ends === before) {
        throw new IncompleteReadError(
          `${this.#source} sent the same page of ${this.#collection} twice, at offset ${String(offset)}: it does not heed the offset. Ask the server's support.`,
          { collection: this.#collection, expected: total, received: offset },
        );
      }
      before = ends;
      yield this.#page(rows, { offset, total, requestId: response.requestId });
      if (rows.length === 0) return;
      offset += rows.length;
    }
  }

  async get(sourcedId: string, options: OneRosterGetOptions = {}): Promise<OneRosterRecords[K]> {
    // A path drops the segments `.` and `..`, however they are encoded, and would lead to another record; half a
    // surrogate pair has no encoding at all.
    if (sourcedId === '' || sourcedId === '.' || sourcedId === '..' || /\p{Surrogate}/u.test(sourcedId)) {
      throw new ConfigurationError('sourcedId', "cannot stand in a URL's path. Use list with a filter instead.");
    }
    const path = `${this.#collection}/${percentEncoded(sourcedId)}`;
    const response = await this.#transport.getJson(path, { signal: options.signal });
    const decoded = decodeRow(this.#collection, rowOf(this.#collection, response, this.#source));
    if ('record' in decoded) return decoded.record;
    throw new DecodeError(
      `${this.#source} answered GET ${response.path} with a record that cannot be used (${decoded.problem}). Have it corrected at its origin.`,
      { source: this.#source, path: response.path, issues: [decoded.problem] },
    );
  }

  #page(
    rows: readonly unknown[],
    at: { readonly offset: number; readonly total: number | undefined; readonly requestId: string | undefined },
  ): OneRosterPage<OneRosterRecords[K]> {
    const items: OneRosterRecords[K][] = [];
    const rejected: OneRosterRejectedRow[] = [];
    for (const [index, row] of rows.entries()) {
      const decoded = decodeRow(this.#collection, row);
      if ('record' in decoded) items.push(decoded.record);
      else rejected.push({ index, problem: decoded.problem, ...identityOf(this.#collection, row) });
    }
    return {
      items,
      rejected,
      received: rows.length,
      offset: at.offset,
      requestId: at.requestId,
      cursor: rows.length === 0 ? undefined : String(at.offset + rows.length),
      ...(at.total === undefined ? {} : { total: at.total }),
    };
  }
}

/** A page that was too heavy is asked for again in half the size: what ClassLink advises for a 502. */
function smallerPage(error: Error, query: Query): Query {
  const isTooHeavy = error instanceof ConnectionTimeoutError || (error instanceof ApiError && error.status >= 500);
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

function totalOf(response: JsonResponse): number | undefined {
  const header = response.headers.get('x-total-count')?.trim() ?? '';
  return /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

/** What tells two pages apart: ids, because other fields may be stamped anew with every answer. */
function idOrRow(row: unknown): string {
  return sourcedIdOf(row) ?? JSON.stringify(row);
}
