import type { Enrollment, LocalEnrollment } from '../model/index.js';

/** A stretch of an ordered array: the members of one class. */
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

/** How many of the members a sync added, and they are still in. */
export function countManaged(members: Stretch<LocalEnrollment>): number {
  let count = 0;
  for (let at = members.from; at < members.to; at += 1) {
    const member = members.records[at] as LocalEnrollment;
    if (member.state === 'active' && member.origin === 'roster') count += 1;
  }
  return count;
}
