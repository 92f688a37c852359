/** Where the rules write: decisions, notes and asked holds; and what undo and `additiveOnly` keep from it (sections 8, 10). */

import type { Reading } from './reading.js';
import { isDestructive, keyOf, type Asked, type Decision, type Question, type Suppressed, type Told } from './words.js';

export class Paper {
  readonly decisions: Decision[] = [];
  readonly notes: Told[] = [];
  readonly asked: Asked[] = [];
  /** Keys of notes that are told once, and hold today. */
  readonly toldOnce: string[] = [];
  /** Fine points that this case turned on. */
  readonly points = new Set<string>();
  private readonly overtaken = new Set<Suppressed>();
  private withheld = 0;

  constructor(
    private readonly question: Question,
    private readonly reading: Reading,
  ) {}

  /** Says whether the decision stands. */
  decide(decision: Decision): boolean {
    // Section 10: an undone change is suppressed until the fingerprint differs.
    if (this.isSuppressed(decision.kind, decision.subject, decision.seen)) {
      this.tell('UNDO', 'SUPPRESSED', decision.subject);
      return false;
    }
    if (isDestructive(decision.kind)) {
      // G4: nothing is taken away at a school whose row could not be used.
      if (this.reading.mayBeSchool(decision.school)) return false;
      // Z9: nothing destructive in an import that only adds.
      if (this.question.policy.additiveOnly) {
        this.withheld += 1;
        return false;
      }
    }
    this.decisions.push(decision);
    return true;
  }

  has(kind: string, subject: string): boolean {
    return this.decisions.some((decision) => keyOf(decision) === keyOf({ kind, subject }));
  }

  tell(rule: string, code: string, subject?: string): void {
    this.notes.push(subject === undefined ? { rule, code } : { rule, code, subject });
  }

  /** M6: report once. */
  tellOnce(rule: string, code: string, subject: string): void {
    this.toldOnce.push(`${code} ${subject}`);
    if (!this.question.local.ledger.reported.includes(`${code} ${subject}`)) this.tell(rule, code, subject);
  }

  /** The case turned on a fine point of the tables. */
  point(name: string): void {
    this.points.add(name);
  }

  ask(hold: Asked): void {
    this.asked.push(hold);
  }

  isSuppressed(kind: string, subject: string, seen: string): boolean {
    return this.question.suppressed.some(
      (each) => each.kind === kind && each.subject === subject && each.seen === seen,
    );
  }

  /** The feed says this of a record now: what was suppressed for anything else is so no more. */
  sees(subject: string, seen: string): void {
    for (const each of this.question.suppressed) {
      if (each.subject === subject && each.seen !== seen) this.overtaken.add(each);
    }
  }

  stillSuppressed(): readonly Suppressed[] {
    return this.question.suppressed.filter((each) => !this.overtaken.has(each));
  }

  finish(): void {
    if (this.withheld > 0) this.tell('Z9', 'ADDITIVE_ONLY');
  }
}
