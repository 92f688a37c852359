import { z } from 'zod';
import { type ApiErrorDetails, AuthenticationError, ConfigurationError, DecodeError } from '../../errors.js';
import {
  type Answer,
  baseUrlNamed,
  type FetchedToken,
  type JsonResponse,
  rememberedToken,
  type TokenProvider,
  Transport,
} from '../../http/index.js';
import { checkHosts, checkOptionNames, checkText } from '../../internal/options.js';
import { bearerHeader, bearerTokenOf, type OneRosterAuth } from './auth.js';
import { percentEncoded } from './oauth1.js';

/** How an access token is obtained by OAuth 2.0 client credentials (RFC 6749, section 4.4). */
export interface ClientCredentialsOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /**
   * Where tokens are given. https only.
   *
   * @default `/token` beside `/ims/oneroster/` of whichever server is asked: `https://roster.example.com/admin/token`
   *   for `https://roster.example.com/admin/ims/oneroster/v1p1`
   */
  readonly tokenUrl?: string | undefined;
  /**
   * What the token is to be good for. The version in a scope's URI need not be that of the interface: some servers of
   * 1.2 want the scopes of 1.1.
   *
   * @default `roster-core.readonly`, `roster.readonly` and `roster-demographics.readonly` of the version of `scopeVersion`
   */
  readonly scopes?: readonly string[] | undefined;
  /** Of which version the default scopes are. @default '1.1' */
  readonly scopeVersion?: '1.1' | '1.2' | undefined;
  /**
   * How it is sent: `basic`, the id and the secret in a header, the rest as a form; `body`, all of it as a form; `query`,
   * the id and the secret in a header, the rest in the query, as Infinite Campus wants it. A secret is never put into a
   * query, because servers log those.
   *
   * @default 'basic'
   */
  readonly send?: 'basic' | 'body' | 'query' | undefined;
  /** Further parameters, such as `audience` or `resource`. @default none */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Hosts, with or without a port, at which `tokenUrl` may be http or a private address. @default none */
  readonly allowInsecureHosts?: readonly string[] | undefined;
  /** For how long to wait for a token, in milliseconds. @default 30000 */
  readonly timeoutMs?: number | undefined;
  /** Makes the requests, such as through a proxy. @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Milliseconds since 1970. @default the clock of this machine */
  readonly now?: (() => number) | undefined;
}

const OPTION_NAMES = [
  'clientId',
  'clientSecret',
  'tokenUrl',
  'scopes',
  'scopeVersion',
  'send',
  'parameters',
  'allowInsecureHosts',
  'timeoutMs',
  'fetch',
  'now',
] as const satisfies readonly (keyof ClientCredentialsOptions)[];

const SCOPE_NAMES = ['roster-core.readonly', 'roster.readonly', 'roster-demographics.readonly'];

/** A token is renewed so long before its end, because a request may wait for its turn; a short-lived one a tenth. */
const MARGIN_SECONDS = 60;

/** What RFC 6749, section 5.2, may say: anything else might be anybody's text. */
const KNOWN_REFUSALS: ReadonlySet<string> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]);

/**
 * Obtains a bearer token by OAuth 2.0 client credentials when the first request needs one, and a new one a little before
 * it expires or once the server refuses it. All requests share it.
 *
 * A request fails with AuthenticationError where no token is given to these credentials, and with DecodeError where the
 * answer holds none.
 *
 * @throws ConfigurationError naming the option that is unknown, missing or impossible
 * @example
 * ```ts
 * import { clientCredentials, OneRosterClient } from 'rosterkit/oneroster';
 *
 * export const clientOf = (clientId: string, clientSecret: string) =>
 *   new OneRosterClient({
 *     baseUrl: 'https://sis.example.com/ims/oneroster/rostering/v1p2',
 *     version: '1.2',
 *     auth: clientCredentials({ clientId, clientSecret, tokenUrl: 'https://sis.example.com/oauth/token', scopeVersion: '1.2' }),
 *   });
 * ```
 */
