import { ConfigurationError, StoreConflictError } from '../../errors.js';
import { usableEmail, usablePhone } from '../../internal/contact.js';
import { checkOptionNames, checkText } from '../../internal/options.js';
import type { LocalUser } from '../../model/index.js';
import type { Invitation } from '../../ports/index.js';
import { notFound } from '../records.js';
import { type AcceptResult, countedTry } from './accepting.js';
import { audit, findUsers, instant, type InvitationsContext, isOpenAt } from './context.js';
import {
  createdBy,
  createGuardian,
  deleteGuardian,
  type KnownGuardian,
  linkGuardian,
  linkOf,
  type NewGuardian,
  unlinkGuardian,
} from './family-acts.js';
import { findByCode } from './finding.js';
import { isOpen, standingOf } from './opening.js';
import { oneLine } from '../plain-text.js';
import { expiryOf } from './prepare.js';

/** A code by which a guardian signs up to a student. It is kept nowhere: print it, or tell it. */
export interface FamilyCode {
  /** Of the invitation. */
  readonly id: string;
  readonly code: string;
  /** ISO instant. */
  readonly expiresAt: string;
}

/** What became of a family code: as of an invitation, or somebody of the school is still to agree. */
export type RedeemResult =
  | AcceptResult
  | {
      readonly outcome: 'requested';
      /** The id of the request, as in {@link FamilyRequest}. */
      readonly id: string;
      /** The host's id of the person who asks. They get to nothing yet. */
      readonly userId: string;
    };

/** A guardian who waits for the school's word. */
export interface FamilyRequest {
  readonly id: string;
  /** The host's ids. */
  readonly studentId: string;
  readonly userId: string;
}

const FIELDS = ['userId', 'givenName', 'familyName', 'email', 'mobile', 'relationship'] as const;
const MAX_LENGTH = 200;

/** Makes a family code of a student. */
export async function createFamilyCode(
  context: InvitationsContext,
  studentId: string,
  by: string,
): Promise<FamilyCode> {
  const { store, scope, writing } = context;
  const student = (await findUsers(context, new Set([studentId]))).get(studentId);
  if (student?.state !== 'active' || !student.roles.includes('student')) {
    throw notFound('familyCode', `there is no active student ${studentId}`);
  }
  const { code, digest } = writing.codes.create();
  const createdAt = instant(context);
  const id = crypto.randomUUID();
  const expiresAt = expiryOf(createdAt);
  const invitation: Invitation = {
    id,
    userId: studentId,
    kind: 'family',
    // A student may have several: each code is a purpose of its own.
    addressDigest: digest,
    codeDigest: digest,
    state: 'pending',
    createdAt,
    expiresAt,
  };
  if (!(await store.saveInvitation(scope, { invitation, at: createdAt }))) {
    throw new StoreConflictError('familyCode: the store has this code already. Make another.', {
      operation: 'familyCode',
    });
  }
  await audit(context, { by, action: 'family-code', subject: studentId });
  return { id, code, expiresAt };
}

/** Signs a guardian up to a student by a family code, or asks the school to. */
export async function redeemCode(
  context: InvitationsContext,
  code: string,
  who: NewGuardian | KnownGuardian,
  caller: string | undefined,
): Promise<RedeemResult> {
  const guardian = checkedGuardian(who);
  const found = await findByCode(context, code);
  const until = await countedTry(context, caller, found !== undefined);
  if (until !== undefined) return { outcome: 'throttled', until };
  if (found?.kind !== 'family') return { outcome: 'invalid' };
  // Bound to the code and to what was said, so that a repetition after a crash makes nobody twice.
  const runId = `hand-family-${context.writing.codes.digestOf('family', JSON.stringify([found.codeDigest, guardian])).slice(0, 32)}`;
  const isNew = !('userId' in guardian);
  if (found.state === 'requested') {
    const userId = isNew ? await createdBy(context, runId) : guardian.userId;
    if (userId === undefined || userId !== found.usedBy) return { outcome: 'invalid' };
    const pair = await pairOf(context, found);
    // What was cut off in the middle goes on; what waits for the school goes on waiting.
    if (pair === undefined || (await mustWait(context, pair)) !== false) return { outcome: 'invalid' };
    return finish(context, found, pair, guardian.relationship);
  }
  if (!isOpenAt(found, instant(context))) return { outcome: 'invalid' };
  const { student, known } = await peopleOf(context, found.userId, isNew ? undefined : guardian.userId);
  if (student === undefined || (!isNew && known === undefined)) return { outcome: 'invalid' };
  const wait = await mustWait(context, { student, guardian: known });
  if (wait === 'blocked') return { outcome: 'invalid' };
  const userId = isNew ? await createGuardian(context, runId, guardian) : guardian.userId;
  const requested = { ...found, state: 'requested', usedBy: userId } as const;
  if (!(await replace(context, found, requested))) {
    if (isNew && !(await isUsedBy(context, found, userId))) await deleteGuardian(context, runId);
    return { outcome: 'invalid' };
  }
  if (wait) return { outcome: 'requested', id: found.id, userId };
  const pair = await pairOf(context, requested);
  return pair === undefined ? { outcome: 'invalid' } : finish(context, requested, pair, guardian.relationship);
}

