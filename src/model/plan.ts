/**
 * The engine's answer: plain data, to be read, held, approved, applied and undone.
 *
 * @module
 */

import type { Change, ChangeKind, ChangeNoun, Evidence } from './change.js';
import type { Gate, Hold } from './hold.js';
import type { Ledger } from './ledger.js';
import type { Scope, Step } from './scope.js';

/** Something that a person should know, and that changes nothing. */
export interface Note {
  /** The row of the rules, such as `D1`. */
  readonly rule: string;
  /** The case, such as `DUPLICATE_NAME`. */
  readonly code: string;
  readonly severity: 'info' | 'warning';
  /** What the note is about. */
  readonly noun?: ChangeNoun;
  /** Which record, in the words of {@link ChangeBase.subject}. */
  readonly subject?: string;
  readonly schoolSourcedId?: string;
  readonly evidence?: Evidence;
}

/** One gate that had something to say. */
export interface GateResult {
  readonly gate: Gate;
  readonly code: string;
  readonly evidence?: Evidence;
}

/** How many of what. */
export interface PlanCounts {
  /** All changes, held ones included. */
  readonly changes: number;
  /** Changes that nothing holds. */
  readonly ready: number;
  readonly held: number;
  readonly destructive: number;
  readonly notes: number;
  readonly byKind: Readonly<Partial<Record<ChangeKind, number>>>;
  readonly notesByCode: Readonly<Record<string, number>>;
}

/** What to do, and why. Plain data: it may be written as JSON and read back. */
export interface Plan {
  readonly formatVersion: 1;
  /** `sync` from a roster; `undo` from a journal. */
  readonly type: 'sync' | 'undo';
  readonly scope: Scope;
  readonly steps: readonly Step[];
  /** The read that it was made from; empty for an undo. */
  readonly readId: string;
  /** In the order in which they are applied: schools, users, classes, members, guardians, fields, and removals last. */
  readonly changes: readonly Change[];
  readonly notes: readonly Note[];
  readonly holds: readonly Hold[];
  readonly gates: readonly GateResult[];
  readonly counts: PlanCounts;
  /** `failed` where the feed cannot be believed at all (G1): there are no changes then. */
  readonly outcome: 'planned' | 'failed';
  /** Over changes, held sets and gates; not the time, the run's id or notes. Apply and approve ask for it. */
  readonly hash: string;
  /** What it takes for granted of what was remembered before, in short: it is not applied to anything else. */
  readonly basis?: string;
  /** What to remember from now on; the store keeps it when the plan is applied. */
  readonly ledger: Ledger;
}

/** A change that was applied, as the journal keeps it. */
export interface JournalEntry {
  /** @default 1 */
  readonly formatVersion?: 1;
  readonly runId: string;
  /** Counts the entries of a run from 0. */
  readonly sequence: number;
  readonly change: Change;
  /** The host's id of the record. */
  readonly recordId: string;
  /** The record's version after the change; absent where it was deleted. */
  readonly version?: number;
  /** ISO instant. */
  readonly appliedAt: string;
  /** True where the person whom it was about was erased: that something was changed is known, and no longer what. */
  readonly erased?: true;
}