export function clientCredentials(options: ClientCredentialsOptions): OneRosterAuth {
  checkOptions(options);
  const { tokenUrl } = options;
  const now = options.now ?? Date.now;
  const endpoints = new Map<string, TokenProvider>();
  const tokensAt = (url: string, insecureHosts: readonly string[] = []): TokenProvider => {
    const known = endpoints.get(url);
    if (known !== undefined) return known;
    const transport = transportTo(url, options, insecureHosts);
    const made = rememberedToken(() => requestToken(transport, url, options, now), now);
    endpoints.set(url, made);
    return made;
  };
  // A mistake in the URL is to be heard of now.
  if (tokenUrl !== undefined) tokensAt(tokenUrl);
  return {
    canReauthorize: true,
    whenRefused: 'Check that scopes cover what was asked for, and that the token is of this server (tokenUrl).',
    authorize: async ({ url, refused }) => {
      // The client has checked its own host already, and may have been allowed it.
      const token = tokenUrl === undefined ? tokensAt(defaultTokenUrl(url), [url.host]) : tokensAt(tokenUrl);
      return bearerHeader(await token({ refused: bearerTokenOf(refused) }));
    },
  };
}

function checkOptions(options: ClientCredentialsOptions): void {
  checkOptionNames(options, OPTION_NAMES);
  const { clientId, clientSecret, tokenUrl, scopes, scopeVersion = '1.1', send = 'basic', parameters = {} } = options;
  checkText('clientId', clientId, 'is the client id, a text');
  checkText('clientSecret', clientSecret, 'is the client secret, a text');
  checkHosts('allowInsecureHosts', options.allowInsecureHosts);
  if (tokenUrl !== undefined) checkText('tokenUrl', tokenUrl, 'is the URL at which tokens are given');
  if (
    scopes !== undefined &&
    !(Array.isArray(scopes) && scopes.every((scope) => /^[\x21-\x7e]+$/.test(String(scope))))
  ) {
    throw new ConfigurationError('scopes', 'is a list of scopes, each a word without spaces');
  }
  if (!['1.1', '1.2'].includes(scopeVersion)) throw new ConfigurationError('scopeVersion', "is '1.1' or '1.2'");
  if (!['basic', 'body', 'query'].includes(send)) {
    throw new ConfigurationError('send', "is 'basic', 'body' or 'query'");
  }
  if (!Object.values(parameters).every((value) => typeof value === 'string')) {
    throw new ConfigurationError('parameters', 'is an object whose values are texts');
  }
}

/** Beside the interface: at the root of the host for ClassLink, and below `/admin` for Aeries. */
function defaultTokenUrl(url: URL): string {
  const [application = ''] = url.pathname.split('/ims/oneroster/');
  return `${url.origin}${application === url.pathname ? '' : application}/token`;
}

function transportTo(url: string, options: ClientCredentialsOptions, insecureHosts: readonly string[]): Transport {
  const { allowInsecureHosts = [], timeoutMs = 30_000, send = 'basic', fetch } = options;
  const authorization = send === 'body' ? {} : basicAuthorization(options);
  return baseUrlNamed(
    'tokenUrl',
    () =>
      new Transport({
        source: 'oneroster',
        baseUrl: url,
        allowInsecureHosts: [...allowInsecureHosts, ...insecureHosts],
        authorize: () => authorization,
        errorOf: tokenError,
        timeoutMs,
        fetch,
      }),
  );
}

/** RFC 6749, section 2.3.1: both are written as in a form before they are joined. */
function basicAuthorization({ clientId, clientSecret }: ClientCredentialsOptions) {
  const written = (text: string) => new URLSearchParams({ text }).toString().slice('text='.length);
  return { authorization: `Basic ${btoa(`${written(clientId)}:${written(clientSecret)}`)}` };
}

const tokenSchema = z.object({
  // As the header of the next request will carry it.
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  token_type: z
    .string()
    .regex(/^bearer$/i)
    .nullish(),
  // Some servers send it as a text, some not at all, and what cannot be read is as good as absent.
  expires_in: z.coerce.number().positive().optional().catch(undefined),
});

