import { ConfigurationError } from '../errors.js';
import { checkOptionNames } from '../internal/options.js';
import { compareIds, inOrder } from '../internal/ordered.js';
import type {
  Attestation,
  Class,
  CollectionAttestation,
  Enrollment,
  GuardianLink,
  Preflight,
  RejectedRow,
  Roster,
  RosterDelta,
  Scope,
  User,
} from '../model/index.js';
import type { Clock, ReadOptions, RosterSource } from '../ports/index.js';
import type { CleverClient } from './api/client.js';
import { writeCursor } from './events/cursor.js';
import { staleSince } from './district-state.js';
import { type DistrictMark, hasMoved, markOf } from './mark.js';
import { type CollectionRead, readCollection } from './read-collection.js';
import { REFUSED } from './events/latest-event.js';
import { cleverPreflight } from './preflight/preflight.js';
import { readSince } from './events/read-since.js';
import { toClass, toCourse, toEnrollments, toGuardianLinks, toSchool, toTerm, toUser } from './roster.js';
import type { CleverCourse, CleverSchool, CleverSection, CleverTerm, CleverUser } from './api/wire.js';

/** How a Clever source works. */
export interface CleverSourceOptions {
  /** Stamps the read. @default the system's clock */
  readonly clock?: Clock | undefined;
  /**
   * Clever writes the events of one sync within seconds. For how long the newest event must have been the newest before
   * `readSince` believes that it has them all, in milliseconds.
   *
   * @default 10000
   */
  readonly settleMs?: number | undefined;
  /**
   * After how many days `readSince` reads everything again, because events are "offered only as a convenience" (Clever).
   *
   * @default 7
   */
  readonly wholeReadEveryDays?: number | undefined;
}

const OPTION_NAMES = [
  'clock',
  'settleMs',
  'wholeReadEveryDays',
] as const satisfies readonly (keyof CleverSourceOptions)[];

/** A Clever district as a source of rosters. */
export interface CleverSource extends RosterSource {
  readonly provider: 'clever';
  /** A complete read has a `cursor`, if Clever lets the token see events. */
  read(scope: Scope, options?: ReadOptions): Promise<Roster>;
  /**
   * What changed since the cursor of a read or of an earlier delta, by Clever's events; `foldDelta` makes of it the roster
   * of now. Where events cannot tell, everything is read instead, and `reason` says why: the cursor is older than the 30
   * days for which Clever keeps events, events are switched off, the token may see more or less than then, the client's
   * version is another one, or no whole read was made for a week.
   *
   * Give the same cursor again after a failure: nothing is lost, and what is told twice does no harm.
   *
   * @throws ConfigurationError where the cursor is of another district; and what `read` throws. Events that break off are
   *   an error too, never half of the changes
   */
  readSince(cursor: string, scope: Scope, options?: ReadOptions): Promise<RosterDelta>;
  preflight(options?: { readonly signal?: AbortSignal }): Promise<Preflight>;
}

const DAY_MS = 86_400_000;

/**
 * A source that reads everything a district token sees: schools, terms, courses, users and sections, once each.
 *
 * Clever takes in a district's data several times a day, and the district may share less at any moment; lists move while
 * they do. Where the district's `last_sync`, its newest event or the token's scopes changed during the read, everything is
 * read again, once; where they changed again, every list is attested `incomplete`, so that absence from it counts for
 * nothing.
 *
 * `read` throws an AuthenticationError, PermissionDeniedError, NotFoundError or DecodeError where the token or the
 * answers cannot be believed, and whatever kept the first page of schools, users or sections away.
 *
 * @throws ConfigurationError naming an option that is unknown or impossible
 * @example
 * ```ts
 * import { CleverClient, cleverSource } from 'rosterkit';
 *
 * const source = cleverSource(new CleverClient({ token: process.env['CLEVER_TOKEN'] ?? '' }));
 * const roster = await source.read({ tenant: 'district-1' });
 * console.log(roster.attestation.collections.users);
 * ```
 */
export function cleverSource(client: CleverClient, options: CleverSourceOptions = {}): CleverSource {
  checkOptionNames(options, OPTION_NAMES);
  const clock = options.clock ?? { now: () => new Date() };
  const settleMs = notNegative('settleMs', options.settleMs ?? 10_000);
  const wholeReadEveryMs = notNegative('wholeReadEveryDays', options.wholeReadEveryDays ?? 7) * DAY_MS;
  const read = async (scope: Scope, readOptions: ReadOptions = {}): Promise<Roster> => {
    const readAt = clock.now().toISOString();
    const first = await readLists(client, readOptions);
    const lists = first.hasMoved ? await readLists(client, readOptions) : first;
    const { district, event, scopes } = lists.mark;
    const stale = staleSince(district);
    const roster = {
      ...{ readId: globalThis.crypto.randomUUID(), source: 'clever', readAt, scope },
      ...rosterOf(lists),
      ...(stale === undefined ? {} : { staleSince: stale }),
    };
    // Without `last_sync` nobody could tell a quiet feed from one that is switched off.
    if (event === REFUSED || district.last_sync === undefined || !isWhole(roster.attestation)) return roster;
    const progress = { event, lastSync: district.last_sync, scopes, at: readAt, readAt };
    return { ...roster, cursor: writeCursor({ district: district.id, version: client.version, ...progress }) };
  };
  return {
    provider: 'clever',
    read,
    readSince: async (cursor, scope, readOptions = {}) =>
      await readSince({ client, clock, settleMs, wholeReadEveryMs, readWhole: read }, cursor, scope, readOptions),
    preflight: async ({ signal } = {}) => await cleverPreflight(client, { clock, signal }),
    schools: async ({ signal } = {}) => {
      const schools = await client.schools.list().toArray({ signal });
      return bySourcedId(schools.map(toSchool));
    },
  };
}

