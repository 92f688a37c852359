import type { ClaimOptions, MessageOutcome, OutboxMessage } from '../../ports/index.js';
import type { Tenant } from './tenant.js';

/** Of each key the first message stays. */
export function writeMessages(
  { outbox }: Tenant,
  scopeKey: string,
  messages: readonly OutboxMessage[],
  at: string,
): void {
  for (const message of messages) {
    if (!outbox.has(message.idempotencyKey)) outbox.set(message.idempotencyKey, { scopeKey, at, message });
  }
}

export function releaseWaiting({ outbox }: Tenant, scopeKey: string): void {
  for (const [key, kept] of outbox) {
    if (kept.scopeKey !== scopeKey || kept.message.state !== 'waiting') continue;
    outbox.set(key, { ...kept, message: { ...kept.message, state: 'pending' } });
  }
}

/** Takes what is due and nobody's, in the order of writing. */
export function claimMessages(
  { outbox }: Tenant,
  scopeKey: string,
  options: ClaimOptions,
  nowMs: number,
): readonly OutboxMessage[] {
  const { channel, limit, claimedBy, leaseMs, now } = options;
  const claimed: OutboxMessage[] = [];
  for (const [key, kept] of outbox) {
    if (claimed.length >= limit) break;
    const { message, claim } = kept;
    if (kept.scopeKey !== scopeKey || message.state !== 'pending' || message.channel !== channel) continue;
    if (message.notBefore !== undefined && message.notBefore > now) continue;
    if (claim !== undefined && claim.expiresAtMs > nowMs) continue;
    outbox.set(key, { ...kept, claim: { by: claimedBy, expiresAtMs: nowMs + leaseMs } });
    claimed.push(message);
  }
  return claimed;
}

/** Writes what became of a message, if the latest claim is still the writer's. */
export function saveMessage({ outbox }: Tenant, key: string, outcome: MessageOutcome): boolean {
  const kept = outbox.get(key);
  if (kept?.claim?.by !== outcome.claimedBy) return false;
  const { scopeKey, at, message } = kept;
  const { state, attempts, to = message.to, accepted = message.accepted, notBefore } = outcome;
  const { html, replyTo, notBefore: _earlier, ...rest } = { ...message, state, attempts, to, accepted };
  outbox.set(key, {
    scopeKey,
    at,
    message:
      state === 'pending'
        ? {
            ...rest,
            ...(html === undefined ? {} : { html }),
            ...(replyTo === undefined ? {} : { replyTo }),
            ...(notBefore === undefined ? {} : { notBefore }),
          }
        : { ...rest, to: [], subject: '', text: '' },
  });
  return true;
}
