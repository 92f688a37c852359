/**
 * Clever's events as changes of the neutral roster.
 *
 * @module
 */

import { compareIds, inOrder } from '../../internal/ordered.js';
import type { GuardianLink, RecordsDelta, RejectedRow, RosterChanges, User } from '../../model/index.js';
import type { CleverEvent, CleverEventCollection, CleverEventRecords } from './event-types.js';
import { toClass, toCourse, toEnrollments, toGuardianLinks, toSchool, toTerm, toUser } from '../roster.js';

/** What became of the records that events told of: of each record the last word. */
export class EventFolder {
  /** The last event that was taken. */
  lastEvent: string | undefined;
  /** The district's `last_sync` as the last event of the district had it. */
  lastSync: string | undefined;
  /** When the newest event was written, ISO instant. */
  newestAt: string | undefined;
  readonly #records: { readonly [Of in CleverEventCollection]: Map<string, CleverEventRecords[Of] | undefined> } = {
    users: new Map(),
    sections: new Map(),
    schools: new Map(),
    courses: new Map(),
    terms: new Map(),
    districts: new Map(),
    resources: new Map(),
  };
  readonly #withdrawn = new Set<string>();

  /** Takes an event; they come in the order of the feed. */
  take(event: CleverEvent): void {
    this.lastEvent = event.id;
    this.newestAt = event.created ?? this.newestAt;
    const collection = event.type.slice(0, event.type.indexOf('.')) as CleverEventCollection;
    const records: Map<string, unknown> = this.#records[collection];
    const { object } = event.data;
    records.set(object.id, event.type.endsWith('.deleted') ? undefined : object);
    for (const path of event.withdrawn ?? []) this.#withdrawn.add(`${collection}.${path}`);
    if (event.type === 'districts.updated') this.lastSync = event.data.object.last_sync ?? this.lastSync;
  }

  /** Everything that the events amount to. */
  changes(): Pick<
    RosterChanges,
    'schools' | 'terms' | 'courses' | 'classes' | 'users' | 'enrollments' | 'guardianLinks' | 'rejected' | 'withdrawn'
  > {
    const sections = definedIn(this.#records.sections);
    const people = definedIn(this.#records.users);
    const guardianLinks: GuardianLink[] = [];
    const rejected: RejectedRow[] = [];
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
        changed: sections.flatMap((section) => toEnrollments(section)),
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
function definedIn<T extends { readonly id: string }>(records: ReadonlyMap<string, T | undefined>): readonly T[] {
  const present = [...records.values()].filter((record) => record !== undefined);
  return inOrder(present, (left, right) => compareIds(left.id, right.id));
}

function recordsDelta<Wire extends { readonly id: string }, T>(
  records: ReadonlyMap<string, Wire | undefined>,
  convert: (record: Wire) => T,
): RecordsDelta<T> {
  const deleted = [...records].filter(([, record]) => record === undefined).map(([id]) => id);
  return { changed: definedIn(records).map(convert), deleted: deleted.sort(compareIds) };
}
