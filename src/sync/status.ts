import type { Hold, Scope } from '../model/index.js';
import type { RunReport } from '../ports/index.js';
import { closedReport } from './closing.js';
import { asHold, openHolds } from './holds.js';
import type { SyncContext } from './options.js';
import { loadLedger } from './planning.js';
import { openProposals } from './proposals.js';

/** So many of the newest reports are looked through for the last sync. */
const LOOKED_AT = 20;

/** How a scope stands. */
export interface SyncStatus {
  readonly scope: Scope;
  /** Who holds the scope now, as a `LockHeldError` would say it. Absent where nobody does. */
  readonly running?: RunningSync;
  /** The newest run that has ended, of whatever type. */
  readonly last?: RunReport;
  /** The newest sync that has ended. */
  readonly lastSync?: RunReport;
  /** When the next sync begins, ISO instant: known to a schedule alone. */
  readonly next?: string;
  /** What waits for a person; `sync.holds()` has the changes. */
  readonly holds: readonly Hold[];
  /** How many pairs of records wait for a word; `sync.proposals()` has them. */
  readonly proposals: number;
  /** What the last sync had to tell and nobody has resolved yet: how many notes of each code. */
  readonly notes: Readonly<Record<string, number>>;
}

/** A run that is at work. */
export interface RunningSync {
  readonly runId: string;
  /** Since when it holds the scope, ISO instant. */
  readonly since: string;
  /** Absent where somebody answers a proposal, which is no run. */
  readonly type?: RunReport['type'];
  /** Who started it. */
  readonly by?: string;
}

/** How the scope stands now. Reads a few rows, and none of the host's people. */
export async function statusOf(context: SyncContext): Promise<SyncStatus> {
  const { store, scope } = context;
  const reports = await store.runs(scope, { limit: LOOKED_AT });
  const holder = await store.holder(scope);
  const running = reports.find(({ id }) => id === holder?.holder);
  const ended: RunReport[] = [];
  for (const report of reports) {
    if (report.outcome !== 'running') ended.push(report);
    else if (holder === undefined) ended.push(await asDead(context, report));
  }
  const lastSync = ended.find(({ type }) => type === 'sync');
  const [last] = ended;
  return {
    scope,
    ...(holder === undefined ? {} : { running: { runId: holder.holder, since: holder.since, ...wordsOf(running) } }),
    ...(last === undefined ? {} : { last }),
    ...(lastSync === undefined ? {} : { lastSync }),
    holds: openHolds(await loadLedger(context)).map(asHold),
    proposals: (await openProposals(context)).length,
    notes: lastSync?.counts.notesByCode ?? {},
  };
}

/** A run that seemed to be at work while nobody holds the scope: it has just ended, or whoever comes next will write this. */
async function asDead({ store, scope, clock }: SyncContext, seen: RunReport): Promise<RunReport> {
  // A run gives the scope free after its report is written.
  const report = (await store.run(scope, seen.id)) ?? seen;
  if (report.outcome !== 'running') return report;
  return closedReport(report, await store.journal(scope, report.id), clock.now().toISOString());
}

function wordsOf(report: RunReport | undefined): Pick<RunningSync, 'type' | 'by'> {
  if (report === undefined) return {};
  return { type: report.type, ...(report.by === undefined ? {} : { by: report.by }) };
}
