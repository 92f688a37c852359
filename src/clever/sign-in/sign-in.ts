import { SignInError } from '../../errors.js';
import {
  baseUrlNamed,
  callbackOf,
  keptSession,
  randomWord,
  signedIn,
  Transport,
  type TransportOptions,
} from '../../http/index.js';
import { withoutTrailing } from '../../internal/trailing.js';
import { checkedDistrictId } from '../districts/application.js';
import { CleverClient } from '../api/client.js';
import { type CodeExchangeOptions, exchangedCode, exchangeTransportOf, type Tokens } from './code-exchange.js';
import { IdTokenVerifier } from './id-token.js';
import type { CleverPerson } from './person.js';
import { resolvedPerson } from './person-lookup.js';
import { checkedSignInOptions, type CleverSignInOptions } from './sign-in-options.js';

/** Somebody is waiting: fewer attempts than where a roster is read. */
const RETRIES = 2;

/** What to keep in the person's own session, on the server or in a signed cookie, until Clever sends them back. */
export interface CleverSignInSession {
  /** Proves that the answer belongs to this browser. */
  readonly state: string;
  /** Proves that the id token belongs to this sign-in. */
  readonly nonce: string;
  /** For which district the sign-in began: people of another one are refused. @default any district */
  readonly districtId?: string | undefined;
}

/** A sign-in that begins. */
export interface CleverSignInStart extends CleverSignInSession {
  /** Where to send the browser. */
  readonly url: string;
}

/** The person has signed in. */
export interface CleverSignedIn {
  readonly outcome: 'signed-in';
  readonly person: CleverPerson;
  /**
   * The person's own token, good for about a day; it sees no more than the person, their schools and their district.
   * It is not enumerable: neither JSON nor a log shows it.
   */
  readonly accessToken: string;
}

/** Somebody came from Clever without a sign-in that began here, such as from Clever's portal: one begins now. */
export interface CleverBounce extends CleverSignInStart {
  readonly outcome: 'bounce';
}

/** For which district. */
export interface CleverSignInBeginOptions {
  /**
   * Clever's id of a district, so that the person need not look for their school. The URL alone proves nothing, as the
   * person may change it: `callback` refuses people of another district, by what was kept in the session.
   *
   * @default they choose
   */
  readonly districtId?: string | undefined;
}

/**
 * Sign in with Clever: OAuth 2.0 by code, with OpenID Connect where Clever has enabled it for the application.
 *
 * Every sign-in is tied to a browser by `state`. Logins from Clever's portal and from Instant Login links come without
 * one, and must not be believed as they are; they are *bounced*: sent to Clever once more, with a state, from where they
 * return at once.
 *
 * After `signed-in`: forget what was kept for the sign-in, put an end to whatever session the browser had (devices are
 * shared), and begin a new one. After a SignInError forget what was kept too.
 *
 * @throws ConfigurationError naming the option that is unknown, missing or impossible
 * @example
 * ```ts
 * import { CleverSignIn, type CleverSignInSession } from 'rosterkit/clever';
 *
 * const signIn = new CleverSignIn({
 *   clientId: process.env['CLEVER_CLIENT_ID'] ?? '',
 *   clientSecret: process.env['CLEVER_CLIENT_SECRET'] ?? '',
 *   redirectUri: 'https://app.example/clever/callback',
 * });
 *
 * export async function callback(url: string, session: { clever?: CleverSignInSession }): Promise<string> {
 *   const answer = await signIn.callback(url, session.clever);
 *   delete session.clever;
 *   if (answer.outcome === 'signed-in') return `/home/${answer.person.id}`;
 *   session.clever = { state: answer.state, nonce: answer.nonce, districtId: answer.districtId };
 *   return answer.url;
 * }
 * ```
 */
export class CleverSignIn {
  readonly #apiBaseUrl: string;
  readonly #version: '3.0' | '3.1' | undefined;
  /** How requests are made, whoever they are sent to. */
  readonly #requests: Pick<TransportOptions, 'allowInsecureHosts' | 'timeoutMs' | 'retries' | 'fetch'>;
  readonly #exchange: CodeExchangeOptions;
  readonly #codes: Transport;
  readonly #idTokens: IdTokenVerifier;

