/**
 * The pass that decides about classes and their members, as they come by in the order of the classes' sourcedIds.
 *
 * @module
 */

import { classSubject } from '../../model/index.js';
import type { Class, Enrollment, LocalClass, LocalEnrollment, Proposal } from '../../model/index.js';
import { CauseLatches, type AbsenceVerdict } from '../causes/index.js';
import { ofMembers, type Addition, type ClassOfMembers } from '../rules/additions.js';
import type { ClassVisitor } from '../reading/class-walk.js';
import {
  classNameOf,
  createClass,
  decideAbsent,
  decidePresent,
  FOLLOWED,
  isPlainClass,
  isRecycled,
  KEPT,
  type ClassDecision,
} from '../rules/classes.js';
import type { Context } from '../context.js';
import { changeKey } from '../draft.js';
import { classFingerprint } from '../fingerprint.js';
import { classRekey, removeTwin, type RekeyPatch } from '../identity/index.js';
import { Inclusion } from '../rules/inclusion.js';
import { compareMembers, type MemberComparison, type Removal } from '../rules/members.js';
import { ClassLinks } from './class-links.js';
import { FollowedClasses } from './followed-classes.js';
import { admit, noteShared, TakenNames, type Candidate } from '../rules/names.js';
import type { People } from './people.js';
import { MovedClasses, type HostHalf, type MemberIdOf } from './moved-classes.js';
import { PlainMembers } from './plain-members.js';
import { PrimarySchools } from './primary-schools.js';
import { countActive, hasActive, type Stretch } from '../reading/stretch.js';
import { takenNames } from '../rules/taken-names.js';
import type { Placement } from '../rules/users.js';
import { isJudgedClass, noteMembers } from './vanished.js';

/** What the pass found out, besides what it proposed. */
export interface ClassPassResult {
  /** Members to add, with their classes, once it is known who gets an account. */
  readonly additions: readonly { readonly addition: Addition; readonly section: ClassOfMembers }[];
  /** Where persons who have no account yet belong. */
  readonly placements: ReadonlyMap<string, Placement>;
  readonly primarySchools: PrimarySchools;
  /** Managed and active today, in scope: what the limits are shares of. */
  readonly managedClasses: number;
  readonly managedEnrollments: number;
  /** Whom this plan removes from a class, by the host's id of the person. */
  readonly removedFrom: ReadonlyMap<string, RemovedMember>;
  /** Whom this plan brings back into a class, likewise. */
  readonly restoredTo: ReadonlyMap<string, number>;
  /** The classes whose guardians' places go by their links (P13), where the plan decides about these. */
  readonly followed: FollowedClasses | undefined;
}

/** A person whom this plan removes, and from how many classes. */
export interface RemovedMember {
  /** By which the feed knows them today. */
  readonly sourcedId: string;
  /** By which the host's members name them. */
  readonly hostSourcedId: string;
  count: number;
}

interface PendingCandidate extends Candidate {
  readonly members: MemberComparison;
}

/** What the pass has to know beforehand. */
export interface ClassPassInput {
  readonly goneSchools: ReadonlySet<string>;
  /** Schools where a name may be asked for. */
  readonly contested: ReadonlySet<string>;
  /** How many members the host has, where they are in memory. */
  readonly memberCount: number | undefined;
  /** By which sourcedId the feed most likely knows a member. */
  readonly idOf: MemberIdOf;
}

