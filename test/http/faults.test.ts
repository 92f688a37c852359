import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { RequestRetry } from '../../src/http/index.js';
import { type Handler, type Reply, rejection, startServer } from '../support/http-server.js';
import { transportTo } from './transport-to.js';

const WHOLE = { data: [{ id: '1' }, { id: '2' }] };
const text = JSON.stringify(WHOLE);
const half = text.slice(0, 16);

type Fault = (response: ServerResponse) => Reply | undefined;

function head(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'request-9', ...headers });
}

/** Answers that are not whole although nothing but the end of them is missing. */
const cutShort: readonly (readonly [string, Fault])[] = [
  [
    'a connection that is reset in the middle of the body',
    (response) => {
      head(response, { 'content-length': String(text.length) });
      response.write(half, () => response.destroy());
      return undefined;
    },
  ],
  [
    'a body that is shorter than its content-length',
    (response) => {
      head(response, { 'content-length': String(text.length) });
      response.write(half, () => response.socket?.end());
      return undefined;
    },
  ],
  [
    'a body in chunks whose last one never comes',
    (response) => {
      head(response, {});
      response.write(half, () => response.socket?.end());
      return undefined;
    },
  ],
  [
    'a body of no stated length that ends early',
    (response) => {
      response.socket?.end(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: request-9\r\nconnection: close\r\n\r\n${half}`,
      );
      return undefined;
    },
  ],
  [
    'a compressed body that ends early',
    (response) => {
      const zipped = gzipSync(text.repeat(500));
      head(response, { 'content-encoding': 'gzip' });
      response.end(zipped.subarray(0, zipped.length / 2));
      return undefined;
    },
  ],
];

describe('an answer that is cut short', () => {
  it.each(cutShort)('(%s) is asked for again until it is whole', async (_, fault) => {
    const server = await startServer((_request, response) =>
      server.requests.length < 3 ? fault(response) : { body: WHOLE },
    );
    const retries: RequestRetry[] = [];
    const response = await transportTo(server.baseUrl).getJson('/x', { onRetry: (retry) => retries.push(retry) });
    expect(response.body).toEqual(WHOLE);
    expect(retries).toHaveLength(2);
  });

  it.each(cutShort)('(%s) is a ConnectionError that names the request in the end', async (_, fault) => {
    const server = await startServer((_request, response) => fault(response));
    const error = await rejection(transportTo(server.baseUrl, { retries: 1 }).getJson('/x'));
    expect(error).toMatchObject({ name: 'ConnectionError', isRetryable: true, path: '/x', requestId: 'request-9' });
    expect((error as Error).message).toContain('request-9');
    expect((error as Error).message).toMatch(/broke off|breaks off/);
    expect((error as Error).message).not.toContain(half);
    expect(server.requests).toHaveLength(2);
  });
});

describe('an answer that comes a byte at a time', () => {
  const trickle: Handler = (_, response) => {
    head(response, {});
    const timer = setInterval(() => response.write(' '), 5);
    response.on('close', () => {
      clearInterval(timer);
    });
    return undefined;
  };

  it('is bounded as a whole by timeoutMs, and the error names the request', async () => {
    const server = await startServer(trickle);
    const error = await rejection(transportTo(server.baseUrl, { timeoutMs: 250, retries: 0 }).getJson('/x'));
    expect(error).toMatchObject({ name: 'ConnectionTimeoutError', timeoutMs: 250, requestId: 'request-9' });
    expect((error as Error).message).toContain('request-9');
    expect(server.requests).toHaveLength(1);
  });
});

describe('an answer that is whole and not what was asked for', () => {
  it('as a web page of a gateway (502) passes', async () => {
    const server = await startServer(() =>
      server.requests.length < 3 ? { status: 502, body: '<html>Bad gateway</html>' } : { body: WHOLE },
    );
    expect((await transportTo(server.baseUrl).getJson('/x')).body).toEqual(WHOLE);
  });

  it.each([
    ['a web page', { body: '<html>Sign in</html>' }],
    ['nothing', { body: '' }],
    ['nothing, and says so (204)', { status: 204 }],
  ] satisfies readonly (readonly [string, Reply])[])(
    'but %s is a DecodeError with the request id',
    async (_, reply) => {
      const server = await startServer(() => reply);
      const error = await rejection(transportTo(server.baseUrl).getJson('/x'));
      expect(error).toMatchObject({ name: 'DecodeError', requestId: 'request-1', issues: ['body: not JSON'] });
      expect((error as Error).message).toContain('request-1');
      expect(server.requests).toHaveLength(1);
    },
  );

  it.each([301, 302, 307, 308])('but a redirect (%i) is an ApiError with the request id', async (status) => {
    const server = await startServer(() => ({ status, headers: { location: '/elsewhere' } }));
    const error = await rejection(transportTo(server.baseUrl).getJson('/x'));
    expect(error).toMatchObject({ name: 'ApiError', status, requestId: 'request-1' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a page that is too large (413)', () => {
  it('is asked for again where the next query is another one', async () => {
    const server = await startServer(({ query }) => (Number(query.get('limit')) > 10 ? { status: 413 } : { body: 1 }));
    const response = await transportTo(server.baseUrl).getJson('/x', {
      query: { limit: 32, role: undefined },
      queryAfter: (_, query) => ({ ...query, limit: Number(query['limit']) / 2 }),
    });
    expect(response.query['limit']).toBe(8);
    expect(server.requests.map(({ query }) => query.get('limit'))).toEqual(['32', '16', '8']);
  });

  it('is not asked for again where the next query is the same', async () => {
    const server = await startServer(() => ({ status: 413 }));
    const reading = transportTo(server.baseUrl).getJson('/x', {
      query: { limit: 50 },
      queryAfter: (_, query) => ({ ...query, role: undefined }),
    });
    expect(await rejection(reading)).toMatchObject({ name: 'ApiError', status: 413 });
    expect(server.requests).toHaveLength(1);
  });
});
