import { ConfigurationError } from '../errors.js';
import { compareIds, inOrder } from '../internal/ordered.js';
import type {
  Attestation,
  Class,
  Collection,
  Course,
  Enrollment,
  GuardianLink,
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
  const courses = foldRecords(roster.courses, delta.courses);
  const classes = withTitles(foldRecords(roster.classes, delta.classes), courses, delta);
  const collections = {
    schools: foldRecords(roster.schools, delta.schools),
    terms: foldRecords(roster.terms, delta.terms),
    courses,
    classes,
    users: foldRecords(roster.users, delta.users),
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
    rejected: [...(roster.rejected ?? []).filter((row) => !isMended(row, delta)), ...delta.rejected],
    attestation: foldAttestation(roster.attestation, collections),
  };
}

function requireSameOrigin({ source, scope }: Roster, delta: RosterDelta): void {
  if (delta.source === source && delta.scope.tenant === scope.tenant) return;
  throw new ConfigurationError('delta', 'is of another source or tenant than the roster. Fold each into its own.');
}

function foldRecords<T extends RosterRecord>(
  records: readonly T[],
  { changed, deleted }: RecordsDelta<T>,
): readonly T[] {
  if (changed.length === 0 && deleted.length === 0) return records;
  const told = new Set([...changed.map(({ sourcedId }) => sourcedId), ...deleted]);
  return merged(
    records.filter(({ sourcedId }) => !told.has(sourcedId)),
    changed,
    (left, right) => compareIds(left.sourcedId, right.sourcedId),
  );
}

/**
 * An enrollment with an id of its own replaces the one of this id, wherever that was, and no other: a member may have one
 * for each term. Without an id it stands for all of its class and user.
 */
function foldEnrollments(rows: readonly Enrollment[], delta: RosterChanges): readonly Enrollment[] {
  const { replacedOf, changed, deleted } = delta.enrollments;
  const owners = new Set([...replacedOf, ...delta.classes.deleted]);
  const told = [...changed, ...deleted];
  const ids = new Set(told.flatMap(({ sourcedId }) => sourcedId ?? []));
  const kept = ids.size === 0 ? rows : rows.filter(({ sourcedId }) => sourcedId === undefined || !ids.has(sourcedId));
  return foldPairs(
    kept,
    { owners, changed, told: told.filter(({ sourcedId }) => sourcedId === undefined) },
    (row) => [row.classSourcedId, row.userSourcedId],
    (left, right) => compareIds(left.sourcedId ?? '', right.sourcedId ?? ''),
  );
}

function foldGuardianLinks(rows: readonly GuardianLink[], delta: RosterChanges): readonly GuardianLink[] {
  const { replacedOf, changed, deleted } = delta.guardianLinks;
  const owners = new Set([...replacedOf, ...delta.users.deleted]);
  return foldPairs(
    rows,
    { owners, changed, told: [...changed, ...deleted] },
    (row) => [row.guardianSourcedId, row.studentSourcedId],
    () => 0,
  );
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

/** Whether a row that could not be read is told of anew: it is readable now, gone, or among the newly rejected. */
function isMended({ collection, sourcedId, classSourcedId }: RejectedRow, delta: RosterChanges): boolean {
  if (collection === 'enrollments') {
    if (classSourcedId === undefined) return false;
    return delta.enrollments.replacedOf.includes(classSourcedId) || delta.classes.deleted.includes(classSourcedId);
  }
  if (sourcedId === undefined) return false;
  if (collection === 'guardianLinks') {
    return delta.guardianLinks.replacedOf.includes(sourcedId) || delta.users.deleted.includes(sourcedId);
  }
  const { changed, deleted } = delta[collection];
  return deleted.includes(sourcedId) || changed.some((record) => record.sourcedId === sourcedId);
}

type Collections = Pick<Roster, Collection>;

/**
 * The counts of now; the states of then. Links are the exception: a district that withdraws its contacts deletes each of
 * them, which is no evidence that the children lost their families, and a district that begins to share them tells all.
 */
function foldAttestation(attestation: Attestation, collections: Collections): Attestation {
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
      guardianLinks: {
        ...links,
        state:
          links.state === 'complete' && !hasLinks
            ? 'not-shared'
            : links.state === 'not-shared' && hasLinks
              ? users
              : links.state,
      },
    },
  };
}
