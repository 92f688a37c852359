/**
 * The table of members (rows M): one class's enrollments in the feed against the host's.
 *
 * Nothing is proposed here: the class's own rules look at the comparison first, and may freeze it.
 *
 * @module
 */

import { enrollmentSubject } from '../../model/index.js';
import type { Enrollment, EnrollmentRole, Fields, LocalEnrollment, Note, Reason } from '../../model/index.js';
import { noteOfDoubled } from './doubled.js';
import { isOfLinks } from './guardian-members.js';
import { beforeReturn, syncedEnrollment, type Addition, type ClassOfMembers } from './additions.js';
import type { Context } from '../context.js';
import type { Proposal } from '../draft.js';
import { ABSENT, enrollmentFingerprint } from '../fingerprint.js';
import type { EvidenceLevel } from '../gates/grace.js';
import type { People } from '../passes/people.js';
import { pairStanding, standingOf } from './standing.js';

/** A removal, and whether the feed only fell silent about the member (E1) or said so (E2). */
export interface Removal {
  readonly local: LocalEnrollment;
  readonly cause: Cause;
  /** What the grace goes by. */
  readonly level: EvidenceLevel;
  readonly proposal: Proposal;
  readonly isSilent: boolean;
}

/** What a class's feed and the host's members have in common, and what not. */
export interface MemberComparison {
  /** Members in the feed that count (M10, M11), by role. */
  readonly students: number;
  readonly teachers: number;
  readonly members: number;
  /** Members whom the host has today, and those of them still in the feed. */
  readonly studentsBefore: number;
  readonly studentsKept: number;
  readonly teachersBefore: number;
  readonly teachersKept: number;
  /** Active members of the host whom a sync added. */
  readonly managed: number;
  /** Enrollments of people of whom the feed has no row (M10). */
  readonly dangling: number;
  /** Enrollments that have ended, or not begun yet, of people who are no members here (M11). */
  readonly outsideDates: number;
  readonly additions: readonly Addition[];
  readonly proposals: readonly Proposal[];
  readonly removals: readonly Removal[];
  readonly notes: readonly (Note & { readonly subject: string; readonly once?: true })[];
}

type Cause = 'WITHDRAWN' | 'TOMBSTONE' | 'ENDED';

function absence(cause: Cause, level: EvidenceLevel): Reason {
  return Object.freeze({ rule: 'M3', code: 'MEMBER_ABSENT', evidence: Object.freeze({ cause, level }) });
}

/** Removals are many, and few kinds of them. */
const TOLD = {
  WITHDRAWN: absence('WITHDRAWN', 'E2'),
  TOMBSTONE: absence('TOMBSTONE', 'E2'),
  ENDED: absence('ENDED', 'E2'),
};
const SILENT = absence('WITHDRAWN', 'E1');

const ACTIVE: Fields<LocalEnrollment> = Object.freeze({ state: 'active', by: null, removedAt: null });

/** One class: feed it every member of either side once, in the order of their ids. */
export class Comparison implements MemberComparison {
  students: number;
  teachers: number;
  members: number;
  studentsBefore: number;
  studentsKept: number;
  teachersBefore: number;
  teachersKept: number;
  managed: number;
  dangling = 0;
  outsideDates = 0;
  readonly additions: Addition[] = [];
  readonly proposals: Proposal[] = [];
  readonly removals: Removal[] = [];
  readonly notes: (Note & { readonly subject: string; readonly once?: true })[] = [];

  constructor(
    private readonly section: ClassOfMembers,
    private readonly context: Context,
    private readonly people: People,
    private readonly isObserved: boolean,
    { count, students, teachers }: Pick<MemberComparison, 'students' | 'teachers'> & { readonly count: number },
  ) {
    this.members = count;
    this.managed = count;
    this.students = students;
    this.studentsBefore = students;
    this.studentsKept = students;
    this.teachers = teachers;
    this.teachersBefore = teachers;
    this.teachersKept = teachers;
  }

