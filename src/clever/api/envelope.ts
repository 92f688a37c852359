/**
 * What Clever puts around its records: every record of a list lies in an object of its own, beside its address, and links
 * say what comes next.
 *
 * @module
 */

import { DecodeError } from '../../errors.js';
import {
  type Field,
  isObject,
  type JsonResponse,
  type Page,
  Problem,
  type RejectedItem,
  sourcedId,
} from '../../http/index.js';

/** One page of a list, read. */
export interface ReadPage<T> {
  readonly items: Page<T>['items'];
  readonly rejected: readonly RejectedItem[];
  /** How many rows were sent, whether they could be used or not. */
  readonly rowCount: number;
  /** Where the next page begins, where Clever links to one. */
  readonly next: string | undefined;
  /** Whether there were links at all: an answer without them does not say whether it is the end. */
  readonly hasLinks: boolean;
  /** The id of the last row that has one. */
  readonly lastId: string | undefined;
}

/** The list of an empty answer about resources has another name, and no links. */
const RESOURCES = 'resources';

/** The rows of a page. @throws DecodeError where the answer is no list of Clever's */
export function readPage<T>(response: JsonResponse, read: Field<T>): ReadPage<T> {
  const { rows, links } = listOf(response);
  const items: T[] = [];
  const rejected: RejectedItem[] = [];
  let wrappedRows = 0;
  let lastId: string | undefined;
  for (const [index, row] of rows.entries()) {
    const inner = isObject(row) ? row['data'] : undefined;
    if (!isObject(inner)) {
      rejected.push({ index, problem: 'not-a-record' });
      continue;
    }
    wrappedRows += 1;
    const id = sourcedId(inner['id']);
    lastId = id ?? lastId;
    const item = read(inner);
    if (!(item instanceof Problem)) items.push(item);
    else rejected.push({ index, problem: String(item), ...(id === undefined ? {} : { sourcedId: id }) });
  }
  if (wrappedRows === 0 && rejected.length > 0) throw unknownShape(response, ['data: rows without data']);
  const next = links === undefined ? undefined : nextCursor(links, response);
  return { items, rejected, rowCount: rows.length, next, hasLinks: links !== undefined, lastId };
}

function listOf(response: JsonResponse): {
  readonly rows: readonly unknown[];
  readonly links: readonly unknown[] | undefined;
} {
  const { body, path } = response;
  if (!isObject(body)) throw unknownShape(response, ['body: no object']);
  const { data, links } = body;
  if (data === undefined && path.endsWith(`/${RESOURCES}`) && Array.isArray(body[RESOURCES])) {
    return { rows: body[RESOURCES], links: [] };
  }
  if (!Array.isArray(data)) throw unknownShape(response, ['data: no list']);
  if (Array.isArray(links)) return { rows: data, links };
  // Rows speak for themselves; an empty list that nothing vouches for might be anybody's.
  if (links === undefined && data.length > 0) return { rows: data, links };
  throw unknownShape(response, ['links: no list']);
}

/**
 * Where the link to the next page begins. The link itself is not followed: it repeats a page size that may be too large.
 * Links to what came before are no concern of a list that is read to its end.
 */
function nextCursor(links: readonly unknown[], response: JsonResponse): string | undefined {
  const next = links.filter(isObject).find((link) => link['rel'] === 'next');
  if (next === undefined) return undefined;
  const uri = typeof next['uri'] === 'string' ? next['uri'] : '';
  const cursor = new URLSearchParams(uri.slice(uri.indexOf('?') + 1)).get('starting_after');
  if (cursor === null || cursor === '') throw unknownShape(response, ['links: next without starting_after']);
  return cursor;
}

/** The one record of an answer. @throws DecodeError where there is none, or none that can be used */
export function readOne<T>(response: JsonResponse, read: Field<T>): T {
  const { body } = response;
  const inner = isObject(body) ? body['data'] : undefined;
  if (!isObject(inner)) throw unknownShape(response, ['data: missing']);
  const record = read(inner);
  if (record instanceof Problem) throw unknownShape(response, [String(record)]);
  return record;
}

/**
 * The number in an answer to `count=true`. Clever does not say where in the answer it stands; a server that does not know
 * the word sends an ordinary list.
 */
export function readCount({ body }: JsonResponse): number | undefined {
  if (!isObject(body)) return undefined;
  const { data, paging } = body;
  const places = [
    body['count'],
    data,
    isObject(data) ? data['count'] : undefined,
    isObject(paging) ? paging['count'] : undefined,
  ];
  return places.find(isCount);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The error of an answer that is not what Clever sends. */
export function unknownShape(response: JsonResponse, issues: readonly string[]): DecodeError {
  const { path, requestId } = response;
  const request = requestId === undefined ? '' : `, request ${requestId}`;
  return new DecodeError(
    `clever answered ${path} in a shape that is not known (${issues.join('; ')}${request}). Check the version and the base URL.`,
    { source: 'clever', path, issues, requestId },
  );
}
