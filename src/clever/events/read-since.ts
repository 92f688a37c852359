import { ConfigurationError, RosterError } from '../../errors.js';
import { pause } from '../../http/index.js';
import type { DeltaHead, Roster, RosterChanges, RosterDelta, Scope, WholeReadReason } from '../../model/index.js';
import type { Clock, ReadOptions } from '../../ports/index.js';
import type { CleverClient } from '../api/client.js';
import type { CleverDistrict } from '../api/wire.js';
import { districtOf, scopesOf, staleSince } from '../district-state.js';
import { EventFolder, isLater } from './changes.js';
import { type CleverCursor, readCursor, writeCursor } from './cursor.js';

/** Clever keeps events for 30 days; a day less, because nobody's clock is exact. */
const WINDOW_MS = 29 * 86_400_000;

/** Events so old are all there, however wrong the clock here may be. */
const SETTLED_MS = 300_000;

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
  since: string,
  scope: Scope,
  options: ReadOptions,
): Promise<RosterDelta> {
  const readAt = settings.clock.now().toISOString();
  const head: DeltaHead = { readId: globalThis.crypto.randomUUID(), source: 'clever', readAt, scope, since };
  const cursor = readCursor(since);
  const changes = cursor === undefined ? 'CURSOR_UNKNOWN' : await readChanges(settings, cursor, readAt, options);
  if (typeof changes !== 'string') return { ...head, kind: 'changes', ...changes };
  const roster = await settings.readWhole(scope, options);
  return { ...head, kind: 'whole', reason: changes, roster };
}

/** The changes by events; or why events cannot tell. */
async function readChanges(
  settings: ReadSinceSettings,
  cursor: CleverCursor,
  readAt: string,
  options: ReadOptions,
): Promise<Omit<RosterChanges, keyof DeltaHead | 'kind'> | WholeReadReason> {
  const { client } = settings;
  const district = await districtOf(client, options);
  if (district.id !== cursor.district) {
    throw new ConfigurationError(
      'cursor',
      'was made for another district than the one that the token sees. Keep a cursor with the roster of its district.',
    );
  }
  const reason = whyNotByEvents(settings, cursor, readAt) ?? (await whyNotByScopes(client, cursor, options));
  if (reason !== undefined) return reason;
  const events = await readEvents(settings, cursor, options);
  if (typeof events === 'string') return events;
  const { last_sync: lastSync } = district;
  if (events.hasGap || lastSync === undefined || isLater(lastSync, events.lastSync)) return 'EVENTS_SILENT';
  // What was withdrawn meanwhile is deletions in the feed, and must not be taken for people who left.
  return (await whyNotByScopes(client, cursor, options)) ?? changesOf(cursor, events, district, readAt);
}

/** What is known before anything is asked. */
function whyNotByEvents(
  { client, wholeReadEveryMs }: ReadSinceSettings,
  cursor: CleverCursor,
  readAt: string,
): WholeReadReason | undefined {
  const now = Date.parse(readAt);
  // "Events for fields and objects introduced in later API versions will not appear in this version."
  if (cursor.version !== client.version) return 'VERSION_CHANGED';
  // Judged by when the feed was last asked: a feed that was quiet for long has lost nothing.
  if (now - Date.parse(cursor.at) > WINDOW_MS) return 'CURSOR_EXPIRED';
  return now - Date.parse(cursor.readAt) >= wholeReadEveryMs ? 'READ_DUE' : undefined;
}

async function whyNotByScopes(
  client: CleverClient,
  cursor: CleverCursor,
  options: ReadOptions,
): Promise<WholeReadReason | undefined> {
  const scopes = await scopesOf(client, options);
  // A Clever that never tells is no reason to read everything each time.
  if (scopes === undefined && cursor.scopes === undefined) return undefined;
  if (scopes === undefined || cursor.scopes === undefined) return 'SCOPES_UNKNOWN';
  return scopes.join(' ') === cursor.scopes.join(' ') ? undefined : 'SCOPES_CHANGED';
}

/** All events behind the cursor; or why they cannot be had. Half of a batch is worse than none: it may only move people out. */
async function readEvents(
  settings: ReadSinceSettings,
  cursor: CleverCursor,
  { signal, onRetry }: ReadOptions,
): Promise<EventFolder | WholeReadReason> {
  const folder = new EventFolder(cursor);
  for (;;) {
    const before = folder.taken;
    try {
      const pages = settings.client.events.list({ onRetry }).byPage({ after: folder.lastEvent, signal });
      for await (const page of pages) {
        if (page.rejected !== undefined) return 'EVENT_UNREADABLE';
        for (const event of page.items) folder.take(event);
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return 'EVENTS_REFUSED';
    }
    if (folder.taken === before || isSettled(folder, settings)) return folder;
    // Clever writes the events of a sync within seconds: while the newest is young, more may follow.
    await pause(settings.settleMs, signal);
  }
}

function isSettled({ newestAt }: EventFolder, { clock, settleMs }: ReadSinceSettings): boolean {
  return settleMs === 0 || clock.now().getTime() - Date.parse(newestAt ?? '') > SETTLED_MS;
}

function isRefusal(error: unknown): boolean {
  return RosterError.isInstance(error) && (error.code === 'permission_denied' || error.code === 'not_found');
}

/** What the events amount to, where the next reading continues, and how fresh the district's data is. */
function changesOf(
  cursor: CleverCursor,
  events: EventFolder,
  district: CleverDistrict,
  readAt: string,
): Omit<RosterChanges, keyof DeltaHead | 'kind'> {
  const stale = staleSince(district);
  const next = { ...cursor, event: events.lastEvent, lastSync: events.lastSync, at: readAt };
  return {
    ...events.changes(),
    removals: 'told',
    cursor: writeCursor(next),
    ...(stale === undefined ? {} : { staleSince: stale }),
  };
}
