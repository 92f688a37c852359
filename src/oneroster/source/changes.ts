/**
 * The rows that a server gives for what changed, as changes of the neutral roster. Pure.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import type {
  Enrollment,
  EnrollmentPair,
  GuardianLink,
  PairsDelta,
  RecordsDelta,
  RecordStatus,
  RosterChanges,
  RosterRecord,
} from '../../model/index.js';
import type { OneRosterRecords, OneRosterRosterCollection, OneRosterUser } from '../records/wire.js';
import { guardianLinksOf } from '../roster/guardians/agents.js';
import { toRoster } from '../roster/to-roster.js';
import type { ChangedList } from './read-changed.js';

/** What changed in each collection, tombstones among it. */
export type ChangedRows = { readonly [K in OneRosterRosterCollection]: ChangedList<OneRosterRecords[K]> };

/**
 * Everything that the rows amount to.
 *
 * @param behind the people who did not change and to whom changed ones are linked
 */
export function changesOf(
  rows: ChangedRows,
  behind: readonly OneRosterUser[],
  readAt: string,
): Pick<
  RosterChanges,
  'schools' | 'terms' | 'courses' | 'classes' | 'users' | 'enrollments' | 'guardianLinks' | 'rejected'
> {
  const records = {
    orgs: rows.orgs.records,
    academicSessions: rows.academicSessions.records,
    courses: rows.courses.records,
    classes: rows.classes.records,
    users: rows.users.records,
    enrollments: rows.enrollments.records,
  };
  const { rejected, ...collections } = toRoster(records, readAt);
  return {
    schools: recordsDelta(collections.schools),
    terms: recordsDelta(collections.terms),
    courses: recordsDelta(collections.courses),
    // The titles of courses are put in where the whole roster is at hand.
    classes: recordsDelta(collections.classes),
    users: recordsDelta(collections.users),
    enrollments: enrollmentsDelta(collections.enrollments),
    guardianLinks: { replacedOf: [], changed: linksOf(rows.users.records, behind, readAt), deleted: [] },
    rejected: [...Object.values(rows).flatMap((list) => list.rejected), ...rejected],
  };
}

function recordsDelta<T extends RosterRecord>(records: readonly T[]): RecordsDelta<T> {
  const { active, gone } = lastWords(records, ({ sourcedId }) => sourcedId);
  return { changed: active, deleted: gone.map(({ sourcedId }) => sourcedId) };
}

function enrollmentsDelta(enrollments: readonly Enrollment[]): PairsDelta<Enrollment, EnrollmentPair> {
  const { active, gone } = lastWords(enrollments, ({ sourcedId = '' }) => sourcedId);
  return {
    replacedOf: [],
    changed: active,
    deleted: gone.map(({ classSourcedId, userSourcedId, sourcedId = '' }) => ({
      classSourcedId,
      userSourcedId,
      sourcedId,
    })),
  };
}

/** Of several rows with one id the newest; but none that says "gone" beside one that does not. */
function lastWords<T extends { readonly status?: RecordStatus; readonly dateLastModified?: string }>(
  rows: readonly T[],
  idOf: (row: T) => string,
): { readonly active: readonly T[]; readonly gone: readonly T[] } {
  const last = new Map<string, T>();
  for (const row of rows) {
    const known = last.get(idOf(row));
    if (known === undefined || isLater(row, known)) last.set(idOf(row), row);
  }
  const words = rows.filter((row) => last.get(idOf(row)) === row);
  return {
    active: words.filter(({ status }) => status !== 'tobedeleted'),
    gone: words.filter(({ status }) => status === 'tobedeleted'),
  };
}

function isLater<T extends { readonly status?: RecordStatus; readonly dateLastModified?: string }>(
  row: T,
  known: T,
): boolean {
  const isGone = row.status === 'tobedeleted';
  if (isGone !== (known.status === 'tobedeleted')) return !isGone;
  return compareIds(row.dateLastModified ?? '', known.dateLastModified ?? '') > 0;
}

/**
 * The links of those who changed. A link that is gone is not seen here: another side may still have it, and only a whole
 * read sees both. Nor is one to somebody who has no row, whose role nobody knows: an aide would become a guardian.
 */
function linksOf(
  changed: readonly OneRosterUser[],
  behind: readonly OneRosterUser[],
  readAt: string,
): readonly GuardianLink[] {
  const people = [...changed, ...behind];
  const told = new Set(changed.map(({ sourcedId }) => sourcedId));
  const known = new Set(people.map(({ sourcedId }) => sourcedId));
  const gone = new Set(people.filter(({ status }) => status === 'tobedeleted').map(({ sourcedId }) => sourcedId));
  return guardianLinksOf(people, readAt).filter(
    ({ guardianSourcedId, studentSourcedId }) =>
      (told.has(guardianSourcedId) || told.has(studentSourcedId)) &&
      known.has(guardianSourcedId) &&
      !gone.has(guardianSourcedId) &&
      !gone.has(studentSourcedId),
  );
}
