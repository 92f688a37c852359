import type { CleverRecord } from './records.js';
import type { CleverVersion, Listing } from './view.js';
import { lowerBound, positionOf, upperBound } from '../lookup.js';
import { jsonAnswer, type ServiceAnswer, wholeNumber } from '../service.js';

const defaultLimit = 100;

/** A list as it was asked for. */
export interface ListRequest {
  readonly url: URL;
  readonly version: CleverVersion;
  /** Where the single records of the list are, such as `/v3.0/users`. */
  readonly path: string;
  /** What `self` says. */
  readonly self: string;
  /** @default 10,000 */
  readonly greatestLimit?: number;
  /** Ends the list here, though there is more. */
  readonly endEarly: boolean;
}

/** A page of the list: `limit`, and `starting_after` or `ending_before`, which may be `last`. */
export function answerList(listing: Listing, request: ListRequest): ServiceAnswer {
  const { url, version, path, greatestLimit = 10_000 } = request;
  const { searchParams } = url;
  const limit = wholeNumber(searchParams.get('limit'), defaultLimit);
  if (limit === undefined || limit === 0) return jsonAnswer(400, { message: 'limit is not a positive number' });
  if (limit > greatestLimit) return jsonAnswer(413, { message: `limit is greater than ${String(greatestLimit)}` });
  const after = searchParams.get('starting_after');
  const before = searchParams.get('ending_before');
  if (after !== null && before !== null) {
    return jsonAnswer(400, { message: 'starting_after and ending_before exclude each other' });
  }

  const { records } = listing;
  const end = before === null || before === 'last' ? records.length : lowerBound(records, before);
  const start = after !== null ? upperBound(records, after) : before === null ? 0 : Math.max(0, end - limit);
  const stop = request.endEarly ? start : Math.min(start + limit, end);
  const data: { readonly data: CleverRecord; readonly uri: string }[] = [];
  for (let position = start; position < stop; position += 1) {
    const write = listing.writerAt(position);
    const id = records[position]?.id ?? '';
    if (write !== undefined) data.push({ data: write(version), uri: `${path}/${id}` });
  }

  const links = [{ rel: 'self', uri: request.self }];
  const first = records[start];
  const last = records[stop - 1];
  if (data.length > 0 && first !== undefined && (after !== null || (before !== null && start > 0))) {
    links.push({ rel: 'prev', uri: pageUri(url, 'ending_before', first.id) });
  }
  if (data.length > 0 && last !== undefined && stop < records.length) {
    links.push({ rel: 'next', uri: pageUri(url, 'starting_after', last.id) });
  }
  return jsonAnswer(200, { data, links });
}

/** The record of the list that has the id. Without `links`, there are none in the answer, as user tokens get it. */
export function answerSingle(
  listing: Listing,
  id: string,
  version: CleverVersion,
  links?: (record: CleverRecord) => readonly { readonly rel: string; readonly uri: string }[],
): ServiceAnswer {
  const write = listing.writerAt(positionOf(listing.records, id));
  if (write === undefined) return notFound();
  const data = write(version);
  return jsonAnswer(200, links === undefined ? { data } : { data, links: links(data) });
}

/** The same list at another place. A limit that was sent is kept, one that was not is left out. */
function pageUri(url: URL, cursor: 'starting_after' | 'ending_before', id: string): string {
  const query = new URLSearchParams(url.searchParams);
  query.delete('starting_after');
  query.delete('ending_before');
  query.set(cursor, id);
  return `${url.pathname}?${query.toString()}`;
}

export function notFound(): ServiceAnswer {
  return jsonAnswer(404, { message: 'Resource not found' });
}

/** As Clever words a collection that the district or the application did not allow. */
export function outOfScope(): ServiceAnswer {
  return jsonAnswer(404, { message: "Resource not in token's scopes" });
}
