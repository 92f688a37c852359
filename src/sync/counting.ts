import type { Change, ChangeKind, PlanCounts } from '../model/index.js';

/** The counts of changes that stand alone, outside a plan. */
export function countChanges(changes: readonly Change[], held = 0): PlanCounts {
  const byKind: Partial<Record<ChangeKind, number>> = {};
  for (const { kind } of changes) byKind[kind] = (byKind[kind] ?? 0) + 1;
  return {
    changes: changes.length,
    ready: changes.length - held,
    held,
    destructive: changes.filter((change) => change.destructive).length,
    notes: 0,
    byKind,
    notesByCode: {},
  };
}
