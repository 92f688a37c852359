/** One pass over all classes and their members: sections 2 to 4, in the order in which the tables ask for each other. */

import type { LocalClass } from '../../../src/model/index.js';
import { createAccounts, type Place } from './accounts.js';
import type { Vanished } from './emptied.js';
import { isIncluded, tellKept } from './include.js';
import { compareMembers, type Members, type World } from './members.js';
import { admit, isNameKept, namesOfKept, namesOfPresent, tellShared, type Candidate, type Taken } from './names.js';
import { decidePresent } from './present.js';
import { decideAbsent, type Absent } from './switches.js';
import { byCodeUnit, keyOf, memberWord, seenClass, seenEnrollment, type Decision } from './words.js';

/** Class after class, in canonical order; new ones last, because names are known only then. */
export class Pass {
  private readonly candidates: Candidate[] = [];
  private readonly taken: Taken[] = [];
  private readonly newcomers: { readonly sourcedId: string; readonly names: readonly Taken[] }[] = [];
  private readonly absents: { readonly local: LocalClass; readonly absent: Absent }[] = [];
  private readonly places: Place[] = [];
  readonly additions: { readonly place: Place; readonly school: string | undefined }[] = [];
  readonly vanished: Vanished = { classes: [], members: [], seenAt: new Set() };
  /** Present classes whose members are compared: of all others nothing is known of the members. */
  readonly followed = new Set<string>();
  private presentClasses = 0;
  private emptiedClasses = 0;
  private hasOutsideDates = false;

  constructor(
    private readonly world: World,
    private readonly gone: ReadonlySet<string>,
    private readonly isFeedEmpty: boolean,
  ) {}

  run(): void {
    const { question, reading, paper } = this.world;
    const locals = question.local.classes.filter((each) => each.sourcedId !== undefined);
    const ids = new Set([...reading.classes.keys(), ...locals.map((each) => each.sourcedId ?? '')]);
    this.noteUnknownClasses(ids);
    for (const sourcedId of [...ids].sort(byCodeUnit)) {
      // K13: a class that people made has no sourcedId, and nothing happens to it.
      const local = locals.find((each) => each.sourcedId === sourcedId);
      this.judgeClass(sourcedId, local);
    }
    this.create();
    this.holdEmptied();
    this.addMembers();
    if (this.hasOutsideDates) paper.tell('M11', 'OUTSIDE_DATES');
  }

  private judgeClass(sourcedId: string, local: LocalClass | undefined): void {
    const { reading, paper } = this.world;
    const listed = reading.classes.get(sourcedId);
    // Z4: the school left the run.
    if (reading.isSkipped(listed?.schoolSourcedId) || reading.isSkipped(local?.schoolSourcedId)) {
      if (local !== undefined) this.taken.push(...namesOfKept(local));
      return;
    }
    const section = reading.presentClass(sourcedId);
    if (section === undefined) {
      if (local !== undefined) this.judgeAbsent(local);
      return;
    }
    paper.sees(`class:${sourcedId}`, seenClass(section));
    const of = { sourcedId, school: section.schoolSourcedId, local };
    const members = compareMembers(of, this.world);
    if (local === undefined) {
      this.candidates.push({ section, members });
      return;
    }
    const present = decidePresent(section, local, members, this.world);
    const names = namesOfPresent(local, section, present);
    this.taken.push(...names);
    const isRenamed = present.newName !== undefined && present.newName !== local.name;
    const isNewcomer = present.change === 'decided' && (present.returns || present.isMoved || isRenamed);
    const isLocalIn = this.world.reading.isInScope(local.schoolSourcedId);
    if (isNewcomer && present.isActive) this.newcomers.push({ sourcedId, names });
    if (!present.follows) return;
    this.followed.add(sourcedId);
    if (local.origin === 'roster') {
      this.presentClasses += 1;
      tellKept(section, this.world.question, reading, paper);
    }
    // Z6: who is only missing stays for a while.
    const removals = members.removals.filter(({ subject, level = 'E1' }) => this.world.grace.isOver(subject, level));
    if (local.origin === 'roster' && local.state === 'active' && isLocalIn) {
      if (members.count > 0) this.vanished.seenAt.add(local.schoolSourcedId ?? '');
      const lost = members.lost.filter((each) => removals.some(({ subject }) => subject === each.subject));
      for (const each of lost) this.vanished.members.push({ ...each, school: local.schoolSourcedId });
    }
    const removed = this.commit({ ...members, removals }, of.school);
    this.holdEmptiedClass(local, members, removed);
  }

  private judgeAbsent(local: LocalClass): void {
    const { reading, grace } = this.world;
    const isDeleted = reading.isClassDeleted(local.sourcedId ?? '');
    const isProven = !reading.isRestricted && (reading.provesAbsence || isDeleted);
    const absent = decideAbsent(local, this.world);
    const isManaged = local.origin === 'roster' && local.state === 'active' && reading.isInScope(local.schoolSourcedId);
    const isOver = !grace.isCounting(`class:${local.sourcedId ?? ''}`);
    if (isManaged && isProven && isOver) this.vanished.classes.push(local);
    this.absents.push({ local, absent });
    if (!absent.losesMembers) return;
    const of = { sourcedId: local.sourcedId ?? '', school: local.schoolSourcedId, local };
    const members = compareMembers(of, this.world, true);
    // Who is in a class that the feed says to be deleted is told of by the same word.
    const removals = members.removals.map((removal) => (isDeleted ? { ...removal, level: 'E2' as const } : removal));
    this.commit({ ...members, removals }, of.school);
  }

