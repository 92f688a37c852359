import { RosterError } from '../errors.js';
import type { Paged } from '../http/index.js';
import type { Collection, CollectionAttestation, RejectedRow } from '../model/index.js';
import type { ReadOptions } from '../ports/index.js';

/** What was received of one collection, and what that proves. */
export interface CollectionRead<T> {
  readonly records: readonly T[];
  readonly rejected: readonly RejectedRow[];
  readonly attestation: CollectionAttestation;
}

/** Which collection is read, and how. */
export interface CollectionReadOptions {
  readonly collection: Collection;
  /** Whether a roster can do without it. */
  readonly isOptional: boolean;
  readonly signal: AbortSignal;
  readonly onPage: ReadOptions['onPage'];
}

/**
 * Reads a list to its end, or as far as it goes. Throws where nothing can be believed: the credentials are refused, the
 * district is disconnected, a required collection is not there or answers in an unknown shape, or not even its first page
 * came.
 */
export async function readCollection<T>(pages: Paged<T>, options: CollectionReadOptions): Promise<CollectionRead<T>> {
  const { collection, signal } = options;
  const records: T[] = [];
  const rejected: RejectedRow[] = [];
  let pageNumber = 0;
  let end: Pick<CollectionAttestation, 'state' | 'ended'> = { state: 'complete', ended: 'last-page' };
  try {
    for await (const page of pages.byPage({ signal })) {
      pageNumber += 1;
      for (const item of page.items) records.push(item);
      for (const { index, problem, sourcedId } of page.rejected ?? []) {
        const location = `page ${String(pageNumber)}, row ${String(index + 1)}`;
        rejected.push({ collection, problem, location, ...(sourcedId === undefined ? {} : { sourcedId }) });
      }
      options.onPage?.({ collection, received: records.length });
    }
  } catch (error) {
    signal.throwIfAborted();
    end = endAfter(error, options.isOptional, pageNumber === 0);
  }
  if (records.length === 0 && rejected.length > 0) end = { state: 'failed', ended: 'all-rejected' };
  return { records, rejected, attestation: { ...end, received: records.length } };
}

function endAfter(
  error: unknown,
  isOptional: boolean,
  isFirstPage: boolean,
): Pick<CollectionAttestation, 'state' | 'ended'> {
  if (!RosterError.isInstance(error)) throw error;
  const { code } = error;
  if (code === 'authentication' || code === 'disconnected' || code === 'configuration') throw error;
  const isRefused = code === 'permission_denied' || code === 'not_found';
  if (!isOptional && (isFirstPage || isRefused || code === 'decode')) throw error;
  if (!isFirstPage) return { state: 'incomplete', ended: code };
  return { state: isRefused ? 'not-shared' : 'failed', ended: code };
}
