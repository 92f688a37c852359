/**
 * What stops a plan, whatever its changes are: a read that nothing can be believed of (G1), a blackout (Z9), and in part a
 * read that is incomplete (G2).
 *
 * @module
 */

import type { Change, Plan } from '../../model/index.js';
import type { Context } from '../context.js';
import { hashChanges } from '../hash.js';
import { completePlan } from '../plan.js';
import { basisOf } from './basis.js';
import { isUrgent } from './dependents.js';
import { noteWindows } from './notes.js';

/** G1: nothing that was read can be believed, so nothing is decided, and nothing is forgotten. */
export function failedPlan(context: Context, readId: string): Plan {
  return completePlan({
    type: 'sync',
    scope: context.local.scope,
    steps: context.policy.steps,
    readId,
    changes: [],
    notes: [],
    holds: [],
    gates: [{ gate: 'G1', code: 'UNREADABLE', evidence: { collections: context.feed.failed } }],
    outcome: 'failed',
    ledger: context.local.ledger,
  });
}

/** Z9: nothing is done and nothing is forgotten, but for what protects a child (P11). The messages wait, too. */
export function blackoutPlan({ local, policy, windows }: Context, readId: string, changes: readonly Change[]): Plan {
  return completePlan({
    type: 'sync',
    scope: local.scope,
    steps: policy.steps,
    readId,
    basis: basisOf(local.ledger),
    changes: changes.filter(isUrgent),
    notes: noteWindows(windows),
    holds: [],
    gates: [{ gate: 'G8', code: 'BLACKOUT', evidence: {} }],
    outcome: 'planned',
    ledger: local.ledger,
  });
}

/** G2 holds what is not even planned: an incomplete read proves no absence. It ends with the next complete one. */
export function restrictionOf({ isRestricted, feed, now }: Context): Pick<Plan, 'holds' | 'gates'> {
  if (!isRestricted) return { holds: [], gates: [] };
  const id = { gate: 'G2', code: 'INCOMPLETE_READ' } as const;
  const { incomplete } = feed;
  return {
    holds: [
      {
        id: 'G2',
        ...id,
        changes: [],
        hash: hashChanges([]),
        approvable: false,
        count: incomplete.length,
        since: now,
      },
    ],
    gates: [{ ...id, evidence: { collections: incomplete } }],
  };
}
