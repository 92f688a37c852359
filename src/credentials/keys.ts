import { ConfigurationError } from '../errors.js';
import { fromBase64 } from './base64.js';

/** A key of the host's, under a name that is no secret. */
export interface SealingKey {
  /** Stands in every text that the key sealed: 1 to 64 letters, digits, `_` and `-`, such as `2026-09`. */
  readonly id: string;
  /** 32 random bytes, or these in base64. */
  readonly key: Uint8Array | string;
}

/** A key that is ready to be used. */
export interface ImportedKey {
  readonly id: string;
  /** Cannot be read back. */
  readonly key: () => Promise<CryptoKey>;
}

const KEY_BYTES = 32;

/** What the id of a key may be. */
export const KEY_ID = /^[\w-]{1,64}$/;

/** @throws ConfigurationError naming the key that is none; it quotes nothing of it */
export function importKeys(keys: unknown): readonly [ImportedKey, ...ImportedKey[]] {
  if (!Array.isArray(keys) || keys.length === 0) {
    throw new ConfigurationError('keys', 'is a list of keys, the one to seal with first: [{ id, key }]');
  }
  const [first, ...others] = keys.map((key: unknown, index) => importKey(key, `keys[${String(index)}]`));
  const imported = [first as ImportedKey, ...others] as const;
  const ids = new Set(imported.map(({ id }) => id));
  if (ids.size < imported.length) {
    throw new ConfigurationError('keys', 'have ids that differ: a sealed text names its key by the id');
  }
  return [...imported];
}

function importKey(given: unknown, parameter: string): ImportedKey {
  if (typeof given !== 'object' || given === null) throw new ConfigurationError(parameter, 'is a key: { id, key }');
  const { id, key } = given as { readonly id?: unknown; readonly key?: unknown };
  if (typeof id !== 'string' || !KEY_ID.test(id)) {
    throw new ConfigurationError(`${parameter}.id`, 'is 1 to 64 letters, digits, _ and -');
  }
  const bytes = bytesOf(key);
  if (bytes?.length !== KEY_BYTES) {
    throw new ConfigurationError(`${parameter}.key`, `is ${String(KEY_BYTES)} bytes, or these in base64`);
  }
  if (bytes.every((byte) => byte === bytes[0])) {
    throw new ConfigurationError(`${parameter}.key`, 'is random bytes, and these are all the same');
  }
  let imported: Promise<CryptoKey> | undefined;
  return {
    id,
    key: () => {
      imported ??= crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
      return imported;
    },
  };
}

/** A copy, so that nothing that the caller does to the bytes later matters. */
function bytesOf(key: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof key === 'string') return fromBase64(key);
  return key instanceof Uint8Array ? new Uint8Array(key) : undefined;
}
