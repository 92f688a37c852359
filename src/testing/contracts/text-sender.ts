import type { TextMessage, TextSender } from '../../ports/index.js';
import { contractOf } from './contract.js';
import type { ContractCase } from './contract.js';
import { asked, type SenderContractOptions } from './mailer.js';
import { type Sample, senderBench, sendingRules } from './sender.js';

/** A sender of texts, as its contract meets it: with a transport that keeps what it is handed, and fails when it is told to. */
export interface TextSenderSubject {
  readonly textSender: TextSender;
  /** What was delivered so far, in order: each text to those who accepted it. */
  readonly delivered: () => readonly TextMessage[] | Promise<readonly TextMessage[]>;
  /** A number that refuses what is sent to it. `+1 555 010 0101` and `+1 555 010 0102` accept. */
  readonly refusing: string;
  /** Makes the next delivery fail: in a way that another attempt may mend, such as a lost connection, or for good. */
  readonly failNext: (isRetryable: boolean) => void | Promise<void>;
}

const message: TextMessage = {
  to: ['+1 555 010 0101', '+1 555 010 0102'],
  text: 'Straße, 学校, 🎒: your code is inside.',
};

const sample: Sample<TextMessage> = {
  message,
  changed: { ...message, text: 'Again' },
  contentOf: ({ to, text }) => ({ to, text }),
};

/**
 * Everything that a sender of texts must do, as cases for any test runner.
 *
 * @example
 * ```ts
 * import { MailError, MemoryTextSender } from 'rosterkit';
 * import { textSenderContract } from 'rosterkit/testing';
 *
 * const refusing = '+1 555 010 0199';
 * const textSender = new MemoryTextSender({ refuse: (number) => number === refusing });
 * const cases = textSenderContract(() => ({
 *   textSender,
 *   delivered: () => textSender.messages,
 *   refusing,
 *   failNext: (isRetryable) => textSender.failNext(new MailError('The service is down.', { isRetryable, refused: 0 })),
 * }));
 * for (const { name, run } of cases) await run().catch((error: unknown) => console.error(name, error));
 * ```
 */
export function textSenderContract(
  subject: () => TextSenderSubject | Promise<TextSenderSubject>,
  options: SenderContractOptions = {},
): readonly ContractCase[] {
  return contractOf({ texts: asked(sendingRules(sample), options) }, async () => {
    const { textSender, ...made } = await subject();
    return senderBench({ ...made, sender: textSender }, sample);
  });
}
