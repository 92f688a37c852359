/** A message to people. */
export interface Message {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Where answers go. @default to the sender */
  readonly replyTo?: string;
}

/** Who accepted a message and who refused it. */
export interface Receipt {
  readonly accepted: readonly string[];
  /** For good: nothing will ever arrive there, and nothing more is sent there. */
  readonly refused: readonly string[];
  /**
   * Who did neither yet, beside others who accepted: send the message to these alone once more, under the same key. Where
   * nobody accepted, `send` throws a MailError that is retryable instead.
   *
   * @default nobody
   */
  readonly deferred?: readonly string[];
}

/** How to send. */
export interface SendOptions {
  /** The same message has the same key, in however many attempts. */
  readonly idempotencyKey: string;
  readonly signal?: AbortSignal;
}

/** Hands messages over. Throws a MailError; `isRetryable` says whether to try again. */
export interface Mailer {
  /** Hands one message over, to everyone that it names. */
  send(message: Message, options: SendOptions): Promise<Receipt>;
}

/** A text to mobile phones. */
export interface TextMessage {
  /** Numbers of mobile phones, as the roster or the host has them: bring them into the form that your service wants. */
  readonly to: readonly string[];
  readonly text: string;
}

/** Hands texts over, as a {@link Mailer} does mail. Throws a MailError; `isRetryable` says whether to try again. */
export interface TextSender {
  /** Hands one text over, to everyone whom it names. */
  send(message: TextMessage, options: SendOptions): Promise<Receipt>;
}
