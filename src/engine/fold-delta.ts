import { ConfigurationError } from '../errors.js';
import { compareIds, inOrder } from '../internal/ordered.js';
import type {
  Attestation,
  Class,
  Collection,
  Course,
  Enrollment,
  EnrollmentPair,
  GuardianLink,
  ReadState,
  RecordsDelta,
  RejectedRow,
  Roster,
  RosterChanges,
  RosterDelta,
  RosterRecord,
} from '../model/index.js';

/**
 * The roster of now: what was read before, with what changed since. Takes each change however often it comes, so that a
 * cursor that is a little too old does no harm. The rosters given stay as they are.
 *
 * What the roster proves stays what it proved when it was read: a read that was incomplete does not become complete by
 * changes on top of it.
 *
 * Where removals are a hint, a record that is said to be gone stays as a tombstone, with its pairs, as a whole read may
 * have it: it may be back in the next delta, which then does not tell its pairs again.
 *
 * @param roster the roster that the delta's cursor came with, or that the delta before was folded into: keep each roster
 *   together with its cursor, because a delta in between that was never folded leaves no trace
 * @throws ConfigurationError where the two are of different sources or tenants
 * @example
 * ```ts
 * import { foldDelta, type CleverSource, type Roster } from 'rosterkit';
 *
 * export async function rosterOfNow(source: CleverSource, before: Roster): Promise<Roster> {
 *   if (before.cursor === undefined) return await source.read(before.scope);
 *   return foldDelta(before, await source.readSince(before.cursor, before.scope));
 * }
 * ```
 */
export function foldDelta(roster: Roster, delta: RosterDelta): Roster {
  requireSameOrigin(roster, delta);
  if (delta.kind === 'whole') return delta.roster;
  const { removals } = delta;
  const courses = foldRecords(roster.courses, delta.courses, removals);
  const classes = withTitles(foldRecords(roster.classes, delta.classes, removals), courses, delta);
  const collections = {
    schools: foldRecords(roster.schools, delta.schools, removals),
    terms: foldRecords(roster.terms, delta.terms, removals),
    courses,
    classes,
    users: foldRecords(roster.users, delta.users, removals),
    enrollments: foldEnrollments(roster.enrollments, delta),
    guardianLinks: foldGuardianLinks(roster.guardianLinks, delta),
  };
  const { staleSince: _old, ...head } = roster;
  return {
    ...head,
    ...collections,
    readId: delta.readId,
    readAt: delta.readAt,
    cursor: delta.cursor,
    ...(delta.staleSince === undefined ? {} : { staleSince: delta.staleSince }),
    rejected: foldRejected(roster.rejected ?? [], delta),
    attestation: foldAttestation(roster.attestation, collections, removals),
  };
}

function requireSameOrigin({ source, scope }: Roster, delta: RosterDelta): void {
  if (delta.source === source && delta.scope.tenant === scope.tenant) return;
  throw new ConfigurationError('delta', 'is of another source or tenant than the roster. Fold each into its own.');
}

function foldRecords<T extends RosterRecord>(
  records: readonly T[],
  { changed, deleted }: RecordsDelta<T>,
  removals: RosterChanges['removals'],
): readonly T[] {
  if (changed.length === 0 && deleted.length === 0) return records;
  const told = new Set(changed.map(({ sourcedId }) => sourcedId));
  const gone = new Set(deleted);
  const kept = records.flatMap((record): readonly T[] => {
    if (told.has(record.sourcedId)) return [];
    if (!gone.has(record.sourcedId)) return [record];
    return removals === 'hint' ? [{ ...record, status: 'tobedeleted', hinted: true }] : [];
  });
  return merged(kept, changed, (left, right) => compareIds(left.sourcedId, right.sourcedId));
}

/** An enrollment without an id stands for all of its class and user. */
function foldEnrollments(rows: readonly Enrollment[], delta: RosterChanges): readonly Enrollment[] {
  const { replacedOf, changed, deleted } = delta.enrollments;
  const owners = new Set([...replacedOf, ...ownersGone(delta, 'classes')]);
  const replaced = replacedById(rows, changed, deleted);
  return foldPairs(
    replaced.size === 0 ? rows : rows.filter((row) => !replaced.has(row)),
    { owners, changed, told: [...changed, ...deleted].filter(({ sourcedId }) => sourcedId === undefined) },
    (row) => [row.classSourcedId, row.userSourcedId],
    (left, right) => compareIds(left.sourcedId ?? '', right.sourcedId ?? ''),
  );
}

