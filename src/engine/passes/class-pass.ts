/**
 * The pass that decides about classes and their members, as they come by in the order of the classes' sourcedIds.
 *
 * @module
 */

import { classSubject } from '../../model/index.js';
import type { Class, Enrollment, LocalClass, LocalEnrollment, Proposal } from '../../model/index.js';
import type { AbsenceVerdict } from '../causes/index.js';
import { decideAbsent } from '../rules/absent-classes.js';
import { ofHostAlone, ofMembers, type Addition } from '../rules/additions.js';
import type { ClassVisitor } from '../reading/class-walk.js';
import { classNameOf, createClass, decidePresent, FOLLOWED, isPlainClass, isRecycled, KEPT } from '../rules/classes.js';
import type { Context } from '../context.js';
import { classFingerprint } from '../fingerprint.js';
import { classRekey, removeTwin, type RekeyPatch } from '../identity/index.js';
import { noteOfDoubled } from '../rules/doubled.js';
import { ImportedTeachers } from '../rules/imported-teachers.js';
import { Inclusion } from '../rules/inclusion.js';
import { compareMembers } from '../rules/compare-members.js';
import type { MemberComparison } from '../rules/members.js';
import { ClassLinks } from './class-links.js';
import { ClassNames } from './class-names.js';
import { FollowedClasses } from './followed-classes.js';
import { MemberChanges } from './member-changes.js';
import { admit, type Candidate } from '../rules/names.js';
import type { People } from './people.js';
import { MovedClasses, type HostHalf, type MemberIdOf } from './moved-classes.js';
import { PlainMembers } from './plain-members.js';
import { PrimarySchools } from './primary-schools.js';
import { countActive, hasActive, type Stretch } from '../reading/stretch.js';
import { isJudgedClass } from './vanished.js';

/** What the pass found out, besides what it proposed. */
export interface ClassPassResult {
  readonly members: MemberChanges;
  readonly primarySchools: PrimarySchools;
  /** Managed and active today, in scope: what the limits are shares of. */
  readonly managedClasses: number;
  readonly managedEnrollments: number;
  /** The classes whose guardians' places go by their links (P13), where the plan decides about these. */
  readonly followed: FollowedClasses | undefined;
}

interface PendingCandidate extends Candidate {
  readonly members: MemberComparison;
  /** K20: new teachers of whom one has to get an account because of another section. */
  readonly waitsFor?: readonly string[];
}

/** What the pass has to know beforehand. */
export interface ClassPassInput {
  /** Whether the feed lacks a kind that every district shares (G3): then no absence is believed. */
  readonly isFeedInDoubt: boolean;
  /** Schools where a name may be asked for. */
  readonly contested: ReadonlySet<string>;
  /** How many members the host has, where they are in memory. */
  readonly memberCount: number | undefined;
  /** By which sourcedId the feed most likely knows a member. */
  readonly idOf: MemberIdOf;
}

