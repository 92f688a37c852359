import type { Scope } from '../model/index.js';

/** How a message goes out: by a mailer, or by a sender of texts. */
export type Channel = 'email' | 'text';

/** A message that waits to be sent. It is written in the transaction of the change that caused it. */
export interface OutboxMessage {
  /** The same message has the same key, whatever crashes: the store keeps the first. */
  readonly idempotencyKey: string;
  readonly kind: 'invitation' | 'notice';
  readonly channel: Channel;
  /** `waiting` for the next healthy run, `pending`, `sent`, or `failed` for good. */
  readonly state: 'waiting' | 'pending' | 'sent' | 'failed';
  /** The run that caused it. */
  readonly runId: string;
  /** The host's id of the person written to. */
  readonly userId?: string;
  /** Who is still to get it: addresses, or numbers of mobile phones. Emptied once it is sent, or failed for good. */
  readonly to: readonly string[];
  /** A digest of the address of everyone to whom it was to go. They stay, so that a bounce finds its person. */
  readonly addressDigests: readonly string[];
  /** Empty in a text. */
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Where answers go. Emptied with the text. @default to the sender */
  readonly replyTo?: string;
  readonly attempts: number;
  /** To how many it was handed over so far. */
  readonly accepted: number;
  /** ISO instant, as `toISOString` writes it: it is not tried before. */
  readonly notBefore?: string;
}

/** Which messages to take, and for how long. */
export interface ClaimOptions {
  readonly channel: Channel;
  readonly limit: number;
  /** Who takes them: a name that no other worker has, such as a UUID made for one delivery. */
  readonly claimedBy: string;
  /** For how long nobody else is given them, in milliseconds, by the store's clock. */
  readonly leaseMs: number;
  /** ISO instant, as `toISOString` writes it: a message whose `notBefore` is later stays. */
  readonly now: string;
}

/** What became of a message that was claimed. */
export interface MessageOutcome {
  /** Who claimed it. */
  readonly claimedBy: string;
  readonly state: 'pending' | 'sent' | 'failed';
  readonly attempts: number;
  /** Who is still to get it. @default as before */
  readonly to?: readonly string[];
  /** To how many it was handed over so far. @default as before */
  readonly accepted?: number;
  /** Not before this ISO instant. @default at once */
  readonly notBefore?: string;
}

/** An address at which a person cannot be reached. There is one for each person and address: the latest. */
export interface DeliveryProblem {
  /** The host's id of the person. */
  readonly userId: string;
  readonly channel: Channel;
  readonly addressDigest: string;
  /** `refused` when a message was handed over, or `bounced` after that. */
  readonly reason: 'refused' | 'bounced';
  /** What was said of it, where that is known: a status of RFC 3463, such as `5.1.1`, or a reply code, such as `550`. */
  readonly status?: string;
  /** ISO instant. */
  readonly at: string;
}

/** Messages on their way out, and where they do not arrive. */
export interface OutboxStore {
  /** Lets the messages of earlier runs go that waited for a healthy one. */
  releaseWaiting(scope: Scope): Promise<void>;
  /**
   * Takes pending messages that are due, oldest first. While a claim lasts nobody is given its messages, not even under the
   * same name; one whose claimer died is given out again once its claim has expired.
   */
  claimMessages(scope: Scope, options: ClaimOptions): Promise<readonly OutboxMessage[]>;
  /**
   * Records what became of a claimed message, and ends the claim. False, and nothing is written, where another worker has
   * claimed it since, or it is not there any more. Of one that is sent, or failed for good, neither recipients nor text stay.
   */
  saveMessage(scope: Scope, idempotencyKey: string, outcome: MessageOutcome): Promise<boolean>;
  /** One message of the scope's tenant, in whatever state. */
  message(scope: Scope, idempotencyKey: string): Promise<OutboxMessage | undefined>;
  /** Keeps that a person of the scope's tenant cannot be reached at an address. */
  saveProblem(scope: Scope, problem: DeliveryProblem): Promise<void>;
  /** The problems of the scope's tenant, or of these persons (host ids) alone, in the order in which they first came up. */
  problems(scope: Scope, options?: { readonly userIds?: readonly string[] }): Promise<readonly DeliveryProblem[]>;
  /** Forgets the problems of these persons (host ids). */
  forgetProblems(scope: Scope, userIds: readonly string[]): Promise<void>;
}
