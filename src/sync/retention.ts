import { ConfigurationError, RosterError } from '../errors.js';
import type { PruneBefore } from '../ports/index.js';
import type { SyncContext } from './options.js';
import type { RunProgress } from './recording.js';

/**
 * For how many days the store keeps what the syncs leave behind: whole numbers from 1, or `forever`. Each run lets go of
 * what is older, for every scope of the tenant; where two syncs of a tenant differ, the shorter time counts.
 */
export interface RetentionOptions {
  /** What was changed, with before-images: for so long a run can be undone. @default 90 */
  readonly journal?: number | 'forever' | undefined;
  /** Reports of runs; no shorter than `journal`. @default 365 */
  readonly runs?: number | 'forever' | undefined;
  /** Messages, whatever became of them; a code is good for 30 days. @default 30 */
  readonly messages?: number | 'forever' | undefined;
  /** Invitations, from the day on which they expire. @default 90 */
  readonly invitations?: number | 'forever' | undefined;
  /** What an incremental sync read last, from the day of that read. @default 30 */
  readonly images?: number | 'forever' | undefined;
  /** Decisions of people, such as approvals. @default 1095 */
  readonly audit?: number | 'forever' | undefined;
}

/** The retention, complete. */
export type Retention = Readonly<Record<keyof RetentionOptions, number | 'forever'>>;

const DEFAULTS: Retention = { journal: 90, runs: 365, messages: 30, invitations: 90, images: 30, audit: 1095 };

const DAY_MS = 24 * 60 * 60 * 1000;

/** @throws ConfigurationError naming the kind that is unknown, or whose time is impossible */
export function settleRetention(options: RetentionOptions | undefined): Retention {
  if (options === undefined) return DEFAULTS;
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new ConfigurationError('retention', 'is an object such as { journal: 90 }');
  }
  const retention: Record<keyof RetentionOptions, number | 'forever'> = { ...DEFAULTS };
  for (const [kind, days] of Object.entries(options) as [string, number | 'forever' | undefined][]) {
    const name = `retention.${kind}`;
    if (!isKind(kind)) throw new ConfigurationError(name, `is none of ${Object.keys(DEFAULTS).join(', ')}`);
    if (days === undefined) continue;
    if (days !== 'forever' && (!Number.isSafeInteger(days) || days < 1)) {
      throw new ConfigurationError(name, "is a whole number of days from 1, or 'forever'");
    }
    retention[kind] = days;
  }
  if (daysOf(retention.runs) < daysOf(retention.journal)) {
    const message = 'is at least as long as retention.journal: a run without its report cannot be undone';
    throw new ConfigurationError('retention.runs', message);
  }
  return retention;
}

function isKind(kind: string): kind is keyof RetentionOptions {
  return Object.hasOwn(DEFAULTS, kind);
}

function daysOf(days: number | 'forever'): number {
  return days === 'forever' ? Infinity : days;
}

/** Lets the store forget what is due. What cannot be forgotten now is told, and due again in the next run. */
export async function pruneAfter(context: SyncContext, progress: RunProgress): Promise<void> {
  const { store, scope, clock, retention } = context;
  const now = clock.now().getTime();
  const before: { -readonly [kind in keyof PruneBefore]: PruneBefore[kind] } = {};
  for (const kind of Object.keys(DEFAULTS) as (keyof Retention)[]) {
    const days = retention[kind];
    if (days !== 'forever') before[kind] = new Date(now - days * DAY_MS).toISOString();
  }
  try {
    await store.prune(scope, before);
  } catch (error) {
    // What the run did is done: its report is not lost over what can wait.
    const isOurs = RosterError.isInstance(error);
    const message = isOurs ? error.message : 'What is older than it is to be kept could not be let go.';
    progress.failures.push({ code: isOurs ? error.code : 'unexpected', message });
  }
}
