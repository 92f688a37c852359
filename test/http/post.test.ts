import type { IncomingHttpHeaders } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { RateLimit } from '../../src/http/index.js';
import { type Reply, rejection, startServer, type TestServer, unusedBaseUrl } from '../support/http-server.js';
import { SECRET, transportTo } from './transport-to.js';

interface Sent {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that reads what it is sent before it answers. */
async function receiver(reply: Reply): Promise<{ readonly server: TestServer; readonly sent: Sent[] }> {
  const sent: Sent[] = [];
  const server = await startServer((request, response) => {
    let body = '';
    response.req.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    response.req.on('end', () => {
      sent.push({ method: request.method, headers: request.headers, body });
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', 'x-request-id': 'request-7' });
      response.end(JSON.stringify(reply.body ?? null));
    });
    return undefined;
  });
  return { server, sent };
}

describe('what is posted', () => {
  it('goes as a form, with the authorization and headers of its own', async () => {
    const { server, sent } = await receiver({ body: { access_token: 'a' } });
    const response = await transportTo(server.baseUrl).post('/oauth/tokens', {
      form: { code: 'a b&c', grant_type: 'authorization_code' },
      headers: { 'x-extra': '1' },
    });
    expect(response).toMatchObject({ body: { access_token: 'a' }, status: 200, requestId: 'request-7', query: {} });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ method: 'POST', body: 'code=a+b%26c&grant_type=authorization_code' });
    expect(sent[0]?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Bearer ${SECRET}`,
      accept: 'application/json',
      'x-extra': '1',
    });
  });

  it('goes as JSON', async () => {
    const { server, sent } = await receiver({});
    await transportTo(server.baseUrl).post('/oauth/tokens', { json: { code: 'é' } });
    expect(sent[0]).toMatchObject({ body: '{"code":"é"}', headers: { 'content-type': 'application/json' } });
  });

  it('may be nothing at all', async () => {
    const { server, sent } = await receiver({});
    await transportTo(server.baseUrl).post('/oauth/revoke');
    expect(sent[0]?.body).toBe('');
    expect(sent[0]?.headers['content-type']).toBeUndefined();
  });

  it.each([429, 500, 503])('is sent once, even where the answer (%i) may pass', async (status) => {
    const { server, sent } = await receiver({ status });
    expect(await rejection(transportTo(server.baseUrl).post('/x', { form: {} }))).toMatchObject({
      status,
      method: 'POST',
      requestId: 'request-7',
    });
    expect(sent).toHaveLength(1);
  });

  it('is sent once, even where another credential would be at hand', async () => {
    const { server, sent } = await receiver({ status: 401 });
    const transport = transportTo(server.baseUrl, {
      canReauthorize: true,
      authorize: ({ refused }) => ({ authorization: refused === undefined ? 'one' : 'two' }),
    });
    expect(await rejection(transport.post('/x', { form: {} }))).toMatchObject({ name: 'AuthenticationError' });
    expect(sent).toHaveLength(1);
  });

  it('is in no error, however deeply it is printed', async () => {
    const { server } = await receiver({ status: 400, body: { error: 'theirs' } });
    const errors = [
      await rejection(transportTo(server.baseUrl).post('/x?a=query-1', { form: { code: 'code-1' } })),
      await rejection(transportTo(await unusedBaseUrl()).post('/x?a=query-1', { json: { code: 'code-1' } })),
    ];
    expect(errors).toMatchObject([{ name: 'ApiError', status: 400 }, { name: 'ConnectionError' }]);
    for (const error of errors) {
      expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/code-1|query-1|theirs|secret-token/);
    }
  });

  it('goes to no other origin', async () => {
    const { server } = await receiver({});
    const { server: elsewhere, sent } = await receiver({});
    const posting = transportTo(server.baseUrl).post(`${elsewhere.baseUrl}/x`, { form: {} });
    expect(await rejection(posting)).toMatchObject({ name: 'DecodeError', issues: ['link: another origin'] });
    expect(sent).toHaveLength(0);
  });

  it('ends with the time allowed, and with the abort of the caller', async () => {
    const server = await startServer(() => undefined);
    const late = rejection(transportTo(server.baseUrl, { timeoutMs: 30 }).post('/x', { form: {} }));
    expect(await late).toMatchObject({ name: 'ConnectionTimeoutError' });
    const reason = new Error('stopped by the caller');
    const transport = transportTo(server.baseUrl);
    expect(await rejection(transport.post('/x', { form: {}, signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(server.requests).toHaveLength(1);
  });

  it('neither waits for the refusal of another one, nor makes others wait for its own', async () => {
    const headers = { 'retry-after': '86400' };
    const server = await startServer(({ path }) => (path.startsWith('/refused') ? { status: 429, headers } : {}));
    const transport = transportTo(server.baseUrl);
    const outcomes = [];
    for (const request of [
      () => transport.post('/refused', { form: {} }),
      () => transport.post('/posted', { form: {} }),
      () => transport.getJson('/refused-get'),
      () => transport.post('/posted-again', { form: {} }),
      () => transport.getJson('/kept-back'),
    ]) {
      outcomes.push(await rejection(request()));
    }
    expect(outcomes).toMatchObject([
      { name: 'RateLimitError' },
      { name: 'DecodeError' },
      { name: 'RateLimitError' },
      { name: 'DecodeError' },
      { name: 'RateLimitError' },
    ]);
    expect(server.requests.map(({ path }) => path)).toEqual(['/refused', '/posted', '/refused-get', '/posted-again']);
  });

  it('takes its turn like everything else of a credential that has a rate limit', async () => {
    const { server, sent } = await receiver({});
    const rateLimit: RateLimit = { requests: 1, windowMs: 600_000 };
    const transport = transportTo(server.baseUrl, { rateLimit });
    await transport.post('/x', { form: {} });
    expect(await rejection(transport.post('/x', { form: {} }))).toMatchObject({ name: 'RateLimitError' });
    expect(sent).toHaveLength(1);
  });
});
