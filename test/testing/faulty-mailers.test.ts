import { expect, test } from 'vitest';
import { MemoryMailer } from '../../src/adapters/memory/index.js';
import { MailError } from '../../src/errors.js';
import type { Message, Receipt, SendOptions } from '../../src/ports/index.js';
import { mailerContract } from '../../src/testing/index.js';

const REFUSING = 'nobody@invalid.example';

/** Mailers as one may write them by mistake, each with a rule of the contract that it breaks. */
const faultyMailers: readonly {
  readonly fault: string;
  readonly rule: string;
  readonly Mailer: typeof MemoryMailer;
}[] = [
  {
    fault: 'does not look at the key',
    rule: 'mailer: a key is delivered once, whatever is sent under it again, and is answered alike',
    Mailer: class extends MemoryMailer {
      override send(message: Message, options: SendOptions): Promise<Receipt> {
        return super.send(message, { ...options, idempotencyKey: globalThis.crypto.randomUUID() });
      }
    },
  },
  {
    fault: 'takes messages that say the same for one',
    rule: 'mailer: another key is another message, though it says the same',
    Mailer: class extends MemoryMailer {
      override send(message: Message, options: SendOptions): Promise<Receipt> {
        return super.send(message, { ...options, idempotencyKey: JSON.stringify(message) });
      }
    },
  },
  {
    fault: 'says that everybody accepted',
    rule: 'mailer: a receipt says who accepted and who refused',
    Mailer: class extends MemoryMailer {
      override async send(message: Message, options: SendOptions): Promise<Receipt> {
        await super.send(message, options);
        return { accepted: message.to, refused: [] };
      }
    },
  },
  {
    fault: 'throws where everybody refuses',
    rule: 'mailer: a message that everybody refuses is answered by a receipt, and delivered to nobody',
    Mailer: class extends MemoryMailer {
      override async send(message: Message, options: SendOptions): Promise<Receipt> {
        const receipt = await super.send(message, options);
        if (receipt.accepted.length > 0) return receipt;
        throw new MailError('Everybody refused.', { isRetryable: false, refused: receipt.refused.length });
      }
    },
  },
  {
    fault: 'uses a key up before the message is delivered',
    rule: 'mailer: a failure that may pass is a MailError that says so, and the same key is delivered by the next attempt',
    Mailer: class extends MemoryMailer {
      readonly #used = new Set<string>();
      override async send(message: Message, options: SendOptions): Promise<Receipt> {
        if (this.#used.has(options.idempotencyKey)) return { accepted: message.to, refused: [] };
        this.#used.add(options.idempotencyKey);
        return super.send(message, options);
      }
    },
  },
  {
    fault: 'says of every failure that it may pass',
    rule: 'mailer: a failure for good is a MailError that says so, and nothing is delivered',
    Mailer: class extends MemoryMailer {
      override failNext(): void {
        super.failNext(new MailError('The server is down.', { isRetryable: true, refused: 0 }));
      }
    },
  },
  {
    fault: 'does not look at the signal',
    rule: 'mailer: nothing is sent once the caller’s signal says stop, and the reason is passed on',
    Mailer: class extends MemoryMailer {
      override send(message: Message, { idempotencyKey }: SendOptions): Promise<Receipt> {
        return super.send(message, { idempotencyKey });
      }
    },
  },
  {
    fault: 'drops the html',
    rule: 'mailer: a message goes to everyone that it names, as it is',
    Mailer: class extends MemoryMailer {
      override send({ html: _html, ...message }: Message, options: SendOptions): Promise<Receipt> {
        return super.send(message, options);
      }
    },
  },
  {
    fault: 'makes html of every text',
    rule: 'mailer: one without html is delivered without',
    Mailer: class extends MemoryMailer {
      override send(message: Message, options: SendOptions): Promise<Receipt> {
        return super.send({ html: `<p>${message.text}</p>`, ...message }, options);
      }
    },
  },
];

test('a mailer without a fault breaks no rule', async () => {
  expect(await brokenRules(MemoryMailer)).toEqual([]);
});

test.each(faultyMailers)('a mailer that $fault breaks the contract', async ({ rule, Mailer }) => {
  expect(await brokenRules(Mailer)).toContain(rule);
});

test('each rule is broken by a fault', () => {
  const rules = faultyMailers.map(({ rule }) => rule).sort();
  const names = mailerContract(() => subjectOf(MemoryMailer)).map(({ name }) => name);
  expect(rules).toEqual(names.sort());
});

function subjectOf(Mailer: typeof MemoryMailer) {
  const mailer = new Mailer({ refuse: (address) => address === REFUSING });
  const failNext = (isRetryable: boolean) =>
    mailer.failNext(new MailError('The server is down.', { isRetryable, refused: 0 }));
  return { mailer, delivered: () => mailer.messages, refusing: REFUSING, failNext };
}

/** The rules that a mailer breaks. */
async function brokenRules(Mailer: typeof MemoryMailer): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const { name, run } of mailerContract(() => subjectOf(Mailer))) {
    await run().catch(() => broken.push(name));
  }
  return broken;
}