/** Who waits for the school's word. */
export async function requestsOf({ store, scope }: InvitationsContext): Promise<readonly FamilyRequest[]> {
  const invitations = await store.invitations(scope);
  return invitations.flatMap(({ id, kind, state, userId: studentId, usedBy: userId }) =>
    kind === 'family' && state === 'requested' && userId !== undefined ? [{ id, studentId, userId }] : [],
  );
}

/** Opens what a guardian has asked for. */
export async function approveRequest(context: InvitationsContext, id: string, by: string): Promise<void> {
  const request = await requireRequest(context, 'approveFamily', id);
  const pair = await pairOf(context, request);
  if (pair === undefined) {
    throw notFound('approveFamily', `the student or the guardian of request ${id} has no access any more. Decline it`);
  }
  if ((await mustWait(context, pair)) === 'blocked') {
    throw notFound(
      'approveFamily',
      `the district forbids the guardian of request ${id} contact with the student. Decline it`,
    );
  }
  await linkGuardian(context, pair.guardian, pair.student, { by });
  await conclude(context, request, pair, 'accepted', 'approveFamily');
  await audit(context, { by, action: 'family-approve', subject: id });
}

/** Refuses what a guardian has asked for: the code is used up, and opens nothing. */
export async function declineRequest(context: InvitationsContext, id: string, by: string): Promise<void> {
  const request = await requireRequest(context, 'declineFamily', id);
  await conclude(context, request, undefined, 'revoked', 'declineFamily');
  await audit(context, { by, action: 'family-decline', subject: id });
}

interface Pair {
  readonly student: LocalUser;
  readonly guardian: LocalUser;
}

/**
 * Whether somebody of the school is asked first: always, or where one of them had taken this guardian away. `blocked` where
 * nobody can say yes, because the district forbids contact (P11).
 */
async function mustWait(
  context: InvitationsContext,
  { student, guardian }: { readonly student: LocalUser; readonly guardian?: LocalUser | undefined },
): Promise<boolean | 'blocked'> {
  const link = guardian === undefined ? undefined : await linkOf(context, guardian.id, student.id);
  if (link?.blocked === true) return 'blocked';
  return context.needsApproval || (link?.state === 'removed' && link.by === 'user');
}

/** Ties the two, then uses the code up: whoever is cut off in between goes on, or the school does. */
async function finish(
  context: InvitationsContext,
  request: Invitation,
  pair: Pair,
  relationship: string | undefined,
): Promise<RedeemResult> {
  const { store, scope } = context;
  await linkGuardian(context, pair.guardian, pair.student, { by: pair.guardian.id, relationship });
  if (!(await replace(context, request, { ...request, state: 'accepted' }))) {
    await unlinkIfDeclined(context, request, pair);
    return { outcome: 'invalid' };
  }
  const standing = await standingOf(store, scope, pair.guardian.id);
  return standing === undefined ? { outcome: 'invalid' } : { outcome: 'accepted', ...standing.opened };
}

