import type { Mailer, Message } from '../../ports/index.js';
import { contractOf } from './contract.js';
import type { ContractCase, Rules } from './contract.js';
import { expectSame } from './expecting.js';
import { ONCE, type Sample, type SenderBench, senderBench, sendingRules } from './sender.js';

/** A mailer, as its contract meets it: with a transport that keeps what it is handed, and fails when it is told to. */
export interface MailerSubject {
  readonly mailer: Mailer;
  /** What was delivered so far, in order: each message to those who accepted it. */
  readonly delivered: () => readonly Message[] | Promise<readonly Message[]>;
  /** An address that refuses what is sent to it. Every other address of `example` accepts. */
  readonly refusing: string;
  /** Makes the next delivery fail: in a way that another attempt may mend, such as a lost connection, or for good. */
  readonly failNext: (isRetryable: boolean) => void | Promise<void>;
}

/** What a contract of mailers, or of senders of texts, asks for. */
export interface SenderContractOptions {
  /**
   * False where nothing remembers the keys of what was sent, as no mail server does: a message that is sent once more under
   * the same key arrives once more.
   *
   * @default true
   */
  readonly deliversOnce?: boolean;
}

const message: Message = {
  to: ['first@school.example', 'second@school.example'],
  subject: 'Benvenuta, Zoë',
  text: 'Straße, 学校, 🎒\nYour code is inside.',
  html: '<p>Straße &amp; 学校</p>',
};

const sample: Sample<Message> = {
  message,
  changed: { ...message, subject: 'Again' },
  contentOf: ({ to, subject, text, html }) => ({ to, subject, text, ...(html === undefined ? {} : { html }) }),
};

const rules: Rules<SenderBench<Message>> = {
  ...sendingRules(sample),

  'one without html is delivered without': async ({ sender, newlyDelivered, newKey }) => {
    const { html: _html, ...plain } = message;
    await sender.send(plain, { idempotencyKey: newKey() });
    expectSame('what is delivered', await newlyDelivered(), [plain]);
  },
};

/**
 * Everything that a mailer must do, as cases for any test runner.
 *
 * @example
 * ```ts
 * import { MailError, MemoryMailer } from 'rosterkit';
 * import { mailerContract } from 'rosterkit/testing';
 *
 * const refusing = 'nobody@invalid.example';
 * const mailer = new MemoryMailer({ refuse: (address) => address === refusing });
 * const cases = mailerContract(() => ({
 *   mailer,
 *   delivered: () => mailer.messages,
 *   refusing,
 *   failNext: (isRetryable) => mailer.failNext(new MailError('The server is down.', { isRetryable, refused: 0 })),
 * }));
 * for (const { name, run } of cases) await run().catch((error: unknown) => console.error(name, error));
 * ```
 */
export function mailerContract(
  subject: () => MailerSubject | Promise<MailerSubject>,
  options: SenderContractOptions = {},
): readonly ContractCase[] {
  return contractOf({ mailer: asked(rules, options) }, async () => {
    const { mailer, ...made } = await subject();
    return senderBench({ ...made, sender: mailer }, sample);
  });
}

/** The rules without what cannot be promised. */
export function asked<Bench>(all: Rules<Bench>, { deliversOnce = true }: SenderContractOptions): Rules<Bench> {
  return deliversOnce ? all : Object.fromEntries(Object.entries(all).filter(([rule]) => rule !== ONCE));
}
