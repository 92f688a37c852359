import { createHash } from 'node:crypto';
import { DecodeError, SignInError } from '../../errors.js';
import {
  baseUrlNamed,
  callbackOf,
  type JsonResponse,
  keptSession,
  randomWord,
  signedIn,
  Transport,
  type TransportOptions,
} from '../../http/index.js';
import { withoutTrailing } from '../../internal/trailing.js';
import { type CodeExchangeOptions, exchangedCode, exchangeTransportOf } from './code-exchange.js';
import { checkOptionNames } from '../../internal/options.js';
import { type ClassLinkPerson, type ClassLinkStudent, personOf, studentsOf } from './person.js';
import { checkTenantId, isSameTenant } from '../tenant.js';
import { checkSignInOptions, type ClassLinkSignInOptions } from './sign-in-options.js';

/** Somebody is waiting: fewer attempts than where a roster is read. */
const RETRIES = 2;

/** What to keep in the person's own session, on the server or in a signed cookie, until ClassLink sends them back. */
export interface ClassLinkSignInSession {
  /** Proves that the answer belongs to this browser. */
  readonly state: string;
  /** Proves that the code was asked for here, where PKCE is enabled; as secret as the session. @default no PKCE */
  readonly codeVerifier?: string | undefined;
  /** For which district the sign-in began: people of another one are refused. @default any district */
  readonly tenantId?: string | number | undefined;
}

/** A sign-in that begins. */
export interface ClassLinkSignInStart extends ClassLinkSignInSession {
  /** Where to send the browser. */
  readonly url: string;
}

/** The person has signed in. */
export interface ClassLinkSignedIn {
  readonly outcome: 'signed-in';
  readonly person: ClassLinkPerson;
  /** The person's own token, good for about a day. It is not enumerable: neither JSON nor a log shows it. */
  readonly accessToken: string;
}

/** Somebody came from ClassLink without a sign-in that began here, such as from LaunchPad: one begins now. */
export interface ClassLinkBounce extends ClassLinkSignInStart {
  readonly outcome: 'bounce';
}

/** For which district. */
export interface ClassLinkSignInBeginOptions {
  /** ClassLink's number of a district: `callback` refuses people of another one. @default any district */
  readonly tenantId?: string | number | undefined;
}

/**
 * Sign in with ClassLink: OAuth 2.0 by code, and who the person is from ClassLink's own API.
 *
 * Every sign-in is tied to a browser by `state`. Who starts the application in LaunchPad comes without one, and must not
 * be believed as they are; they are *bounced*: sent to ClassLink once more, with a state, from where they return at once.
 *
 * After `signed-in`: forget what was kept for the sign-in, put an end to whatever session the browser had (devices are
 * shared), and begin a new one. After a SignInError forget what was kept too. Look the person up with `findPerson`, by
 * tenant and sourcedId together.
 *
 * @throws ConfigurationError naming the option that is unknown, missing or impossible
 * @example
 * ```ts
 * import { ClassLinkSignIn, type ClassLinkSignInSession } from 'rosterkit/classlink';
 *
 * const signIn = new ClassLinkSignIn({
 *   clientId: process.env['CLASSLINK_CLIENT_ID'] ?? 'client-id',
 *   clientSecret: process.env['CLASSLINK_CLIENT_SECRET'] ?? 'client-secret',
 *   redirectUri: 'https://app.example/classlink/callback',
 * });
 *
 * export async function callback(url: string, session: { classlink?: ClassLinkSignInSession }): Promise<string> {
 *   const answer = await signIn.callback(url, session.classlink);
 *   delete session.classlink;
 *   if (answer.outcome === 'signed-in') return `/home/${answer.person.userId}`;
 *   session.classlink = { state: answer.state, codeVerifier: answer.codeVerifier, tenantId: answer.tenantId };
 *   return answer.url;
 * }
 * ```
 */
export class ClassLinkSignIn {
  readonly #apiBaseUrl: string;
  readonly #scope: string;
  readonly #pkce: boolean;
  /** How requests are made, whoever they are sent to. */
  readonly #requests: Pick<TransportOptions, 'allowInsecureHosts' | 'timeoutMs' | 'retries' | 'fetch'>;
  readonly #exchange: CodeExchangeOptions;
  readonly #codes: Transport;

  constructor(options: ClassLinkSignInOptions) {
    checkSignInOptions(options);
    const { clientId, clientSecret, redirectUri, allowInsecureHosts, fetch, timeoutMs = 30_000 } = options;
    const baseUrl = withoutSlash(options.baseUrl ?? 'https://launchpad.classlink.com');
    this.#apiBaseUrl = withoutSlash(options.apiBaseUrl ?? options.baseUrl ?? 'https://nodeapi.classlink.com');
    this.#scope = (options.scopes ?? ['profile', 'oneroster']).join(' ');
    this.#pkce = options.pkce ?? false;
    this.#requests = { allowInsecureHosts, timeoutMs, retries: RETRIES, fetch };
    this.#exchange = { baseUrl, clientId, clientSecret, redirectUri };
    this.#codes = exchangeTransportOf({ ...this.#requests, baseUrl });
    // Nobody has a token yet; but a mistake in the URL is to be heard of now.
    this.#apiOf(undefined);
  }

