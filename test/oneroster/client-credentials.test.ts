import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { type ClientCredentialsOptions, clientCredentials, OneRosterClient } from 'rosterkit/oneroster';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rejection } from '../support/http-server.js';

interface TokenRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface World {
  readonly url: string;
  readonly host: string;
  readonly tokenRequests: readonly TokenRequest[];
  /** The token of each data request, in order. */
  readonly used: readonly string[];
  /** Which tokens the data half accepts. */
  accepts: (token: string) => boolean;
}

/** A server that gives tokens `token-1`, `token-2` ... at any path that ends in `token`, and one empty collection. */
async function start(answer?: (count: number) => Reply | Promise<Reply>): Promise<World> {
  const tokenRequests: TokenRequest[] = [];
  const used: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://server');
      const form = new URLSearchParams(await text(request));
      const send = ({ status = 200, headers, body }: Reply) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      };
      if (request.method === 'POST') {
        tokenRequests.push({ path: url.pathname, query: url.searchParams, form, headers: request.headers });
        const count = tokenRequests.length;
        const given = { access_token: `token-${String(count)}`, token_type: 'Bearer', expires_in: 3600 };
        send((await answer?.(count)) ?? { body: given });
        return;
      }
      const token = (request.headers.authorization ?? '').replace('Bearer ', '');
      used.push(token);
      send(made.accepts(token) ? { body: { orgs: [], users: [] } } : { status: 401, body: {} });
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const made: World = { url: `http://${host}`, host, tokenRequests, used, accepts: () => true };
  return made;
}

const credentials = { clientId: 'client id:1', clientSecret: 's3cr!t &+é' };

function clientOf(world: World, options: Partial<ClientCredentialsOptions> = {}): OneRosterClient {
  return new OneRosterClient({
    baseUrl: world.url,
    auth: clientCredentials({ ...credentials, allowInsecureHosts: [world.host], ...options }),
    allowInsecureHosts: [world.host],
    minRetryDelayMs: 0,
    retries: 1,
  });
}

const given = (body: object) => () => ({ body: { access_token: 'a-token', ...body } });

describe('a token', () => {
  test('is fetched when the first request needs it, and shared by all that wait for it', async () => {
    const world = await start();
    const client = clientOf(world);
    expect(world.tokenRequests).toHaveLength(0);
    await Promise.all(Array.from({ length: 5 }, async () => await client.orgs.list().toArray()));
    expect(world.tokenRequests).toHaveLength(1);
    expect(new Set(world.used)).toEqual(new Set(['token-1']));
  });

  test('is renewed a minute before it expires', async () => {
    let now = Date.parse('2026-08-01T00:00:00Z');
    const world = await start();
    const client = clientOf(world, { now: () => now });
    const read = async () => await client.orgs.list().toArray();
    await read();
    now += (3600 - 61) * 1000;
    await read();
    expect(world.tokenRequests).toHaveLength(1);
    now += 2000;
    await read();
    expect(world.tokenRequests).toHaveLength(2);
    expect(world.used.at(-1)).toBe('token-2');
  });

  test.each([
    ['a text', { expires_in: '100' }, 2],
    ['missing', {}, 1],
    ['null', { expires_in: null }, 1],
    ['nonsense', { expires_in: 'soon' }, 1],
    ['nought', { expires_in: 0 }, 1],
  ])('expires_in may be %s', async (_, body, fetches) => {
    let now = 0;
    const world = await start(given(body));
    const client = clientOf(world, { now: () => now });
    await client.orgs.list().toArray();
    now += 95_000;
    await client.orgs.list().toArray();
    expect(world.tokenRequests).toHaveLength(fetches);
  });

  test('that is refused in the middle of a read is renewed, once for all, and the read goes on', async () => {
    const world = await start();
    const client = clientOf(world);
    await client.orgs.list().toArray();
    world.accepts = (token) => token === 'token-2';
    await Promise.all([client.orgs.list().toArray(), client.users.list().toArray()]);
    expect(world.tokenRequests).toHaveLength(2);
    expect(world.used.at(-1)).toBe('token-2');
  });

  test('that is refused again is an AuthenticationError that says what to check', async () => {
    const world = await start();
    world.accepts = () => false;
    const error = await rejection(clientOf(world).orgs.list().toArray());
    expect(error).toMatchObject({ code: 'authentication', status: 401 });
    expect(String(error)).toContain('scopes');
    expect(world.used).toEqual(['token-1', 'token-2']);
  });

  test.each(['bearer', 'BEARER', 'Bearer', undefined])('may be of type %s', async (type) => {
    const world = await start(given({ token_type: type }));
    expect(await clientOf(world).orgs.list().toArray()).toEqual([]);
  });

  test('that could not be fetched for a moment is fetched with the next attempt', async () => {
    const world = await start((count) =>
      count === 1 ? { status: 503, body: { error: 'server_error' } } : { body: { access_token: 'late' } },
    );
    expect(await clientOf(world).orgs.list().toArray()).toEqual([]);
    expect(world.used).toEqual(['late']);
  });
});

