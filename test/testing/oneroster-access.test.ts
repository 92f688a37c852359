import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type SimulatedClientCredentials, FixedClock, generateDistrict, simulateOneRoster } from 'rosterkit/testing';
import { get, rostering } from './oneroster-requests.js';
import { forTest } from './support.js';

const district = generateDistrict({ seed: 10, students: 4 });
const path = `${rostering['1.1']}/orgs`;
const application = { clientId: 'id:1', clientSecret: 's/1' };
const grant = 'grant_type=client_credentials';
const basic = `Basic ${Buffer.from('id:1:s/1').toString('base64')}`;
const encodedBasic = `Basic ${Buffer.from('id%3A1:s%2F1').toString('base64')}`;
const inForm = 'client_id=id%3A1&client_secret=s%2F1';

async function start(clientCredentials: Partial<SimulatedClientCredentials> = {}, clock = new FixedClock()) {
  return forTest(simulateOneRoster(district, { clientCredentials: { ...application, ...clientCredentials }, clock }));
}

interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function askToken(
  url: string,
  { query = '', body = '', authorization = '' }: { query?: string; body?: string; authorization?: string },
): Promise<TokenAnswer> {
  const answer = await fetch(`${url}/token${query === '' ? '' : `?${query}`}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization },
    body,
  });
  return { status: answer.status, body: (await answer.json()) as TokenAnswer['body'] };
}

describe('tokens by client credentials', () => {
  const ways = {
    basic: { authorization: encodedBasic, body: grant },
    body: { body: `${grant}&${inForm}` },
    query: { query: `${grant}&${inForm}` },
  } as const;

  test('are given for credentials in any place, or in the one place that is set', async () => {
    const any = await start();
    for (const [send, way] of Object.entries(ways)) {
      const { status, body } = await askToken(any.url, way);
      expect([status, body['token_type'], body['expires_in']], send).toEqual([200, 'bearer', 3600]);
      expect((await get(any, path, String(body['access_token']))).status).toBe(200);
      const only = await start({ send: send as 'basic' });
      const statuses = [];
      for (const each of Object.values(ways)) statuses.push((await askToken(only.url, each)).status);
      expect(statuses, send).toEqual(Object.keys(ways).map((name) => (name === send ? 200 : 401)));
    }
  });

  test('are refused for other credentials, grants and scopes', async () => {
    const server = await start({ scopes: ['roster'] });
    const errorOf = async (way: Parameters<typeof askToken>[1]) => (await askToken(server.url, way)).body['error'];
    expect(await errorOf({ body: grant })).toBe('invalid_client');
    expect(await errorOf({ body: `${grant}&client_id=id%3A1&client_secret=x` })).toBe('invalid_client');
    expect(await errorOf({ body: `grant_type=password&${inForm}` })).toBe('unsupported_grant_type');
    expect(await errorOf({ body: `${grant}&${inForm}&scope=roster+other` })).toBe('invalid_scope');
    expect((await askToken(server.url, { body: `${grant}&${inForm}&scope=roster` })).body['scope']).toBe('roster');
  });

  test('expire by the clock, and at once where they are made to', async () => {
    const clock = new FixedClock();
    const server = await start({ lifeSeconds: 60, tokenType: 'BEARER', tellsLife: false }, clock);
    const { body } = await askToken(server.url, { body: `${grant}&${inForm}` });
    expect(Object.keys(body)).toEqual(['access_token', 'token_type']);
    expect(body['token_type']).toBe('BEARER');
    const status = async (token: unknown) => (await get(server, path, String(token))).status;
    expect(await status(body['access_token'])).toBe(200);
    clock.advance(61_000);
    expect(await status(body['access_token'])).toBe(401);
    const second = await askToken(server.url, { body: `${grant}&${inForm}` });
    expect(await status(second.body['access_token'])).toBe(200);
    server.expireTokens();
    expect(await status(second.body['access_token'])).toBe(401);
  });

  test('are not to be had where no application is set', async () => {
    const server = await forTest(simulateOneRoster(district, { bearer: 'b' }));
    const answer = await fetch(`${server.url}/token`, {
      method: 'POST',
      headers: { authorization: basic },
      body: grant,
    });
    expect(answer.status).toBe(404);
    expect((await get(server, path)).status).toBe(200);
  });
});

test('HMAC-SHA1 is accepted where it is allowed, and only there', async () => {
  const sign = (url: string, timestamp: number) => {
    const oauth = `oauth_consumer_key=test-key&oauth_nonce=n&oauth_signature_method=HMAC-SHA1&oauth_timestamp=${String(timestamp)}`;
    const base = `GET&${encodeURIComponent(url)}&${encodeURIComponent(oauth)}`;
    const signature = createHmac('sha1', 'test-secret&').update(base).digest('base64');
    const parameters = `${oauth}&oauth_signature=${encodeURIComponent(signature)}`.split('&');
    return `OAuth ${parameters.map((parameter) => parameter.replace(/=(.*)$/, '="$1"')).join(', ')}`;
  };
  const clock = new FixedClock();
  const statuses = [];
  for (const signatureMethods of [undefined, ['HMAC-SHA1'] as const]) {
    const server = await forTest(simulateOneRoster(district, { signatureMethods, clock }));
    const url = server.url + path;
    const authorization = sign(url, Math.floor(clock.now().getTime() / 1000));
    statuses.push((await fetch(url, { headers: { authorization } })).status);
  }
  expect(statuses).toEqual([401, 200]);
});
