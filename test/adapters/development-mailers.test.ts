import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ConsoleMailer, FileMailer } from '../../src/adapters/smtp/index.js';

const message = { to: ['rivera@home.example'], subject: 'Welcome', text: 'Zażółć.' };

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rosterkit-mail-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('a message is a file that mail programs open, and one key is one file', async () => {
  const folder = path.join(await newFolder(), 'new', 'mail');
  const mailer = new FileMailer({ folder });
  const both = { ...message, subject: 'Welcome\r\nBcc: victim@home.example', html: '<p>Zażółć.</p>' };
  expect(await mailer.send(both, { idempotencyKey: 'invitation:1' })).toEqual({ accepted: message.to, refused: [] });
  await mailer.send(both, { idempotencyKey: 'invitation:1' });
  await mailer.send(message, { idempotencyKey: '../invitation:2' });
  const files = await readdir(folder);
  expect(files).toHaveLength(2);
  expect(files.join()).toMatch(/^[0-9a-f]{32}\.eml,[0-9a-f]{32}\.eml$/);
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  const [withHtml = '', plain = ''] = texts.sort((one, other) => other.length - one.length);
  expect(withHtml).toMatch(/^X-Rosterkit: for development; nothing was sent$/m);
  expect(withHtml).toMatch(/^Subject: Welcome Bcc: victim@home\.example$/m);
  const boundary = /boundary="([^"]+)"/.exec(withHtml)?.[1] ?? '?';
  expect(withHtml.split(`--${boundary}`).map((part) => part.split('\n\n')[1]?.trim())).toEqual([
    '',
    'Zażółć.',
    '<p>Zażółć.</p>',
    undefined,
  ]);
  expect(plain).toMatch(/\nTo: rivera@home\.example\nSubject: Welcome\n[\s\S]*\n\nZażółć\.$/);
  expect((await stat(path.join(folder, files[0] ?? ''))).mode & 0o077).toBe(0);
});

test('a folder that cannot be is told without a word of the message', async () => {
  const file = path.join(await newFolder(), 'file');
  await writeFile(file, '');
  const sending = new FileMailer({ folder: file }).send(message, { idempotencyKey: 'k' });
  await expect(sending).rejects.toMatchObject({
    code: 'mail',
    isRetryable: true,
    message: expect.not.stringContaining('@'),
  });
});

test('a message is shown in the terminal, which says that nothing is sent', async () => {
  const shown: string[] = [];
  const mailer = new ConsoleMailer({ write: (text) => shown.push(text) });
  expect(await mailer.send(message, { idempotencyKey: 'k' })).toEqual({ accepted: message.to, refused: [] });
  expect(shown).toEqual(['[for development: nothing is sent]\nTo: rivera@home.example\nSubject: Welcome\n\nZażółć.']);
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  onTestFinished(() => log.mockRestore());
  await new ConsoleMailer().send(message, { idempotencyKey: 'k' });
  expect(log.mock.calls).toEqual([[shown[0]]]);
});

test.each([
  ['FileMailer', new FileMailer({ folder: path.join(tmpdir(), 'never') })],
  ['ConsoleMailer', new ConsoleMailer()],
])('%s does nothing once it is aborted', async (_name, mailer) => {
  const signal = AbortSignal.abort(new Error('stop'));
  await expect(mailer.send(message, { idempotencyKey: 'k', signal })).rejects.toThrow('stop');
});

test('a slip of the pen is named', () => {
  expect(() => new FileMailer({ folder: ' ' })).toThrow(/^folder:/);
  expect(() => new FileMailer({ folder: 'mail', directory: 'mail' } as { folder: string })).toThrow(/^directory:/);
  expect(() => new ConsoleMailer({ write: 'stdout' } as object)).toThrow(/^write:/);
});
