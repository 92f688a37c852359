import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { MemoryMailer, MemoryStore } from '../../src/adapters/memory/index.js';
import { MailError } from '../../src/errors.js';
import { addressDigest, deliver, Invitations, prepareInvitation, settleWriting } from '../../src/people/index.js';
import type { Mailer, OutboxMessage } from '../../src/ports/index.js';
import { batchOf, createUser, pendingOf } from '../../src/testing/contracts/store/changes.js';
import { FixedClock } from '../../src/testing/index.js';

const scope = { tenant: 'district-1' };
const writing = settleWriting(scope.tenant);
const at = '2026-03-01T08:00:00.000Z';
const down = (): MailError => new MailError('The mail server is busy.', { isRetryable: true, refused: 0 });

const MINUTE_MS = 60_000;

/** An outbox with so many invitations, and what its tests do with it. */
async function outboxOf(count: number, fields: Partial<OutboxMessage> = {}) {
  const clock = new FixedClock(at);
  const store = new MemoryStore({ clock });
  const people = Array.from({ length: count }, (_, index) => `t${String(index)}`);
  const invitations = people.map((person) => {
    const email = `${person}@school.example`;
    const request = {
      tenant: scope.tenant,
      subject: `user:${person}`,
      channel: 'email' as const,
      address: email,
      runId: 'r1',
      at,
      isWaiting: false,
      person: { roles: ['teacher'] as const },
    };
    const { message, ...rest } = prepareInvitation(request, writing);
    return { ...rest, message: { ...message, ...fields } };
  });
  await store.apply(batchOf(scope, people.map(createUser), { invitations }));
  return {
    clock,
    store,
    pending: () => pendingOf(store, scope),
    deliverBy: (mailer: Mailer, signal?: AbortSignal) =>
      deliver({ store, mailer, scope, clock, ...(signal === undefined ? {} : { signal }) }),
  };
}

