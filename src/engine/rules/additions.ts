import { enrollmentSubject } from '../../model/index.js';
import type {
  Class,
  Enrollment,
  EnrollmentRole,
  EnrollmentTarget,
  Fields,
  LocalClass,
  LocalEnrollment,
  Reason,
  SyncedEnrollment,
} from '../../model/index.js';
import type { HostPerson } from '../passes/directory.js';
import type { Proposal } from '../draft.js';
import { enrollmentFingerprint } from '../fingerprint.js';
import type { EvidenceLevel } from '../gates/grace.js';

/** The class whose members are compared. */
export interface ClassOfMembers {
  readonly sourcedId: string;
  readonly schoolSourcedId: string;
  readonly localId: string | undefined;
  /** Whether a sync manages the class: only there Full Data may reach people's own members. */
  readonly isManaged: boolean;
  /** What tells that the whole class is gone, where it is: its members go by the same word. */
  readonly absence?: EvidenceLevel;
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

/** A class of the host, by its own sourcedId, of which the feed has no section. */
export function ofHostAlone(local: LocalClass): ClassOfMembers {
  return {
    sourcedId: local.sourcedId as string,
    schoolSourcedId: local.schoolSourcedId ?? '',
    localId: local.id,
    isManaged: local.origin === 'roster',
  };
}

/** A member of the feed whom the host does not have yet. Added once the person is known to get an account. */
export interface Addition {
  readonly enrollment: Enrollment;
  /** The host's person, where there is one already. */
  readonly user: HostPerson | undefined;
}

/** M1: the proposal for a member whom the host does not have yet. */
export function additionProposal({ enrollment, user }: Addition, section: ClassOfMembers): Proposal {
  const { classSourcedId, userSourcedId } = enrollment;
  const target: { -readonly [K in keyof EnrollmentTarget]: EnrollmentTarget[K] } = { classSourcedId, userSourcedId };
  if (section.localId !== undefined) target.classId = section.localId;
  if (user !== undefined) target.userId = user.id;
  const { after, reason } = wordingOf(enrollment);
  return {
    kind: 'enrollment-add',
    subject: enrollmentSubject(classSourcedId, userSourcedId),
    target,
    schoolSourcedId: section.schoolSourcedId,
    before: null,
    after,
    reason,
    fingerprint: enrollmentFingerprint(enrollment),
  };
}

/** What a member's return writes over. */
export function beforeReturn({ by, removedAt, role, primary, synced }: LocalEnrollment): Fields<LocalEnrollment> {
  return { state: 'removed', by, removedAt, role, primary, synced };
}

/** What a sync writes of an enrollment. */
export function syncedEnrollment({ role, primary }: Enrollment): SyncedEnrollment {
  return wordingOf({ role, primary: primary === true }).synced;
}

/** What all additions of one role have in common: there are many additions, and few roles. */
interface Wording {
  readonly synced: SyncedEnrollment;
  readonly after: Fields<LocalEnrollment>;
  readonly reason: Reason;
}

const WORDINGS = new Map<string, Wording>();

function wordingOf({ role, primary }: { readonly role: EnrollmentRole; readonly primary?: boolean }): Wording {
  const word = primary === true ? `${role} primary` : role;
  let wording = WORDINGS.get(word);
  if (wording === undefined) {
    const own: SyncedEnrollment = primary === true ? { role, primary: true } : { role };
    const synced = Object.freeze(own);
    const after = Object.freeze({ origin: 'roster' as const, ...own, state: 'active' as const, synced });
    const reason = Object.freeze({ rule: 'M1', code: 'ENROLLED', evidence: Object.freeze({ role }) });
    wording = { synced, after, reason };
    WORDINGS.set(word, wording);
  }
  return wording;
}
