import { z } from 'zod';
import { ConfigurationError } from '../../errors.js';
import { Transport, type TransportOptions } from '../../http/index.js';
import { checked } from '../checked.js';

/** How to reach Clever. */
export interface CleverClientOptions {
  /**
   * The district's token, or a function that gives it. The function is asked before every request, so that a token that
   * Clever has rotated is replaced in the middle of a read; it should remember what is costly to obtain. `refused` is the
   * token that Clever has just answered with 401: give another one if there is one, and the request is made again, once;
   * else give the same again.
   */
  readonly token: string | ((request: { readonly refused?: string | undefined }) => string | Promise<string>);
  /** @default 'https://api.clever.com' */
  readonly baseUrl?: string | undefined;
  /** Where Clever tells about tokens. @default 'https://clever.com', or `baseUrl` where one is given */
  readonly oauthBaseUrl?: string | undefined;
  /** The version of the Data API; 3.1 adds fields to 3.0 and changes none. @default '3.0' */
  readonly version?: '3.0' | '3.1' | undefined;
  /**
   * How many records to ask for at once, 1 to 10000 (Clever's limit). Where Clever is too slow for so many, fewer are
   * asked for, down to 50.
   *
   * @default 1000
   */
  readonly pageSize?: number | undefined;
  /** Hosts, with or without a port, for which http and private addresses are allowed. @default none */
  readonly allowInsecureHosts?: readonly string[] | undefined;
  /** For how long to wait for an answer, in milliseconds. @default 120000 */
  readonly timeoutMs?: number | undefined;
  /** How often a request that failed is made again. @default 4 */
  readonly retries?: number | undefined;
  /** The first pause before a request is made again, in milliseconds; each further one doubles. @default 500 */
  readonly minRetryDelayMs?: number | undefined;
  /** How many requests may be under way at once. @default 4 */
  readonly concurrency?: number | undefined;
  /**
   * How many requests a minute may be made with one token, by all clients of this process together. Clever allows 1200;
   * where Clever says that less is left, such as for another process with the same token, that counts.
   *
   * @default 1200
   */
  readonly requestsPerMinute?: number | undefined;
  /** Makes the requests, such as through a proxy. @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

type Token = CleverClientOptions['token'];
type Fetch = typeof globalThis.fetch;

const optionsSchema = z.strictObject({
  token: z.custom<Token>(
    (value) => typeof value === 'function' || (typeof value === 'string' && value !== ''),
    'is needed: the token of a district, or a function that gives it',
  ),
  baseUrl: z.string('is a URL').optional(),
  oauthBaseUrl: z.string('is a URL').optional(),
  version: z.enum(['3.0', '3.1'], "is '3.0' or '3.1'").optional(),
  pageSize: z
    .int('is a whole number')
    .min(1, 'is at least 1')
    .max(10_000, "is at most 10000, Clever's limit")
    .optional(),
  allowInsecureHosts: z.array(z.string('is a host'), 'is a list of hosts').readonly().optional(),
  timeoutMs: z.int('is a whole number of milliseconds').min(1, 'is at least 1').optional(),
  retries: z.int('is a whole number').min(0, 'is at least 0').optional(),
  minRetryDelayMs: z.int('is a whole number of milliseconds').min(0, 'is at least 0').optional(),
  concurrency: z.int('is a whole number').min(1, 'is at least 1').optional(),
  requestsPerMinute: z.int('is a whole number').min(1, 'is at least 1').optional(),
  fetch: z.custom<Fetch>((value) => typeof value === 'function', 'is a function like fetch').optional(),
});

/** The options, checked. @throws ConfigurationError naming the option that is unknown, missing or impossible */
export function checkedOptions(options: CleverClientOptions): CleverClientOptions {
  return checked(optionsSchema, options, { of: 'CleverClient', like: '{ token }' });
}

/** Gives the header that authorizes a request. A token that no header can carry is refused here, because fetch would quote it. */
export function authorization(token: Token): TransportOptions['authorize'] {
  return async ({ refused }) => {
    const request = refused === undefined ? {} : { refused: refused['authorization']?.slice(BEARER.length) };
    const value: unknown = typeof token === 'function' ? await token(request) : token;
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
      throw new ConfigurationError('token', 'is empty, or holds characters that no token has, such as a line break.');
    }
    return { authorization: `${BEARER}${value}` };
  };
}

const BEARER = 'Bearer ';

/** A transport for Clever's OAuth endpoints. @throws ConfigurationError naming `oauthBaseUrl` where it is impossible */
export function oauthTransport(options: TransportOptions): Transport {
  try {
    return new Transport(options);
  } catch (error) {
    if (!(error instanceof ConfigurationError) || error.parameter !== 'baseUrl') throw error;
    throw new ConfigurationError('oauthBaseUrl', error.message.slice('baseUrl: '.length));
  }
}
