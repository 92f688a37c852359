import { ConfigurationError, RosterError } from '../../errors.js';
import { pause } from '../../http/index.js';
import type { DeltaHead, Roster, RosterChanges, RosterDelta, Scope, WholeReadReason } from '../../model/index.js';
import type { Clock, ReadOptions } from '../../ports/index.js';
import { EventFolder } from './changes.js';
import type { CleverClient } from '../api/client.js';
import { type CleverCursor, readCursor, writeCursor } from './cursor.js';
import { districtOf, scopesOf, staleSince } from '../district-state.js';
import type { CleverDistrict } from '../api/wire.js';

/** Clever keeps events for 30 days; a day less, because nobody's clock is exact. */
const WINDOW_MS = 29 * 86_400_000;

/** How events are read. */
export interface ReadSinceSettings {
  readonly client: CleverClient;
  readonly clock: Clock;
  readonly settleMs: number;
  readonly wholeReadEveryMs: number;
  readonly readWhole: (scope: Scope, options: ReadOptions) => Promise<Roster>;
}

/** What changed since a cursor; everything, where events cannot tell. */
export async function readSince(
  settings: ReadSinceSettings,
  cursorText: string,
  scope: Scope,
  options: ReadOptions,
): Promise<RosterDelta> {
  const { client, clock } = settings;
  const readAt = clock.now().toISOString();
  const head: DeltaHead = {
    readId: globalThis.crypto.randomUUID(),
    source: 'clever',
    readAt,
    scope,
    since: cursorText,
  };
  const whole = async (reason: WholeReadReason): Promise<RosterDelta> => {
    const roster = await settings.readWhole(scope, options);
    return { ...head, kind: 'whole', reason, roster };
  };
  const cursor = readCursor(cursorText);
  if (cursor === undefined) return await whole('CURSOR_UNKNOWN');
  const district = await districtOf(client, options);
  if (district.id !== cursor.district) {
    throw new ConfigurationError(
      'cursor',
      'was made for another district than the one that the token sees. Keep a cursor with the roster of its district.',
    );
  }
  const scopes = await scopesOf(client, options);
  const reason = whyNotByEvents(settings, cursor, scopes, readAt);
  if (reason !== undefined) return await whole(reason);
  const events = await readEvents(settings, cursor, options);
  if (typeof events === 'string') return await whole(events);
  const isSilent = events.lastEvent === undefined && district.last_sync !== cursor.lastSync;
  if (isSilent) return await whole('EVENTS_SILENT');
  return { ...head, kind: 'changes', ...events.changes(), ...progress(cursor, events, district, scopes, readAt) };
}

/** What is known before any event is read. */
function whyNotByEvents(
  { client, wholeReadEveryMs }: ReadSinceSettings,
  cursor: CleverCursor,
  scopes: readonly string[] | undefined,
  readAt: string,
): WholeReadReason | undefined {
  const now = Date.parse(readAt);
  // "Events for fields and objects introduced in later API versions will not appear in this version."
  if (cursor.version !== client.version) return 'VERSION_CHANGED';
  // Judged by when the feed was last asked: a feed that was quiet for long has lost nothing.
  if (now - Date.parse(cursor.at) > WINDOW_MS) return 'CURSOR_EXPIRED';
  if (now - Date.parse(cursor.readAt) >= wholeReadEveryMs) return 'READ_DUE';
  if (cursor.scopes !== undefined && scopes !== undefined && cursor.scopes.join(' ') !== scopes.join(' ')) {
    return 'SCOPES_CHANGED';
  }
  return undefined;
}

/** All events behind the cursor; or why they cannot be had. Half of a batch is worse than none: it moves people out only. */
async function readEvents(
  { client, clock, settleMs }: ReadSinceSettings,
  cursor: CleverCursor,
  { signal, onRetry }: ReadOptions,
): Promise<EventFolder | WholeReadReason> {
  const folder = new EventFolder();
  let received = 0;
  for (;;) {
    const before = received;
    try {
      const pages = client.events.list({ onRetry }).byPage({ after: folder.lastEvent ?? cursor.event, signal });
      for await (const page of pages) {
        if (page.rejected !== undefined) return 'EVENT_UNREADABLE';
        for (const event of page.items) folder.take(event);
        received += page.items.length;
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return 'EVENTS_REFUSED';
    }
    const restMs = folder.newestAt === undefined ? 0 : settleMs - (clock.now().getTime() - Date.parse(folder.newestAt));
    if (received === before || !(restMs > 0)) return folder;
    // Clever writes the events of a sync within seconds: while the newest is that young, more may follow.
    await pause(Math.min(restMs, settleMs), signal);
  }
}

function isRefusal(error: unknown): boolean {
  return RosterError.isInstance(error) && (error.code === 'permission_denied' || error.code === 'not_found');
}

/** Where the next reading continues, and how fresh the district's data is. */
function progress(
  cursor: CleverCursor,
  events: EventFolder,
  district: CleverDistrict,
  scopes: readonly string[] | undefined,
  readAt: string,
): Pick<RosterChanges, 'cursor' | 'staleSince'> {
  const stale = staleSince(district);
  const next = {
    ...cursor,
    event: events.lastEvent ?? cursor.event,
    lastSync: events.lastSync ?? cursor.lastSync,
    scopes: scopes ?? cursor.scopes,
    at: readAt,
  };
  return { cursor: writeCursor(next), ...(stale === undefined ? {} : { staleSince: stale }) };
}
