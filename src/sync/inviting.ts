import { isToBeInvited } from '../engine/gates/index.js';
import { normalPhone } from '../internal/contact.js';
import { patched } from '../internal/patch.js';
import {
  addressDigest,
  firstKey,
  keyOfCode,
  type Invitee,
  prepareInvitation,
  type PreparedInvitation,
  type Reach,
  reachOf,
  settleSenders,
} from '../people/index.js';
import type { Change, LocalUser, Policy } from '../model/index.js';
import type { Batch, Invitation, InvitationWrite } from '../ports/index.js';
import type { SyncContext } from './options.js';
import type { RunIdentity } from './recording.js';

/** What the changes of a batch mean for invitations: it is written together with them. */
export type Inviting = (changes: readonly Change[]) => Invited;

/** Invitations and revocations of a batch, and who cannot be invited. */
interface Invited extends Pick<Batch, 'invitations' | 'revoke'> {
  /** Earlier invitations that end, or get another code because theirs never went out. Written before the batch. */
  readonly renewed?: readonly InvitationWrite[];
  /** The keys of changes that create people whom the policy invites, and whom no message reaches. */
  readonly unreached?: readonly string[];
}

/** What decides about the invitations of a run. */
export interface InvitingRequest {
  readonly run: RunIdentity;
  readonly policy: Policy;
  readonly changes: readonly Change[];
  /** True where messages wait for the next healthy run. */
  readonly isWaiting: boolean;
  /** True where somebody imports people by hand: that is no first sync. @default false */
  readonly isByHand?: boolean;
  /** ISO instant. */
  readonly at: string;
}

/** A person as an invitation needs them. */
interface Person extends Invitee {
  readonly id?: string | undefined;
  readonly sourcedId?: string | undefined;
  readonly schoolSourcedIds?: readonly string[] | undefined;
}

/** Undoing invites nobody: the codes of people whom it deletes, or whose address it takes back, end with it. */
export async function prepareUninviting(context: SyncContext, changes: readonly Change[]): Promise<Inviting> {
  const hasTexts = context.textSender !== undefined;
  const ofPhones = changes.filter((change) => hasTexts && changesMobile(change) && !changesEmail(change));
  const users = ofPhones.length === 0 ? new Map<string, LocalUser>() : await usersOf(context, ofPhones);
  const open = await invitedOf(
    context,
    changes.filter((change) => changesEmail(change) || changesMobile(change)),
  );
  return (batch) => {
    const revoke = batch.flatMap((change) => {
      const { id } = change.target;
      if (id === undefined) return [];
      if (change.kind === 'user-delete') return [id];
      return open.has(id) && (changesEmail(change) || moves(users.get(id), change, hasTexts)) ? [id] : [];
    });
    return revoke.length === 0 ? {} : { revoke };
  };
}

/**
 * Who gets an invitation in this run: people whom it creates, and people not signed in yet whose address it changes.
 *
 * @throws ConfigurationError naming `policy.invitations.from` where the sender may not invite for a person's school
 */
