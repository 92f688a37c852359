/** Section 4: one class's enrollments in the feed against the host's members, row by row. Nothing is decided for good here. */

import type { Enrollment, EnrollmentRole, LocalClass, LocalEnrollment } from '../../../src/model/index.js';
import type { Grace } from './grace.js';
import type { Paper } from './paper.js';
import type { People } from './people.js';
import type { Reading } from './reading.js';
import { ABSENT, byCodeUnit, memberWord, seenEnrollment, type Decision, type Question } from './words.js';

/** What the feed says of a member today. */
type Standing = 'active' | 'future' | 'gone';

/** A member who vanished, by the sourcedId of today. */
export interface Lost {
  readonly member: LocalEnrollment;
  readonly subject: string;
  readonly user: string | undefined;
}

export interface Members {
  /** Members in the feed that count, by sourcedId (M10, M11). */
  readonly students: readonly string[];
  readonly teachers: readonly string[];
  readonly count: number;
  /** Active members at the host, and those of them whom the feed still names. */
  readonly studentsBefore: number;
  readonly studentsKept: number;
  readonly teachersBefore: number;
  readonly teachersKept: number;
  readonly managed: number;
  readonly additions: readonly Enrollment[];
  readonly changes: readonly Decision[];
  readonly removals: readonly Decision[];
  /** Those who vanished among them: an end date is no absence. */
  readonly lost: readonly Lost[];
  readonly notes: readonly {
    readonly rule: string;
    readonly code: string;
    readonly subject: string;
    readonly once: boolean;
  }[];
  /** Somebody is outside of their dates and no member here. */
  readonly hasOutsideDates: boolean;
}

/** The class whose members are compared. */
export interface OfClass {
  readonly sourcedId: string;
  readonly school: string | undefined;
  readonly local: LocalClass | undefined;
}

export interface World {
  readonly question: Question;
  readonly reading: Reading;
  readonly people: People;
  readonly paper: Paper;
  readonly grace: Grace;
}

/** Section 0: with two roles in one class, teacher wins. The other roles follow in the order of their say. */
const ROLES: readonly EnrollmentRole[] = ['teacher', 'aide', 'administrator', 'proctor', 'student', 'guardian'];

function isCoveredMember(role: EnrollmentRole, { question }: World): boolean {
  const { steps } = question.policy;
  return steps.includes(role === 'student' ? 'students' : role === 'guardian' ? 'guardians' : 'teachers');
}

/** M11: ended: as if gone; not begun: not yet. */
function standingOf(row: Enrollment, { reading }: World): Standing {
  if (row.status === 'tobedeleted') return 'gone';
  if (row.endDate !== undefined && row.endDate <= reading.today) return 'gone';
  return row.beginDate !== undefined && row.beginDate > reading.leadDay ? 'future' : 'active';
}

/** Section 0: the identity of an enrollment is (class, user). What counts goes first, then what is to come, then roles. */
function chosen(rows: readonly Enrollment[], world: World): Enrollment | undefined {
  const order: readonly Standing[] = ['active', 'future', 'gone'];
  const [best] = [...rows].sort(
    (left, right) =>
      order.indexOf(standingOf(left, world)) - order.indexOf(standingOf(right, world)) ||
      ROLES.indexOf(left.role) - ROLES.indexOf(right.role) ||
      byCodeUnit(oneLine(left), oneLine(right)),
  );
  return best;
}

/** Rows of one role and standing: the rules do not choose, so any fixed order will do. */
function oneLine({ role, primary, beginDate, endDate }: Enrollment): string {
  return [role, primary === true, beginDate, endDate].join('|');
}

