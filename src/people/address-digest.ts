import { normalPhone } from '../internal/contact.js';
import { sha256 } from '../internal/sha256.js';
import type { Channel } from '../ports/index.js';

/** What is kept of an address or a number, to tell one purpose of an invitation from another. */
export function addressDigest(address: string, channel: Channel = 'email'): string {
  return sha256(channel === 'text' ? normalPhone(address) : address.toLowerCase());
}
