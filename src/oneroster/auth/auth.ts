import { ConfigurationError } from '../../errors.js';

/** Headers that authorize a request. */
export type OneRosterAuthHeaders = Readonly<Record<string, string>>;

/** A request that is to be authorized. */
export interface OneRosterAuthRequest {
  readonly method: string;
  /** The very URL that is requested, query and all. */
  readonly url: URL;
  /** The headers of the attempt that was just answered with 401. @default the first attempt */
  readonly refused?: OneRosterAuthHeaders | undefined;
}

/**
 * What proves to a server who asks. Made by `oauth1`, `clientCredentials` or `bearer`; holds its secrets where no log
 * finds them.
 */
export interface OneRosterAuth {
  /** The headers that authorize this very request. */
  authorize(request: OneRosterAuthRequest): OneRosterAuthHeaders | Promise<OneRosterAuthHeaders>;
  /**
   * Whether a 401 is worth asking `authorize` once more. The request is then made again, once, if the new headers differ
   * from the refused ones.
   *
   * @default false
   */
  readonly canReauthorize?: boolean | undefined;
  /** What to check after a 401, as one sentence for the error; without secrets. @default the credentials in general */
  readonly whenRefused?: string | undefined;
}

/** Gives a bearer token. `refused` is the one that the server has just answered with 401. */
export type BearerTokenProvider = (request?: { readonly refused?: string | undefined }) => string | Promise<string>;

/**
 * Sends a bearer token with every request: one that does not change, or a function that is asked before each request,
 * and once more where the server has refused the token that it gave.
 *
 * @throws ConfigurationError naming `token` where there is none, or one that no header can carry; of what a function
 *   gives, the request throws it
 * @example
 * ```ts
 * import { bearer, OneRosterClient } from 'rosterkit/oneroster';
 *
 * export const clientOf = (token: string) =>
 *   new OneRosterClient({ baseUrl: 'https://roster.example.com', auth: bearer(token) });
 * ```
 */
export function bearer(token: string | BearerTokenProvider): OneRosterAuth {
  const whenRefused = 'Check the bearer token, and that it is one of this server.';
  if (typeof token === 'function') {
    return {
      canReauthorize: true,
      whenRefused,
      authorize: async ({ refused }) => bearerHeader(await token({ refused: bearerTokenOf(refused) })),
    };
  }
  const header = bearerHeader(token);
  return { whenRefused, authorize: () => header };
}

/** The header that carries a token. @throws ConfigurationError naming `token` where none can */
export function bearerHeader(token: unknown): OneRosterAuthHeaders {
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw new ConfigurationError(
      'token',
      'is the bearer token, a text without spaces and line breaks, or a function that gives it',
    );
  }
  return { authorization: `Bearer ${token}` };
}

/** The token that headers carry, where they carry one. */
export function bearerTokenOf(headers: OneRosterAuthHeaders | undefined): string | undefined {
  const header = headers?.['authorization'];
  return header?.startsWith('Bearer ') === true ? header.slice('Bearer '.length) : undefined;
}
