/**
 * The times in which a sync does less (Z9, G8): holidays and hours that the policy names, in the district's time zone.
 *
 * @module
 */

import type { Policy, PolicyWindow } from '../../model/index.js';

/** The kinds of windows that are open at a moment. */
export type OpenWindows = ReadonlySet<PolicyWindow['kind']>;

/**
 * Which of the policy's windows are open: on days, both included; at hours of each day, the last one excluded.
 */
export function windowsAt(policy: Pick<Policy, 'windows' | 'timeZone'>, now: Date | string): OpenWindows {
  const open = new Set<PolicyWindow['kind']>();
  if (policy.windows.length === 0) return open;
  const { day, hour } = localTime(policy.timeZone, new Date(now));
  for (const window of policy.windows) {
    if (isOpen(window, window.from.includes(':') ? hour : day)) open.add(window.kind);
  }
  return open;
}

/** The policy as the open windows leave it: in an additive-only window nothing is taken away. */
export function policyWithin(policy: Policy, windows: OpenWindows): Policy {
  return windows.has('additive-only') && !policy.additiveOnly ? { ...policy, additiveOnly: true } : policy;
}

function isOpen({ from, to }: PolicyWindow, at: string): boolean {
  if (!from.includes(':')) return from <= at && at <= to;
  // From the evening into the next morning it is open around midnight.
  return from < to ? from <= at && at < to : from <= at || at < to;
}

/** The day (`YYYY-MM-DD`) and the hour (`HH:MM`) that a clock on the wall shows. */
function localTime(timeZone: string, instant: Date): { readonly day: string; readonly hour: string } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) as string;
  return {
    day: `${part('year')}-${part('month')}-${part('day')}`,
    hour: `${part('hour')}:${part('minute')}`,
  };
}
