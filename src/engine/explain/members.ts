/**
 * Why nothing happens to a member of a class (rows M), in the order in which the engine decides.
 *
 * @module
 */

import { classSubject } from '../../model/index.js';
import type { Class, Enrollment, EnrollmentRole, LocalClass, LocalEnrollment, Reason } from '../../model/index.js';
import { isGuardianMember } from '../rules/guardian-members.js';
import { findClass } from './classes.js';
import {
  additiveOnly,
  because,
  doubled,
  incompleteRead,
  kept,
  notImported,
  stepNotCovered,
  unchanged,
  UNKNOWN,
  waiting,
} from './finding.js';
import type { Finding } from './finding.js';
import { chosenRow, standingOf } from './rows.js';
import { findPerson, frozenBecause, hasAccount } from './users.js';
import { reasonOf, type Person, type View } from './view.js';

/** A member, with the class and the person, on both sides. */
export interface Membership {
  readonly subject: string;
  readonly classId: string;
  readonly section: Class | undefined;
  readonly localClass: LocalClass | undefined;
  readonly person: Person;
  readonly rows: readonly Enrollment[];
  readonly local: LocalEnrollment | undefined;
}

export function findMember(view: View, membership: Membership): Finding {
  const { section, localClass, person, rows, local } = membership;
  const row = chosenRow(view, rows);
  if (row === undefined && local === undefined) return UNKNOWN;
  if (local !== undefined && localClass?.sourcedId === undefined) return kept(because('M8', 'LOCAL_MEMBER'));
  const ofClass = findClass(view, section, localClass);
  if (!ofClass.isFollowed) return ofUnfollowed(view, membership, ofClass.reasons);
  const twice = doubled(view, membership.subject);
  if (twice !== undefined) return kept(twice);
  const isSilent = person.feed?.status !== 'tobedeleted';
  if (row === undefined) {
    const member = local as LocalEnrollment;
    const isByLink = isGuardianByLink(view, member);
    return isByLink ? unchanged(because('P13', 'GUARDIAN_ENROLLED')) : lostMember(view, membership, member, isSilent);
  }
  return local === undefined
    ? notImported(...newMember(view, membership, row, person))
    : sharedMember(view, membership, row, local);
}

/** M9, M10: a member of a class that does not follow the district today, and what becomes of the class. */
function ofUnfollowed(view: View, membership: Membership, whyNothing: readonly Reason[]): Finding {
  const { classId, section, localClass, rows, local } = membership;
  if (local?.state === 'removed' && rows.length === 0) return unchanged(because('M3', 'ALREADY_REMOVED'));
  const changes = view.changesOf(classSubject(classId));
  const whyClass = changes.length > 0 ? changes.map(({ reason }) => reasonOf(reason)) : whyNothing;
  const frozen = because('M9', 'MEMBERS_FROZEN', { class: classId });
  if (local !== undefined) return kept(frozen, ...whyClass);
  if (localClass !== undefined) return notImported(frozen, ...whyClass);
  if (section !== undefined) return notImported(because('M1', 'CLASS_NOT_IMPORTED', { class: classId }), ...whyClass);
  const enrollments = view.rowsOfClass(classId).length;
  return notImported(because('M10', 'DANGLING_REF', { missing: 'class', class: classId, enrollments }));
}

/** M1, M10, M11: the district lists a member who is not one here. */
function newMember(view: View, membership: Membership, row: Enrollment, person: Person): readonly Reason[] {
  const past = notToday(view, row);
  if (past !== undefined) return [past];
  const { sourcedId, feed } = person;
  if (feed === undefined) {
    return [view.isRestricted ? incompleteRead(view) : danglingPerson(row)];
  }
  if (feed.status === 'tobedeleted') return [because('Z6', 'PERSON_DELETED')];
  if (!coversMember(view, row.role)) return [stepNotCovered(view)];
  const frozen = frozenBecause(view, sourcedId);
  if (frozen !== undefined) return [frozen];
  if (!hasAccount(view, person)) {
    const reason = because('M1', 'MEMBERS_WITHOUT_ACCOUNT', { user: row.userSourcedId });
    return [reason, ...findPerson(view, person).reasons];
  }
  return [view.told(membership.subject, 'SUPPRESSED') ?? because('M1', 'NOT_PLANNED')];
}

function danglingPerson({ classSourcedId, userSourcedId }: Enrollment): Reason {
  return because('M10', 'DANGLING_REF', { missing: 'user', user: userSourcedId, class: classSourcedId });
}

/** M11 and the provider's own word: why a row makes nobody a member today. */
function notToday(view: View, row: Enrollment): Reason | undefined {
  switch (standingOf(view, row)) {
    case 'deleted':
      return because('Z6', 'NEVER_IMPORTED');
    case 'ended':
      return because('M11', 'ENROLLMENT_ENDED', { date: row.endDate as string });
    case 'ahead':
      return because('M11', 'ENROLLMENT_AHEAD', { date: row.beginDate as string });
    case 'active':
      return undefined;
  }
}

