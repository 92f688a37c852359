import { randomBytes } from 'node:crypto';
import { ConfigurationError } from '../../errors.js';
import type { Clock } from '../../ports/index.js';
import { decoded, jsonAnswer, type ServiceAnswer, type ServiceRequest } from '../service.js';
import { OAuth1Verifier, type SimulatedSignatureMethod } from './oauth1.js';

/** The application that gets tokens by OAuth 2.0 client credentials, and how. */
export interface SimulatedClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the credentials must stand: in a Basic header, in the form, or in the query. @default any of them */
  readonly send?: 'basic' | 'body' | 'query' | undefined;
  /** For how many seconds a token is good. @default 3600 */
  readonly lifeSeconds?: number | undefined;
  /** Whether the answer says so in `expires_in`. @default true */
  readonly tellsLife?: boolean | undefined;
  /** The word of the answer, such as `Bearer`. @default 'bearer' */
  readonly tokenType?: string | undefined;
  /** The scopes that are granted: asking for any other is refused. @default whatever is asked for */
  readonly scopes?: readonly string[] | undefined;
}

/** Who may read a simulated roster server. */
export interface SimulatedAccessOptions {
  /** The consumer key of OAuth 1.0a. @default 'test-key' */
  readonly key?: string | undefined;
  /** The consumer secret of OAuth 1.0a. @default 'test-secret' */
  readonly secret?: string | undefined;
  /** How requests may be signed. @default ['HMAC-SHA256'] */
  readonly signatureMethods?: readonly SimulatedSignatureMethod[] | undefined;
  /** A bearer token that is accepted as well. @default none */
  readonly bearer?: string | undefined;
  /** Tokens by OAuth 2.0 client credentials: `POST /token`, also below the path of the interface. @default none */
  readonly clientCredentials?: SimulatedClientCredentials | undefined;
  /** What time it is: signatures must be of the last or next five minutes. @default the system's clock */
  readonly clock?: Clock | undefined;
}

/** Judges requests by OAuth 1.0a, by bearer token, and by tokens that it gives out itself. */
export class Access {
  private readonly options: SimulatedAccessOptions;
  private readonly verifier: OAuth1Verifier;
  private readonly tokens = new Map<string, number>();

  /** @throws {ConfigurationError} where the key is empty. */
  constructor(options: SimulatedAccessOptions) {
    const { key = 'test-key', secret = 'test-secret', signatureMethods } = options;
    if (key === '') throw new ConfigurationError('key', 'is empty');
    this.options = options;
    this.verifier = new OAuth1Verifier(key, secret, () => this.now(), signatureMethods);
  }

  /** What is wrong with the request's credentials; undefined where nothing is. */
  objection(request: ServiceRequest): string | undefined {
    const bearer = bearerOf(request);
    if (bearer !== undefined) {
      if (bearer === this.options.bearer) return undefined;
      const goodUntil = this.tokens.get(bearer);
      if (goodUntil !== undefined) return goodUntil > this.now() ? undefined : 'the token has expired';
    }
    return this.verifier.objection(request);
  }

  /** From now on no token that was given out is good. */
  expireTokens(): void {
    for (const token of this.tokens.keys()) this.tokens.set(token, 0);
  }

  /** A token, where the request is for one and there is a token endpoint. */
  answer(request: ServiceRequest): ServiceAnswer | undefined {
    const { clientCredentials: application } = this.options;
    const url = new URL(request.url);
    if (application === undefined || !url.pathname.endsWith('/token') || request.method !== 'POST') return undefined;
    const form = new URLSearchParams(request.body ?? '');
    if (!isClient(application, request, form, url)) return tokenError(401, 'invalid_client');
    if ((form.get('grant_type') ?? url.searchParams.get('grant_type')) !== 'client_credentials') {
      return tokenError(400, 'unsupported_grant_type');
    }
    const scope = form.get('scope') ?? url.searchParams.get('scope') ?? '';
    const asked = scope.split(' ').filter((word) => word !== '');
    if (asked.some((word) => application.scopes?.includes(word) === false)) return tokenError(400, 'invalid_scope');
    const { lifeSeconds = 3600, tellsLife = true, tokenType = 'bearer' } = application;
    const token = randomBytes(16).toString('hex');
    this.tokens.set(token, this.now() + lifeSeconds * 1000);
    return jsonAnswer(200, {
      access_token: token,
      token_type: tokenType,
      ...(tellsLife ? { expires_in: lifeSeconds } : {}),
      ...(scope === '' ? {} : { scope }),
    });
  }

  private now(): number {
    return this.options.clock?.now().getTime() ?? Date.now();
  }
}

/** The token of a request, whichever way its scheme is spelled. */
export function bearerOf({ headers }: ServiceRequest): string | undefined {
  return /^Bearer (\S+)$/i.exec(headers['authorization'] ?? '')?.[1];
}

function isClient(
  { clientId, clientSecret, send }: SimulatedClientCredentials,
  request: ServiceRequest,
  form: URLSearchParams,
  { searchParams }: URL,
): boolean {
  const basic = /^Basic (\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  const [id, secret] = basic === undefined ? [] : Buffer.from(basic, 'base64').toString('utf8').split(/:(.*)/s, 2);
  const isIn = (parameters: URLSearchParams) =>
    parameters.get('client_id') === clientId && parameters.get('client_secret') === clientSecret;
  const places = {
    // RFC 6749 has both parts encoded as in a form; many clients leave them as they are.
    basic: [id, decoded(id ?? '')].includes(clientId) && [secret, decoded(secret ?? '')].includes(clientSecret),
    body: isIn(form),
    query: isIn(searchParams),
  };
  return send === undefined ? Object.values(places).includes(true) : places[send];
}

function tokenError(status: number, error: string): ServiceAnswer {
  return jsonAnswer(status, { error });
}