/**
 * The enrollments that are told anew by their ids. One with an id of its own is the one of this id, wherever that was, and
 * no other: a member may have one for each term. Some districts give several the same id, such as the user's: there
 * nobody can tell a move from another enrollment, so that only one of the same class and user is told anew. What stays
 * although it is gone, a whole read ends.
 */
function replacedById(
  rows: readonly Enrollment[],
  changed: readonly Enrollment[],
  deleted: readonly EnrollmentPair[],
): ReadonlySet<Enrollment> {
  const replaced = new Set<Enrollment>();
  const told = byOwnId<EnrollmentPair>([...changed, ...deleted], () => true);
  if (told.size === 0) return replaced;
  const known = byOwnId(rows, (id) => told.has(id));
  let areUnique: boolean | undefined;
  for (const [id, words] of told) {
    const former = known.get(id) ?? [];
    for (const word of words) {
      const alike = former.filter((row) => isSamePair(row, word));
      const isOne = former.length === 1 && words.length === 1;
      if (alike.length === 0 && isOne && id !== word.userSourcedId && id !== word.classSourcedId) {
        areUnique ??= haveUniqueIds(rows);
        if (areUnique) for (const row of former) replaced.add(row);
      }
      for (const row of alike) if (alike.length === 1 || isSameBut(row, word)) replaced.add(row);
    }
  }
  return replaced;
}

function byOwnId<T extends EnrollmentPair>(
  rows: readonly T[],
  isWanted: (id: string) => boolean,
): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    const { sourcedId } = row;
    if (sourcedId === undefined || !isWanted(sourcedId)) continue;
    const others = found.get(sourcedId);
    if (others === undefined) found.set(sourcedId, [row]);
    else others.push(row);
  }
  return found;
}

function isSamePair(left: EnrollmentPair, right: EnrollmentPair): boolean {
  return left.classSourcedId === right.classSourcedId && left.userSourcedId === right.userSourcedId;
}

/** Whether a row of an id, class and user that others have too says the same again: what is told twice is there once. */
function isSameBut(row: Enrollment, word: Enrollment | EnrollmentPair): boolean {
  return 'role' in word && row.role === word.role && row.beginDate === word.beginDate && row.endDate === word.endDate;
}

function haveUniqueIds(rows: readonly Enrollment[]): boolean {
  const ids = new Set<string>();
  let count = 0;
  for (const { sourcedId } of rows) {
    if (sourcedId === undefined) continue;
    ids.add(sourcedId);
    count += 1;
  }
  return ids.size === count;
}

function foldGuardianLinks(rows: readonly GuardianLink[], delta: RosterChanges): readonly GuardianLink[] {
  const { replacedOf, changed, deleted } = delta.guardianLinks;
  const owners = new Set([...replacedOf, ...ownersGone(delta, 'users')]);
  return foldPairs(
    rows,
    { owners, changed, told: [...changed, ...deleted] },
    (row) => [row.guardianSourcedId, row.studentSourcedId],
    () => 0,
  );
}

/** The owners who take their pairs with them: none, where a removal is a hint. */
function ownersGone(delta: RosterChanges, owners: 'classes' | 'users'): readonly string[] {
  return delta.removals === 'hint' ? [] : delta[owners].deleted;
}

interface ToldPairs<T, Pair> {
  /** The owners of whom nothing is kept but what is told. */
  readonly owners: ReadonlySet<string>;
  readonly changed: readonly T[];
  /** The pairs of which nothing is kept but what is told. */
  readonly told: readonly Pair[];
}

function foldPairs<Pair, T extends Pair>(
  rows: readonly T[],
  { owners, changed, told }: ToldPairs<T, Pair>,
  idsOf: (row: Pair) => readonly [owner: string, other: string],
  compareAlike: (left: T, right: T) => number,
): readonly T[] {
  if (owners.size === 0 && changed.length === 0 && told.length === 0) return rows;
  const othersOf = new Map<string, Set<string>>();
  for (const pair of told) {
    const [owner, other] = idsOf(pair);
    const others = othersOf.get(owner);
    if (others === undefined) othersOf.set(owner, new Set([other]));
    else others.add(other);
  }
  const kept = rows.filter((row) => {
    const [owner, other] = idsOf(row);
    return !owners.has(owner) && othersOf.get(owner)?.has(other) !== true;
  });
  return merged(kept, changed, (left, right) => {
    const [leftOwner, leftOther] = idsOf(left);
    const [rightOwner, rightOther] = idsOf(right);
    return compareIds(leftOwner, rightOwner) || compareIds(leftOther, rightOther) || compareAlike(left, right);
  });
}

