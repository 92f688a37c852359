import { markOf, type Sieve } from '../../internal/sieve.js';
import type { Enrollment, LocalEnrollment } from '../../model/index.js';
import type { Context } from '../context.js';
import type { Cursor } from '../reading/cursor.js';
import type { Stretch } from '../reading/stretch.js';

/**
 * Members who are plainly as the sync left them, so that no row has anything to say: nearly all members of nearly all
 * plans. This is the hot loop; whoever is less plain takes the long way.
 */
export class PlainMembers {
  /** The roles of the last run. */
  students = 0;
  teachers = 0;
  /** The marks of the members who were come across, by their places in the host's collection, where that is in memory. */
  readonly marks: Int32Array | undefined;

  constructor(
    private readonly context: Context,
    private readonly exceptions: Sieve | undefined,
    memberCount: number | undefined,
  ) {
    this.marks = memberCount === undefined ? undefined : new Int32Array(memberCount);
  }

  /**
   * How many members at the beginning of a class are plain. Where both sides have the same persons, one after the other,
   * it does not matter whether they are in order.
   */
  runOf(enrollments: Cursor<Enrollment>, members: Cursor<LocalEnrollment>, classSourcedId: string): number {
    const { today, leadDate } = this.context;
    const { exceptions, marks } = this;
    const rows = enrollments.records;
    const locals = members.records;
    const start = enrollments.at;
    const shift = members.at - start;
    const end = Math.min(rows.length, locals.length - shift);
    let students = 0;
    let teachers = 0;
    let lastId = '';
    let at = start;
    for (; at < end; at += 1) {
      const row = rows[at] as Enrollment;
      const local = locals[at + shift] as LocalEnrollment;
      const { userSourcedId, role } = row;
      if (userSourcedId !== local.userSourcedId || userSourcedId === lastId) break;
      if (row.classSourcedId !== classSourcedId || local.classSourcedId !== classSourcedId) break;
      if (role !== local.role || local.state !== 'active' || local.origin !== 'roster') break;
      if (row.status === 'tobedeleted') break;
      const synced = local.synced ?? local;
      if (role !== synced.role || (row.primary === true) !== (synced.primary === true)) break;
      if (row.endDate !== undefined && row.endDate <= today) break;
      if (row.beginDate !== undefined && row.beginDate > leadDate) break;
      const mark = markOf(userSourcedId);
      if (exceptions?.mayHave(mark) === true) break;
      if (marks !== undefined) marks[at + shift] = mark;
      if (role === 'student') students += 1;
      else if (role === 'teacher') teachers += 1;
      lastId = userSourcedId;
    }
    this.students = students;
    this.teachers = teachers;
    return at - start;
  }

  /** How many of the members after the run a sync added, and they are still in. */
  countRest({ records, from, to }: Stretch<LocalEnrollment>, run: number): number {
    const { marks, context } = this;
    // P13: an import that leaves them be must not count them, or others could be removed in their shadow.
    const isShadowed = context.policy.guardians.enroll && !context.handlesGuardians;
    let count = 0;
    for (let at = from + run; at < to; at += 1) {
      const { state, origin, userSourcedId, role } = records[at] as LocalEnrollment;
      if (state === 'active' && origin === 'roster' && !(isShadowed && role === 'guardian')) count += 1;
      if (marks !== undefined && userSourcedId !== undefined) marks[at] = markOf(userSourcedId);
    }
    return count;
  }
}
