/**
 * A class that a sync created before anybody said that an older one is the same (K12): while nobody has used this twin,
 * the older class can still take its place.
 *
 * @module
 */

import { classSubject, enrollmentSubject } from '../../model/index.js';
import type { LocalClass, LocalEnrollment, LocalRecord } from '../../model/index.js';
import type { Proposal } from '../draft.js';

/** Whether nobody has done anything with the class or its members since a sync made them. */
export function isUnusedTwin(twin: LocalClass, members: readonly LocalEnrollment[]): boolean {
  return (
    twin.origin === 'roster' &&
    twin.state === 'active' &&
    twin.usedAt === undefined &&
    twin.revived !== true &&
    !hasHostFields(twin) &&
    members.every(isUntouched)
  );
}

/**
 * The changes that take an unused twin away, members first, so that an undo can bring all of it back. The re-key of the
 * older class to its sourcedId comes after them.
 */
export function removeTwin(
  twin: LocalClass & { readonly sourcedId: string },
  members: readonly LocalEnrollment[],
  fingerprint: string,
): Proposal[] {
  const school = twin.schoolSourcedId === undefined ? {} : { schoolSourcedId: twin.schoolSourcedId };
  const reason = { rule: 'K12', code: 'TWIN_REMOVED' } as const;
  const deletions = members.map((member): Proposal => {
    const { version, ...before } = member;
    return {
      kind: 'enrollment-delete',
      subject: enrollmentSubject(twin.sourcedId, member.userSourcedId ?? `@${member.userId}`),
      target: { id: member.id, classId: member.classId, userId: member.userId },
      ...school,
      before,
      after: null,
      version,
      reason,
      fingerprint: '',
    };
  });
  const { version, ...before } = twin;
  const deletion: Proposal = {
    kind: 'class-delete',
    subject: classSubject(twin.sourcedId),
    target: { id: twin.id, sourcedId: twin.sourcedId },
    ...school,
    before,
    after: null,
    version,
    reason,
    fingerprint,
  };
  return [...deletions, deletion];
}

function isUntouched(member: LocalEnrollment): boolean {
  return (
    member.origin === 'roster' &&
    member.usedAt === undefined &&
    member.by !== 'user' &&
    member.linked !== true &&
    !hasHostFields(member)
  );
}

function hasHostFields({ hostFields }: LocalRecord): boolean {
  return hostFields !== undefined && hostFields.length > 0;
}
