import type { Scope } from '../../../model/index.js';
import type { ClaimOptions, OutboxMessage } from '../../../ports/index.js';
import type { Rules } from '../contract.js';
import { expectFields, expectNoField, expectSame, expectThat } from '../expecting.js';
import type { StoreBench } from './bench.js';
import { addMember, AT, conclude, createClass, createUser, invite } from './changes.js';
import { HOUR_MS } from './leases.js';

/** Creates the people, each with a message. */
async function fill(
  { apply }: StoreBench,
  scope: Scope,
  rest: Parameters<typeof invite>[1],
  ...people: readonly string[]
) {
  const invitations = people.map((person) => invite(`user:${person}`, rest));
  await apply(scope, people.map(createUser), { invitations });
}

const keyOf = (person: string): string => `invitation user:${person} digest`;

const keysOf = (messages: readonly OutboxMessage[]): readonly string[] =>
  messages.map(({ idempotencyKey }) => idempotencyKey);

/** The keys of what one takes who comes by. */
async function take(
  { store }: StoreBench,
  scope: Scope,
  claimedBy: string,
  rest: Partial<ClaimOptions> = {},
): Promise<readonly string[]> {
  const options: ClaimOptions = { channel: 'email', limit: 100, claimedBy, leaseMs: HOUR_MS, now: AT, ...rest };
  return keysOf(await store.claimMessages(scope, options));
}

