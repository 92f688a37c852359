import { ApiError, ConfigurationError, DecodeError } from '../../errors.js';
import type { RequestRetry, Transport } from '../../http/index.js';
import { percentEncoded } from '../auth/oauth1.js';
import { type Decoded, decodePart, decodeRow, sourcedIdOf } from '../records/decode-rows.js';
import type { OneRosterCollection, OneRosterRecords } from '../records/wire.js';
import { rowOf, rowsOf } from './envelope.js';
import { fieldsParameter } from './query.js';

/** An id as a part of a path. */
export function pathPart(sourcedId: unknown): string {
  // A path drops the segments `.` and `..`, however they are encoded, and would lead to another record; half a
  // surrogate pair has no encoding at all.
  if (typeof sourcedId !== 'string' || /^\.{0,2}$|\p{Surrogate}/u.test(sourcedId)) {
    throw new ConfigurationError('sourcedId', "cannot stand in a URL's path. Use list with a filter instead.");
  }
  return percentEncoded(sourcedId);
}

/** Where a record is. */
interface Place<K extends OneRosterCollection> {
  readonly transport: Transport;
  readonly source: string;
  readonly collection: K;
  /** Of the list that it is in. */
  readonly path: string;
}

interface Options {
  readonly fields?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((retry: RequestRetry) => void) | undefined;
}

/**
 * One record of a list by its sourcedId.
 *
 * Ids may hold any character, and some servers refuse an encoded one in a path, above all `%2F`: these are asked by a
 * filter then. A server that ignores filters answers with others, so that only the very id counts.
 */
export async function recordAt<K extends OneRosterCollection>(
  place: Place<K>,
  sourcedId: string,
  options: Options,
): Promise<OneRosterRecords[K]> {
  const { transport, source, collection, path } = place;
  const part = pathPart(sourcedId);
  const query = { fields: fieldsParameter(collection, options.fields) };
  try {
    const response = await transport.getJson(`${path}/${part}`, { ...requestOptions(options), query });
    return usable(place, response.path, rowOf(collection, response, source), options);
  } catch (error) {
    const isRefused = ApiError.isInstance(error) && (error.status === 400 || error.status === 404);
    if (!isRefused || part === sourcedId || sourcedId.includes("'")) throw error;
    const found = await rowByFilter(place, sourcedId, options);
    if (found === undefined) throw error;
    return usable(place, path, found, options);
  }
}

/** The row that has the id; undefined where none has it, or the server does not answer such a question either. */
async function rowByFilter<K extends OneRosterCollection>(
  { transport, source, collection, path }: Place<K>,
  sourcedId: string,
  options: Options,
): Promise<unknown> {
  const query = {
    limit: 2,
    offset: 0,
    filter: `sourcedId='${sourcedId}'`,
    fields: fieldsParameter(collection, options.fields),
  };
  try {
    const response = await transport.getJson(path, { ...requestOptions(options), query });
    const rows = rowsOf(collection, response, source).filter((row) => sourcedIdOf(row) === sourcedId);
    return rows.length === 1 ? rows[0] : undefined;
  } catch (error) {
    if (ApiError.isInstance(error) || DecodeError.isInstance(error)) return undefined;
    throw error;
  }
}

function usable<K extends OneRosterCollection>(
  { source, collection }: Place<K>,
  path: string,
  row: unknown,
  { fields }: Options,
): OneRosterRecords[K] {
  // With `fields` given, the types of the surface say that any of them may be missing.
  const decoded = (fields === undefined ? decodeRow(collection, row) : decodePart(collection, row)) as Decoded<
    OneRosterRecords[K]
  >;
  if ('record' in decoded) return decoded.record;
  throw new DecodeError(
    `${source} answered GET ${path} with a record that cannot be used (${decoded.problem}). Have it corrected at its origin.`,
    { source, path, issues: [decoded.problem] },
  );
}

function requestOptions({ signal, onRetry }: Options): Omit<Options, 'fields'> {
  return { signal, onRetry };
}
