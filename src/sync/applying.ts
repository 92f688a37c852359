import {
  basisOf,
  endedLedger,
  endedPartLedger,
  holdsMessages,
  keepsQuiet,
  startedLedger,
  suppressionKey,
  windowsAt,
  type OpenWindows,
} from '../engine/gates/index.js';
import { describeReason } from '../engine/index.js';
import { dateIn } from '../internal/dates.js';
import type { Change, Ledger, Plan, Policy } from '../model/index.js';
import type { RunFailure } from '../ports/index.js';
import { RosterError, StalePlanError } from '../errors.js';
import { deliverOutbox } from './delivering.js';
import type { SyncContext } from './options.js';
import { type Inviting, prepareInviting, prepareUninviting } from './inviting.js';
import type { HeldLease, RunIdentity, RunProgress } from './recording.js';

/** The code of the failure of a change that the world had overtaken. */
const STALE = 'stale';
/** The code of the failure to invite people whom no message reaches. */
const NO_CHANNEL = 'NO_CHANNEL';

/** What a run works with while it applies. */
export interface Application {
  readonly context: SyncContext;
  readonly lease: HeldLease;
  readonly run: RunIdentity;
  readonly progress: RunProgress;
  readonly signal: AbortSignal | undefined;
}

/** Which part of a plan to apply, and under which settings. */
export interface PlanApplication {
  readonly policy: Policy;
  /** The ids of the holds that a person has released. */
  readonly released: ReadonlySet<string>;
  /** What the ledger holds now, where it may have changed since the plan was made. */
  readonly ledger?: Ledger | undefined;
  /** The keys of changes that this run has applied already. */
  readonly done?: ReadonlySet<string> | undefined;
  /** Whether a person lets messages go out although the hour is quiet. @default false */
  readonly mail?: boolean;
  /** Whether the run plans once more where the world has overtaken a change: then it has not ended yet. @default false */
  readonly goesOn?: boolean;
  /** What was remembered before, where the plan is a part of one (`import`, `resync`). @default the whole plan */
  readonly partAfter?: Ledger | undefined;
}

/**
 * Applies the part of a plan that nothing holds. What to remember is written first: a hold stays latched, and an undo
 * stays undone, wherever the run may break off.
 */
export async function applyPlan(application: Application, plan: Plan, options: PlanApplication): Promise<void> {
  const { context, lease, run, progress, signal } = application;
  const { released, policy } = options;
  progress.holds = plan.holds.filter((hold) => !released.has(hold.id));
  if (plan.type === 'sync') progress.gates = [...new Set(plan.gates.map(({ gate }) => gate))];
  noteForNotice(progress, plan, options);
  if (plan.outcome === 'failed') {
    progress.isUnbelievable = true;
    progress.failures.push(
      ...plan.gates.map(({ gate, code }) => ({ code, message: `Gate ${gate}: nothing is applied.` })),
    );
    return;
  }
  const suppressed = suppressionTest(plan.ledger, options.ledger);
  const ledger = startedLedger(plan, released, options.ledger);
  await context.store.saveLedger(context.scope, ledger, lease.fence);
  const changes: Change[] = [];
  for (const change of plan.changes) {
    if (change.heldBy.some((id) => !released.has(id)) || options.done?.has(change.key) === true) continue;
    if (suppressed(change)) progress.failures.push(staleFailure(change.key));
    else changes.push(change);
  }
  progress.total += changes.length;
  let inviting: Inviting;
  if (plan.type === 'sync') {
    const isWaiting = holdsMessages(plan, released) || isQuietNow(context, options);
    const isByHand = options.partAfter !== undefined;
    // What waits for a healthy run of everybody goes on waiting for it.
    if (!isWaiting && !isByHand) await context.store.releaseWaiting(context.scope);
    const at = context.clock.now().toISOString();
    inviting = await prepareInviting(context, { run, policy, changes, isWaiting, isByHand, at });
  } else inviting = await prepareUninviting(context, changes);
  signal?.throwIfAborted();
  const failed = await applyChanges(application, changes, inviting);
  if (plan.type === 'sync' && !(options.goesOn === true && failed.size > 0)) {
    const applied = new Set(changes.map(({ key }) => key).filter((key) => !failed.has(key)));
    const day = dateIn(policy.timeZone, context.clock.now());
    const ended =
      options.partAfter === undefined
        ? endedLedger(ledger, plan, { released, applied, failed, day })
        : endedPartLedger(ledger, options.partAfter, { applied, failed, day });
    await context.store.saveLedger(context.scope, ended, lease.fence);
  }
}

/** What the run's notice says besides its counts, and where it is heard. */
function noteForNotice(progress: RunProgress, plan: Plan, { policy, mail }: PlanApplication): void {
  progress.policy = policy;
  progress.isMailFree = mail === true;
  progress.isBlackout = plan.notes.some(({ code }) => code === 'BLACKOUT');
  progress.warnings = plan.notes
    .filter(({ code }) => code === 'STILL_EMPTY')
    .map((note) => ({ code: note.code, sentence: describeReason(note) }));
  for (const hold of plan.holds) {
    const evidence = plan.gates.find((gate) => gate.evidence?.['hold'] === hold.id)?.evidence;
    progress.sentences.set(hold.id, describeReason({ ...hold, ...(evidence === undefined ? {} : { evidence }) }));
  }
  for (const change of plan.changes) progress.touched.add(change);
  // What this plan cannot judge waits as an earlier one left it.
  for (const { changes } of plan.ledger.holds) for (const change of changes) progress.touched.add(change);
}

