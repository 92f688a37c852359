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
    const count = destructive.filter(
      (key) => key.startsWith(`${KINDS[kind]} `) && !approvedBy(id).includes(key),
    ).length;
    const baseline = baselines[kind];
    const { floor, [kind]: limit } = policy.limits;
    // 1 to 5 changes of 20 managed or more never hold, nor a single one of fewer; no baseline always does.
    const isFew = baseline >= 20 ? count <= floor : count <= 1 && floor >= 1;
    const isOver = baseline === 0 || (!isFew && count / baseline > limit);
    if (count > 0 && isOver) {
      wanted.push({
        id,
        gate: 'G6',
        code: 'LIMIT_EXCEEDED',
        isApprovable: true,
        baseline,
        count,
        keys: 'all destructive',
      });
    }
  }

  const holds: Judged[] = [];
  const latched: Latched[] = [];
  /** What was held, is not planned today and not over: neither seen again nor found due. */
  const waitingOf = (latch: LatchedHold): readonly string[] => {
    const isWaiting = (key: string): boolean => !planned.includes(key) && !seen.isOver(key, latch);
    const all = [...keysOf(latch), ...latch.approved].filter(isWaiting);
    if (all.some((key) => seen.canJudge(key, latch))) paper.point(WAITING);
    return keysOf(latch).filter(isWaiting);
  };
  /** What was approved and can still come to be applied. */
  const approvedOf = (latch: LatchedHold): readonly string[] =>
    latch.approved.filter((key) => planned.includes(key) || !seen.isOver(key, latch));
  const place = (hold: Asked, keys: ReadonlySet<string>): void => {
    const latch = latchOf(hold.id);
    const sorted = [...keys].sort();
    const { id, gate, code, isApprovable, count } = hold;
    // Every hold is latched: its first baseline stays.
    const baseline = latch?.baseline ?? hold.baseline;
    holds.push({ id, gate, code, isApprovable, baseline, count, keys: sorted });
    const waiting = latch === undefined ? [] : waitingOf(latch);
    const approved = latch === undefined ? [] : approvedOf(latch);
    latched.push({ id, baseline, keys: [...new Set([...sorted, ...waiting])].sort(), approved });
  };
  for (const hold of wanted) {
    const latch = latchOf(hold.id);
    const named = hold.keys === 'all destructive' ? destructive : hold.keys.filter((key) => planned.includes(key));
    const keys = new Set(named.filter((key) => !approvedBy(hold.id).includes(key)));
    for (const key of latch === undefined ? [] : due(latch)) keys.add(key);
    // A hold that names nothing that is planned is none.
    if (keys.size === 0) continue;
    place(hold, keys);
  }
  // Nothing is released by time, by additions, or by a later read's ratios.
  for (const latch of latches) {
    if (holds.some((hold) => hold.id === latch.id)) continue;
    const waiting = waitingOf(latch);
    const isWholeRun = latch.gate === 'G6' || latch.id === 'K15';
    const keys = new Set(due(latch));
    if (isWholeRun && (keys.size > 0 || waiting.length > 0)) {
      for (const key of destructive.filter((each) => !latch.approved.includes(each))) keys.add(key);
    }
    const { id, gate, code, baseline } = latch;
    if (keys.size > 0) {
      // An empty feed's hold can't be approved while the feed is empty; by now it is not.
      const isApprovable = latch.approvable || latch.gate === 'G3';
      const numbers = {
        ...(latch.count === undefined ? {} : { count: latch.count }),
        ...(baseline === undefined ? {} : { baseline }),
      };
      place({ id, gate, code, isApprovable, ...numbers, keys: [...keys] }, keys);
      continue;
    }
    const approved = approvedOf(latch);
    if (waiting.length > 0 || approved.length > 0) {
      latched.push({ id, baseline, keys: [...waiting].sort(), approved });
    }
  }
  return { holds, latched };
}
