import { RosterError } from '../errors.js';
import type { Scope } from '../model/index.js';
import type { Mailer, OutboxMessage, Receipt, RosterStore, RunFailure } from '../ports/index.js';

const PAGE_SIZE = 100;
/** After so many attempts, one in each run, a message is given up. */
const MAX_ATTEMPTS = 5;
/** After so many failures in a row the mail server is taken to be down: the other messages keep their attempts. */
const MAX_FAILURES_IN_A_ROW = 3;
/** After so many refusals in a row it is the server that takes nothing, and not the addresses: the others are kept. */
const MAX_REFUSALS_IN_A_ROW = 10;

/** What to deliver, and how. */
export interface DeliverOptions {
  readonly store: Pick<RosterStore, 'pendingMessages' | 'saveMessage'>;
  readonly mailer: Mailer;
  readonly scope: Scope;
  readonly signal?: AbortSignal;
  /** Called for every message that the mailer accepted. */
  readonly onSent?: (message: OutboxMessage) => void;
}

/** What became of the messages of one delivery. */
export interface Delivery {
  /** Messages handed to the mailer. */
  readonly sent: number;
  /** One line for each kind of failure, with the number of messages. */
  readonly failures: readonly RunFailure[];
}

type Outcome = 'sent' | 'refused' | 'postponed';

/**
 * Hands the waiting messages of a scope to the mailer, each once. A message is marked after it was sent, so a crash
 * between the two sends it again, under the same key. A failing mailer is told in the result, never thrown.
 *
 * @throws StoreError where the store fails
 */
export async function deliver(options: DeliverOptions): Promise<Delivery> {
  const { store, scope, signal } = options;
  const postponed = new Set<string>();
  const counts = { sent: 0, failed: 0, pending: 0 };
  let failuresInARow = 0;
  let refusalsInARow = 0;
  const isServerDown = (): boolean =>
    failuresInARow === MAX_FAILURES_IN_A_ROW || refusalsInARow === MAX_REFUSALS_IN_A_ROW;
  for (;;) {
    // What could not be sent stays pending and comes first again: look past it.
    const page = await store.pendingMessages(scope, { limit: PAGE_SIZE + postponed.size });
    const messages = page.filter((message) => !postponed.has(message.idempotencyKey));
    if (messages.length === 0) return { sent: counts.sent, failures: failureLines(counts) };
    for (const message of messages) {
      if (isAborted(signal) || isServerDown()) {
        return { sent: counts.sent, failures: failureLines(counts) };
      }
      const outcome = await send(message, options);
      if (outcome === 'aborted') continue;
      failuresInARow = outcome === 'postponed' ? failuresInARow + 1 : 0;
      if (outcome !== 'postponed') refusalsInARow = outcome === 'refused' ? refusalsInARow + 1 : 0;
      const attempts = message.attempts + 1;
      const isGivenUp = outcome === 'refused' || (outcome === 'postponed' && attempts >= MAX_ATTEMPTS);
      const state = outcome === 'sent' ? 'sent' : isGivenUp ? 'failed' : 'pending';
      counts[state] += 1;
      if (state === 'pending') postponed.add(message.idempotencyKey);
      await store.saveMessage(scope, message.idempotencyKey, { state, attempts });
      if (outcome === 'sent') options.onSent?.(message);
    }
  }
}

async function send(message: OutboxMessage, { mailer, signal }: DeliverOptions): Promise<Outcome | 'aborted'> {
  const { to, subject, text, html, idempotencyKey } = message;
  let receipt: Receipt;
  try {
    receipt = await mailer.send(
      { to, subject, text, ...(html === undefined ? {} : { html }) },
      { idempotencyKey, ...(signal === undefined ? {} : { signal }) },
    );
  } catch (error) {
    if (isAborted(signal)) return 'aborted';
    // A mailer that fails in a way of its own may well have sent: the same key makes another attempt safe.
    return RosterError.isInstance(error) && !error.isRetryable ? 'refused' : 'postponed';
  }
  return receipt.accepted.length > 0 ? 'sent' : 'refused';
}

function failureLines(counts: { readonly failed: number; readonly pending: number }): RunFailure[] {
  const failures: RunFailure[] = [];
  if (counts.pending > 0) {
    const message = `Messages that could not be handed over: ${String(counts.pending)}. The next run tries again.`;
    failures.push({ code: 'mail', message });
  }
  if (counts.failed > 0) {
    const message = `Messages given up, because they were refused or failed too often: ${String(counts.failed)}.`;
    failures.push({ code: 'mail', message });
  }
  return failures;
}

/** Read anew each time: the type of a signal does not tell that it changes. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