/** Hands the outbox to the mailer, unless nothing goes out at this time. */
export async function deliverUnlessQuiet(
  application: Application,
  plan: Plan,
  options: Pick<PlanApplication, 'policy' | 'released' | 'mail'>,
): Promise<void> {
  if (plan.outcome === 'failed' || keepsQuiet(plan, options.released)) return;
  if (!isQuietNow(application.context, options)) await deliverMessages(application);
}

/** The plan may have been made before the quiet hours began. */
function isQuietNow(context: SyncContext, { policy, mail }: Pick<PlanApplication, 'policy' | 'mail'>): boolean {
  return mail !== true && windowsAt(policy, context.clock.now()).has('quiet');
}

/**
 * Refuses a plan that was made before what it takes for granted changed: a run or an approval came between, or a window of
 * the policy opened.
 *
 * @throws StalePlanError
 */
export function refuseOvertaken(plan: Plan, ledger: Ledger, windows: OpenWindows): void {
  const { hash: planHash } = plan;
  if (plan.basis !== undefined && plan.basis !== basisOf(ledger)) {
    const message = 'What waits or what is counted has changed since the plan was made. Make a new one.';
    throw new StalePlanError(message, { planHash });
  }
  const noted = new Set(plan.notes.map(({ code }) => code));
  const isClosed = windows.has('blackout') && !noted.has('BLACKOUT');
  if (isClosed || (windows.has('additive-only') && !noted.has('WINDOW_ADDITIVE'))) {
    const message = 'A window of the policy has opened since the plan was made. Make a new one.';
    throw new StalePlanError(message, { planHash });
  }
}

/** Applies changes in order, in batches: each is written as a whole or not at all. Returns the keys of stale changes. */
export async function applyChanges(
  { context, lease, run, progress, signal }: Application,
  changes: readonly Change[],
  inviting: Inviting,
): Promise<ReadonlySet<string>> {
  const { store, scope, clock, batchSize, events } = context;
  const overtaken = new Set<string>();
  let unreachedCount = 0;
  for (let start = 0; start < changes.length; start += batchSize) {
    signal?.throwIfAborted();
    lease.assertHeld();
    const batch = changes.slice(start, start + batchSize);
    const at = clock.now().toISOString();
    const common = { scope, runId: run.id, fence: lease.fence, at };
    const { invitations, renewed = [], revoke, unreached = [] } = inviting(batch);
    const isMoving = revoke !== undefined && invitations !== undefined;
    // An old address loses its code before the new one gets its own: in one batch the order would be the store's.
    if (isMoving) await store.apply({ ...common, changes: [], revoke });
    for (const write of renewed) await store.saveInvitation(scope, write);
    const result = await store.apply({
      ...common,
      changes: batch,
      ...(invitations === undefined ? {} : { invitations }),
      ...(revoke === undefined || isMoving ? {} : { revoke }),
    });
    const applied = new Set(result.applied);
    unreachedCount += unreached.filter((key) => applied.has(key)).length;
    for (const change of batch) {
      if (!applied.has(change.key)) {
        overtaken.add(change.key);
        progress.failures.push(staleFailure(change.key));
        continue;
      }
      progress.applied += 1;
      progress.appliedByKind.set(change.kind, (progress.appliedByKind.get(change.kind) ?? 0) + 1);
      events.emit('operation-applied', {
        runId: run.id,
        operation: change.kind,
        subject: change.subject,
        index: progress.applied,
        total: progress.total,
      });
    }
    events.emit('batch-applied', {
      runId: run.id,
      size: batch.length,
      applied: progress.applied,
      stale: overtaken.size,
      total: progress.total,
    });
  }
  if (unreachedCount > 0) {
    const reason = 'they have neither an e-mail address nor a mobile number that a message could go to';
    const message = `People who could not be invited, because ${reason}: ${String(unreachedCount)}.`;
    progress.failures.push({ code: NO_CHANNEL, message });
  }
  return overtaken;
}

/** Hands the outbox over. Whatever a mailer does, the data is applied: a failure is a line in the report. */
export async function deliverMessages({ context, run, progress, signal }: Omit<Application, 'lease'>): Promise<void> {
  const onSent = (): void => {
    progress.sent += 1;
  };
  try {
    const { failures } = await deliverOutbox(context, { runId: run.id, signal, onSent });
    progress.failures.push(...failures);
  } catch (error) {
    if (!RosterError.isInstance(error)) throw error;
    progress.failures.push({ code: error.code, message: error.message });
  }
}

/** Whether the world had overtaken a change of the run. */
export function hasStaleFailure({ failures }: RunProgress): boolean {
  return failures.some(({ code }) => code === STALE);
}

/** Takes such failures from the run, because it decides once more. Returns the keys of their changes. */
export function withoutStale(progress: RunProgress): ReadonlySet<string> {
  const stale = progress.failures.flatMap(({ code, key }) => (code === STALE && key !== undefined ? [key] : []));
  progress.failures = progress.failures.filter(({ code }) => code !== STALE);
  return new Set(stale);
}

function staleFailure(key: string): RunFailure {
  return { code: STALE, key, message: 'The record has changed since the plan was made. Plan again.' };
}

function suppressionTest(planned: Ledger, present: Ledger | undefined): (change: Change) => boolean {
  const known = new Set(planned.suppressions.map(suppressionKey));
  const since = new Set((present?.suppressions ?? []).map(suppressionKey).filter((key) => !known.has(key)));
  return (change) => since.size > 0 && since.has(suppressionKey(change));
}
