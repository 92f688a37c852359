import { StoreConflictError } from '../../errors.js';
import { type LocalUser, userSubject } from '../../model/index.js';
import type { Invitation } from '../../ports/index.js';
import { addressDigest } from '../address-digest.js';
import { audit, deliverDue, findUsers, instant, type InvitationsContext, isOpenAt, requireUser } from './context.js';
import { isOpen } from './opening.js';
import { expiryOf, firstKey, type InvitationRequest, keyOfCode, prepareInvitation } from './prepare.js';
import { type Reach, reachOf } from './reach.js';
import { type Senders, settleSenders } from './senders.js';

/** The address of a code that is handed over: there is none. */
const BY_HAND = addressDigest('');
/** Once more where somebody wrote in between; twice in a row is worth telling. */
const ATTEMPTS = 2;
const DAY_MS = 24 * 60 * 60 * 1000;

/** How to invite somebody. */
export interface InviteOptions {
  /** Who invites, in the host's own words, such as a user id; kept among the decisions. */
  readonly by: string;
  /** Send nothing, and answer with the code: it is told or printed. @default false */
  readonly byHand?: boolean | undefined;
}

/** What became of an invitation by hand. */
export interface InviteResult {
  /**
   * - `invited`: a code is on its way, or in `code`.
   * - `open`: the person has a code that can be used; nothing is sent. `resend` sends another one.
   * - `joined`: the person has signed in before.
   * - `inactive`: the person has no access.
   * - `unreachable`: there is no address to which a code could go. Invite them `byHand`.
   */
  readonly outcome: 'invited' | 'open' | 'joined' | 'inactive' | 'unreachable';
  /** The id of the invitation, where there is one. */
  readonly id?: string;
  /** When its code ends, ISO instant. */
  readonly expiresAt?: string;
  /** The code, where it was to be handed over. It is kept nowhere. */
  readonly code?: string;
}

/** Whom to remind. */
export interface RemindOptions {
  /** Who was written to so many days ago or longer, and has not joined. */
  readonly afterDays: number;
  /** How often a person is reminded. @default 1 */
  readonly times?: number | undefined;
  /** How many people are reminded by this call. @default all who are due */
  readonly limit?: number | undefined;
}

/** Invites a person, or, where `isAgain`, gives them another code. */
export async function invitePerson(
  context: InvitationsContext,
  userId: string,
  { by, byHand = false }: InviteOptions,
  isAgain: boolean,
): Promise<InviteResult> {
  const operation = isAgain ? 'resend' : 'issue';
  const user = await requireUser(context, operation, userId);
  if (!isOpen(user)) return { outcome: 'inactive' };
  if (user.claimed === true) return { outcome: 'joined' };
  const reach = reachOf(user, context.textSender !== undefined);
  if (reach === undefined && !byHand) return { outcome: 'unreachable' };
  const senders = await sendersOf(context);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const known = await accountsOf(context, userId);
    const open = known.find((invitation) => isOpenAt(invitation, instant(context)));
    if (open !== undefined && !isAgain) return { outcome: 'open', id: open.id, expiresAt: open.expiresAt };
    const to = byHand ? undefined : reach;
    const present = known.find((invitation) => invitation.addressDigest === purposeOf(to));
    const written = await write(context, { user, reach: to, present, senders });
    if (written === undefined) continue;
    for (const other of known) if (other !== present) await revokeInvitation(context, other);
    const { id, expiresAt, code } = written;
    await audit(context, { by, action: `invitation-${operation}`, subject: userId, details: { byHand } });
    if (!byHand) await deliverDue(context);
    return { outcome: 'invited', id, expiresAt, ...(code === undefined ? {} : { code }) };
  }
  throw new StoreConflictError(`${operation}: others keep inviting the person. Look at it again.`, { operation });
}

/** The address of an invitation, as it is kept. */
function purposeOf(reach: Reach | undefined): string {
  return reach === undefined ? BY_HAND : addressDigest(reach.address, reach.channel);
}

/** Revokes what a person could still use; tells how many codes these were. */
export async function revokeCodes(context: InvitationsContext, userId: string, by: string): Promise<number> {
  const { store, scope } = context;
  let count = 0;
  for (const invitation of await store.invitations(scope, { userIds: [userId] })) {
    if (await revokeInvitation(context, invitation)) count += 1;
  }
  if (count > 0) await audit(context, { by, action: 'invitation-revoke', subject: userId, details: { count } });
  return count;
}