  /** Writes what the members' table found. Returns the removals that stand. */
  private commit(members: Members, school: string | undefined): readonly Decision[] {
    const { paper } = this.world;
    for (const { rule, code, subject, once } of members.notes) {
      if (once) paper.tellOnce(rule, code, subject);
      else paper.tell(rule, code, subject);
    }
    this.hasOutsideDates ||= members.hasOutsideDates;
    for (const change of members.changes) paper.decide(change);
    for (const row of members.additions) {
      const place = { row, hasStudents: members.students.length > 0 };
      this.places.push(place);
      this.additions.push({ place, school });
    }
    return members.removals.filter((removal) => paper.decide(removal));
  }

  /** K15: a present class that loses its members in silence. */
  private holdEmptiedClass(local: LocalClass, members: Members, removed: readonly Decision[]): void {
    if (local.origin !== 'roster' || local.state !== 'active') return;
    const silent = removed.filter((removal) => removal.level === 'E1').length;
    const isEmptied = members.managed >= 5 && members.count === 0;
    const isHalved = members.managed >= 10 && silent > members.managed / 2;
    if (silent === 0 || !(isEmptied || isHalved)) return;
    this.emptiedClasses += 1;
    this.world.paper.ask({
      id: `K15:${local.sourcedId ?? ''}`,
      gate: 'K15',
      code: 'CLASS_EMPTIED',
      isApprovable: true,
      baseline: members.managed,
      count: silent,
      keys: removed.map(keyOf),
    });
  }

  /** K15: more than 10% of the classes are emptied: the enrollments failed. */
  private holdEmptied(): void {
    if (this.emptiedClasses === 0 || this.emptiedClasses <= 0.1 * this.presentClasses) return;
    this.world.paper.ask({
      id: 'K15',
      gate: 'K15',
      code: 'CLASSES_EMPTIED',
      isApprovable: true,
      baseline: this.presentClasses,
      count: this.emptiedClasses,
      keys: 'all destructive',
    });
  }

  /** K1 to K3, K18, rows D. */
  private create(): void {
    const { question, reading, paper } = this.world;
    const { policy } = question;
    for (const { local, absent } of this.absents) {
      if (isNameKept(local, absent, this.isDoubted(local))) this.taken.push(...namesOfKept(local));
    }
    // G2: no class is created.
    const isCreating = !reading.isRestricted && policy.steps.includes('classes');
    const wanted = this.candidates.filter(({ section }) => isCreating && reading.isInScope(section.schoolSourcedId));
    // K18
    const included = wanted.filter(({ section }) => isIncluded(section, question, reading));
    if (included.length < wanted.length) paper.tell('K18', 'NOT_INCLUDED');
    const remaining = included.filter(({ section, members }) => {
      const subject = `class:${section.sourcedId}`;
      // M10
      if (!reading.isSchoolListed(section.schoolSourcedId)) {
        paper.tell('M10', 'SCHOOL_UNKNOWN', subject);
        return false;
      }
      // K2
      if (members.students.length === 0 && policy.classes.requireStudents) {
        paper.tell('K2', 'EMPTY_CLASS', subject);
        return false;
      }
      // K3
      const hasNoTeacher = members.students.length > 0 && members.teachers.length === 0;
      if (hasNoTeacher) paper.tell('K3', 'NO_TEACHER', subject);
      return !(hasNoTeacher && policy.classes.requireTeacher);
    });
    const admitted = admit(remaining, this.taken, this.world);
    for (const { section, members } of admitted) this.commit(members, section.schoolSourcedId);
    tellShared(this.newcomers, this.taken, this.world);
  }

  /** Section 3: an evidence gate or a cause hold on it, and so it is not leaving, whatever Full Data and Archive do. */
  private isDoubted(local: LocalClass): boolean {
    if (this.isFeedEmpty) return true;
    const key = `class-archive class:${local.sourcedId ?? ''}`;
    const { holds } = this.world.question.local.ledger;
    const isApproved = (id: string): boolean => holds.some((hold) => hold.id === id && hold.approved.includes(key));
    const school = local.schoolSourcedId;
    if (school !== undefined && this.gone.has(school) && !isApproved(`SCHOOL_GONE:${school}`)) return true;
    return holds.some(
      ({ id, gate, changes }) =>
        (gate === 'G3' || gate === 'cause') && changes.some((change) => change.key === key) && !isApproved(id),
    );
  }

  /** M1, for those who have an account or get one now. */
  private addMembers(): void {
    const { question, reading, people, paper } = this.world;
    const created = createAccounts(question, reading, people, paper, this.places);
    for (const { place, school } of this.additions) {
      const { row } = place;
      if (people.atHost(row.userSourcedId) === undefined && !created.has(row.userSourcedId)) {
        paper.tell('M1', 'MEMBERS_WITHOUT_ACCOUNT');
        continue;
      }
      const primary = row.primary === true ? true : undefined;
      paper.decide({
        kind: 'enrollment-add',
        subject: memberWord(row.classSourcedId, row.userSourcedId),
        school,
        rule: 'M1',
        code: 'ENROLLED',
        after: { origin: 'roster', role: row.role, primary, state: 'active', synced: { role: row.role, primary } },
        seen: seenEnrollment(row),
      });
    }
  }

  /** M10: enrollments of a class that neither side has. */
  private noteUnknownClasses(known: ReadonlySet<string>): void {
    const { reading, paper } = this.world;
    for (const sourcedId of new Set(reading.enrollments.map((row) => row.classSourcedId))) {
      if (!known.has(sourcedId)) paper.tell('M10', 'DANGLING_REF', `class:${sourcedId}`);
    }
  }
}