/** M2, M5 to M7, M14, M15: both sides have the member. */
function sharedMember(view: View, membership: Membership, row: Enrollment, local: LocalEnrollment): Finding {
  const { subject, person } = membership;
  const standing = standingOf(view, row);
  if (standing === 'deleted' || standing === 'ended' || person.feed?.status === 'tobedeleted') {
    const finding = lostMember(view, membership, local, false);
    const past = standing === 'ended' ? notToday(view, row) : undefined;
    const word = past ?? because('Z6', standing === 'deleted' ? 'TOMBSTONE' : 'PERSON_DELETED');
    return { ...finding, reasons: [...finding.reasons, word] };
  }
  if (person.feed === undefined)
    return kept(view.isRestricted ? incompleteRead(view) : because('M10', 'PERSON_UNSHARED'));
  const ahead = notToday(view, row);
  if (ahead !== undefined) return kept(ahead);
  if (!coversMember(view, row.role)) return kept(stepNotCovered(view));
  const frozen = frozenBecause(view, person.sourcedId);
  if (frozen !== undefined) return kept(frozen);
  const suppressed = view.told(subject, 'SUPPRESSED');
  if (local.state === 'removed') {
    if (local.by !== 'user') return kept(suppressed ?? because('M5', 'NOT_PLANNED'));
    if (suppressed !== undefined) return kept(suppressed);
    const wins = because(local.origin === 'roster' ? 'M6' : 'M14', 'LOCAL_REMOVAL_WINS');
    return kept(wins, ...(returns(view, membership) ? [because('M12', 'REMOVED_BEFORE')] : []));
  }
  if (local.origin !== 'roster') return unchanged(because('M7', 'LINKED'));
  if (suppressed !== undefined) return kept(suppressed);
  const isRoleKept = local.hostFields?.includes('role') === true && row.role !== local.role;
  return isRoleKept ? kept(because('M15', 'ROLE_KEPT')) : unchanged(because('M2', 'UNCHANGED'));
}

/** M12: whether the class comes back by this plan, and its members with it. */
function returns(view: View, { classId }: Membership): boolean {
  return view.changesOf(classSubject(classId)).some(({ kind }) => kind === 'class-unarchive');
}

/** M3, M4, M8, M13, U14: a member here whom the district no longer lists. */
function lostMember(view: View, membership: Membership, local: LocalEnrollment, isSilent: boolean): Finding {
  if (local.state === 'removed') return unchanged(because('M3', 'ALREADY_REMOVED'));
  return kept(whyNotRemoved(view, membership, local, isSilent));
}

function whyNotRemoved(view: View, membership: Membership, local: LocalEnrollment, isSilent: boolean): Reason {
  const { subject, classId, person, localClass } = membership;
  const { policy } = view.sides;
  const isReached = policy?.fullDataReach === 'everyone' && localClass?.origin === 'roster';
  // What a sync wrote once tells that the member was the sync's before a person added them again.
  if (local.origin !== 'roster' && !isReached)
    return because(local.synced === undefined ? 'M8' : 'M13', 'LOCAL_MEMBER');
  if (view.isRestricted) return incompleteRead(view);
  if (view.isFullData === false) return because('M4', 'MEMBER_KEPT');
  if (!coversMember(view, local.role)) return stepNotCovered(view);
  if (isSilent && view.unreadable.mayBeMemberOf(classId)) return because('G4', 'ROWS_REJECTED');
  const frozen = frozenBecause(view, person.sourcedId);
  if (frozen !== undefined) return frozen;
  if (person.local?.protected === true) return because('U14', 'PROTECTED');
  const told = view.told(subject, 'SUPPRESSED');
  if (told !== undefined) return told;
  if (view.unreadable.mayBeSchool(membership.section?.schoolSourcedId)) return because('G4', 'ROWS_REJECTED');
  const waits = waiting(view, subject) ?? additiveOnly(view);
  if (waits !== undefined) return waits;
  return view.isFullData === true ? because('M3', 'NOT_PLANNED') : because('M4', 'MEMBER_KEPT');
}

/** P13: whether a member is there by the link to a student of the class. */
function isGuardianByLink(view: View, local: LocalEnrollment): boolean {
  const { policy, local: host } = view.sides;
  if (policy?.guardians.enroll !== true || local.state !== 'active' || !isGuardianMember(local)) return false;
  const students = new Set(
    host.enrollments
      .filter((each) => each.classId === local.classId && each.role === 'student' && each.state === 'active')
      .map(({ userId }) => userId),
  );
  return host.guardianLinks.some(
    ({ guardianId, studentId, state, blocked }) =>
      guardianId === local.userId && state === 'active' && blocked !== true && students.has(studentId),
  );
}

function coversMember(view: View, role: EnrollmentRole): boolean {
  return view.covers(role === 'student' ? 'students' : role === 'guardian' ? 'guardians' : 'teachers');
}