export class ClassPass implements ClassPassResult, ClassVisitor {
  readonly additions: { addition: Addition; section: ClassOfMembers }[] = [];
  readonly placements = new Map<string, Placement>();
  readonly primarySchools: PrimarySchools;
  readonly removedFrom = new Map<string, RemovedMember>();
  readonly restoredTo = new Map<string, number>();
  managedClasses = 0;
  managedEnrollments = 0;
  private readonly candidates: PendingCandidate[] = [];
  private readonly names = new TakenNames();
  /** Classes that come to bear a name in a school by this plan: they return, move, or are renamed by the feed. */
  private readonly newcomers: { readonly section: Class; readonly local: LocalClass }[] = [];
  /** Classes that leave and so free their names, unless their cause keeps them. */
  private readonly leaving: LocalClass[] = [];
  private emptiedClasses = 0;
  private outsideDates = 0;
  private presentClasses = 0;
  private readonly knownSchools: ReadonlySet<string>;
  private readonly inclusion: Inclusion | undefined;
  readonly plain: PlainMembers;
  readonly moved: MovedClasses;
  /** P13 */
  readonly followed: FollowedClasses | undefined;
  private readonly links: ClassLinks | undefined;

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly input: ClassPassInput,
  ) {
    this.plain = new PlainMembers(context, people.exceptions(), input.memberCount);
    this.primarySchools = new PrimarySchools(context, people);
    this.inclusion = Inclusion.of(context);
    this.moved = new MovedClasses(context, input.idOf);
    this.followed = context.enrollsGuardians ? new FollowedClasses() : undefined;
    this.links = ClassLinks.of(context, input.idOf);
    this.knownSchools = new Set(
      context.feed.schools.filter((school) => school.status !== 'tobedeleted').map((school) => school.sourcedId),
    );
  }

  /** Whether names are asked for that depend on the causes of absence. */
  get asksForCauses(): boolean {
    return this.leaving.length > 0 && (this.candidates.length > 0 || this.newcomers.length > 0);
  }

  /** @param verdict where it was asked for */
  finish(verdict: AbsenceVerdict | undefined): void {
    this.inclusion?.noteLeftOut();
    if (verdict !== undefined) this.keepNamesOfWaiting(verdict);
    this.admitCandidates();
    this.judgeEmptied();
    this.noteDates();
  }

  /** M10: enrollments of a class that neither side has. */
  dangling(classSourcedId: string, enrollments: Stretch<Enrollment>): void {
    const { from, to } = enrollments;
    const { tally } = this.context;
    tally.enrollments(enrollments);
    tally.danglingEnrollments(countActive(enrollments));
    this.people.noteNamed(enrollments);
    this.context.draft.note({
      rule: 'M10',
      code: 'DANGLING_REF',
      severity: 'warning',
      noun: 'class',
      subject: classSubject(classSourcedId),
      evidence: { missing: 'class', class: classSourcedId, enrollments: to - from },
    });
  }

  visit(
    section: Class | undefined,
    local: LocalClass | undefined,
    enrollments: Stretch<Enrollment>,
    members: Stretch<LocalEnrollment>,
    run: number,
  ): void {
    const { context } = this;
    if (section !== undefined) context.tally.section(section);
    if (enrollments.to > enrollments.from) {
      context.tally.enrollments(enrollments, run);
      if (section === undefined) context.tally.danglingEnrollments(countActive(enrollments));
    }
    const isManaged = local?.origin === 'roster' && local.state === 'active';
    if (enrollments.to > enrollments.from + run) {
      this.people.noteNamed(enrollments, run);
      if (section !== undefined) this.primarySchools.note(section, enrollments, run);
    }
    const managedMembers = run + this.plain.countRest(members, run);
    if (isManaged && context.isInScope(local.schoolSourcedId ?? section?.schoolSourcedId)) {
      this.managedClasses += 1;
      this.managedEnrollments += managedMembers;
    }
    if (this.isSkipped(section?.schoolSourcedId) || this.isSkipped(local?.schoolSourcedId)) {
      if (local?.state === 'active') this.keepNames(KEPT, local, undefined);
      if (local !== undefined) this.noteUnjudged(local);
      return;
    }
    this.moved.note(section, local);
    if (section !== undefined && section.status !== 'tobedeleted') {
      if (context.draft.isObserved('class', section.sourcedId)) {
        context.draft.observe(classSubject(section.sourcedId), classFingerprint(section));
      }
      if (local !== undefined) {
        const isTaken = this.moved.takesTwin(section, local, enrollments, members);
        if (!isTaken) this.present(section, local, enrollments, members, run);
      } else if (this.links !== undefined && this.tie(section, enrollments, this.links)) return;
      else if (!this.mayMove(section) || !this.moved.takesSection(section, enrollments)) {
        this.consider(section, enrollments, members);
      }
    } else if (local !== undefined) {
      const isHinted = section?.hinted === true;
      const half = { local, isTombstoned: section !== undefined, isHinted, enrollments, members };
      if (!this.moved.takesHost(half)) this.absent(half);
    }
  }

  unnamed(local: LocalClass): void {
    this.links?.unnamed(local);
  }

  unnamedMember(member: LocalEnrollment): void {
    this.links?.unnamedMember(member);
  }

  /** Sections that may be classes which people made, where the policy asks for that. Called once all came by. */
  proposeLinks(): readonly Proposal[] {
    return this.links?.propose() ?? [];
  }

  /** K19: a class that people made and that a person has said to be this section. Says whether there is one. */
  private tie(section: Class, enrollments: Stretch<Enrollment>, links: ClassLinks): boolean {
    const own = this.mayMove(section) ? links.take(section) : undefined;
    if (own === undefined) return false;
    const { local, members } = own;
    const all = { records: members, from: 0, to: members.length };
    this.present(section, local, enrollments, all, 0, classRekey({ section, local, isLink: true }));
    return true;
  }

  /** K12: both halves of a class that a person has said to be one came by, or one of them alone. */
  joinHalves(): void {
    for (const { feed, host } of this.moved.takeHalves()) {
      if (feed !== undefined && host !== undefined) {
        const { section, twin } = feed;
        const { local } = host;
        if (twin !== undefined) this.removeTwin(section, twin.local, twin.members);
        const rekey = classRekey({ section, local, isLink: false });
        this.present(section, local, feed.enrollments, host.members, 0, rekey);
      } else if (feed?.twin !== undefined) {
        this.present(feed.section, feed.twin.local, feed.enrollments, feed.twin.members, 0);
      } else if (feed !== undefined) {
        this.consider(feed.section, feed.enrollments, NO_MEMBERS);
      } else if (host !== undefined) {
        this.absent(host);
      }
    }
  }

  /** K12: what a sync made of the section before a person said that it is an older class. Nobody has used it. */
  private removeTwin(section: Class, twin: LocalClass, members: Stretch<LocalEnrollment>): void {
    const named = { ...twin, sourcedId: section.sourcedId };
    const removals = removeTwin(named, members.records, classFingerprint(section));
    for (const proposal of removals) this.context.draft.propose(proposal);
  }

  /** Whether a new section may go on as another class: only where it might be imported. */
  private mayMove(section: Class): boolean {
    return this.context.isInScope(section.schoolSourcedId) && this.inclusion?.isLeftOut(section) !== true;
  }

  /** K1 to K3, K18: a section that the host does not have. Its name decides later, when all names are known. */
  private consider(section: Class, enrollments: Stretch<Enrollment>, members: Stretch<LocalEnrollment>): void {
    const { context } = this;
    const { policy, draft } = context;
    if (!context.isInScope(section.schoolSourcedId) || context.isRestricted || !context.handlesClasses) return;
    if (this.inclusion?.leavesOut(section) === true) return;
    const subject = classSubject(section.sourcedId);
    const note = (rule: string, code: string): void => {
      const { schoolSourcedId } = section;
      draft.note({ rule, code, severity: 'warning', noun: 'class', subject, schoolSourcedId });
    };
    if (!this.knownSchools.has(section.schoolSourcedId)) {
      note('M10', 'SCHOOL_UNKNOWN');
      return;
    }
    const comparison = compareMembers(ofMembers(section, undefined), enrollments, members, context, this.people);
    context.tally.danglingEnrollments(comparison.dangling);
    if (comparison.students === 0 && policy.classes.requireStudents) {
      note('K2', 'EMPTY_CLASS');
      return;
    }
    if (comparison.students > 0 && comparison.teachers === 0) {
      note('K3', 'NO_TEACHER');
      if (policy.classes.requireTeacher) return;
    }
    const teachers = comparison.additions.filter(({ enrollment }) => enrollment.role === 'teacher');
    const first = teachers.find(({ enrollment }) => enrollment.primary === true) ?? teachers[0];
    this.moved.noteSection(section, enrollments);
    this.links?.noteSection(section, enrollments);
    this.candidates.push({
      section,
      members: comparison,
      name: classNameOf(section),
      isSuppressed: draft.isSuppressed('class-create', subject, classFingerprint(section)),
      teachers: teachers.map(({ enrollment }) => enrollment.userSourcedId),
      teacherName: first === undefined ? undefined : this.familyName(first),
    });
  }

  private present(
    section: Class,
    local: LocalClass,
    enrollments: Stretch<Enrollment>,
    members: Stretch<LocalEnrollment>,
    run: number,
    rekey?: RekeyPatch,
  ): void {
    const { context } = this;
    const isPlain = rekey === undefined && local.state === 'active' && isPlainClass(section, local, context);
    const count = enrollments.to - enrollments.from;
    const hasPlainMembers = run === count && run === members.to - members.from;
    const isObserved = context.draft.isAnyObserved('enrollment', section.sourcedId);
    const comparison =
      isPlain && hasPlainMembers && !isObserved ? undefined : this.compare(section, local, enrollments, members, run);
    const isFollowed = isPlain && (comparison === undefined || !isRecycled(section, local, comparison));
    if (comparison !== undefined) context.tally.danglingEnrollments(comparison.dangling);
    const decision =
      isFollowed || comparison === undefined ? FOLLOWED : decidePresent(section, local, comparison, context, rekey);
    this.keepNames(decision, local, section);
    if (decision.members !== 'follow') {
      context.unjudged.membersOf(section.sourcedId);
      return;
    }
    this.followed?.note(section, local, { enrollments, members, isRekeyed: rekey !== undefined });
    if (local.origin === 'roster') {
      this.presentClasses += 1;
      this.inclusion?.noteKept(section);
    }
    if (decision.isNewcomer === true) this.newcomers.push({ section, local });
    if (comparison !== undefined) this.commit(comparison, ofMembers(section, local), local, members);
  }

  private compare(
    section: Class,
    local: LocalClass,
    enrollments: Stretch<Enrollment>,
    members: Stretch<LocalEnrollment>,
    count: number,
  ): MemberComparison {
    const { students, teachers } = this.plain;
    const run = count === 0 ? undefined : { count, students, teachers };
    return compareMembers(ofMembers(section, local), enrollments, members, this.context, this.people, run);
  }

  private absent({ local, isTombstoned, isHinted, enrollments, members }: HostHalf): void {
    const { context } = this;
    const { feed } = context;
    const { unreadable } = feed;
    const isNamed =
      unreadable.mayBeSchool(local.schoolSourcedId) ||
      (!isTombstoned && (hasActive(enrollments) || unreadable.mayBeClass(local.sourcedId as string)));
    const isSchoolGone = local.schoolSourcedId !== undefined && this.input.goneSchools.has(local.schoolSourcedId);
    const holder = local.sourcedId as string;
    const isProven = !context.isRestricted && (isTombstoned || feed.provesAbsence) && isJudgedClass(local, context);
    const level = isTombstoned && !isHinted ? 'E2' : 'E1';
    const isWaiting = isProven && !isNamed && context.grace.counts(classSubject(holder), level) === 'wait';
    if (isProven && !isWaiting) context.absences.addClass(local, members, { isTombstoned, isNamed });
    if (!isNamed) this.moved.noteHost(local, members);
    const decision = decideAbsent(local, { isTombstoned, isNamed, isWaiting, isDoubted: isSchoolGone }, context);
    this.keepNames(decision, local, undefined);
    const { fullData, archive } = context.policy;
    const isLeaving = decision.names === 'free' && fullData && archive && isJudgedClass(local, context);
    if (isLeaving && this.isContested(local)) this.leaving.push(local);
    this.noteUnjudged(local);
    if (decision.members !== 'remove') return;
    this.followed?.noteAbsent(local);
    const ofClass = {
      sourcedId: holder,
      schoolSourcedId: local.schoolSourcedId ?? '',
      localId: local.id,
      isManaged: local.origin === 'roster',
    };
    const none: Stretch<Enrollment> = { records: [], from: 0, to: 0 };
    this.commit(compareMembers(ofClass, none, members, this.context, this.people), ofClass);
  }

  /** Turns a comparison into proposals. K15 watches a class that is present and loses its members in silence. */
  private commit(
    members: MemberComparison,
    section: ClassOfMembers,
    local?: LocalClass,
    host?: Stretch<LocalEnrollment>,
  ): void {
    const { draft } = this.context;
    this.outsideDates += members.outsideDates;
    // The members of an absent class go with it: its absence was counted.
    const removals = local === undefined ? members.removals : this.graceOver(members.removals);
    if (local !== undefined && host !== undefined) {
      noteMembers(members.members, removals, local, host, this.context, this.people);
    }
    for (const { once, ...note } of members.notes) {
      if (once === true) draft.noteOnce(note);
      else draft.note(note);
    }
    for (const proposal of members.proposals) {
      if (draft.propose(proposal) && proposal.kind === 'enrollment-restore')
        countUp(this.restoredTo, proposal.target.userId);
    }
    for (const addition of members.additions) this.add(addition, section, members.students > 0);
    const removed: string[] = [];
    let silent = 0;
    for (const { local: member, proposal, isSilent } of removals) {
      if (!draft.propose(proposal)) continue;
      removed.push(proposal.subject);
      if (isSilent) silent += 1;
      this.noteRemoved(member);
    }
    if (local === undefined || local.state !== 'active' || local.origin !== 'roster' || silent === 0) return;
    const isEmpty = members.managed >= 5 && members.members === 0;
    const isHalved = members.managed >= 10 && silent > members.managed / 2;
    if (!isEmpty && !isHalved) return;
    this.emptiedClasses += 1;
    draft.hold({
      id: `K15:${section.sourcedId}`,
      gate: 'K15',
      code: 'CLASS_EMPTIED',
      subject: classSubject(section.sourcedId),
      approvable: true,
      baseline: members.managed,
      count: silent,
      changes: new Set(removed.map((subject) => changeKey('enrollment-remove', subject))),
    });
  }

  /** The removals of members who have been missing for long enough. */
  private graceOver(removals: readonly Removal[]): readonly Removal[] {
    const { grace } = this.context;
    if (removals.length === 0 || !grace.isAsked) return removals;
    return removals.filter(({ proposal, level }) => grace.counts(proposal.subject, level) === 'gone');
  }

  /** Neither the class nor its members were seen: what waits for them goes on waiting. A closed class is not archived. */
  private noteUnjudged({ sourcedId = '', state }: LocalClass): void {
    const { unjudged } = this.context;
    if (!unjudged.isWatching) return;
    if (state === 'active') unjudged.record(classSubject(sourcedId));
    unjudged.membersOf(sourcedId);
  }

  private noteRemoved(member: LocalEnrollment): void {
    const { userId, userSourcedId: hostSourcedId } = member;
    if (hostSourcedId === undefined) return;
    const known = this.removedFrom.get(userId);
    if (known !== undefined) known.count += 1;
    else this.removedFrom.set(userId, { sourcedId: this.people.memberId(member), hostSourcedId, count: 1 });
  }

  private add(addition: Addition, section: ClassOfMembers, hasStudents: boolean): void {
    this.additions.push({ addition, section });
    if (addition.user !== undefined) return;
    const { enrollment } = addition;
    const teaches = enrollment.role !== 'student' && hasStudents;
    const placement = this.placements.get(enrollment.userSourcedId);
    if (placement === undefined) {
      this.placements.set(enrollment.userSourcedId, {
        isStudent: enrollment.role === 'student',
        hasStudents: teaches,
      });
      return;
    }
    placement.isStudent ||= enrollment.role === 'student';
    placement.hasStudents ||= teaches;
  }

  private admitCandidates(): void {
    const { context } = this;
    this.noteSharedNames();
    if (this.candidates.length === 0) return;
    for (const { candidate, name } of admit(this.candidates, this.names, context, this.links?.waiting)) {
      const { section, members } = candidate as PendingCandidate;
      if (createClass(section, name, context)) this.commit(members, ofMembers(section, undefined));
    }
  }

  /** D4: a class returns, moves and is renamed whoever bears its name by now; its children must not be left without it. */
  private noteSharedNames(): void {
    for (const { section, local } of this.newcomers) {
      for (const { schoolSourcedId, name } of takenNames('fed', local, section, this.context)) {
        const other = this.names.sharer(schoolSourcedId, name, section.sourcedId);
        if (other === undefined) continue;
        noteShared(section, other, this.context);
        break;
      }
    }
  }

  /** K15: when many classes are emptied at once, the enrollments were not read, whatever the feed says. */
  private judgeEmptied(): void {
    if (this.presentClasses === 0 || this.emptiedClasses / this.presentClasses <= 0.1) return;
    this.context.draft.hold({
      id: 'K15',
      gate: 'K15',
      code: 'CLASSES_EMPTIED',
      approvable: true,
      baseline: this.presentClasses,
      count: this.emptiedClasses,
      limit: 0.1,
      changes: 'all-destructive',
    });
  }

  /** M11: told once for all, because a whole term's enrollments may lie ahead or behind. */
  private noteDates(): void {
    if (this.outsideDates === 0) return;
    const evidence = { enrollments: this.outsideDates };
    this.context.draft.note({ rule: 'M11', code: 'OUTSIDE_DATES', severity: 'info', evidence });
  }

  /** Names matter only where one may be asked for: most plans have no new class and none that returns. */
  private keepNames({ names, isOpen }: ClassDecision, local: LocalClass, section: Class | undefined): void {
    if (names === 'free' || !this.isContested(local, section)) return;
    const holder = section?.sourcedId ?? local.sourcedId ?? local.id;
    for (const taken of takenNames(names, local, section, this.context)) {
      this.names.take(taken.schoolSourcedId, taken.name, holder, isOpen);
    }
  }

  /** A class that waits for a person because of its cause is not leaving. */
  private keepNamesOfWaiting({ causes }: AbsenceVerdict): void {
    const latches = new CauseLatches(this.context.local.ledger);
    for (const local of this.leaving) {
      const subject = classSubject(local.sourcedId);
      if (!latches.isWaiting(changeKey('class-archive', subject), causes.get(subject)?.hold)) continue;
      this.keepNames(KEPT, local, undefined);
    }
  }

  private isContested(local: LocalClass, section?: Class): boolean {
    const { contested } = this.input;
    return isIn(contested, local.schoolSourcedId) || isIn(contested, section?.schoolSourcedId);
  }

  /** The feed's word: what the host has may be about to change, and a name is given once. */
  private familyName({ enrollment }: Addition): string | undefined {
    return this.people.directory.feedOf(enrollment.userSourcedId)?.familyName;
  }

  private isSkipped(schoolSourcedId: string | undefined): boolean {
    return isIn(this.context.feed.skippedSchools, schoolSourcedId);
  }
}

const NO_MEMBERS: Stretch<LocalEnrollment> = { records: [], from: 0, to: 0 };

function isIn(ids: ReadonlySet<string>, id: string | undefined): boolean {
  return ids.size > 0 && id !== undefined && ids.has(id);
}

function countUp(counts: Map<string, number>, id: string | undefined): void {
  if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
}
