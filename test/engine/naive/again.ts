/** "Its records are seen again" (section 1): whether what a latched hold names is over, or could just not be judged. */

import type { LatchedHold, LocalClass, LocalEnrollment, LocalUser } from '../../../src/model/index.js';
import type { World } from './members.js';
import { ABSENT, memberWord } from './words.js';

export class Seen {
  constructor(private readonly world: World) {}

  /**
   * Whether a change that is not planned today is over: the record is there again, or it is no more as the change found
   * it, or a person took the change back. Anything less leaves it latched.
   */
  isOver(key: string): boolean {
    const { question, reading, people, paper } = this.world;
    const { local, policy } = question;
    const at = key.indexOf(' ');
    const kind = key.slice(0, at);
    const subject = key.slice(at + 1);
    // An import that could not have found it due says nothing of it.
    const isAble = !reading.isRestricted && !policy.additiveOnly;
    if (isAble && paper.isSuppressed(kind, subject, ABSENT)) return true;
    if (kind === 'class-archive') {
      const host = local.classes.find((each) => `class:${each.sourcedId ?? ''}` === subject);
      return host === undefined || (isAble && this.isClassOver(host));
    }
    if (kind === 'enrollment-remove') {
      const member = local.enrollments.find(
        (each) => memberWord(each.classSourcedId ?? '', people.idOf(each) ?? `@${each.userId}`) === subject,
      );
      return member === undefined || (isAble && this.isMemberOver(member));
    }
    if (kind === 'user-deactivate') {
      const user = local.users.find((each) => `user:${each.sourcedId ?? ''}` === subject);
      return user === undefined || (isAble && this.isUserOver(user));
    }
    // U13: the person was looked at, unless this import is about other people.
    return policy.steps.includes('students') || policy.steps.includes('teachers');
  }

  /** Nothing destructive is planned from such a read, or in such an import. */
  isKnownUnjudged(): boolean {
    return this.world.reading.isRestricted || this.world.question.policy.additiveOnly;
  }

  /** K10: of a class in a school that left the run nothing was seen. */
  isClassJudged(latch: LatchedHold): boolean {
    const { question, reading } = this.world;
    if (reading.isRestricted) return false;
    const sourcedId = (latch.subject ?? '').slice('class:'.length);
    const host = question.local.classes.find((each) => each.sourcedId === sourcedId);
    const section = reading.presentClass(sourcedId);
    return !reading.isSkipped(host?.schoolSourcedId) && !reading.isSkipped(section?.schoolSourcedId);
  }

  private isClassOver(host: LocalClass): boolean {
    const { question, reading } = this.world;
    if (reading.mayBeSchool(host.schoolSourcedId) || !question.policy.steps.includes('classes')) return false;
    if (host.state !== 'active' || host.revived === true || host.origin !== 'roster') return true;
    const section = reading.presentClass(host.sourcedId ?? '');
    return section !== undefined && !reading.isSkipped(section.schoolSourcedId);
  }

  private isMemberOver(member: LocalEnrollment): boolean {
    const { question, reading, people } = this.world;
    const { steps } = question.policy;
    const host = question.local.classes.find((each) => each.id === member.classId);
    if (reading.mayBeSchool(host?.schoolSourcedId)) return false;
    if (!steps.includes('students') && !steps.includes('teachers')) return false;
    if (member.state !== 'active') return true;
    const section = reading.presentClass(member.classSourcedId ?? '');
    const sourcedId = people.idOf(member);
    if (section === undefined || reading.isSkipped(section.schoolSourcedId) || sourcedId === undefined) return false;
    if (reading.presentUser(sourcedId) === undefined) return false;
    return reading.rowsOf(section.sourcedId).some((row) => {
      const isRunning = row.endDate === undefined || row.endDate > reading.today;
      return row.userSourcedId === sourcedId && row.status !== 'tobedeleted' && isRunning;
    });
  }

  private isUserOver(user: LocalUser): boolean {
    const { question, reading, people } = this.world;
    const { steps } = question.policy;
    if (reading.mayBeSchool(user.site) || (!steps.includes('students') && !steps.includes('teachers'))) return false;
    if (user.state !== 'active') return true;
    return reading.presentUser(people.currentId(user.sourcedId ?? '')) !== undefined;
  }
}
