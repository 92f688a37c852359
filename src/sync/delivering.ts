import { windowsAt } from '../engine/gates/index.js';
import { ConfigurationError } from '../errors.js';
import { deliver, type Delivery } from '../people/index.js';
import type { SyncContext } from './options.js';

/** Whose delivery it is. */
export interface OutboxDelivery {
  /** The run that delivers. @default the run that caused the message */
  readonly runId?: string;
  readonly signal?: AbortSignal | undefined;
  /** Called for every message that was handed over. */
  readonly onSent?: () => void;
}

/** Hands over what is due, unless nothing goes out at this time. */
export async function deliverNow(context: SyncContext, signal: AbortSignal | undefined): Promise<Delivery> {
  if (context.mailer === undefined && context.textSender === undefined) {
    throw new ConfigurationError('mailer', 'is needed to deliver messages');
  }
  signal?.throwIfAborted();
  const windows = windowsAt(context.policy, context.clock.now());
  if (windows.has('quiet') || windows.has('blackout')) return { sent: 0, failures: [] };
  return deliverOutbox(context, { signal });
}

/** Hands over what is due, and tells of each message. */
export async function deliverOutbox(
  context: SyncContext,
  { runId, signal, onSent }: OutboxDelivery,
): Promise<Delivery> {
  const { store, mailer, textSender, scope, clock, events } = context;
  return deliver({
    store,
    mailer,
    textSender,
    scope,
    clock,
    ...(signal === undefined ? {} : { signal }),
    onSent: ({ kind, channel, userId, runId: cause }) => {
      onSent?.();
      const person = userId === undefined ? {} : { userId };
      events.emit('message-sent', { runId: runId ?? cause, kind, channel, ...person });
    },
  });
}
