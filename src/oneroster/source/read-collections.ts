/**
 * Reads the six collections of a server to their ends, and says of each how far it can be believed.
 *
 * @module
 */

import {
  AuthenticationError,
  DecodeError,
  IncompleteReadError,
  NotFoundError,
  PermissionDeniedError,
  RosterError,
} from '../../errors.js';
import type { Collection, CollectionAttestation, RejectedRow } from '../../model/index.js';
import type { ReadOptions } from '../../ports/index.js';
import type { OneRosterResources } from '../api/client.js';
import type { OneRosterResource } from '../api/resource.js';
import type { OneRosterRows } from '../roster/to-roster.js';
import type { OneRosterRosterCollection, OneRosterRecords } from '../records/wire.js';

/** A collection as it was read. */
export interface CollectionRead<T> {
  readonly records: readonly T[];
  readonly attestation: CollectionAttestation;
  readonly rejected: readonly RejectedRow[];
}

/** All six of them. */
export type CollectionReads = { readonly [K in OneRosterRosterCollection]: CollectionRead<OneRosterRecords[K]> };

/** What each collection is called in a roster. */
export const ROSTER_NAMES: Readonly<Record<OneRosterRosterCollection, Collection>> = {
  orgs: 'schools',
  academicSessions: 'terms',
  courses: 'courses',
  classes: 'classes',
  users: 'users',
  enrollments: 'enrollments',
};

/** Without these there is no roster; the others only describe classes further. */
const REQUIRED: ReadonlySet<OneRosterRosterCollection> = new Set(['orgs', 'classes', 'users', 'enrollments']);

/** The records alone. */
export function rowsIn(reads: CollectionReads): OneRosterRows {
  return {
    orgs: reads.orgs.records,
    academicSessions: reads.academicSessions.records,
    courses: reads.courses.records,
    classes: reads.classes.records,
    users: reads.users.records,
    enrollments: reads.enrollments.records,
  };
}

/**
 * Reads all collections side by side.
 *
 * @throws RosterError where a required collection is refused, is no OneRoster, or fails at its first page; the other
 * reads are then stopped
 */
export async function readCollections(resources: OneRosterResources, options: ReadOptions): Promise<CollectionReads> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const read = <K extends OneRosterRosterCollection>(collection: K): Promise<CollectionRead<OneRosterRecords[K]>> =>
    readCollection<K>(collection, resources[collection], { ...options, signal });
  const reads = [
    read('orgs'),
    read('academicSessions'),
    read('courses'),
    read('classes'),
    read('users'),
    read('enrollments'),
  ] as const;
  try {
    const [orgs, academicSessions, courses, classes, users, enrollments] = await Promise.all(reads);
    return { orgs, academicSessions, courses, classes, users, enrollments };
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(reads);
    throw error;
  }
}

async function readCollection<K extends OneRosterRosterCollection>(
  collection: K,
  resource: OneRosterResource<K>,
  { signal, onPage, onRetry }: ReadOptions,
): Promise<CollectionRead<OneRosterRecords[K]>> {
  const records: OneRosterRecords[K][] = [];
  const rejected: RejectedRow[] = [];
  const tally = new Tally();
  const end = (attestation: Pick<CollectionAttestation, 'state' | 'ended'>): CollectionRead<OneRosterRecords[K]> => ({
    records,
    rejected,
    attestation: {
      ...attestation,
      received: tally.received,
      ...(tally.total === undefined ? {} : { expected: tally.total }),
    },
  });
  try {
    for await (const page of resource.pages({ signal, onRetry })) {
      for (const record of page.items) records.push(record);
      for (const { index, ...row } of page.rejected) {
        const location = `${collection}, offset ${String(page.offset + index)}`;
        rejected.push({ collection: ROSTER_NAMES[collection], ...row, location });
      }
      tally.add(page);
      onPage?.({
        collection: ROSTER_NAMES[collection],
        received: tally.received,
        ...(tally.total === undefined ? {} : { total: tally.total }),
      });
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!RosterError.isInstance(error)) throw error;
    const isFirstPage = tally.pages === 0;
    if (REQUIRED.has(collection) && (isFirstPage || isRefusal(error) || error instanceof DecodeError)) throw error;
    if (isFirstPage && isRefusal(error)) return end({ state: 'not-shared', ended: 'refused' });
    const ended = error instanceof IncompleteReadError ? 'repeated-page' : 'page-failed';
    return end({ state: tally.received === 0 ? 'failed' : 'incomplete', ended });
  }
  const doubt = tally.doubt();
  if (doubt !== undefined) return end({ state: 'incomplete', ended: doubt });
  return end({ state: 'complete', ended: tally.total === undefined ? 'empty-page' : 'total-reached' });
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof AuthenticationError || error instanceof PermissionDeniedError || error instanceof NotFoundError
  );
}

/** Counts what a list sends, to see whether it moved while it was read. */
class Tally {
  pages = 0;
  received = 0;
  total: number | undefined;
  readonly #pageOfId = new Map<string, number>();
  #hasTotalChanged = false;
  #hasRepeatedId = false;

  add(page: {
    readonly received: number;
    readonly total?: number;
    readonly items: readonly { readonly sourcedId?: string }[];
  }): void {
    this.pages += 1;
    this.received += page.received;
    // Some servers count the rows behind the offset: nothing behind the end is no news.
    if (page.total !== undefined && !(page.total === 0 && this.received > 0)) {
      if (this.total !== undefined && this.total !== page.total) this.#hasTotalChanged = true;
      this.total = page.total;
    }
    for (const { sourcedId } of page.items) {
      if (sourcedId === undefined) continue;
      const seenOn = this.#pageOfId.get(sourcedId);
      // Twice on one page is the district's own mistake; on two pages a row has moved, and another may be missing.
      if (seenOn !== undefined && seenOn !== this.pages) this.#hasRepeatedId = true;
      this.#pageOfId.set(sourcedId, this.pages);
    }
  }

  /** Why the end of the list does not prove that all of it was seen. */
  doubt(): string | undefined {
    if (this.#hasTotalChanged) return 'total-changed';
    if (this.#hasRepeatedId) return 'duplicate-ids';
    return this.total !== undefined && this.total !== this.received ? 'total-mismatch' : undefined;
  }
}
