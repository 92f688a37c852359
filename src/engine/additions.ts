import { enrollmentSubject } from '../model/index.js';
import type { Class, Enrollment, LocalClass, LocalUser, SyncedEnrollment } from '../model/index.js';
import type { Proposal } from './draft.js';
import { enrollmentFingerprint } from './fingerprint.js';

/** The class whose members are compared. */
export interface ClassOfMembers {
  readonly sourcedId: string;
  readonly schoolSourcedId: string;
  readonly localId: string | undefined;
  /** Whether a sync manages the class: only there Full Data may reach people's own members. */
  readonly isManaged: boolean;
}

/** A section of the feed, and the host's class of it where there is one. */
export function ofMembers(section: Class, local: LocalClass | undefined): ClassOfMembers {
  return {
    sourcedId: section.sourcedId,
    schoolSourcedId: section.schoolSourcedId,
    localId: local?.id,
    isManaged: local === undefined || local.origin === 'roster',
  };
}

/** A member of the feed whom the host does not have yet. Added once the person is known to get an account. */
export interface Addition {
  readonly enrollment: Enrollment;
  /** The host's person, where there is one already. */
  readonly user: LocalUser | undefined;
}

/** M1: the proposal for a member whom the host does not have yet. */
export function additionProposal(addition: Addition, section: ClassOfMembers): Proposal {
  const { enrollment, user } = addition;
  const target = {
    ...(section.localId === undefined ? {} : { classId: section.localId }),
    ...(user === undefined ? {} : { userId: user.id }),
    classSourcedId: enrollment.classSourcedId,
    userSourcedId: enrollment.userSourcedId,
  };
  return {
    kind: 'enrollment-add',
    subject: enrollmentSubject(enrollment.classSourcedId, enrollment.userSourcedId),
    target,
    schoolSourcedId: section.schoolSourcedId,
    before: null,
    after: {
      origin: 'roster',
      role: enrollment.role,
      ...(enrollment.primary === true ? { primary: true } : {}),
      state: 'active',
      synced: syncedEnrollment(enrollment),
    },
    reason: { rule: 'M1', code: 'ENROLLED', evidence: { role: enrollment.role } },
    fingerprint: enrollmentFingerprint(enrollment),
  };
}

/** What a sync writes of an enrollment. */
export function syncedEnrollment(row: Enrollment): SyncedEnrollment {
  return row.primary === true ? { role: row.role, primary: true } : { role: row.role };
}
