/** The grace (Z6): what is only missing counts as gone after so many complete reads, each 20 hours after the last. */

import type { AbsenceCount } from '../../../src/model/index.js';
import type { Question } from './words.js';

const APART = 20 * 60 * 60 * 1000;

export class Grace {
  private readonly counted = new Map<string, AbsenceCount>();
  /** Records of which the feed itself says that they are gone: no count goes on. */
  private readonly told = new Set<string>();

  constructor(private readonly question: Question) {}

  private get before(): readonly AbsenceCount[] {
    return this.question.local.ledger.absences ?? [];
  }

  /** Whether a record that is proven absent has been missing for long enough. A tombstone needs no grace. */
  isOver(subject: string, level: 'E1' | 'E2'): boolean {
    const { roster, policy } = this.question;
    const wanted = policy.graceSnapshots;
    if (level === 'E2') this.told.add(subject);
    if (wanted <= 1 || level === 'E2') return true;
    const last = this.before.find((each) => each.subject === subject);
    let count = last ?? { subject, count: 1, readId: roster.readId, at: roster.readAt };
    const isApart = last !== undefined && Date.parse(roster.readAt) - Date.parse(last.at) >= APART;
    // Each read counts once.
    if (isApart && last.readId !== roster.readId && last.count < wanted) {
      count = { subject, count: last.count + 1, readId: roster.readId, at: roster.readAt };
    }
    this.counted.set(subject, count);
    return count.count >= wanted;
  }

  /** Whether the record was counted today, and not often enough. */
  isCounting(subject: string): boolean {
    const count = this.counted.get(subject);
    return count !== undefined && count.count < this.question.policy.graceSnapshots;
  }

  get isAnyCounting(): boolean {
    return [...this.counted.keys()].some((subject) => this.isCounting(subject));
  }

  /** Counts that go on; @param isSeen whether a record that was not counted today was there */
  remaining(isSeen: (subject: string) => boolean): readonly AbsenceCount[] {
    if (this.question.policy.graceSnapshots <= 1) return [];
    const others = this.before.filter(
      ({ subject }) => !this.counted.has(subject) && !this.told.has(subject) && !isSeen(subject),
    );
    return [...this.counted.values(), ...others];
  }
}
