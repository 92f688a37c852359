import { compareIds, inOrder } from '../internal/ordered.js';
import type {
  Attestation,
  Class,
  CollectionAttestation,
  Enrollment,
  GuardianLink,
  RejectedRow,
  Roster,
  Scope,
  User,
} from '../model/index.js';
import type { Clock, ReadOptions, RosterSource } from '../ports/index.js';
import type { CleverClient } from './client.js';
import { type CollectionRead, readCollection } from './read-collection.js';
import { toClass, toCourse, toEnrollments, toGuardianLinks, toSchool, toTerm, toUser } from './roster.js';
import type { CleverCourse, CleverSchool, CleverSection, CleverTerm, CleverUser } from './wire.js';

/** How a Clever source works. */
export interface CleverSourceOptions {
  /** Stamps the read. @default the system's clock */
  readonly clock?: Clock | undefined;
}

/** A Clever district as a source of rosters. */
export interface CleverSource extends RosterSource {
  readonly provider: 'clever';
  read(scope: Scope, options?: ReadOptions): Promise<Roster>;
}

/**
 * A source that reads everything a district token sees: schools, terms, courses, users and sections, once each.
 *
 * Clever takes in a district's data several times a day and its lists move while it does: where the district's
 * `last_sync` changed during the read, everything is read again, once; where it changed again, every list is attested
 * `incomplete`, so that absence from it counts for nothing.
 *
 * `read` throws an AuthenticationError, PermissionDeniedError, NotFoundError or DecodeError where the token or the
 * answers cannot be believed, and whatever kept the first page of schools, users or sections away.
 *
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
  const clock = options.clock ?? { now: () => new Date() };
  return {
    provider: 'clever',
    read: async (scope, readOptions = {}) => {
      const readAt = clock.now().toISOString();
      const first = await readLists(client, readOptions);
      const lists = first.hasMoved ? await readLists(client, readOptions) : first;
      return { readId: globalThis.crypto.randomUUID(), source: 'clever', readAt, scope, ...rosterOf(lists) };
    },
    schools: async ({ signal } = {}) => {
      const schools = await client.schools.list().toArray({ signal });
      return bySourcedId(schools.map(toSchool));
    },
  };
}

/** All lists of a district, and whether the district changed while they were read. */
interface Lists {
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
  const retrying = { onRetry };
  const reading = { signal: either, onPage };
  const before = await lastSync(client, either, retrying);
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
    const hasMoved = (await lastSync(client, either, retrying)) !== before;
    return { hasMoved, schools, terms, courses, users, sections };
  } catch (error) {
    // One list that cannot be believed spoils the read: the others must not go on asking.
    stop.abort();
    await Promise.allSettled(lists);
    throw error;
  }
}

/** When Clever last took in the data of the token's district, as a word to compare. */
async function lastSync(
  client: CleverClient,
  signal: AbortSignal,
  retrying: { readonly onRetry: ReadOptions['onRetry'] },
): Promise<string> {
  const districts = await client.districts.list(retrying).toArray({ signal });
  return districts
    .map((district) => `${district.id} ${district.last_sync ?? ''}`)
    .sort(compareIds)
    .join('\n');
}

function rosterOf(lists: Lists): Omit<Roster, 'readId' | 'source' | 'readAt' | 'scope'> {
  const courses = bySourcedId(lists.courses.records.map(toCourse));
  const courseTitles = new Map(courses.map((course) => [course.sourcedId, course.title]));
  const sections = inOrder(lists.sections.records, byId);
  const people = inOrder(lists.users.records, byId);
  const classes: Class[] = [];
  const enrollments: Enrollment[] = [];
  for (const section of sections) {
    classes.push(toClass(section, courseTitles));
    for (const enrollment of toEnrollments(section)) enrollments.push(enrollment);
  }
  const users: User[] = [];
  const guardianLinks: GuardianLink[] = [];
  const rejected: RejectedRow[] = [lists.schools, lists.terms, lists.courses, lists.users, lists.sections].flatMap(
    (list) => list.rejected,
  );
  let hasContacts = false;
  for (const person of people) {
    users.push(toUser(person));
    if (person.roles.contact === undefined) continue;
    hasContacts = true;
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
      hasContacts,
    }),
  };
}

function attestationOf(
  lists: Lists,
  derived: { readonly enrollments: number; readonly guardianLinks: number; readonly hasContacts: boolean },
): Attestation {
  const classes = moved(lists.sections.attestation, lists.hasMoved);
  const users = moved(lists.users.attestation, lists.hasMoved);
  const isWithoutContacts = users.state === 'complete' && !derived.hasContacts;
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
