import { invert, parseJournal } from '../engine/index.js';
import { PlanError } from '../errors.js';
import type { RunReport } from '../ports/index.js';
import { applyPlan } from './applying.js';
import { audit, UNNAMED } from './auditing.js';
import type { SyncContext } from './options.js';
import { collectLocal } from './planning.js';
import { recordRun, type RunIdentity, withLease } from './recording.js';

/** How to undo a run. */
export interface UndoOptions {
  /** Who undoes it, in the host's own words, such as a user id. */
  readonly by?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Takes back what a run applied, wherever nobody has changed it since. A run of its own. */
export async function undoRun(context: SyncContext, runId: string, { by, signal }: UndoOptions): Promise<RunReport> {
  const run: RunIdentity = { id: crypto.randomUUID(), type: 'undo', by, undoes: runId };
  const { store, scope, policy, clock } = context;
  return withLease(context, run.id, async (lease) => {
    const undone = await store.run(scope, runId);
    if (undone === undefined) throw new PlanError(`There is no run ${runId} to undo.`);
    const entries = await store.journal(scope, runId);
    if (entries.length === 0 && undone.applied > 0) {
      throw new PlanError(`What run ${runId} changed is not kept any more (retention.journal): it can't be undone.`);
    }
    return recordRun(context, run, signal, async (progress) => {
      signal?.throwIfAborted();
      const journal = parseJournal(entries);
      const local = await collectLocal(await store.load(scope, signal === undefined ? {} : { signal }));
      signal?.throwIfAborted();
      const plan = invert(journal, local, { now: clock.now().toISOString() });
      progress.planHash = plan.hash;
      progress.counts = plan.counts;
      const released = new Set<string>();
      await audit(context, { action: 'run-undo', by: by ?? UNNAMED, subject: runId, runId: run.id });
      await applyPlan({ context, lease, run, progress, signal }, plan, { policy, released });
    });
  });
}
