import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { findPerson } from 'rosterkit/classlink';
import { bearer, clientCredentials, oauth1, type OneRosterAuth } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import { Transport } from '../../../src/http/index.js';
import { percentEncoded } from '../../../src/oneroster/auth/oauth1.js';
import { rejection } from '../../support/http-server.js';
import { clientOf } from '../support/roster.js';
import { type Asked, serve } from '../support/server.js';

/** One request as a client of this package makes it, and what arrived. */
async function asked(auth: OneRosterAuth, path: string, query: Record<string, string>): Promise<Asked> {
  const server = await serve({}, () => ({ body: {} }));
  const transport = new Transport({
    source: 'oneroster',
    baseUrl: server.url,
    allowInsecureHosts: [server.host],
    authorize: (request) => auth.authorize(request),
  });
  await transport.getJson(path, { query });
  const [request] = server.asked;
  if (request === undefined) throw new Error('nothing was asked');
  return request;
}

function headerOf({ headers }: Asked): Readonly<Record<string, string>> {
  const pairs = [...(headers.authorization ?? '').matchAll(/(\w+)="([^"]*)"/g)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, decodeURIComponent(value)]));
}

describe('trap 16: OAuth 1.0a signing bugs that end in an opaque 401', () => {
  const auth = () => oauth1({ key: "k'(1)*", secret: 's!&%', nonce: () => 'n', timestamp: () => 1_700_000_000 });

  test("a filter with !'()* and = is signed as one parameter, by the letter of RFC 5849", async () => {
    const request = await asked(auth(), '/users', { filter: "familyName='O(1)*!=2'", limit: '10' });
    const parameters =
      'filter=familyName%3D%27O%281%29%2A%21%3D2%27&limit=10&oauth_consumer_key=k%27%281%29%2A&oauth_nonce=n&' +
      'oauth_signature_method=HMAC-SHA256&oauth_timestamp=1700000000';
    const target = percentEncoded(`http://${request.headers.host ?? ''}/users`);
    const signature = createHmac('sha256', 's%21%26%25&')
      .update(`GET&${target}&${percentEncoded(parameters)}`)
      .digest('base64');
    expect(headerOf(request)['oauth_signature']).toBe(signature);
  });

  test('a space goes over the wire as it is signed: %20, which nobody takes for a plus', async () => {
    const request = await asked(auth(), '/users', { filter: "a='b' AND c='d+e'" });
    expect(request.url).toContain('%20AND%20');
    expect(request.url).toContain('d%2Be');
    expect(request.url).not.toContain('+');
  });

  test('parameters are in the order of bytes, not of a language: B comes before a', async () => {
    const one = await asked(auth(), '/x', { a: '1', B: '2', é: '3' });
    const base =
      'B=2&a=1&oauth_consumer_key=k%27%281%29%2A&oauth_nonce=n&oauth_signature_method=HMAC-SHA256&oauth_timestamp=1700000000';
    const sorted = `%C3%A9=3`;
    // `%` is before every letter.
    const text = `GET&${percentEncoded(`http://${one.headers.host ?? ''}/x`)}&${percentEncoded(`${sorted}&${base}`)}`;
    expect(headerOf(one)['oauth_signature']).toBe(createHmac('sha256', 's%21%26%25&').update(text).digest('base64'));
  });
});

describe('trap 17: the wrong signature method, the wrong kind of proof, or a clock that is wrong', () => {
  /** What a refused client is told. */
  async function told(auth: OneRosterAuth, date?: string): Promise<string> {
    const headers = date === undefined ? {} : { headers: { date } };
    const server = await serve({}, () => ({ status: 401, body: { error: 'secret words' }, ...headers }));
    const error = await rejection(clientOf(server, { auth }).orgs.list().toArray());
    expect(error).toMatchObject({ code: 'authentication', status: 401, isRetryable: false });
    expect(inspect(error)).not.toMatch(/secret words|a-key|a-secret|a-token/);
    return String(error);
  }

  test.each([
    ['HMAC-SHA256', 'some servers want HMAC-SHA1'],
    ['HMAC-SHA1', 'some servers want HMAC-SHA256'],
  ] as const)(
    '%s: the error names the key, the secret, the clock and the other method',
    async (signatureMethod, words) => {
      const message = await told(oauth1({ key: 'a-key', secret: 'a-secret', signatureMethod }));
      expect(message).toContain('Check the key, the secret, the clock of this machine, and signatureMethod');
      expect(message).toContain(words);
      expect(message).not.toContain("server's.");
    },
  );

  test.each([
    [-600, 'ahead of'],
    [600, 'behind'],
  ])('a clock that is wrong by %i seconds is measured against the server', async (seconds, words) => {
    const date = new Date(Date.now() + seconds * 1000).toUTCString();
    const message = await told(oauth1({ key: 'a-key', secret: 'a-secret' }), date);
    expect(message).toMatch(new RegExp(`clock is (59\\d|60\\d) seconds ${words} the server's`));
  });

  test('a token is spoken of as a token', async () => {
    expect(await told(bearer('a-token'))).toContain('Check the bearer token');
  });

  test('every kind of proof is one option, and refuses what it cannot be by name', () => {
    const make = () => oauth1({ key: 'k', secret: 's', signatureMethod: 'PLAINTEXT' as 'HMAC-SHA1' });
    expect(make).toThrow(expect.objectContaining({ parameter: 'signatureMethod' }));
    expect(() => bearer('')).toThrow(expect.objectContaining({ parameter: 'token' }));
    expect(() => clientCredentials({ clientId: 'c', clientSecret: '' })).toThrow(
      expect.objectContaining({ parameter: 'clientSecret' }),
    );
  });
});

describe('trap 24: four id-like fields, and ids that are unique only within a tenant', () => {
  const users = [
    { sourcedId: 'U1', identifier: '22222', email: 'shared@example.com' },
    { sourcedId: '22222', identifier: 'U9', email: 'shared@example.com' },
  ];
  const person = { tenantId: '2222', sourcedId: 'U1', userId: '22222', loginId: '22222', email: 'shared@example.com' };

  test('a person who signed in is who has their sourcedId, in their own tenant, and nobody else', () => {
    expect(findPerson(person, { tenantId: '2222', users })).toBe(users[0]);
    expect(findPerson(person, { tenantId: '2', users })).toBeUndefined();
    expect(findPerson({ ...person, sourcedId: 'u1' }, { tenantId: '2222', users })).toBeUndefined();
  });

  test('without a sourcedId nobody is found by number, login or e-mail address', () => {
    expect(findPerson({ ...person, sourcedId: undefined }, { tenantId: '2222', users })).toBeUndefined();
  });
});