/** Reminds people who have not joined, each by a new code; tells how many. */
export async function remindPeople(context: InvitationsContext, options: RemindOptions): Promise<number> {
  const { store, scope } = context;
  const { afterDays, times = 1, limit = Infinity } = options;
  const now = context.clock.now();
  const before = new Date(now.getTime() - afterDays * DAY_MS).toISOString();
  const due = (await store.invitations(scope)).filter(
    (invitation) =>
      invitation.kind === 'account' &&
      isOpenAt(invitation, now.toISOString()) &&
      (invitation.reminders ?? 0) < times &&
      (invitation.remindedAt ?? invitation.createdAt) <= before,
  );
  if (due.length === 0) return 0;
  const users = await findUsers(context, new Set(due.map(({ userId }) => userId)));
  const problems = await store.problems(scope);
  const blocked = new Set(problems.map(({ userId, addressDigest: digest }) => `${digest} ${userId}`));
  const senders = await sendersOf(context);
  let count = 0;
  for (const invitation of due) {
    if (count >= limit) break;
    const user = users.get(invitation.userId);
    if (user === undefined || user.claimed === true || !isOpen(user)) continue;
    const reach = reachOf(user, context.textSender !== undefined);
    // Codes that were handed over, and those of another address, are not ours to send.
    if (reach === undefined || purposeOf(reach) !== invitation.addressDigest) continue;
    if (blocked.has(`${invitation.addressDigest} ${user.id}`) || (await isUnsent(context, invitation, user, reach)))
      continue;
    const written = await write(context, {
      user,
      reach,
      present: invitation,
      senders,
      isReminder: true,
    });
    if (written !== undefined) count += 1;
  }
  if (count > 0) await deliverDue(context);
  return count;
}

/** What to write for a person. */
interface Writing {
  readonly user: LocalUser;
  /** Undefined where the code is handed over. */
  readonly reach: Reach | undefined;
  /** The invitation of the same purpose. */
  readonly present: Invitation | undefined;
  readonly senders: Senders;
  readonly isReminder?: boolean;
}

/** Writes an invitation under a new code, with its message. Undefined where somebody else was faster. */
async function write(
  context: InvitationsContext,
  { user, reach, present, senders, isReminder = false }: Writing,
): Promise<{ readonly id: string; readonly expiresAt: string; readonly code?: string } | undefined> {
  const { store, scope, writing } = context;
  const at = instant(context);
  const id = present?.id ?? crypto.randomUUID();
  const common = {
    id,
    userId: user.id,
    kind: 'account',
    state: 'pending',
    createdAt: present?.createdAt ?? at,
  } as const;
  const replaces = present === undefined ? {} : { replaces: { codeDigest: present.codeDigest, state: present.state } };
  if (reach === undefined) {
    const { code, digest } = writing.codes.create();
    const expiresAt = expiryOf(at);
    const invitation = { ...common, createdAt: at, addressDigest: BY_HAND, codeDigest: digest, expiresAt };
    return (await store.saveInvitation(scope, { invitation, ...replaces, at })) ? { id, expiresAt, code } : undefined;
  }
  const request: InvitationRequest = {
    tenant: scope.tenant,
    subject: userSubject(user.sourcedId, user.id),
    person: user,
    ...reach,
    runId: `hand-${id}`,
    at,
    isWaiting: false,
    isReminder,
    signature: senders(user.schoolSourcedIds),
  };
  // Of one key the first message stays: where there was one, this is another.
  const isAgain = present !== undefined || (await store.message(scope, firstKey(request))) !== undefined;
  const { invitation, message } = prepareInvitation({ ...request, isAgain }, writing);
  const written = {
    ...invitation,
    ...common,
    ...(isReminder ? { reminders: (present?.reminders ?? 0) + 1 } : { createdAt: at }),
  };
  const isWritten = await store.saveInvitation(scope, {
    invitation: written,
    ...replaces,
    message: { ...message, userId: user.id },
    at,
  });
  return isWritten ? { id, expiresAt: written.expiresAt } : undefined;
}

/** Takes an invitation back that could still be used; tells whether it was that. */
async function revokeInvitation(context: InvitationsContext, invitation: Invitation): Promise<boolean> {
  const { store, scope } = context;
  if (invitation.state !== 'pending') return false;
  const { codeDigest, state } = invitation;
  const revoked = { ...invitation, state: 'revoked' } as const;
  return store.saveInvitation(scope, { invitation: revoked, replaces: { codeDigest, state }, at: instant(context) });
}

/** Whether the message of an invitation is still on its way. */
async function isUnsent(
  { store, scope }: InvitationsContext,
  invitation: Invitation,
  user: LocalUser,
  reach: Reach,
): Promise<boolean> {
  const { tenant } = scope;
  const key = keyOfCode(invitation, { tenant, subject: userSubject(user.sourcedId, user.id), ...reach });
  const message = await store.message(scope, key);
  return message?.state === 'pending' || message?.state === 'waiting';
}

async function accountsOf({ store, scope }: InvitationsContext, userId: string): Promise<readonly Invitation[]> {
  return (await store.invitations(scope, { userIds: [userId] })).filter(({ kind }) => kind === 'account');
}

async function sendersOf({ store, scope, senders }: InvitationsContext): Promise<Senders> {
  return settleSenders(store, scope, senders);
}