export function compareMembers(of: OfClass, world: World, isClassAbsent = false): Members {
  const { question, reading, people, paper } = world;
  const { policy, local } = question;
  const rows = isClassAbsent ? [] : reading.rowsOf(of.sourcedId);
  const hosts = local.enrollments.filter((member) => member.classSourcedId === of.sourcedId);
  const found = {
    students: [] as string[],
    teachers: [] as string[],
    count: 0,
    studentsBefore: 0,
    studentsKept: 0,
    teachersBefore: 0,
    teachersKept: 0,
    managed: 0,
    additions: [] as Enrollment[],
    changes: [] as Decision[],
    removals: [] as Decision[],
    lost: [] as Lost[],
    notes: [] as { rule: string; code: string; subject: string; once: boolean }[],
    hasOutsideDates: false,
  };
  const note = (rule: string, code: string, subject: string, once = false): void => {
    found.notes.push({ rule, code, subject, once });
  };
  const countFed = (row: Enrollment): void => {
    found.count += 1;
    if (row.role === 'student') found.students.push(row.userSourcedId);
    if (row.role === 'teacher') found.teachers.push(row.userSourcedId);
  };

  /** M3, M4, M8, U7, U14: a member whom the feed no longer has. */
  const lose = (member: LocalEnrollment, isExplicit: boolean, isEnded = false): void => {
    // M4; G2: nothing destructive.
    if (member.state !== 'active' || !policy.fullData || reading.isRestricted) return;
    if (!isCoveredMember(member.role, world)) return;
    const sourcedId = people.idOf(member);
    // G4: a row that could not be used may have been this member's.
    if (!isExplicit && reading.mayBeMemberOf(of.sourcedId)) return;
    // M8; with fullDataReach 'everyone' members by hand of a class that a sync manages are treated as M3.
    if (member.origin !== 'roster' && !(policy.fullDataReach === 'everyone' && of.local?.origin === 'roster')) return;
    // U12, U13
    if (sourcedId !== undefined && people.frozen.has(sourcedId)) return;
    const subject = memberWord(of.sourcedId, sourcedId ?? `@${member.userId}`);
    // U14
    if (people.isProtected(member)) {
      note('U14', 'PROTECTED', subject);
      return;
    }
    if (!isEnded) found.lost.push({ member, subject, user: sourcedId });
    found.removals.push({
      kind: 'enrollment-remove',
      subject,
      school: of.school,
      rule: sourcedId !== undefined && people.hasLeft(sourcedId) ? 'U7' : 'M3',
      code: 'MEMBER_ABSENT',
      level: isExplicit ? 'E2' : 'E1',
      after: { state: 'removed', by: 'sync' },
      seen: ABSENT,
    });
  };

  const words = new Set([
    ...rows.map((row) => row.userSourcedId),
    ...hosts.map((member) => people.idOf(member) ?? `@${member.userId}`),
  ]);
  for (const word of [...words].sort(byCodeUnit)) {
    const row = chosen(
      rows.filter((each) => each.userSourcedId === word),
      world,
    );
    const member = hosts.find((each) => (people.idOf(each) ?? `@${each.userId}`) === word);
    const subject = memberWord(of.sourcedId, word);
    if (member?.state === 'active') {
      if (member.origin === 'roster') found.managed += 1;
      if (member.role === 'student') found.studentsBefore += 1;
      if (member.role === 'teacher') found.teachersBefore += 1;
    }
    if (row === undefined) {
      // Only a host's member is left: absent (E1).
      if (member === undefined) continue;
      // A tombstoned user's enrollments count as E2.
      const isExplicit = reading.isUserDeleted(word);
      const isProven = isExplicit || !reading.mayBeMemberOf(of.sourcedId);
      if (!reading.isRestricted && isProven) paper.sees(subject, ABSENT);
      lose(member, isExplicit);
      continue;
    }
    const standing = standingOf(row, world);
    // M10: a tombstoned user's enrollments count as E2.
    const isGone = standing === 'gone' || reading.isUserDeleted(word);
    // M10: the host knows the person, the feed has no row of them: no evidence of absence.
    const isUnshared = !isGone && people.isMissing(word);
    if (isGone) {
      if (!reading.isRestricted) paper.sees(subject, ABSENT);
    } else if (!isUnshared) paper.sees(subject, seenEnrollment(row));

    if (member === undefined) {
      if (standing !== 'active') {
        // M11: not yet, or no more.
        if (row.status !== 'tobedeleted') found.hasOutsideDates = true;
        continue;
      }
      if (isGone) continue;
      if (reading.presentUser(word) === undefined) {
        // M10: unknown user.
        if (!reading.isRestricted) note('M10', 'DANGLING_REF', subject);
        continue;
      }
      countFed(row);
      // M1
      if (isCoveredMember(row.role, world) && !people.frozen.has(word)) found.additions.push(row);
      continue;
    }

    if (isGone) {
      lose(member, true, row.status !== 'tobedeleted' && !reading.isUserDeleted(word));
      continue;
    }
    if (isUnshared) {
      if (!reading.isRestricted) note('M10', 'PERSON_UNSHARED', `user:${word}`);
      continue;
    }
    // Section 0: students are those left after M10 and M11, which keeps an existing member who is to come.
    if (member.state === 'active') {
      if (member.role === 'student') found.studentsKept += 1;
      if (member.role === 'teacher') found.teachersKept += 1;
    }
    // M11: not begun: an existing member is kept, though another of their rows may be over.
    if (standing === 'future') continue;
    countFed(row);
    if (!isCoveredMember(row.role, world) || people.frozen.has(word)) continue;
    const change = changeOf(member, row, of, world, note);
    if (change !== undefined) found.changes.push(change);
  }
  return found;
}

