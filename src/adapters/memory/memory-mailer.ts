import type { Mailer, Message } from '../../ports/index.js';
import { MemorySender } from './memory-sender.js';

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
export class MemoryMailer extends MemorySender<Message> implements Mailer {
  constructor(options: MemoryMailerOptions = {}) {
    super(options);
  }

  /** What was delivered, in order. */
  override get messages(): readonly DeliveredMessage[] {
    return super.messages;
  }
}