describe('delivering the outbox', () => {
  it('every message is sent once, over pages and over repetitions', async () => {
    const { store, deliverBy, pending } = await outboxOf(250);
    const mailer = new MemoryMailer();
    expect(await deliverBy(mailer)).toEqual({ sent: 250, failures: [] });
    expect(await deliverBy(mailer)).toEqual({ sent: 0, failures: [] });
    expect(new Set(mailer.messages.flatMap((message) => message.to)).size).toBe(250);
    expect(mailer.messages).toHaveLength(250);
    expect(await pending()).toEqual([]);
    expect((await store.load(scope)).users).toHaveLength(250);
  });

  it('every message is sent once by many who deliver at the same time', async () => {
    const { deliverBy } = await outboxOf(250);
    const mailer = new MemoryMailer();
    const slow: Mailer = {
      send: async (message, options) => {
        await setImmediate();
        return mailer.send(message, { ...options, idempotencyKey: crypto.randomUUID() });
      },
    };
    const deliveries = await Promise.all([1, 2, 3, 4].map(() => deliverBy(slow)));
    expect(deliveries.every(({ sent }) => sent > 0)).toBe(true);
    expect(new Set(mailer.messages.flatMap(({ to }) => to)).size).toBe(250);
    expect(mailer.messages).toHaveLength(250);
  });

  it('a message whose sending was not marked is sent again under the same key', async () => {
    const { clock, deliverBy } = await outboxOf(1);
    const keys: string[] = [];
    const crashing: Mailer = {
      send: async (_message, { idempotencyKey }) => {
        keys.push(idempotencyKey);
        if (keys.length === 1) throw new Error('The process died after the message had gone.');
        return Promise.resolve({ accepted: ['t0@school.example'], refused: [] });
      },
    };
    expect((await deliverBy(crashing)).sent).toBe(0);
    clock.advance(5 * MINUTE_MS);
    expect((await deliverBy(crashing)).sent).toBe(1);
    expect(keys[0]).toBe(keys[1]);
  });

  it('what failed for now rests, each time for longer, and is given up after days', async () => {
    const { store, clock, deliverBy, pending } = await outboxOf(1);
    let calls = 0;
    const mailer: Mailer = {
      send: () => {
        calls += 1;
        return Promise.reject(down());
      },
    };
    const pauses: number[] = [];
    for (let attempt = 1; attempt < 10; attempt += 1) {
      const { failures } = await deliverBy(mailer);
      expect(failures).toMatchObject([{ code: 'mail', message: expect.stringContaining('tried again') as string }]);
      const [{ attempts, notBefore = '' } = { attempts: 0 }] = await pending();
      expect(attempts).toBe(attempt);
      const rest = Date.parse(notBefore) - clock.now().getTime();
      pauses.push(rest / MINUTE_MS);
      clock.advance(rest - 1);
      expect(await deliverBy(mailer)).toEqual({ sent: 0, failures: [] });
      clock.advance(1);
    }
    expect(pauses).toEqual([5, 30, 120, 360, 720, 1440, 1440, 1440, 1440]);
    const key = (await pending())[0]?.idempotencyKey ?? '';
    const last = await deliverBy(mailer);
    expect(last.failures).toMatchObject([{ message: expect.stringContaining('given up') as string }]);
    expect(calls).toBe(10);
    expect(await pending()).toEqual([]);
    expect(await store.message(scope, key)).toMatchObject({ state: 'failed', to: [], text: '' });
  });

  it('after three failures in a row the other messages keep their attempts, and are nobody’s', async () => {
    const { deliverBy, pending } = await outboxOf(10);
    let calls = 0;
    const mailer: Mailer = {
      send: () => {
        calls += 1;
        return Promise.reject(down());
      },
    };
    await deliverBy(mailer);
    expect(calls).toBe(3);
    const attempts = (await pending()).map((message) => message.attempts);
    expect(attempts).toHaveLength(10);
    expect(attempts.filter((count) => count === 0)).toHaveLength(7);
    expect((await deliverBy(new MemoryMailer())).sent).toBe(7);
  });

  it('messages that stay pending do not keep those behind them from being sent', async () => {
    const { deliverBy } = await outboxOf(230);
    const mailer = new MemoryMailer();
    const everyOther: Mailer = {
      send: (message, options) =>
        Number(/\d+/.exec(message.to[0] ?? '')?.[0]) % 2 === 0 ? Promise.reject(down()) : mailer.send(message, options),
    };
    expect((await deliverBy(everyOther)).sent).toBe(115);
  });

  it('a refused address is given up at once, and the others are served', async () => {
    const { deliverBy, pending } = await outboxOf(3);
    const mailer = new MemoryMailer({ refuse: (address) => address.startsWith('t1@') });
    mailer.failNext(new MailError('The message was refused.', { isRetryable: false, refused: 1 }));
    const delivery = await deliverBy(mailer);
    expect(delivery.sent).toBe(1);
    expect(delivery.failures).toMatchObject([
      { message: expect.stringMatching(/given up.*: 1\./) as string },
      { message: expect.stringMatching(/refused for good: 1\./) as string },
    ]);
    expect(await pending()).toEqual([]);
  });

  it('an address that refused is kept with its person, and gets nothing more until there is another', async () => {
    const { store, clock, deliverBy } = await outboxOf(2);
    await deliverBy(new MemoryMailer({ refuse: (address) => address.startsWith('t1@') }));
    const problem = { userId: 'user-2', channel: 'email' as const, addressDigest: addressDigest('t1@school.example') };
    expect(await store.problems(scope)).toEqual([{ ...problem, reason: 'refused', at }]);
    const open = await new Invitations({ store, scope, clock }).pending();
    expect(open.map((invitation) => invitation.problem?.reason)).toEqual([undefined, 'refused']);
    // Another message to the same person: to the address that refuses, and to a new one.
    for (const [nth, email] of ['T1@school.example', 'new@school.example'].entries()) {
      const request = {
        tenant: scope.tenant,
        subject: 'user-2',
        channel: 'email' as const,
        address: email,
        runId: `r${String(nth)}`,
        at,
        isWaiting: false,
        person: { roles: ['teacher'] as const },
      };
      const { message, invitation, subject } = prepareInvitation(request, writing);
      const addressed = { ...invitation, userId: 'user-2', addressDigest: `another purpose ${String(nth)}` };
      const item = { subject, invitation: addressed, message };
      await store.apply(batchOf(scope, [], { invitations: [item] }));
    }
    const mailer = new MemoryMailer();
    expect(await deliverBy(mailer)).toMatchObject({
      sent: 1,
      failures: [{ message: expect.stringMatching(/^Messages not sent.*: 1\.$/) as string }],
    });
    expect(mailer.messages.map(({ to }) => to)).toEqual([['new@school.example']]);
  });

  it('a recipient who refuses beside one who comes later is kept, and not tried with them', async () => {
    const { store, clock, deliverBy, pending } = await outboxOf(1, { to: ['a@home.example', 'b@home.example'] });
    const mailer: Mailer = {
      send: () => Promise.resolve({ accepted: [], refused: ['a@home.example'], deferred: ['b@home.example'] }),
    };
    await deliverBy(mailer);
    expect(await pending()).toMatchObject([{ to: ['b@home.example'], accepted: 0, attempts: 1 }]);
    expect(await store.problems(scope)).toMatchObject([{ addressDigest: addressDigest('a@home.example') }]);
    clock.advance(5 * MINUTE_MS);
    expect((await deliverBy(new MemoryMailer())).sent).toBe(1);
  });

  it('a server that refuses ten and takes nothing is not believed: all messages wait', async () => {
    const { clock, deliverBy, pending } = await outboxOf(25);
    const relay = new MemoryMailer({ refuse: () => true });
    expect((await deliverBy(relay)).failures).toMatchObject([{ message: expect.stringContaining('10.') as string }]);
    expect((await pending()).map(({ attempts }) => attempts)).toEqual(
      Array.from({ length: 25 }, (_, index) => (index < 10 ? 1 : 0)),
    );
    clock.advance(5 * MINUTE_MS);
    expect((await deliverBy(new MemoryMailer())).sent).toBe(25);
  });

  it('ten that are refused a second time are given up, so that they stand in nobody’s way for long', async () => {
    const { clock, deliverBy, pending } = await outboxOf(25);
    const refuse = (address: string): boolean => /^t\d@/.test(address);
    await deliverBy(new MemoryMailer({ refuse }));
    clock.advance(5 * MINUTE_MS);
    await deliverBy(new MemoryMailer({ refuse }));
    expect((await pending()).map(({ to }) => to[0])).toEqual(
      Array.from({ length: 15 }, (_, index) => `t${String(index + 10)}@school.example`),
    );
    expect((await deliverBy(new MemoryMailer({ refuse }))).sent).toBe(15);
  });

  it('those who are to get it later get it later, and alone, under the same key', async () => {
    const { store, clock, deliverBy, pending } = await outboxOf(1, { to: ['a@home.example', 'b@home.example'] });
    const sent: string[] = [];
    const mailer: Mailer = {
      send: (message, { idempotencyKey }) => {
        sent.push(`${idempotencyKey} ${message.to.join()}`);
        const [accepted = '', ...deferred] = message.to;
        return Promise.resolve({ accepted: [accepted], refused: [], deferred });
      },
    };
    const key = (await pending())[0]?.idempotencyKey ?? '';
    expect(await deliverBy(mailer)).toMatchObject({ sent: 0 });
    expect(await pending()).toMatchObject([{ to: ['b@home.example'], accepted: 1, attempts: 1 }]);
    clock.advance(5 * MINUTE_MS);
    expect(await deliverBy(mailer)).toEqual({ sent: 1, failures: [] });
    expect(sent).toEqual([`${key} a@home.example,b@home.example`, `${key} b@home.example`]);
    expect(await store.message(scope, key)).toMatchObject({ state: 'sent', accepted: 2, attempts: 2 });
  });

  it('an abort stops the delivery without costing an attempt, and leaves nothing claimed', async () => {
    const { deliverBy, pending } = await outboxOf(5);
    const controller = new AbortController();
    const mailer = new MemoryMailer();
    const stopping: Mailer = {
      send: (message, options) => {
        if (mailer.messages.length === 2) controller.abort();
        return mailer.send(message, options);
      },
    };
    expect((await deliverBy(stopping, controller.signal)).sent).toBe(2);
    expect((await pending()).map((message) => message.attempts)).toEqual([0, 0, 0]);
  });

  it('begins no message of a claim that is about to expire, and claims it anew', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { store, deliverBy } = await outboxOf(3);
    const claims = vi.spyOn(store, 'claimMessages');
    const mailer = new MemoryMailer();
    const slow: Mailer = {
      send: (message, options) => {
        vi.advanceTimersByTime(8 * MINUTE_MS);
        return mailer.send(message, options);
      },
    };
    expect((await deliverBy(slow)).sent).toBe(3);
    expect(claims).toHaveBeenCalledTimes(4);
  });
});