function notNegative(parameter: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new ConfigurationError(parameter, 'is a number from 0 up');
}

/** Changes can only be folded into a roster that has everything; what is not shared has nothing to be missed. */
function isWhole({ collections }: Attestation): boolean {
  return Object.values(collections).every(({ state }) => state === 'complete' || state === 'not-shared');
}

/** All lists of a district, and whether the district changed while they were read. */
interface Lists {
  /** As it was before the lists were read: events tell what happened since. */
  readonly mark: DistrictMark;
  readonly hasMoved: boolean;
  readonly schools: CollectionRead<CleverSchool>;
  readonly terms: CollectionRead<CleverTerm>;
  readonly courses: CollectionRead<CleverCourse>;
  readonly users: CollectionRead<CleverUser>;
  readonly sections: CollectionRead<CleverSection>;
}

async function readLists(client: CleverClient, { signal, onPage, onRetry }: ReadOptions): Promise<Lists> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const retrying = onRetry === undefined ? {} : { onRetry };
  const reading = { signal: either, onPage };
  const mark = await markOf(client, { signal: either, ...retrying });
  const required = { ...reading, isOptional: false };
  const optional = { ...reading, isOptional: true };
  const lists = [
    readCollection(client.schools.list(retrying), { ...required, collection: 'schools' }),
    readCollection(client.terms.list(retrying), { ...optional, collection: 'terms' }),
    readCollection(client.courses.list(retrying), { ...optional, collection: 'courses' }),
    readCollection(client.users.list(retrying), { ...required, collection: 'users' }),
    readCollection(client.sections.list(retrying), { ...required, collection: 'classes' }),
  ] as const;
  try {
    const [schools, terms, courses, users, sections] = await Promise.all(lists);
    const after = await markOf(client, { signal: either, ...retrying });
    return { mark, hasMoved: hasMoved(mark, after), schools, terms, courses, users, sections };
  } catch (error) {
    // One list that cannot be believed spoils the read: the others must not go on asking.
    stop.abort();
    await Promise.allSettled(lists);
    throw error;
  }
}

function rosterOf(lists: Lists): Omit<Roster, 'readId' | 'source' | 'readAt' | 'scope'> {
  const courses = bySourcedId(lists.courses.records.map(toCourse));
  const courseTitles = new Map(courses.map((course) => [course.sourcedId, course.title]));
  const sections = inOrder(lists.sections.records, byId);
  const people = inOrder(lists.users.records, byId);
  const classes: Class[] = [];
  const enrollments: Enrollment[] = [];
  const rejected: RejectedRow[] = [lists.schools, lists.terms, lists.courses, lists.users, lists.sections].flatMap(
    (list) => list.rejected,
  );
  for (const section of sections) {
    classes.push(toClass(section, courseTitles));
    const members = toEnrollments(section);
    for (const enrollment of members.enrollments) enrollments.push(enrollment);
    rejected.push(...members.rejected);
  }
  const users: User[] = [];
  const guardianLinks: GuardianLink[] = [];
  for (const person of people) {
    users.push(toUser(person));
    if (person.roles.contact === undefined) continue;
    const contact = toGuardianLinks(person.id, person.roles.contact);
    guardianLinks.push(...contact.links);
    rejected.push(...contact.rejected);
  }
  return {
    schools: bySourcedId(lists.schools.records.map(toSchool)),
    terms: bySourcedId(lists.terms.records.map(toTerm)),
    courses,
    classes,
    users,
    enrollments,
    guardianLinks,
    rejected,
    attestation: attestationOf(lists, {
      enrollments: enrollments.length,
      guardianLinks: guardianLinks.length,
    }),
  };
}

function attestationOf(
  lists: Lists,
  derived: { readonly enrollments: number; readonly guardianLinks: number },
): Attestation {
  const classes = moved(lists.sections.attestation, lists.hasMoved);
  const users = moved(lists.users.attestation, lists.hasMoved);
  // A district that shares no contacts looks the same as one whose children have none.
  const isWithoutContacts = users.state === 'complete' && derived.guardianLinks === 0;
  return {
    allSchools: true,
    collections: {
      schools: moved(lists.schools.attestation, lists.hasMoved),
      terms: moved(lists.terms.attestation, lists.hasMoved),
      courses: moved(lists.courses.attestation, lists.hasMoved),
      classes,
      users,
      enrollments: { ...classes, received: derived.enrollments },
      guardianLinks: isWithoutContacts
        ? { state: 'not-shared', received: 0, ended: 'no-contacts' }
        : { ...users, received: derived.guardianLinks },
    },
  };
}

function moved(attestation: CollectionAttestation, hasMoved: boolean): CollectionAttestation {
  return hasMoved && attestation.state === 'complete'
    ? { ...attestation, state: 'incomplete', ended: 'moved' }
    : attestation;
}

function bySourcedId<T extends { readonly sourcedId: string }>(records: readonly T[]): readonly T[] {
  return inOrder(records, (left, right) => compareIds(left.sourcedId, right.sourcedId));
}

function byId(left: { readonly id: string }, right: { readonly id: string }): number {
  return compareIds(left.id, right.id);
}
