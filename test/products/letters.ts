import { expect } from 'vitest';
import type { DeliveredMessage, MemoryMailer } from 'rosterkit/memory';

/** Where people of the product join. */
export const join = 'https://school.example/join#{code}';

/** The newest letter to an address. */
export function letterTo(mailer: MemoryMailer, address: string | undefined): DeliveredMessage {
  const letter = mailer.messages.findLast(({ to }) => to.includes(address ?? ''));
  if (letter === undefined) throw new Error('There is no letter to this address.');
  return letter;
}

/** The code of a letter; the Join link in it, as text and as HTML, has the same. */
export function codeIn({ text, html = '' }: DeliveredMessage): string {
  const code = /(?:\w{4}-){3}\w{4}/.exec(text)?.[0] ?? '';
  const link = join.replace('{code}', code);
  expect(text).toContain(`\n${link}\n`);
  expect(html).toContain(`href="${link}"`);
  return code;
}