  onlyFeed(row: Enrollment): void {
    this.observe(row.userSourcedId, row);
    const standing = standingOf(row, this.context);
    if (standing !== 'active') {
      if (row.status !== 'tobedeleted') this.outsideDates += 1;
      return;
    }
    const person = this.people.standing(row.userSourcedId);
    if (person === 'tombstoned') return;
    if (person === 'missing') {
      // Where the list of persons broke off, whoever is missing from it says nothing.
      if (this.context.isRestricted) return;
      this.dangling += 1;
      this.notes.push({
        rule: 'M10',
        code: 'DANGLING_REF',
        severity: 'warning',
        noun: 'enrollment',
        subject: this.subject(row.userSourcedId),
        schoolSourcedId: this.section.schoolSourcedId,
        evidence: { missing: 'user', user: row.userSourcedId, class: row.classSourcedId },
      });
      return;
    }
    this.count(row.role);
    if (!this.context.handlesMember[row.role] || person === 'frozen') return;
    this.additions.push({ enrollment: row, user: this.people.localOf(row.userSourcedId) });
  }

  both(row: Enrollment, local: LocalEnrollment): void {
    this.observe(row.userSourcedId, row);
    this.countLocal(local);
    const standing = pairStanding(row, this.context, this.people);
    if (standing === 'gone') {
      const isEnded = row.status !== 'tobedeleted' && !this.people.isTombstoned(row.userSourcedId);
      this.lost(local, isEnded ? 'ENDED' : 'TOMBSTONE');
      return;
    }
    if (standing === 'unshared') {
      this.keepWaiting(local);
      if (this.context.isRestricted) return;
      this.dangling += 1;
      this.notes.push({
        rule: 'M10',
        code: 'PERSON_UNSHARED',
        severity: 'warning',
        noun: 'user',
        subject: `user:${row.userSourcedId}`,
        schoolSourcedId: this.section.schoolSourcedId,
        evidence: { user: row.userSourcedId, class: row.classSourcedId },
      });
      return;
    }
    this.countKept(local);
    if (standing === 'future') return;
    this.count(row.role);
    if (!this.context.handlesMember[row.role] || this.people.isFrozen(row.userSourcedId)) return;
    if (local.state === 'active') this.keep(row, local);
    else if (local.by === 'user') this.removedByHand(row, local);
    else this.restore(row, local, 'M5');
  }

  onlyLocal(local: LocalEnrollment): void {
    if (isOfLinks(local, this.section, this.context)) return;
    const userSourcedId = this.idOf(local);
    // M10: whom the feed says to be deleted is gone by its word, whether or not it deletes each enrollment, too.
    const isDeleted = userSourcedId !== undefined && this.people.isTombstoned(userSourcedId);
    // A row that could not be used may say as much of this member as ever (G4).
    const isProven = isDeleted || !this.context.feed.unreadable.mayBeMemberOf(this.section.sourcedId);
    if (isProven) this.observe(userSourcedId ?? `@${local.userId}`, undefined);
    this.countLocal(local);
    this.lost(local, isDeleted ? 'TOMBSTONE' : 'WITHDRAWN');
  }

  /** D6: records of one member. */
  doubled(row: Enrollment | undefined, locals: readonly LocalEnrollment[]): void {
    const standing = row === undefined ? 'gone' : pairStanding(row, this.context, this.people);
    if (row !== undefined && standing === 'active') this.count(row.role);
    for (const local of locals) {
      this.countLocal(local);
      if (standing === 'active' || standing === 'future') this.countKept(local);
      this.keepWaiting(local);
    }
    const [first] = locals as readonly [LocalEnrollment];
    const userSourcedId = this.idOf(first);
    // Of a person who stands twice that is told already.
    if (userSourcedId !== undefined && this.people.isFrozen(userSourcedId)) return;
    const subject = this.subject(userSourcedId ?? `@${first.userId}`);
    const { schoolSourcedId } = this.section;
    this.notes.push(noteOfDoubled({ noun: 'enrollment', subject, schoolSourcedId }, locals));
  }

