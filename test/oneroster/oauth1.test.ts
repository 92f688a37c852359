import { createHmac } from 'node:crypto';
import { oauth1 } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import { oauth1Signature, percentEncoded } from '../../src/oneroster/auth/oauth1.js';
import { clientOf } from './support/roster.js';
import { type Asked, serve } from './support/server.js';

describe('published signatures', () => {
  test('RFC 5849, section 1.2: the temporary credentials request, without a token', () => {
    const signature = oauth1Signature({
      method: 'POST',
      url: new URL('https://photos.example.net/initiate'),
      parameters: {
        oauth_consumer_key: 'dpf43f3p2l4k3l03',
        oauth_signature_method: 'HMAC-SHA1',
        oauth_timestamp: '137131200',
        oauth_nonce: 'wIjqoS',
        oauth_callback: 'http://printer.example.com/ready',
      },
      secret: 'kd94hf93k423kf44',
      signatureMethod: 'HMAC-SHA1',
    });
    expect(signature).toBe('74KNZJeDHnMBp0EMJ9ZHt/XKycU=');
  });

  test('RFC 5849, section 1.2: the request of the photo, whose query is signed', () => {
    const signature = oauth1Signature({
      method: 'GET',
      url: new URL('http://photos.example.net/photos?file=vacation.jpg&size=original'),
      parameters: {
        oauth_consumer_key: 'dpf43f3p2l4k3l03',
        oauth_token: 'nnch734d00sl2jdk',
        oauth_signature_method: 'HMAC-SHA1',
        oauth_timestamp: '137131202',
        oauth_nonce: 'chapoH',
      },
      secret: 'kd94hf93k423kf44',
      tokenSecret: 'pfkkdhi9sl3r4s00',
      signatureMethod: 'HMAC-SHA1',
    });
    expect(signature).toBe('MdpQcU8iPSUjWoN/UDMsK2sui9I=');
  });

  test("the documentation's example of X, with a comma, a plus, a space and an exclamation mark", () => {
    const signature = oauth1Signature({
      method: 'post',
      url: new URL('https://api.x.com/1.1/statuses/update.json?include_entities=true'),
      parameters: {
        status: 'Hello Ladies + Gentlemen, a signed OAuth request!',
        oauth_consumer_key: 'xvz1evFS4wEEPTGEFPHBog',
        oauth_nonce: 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg',
        oauth_signature_method: 'HMAC-SHA1',
        oauth_timestamp: '1318622958',
        oauth_token: '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
        oauth_version: '1.0',
      },
      secret: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
      tokenSecret: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
      signatureMethod: 'HMAC-SHA1',
    });
    expect(signature).toBe('Ls93hJiZbQ3akF3HF3x1Bz8/zU4=');
  });
});

test('everything but letters, digits and -._~ is encoded, by bytes and in capitals', () => {
  expect(percentEncoded("aZ09-._~ !'()*+/=&%é")).toBe('aZ09-._~%20%21%27%28%29%2A%2B%2F%3D%26%25%C3%A9');
});

/** A server's own check, from the bytes on the wire: it shares no code with the client. */
function expectedSignature(asked: Asked, method: string, secret: string, hash: 'sha1' | 'sha256'): string {
  const encode = (text: string): string =>
    [...Buffer.from(text)]
      .map((byte) => {
        const character = String.fromCharCode(byte);
        if (/[A-Za-z0-9\-._~]/.test(character)) return character;
        return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      })
      .join('');
  const [path = '', query = ''] = asked.url.split('?');
  const pairs = query.split('&').map((pair) => {
    const at = pair.indexOf('=');
    const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
    return [decode(pair.slice(0, at)), decode(pair.slice(at + 1))] as const;
  });
  for (const [name, value] of Object.entries(oauthHeader(asked))) {
    if (name !== 'oauth_signature') pairs.push([name, value]);
  }
  const sorted = pairs
    .map(([name, value]) => Buffer.from(`${encode(name)}=${encode(value)}`))
    .sort((left, right) => Buffer.compare(left, right))
    .join('&');
  const base = [method, `http://${asked.headers.host ?? ''}${path}`, sorted].map(encode).join('&');
  return createHmac(hash, `${encode(secret)}&`)
    .update(base)
    .digest('base64');
}

