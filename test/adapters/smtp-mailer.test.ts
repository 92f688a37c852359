import { createServer, type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import nodemailer from 'nodemailer';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { SmtpMailer, type SmtpMailerOptions, type SmtpOptions, smtpOptions } from '../../src/adapters/smtp/index.js';
import { MailError } from '../../src/errors.js';
import { Deliveries, deliver, prepareInvitation, settleWriting } from '../../src/people/index.js';
import type { Message } from '../../src/ports/index.js';
import { FixedClock } from '../../src/testing/index.js';
import { AT, batchOf, createUser, pendingOf } from '../../src/testing/contracts/store/changes.js';
import { credentials, isEximInstalled, type MailServer, startMailServer } from './exim.js';

// Where the tests are a gate, the mail server must be there; elsewhere it is told that it is not.
const isRequired = process.env['CI'] === 'true';
if (!isEximInstalled && !isRequired) console.warn('Exim is not installed: the tests with a mail server are skipped.');

const from = { name: 'Lincoln School', address: 'no-reply@school.example' };
const message: Message = { to: ['rivera@home.example'], subject: 'Welcome', text: 'Your code is 4711.' };

let server: MailServer;

/** A transport as `smtpOptions` has it, to the port where one logs in after STARTTLS. */
function transportTo(options: Partial<SmtpOptions> = {}, defaults = {}) {
  const { submission: port } = server.ports;
  const transport = nodemailer.createTransport(
    smtpOptions({ host: 'localhost', port, ca: server.ca, ...credentials, ...options }),
    defaults,
  );
  onTestFinished(() => {
    transport.close();
  });
  return transport;
}

function mailerTo(options: Partial<SmtpOptions> = {}, more: Partial<SmtpMailerOptions> = {}): SmtpMailer {
  return new SmtpMailer({ transport: transportTo(options), from, ...more });
}

/** The error of a message that is not sent. Whatever it is, it tells nothing of people, codes or passwords. */
async function errorOf(work: Promise<unknown>): Promise<MailError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!MailError.isInstance(error)) throw new Error('No MailError was thrown', { cause: error });
  expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/\w@|4711|Welcome|correct horse|rivera/);
  return error;
}