export class ClassPass implements ClassPassResult, ClassVisitor {
  readonly members: MemberChanges;
  readonly primarySchools: PrimarySchools;
  managedClasses = 0;
  managedEnrollments = 0;
  private readonly candidates: PendingCandidate[] = [];
  private readonly names: ClassNames;
  private readonly knownSchools: ReadonlySet<string>;
  private readonly inclusion: Inclusion | undefined;
  /** K20 */
  private readonly importedTeachers: ImportedTeachers | undefined;
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
    this.members = new MemberChanges(context, people);
    this.names = new ClassNames(context, input.contested);
    this.plain = new PlainMembers(context, people.exceptions(), input.memberCount);
    this.primarySchools = new PrimarySchools(context, people);
    this.inclusion = Inclusion.of(context);
    this.importedTeachers = ImportedTeachers.of(context, people);
    this.moved = new MovedClasses(context, input.idOf);
    this.followed = context.enrollsGuardians ? new FollowedClasses() : undefined;
    this.links = ClassLinks.of(context, input.idOf);
    this.knownSchools = new Set(
      context.feed.schools.filter((school) => school.status !== 'tobedeleted').map((school) => school.sourcedId),
    );
  }

  /** Whether names are asked for that depend on the causes of absence. */
  get asksForCauses(): boolean {
    return this.names.asksForCauses(this.candidates.length > 0);
  }

  /**
   * @param verdict where it was asked for
   * @param isOdd likewise: whether the read has an odd shape (G4)
   */
  finish(verdict: AbsenceVerdict | undefined, isOdd: boolean): void {
    this.inclusion?.noteLeftOut();
    if (verdict !== undefined) this.names.keepWaiting(verdict, isOdd);
    this.names.noteShared();
    this.admitCandidates();
    this.importedTeachers?.noteLeftOut();
    this.members.finish();
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
    this.look(section, enrollments, run);
    const managedMembers = run + this.plain.countRest(members, run);
    if (isManaged(local) && context.isInScope(local?.schoolSourcedId ?? section?.schoolSourcedId)) {
      this.managedClasses += 1;
      this.managedEnrollments += managedMembers;
    }
    if (this.isSkipped(section?.schoolSourcedId) || this.isSkipped(local?.schoolSourcedId)) {
      if (local?.state === 'active') this.names.keep(KEPT, local, undefined);
      if (local !== undefined) this.noteUnjudged(local);
      return;
    }
    this.moved.note(section, local);
    if (section !== undefined && section.status !== 'tobedeleted') {
      if (context.draft.isObserved('class', section.sourcedId)) {
        context.draft.observe(classSubject(section.sourcedId), classFingerprint(section));
      }
      if (local !== undefined) {
        const isTaken = this.mayMove(section) && this.moved.takesTwin(section, local, enrollments, members);
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

  /** D6: they stay as they are, with their members and their names. */
  doubled(
    section: Class | undefined,
    locals: readonly LocalClass[],
    enrollments: Stretch<Enrollment>,
    members: Stretch<LocalEnrollment>,
  ): void {
    const { context } = this;
    this.look(section, enrollments, 0);
    const [first] = locals as readonly [LocalClass];
    const managed = locals.filter((local) => isManaged(local) && context.isInScope(local.schoolSourcedId));
    const managedMembers = this.plain.countRest(members, 0);
    if (managed.length > 0) {
      this.managedClasses += managed.length;
      this.managedEnrollments += managedMembers;
    }
    for (const local of locals) {
      this.names.keep({ members: 'frozen', names: 'both', isOpen: local.state === 'active' }, local, section);
      this.noteUnjudged(local);
    }
    const inScope = locals.find((local) => context.isInScope(local.schoolSourcedId));
    if (inScope === undefined) return;
    const { schoolSourcedId } = inScope;
    const subject = classSubject(first.sourcedId);
    context.draft.note(noteOfDoubled({ noun: 'class', subject, schoolSourcedId }, locals));
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

  /** What has to be known of a section whatever becomes of it. */
  private look(section: Class | undefined, enrollments: Stretch<Enrollment>, run: number): void {
    const { tally } = this.context;
    if (section !== undefined) tally.section(section);
    if (enrollments.to > enrollments.from) {
      tally.enrollments(enrollments, run);
      if (section === undefined) tally.danglingEnrollments(countActive(enrollments));
    }
    if (enrollments.to > enrollments.from + run) {
      this.people.noteNamed(enrollments, run);
      if (section !== undefined) this.primarySchools.note(section, enrollments, run);
    }
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
        const rekey = classRekey({ section, local, isLink: false });
        this.present(section, local, feed.enrollments, host.members, 0, rekey);
        if (twin === undefined) continue;
        // Without the re-key (the other class is out of scope, or closed by a person) the twin is the only one.
        const isRekeyed = this.context.draft.has('class-rekey', classSubject(section.sourcedId));
        if (isRekeyed) this.removeTwin(section, twin.local, twin.members);
        else this.present(section, twin.local, feed.enrollments, twin.members, 0);
      } else if (feed?.twin !== undefined) {
        this.present(feed.section, feed.twin.local, feed.enrollments, feed.twin.members, 0);
      } else if (feed !== undefined) {
        this.consider(feed.section, feed.enrollments, NO_MEMBERS);
      } else {
        this.absent(host as HostHalf);
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
    const verdict = this.importedTeachers?.judge(enrollments);
    if (verdict === 'has-none') {
      this.importedTeachers?.leaveOut();
      return;
    }
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
    const waitsFor = typeof verdict === 'object' ? verdict.waitsFor : undefined;
    if (waitsFor !== undefined && comparison.students > 0) this.importedTeachers?.arrive(waitsFor);
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
      ...(waitsFor === undefined ? {} : { waitsFor }),
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
    this.names.keep(decision, local, section);
    if (decision.members !== 'follow') {
      context.unjudged.membersOf(section.sourcedId);
      return;
    }
    this.followed?.note(section, local, { enrollments, members, isRekeyed: rekey !== undefined });
    if (local.origin === 'roster') {
      this.members.emptied.notePresent();
      this.inclusion?.noteKept(section);
    }
    if (decision.isNewcomer === true) this.names.noteNewcomer(section, local);
    if (comparison !== undefined) this.members.propose(comparison, ofMembers(section, local), { local, members });
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
    const isDoubted = this.input.isFeedInDoubt;
    const holder = local.sourcedId as string;
    const isProven = !context.isRestricted && (isTombstoned || feed.provesAbsence) && isJudgedClass(local, context);
    const level = isTombstoned && !isHinted ? 'E2' : 'E1';
    const isWaiting = isProven && !isNamed && context.grace.counts(classSubject(holder), level) === 'wait';
    if (isProven && !isWaiting) context.absences.addClass(local, members, { isTombstoned, isNamed });
    if (!isNamed) this.moved.noteHost(local, members);
    const decision = decideAbsent(local, { isTombstoned, isNamed, isWaiting, isDoubted }, context);
    this.names.keep(decision, local, undefined);
    if (decision.names === 'free' && isJudgedClass(local, context)) this.names.noteLeaving(local);
    const isTakenBack = local.revived === true && isProven && feed.provesAbsence;
    this.noteUnjudged(local, isTakenBack);
    if (decision.members !== 'remove') return;
    this.followed?.noteAbsent(local);
    const ofClass = { ...ofHostAlone(local), absence: isTombstoned ? 'E2' : 'E1' } as const;
    const none: Stretch<Enrollment> = { records: [], from: 0, to: 0 };
    this.members.propose(compareMembers(ofClass, none, members, this.context, this.people), ofClass);
  }

  /** Neither the class nor its members were seen: what waits for them goes on waiting. A closed class is not archived. */
  private noteUnjudged({ sourcedId = '', state }: LocalClass, isTakenBack = false): void {
    const { unjudged } = this.context;
    if (!unjudged.isWatching) return;
    if (state === 'active' && isTakenBack) unjudged.recordRevived(classSubject(sourcedId));
    else if (state === 'active') unjudged.record(classSubject(sourcedId));
    unjudged.membersOf(sourcedId);
  }

  private admitCandidates(): void {
    const { context } = this;
    if (this.candidates.length === 0) return;
    const candidates = this.candidates.filter((candidate) => this.isTaught(candidate));
    for (const { candidate, name } of admit(candidates, this.names.taken, context, this.links?.waiting)) {
      const { section, members } = candidate as PendingCandidate;
      createClass(section, name, context);
      this.members.propose(members, ofMembers(section, undefined));
    }
  }

  /** K20: whether a new teacher of a section that waited for that gets an account. */
  private isTaught({ waitsFor }: PendingCandidate): boolean {
    if (waitsFor === undefined || this.importedTeachers === undefined) return true;
    if (this.importedTeachers.isAnyArriving(waitsFor, this.members.placements)) return true;
    this.importedTeachers.leaveOut();
    return false;
  }

  /** The feed's word: what the host has may be about to change, and a name is given once. */
  private familyName({ enrollment }: Addition): string | undefined {
    return this.people.directory.feedOf(enrollment.userSourcedId)?.familyName;
  }

  private isSkipped(schoolSourcedId: string | undefined): boolean {
    return schoolSourcedId !== undefined && this.context.feed.skippedSchools.has(schoolSourcedId);
  }
}

function isManaged(local: LocalClass | undefined): boolean {
  return local?.origin === 'roster' && local.state === 'active';
}

const NO_MEMBERS: Stretch<LocalEnrollment> = { records: [], from: 0, to: 0 };