/** How messages wait to be sent, and who sends them. */
export const sending: Rules<StoreBench> = {
  'pending messages of the scope come, the oldest first, no more than asked for': async (bench) => {
    const scope = await bench.newScope();
    await fill(bench, scope, {}, 'u3', 'u1', 'u2');
    await fill(bench, { ...scope, schools: ['s1'] }, {}, 'u4');
    const keys = ['u3', 'u1', 'u2'].map(keyOf);
    expectSame('the messages', keysOf(await bench.pending(scope)), keys);
    expectSame('the first two', await take(bench, scope, 'one', { limit: 2 }), keys.slice(0, 2));
  },

  'those of one channel come alone': async (bench) => {
    const scope = await bench.newScope();
    await fill(bench, scope, {}, 'u1');
    await fill(bench, scope, { channel: 'text' }, 'u2');
    expectSame('the texts', await take(bench, scope, 'one', { channel: 'text' }), [keyOf('u2')]);
    expectSame('the mail', await take(bench, scope, 'two'), [keyOf('u1')]);
  },

  'waiting ones are kept back until they are released, in this scope': async (bench) => {
    const scope = await bench.newScope();
    const narrow = { ...scope, schools: ['s1'] };
    await fill(bench, scope, { state: 'waiting' }, 'u1');
    await fill(bench, narrow, { state: 'waiting' }, 'u2');
    expectSame('the messages', keysOf(await bench.pending(scope)), []);
    await bench.store.releaseWaiting(scope);
    expectSame('the messages that were released', keysOf(await bench.pending(scope)), [keyOf('u1')]);
    expectSame('the messages of one school', keysOf(await bench.pending(narrow)), []);
  },

  'of many who claim at once each gets others, and nobody one that is claimed': async (bench) => {
    const scope = await bench.newScope();
    const people = Array.from({ length: 24 }, (_, index) => `u${String(index)}`);
    await fill(bench, scope, {}, ...people);
    const workers = ['one', 'two', 'three', 'four', 'five', 'six'];
    const taken: string[] = [];
    for (let round = 0; round < people.length && taken.length < people.length; round += 1) {
      const claims = await Promise.all(workers.map((worker) => take(bench, scope, worker, { limit: 3 })));
      taken.push(...claims.flat());
    }
    expectSame('what is taken', [...taken].sort(), people.map(keyOf).sort());
    expectSame('what is left for the first, who asks again', await take(bench, scope, 'one'), []);
  },

  'a claim that has expired goes to the next, and its old holder says no more of the message': async (bench) => {
    const { store, age } = bench;
    const scope = await bench.newScope();
    await fill(bench, scope, {}, 'u1');
    await take(bench, scope, 'one');
    await age(scope, HOUR_MS - 60_000);
    expectSame('what is left while the claim lasts', await take(bench, scope, 'two'), []);
    await age(scope, 60_001);
    expectSame('what the next gets', await take(bench, scope, 'two'), [keyOf('u1')]);
    const late = { claimedBy: 'one', state: 'failed', attempts: 9 } as const;
    expectSame('whether the late word counts', await store.saveMessage(scope, keyOf('u1'), late), false);
    expectFields('the message', await store.message(scope, keyOf('u1')), { state: 'pending', attempts: 0 });
    const word = { claimedBy: 'two', state: 'sent', attempts: 1 } as const;
    expectSame('whether the holder’s word counts', await store.saveMessage(scope, keyOf('u1'), word), true);
    expectFields('the message then', await store.message(scope, keyOf('u1')), { state: 'sent', attempts: 1 });
  },

  'a claim that expired while nobody else came still is its holder’s': async (bench) => {
    const { store, age } = bench;
    const scope = await bench.newScope();
    await fill(bench, scope, {}, 'u1');
    await take(bench, scope, 'one');
    await age(scope, HOUR_MS + 1);
    const word = { claimedBy: 'one', state: 'sent', attempts: 1 } as const;
    expectSame('whether the word counts', await store.saveMessage(scope, keyOf('u1'), word), true);
    expectSame('what is left', await take(bench, scope, 'two'), []);
  },

  'what nobody has claimed nobody speaks of': async (bench) => {
    const { store } = bench;
    const scope = await bench.newScope();
    await fill(bench, scope, {}, 'u1');
    const word = { claimedBy: 'one', state: 'sent', attempts: 1 } as const;
    expectSame('whether the word counts', await store.saveMessage(scope, keyOf('u1'), word), false);
    expectSame('what there is to take', await take(bench, scope, 'two'), [keyOf('u1')]);
  },

  'one that failed for now comes again at once, or when its time has come, to those who are still to get it': async (
    bench,
  ) => {
    const { store, newScope, pending } = bench;
    const scope = await newScope();
    await fill(bench, scope, {}, 'u1', 'u2');
    await conclude(store, scope, keyOf('u1'), { state: 'pending', attempts: 1 });
    const notBefore = '2026-09-02T00:00:00.000Z';
    const rest = { to: ['late@school.example'], accepted: 1 };
    await conclude(store, scope, keyOf('u2'), { state: 'pending', attempts: 2, notBefore, ...rest });
    const [first, second] = await pending(scope);
    const { text, html, replyTo } = invite('user:u1').message;
    const kept = { attempts: 1, accepted: 0, to: ['someone@school.example'], text, html, replyTo };
    expectFields('the first', first, kept);
    expectNoField('the first', first, 'notBefore');
    expectFields('the second', second, { attempts: 2, notBefore, ...rest, addressDigests: ['digest'] });
    const early = await take(bench, scope, 'one', { now: '2026-09-01T23:59:59.999Z' });
    expectSame('what is due before', early, [keyOf('u1')]);
    expectSame('what is due then', await take(bench, scope, 'two', { now: notBefore }), [keyOf('u2')]);
  },

  'one that failed for good does not come again': async (bench) => {
    const { store, newScope, pending } = bench;
    const scope = await newScope();
    await fill(bench, scope, {}, 'u1', 'u2');
    await conclude(store, scope, keyOf('u1'), { state: 'failed', attempts: 5 });
    expectSame('the messages', keysOf(await pending(scope)), [keyOf('u2')]);
    expectFields('the message', await store.message(scope, keyOf('u1')), { state: 'failed', attempts: 5, text: '' });
  },

  'of a sent one nothing is kept but to whom it went, by id and digest, and its key is used up': async (bench) => {
    const { store, newScope, apply, pending, state } = bench;
    const scope = await newScope();
    await fill(bench, scope, {}, 'u1');
    const key = keyOf('u1');
    await conclude(store, scope, key, { state: 'sent', attempts: 1, accepted: 1 });
    expectSame('the messages', keysOf(await pending(scope)), []);
    const left = await store.message(scope, key);
    const userId = (await state(scope)).users[0]?.id ?? '';
    const known = { kind: 'invitation', channel: 'email', userId, addressDigests: ['digest'], accepted: 1 };
    expectFields('what is left', left, { ...known, to: [], subject: '', text: '', attempts: 1 });
    for (const field of ['html', 'replyTo']) expectNoField('what is left', left, field);
    const item = invite('user:u2');
    const sameKey = { ...item, message: { ...item.message, idempotencyKey: key } };
    await apply(scope, [createUser('u2'), createClass('c1'), addMember('c1', 'u2')], { invitations: [sameKey] });
    expectSame('the messages after another of its key', keysOf(await pending(scope)), []);
    expectThat('the sent one stands', (await store.message(scope, key))?.state === 'sent');
  },
};
