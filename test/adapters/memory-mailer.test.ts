import { expect, test } from 'vitest';
import { MailError } from '../../src/errors.js';
import { MemoryMailer } from '../../src/adapters/memory/index.js';
import { mailerContract } from '../../src/testing/index.js';
import { keepsContract } from '../support/contract.js';

keepsContract(
  'a mailer in memory',
  mailerContract(() => {
    const refusing = 'nobody@invalid.example';
    const mailer = new MemoryMailer({ refuse: (address) => address === refusing });
    const failNext = (isRetryable: boolean) =>
      mailer.failNext(new MailError('The server is down.', { isRetryable, refused: 0 }));
    return { mailer, delivered: () => mailer.messages, refusing, failNext };
  }),
);

const message = { to: ['a@school.example', 'b@school.example'], subject: 'Welcome', text: 'A code' };

test('shows what it delivered with its keys, each once', async () => {
  const mailer = new MemoryMailer({ refuse: (address) => address.startsWith('a@') });
  for (const idempotencyKey of ['k1', 'k2', 'k1']) await mailer.send(message, { idempotencyKey });
  const delivered = { ...message, to: ['b@school.example'] };
  expect(mailer.messages).toEqual([
    { ...delivered, idempotencyKey: 'k1' },
    { ...delivered, idempotencyKey: 'k2' },
  ]);
});

test('fails with the error that it was told, once', async () => {
  const mailer = new MemoryMailer();
  const failure = new MailError('The server is down.', { isRetryable: true, refused: 0 });
  mailer.failNext(failure);
  await expect(mailer.send(message, { idempotencyKey: 'k1' })).rejects.toBe(failure);
  await mailer.send(message, { idempotencyKey: 'k1' });
  expect(mailer.messages).toHaveLength(1);
});
