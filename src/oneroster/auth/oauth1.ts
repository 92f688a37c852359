import { createHmac, randomBytes } from 'node:crypto';
import { ConfigurationError } from '../../errors.js';
import { checkOptionNames } from '../../internal/options.js';
import { compareIds } from '../../internal/ordered.js';
import type { OneRosterAuth } from './auth.js';

/** How requests are signed. ClassLink's own libraries use HMAC-SHA256; some servers still want HMAC-SHA1. */
export type OAuth1SignatureMethod = 'HMAC-SHA256' | 'HMAC-SHA1';

/** What OAuth 1.0a signs requests with. */
export interface OAuth1Options {
  /** The consumer key, which ClassLink calls client id. */
  readonly key: string;
  /** The consumer secret. */
  readonly secret: string;
  /** @default 'HMAC-SHA256' */
  readonly signatureMethod?: OAuth1SignatureMethod | undefined;
  /** A word that is never used twice. @default 32 random hexadecimal digits */
  readonly nonce?: (() => string) | undefined;
  /** Seconds since 1970. @default the clock of this machine */
  readonly timestamp?: (() => number) | undefined;
}

const OPTION_NAMES = [
  'key',
  'secret',
  'signatureMethod',
  'nonce',
  'timestamp',
] as const satisfies readonly (keyof OAuth1Options)[];

const HASHES = { 'HMAC-SHA256': 'sha256', 'HMAC-SHA1': 'sha1' } as const;

/**
 * Signs every request by OAuth 1.0a (RFC 5849) with a key and a secret and without a token.
 *
 * @throws ConfigurationError naming the option that is unknown, missing or impossible
 * @example
 * ```ts
 * import { OneRosterClient, oauth1 } from 'rosterkit/oneroster';
 *
 * export const clientOf = (key: string, secret: string) =>
 *   new OneRosterClient({ baseUrl: 'https://roster.example.com', auth: oauth1({ key, secret }) });
 * ```
 */
export function oauth1(options: OAuth1Options): OneRosterAuth {
  checkOptionNames(options, OPTION_NAMES);
  const { key, secret, signatureMethod = 'HMAC-SHA256' } = options;
  checkWord('key', key);
  checkWord('secret', secret);
  if (!Object.hasOwn(HASHES, signatureMethod)) {
    throw new ConfigurationError('signatureMethod', 'is HMAC-SHA256 or HMAC-SHA1');
  }
  const nonce = options.nonce ?? (() => randomBytes(16).toString('hex'));
  const timestamp = options.timestamp ?? (() => Math.floor(Date.now() / 1000));
  return {
    whenRefused: `Check the key, the secret, the clock of this machine, and signatureMethod: it is ${signatureMethod}, and some servers want ${signatureMethod === 'HMAC-SHA1' ? 'HMAC-SHA256' : 'HMAC-SHA1'}.`,
    authorize: ({ method, url }) => {
      const parameters = {
        oauth_consumer_key: key,
        oauth_nonce: nonce(),
        oauth_signature_method: signatureMethod,
        oauth_timestamp: String(timestamp()),
      };
      const signature = oauth1Signature({ method, url, parameters, secret, signatureMethod });
      const header = Object.entries({ ...parameters, oauth_signature: signature })
        .map(([name, value]) => `${percentEncoded(name)}="${percentEncoded(value)}"`)
        .join(', ');
      return { authorization: `OAuth ${header}` };
    },
  };
}

/** Half a surrogate pair has no encoding at all. */
function checkWord(parameter: 'key' | 'secret', word: unknown): void {
  if (typeof word === 'string' && word.trim() !== '' && !/\p{Surrogate}/u.test(word)) return;
  throw new ConfigurationError(parameter, `is the consumer ${parameter}, a text`);
}

/** What a signature is made of. */
export interface SignatureInput {
  readonly method: string;
  /** The very URL that is requested, query and all. */
  readonly url: URL;
  /** The protocol's parameters without the signature, and those of a form body. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly secret: string;
  /** @default '' because OneRoster knows no token */
  readonly tokenSecret?: string;
  readonly signatureMethod: OAuth1SignatureMethod;
}

/** The signature of a request (RFC 5849, section 3.4), in base64. */
export function oauth1Signature(input: SignatureInput): string {
  const key = `${percentEncoded(input.secret)}&${percentEncoded(input.tokenSecret ?? '')}`;
  return createHmac(HASHES[input.signatureMethod], key).update(baseString(input)).digest('base64');
}

function baseString({ method, url, parameters }: SignatureInput): string {
  const encoded = [...queryOf(url), ...Object.entries(parameters)]
    .map(([name, value]) => [percentEncoded(name), percentEncoded(value)] as const)
    // After encoding everything is ASCII, so that this is the order of bytes that section 3.4.1.3.2 asks for.
    .sort((left, right) => compareIds(left[0], right[0]) || compareIds(left[1], right[1]))
    .map((pair) => pair.join('='))
    .join('&');
  const target = `${url.protocol}//${url.host}${url.pathname}`;
  return [method.toUpperCase(), target, encoded].map(percentEncoded).join('&');
}

/** The query as section 3.4.1.3.1 reads it: a form, in which `+` is a space and only the first `=` divides. */
function queryOf(url: URL): [string, string][] {
  return [...new URLSearchParams(url.search)];
}

/** Percent-encoding by section 3.6: all but letters, digits and `-._~`. `encodeURIComponent` leaves `!'()*` as well. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
