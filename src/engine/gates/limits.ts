/**
 * How much may be taken away, in one run (G6) and in seven days (G7), and what is remembered for that.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import type { Change, Ledger, LimitKind, Limits } from '../../model/index.js';
import { limitKind } from '../draft.js';
import { countByKind, isWithinWeek, LIMIT_KINDS, limitKindOfKey, withRemovals } from './removal-sums.js';

/** How many managed records there are of each kind: what a limit is a share of. */
export type Baselines = Readonly<Record<LimitKind, number>>;

/** A baseline this small has no floor, but for a single change. */
const FLOOR_NEEDS = 20;

/** What is taken away of a kind, and what that is a share of. */
export interface Amount {
  readonly kind: LimitKind;
  readonly count: number;
  readonly baseline: number;
  readonly limit: number;
}

/** A share strictly over the limit; few changes never are, and no baseline always is. */
export function isOver({ count, baseline, limit }: Amount, { floor }: Limits): boolean {
  if (baseline <= 0) return true;
  const isFew = baseline >= FLOOR_NEEDS ? count <= floor : count <= Math.min(1, floor);
  return !isFew && count / baseline > limit;
}

/** How much there is to take away of each kind, and what went already. */
export class Budget {
  private readonly baselines: Baselines;
  /** What a run that broke off had set out to remove and is not due any more: it went. */
  private readonly applied: readonly string[];

  /**
   * @param due the destructive changes of this plan
   * @param today `YYYY-MM-DD` in the district's time zone
   */
  constructor(
    private readonly ledger: Ledger,
    private readonly limits: Limits,
    baselines: Baselines,
    private readonly due: readonly Change[],
    private readonly today: string,
  ) {
    // A run that broke off goes on: what it has added or taken away by now must not move its own limit.
    this.baselines = ledger.unfinished?.baselines ?? baselines;
    this.applied = appliedOf(ledger, due);
  }

  /** G6: what this run takes away, with what it took before it broke off; less what a person approved. */
  ofRun(kind: LimitKind, approved: ReadonlySet<string>): Amount | undefined {
    const due = this.countDue(kind, approved);
    if (due === 0) return undefined;
    const count = due + this.countApplied(kind, approved);
    return { kind, count, baseline: this.baselines[kind], limit: this.limits[kind] };
  }

  /**
   * G7: the same of seven days, today among them, as a share of what there was before the first removal. Where a run may
   * take everything, so may a week.
   */
  ofWeek(kind: LimitKind, approved: ReadonlySet<string>): Amount | undefined {
    const due = this.countDue(kind, approved);
    const perRun = this.limits[kind];
    if (due === 0 || perRun >= 1) return undefined;
    const sums = (this.ledger.removals ?? []).filter((sum) => sum.kind === kind && isWithinWeek(sum.day, this.today));
    if (sums.length === 0) return undefined;
    const [first] = sums.filter(({ baseline }) => baseline > 0).sort((left, right) => compareIds(left.day, right.day));
    const before = sums.reduce((total, { removed }) => total + removed, 0);
    return {
      kind,
      count: due + before + this.countApplied(kind, approved),
      baseline: first?.baseline ?? this.baselines[kind],
      limit: perRun * this.limits.rolling,
    };
  }

  private countDue(kind: LimitKind, approved: ReadonlySet<string>): number {
    let count = 0;
    for (const change of this.due) if (limitKind(change.kind) === kind && !approved.has(change.key)) count += 1;
    return count;
  }

  private countApplied(kind: LimitKind, approved: ReadonlySet<string>): number {
    let count = 0;
    for (const key of this.applied) if (limitKindOfKey(key) === kind && !approved.has(key)) count += 1;
    return count;
  }
}

function appliedOf({ unfinished }: Ledger, due: readonly Change[]): readonly string[] {
  if (unfinished === undefined) return [];
  const keys = new Set(due.map(({ key }) => key));
  return unfinished.removals.filter((key) => !keys.has(key));
}

/** What a ledger says of removals, and nothing else of it. */
export type RemovalMemory = Pick<Ledger, 'removals' | 'unfinished'>;

/** What a plan says of the run that is to apply it. */
export interface RunStart {
  readonly baselines: Baselines;
  /** The destructive changes of the plan. */
  readonly due: readonly Change[];
  /** Those of them that nothing holds. */
  readonly free: readonly Change[];
  /** `YYYY-MM-DD` in the district's time zone. */
  readonly today: string;
  /** False where the plan could not find anything due (G2, an import that only adds). */
  readonly canJudge: boolean;
}

/**
 * What a plan remembers of the run that is to apply it: what there was before, and what it sets out to take away. A run
 * that broke off goes on under its own baselines; when all that it set out to remove is gone it has ended.
 */
export function startRun(ledger: Ledger, { baselines, due, free, today, canJudge }: RunStart): RemovalMemory {
  const { unfinished, removals } = ledger;
  const kept = removals === undefined ? {} : { removals };
  if (due.length > 0) {
    const set = [...appliedOf(ledger, due), ...free.map(({ key }) => key)];
    return { ...kept, unfinished: { baselines: unfinished?.baselines ?? baselines, removals: set } };
  }
  if (unfinished === undefined) return kept;
  if (!canJudge) return { ...kept, unfinished };
  const { removals: sums } = endRun(ledger, { day: today });
  return sums === undefined ? {} : { removals: sums };
}

/** Takes destructive changes that a person released into what the run set out to remove. Call it before they are applied. */
export function withReleased(ledger: Ledger, released: readonly Change[]): Ledger {
  const { unfinished } = ledger;
  if (unfinished === undefined) return ledger;
  const known = new Set(unfinished.removals);
  const added = released.filter(({ destructive, key }) => destructive && !known.has(key)).map(({ key }) => key);
  return added.length === 0
    ? ledger
    : { ...ledger, unfinished: { ...unfinished, removals: [...unfinished.removals, ...added] } };
}

/** The kinds whose week (`G7:kind`) a person released with any of these changes: what went until now counts no more. */
export function renewedWeeks(ledger: Ledger, applied: ReadonlySet<string>): readonly LimitKind[] {
  return LIMIT_KINDS.filter((kind) =>
    ledger.holds.some(({ id, approved }) => id === `G7:${kind}` && approved.some((key) => applied.has(key))),
  );
}

/** What the end of a run is told. */
export interface RunEnd {
  /** `YYYY-MM-DD` in the district's time zone. */
  readonly day: string;
  /** The keys of changes that were not applied after all, because their records had changed. */
  readonly failed?: ReadonlySet<string>;
  /** The keys of what its last plan could not judge: perhaps they did not go. */
  readonly unjudged?: ReadonlySet<string>;
  /** The kinds whose week a person released: it begins anew. */
  readonly renewed?: readonly LimitKind[];
}

/** The ledger after a run has ended: what it took away counts for the week, and the run is forgotten. */
export function endRun(ledger: Ledger, { day, failed, unjudged, renewed }: RunEnd): Ledger {
  const { unfinished, ...rest } = ledger;
  if (unfinished === undefined) return withRemovals(ledger, { day, removed: {}, renewed });
  const keys = unfinished.removals.filter((key) => failed?.has(key) !== true);
  const unconfirmed = keys.filter((key) => unjudged?.has(key) === true);
  return withRemovals(rest, { day, removed: countByKind(keys), unconfirmed, baselines: unfinished.baselines, renewed });
}
