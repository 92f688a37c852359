import { ApiError, DecodeError, RosterError } from '../../errors.js';
import type { RejectedRow, WholeReadReason } from '../../model/index.js';
import type { OneRosterListEnd } from '../api/paging.js';
import type { OneRosterPage, OneRosterResource } from '../api/resource.js';
import type { OneRosterRecords, OneRosterRosterCollection } from '../records/wire.js';
import { isRefusal, type ListReadOptions, REQUIRED, ROSTER_NAMES } from './read-list.js';

/** The rows of a list that changed. */
export interface ChangedList<T> {
  readonly records: readonly T[];
  readonly rejected: readonly RejectedRow[];
  /** Undefined where the collection is not shared. */
  readonly end: OneRosterListEnd | undefined;
}

/**
 * What a list with a filter has; or why that says nothing of what changed. Half of a list is worse than none: it is an
 * error, or a reason.
 */
export async function readChanged<K extends OneRosterRosterCollection>(
  collection: K,
  resource: OneRosterResource<K>,
  filter: string,
  { signal, onPage, onRetry }: ListReadOptions,
): Promise<ChangedList<OneRosterRecords[K]> | WholeReadReason> {
  const records: OneRosterRecords[K][] = [];
  const rejected: RejectedRow[] = [];
  const name = ROSTER_NAMES[collection];
  let received = 0;
  const list: AsyncGenerator<OneRosterPage<OneRosterRecords[K]>, OneRosterListEnd> = resource.pages({
    filter,
    signal,
    onRetry,
  });
  try {
    for (;;) {
      const next = await list.next();
      if (next.done === true) {
        return next.value.state === 'doubtful' ? 'CHANGES_UNCLEAR' : { records, rejected, end: next.value };
      }
      const page = next.value;
      received += page.received;
      for (const record of page.items) records.push(record);
      for (const { index: _row, ...row } of page.rejected) {
        rejected.push({ collection: name, ...row, location: `changes of ${collection}` });
      }
      onPage?.({ collection: name, received });
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!RosterError.isInstance(error) || received > 0) throw error;
    if (isRefusal(error) && !REQUIRED.has(collection)) return { records, rejected, end: undefined };
    if (isOfFilter(error)) return 'FILTER_REFUSED';
    throw error;
  }
}

/**
 * Whether the filter may be why a server fails. Some answer 404 where nothing matches, some break over what they do not
 * know; whether there is another reason, the whole read tells.
 */
function isOfFilter(error: RosterError): boolean {
  if (error instanceof DecodeError) return true;
  return error instanceof ApiError && error.status !== 401 && error.status !== 429;
}

/** The earliest of our instant and those at which the server says that it began. */
export function earliest(readAt: string, ends: readonly (OneRosterListEnd | undefined)[]): string {
  const times = ends.flatMap((end) => end?.serverTime ?? []);
  return [readAt, ...times].reduce((first, time) => (Date.parse(time) < Date.parse(first) ? time : first));
}
