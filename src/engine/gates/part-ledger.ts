/**
 * What the ledger may claim after a run that applied a part of a plan: the changes of a few persons and their classes.
 *
 * Such a run has read the whole district and decided about all of it, and has done next to nothing about it. So it
 * remembers what keeps things from happening, and nothing that lets them happen sooner:
 *
 * - Holds are those of the whole plan: what was held once stays held, whatever the part adds to what a limit is a share of.
 * - What the part takes away counts for the run and for the week like any removal; what it left undone does not.
 * - Absences are not counted: the next read of the whole district does that. Who was seen again begins anew.
 * - The last healthy read, the policy, and what was told once stay as they were: that is for a run of everybody.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import type { Change, Ledger, Plan } from '../../model/index.js';
import { withoutApplied } from './decisions.js';
import { endRun } from './limits.js';
import { withoutSent, type HeldMessages } from './messages.js';
import type { Held } from './latches.js';
import type { PlanResult } from './run-ledger.js';

/** A part of a plan, and what its messages have to wait for. */
export interface PlanPart {
  readonly whole: Plan;
  /** The changes of the part. */
  readonly changes: readonly Change[];
  /** Holds of messages (G8) are those of the part alone. */
  readonly messages: HeldMessages & Pick<Held, 'latched'>;
}

/** The ledger to save before anything of the part is applied. */
export function partLedger(before: Ledger, { whole: { ledger: whole }, changes, messages }: PlanPart): Ledger {
  const { unfinished: _unfinished, messages: _messages, absences: _absences, ...known } = before;
  const { unjudged: _unjudged, removals: _removals, doubted: _doubted, proposals: _proposals, ...kept } = known;
  const absences = absencesStill(before, whole);
  const unfinished = unfinishedOf(before, whole, changes);
  return {
    ...kept,
    formatVersion: 2,
    holds: holdsOf(before, whole, messages.latched),
    suppressions: suppressionsStill(before, whole, changes),
    ...(absences.length === 0 ? {} : { absences }),
    ...(whole.removals === undefined ? {} : { removals: whole.removals }),
    ...(unfinished === undefined ? {} : { unfinished }),
    ...(whole.doubted === undefined ? {} : { doubted: whole.doubted }),
    ...(whole.proposals === undefined ? {} : { proposals: whole.proposals }),
    ...(whole.unjudged === undefined ? {} : { unjudged: whole.unjudged }),
    ...(messages.counted.length === 0 ? {} : { messages: messages.counted }),
    ...(before.incomplete === true || whole.incomplete === true ? { incomplete: true } : {}),
  };
}

/** The ledger to save when all of the part that nothing holds is applied. */
export function endedPartLedger(
  started: Ledger,
  before: Ledger,
  { applied, failed, day }: Omit<PlanResult, 'released'>,
): Ledger {
  const ended =
    before.unfinished === undefined ? endRun(started, { day, failed }) : withoutFailed(started, before, failed);
  return withoutSent(withoutApplied(ended, applied), applied);
}

/** A run of everybody that broke off before goes on later: of what the part set out to remove, what stayed is forgotten. */
function withoutFailed(started: Ledger, before: Ledger, failed: ReadonlySet<string>): Ledger {
  const { unfinished } = started;
  if (unfinished === undefined) return started;
  const known = new Set(before.unfinished?.removals);
  const removals = unfinished.removals.filter((key) => known.has(key) || !failed.has(key));
  return { ...started, unfinished: { ...unfinished, removals } };
}

function holdsOf(before: Ledger, whole: Ledger, ofMessages: Ledger['holds']): Ledger['holds'] {
  const placed = new Set(ofMessages.map(({ id }) => id));
  const earlier = before.holds.filter(({ id, gate }) => gate === 'G8' && !placed.has(id));
  const others = whole.holds.filter(({ gate }) => gate !== 'G8');
  return [...others, ...earlier, ...ofMessages].sort((left, right) => compareIds(left.id, right.id));
}

/** What was undone or discarded stays so, unless this run changes the record by what the feed says of it now. */
function suppressionsStill(before: Ledger, whole: Ledger, changes: readonly Change[]): Ledger['suppressions'] {
  const remaining = new Set(whole.suppressions);
  const changed = new Set(changes.map(({ subject }) => subject));
  return before.suppressions.filter((each) => remaining.has(each) || !changed.has(each.subject));
}

/** The counts from before, of what is missing still. */
function absencesStill(before: Ledger, whole: Ledger): NonNullable<Ledger['absences']> {
  const missing = new Set((whole.absences ?? []).map(({ subject }) => subject));
  return (before.absences ?? []).filter(({ subject }) => missing.has(subject));
}

function unfinishedOf(before: Ledger, whole: Ledger, changes: readonly Change[]): Ledger['unfinished'] {
  // Where nothing is due any more, the run that broke off has ended, and its removals are counted.
  if (whole.unfinished === undefined) return undefined;
  const own = changes.filter(({ destructive, heldBy }) => destructive && heldBy.length === 0).map(({ key }) => key);
  const removals = [...new Set([...(before.unfinished?.removals ?? []), ...own])];
  if (before.unfinished === undefined && removals.length === 0) return undefined;
  return { baselines: whole.unfinished.baselines, removals };
}
