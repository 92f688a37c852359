/** Section 1: G6, and the latches of every gate: which hold names which change. */

import type { LatchedHold } from '../../../src/model/index.js';
import type { Seen } from './again.js';
import type { Paper } from './paper.js';
import { isDestructive, keyOf, type Asked, type Decision, type Question } from './words.js';

export interface Judged {
  readonly id: string;
  readonly gate: string;
  readonly code: string;
  readonly isApprovable: boolean;
  readonly baseline: number | undefined;
  readonly count: number | undefined;
  readonly keys: readonly string[];
}

/** A hold as it is remembered: what it still names, and what of it was approved. */
export interface Latched {
  readonly id: string;
  readonly baseline: number | undefined;
  readonly keys: readonly string[];
  readonly approved: readonly string[];
}

const KINDS = { enrollments: 'enrollment-remove', classes: 'class-archive', users: 'user-deactivate' } as const;

const WAITING = 'latches: a record that was neither seen again nor found due';

export type Baselines = Readonly<Record<keyof typeof KINDS, number>>;

export function judge(
  decisions: readonly Decision[],
  asked: readonly Asked[],
  baselines: Baselines,
  question: Question,
  seen: Seen,
  paper: Paper,
): { readonly holds: readonly Judged[]; readonly latched: readonly Latched[] } {
  const { policy, local } = question;
  const planned = decisions.map(keyOf);
  const destructive = decisions.filter((each) => isDestructive(each.kind)).map(keyOf);
  const latches = local.ledger.holds;
  const latchOf = (id: string): LatchedHold | undefined => latches.find((latch) => latch.id === id);
  const approvedBy = (id: string): readonly string[] => latchOf(id)?.approved ?? [];
  const keysOf = (latch: LatchedHold): readonly string[] => latch.changes.map((change) => change.key);
  /** What a latch holds and nobody approved, and is planned again. */
  const due = (latch: LatchedHold): readonly string[] =>
    keysOf(latch).filter((key) => planned.includes(key) && !latch.approved.includes(key));

  const wanted: Asked[] = [...asked];
  // G6: a share of the kind, strictly more than the limit.
  for (const kind of ['enrollments', 'classes', 'users'] as const) {
    const id = `G6:${kind}`;
    const count = destructive.filter((key) => key.startsWith(`${KINDS[kind]} `) && !approvedBy(id).includes(key)).length;
    const baseline = baselines[kind];
    const { floor, [kind]: limit } = policy.limits;
    // 1 to 5 changes of 20 managed or more never hold, nor a single one of fewer; no baseline always does.
    const isFew = baseline >= 20 ? count <= floor : count <= 1 && floor >= 1;
    const isOver = baseline === 0 || (!isFew && count / baseline > limit);
    if (count > 0 && isOver) {
      wanted.push({ id, gate: 'G6', code: 'LIMIT_EXCEEDED', isApprovable: true, baseline, count, keys: 'all destructive' });
    }
  }

  const holds: Judged[] = [];
  const latched: Latched[] = [];
  const place = (hold: Asked, keys: ReadonlySet<string>): void => {
    const latch = latchOf(hold.id);
    const sorted = [...keys].sort();
    const { id, gate, code, isApprovable, count } = hold;
    // Every hold is latched: its first baseline stays.
    const baseline = latch?.baseline ?? hold.baseline;
    holds.push({ id, gate, code, isApprovable, baseline, count, keys: sorted });
    const unseen = latch === undefined ? [] : keysOf(latch).filter((key) => !planned.includes(key) && !seen.isOver(key));
    if (unseen.length > 0) paper.point(WAITING);
    const approved = approvedBy(id).filter((key) => planned.includes(key) || !seen.isOver(key));
    latched.push({ id, baseline, keys: [...new Set([...sorted, ...unseen])].sort(), approved });
  };
  for (const hold of wanted) {
    const latch = latchOf(hold.id);
    const named = hold.keys === 'all destructive' ? destructive : hold.keys.filter((key) => planned.includes(key));
    const keys = new Set(named.filter((key) => !approvedBy(hold.id).includes(key)));
    for (const key of latch === undefined ? [] : due(latch)) keys.add(key);
    // A hold that names nothing that is planned is none, but for one that is about a record (K10).
    if (keys.size === 0 && (hold.keys === 'all destructive' || hold.keys.length > 0)) continue;
    place(hold, keys);
  }
  // Nothing is released by time, by additions, or by a later read's ratios.
  for (const latch of latches) {
    if (holds.some((hold) => hold.id === latch.id)) continue;
    const still = due(latch);
    if (still.length > 0) {
      const isWholeRun = latch.gate === 'G6' || latch.id === 'K15';
      const keys = isWholeRun ? destructive.filter((key) => !latch.approved.includes(key)) : still;
      // An empty feed's hold can't be approved while the feed is empty; by now it is not.
      const isApprovable = latch.approvable || latch.gate === 'G3';
      const { id, gate, code, count, baseline } = latch;
      const numbers = { ...(count === undefined ? {} : { count }), ...(baseline === undefined ? {} : { baseline }) };
      place({ id, gate, code, isApprovable, ...numbers, keys: still }, new Set(keys));
      continue;
    }
    // Its records were neither seen again nor found due: it waits, as it was.
    const isWaiting =
      (latch.gate === 'K10' && !seen.isClassJudged(latch)) ||
      [...keysOf(latch), ...latch.approved].some((key) => !planned.includes(key) && !seen.isOver(key));
    const { id, baseline, approved } = latch;
    if (isWaiting && !seen.isKnownUnjudged()) paper.point(WAITING);
    if (isWaiting) latched.push({ id, baseline, keys: [...keysOf(latch)].sort(), approved });
    else if (approved.some((key) => planned.includes(key))) latched.push({ id, baseline, keys: [], approved });
  }
  return { holds, latched };
}
