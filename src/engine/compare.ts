/**
 * What if: plans of one roster under several policies, side by side.
 *
 * @module
 */

import { ConfigurationError } from '../errors.js';
import { isSame } from '../internal/canonical.js';
import { scopeKey } from '../model/index.js';
import type { Change, ChangeKind, Hold, Plan, PlanCounts } from '../model/index.js';
import { PARTICIPLES } from './explain/wording.js';
import { describeReason } from './words/describe.js';

/** Plans by name, such as `{ today: plan, withArchive: other }`, or in a list: then they are named `1`, `2` and so on. */
export type ComparedPlans = Readonly<Record<string, Plan>> | readonly Plan[];

/** One of the plans compared. */
export interface ComparedPlan {
  readonly name: string;
  readonly hash: string;
  readonly counts: PlanCounts;
  readonly outcome: Plan['outcome'];
}

/** A change that two plans have, each in its own way. */
export interface DifferingChange {
  readonly key: string;
  readonly base: Change;
  readonly other: Change;
}

/** A hold that two plans have with other changes, and both of its sides. */
export interface DifferingHold {
  readonly id: string;
  readonly base: Hold;
  readonly other: Hold;
}

/** What one plan does otherwise than the first. */
export interface PlanDifference {
  readonly name: string;
  /** True where both do the same: changes, holds and notes alike. */
  readonly isSame: boolean;
  /** Changes that only this plan has, in the order of application. */
  readonly added: readonly Change[];
  /** Changes that only the first plan has, likewise. */
  readonly omitted: readonly Change[];
  /** Changes of both that write something else. */
  readonly different: readonly DifferingChange[];
  /** Changes that the first plan applies at once, and this one holds; and the other way round. By their keys. */
  readonly newlyHeld: readonly string[];
  readonly newlyReady: readonly string[];
  /** How many more of a kind there are than in the first plan, or fewer; kinds that differ only. */
  readonly byKind: Readonly<Partial<Record<ChangeKind, number>>>;
  /** How many more changes are destructive, or fewer. */
  readonly destructive: number;
  readonly holds: {
    readonly appearing: readonly Hold[];
    readonly disappearing: readonly Hold[];
    readonly different: readonly DifferingHold[];
  };
  /** How many more notes of a case there are, or fewer; cases that differ only. */
  readonly notesByCode: Readonly<Record<string, number>>;
}

/** Plans of one roster, compared with the first of them. Plain data. */
export interface PlanComparison {
  /** The name of the first plan: what the others are compared with. */
  readonly base: string;
  readonly plans: readonly ComparedPlan[];
  /** One for each plan but the first, in the order given. */
  readonly differences: readonly PlanDifference[];
  /** The differences in short, for a person. */
  readonly sentences: readonly string[];
}

/**
 * Compares plans of one read of one scope under several policies: what each adds to the first and what it leaves out,
 * what it writes otherwise, and which holds appear. So a setting can be tried before it is turned on.
 *
 * @throws ConfigurationError naming `plans` where there are fewer than two, one is an undo, or they are not of one read
 * and scope
 * @example
 * ```ts
 * import { compare, definePolicy, reconcile } from 'rosterkit';
 * import { MemoryStore } from 'rosterkit/memory';
 * import { districtRoster, generateDistrict } from 'rosterkit/testing';
 *
 * const roster = districtRoster(generateDistrict({ seed: 1 }), { scope: { tenant: 'district-1' } });
 * const local = await new MemoryStore().load({ tenant: 'district-1' });
 * const planWith = (students: boolean) =>
 *   reconcile({ roster, local, policy: definePolicy({ students: { create: students } }), now: roster.readAt });
 *
 * const { sentences } = compare({ today: planWith(true), withoutStudents: planWith(false) });
 * console.log(sentences.join('\n'));
 * ```
 */
export function compare(plans: ComparedPlans): PlanComparison {
  const named: readonly (readonly [string, Plan])[] = isList(plans)
    ? plans.map((plan, index) => [String(index + 1), plan])
    : Object.entries(plans);
  const [first, ...others] = named;
  if (first === undefined || others.length === 0) throw new ConfigurationError('plans', 'are two or more');
  const [base, basePlan] = first;
  for (const [name, plan] of named) checkFits(name, plan, base, basePlan);
  const baseChanges = byKey(basePlan.changes);
  const differences = others.map(([name, plan]) => differenceOf(name, plan, basePlan, baseChanges));
  return {
    base,
    plans: named.map(([name, { hash, counts, outcome }]) => ({ name, hash, counts, outcome })),
    differences,
    sentences: differences.flatMap((difference) => sentencesOf(difference, base)),
  };
}

function isList(plans: ComparedPlans): plans is readonly Plan[] {
  return Array.isArray(plans);
}

function checkFits(name: string, plan: Plan, base: string, basePlan: Plan): void {
  if (plan.type !== 'sync') throw new ConfigurationError('plans', `${name} is an undo, which is made from no roster`);
  if (plan.readId !== basePlan.readId) {
    throw new ConfigurationError('plans', `${name} and ${base} are of two reads: make both from one roster`);
  }
  if (scopeKey(plan.scope) !== scopeKey(basePlan.scope)) {
    throw new ConfigurationError('plans', `${name} and ${base} are of two scopes`);
  }
}

