/**
 * What the single gates hold: the shape of a read, ids given anew, the week's limit, a new policy.
 *
 * @module
 */

import { canonicalJson } from '../../internal/canonical.js';
import type { Change, Policy } from '../../model/index.js';
import type { HoldRequest } from '../draft.js';
import type { HoldWish, Latches } from './latches.js';
import { type Budget, isOver } from './limits.js';
import { LIMIT_KINDS } from './removal-sums.js';
import { areOfAbsence, areOfLinks, type Doubt } from './shape.js';

/** A kind whose ids were all given anew (G5). */
export interface IdReset {
  readonly kind: 'classes' | 'users';
  /** How many managed records of the kind there are, and how many of them pair up with a new id. */
  readonly baseline: number;
  readonly pairs: number;
}

/** G4, and Z14 alone: a field that is gone takes nothing away, so that only messages wait. */
export function oddShape(doubts: readonly Doubt[]): HoldWish {
  const isField = !areOfAbsence(doubts);
  return {
    id: 'G4',
    gate: 'G4',
    code: isField ? 'FIELD_UNSHARED' : 'SHAPE_HOLD',
    ...(!isField && areOfLinks(doubts) ? { kind: 'guardianLinks' as const } : {}),
    approvable: true,
    changes: isField ? new Set<string>() : 'all-destructive',
    isTold: true,
    about: canonicalJson(doubts),
    evidence: { reasons: [...new Set(doubts.map(({ code }) => code))] },
  };
}

/** G5: every change of the kind, whatever it does, and everything that the old ids' absence would take away. */
export function resetIds({ kind, baseline, pairs }: IdReset, changes: readonly Change[]): HoldRequest {
  const noun = kind === 'classes' ? 'class-' : 'user-';
  return {
    id: `G5:${kind}`,
    gate: 'G5',
    code: 'ID_SPACE_RESET',
    kind,
    approvable: true,
    baseline,
    count: pairs,
    changes: new Set(
      changes.filter((change) => change.kind.startsWith(noun) || change.destructive).map(({ key }) => key),
    ),
  };
}

/** Z10: as G6, for the first removals under settings that nobody has seen at work yet. */
export function newPolicy(count: number): HoldRequest {
  return { id: 'Z10', gate: 'Z10', code: 'POLICY_CHANGED', approvable: true, count, changes: 'all-destructive' };
}

/** G7: too much of a kind in seven days, as G6. */
export function holdWeek(latches: Latches, budget: Budget, { limits }: Policy): void {
  for (const kind of LIMIT_KINDS) {
    const id = `G7:${kind}`;
    const amount = budget.ofWeek(kind, latches.approvedOf(id));
    if (amount === undefined || !isOver(amount, limits)) continue;
    latches.request({ id, gate: 'G7', code: 'ROLLING_LIMIT', approvable: true, changes: 'all-destructive', ...amount });
  }
}
