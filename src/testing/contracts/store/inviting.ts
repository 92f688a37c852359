import type { Scope } from '../../../model/index.js';
import type { Rules } from '../contract.js';
import { expectFields, expectSame } from '../expecting.js';
import type { StoreBench } from './bench.js';
import { breakOff } from './breaking.js';
import { batchOf, conclude, createClass, createUser, invite } from './changes.js';

/** Creates the person u1 with an invitation. */
async function invited({ apply, state }: StoreBench, scope: Scope, rest: Parameters<typeof invite>[1] = {}) {
  const item = invite('user:u1', rest);
  await apply(scope, [createUser('u1')], { invitations: [item] });
  const userId = (await state(scope)).users[0]?.id ?? '';
  return { item, userId };
}

/** How people are invited once. */
export const inviting: Rules<StoreBench> = {
  'an invitation is written with its message, under the host’s id of the person whom the change creates': async (
    bench,
  ) => {
    const { store, newScope, pending } = bench;
    const scope = await newScope();
    const { item, userId } = await invited(bench, scope);
    expectSame('the invitations', await store.invitations(scope), [{ ...item.invitation, userId }]);
    expectSame('the messages', await pending(scope), [{ ...item.message, userId }]);
  },

  'it is not written where its change is stale, and once where the batch comes twice': async (bench) => {
    const { store, newScope, apply, pending } = bench;
    const scope = await newScope();
    const { item } = await invited(bench, scope);
    await apply(scope, [createUser('u1')], { invitations: [invite('user:u1', { digest: 'another' })] });
    const twice = batchOf(scope, [createUser('u2')], { invitations: [invite('user:u2')] });
    await store.apply(twice);
    await store.apply(twice);
    const digests = (await store.invitations(scope)).map(({ addressDigest }) => addressDigest);
    expectSame('the addresses', digests, ['digest', 'digest']);
    const keys = (await pending(scope)).map(({ idempotencyKey }) => idempotencyKey);
    expectSame('the messages', keys, [item.message.idempotencyKey, 'invitation user:u2 digest']);
  },

  'it is not written for a person who is not there': async ({ store, newScope, apply, pending }) => {
    const scope = await newScope();
    await apply(scope, [], { invitations: [invite('user:u1', { userId: 'nobody' })] });
    expectSame('what there is', [await store.invitations(scope), await pending(scope)], [[], []]);
  },

  'one of the same purpose is not written again, whatever its message says; another address is another purpose': async (
    bench,
  ) => {
    const { store, newScope, apply, pending } = bench;
    const scope = await newScope();
    const { item, userId } = await invited(bench, scope);
    const again = invite('user:u1', { userId });
    const renamed = { ...again, message: { ...again.message, idempotencyKey: 'another key' } };
    const elsewhere = invite('user:u1', { userId, digest: 'another address' });
    await apply(scope, [], { invitations: [renamed, elsewhere] });
    const codes = (await store.invitations(scope)).map(({ codeDigest }) => codeDigest);
    expectSame('the codes', codes, [item.invitation.codeDigest, elsewhere.invitation.codeDigest]);
    const keys = (await pending(scope)).map(({ idempotencyKey }) => idempotencyKey);
    expectSame('the messages', keys, [item.message.idempotencyKey, elsewhere.message.idempotencyKey]);
  },

  'there is one of a purpose, though many runs write it at once': async (bench) => {
    const { store, newScope, apply, pending } = bench;
    const scope = await newScope();
    await apply(scope, [createUser('u1')]);
    const userId = (await bench.state(scope)).users[0]?.id ?? '';
    const items = [1, 2, 3, 4].map(() => invite('user:u1', { userId }));
    await Promise.all(items.map((item) => apply(scope, [], { invitations: [item] })));
    const counts = [(await store.invitations(scope)).length, (await pending(scope)).length];
    expectSame('how many invitations and messages there are', counts, [1, 1]);
  },

  'a revoked one is pending again under its old code, and brings no new message': async (bench) => {
    const { store, newScope, apply, pending } = bench;
    const scope = await newScope();
    const { item, userId } = await invited(bench, scope);
    await conclude(store, scope, item.message.idempotencyKey, { state: 'sent', attempts: 1 });
    await apply(scope, [], { revoke: [userId] });
    expectFields('the invitation', (await store.invitations(scope))[0], { state: 'revoked' });
    await apply(scope, [], { invitations: [invite('user:u1', { userId })] });
    expectSame('the invitations', await store.invitations(scope), [{ ...item.invitation, userId, state: 'pending' }]);
    expectSame('the messages', await pending(scope), []);
  },

  'it is revoked for the named persons alone, with what was not sent to them': async (bench) => {
    const { store, newScope, apply, pending } = bench;
    const scope = await newScope();
    const { userId } = await invited(bench, scope, { state: 'waiting' });
    await apply(scope, [createUser('u2')], { invitations: [invite('user:u2')] });
    await apply(scope, [], { revoke: [userId] });
    const states = (await store.invitations(scope)).map(({ state }) => state);
    expectSame('the states', states, ['revoked', 'pending']);
    await store.releaseWaiting(scope);
    const keys = (await pending(scope)).map(({ idempotencyKey }) => idempotencyKey);
    expectSame('the messages', keys, ['invitation user:u2 digest']);
  },

  'it is not revoked again by a batch that comes twice': async (bench) => {
    const { store, newScope, apply } = bench;
    const scope = await newScope();
    const { userId } = await invited(bench, scope);
    const batch = batchOf(scope, [createClass('c1')], { revoke: [userId] });
    await store.apply(batch);
    await apply(scope, [], { invitations: [invite('user:u1', { userId })] });
    await store.apply(batch);
    expectFields('the invitation', (await store.invitations(scope))[0], { state: 'pending' });
  },

  'a batch that fails anywhere invites nobody, revokes nothing and has no journal': async (bench) => {
    const { store, newScope, apply, state, pending } = bench;
    const scope = await newScope();
    const { userId } = await invited(bench, scope);
    const kept = async () => [await state(scope), await store.invitations(scope), await pending(scope)];
    const before = await kept();
    const invitations = [invite('user:u2'), invite('user:u3')];
    const batch = batchOf(scope, [createUser('u2'), createUser('u3')], { invitations, revoke: [userId] });
    await breakOff(bench, batch, async () => {
      expectSame('what there is after the failure', await kept(), before);
      expectSame('the journal after the failure', await store.journal(scope, batch.runId), []);
    });
    await store.apply(batch);
    const states = (await store.invitations(scope)).map((invitation) => invitation.state);
    expectSame('the invitations at last', states, ['revoked', 'pending', 'pending']);
    const keys = (await pending(scope)).map(({ idempotencyKey }) => idempotencyKey);
    expectSame(
      'the messages at last',
      keys,
      invitations.map(({ message }) => message.idempotencyKey),
    );
    await apply(scope, [], { invitations: [invite('user:u1', { userId })] });
  },
};