  /**
   * A sign-in that begins here: keep `state` and, where they are given, `codeVerifier` and `tenantId` in the person's
   * session, and send the browser to `url`.
   *
   * @throws ConfigurationError naming `tenantId` where it is no number of a district, or an option that is unknown
   * @example
   * ```ts
   * import type { ClassLinkSignIn, ClassLinkSignInSession } from 'rosterkit/classlink';
   *
   * export function login(signIn: ClassLinkSignIn, session: { classlink?: ClassLinkSignInSession }): string {
   *   const { url, ...kept } = signIn.begin({ tenantId: 2222 });
   *   session.classlink = kept;
   *   return url;
   * }
   * ```
   */
  begin(options: ClassLinkSignInBeginOptions = {}): ClassLinkSignInStart {
    checkOptionNames(options, ['tenantId']);
    if (options.tenantId !== undefined) checkTenantId(options.tenantId);
    return this.#start(options.tenantId);
  }

  /** What a session says of the district is passed on as it is: where that is none, nobody is let in. */
  #start(tenantId: string | number | undefined): ClassLinkSignInStart {
    const state = randomWord();
    const codeVerifier = this.#pkce ? randomWord() : undefined;
    const url = new URL(`${this.#exchange.baseUrl}/oauth2/v2/auth`);
    url.searchParams.set('response_type', 'code');
    url.searchParams.set('client_id', this.#exchange.clientId);
    url.searchParams.set('redirect_uri', this.#exchange.redirectUri);
    url.searchParams.set('scope', this.#scope);
    url.searchParams.set('state', state);
    if (codeVerifier !== undefined) {
      url.searchParams.set('code_challenge', createHash('sha256').update(codeVerifier).digest('base64url'));
      url.searchParams.set('code_challenge_method', 'S256');
    }
    return {
      url: url.href,
      state,
      ...(codeVerifier === undefined ? {} : { codeVerifier }),
      ...(tenantId === undefined ? {} : { tenantId }),
    };
  }

  /**
   * What became of a sign-in, from the request with which the browser came back. A bounce is for the district that the
   * session names, if it names one.
   *
   * @param request The URL of that request, whole or from the path on, or its query.
   * @param session What `begin`, or the bounce, gave for this very browser; undefined where it holds nothing.
   * @throws SignInError whose `problem` says what is wrong; the errors of requests where ClassLink cannot be asked
   * @example
   * ```ts
   * import { type ClassLinkPerson, type ClassLinkSignIn, type ClassLinkSignInSession } from 'rosterkit/classlink';
   *
   * export async function who(
   *   signIn: ClassLinkSignIn,
   *   url: string,
   *   session: ClassLinkSignInSession | undefined,
   * ): Promise<ClassLinkPerson | undefined> {
   *   const answer = await signIn.callback(url, session);
   *   return answer.outcome === 'signed-in' ? answer.person : undefined;
   * }
   * ```
   */
  async callback(
    request: string | URL | URLSearchParams,
    session: ClassLinkSignInSession | undefined,
  ): Promise<ClassLinkSignedIn | ClassLinkBounce> {
    const { code, state } = callbackOf(request, {
      source: 'classlink',
      redirectUri: this.#exchange.redirectUri,
      administrator: 'its ClassLink administrator',
    });
    if (state === undefined) return { outcome: 'bounce', ...this.#start(session?.tenantId) };
    const { codeVerifier, tenantId } = keptSession(state, session, 'classlink');
    const accessToken = await exchangedCode(this.#codes, this.#exchange, { code, state, codeVerifier });
    const person = personOf(await this.#infoOf(accessToken));
    if (person === undefined) throw unresolved('does not say who the person is');
    if (tenantId !== undefined && !isSameTenant(person.tenantId, tenantId))
      throw unresolved('vouches for somebody of another district');
    return signedIn(person, accessToken);
  }

  /**
   * The children of a guardian who has just signed in, as the guardian linked them in ClassLink; empty for everybody
   * else. They may be of other districts, of districts without a roster, and of one that is not told: use `findPerson`.
   *
   * @throws AuthenticationError where the token has expired; DecodeError where the answer is no list
   * @example
   * ```ts
   * import type { ClassLinkSignedIn, ClassLinkSignIn } from 'rosterkit/classlink';
   *
   * export async function printChildren(signIn: ClassLinkSignIn, signedIn: ClassLinkSignedIn): Promise<void> {
   *   for (const child of await signIn.students(signedIn)) console.log(child.tenantId, child.sourcedId);
   * }
   * ```
   */
  async students(
    { accessToken }: ClassLinkSignedIn,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<readonly ClassLinkStudent[]> {
    const response = await this.#apiOf(accessToken).getJson('/v2/my/students', options);
    const students = studentsOf(response.body);
    if (students === undefined) throw noList(response);
    return students;
  }

  async #infoOf(accessToken: string): Promise<unknown> {
    return (await this.#apiOf(accessToken).getJson('/v2/my/info')).body;
  }

  #apiOf(accessToken: string | undefined): Transport {
    const authorize = () => ({ authorization: `Bearer ${accessToken ?? ''}` });
    return baseUrlNamed(
      'apiBaseUrl',
      () => new Transport({ ...this.#requests, source: 'classlink', baseUrl: this.#apiBaseUrl, authorize }),
    );
  }
}

function withoutSlash(url: string): string {
  return withoutTrailing('/', url);
}

function unresolved(why: string): SignInError {
  return new SignInError(
    `classlink ${why}, so that the sign-in cannot be accepted. Let the person sign in again, with an account of their own district.`,
    { source: 'classlink', problem: 'person' },
  );
}

/** ClassLink says "Invalid or expired access token" with status 200. */
function noList({ path, requestId }: JsonResponse): DecodeError {
  return new DecodeError(
    `classlink answered ${path} without a list of students: the sign-in may be too old. Let the person sign in again.`,
    { source: 'classlink', path, issues: ['response: no array'], requestId },
  );
}