describe.skipIf(!isEximInstalled && !isRequired)('through a mail server', () => {
  beforeAll(async () => {
    server = await startMailServer();
  });
  afterAll(async () => {
    await server.stop();
  });
  afterEach(async () => {
    // No test leaves a message for the next.
    expect(await server.takeMessages()).toEqual([]);
  });

  it('sends encrypted and logged in, and says what kind of message it is', async () => {
    const receipt = await mailerTo().send(message, { idempotencyKey: 'invitation:district-1:s1' });
    expect(receipt).toEqual({ accepted: ['rivera@home.example'], refused: [] });
    const [queued] = await server.takeMessages();
    expect(queued).toMatchObject({
      sender: 'no-reply@school.example',
      recipients: ['rivera@home.example'],
      body: 'Your code is 4711.\n',
      isEncrypted: true,
      login: credentials.user,
    });
    expect(queued?.headers).toEqual(
      expect.arrayContaining([
        'From: Lincoln School <no-reply@school.example>',
        'To: rivera@home.example',
        'Subject: Welcome',
        'Auto-Submitted: auto-generated',
      ]),
    );
  });

  it('lets bounces go to an address of their own', async () => {
    await mailerTo({}, { returnPath: 'bounces+d1@school.example' }).send(message, { idempotencyKey: 'k' });
    const [queued] = await server.takeMessages();
    expect(queued?.sender).toBe('bounces+d1@school.example');
    expect(queued?.headers).toContain('From: Lincoln School <no-reply@school.example>');
  });

  it('sends the same where TLS is spoken from the start', async () => {
    await mailerTo({ port: server.ports.submissions, secure: true }).send(message, { idempotencyKey: 'k' });
    expect(await server.takeMessages()).toMatchObject([{ isEncrypted: true, login: credentials.user }]);
  });

  it('gives one key one Message-ID, which does not hold the key', async () => {
    const mailer = mailerTo();
    for (const idempotencyKey of ['invitation:district-1', 'invitation:district-1', 'invitation:district-2']) {
      await mailer.send(message, { idempotencyKey });
    }
    const ids = (await server.takeMessages()).map(({ headers }) => headers.find((line) => /^Message-ID:/i.test(line)));
    expect(ids[0]).toMatch(/^Message-ID: <[0-9a-f]{32}@school\.example>$/i);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('gives everybody a copy of their own, so that nobody sees the others', async () => {
    await mailerTo().send({ ...message, to: ['a@home.example', 'b@home.example'] }, { idempotencyKey: 'k' });
    const queued = await server.takeMessages();
    expect(queued.map(({ recipients }) => recipients)).toEqual([['a@home.example'], ['b@home.example']]);
    expect(queued[0]?.headers.join('\n')).not.toContain('b@home.example');
    expect(queued[1]?.headers.join('\n')).not.toContain('a@home.example');
  });

  it('sends to nobody whom the transport adds by default', async () => {
    const transport = transportTo({}, { cc: 'clerk@school.example', bcc: 'archive@school.example' });
    await new SmtpMailer({ transport, from }).send(message, { idempotencyKey: 'k' });
    expect((await server.takeMessages()).map(({ recipients }) => recipients)).toEqual([['rivera@home.example']]);
  });

  it('carries names and subjects of any script, and text beside HTML', async () => {
    const mailer = mailerTo(
      {},
      {
        from: { name: 'Škola Łódź', address: from.address },
        replyTo: { name: 'Büro', address: 'office@school.example' },
      },
    );
    const html = '<p>Zażółć</p>';
    await mailer.send({ ...message, subject: 'Вітаємо 🎒', text: 'Zażółć', html }, { idempotencyKey: 'k' });
    const [queued] = await server.takeMessages();
    const base64 = (content: string): string => Buffer.from(content).toString('base64');
    const headers = queued?.headers.join('\n') ?? '';
    expect(headers).toContain(base64('Вітаємо').slice(0, -2));
    expect(headers).toMatch(/From: =\?UTF-8\?Q\?=C5=A0kola/);
    expect(headers).toContain('Reply-To: =?UTF-8?');
    expect(headers).toMatch(/Content-Type: multipart\/alternative/);
    expect(queued?.body.split(/^--.*$/m)).toEqual([
      '',
      expect.stringContaining(`\n\n${base64('Zażółć')}\n`),
      expect.stringContaining(`\n\n${base64(html)}\n`),
      expect.anything(),
    ]);
  });

  it('names who was refused beside who was not', async () => {
    const to = ['unknown@home.example', 'rivera@home.example'];
    expect(await mailerTo().send({ ...message, to }, { idempotencyKey: 'k' })).toEqual({
      accepted: ['rivera@home.example'],
      refused: ['unknown@home.example'],
    });
    expect(await server.takeMessages()).toHaveLength(1);
  });

  it('is no failure where everybody was refused', async () => {
    const to = ['unknown@home.example'];
    expect(await mailerTo().send({ ...message, to }, { idempotencyKey: 'k' })).toEqual({ accepted: [], refused: to });
  });

  it('comes back to those who are greylisted, and to nobody else', async () => {
    const mailer = mailerTo();
    const to = ['later@home.example', 'rivera@home.example', 'unknown@home.example'];
    expect(await mailer.send({ ...message, to }, { idempotencyKey: 'k' })).toEqual({
      accepted: ['rivera@home.example'],
      refused: ['unknown@home.example'],
      deferred: ['later@home.example'],
    });
    const alone = { ...message, to: ['later@home.example'] };
    const error = await errorOf(mailer.send(alone, { idempotencyKey: 'k' }));
    expect(error).toMatchObject({ isRetryable: true, refused: 0 });
    expect(error.message).toBe('The mail server asks to come back later (451 to RCPT TO).');
    await server.endGreylisting();
    expect(await mailer.send(alone, { idempotencyKey: 'k' })).toEqual({ accepted: alone.to, refused: [] });
    const ids = (await server.takeMessages()).map(({ headers }) => headers.find((line) => /^Message-ID:/i.test(line)));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it.each([
    ['too large', { text: 'long '.repeat(10_000) }, /552 to DATA/],
    ['taken for spam', { subject: 'Not spam' }, /554 to DATA/],
  ])('gives up a message that is %s', async (_what, fields, words) => {
    const error = await errorOf(mailerTo().send({ ...message, ...fields }, { idempotencyKey: 'k' }));
    expect(error).toMatchObject({ isRetryable: false, refused: 1 });
    expect(error.message).toMatch(words);
  });

  it.each([
    ['a full mailbox', 'full@home.example', true, /mailbox .* is full \(552 to RCPT TO\)/],
    ['a rule against such messages', 'choosy@home.example', false, /takes no such message .* \(550 to RCPT TO\)/],
  ])('takes %s for no wrong address', async (_what, address, isRetryable, words) => {
    const error = await errorOf(mailerTo().send({ ...message, to: [address] }, { idempotencyKey: 'k' }));
    expect(error.isRetryable).toBe(isRetryable);
    expect(error.message).toMatch(words);
    const to = ['rivera@home.example', address];
    expect(await mailerTo().send({ ...message, to }, { idempotencyKey: 'k' })).toEqual({
      accepted: ['rivera@home.example'],
      refused: [],
      deferred: [address],
    });
    expect(await server.takeMessages()).toHaveLength(1);
  });

  it('lets answers go where the message says, and to one address alone', async () => {
    const answers = async (replyTo: string) => {
      await mailerTo().send(
        { to: ['a@home.example'], subject: 'Welcome', text: 'Your code', replyTo },
        { idempotencyKey: `answers to ${replyTo}` },
      );
      const [queued] = await server.takeMessages();
      return queued?.headers.find((line) => /^Reply-To:/i.test(line));
    };
    expect(await answers('principal@school.example')).toBe('Reply-To: principal@school.example');
    for (const wrong of ['a@b.example, c@d.example', 'a@b.example\r\nBcc: c@d.example', 'nobody']) {
      expect(await answers(wrong)).toBeUndefined();
    }
  });

  it('gives an invitation a Message-ID by which its bounce is known', async () => {
    const scope = { tenant: 'district-1' };
    const store = new MemoryStore();
    const { subject } = createUser('u1');
    const item = prepareInvitation(
      {
        tenant: scope.tenant,
        subject,
        channel: 'email' as const,
        address: 'u1@home.example',
        runId: 'r1',
        at: AT,
        isWaiting: false,
        person: { roles: ['teacher'] as const },
      },
      settleWriting(scope.tenant),
    );
    await store.apply(batchOf(scope, [createUser('u1')], { invitations: [item] }));
    await deliver({ store, mailer: mailerTo(), scope, clock: new FixedClock(AT) });
    const [queued] = await server.takeMessages();
    const header = queued?.headers.find((line) => /^Message-ID:/i.test(line)) ?? '';
    const messageId = header.replace(/^Message-ID: /i, '');
    expect(messageId).toMatch(/^<[0-9a-f]{32}@school\.example>$/);
    const deliveries = new Deliveries({ store, scope });
    expect(await deliveries.bounced({ messageId, status: '5.1.1' })).toBe('recorded');
    expect(await deliveries.problems()).toMatchObject([{ userId: 'user-1', reason: 'bounced' }]);
  });

  it('keeps messages where the sender is refused: they are not to blame', async () => {
    const mailer = mailerTo({}, { from: 'banned@school.example' });
    const error = await errorOf(mailer.send(message, { idempotencyKey: 'k' }));
    expect(error.isRetryable).toBe(true);
    expect(error.message).toMatch(/refused the sender \(550 to MAIL FROM\)/);
  });

  it('keeps messages where the password is wrong', async () => {
    const error = await errorOf(mailerTo({ pass: 'wrong' }).send(message, { idempotencyKey: 'k' }));
    expect(error.isRetryable).toBe(true);
    expect(error.message).toMatch(/did not accept the credentials \(535 to AUTH PLAIN\)/);
  });

  it('sends nothing without the credentials, where a server offers no AUTH', async () => {
    const port = server.ports.withoutAuth;
    const error = await errorOf(mailerTo({ port }).send(message, { idempotencyKey: 'k' }));
    expect(error.isRetryable).toBe(true);
    expect(error.message).toMatch(/credentials \(503 to AUTH PLAIN\)/);
    // What the transport would do without `forceAuth`, and why it is insisted on.
    const careless = nodemailer.createTransport({
      ...smtpOptions({ host: 'localhost', port, ca: server.ca, ...credentials }),
      forceAuth: false,
    });
    await careless.sendMail({ from: from.address, to: message.to[0], text: 'Without a login.' });
    careless.close();
    expect(await server.takeMessages()).toMatchObject([{ login: undefined }]);
  });

  it('sends nothing in the open, where a server offers no TLS', async () => {
    const mailer = mailerTo({ port: server.ports.withoutTls });
    const error = await errorOf(mailer.send(message, { idempotencyKey: 'k' }));
    expect(error.isRetryable).toBe(true);
    expect(error.message).toMatch(/No secure connection .* \(503 to STARTTLS\)/);
  });

  it('sends nothing to a server that nobody vouches for, or another one than was meant', async () => {
    const { submission: port } = server.ports;
    // Without a wait for the server's goodbye, which would outlive the test.
    const settings = { port, requireTLS: true, socketCloseTimeout: 0 };
    const unknown = nodemailer.createTransport({ ...settings, host: 'localhost' });
    const other = nodemailer.createTransport({ ...settings, host: '127.0.0.1', tls: { ca: server.ca } });
    for (const transport of [unknown, other]) {
      const error = await errorOf(new SmtpMailer({ transport, from }).send(message, { idempotencyKey: 'k' }));
      expect(error.isRetryable).toBe(true);
      expect(error.message).toMatch(/No secure connection/);
    }
  });

  it('lets nothing out of the subject, a name or an address into the headers', async () => {
    const name = 'Lincoln\r\nBcc: victim@home.example';
    const mailer = mailerTo({}, { from: { name, address: from.address } });
    const subject = 'Welcome\r\nBcc: victim@home.example\r\n\r\n<h1>Pay here</h1>';
    const addresses = [
      'rivera@home.example\r\nRCPT TO:<victim@home.example>',
      'rivera@home.example, victim@home.example',
      'rivera@home.example,victim',
      'everybody:rivera@home.example;',
      'Rivera <victim@home.example>',
      'rivera@home.example> ORCPT=rfc822;victim@home.example',
      '"victim"@home.example',
      'rivera\u2028@home.example',
      'rivera\ud800@home.example',
      '',
    ];
    const to = [...addresses, 'rivera@home.example'];
    expect(await mailer.send({ ...message, to, subject }, { idempotencyKey: 'k' })).toEqual({
      accepted: ['rivera@home.example'],
      refused: addresses,
    });
    const queued = await server.takeMessages();
    expect(queued.map(({ recipients }) => recipients)).toEqual([['rivera@home.example']]);
    expect(queued[0]?.headers.filter((line) => /^Bcc/i.test(line))).toEqual([]);
    expect(queued[0]?.body).toBe('Your code is 4711.\n');
  });

  it('reads no file for a message, whatever a program puts in place of the text', async () => {
    const { submission: port } = server.ports;
    const transport = nodemailer.createTransport({ host: 'localhost', port, requireTLS: true, tls: { ca: server.ca } });
    const text = { path: import.meta.filename } as unknown as string;
    await errorOf(new SmtpMailer({ transport, from }).send({ ...message, text }, { idempotencyKey: 'k' }));
  });

  it('sends many at once over several connections, each once', async () => {
    const mailer = mailerTo({ maxConnections: 3 });
    const people = Array.from({ length: 12 }, (_, index) => `p${String(index)}@home.example`);
    const receipts = await Promise.all(
      people.map((person) => mailer.send({ ...message, to: [person] }, { idempotencyKey: person })),
    );
    expect(receipts.flatMap(({ accepted }) => accepted)).toEqual(people);
    const queued = await server.takeMessages();
    expect(queued.flatMap(({ recipients }) => recipients).sort()).toEqual([...people].sort());
    expect(queued.every(({ isEncrypted, login }) => isEncrypted && login === credentials.user)).toBe(true);
  });

  it('keeps to the number of messages in a second', async () => {
    const mailer = mailerTo({ messagesPerSecond: 2 });
    const start = performance.now();
    for (const key of ['1', '2', '3']) await mailer.send(message, { idempotencyKey: key });
    expect(performance.now() - start).toBeGreaterThan(900);
    expect(await server.takeMessages()).toHaveLength(3);
  });

  it('does with every message of an outbox what the server says of it', async () => {
    const scope = { tenant: 'district-1' };
    const store = new MemoryStore();
    const people = ['teacher', 'unknown', 'tardy'].map(createUser);
    const invitations = people.map(({ subject, target }) => {
      const email = `${String(target.sourcedId)}@school.example`;
      return prepareInvitation(
        {
          tenant: scope.tenant,
          subject,
          channel: 'email' as const,
          address: email,
          runId: 'r1',
          at: AT,
          isWaiting: false,
          person: { roles: ['teacher'] as const },
        },
        settleWriting(scope.tenant),
      );
    });
    await store.apply(batchOf(scope, people, { invitations }));
    const { sent, failures } = await deliver({ store, mailer: mailerTo(), scope, clock: new FixedClock(AT) });
    expect(sent).toBe(1);
    expect(failures).toMatchObject([
      { message: expect.stringMatching(/could not be handed over: 1\./) as string },
      { message: expect.stringMatching(/refused for good: 1\./) as string },
    ]);
    const pending = await pendingOf(store, scope);
    expect(pending).toMatchObject([
      { to: ['tardy@school.example'], attempts: 1, notBefore: '2026-09-01T06:05:00.000Z' },
    ]);
    expect((await server.takeMessages()).map(({ recipients }) => recipients)).toEqual([['teacher@school.example']]);
  });

  it('tells who got it where the connection is gone before all did', async () => {
    const transport = transportTo();
    const sendMail = transport.sendMail.bind(transport);
    const mailer = new SmtpMailer({
      from,
      transport: {
        transporter: transport.transporter,
        sendMail: async (mail) => {
          const answer = await sendMail(mail);
          transport.close();
          return answer;
        },
      },
    });
    const to = ['a@home.example', 'b@home.example', 'c@home.example'];
    expect(await mailer.send({ ...message, to }, { idempotencyKey: 'k' })).toEqual({
      accepted: ['a@home.example'],
      refused: [],
      deferred: ['b@home.example', 'c@home.example'],
    });
    expect(await server.takeMessages()).toHaveLength(1);
  });
});

describe('without a mail server', () => {
  it('keeps messages where nothing answers, and says why', async () => {
    const transport = nodemailer.createTransport(smtpOptions({ host: '127.0.0.1', port: 1 }));
    onTestFinished(() => transport.close());
    const error = await errorOf(new SmtpMailer({ transport, from }).send(message, { idempotencyKey: 'k' }));
    expect(error.isRetryable).toBe(true);
    expect(error.message).toMatch(/was not reached.*ECONNREFUSED/);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('stops at once when it is told to, with the reason that was given', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const transport = nodemailer.createTransport(smtpOptions({ host: '127.0.0.1', port }));
    onTestFinished(() => {
      transport.close({ force: true });
      silent.close();
    });
    const mailer = new SmtpMailer({ transport, from });
    const controller = new AbortController();
    silent.once('connection', () => {
      controller.abort(new Error('stop'));
    });
    await expect(mailer.send(message, { idempotencyKey: 'k', signal: controller.signal })).rejects.toThrow('stop');
    await expect(mailer.send(message, { idempotencyKey: 'k', signal: controller.signal })).rejects.toThrow('stop');
  });
});
