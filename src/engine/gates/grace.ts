/**
 * The grace (`graceSnapshots`): a record counts as gone when so many complete reads, each at least 20 hours after the
 * one before, were without it. Until then nothing happens to it, and it keeps its name.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import type { AbsenceCount } from '../../model/index.js';
import type { Unjudged } from './unjudged.js';

/** What follows from the absence of a record today. */
export type Absence = 'wait' | 'gone';

/** How sure it is that a record is gone: missing from a complete list (E1), or said to be gone (E2). */
export type EvidenceLevel = 'E1' | 'E2';

/** What the absences of a read are counted by. */
export interface GraceInput {
  /** The policy's `graceSnapshots`. */
  readonly snapshots: number;
  /** Of the ledger. */
  readonly absences: readonly AbsenceCount[] | undefined;
  readonly readId: string;
  /** When the read began, ISO instant. */
  readonly readAt: string;
  /** False where the read proves no absence at all (G2): every count stays as it is. */
  readonly isComplete: boolean;
  /** Which records this plan could not judge: their counts stay as they are. */
  readonly unjudged: Unjudged;
}

/** A nightly sync never starts at the very same minute; a second sync of the same day proves nothing new. */
const HOURS_APART = 20;

/** Counts absences over reads. The memory grows with what is missing, and is not used where one read is enough. */
export class Grace {
  private readonly before: Map<string, AbsenceCount>;
  private readonly now = new Map<string, AbsenceCount>();
  private readonly waiting = new Map<string, number>();

  constructor(private readonly input: GraceInput) {
    this.before = new Map((input.absences ?? []).map((absence) => [absence.subject, absence]));
  }

  /** Whether more than one read is asked for. */
  get isAsked(): boolean {
    return this.input.snapshots > 1;
  }

  /**
   * Counts the proven absence of a record that a sync manages, whatever the policy then does about it. In one plan the
   * answer is always the same.
   *
   * @param level `E2` only where a whole read says that the record is gone: an event alone may be taken back
   */
  counts(subject: string, level: EvidenceLevel): Absence {
    const { snapshots, readId, readAt, isComplete } = this.input;
    if (snapshots <= 1) return 'gone';
    if (level === 'E2') {
      // The provider’s own word ends the counting, whatever else keeps the record.
      this.before.delete(subject);
      return 'gone';
    }
    const known = this.now.get(subject);
    if (known !== undefined) return known.count >= snapshots ? 'gone' : 'wait';
    if (!isComplete) return this.wait(subject);
    const before = this.before.get(subject);
    const absence = before === undefined ? { subject, count: 1, readId, at: readAt } : this.counted(before);
    this.now.set(subject, absence);
    return absence.count >= snapshots ? 'gone' : this.wait(subject);
  }

  /** What the ledger keeps: what is missing now, and what could not be judged. What was seen again is forgotten. */
  absences(): readonly AbsenceCount[] | undefined {
    const { snapshots, absences, isComplete, unjudged } = this.input;
    if (snapshots <= 1) return undefined;
    if (!isComplete) return absences;
    const kept = [...this.now.values()];
    for (const absence of this.before.values()) {
      if (!this.now.has(absence.subject) && unjudged.isUnjudged(absence.subject)) kept.push(absence);
    }
    return kept.length === 0 ? undefined : kept.sort((left, right) => compareIds(left.subject, right.subject));
  }

  /** How many records wait, by their noun (`class`, `enrollment`, `guardian`, `user`). */
  get waits(): ReadonlyMap<string, number> {
    return this.waiting;
  }

  private counted(before: AbsenceCount): AbsenceCount {
    const { snapshots, readId, readAt } = this.input;
    if (before.count >= snapshots || before.readId === readId) return before;
    const hours = (Date.parse(readAt) - Date.parse(before.at)) / 3_600_000;
    return hours >= HOURS_APART ? { ...before, count: before.count + 1, readId, at: readAt } : before;
  }

  private wait(subject: string): Absence {
    const noun = nounOf(subject);
    this.waiting.set(noun, (this.waiting.get(noun) ?? 0) + 1);
    return 'wait';
  }
}

function nounOf(subject: string): string {
  return subject.slice(0, subject.search(/[:@]/u));
}
