import { canonicalJson } from '../../internal/canonical.js';
import { Sha256 } from '../../internal/sha256.js';
import type { Ledger } from '../../model/index.js';

/**
 * What a plan takes for granted of the ledger, in short: what waits, what is counted and what broke off. A plan is not
 * applied to another. Answers to proposals, and what was undone or discarded, are joined to an older plan instead.
 */
export function basisOf(ledger: Ledger): string {
  const { holds, absences, removals, unfinished, messages, incomplete, erasures } = ledger;
  const held = holds.map(({ id, hash, count, approved }) => [id, hash, count ?? null, approved]);
  const hash = new Sha256();
  const counted = [absences ?? [], removals ?? [], unfinished ?? null, messages ?? null, incomplete ?? false];
  // What an older plan remembers may be about somebody who was erased since.
  hash.update(canonicalJson([held, counted, ...(erasures === undefined ? [] : [erasures])]));
  return hash.digest();
}
