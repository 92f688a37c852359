/**
 * Records that a plan could not judge: they are missing, and the read does not prove that they are gone (a school was
 * skipped, a class is frozen, a step is not covered). Whatever waits for them, a hold or a count, goes on waiting; a
 * record that is neither due nor among these was seen again.
 *
 * @module
 */

import type { ChangeKind, Ledger } from '../../model/index.js';
import { changeOfKey } from './latches.js';

/** Notes what could not be judged, of the records that the ledger waits for: the memory grows with these alone. */
export class Unjudged {
  private readonly watched = new Set<string>();
  private readonly subjects = new Set<string>();
  private readonly closed = new Set<string>();
  private readonly revived = new Set<string>();
  private readonly classes = new Set<string>();

  constructor(ledger: Pick<Ledger, 'holds' | 'absences' | 'unfinished' | 'messages' | 'removals'>) {
    for (const { changes, approved } of ledger.holds) {
      for (const { subject } of changes) this.watched.add(subject);
      this.watchKeys(approved);
    }
    for (const { subject } of ledger.absences ?? []) this.watched.add(subject);
    this.watchKeys(ledger.unfinished?.removals);
    this.watchKeys(ledger.messages);
    for (const { unconfirmed } of ledger.removals ?? []) this.watchKeys(unconfirmed);
  }

  /** Whether the ledger waits for any record: otherwise there is no need to say anything. */
  get isWatching(): boolean {
    return this.watched.size > 0;
  }

  /** This record is missing or out of sight, and nothing proves that it is gone. */
  record(subject: string): void {
    if (this.watched.has(subject)) this.subjects.add(subject);
  }

  /** The account is closed and the person missing: of what waits only that it is closed is settled. */
  recordClosed(subject: string): void {
    if (this.watched.has(subject)) this.closed.add(subject);
  }

  /** A person brought the class back, and it is missing still: of what waits only its archive is settled (K16). */
  recordRevived(subject: string): void {
    if (this.watched.has(subject)) this.revived.add(subject);
  }

  /** None of the members of this class were judged: it is absent, frozen or was not read. */
  membersOf(classSourcedId: string): void {
    if (this.isWatching) this.classes.add(classSourcedId);
  }

  /** @param kind of the change that waits @default any */
  isUnjudged(subject: string, kind?: ChangeKind): boolean {
    if (this.subjects.has(subject) || (kind !== 'user-deactivate' && this.closed.has(subject))) return true;
    if (kind !== 'class-archive' && this.revived.has(subject)) return true;
    const classSourcedId = this.classes.size === 0 ? undefined : classOfMember(subject);
    return classSourcedId !== undefined && this.classes.has(classSourcedId);
  }

  private watchKeys(keys: readonly string[] = []): void {
    for (const key of keys) this.watched.add(changeOfKey(key).subject);
  }
}

/** The class in the word for a member, `enrollment:<length>:<class>:<user>`. */
export function classOfMember(subject: string): string | undefined {
  const start = /^enrollment:(\d+):/u.exec(subject);
  if (start === null) return undefined;
  return subject.slice(start[0].length, start[0].length + Number(start[1]));
}
