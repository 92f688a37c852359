import { inspect } from 'node:util';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { CleverSignIn, type CleverSignInOptions } from '../../src/clever/index.js';
import { ConnectionError, SignInError } from '../../src/errors.js';
import { signedIdToken } from '../../src/testing/clever/id-tokens.js';
import { htmlAnswer, jsonAnswer, type ServiceAnswer } from '../../src/testing/service.js';
import { rejection } from '../support/http-server.js';
import { district, type OAuthServer, redirectUri, startOAuth } from './oauth-server.js';

const teacher = district.teachers[0]?.id ?? '';
type Claims = Readonly<Record<string, unknown>>;

interface Altered {
  /** The token that comes in place of the true one. */
  readonly token?: (claims: Claims, server: OAuthServer) => string | Promise<string>;
  readonly discovery?: (body: Claims) => ServiceAnswer;
  readonly keys?: () => ServiceAnswer | Promise<ServiceAnswer>;
}

/** Signs a teacher in at a Clever some of whose answers are altered; gives what becomes of it. */
async function attempt(altered: Altered, options: Partial<CleverSignInOptions> = {}): Promise<unknown> {
  const sent = { access_token: 'il-token', id_token: '' };
  const server = await startOAuth(({ path, method }) => {
    if (method === 'POST') return jsonAnswer(200, sent);
    if (path === '/oauth/certs') return altered.keys?.();
    if (path !== '/.well-known/openid-configuration' || altered.discovery === undefined) return undefined;
    return altered.discovery({ issuer: server.baseUrl, jwks_uri: `${server.baseUrl}/oauth/certs` });
  });
  const signIn = new CleverSignIn({
    clientId: 'client-1',
    clientSecret: 'secret-1',
    redirectUri,
    baseUrl: server.baseUrl,
    allowInsecureHosts: ['127.0.0.1'],
    ...options,
  });
  const { state, nonce } = signIn.begin();
  const seconds = Math.floor(Date.now() / 1000);
  const claims = {
    iss: server.baseUrl,
    aud: 'client-1',
    iat: seconds,
    exp: seconds + 3600,
    nonce,
    sub: teacher,
    email: 'who@example.org',
  };
  sent.id_token = await (altered.token ?? signedIdToken)(claims, server);
  return await rejection(signIn.callback(`?code=${state}&state=${state}`, { state, nonce }));
}

/** The claims with some changed; what is undefined is left out. */
const changed = (changes: Claims) => ({ token: (claims: Claims) => signedIdToken({ ...claims, ...changes }) });

const otherKeys = generateKeyPair('RS256', { extractable: true });