async function requestToken(
  transport: Transport,
  tokenUrl: string,
  options: ClientCredentialsOptions,
  now: () => number,
): Promise<FetchedToken> {
  const askedAt = now();
  const response = await ask(transport, tokenUrl, options);
  const { data, error } = tokenSchema.safeParse(response.body);
  if (data === undefined)
    throw withoutToken(
      response,
      error.issues.map((issue) => String(issue.path[0] ?? 'body')),
    );
  const { access_token: token, expires_in: seconds } = data;
  if (seconds === undefined) return { token };
  return { token, until: askedAt + (seconds - Math.min(MARGIN_SECONDS, seconds / 10)) * 1000 };
}

async function ask(transport: Transport, tokenUrl: string, options: ClientCredentialsOptions): Promise<JsonResponse> {
  const { clientId, clientSecret, send = 'basic', scopeVersion = '1.1' } = options;
  const scopes = options.scopes ?? SCOPE_NAMES.map((name) => scopeUri(scopeVersion, name));
  const grant = {
    grant_type: 'client_credentials',
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...options.parameters,
  };
  if (send === 'basic') return await transport.post(tokenUrl, { form: grant });
  if (send === 'body') {
    return await transport.post(tokenUrl, { form: { ...grant, client_id: clientId, client_secret: clientSecret } });
  }
  const query = Object.entries(grant).map((pair) => pair.map(percentEncoded).join('='));
  return await transport.post(`${tokenUrl}?${query.join('&')}`, { form: {} });
}

function scopeUri(version: '1.1' | '1.2', name: string): string {
  return `https://purl.imsglobal.org/spec/or/v${version.replace('.', 'p')}/scope/${name}`;
}

/**
 * What an answer that is no 2xx means here. Its text is not repeated: `error_description` may hold anything. A 404 must
 * not pass for that of the record which the token was wanted for.
 */
function tokenError(answer: Answer): AuthenticationError | undefined {
  const { source, status, method, path, requestId } = answer;
  const details = { source, status, method, path, requestId };
  if (status === 404 || status === 405) {
    return new AuthenticationError(
      `${source} gives no tokens at ${path} (status ${status}). Check tokenUrl, and whether the server uses client credentials at all.`,
      details,
    );
  }
  const word = refusalWord(answer.text);
  // A server that is busy may say so in JSON: that passes.
  if (status >= 500 || (status !== 401 && status !== 403 && word === undefined)) return undefined;
  return refusedGrant(details, word);
}

/** Some servers refuse with status 200. */
function withoutToken(response: JsonResponse, fields: readonly string[]): AuthenticationError | DecodeError {
  const { path, status, requestId } = response;
  const word = refusalWord(response.body);
  if (word !== undefined) return refusedGrant({ source: 'oneroster', status, method: 'POST', path, requestId }, word);
  return new DecodeError(
    `oneroster answered POST ${path} without a bearer token that can be used (${fields.join(', ')}). Check tokenUrl.`,
    { source: 'oneroster', path, requestId, issues: fields.map((field) => `${field}: invalid`) },
  );
}

function refusedGrant(details: ApiErrorDetails, word: string | undefined): AuthenticationError {
  const said = word === undefined ? '' : `, ${word}`;
  const advice =
    word === 'invalid_scope'
      ? 'Check scopes and scopeVersion.'
      : "Check clientId and clientSecret, and how the server wants them sent ('basic', 'body' or 'query').";
  return new AuthenticationError(
    `${details.source} gives these credentials no token at ${details.path} (status ${details.status}${said}). ${advice}`,
    details,
  );
}

const refusalSchema = z.object({ error: z.string() });

/** The word of the refusal that a body is, `another error` where it is none of the standard's. */
function refusalWord(body: unknown): string | undefined {
  const { data } = refusalSchema.safeParse(typeof body === 'string' ? parsed(body) : body);
  if (data === undefined) return undefined;
  return KNOWN_REFUSALS.has(data.error) ? data.error : 'another error';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // A web page, or nothing: then the status has to speak for itself.
    return undefined;
  }
}
