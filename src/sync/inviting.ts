import { isInvited } from '../engine/gates/index.js';
import { patched } from '../internal/patch.js';
import { addressDigest, prepareInvitation, type PreparedInvitation } from '../people/index.js';
import type { Change, LocalUser, Policy, UserRole } from '../model/index.js';
import type { Batch } from '../ports/index.js';
import type { SyncContext } from './options.js';
import type { RunIdentity } from './recording.js';

/** What the changes of a batch mean for invitations: it is written together with them. */
export type Inviting = (changes: readonly Change[]) => Pick<Batch, 'invitations' | 'revoke'>;

/** What decides about the invitations of a run. */
export interface InvitingRequest {
  readonly run: RunIdentity;
  readonly policy: Policy;
  readonly changes: readonly Change[];
  /** True where messages wait for the next healthy run. */
  readonly isWaiting: boolean;
  /** ISO instant. */
  readonly at: string;
}

/** Undoing invites nobody: the codes of people whom it deletes, or whose address it takes back, end with it. */
export function inviteNobody(changes: readonly Change[]): Pick<Batch, 'revoke'> {
  const revoke = changes.flatMap((change) => {
    const isOver = change.kind === 'user-delete' || changesAddress(change);
    return isOver && change.target.id !== undefined ? [change.target.id] : [];
  });
  return revoke.length === 0 ? {} : { revoke };
}

/** Who gets an invitation in this run: people whom it creates, and people not signed in yet whose address it changes. */
export async function prepareInviting(context: SyncContext, request: InvitingRequest): Promise<Inviting> {
  const { policy, run, isWaiting, at } = request;
  const moving = new Set<string>();
  for (const change of request.changes) {
    if (changesAddress(change) && change.target.id !== undefined) moving.add(change.target.id);
  }
  const isSilentFirst = policy.invitations.silentFirstSync && !(await hasImported(context));
  const users = new Map<string, LocalUser>();
  if (moving.size > 0 || policy.invitations.silentFirstSync) {
    const local = await context.store.load(context.scope);
    let hasRosterRecords = false;
    for await (const user of local.users) {
      if (user.origin === 'roster') hasRosterRecords = true;
      if (moving.has(user.id)) users.set(user.id, user);
    }
    for await (const section of local.classes) if (section.origin === 'roster') hasRosterRecords = true;
    if (isSilentFirst || (policy.invitations.silentFirstSync && !hasRosterRecords)) return () => ({});
  }

  function invitation(subject: string, person: Invitee): PreparedInvitation[] {
    if (!isInvited(person, policy) || person.email === undefined) return [];
    // The code would go to whoever signs in with the address.
    if (person.takenLogins?.includes('email') === true) return [];
    const { email, givenName } = person;
    const { tenant } = context.scope;
    const named = givenName === undefined ? {} : { givenName };
    return [prepareInvitation({ tenant, subject, email, ...named, runId: run.id, at, isWaiting })];
  }

  return (changes) => {
    const invitations: PreparedInvitation[] = [];
    const revoke: string[] = [];
    for (const change of changes) {
      if (change.kind === 'user-create') {
        invitations.push(...invitation(change.subject, patched<Invitee>({}, change.after ?? {})));
      }
      if (!changesAddress(change)) continue;
      const user = users.get(change.target.id ?? '');
      if (user === undefined || user.claimed === true || user.state !== 'active') continue;
      const renewed = invitation(change.subject, patched<Invitee>(user, change.after as Invitee));
      if (user.email !== undefined) revoke.push(user.id);
      invitations.push(...renewed);
    }
    return {
      ...(invitations.length === 0 ? {} : { invitations }),
      ...(revoke.length === 0 ? {} : { revoke }),
    };
  };
}

interface Invitee {
  readonly roles?: readonly UserRole[] | undefined;
  readonly email?: string | undefined;
  readonly givenName?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly takenLogins?: readonly string[] | undefined;
}

function changesAddress(change: Change): boolean {
  if (change.kind !== 'user-update' || change.after === null || !('email' in change.after)) return false;
  return addressDigest(change.before?.email ?? '') !== addressDigest(change.after.email ?? '');
}

/**
 * Whether a sync of this scope has imported anything to the end. A first import that broke off left records behind: its
 * repetition still is the first.
 */
async function hasImported(context: SyncContext): Promise<boolean> {
  const runs = await context.store.runs(context.scope);
  return runs.some(
    (run) => run.type === 'sync' && run.applied > 0 && (run.outcome === 'applied' || run.outcome === 'held'),
  );
}
