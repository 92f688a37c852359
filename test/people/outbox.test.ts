import { describe, expect, it } from 'vitest';
import { MemoryMailer, MemoryStore } from '../../src/adapters/memory/index.js';
import { MailError } from '../../src/errors.js';
import type { Change } from '../../src/model/index.js';
import { codeDigest, deliver, Invitations, prepareInvitation } from '../../src/people/index.js';
import type { Mailer } from '../../src/ports/index.js';

const scope = { tenant: 'district-1' };
const at = '2026-03-01T08:00:00.000Z';
const down = (): MailError => new MailError('The mail server is busy.', { isRetryable: true, refused: 0 });

async function storeWith(count: number): Promise<MemoryStore> {
  const store = new MemoryStore();
  const changes: Change[] = [];
  const invitations = [];
  for (let index = 0; index < count; index += 1) {
    const subject = `user:t${String(index)}`;
    changes.push({
      kind: 'user-create',
      key: `user-create ${subject}`,
      subject,
      target: { sourcedId: `t${String(index)}` },
      before: null,
      after: {
        roles: ['teacher'],
        givenName: 'T',
        familyName: 'T',
        origin: 'roster',
        state: 'active',
        schoolSourcedIds: [],
      },
      reason: { rule: 'U2', code: 'TEST' },
      destructive: false,
      fingerprint: 'x',
      heldBy: [],
    });
    const email = `t${String(index)}@school.example`;
    invitations.push(prepareInvitation({ tenant: 'district-1', subject, email, runId: 'r1', at, isWaiting: false }));
  }
  await store.apply({ scope, runId: 'r1', at, changes, invitations });
  return store;
}

describe('delivering the outbox', () => {
  it('every message is sent once, over pages and over repetitions', async () => {
    const store = await storeWith(250);
    const mailer = new MemoryMailer();
    expect(await deliver({ store, mailer, scope })).toEqual({ sent: 250, failures: [] });
    expect(await deliver({ store, mailer, scope })).toEqual({ sent: 0, failures: [] });
    expect(new Set(mailer.messages.flatMap((message) => message.to)).size).toBe(250);
    expect(mailer.messages).toHaveLength(250);
  });

  it('a message whose sending was not marked is sent again under the same key', async () => {
    const store = await storeWith(1);
    const keys: string[] = [];
    const crashing: Mailer = {
      send: async (_message, { idempotencyKey }) => {
        keys.push(idempotencyKey);
        if (keys.length === 1) throw new Error('The process died after the message had gone.');
        return Promise.resolve({ accepted: ['t0@school.example'], refused: [] });
      },
    };
    expect((await deliver({ store, mailer: crashing, scope })).sent).toBe(0);
    expect((await deliver({ store, mailer: crashing, scope })).sent).toBe(1);
    expect(keys[0]).toBe(keys[1]);
  });

  it('a busy mail server costs one attempt in a run, and after five a message is given up', async () => {
    const store = await storeWith(1);
    const mailer: Mailer = { send: () => Promise.reject(down()) };
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      const { failures } = await deliver({ store, mailer, scope });
      expect(failures).toMatchObject([{ code: 'mail', message: expect.stringContaining('next run') as string }]);
      expect(await store.pendingMessages(scope, { limit: 10 })).toMatchObject([{ attempts: attempt }]);
    }
    const last = await deliver({ store, mailer, scope });
    expect(last.failures).toMatchObject([{ message: expect.stringContaining('given up') as string }]);
    expect(await store.pendingMessages(scope, { limit: 10 })).toEqual([]);
  });

  it('after three failures in a row the other messages keep their attempts', async () => {
    const store = await storeWith(10);
    let calls = 0;
    const mailer: Mailer = {
      send: () => {
        calls += 1;
        return Promise.reject(down());
      },
    };
    await deliver({ store, mailer, scope });
    expect(calls).toBe(3);
    const attempts = (await store.pendingMessages(scope, { limit: 10 })).map((message) => message.attempts);
    expect(attempts.filter((count) => count === 0)).toHaveLength(7);
  });

  it('messages that stay pending do not keep those behind them from being sent', async () => {
    const store = await storeWith(230);
    const mailer = new MemoryMailer();
    const everyOther: Mailer = {
      send: (message, options) =>
        Number(/\d+/.exec(message.to[0] ?? '')?.[0]) % 2 === 0 ? Promise.reject(down()) : mailer.send(message, options),
    };
    expect((await deliver({ store, mailer: everyOther, scope })).sent).toBe(115);
  });

  it('a refused address is given up at once, and the others are served', async () => {
    const store = await storeWith(3);
    const mailer = new MemoryMailer({ refuse: (address) => address.startsWith('t1@') });
    mailer.failNext(new MailError('The address was refused.', { isRetryable: false, refused: 1 }));
    const delivery = await deliver({ store, mailer, scope });
    expect(delivery.sent).toBe(1);
    expect(JSON.stringify(delivery.failures)).toContain('2.');
    expect(await store.pendingMessages(scope, { limit: 10 })).toEqual([]);
  });

  it('after ten refusals in a row the server takes nothing, and the other messages wait', async () => {
    const store = await storeWith(25);
    const relay = new MemoryMailer({ refuse: () => true });
    expect((await deliver({ store, mailer: relay, scope })).failures).toMatchObject([
      { message: expect.stringContaining('10.') as string },
    ]);
    const waiting = await store.pendingMessages(scope, { limit: 25 });
    expect(waiting.map(({ attempts }) => attempts)).toEqual(Array.from({ length: 15 }, () => 0));
    expect((await deliver({ store, mailer: new MemoryMailer(), scope })).sent).toBe(15);
  });

  it('an abort stops the delivery without costing an attempt', async () => {
    const store = await storeWith(5);
    const controller = new AbortController();
    const mailer = new MemoryMailer();
    const stopping: Mailer = {
      send: (message, options) => {
        if (mailer.messages.length === 2) controller.abort();
        return mailer.send(message, options);
      },
    };
    expect((await deliver({ store, mailer: stopping, scope, signal: controller.signal })).sent).toBe(2);
    const pending = await store.pendingMessages(scope, { limit: 10 });
    expect(pending.map((message) => message.attempts)).toEqual([0, 0, 0]);
  });
});

