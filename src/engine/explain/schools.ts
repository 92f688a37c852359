import { schoolSubject } from '../../model/index.js';
import type { LocalSchool, School } from '../../model/index.js';
import {
  because,
  incompleteRead,
  kept,
  notImported,
  OUT_OF_SCOPE,
  stepNotCovered,
  unchanged,
  UNKNOWN,
  type Finding,
} from './finding.js';
import type { View } from './view.js';

/** Why nothing happens to a school (rows S). */
export function findSchool(view: View, feed: School | undefined, local: LocalSchool | undefined): Finding {
  if (local === undefined) {
    if (feed === undefined) return UNKNOWN;
    if (feed.status === 'tobedeleted') return notImported(because('Z6', 'NEVER_IMPORTED'));
    if (!view.covers('classes')) return notImported(stepNotCovered(view));
    if (!view.isInScope(feed.sourcedId)) return notImported(OUT_OF_SCOPE);
    if (view.isRestricted) return notImported(incompleteRead(view));
    const told = view.told(schoolSubject(feed.sourcedId), 'SUPPRESSED');
    return notImported(told ?? because('S1', 'NOT_PLANNED'));
  }
  if (local.sourcedId === undefined || feed === undefined || feed.status === 'tobedeleted') {
    return kept(because('S2', 'SCHOOL_KEPT'));
  }
  if (!view.isInScope(local.sourcedId)) return kept(OUT_OF_SCOPE);
  if (!view.covers('classes')) return kept(stepNotCovered(view));
  const told = view.told(schoolSubject(local.sourcedId), 'SUPPRESSED');
  return told === undefined ? unchanged(because('S2', 'UNCHANGED')) : kept(told);
}