  private keep(row: Enrollment, local: LocalEnrollment): void {
    const isByHand = local.origin !== 'roster';
    if (isByHand) {
      if (local.linked === true) return;
      this.propose('enrollment-link', row, local, { linked: undefined }, { linked: true }, 'M7', 'LINKED');
      return;
    }
    const syncedRole = local.synced?.role ?? local.role;
    const syncedPrimary = (local.synced === undefined ? local.primary : local.synced.primary) === true;
    const isPrimary = row.primary === true;
    if (row.role === syncedRole && isPrimary === syncedPrimary) return;
    const before: Record<string, unknown> = { synced: local.synced };
    const after: Record<string, unknown> = { synced: syncedEnrollment(row) };
    if (row.role !== syncedRole && !isHostField(local, 'role') && row.role !== local.role) {
      before['role'] = local.role;
      after['role'] = row.role;
    }
    if (isPrimary !== syncedPrimary && !isHostField(local, 'primary')) {
      before['primary'] = local.primary;
      after['primary'] = isPrimary ? true : undefined;
    }
    const code = row.role === syncedRole ? 'PRIMARY_CHANGED' : 'ROLE_CHANGED';
    this.propose('enrollment-update', row, local, before, after, 'M2', code);
  }

  private removedByHand(row: Enrollment, local: LocalEnrollment): void {
    if (this.context.policy.reassertMembers) {
      this.restore(row, local, 'M6');
      return;
    }
    this.notes.push({
      rule: local.origin === 'roster' ? 'M6' : 'M14',
      code: 'LOCAL_REMOVAL_WINS',
      severity: 'info',
      noun: 'enrollment',
      subject: this.subject(row.userSourcedId),
      schoolSourcedId: this.section.schoolSourcedId,
      once: true,
    });
  }

  private restore(row: Enrollment, local: LocalEnrollment, rule: string): void {
    const role = isHostField(local, 'role') ? local.role : row.role;
    const after: Fields<LocalEnrollment> = {
      state: 'active',
      by: undefined,
      removedAt: undefined,
      role,
      primary: row.primary === true ? true : undefined,
      synced: syncedEnrollment(row),
    };
    const code = rule === 'M6' ? 'REASSERTED' : 'RETURNED';
    this.propose('enrollment-restore', row, local, beforeReturn(local), after, rule, code);
  }

  /** A member whom the feed no longer has: M3, M4, M8, U7. */
  private lost(local: LocalEnrollment, cause: Cause): void {
    const { context, people } = this;
    if (local.state !== 'active') return;
    const isReached = context.policy.fullDataReach === 'everyone' && this.section.isManaged;
    const isOwn = local.origin === 'roster' || isReached;
    const userSourcedId = this.idOf(local);
    if (!isOwn || !this.isLossJudged(local, cause) || (userSourcedId !== undefined && people.isFrozen(userSourcedId))) {
      this.keepWaiting(local);
      return;
    }
    if (people.isProtected(local)) {
      this.notes.push({
        rule: 'U14',
        code: 'PROTECTED',
        severity: 'info',
        noun: 'enrollment',
        subject: this.subject(userSourcedId ?? `@${local.userId}`),
      });
      return;
    }
    const isSilent = cause === 'WITHDRAWN';
    const isLeaver = userSourcedId !== undefined && people.mayHaveLeft(userSourcedId);
    const isDeleted = cause === 'TOMBSTONE' && userSourcedId !== undefined && people.isTombstoned(userSourcedId);
    const silence = this.section.absence ?? 'E1';
    const evidence = { cause, level: isSilent ? silence : 'E2' } as const;
    const absent = evidence.level === 'E1' ? SILENT : TOLD[cause];
    const reason = isLeaver ? { rule: 'U7', code: 'MEMBER_ABSENT', evidence } : absent;
    this.removals.push({
      local,
      cause,
      // A deleted enrollment of somebody who is only missing is gone by its own word.
      level: isLeaver && isDeleted ? people.evidenceFor(userSourcedId) : evidence.level,
      isSilent,
      proposal: this.proposal(
        'enrollment-remove',
        userSourcedId ?? `@${local.userId}`,
        local,
        ACTIVE,
        context.removed,
        reason,
        ABSENT,
      ),
    });
    // Whether somebody's enrollment still names them is known when all have been seen.
    if (isLeaver) people.settleLater(userSourcedId, reason);
  }