function oauthHeader(asked: Asked): Record<string, string> {
  const header = asked.headers.authorization ?? '';
  return Object.fromEntries(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, decodeURIComponent(value)]),
  );
}

describe('a server that checks signatures from what it received', () => {
  test.each(['HMAC-SHA256', 'HMAC-SHA1'] as const)('%s agrees, with awkward filters and secrets', async (method) => {
    const server = await serve({ users: [] });
    const secret = "s3cr!t*'()&=";
    const auth = oauth1({ key: 'key with space', secret, signatureMethod: method });
    const client = clientOf(server, { auth });
    const filters = [
      "familyName='O''Brien (b) *!~'",
      "givenName='a=b&c+d%' AND familyName='é 日本'",
      "dateLastModified>'2026-08-01T00:00:00Z'",
    ];
    for (const filter of filters) await client.users.list({ filter }).toArray();
    expect(server.asked.map((asked) => asked.query.get('filter'))).toEqual(filters);
    const hash = method === 'HMAC-SHA256' ? 'sha256' : 'sha1';
    for (const asked of server.asked) {
      expect(oauthHeader(asked)['oauth_signature_method']).toBe(method);
      expect(oauthHeader(asked)['oauth_signature']).toBe(expectedSignature(asked, 'GET', secret, hash));
    }
  });

  test('HMAC-SHA256 is the default, and every request, a repeated one too, has its own nonce', async () => {
    const server = await serve({ orgs: [] }, ({ count }) => (count < 3 ? { status: 503, body: {} } : undefined));
    await clientOf(server, { auth: oauth1({ key: 'k', secret: 's' }) })
      .orgs.list()
      .toArray();
    const headers = server.asked.map(oauthHeader);
    expect(headers).toHaveLength(3);
    expect(new Set(headers.map((header) => header['oauth_signature_method']))).toEqual(new Set(['HMAC-SHA256']));
    expect(new Set(headers.map((header) => header['oauth_nonce'])).size).toBe(3);
    for (const asked of server.asked) {
      expect(oauthHeader(asked)['oauth_signature']).toBe(expectedSignature(asked, 'GET', 's', 'sha256'));
    }
  });

  test('parameters are in the order of bytes, and the same name by its values', async () => {
    const server = await serve({});
    const url = new URL('/x?b5=%3D%253D&a3=a&c%40=&a2=r%20b&c2=&a3=2+q&B=1&Z=1&a_=1&aB=1&a-=2&%C3%A9=1', server.url);
    const headers = await oauth1({ key: 'k', secret: 's' }).authorize({ method: 'GET', url });
    await fetch(url, { headers });
    const [asked] = server.asked;
    if (asked === undefined) throw new Error('nothing was asked');
    expect(oauthHeader(asked)['oauth_signature']).toBe(expectedSignature(asked, 'GET', 's', 'sha256'));
  });

  test('nonce and timestamp can be given', async () => {
    const auth = oauth1({ key: 'k', secret: 's', nonce: () => 'n-1', timestamp: () => 1_700_000_000 });
    const { authorization } = await auth.authorize({ method: 'GET', url: new URL('https://example.com/x?b=2&a=1') });
    expect(authorization).toContain('oauth_nonce="n-1"');
    expect(authorization).toContain('oauth_timestamp="1700000000"');
  });
});

test.each([
  ['key', { key: ' ', secret: 's' }],
  ['secret', { key: 'k', secret: '' }],
  ['signatureMethod', { key: 'k', secret: 's', signatureMethod: 'PLAINTEXT' as 'HMAC-SHA1' }],
])('a mistake in %s is named', (parameter, options) => {
  expect(() => oauth1(options)).toThrow(expect.objectContaining({ code: 'configuration', parameter }));
});
