import { canonicalFields, canonicalJson } from '../internal/canonical.js';
import { compareIds } from '../internal/ordered.js';
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
  const texts = new ChangeTexts();
  for (const change of plan.changes) hash.update(`${texts.of(change)} ${change.heldBy.join(' ')}\n`);
  for (const hold of plan.holds) hash.update(`${holdText(hold)}\n`);
  for (const gate of plan.gates) hash.update(`${gateText(gate)}\n`);
  return hash.digest();
}

/** The hash of a set of changes, whatever their order: what an approval of a hold names. */
export function hashChanges(changes: readonly Change[]): string {
  const hash = new Sha256();
  const texts = new ChangeTexts();
  const sorted = [...changes].sort((left, right) => compareIds(left.key, right.key));
  for (const change of sorted) hash.update(`${texts.of(change)}\n`);
  return hash.digest();
}

/** Longer texts are hardly ever the same. */
const LONGEST = 256;

/**
 * Changes as texts. Many changes write the same fields: what was written out once is named by its number from then on, so
 * that a large plan has less to hash. A frozen object is one that many changes share.
 */
class ChangeTexts {
  private readonly numbers = new Map<string, string>();
  private readonly known = new Map<object, string>();

  of({ key, version, before, after, fingerprint }: Change): string {
    const head = `${canonicalJson(key)},${version === undefined ? 'null' : String(version)}`;
    return `[${head},${this.fields(before)},${this.fields(after)},${canonicalJson(fingerprint)}]`;
  }

  private fields(values: object | null): string {
    if (values === null) return 'null';
    const known = this.known.get(values);
    if (known !== undefined) return known;
    const text = canonicalFields(values, TIMES);
    if (text.length > LONGEST) return text;
    let number = this.numbers.get(text);
    if (number === undefined) {
      number = `#${String(this.numbers.size)}`;
      this.numbers.set(text, number);
      return text;
    }
    if (Object.isFrozen(values)) this.known.set(values, number);
    return number;
  }
}

function holdText(hold: Hold): string {
  return canonicalJson([hold.id, hold.gate, hold.code, hold.approvable, hold.hash, hold.changes]);
}

function gateText(gate: GateResult): string {
  return canonicalJson([gate.gate, gate.code, gate.evidence]);
}