describe('an invitation', () => {
  const request = { tenant: 'd', subject: 'user:1', email: 'Ada@School.example', runId: 'r', at, isWaiting: false };

  it('keeps a digest of its code, which the message alone tells', () => {
    const { invitation, message } = prepareInvitation(request);
    const code = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(message.text)?.[0] ?? '';
    expect(code).toMatch(/^[2-9A-HJKMNP-Z-]{14}$/);
    expect(invitation.codeDigest).toBe(codeDigest(code.toLowerCase().replace(/-/g, ' ')));
    expect(JSON.stringify(invitation)).not.toContain(code);
    expect(invitation.expiresAt).toBe('2026-03-31T08:00:00.000Z');
  });

  it('has the same key for the same person and address, however it is written, and another code each time', () => {
    const first = prepareInvitation(request);
    const second = prepareInvitation({ ...request, email: 'ada@school.EXAMPLE', runId: 'r2' });
    expect(second.message.idempotencyKey).toBe(first.message.idempotencyKey);
    expect(second.invitation.codeDigest).not.toBe(first.invitation.codeDigest);
    const elsewhere = prepareInvitation({ ...request, email: 'ada@home.example' });
    expect(elsewhere.message.idempotencyKey).not.toBe(first.message.idempotencyKey);
  });

  it('lets no name break out of the subject, the greeting or the markup', () => {
    const givenName = 'Ada\r\nBcc: all@school.example\n\n<script>alert("x")</script>';
    const { message } = prepareInvitation({ ...request, givenName });
    expect(message.subject).not.toMatch(/Ada|[\r\n]/);
    expect(message.text.split('\n')[0]).toContain('Ada Bcc: all@school.example <script>');
    expect(message.html).not.toContain('<script>');
    expect(message.html).toContain('&lt;script&gt;');
  });

  it('is open until it expires', async () => {
    const store = await storeWith(1);
    const open = (now: string): Promise<number> =>
      new Invitations({ store, scope, clock: { now: () => new Date(now) } }).pending().then(({ length }) => length);
    expect(await open('2026-03-31T07:59:59.000Z')).toBe(1);
    expect(await open('2026-03-31T08:00:00.000Z')).toBe(0);
  });
});
