import type { Enrollment } from '../../model/index.js';
import { ROLE_RANK } from '../rules/members.js';
import type { View } from './view.js';

/** What the district says of an enrollment today (M11). */
export type Standing = 'active' | 'ahead' | 'ended' | 'deleted';

export function standingOf(view: View, row: Enrollment): Standing {
  if (row.status === 'tobedeleted') return 'deleted';
  if (row.endDate !== undefined && row.endDate <= view.today) return 'ended';
  if (row.beginDate !== undefined && row.beginDate > view.leadDate) return 'ahead';
  return 'active';
}

export function countsToday(view: View, row: Enrollment): boolean {
  return standingOf(view, row) === 'active';
}

const STANDING_RANK: Readonly<Record<Standing, number>> = { active: 0, ahead: 10, ended: 20, deleted: 20 };

/** Of several rows of one person in one class the one that counts: today's, then what is ahead; the teacher's first. */
export function preferredRow(view: View, rows: readonly Enrollment[]): Enrollment | undefined {
  const rank = (row: Enrollment): number => STANDING_RANK[standingOf(view, row)] + ROLE_RANK[row.role];
  return [...rows].sort((left, right) => rank(left) - rank(right))[0];
}
