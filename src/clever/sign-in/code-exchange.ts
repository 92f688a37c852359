import { z } from 'zod';
import { DecodeError, SignInError } from '../../errors.js';
import { type Answer, sharedExchange, Transport, type TransportOptions } from '../../http/index.js';
import { basicAuthorization } from '../districts/application.js';

/** What Clever gives for a code. */
export interface Tokens {
  readonly accessToken: string;
  /** Only where Clever has enabled OpenID Connect for the application. */
  readonly idToken: string | undefined;
}

/** A callback that is to be exchanged. */
export interface CodeGrant {
  readonly code: string;
  readonly state: string;
  readonly nonce: string;
}

/** Who exchanges codes. */
export interface CodeExchangeOptions {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  /** How what is sent is written. */
  readonly format: 'form' | 'json';
}

const tokensSchema = z.object({
  // As the header of the next request will carry it.
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  id_token: z.string().nullish(),
});

/** How many exchanges may be under way at once: in a queue behind slow ones a code would grow too old. */
const MOST_AT_ONCE = 64;
/** The exchanges of this process in the last minute. */
const shared = sharedExchange<Tokens>();

/**
 * The transport that codes are exchanged by, and nothing else: every request proves who asks. A refused code is a
 * SignInError.
 *
 * @throws ConfigurationError naming the option that is impossible
 */
export function exchangeTransportOf(
  options: Omit<TransportOptions, 'source' | 'baseUrl' | 'authorize' | 'errorOf' | 'concurrency'>,
  { baseUrl, clientId, clientSecret }: CodeExchangeOptions,
): Transport {
  const authorization = basicAuthorization(clientId, clientSecret);
  return new Transport({
    ...options,
    baseUrl,
    source: 'clever',
    concurrency: MOST_AT_ONCE,
    authorize: () => authorization,
    errorOf: codeError,
  });
}

/**
 * Exchanges a code for tokens. A code is good for one use, and some browsers of iOS deliver the same callback twice at
 * once: whoever brings the same code with the same state shares the one exchange.
 *
 * @throws SignInError `code`
 */
export function exchangedCode(transport: Transport, options: CodeExchangeOptions, grant: CodeGrant): Promise<Tokens> {
  const { baseUrl, clientId, clientSecret, redirectUri } = options;
  const { code, state, nonce } = grant;
  return shared([baseUrl, clientId, clientSecret, redirectUri, code, state, nonce], () =>
    requestTokens(transport, options, code),
  );
}

async function requestTokens(transport: Transport, options: CodeExchangeOptions, code: string): Promise<Tokens> {
  const sent = { code, grant_type: 'authorization_code', redirect_uri: options.redirectUri };
  const response = await transport.post('/oauth/tokens', options.format === 'json' ? { json: sent } : { form: sent });
  const { data } = tokensSchema.safeParse(response.body);
  if (data === undefined) {
    throw new DecodeError(
      `clever answered ${response.path} without a token that can be used. Check the base URL; if it stays so, tell Clever's support.`,
      { source: 'clever', path: response.path, issues: ['access_token: invalid'], requestId: response.requestId },
    );
  }
  return { accessToken: data.access_token, idToken: data.id_token ?? undefined };
}

/** Clever's words for a code that was used before or is older than a minute: `invalid_grant`, or "Invalid grant: ...". */
function codeError({ status, text }: Answer): SignInError | undefined {
  if (status !== 400 || !/invalid[ _]grant/i.test(text)) return undefined;
  return new SignInError(
    "clever does not accept the code of this sign-in: it was used before, is older than a minute, or redirectUri is not letter for letter that of Clever's dashboard. Let the person sign in again.",
    { source: 'clever', problem: 'code' },
  );
}
