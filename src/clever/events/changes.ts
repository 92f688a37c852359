/**
 * Clever's events as changes of the neutral roster.
 *
 * @module
 */

import { compareIds, inOrder } from '../../internal/ordered.js';
import type { GuardianLink, RecordsDelta, RejectedRow, RosterChanges, User } from '../../model/index.js';
import type { CleverCursor } from './cursor.js';
import type { CleverEvent, CleverEventCollection, CleverEventRecords } from './event-types.js';
import { toClass, toCourse, toEnrollments, toGuardianLinks, toSchool, toTerm, toUser } from '../roster.js';

/** The last word on a record: the event that said it, and the record, unless it is gone. */
interface LastWord<T> {
  readonly event: string;
  readonly record: T | undefined;
}

/** What became of the records that events told of. */
export class EventFolder {
  /** The newest event that was taken, or the one that all of them come after. */
  lastEvent: string | undefined;
  /** When the newest event was written, ISO instant; undefined where none was taken. */
  newestAt: string | undefined;
  /** How many events were taken. */
  taken = 0;
  /** Whether a sync of the district is known of which no event told. */
  hasGap = false;
  #lastSync: string;
  readonly #records: { readonly [Of in CleverEventCollection]: Map<string, LastWord<CleverEventRecords[Of]>> } = {
    users: new Map(),
    sections: new Map(),
    schools: new Map(),
    courses: new Map(),
    terms: new Map(),
    districts: new Map(),
    resources: new Map(),
  };
  readonly #withdrawn = new Set<string>();

  /** @param since where the roster stands: its last event, and the district's `last_sync` as of it */
  constructor(since: Pick<CleverCursor, 'event' | 'lastSync'>) {
    this.lastEvent = since.event;
    this.#lastSync = since.lastSync;
  }

  /** The district's `last_sync` as of the events. */
  get lastSync(): string {
    return this.#lastSync;
  }

  /** Takes an event. Ids tell the order: an event that is told again is not taken for news. */
  take(event: CleverEvent): void {
    const { id, type } = event;
    this.taken += 1;
    if (this.lastEvent === undefined || id > this.lastEvent) {
      this.lastEvent = id;
      this.newestAt = event.created;
    }
    const collection = type.slice(0, type.indexOf('.')) as CleverEventCollection;
    const records: Map<string, LastWord<unknown>> = this.#records[collection];
    const { object } = event.data;
    const known = records.get(object.id);
    if (known !== undefined && known.event >= id) return;
    records.set(object.id, { event: id, record: type.endsWith('.deleted') ? undefined : object });
    for (const path of event.withdrawn ?? []) this.#withdrawn.add(`${collection}.${path}`);
    if (type === 'districts.updated') this.#takeSync(event.data.object.last_sync, event.data.previous_attributes);
  }

  /** Each sync of the district is an event that names the sync before: so one that is missing shows. */
  #takeSync(lastSync: string | undefined, previous: Readonly<Record<string, unknown>> | undefined): void {
    const former = previous?.['last_sync'];
    if (typeof former === 'string' && isLater(former, this.#lastSync)) this.hasGap = true;
    if (lastSync !== undefined && isLater(lastSync, this.#lastSync)) this.#lastSync = lastSync;
  }

  /** Everything that the events amount to. */
  changes(): Pick<
    RosterChanges,
    'schools' | 'terms' | 'courses' | 'classes' | 'users' | 'enrollments' | 'guardianLinks' | 'rejected' | 'withdrawn'
  > {
    const sections = definedIn(this.#records.sections);
    const people = definedIn(this.#records.users);
    const members = sections.map(toEnrollments);
    const guardianLinks: GuardianLink[] = [];
    const rejected: RejectedRow[] = members.flatMap((each) => each.rejected);
    for (const person of people) {
      if (person.roles.contact === undefined) continue;
      const contact = toGuardianLinks(person.id, person.roles.contact);
      guardianLinks.push(...contact.links);
      rejected.push(...contact.rejected);
    }
    return {
      schools: recordsDelta(this.#records.schools, toSchool),
      terms: recordsDelta(this.#records.terms, toTerm),
      courses: recordsDelta(this.#records.courses, toCourse),
      // The titles of courses are put in where the whole roster is at hand.
      classes: recordsDelta(this.#records.sections, (section) => toClass(section, NO_TITLES)),
      users: recordsDelta<CleverEventRecords['users'], User>(this.#records.users, toUser),
      enrollments: {
        replacedOf: sections.map(({ id }) => id),
        changed: members.flatMap(({ enrollments }) => enrollments),
        deleted: [],
      },
      guardianLinks: { replacedOf: people.map(({ id }) => id), changed: guardianLinks, deleted: [] },
      rejected,
      withdrawn: [...this.#withdrawn].sort(compareIds),
    };
  }
}

const NO_TITLES: ReadonlyMap<string, string> = new Map();

/** The records that are still there, in order of their ids. */
function definedIn<T extends { readonly id: string }>(records: ReadonlyMap<string, LastWord<T>>): readonly T[] {
  const present = [...records.values()].map(({ record }) => record).filter((record) => record !== undefined);
  return inOrder(present, (left, right) => compareIds(left.id, right.id));
}

function recordsDelta<Wire extends { readonly id: string }, T>(
  records: ReadonlyMap<string, LastWord<Wire>>,
  convert: (record: Wire) => T,
): RecordsDelta<T> {
  const deleted = [...records].filter(([, { record }]) => record === undefined).map(([id]) => id);
  return { changed: definedIn(records).map(convert), deleted: deleted.sort(compareIds) };
}

/** Whether an instant is later than another, as Clever writes them: a text that is none is later than nothing. */
export function isLater(instant: string, other: string): boolean {
  return Date.parse(instant) > Date.parse(other);
}
