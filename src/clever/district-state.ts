import { DecodeError, RosterError } from '../errors.js';
import type { ReadOptions } from '../ports/index.js';
import type { CleverClient } from './api/client.js';
import type { CleverDistrict } from './api/wire.js';

/** The one district that a token sees. @throws DecodeError where there is none, or there are several */
export async function districtOf(
  client: CleverClient,
  { signal, onRetry }: Pick<ReadOptions, 'signal' | 'onRetry'>,
): Promise<CleverDistrict> {
  const districts = await client.districts.list({ onRetry }).toArray({ signal });
  const [district] = districts;
  if (district !== undefined && districts.length === 1) return district;
  throw new DecodeError(
    `clever shows ${String(districts.length)} districts to this token, and a district's token sees its own alone. Check the token.`,
    { source: 'clever', path: '/districts', issues: ['data: not one district'] },
  );
}

/** What the token may see, sorted; undefined where Clever does not tell. A refused token is an error as ever. */
export async function scopesOf(
  client: CleverClient,
  { signal, onRetry }: Pick<ReadOptions, 'signal' | 'onRetry'>,
): Promise<readonly string[] | undefined> {
  try {
    return [...(await client.scopes({ signal, onRetry }))].sort();
  } catch (error) {
    if (!RosterError.isInstance(error) || error.code === 'authentication' || error.code === 'disconnected') throw error;
    return undefined;
  }
}

/** Since when a district's data stands still. A pause over the summer is the ordinary case: Clever pauses by itself. */
export function staleSince({ state, last_sync: lastSync }: CleverDistrict): string | undefined {
  return state === 'paused' || state === 'error' ? lastSync : undefined;
}