describe('an invitation', () => {
  const request = {
    tenant: 'd',
    subject: 'user:1',
    channel: 'email' as const,
    address: 'Ada@School.example',
    runId: 'r',
    at,
    isWaiting: false,
    person: { roles: ['teacher'] as const },
  };

  it('keeps a digest of its code, which the message alone tells', () => {
    const { invitation, message } = prepareInvitation(request, writing);
    const code = /Your invitation code: (\S+)/.exec(message.text)?.[1] ?? '';
    expect(code).toMatch(/^(?:[2346789FHKMPRWXY]{4}-){5}[2346789FHKMPRWXY]{4}$/);
    expect(writing.codes.digestsOf(code.toLowerCase().replace(/-/g, ' '))).toEqual([invitation.codeDigest]);
    expect(JSON.stringify(invitation)).not.toContain(code);
    expect(invitation.expiresAt).toBe('2026-03-31T08:00:00.000Z');
  });

  it('has the same key for the same person and address, however it is written, and another code each time', () => {
    const first = prepareInvitation(request, writing);
    const second = prepareInvitation({ ...request, address: 'ada@school.EXAMPLE', runId: 'r2' }, writing);
    expect(second.message.idempotencyKey).toBe(first.message.idempotencyKey);
    expect(second.invitation.codeDigest).not.toBe(first.invitation.codeDigest);
    const elsewhere = prepareInvitation({ ...request, address: 'ada@home.example' }, writing);
    expect(elsewhere.message.idempotencyKey).not.toBe(first.message.idempotencyKey);
  });

  it('lets no name break out of the subject, the greeting or the markup', () => {
    const givenName = 'Ada\r\nBcc\u202E <b onclick="x">\u2028';
    const { message } = prepareInvitation({ ...request, person: { givenName } }, writing);
    expect(message.subject).not.toMatch(/Ada|[\r\n]/);
    expect(message.text.split('\n')[0]).toBe('Hello Ada Bcc <b onclick="x">,');
    expect(message.html).toContain('&lt;b onclick=&quot;x&quot;&gt;');
    expect(message.html).not.toContain('<b ');
  });

  it.each(['Visit https://evil.example', 'www.evil.example', 'a@evil.example', 'evil.example', 'A'.repeat(101), ' '])(
    'greets nobody by %j',
    (givenName) => {
      const { message } = prepareInvitation({ ...request, person: { givenName } }, writing);
      expect(message.text.split('\n')[0]).toBe('Hello,');
    },
  );

  it('is open until it expires', async () => {
    const { store } = await outboxOf(1);
    const open = (now: string): Promise<number> =>
      new Invitations({ store, scope, clock: { now: () => new Date(now) } }).pending().then(({ length }) => length);
    expect(await open('2026-03-31T07:59:59.000Z')).toBe(1);
    expect(await open('2026-03-31T08:00:00.000Z')).toBe(0);
  });
});
