import { RosterError, StoreConflictError } from '../errors.js';
import type { Change, ChangeKind, Gate, Hold, PlanCounts, Step } from '../model/index.js';
import type { RunFailure, RunOutcome, RunReport } from '../ports/index.js';
import type { SyncContext } from './options.js';
import { insisting, isPassing } from './persistent-store.js';
import { pruneAfter } from './retention.js';
import { inTurn, type Waiting } from './waiting.js';

/** The scope is ours while this lasts. */
export interface HeldLease {
  readonly fence: number;
  /** Throws where the lease was lost to another run. */
  assertHeld(): void;
}

/**
 * Works while the scope is held for `holder`, and renews the lease meanwhile, also through a long read.
 *
 * @param waiting for how long to wait for another run
 * @throws LockHeldError while another run holds the scope
 */
export async function withLease<T>(
  context: SyncContext,
  holder: string,
  work: (lease: HeldLease) => Promise<T>,
  waiting: Waiting = {},
): Promise<T> {
  const ttlMs = context.leaseTtlMs;
  const lease = await inTurn(() => context.store.lease(context.scope, { holder, ttlMs }), waiting);
  let lost: { readonly error: unknown } | undefined;
  const timer = setInterval(() => {
    lease.renew().catch((error: unknown) => {
      // Whom the store could not hear has lost nothing yet: it refuses what is written once another holds the scope.
      if (!isPassing(error)) lost = { error };
    });
  }, ttlMs / 3);
  try {
    return await work({
      fence: lease.fence,
      assertHeld: () => {
        if (lost !== undefined) throw lost.error;
      },
    });
  } finally {
    clearInterval(timer);
    // What was done is done and kept; a lease that can't be given back runs out by itself.
    await insisting(() => lease.release()).catch(() => undefined);
  }
}

/** Which run it is. */
export interface RunIdentity {
  readonly id: string;
  readonly type: RunReport['type'];
  readonly by?: string | undefined;
  readonly undoes?: string | undefined;
}

/** What a run has done so far: its report in the making. */
export interface RunProgress {
  planHash: string;
  counts: PlanCounts;
  /** Changes applied so far. */
  applied: number;
  /** Changes applied so far and those still to be applied. */
  total: number;
  sent: number;
  holds: readonly Hold[];
  failures: RunFailure[];
  steps?: readonly Step[];
  gates?: readonly Gate[];
  /** True where the feed cannot be believed at all. */
  isUnbelievable: boolean;
  /** True where the run has to wait for another one, and does nothing. */
  isWaiting?: boolean;
}

/**
 * Keeps a run: one `run-start`, the work, the report whatever came of it, one `run-end`. A failure that is ours to
 * report, and an abort, are outcomes; anything else is reported and thrown on.
 */
export async function recordRun(
  context: SyncContext,
  run: RunIdentity,
  signal: AbortSignal | undefined,
  work: (progress: RunProgress) => Promise<void>,
): Promise<RunReport> {
  const startedAt = context.clock.now();
  const progress: RunProgress = {
    planHash: '',
    counts: countChanges([]),
    applied: 0,
    total: 0,
    sent: 0,
    holds: [],
    failures: [],
    isUnbelievable: false,
  };
  let outcome: RunOutcome = 'failed';
  context.events.emit('run-start', { runId: run.id, scope: context.scope, type: run.type });
  try {
    let unexpected: { readonly error: unknown } | undefined;
    try {
      await work(progress);
      outcome = outcomeOf(progress);
    } catch (error) {
      outcome = signal?.aborted === true ? 'aborted' : progress.applied > 0 ? 'partial' : 'failed';
      // Whoever was shut out may have planned for somebody who was erased since.
      if (StoreConflictError.isInstance(error)) withoutKeys(progress);
      if (outcome === 'aborted') {
        progress.failures.push({ code: 'aborted', message: 'The caller stopped the run.' });
      } else if (RosterError.isInstance(error)) {
        progress.failures.push({ code: error.code, message: error.message });
      } else {
        // An error that is not ours may quote a person's data.
        progress.failures.push({ code: 'unexpected', message: 'An unexpected error ended the run.' });
        unexpected = { error };
      }
    }
    await pruneAfter(context, progress);
    const report = reportOf(context, run, progress, outcome, startedAt);
    await context.store.saveRun(report);
    if (unexpected !== undefined) throw unexpected.error;
    return report;
  } finally {
    const durationMs = context.clock.now().getTime() - startedAt.getTime();
    context.events.emit('run-end', { runId: run.id, outcome, durationMs });
  }
}

/** What is left are counts. */
function withoutKeys(progress: RunProgress): void {
  progress.holds = [];
  progress.failures = progress.failures.filter(({ key }) => key === undefined);
}

function outcomeOf(progress: RunProgress): RunOutcome {
  if (progress.isUnbelievable) return 'failed';
  // A message that could not be sent is told as well, but the data is applied: only changes make a run partial.
  if (progress.failures.some((failure) => failure.key !== undefined)) return 'partial';
  return progress.holds.length > 0 || progress.isWaiting === true ? 'held' : 'applied';
}

function reportOf(
  context: SyncContext,
  run: RunIdentity,
  progress: RunProgress,
  outcome: RunOutcome,
  startedAt: Date,
): RunReport {
  return {
    id: run.id,
    type: run.type,
    scope: context.scope,
    outcome,
    startedAt: startedAt.toISOString(),
    endedAt: context.clock.now().toISOString(),
    planHash: progress.planHash,
    ...(progress.steps === undefined ? {} : { steps: progress.steps }),
    ...(progress.gates === undefined ? {} : { gates: progress.gates }),
    counts: progress.counts,
    applied: progress.applied,
    holds: progress.holds,
    failures: progress.failures,
    sent: progress.sent,
    ...(run.by === undefined ? {} : { by: run.by }),
    ...(run.undoes === undefined ? {} : { undoes: run.undoes }),
  };
}

/** The counts of changes that stand alone, outside a plan. */
export function countChanges(changes: readonly Change[], held = 0): PlanCounts {
  const byKind: Partial<Record<ChangeKind, number>> = {};
  for (const { kind } of changes) byKind[kind] = (byKind[kind] ?? 0) + 1;
  return {
    changes: changes.length,
    ready: changes.length - held,
    held,
    destructive: changes.filter((change) => change.destructive).length,
    notes: 0,
    byKind,
    notesByCode: {},
  };
}