describe('what is sent', () => {
  const scope = ['roster-core.readonly', 'roster.readonly', 'roster-demographics.readonly']
    .map((name) => `https://purl.imsglobal.org/spec/or/v1p1/scope/${name}`)
    .join(' ');
  const basic = `Basic ${btoa('client+id%3A1:s3cr%21t+%26%2B%C3%A9')}`;

  test('basic: id and secret, each written as in a form, in a header (RFC 6749, section 2.3.1)', async () => {
    const world = await start();
    await clientOf(world).orgs.list().toArray();
    const [sent] = world.tokenRequests;
    expect(sent?.headers.authorization).toBe(basic);
    expect(sent?.headers['content-type']).toContain('x-www-form-urlencoded');
    expect(Object.fromEntries(sent?.form ?? [])).toEqual({ grant_type: 'client_credentials', scope });
    expect(sent?.query.size).toBe(0);
  });

  test('body: all of it as a form', async () => {
    const world = await start();
    await clientOf(world, { send: 'body', scopes: ['a', 'b'], parameters: { audience: 'x' } })
      .orgs.list()
      .toArray();
    const [sent] = world.tokenRequests;
    expect(sent?.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(sent?.form ?? [])).toEqual({
      grant_type: 'client_credentials',
      scope: 'a b',
      audience: 'x',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
    });
  });

  test('query: the secret stays in the header', async () => {
    const world = await start();
    await clientOf(world, { send: 'query', scopeVersion: '1.2' }).orgs.list().toArray();
    const [sent] = world.tokenRequests;
    expect(sent?.headers.authorization).toBe(basic);
    expect(Object.fromEntries(sent?.query ?? [])).toEqual({
      grant_type: 'client_credentials',
      scope: scope.replaceAll('v1p1', 'v1p2'),
    });
    expect(sent?.form.size).toBe(0);
  });

  test('no scope where none is wanted', async () => {
    const world = await start();
    await clientOf(world, { scopes: [] }).orgs.list().toArray();
    expect(world.tokenRequests[0]?.form.has('scope')).toBe(false);
  });
});

