import { notFound } from '../records.js';
import type { LocalUser, Scope } from '../../model/index.js';
import type { AuditEntry, Clock, Invitation, Mailer, RosterStore, TextSender } from '../../ports/index.js';
import { deliver, type Delivery } from '../outbox.js';
import type { SendersInput } from './senders.js';
import type { Writing } from './writing.js';

/** What invitations need of a store. */
export type InvitationsStore = Pick<
  RosterStore,
  | 'load'
  | 'apply'
  | 'journal'
  | 'invitations'
  | 'invitationByCode'
  | 'saveInvitation'
  | 'countAttempt'
  | 'saveAudit'
  | 'message'
  | 'problems'
  | 'saveProblem'
  | 'claimMessages'
  | 'saveMessage'
>;

/** What the parts of invitations work with. */
export interface InvitationsContext {
  readonly store: InvitationsStore;
  readonly scope: Scope;
  readonly clock: Clock;
  readonly writing: Writing;
  readonly mailer: Mailer | undefined;
  readonly textSender: TextSender | undefined;
  readonly senders: SendersInput;
  readonly needsApproval: boolean;
  readonly wrongTriesPerHour: number;
}

/** Now, as it is written everywhere. */
export function instant({ clock }: Pick<InvitationsContext, 'clock'>): string {
  return clock.now().toISOString();
}

/** Whether a code can still be used at this instant. */
export function isOpenAt({ state, expiresAt }: Pick<Invitation, 'state' | 'expiresAt'>, now: string): boolean {
  return state === 'pending' && expiresAt > now;
}

/** Some people of the host, by their ids. */
export async function findUsers(
  { store, scope }: Pick<InvitationsContext, 'store' | 'scope'>,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, LocalUser>> {
  const users = new Map<string, LocalUser>();
  const local = await store.load(scope);
  for await (const user of local.users) if (ids.has(user.id)) users.set(user.id, user);
  return users;
}

/** @throws StoreError where there is no such person */
export async function requireUser(context: InvitationsContext, operation: string, userId: string): Promise<LocalUser> {
  const user = (await findUsers(context, new Set([userId]))).get(userId);
  if (user === undefined) throw notFound(operation, `there is no user ${userId}`);
  return user;
}

/** Keeps who decided what. */
export async function audit(context: InvitationsContext, entry: Omit<AuditEntry, 'id' | 'at'>): Promise<void> {
  const { store, scope } = context;
  await store.saveAudit(scope, { id: crypto.randomUUID(), at: instant(context), ...entry });
}

/** Hands over what is due, where there is somebody who does; else it waits for `sync.deliver()`. */
export async function deliverDue(context: InvitationsContext): Promise<Delivery | undefined> {
  const { store, scope, clock, mailer, textSender } = context;
  if (mailer === undefined && textSender === undefined) return undefined;
  return deliver({ store, scope, clock, mailer, textSender });
}
