/**
 * What becomes of the members of classes, when their class's own rules have let it: proposals, and what is remembered of
 * them for the tables of persons.
 *
 * @module
 */

import { userSubject } from '../../model/index.js';
import type { LocalClass, LocalEnrollment } from '../../model/index.js';
import type { Context } from '../context.js';
import type { Stretch } from '../reading/stretch.js';
import { additionProposal, type Addition, type ClassOfMembers } from '../rules/additions.js';
import { EmptiedClasses } from '../rules/emptied-classes.js';
import type { MemberComparison, Removal } from '../rules/members.js';
import type { Placement } from '../rules/new-users.js';
import type { Memberships } from './memberships.js';
import type { People } from './people.js';
import { noteMembers } from './vanished.js';

/** A person whom this plan removes, and from how many classes. */
export interface RemovedMember {
  /** By which the feed knows them today. */
  readonly sourcedId: string;
  /** By which the host's members name them. */
  readonly hostSourcedId: string;
  count: number;
}

export class MemberChanges {
  /** Members to add, with their classes, once it is known who gets an account. */
  private readonly additions: { readonly addition: Addition; readonly section: ClassOfMembers }[] = [];
  /** Where persons who have no account yet belong. */
  readonly placements = new Map<string, Placement>();
  /** Whom this plan removes from a class, by the host's id of the person. */
  readonly removedFrom = new Map<string, RemovedMember>();
  /** Whom this plan brings back into a class, and of those who leave one whom it adds to another. */
  private readonly restored = new Set<string>();
  private readonly joined = new Set<string>();
  readonly emptied: EmptiedClasses;
  private outsideDates = 0;

  constructor(
    private readonly context: Context,
    private readonly people: People,
  ) {
    this.emptied = new EmptiedClasses(context);
  }

  /** @param host the class as the host has it, with its members, where the feed has it too */
  propose(
    members: MemberComparison,
    section: ClassOfMembers,
    host?: { readonly local: LocalClass; readonly members: Stretch<LocalEnrollment> },
  ): void {
    const { draft } = this.context;
    this.outsideDates += members.outsideDates;
    // The members of an absent class go with it: its absence was counted.
    const removals = host === undefined ? members.removals : this.graceOver(members.removals);
    if (host !== undefined) noteMembers(members.members, removals, host.local, host.members, this.context, this.people);
    for (const { once, ...note } of members.notes) {
      if (once === true) draft.noteOnce(note);
      else draft.note(note);
    }
    for (const proposal of members.proposals) {
      const isRestored = draft.propose(proposal) && proposal.kind === 'enrollment-restore';
      if (isRestored) this.restored.add(proposal.target.userId as string);
    }
    for (const addition of members.additions) this.place(addition, section, members.students > 0);
    const removed: string[] = [];
    let silent = 0;
    for (const { local, proposal, isSilent } of removals) {
      if (!draft.propose(proposal)) {
        // Another hold that names it waits for its own word: the member was not seen again.
        this.context.unjudged.record(proposal.subject);
        continue;
      }
      removed.push(proposal.subject);
      if (isSilent) silent += 1;
      this.noteRemoved(local);
    }
    const losses = { managed: members.managed, members: members.members, removed, silent };
    if (host !== undefined) this.emptied.judge(section.sourcedId, host.local, losses);
  }

  /** M1, for everyone who has an account or gets one in this plan. */
  add(created: ReadonlySet<string>): void {
    let without = 0;
    for (const { addition, section } of this.additions) {
      const { user } = addition;
      if (user === undefined && !created.has(addition.enrollment.userSourcedId)) without += 1;
      else if (this.context.draft.propose(additionProposal(addition, section)) && user !== undefined) {
        if (this.removedFrom.has(user.id)) this.joined.add(user.id);
      }
    }
    if (without === 0) return;
    const evidence = { enrollments: without };
    this.context.draft.note({ rule: 'M1', code: 'MEMBERS_WITHOUT_ACCOUNT', severity: 'info', evidence });
  }

  /** U6: who leaves the last class keeps the account, and a person should know. */
  noteUnassigned(memberships: Memberships): void {
    const unassigned: string[] = [];
    for (const [userId, { sourcedId, count }] of this.removedFrom) {
      if (this.restored.has(userId) || this.joined.has(userId)) continue;
      const active = memberships.of(userId);
      if (active === undefined || active > count) continue;
      if (this.people.isInFeed(sourcedId, userId)) unassigned.push(sourcedId);
    }
    for (const sourcedId of unassigned.sort()) {
      const subject = userSubject(sourcedId);
      this.context.draft.note({ rule: 'U6', code: 'UNASSIGNED', severity: 'info', noun: 'user', subject });
    }
  }

  /** All classes came by. */
  finish(): void {
    this.emptied.judgeAll();
    if (this.outsideDates === 0) return;
    // M11: told once for all, because a whole term's enrollments may lie ahead or behind.
    const evidence = { enrollments: this.outsideDates };
    this.context.draft.note({ rule: 'M11', code: 'OUTSIDE_DATES', severity: 'info', evidence });
  }

  /** The removals of members who have been missing for long enough. */
  private graceOver(removals: readonly Removal[]): readonly Removal[] {
    const { grace, unjudged } = this.context;
    if (removals.length === 0 || !grace.isAsked) return removals;
    return removals.filter(({ proposal: { subject }, level }) => {
      const isOver = grace.counts(subject, level) === 'gone';
      // A hold from before the policy asked for a grace was not answered by it.
      if (!isOver) unjudged.record(subject);
      return isOver;
    });
  }

  private noteRemoved(member: LocalEnrollment): void {
    const { userId, userSourcedId: hostSourcedId } = member;
    if (hostSourcedId === undefined) return;
    const known = this.removedFrom.get(userId);
    if (known !== undefined) known.count += 1;
    else this.removedFrom.set(userId, { sourcedId: this.people.memberId(member), hostSourcedId, count: 1 });
  }

  private place(addition: Addition, section: ClassOfMembers, hasStudents: boolean): void {
    this.additions.push({ addition, section });
    if (addition.user !== undefined) return;
    const { enrollment } = addition;
    const isStudent = enrollment.role === 'student';
    const teaches = !isStudent && hasStudents;
    const placement = this.placements.get(enrollment.userSourcedId);
    if (placement === undefined) {
      this.placements.set(enrollment.userSourcedId, { isStudent, hasStudents: teaches });
      return;
    }
    placement.isStudent ||= isStudent;
    placement.hasStudents ||= teaches;
  }
}
