/**
 * What a person's word does to holds, besides releasing the changes they name.
 *
 * @module
 */

import type { Hold, LatchedHold, Ledger } from '../../model/index.js';
import { hashChanges } from '../hash.js';

/** What a person acknowledges with a plan. */
export interface Acknowledgement {
  /** Also that so many messages go out now (G8). @default false */
  readonly mail?: boolean;
}

/**
 * Whether a person who has just read the plan may release the hold with it: limits and vanished schools or cohorts, and
 * messages where they say so. Where the feed itself is in doubt, or one child may be taken for another, a look at the
 * plan is not enough.
 */
export function isAcknowledgeable(
  hold: Pick<Hold, 'gate' | 'code' | 'approvable'>,
  said: Acknowledgement = {},
): boolean {
  if (!hold.approvable) return false;
  if (hold.gate === 'G8') return said.mail === true;
  return ['G6', 'G7', 'K15'].includes(hold.gate) || ['SCHOOL_GONE', 'COHORT_GONE'].includes(hold.code);
}

/**
 * The ledger after a person has approved the shape of a read (G4): it is what later reads are compared with. Only for an
 * approval by the hold's present hash, which is over the doubts, too.
 */
export function withAcceptedShape(ledger: Ledger): Ledger {
  const { doubted, ...rest } = ledger;
  if (doubted === undefined) return ledger;
  const holds = ledger.holds.filter(({ gate, changes, approved }) => {
    return gate !== 'G4' || changes.length > 0 || approved.length > 0;
  });
  return { ...rest, holds, healthy: doubted };
}

/**
 * The ledger after changes were applied: no hold names them any more, and an approval that was used is forgotten. What a
 * person approved and another hold still keeps stays approved, and waits there alone.
 */
export function withoutApplied(ledger: Ledger, applied: ReadonlySet<string>): Ledger {
  const holds = ledger.holds.flatMap((hold): readonly LatchedHold[] => {
    const decided = new Set(hold.approved);
    const changes = hold.changes.filter(({ key }) => !applied.has(key) && !decided.has(key));
    const approved = hold.approved.filter((key) => !applied.has(key));
    if (changes.length === hold.changes.length) {
      const isUsed = changes.length === 0 && approved.length === 0 && hold.approved.length > 0;
      return isUsed ? [] : [{ ...hold, approved }];
    }
    if (changes.length === 0 && approved.length === 0) return [];
    const before = { hash: hold.hash, keys: hold.changes.map(({ key }) => key) };
    return [{ ...hold, changes, approved, hash: hashChanges(changes), versions: [...hold.versions, before] }];
  });
  return { ...ledger, holds };
}
