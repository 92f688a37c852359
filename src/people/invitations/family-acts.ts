import { StoreConflictError, StoreError } from '../../errors.js';
import { normalEmail, normalPhone, usableEmail, usablePhone } from '../../internal/contact.js';
import { withNulls } from '../../internal/patch.js';
import {
  type Fields,
  type GuardianChange,
  guardianSubject,
  type LocalGuardianLink,
  type LocalUser,
} from '../../model/index.js';
import type { Change } from '../../model/index.js';
import { creation } from '../acts.js';
import { type InvitationsContext, instant } from './context.js';

/** Who signs up with a family code, as they say. */
export interface NewGuardian {
  readonly givenName: string;
  readonly familyName: string;
  readonly email?: string | undefined;
  readonly mobile?: string | undefined;
  /** To the student, such as `Mother`. */
  readonly relationship?: string | undefined;
}

/** Somebody whom the host has already, and who has signed in. */
export interface KnownGuardian {
  /** The host's id. */
  readonly userId: string;
  /** To the student, such as `Mother`. */
  readonly relationship?: string | undefined;
}

/** Once more where somebody wrote in between; twice in a row is worth telling. */
const ATTEMPTS = 2;

/**
 * The person who signed up by this act; made, if the act was not done before. An address is no proof of who somebody is:
 * nobody is taken for a person whom the host has, and a login that is another's stays theirs.
 */
export async function createGuardian(context: InvitationsContext, runId: string, who: NewGuardian): Promise<string> {
  const { store, scope } = context;
  const known = await createdBy(context, runId);
  if (known !== undefined) return known;
  const { givenName, familyName, email, mobile } = who;
  const takenLogins = await takenLoginsOf(context, who);
  const at = instant(context);
  const user: Fields<LocalUser> = {
    givenName,
    familyName,
    ...(email === undefined ? {} : { email }),
    ...(mobile === undefined ? {} : { mobile }),
    ...(takenLogins.length === 0 ? {} : { takenLogins }),
    roles: ['guardian'],
    schoolSourcedIds: [],
    origin: 'local',
    state: 'active',
    claimed: true,
    usedAt: at,
  };
  await store.apply({ scope, runId, at, changes: [creation({ user }, runId, 'family-code')] });
  const id = await createdBy(context, runId);
  if (id === undefined) {
    throw new StoreError('redeemFamilyCode: the store did not keep the new person', { operation: 'redeemFamilyCode' });
  }
  return id;
}

/** Whom this act has made. */
export async function createdBy({ store, scope }: InvitationsContext, runId: string): Promise<string | undefined> {
  const [entry] = await store.journal(scope, runId);
  return entry?.recordId;
}

/** Deletes a person again whom this act has made: somebody else used the code at the same moment. */
export async function deleteGuardian(context: InvitationsContext, runId: string): Promise<void> {
  const { store, scope } = context;
  const [entry] = await store.journal(scope, runId);
  if (entry?.change.after === null || entry === undefined) return;
  const { change, recordId: id, version = 1 } = entry;
  const deletion = {
    ...actOf('user-delete', change.subject, 'family-code'),
    target: { id },
    before: change.after,
    after: null,
    version,
  } as Change;
  await store.apply({ scope, runId: `${runId}-deleted`, at: instant(context), changes: [deletion] });
}

/** The guardian's link to the student, in whatever state. */
export async function linkOf(
  { store, scope }: InvitationsContext,
  guardianId: string,
  studentId: string,
): Promise<LocalGuardianLink | undefined> {
  const local = await store.load(scope);
  for await (const link of local.guardianLinks) {
    if (link.guardianId === guardianId && link.studentId === studentId) return link;
  }
  return undefined;
}

