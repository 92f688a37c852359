import { isToBeInvited } from '../engine/gates/index.js';
import { normalPhone } from '../internal/contact.js';
import { patched } from '../internal/patch.js';
import { addressDigest, prepareInvitation, type PreparedInvitation } from '../people/index.js';
import type { Change, LocalUser, Policy } from '../model/index.js';
import type { Batch } from '../ports/index.js';
import type { SyncContext } from './options.js';
import { type Invitee, type Reach, reachOf } from './reach.js';
import type { RunIdentity } from './recording.js';

/** What the changes of a batch mean for invitations: it is written together with them. */
export type Inviting = (changes: readonly Change[]) => Invited;

/** Invitations and revocations of a batch, and who cannot be invited. */
interface Invited extends Pick<Batch, 'invitations' | 'revoke'> {
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

/** Undoing invites nobody: the codes of people whom it deletes, or whose address it takes back, end with it. */
export async function prepareUninviting(context: SyncContext, changes: readonly Change[]): Promise<Inviting> {
  const hasTexts = context.textSender !== undefined;
  const ofPhones = changes.filter((change) => hasTexts && changesMobile(change) && !changesEmail(change));
  const users = ofPhones.length === 0 ? new Map<string, LocalUser>() : await usersOf(context, ofPhones);
  return (batch) => {
    const revoke = batch.flatMap((change) => {
      const { id } = change.target;
      if (id === undefined) return [];
      const isOver = change.kind === 'user-delete' || changesEmail(change) || moves(users.get(id), change, hasTexts);
      return isOver ? [id] : [];
    });
    return revoke.length === 0 ? {} : { revoke };
  };
}

/** Who gets an invitation in this run: people whom it creates, and people not signed in yet whose address it changes. */
export async function prepareInviting(context: SyncContext, request: InvitingRequest): Promise<Inviting> {
  const { policy, run, isWaiting, at } = request;
  const hasTexts = context.textSender !== undefined;
  const touches = (change: Change): boolean => changesEmail(change) || (hasTexts && changesMobile(change));
  const isSilent = policy.invitations.silentFirstSync && request.isByHand !== true;
  if (isSilent && (!(await hasImported(context)) || !(await hasRosterRecords(context)))) return () => ({});
  const moving = request.changes.filter(touches);
  const users = moving.length === 0 ? new Map<string, LocalUser>() : await usersOf(context, moving);

  function invitation(subject: string, person: Invitee, reach: Reach): PreparedInvitation {
    const { givenName } = person;
    const { tenant } = context.scope;
    const named = givenName === undefined ? {} : { givenName };
    return prepareInvitation({ tenant, subject, ...reach, ...named, runId: run.id, at, isWaiting });
  }

  return (changes) => {
    const invitations: PreparedInvitation[] = [];
    const revoke: string[] = [];
    const unreached: string[] = [];
    for (const change of changes) {
      if (change.kind === 'user-create') {
        const person = patched<Invitee>({}, change.after ?? {});
        if (!isToBeInvited(person, policy)) continue;
        const reach = reachOf(person, hasTexts);
        if (reach !== undefined) invitations.push(invitation(change.subject, person, reach));
        // Who has the login of their other record needs no invitation.
        else if (person.sharesLoginWith === undefined) unreached.push(change.key);
      }
      const user = touches(change) ? users.get(change.target.id ?? '') : undefined;
      if (user === undefined || user.claimed === true || user.state !== 'active') continue;
      if (!moves(user, change, hasTexts)) continue;
      const person = patched<Invitee>(user, change.after as Invitee);
      const reach = reachOf(person, hasTexts);
      if (user.email !== undefined || reachOf(user, hasTexts) !== undefined) revoke.push(user.id);
      if (reach !== undefined && isToBeInvited(person, policy))
        invitations.push(invitation(change.subject, person, reach));
    }
    return {
      ...(invitations.length === 0 ? {} : { invitations }),
      ...(revoke.length === 0 ? {} : { revoke }),
      ...(unreached.length === 0 ? {} : { unreached }),
    };
  };
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
