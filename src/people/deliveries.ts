import { ConfigurationError } from '../errors.js';
import { isAddressToBlame } from '../internal/delivery-status.js';
import { checkOptionNames, checkText } from '../internal/options.js';
import type { Scope } from '../model/index.js';
import type { Clock, DeliveryProblem, OutboxMessage, OutboxStore } from '../ports/index.js';
import { addressDigest } from './address-digest.js';
import { keyOfMessageId } from './message-key.js';

/** What {@link Deliveries} works with. */
export interface DeliveriesOptions {
  readonly store: Pick<OutboxStore, 'message' | 'saveProblem' | 'problems' | 'forgetProblems'>;
  readonly scope: Scope;
  /** @default the system's clock */
  readonly clock?: Clock;
}

/** A bounce, as a mail service's webhook or a delivery status notification (RFC 3464) tells of it. */
export interface BounceReport {
  /** The `Message-ID` of the message that bounced, with or without its angle brackets; or its idempotency key. */
  readonly messageId: string;
  /**
   * Why: a status of RFC 3463, such as `5.1.1`, or the reply code of a mail server, such as `550`. Where a service only says
   * that it is for good, `5.0.0`.
   */
  readonly status: string;
  /** Who did not get it. @default the one to whom the message went */
  readonly recipient?: string;
}

/**
 * What became of a bounce.
 *
 * - `recorded`: nothing more is sent there.
 * - `ignored`: it may pass, or it says nothing about the address; or the message was to no person in particular.
 * - `unknown`: the tenant has sent no such message, or not to this recipient.
 */
export type BounceOutcome = 'recorded' | 'ignored' | 'unknown';

/**
 * Where messages of a tenant do not arrive. Nothing is sent to such an address again until the person has another one.
 *
 * @example
 * ```ts
 * import { Deliveries, type RosterStore } from 'rosterkit';
 *
 * // What a mail service posts when a message bounces.
 * export async function onBounce(store: RosterStore, tenant: string, body: { messageId: string; code: string }) {
 *   const deliveries = new Deliveries({ store, scope: { tenant } });
 *   return deliveries.bounced({ messageId: body.messageId, status: body.code });
 * }
 * ```
 */
export class Deliveries {
  readonly #store: DeliveriesOptions['store'];
  readonly #scope: Scope;
  readonly #clock: Clock;

  /** @throws ConfigurationError naming an option that does not exist */
  constructor(options: DeliveriesOptions) {
    checkOptionNames(options, ['store', 'scope', 'clock']);
    this.#store = options.store;
    this.#scope = options.scope;
    this.#clock = options.clock ?? { now: () => new Date() };
  }

  /** The addresses at which people cannot be reached, as digests, each with its person. */
  async problems(): Promise<readonly DeliveryProblem[]> {
    return this.#store.problems(this.#scope);
  }

  /**
   * Takes a bounce, and keeps it where the address is to blame for good. Whoever can write to your webhook or your mailbox
   * can make up a bounce: check the signature of the service that it comes from.
   *
   * @throws ConfigurationError naming what is missing or impossible; `recipient` where the message went to several
   * @throws StoreError where the store fails
   */
  async bounced(report: BounceReport): Promise<BounceOutcome> {
    checkOptionNames(report, ['messageId', 'status', 'recipient']);
    const { messageId, status, recipient } = report;
    checkText('messageId', messageId, 'is a Message-ID, or an idempotency key');
    if (recipient !== undefined) checkText('recipient', recipient, 'is an address');
    const isHard = isForGood(status);
    const message = await this.#find(messageId);
    if (message === undefined) return 'unknown';
    const digest = digestOf(message, recipient);
    if (digest === undefined) return 'unknown';
    const { userId, channel } = message;
    if (!isHard || userId === undefined) return 'ignored';
    const at = this.#clock.now().toISOString();
    const problem = { userId, channel, addressDigest: digest, reason: 'bounced', status: status.trim(), at } as const;
    await this.#store.saveProblem(this.#scope, problem);
    return 'recorded';
  }

  /** Forgets what is known of a person's addresses, because they are right after all: the next message goes there. */
  async forgive(userId: string): Promise<void> {
    await this.#store.forgetProblems(this.#scope, [userId]);
  }

  async #find(messageId: string): Promise<OutboxMessage | undefined> {
    const exact = await this.#store.message(this.#scope, messageId.trim());
    return exact ?? this.#store.message(this.#scope, keyOfMessageId(messageId));
  }
}

/** The digest of the address that a bounce is about; undefined where the message never went there. */
function digestOf({ addressDigests, channel }: OutboxMessage, recipient: string | undefined): string | undefined {
  // Forwarded mail bounces at another address than it was sent to: where there is one, it is that one.
  if (addressDigests.length === 1) return addressDigests[0];
  if (recipient === undefined) {
    throw new ConfigurationError('recipient', 'is needed: the message went to several');
  }
  // As a delivery status notification writes it: `rfc822;ada@school.example`.
  const address = recipient.replace(/^[^;@]*;/, '').trim();
  const digest = addressDigest(address.replace(/^<|>$/g, ''), channel);
  return addressDigests.includes(digest) ? digest : undefined;
}

/** Whether a status says that nothing will ever arrive there. */
function isForGood(status: unknown): boolean {
  const answer = typeof status === 'string' ? isAddressToBlame(status.trim()) : undefined;
  if (answer === undefined) {
    throw new ConfigurationError('status', 'is a status such as 5.1.1, or a reply code such as 550');
  }
  return answer;
}