/** Ties a guardian to a student by hand: no sync removes them. A link that is there already stays. */
export async function linkGuardian(
  context: InvitationsContext,
  guardian: LocalUser,
  student: LocalUser,
  { by, relationship }: { readonly by: string; readonly relationship?: string | undefined },
): Promise<void> {
  const related = relationship === undefined ? {} : { relationship };
  await act(context, async () => {
    const link = await linkOf(context, guardian.id, student.id);
    if (link?.state === 'active') return undefined;
    const target = targetOf(guardian, student, link);
    if (link === undefined) {
      const after = {
        guardianId: guardian.id,
        studentId: student.id,
        ...related,
        state: 'active',
        origin: 'local',
      } as const;
      return { ...actOf('guardian-link', subjectOf(guardian, student), by), target, before: null, after };
    }
    const { state, by: removedBy, removedAt, origin, version } = link;
    return {
      ...actOf('guardian-restore', subjectOf(guardian, student), by),
      target,
      before: withNulls({
        state,
        by: removedBy,
        removedAt,
        origin,
        ...(relationship === undefined ? {} : { relationship: link.relationship }),
      }),
      after: { state: 'active', by: null, removedAt: null, origin: 'local', ...related },
      version,
    };
  });
}

/** Unties them again. */
export async function unlinkGuardian(
  context: InvitationsContext,
  guardian: LocalUser,
  student: LocalUser,
): Promise<void> {
  const by = 'family-code';
  await act(context, async () => {
    const link = await linkOf(context, guardian.id, student.id);
    if (link?.state !== 'active') return undefined;
    return {
      ...actOf('guardian-unlink', subjectOf(guardian, student), by),
      destructive: true,
      target: targetOf(guardian, student, link),
      before: withNulls({ state: link.state, by: link.by, removedAt: link.removedAt }),
      after: { state: 'removed', by: 'user', removedAt: instant(context) },
      version: link.version,
    };
  });
}

async function act(context: InvitationsContext, decide: () => Promise<GuardianChange | undefined>): Promise<void> {
  const { store, scope } = context;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const change = await decide();
    if (change === undefined) return;
    const runId = `hand-${crypto.randomUUID()}`;
    const { stale } = await store.apply({ scope, runId, at: instant(context), changes: [change] });
    if (stale.length === 0) return;
  }
  throw new StoreConflictError('family code: others keep changing the link. Try again.', {
    operation: 'guardian-link',
  });
}

function actOf<K extends string>(kind: K, subject: string, by: string) {
  return {
    kind,
    key: `${kind} ${subject}`,
    subject,
    reason: { rule: 'HAND', code: 'BY_HAND', evidence: { by } },
    fingerprint: 'hand',
    heldBy: [],
    destructive: false,
  } as const;
}

function subjectOf(guardian: LocalUser, student: LocalUser): string {
  return guardianSubject(guardian.sourcedId ?? `@${guardian.id}`, student.sourcedId ?? `@${student.id}`);
}

function targetOf(
  guardian: LocalUser,
  student: LocalUser,
  link: LocalGuardianLink | undefined,
): GuardianChange['target'] {
  return {
    ...(link === undefined ? {} : { id: link.id }),
    guardianId: guardian.id,
    studentId: student.id,
    ...(guardian.sourcedId === undefined ? {} : { guardianSourcedId: guardian.sourcedId }),
    ...(student.sourcedId === undefined ? {} : { studentSourcedId: student.sourcedId }),
  };
}

/** Which of the new contact details are the login of somebody already (F6 to F9). */
async function takenLoginsOf(
  { store, scope }: InvitationsContext,
  { email, mobile }: NewGuardian,
): Promise<('email' | 'mobile')[]> {
  const address = usableEmail(email);
  const number = usablePhone(mobile);
  const taken = new Set<'email' | 'mobile'>();
  const local = await store.load(scope);
  for await (const other of local.users) {
    const own = usableEmail(other.verifiedEmail ?? other.email);
    if (address !== undefined && own !== undefined && normalEmail(own) === normalEmail(address)) taken.add('email');
    const phone = usablePhone(other.mobile);
    if (number !== undefined && phone !== undefined && normalPhone(phone) === normalPhone(number)) taken.add('mobile');
  }
  return [...taken].sort();
}
