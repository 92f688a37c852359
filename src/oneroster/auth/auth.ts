import { ConfigurationError } from '../../errors.js';

/** What proves to a server who asks. Made by `oauth1` or `bearer`; holds its secrets where no log finds them. */
export interface OneRosterAuth {
  /** The headers that authorize this very request. */
  authorize(request: {
    readonly method: string;
    readonly url: URL;
  }): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
}

/**
 * Sends a bearer token with every request: one that does not change, or a function that is asked before each request.
 *
 * @throws ConfigurationError where there is no token
 * @example
 * ```ts
 * import { bearer, OneRosterClient } from 'rosterkit/oneroster';
 *
 * export const clientOf = (token: string) =>
 *   new OneRosterClient({ baseUrl: 'https://roster.example.com', auth: bearer(token) });
 * ```
 */
export function bearer(token: string | (() => string | Promise<string>)): OneRosterAuth {
  if (typeof token !== 'function' && (typeof token !== 'string' || token.trim() === '')) {
    throw new ConfigurationError('token', 'is the bearer token, a text, or a function that gives it');
  }
  return {
    authorize: async () => ({ authorization: `Bearer ${typeof token === 'function' ? await token() : token}` }),
  };
}
