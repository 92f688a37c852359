/**
 * Runs, as the timeline tells them.
 *
 * @module
 */

import type { Scope } from '../model/index.js';
import type { ReportedRun } from './input.js';
import { counted } from './phrases.js';
import type { ReportFailure, ReportRun } from './report.js';
import { shown } from './text.js';

export function runOf(run: ReportedRun, masked: boolean): ReportRun {
  const { id, type, outcome, startedAt, endedAt, applied, holds, failures, by } = run;
  return {
    id: shown(id),
    type,
    outcome,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    applied,
    held: new Set(holds.flatMap(({ changes }) => changes)).size,
    failures: failures.length,
    ...(by === undefined || masked ? {} : { by: shown(by) }),
  };
}

/** The earliest first. */
export function runsOf(runs: readonly ReportedRun[], masked: boolean): readonly ReportRun[] {
  return runs
    .map((run) => runOf(run, masked))
    .sort((left, right) => compare(left.startedAt, right.startedAt) || compare(left.id, right.id));
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

const FAILURES: ReadonlyMap<string, readonly [one: string, many: string]> = new Map([
  [
    'stale',
    [
      'change was left out, because its record had been changed since the plan was made.',
      'changes were left out, because their records had been changed since the plan was made.',
    ],
  ],
  [
    'NO_CHANNEL',
    ['failure to invite people whom no message reaches.', 'failures to invite people whom no message reaches.'],
  ],
  ['died', ['run ended, because its process died.', 'runs ended, because their processes died.']],
  ['aborted', ['time the caller stopped the run.', 'times the caller stopped the run.']],
]);

/** What went wrong, by its code. The text of an error is told once, and not in a masked report. */
export function failuresOf({ failures }: ReportedRun, masked: boolean): readonly ReportFailure[] {
  const byCode = new Map<string, { count: number; message: string }>();
  for (const { code, message } of failures) {
    const known = byCode.get(code);
    if (known === undefined) byCode.set(code, { count: 1, message });
    else known.count += 1;
  }
  return [...byCode].map(([code, { count, message }]) => {
    const words = FAILURES.get(code);
    const sentence =
      words !== undefined
        ? counted(count, ...words)
        : `${counted(count, 'failure', 'failures')} (${shown(code)})${masked ? '.' : `: ${shown(message, 400)}`}`;
    return { code: shown(code), count, sentence };
  });
}

/** The scope as it is told: the tenant, and the schools where there are some. */
export function scopeInWords({ tenant, schools }: Scope, labelOf: (sourcedId: string) => string): string {
  if (schools === undefined) return `${shown(tenant)}, all schools`;
  return `${shown(tenant)}, ${schools.length === 1 ? 'school' : 'schools'} ${schools.map(labelOf).join(', ')}`;
}
