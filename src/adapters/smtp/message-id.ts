import { sha256 } from '../../internal/sha256.js';

/** Half of a SHA-256: no two keys of one sender meet, and a header line stays short. */
const HEX_DIGITS = 32;
const OPAQUE = /^[0-9a-f]{32}$/;

/**
 * What a message is known by outside: the same for the same key, however often it is sent. The keys of invitations tell
 * nothing, and go as they are, so that a bounce leads back to its message. Any other may tell of districts and people: its
 * digest goes in its stead.
 */
export function outsideKey(idempotencyKey: string): string {
  return OPAQUE.test(idempotencyKey) ? idempotencyKey : sha256(idempotencyKey).slice(0, HEX_DIGITS);
}
