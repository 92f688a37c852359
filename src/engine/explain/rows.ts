import type { Enrollment } from '../../model/index.js';
import { preferredRow } from '../rules/standing.js';
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

/** Of several rows of one person in one class the one that counts, as the engine chooses it. */
export function chosenRow(view: View, rows: readonly Enrollment[]): Enrollment | undefined {
  return rows.length === 0 ? undefined : rows.reduce((left, right) => preferredRow(left, right, view));
}
