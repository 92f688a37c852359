/**
 * What a run does to the ledger of its plan: before it applies anything, and when it has ended.
 *
 * @module
 */

import type { LatchedHold, Ledger, Plan, Proposal } from '../../model/index.js';
import { withoutApplied } from './decisions.js';
import { endRun, renewedWeeks, withReleased } from './limits.js';
import { withMessagesReleased, withoutSent } from './messages.js';
import { countByKind, withConfirmed, withRemovals } from './removal-sums.js';

/** The ids of the holds that a person has released with the plan. */
export type Released = ReadonlySet<string>;

/**
 * The ledger to save before anything of the plan is applied. A hold that is released keeps its approvals until the run has
 * ended: if it breaks off, the next one goes on with them.
 *
 * @param present what the ledger holds now, where that may be other than when the plan was made
 */
export function startedLedger(plan: Plan, released: Released, present?: Ledger): Ledger {
  const ledger = present === undefined ? plan.ledger : withWordSince(plan.ledger, present);
  const holds = ledger.holds.map((hold) =>
    released.has(hold.id) ? { ...hold, approved: hold.changes.map(({ key }) => key) } : hold,
  );
  const free = plan.changes.filter(({ heldBy }) => heldBy.length > 0 && heldBy.every((id) => released.has(id)));
  const started = withReleased({ ...ledger, holds }, free);
  return released.has('G8') ? withMessagesReleased(started) : started;
}

/** What became of a plan. */
export interface PlanResult {
  readonly released: Released;
  /** The keys of the changes that were applied. */
  readonly applied: ReadonlySet<string>;
  /** The keys of those that were not, because their records had changed. */
  readonly failed: ReadonlySet<string>;
  /** `YYYY-MM-DD` in the district's time zone. */
  readonly day: string;
}

/** The ledger to save when all of the plan that nothing holds is applied. */
export function endedLedger(started: Ledger, plan: Plan, { released, applied, failed, day }: PlanResult): Ledger {
  // A plan without any removal could perhaps not see what a run before it, which broke off, still has to remove.
  const hasRemovals = plan.changes.some(({ destructive }) => destructive);
  const unjudged = new Set(started.unjudged);
  const renewed = renewedWeeks(started, applied);
  const ended = hasRemovals ? endRun(started, { day, failed, unjudged, renewed }) : started;
  const rest = withoutApplied(ended, applied);
  const holds = rest.holds.filter((hold) => !isSpent(hold, released));
  return withoutSent({ ...rest, holds }, applied);
}

/**
 * The ledger to save before the changes of an approved hold are applied: what they are to take away counts for the week
 * from then on, however far that comes.
 */
export function ledgerOfApproval(ledger: Ledger, due: ReadonlySet<string>, day: string): Ledger {
  const renewed = renewedWeeks(ledger, due);
  // A run that broke off counts them when it ends.
  const counted = ledger.unfinished === undefined ? due : new Set<string>();
  return withRemovals(ledger, { day, removed: countByKind(counted), unconfirmed: counted, renewed });
}

/** The ledger once the changes of an approved hold are applied, but for those whose records had changed. */
export function afterApproval(ledger: Ledger, applied: ReadonlySet<string>, failed: ReadonlySet<string>): Ledger {
  const confirmed = withConfirmed(ledger, (key) =>
    applied.has(key) ? 'went' : failed.has(key) ? 'stayed' : undefined,
  );
  return withoutApplied(confirmed, applied);
}

/** A hold over messages alone is over when it is released. */
function isSpent({ id, changes, approved }: LatchedHold, released: Released): boolean {
  return released.has(id) && changes.length === 0 && approved.length === 0;
}

/** What people answered, undid or discarded since the plan was made: an older plan must not forget it. */
function withWordSince(planned: Ledger, present: Ledger): Ledger {
  const known = new Set(planned.suppressions.map(suppressionKey));
  const since = present.suppressions.filter((suppression) => !known.has(suppressionKey(suppression)));
  const { proposals } = planned;
  const answered = new Map((present.proposals ?? []).map((proposal) => [proposal.id, proposal]));
  const answer = (proposal: Proposal): Proposal => {
    const decision = proposal.decision ?? answered.get(proposal.id)?.decision;
    return decision === undefined ? proposal : { ...proposal, decision };
  };
  return {
    ...planned,
    suppressions: since.length === 0 ? planned.suppressions : [...planned.suppressions, ...since],
    ...(proposals === undefined ? {} : { proposals: proposals.map(answer) }),
  };
}

/** The same for two suppressions of one change of one record in one state. */
export function suppressionKey({ kind, subject, fingerprint }: Omit<Ledger['suppressions'][number], 'cause'>): string {
  return JSON.stringify([kind, subject, fingerprint]);
}
