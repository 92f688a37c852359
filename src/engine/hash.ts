import { canonicalJson } from '../internal/canonical.js';
import { Sha256 } from '../internal/sha256.js';
import type { Change, GateResult, Hold, Plan } from '../model/index.js';

/** When something was archived or removed is no part of what is decided. */
const TIMES: ReadonlySet<string> = new Set(['archivedAt', 'removedAt']);

/**
 * The hash of a plan: over its changes, held sets and gates; not over the time, the run's id or its notes. Two plans
 * with one hash do the same.
 */
export function hashPlan(plan: Pick<Plan, 'changes' | 'holds' | 'gates'>): string {
  const hash = new Sha256();
  for (const change of plan.changes) hash.update(`${changeText(change)} ${change.heldBy.join(' ')}\n`);
  for (const hold of plan.holds) hash.update(`${holdText(hold)}\n`);
  for (const gate of plan.gates) hash.update(`${gateText(gate)}\n`);
  return hash.digest();
}

/** The hash of a set of changes, whatever their order: what an approval of a hold names. */
export function hashChanges(changes: readonly Change[]): string {
  const hash = new Sha256();
  for (const text of changes.map(changeText).sort()) hash.update(`${text}\n`);
  return hash.digest();
}

function changeText(change: Change): string {
  const fields = (values: object | null) =>
    values === null ? null : Object.fromEntries(Object.entries(values).filter(([field]) => !TIMES.has(field)));
  return canonicalJson([change.key, change.version, fields(change.before), fields(change.after), change.fingerprint]);
}

function holdText(hold: Hold): string {
  return canonicalJson([hold.id, hold.gate, hold.code, hold.approvable, hold.hash, hold.changes]);
}

function gateText(gate: GateResult): string {
  return canonicalJson([gate.gate, gate.code, gate.evidence]);
}
