import type { Change } from './change.js';

/** A gate that may stop all or part of a plan. `docs/policies.md` states each. */
export type Gate = 'G1' | 'G2' | 'G3' | 'G4' | 'G5' | 'G6' | 'G7' | 'G8' | 'cause' | 'K10' | 'K15' | 'U13' | 'Z10';

/** The kinds of records that limits are counted for. */
export type LimitKind = 'enrollments' | 'classes' | 'users' | 'guardianLinks';

/** A set of changes that waits for a person. */
export interface Hold {
  /** The same in every run until the hold ends, such as `G6:enrollments`. */
  readonly id: string;
  readonly gate: Gate;
  /** Why, as a word, such as `LIMIT_EXCEEDED`, `EMPTY_FEED` or `SCHOOL_GONE`. */
  readonly code: string;
  /** The kind whose limit was exceeded, whose feed was empty or which alone is odd, where the gate tells kinds apart. */
  readonly kind?: LimitKind | 'students' | 'teachers' | 'staff' | 'administrators';
  /** The record that the hold is about, where it is about one. */
  readonly subject?: string;
  /** The keys of the changes that it holds, sorted. */
  readonly changes: readonly string[];
  /** Over the changes that it holds: an approval names it, so that nothing else is released. */
  readonly hash: string;
  /** False where no approval helps, because the feed itself cannot be believed: read again. */
  readonly approvable: boolean;
  /** How many managed records of the kind there were when the hold began. */
  readonly baseline?: number;
  /** How many destructive changes of the kind there are. */
  readonly count?: number;
  /** The limit as a share of the baseline, 0 to 1; of messages (G8) their number. */
  readonly limit?: number;
  /** When the hold began, ISO instant. */
  readonly since: string;
}

/** A hold as the ledger keeps it between runs: with its changes, and with what has been approved of them. */
export interface LatchedHold extends Omit<Hold, 'changes'> {
  /** In the order of application; what the last plan could not judge comes after what it could. */
  readonly changes: readonly Change[];
  /** Earlier hashes of this hold and the keys each of them named, so that what a person read can still be approved. */
  readonly versions: readonly { readonly hash: string; readonly keys: readonly string[] }[];
  /** The keys of changes that a person approved. */
  readonly approved: readonly string[];
}
