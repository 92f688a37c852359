import type { JournalEntry } from '../model/index.js';
import type { RunReport } from '../ports/index.js';
import { countChanges } from './counting.js';
import type { SyncContext } from './options.js';

/** The code of the failure of a run that never ended. */
const DIED = 'died';

/** A run that died is the newest of its scope, but for clocks that differ. */
const LOOKED_AT = 5;

/**
 * Ends the reports of runs that never did it themselves: whoever takes the scope calls it first. What such a run applied is
 * in its journal, so it can be undone like any other.
 */
export async function closeDeadRuns({ store, scope, clock }: SyncContext): Promise<void> {
  for (const report of await store.runs(scope, { limit: LOOKED_AT })) {
    if (report.outcome !== 'running') continue;
    const journal = await store.journal(scope, report.id);
    await store.saveRun(closedReport(report, journal, clock.now().toISOString()));
  }
}

/** The report of a run that never ended, as its journal tells it. */
export function closedReport(report: RunReport, journal: readonly JournalEntry[], endedAt: string): RunReport {
  const message = 'The run never ended: its process died, or could not reach the store any more.';
  return {
    ...report,
    outcome: 'aborted',
    endedAt,
    counts: countChanges(journal.map(({ change }) => change)),
    applied: journal.length,
    failures: [...report.failures, { code: DIED, message }],
  };
}
