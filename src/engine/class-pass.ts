/**
 * One pass over both sides' classes and their members, merged in the order of the classes' sourcedIds.
 *
 * @module
 */

import { compareIds, inOrder } from '../internal/ordered.js';
import { classSubject } from '../model/index.js';
import type { Class, Enrollment, LocalClass, LocalEnrollment } from '../model/index.js';
import {
  classNameOf,
  createClass,
  decideAbsent,
  decidePresent,
  isNewcomer,
  takenNames,
  type ClassDecision,
} from './classes.js';
import type { Context } from './context.js';
import { classFingerprint } from './fingerprint.js';
import { Inclusion } from './inclusion.js';
import { ofMembers, type Addition, type ClassOfMembers } from './additions.js';
import { compareMembers, type MemberComparison } from './members.js';
import { admit, nameKey, noteShared, type Candidate, type TakenName } from './names.js';
import type { People } from './people.js';
import { countManaged, hasActive, type Stretch } from './stretch.js';
import type { Placement } from './users.js';

/** What the pass found out, besides what it proposed. */
export interface ClassPassResult {
  /** Members to add, with their classes, once it is known who gets an account. */
  readonly additions: readonly { readonly addition: Addition; readonly section: ClassOfMembers }[];
  /** Where persons who have no account yet belong. */
  readonly placements: ReadonlyMap<string, Placement>;
  /** Managed and active today, in scope: what the limits are shares of. */
  readonly managedClasses: number;
  readonly managedEnrollments: number;
  /** Whom this plan removes from a class, by the host's id of the person, and from how many. */
  readonly removedFrom: ReadonlyMap<string, number>;
  /** Whom this plan brings back into a class, likewise. */
  readonly restoredTo: ReadonlyMap<string, number>;
}

interface PendingCandidate extends Candidate {
  readonly members: MemberComparison;
}

export function passClasses(context: Context, people: People, goneSchools: ReadonlySet<string>): ClassPassResult {
  const pass = new ClassPass(context, people, goneSchools);
  pass.merge();
  pass.admitCandidates();
  pass.judgeEmptied();
  pass.noteDates();
  return pass;
}

