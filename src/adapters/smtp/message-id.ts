import { sha256 } from '../../internal/sha256.js';

/** Half of a SHA-256: no two keys of one sender meet, and a header line stays short. */
const HEX_DIGITS = 32;

/**
 * What a message is known by outside: the same for the same key, however often it is sent. A key tells of districts and
 * people, so only its digest leaves the house.
 */
export function keyDigest(idempotencyKey: string): string {
  return sha256(idempotencyKey).slice(0, HEX_DIGITS);
}