  /** Whether this plan may say of a member whom the feed no longer has that they are gone. */
  private isLossJudged(local: LocalEnrollment, cause: Cause): boolean {
    const { policy, isRestricted, handlesMember, feed } = this.context;
    if (!policy.fullData || isRestricted || !handlesMember[local.role]) return false;
    return cause !== 'WITHDRAWN' || !feed.unreadable.mayBeMemberOf(this.section.sourcedId);
  }

  /** The member was not judged: a hold or a count that waits for them goes on waiting. */
  private keepWaiting(local: LocalEnrollment): void {
    const { unjudged } = this.context;
    if (!unjudged.isWatching || local.state !== 'active') return;
    unjudged.record(this.subject(this.idOf(local) ?? `@${local.userId}`));
  }

  private propose(
    kind: 'enrollment-link' | 'enrollment-update' | 'enrollment-restore',
    row: Enrollment,
    local: LocalEnrollment,
    before: Fields<LocalEnrollment>,
    after: Fields<LocalEnrollment>,
    rule: string,
    code: string,
  ): void {
    const reason = { rule, code, evidence: { role: row.role } };
    this.proposals.push(
      this.proposal(kind, row.userSourcedId, local, before, after, reason, enrollmentFingerprint(row)),
    );
  }

  private proposal(
    kind: 'enrollment-link' | 'enrollment-update' | 'enrollment-restore' | 'enrollment-remove',
    user: string,
    local: LocalEnrollment,
    before: Fields<LocalEnrollment>,
    after: Fields<LocalEnrollment>,
    reason: Proposal['reason'],
    fingerprint: string,
  ): Proposal {
    const { id, classId, userId } = local;
    const classSourcedId = this.section.sourcedId;
    const userSourcedId = this.idOf(local);
    const target =
      userSourcedId === undefined
        ? { id, classId, userId, classSourcedId }
        : { id, classId, userId, classSourcedId, userSourcedId };
    return {
      kind,
      subject: this.subject(user),
      target,
      schoolSourcedId: this.section.schoolSourcedId,
      before,
      after,
      version: local.version,
      reason,
      fingerprint,
    };
  }

  /** By which sourcedId the feed knows the member today, if by any. */
  private idOf(local: LocalEnrollment): string | undefined {
    return local.userSourcedId === undefined ? this.people.firstId(local.userId) : this.people.memberId(local);
  }

  private count(role: EnrollmentRole): void {
    this.members += 1;
    if (role === 'student') this.students += 1;
    if (role === 'teacher') this.teachers += 1;
  }

  private countKept({ state, role }: LocalEnrollment): void {
    if (state !== 'active') return;
    if (role === 'student') this.studentsKept += 1;
    if (role === 'teacher') this.teachersKept += 1;
  }

  private countLocal(local: LocalEnrollment): void {
    if (local.state !== 'active') return;
    if (local.origin === 'roster') this.managed += 1;
    if (local.role === 'student') this.studentsBefore += 1;
    if (local.role === 'teacher') this.teachersBefore += 1;
  }

  private observe(user: string, row: Enrollment | undefined): void {
    if (!this.isObserved) return;
    const standing = row === undefined ? 'gone' : pairStanding(row, this.context, this.people);
    if (standing === 'unshared' || (standing === 'gone' && this.context.isRestricted)) return;
    const fingerprint = row === undefined || standing === 'gone' ? ABSENT : enrollmentFingerprint(row);
    this.context.draft.observe(this.subject(user), fingerprint);
  }

  private subject(user: string): string {
    return enrollmentSubject(this.section.sourcedId, user);
  }
}

function isHostField(local: LocalEnrollment, field: string): boolean {
  return local.hostFields?.includes(field) === true;
}
