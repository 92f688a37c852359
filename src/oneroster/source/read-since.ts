import type { DeltaHead, Roster, RosterChanges, RosterDelta, Scope, WholeReadReason } from '../../model/index.js';
import type { Clock, ReadOptions } from '../../ports/index.js';
import { changesOf, type ChangedRows } from './changes.js';
import { type OneRosterCursor, readCursor, writeCursor } from './cursor.js';
import { usersBehind } from './look-up.js';
import type { RosterResources } from './read-collections.js';
import { earliest, readChanged } from './read-changed.js';
import { together } from './together.js';

/** No server is known to keep its tombstones for longer. */
const WINDOW_MS = 30 * 86_400_000;

/** Records are stamped when a system exports them, and may reach the server hours later. */
const OVERLAP_MS = 86_400_000;

/** Who reads every day is not there on the second. */
const UNPUNCTUAL_MS = 3_600_000;

/** How changes are read. */
export interface ReadSinceSettings {
  readonly resources: RosterResources;
  readonly provider: string;
  readonly version: string;
  readonly clock: Clock;
  readonly wholeReadEveryMs: number;
  readonly readWhole: (scope: Scope, options: ReadOptions) => Promise<Roster>;
}

/** What changed since a cursor; everything, where the server cannot tell. */
export async function readSince(
  settings: ReadSinceSettings,
  since: string,
  scope: Scope,
  options: ReadOptions,
): Promise<RosterDelta> {
  const { provider: source } = settings;
  const readAt = settings.clock.now().toISOString();
  const head: DeltaHead = { readId: globalThis.crypto.randomUUID(), source, readAt, scope, since };
  const cursor = readCursor(since);
  const changes = cursor === undefined ? 'CURSOR_UNKNOWN' : await readChanges(settings, cursor, head, options);
  if (typeof changes !== 'string') return { ...head, kind: 'changes', ...changes };
  const roster = await settings.readWhole(scope, options);
  return { ...head, kind: 'whole', reason: changes, roster };
}

async function readChanges(
  settings: ReadSinceSettings,
  cursor: OneRosterCursor,
  { readAt, scope }: DeltaHead,
  options: ReadOptions,
): Promise<Omit<RosterChanges, keyof DeltaHead | 'kind'> | WholeReadReason> {
  const { resources } = settings;
  const reason = cursor.tenant === scope.tenant ? whyNot(settings, cursor, readAt) : 'CURSOR_UNKNOWN';
  if (reason !== undefined) return reason;
  const rows = await readAllChanged(resources, cursor, options);
  if (typeof rows === 'string') return rows;
  // Without an id of its own nobody can tell which of a member's enrollments is meant.
  const ids = new Set(rows.enrollments.records.map(({ sourcedId }) => sourcedId));
  if (ids.has(undefined) || ids.size < rows.enrollments.records.length) return 'CHANGES_UNCLEAR';
  const behind = await usersBehind(rows.users.records, resources.users, options);
  if (behind === undefined) return 'CHANGES_UNCLEAR';
  const at = earliest(
    readAt,
    Object.values(rows).map(({ end }) => end),
  );
  return {
    ...changesOf(rows, behind, readAt),
    removals: 'hint',
    withdrawn: [],
    cursor: writeCursor({ ...cursor, at }),
  };
}

/** What is known before anything is asked. */
function whyNot(
  { provider, version, wholeReadEveryMs }: ReadSinceSettings,
  cursor: OneRosterCursor,
  readAt: string,
): WholeReadReason | undefined {
  const now = Date.parse(readAt);
  if (cursor.provider !== provider) return 'CURSOR_UNKNOWN';
  if (cursor.version !== version) return 'VERSION_CHANGED';
  if (now - Date.parse(cursor.at) > WINDOW_MS) return 'CURSOR_EXPIRED';
  return now - Date.parse(cursor.readAt) >= wholeReadEveryMs - UNPUNCTUAL_MS ? 'READ_DUE' : undefined;
}

/** Never with a filter on the status, which would hide the tombstones. */
async function readAllChanged(
  resources: RosterResources,
  { at }: OneRosterCursor,
  options: ReadOptions,
): Promise<ChangedRows | WholeReadReason> {
  const filter = `dateLastModified>'${new Date(Date.parse(at) - OVERLAP_MS).toISOString()}'`;
  const lists = await together(
    options.signal,
    (signal) =>
      [
        readChanged('orgs', resources.orgs, filter, { ...options, signal }),
        readChanged('academicSessions', resources.academicSessions, filter, { ...options, signal }),
        readChanged('courses', resources.courses, filter, { ...options, signal }),
        readChanged('classes', resources.classes, filter, { ...options, signal }),
        readChanged('users', resources.users, filter, { ...options, signal }),
        readChanged('enrollments', resources.enrollments, filter, { ...options, signal }),
      ] as const,
  );
  const reason = lists.find((list) => typeof list === 'string');
  if (reason !== undefined) return reason;
  const [orgs, academicSessions, courses, classes, users, enrollments] = lists as Told<typeof lists>;
  return { orgs, academicSessions, courses, classes, users, enrollments };
}

/** The lists, where none of them is a reason. */
type Told<T extends readonly unknown[]> = { readonly [K in keyof T]: Exclude<T[K], WholeReadReason> };
