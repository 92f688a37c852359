import { compareIds } from '../../internal/ordered.js';
import type { Enrollment, LocalEnrollment } from '../../model/index.js';

/** A stretch of an array: the members of one class. */
export interface Stretch<T> {
  readonly records: readonly T[];
  readonly from: number;
  readonly to: number;
}

/** Whether any enrollment of the class still counts. */
export function hasActive(enrollments: Stretch<Enrollment>): boolean {
  for (let at = enrollments.from; at < enrollments.to; at += 1) {
    if (enrollments.records[at]?.status !== 'tobedeleted') return true;
  }
  return false;
}

/** How many enrollments of the class still count. */
export function countActive({ records, from, to }: Stretch<Enrollment>): number {
  let count = 0;
  for (let at = from; at < to; at += 1) if (records[at]?.status !== 'tobedeleted') count += 1;
  return count;
}

/** How many of the members a sync added, and they are still in. */
export function countManaged(members: Stretch<LocalEnrollment>): number {
  let count = 0;
  for (let at = members.from; at < members.to; at += 1) {
    const member = members.records[at] as LocalEnrollment;
    if (member.state === 'active' && member.origin === 'roster') count += 1;
  }
  return count;
}

/** A class's enrollments in the order of their users: the stretch itself where it is in order already. */
export function inUserOrder(enrollments: Stretch<Enrollment>): Stretch<Enrollment> {
  const { records, from, to } = enrollments;
  for (let at = from + 1; at < to; at += 1) {
    if ((records[at - 1] as Enrollment).userSourcedId > (records[at] as Enrollment).userSourcedId) {
      return sorted(enrollments, (left, right) => compareIds(left.userSourcedId, right.userSourcedId));
    }
  }
  return enrollments;
}

/** A class's members in the order of the ids by which the feed knows them, then of the host's own. */
export function inMemberOrder(
  members: Stretch<LocalEnrollment>,
  idOf: (member: LocalEnrollment) => string,
): Stretch<LocalEnrollment> {
  const { records, from, to } = members;
  const compare = (left: LocalEnrollment, right: LocalEnrollment): number =>
    compareIds(idOf(left), idOf(right)) || compareIds(left.userId, right.userId);
  for (let at = from + 1; at < to; at += 1) {
    const isAhead = idOf(records[at - 1] as LocalEnrollment) < idOf(records[at] as LocalEnrollment);
    if (!isAhead && compare(records[at - 1] as LocalEnrollment, records[at] as LocalEnrollment) > 0) {
      return sorted(members, compare);
    }
  }
  return members;
}

function sorted<T>({ records, from, to }: Stretch<T>, compare: (left: T, right: T) => number): Stretch<T> {
  const own = records.slice(from, to).sort(compare);
  return { records: own, from: 0, to: own.length };
}
