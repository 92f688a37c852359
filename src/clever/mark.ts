import { RosterError } from '../errors.js';
import type { ReadOptions } from '../ports/index.js';
import type { CleverClient } from './api/client.js';
import type { CleverDistrict } from './api/wire.js';
import { districtOf, scopesOf } from './district-state.js';
import { latestEvent, REFUSED } from './events/latest-event.js';

/** Where a district stands: two equal marks, and nothing changed in between that Clever tells of. */
export interface DistrictMark {
  readonly district: CleverDistrict;
  /** The id of the newest event; undefined where there is none yet, {@link REFUSED} where events cannot be had. */
  readonly event: string | undefined;
  /** What the token may see, sorted; undefined where Clever does not tell. */
  readonly scopes: readonly string[] | undefined;
  /** How many records the token sees, where no event tells of a change; undefined where events do, or nothing does. */
  readonly counts: string | undefined;
}

/** Where the district stands now. */
export async function markOf(
  client: CleverClient,
  options: Pick<ReadOptions, 'signal' | 'onRetry'>,
): Promise<DistrictMark> {
  // Clever's recipe: first where the events stand, then everything else.
  const event = await latestEvent(client, options);
  const scopes = await scopesOf(client, options);
  const district = await districtOf(client, options);
  if (event !== undefined && event !== REFUSED) return { district, event: event.id, scopes, counts: undefined };
  return { district, event, scopes, counts: await countsOf(client, options) };
}

async function countsOf(
  { schools, sections, users }: CleverClient,
  options: Pick<ReadOptions, 'signal' | 'onRetry'>,
): Promise<string | undefined> {
  try {
    const counts = [await schools.count(options), await sections.count(options), await users.count(options)];
    return counts.map(String).join(' ');
  } catch (error) {
    // The lists themselves say what is wrong, and to whom it matters.
    if (!RosterError.isInstance(error)) throw error;
    return undefined;
  }
}

/**
 * Whether the district moved on from one mark to the other: its sync with Clever brought other data, or it shares other
 * records or fields, which changes no `last_sync`.
 */
export function hasMoved(before: DistrictMark, after: DistrictMark): boolean {
  return (
    before.district.id !== after.district.id ||
    before.district.last_sync !== after.district.last_sync ||
    before.event !== after.event ||
    before.counts !== after.counts ||
    before.scopes?.join(' ') !== after.scopes?.join(' ')
  );
}
