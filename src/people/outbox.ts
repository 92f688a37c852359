import { RosterError } from '../errors.js';
import type { Scope } from '../model/index.js';
import type {
  Channel,
  Clock,
  Mailer,
  OutboxMessage,
  OutboxStore,
  Receipt,
  RunFailure,
  SendOptions,
  TextSender,
} from '../ports/index.js';
import { addressDigest } from './invitation-code.js';
import { nextAttemptAt } from './retries.js';

/** Few enough for the slowest of mail servers to take while their claim lasts. */
const PAGE_SIZE = 20;
/** For how long messages stay with a process that died. */
const CLAIM_MS = 15 * 60_000;
/** Of a claim so old no further message is begun: what one of them takes fits into the rest. */
const OLDEST_CLAIM_MS = CLAIM_MS / 2;
/** After so many failures in a row the mail server is taken to be down: the other messages keep their attempts. */
const MAX_FAILURES_IN_A_ROW = 3;
/** After so many refusals in a row it is the server that takes nothing, and not the addresses: the others are kept. */
const MAX_REFUSALS_IN_A_ROW = 10;

/** What to deliver, and how. */
export interface DeliverOptions {
  readonly store: Pick<OutboxStore, 'claimMessages' | 'saveMessage' | 'problems' | 'saveProblem'>;
  /** @default mail waits */
  readonly mailer?: Mailer | undefined;
  /** @default texts wait */
  readonly textSender?: TextSender | undefined;
  readonly scope: Scope;
  /** Says which messages are due. */
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Called for every message that was handed over. */
  readonly onSent?: (message: OutboxMessage) => void;
}

/** What became of the messages of one delivery. */
export interface Delivery {
  /** Messages handed over. */
  readonly sent: number;
  /** One line for each kind of failure, with the number of messages. */
  readonly failures: readonly RunFailure[];
}

/**
 * Hands the messages of a scope that are due to the mailer and to the sender of texts, each once, however many processes do
 * so at the same time: a message is claimed before it is sent, and marked after. A crash between the two sends it again once
 * the claim has expired, under the same key. What failed for now rests, each time for longer, and is given up after days.
 * Where an address refuses for good, that is kept, and nothing is sent there again. A failing mailer is told in the result,
 * never thrown.
 *
 * @throws StoreError where the store fails
 */
export async function deliver(options: DeliverOptions): Promise<Delivery> {
  const { mailer, textSender } = options;
  const counts: Counts = { sent: 0, failed: 0, pending: 0, refused: 0, blocked: 0 };
  // One after the other: a mail server that is down is none of the texts' business.
  if (mailer !== undefined) {
    const hand: Hand = ({ to, subject, text, html }, how) =>
      mailer.send({ to, subject, text, ...(html === undefined ? {} : { html }) }, how);
    await new Outlet('email', hand, options, counts).drain();
  }
  if (textSender !== undefined) {
    await new Outlet('text', ({ to, text }, how) => textSender.send({ to, text }, how), options, counts).drain();
  }
  return { sent: counts.sent, failures: failureLines(counts) };
}

/** Hands one message over. */
type Hand = (message: OutboxMessage, options: SendOptions) => Promise<Receipt>;

interface Counts {
  sent: number;
  /** Given up, but for those whose recipients refused. */
  failed: number;
  pending: number;
  /** Recipients who refused for good. */
  refused: number;
  /** Messages to addresses that refused or bounced before. */
  blocked: number;
}

/** What became of one attempt. */
type Outcome = Receipt | 'refused' | 'postponed' | 'aborted';

/** The messages of one channel on their way out. */
class Outlet {
  readonly #claimedBy = crypto.randomUUID();
  /** Refused at their first attempt by a server that has taken nothing yet: perhaps it takes nothing at all. */
  #doubtful: { readonly message: OutboxMessage; readonly receipt: Receipt }[] = [];
  #hasTaken = false;
  #failuresInARow = 0;
  #refusalsInARow = 0;

