import { canonicalFields, canonicalJson, isPlainText } from '../internal/canonical.js';
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
  const writer = new ChangeWriter(hash);
  for (const change of plan.changes) {
    writer.write(change);
    for (const hold of change.heldBy) writer.text(hold);
    hash.update('\n');
  }
  for (const hold of plan.holds) hash.update(`${holdText(hold)}\n`);
  for (const gate of plan.gates) hash.update(`${gateText(gate)}\n`);
  return hash.digest();
}

/** The hash of a set of changes, whatever their order: what an approval of a hold names. */
export function hashChanges(changes: readonly Change[]): string {
  const hash = new Sha256();
  const writer = new ChangeWriter(hash);
  for (const change of [...changes].sort((left, right) => compareIds(left.key, right.key))) {
    writer.write(change);
    hash.update('\n');
  }
  return hash.digest();
}

/** Longer texts are hardly ever the same. */
const LONGEST = 256;

/**
 * Writes changes into a hash. Many changes write the same fields: what was written out once is named by its number from
 * then on, so that a large plan has less to hash. A frozen object is one that many changes share.
 */
class ChangeWriter {
  private readonly numbers = new Map<string, string>();
  private readonly known = new Map<object, string>();

  constructor(private readonly hash: Sha256) {}

  write({ key, version, before, after, fingerprint }: Change): void {
    this.text(key);
    this.hash.update(version === undefined ? 'null' : String(version));
    this.fields(before);
    this.fields(after);
    this.text(fingerprint);
  }

  /** In quotes, so that no two texts run into one another. */
  text(text: string): void {
    const { hash } = this;
    if (isPlainText(text)) {
      hash.update('"');
      hash.update(text);
      hash.update('"');
    } else {
      hash.update(JSON.stringify(text));
    }
  }

  private fields(values: object | null): void {
    this.hash.update(values === null ? ' null' : (this.known.get(values) ?? this.textOf(values)));
  }

  private textOf(values: object): string {
    const text = canonicalFields(values, TIMES);
    if (text.length > LONGEST) return text;
    const number = this.numbers.get(text);
    if (number === undefined) {
      this.numbers.set(text, `#${String(this.numbers.size)}`);
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