async function conclude(
  context: InvitationsContext,
  request: Invitation,
  pair: Pair | undefined,
  state: 'accepted' | 'revoked',
  operation: string,
): Promise<void> {
  if (await replace(context, request, { ...request, state })) return;
  if (pair !== undefined) await unlinkIfDeclined(context, request, pair);
  throw new StoreConflictError(`${operation}: somebody else has answered the request meanwhile.`, { operation });
}

async function unlinkIfDeclined(context: InvitationsContext, request: Invitation, pair: Pair): Promise<void> {
  const { store, scope } = context;
  const now = (await store.invitations(scope, { userIds: [request.userId] })).find(({ id }) => id === request.id);
  if (now?.state !== 'accepted') await unlinkGuardian(context, pair.guardian, pair.student);
}

async function replace(context: InvitationsContext, present: Invitation, invitation: Invitation): Promise<boolean> {
  const { store, scope } = context;
  const { codeDigest, state } = present;
  return store.saveInvitation(scope, { invitation, replaces: { codeDigest, state }, at: instant(context) });
}

async function isUsedBy(
  { store, scope }: InvitationsContext,
  { id, userId }: Invitation,
  by: string,
): Promise<boolean> {
  const invitations = await store.invitations(scope, { userIds: [userId] });
  return invitations.some((invitation) => invitation.id === id && invitation.usedBy === by);
}

async function requireRequest(context: InvitationsContext, operation: string, id: string): Promise<Invitation> {
  const { store, scope } = context;
  const found = (await store.invitations(scope)).find((invitation) => invitation.id === id);
  if (found?.kind !== 'family' || found.state !== 'requested') throw notFound(operation, `there is no request ${id}`);
  return found;
}

/** The two whom a request is about, if both still have access. */
async function pairOf(context: InvitationsContext, { userId, usedBy }: Invitation): Promise<Pair | undefined> {
  const { student, known: guardian } = await peopleOf(context, userId, usedBy);
  return student === undefined || guardian === undefined ? undefined : { student, guardian };
}

/** An active student, and a person with access who may be a guardian: no student is. */
async function peopleOf(
  context: InvitationsContext,
  studentId: string,
  guardianId: string | undefined,
): Promise<{ readonly student: LocalUser | undefined; readonly known: LocalUser | undefined }> {
  const users = await findUsers(context, new Set([studentId, ...(guardianId === undefined ? [] : [guardianId])]));
  const student = users.get(studentId);
  const person = guardianId === undefined ? undefined : users.get(guardianId);
  const mayBe = person !== undefined && isOpen(person) && !person.roles.includes('student');
  return { student: student?.state === 'active' ? student : undefined, known: mayBe ? person : undefined };
}

/** @throws ConfigurationError naming what is missing or impossible; it quotes nothing */
function checkedGuardian(who: NewGuardian | KnownGuardian): NewGuardian | KnownGuardian {
  checkOptionNames(who, FIELDS);
  const { relationship } = who;
  const related = relationship === undefined ? {} : { relationship: shortText('who.relationship', relationship) };
  if ('userId' in who) {
    checkText('who.userId', who.userId, "is the host's id of a person who has signed in");
    return { userId: who.userId, ...related };
  }
  const { email, mobile } = who;
  if (email !== undefined && (typeof email !== 'string' || usableEmail(email) === undefined)) {
    throw new ConfigurationError('who.email', 'is an e-mail address');
  }
  if (mobile !== undefined && (typeof mobile !== 'string' || usablePhone(mobile) === undefined)) {
    throw new ConfigurationError('who.mobile', 'is the number of a mobile phone');
  }
  return {
    givenName: shortText('who.givenName', who.givenName),
    familyName: shortText('who.familyName', who.familyName),
    ...(email === undefined ? {} : { email: shortText('who.email', email) }),
    ...(mobile === undefined ? {} : { mobile: shortText('who.mobile', mobile) }),
    ...related,
  };
}

function shortText(parameter: string, value: unknown): string {
  const text = typeof value === 'string' ? oneLine(value) : '';
  if (text === '' || text.length > MAX_LENGTH) {
    throw new ConfigurationError(parameter, `is a text of up to ${String(MAX_LENGTH)} characters`);
  }
  return text;
}
