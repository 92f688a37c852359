import { LockHeldError, RosterError, StoreConflictError } from '../errors.js';
import { windowsAt } from '../engine/gates/index.js';
import type { ChangeKind, Gate, Hold, PlanCounts, Policy, Step } from '../model/index.js';
import type { NoticeLine } from '../people/index.js';
import type { Lease, OutboxMessage, RunFailure, RunOutcome, RunReport } from '../ports/index.js';
import { deliverMessages } from './applying.js';
import { closeDeadRuns } from './closing.js';
import { countChanges } from './counting.js';
import { noticesOf } from './notices.js';
import type { SyncContext } from './options.js';
import { insisting, isPassing } from './persistent-store.js';
import { pruneAfter } from './retention.js';
import { Touched } from './touched.js';
import { inTurn, type Waiting } from './waiting.js';

/** The scope is ours while this lasts. */
export interface HeldLease {
  readonly fence: number;
  /** Throws where the lease was lost to another run. */
  assertHeld(): void;
}

/**
 * Works while the scope is held for `holder`, and renews the lease meanwhile, also through a long read. A run that died
 * before gets its end first.
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
  const lease = await inTurn(() => takeLease(context, holder), waiting);
  let lost: { readonly error: unknown } | undefined;
  const timer = setInterval(() => {
    lease.renew().catch((error: unknown) => {
      // Whom the store could not hear has lost nothing yet: it refuses what is written once another holds the scope.
      if (!isPassing(error)) lost = { error };
    });
  }, ttlMs / 3);
  try {
    await closeDeadRuns(context);
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

/** Takes the scope, or says who has it. */
async function takeLease({ store, scope, leaseTtlMs }: SyncContext, holder: string): Promise<Lease> {
  try {
    return await store.lease(scope, { holder, ttlMs: leaseTtlMs });
  } catch (error) {
    if (!LockHeldError.isInstance(error)) throw error;
    const message = `Sync in progress: ${error.holder} has held the scope since ${error.since}. Try again when it has ended.`;
    throw new LockHeldError(message, { holder: error.holder, since: error.since, cause: error });
  }
}

/** Which run it is. */
export interface RunIdentity {
  readonly id: string;
  readonly type: RunReport['type'];
  readonly by?: string | undefined;
  readonly undoes?: string | undefined;
  /** The parts of the import, as far as they are known when it begins. */
  readonly steps?: readonly Step[] | undefined;
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
  gates?: readonly Gate[];
  /** True where the feed cannot be believed at all. */
  isUnbelievable: boolean;
  /** True where the run has to wait for another one, and does nothing. */
  isWaiting?: boolean;
  /** The settings of the run: its notice follows them. */
  policy: Policy;
  appliedByKind: Map<ChangeKind, number>;
  /** Where something is changed, or waits. */
  touched: Touched;
  /** What the holds mean, by their ids. */
  sentences: Map<string, string>;
  /** What has gone on for days. */
  warnings: readonly NoticeLine[];
  isBlackout: boolean;
  /** Whether a person lets messages go out although the hour is quiet. */
  isMailFree: boolean;
}

/**
 * Keeps a run, from its beginning: one `run-start`, the work, the report whatever came of it, one `run-end`. A failure that is ours to
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
    policy: context.policy,
    appliedByKind: new Map(),
    touched: new Touched(),
    sentences: new Map(),
    warnings: [],
    isBlackout: false,
    isMailFree: false,
  };
  let outcome: RunOutcome = 'failed';
  // From here on there is a report, so that others see the run, and its successor knows where it died.
  await context.store.saveRun(reportOf(context, run, progress, 'running', startedAt));
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
    const messages = await noticesOf(context, reportOf(context, run, progress, outcome, startedAt), progress);
    let report = reportOf(context, run, progress, outcome, startedAt);
    await saveReport(context, report, messages);
    if (messages.length > 0 && (await deliverNotices({ context, run, progress, signal }))) {
      report = reportOf(context, run, progress, outcome, startedAt);
      await context.store.saveRun(report);
    }
    if (unexpected !== undefined) throw unexpected.error;
    return report;
  } finally {
    const durationMs = context.clock.now().getTime() - startedAt.getTime();
    const { applied, sent, holds, failures } = progress;
    const codes = [...new Set(failures.map(({ code }) => code))];
    context.events.emit('run-end', {
      runId: run.id,
      outcome,
      durationMs,
      applied,
      sent,
      holds: holds.length,
      failures: codes,
    });
  }
}

async function saveReport(
  { store, clock, events }: SyncContext,
  report: RunReport,
  messages: readonly OutboxMessage[],
): Promise<void> {
  if (messages.length === 0) return store.saveRun(report);
  await store.saveRun(report, { messages, at: clock.now().toISOString() });
  events.emit('notice-queued', { runId: report.id, recipients: messages.length });
}

/** Hands the notices over, unless nothing goes out at this time. Says whether there is more to report now. */
async function deliverNotices(delivery: Parameters<typeof deliverMessages>[0]): Promise<boolean> {
  const { context, progress } = delivery;
  const windows = windowsAt(progress.policy, context.clock.now());
  if (windows.has('blackout') || (windows.has('quiet') && !progress.isMailFree)) return false;
  const { sent } = progress;
  const { length } = progress.failures;
  await deliverMessages(delivery);
  return progress.sent > sent || progress.failures.length > length;
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
    ...(outcome === 'running' ? {} : { endedAt: context.clock.now().toISOString() }),
    planHash: progress.planHash,
    ...(run.steps === undefined ? {} : { steps: run.steps }),
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
