import { ConfigurationError, StoreError } from '../errors.js';
import { checkOptionNames, checkText } from '../internal/options.js';
import { fromBase64, toBase64Url } from './base64.js';
import { importKeys, KEY_ID } from './keys.js';
import type { ImportedKey, SealingKey } from './keys.js';

/** Options of {@link credentialSealer}. */
export interface CredentialSealerOptions {
  /** The first seals; every one of them opens what it sealed. */
  readonly keys: readonly SealingKey[];
}

/** What a sealed text is for. It opens for exactly this. */
export interface SealedFor {
  readonly tenant: string;
  /** What it is used for, such as `credentials clever`. */
  readonly purpose: string;
}

/** Seals texts under the host's keys. */
export interface CredentialSealer {
  /** The id of the key that seals. */
  readonly keyId: string;
  /** Seals a text, differently each time. */
  seal(text: string, to: SealedFor): Promise<string>;
  /**
   * Opens a sealed text.
   *
   * @throws ConfigurationError naming `keys` where the key that sealed it is not among them
   * @throws StoreError where it is no sealed text, was changed, or was sealed for something else or by another key of the
   *   same id; the message quotes nothing of it
   */
  open(sealed: string, to: SealedFor): Promise<string>;
  /** The id of the key that sealed the text; undefined where it is no sealed text. It proves nothing: open it for that. */
  keyIdOf(sealed: string): string | undefined;
}

/**
 * Says how a sealed text is made, in the text itself and in what is authenticated with it: a later version can tell its
 * own from these.
 */
const FORMAT = 'rosterkit-sealed-1';
/** What AES-GCM is specified for. Random ones are safe for four thousand million texts under one key (NIST SP 800-38D). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals credentials with AES-256-GCM under keys that you hold, so that a copy of the database alone opens none. A sealed text
 * names its format, its key and its nonce, and is bound to its tenant and purpose: moved to another tenant it does not open.
 *
 * To change keys, put the new one first, reseal ({@link CredentialVault.reseal}), and take the old one away.
 *
 * @throws ConfigurationError naming the key that is no key; it quotes nothing of it
 * @example
 * ```ts
 * import { credentialSealer } from 'rosterkit';
 *
 * const sealer = credentialSealer({ keys: [{ id: '2026-09', key: crypto.getRandomValues(new Uint8Array(32)) }] });
 * const to = { tenant: 'district-1', purpose: 'credentials clever' };
 * const sealed = await sealer.seal('a token', to);
 * const token = await sealer.open(sealed, to);
 * ```
 */
export function credentialSealer(options: CredentialSealerOptions): CredentialSealer {
  checkOptionNames(options, ['keys']);
  const keys = importKeys(options.keys);
  const byId = new Map<string, ImportedKey>(keys.map((key) => [key.id, key]));
  const [newest] = keys;
  return {
    keyId: newest.id,
    seal: async (text, to) => {
      const content = bytesOf(text);
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: boundTo(newest.id, to) };
      const bytes = await crypto.subtle.encrypt(algorithm, await newest.key(), content);
      return [FORMAT, newest.id, toBase64Url(nonce), toBase64Url(new Uint8Array(bytes))].join('.');
    },
    open: async (sealed, to) => {
      const parts = partsOf(sealed);
      if (parts === undefined) throw unopened('what is kept is no sealed text of a format that this version knows');
      const key = byId.get(parts.keyId);
      if (key === undefined) {
        throw new ConfigurationError('keys', `have no key ${parts.keyId}, which sealed what is to be opened`);
      }
      const algorithm = { name: 'AES-GCM', iv: parts.nonce, additionalData: boundTo(key.id, to) };
      const bytes = await crypto.subtle.decrypt(algorithm, await key.key(), parts.sealed).catch(() => {
        // What lies beneath says nothing more.
        throw unopened('what is kept was changed, or was sealed for another tenant or purpose, or by another key');
      });
      return decoder.decode(bytes);
    },
    keyIdOf: (sealed) => partsOf(sealed)?.keyId,
  };
}

interface SealedParts {
  readonly keyId: string;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly sealed: Uint8Array<ArrayBuffer>;
}

function partsOf(text: string): SealedParts | undefined {
  const [format, keyId = '', nonceText = '', sealedText = '', ...rest] = text.split('.');
  if (format !== FORMAT || !KEY_ID.test(keyId) || rest.length > 0) return undefined;
  const nonce = fromBase64(nonceText);
  const sealed = fromBase64(sealedText);
  if (nonce?.length !== NONCE_BYTES || sealed === undefined || sealed.length < TAG_BYTES) return undefined;
  // One text alone stands for these bytes: others of base64 differ in bits that count for nothing.
  if (toBase64Url(nonce) !== nonceText || toBase64Url(sealed) !== sealedText) return undefined;
  return { keyId, nonce, sealed };
}

/** Gives every character back, a byte order mark as well. */
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true });

function bytesOf(text: unknown): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(typeof text === 'string' ? text : '');
  if (decoder.decode(bytes) === text) return bytes;
  throw new ConfigurationError('text', 'is a text of whole characters');
}

/** What is authenticated with the text. A list in JSON: no two sets of words are one text. */
function boundTo(keyId: string, { tenant, purpose }: SealedFor): Uint8Array<ArrayBuffer> {
  checkText('tenant', tenant, 'is the tenant that the text belongs to');
  checkText('purpose', purpose, 'is what the text is used for');
  return new TextEncoder().encode(JSON.stringify([FORMAT, keyId, tenant, purpose]));
}

function unopened(what: string): StoreError {
  return new StoreError(`open: ${what}; ask for the credentials again`, { operation: 'open' });
}