describe('an id token', () => {
  it('that is good is not what stops a sign-in', async () => {
    // The made-up access token is refused by /me, after the id token was accepted.
    expect(await attempt({})).toMatchObject({ code: 'authentication', path: '/v3.0/me' });
    expect(await attempt(changed({ aud: ['client-1'] }))).toMatchObject({ code: 'authentication' });
    expect(await attempt(changed({ aud: ['client-1', 'b'], azp: 'client-1' }))).toMatchObject({
      code: 'authentication',
    });
  });

  const unsigned = (claims: Claims, header: Claims) =>
    `${[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;

  const bad: readonly (readonly [string, string, Altered])[] = [
    ['for another application', 'aud', changed({ aud: 'client-2' })],
    ['for others too, not meant for this one', 'azp', changed({ aud: ['client-1', 'client-2'], azp: 'client-2' })],
    ['from another issuer', 'iss', changed({ iss: 'https://clever.com' })],
    ['that has expired', 'exp', changed({ exp: Math.floor(Date.now() / 1000) - 60 })],
    ['that never expires', 'exp', changed({ exp: undefined })],
    ['of nobody', 'sub', changed({ sub: undefined })],
    ['of another sign-in', 'nonce', changed({ nonce: 'another' })],
    ['of no sign-in', 'nonce', changed({ nonce: undefined })],
    ['with an empty nonce', 'nonce', changed({ nonce: '' })],
    ['without a signature', 'ERR_JOSE_ALG_NOT_ALLOWED', { token: (claims) => unsigned(claims, { alg: 'none' }) }],
    [
      'signed with the public key as a secret',
      'ERR_JOSE_ALG_NOT_ALLOWED',
      {
        token: (claims) =>
          new SignJWT({ ...claims })
            .setProtectedHeader({ alg: 'HS256', kid: 'simulated-key' })
            .sign(new TextEncoder().encode('x'.repeat(32))),
      },
    ],
    [
      'signed by somebody else',
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      {
        token: async (claims) =>
          new SignJWT({ ...claims })
            .setProtectedHeader({ alg: 'RS256', kid: 'simulated-key' })
            .sign((await otherKeys).privateKey),
      },
    ],
    [
      'signed by a key that it brings along',
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      {
        token: async (claims) => {
          const { privateKey, publicKey } = await otherKeys;
          const jwk = await exportJWK(publicKey);
          return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', jwk }).sign(privateKey);
        },
      },
    ],
    ['whose claims were changed', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', { token: (claims) => tampered(claims) }],
    ['that is none', 'ERR_JWS_INVALID', { token: () => 'no token' }],
    [
      'whose issuer publishes another name',
      'issuer',
      { discovery: (body) => jsonAnswer(200, { ...body, issuer: 'https://clever.com' }) },
    ],
    [
      'whose keys are somewhere else',
      'place of the keys',
      { discovery: (body) => jsonAnswer(200, { ...body, jwks_uri: 'http://127.0.0.1:1/oauth/certs' }) },
    ],
    [
      'whose keys are nowhere',
      'place of the keys',
      { discovery: (body) => jsonAnswer(200, { ...body, jwks_uri: 'x' }) },
    ],
    ['without a discovery document', 'discovery document', { discovery: () => jsonAnswer(404, {}) }],
    ['whose discovery document is none', 'discovery document', { discovery: () => htmlAnswer(200, 'Welcome') }],
    ['without keys', 'ERR_JOSE_GENERIC', { keys: () => jsonAnswer(404, {}) }],
    [
      'whose keys lead elsewhere',
      'ERR_JOSE_GENERIC',
      { keys: () => ({ status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' }) },
    ],
  ];

  it.each(bad)('%s is refused (%s)', async (_, word, altered) => {
    const error = await attempt(altered);
    expect(error).toBeInstanceOf(SignInError);
    expect(error).toMatchObject({ problem: 'token' });
    expect((error as Error).message).toContain(`(${word}`);
    expect(inspect(error, { depth: null })).not.toMatch(/who@example|il-token|secret-1/);
  });

  /** Too late for somebody who is looking at the screen: not waited for. */
  const later = { 'retry-after': '600' };
  /** Never comes. */
  const silence = new Promise<ServiceAnswer>(() => undefined);

  it.each([
    ['the discovery document fails', 'server', { discovery: () => jsonAnswer(503, {}, later) }, {}],
    [
      'the discovery document is asked for too often',
      'rate_limited',
      { discovery: () => jsonAnswer(429, {}, later) },
      {},
    ],
    ['the keys do not come', 'connection', { keys: () => silence }, { timeoutMs: 1_000 }],
    ['the keys break off', 'connection', { keys: () => cut(jsonAnswer(200, { keys: [] })) }, {}],
    ['the keys cannot be reached', 'connection', {}, { fetch: unreachable('/oauth/certs') }],
  ] satisfies readonly (readonly [string, string, Altered, Partial<CleverSignInOptions>])[])(
    'is not to blame where %s (%s): the sign-in may be tried again',
    async (_, code, altered, options) => {
      const error = await attempt(altered, options);
      expect(error).toMatchObject({ code, source: 'clever', isRetryable: true });
      expect(inspect(error, { depth: null })).not.toMatch(/who@example|il-token|secret-1/);
    },
  );

  it('whose keys cannot be reached is an error that names their path, and nothing beneath it', async () => {
    const error = await attempt({}, { fetch: unreachable('/oauth/certs') });
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ path: '/oauth/certs' });
    expect(error).not.toHaveProperty('cause');
  });

  it('may be verified after the discovery document failed once', async () => {
    let isDown = true;
    const server = await startOAuth(({ path }) =>
      isDown && path.startsWith('/.well-known') ? jsonAnswer(404, {}) : undefined,
    );
    server.oauth.signInAs(teacher);
    const signIn = new CleverSignIn({
      clientId: 'client-1',
      clientSecret: 'secret-1',
      redirectUri,
      baseUrl: server.baseUrl,
      allowInsecureHosts: ['127.0.0.1'],
    });
    const outcome = async () => {
      const start = signIn.begin();
      const { headers } = await fetch(start.url, { redirect: 'manual' });
      return (await signIn.callback(headers.get('location') ?? '', start)).outcome;
    };
    expect(await rejection(outcome())).toMatchObject({ problem: 'token' });
    isDown = false;
    expect(await outcome()).toBe('signed-in');
  });
});

/** An answer that ends before all of it was sent. */
function cut(answer: ServiceAnswer): ServiceAnswer {
  return { ...answer, headers: { ...answer.headers, 'content-length': '1000', connection: 'close' } };
}

/** A fetch that does not get through to one path. */
function unreachable(path: string): typeof globalThis.fetch {
  return async (input, init) => {
    if (new URL(input instanceof Request ? input.url : input).pathname === path) throw new TypeError('fetch failed');
    return await fetch(input, init);
  };
}

/** A token whose claims were exchanged after it was signed. */
function tampered(claims: Claims): string {
  const [header = '', , signature = ''] = signedIdToken(claims).split('.');
  const other = Buffer.from(JSON.stringify({ ...claims, sub: 'somebody-else' })).toString('base64url');
  return `${header}.${other}.${signature}`;
}
