/**
 * What the engine must remember between two runs, besides the records. A store keeps it as it is, per scope.
 *
 * @module
 */

import type { LatchedHold, LimitKind } from './hold.js';
import type { Policy } from './policy.js';
import type { Proposal } from './proposal.js';
import type { Collection } from './roster.js';
import type { Suppression } from './suppression.js';

/** The memory of a scope. A ledger of version 1 has the first three lists alone and is understood as it is. */
export interface Ledger {
  readonly formatVersion: 1 | 2;
  /** Held sets that nobody has decided about yet. */
  readonly holds: readonly LatchedHold[];
  /** What was undone or discarded, and must not come back with the same feed. */
  readonly suppressions: readonly Suppression[];
  /** Keys of notes that are told once (M6). */
  readonly reported: readonly string[];
  /** Absences counted so far, where the policy waits for more than one (`graceSnapshots`). */
  readonly absences?: readonly AbsenceCount[];
  /** What syncs took away, by day: the rolling limit counts it (G7). */
  readonly removals?: readonly RemovalSum[];
  /** What the last read looked like that was healthy (G4, Z14). */
  readonly healthy?: ReadStatistics;
  /** What the read looked like that G4 holds: approved, later reads are compared with it. */
  readonly doubted?: ReadStatistics;
  /** The policy of the last plan that was applied (Z10). */
  readonly policy?: Policy;
  /** Pairs of records that may be one, and what people decided about them. */
  readonly proposals?: readonly Proposal[];
  /**
   * The keys of changes that are held, or that a run set out to make before it broke off, and that the last plan could not
   * judge: approved, they wait for a plan that can.
   */
  readonly unjudged?: readonly string[];
  /** A run that began to take away and has not ended: its limits are judged by what there was when it began (G6). */
  readonly unfinished?: UnfinishedRun;
  /**
   * The keys of changes whose messages were too many (G8), of a run that has not ended: they are counted in the hold `G8`
   * while there is one, and go out once a person has let them.
   */
  readonly messages?: readonly string[];
  /** The last read was incomplete (G2): its messages wait for a whole one. */
  readonly incomplete?: true;
  /** Where the guardians came from last, such as `clever` or `guardians-csv` (P5). */
  readonly guardianSource?: string;
  /** How many people were erased so far: a plan that was made before the last of them is not applied any more. */
  readonly erasures?: number;
}

/** In how many complete reads a record has been missing. */
export interface AbsenceCount {
  /** The {@link ChangeBase.subject} of the record. */
  readonly subject: string;
  readonly count: number;
  /** The read that was counted last: each counts once. */
  readonly readId: string;
  /** When that read began, ISO instant. */
  readonly at: string;
}

/** What syncs took away of one kind on one day. */
export interface RemovalSum {
  /** `YYYY-MM-DD` in the district's time zone. */
  readonly day: string;
  readonly kind: LimitKind;
  readonly removed: number;
  /** How many managed records there were before the first removal of that day. */
  readonly baseline: number;
  /** The keys of those among them that perhaps did not go, since a run broke off: whatever of them is due counts no more. */
  readonly unconfirmed?: readonly string[];
}

/** A run that began to take away: what there was before, and what it set out to remove. */
export interface UnfinishedRun {
  readonly baselines: Readonly<Record<LimitKind, number>>;
  /** The keys of its destructive changes that nothing held. */
  readonly removals: readonly string[];
}

/** What a read looked like, in counts and shares: another that looks very different is not believed at once (G4). */
export interface ReadStatistics {
  readonly readId: string;
  /** Records that are not deleted, per collection. */
  readonly counts: Readonly<Record<Collection, number>>;
  /** The share of enrollments whose class and user are both there, 0 to 1. */
  readonly closure: number;
  /** The contact types that came, sorted. */
  readonly contactTypes: readonly string[];
  /** The median number of guardians of a student who has any. */
  readonly guardiansPerStudent: number;
  /** How many guardians are named by links, and how many of those have a row. */
  readonly agents: { readonly named: number; readonly resolved: number };
  /**
   * The share of records that have a field, 0 to 1, by `collection.field`; of people by what they are first of all, such as
   * `users.teacher.email`.
   */
  readonly fields: Readonly<Record<string, number>>;
  /** The share of rows that could not be used, 0 to 1, of each collection that had any. */
  readonly rejected?: Readonly<Partial<Record<Collection, number>>>;
  /** The share of students with six guardians or more, of those who have any. */
  readonly crowded?: number;
}

/** What there is to remember before the first run. */
export const emptyLedger: Ledger = { formatVersion: 2, holds: [], suppressions: [], reported: [] };
