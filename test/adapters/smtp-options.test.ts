import nodemailer from 'nodemailer';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type MailTransport,
  type OutgoingMail,
  SmtpMailer,
  type SmtpMailerOptions,
  smtpOptions,
} from '../../src/adapters/smtp/index.js';
import { ConfigurationError, MailError } from '../../src/errors.js';

const from = 'no-reply@school.example';
const auth = { user: 'rosters', pass: 'correct horse' };
const safe = { host: 'smtp.example.com', port: 587, requireTLS: true, auth, forceAuth: true };

type Settings = Parameters<typeof nodemailer.createTransport>[0];

function transportOf(settings: Settings): MailTransport {
  const transport = nodemailer.createTransport(settings);
  onTestFinished(() => transport.close());
  return transport;
}

/** The parameter that a ConfigurationError names. */
function refusedParameter(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!ConfigurationError.isInstance(error)) throw error;
    expect(error.message).not.toMatch(/correct horse|rosters/);
    return error.parameter;
  }
}

describe('a transport is looked at before anything is sent', () => {
  it.each([
    ['what smtpOptions makes', smtpOptions({ host: 'smtp.example.com', ...auth })],
    ['STARTTLS that is required', safe],
    ['the same in a pool', { ...safe, pool: true }],
    ['TLS from the start', { host: 'smtp.example.com', secure: true, auth, forceAuth: true }],
    ['port 465, which is TLS from the start', { host: 'smtp.example.com', port: 465, auth, forceAuth: true }],
    ['a URL that is secure', { url: 'smtps://rosters:secret@smtp.example.com', forceAuth: true }],
    ['a service that nodemailer knows to be secure', { service: 'Gmail', auth, forceAuth: true }],
    ['an authority of its own', { ...safe, tls: { ca: 'PEM' } }],
    ['OAuth 2', { ...safe, auth: { type: 'OAuth2', user: 'rosters', accessToken: 'token' } }],
    ['no credentials', { host: 'smtp.example.com', requireTLS: true }],
  ] as const)('takes %s', (_what, settings) => {
    expect(
      refusedParameter(() => new SmtpMailer({ transport: transportOf(settings as Settings), from })),
    ).toBeUndefined();
  });

  it.each([
    ['transport.requireTLS', { host: 'smtp.example.com', port: 587 }],
    ['transport.requireTLS', { host: 'smtp.example.com', port: 465, secure: false }],
    ['transport.requireTLS', 'smtp://smtp.example.com'],
    ['transport.requireTLS', { ...safe, requireTLS: false, opportunisticTLS: true }],
    ['transport.ignoreTLS', { ...safe, ignoreTLS: true }],
    ['transport.opportunisticTLS', { ...safe, pool: true, opportunisticTLS: true }],
    ['transport.tls.rejectUnauthorized', { ...safe, tls: { rejectUnauthorized: false } }],
    ['transport.tls.rejectUnauthorized', { ...safe, port: 465, secure: true, tls: { rejectUnauthorized: false } }],
    ['transport.forceAuth', { ...safe, forceAuth: false }],
    ['transport.forceAuth', { url: 'smtps://rosters:secret@smtp.example.com' }],
    ['transport.auth', { ...safe, auth: {} }],
    ['transport.auth', { ...safe, auth: { user: 'rosters', pass: '' } }],
    ['transport', { jsonTransport: true }],
    ['transport', { sendmail: true }],
  ] as const)('names %s where that is not safe', (parameter, settings) => {
    expect(refusedParameter(() => new SmtpMailer({ transport: transportOf(settings as Settings), from }))).toBe(
      parameter,
    );
  });

  it('takes another on request, but never one that leaves out its credentials', () => {
    const allow = (settings: unknown) => (): SmtpMailer =>
      new SmtpMailer({ transport: transportOf(settings as Settings), from, allowInsecureTransport: true });
    expect(refusedParameter(allow({ host: 'localhost', port: 1025 }))).toBeUndefined();
    expect(refusedParameter(allow({ ...safe, tls: { rejectUnauthorized: false } }))).toBeUndefined();
    expect(refusedParameter(allow({ jsonTransport: true }))).toBeUndefined();
    expect(refusedParameter(allow({ host: 'localhost', port: 1025, auth }))).toBe('transport.forceAuth');
  });
});

describe('a slip of the pen is named', () => {
  const transport: MailTransport = { sendMail: () => Promise.resolve({}) };
  it.each([
    ['options', undefined],
    ['sender', { transport, from, allowInsecureTransport: true, sender: from }],
    ['transport', { from }],
    ['transport', { transport: smtpOptions({ host: 'smtp.example.com' }), from }],
    ['allowInsecureTransport', { transport, from, allowInsecureTransport: 'false' }],
    ['from', { transport, allowInsecureTransport: true }],
    ['from', { transport, from: 'Lincoln School <no-reply@school.example>', allowInsecureTransport: true }],
    ['from', { transport, from: 'a@school.example,b@school.example', allowInsecureTransport: true }],
    ['from', { transport, from: { address: from }, allowInsecureTransport: true }],
    ['from', { transport, from: 'no-reply@xn--a', allowInsecureTransport: true }],
    ['replyTo', { transport, from, replyTo: '', allowInsecureTransport: true }],
  ])('%s of the mailer', (parameter, options) => {
    expect(refusedParameter(() => new SmtpMailer(options as unknown as SmtpMailerOptions))).toBe(parameter);
  });

  it.each([
    ['host', {}],
    ['password', { host: 'smtp.example.com', password: 'x' }],
    ['port', { host: 'smtp.example.com', port: '587' }],
    ['secure', { host: 'smtp.example.com', secure: 'yes' }],
    ['user', { host: 'smtp.example.com', pass: 'x' }],
    ['pass', { host: 'smtp.example.com', user: 'x' }],
    ['pass', { host: 'smtp.example.com', user: 'x', pass: '' }],
    ['ca', { host: 'smtp.example.com', ca: '' }],
    ['maxConnections', { host: 'smtp.example.com', maxConnections: 0 }],
    ['messagesPerSecond', { host: 'smtp.example.com', messagesPerSecond: 0.5 }],
    ['messagesPerSecond', { host: 'smtp.example.com', messagesPerSecond: 5, maxConnections: 2 }],
  ])('%s of smtpOptions', (parameter, options) => {
    expect(refusedParameter(() => smtpOptions(options as Parameters<typeof smtpOptions>[0]))).toBe(parameter);
  });
});