class ClassPass implements ClassPassResult {
  readonly additions: { addition: Addition; section: ClassOfMembers }[] = [];
  readonly placements = new Map<string, Placement>();
  readonly removedFrom = new Map<string, number>();
  readonly restoredTo = new Map<string, number>();
  managedClasses = 0;
  managedEnrollments = 0;
  private readonly candidates: PendingCandidate[] = [];
  private readonly keepers: { readonly local: LocalClass; readonly section: Class | undefined }[] = [];
  /** Classes that come to bear a name in a school by this plan: they return, move, or are renamed by the feed. */
  private readonly newcomers: { readonly section: Class; readonly local: LocalClass }[] = [];
  private emptiedClasses = 0;
  private outsideDates = 0;
  private presentClasses = 0;
  private readonly knownSchools: ReadonlySet<string>;
  private readonly inclusion: Inclusion | undefined;
  private readonly enrollments: readonly Enrollment[];
  private readonly members: readonly LocalEnrollment[];
  private feedAt = 0;
  private localAt = 0;

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly goneSchools: ReadonlySet<string>,
  ) {
    const { feed, local } = context;
    this.enrollments = feed.enrollments;
    this.members = inOrder(local.enrollments, byClassAndUser);
    this.inclusion = Inclusion.of(context);
    this.knownSchools = new Set(
      feed.schools.filter((school) => school.status !== 'tobedeleted').map((school) => school.sourcedId),
    );
  }

  merge(): void {
    const sections = this.context.feed.classes;
    const locals = inOrder(this.context.local.classes, bySourcedIdThenId);
    let sectionAt = 0;
    let classAt = 0;
    // Classes that people made have no sourcedId and come first: no row but K13 speaks of them, and it says: nothing.
    while (classAt < locals.length && locals[classAt]?.sourcedId === undefined) classAt += 1;
    while (sectionAt < sections.length || classAt < locals.length) {
      const section = sections[sectionAt];
      const local = locals[classAt];
      const order =
        section === undefined ? 1 : local === undefined ? -1 : compareIds(section.sourcedId, local.sourcedId as string);
      if (order <= 0) sectionAt += 1;
      if (order >= 0) classAt += 1;
      this.pair(order <= 0 ? section : undefined, order >= 0 ? local : undefined);
    }
    this.skipDanglingClasses(undefined);
    this.inclusion?.noteLeftOut();
  }

  private pair(section: Class | undefined, local: LocalClass | undefined): void {
    const sourcedId = (section?.sourcedId ?? local?.sourcedId) as string;
    const enrollments = this.enrollmentsOf(sourcedId);
    const members = this.membersOf(sourcedId);
    const isManaged = local?.origin === 'roster' && local.state === 'active';
    const school = local?.schoolSourcedId ?? section?.schoolSourcedId;
    if (isManaged && this.context.isInScope(school)) {
      this.managedClasses += 1;
      this.managedEnrollments += countManaged(members);
    }
    if (this.isSkipped(section?.schoolSourcedId) || this.isSkipped(local?.schoolSourcedId)) {
      if (local?.state === 'active') this.keepers.push({ local, section: undefined });
      return;
    }
    if (section !== undefined && section.status !== 'tobedeleted') {
      if (this.context.draft.isObserving) {
        this.context.draft.observe(classSubject(sourcedId), classFingerprint(section));
      }
      if (local === undefined) this.consider(section, enrollments, members);
      else this.present(section, local, enrollments, members);
    } else if (local !== undefined) {
      this.absent(local, section !== undefined, enrollments, members);
    }
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
  ): void {
    const ofClass = ofMembers(section, local);
    const comparison = compareMembers(ofClass, enrollments, members, this.context, this.people);
    const decision = decidePresent(section, local, comparison, this.context);
    this.keepNames(decision, local, section);
    if (decision.members !== 'follow') return;
    if (isNewcomer(section, local)) this.newcomers.push({ section, local });
    if (local.origin === 'roster') {
      this.presentClasses += 1;
      this.inclusion?.noteKept(section);
    }
    this.commit(comparison, ofClass, local);
  }

  private absent(
    local: LocalClass,
    isTombstoned: boolean,
    enrollments: Stretch<Enrollment>,
    members: Stretch<LocalEnrollment>,
  ): void {
    const { unreadable } = this.context.feed;
    const isNamed =
      unreadable.mayBeSchool(local.schoolSourcedId) ||
      (!isTombstoned && (hasActive(enrollments) || unreadable.mayBeClass(local.sourcedId as string)));
    const isSchoolGone = local.schoolSourcedId !== undefined && this.goneSchools.has(local.schoolSourcedId);
    const decision = decideAbsent(local, { isTombstoned, isNamed, isSchoolGone }, this.context);
    const holder = local.sourcedId as string;
    this.keepNames(decision, local, undefined);
    if (decision.members !== 'remove') return;
    const ofClass = {
      sourcedId: holder,
      schoolSourcedId: local.schoolSourcedId ?? '',
      localId: local.id,
      isManaged: local.origin === 'roster',
    };
    const none: Stretch<Enrollment> = { records: this.enrollments, from: 0, to: 0 };
    this.commit(compareMembers(ofClass, none, members, this.context, this.people), ofClass, undefined);
  }

  /** Turns a comparison into proposals. K15 watches a class that is present and loses its members in silence. */
  private commit(members: MemberComparison, section: ClassOfMembers, local: LocalClass | undefined): void {
    const { draft } = this.context;
    this.outsideDates += members.outsideDates;
    for (const { once, ...note } of members.notes) {
      if (once === true) draft.noteOnce(note);
      else draft.note(note);
    }
    for (const proposal of members.proposals) {
      if (draft.propose(proposal) && proposal.kind === 'enrollment-restore')
        countUp(this.restoredTo, proposal.target.userId);
    }
    for (const addition of members.additions) this.add(addition, section, members.students > 0);
    const keys = new Set<string>();
    let silent = 0;
    for (const { proposal, isSilent } of members.removals) {
      if (!draft.propose(proposal)) continue;
      keys.add(`${proposal.kind} ${proposal.subject}`);
      if (isSilent) silent += 1;
      if (proposal.kind === 'enrollment-remove') countUp(this.removedFrom, proposal.target.userId);
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
      changes: keys,
    });
  }

  private add(addition: Addition, section: ClassOfMembers, hasStudents: boolean): void {
    this.additions.push({ addition, section });
    if (addition.user !== undefined) return;
    const { enrollment } = addition;
    const teaches = enrollment.role !== 'student' && hasStudents;
    const placement = this.placements.get(enrollment.userSourcedId);
    if (placement === undefined) {
      this.placements.set(enrollment.userSourcedId, {
        schoolSourcedId: section.schoolSourcedId,
        isPrimary: enrollment.primary === true,
        isStudent: enrollment.role === 'student',
        hasStudents: teaches,
      });
      return;
    }
    if (enrollment.primary === true && !placement.isPrimary) {
      placement.schoolSourcedId = section.schoolSourcedId;
      placement.isPrimary = true;
    }
    placement.isStudent ||= enrollment.role === 'student';
    placement.hasStudents ||= teaches;
  }

  admitCandidates(): void {
    const { context } = this;
    if (this.candidates.length > 0) {
      for (const { candidate, name } of admit(this.candidates, this.takenNames(), context)) {
        const { section, members } = candidate as PendingCandidate;
        if (createClass(section, name, context)) this.commit(members, ofMembers(section, undefined), undefined);
      }
    }
    this.noteSharedNames();
  }

  /** D4: a class returns, moves and is renamed whoever bears its name by now; its children must not be left without it. */
  private noteSharedNames(): void {
    if (this.newcomers.length === 0) return;
    const bearers = new Map<string, string[]>();
    for (const { schoolSourcedId, name, holder } of this.takenNames()) {
      const key = nameKey(schoolSourcedId, name);
      bearers.set(key, [...(bearers.get(key) ?? []), holder]);
    }
    for (const { section, local } of this.newcomers) {
      const names = takenNames(local, section, this.context);
      const others = names.flatMap(({ schoolSourcedId, name }) => bearers.get(nameKey(schoolSourcedId, name)) ?? []);
      const other = others.find((holder) => holder !== section.sourcedId);
      if (other !== undefined) noteShared(section, other, this.context);
    }
  }

  /** K15: when many classes are emptied at once, the enrollments were not read, whatever the feed says. */
  judgeEmptied(): void {
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
  noteDates(): void {
    if (this.outsideDates === 0) return;
    const evidence = { enrollments: this.outsideDates };
    this.context.draft.note({ rule: 'M11', code: 'OUTSIDE_DATES', severity: 'info', evidence });
  }

  private keepNames({ names }: ClassDecision, local: LocalClass, section: Class | undefined): void {
    if (names !== 'free') this.keepers.push({ local, section: names === 'fed' ? section : undefined });
  }

  /** Worked out only where a name is asked for: most plans have no new class and none that returns. */
  private *takenNames(): Generator<TakenName> {
    for (const { local, section } of this.keepers) {
      const holder = local.sourcedId as string;
      for (const taken of takenNames(local, section, this.context)) yield { ...taken, holder };
    }
  }

  private familyName({ enrollment, user }: Addition): string | undefined {
    return user?.familyName ?? this.people.arrivals.get(enrollment.userSourcedId)?.familyName;
  }

  private isSkipped(schoolSourcedId: string | undefined): boolean {
    return schoolSourcedId !== undefined && this.context.feed.skippedSchools.has(schoolSourcedId);
  }

  private enrollmentsOf(sourcedId: string): Stretch<Enrollment> {
    this.skipDanglingClasses(sourcedId);
    const from = this.feedAt;
    while (this.enrollments[this.feedAt]?.classSourcedId === sourcedId) this.feedAt += 1;
    return { records: this.enrollments, from, to: this.feedAt };
  }

  /** M10: enrollments of a class that neither side has. */
  private skipDanglingClasses(before: string | undefined): void {
    while (this.feedAt < this.enrollments.length) {
      const { classSourcedId } = this.enrollments[this.feedAt] as Enrollment;
      if (before !== undefined && classSourcedId >= before) return;
      let count = 0;
      for (; this.enrollments[this.feedAt]?.classSourcedId === classSourcedId; this.feedAt += 1) count += 1;
      this.context.draft.note({
        rule: 'M10',
        code: 'DANGLING_REF',
        severity: 'warning',
        noun: 'class',
        subject: classSubject(classSourcedId),
        evidence: { missing: 'class', class: classSourcedId, enrollments: count },
      });
    }
  }

  private membersOf(sourcedId: string): Stretch<LocalEnrollment> {
    while ((this.members[this.localAt]?.classSourcedId ?? '') < sourcedId && this.localAt < this.members.length) {
      this.localAt += 1;
    }
    const from = this.localAt;
    while (this.members[this.localAt]?.classSourcedId === sourcedId) this.localAt += 1;
    return { records: this.members, from, to: this.localAt };
  }
}

function countUp(counts: Map<string, number>, id: string | undefined): void {
  if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
}

function byClassAndUser(left: LocalEnrollment, right: LocalEnrollment): number {
  return (
    compareIds(left.classSourcedId ?? '', right.classSourcedId ?? '') ||
    compareIds(left.userSourcedId ?? '', right.userSourcedId ?? '') ||
    compareIds(left.userId, right.userId)
  );
}

function bySourcedIdThenId(left: LocalClass, right: LocalClass): number {
  return compareIds(left.sourcedId ?? '', right.sourcedId ?? '') || compareIds(left.id, right.id);
}
