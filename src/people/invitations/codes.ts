import { createHmac, randomBytes } from 'node:crypto';
import { ConfigurationError } from '../../errors.js';

/** A secret of the host's: 32 random bytes, or these in base64. */
export type CodeKey = string | Uint8Array;

/**
 * Codes are read from a screen or a letter and told on the phone: no two of these characters look alike, and of those whose
 * names rhyme (B, C, D, E, G, P, T, V, Z or A, J, K or S, F or M, N) one alone is there. Without vowels they spell no words.
 */
const ALPHABET = '2346789FHKMPRWXY';
const IN_ALPHABET = new RegExp(`^[${ALPHABET}]+$`, 'u');
const GROUP = 4;
/** 64 bits: who has no copy of the key can only guess, and guesses are counted. */
const KEYED_LENGTH = 16;
/** 96 bits: who has a copy of the store and guesses as fast as machines can, for every code in it at once, gets nowhere. */
const UNKEYED_LENGTH = 24;
const KEY_BYTES = 32;
/** What nobody has to know is no key. It is there so that a digest is made in one way. */
const NO_KEY = 'rosterkit';
/** More than any way to write a code takes. */
const LONGEST_TYPED = 200;

/** The codes of a tenant: made at random, and kept as digests under the host's key. */
export class Codes {
  readonly #tenant: string;
  readonly #keys: readonly Uint8Array[];

  /** @throws ConfigurationError naming `codeKey` where one is no key; it quotes nothing of it */
  constructor(tenant: string, codeKey: CodeKey | readonly CodeKey[] | undefined) {
    this.#tenant = tenant;
    this.#keys = codeKey === undefined ? [] : settleKeys(codeKey);
  }

  /** A random code such as `7KRM-X2FP-RW9H-46YM`, longer where there is no key. */
  create(): { readonly code: string; readonly digest: string } {
    const length = this.#keys.length === 0 ? UNKEYED_LENGTH : KEYED_LENGTH;
    // The alphabet's length divides 256, so every character is as likely as any other.
    const characters = Array.from(randomBytes(length), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
    const code = (characters.match(new RegExp(`.{${String(GROUP)}}`, 'gu')) ?? []).join('-');
    return { code, digest: this.#digest(this.#keys[0], characters) };
  }

  /**
   * The digests under which a code that was typed may be kept: one for each key. None where it can be no code. Hyphens,
   * spaces and case do not count: people type as they please.
   */
  digestsOf(typed: string): readonly string[] {
    const characters = typed
      .slice(0, LONGEST_TYPED)
      .normalize('NFKC')
      .toUpperCase()
      .replace(/[^\p{L}\p{N}]/gu, '');
    if (!IN_ALPHABET.test(characters)) return [];
    // Codes from before there was a key stay good: they are long enough to do without.
    if (characters.length === UNKEYED_LENGTH) return [this.#digest(undefined, characters)];
    if (characters.length !== KEYED_LENGTH) return [];
    return this.#keys.map((key) => this.#digest(key, characters));
  }

  /** A digest of something else that a store is to compare and not to know, such as who tries codes. */
  digestOf(purpose: string, text: string): string {
    return hmac(this.#keys[0], [purpose, this.#tenant, text]);
  }

  #digest(key: Uint8Array | undefined, characters: string): string {
    return hmac(key, ['code', this.#tenant, characters]);
  }
}

function hmac(key: Uint8Array | undefined, parts: readonly string[]): string {
  return createHmac('sha256', key ?? NO_KEY)
    .update(JSON.stringify(parts))
    .digest('hex');
}

function settleKeys(codeKey: unknown): readonly Uint8Array[] {
  const keys: readonly unknown[] = Array.isArray(codeKey) ? codeKey : [codeKey];
  if (keys.length === 0) throw new ConfigurationError('codeKey', 'names one key or more, the one to write with first');
  return keys.map((key) => {
    const bytes = bytesOf(key);
    if (bytes?.length !== KEY_BYTES) {
      throw new ConfigurationError(
        'codeKey',
        `is ${String(KEY_BYTES)} random bytes, or these in base64; or a list of such keys`,
      );
    }
    if (bytes.every((byte) => byte === bytes[0])) {
      throw new ConfigurationError('codeKey', 'is random bytes, and these are all the same');
    }
    return bytes;
  });
}

/** A copy, so that nothing that the caller does to the bytes later matters. */
function bytesOf(key: unknown): Uint8Array | undefined {
  if (key instanceof Uint8Array) return new Uint8Array(key);
  if (typeof key !== 'string' || !/^[\w+/-]+={0,2}$/.test(key)) return undefined;
  return new Uint8Array(Buffer.from(key, 'base64'));
}
