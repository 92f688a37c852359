/**
 * What a provider tells that can tell changes: the difference of two states of its data. Written without a look at how
 * changes are folded.
 */

import type {
  Enrollment,
  EnrollmentPair,
  GuardianLink,
  GuardianPair,
  PairsDelta,
  RecordsDelta,
  Roster,
  RosterChanges,
  RosterRecord,
} from '../../src/model/index.js';

/** How the provider tells. */
export interface Telling {
  readonly removals: RosterChanges['removals'];
  /** Whether it tells all pairs of an owner anew (Clever's sections) rather than single ones (OneRoster's rows). */
  readonly inFull: (owner: string) => boolean;
}

/** The state of a provider that keeps what is gone: a tombstone as it was last, with its pairs. */
export function withTombstones(before: Roster, now: Roster): Roster {
  const classes = keptRecords(before.classes, now.classes);
  const users = keptRecords(before.users, now.users);
  return {
    ...now,
    classes,
    users,
    enrollments: keptPairs(before.enrollments, now.enrollments, goneIds(classes), (row) => row.classSourcedId),
    guardianLinks: keptPairs(before.guardianLinks, now.guardianLinks, goneIds(users), (row) => row.guardianSourcedId),
  };
}

/** The state of a provider whose pairs are part of their owners: no pair is there without its owner. */
export function withOwnedPairs(now: Roster): Roster {
  const users = new Set(now.users.map(({ sourcedId }) => sourcedId));
  return { ...now, guardianLinks: now.guardianLinks.filter((link) => users.has(link.guardianSourcedId)) };
}

/** What to tell who knows `before`, so that they know `now`. */
export function changesBetween(before: Roster, now: Roster, { removals, inFull }: Telling): RosterChanges {
  return {
    kind: 'changes',
    readId: now.readId,
    source: now.source,
    readAt: now.readAt,
    scope: now.scope,
    since: before.cursor ?? '',
    cursor: now.cursor ?? '',
    schools: recordsDelta(before.schools, now.schools),
    terms: recordsDelta(before.terms, now.terms),
    courses: recordsDelta(before.courses, now.courses),
    classes: recordsDelta(before.classes, now.classes, removals),
    users: recordsDelta(before.users, now.users, removals),
    enrollments: pairsDelta<Enrollment, EnrollmentPair>(before.enrollments, now.enrollments, {
      ownerOf: (row) => row.classSourcedId,
      isTold: ownerTest(now.classes, removals),
      pairOf: ({ classSourcedId, userSourcedId, sourcedId }) => ({
        classSourcedId,
        userSourcedId,
        ...(sourcedId === undefined ? {} : { sourcedId }),
      }),
      inFull,
    }),
    guardianLinks: pairsDelta<GuardianLink, GuardianPair>(before.guardianLinks, now.guardianLinks, {
      ownerOf: (row) => row.guardianSourcedId,
      isTold: ownerTest(now.users, removals),
      pairOf: ({ guardianSourcedId, studentSourcedId }) => ({ guardianSourcedId, studentSourcedId }),
      inFull,
    }),
    rejected: [],
    withdrawn: [],
    removals,
  };
}

function keptRecords<T extends RosterRecord>(before: readonly T[], now: readonly T[]): readonly T[] {
  const former = new Map(before.map((record) => [record.sourcedId, record]));
  const active = now.filter(({ status }) => status !== 'tobedeleted');
  const ids = new Set(active.map(({ sourcedId }) => sourcedId));
  const gone = [...former.values()].filter(({ sourcedId }) => !ids.has(sourcedId));
  return [...active, ...gone.map((record): T => ({ ...record, status: 'tobedeleted' }))].sort(bySourcedId);
}

function keptPairs<T>(
  before: readonly T[],
  now: readonly T[],
  gone: ReadonlySet<string>,
  ownerOf: (pair: T) => string,
): readonly T[] {
  const pairs = [
    ...now.filter((pair) => !gone.has(ownerOf(pair))),
    ...before.filter((pair) => gone.has(ownerOf(pair))),
  ];
  return pairs.sort((left, right) => (ownerOf(left) < ownerOf(right) ? -1 : ownerOf(left) > ownerOf(right) ? 1 : 0));
}

function goneIds(records: readonly RosterRecord[]): ReadonlySet<string> {
  return new Set(records.filter(({ status }) => status === 'tobedeleted').map(({ sourcedId }) => sourcedId));
}

/** Whose pairs are told of: of an owner who is gone nothing more is. */
function ownerTest(records: readonly RosterRecord[], removals: RosterChanges['removals']): (owner: string) => boolean {
  if (removals === 'hint') {
    const gone = goneIds(records);
    return (owner) => !gone.has(owner);
  }
  const ids = new Set(records.map(({ sourcedId }) => sourcedId));
  return (owner) => ids.has(owner);
}

function recordsDelta<T extends RosterRecord>(
  before: readonly T[],
  now: readonly T[],
  removals: RosterChanges['removals'] = 'told',
): RecordsDelta<T> {
  const former = new Map(before.map((record) => [record.sourcedId, JSON.stringify(record)]));
  const differing = now.filter((record) => former.get(record.sourcedId) !== JSON.stringify(record));
  if (removals === 'hint') {
    return {
      changed: differing.filter(({ status }) => status !== 'tobedeleted'),
      deleted: differing.filter(({ status }) => status === 'tobedeleted').map(({ sourcedId }) => sourcedId),
    };
  }
  const ids = new Set(now.map(({ sourcedId }) => sourcedId));
  return { changed: differing, deleted: [...former.keys()].filter((id) => !ids.has(id)) };
}

interface PairsTelling<T, Pair> {
  readonly ownerOf: (row: T) => string;
  readonly isTold: (owner: string) => boolean;
  readonly pairOf: (row: T) => Pair;
  readonly inFull: (owner: string) => boolean;
}

function pairsDelta<T, Pair>(
  before: readonly T[],
  now: readonly T[],
  { ownerOf, isTold, pairOf, inFull }: PairsTelling<T, Pair>,
): PairsDelta<T, Pair> {
  const former = new Map(before.map((row) => [JSON.stringify(pairOf(row)), row]));
  const present = new Map(now.map((row) => [JSON.stringify(pairOf(row)), row]));
  const isSame = (row: T): boolean => JSON.stringify(former.get(JSON.stringify(pairOf(row)))) === JSON.stringify(row);
  const changed = now.filter((row) => isTold(ownerOf(row)) && !isSame(row));
  const deleted = before.filter((row) => isTold(ownerOf(row)) && !present.has(JSON.stringify(pairOf(row))));
  const touched = new Set([...changed, ...deleted].map(ownerOf));
  const replacedOf = [...touched].filter(inFull).sort();
  const isReplaced = (row: T): boolean => replacedOf.includes(ownerOf(row));
  return {
    replacedOf,
    changed: now.filter((row) => isReplaced(row) || changed.includes(row)),
    deleted: deleted.filter((row) => !isReplaced(row)).map(pairOf),
  };
}

function bySourcedId(left: RosterRecord, right: RosterRecord): number {
  return left.sourcedId < right.sourcedId ? -1 : 1;
}