describe('where tokens are given', () => {
  test.each([
    ['', '/token'],
    ['/', '/token'],
    ['/aeries', '/aeries/token'],
    ['/aeries/ims/oneroster/v1p1', '/aeries/token'],
  ])('beside the interface, for a base URL that ends in "%s"', async (path, tokenPath) => {
    const world = await start();
    const client = new OneRosterClient({
      baseUrl: `${world.url}${path}`,
      // The client's own leave is good for the same host.
      auth: clientCredentials(credentials),
      allowInsecureHosts: [world.host],
    });
    await client.orgs.list().toArray();
    expect(world.tokenRequests.map((request) => request.path)).toEqual([tokenPath]);
  });

  test('or at a URL of its own, which may be another host', async () => {
    const world = await start();
    const tokens = await start();
    const tokenUrl = `${tokens.url}/oauth2/token`;
    await clientOf(world, { tokenUrl, allowInsecureHosts: [tokens.host] })
      .orgs.list()
      .toArray();
    expect(tokens.tokenRequests.map(({ path }) => path)).toEqual(['/oauth2/token']);
    expect(world.tokenRequests).toHaveLength(0);
  });

  test('never behind a redirect, because the credentials would go along', async () => {
    const elsewhere = await start();
    const world = await start(() => ({ status: 307, headers: { location: `${elsewhere.url}/token` }, body: '' }));
    expect(await rejection(clientOf(world).orgs.list().toArray())).toMatchObject({ code: 'api', status: 307 });
    expect(elsewhere.tokenRequests).toHaveLength(0);
  });
});

describe('a refusal', () => {
  const said = 'secret-of-somebody';

  test.each([
    ['401', { status: 401, body: { error: 'invalid_client', error_description: said } }, /invalid_client.*clientId/],
    ['400', { status: 400, body: { error: 'invalid_scope', error_description: said } }, /invalid_scope.*scopes/],
    ['another word', { status: 400, body: { error: said } }, /another error/],
    ['status 200', { body: { error: 'unauthorized_client' } }, /unauthorized_client/],
    ['a web page', { status: 401, body: `<html>${said}</html>` }, /status 401/],
    ['no such endpoint', { status: 404, body: `<html>${said}</html>` }, /tokenUrl/],
  ])('is an AuthenticationError without its text: %s', async (_, reply: Reply, message) => {
    const world = await start(() => reply);
    const error = await rejection(clientOf(world).orgs.list().toArray());
    expect(error).toMatchObject({ code: 'authentication', isRetryable: false, path: '/token' });
    expect(String(error)).toMatch(message);
    expect(inspect(error)).not.toMatch(/secret-of|s3cr|client id/);
    expect(world.used).toHaveLength(0);
  });

  test.each([
    ['no token', {}, 'access_token: invalid'],
    ['a token that no header can carry', { access_token: 'two words' }, 'access_token: invalid'],
    ['a token of another type', { access_token: 'x', token_type: 'mac' }, 'token_type: invalid'],
  ])('%s is a DecodeError', async (_, body, issue) => {
    const world = await start(() => ({ body }));
    const error = await rejection(clientOf(world).orgs.list().toArray());
    expect(error).toMatchObject({ code: 'decode', issues: [issue] });
  });
});

test('no log finds the secret or the token', async () => {
  const world = await start();
  const auth = clientCredentials({ ...credentials, allowInsecureHosts: [world.host] });
  await auth.authorize({ method: 'GET', url: new URL(`${world.url}/ims/oneroster/v1p1/orgs`) });
  for (const shown of [JSON.stringify(auth), inspect(auth, { depth: 9 })]) expect(shown).not.toMatch(/token-1|s3cr/);
});

test.each([
  ['clientId', { clientId: '' }],
  ['clientSecret', { clientSecret: undefined }],
  ['tokenUrl', { tokenUrl: 'http://tokens.example.com/token' }],
  ['tokenUrl', { tokenUrl: 'https://10.0.0.1/token' }],
  ['scopes', { scopes: ['two words'] }],
  ['scopes', { scopes: 'a' }],
  ['scopeVersion', { scopeVersion: '2' }],
  ['send', { send: 'header' }],
  ['parameters', { parameters: { a: 1 } }],
  ['secret', { secret: 'x' }],
  ['timeoutMs', { timeoutMs: 0, tokenUrl: 'https://tokens.example.com/token' }],
])('a mistake in %s is named', (parameter, options) => {
  const make = () => clientCredentials({ ...credentials, ...options } as ClientCredentialsOptions);
  expect(make).toThrow(expect.objectContaining({ code: 'configuration', parameter }));
});
