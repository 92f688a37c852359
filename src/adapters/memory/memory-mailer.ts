import type { Mailer, Message, Receipt, SendOptions } from '../../ports/index.js';

/** A message that a {@link MemoryMailer} delivered: `to` holds those who accepted it. */
export interface DeliveredMessage extends Message {
  readonly idempotencyKey: string;
}

/** Options of a {@link MemoryMailer}. */
export interface MemoryMailerOptions {
  /**
   * Says which addresses refuse what is sent to them.
   *
   * @default nobody refuses
   */
  readonly refuse?: (address: string) => boolean;
}

/**
 * A mailer that keeps what it is given, and delivers each idempotency key once.
 *
 * @example
 * ```ts
 * import { MemoryMailer } from 'rosterkit/memory';
 *
 * const mailer = new MemoryMailer({ refuse: (address) => address.endsWith('@invalid.example') });
 * const message = { to: ['ms.rivera@school.example'], subject: 'Welcome', text: 'Your code is inside.' };
 * await mailer.send(message, { idempotencyKey: 'invitation-1' });
 * mailer.messages.length; // 1
 * ```
 */
export class MemoryMailer implements Mailer {
  readonly #refuse: (address: string) => boolean;
  readonly #receipts = new Map<string, Receipt>();
  readonly #messages: DeliveredMessage[] = [];
  readonly #failures: Error[] = [];

  constructor(options: MemoryMailerOptions = {}) {
    this.#refuse = options.refuse ?? (() => false);
  }

  /** What was delivered, in order. */
  get messages(): readonly DeliveredMessage[] {
    return this.#messages;
  }

  /** Makes the next call of `send` fail with this error, before anything is delivered. */
  failNext(error: Error): void {
    this.#failures.push(error);
  }

  /** Delivers the message, or answers as it did the first time where the key is known. */
  send(message: Message, options: SendOptions): Promise<Receipt> {
    return new Promise((resolve) => {
      options.signal?.throwIfAborted();
      const failure = this.#failures.shift();
      if (failure !== undefined) throw failure;
      resolve(this.#receipts.get(options.idempotencyKey) ?? this.#deliver(message, options.idempotencyKey));
    });
  }

  #deliver(message: Message, idempotencyKey: string): Receipt {
    const receipt = {
      accepted: message.to.filter((address) => !this.#refuse(address)),
      refused: message.to.filter((address) => this.#refuse(address)),
    };
    this.#receipts.set(idempotencyKey, receipt);
    if (receipt.accepted.length > 0) this.#messages.push({ ...message, to: receipt.accepted, idempotencyKey });
    return receipt;
  }
}
