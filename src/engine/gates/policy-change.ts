/**
 * A policy that is another than last time (Z10): which settings, and what they alone cause.
 *
 * @module
 */

import { isSame } from '../../internal/canonical.js';
import { compareIds } from '../../internal/ordered.js';
import type { Change, Evidence, Ledger, Policy } from '../../model/index.js';

/** What may differ without being another policy: what is of one import alone, and who is told of it. */
const NO_PART: ReadonlySet<string> = new Set(['steps', 'additiveOnly', 'notify']);

/**
 * The names of the settings that differ, such as `classes.duplicateNames`; none before the first run. The steps of an
 * import, whether it only adds, and who is told of it are no part of it.
 */
export function changedSettings(before: Policy | undefined, policy: Policy): readonly string[] {
  if (before === undefined) return [];
  return differing(before, policy, '').sort(compareIds);
}

/** The old policy as this import would have been made under it. */
export function policyBefore(before: Policy, { steps, additiveOnly }: Policy): Policy {
  return { ...before, steps, additiveOnly };
}

/** How many changes of each kind are planned under the new policy alone. */
export function effectsOf(changes: readonly Change[], underOldPolicy: readonly Change[]): Evidence {
  const before = new Set(underOldPolicy.map(({ key }) => key));
  const counts: Record<string, number> = {};
  for (const { key, kind } of changes) if (!before.has(key)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/**
 * The policy that the ledger is to remember. Where the first removals under a new policy wait for a person, the old one
 * is remembered until there are any.
 */
export function rememberedPolicy(
  { policy: before }: Pick<Ledger, 'policy'>,
  policy: Policy,
  hasDestructive: boolean,
): Policy {
  if (before === undefined || !policy.limits.policyChange || hasDestructive) return policy;
  return changedSettings(before, policy).length === 0 ? policy : before;
}

function differing(left: object, right: object, prefix: string): string[] {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].flatMap((name): string[] => {
    if (prefix === '' && NO_PART.has(name)) return [];
    const before: unknown = (left as Readonly<Record<string, unknown>>)[name];
    const now: unknown = (right as Readonly<Record<string, unknown>>)[name];
    if (isGroup(before) && isGroup(now)) return differing(before, now, `${prefix}${name}.`);
    return isSame(before, now) ? [] : [`${prefix}${name}`];
  });
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
