/**
 * The merge of a class's members in the feed with the host's.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import type { Enrollment, LocalEnrollment } from '../../model/index.js';
import type { Context } from '../context.js';
import type { People } from '../passes/people.js';
import { inUserOrder, type Stretch } from '../reading/stretch.js';
import type { ClassOfMembers } from './additions.js';
import { Comparison, type MemberComparison } from './members.js';
import { preferredRow } from './standing.js';

/** The members at the beginning of a class, on both sides, about whom nothing has to be said. */
export interface PlainRun {
  readonly count: number;
  readonly students: number;
  readonly teachers: number;
}

const NO_RUN: PlainRun = { count: 0, students: 0, teachers: 0 };

/** @param run what was found plain already */
export function compareMembers(
  section: ClassOfMembers,
  feed: Stretch<Enrollment>,
  host: Stretch<LocalEnrollment>,
  context: Context,
  people: People,
  run: PlainRun = NO_RUN,
): MemberComparison {
  const isObserved = context.draft.isAnyObserved('enrollment', section.sourcedId);
  const skipped = isObserved || !isOver(run, feed, host) ? NO_RUN : run;
  const comparison = new Comparison(section, context, people, isObserved, skipped);
  const feedRows = inUserOrder(after(feed, skipped.count));
  const localRows = people.inFeedOrder(after(host, skipped.count));
  let feedAt = feedRows.from;
  let localAt = localRows.from;
  while (feedAt < feedRows.to || localAt < localRows.to) {
    const row = feedAt < feedRows.to ? feedRows.records[feedAt] : undefined;
    const local = localAt < localRows.to ? localRows.records[localAt] : undefined;
    const order =
      row === undefined ? 1 : local === undefined ? -1 : compareIds(row.userSourcedId, people.memberId(local));
    const end = local === undefined ? localAt : endOfMember(localRows, localAt, people);
    const doubles = end > localAt + 1 ? localRows.records.slice(localAt, end) : undefined;
    if (row === undefined || order > 0) {
      if (doubles === undefined) comparison.onlyLocal(local as LocalEnrollment);
      else comparison.doubled(undefined, doubles);
      localAt = end;
      continue;
    }
    let chosen = row;
    feedAt += 1;
    while (feedAt < feedRows.to && feedRows.records[feedAt]?.userSourcedId === row.userSourcedId) {
      chosen = preferredRow(chosen, feedRows.records[feedAt] as Enrollment, context);
      feedAt += 1;
    }
    if (order < 0) {
      comparison.onlyFeed(chosen);
    } else {
      if (doubles === undefined) comparison.both(chosen, local as LocalEnrollment);
      else comparison.doubled(chosen, doubles);
      localAt = end;
    }
  }
  return comparison;
}

/** D6: where the host's records of one member end: nearly always after one. */
function endOfMember({ records, to }: Stretch<LocalEnrollment>, at: number, people: People): number {
  const first = records[at] as LocalEnrollment;
  const id = people.memberId(first);
  let end = at + 1;
  for (; end < to; end += 1) {
    const next = records[end] as LocalEnrollment;
    // Who has no sourcedId goes by the host's own.
    if (people.memberId(next) !== id || (id === '' && next.userId !== first.userId)) break;
  }
  return end;
}

/** Whether nobody of the run comes again: it is in order, and all others come after it. */
function isOver({ count }: PlainRun, feed: Stretch<Enrollment>, host: Stretch<LocalEnrollment>): boolean {
  let lastId = '';
  for (let at = feed.from; at < feed.from + count; at += 1) {
    const { userSourcedId } = feed.records[at] as Enrollment;
    if (userSourcedId <= lastId) return false;
    lastId = userSourcedId;
  }
  if (count === 0) return true;
  for (let at = feed.from + count; at < feed.to; at += 1) {
    if ((feed.records[at] as Enrollment).userSourcedId <= lastId) return false;
  }
  for (let at = host.from + count; at < host.to; at += 1) {
    const { userSourcedId } = host.records[at] as LocalEnrollment;
    if (userSourcedId === undefined || userSourcedId <= lastId) return false;
  }
  return true;
}

function after<T>({ records, from, to }: Stretch<T>, count: number): Stretch<T> {
  return { records, from: from + count, to };
}
