import { expect, test } from 'vitest';
import { MemoryTextSender } from '../../src/adapters/memory/index.js';
import { MailError } from '../../src/errors.js';
import type { Receipt, SendOptions, TextMessage } from '../../src/ports/index.js';
import { type SenderContractOptions, textSenderContract } from '../../src/testing/index.js';

const REFUSING = '+1 555 010 0199';
const ONCE = 'texts: a key is delivered once, whatever is sent under it again, and is answered alike';

/** Forgets what it sent. */
class Forgetful extends MemoryTextSender {
  override send(message: TextMessage, options: SendOptions): Promise<Receipt> {
    return super.send(message, { ...options, idempotencyKey: globalThis.crypto.randomUUID() });
  }
}

/** Senders of texts as one may write them by mistake, each with the rules of the contract that it breaks. */
const faultySenders: readonly {
  readonly fault: string;
  readonly rules: readonly string[];
  readonly Sender: typeof MemoryTextSender;
}[] = [
  { fault: 'forgets what it sent', rules: [ONCE], Sender: Forgetful },
  {
    fault: 'quotes the number in its error',
    rules: [
      'texts: a failure that may pass is a MailError that says so, and the same key is delivered by the next attempt',
      'texts: a failure for good is a MailError that says so, and nothing is delivered',
    ],
    Sender: class extends MemoryTextSender {
      override async send(message: TextMessage, options: SendOptions): Promise<Receipt> {
        return super.send(message, options).catch((error: unknown) => {
          if (!MailError.isInstance(error)) throw error;
          const { isRetryable, refused } = error;
          throw new MailError(`Not delivered to ${message.to.join()}.`, { isRetryable, refused });
        });
      }
    },
  },
  {
    fault: 'cuts a text to what fits',
    rules: ['texts: a message goes to everyone that it names, as it is'],
    Sender: class extends MemoryTextSender {
      override send(message: TextMessage, options: SendOptions): Promise<Receipt> {
        return super.send({ ...message, text: message.text.slice(0, 10) }, options);
      }
    },
  },
];

test.each(faultySenders)('a sender of texts that $fault breaks the contract', async ({ rules, Sender }) => {
  expect(await brokenRules(Sender)).toEqual(expect.arrayContaining([...rules]));
});

test('one that remembers no keys keeps the contract without the rule about them, and no other', async () => {
  expect(await brokenRules(Forgetful, { deliversOnce: false })).toEqual([]);
  const subject = () => subjectOf(MemoryTextSender);
  const all = textSenderContract(subject).map(({ name }) => name);
  const asked = textSenderContract(subject, { deliversOnce: false }).map(({ name }) => name);
  expect(all.filter((name) => !asked.includes(name))).toEqual([ONCE]);
});

function subjectOf(Sender: typeof MemoryTextSender) {
  const textSender = new Sender({ refuse: (number) => number === REFUSING });
  const failNext = (isRetryable: boolean) =>
    textSender.failNext(new MailError('The service is down.', { isRetryable, refused: 0 }));
  return { textSender, delivered: () => textSender.messages, refusing: REFUSING, failNext };
}

/** The rules that a sender of texts breaks. */
async function brokenRules(
  Sender: typeof MemoryTextSender,
  options: SenderContractOptions = {},
): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const { name, run } of textSenderContract(() => subjectOf(Sender), options)) {
    await run().catch(() => broken.push(name));
  }
  return broken;
}
