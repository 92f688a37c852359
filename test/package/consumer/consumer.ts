import { CleverClient, cleverSource, RosterError, RosterSync } from 'rosterkit';
import type { Change, Plan, RosterStore } from 'rosterkit';
import type { CleverUser } from 'rosterkit/clever';
import { MemoryStore } from 'rosterkit/memory';

const store: RosterStore = new MemoryStore();
const client = new CleverClient({ token: 'secret' });

export async function names(): Promise<CleverUser[]> {
  const users: CleverUser[] = [];
  for await (const user of client.users.list({ role: 'student' })) users.push(user);
  return users;
}

export async function archived(): Promise<readonly Change[]> {
  const sync = new RosterSync({ source: cleverSource(client), store, scope: { tenant: 'district-1' } });
  const plan: Plan = await sync.plan();
  return plan.changes.filter((change) => change.kind === 'class-archive');
}

export const isWorthAnotherTry = (error: unknown): boolean => RosterError.isInstance(error) && error.isRetryable;
