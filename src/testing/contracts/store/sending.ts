import type { Scope } from '../../../model/index.js';
import type { Rules } from '../contract.js';
import { expectFields, expectNoField, expectSame } from '../expecting.js';
import type { StoreBench } from './bench.js';
import { addMember, createClass, createUser, invite } from './changes.js';

/** Creates the people, each with a message. */
async function fill({ apply }: StoreBench, scope: Scope, state: 'waiting' | 'pending', ...people: readonly string[]) {
  const invitations = people.map((person) => invite(`user:${person}`, { state }));
  await apply(scope, people.map(createUser), { invitations });
}

async function keysOf({ store }: StoreBench, scope: Scope, limit = 100): Promise<readonly string[]> {
  return (await store.pendingMessages(scope, { limit })).map(({ idempotencyKey }) => idempotencyKey);
}

/** How messages wait to be sent. */
export const sending: Rules<StoreBench> = {
  'pending messages of the scope come, the oldest first, no more than asked for': async (bench) => {
    const scope = await bench.newScope();
    await fill(bench, scope, 'pending', 'u3', 'u1', 'u2');
    await fill(bench, { ...scope, schools: ['s1'] }, 'pending', 'u4');
    const keys = ['invitation user:u3 digest', 'invitation user:u1 digest', 'invitation user:u2 digest'];
    expectSame('the messages', await keysOf(bench, scope), keys);
    expectSame('the first two', await keysOf(bench, scope, 2), keys.slice(0, 2));
  },

  'waiting ones are kept back until they are released, in this scope': async (bench) => {
    const scope = await bench.newScope();
    const narrow = { ...scope, schools: ['s1'] };
    await fill(bench, scope, 'waiting', 'u1');
    await fill(bench, narrow, 'waiting', 'u2');
    expectSame('the messages', await keysOf(bench, scope), []);
    await bench.store.releaseWaiting(scope);
    expectSame('the messages that were released', await keysOf(bench, scope), ['invitation user:u1 digest']);
    expectSame('the messages of one school', await keysOf(bench, narrow), []);
  },

  'one that failed for now comes again with its attempts, and one that failed for good does not': async (bench) => {
    const { store, newScope, pending } = bench;
    const scope = await newScope();
    await fill(bench, scope, 'pending', 'u1', 'u2');
    await store.saveMessage(scope, 'invitation user:u1 digest', { state: 'pending', attempts: 1 });
    await store.saveMessage(scope, 'invitation user:u2 digest', { state: 'failed', attempts: 5 });
    const messages = await pending(scope);
    expectSame('how many come', messages.length, 1);
    expectFields('the message', messages[0], { attempts: 1, text: 'A code', html: '<p>A code</p>' });
  },

  'of a sent one nothing is kept but that it was sent, and its key is used up': async (bench) => {
    const { store, newScope, apply, pending } = bench;
    const scope = await newScope();
    await fill(bench, scope, 'pending', 'u1');
    const key = 'invitation user:u1 digest';
    await store.saveMessage(scope, key, { state: 'sent', attempts: 1 });
    expectSame('the messages', await keysOf(bench, scope), []);
    // Pending again, to look at what is left of it.
    await store.saveMessage(scope, key, { state: 'pending', attempts: 1 });
    const [left] = await pending(scope);
    expectFields('what is left', left, { to: [], subject: '', text: '', attempts: 1 });
    expectNoField('what is left', left, 'html');
    const item = invite('user:u2');
    const sameKey = { ...item, message: { ...item.message, idempotencyKey: key } };
    await apply(scope, [createUser('u2'), createClass('c1'), addMember('c1', 'u2')], { invitations: [sameKey] });
    expectSame('the messages of the key', await keysOf(bench, scope), [key]);
    expectFields('the message of the key', (await pending(scope))[0], { to: [] });
  },
};