export async function prepareInviting(context: SyncContext, request: InvitingRequest): Promise<Inviting> {
  const { policy, run, isWaiting, at } = request;
  const hasTexts = context.textSender !== undefined;
  const touches = (change: Change): boolean => changesEmail(change) || (hasTexts && changesMobile(change));
  const isSilent = policy.invitations.silentFirstSync && request.isByHand !== true;
  if (isSilent && (!(await hasImported(context)) || !(await hasRosterRecords(context)))) return () => ({});
  const { store, scope } = context;
  const invited = request.changes.filter((change) => change.kind === 'user-create' || touches(change));
  if (invited.length === 0) return () => ({});
  const moving = invited.filter(touches);
  const users = moving.length === 0 ? new Map<string, LocalUser>() : await usersOf(context, moving);
  const open = await invitedOf(context, moving);
  const from = { ...policy.invitations, parameter: 'policy.invitations.from' };
  const senders = await settleSenders(store, scope, from, schoolNamesOf(request.changes));
  const prepared = new Map<string, { readonly person: Person; readonly reach: Reach }>();
  for (const change of invited) {
    const person = personOf(change, users);
    const reach = person === undefined ? undefined : reachOf(person, hasTexts);
    if (person === undefined || reach === undefined || !isToBeInvited(person, policy)) continue;
    prepared.set(change.key, { person, reach });
    // Now, so that a sender who may not invite is told before anything is applied.
    senders(person.schoolSourcedIds ?? []);
  }
  const earlier = await earlierInvitations(context, invited, prepared);

  function invitation(change: Change): PreparedInvitation | undefined {
    const { person, reach } = prepared.get(change.key) ?? {};
    if (person === undefined || reach === undefined) return undefined;
    const known = earlier.get(change.key);
    return prepareInvitation(
      {
        tenant: scope.tenant,
        subject: change.subject,
        person,
        ...reach,
        runId: run.id,
        at,
        isWaiting,
        signature: senders(person.schoolSourcedIds ?? []),
        // A code that went out to somebody who was deleted since is good for who comes in their stead.
        earlier: known?.was === 'sent' ? known.invitation : undefined,
        // Another code needs a key of its own: of one key a store keeps, and a mail service sends, the first message.
        isAgain: known?.was === 'used' || known?.was === 'unsent',
      },
      context.writing,
    );
  }

  return (changes) => {
    const invitations: PreparedInvitation[] = [];
    const renewed: InvitationWrite[] = [];
    const revoke: string[] = [];
    const unreached: string[] = [];
    const invite = (change: Change, item: PreparedInvitation): void => {
      invitations.push(item);
      const known = earlier.get(change.key);
      if (known?.was === 'unsent') renewed.push(renewal(item, known.invitation, at));
      const isOthers = known?.was === 'sent' && known.invitation.userId !== change.target.id;
      if (isOthers && known.invitation.state === 'pending') renewed.push(ended(known.invitation, at));
    };
    for (const change of changes) {
      if (change.kind === 'user-create') {
        const person = patched<Person>({}, change.after ?? {});
        const item = invitation(change);
        if (item !== undefined) invite(change, item);
        // Who has the login of their other record needs no invitation.
        else if (isToBeInvited(person, policy) && person.sharesLoginWith === undefined) unreached.push(change.key);
      }
      const user = touches(change) ? users.get(change.target.id ?? '') : undefined;
      if (user === undefined || user.claimed === true || user.state !== 'active') continue;
      if (!moves(user, change, hasTexts)) continue;
      if (open.has(user.id)) revoke.push(user.id);
      const item = invitation(change);
      if (item !== undefined) invite(change, item);
    }
    return {
      ...(invitations.length === 0 ? {} : { invitations }),
      ...(renewed.length === 0 ? {} : { renewed }),
      ...(revoke.length === 0 ? {} : { revoke }),
      ...(unreached.length === 0 ? {} : { unreached }),
    };
  };
}

/** The invitation once more under another code, with its message: the first one went to nobody. */
function renewal({ invitation, message }: PreparedInvitation, known: Invitation, at: string): InvitationWrite {
  const { id, userId, codeDigest } = known;
  return {
    invitation: { ...invitation, id, userId },
    // The person's codes are revoked just before.
    replaces: { codeDigest, state: 'revoked' },
    message: { ...message, userId },
    at,
  };
}

/** The invitation of a person who is gone: its code is another's from now on. */
function ended(known: Invitation, at: string): InvitationWrite {
  const { codeDigest, state } = known;
  return { invitation: { ...known, state: 'revoked' }, replaces: { codeDigest, state }, at };
}

/** What there was of an invitation that is due again. */
type Earlier =
  | {
      readonly invitation: Invitation;
      /** Its code went out, and is good again; or it was taken back before that, and another one goes out. */
      readonly was: 'sent' | 'unsent';
    }
  | {
      /** It is used up: this is a new one. */
      readonly was: 'used';
    };

/**
 * The earlier invitations of people who are to be invited at the same address again: because the roster went back to an
 * address, or because an undo had deleted them and they are imported anew, as somebody with another id of the host's.
 */
async function earlierInvitations(
  context: SyncContext,
  changes: readonly Change[],
  prepared: ReadonlyMap<string, { readonly reach: Reach }>,
): Promise<ReadonlyMap<string, Earlier>> {
  const { store, scope } = context;
  const found = new Map<string, Earlier>();
  const wanted = new Set([...prepared.values()].map(({ reach }) => addressDigest(reach.address, reach.channel)));
  if (wanted.size === 0) return found;
  const known = new Map<string, Invitation[]>();
  for (const invitation of await store.invitations(scope)) {
    const { kind, addressDigest: digest } = invitation;
    if (kind === 'account' && wanted.has(digest)) known.set(digest, [...(known.get(digest) ?? []), invitation]);
  }
  if (known.size === 0) return found;
  const present = new Set<string>();
  for await (const { id } of (await store.load(scope)).users) present.add(id);
  for (const change of changes) {
    const { reach } = prepared.get(change.key) ?? {};
    const candidates = reach && known.get(addressDigest(reach.address, reach.channel));
    if (reach === undefined || candidates === undefined) continue;
    const to = { tenant: scope.tenant, subject: change.subject, ...reach };
    for (const invitation of candidates) {
      const isOwn = invitation.userId === change.target.id;
      if (!isOwn && present.has(invitation.userId)) continue;
      const message = await store.message(scope, keyOfCode(invitation, to));
      const hasGone = message?.state === 'sent' || message?.state === 'failed';
      if (isOwn) found.set(change.key, { invitation, was: hasGone ? 'sent' : 'unsent' });
      // Whoever is gone was the same person if the message to them was to this one.
      else if (hasGone && message.userId === invitation.userId && invitation.state !== 'accepted') {
        found.set(change.key, { invitation, was: 'sent' });
      }
      if (isOwn) break;
    }
    if (found.has(change.key)) continue;
    // A message that was taken back may have gone all the same, where its process died before it could note that.
    const hasOther = candidates.some(({ userId }) => !present.has(userId));
    if (hasOther || (await store.message(scope, firstKey(to))) !== undefined) found.set(change.key, { was: 'used' });
  }
  return found;
}

