/**
 * What was taken away in seven days (G7), by day: each removal counts once, also where a run broke off and nobody knows yet
 * whether it went.
 *
 * @module
 */

import type { ChangeKind, Ledger, LimitKind, RemovalSum } from '../../model/index.js';
import { limitKind } from '../draft.js';

/** The kinds that have a limit, in the order in which plans tell of them. */
export const LIMIT_KINDS: readonly LimitKind[] = ['enrollments', 'classes', 'users', 'guardianLinks'];

const DAYS = 7;

/** What was taken away, and when. */
export interface Removals {
  /** `YYYY-MM-DD` in the district's time zone. */
  readonly day: string;
  readonly removed: Readonly<Partial<Record<LimitKind, number>>>;
  /** The keys of those among them that perhaps did not go. @default none */
  readonly unconfirmed?: Iterable<string>;
  /** What there was before. @default not known: the next plan takes what there is then */
  readonly baselines?: Readonly<Partial<Record<LimitKind, number>>> | undefined;
  /** The kinds whose week a person released: what went until now counts no more. */
  readonly renewed?: readonly LimitKind[] | undefined;
}

/** The ledger with what was taken away today, and without what is older than a week. */
export function withRemovals(
  ledger: Ledger,
  { day, removed, unconfirmed = [], baselines, renewed = [] }: Removals,
): Ledger {
  const { removals: before = [], ...rest } = ledger;
  const sums = before.filter((sum) => isWithinWeek(sum.day, day) && !renewed.includes(sum.kind));
  const doubtful = [...unconfirmed];
  for (const kind of LIMIT_KINDS) {
    const count = removed[kind] ?? 0;
    if (count === 0 || renewed.includes(kind)) continue;
    const at = sums.findIndex((sum) => sum.kind === kind && sum.day === day);
    const today = sums[at];
    const sum = sumOf(
      { day, kind, removed: count + (today?.removed ?? 0), baseline: today?.baseline ?? baselines?.[kind] ?? 0 },
      [...(today?.unconfirmed ?? []), ...doubtful.filter((key) => limitKindOfKey(key) === kind)],
    );
    if (today === undefined) sums.push(sum);
    else sums[at] = sum;
  }
  return sums.length === 0 ? rest : { ...rest, removals: sums };
}

/** Whether a removal took place that was counted on the chance; undefined where that is still not known. */
export type Confirmation = (key: string) => 'went' | 'stayed' | undefined;

/** The ledger once it is known of some removals whether they took place: what stayed counts no more. */
export function withConfirmed(ledger: Ledger, confirmation: Confirmation): Ledger {
  if (ledger.removals?.some(({ unconfirmed }) => unconfirmed !== undefined) !== true) return ledger;
  const { removals, ...rest } = ledger;
  const sums = removals.flatMap(({ unconfirmed = [], ...sum }): readonly RemovalSum[] => {
    const stayed = unconfirmed.filter((key) => confirmation(key) === 'stayed');
    const removed = sum.removed - stayed.length;
    if (removed === 0) return [];
    return [
      sumOf(
        { ...sum, removed },
        unconfirmed.filter((key) => confirmation(key) === undefined),
      ),
    ];
  });
  return sums.length === 0 ? rest : { ...rest, removals: sums };
}

function sumOf(sum: Omit<RemovalSum, 'unconfirmed'>, unconfirmed: readonly string[]): RemovalSum {
  return unconfirmed.length === 0 ? sum : { ...sum, unconfirmed };
}

/** How many destructive changes of each kind are among these keys of changes. */
export function countByKind(keys: Iterable<string>): Readonly<Partial<Record<LimitKind, number>>> {
  const counts: Partial<Record<LimitKind, number>> = {};
  for (const key of keys) {
    const kind = limitKindOfKey(key);
    if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** The kind of record that a change with this key takes away. */
export function limitKindOfKey(key: string): LimitKind | undefined {
  return limitKind(key.slice(0, key.indexOf(' ')) as ChangeKind);
}

/** Seven days: today, and the six before it. A day to come is a clock that went wrong, and counts. */
export function isWithinWeek(day: string, today: string): boolean {
  return Date.parse(today) - Date.parse(day) < DAYS * 86_400_000;
}
