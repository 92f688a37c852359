import { isSame } from '../../internal/canonical.js';
import type { CleverRecord } from './records.js';
import {
  type CleverCollection,
  type CleverVersion,
  type CleverView,
  cleverCollections,
  isRecord,
  type Listing,
  type Write,
} from './view.js';
import { lowerBound } from '../lookup.js';

/** What an event says happened. */
type Kind = 'created' | 'updated' | 'deleted';

interface LoggedEvent {
  readonly id: string;
  readonly collection: CleverCollection;
  readonly kind: Kind;
  /** The record before and after. */
  readonly old: Write | undefined;
  readonly present: Write | undefined;
}

/** Which events are asked for. */
export interface EventFilter {
  readonly school: string | null;
  /** None means all. */
  readonly recordTypes: readonly string[];
}

/**
 * A district's events, the oldest first. An event is kept as the records it is about and written when it is asked for:
 * a district that loses a hundred thousand people is not written out a second time.
 */
export class CleverEventLog {
  private events: readonly LoggedEvent[] = [];
  private seconds = 0;
  private serial = 0;

  /**
   * Appends what differs between what a token saw and what it sees. The events are of the instant given, or of the
   * newest one's where that is later: ids never go back.
   */
  record(before: CleverView, after: CleverView, atMs: number): void {
    this.seconds = Math.max(this.seconds, Math.ceil(atMs / 1000));
    const added: LoggedEvent[] = [];
    for (const collection of cleverCollections) {
      const differences = differencesOf(collection, before, after);
      for (const kind of ['created', 'updated', 'deleted'] as const) {
        for (const { old, present } of differences[kind]) {
          added.push({ id: this.nextId(), collection, kind, old, present });
        }
      }
    }
    this.events = [...this.events, ...added];
  }

  /** Drops the events of before an instant. */
  expire(beforeMs: number): void {
    const oldest = hex8(Math.ceil(beforeMs / 1000));
    this.events = this.events.slice(lowerBound(this.events, oldest));
  }

  list({ school, recordTypes }: EventFilter): Listing {
    const types = new Set(recordTypes);
    const events =
      school === null && types.size === 0
        ? this.events
        : this.events.filter(
            (event) =>
              (types.size === 0 || types.has(event.collection)) && (school === null || isOfSchool(event, school)),
          );
    return {
      records: events,
      writerAt: (position) => {
        const event = events[position];
        return event === undefined ? undefined : (version) => writtenEvent(event, version);
      },
    };
  }

  /** Ids go up, but not by one each: other applications' events lie between. */
  private nextId(): string {
    this.serial += 1 + (this.serial % 3);
    return `${hex8(this.seconds)}31f12f05${hex8(this.serial)}`;
  }
}

interface Difference {
  readonly old: Write | undefined;
  readonly present: Write | undefined;
}

type Differences = Readonly<Record<Kind, Difference[]>>;

function differencesOf(collection: CleverCollection, before: CleverView, after: CleverView): Differences {
  const old = before.list(collection);
  const present = after.list(collection);
  const result: Differences = { created: [], updated: [], deleted: [] };
  // A record that is the very same object is written the same, unless the sharing says otherwise.
  const isShared = before.sharing === after.sharing && before.district.id === after.district.id;
  let left = lastOfId(old, 0);
  let right = lastOfId(present, 0);
  for (;;) {
    const oldRecord = old.records[left];
    const record = present.records[right];
    if (oldRecord === undefined && record === undefined) return result;
    if (record === undefined || (oldRecord !== undefined && oldRecord.id < record.id)) {
      result.deleted.push({ old: old.writerAt(left), present: undefined });
      left = lastOfId(old, left + 1);
    } else if (oldRecord === undefined || record.id < oldRecord.id) {
      result.created.push({ old: undefined, present: present.writerAt(right) });
      right = lastOfId(present, right + 1);
    } else {
      if (!(isShared && oldRecord === record)) {
        const difference = { old: old.writerAt(left), present: present.writerAt(right) };
        if (!isSame(difference.old?.('v3.0'), difference.present?.('v3.0'))) result.updated.push(difference);
      }
      left = lastOfId(old, left + 1);
      right = lastOfId(present, right + 1);
    }
  }
}

/** Where a record is there twice, its last copy counts. */
function lastOfId({ records }: Listing, position: number): number {
  let last = position;
  while (records[last] !== undefined && records[last]?.id === records[last + 1]?.id) last += 1;
  return last;
}

function writtenEvent({ id, collection, kind, old, present }: LoggedEvent, version: CleverVersion): CleverRecord {
  const before = old === undefined ? undefined : eventObject(old(version));
  const after = present === undefined ? undefined : eventObject(present(version));
  return {
    created: new Date(Number.parseInt(id.slice(0, 8), 16) * 1000).toISOString(),
    data: {
      object: after ?? before,
      ...(before === undefined || after === undefined ? {} : { previous_attributes: previousOf(before, after) }),
    },
    id,
    type: `${collection}.${kind}`,
  };
}

/** Events do not repeat a student's address in the role, as the Data API does. */
function eventObject(record: CleverRecord): CleverRecord {
  const { roles } = record;
  if (!isRecord(roles) || !isRecord(roles['student'])) return record;
  const { email: _, ...student } = roles['student'];
  return { ...record, roles: { ...roles, student } };
}

/** The old values of what changed, at their places. What was not there before was `null`; lists are given whole. */
function previousOf(before: CleverRecord, after: CleverRecord, isNested = false): CleverRecord {
  const previous: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old = before[key];
    const present = after[key];
    // When a record was changed is no change of its own.
    if (isSame(old, present) || (!isNested && key === 'last_modified')) continue;
    previous[key] = isRecord(old) && isRecord(present) ? previousOf(old, present, true) : (old ?? null);
  }
  return previous;
}

/** Whether it is about a record of the school, before or after. What belongs to the district is of no school. */
function isOfSchool({ collection, old, present }: LoggedEvent, school: string): boolean {
  return [old?.('v3.0'), present?.('v3.0')].some((record) => {
    if (record === undefined) return false;
    if (collection === 'schools') return record['id'] === school;
    if (collection === 'sections') return record['school'] === school;
    const { roles } = record;
    if (!isRecord(roles)) return false;
    return Object.values(roles).some(
      (role) => isRecord(role) && Array.isArray(role['schools']) && role['schools'].includes(school),
    );
  });
}

function hex8(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
