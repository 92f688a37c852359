import type { RosterHead } from '../../model/index.js';
import type { Context } from '../context.js';

/** What the source could not use or was not given, for a person to know. */
export function noteReading({ draft, feed, policy }: Context, roster: RosterHead): void {
  const rejected = new Map<string, number>();
  for (const row of roster.rejected ?? []) {
    const key = `${row.collection} ${row.problem}`;
    rejected.set(key, (rejected.get(key) ?? 0) + 1);
  }
  for (const [key, count] of rejected) {
    const [collection = '', problem = ''] = key.split(' ');
    const evidence = { collection, problem, count };
    draft.note({ rule: 'G4', code: 'ROWS_REJECTED', severity: 'warning', evidence });
  }
  const since = roster.staleSince;
  if (since !== undefined) draft.note({ rule: 'Z9', code: 'STANDS_STILL', severity: 'warning', evidence: { since } });
  for (const school of feed.skippedSchools) {
    draft.note({
      rule: 'Z4',
      code: 'SCHOOL_SKIPPED',
      severity: 'warning',
      noun: 'school',
      subject: `school:${school}`,
    });
  }
  const optional = policy.steps.includes('guardians')
    ? (['terms', 'courses', 'guardianLinks'] as const)
    : (['terms', 'courses'] as const);
  for (const collection of optional) {
    if (roster.attestation.collections[collection].state !== 'not-shared') continue;
    draft.note({ rule: 'G1', code: 'NOT_SHARED', severity: 'info', evidence: { collection } });
  }
  const { state, ended } = roster.attestation.collections.guardianLinks;
  if (policy.steps.includes('guardians') && state !== 'complete' && state !== 'not-shared') {
    const evidence = { state, ...(ended === undefined ? {} : { ended }) };
    draft.note({ rule: 'P6', code: 'GUARDIANS_UNREAD', severity: 'warning', evidence });
  }
}
