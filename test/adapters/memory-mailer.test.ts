import { expect, test } from 'vitest';
import { MailError } from '../../src/errors.js';
import { MemoryMailer } from '../../src/adapters/memory/index.js';

const message = { to: ['a@school.example', 'b@school.example'], subject: 'Welcome', text: 'A code' };

test('keeps what it delivers, each key once, and answers alike', async () => {
  const mailer = new MemoryMailer();
  const first = await mailer.send(message, { idempotencyKey: 'k1' });
  const again = await mailer.send({ ...message, subject: 'Again' }, { idempotencyKey: 'k1' });
  await mailer.send(message, { idempotencyKey: 'k2' });
  expect(first).toEqual({ accepted: message.to, refused: [] });
  expect(again).toEqual(first);
  expect(mailer.messages).toEqual([
    { ...message, idempotencyKey: 'k1' },
    { ...message, idempotencyKey: 'k2' },
  ]);
});

test('tells who refused, and keeps no message that everybody refused', async () => {
  const mailer = new MemoryMailer({ refuse: (address) => address.startsWith('a@') });
  expect(await mailer.send(message, { idempotencyKey: 'k1' })).toEqual({
    accepted: ['b@school.example'],
    refused: ['a@school.example'],
  });
  await mailer.send({ ...message, to: ['a@school.example'] }, { idempotencyKey: 'k2' });
  expect(mailer.messages.map(({ to }) => to)).toEqual([['b@school.example']]);
});

test('fails as it is told to, once, and delivers nothing then', async () => {
  const mailer = new MemoryMailer();
  const failure = new MailError('The server is down.', { isRetryable: true, refused: 0 });
  mailer.failNext(failure);
  await expect(mailer.send(message, { idempotencyKey: 'k1' })).rejects.toBe(failure);
  expect(mailer.messages).toEqual([]);
  await mailer.send(message, { idempotencyKey: 'k1' });
  expect(mailer.messages).toHaveLength(1);
});

test('sends nothing once the caller’s signal says stop', async () => {
  const mailer = new MemoryMailer();
  const signal = AbortSignal.abort(new Error('stop'));
  await expect(mailer.send(message, { idempotencyKey: 'k1', signal })).rejects.toThrow('stop');
  expect(mailer.messages).toEqual([]);
});
