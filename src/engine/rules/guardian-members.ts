/**
 * Guardians who are members of their students' classes (row P13): what is proposed about one of them. Who comes and who
 * goes is found out by `passes/guardian-members.ts`.
 *
 * @module
 */

import { enrollmentSubject } from '../../model/index.js';
import type { EnrollmentTarget, Fields, LocalEnrollment } from '../../model/index.js';
import { beforeReturn, syncedEnrollment, type ClassOfMembers } from './additions.js';
import type { Context } from '../context.js';
import type { Proposal } from '../draft.js';
import { ABSENT, enrollmentFingerprint } from '../fingerprint.js';

const ROLE = { role: 'guardian' } as const;

/** What stands for a wanted place where the feed has no enrollment of it: the same as an enrollment of the feed. */
export const WANTED = enrollmentFingerprint({ classSourcedId: '', userSourcedId: '', ...ROLE });

/** A removal that no undo, discard or gate may keep from being done has a word of its own. */
const FORBIDDEN = 'forbidden';

/** Whether a sync, or a person, made somebody a member as guardian. What a person made of the role since is theirs. */
export function isGuardianMember({ role, synced }: LocalEnrollment): boolean {
  return (synced?.role ?? role) === 'guardian';
}

/**
 * Whether a member of whom the feed has no enrollment is there by guardian links, so that no other row speaks of their
 * absence: also where this import leaves guardians out.
 */
export function isOfLinks(local: LocalEnrollment, section: ClassOfMembers, { policy }: Context): boolean {
  if (!policy.guardians.enroll || !isGuardianMember(local)) return false;
  return local.origin === 'roster' || (policy.fullDataReach === 'everyone' && section.isManaged);
}

/** A place that a guardian gets by the link to this student. */
export function guardianAddition(
  section: ClassOfMembers,
  guardian: { readonly sourcedId: string; readonly id: string | undefined },
  studentSourcedId: string,
): Proposal {
  const { sourcedId: classSourcedId, localId } = section;
  const target: { -readonly [K in keyof EnrollmentTarget]: EnrollmentTarget[K] } = {
    classSourcedId,
    userSourcedId: guardian.sourcedId,
  };
  if (localId !== undefined) target.classId = localId;
  if (guardian.id !== undefined) target.userId = guardian.id;
  return {
    kind: 'enrollment-add',
    subject: enrollmentSubject(classSourcedId, guardian.sourcedId),
    target,
    schoolSourcedId: section.schoolSourcedId,
    before: null,
    after: { origin: 'roster', ...ROLE, state: 'active', synced: syncedGuardian() },
    reason: reasonOf('GUARDIAN_ENROLLED', studentSourcedId),
    fingerprint: WANTED,
  };
}

/** A place that a sync took away and the link gives again. */
export function guardianReturn(
  section: ClassOfMembers,
  guardianSourcedId: string,
  local: LocalEnrollment,
  studentSourcedId: string,
): Proposal {
  const after: Fields<LocalEnrollment> = {
    state: 'active',
    by: undefined,
    removedAt: undefined,
    role: local.hostFields?.includes('role') === true ? local.role : 'guardian',
    primary: undefined,
    synced: syncedGuardian(),
  };
  return {
    ...common(section, guardianSourcedId, local),
    kind: 'enrollment-restore',
    before: beforeReturn(local),
    after,
    reason: reasonOf('RETURNED', studentSourcedId),
    fingerprint: WANTED,
  };
}

/** A place that no link gives any more; at once where the district forbids contact (P11). */
export function guardianRemoval(
  section: ClassOfMembers,
  guardianSourcedId: string,
  local: LocalEnrollment,
  isForbidden: boolean,
  { removed }: Pick<Context, 'removed'>,
): Proposal {
  return {
    ...common(section, guardianSourcedId, local),
    kind: 'enrollment-remove',
    before: ACTIVE,
    after: removed,
    reason: { rule: 'P13', code: isForbidden ? 'CONTACT_FORBIDDEN' : 'GUARDIAN_WITHOUT_STUDENT', evidence: ROLE },
    fingerprint: isForbidden ? FORBIDDEN : ABSENT,
  };
}

const ACTIVE: Fields<LocalEnrollment> = Object.freeze({ state: 'active', by: null, removedAt: null });

function reasonOf(code: 'GUARDIAN_ENROLLED' | 'RETURNED', student: string): Proposal['reason'] {
  return { rule: 'P13', code, evidence: { ...ROLE, student } };
}

function syncedGuardian(): LocalEnrollment['synced'] & object {
  return syncedEnrollment({ classSourcedId: '', userSourcedId: '', ...ROLE });
}

function common({ sourcedId, schoolSourcedId }: ClassOfMembers, guardian: string, local: LocalEnrollment) {
  const { id, classId, userId, version } = local;
  return {
    subject: enrollmentSubject(sourcedId, guardian),
    target: { id, classId, userId, classSourcedId: sourcedId, userSourcedId: guardian },
    schoolSourcedId,
    version,
  };
}