  constructor(
    private readonly channel: Channel,
    private readonly hand: Hand,
    private readonly options: DeliverOptions,
    private readonly counts: Counts,
  ) {}

  async drain(): Promise<void> {
    while (await this.#handlePage());
    const isBelieved = this.#hasTaken || this.#refusalsInARow < MAX_REFUSALS_IN_A_ROW;
    for (const { message, receipt } of this.#doubtful) {
      if (isBelieved) await this.#settle(message, receipt);
      else await this.#postpone(message);
    }
  }

  /** Whether to go on. */
  async #handlePage(): Promise<boolean> {
    const { store, scope, clock } = this.options;
    const claimedAt = performance.now();
    const messages = await store.claimMessages(scope, {
      channel: this.channel,
      limit: PAGE_SIZE,
      claimedBy: this.#claimedBy,
      leaseMs: CLAIM_MS,
      now: clock.now().toISOString(),
    });
    const blocked = await this.#blockedOf(messages);
    for (const [at, message] of messages.entries()) {
      const isOld = performance.now() - claimedAt > OLDEST_CLAIM_MS;
      if (isOld || this.#isOver()) {
        for (const untried of messages.slice(at)) await this.#release(untried);
        return isOld && !this.#isOver();
      }
      await this.#handle(message, blocked);
    }
    return messages.length > 0 && !this.#isOver();
  }

