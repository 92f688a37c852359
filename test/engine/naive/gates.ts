/** Section 1: G6, and the latches of every gate: which hold names which change. */

import type { LatchedHold } from '../../../src/model/index.js';
import type { Seen } from './again.js';
import { byCodeUnit, isDestructive, keyOf, type Asked, type Decision, type Question } from './words.js';

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

export type Baselines = Readonly<Record<keyof typeof KINDS, number>>;

export function judge(
  decisions: readonly Decision[],
  asked: readonly Asked[],
  baselines: Baselines,
  question: Question,
  seen: Seen,
  today: string,
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
  const { removals: sums = [], unfinished } = local.ledger;
  // A run that broke off goes on: with its first baseline, and with what it has taken away by now.
  const gone = (unfinished?.removals ?? []).filter((key) => !destructive.includes(key));
  for (const kind of ['enrollments', 'classes', 'users'] as const) {
    const { floor, rolling, [kind]: limit } = policy.limits;
    const countOf = (keys: readonly string[], id: string): number =>
      keys.filter((key) => key.startsWith(`${KINDS[kind]} `) && !approvedBy(id).includes(key)).length;
    const ask = (id: string, gate: 'G6' | 'G7', code: string, count: number, baseline: number, share: number): void => {
      // 1 to 5 changes of 20 managed or more never hold, nor a single one of fewer; no baseline always does.
      const isFew = baseline >= 20 ? count <= floor : count <= 1 && floor >= 1;
      // A share of the kind, strictly more than the limit.
      if (baseline !== 0 && (isFew || count / baseline <= share)) return;
      wanted.push({ id, gate, code, isApprovable: true, baseline, count, keys: 'all destructive' });
    };
    const present = unfinished?.baselines[kind] ?? baselines[kind];
    const dueNow = countOf(destructive, `G6:${kind}`);
    if (dueNow > 0) {
      ask(`G6:${kind}`, 'G6', 'LIMIT_EXCEEDED', dueNow + countOf(gone, `G6:${kind}`), present, limit);
    }
    // G7: with what other runs took away in seven days, today among them; of what there was when they began.
    // Each removal counts once: what was counted on the chance that it went, and is due again, did not go.
    const ofKind = sums
      .filter((sum) => sum.kind === kind && daysBetween(sum.day, today) < 7)
      .map(({ unconfirmed = [], ...sum }) => {
        const stayed = unconfirmed.filter((key) => destructive.includes(key)).length;
        return { ...sum, removed: sum.removed - stayed };
      });
    const week = ofKind.filter(({ removed }) => removed > 0);
    const [first] = week.filter(({ baseline }) => baseline > 0).sort((left, right) => byCodeUnit(left.day, right.day));
    const dueThisWeek = countOf(destructive, `G7:${kind}`);
    if (dueThisWeek === 0 || week.length === 0 || limit >= 1) continue;
    const before = week.reduce((total, { removed }) => total + removed, 0);
    const count = dueThisWeek + countOf(gone, `G7:${kind}`) + before;
    ask(`G7:${kind}`, 'G7', 'ROLLING_LIMIT', count, first?.baseline ?? present, limit * rolling);
  }

  const holds: Judged[] = [];
  const latched: Latched[] = [];
  /** What was held, is not planned today and not over: neither seen again nor found due. */
  const waitingOf = (latch: LatchedHold): readonly string[] => {
    const isWaiting = (key: string): boolean => !planned.includes(key) && !seen.isOver(key, latch);
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
    const isWholeRun = latch.gate === 'G6' || latch.gate === 'G7' || latch.id === 'K15';
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

function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / (24 * 60 * 60 * 1000));
}
