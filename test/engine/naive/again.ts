/** "Its records are seen again" (section 1): whether what a latched hold names is over, or could just not be judged. */

import type { LatchedHold, LocalClass } from '../../../src/model/index.js';
import type { World } from './members.js';
import { memberWord } from './words.js';

export class Seen {
  /** @param followed present classes whose members are compared: a frozen class's are neither there nor gone (M9) */
  constructor(
    private readonly world: World,
    private readonly followed: ReadonlySet<string>,
  ) {}

  /**
   * Whether a change that is not planned today is over: the record is there again, or it is no more as the change found
   * it, or a person took the change back. Anything less leaves it latched.
   */
  isOver(key: string, latch: LatchedHold): boolean {
    return this.canJudge(key, latch) && this.isSettled(key);
  }

  /** Whether this read and this import could have found it due at all. */
  canJudge(key: string, latch: LatchedHold): boolean {
    const { question, reading } = this.world;
    const { policy } = question;
    const { kind } = parts(key);
    const coversPeople = policy.steps.includes('students') || policy.steps.includes('teachers');
    if (reading.isRestricted) return false;
    const school = latch.changes.find((change) => change.key === key)?.schoolSourcedId;
    if (reading.mayBeSchool(school) || reading.isSkipped(school)) return false;
    if (kind === 'class-archive') {
      return reading.provesAbsence && !policy.additiveOnly && policy.steps.includes('classes');
    }
    if (kind === 'enrollment-remove') return !policy.additiveOnly && coversPeople;
    if (kind === 'user-deactivate') return reading.provesAbsence && !policy.additiveOnly && coversPeople;
    // K10, U13
    return kind.startsWith('class-') ? policy.steps.includes('classes') : coversPeople;
  }

  /** Whether a record that was counted as missing in earlier reads was there, or is no more as it was. */
  isSeen(subject: string): boolean {
    const { question, reading, people } = this.world;
    if (reading.isRestricted) return false;
    if (subject.startsWith('class:')) {
      const host = question.local.classes.find((each) => subjectOf(each) === subject);
      return host?.state !== 'active' || this.isClassSeen(host);
    }
    if (subject.startsWith('enrollment:')) return this.isSettled(`enrollment-remove ${subject}`);
    const user = question.local.users.find((each) => `user:${each.sourcedId ?? ''}` === subject);
    if (user === undefined || (user.state !== 'active' && user.by === 'user')) return true;
    return reading.presentUser(people.currentId(user.sourcedId ?? '')) !== undefined;
  }

  private member(subject: string) {
    const { question, people } = this.world;
    return question.local.enrollments.find(
      (each) => memberWord(each.classSourcedId ?? '', people.idOf(each) ?? `@${each.userId}`) === subject,
    );
  }

  private isClassSeen({ sourcedId, schoolSourcedId }: LocalClass): boolean {
    const { reading } = this.world;
    const section = reading.presentClass(sourcedId ?? '');
    return section !== undefined && !reading.isSkipped(section.schoolSourcedId) && !reading.isSkipped(schoolSourcedId);
  }

  private isSettled(key: string): boolean {
    const { question, reading, people } = this.world;
    const { kind, subject } = parts(key);
    if (kind === 'class-archive') {
      const host = question.local.classes.find((each) => subjectOf(each) === subject);
      if (host?.state !== 'active' || host.revived === true || host.origin !== 'roster') return true;
      return this.isClassSeen(host);
    }
    if (kind === 'user-deactivate') {
      const user = question.local.users.find((each) => `user:${each.sourcedId ?? ''}` === subject);
      return user?.state !== 'active' || reading.presentUser(people.currentId(user.sourcedId ?? '')) !== undefined;
    }
    if (kind === 'class-rekey' || kind === 'class-create') {
      // K10: likewise.
      const host = question.local.classes.find((each) => subjectOf(each) === subject);
      return host?.state !== 'active' || this.isClassSeen(host);
    }
    if (kind === 'user-update' || kind === 'user-reactivate') {
      // U13: while nobody is there by that id, nobody knows who it stands for.
      const user = question.local.users.find((each) => `user:${each.sourcedId ?? ''}` === subject);
      const isClosed = user?.state === 'deactivated' && user.by === 'user';
      return user === undefined || isClosed || reading.presentUser(user.sourcedId ?? '') !== undefined;
    }
    if (kind !== 'enrollment-remove') return true;
    // M9: of the members of a class that is absent or frozen nothing is seen.
    const ofClass = question.local.classes.find((each) => subject.startsWith(memberWord(each.sourcedId ?? '', '')));
    if (ofClass === undefined) return true;
    const section = reading.presentClass(ofClass.sourcedId ?? '');
    if (section === undefined || !this.followed.has(section.sourcedId)) return false;
    // Whoever has another sourcedId by now is another member.
    const member = this.member(subject);
    if (member?.state !== 'active') return true;
    const sourcedId = people.idOf(member);
    if (sourcedId === undefined) return false;
    if (reading.presentUser(sourcedId) === undefined) return false;
    return reading.rowsOf(section.sourcedId).some((row) => {
      const isRunning = row.endDate === undefined || row.endDate > reading.today;
      return row.userSourcedId === sourcedId && row.status !== 'tobedeleted' && isRunning;
    });
  }
}

function parts(key: string): { readonly kind: string; readonly subject: string } {
  const at = key.indexOf(' ');
  return { kind: key.slice(0, at), subject: key.slice(at + 1) };
}

function subjectOf({ sourcedId }: { readonly sourcedId?: string }): string {
  return `class:${sourcedId ?? ''}`;
}
