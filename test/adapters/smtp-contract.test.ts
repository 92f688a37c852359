import nodemailer from 'nodemailer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SmtpMailer, smtpOptions } from '../../src/adapters/smtp/index.js';
import type { Mailer, Message } from '../../src/ports/index.js';
import { mailerContract } from '../../src/testing/index.js';
import { keepsContract } from '../support/contract.js';
import { credentials, isEximInstalled, type MailServer, startMailServer } from './exim.js';
import { contentOf } from './mime.js';

const isRequired = process.env['CI'] === 'true';

describe.skipIf(!isEximInstalled && !isRequired)('through a mail server', () => {
  let server: MailServer;
  let close = (): void => undefined;
  let mailer: Mailer;
  /** Every message that arrived, with its Message-ID: the copies of one are one. */
  const arrived: { readonly id: string; readonly message: Message }[] = [];

  beforeAll(async () => {
    server = await startMailServer();
    const { ca, ports } = server;
    const options = smtpOptions({ host: 'localhost', port: ports.submission, ca, ...credentials });
    const transport = nodemailer.createTransport(options);
    close = () => {
      transport.close();
    };
    const smtp = new SmtpMailer({ transport, from: 'no-reply@school.example' });
    mailer = {
      send: async (message, how) => {
        try {
          return await smtp.send(message, how);
        } finally {
          await server.refuse(undefined);
        }
      },
    };
  });

  afterAll(async () => {
    close();
    await server.stop();
  });

  async function delivered(): Promise<readonly Message[]> {
    for (const { headers, body, recipients } of await server.takeMessages()) {
      const id = headers.find((line) => /^Message-ID:/i.test(line)) ?? '';
      const known = arrived.findIndex((other) => other.id === id && !other.message.to.includes(recipients[0] ?? ''));
      const others = arrived[known]?.message.to ?? [];
      const message = { ...contentOf(headers, body), to: [...others, ...recipients] };
      if (known === -1) arrived.push({ id, message });
      else arrived[known] = { id, message };
    }
    return arrived.map(({ message }) => message);
  }

  const subject = () => ({
    mailer,
    delivered,
    refusing: 'unknown@school.example',
    failNext: (isRetryable: boolean) => server.refuse(isRetryable ? 'for now' : 'for good'),
  });

  keepsContract('an SMTP mailer', mailerContract(subject, { deliversOnce: false }));

  test('that remembers no keys delivers one twice, under one Message-ID', async () => {
    await delivered();
    const before = arrived.length;
    const message = { to: ['first@school.example'], subject: 'Welcome', text: 'Your code is inside.' };
    for (const idempotencyKey of ['key', 'key']) await mailer.send(message, { idempotencyKey });
    await delivered();
    const [first, second, ...more] = arrived.slice(before);
    expect(more).toEqual([]);
    expect(first).toEqual(second);
  });
});
