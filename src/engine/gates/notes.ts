/**
 * What the gates tell although nothing waits for a person.
 *
 * @module
 */

import type { Evidence, Note } from '../../model/index.js';
import type { Grace } from './grace.js';
import type { OpenWindows } from './windows.js';

/** Z9: a window of the policy is open. */
export function noteWindows(windows: OpenWindows): readonly Note[] {
  const notes: Note[] = [];
  if (windows.has('blackout')) notes.push({ rule: 'Z9', code: 'BLACKOUT', severity: 'warning' });
  if (windows.has('additive-only')) notes.push({ rule: 'Z9', code: 'WINDOW_ADDITIVE', severity: 'info' });
  return notes;
}

/** Z10: which settings are other than last time, and what they alone cause. */
export function notePolicyChange(settings: readonly string[], effects: Evidence = {}): Note {
  return { rule: 'Z10', code: 'POLICY_CHANGED', severity: 'info', evidence: { ...effects, settings } };
}

/** Z6: told once for all, because a whole school may be missing. Which records they are the ledger says. */
export function noteGrace(grace: Pick<Grace, 'waits'>, snapshots: number): readonly Note[] {
  if (grace.waits.size === 0) return [];
  const counts = Object.fromEntries([...grace.waits].sort(([left], [right]) => (left < right ? -1 : 1)));
  return [{ rule: 'Z6', code: 'GRACE', severity: 'info', evidence: { ...counts, reads: snapshots } }];
}
