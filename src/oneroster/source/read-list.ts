/**
 * Reads one list of a server to its end, twice where once does not prove that it is whole.
 *
 * @module
 */

import { AuthenticationError, DecodeError, NotFoundError, PermissionDeniedError, RosterError } from '../../errors.js';
import type { Collection, CollectionAttestation, RejectedRow } from '../../model/index.js';
import type { ReadOptions } from '../../ports/index.js';
import type { OneRosterListEnd } from '../api/paging.js';
import type { OneRosterPage, OneRosterResource } from '../api/resource.js';
import { BARE_TOMBSTONE } from '../records/decode-rows.js';
import type { OneRosterRecords, OneRosterRosterCollection } from '../records/wire.js';

/** A collection as it was read. */
export interface CollectionRead<T> {
  readonly records: readonly T[];
  readonly attestation: CollectionAttestation;
  readonly rejected: readonly RejectedRow[];
}

/** A collection as it was read from a server. */
export interface ListRead<T> extends CollectionRead<T> {
  /** The end of the list; undefined where it broke off or was refused. */
  readonly end: OneRosterListEnd | undefined;
}

/** The lists of a source. In demographics nothing but guardians is looked for. */
export type SourceList = OneRosterRosterCollection | 'demographics';

/** What each list is called in a roster. */
export const ROSTER_NAMES: Readonly<Record<SourceList, Collection>> = {
  orgs: 'schools',
  academicSessions: 'terms',
  courses: 'courses',
  classes: 'classes',
  users: 'users',
  enrollments: 'enrollments',
  demographics: 'guardianLinks',
};

/** Without these there is no roster; the others only describe it further. */
export const REQUIRED: ReadonlySet<SourceList> = new Set(['orgs', 'classes', 'users', 'enrollments']);

/** How to read a list. */
export interface ListReadOptions extends Omit<ReadOptions, 'signal'> {
  readonly signal: AbortSignal;
}

/**
 * A list, with an honest word on its end. A second read that sees the same rows as the first one makes up for a server
 * that proves nothing: no chance loses the same rows twice. A revision that changes concerns all lists and is left to the
 * caller.
 *
 * @throws RosterError where a required collection is refused, is no OneRoster, or fails at its first page
 */
export async function readList<K extends SourceList>(
  collection: K,
  resource: OneRosterResource<K>,
  options: ListReadOptions,
): Promise<ListRead<OneRosterRecords[K]>> {
  const first = await readOnce(collection, resource, { ...options, mayFail: false });
  const isSettled = first.end === undefined || first.end.state === 'proven' || first.end.ended === 'revision-changed';
  if (isSettled) return attested(first);
  return settled(first, await readOnce(collection, resource, { ...options, mayFail: true }));
}

/** One reading of a list, whatever it proves. */
interface Reading<T> {
  readonly records: readonly T[];
  readonly rejected: readonly RejectedRow[];
  readonly received: number;
  readonly total: number | undefined;
  readonly end: OneRosterListEnd | undefined;
  /** Why it has no end. */
  readonly broken?: Pick<CollectionAttestation, 'state' | 'ended'>;
}

async function readOnce<K extends SourceList>(
  collection: K,
  resource: OneRosterResource<K>,
  { signal, onPage, onRetry, mayFail }: ListReadOptions & { readonly mayFail: boolean },
): Promise<Reading<OneRosterRecords[K]>> {
  const records: OneRosterRecords[K][] = [];
  const rejected: RejectedRow[] = [];
  let pages = 0;
  let received = 0;
  let total: number | undefined;
  const list: AsyncGenerator<OneRosterPage<OneRosterRecords[K]>, OneRosterListEnd> = resource.pages({
    signal,
    onRetry,
  });
  try {
    for (;;) {
      const next = await list.next();
      if (next.done === true) return { records, rejected, received, total: next.value.total, end: next.value };
      const page = next.value;
      pages += 1;
      received += page.received;
      total ??= page.total;
      for (const record of page.items) records.push(record);
      for (const { index, ...row } of page.rejected) {
        if (row.problem === BARE_TOMBSTONE) continue;
        const location = `${collection}, offset ${String(page.offset + index)}`;
        rejected.push({ collection: ROSTER_NAMES[collection], ...row, location });
      }
      onPage?.({
        collection: ROSTER_NAMES[collection],
        received,
        ...(page.total === undefined ? {} : { total: page.total }),
      });
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!RosterError.isInstance(error)) throw error;
    const isFatal = isRefusal(error) || error instanceof DecodeError || (pages === 0 && !mayFail);
    if (REQUIRED.has(collection) && isFatal) throw error;
    return { records, rejected, received, total, end: undefined, broken: brokenBy(error, pages, received) };
  }
}

function brokenBy(error: RosterError, pages: number, received: number): Pick<CollectionAttestation, 'state' | 'ended'> {
  if (pages === 0 && isRefusal(error)) return { state: 'not-shared', ended: 'refused' };
  return { state: received === 0 ? 'failed' : 'incomplete', ended: 'page-failed' };
}

/** Whether a server says that the collection is not for these credentials. */
export function isRefusal(error: unknown): boolean {
  return (
    error instanceof AuthenticationError || error instanceof PermissionDeniedError || error instanceof NotFoundError
  );
}

/** What two readings prove together. */
function settled<T>(first: Reading<T>, second: Reading<T>): ListRead<T> {
  if (second.broken?.state === 'not-shared') return attested(second);
  const { end } = second;
  if (end === undefined) return attested(first, { state: 'incomplete', ended: second.broken?.ended });
  if (end.state === 'proven') return attested(second);
  if (end.state === 'doubtful') return attested(larger(first, second), { state: 'incomplete', ended: end.ended });
  if (end.digest === first.end?.digest) return attested(second, { state: 'complete', ended: 'read-twice' });
  return attested(larger(first, second), { state: 'incomplete', ended: 'moved' });
}

/** Of two readings that prove nothing the one with more rows, and of two alike the newer one. */
function larger<T>(first: Reading<T>, second: Reading<T>): Reading<T> {
  return second.received >= first.received ? second : first;
}

function attested<T>(
  { records, rejected, received, total, end, broken }: Reading<T>,
  how?: { readonly state: CollectionAttestation['state']; readonly ended: string | undefined },
): ListRead<T> {
  const state = how?.state ?? broken?.state ?? (end?.state === 'proven' ? 'complete' : 'incomplete');
  const ended = how?.ended ?? broken?.ended ?? end?.ended;
  return {
    records,
    rejected,
    end,
    attestation: {
      state,
      received,
      ...(total === undefined ? {} : { expected: total }),
      ...(ended === undefined ? {} : { ended }),
    },
  };
}
