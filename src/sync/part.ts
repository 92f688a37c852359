import { hasStaleFailure, type Application, applyPlan, deliverUnlessQuiet, withoutStale } from './applying.js';
import { type ImportedPerson, reconcile } from '../engine/index.js';
import { restrict } from '../engine/restrict.js';
import type { Ledger, Plan, Policy, Roster } from '../model/index.js';
import { collectLocal } from './planning.js';
import type { Reading } from './reading.js';

/** Which part of the district's plan a run is about. */
interface Part {
  /** The sourcedIds of the persons whose records and classes it may touch. */
  readonly people: ReadonlySet<string>;
  /** Those of them who get an account. @default nobody beyond the policy */
  readonly importing?: readonly ImportedPerson[];
  /** Leaves out whatever takes away. @default false */
  readonly isAdding?: boolean;
}

/** What a part is planned from. */
export interface PartInput {
  readonly reading: Reading;
  readonly policy: Policy;
  readonly part: Part;
}

/** Plans the whole district and applies the part of it that is about some persons. Returns the plan of that part. */
export async function applyPart(application: Application, { reading, policy, part }: PartInput): Promise<Plan> {
  const { context, lease, run, progress, signal } = application;
  const { plan, before } = await planPart(application, reading.roster, policy, part);
  await reading.keep(lease.fence);
  const { hash, counts, holds } = plan;
  context.events.emit('plan-ready', { runId: run.id, hash, counts, holds });
  progress.planHash = hash;
  progress.counts = counts;
  const released = new Set<string>();
  await applyPlan(application, plan, { policy, released, goesOn: true, partAfter: before });
  // Where people changed records meanwhile, what is left is decided once more about the same roster.
  if (hasStaleFailure(progress)) {
    const stale = withoutStale(progress);
    const isDone = ({ key, heldBy }: Plan['changes'][number]): boolean => heldBy.length === 0 && !stale.has(key);
    const done = new Set(plan.changes.filter(isDone).map(({ key }) => key));
    const again = await planPart(application, reading.roster, policy, part);
    progress.total = progress.applied;
    await applyPlan(application, again.plan, { policy, released, done, partAfter: before });
  }
  await deliverUnlessQuiet(application, plan, { policy, released });
  signal?.throwIfAborted();
  return plan;
}

async function planPart(
  { context, signal }: Application,
  roster: Roster,
  policy: Policy,
  { people, importing, isAdding = false }: Part,
): Promise<{ readonly plan: Plan; readonly before: Ledger }> {
  const local = await collectLocal(await context.store.load(context.scope, signal === undefined ? {} : { signal }));
  signal?.throwIfAborted();
  const now = context.clock.now().toISOString();
  const plan = reconcile({ roster, local, policy, now, importing });
  return { plan: restrict({ plan, roster, local, policy, now, people, isAdding }), before: local.ledger };
}