function differenceOf(name: string, plan: Plan, basePlan: Plan, base: ReadonlyMap<string, Change>): PlanDifference {
  const own = byKey(plan.changes);
  const added: Change[] = [];
  const different: DifferingChange[] = [];
  const newlyHeld: string[] = [];
  const newlyReady: string[] = [];
  for (const other of plan.changes) {
    const before = base.get(other.key);
    if (before === undefined) {
      added.push(other);
      continue;
    }
    if (!isSameChange(before, other)) different.push({ key: other.key, base: before, other });
    const wasHeld = before.heldBy.length > 0;
    const isHeld = other.heldBy.length > 0;
    if (wasHeld !== isHeld) (isHeld ? newlyHeld : newlyReady).push(other.key);
  }
  const omitted = basePlan.changes.filter(({ key }) => !own.has(key));
  const holds = compareHolds(plan.holds, basePlan.holds);
  const notesByCode = countsBetween(plan.counts.notesByCode, basePlan.counts.notesByCode);
  const lists = [added, omitted, different, newlyHeld, newlyReady, ...Object.values(holds), Object.keys(notesByCode)];
  return {
    name,
    isSame: plan.outcome === basePlan.outcome && lists.every((list) => list.length === 0),
    added,
    omitted,
    different,
    newlyHeld,
    newlyReady,
    byKind: countsBetween(plan.counts.byKind, basePlan.counts.byKind),
    destructive: plan.counts.destructive - basePlan.counts.destructive,
    holds,
    notesByCode,
  };
}

function byKey(changes: readonly Change[]): ReadonlyMap<string, Change> {
  return new Map(changes.map((change) => [change.key, change]));
}

/** Whether both write the same to the same record. When something was archived or removed is no part of that. */
function isSameChange(left: Change, right: Change): boolean {
  return (
    left.version === right.version &&
    isSame(withoutTimes(left.before), withoutTimes(right.before)) &&
    isSame(withoutTimes(left.after), withoutTimes(right.after))
  );
}

function withoutTimes(fields: object | null): object | null {
  if (fields === null) return null;
  return Object.fromEntries(
    Object.entries(fields).filter(([field]) => field !== 'archivedAt' && field !== 'removedAt'),
  );
}

function compareHolds(own: readonly Hold[], base: readonly Hold[]): PlanDifference['holds'] {
  const before = new Map(base.map((hold) => [hold.id, hold]));
  const after = new Map(own.map((hold) => [hold.id, hold]));
  const different = own.flatMap((other): DifferingHold[] => {
    const hold = before.get(other.id);
    return hold === undefined || hold.hash === other.hash ? [] : [{ id: other.id, base: hold, other }];
  });
  return {
    appearing: own.filter(({ id }) => !before.has(id)),
    disappearing: base.filter(({ id }) => !after.has(id)),
    different,
  };
}

function countsBetween<K extends string>(
  own: Readonly<Partial<Record<K, number>>>,
  base: Readonly<Partial<Record<K, number>>>,
): Readonly<Record<K, number>> {
  const names = [...new Set([...Object.keys(base), ...Object.keys(own)])].sort() as K[];
  const differences = names.map((name) => [name, (own[name] ?? 0) - (base[name] ?? 0)] as const);
  return Object.fromEntries(differences.filter(([, count]) => count !== 0)) as Record<K, number>;
}

const NOUNS = {
  school: ['school', 'schools'],
  class: ['class', 'classes'],
  user: ['person', 'people'],
  enrollment: ['member', 'members'],
  guardian: ['guardian link', 'guardian links'],
} as const;

function sentencesOf(difference: PlanDifference, base: string): readonly string[] {
  const { name, added, omitted, different, newlyHeld, newlyReady, destructive, holds } = difference;
  if (difference.isSame) return [`${name} does the same as ${base}.`];
  const sentences: string[] = [];
  const add = (count: number, text: string): void => {
    if (count > 0) sentences.push(`${name}, against ${base}: ${text}.`);
  };
  add(added.length, `also ${listOf(added)}`);
  add(omitted.length, `not ${listOf(omitted)}`);
  add(different.length, `with other values ${listOf(different.map(({ other }) => other))}`);
  add(newlyHeld.length, `${counted(newlyHeld.length, 'change waits', 'changes wait')} that would be applied at once`);
  add(
    newlyReady.length,
    `${counted(newlyReady.length, 'change is', 'changes are')} applied at once instead of waiting`,
  );
  const more = destructive > 0 ? 'more' : 'fewer';
  add(Math.abs(destructive), `${Math.abs(destructive)} ${more} that take something away`);
  for (const hold of holds.appearing) add(1, `the hold ${hold.id} appears (${inner(describeReason(hold))})`);
  for (const hold of holds.disappearing) add(1, `the hold ${hold.id} disappears`);
  for (const { id, base: before, other } of holds.different) {
    add(1, `the hold ${id} names ${other.changes.length} changes instead of ${before.changes.length}`);
  }
  return sentences.length > 0 ? sentences : [`${name} has the changes of ${base}, and other notes.`];
}

/** `3 classes archived, 1 person updated`, in the order of application. */
function listOf(changes: readonly Change[]): string {
  const counts = new Map<ChangeKind, number>();
  for (const { kind } of changes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts]
    .map(([kind, count]) => {
      const [one, many] = NOUNS[kind.slice(0, kind.indexOf('-')) as keyof typeof NOUNS];
      return `${counted(count, one, many)} ${PARTICIPLES[kind]}`;
    })
    .join(', ');
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A sentence as part of another. */
function inner(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`.replace(/\.$/u, '');
}