/** The person after the change. */
function personOf(change: Change, users: ReadonlyMap<string, LocalUser>): Person | undefined {
  if (change.kind === 'user-create') {
    const { sourcedId } = change.target;
    return patched<Person>(sourcedId === undefined ? {} : { sourcedId }, change.after ?? {});
  }
  const user = users.get(change.target.id ?? '');
  return user === undefined ? undefined : patched<Person>(user, change.after as Person);
}

/** The names that schools have after these changes: on a first import the host has none of them yet. */
function schoolNamesOf(changes: readonly Change[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { kind, target, after } of changes) {
    if (kind !== 'school-create' && kind !== 'school-update') continue;
    const { sourcedId } = target as { readonly sourcedId?: string };
    const name = (after as { readonly name?: string | null } | null)?.name;
    if (sourcedId !== undefined && typeof name === 'string') names.set(sourcedId, name);
  }
  return names;
}

/** Whether the change makes messages to a person go elsewhere. */
function moves(user: LocalUser | undefined, change: Change, hasTexts: boolean): boolean {
  if (changesEmail(change)) return true;
  if (user === undefined || !changesMobile(change)) return false;
  const [before, after] = [user, patched<Invitee>(user, change.after as Invitee)].map((person) => {
    const reach = reachOf(person, hasTexts);
    return reach === undefined ? '' : addressDigest(reach.address, reach.channel);
  });
  return before !== after;
}
function changesEmail(change: Change): boolean {
  if (change.kind !== 'user-update' || change.after === null || !('email' in change.after)) return false;
  return addressDigest(change.before?.email ?? '') !== addressDigest(change.after.email ?? '');
}

function changesMobile(change: Change): boolean {
  if (change.kind !== 'user-update' || change.after === null || !('mobile' in change.after)) return false;
  return normalPhone(change.before?.mobile ?? '') !== normalPhone(change.after.mobile ?? '');
}

/** Whom of these an invitation waits for. A student without one keeps the family codes, whatever their address is. */
async function invitedOf({ store, scope }: SyncContext, changes: readonly Change[]): Promise<ReadonlySet<string>> {
  const userIds = [...new Set(changes.flatMap(({ target }) => target.id ?? []))];
  if (userIds.length === 0) return new Set();
  const invitations = await store.invitations(scope, { userIds });
  const open = invitations.filter(({ kind, state }) => kind === 'account' && state === 'pending');
  return new Set(open.map(({ userId }) => userId));
}

/** The people whom the changes are about, by the host's id. */
async function usersOf(context: SyncContext, changes: readonly Change[]): Promise<ReadonlyMap<string, LocalUser>> {
  const ids = new Set(changes.map((change) => change.target.id));
  const users = new Map<string, LocalUser>();
  const local = await context.store.load(context.scope);
  for await (const user of local.users) if (ids.has(user.id)) users.set(user.id, user);
  return users;
}

async function hasRosterRecords(context: SyncContext): Promise<boolean> {
  const local = await context.store.load(context.scope);
  for await (const user of local.users) if (user.origin === 'roster') return true;
  for await (const section of local.classes) if (section.origin === 'roster') return true;
  return false;
}

/**
 * Whether a sync of this scope has imported anything to the end. A first import that broke off left records behind: its
 * repetition still is the first.
 */
export async function hasImported(context: SyncContext): Promise<boolean> {
  const runs = await context.store.runs(context.scope);
  return runs.some(
    (run) => run.type === 'sync' && run.applied > 0 && (run.outcome === 'applied' || run.outcome === 'held'),
  );
}
