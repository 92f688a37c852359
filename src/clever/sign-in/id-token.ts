import { createRemoteJWKSet, customFetch, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { z } from 'zod';
import { ConnectionError, RosterError, SignInError } from '../../errors.js';
import type { Transport } from '../../http/index.js';
import { type Claims, claimsOf } from './claims.js';

/** Who signs id tokens, for whom, and how the keys are fetched. */
export interface IdTokenOptions {
  readonly transport: Transport;
  /** Clever's `https://clever.com`, letter for letter. */
  readonly issuer: string;
  readonly clientId: string;
  /** Where keys may be fetched from: a document that anybody altered must lead nowhere else. */
  readonly keyOrigins: readonly string[];
  readonly timeoutMs: number;
  readonly fetch: typeof globalThis.fetch | undefined;
}

type KeySet = ReturnType<typeof createRemoteJWKSet>;

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.string() });

/** Clever may move its keys: what is known of their place is asked for anew after so long. */
const DISCOVERY_LIFE_MS = 3_600_000;

/** Clocks of two machines differ. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** Verifies Clever's id tokens (OpenID Connect Core 1.0, section 3.1.3.7). */
export class IdTokenVerifier {
  readonly #options: IdTokenOptions;
  #keys: { readonly set: Promise<KeySet>; readonly until: number } | undefined;

  constructor(options: IdTokenOptions) {
    this.#options = options;
  }

  /**
   * What the token says of the person. A token without the nonce that the sign-in began with is refused: it may be of
   * another sign-in.
   *
   * @throws SignInError `token`; where Clever cannot be asked for its keys, the errors of requests
   */
  async verify(idToken: string, nonce: string): Promise<Claims> {
    const { issuer, clientId } = this.#options;
    const keys = await this.#keySet();
    const payload = await verifiedPayload(idToken, keys, {
      issuer,
      audience: clientId,
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    // Whatever the session lost: nothing is no nonce.
    if (typeof payload['nonce'] !== 'string' || payload['nonce'] === '') throw refused('nonce');
    if (payload['nonce'] !== nonce) throw refused('nonce');
    const isForOthersToo = Array.isArray(payload.aud) && payload.aud.length > 1;
    if (isForOthersToo && payload['azp'] !== clientId) throw refused('azp');
    const claims = claimsOf(payload);
    if (claims === undefined) throw refused('claims');
    return claims;
  }

  async #keySet(): Promise<KeySet> {
    if (this.#keys === undefined || this.#keys.until <= Date.now()) {
      this.#keys = { set: this.#discovered(), until: Date.now() + DISCOVERY_LIFE_MS };
    }
    const keys = this.#keys;
    try {
      return await keys.set;
    } catch (error) {
      // What failed once is asked for again by the next sign-in.
      if (this.#keys === keys) this.#keys = undefined;
      throw error;
    }
  }

  async #discovered(): Promise<KeySet> {
    const { transport, issuer, keyOrigins, timeoutMs, fetch } = this.#options;
    const body = await transport.getJson('/.well-known/openid-configuration').then(
      (response) => response.body,
      (error: unknown) => {
        // The document is not at fault: the token may well be accepted later.
        if (RosterError.isInstance(error) && error.isRetryable) throw error;
        throw refused('discovery document', error);
      },
    );
    const { data } = discoverySchema.safeParse(body);
    if (data?.issuer !== issuer) throw refused('issuer of the discovery document');
    const url = URL.canParse(data.jwks_uri) ? new URL(data.jwks_uri) : undefined;
    if (url === undefined || !keyOrigins.includes(url.origin)) throw refused('place of the keys');
    return createRemoteJWKSet(url, {
      timeoutDuration: timeoutMs,
      [customFetch]: (address, options) =>
        wholeAnswer(url.pathname, () => (fetch ?? globalThis.fetch)(address, options)),
    });
  }
}

/**
 * The key set's answer, read to its end: whatever goes wrong until then is the connection's fault, and the token's
 * never. jose's own errors for it tell the two apart only in part.
 */
async function wholeAnswer(path: string, ask: () => Promise<Response>): Promise<Response> {
  try {
    const answer = await ask();
    return answer.status === 200 ? new Response(await answer.text()) : answer;
  } catch {
    throw new ConnectionError(
      `clever could not be asked at ${path} for the keys that its id tokens are signed with. Try again later.`,
      { source: 'clever', path },
    );
  }
}

async function verifiedPayload(idToken: string, keys: KeySet, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(idToken, keys, options)).payload;
  } catch (error) {
    if (RosterError.isInstance(error)) throw error;
    // Not as the cause: jose's errors carry the claims, and those name the person.
    throw refused(wordOf(error));
  }
}

/** What is at fault: a code of jose's or the name of a claim, never a value. */
function wordOf(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) return error.claim;
  return error instanceof errors.JOSEError ? error.code : 'keys';
}

function refused(word: string, cause?: unknown): SignInError {
  return new SignInError(
    `clever's id token cannot be accepted (${word}). Let the person sign in again; if it stays so, check clientId and baseUrl.`,
    { source: 'clever', problem: 'token', cause },
  );
}
