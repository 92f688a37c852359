import { z } from 'zod';
import { DecodeError, SignInError } from '../../errors.js';
import { type Answer, sharedExchange, Transport, type TransportOptions } from '../../http/index.js';

/** Who exchanges codes. */
export interface CodeExchangeOptions {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}

/** A callback that is to be exchanged. */
export interface CodeGrant {
  readonly code: string;
  readonly state: string;
  /** What the sign-in's challenge was made of (RFC 7636), where PKCE is enabled. */
  readonly codeVerifier: string | undefined;
}

const TOKEN_PATH = '/oauth2/v2/token';

// As the header of the next request will carry it.
const tokenSchema = z.object({ access_token: z.string().regex(/^[\x21-\x7e]+$/) });

/** ClassLink's way to refuse with status 200. */
const refusalSchema = z.union([z.object({ status: z.literal([0, '0']) }), z.object({ error: z.string().min(1) })]);

/** How many exchanges may be under way at once: in a queue behind slow ones a code would grow too old. */
const MOST_AT_ONCE = 64;

/** The exchanges of this process in the last minute. */
const shared = sharedExchange<string>();

/** The transport that codes are exchanged by, and nothing else. A refused code is a SignInError. */
export function exchangeTransportOf(
  options: Omit<TransportOptions, 'source' | 'authorize' | 'errorOf' | 'concurrency'>,
): Transport {
  return new Transport({
    ...options,
    source: 'classlink',
    concurrency: MOST_AT_ONCE,
    authorize: () => ({}),
    errorOf: codeError,
  });
}

/**
 * Exchanges a code for the person's access token. Whoever brings the same code with the same state shares the one
 * exchange.
 *
 * @throws SignInError `code`
 */
export function exchangedCode(transport: Transport, options: CodeExchangeOptions, grant: CodeGrant): Promise<string> {
  const { baseUrl, clientId, clientSecret, redirectUri } = options;
  const { code, state, codeVerifier } = grant;
  return shared([baseUrl, clientId, clientSecret, redirectUri, code, state, codeVerifier], () =>
    requestToken(transport, options, grant),
  );
}

async function requestToken(transport: Transport, options: CodeExchangeOptions, grant: CodeGrant): Promise<string> {
  const { clientId, clientSecret, redirectUri } = options;
  const { code, codeVerifier } = grant;
  const form = {
    grant_type: 'authorization_code',
    client_id: clientId,
    client_secret: clientSecret,
    code,
    redirect_uri: redirectUri,
    ...(codeVerifier === undefined ? {} : { code_verifier: codeVerifier }),
  };
  const { body, path, requestId } = await transport.post(TOKEN_PATH, { form });
  const { data } = tokenSchema.safeParse(body);
  if (data !== undefined) return data.access_token;
  if (refusalSchema.safeParse(body).success) throw refusedCode();
  throw new DecodeError(
    `classlink answered ${path} without a token that can be used. Check the base URL; if it stays so, tell ClassLink's support.`,
    { source: 'classlink', path, issues: ['access_token: invalid'], requestId },
  );
}

/** How ClassLink refuses a code is not documented: only where it names the client is the code not the likely reason. */
function codeError({ status, text }: Answer): SignInError | undefined {
  if ((status !== 400 && status !== 401) || /(invalid|unauthorized)[ _]client/i.test(text)) return undefined;
  return refusedCode();
}

function refusedCode(): SignInError {
  return new SignInError(
    'classlink does not accept the code of this sign-in: it was used before, is too old, or clientId, clientSecret and redirectUri are not letter for letter those of the Partner Portal. Let the person sign in again.',
    { source: 'classlink', problem: 'code' },
  );
}
