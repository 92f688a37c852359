import { checkFunction, checkOptionNames } from '../../internal/options.js';
import type { Mailer, Message, Receipt, SendOptions } from '../../ports/index.js';
import { oneLine } from './addresses.js';

/** Options of a {@link ConsoleMailer}. */
export interface ConsoleMailerOptions {
  /**
   * Where a message goes, as one text.
   *
   * @default console.log
   */
  readonly write?: (text: string) => void;
}

/**
 * For development: shows each message in the terminal and sends nothing, addresses and invitation codes included. Not for
 * a server whose output is kept.
 *
 * @example
 * ```ts
 * import { ConsoleMailer } from 'rosterkit/smtp';
 *
 * const mailer = new ConsoleMailer();
 * const message = { to: ['ms.rivera@school.example'], subject: 'Welcome', text: 'Your code is inside.' };
 * await mailer.send(message, { idempotencyKey: 'invitation-1' });
 * ```
 */
export class ConsoleMailer implements Mailer {
  readonly #write: (text: string) => void;

  /** @throws ConfigurationError naming the option that is unknown or impossible */
  constructor(options: ConsoleMailerOptions = {}) {
    checkOptionNames(options, ['write']);
    checkFunction('write', options.write);
    this.#write = options.write ?? ((text) => console.log(text));
  }

  /** Shows the message, every time that it is sent; everybody accepts. */
  async send(message: Message, options: SendOptions): Promise<Receipt> {
    options.signal?.throwIfAborted();
    const { to, subject, text } = message;
    const head = [
      '[for development: nothing is sent]',
      `To: ${oneLine(to.join(', '))}`,
      `Subject: ${oneLine(subject)}`,
    ];
    this.#write(`${head.join('\n')}\n\n${text}`);
    return { accepted: to, refused: [] };
  }
}