const message = { to: ['a@home.example', 'b@home.example'], subject: 'Welcome', text: 'Your code is inside.' };

const mailerOn = (sendMail: MailTransport['sendMail'], more: Partial<SmtpMailerOptions> = {}): SmtpMailer =>
  new SmtpMailer({ transport: { sendMail }, from, allowInsecureTransport: true, ...more });

describe('what a transport is handed', () => {
  it('is one line for each header, whatever the transport makes of others', async () => {
    const sent: OutgoingMail[] = [];
    const sendMail = (mail: OutgoingMail) => {
      sent.push(mail);
      return Promise.resolve({});
    };
    const two = { name: 'Lincoln\r\nSchool', address: from };
    const mailer = mailerOn(sendMail, { from: two, replyTo: two });
    await mailer.send(
      { ...message, to: ['a@home.example'], subject: 'Wel\u2028come\r\n\tback' },
      { idempotencyKey: 'k' },
    );
    const one = { name: 'Lincoln School', address: from };
    expect(sent).toMatchObject([{ subject: 'Wel come back', from: one, replyTo: one }]);
  });

  it('is one copy for an address that is named twice', async () => {
    const sent: string[] = [];
    const mailer = mailerOn(({ envelope }) => {
      sent.push(envelope.to);
      return Promise.resolve({});
    });
    await mailer.send({ ...message, to: ['a@home.example', 'a@home.example'] }, { idempotencyKey: 'k' });
    expect(sent).toEqual(['a@home.example']);
  });
});

describe('what a transport answers', () => {
  const refusal = (fields: object) => Object.assign(new Error('<a@home.example> said no'), fields);

  it.each([
    ['421 ends the session', { responseCode: 421, command: 'RCPT TO' }, 1],
    ['450 at DATA is about the recipient', { responseCode: 450, command: 'DATA' }, 2],
    ['452 at MAIL FROM is about the session', { responseCode: 452, command: 'MAIL FROM' }, 1],
    ['530 asks for a login', { responseCode: 530, command: 'MAIL FROM' }, 1],
    ['503 is about the session', { responseCode: 503, command: 'RCPT TO' }, 2],
    ['554 instead of a greeting', { responseCode: 554, command: 'CONN' }, 1],
    ['a failed login', { code: 'EAUTH', responseCode: 535, command: 'AUTH <secret>' }, 1],
    ['a failed TLS handshake', { code: 'ESOCKET', originalCode: 'CERT_HAS_EXPIRED' }, 1],
    ['a timeout', { code: 'ETIMEDOUT' }, 1],
    ['what nobody knows', {}, 1],
  ])('%s: the message is kept', async (_what, fields, calls) => {
    let called = 0;
    const mailer = mailerOn(() => {
      called += 1;
      return Promise.reject(refusal(fields));
    });
    const error: unknown = await mailer.send(message, { idempotencyKey: 'k' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'mail', isRetryable: true, refused: 0 });
    expect(String(error)).not.toMatch(/home\.example|secret/);
    expect(called).toBe(calls);
  });

  it.each([
    ['552 at MAIL FROM', { responseCode: 552, command: 'MAIL FROM' }],
    ['552 at DATA', { responseCode: 552, command: 'DATA' }],
    ['a message larger than the server takes', { code: 'EMESSAGE' }],
  ])('%s: the message is given up', async (_what, fields) => {
    const sending = mailerOn(() => Promise.reject(refusal(fields))).send(message, { idempotencyKey: 'k' });
    await expect(sending).rejects.toMatchObject({ code: 'mail', isRetryable: false, refused: 2 });
  });

  it('LMTP servers refuse after the message', async () => {
    const mailer = mailerOn(({ envelope }) => {
      if (envelope.to.startsWith('b')) return Promise.resolve({ rejected: [] });
      const rejectedErrors = [refusal({ responseCode: 550, command: 'RCPT TO' })];
      return Promise.resolve({ rejected: [envelope.to], rejectedErrors });
    });
    expect(await mailer.send(message, { idempotencyKey: 'k' })).toEqual({
      accepted: ['b@home.example'],
      refused: ['a@home.example'],
    });
  });

  it('a transport that knows no signals is not waited for', async () => {
    const controller = new AbortController();
    const mailer = mailerOn(() => {
      controller.abort(new Error('stop'));
      return new Promise(() => undefined);
    });
    const sending = mailer.send(message, { idempotencyKey: 'k', signal: controller.signal });
    await expect(sending).rejects.toThrow('stop');
    await expect(sending).rejects.not.toBeInstanceOf(MailError);
  });
});