  constructor(options: CleverSignInOptions) {
    const known = checkedSignInOptions(options);
    const { clientId, clientSecret, redirectUri, allowInsecureHosts, fetch } = known;
    const { exchange: format = 'form', timeoutMs = 30_000 } = known;
    const baseUrl = withoutSlash(known.baseUrl ?? 'https://clever.com');
    this.#apiBaseUrl = withoutSlash(known.apiBaseUrl ?? known.baseUrl ?? 'https://api.clever.com');
    this.#version = known.version;
    this.#requests = { allowInsecureHosts, timeoutMs, retries: RETRIES, fetch };
    this.#exchange = { baseUrl, clientId, clientSecret, redirectUri, format };
    this.#codes = exchangeTransportOf(this.#requests, this.#exchange);
    // Nobody has a token yet; but a mistake in the URL is to be heard of now.
    this.#apiTransport({});
    this.#idTokens = new IdTokenVerifier({
      // Not that of the codes: they last for a minute, and must not wait while the keys are slow.
      transport: new Transport({ ...this.#requests, source: 'clever', baseUrl, authorize: () => ({}) }),
      issuer: baseUrl,
      clientId,
      keyOrigins: [new URL(baseUrl).origin, new URL(this.#apiBaseUrl).origin],
      timeoutMs,
      fetch,
    });
  }

  /**
   * A sign-in that begins here: keep `state`, `nonce` and, where it is given, `districtId` in the person's session, and
   * send the browser to `url`.
   *
   * @throws ConfigurationError where the id is none
   */
  begin({ districtId }: CleverSignInBeginOptions = {}): CleverSignInStart {
    const state = randomWord();
    const nonce = randomWord();
    const url = new URL(`${this.#exchange.baseUrl}/oauth/authorize`);
    url.searchParams.set('response_type', 'code');
    url.searchParams.set('client_id', this.#exchange.clientId);
    url.searchParams.set('redirect_uri', this.#exchange.redirectUri);
    if (districtId !== undefined) url.searchParams.set('district_id', checkedDistrictId(districtId));
    url.searchParams.set('state', state);
    url.searchParams.set('nonce', nonce);
    return { url: url.href, state, nonce, ...(districtId === undefined ? {} : { districtId }) };
  }

  /**
   * Clever's Instant Login link of a district: it may be put on any page, and signs in who follows it. Whoever does
   * arrives without a state, and is bounced.
   *
   * @throws ConfigurationError where the id is none
   */
  instantLoginUrl({ districtId }: { readonly districtId: string }): string {
    const url = new URL(`${this.#exchange.baseUrl}/oauth/instant-login`);
    url.searchParams.set('client_id', this.#exchange.clientId);
    url.searchParams.set('district_id', checkedDistrictId(districtId));
    return url.href;
  }

  /**
   * What became of a sign-in, from the request with which the browser came back. A bounce is for the district that the
   * session names, if it names one.
   *
   * @param request The URL of that request, whole or from the path on, or its query.
   * @param session What `begin`, or the bounce, gave for this very browser; undefined where it holds nothing.
   * @throws SignInError whose `problem` says what is wrong; the errors of requests where Clever cannot be asked
   */
  async callback(
    request: string | URL | URLSearchParams,
    session: CleverSignInSession | undefined,
  ): Promise<CleverSignedIn | CleverBounce> {
    const { code, state } = callbackOf(request, {
      source: 'clever',
      redirectUri: this.#exchange.redirectUri,
      administrator: 'its Clever administrator',
    });
    if (state === undefined) return { outcome: 'bounce', ...this.begin({ districtId: session?.districtId }) };
    const { nonce, districtId } = keptSession(state, session, 'clever');
    const tokens = await exchangedCode(this.#codes, this.#exchange, { code, state, nonce });
    const person = await this.#personOf(tokens, nonce);
    if (districtId !== undefined && person.district !== districtId) throw ofAnotherDistrict();
    return signedIn(person, tokens.accessToken);
  }

  async #personOf({ accessToken, idToken }: Tokens, nonce: string): Promise<CleverPerson> {
    const claims = idToken === undefined ? undefined : await this.#idTokens.verify(idToken, nonce);
    const version = this.#version;
    const client = new CleverClient({ ...this.#requests, baseUrl: this.#apiBaseUrl, version, token: accessToken });
    const transport = this.#apiTransport({ authorization: `Bearer ${accessToken}` });
    return await resolvedPerson({ transport, client }, claims);
  }

  #apiTransport(authorization: Readonly<Record<string, string>>): Transport {
    const authorize = () => authorization;
    return baseUrlNamed(
      'apiBaseUrl',
      () => new Transport({ ...this.#requests, source: 'clever', baseUrl: this.#apiBaseUrl, authorize }),
    );
  }
}

function withoutSlash(url: string): string {
  return withoutTrailing('/', url);
}

function ofAnotherDistrict(): SignInError {
  return new SignInError(
    'clever vouches for somebody of another district than the one that this sign-in began for. Let the person sign in again, with an account of that district.',
    { source: 'clever', problem: 'person' },
  );
}
