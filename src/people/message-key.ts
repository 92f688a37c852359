import { sha256 } from '../internal/sha256.js';
import type { Channel, OutboxMessage } from '../ports/index.js';

/** Half of a SHA-256: no two keys meet, and a header line that holds one stays short. */
const HEX_DIGITS = 32;

/** What a message is about. */
export interface MessagePurpose {
  readonly tenant: string;
  /** The person, in the words of a change. */
  readonly subject: string;
  readonly kind: OutboxMessage['kind'];
  readonly channel: Channel;
  readonly addressDigest: string;
}

/**
 * The idempotency key of a message: the same for the same purpose, whatever crashes. It goes into headers and to services
 * outside, so it is a digest, which tells of no district and no person; the store finds the message by it.
 */
export function messageKey({ tenant, subject, kind, channel, addressDigest }: MessagePurpose): string {
  return sha256(JSON.stringify([tenant, subject, kind, channel, addressDigest])).slice(0, HEX_DIGITS);
}

/** The idempotency key of a notice: one for each run and address. */
export function noticeKey(notice: {
  readonly tenant: string;
  readonly runId: string;
  readonly addressDigest: string;
}): string {
  const { tenant, runId, addressDigest } = notice;
  return sha256(JSON.stringify([tenant, 'run', runId, addressDigest])).slice(0, HEX_DIGITS);
}

/** The key in a Message-ID, or in what is a key by itself. */
export function keyOfMessageId(messageId: string): string {
  const trimmed = messageId.trim().replace(/^<|>$/g, '');
  return trimmed.replace(/@[^@]*$/, '').toLowerCase();
}
