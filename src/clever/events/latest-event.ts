import { RosterError } from '../../errors.js';
import type { ReadOptions } from '../../ports/index.js';
import type { CleverClient } from '../api/client.js';
import type { CleverDistrict } from '../api/wire.js';
import type { CleverEvent } from './event-types.js';

/** That events cannot be had: no id of Clever's. */
export const REFUSED = 'refused';

/** The newest event, undefined where there is none yet. */
export async function latestEvent(
  client: CleverClient,
  { signal, onRetry }: Pick<ReadOptions, 'signal' | 'onRetry'>,
): Promise<CleverEvent | typeof REFUSED | undefined> {
  try {
    return await client.events.latest({ signal, onRetry });
  } catch (error) {
    // Events are a convenience: whatever keeps them away does not keep the district from being read.
    if (!RosterError.isInstance(error) || FATAL.has(error.code)) throw error;
    return REFUSED;
  }
}

const FATAL: ReadonlySet<string> = new Set(['authentication', 'disconnected', 'configuration']);

const HOUR_MS = 3_600_000;

/**
 * Whether Clever writes events for the application: at each sync of the district it writes one at least. Undefined where
 * that cannot be told.
 */
export async function hasEvents(
  client: CleverClient,
  { last_sync: lastSync }: CleverDistrict,
  options: Pick<ReadOptions, 'signal' | 'onRetry'>,
): Promise<boolean | undefined> {
  const newest = await latestEvent(client, options);
  if (newest === REFUSED) return false;
  if (lastSync === undefined) return undefined;
  if (newest === undefined) return false;
  if (newest.created === undefined) return undefined;
  return Date.parse(lastSync) - Date.parse(newest.created) < HOUR_MS;
}
