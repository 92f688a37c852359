/**
 * Reads the six collections of a server side by side, all at one revision of what the district shares.
 *
 * @module
 */

import type { ReadOptions } from '../../ports/index.js';
import type { OneRosterResource } from '../api/resource.js';
import type { OneRosterRecords, OneRosterRosterCollection } from '../records/wire.js';
import type { OneRosterRows } from '../roster/to-roster.js';
import { type CollectionRead, type ListRead, readList } from './read-list.js';
import { together } from './together.js';

export { type CollectionRead, ROSTER_NAMES } from './read-list.js';

/** The six collections of a client. */
export type RosterResources = { readonly [K in OneRosterRosterCollection]: OneRosterResource<K> };

/** The six of them, as they were read. */
export type CollectionReads = { readonly [K in OneRosterRosterCollection]: CollectionRead<OneRosterRecords[K]> };

/** The six of them, as they were read from a server. */
export type ListReads = { readonly [K in OneRosterRosterCollection]: ListRead<OneRosterRecords[K]> };

/** The records alone. */
export function rowsIn(reads: CollectionReads): OneRosterRows {
  return {
    orgs: reads.orgs.records,
    academicSessions: reads.academicSessions.records,
    courses: reads.courses.records,
    classes: reads.classes.records,
    users: reads.users.records,
    enrollments: reads.enrollments.records,
  };
}

/**
 * Reads all collections. Where the revision (`x-perm-rev`) is not the same over all of them, everything is read again,
 * once; where it moved again, nothing is attested `complete`, because a class may be of one revision and its members of
 * another. A server that numbers each list on its own has not moved where every list has the number that it had before.
 *
 * @throws RosterError where a required collection is refused, is no OneRoster, or fails at its first page; the other
 * reads are then stopped
 */
export async function readCollections(resources: RosterResources, options: ReadOptions): Promise<ListReads> {
  const first = await readAll(resources, options);
  if (isOfOneRevision(first)) return first;
  const second = await readAll(resources, options);
  return isOfOneRevision(second) || haveStayed(first, second) ? second : moved(second);
}

async function readAll(resources: RosterResources, options: ReadOptions): Promise<ListReads> {
  const [orgs, academicSessions, courses, classes, users, enrollments] = await together(options.signal, (signal) => {
    const read = <K extends OneRosterRosterCollection>(collection: K): Promise<ListRead<OneRosterRecords[K]>> =>
      readList<K>(collection, resources[collection], { ...options, signal });
    return [
      read('orgs'),
      read('academicSessions'),
      read('courses'),
      read('classes'),
      read('users'),
      read('enrollments'),
    ] as const;
  });
  return { orgs, academicSessions, courses, classes, users, enrollments };
}

function isOfOneRevision(reads: ListReads): boolean {
  const ends = Object.values(reads).flatMap(({ end }) => end ?? []);
  const revisions = new Set(ends.flatMap(({ revision }) => revision ?? []));
  return revisions.size <= 1 && ends.every(({ ended }) => ended !== 'revision-changed');
}

function haveStayed(first: ListReads, second: ListReads): boolean {
  const before = Object.values(first);
  return Object.values(second).every(({ end }, index) => {
    const earlier = before[index]?.end;
    return [end, earlier].every((one) => one?.ended !== 'revision-changed') && end?.revision === earlier?.revision;
  });
}

function moved(reads: ListReads): ListReads {
  return {
    orgs: asMoved(reads.orgs),
    academicSessions: asMoved(reads.academicSessions),
    courses: asMoved(reads.courses),
    classes: asMoved(reads.classes),
    users: asMoved(reads.users),
    enrollments: asMoved(reads.enrollments),
  };
}

function asMoved<T>(read: ListRead<T>): ListRead<T> {
  if (read.attestation.state !== 'complete') return read;
  return { ...read, attestation: { ...read.attestation, state: 'incomplete', ended: 'moved' } };
}
