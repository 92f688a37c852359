/**
 * A sign-in by code (RFC 6749, section 4.1), as far as it is the same at every provider: the words that tie it to a
 * browser, and the request with which the browser comes back.
 *
 * @module
 */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { ConfigurationError, SignInError } from '../errors.js';

/** Who vouches for people, and where they are sent back to. */
export interface CallbackOptions {
  readonly source: string;
  readonly redirectUri: string;
  /** Whom a person has to ask who is not let in. */
  readonly administrator: string;
}

/** What a person comes back with. */
export interface Callback {
  readonly code: string;
  /** Absent where the sign-in did not begin here. */
  readonly state: string | undefined;
}

/** A word that is too long to be guessed: 256 bits. */
export function randomWord(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * The code and the state of the request with which the browser came back: a URL, whole or from the path on, or its query.
 *
 * @throws SignInError `denied`, `code` or `state`; ConfigurationError where it is no URL
 */
export function callbackOf(request: string | URL | URLSearchParams, options: CallbackOptions): Callback {
  const { source, administrator } = options;
  const query = queryOf(request, options.redirectUri);
  const only = (name: string) => onlyValue(query, name, source);
  const error = only('error');
  const code = only('code');
  const state = only('state');
  if (error !== undefined) {
    const word = KNOWN_REFUSALS.has(error) ? ` (${error})` : '';
    throw new SignInError(
      `${source} did not let the person in${word}. Their district may not have given them the application: ask ${administrator}.`,
      { source, problem: 'denied' },
    );
  }
  if (code === undefined) {
    throw new SignInError(`${source} sent the person back without a code. Let them sign in again.`, {
      source,
      problem: 'code',
    });
  }
  return { code, state };
}

/**
 * What was kept in the browser's session for the sign-in that `state` belongs to.
 *
 * @throws SignInError `state` where the answer is of another sign-in than the browser began, or where it began none
 */
export function keptSession<S extends { readonly state: string }>(
  state: string,
  session: S | null | undefined,
  source: string,
): S {
  // Not sent to sign in anew: where the browser keeps no session, the two would send each other round for ever.
  // A session is data from outside: it may have lost its state, or hold anything in its place.
  const kept: unknown = session?.state;
  if (!session || typeof kept !== 'string' || kept === '' || !isSame(state, kept)) throw anotherState(source);
  return session;
}

/** The person, with a token that neither JSON nor a log shows: it is not enumerable. */
export function signedIn<P>(
  person: P,
  accessToken: string,
): { readonly outcome: 'signed-in'; readonly person: P; readonly accessToken: string } {
  const result = { outcome: 'signed-in' as const, person, accessToken };
  Object.defineProperty(result, 'accessToken', { enumerable: false });
  return result;
}

/** A code that travels in the clear signs in whoever reads it. @throws ConfigurationError naming `redirectUri` */
export function checkRedirectUri(redirectUri: string, allowInsecureHosts: readonly string[] = []): void {
  const url = URL.canParse(redirectUri) ? new URL(redirectUri) : undefined;
  if (url === undefined || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new ConfigurationError('redirectUri', 'is not a URL without fragment, such as https://app.example/callback.');
  }
  const insecureHosts = ['localhost', '127.0.0.1', '[::1]', ...allowInsecureHosts];
  const isNamed = insecureHosts.some((host) => host === url.host || host === url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isNamed)) {
    throw new ConfigurationError('redirectUri', 'must be https; http is for this machine alone.');
  }
}

function queryOf(request: string | URL | URLSearchParams, redirectUri: string): URLSearchParams {
  if (request instanceof URLSearchParams) return request;
  if (!URL.canParse(request, redirectUri)) throw new ConfigurationError('request', 'is no URL.');
  return new URL(request, redirectUri).searchParams;
}

/** RFC 6749, section 3.1: a parameter comes once, and one without a value is as good as absent. */
function onlyValue(query: URLSearchParams, name: string, source: string): string | undefined {
  const values = query.getAll(name);
  if (values.length > 1) throw anotherState(source);
  return values[0] === '' ? undefined : values[0];
}

/** In the same time wherever the difference is. */
function isSame(one: string, other: string): boolean {
  const digest = (word: string) => createHash('sha256').update(word).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** What OAuth 2.0 and Clever say: anything else might be anybody's text. */
const KNOWN_REFUSALS: ReadonlySet<string> = new Set([
  'access_denied',
  'unauthorized-user',
  'unauthorized_user',
  'unauthorized_client',
  'invalid_request',
  'invalid_scope',
  'unsupported_response_type',
  'server_error',
  'temporarily_unavailable',
]);

function anotherState(source: string): SignInError {
  return new SignInError(
    'The answer belongs to no sign-in that this browser began: it is an old one, or the session was lost. Let the person sign in again, with cookies allowed.',
    { source, problem: 'state' },
  );
}
