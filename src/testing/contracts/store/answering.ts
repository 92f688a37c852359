import type { Scope } from '../../../model/index.js';
import type { Invitation, OutboxMessage } from '../../../ports/index.js';
import type { Rules } from '../contract.js';
import { expectRejection, expectSame } from '../expecting.js';
import type { JournalBench } from './bench.js';
import { withThrowing } from './breaking.js';
import { AT, conclude, DOOMSDAY, invite, pendingOf, reportOf } from './changes.js';

/** An invitation of the person with a code of its own, and its message. */
function invited(
  userId: string,
  rest: Parameters<typeof invite>[1] = {},
): { readonly invitation: Invitation; readonly message: OutboxMessage } {
  return invite(userId, { ...rest, userId });
}

/** The same invitation with another code, and its message under another key. */
function renewed(invitation: Invitation): { readonly invitation: Invitation; readonly message: OutboxMessage } {
  const { userId, addressDigest } = invitation;
  const next = invited(userId, { digest: addressDigest });
  const { id, codeDigest } = next.invitation;
  return {
    invitation: { ...invitation, state: 'pending', codeDigest },
    message: { ...next.message, idempotencyKey: `invitation ${id}` },
  };
}

/** What is kept: the invitations, and the keys of the messages that are to be sent, now or in a while. */
async function keptOf({ store }: JournalBench, scope: Scope): Promise<unknown> {
  await store.releaseWaiting(scope);
  const keys = (await pendingOf(store, scope)).map(({ idempotencyKey }) => idempotencyKey);
  return [await store.invitations(scope), keys];
}

/** Of messages to the person at the address, those that an end of their code drops; and others, which stay. */
const DROPPED = ['claimed', 'reminder', 'failed', 'waiting'];
const STAYING = ['sent', 'notice', 'to another', 'to another address'];

/** Writes a message under each of these keys. */
async function writeMessages({ store }: JournalBench, scope: Scope, userId: string): Promise<void> {
  const rest: Readonly<Record<string, Partial<OutboxMessage>>> = {
    waiting: { state: 'waiting' },
    notice: { kind: 'notice' },
    'to another': { userId: 'another' },
    'to another address': { addressDigests: ['another digest'] },
  };
  const messages = [...DROPPED, ...STAYING].map(
    (idempotencyKey): OutboxMessage => ({ ...invited(userId).message, idempotencyKey, ...rest[idempotencyKey] }),
  );
  await store.saveRun(reportOf(scope, 'run', AT), { messages, at: AT });
  for (const state of ['sent', 'failed'] as const) await conclude(store, scope, state, { state, attempts: 1 });
  await store.claimMessages(scope, { channel: 'email', limit: 1, claimedBy: 'worker', leaseMs: 60_000, now: DOOMSDAY });
}

/** Which of the messages are there. */
async function left({ store }: JournalBench, scope: Scope, ...more: readonly string[]): Promise<readonly string[]> {
  const keys = [...DROPPED, ...STAYING, ...more];
  const messages = await Promise.all(keys.map((key) => store.message(scope, key)));
  return keys.filter((_, index) => messages[index] !== undefined);
}

