import { RosterError } from '../../errors.js';
import type { ReadOptions } from '../../ports/index.js';
import type { CleverClient } from '../api/client.js';
import { districtOf } from '../district-state.js';
import type { CleverEvent } from './event-types.js';

/** The newest event, undefined where there is none yet; `refused` where events cannot be had. */
export async function latestEvent(
  client: CleverClient,
  { signal, onRetry }: Pick<ReadOptions, 'signal' | 'onRetry'>,
): Promise<CleverEvent | undefined | 'refused'> {
  try {
    return await client.events.latest({ signal, onRetry });
  } catch (error) {
    // Events are a convenience: whatever keeps them away does not keep the district from being read.
    if (!RosterError.isInstance(error) || FATAL.has(error.code)) throw error;
    return 'refused';
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
  options: { readonly signal?: AbortSignal } = {},
): Promise<boolean | undefined> {
  const newest = await latestEvent(client, options);
  if (newest === 'refused') return false;
  const { last_sync: lastSync } = await districtOf(client, options);
  if (lastSync === undefined) return undefined;
  if (newest === undefined) return false;
  if (newest.created === undefined) return undefined;
  return Date.parse(lastSync) - Date.parse(newest.created) < HOUR_MS;
}