/** Both sides have the member, and the feed's row counts: M2, M5, M6, M7, M12 to M15. */
function changeOf(
  member: LocalEnrollment,
  row: Enrollment,
  of: OfClass,
  { question, people }: World,
  note: (rule: string, code: string, subject: string, once: boolean) => void,
): Decision | undefined {
  const subject = memberWord(of.sourcedId, people.idOf(member) ?? '');
  const isPrimary = row.primary === true;
  const synced = { role: row.role, primary: isPrimary ? true : undefined };
  const owns = (field: string): boolean => member.hostFields?.includes(field) === true;
  const decision = (kind: string, rule: string, code: string, after: Decision['after']): Decision => ({
    kind,
    subject,
    school: of.school,
    rule,
    code,
    after,
    seen: seenEnrollment(row),
  });
  if (member.state === 'removed') {
    const isByUser = member.by === 'user';
    // M6, M12, M14: what a person removed stays removed, unless the policy reasserts.
    if (isByUser && !question.policy.reassertMembers) {
      note(member.origin === 'roster' ? 'M6' : 'M14', 'LOCAL_REMOVAL_WINS', subject, true);
      return undefined;
    }
    // M5: the same row comes back. M15: a role that a person changed stays.
    const role = owns('role') ? member.role : row.role;
    const after = { state: 'active', by: undefined, role, primary: synced.primary, synced };
    return isByUser
      ? decision('enrollment-restore', 'M6', 'REASSERTED', after)
      : decision('enrollment-restore', 'M5', 'RETURNED', after);
  }
  // M7, M13: a member by hand stays people's own, and is linked.
  if (member.origin !== 'roster') {
    return member.linked === true ? undefined : decision('enrollment-link', 'M7', 'LINKED', { linked: true });
  }
  // M2: in place. M15: only the fields that the roster owns.
  const before = member.synced ?? { role: member.role, primary: member.primary };
  const hasOtherRole = row.role !== before.role;
  const hasOtherPrimary = isPrimary !== (before.primary === true);
  if (!hasOtherRole && !hasOtherPrimary) return undefined;
  return decision('enrollment-update', 'M2', hasOtherRole ? 'ROLE_CHANGED' : 'PRIMARY_CHANGED', {
    synced,
    ...(hasOtherRole && !owns('role') && row.role !== member.role ? { role: row.role } : {}),
    ...(hasOtherPrimary && !owns('primary') ? { primary: synced.primary } : {}),
  });
}