/** Two lists as one in order: a merge, because sorting millions of rows for the sake of a few is what costs most. */
function merged<T>(kept: readonly T[], changed: readonly T[], compare: (left: T, right: T) => number): readonly T[] {
  const left = inOrder(kept, compare);
  const right = inOrder(changed, compare);
  const result: T[] = [];
  let next = 0;
  for (const record of left) {
    while (next < right.length && compare(right[next] as T, record) < 0) result.push(right[next++] as T);
    result.push(record);
  }
  while (next < right.length) result.push(right[next++] as T);
  return result;
}

/** A class bears its course's title: told anew for the classes that changed, and for those whose course did. */
function withTitles(classes: readonly Class[], courses: readonly Course[], delta: RosterChanges): readonly Class[] {
  const changedClasses = new Set(delta.classes.changed.map(({ sourcedId }) => sourcedId));
  const changedCourses = new Set([
    ...delta.courses.changed.map(({ sourcedId }) => sourcedId),
    ...delta.courses.deleted,
  ]);
  if (changedClasses.size === 0 && changedCourses.size === 0) return classes;
  const titles = new Map(courses.map(({ sourcedId, title }) => [sourcedId, title]));
  return classes.map((section) => {
    const { courseSourcedId } = section;
    if (courseSourcedId === undefined) return section;
    if (!changedClasses.has(section.sourcedId) && !changedCourses.has(courseSourcedId)) return section;
    const title = titles.get(courseSourcedId);
    if (title === section.courseTitle) return section;
    const { courseTitle: _former, ...rest } = section;
    return title === undefined ? rest : { ...rest, courseTitle: title };
  });
}

/** The rows that cannot be used now: without those that are readable now or gone, and with each of them once. */
function foldRejected(rows: readonly RejectedRow[], delta: RosterChanges): readonly RejectedRow[] {
  const again = new Set(delta.rejected.map(keyOf));
  return [...rows.filter((row) => !again.has(keyOf(row)) && !isMended(row, delta)), ...delta.rejected];
}

/** Whether a row that could not be read is told of anew: it is readable now, or gone. */
function isMended({ collection, sourcedId, classSourcedId }: RejectedRow, delta: RosterChanges): boolean {
  if (collection === 'enrollments') {
    if (classSourcedId === undefined) return false;
    return (
      delta.enrollments.replacedOf.includes(classSourcedId) || ownersGone(delta, 'classes').includes(classSourcedId)
    );
  }
  if (sourcedId === undefined) return false;
  if (collection === 'guardianLinks') {
    return delta.guardianLinks.replacedOf.includes(sourcedId) || ownersGone(delta, 'users').includes(sourcedId);
  }
  const { changed, deleted } = delta[collection];
  return deleted.includes(sourcedId) || changed.some((record) => record.sourcedId === sourcedId);
}

/** What a rejected row is told anew by: one without an id is only known by where it stood. */
function keyOf({ collection, sourcedId, classSourcedId, problem, location }: RejectedRow): string {
  return JSON.stringify([
    collection,
    classSourcedId ?? null,
    ...(sourcedId === undefined ? [null, problem, location] : [sourcedId]),
  ]);
}

type Collections = Pick<Roster, Collection>;

/**
 * The counts of now; the states of then. Links are the exception: a district that withdraws its contacts deletes each of
 * them, which is no evidence that the children lost their families, and a district that begins to share them tells all;
 * unless its changes are a hint, which may tell a few of them.
 */
function foldAttestation(
  attestation: Attestation,
  collections: Collections,
  removals: RosterChanges['removals'],
): Attestation {
  const told = (name: Collection): Attestation['collections'][Collection] => ({
    state: attestation.collections[name].state,
    received: collections[name].length,
    ended: 'changes',
  });
  const links = told('guardianLinks');
  const hasLinks = collections.guardianLinks.length > 0;
  const { state: users } = attestation.collections.users;
  return {
    ...attestation,
    collections: {
      schools: told('schools'),
      terms: told('terms'),
      courses: told('courses'),
      classes: told('classes'),
      users: told('users'),
      enrollments: told('enrollments'),
      guardianLinks: { ...links, state: linksNow(links.state, hasLinks, removals === 'hint' ? 'incomplete' : users) },
    },
  };
}

/** The state of the links: shared again, they are as complete as what brought them. */
function linksNow(then: ReadState, hasLinks: boolean, sharedAgain: ReadState): ReadState {
  if (then === 'complete' && !hasLinks) return 'not-shared';
  return then === 'not-shared' && hasLinks ? sharedAgain : then;
}