/** What becomes of an invitation after it was written. */
export const answering: Rules<JournalBench> = {
  'one is kept with its message where its purpose has none, and comes back as it was saved': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    const { invitation, message } = invited('u1');
    const whole: Invitation = { ...invitation, state: 'accepted', usedBy: 'u9', reminders: 2, remindedAt: AT };
    expectSame(
      'whether it is written',
      await store.saveInvitation(scope, { invitation: whole, message, at: AT }),
      true,
    );
    expectSame('what is kept', await keptOf(bench, scope), [[whole], [message.idempotencyKey]]);
    expectSame('the message', await store.message(scope, message.idempotencyKey), message);
    expectSame('what another tenant has', await keptOf(bench, await newScope()), [[], []]);
  },

  'one is written in place of exactly what it replaces, or neither it nor its message is': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    const { invitation } = invited('u1');
    const { codeDigest, state } = invitation;
    const next = renewed(invitation);
    const none = await store.saveInvitation(scope, { ...next, replaces: invitation, at: AT });
    await store.saveInvitation(scope, { invitation, at: AT });
    const outcomes = [
      none,
      await store.saveInvitation(scope, { ...next, at: AT }),
      await store.saveInvitation(scope, { ...next, replaces: { codeDigest: 'another', state }, at: AT }),
      await store.saveInvitation(scope, { ...next, replaces: { codeDigest, state: 'revoked' }, at: AT }),
    ];
    expectSame('whether any is written', outcomes, [false, false, false, false]);
    expectSame('what is kept', await keptOf(bench, scope), [[invitation], []]);
    const isWritten = await store.saveInvitation(scope, { ...next, replaces: { codeDigest, state }, at: AT });
    expectSame('whether the right one is written', isWritten, true);
    expectSame('what is kept then', await keptOf(bench, scope), [[next.invitation], [next.message.idempotencyKey]]);
  },

  'a student has a family code beside an account’s, and several; each is a purpose of its own': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    const { invitation: account } = invited('u1');
    const family = ['first code', 'second code', account.addressDigest].map(
      (addressDigest): Invitation => ({ ...invited('u1', { digest: addressDigest }).invitation, kind: 'family' }),
    );
    const { invitation: other } = invited('u2');
    const all = [account, ...family, other];
    for (const invitation of all) await store.saveInvitation(scope, { invitation, at: AT });
    const used = { ...family[0], state: 'requested', usedBy: 'g1' } as Invitation;
    await store.saveInvitation(scope, { invitation: used, replaces: family[0], at: AT });
    const expected = all.map((each) => (each === family[0] ? used : each));
    expectSame('the invitations', await store.invitations(scope), expected);
  },

  'those of the named persons come alone': async ({ store, newScope }) => {
    const scope = await newScope();
    const all = ['u1', 'u2', 'u3'].map((userId) => invited(userId).invitation);
    for (const invitation of all) await store.saveInvitation(scope, { invitation, at: AT });
    const ofSome = await store.invitations(scope, { userIds: ['u3', 'u1', 'nobody'] });
    expectSame('those of some', ofSome, [all[0], all[2]]);
    expectSame('those of nobody', await store.invitations(scope, { userIds: [] }), []);
    expectSame('all', await store.invitations({ ...scope, schools: ['s1'] }), all);
  },

  'one is found by its code, whatever became of it, and by no earlier one': async ({ store, newScope }) => {
    const scope = await newScope();
    const { invitation } = invited('u1');
    await store.saveInvitation(scope, { invitation, at: AT });
    const find = (codeDigest: string) => store.invitationByCode(scope, codeDigest);
    expectSame('the pending one', await find(invitation.codeDigest), invitation);
    for (const state of ['requested', 'accepted', 'revoked'] as const) {
      const { invitation: item } = invited('u2', { digest: state });
      await store.saveInvitation(scope, { invitation: { ...item, state }, at: AT });
      expectSame(`the ${state} one`, await find(item.codeDigest), { ...item, state });
    }
    const next = renewed(invitation);
    await store.saveInvitation(scope, { ...next, replaces: invitation, at: AT });
    expectSame('by its code of today', await find(next.invitation.codeDigest), next.invitation);
    expectSame('by its earlier code', await find(invitation.codeDigest), undefined);
    const elsewhere = await store.invitationByCode(await newScope(), next.invitation.codeDigest);
    expectSame('by somebody of another tenant', elsewhere, undefined);
  },

  'of many who write the first of a purpose at once, exactly one does, with its message': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    const { invitation } = invited('u1');
    const items = [1, 2, 3, 4, 5, 6].map(() => renewed(invitation));
    const outcomes = await Promise.all(items.map((item) => store.saveInvitation(scope, { ...item, at: AT })));
    const winners = items.filter((_, index) => outcomes[index]);
    expectSame('how many did', winners.length, 1);
    const keys = winners.map(({ message }) => message.idempotencyKey);
    expectSame('what is kept', await keptOf(bench, scope), [winners.map((item) => item.invitation), keys]);
  },

  'of many who replace the same at once, exactly one does, with its message': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    const { invitation } = invited('u1');
    await store.saveInvitation(scope, { invitation, at: AT });
    const items = [1, 2, 3, 4, 5, 6].map(() => renewed(invitation));
    const writes = items.map((item) => store.saveInvitation(scope, { ...item, replaces: invitation, at: AT }));
    const outcomes = await Promise.all(writes);
    const winners = items.filter((_, index) => outcomes[index]);
    expectSame('how many did', winners.length, 1);
    const keys = winners.map(({ message }) => message.idempotencyKey);
    expectSame('what is kept', await keptOf(bench, scope), [winners.map((item) => item.invitation), keys]);
  },

  'messages of an earlier code go where they are not sent, and no others': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    const { invitation } = invited('u1');
    await store.saveInvitation(scope, { invitation, at: AT });
    await writeMessages(bench, scope, 'u1');
    const next = renewed(invitation);
    const key = next.message.idempotencyKey;
    await store.saveInvitation(scope, { ...next, replaces: invitation, at: AT });
    expectSame('which are left', await left(bench, scope, key), [...STAYING, key]);
  },

  'messages of one that is not pending any more go where they are not sent, and no others': async (bench) => {
    const { store, newScope } = bench;
    for (const state of ['requested', 'accepted', 'revoked'] as const) {
      const scope = await newScope();
      const { invitation } = invited('u1');
      await store.saveInvitation(scope, { invitation, at: AT });
      await writeMessages(bench, scope, 'u1');
      await store.saveInvitation(scope, { invitation: { ...invitation, state }, replaces: invitation, at: AT });
      expectSame(`which are left of one that is ${state}`, await left(bench, scope), STAYING);
    }
  },

  'messages stay with one that is pending under the same code, as when somebody is reminded': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    const { invitation, message } = invited('u1', { state: 'waiting' });
    await store.saveInvitation(scope, { invitation, message, at: AT });
    const reminded = { ...invitation, reminders: 1, remindedAt: AT };
    const reminder = { ...message, idempotencyKey: 'reminder', state: 'pending' } as const;
    await store.saveInvitation(scope, { invitation: reminded, replaces: invitation, message: reminder, at: AT });
    expectSame('what is kept', await keptOf(bench, scope), [[reminded], [message.idempotencyKey, 'reminder']]);
  },

  'a revoked one lives again under a new code': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    const { invitation } = invited('u1');
    const revoked: Invitation = { ...invitation, state: 'revoked' };
    await store.saveInvitation(scope, { invitation: revoked, at: AT });
    const next = renewed(invitation);
    const isWritten = await store.saveInvitation(scope, { ...next, replaces: revoked, at: AT });
    expectSame('whether it is written', isWritten, true);
    expectSame('what is kept', await keptOf(bench, scope), [[next.invitation], [next.message.idempotencyKey]]);
    const again = await store.saveInvitation(scope, { ...renewed(invitation), replaces: revoked, at: AT });
    expectSame('whether one is written in place of what it was', again, false);
  },

  'the first message of a key stays, and its invitation is written all the same': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    const first = invited('u1');
    await store.saveInvitation(scope, { ...first, at: AT });
    const { invitation } = invited('u2');
    const second = { ...first.message, userId: 'u2', text: 'Another' };
    expectSame(
      'whether it is written',
      await store.saveInvitation(scope, { invitation, message: second, at: AT }),
      true,
    );
    const key = first.message.idempotencyKey;
    expectSame('what is kept', await keptOf(bench, scope), [[first.invitation, invitation], [key]]);
    expectSame('the message', await store.message(scope, key), first.message);
  },

  'one whose message cannot be written is not written either': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    const { invitation, message } = invited('u1');
    await store.saveInvitation(scope, { invitation, message, at: AT });
    const before = await keptOf(bench, scope);
    const next = renewed(invitation);
    const unreadable = { ...next, message: withThrowing(next.message, 'text') };
    const attempt = store.saveInvitation(scope, { ...unreadable, replaces: invitation, at: AT });
    await expectRejection('one with a message that cannot be read', attempt);
    expectSame('what is kept', await keptOf(bench, scope), before);
  },
};
