import type { Change, ChangeKind, Note, Plan, PlanCounts } from '../model/index.js';
import { hashPlan } from './hash.js';

/** A plan with its counts and its hash. */
export function completePlan(plan: Omit<Plan, 'formatVersion' | 'counts' | 'hash'>): Plan {
  return { formatVersion: 1, ...plan, counts: countPlan(plan.changes, plan.notes), hash: hashPlan(plan) };
}

function countPlan(changes: readonly Change[], notes: readonly Note[]): PlanCounts {
  const byKind: Partial<Record<ChangeKind, number>> = {};
  const notesByCode: Record<string, number> = {};
  let held = 0;
  let destructive = 0;
  for (const change of changes) {
    byKind[change.kind] = (byKind[change.kind] ?? 0) + 1;
    if (change.heldBy.length > 0) held += 1;
    if (change.destructive) destructive += 1;
  }
  for (const note of notes) notesByCode[note.code] = (notesByCode[note.code] ?? 0) + 1;
  return {
    changes: changes.length,
    ready: changes.length - held,
    held,
    destructive,
    notes: notes.length,
    byKind,
    notesByCode,
  };
}
