/** `SCHOOL_GONE`, per kind: all the people of a school vanished, or all members of its classes, while others are fine. */

import type { LocalClass, LocalUser } from '../../../src/model/index.js';
import type { Lost, World } from './members.js';
import { isDeleted, keyOf, memberWord, type Decision } from './words.js';

/** What the classes' table came across. */
export interface Vanished {
  readonly classes: LocalClass[];
  /** Members who are to leave a present class, other than by an end date; with the class's school. */
  readonly members: (Lost & { readonly school: string | undefined })[];
  /** Schools where a present class has a member in the feed. */
  readonly seenAt: Set<string>;
}

export class Emptied {
  private readonly lostPeople: readonly LocalUser[];
  private readonly ofPeople: ReadonlySet<string>;
  private readonly ofMembers: ReadonlySet<string>;

  constructor(
    private readonly gone: ReadonlySet<string>,
    private readonly vanished: Vanished,
    private readonly world: World,
  ) {
    this.lostPeople = this.judgedPeople().filter((user) => this.isLost(user));
    this.ofPeople = new Set(this.schoolsOfPeople());
    this.ofMembers = new Set(this.schoolsOfMembers());
  }

  schools(): readonly string[] {
    return [...this.ofPeople, ...this.ofMembers];
  }

  /** The member's own school goes before the person's. */
  isTakenBy({ kind, subject }: Decision, school: string): boolean {
    const { people, question } = this.world;
    if (kind === 'user-deactivate') {
      return this.lostPeople.some(
        (user) => subject === `user:${user.sourcedId ?? ''}` && this.schoolOf(user) === school,
      );
    }
    if (kind !== 'enrollment-remove') return false;
    const own = this.vanished.members.find((each) => each.subject === subject);
    if (
      own?.school !== undefined &&
      (this.gone.has(own.school) || this.ofMembers.has(own.school)) &&
      own.school === school
    ) {
      return true;
    }
    const member = question.local.enrollments.find(
      (each) => memberWord(each.classSourcedId ?? '', people.idOf(each) ?? `@${each.userId}`) === subject,
    );
    const ofClass = this.vanished.classes.find((each) => each.sourcedId === member?.classSourcedId);
    if (ofClass?.schoolSourcedId === school && this.gone.has(school)) return true;
    const user = member === undefined ? undefined : people.idOf(member);
    return this.lostPeople.some((each) => each.sourcedId === user && this.schoolOf(each) === school);
  }

  private schoolOf(user: LocalUser): string | undefined {
    return this.schoolsIn(user).find((school) => this.gone.has(school) || this.ofPeople.has(school));
  }

  private schoolsIn({ schoolSourcedIds }: LocalUser): readonly string[] {
    return schoolSourcedIds.filter((school) => this.world.reading.isInScope(school));
  }

  private judgedPeople(): readonly LocalUser[] {
    const { question, reading, people } = this.world;
    return question.local.users.filter(
      (user) =>
        user.origin === 'roster' &&
        user.state === 'active' &&
        reading.isAnyInScope(user.schoolSourcedIds) &&
        people.isCovered(user.roles),
    );
  }

  private isLost({ sourcedId }: LocalUser): boolean {
    const { reading, people, grace } = this.world;
    if (grace.isCounting(`user:${sourcedId ?? ''}`)) return false;
    if (reading.isRestricted || sourcedId === undefined || people.currentId(sourcedId) !== sourcedId) return false;
    return reading.isUserDeleted(sourcedId) || (reading.provesAbsence && !reading.users.has(sourcedId));
  }

  private schoolsOfPeople(): readonly string[] {
    const { reading, people } = this.world;
    const counted = this.lostPeople.filter((user) => this.isCounted(user));
    // Whoever of the feed is at the school, and is part of this import, shows that it is shared.
    const present = [...reading.users.values()].filter((user) => !isDeleted(user) && people.isCovered(user.roles));
    return [...new Set(counted.flatMap((user) => this.schoolsIn(user)))].filter((school) => {
      const stays = this.judgedPeople().some((user) => this.schoolsIn(user).includes(school) && !this.isLost(user));
      return !stays && !present.some((user) => user.schoolSourcedIds.includes(school)) && this.isDoubtful(school);
    });
  }

  /** Not those who left before, and have nothing left to lose; nor what a limit holds already. */
  private isCounted({ sourcedId = '' }: LocalUser): boolean {
    const { question, reading, people } = this.world;
    const { fullData, deactivateUnrostered, archive, absentClassMembers } = question.policy;
    if (this.isHeldByLimit(`user-deactivate user:${sourcedId}`)) return false;
    if (!reading.isUserDeleted(sourcedId) && people.isNamed(sourcedId)) return true;
    if (fullData && deactivateUnrostered) return true;
    if (this.vanished.members.some(({ user }) => user === sourcedId)) return true;
    const losesByClass = fullData && (archive || absentClassMembers === 'remove');
    return (
      losesByClass &&
      question.local.enrollments.some(
        (member) =>
          member.userSourcedId === sourcedId &&
          member.state === 'active' &&
          ['student', 'teacher'].includes(member.role) &&
          this.vanished.classes.some((each) => each.sourcedId === member.classSourcedId),
      )
    );
  }

  private schoolsOfMembers(): readonly string[] {
    const { question, reading } = this.world;
    const own = this.vanished.members.filter(({ member }) => member.origin === 'roster');
    const counted = own.filter(({ subject }) => !this.isHeldByLimit(`enrollment-remove ${subject}`));
    return [...new Set(counted.map(({ school }) => school))].filter((school): school is string => {
      if (school === undefined || this.vanished.seenAt.has(school) || !this.isDoubtful(school)) return false;
      const classes = question.local.classes.filter(
        (each) =>
          each.origin === 'roster' &&
          each.state === 'active' &&
          each.schoolSourcedId === school &&
          reading.isInScope(school) &&
          !this.vanished.classes.includes(each),
      );
      const members = question.local.enrollments.filter(
        (member) =>
          member.origin === 'roster' &&
          member.state === 'active' &&
          classes.some((each) => each.sourcedId === member.classSourcedId),
      );
      return members.every((member) => own.some((each) => each.member === member));
    });
  }

  private isHeldByLimit(key: string): boolean {
    const holding = this.world.question.local.ledger.holds.filter(({ changes }) =>
      changes.some((change) => keyOf(change) === key),
    );
    return holding.some(({ gate }) => gate === 'G6' || gate === 'G7') && !holding.some(({ gate }) => gate === 'cause');
  }

  private isDoubtful(school: string): boolean {
    const { reading } = this.world;
    const isFine = (other: string): boolean =>
      reading.isSchoolListed(other) &&
      [...reading.classes.values()].some((section) => !isDeleted(section) && section.schoolSourcedId === other);
    return (
      !reading.mayBeSchool(school) && [...reading.schools.keys()].some((other) => other !== school && isFine(other))
    );
  }
}
