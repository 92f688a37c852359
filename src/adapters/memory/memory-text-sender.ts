import type { TextMessage, TextSender } from '../../ports/index.js';
import { MemorySender } from './memory-sender.js';

/** A text that a {@link MemoryTextSender} delivered: `to` holds those who accepted it. */
export interface DeliveredText extends TextMessage {
  readonly idempotencyKey: string;
}

/** Options of a {@link MemoryTextSender}. */
export interface MemoryTextSenderOptions {
  /**
   * Says which numbers refuse what is sent to them.
   *
   * @default nobody refuses
   */
  readonly refuse?: (number: string) => boolean;
}

/**
 * A sender of texts that keeps what it is given, and delivers each idempotency key once.
 *
 * @example
 * ```ts
 * import { MemoryTextSender } from 'rosterkit/memory';
 *
 * const textSender = new MemoryTextSender();
 * await textSender.send({ to: ['+1 555 010 0123'], text: 'Your code is inside.' }, { idempotencyKey: 'invitation-1' });
 * textSender.messages.length; // 1
 * ```
 */
export class MemoryTextSender extends MemorySender<TextMessage> implements TextSender {
  constructor(options: MemoryTextSenderOptions = {}) {
    super(options);
  }

  /** What was delivered, in order. */
  override get messages(): readonly DeliveredText[] {
    return super.messages;
  }
}
