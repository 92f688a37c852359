/** The way of an import: planned alone, run in one go, or applied as it was planned and read before. */

import { isAcknowledgeable, windowsAt } from '../engine/gates/index.js';
import { hashPlan } from '../engine/index.js';
import { PlanError, StalePlanError } from '../errors.js';
import { type Plan, type Policy, type Roster, scopeKey } from '../model/index.js';
import type { RunReport } from '../ports/index.js';
import {
  type Application,
  applyPlan,
  deliverUnlessQuiet,
  hasStaleFailure,
  refuseOvertaken,
  withoutStale,
} from './applying.js';
import { audit, UNNAMED } from './auditing.js';
import type { ApplyOptions, RunOptions } from './call-options.js';
import type { SyncContext } from './options.js';
import { decide, loadLedger } from './planning.js';
import { type Reading, readRoster } from './reading.js';
import { recordRun, type RunIdentity, withLease } from './recording.js';
import { mayBegin } from './steps.js';

/** Reads the roster and decides what to do about it. Writes nothing. */
export async function planImport(
  context: SyncContext,
  runId: string,
  policy: Policy,
  signal: AbortSignal | undefined,
): Promise<Reading & { readonly plan: Plan }> {
  const reading = await readRoster(context, runId, policy, signal);
  const plan = await decide(context, reading.roster, policy, signal);
  const { hash, counts, holds } = plan;
  context.events.emit('plan-ready', { runId, hash, counts, holds });
  return { ...reading, plan };
}

/** Applies a plan that was made before, if it still is that plan and nothing has overtaken it. */
export async function applyGiven(
  context: SyncContext,
  plan: Plan,
  policy: Policy,
  options: ApplyOptions,
): Promise<RunReport> {
  const { acknowledge, signal } = options;
  const mail = options.mail === true;
  if (scopeKey(plan.scope) !== scopeKey(context.scope)) {
    throw new PlanError('The plan was made for another scope than that of this sync. Make a new one.');
  }
  if (hashPlan(plan) !== plan.hash) {
    throw new StalePlanError('The plan was changed after it was made. Make a new one.', { planHash: plan.hash });
  }
  if (acknowledge !== undefined && acknowledge !== plan.hash) {
    const message = 'Another plan was acknowledged than the one to be applied. Read this one, then acknowledge it.';
    throw new StalePlanError(message, { planHash: plan.hash });
  }
  const released = new Set(
    acknowledge === undefined ? [] : plan.holds.filter((hold) => isAcknowledgeable(hold, { mail })).map(({ id }) => id),
  );
  const steps = plan.type === 'sync' ? plan.steps : undefined;
  const run: RunIdentity = { id: crypto.randomUUID(), type: plan.type, by: options.by, steps };
  return withLease(context, run.id, async (lease) => {
    const ledger = await loadLedger(context);
    refuseOvertaken(plan, ledger, windowsAt(policy, context.clock.now()));
    return recordRun(context, run, signal, async (progress) => {
      const application: Application = { context, lease, run, progress, signal };
      signal?.throwIfAborted();
      progress.planHash = plan.hash;
      progress.counts = plan.counts;
      const by = options.by ?? (acknowledge === undefined ? undefined : UNNAMED);
      const details = { hash: plan.hash, changes: plan.changes.length, released: released.size, mail };
      await audit(context, { action: 'plan-apply', by, runId: run.id, details });
      if (plan.type === 'sync' && !(await mayBegin(context, plan.steps, progress))) return;
      await applyPlan(application, plan, { policy, released, ledger, mail });
      await deliverUnlessQuiet(application, plan, { policy, released, mail });
      signal?.throwIfAborted();
    });
  });
}

/** Reads, plans and applies what no gate holds, and keeps it as a run whatever comes of it. */
export async function runImport(context: SyncContext, policy: Policy, { signal, by }: RunOptions): Promise<RunReport> {
  const run: RunIdentity = { id: crypto.randomUUID(), type: 'sync', by, steps: policy.steps };
  return withLease(context, run.id, async (lease) =>
    recordRun(context, run, signal, async (progress) => {
      const application: Application = { context, lease, run, progress, signal };
      progress.policy = policy;
      signal?.throwIfAborted();
      await audit(context, { action: 'sync-run', by, runId: run.id });
      if (!(await mayBegin(context, policy.steps, progress))) return;
      const { plan, roster, keep } = await planImport(context, run.id, policy, signal);
      await keep(lease.fence);
      progress.planHash = plan.hash;
      progress.counts = plan.counts;
      const released = new Set<string>();
      await applyPlan(application, plan, { policy, released, goesOn: true });
      await catchUp(application, plan, roster, policy);
      await deliverUnlessQuiet(application, plan, { policy, released });
      signal?.throwIfAborted();
    }),
  );
}

/** Where people changed records meanwhile, decides once more about the same roster, and applies what is left to do. */
async function catchUp(application: Application, plan: Plan, roster: Roster, policy: Policy): Promise<void> {
  const { context, progress, signal } = application;
  if (!hasStaleFailure(progress)) return;
  const stale = withoutStale(progress);
  const done = new Set<string>();
  for (const change of plan.changes) {
    if (change.heldBy.length === 0 && !stale.has(change.key)) done.add(change.key);
  }
  const replanned = await decide(context, roster, policy, signal);
  progress.total = progress.applied;
  await applyPlan(application, replanned, { policy, released: new Set(), done });
}