  #isOver(): boolean {
    return (
      this.options.signal?.aborted === true ||
      this.#failuresInARow === MAX_FAILURES_IN_A_ROW ||
      this.#refusalsInARow === MAX_REFUSALS_IN_A_ROW
    );
  }

  /** The addresses of their recipients at which nothing arrives. */
  async #blockedOf(messages: readonly OutboxMessage[]): Promise<ReadonlySet<string>> {
    const { store, scope } = this.options;
    const userIds = [...new Set(messages.flatMap(({ userId }) => userId ?? []))];
    if (userIds.length === 0) return new Set();
    const problems = await store.problems(scope, { userIds });
    return new Set(problems.map(({ userId, addressDigest: digest }) => placeOf(userId, digest)));
  }

  async #handle(claimed: OutboxMessage, blocked: ReadonlySet<string>): Promise<void> {
    const { userId } = claimed;
    const to = claimed.to.filter(
      (address) => userId === undefined || !blocked.has(placeOf(userId, addressDigest(address, this.channel))),
    );
    if (to.length === 0) return this.#drop(claimed);
    const message = { ...claimed, to };
    const outcome = await this.#send(message);
    if (outcome === 'aborted') return this.#release(message);
    if (outcome === 'postponed') {
      this.#failuresInARow += 1;
      return this.#postpone(message);
    }
    this.#failuresInARow = 0;
    const receipt = outcome === 'refused' ? { accepted: [], refused: [] } : outcome;
    const isRefused = receipt.accepted.length === 0;
    this.#refusalsInARow = isRefused ? this.#refusalsInARow + 1 : 0;
    if (!isRefused) this.#hasTaken = true;
    if (isRefused && !this.#hasTaken && message.attempts === 0) this.#doubtful.push({ message, receipt });
    else await this.#settle(message, receipt);
  }

  async #send(message: OutboxMessage): Promise<Outcome> {
    const { signal } = this.options;
    const { idempotencyKey } = message;
    try {
      return await this.hand(message, { idempotencyKey, ...(signal === undefined ? {} : { signal }) });
    } catch (error) {
      if (signal?.aborted === true) return 'aborted';
      // A mailer that fails in a way of its own may well have sent: the same key makes another attempt safe.
      return RosterError.isInstance(error) && !error.isRetryable ? 'refused' : 'postponed';
    }
  }

  /** Writes what a receipt says: those who are deferred get the message later, and alone. */
  async #settle(message: OutboxMessage, receipt: Receipt): Promise<void> {
    const accepted = message.accepted + receipt.accepted.length;
    const { deferred = [] } = receipt;
    // First, so that a process that dies in between sends nothing there again.
    for (const address of receipt.refused) await this.#block(message, address);
    if (deferred.length > 0) return this.#postpone(message, { to: deferred, accepted });
    await this.#save(message, { state: accepted > 0 ? 'sent' : 'failed', accepted });
    // These are told as recipients.
    if (accepted === 0 && receipt.refused.length > 0) this.counts.failed -= 1;
  }

  async #postpone(
    message: OutboxMessage,
    rest: { readonly to?: readonly string[]; readonly accepted?: number } = {},
  ): Promise<void> {
    const { accepted = message.accepted } = rest;
    const notBefore = nextAttemptAt(message.attempts + 1, this.options.clock.now());
    if (notBefore === undefined) await this.#save(message, { state: accepted > 0 ? 'sent' : 'failed', accepted });
    else await this.#save(message, { state: 'pending', notBefore, ...rest });
  }

  async #save(
    message: OutboxMessage,
    outcome: {
      readonly state: 'sent' | 'failed' | 'pending';
      readonly to?: readonly string[];
      readonly accepted?: number;
      readonly notBefore?: string;
    },
  ): Promise<void> {
    const { store, scope, onSent } = this.options;
    this.counts[outcome.state] += 1;
    const attempts = message.attempts + 1;
    await store.saveMessage(scope, message.idempotencyKey, { claimedBy: this.#claimedBy, attempts, ...outcome });
    if (outcome.state === 'sent') onSent?.(message);
  }

  /** Keeps that a person's address refuses for good. */
  async #block({ userId, channel }: OutboxMessage, address: string): Promise<void> {
    const { store, scope, clock } = this.options;
    this.counts.refused += 1;
    if (userId === undefined) return;
    const at = clock.now().toISOString();
    await store.saveProblem(scope, {
      userId,
      channel,
      addressDigest: addressDigest(address, channel),
      reason: 'refused',
      at,
    });
  }

  /** Gives a message up of which nothing would arrive. */
  async #drop({ idempotencyKey, attempts, accepted }: OutboxMessage): Promise<void> {
    const { store, scope } = this.options;
    const state = accepted > 0 ? 'sent' : 'failed';
    this.counts.blocked += 1;
    await store.saveMessage(scope, idempotencyKey, { claimedBy: this.#claimedBy, state, attempts });
  }

  /** Gives an untried message back as it was. */
  async #release({ idempotencyKey, attempts, notBefore }: OutboxMessage): Promise<void> {
    const { store, scope } = this.options;
    const claimedBy = this.#claimedBy;
    const later = notBefore === undefined ? {} : { notBefore };
    await store.saveMessage(scope, idempotencyKey, { claimedBy, state: 'pending', attempts, ...later });
  }
}

/** A person's address. */
function placeOf(userId: string, digest: string): string {
  return `${digest} ${userId}`;
}

function failureLines(counts: Counts): RunFailure[] {
  const failures: RunFailure[] = [];
  if (counts.pending > 0) {
    const message = `Messages that could not be handed over: ${String(counts.pending)}. They are tried again later.`;
    failures.push({ code: 'mail', message });
  }
  if (counts.failed > 0) {
    const message = `Messages given up, because they were not wanted or failed too often: ${String(counts.failed)}.`;
    failures.push({ code: 'mail', message });
  }
  if (counts.refused > 0) {
    const message = `Recipients who refused for good: ${String(counts.refused)}. Nothing more is sent there.`;
    failures.push({ code: 'mail', message });
  }
  if (counts.blocked > 0) {
    const message = `Messages not sent, because nothing arrived at their address before: ${String(counts.blocked)}.`;
    failures.push({ code: 'mail', message });
  }
  return failures;
}
