/**
 * What the tables are going to ask of persons, found out beforehand: of streams nothing can be looked up while another
 * one is read. Asks rather too much than too little.
 *
 * @module
 */

import { usableEmail, usablePhone } from '../../internal/contact.js';
import type {
  Class,
  Enrollment,
  GuardianLink,
  LocalClass,
  LocalEnrollment,
  LocalGuardianLink,
} from '../../model/index.js';
import type { AddressQuestions } from '../rules/collisions.js';
import type { ClassVisitor } from '../reading/class-walk.js';
import type { Context } from '../context.js';
import { GuardianCounts } from '../rules/guardian-counts.js';
import { isBlockDifferent, isChangedLink, isNamedGuardian, isWantedLink } from '../rules/wanted-links.js';
import { Inclusion } from '../rules/inclusion.js';
import type { LinkVisitor } from '../reading/link-walk.js';
import type { Memberships } from './memberships.js';
import type { People } from './people.js';
import { inMemberOrder, inUserOrder, type Stretch } from '../reading/stretch.js';

/** Which persons enrollments name whom the host's class does not have, and who may lose a place in a class. */
export class MemberQuestions implements ClassVisitor {
  private readonly inclusion: Inclusion | undefined;
  /** K12: sections that go on as another class of the host's, with members of its own. */
  private readonly moved: ReadonlySet<string>;

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly memberships: Memberships,
  ) {
    this.inclusion = Inclusion.of(context);
    this.moved = new Set(context.decisions.accepted('class-rekey').map(({ sourcedId }) => sourcedId));
  }

  visit(
    section: Class | undefined,
    local: LocalClass | undefined,
    enrollments: Stretch<Enrollment>,
    members: Stretch<LocalEnrollment>,
  ): void {
    this.people.noteNamed(enrollments);
    if (local === undefined && (section === undefined || this.isLeftOut(section))) return;
    if (section !== undefined && this.moved.has(section.sourcedId)) this.askAll(enrollments);
    const isAbsent = section === undefined || section.status === 'tobedeleted';
    const rows = inUserOrder(enrollments);
    const own = inMemberOrder(members, idOf);
    let at = own.from;
    let lastId: string | undefined;
    for (let row = rows.from; row < rows.to; row += 1) {
      const enrollment = rows.records[row] as Enrollment;
      const { userSourcedId } = enrollment;
      // Who has several rows leaves only where none of them counts: the first one tells whether that may be.
      if (userSourcedId === lastId) continue;
      lastId = userSourcedId;
      for (; at < own.to && idOf(own.records[at] as LocalEnrollment) < userSourcedId; at += 1) {
        this.mayLeave(own.records[at] as LocalEnrollment);
      }
      const member = at < own.to ? own.records[at] : undefined;
      if (member !== undefined && idOf(member) === userSourcedId) {
        if (isAbsent || this.isInDoubt(enrollment)) this.mayLeave(member);
        at += 1;
      } else {
        this.people.directory.ask(userSourcedId);
      }
    }
    for (; at < own.to; at += 1) this.mayLeave(own.records[at] as LocalEnrollment);
  }

  dangling(_classSourcedId: string, enrollments: Stretch<Enrollment>): void {
    this.people.noteNamed(enrollments);
  }

  private askAll({ records, from, to }: Stretch<Enrollment>): void {
    for (const { userSourcedId } of records.slice(from, to)) this.people.directory.ask(userSourcedId);
  }

  private isLeftOut(section: Class): boolean {
    const { context } = this;
    if (context.isRestricted || !context.handlesClasses || !context.isInScope(section.schoolSourcedId)) return true;
    return this.inclusion?.isLeftOut(section) === true;
  }

  /** Whether a member may have to leave although a row names them. */
  private isInDoubt({ userSourcedId, status, endDate }: Enrollment): boolean {
    if (status === 'tobedeleted' || (endDate !== undefined && endDate <= this.context.today)) return true;
    return this.people.isTombstoned(userSourcedId);
  }

  private mayLeave({ state, userId, userSourcedId, role }: LocalEnrollment): void {
    const { policy } = this.context;
    if (state !== 'active' || userSourcedId === undefined || !policy.fullData) return;
    // P13: guardians go by their links, of whom all were asked.
    if (role === 'guardian' && policy.guardians.enroll) return;
    this.memberships.ask(userId, userSourcedId);
    this.people.directory.ask(userSourcedId);
  }
}

/** Which persons links name of whom something may have to be decided. */
export class LinkQuestions implements LinkVisitor {
  /** P10: a first look, for the pass that decides. */
  readonly counts = new GuardianCounts();
  private readonly guardians = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly people: People,
  ) {}

  onlyFeed(link: GuardianLink): void {
    this.estimate(link);
    if (!isWantedLink(link, this.context)) return;
    this.guardians.add(link.guardianSourcedId);
    this.people.directory.ask(link.guardianSourcedId);
    this.people.directory.ask(link.studentSourcedId);
  }

  both(link: GuardianLink, local: LocalGuardianLink): void {
    this.estimate(link);
    if (this.context.enrollsGuardians) this.people.directory.ask(link.guardianSourcedId);
    const isPlain = isWantedLink(link, this.context) && local.state === 'active' && !isChangedLink(link, local);
    if (isPlain) return;
    this.onlyLocal(local);
    // P11 is about links of every origin.
    if (isBlockDifferent(link, local)) this.people.directory.ask(link.studentSourcedId);
  }

  doubled(link: GuardianLink | undefined, locals: readonly LocalGuardianLink[]): void {
    for (const local of locals) {
      if (link === undefined) this.onlyLocal(local);
      else this.both(link, local);
    }
  }

  /** P7: an address alone makes a new guardian reachable only where nobody else bears it. */
  askEmails(bearers: AddressQuestions): void {
    for (const sourcedId of this.guardians) {
      const user = this.people.arrivalOf(sourcedId);
      const email = usableEmail(user?.email);
      if (email !== undefined && usablePhone(user?.mobile) === undefined) bearers.ask('email', email);
    }
  }

  onlyLocal(local: LocalGuardianLink): void {
    const { guardianSourcedId } = local;
    if (this.context.enrollsGuardians && guardianSourcedId !== undefined) this.people.directory.ask(guardianSourcedId);
    if (local.origin === 'roster' && local.studentSourcedId !== undefined) {
      this.people.directory.ask(local.studentSourcedId);
    }
  }

  private estimate(link: GuardianLink): void {
    if (isNamedGuardian(link, this.context)) this.counts.estimate(link.studentSourcedId);
  }
}

function idOf(member: LocalEnrollment): string {
  return member.userSourcedId ?? '';
}
