import { normalPhone } from '../internal/contact.js';
import { sha256 } from '../internal/sha256.js';
import type { Channel } from '../ports/index.js';

/** No 0, O, 1, I or L: a code is read from a screen and typed by hand. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const LENGTH = 12;
const GROUP = 4;

/** A random code such as `7KQM-X2DP-RW9C`: 31 to the power of 12 of them, about 59 bits. */
export function invitationCode(): string {
  let code = '';
  while (code.length < LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH))) {
      // Bytes past the last multiple of the alphabet's length would make its first letters likelier.
      if (byte < 256 - (256 % ALPHABET.length) && code.length < LENGTH) code += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return (code.match(new RegExp(`.{${String(GROUP)}}`, 'g')) ?? []).join('-');
}

/** What is kept of a code. Hyphens, spaces and case do not count: people type as they please. */
export function codeDigest(code: string): string {
  return sha256(code.replace(/[\s-]/g, '').toUpperCase());
}

/** What is kept of an address or a number, to tell one purpose of an invitation from another. */
export function addressDigest(address: string, channel: Channel = 'email'): string {
  return sha256(channel === 'text' ? normalPhone(address) : address.toLowerCase());
}
