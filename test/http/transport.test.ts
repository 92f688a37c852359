import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  ApiError,
  AuthenticationError,
  ConfigurationError,
  ConnectionError,
  ConnectionTimeoutError,
  DecodeError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  RosterError,
  ServerError,
} from '../../src/errors.js';
import type { RequestRetry, TransportOptions } from '../../src/http/index.js';
import { type Handler, rejection, startServer, unusedBaseUrl } from '../support/http-server.js';
import { SECRET, transportTo } from './transport-to.js';

/** Writes bytes that are no proper answer. */
function raw(...lines: readonly string[]): Handler {
  return (_, response) => {
    response.socket?.end(lines.join('\r\n'));
    return undefined;
  };
}

const CHUNKED = ['HTTP/1.1 200 OK', 'content-type: application/json', 'transfer-encoding: chunked', ''];

async function failureOf(handler: Handler, options: Partial<TransportOptions> = {}): Promise<unknown> {
  const server = await startServer(handler);
  return rejection(transportTo(server.baseUrl, options).getJson('/v3.0/users', { query: { limit: 7 } }));
}

describe('a request', () => {
  it('carries the authorization and the query, and gives the body, the status and the request id', async () => {
    const server = await startServer(() => ({ body: { ok: true } }));
    const response = await transportTo(server.baseUrl).getJson('/v3.0/users', {
      query: { limit: 7, starting_after: undefined },
    });
    expect(response).toMatchObject({ body: { ok: true }, status: 200, requestId: 'request-1', path: '/v3.0/users' });
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
    expect(String(server.requests[0]?.query)).toBe('limit=7');
  });

  it('shows the whole URL to what authorizes it, anew at every attempt', async () => {
    const server = await startServer((_, response) => {
      if (server.requests.length > 1) return { body: 1 };
      response.destroy();
      return undefined;
    });
    const seen: string[] = [];
    const authorize: TransportOptions['authorize'] = ({ method, url }) => {
      seen.push(`${method} ${url.pathname}${url.search}`);
      return {};
    };
    await transportTo(server.baseUrl, { authorize }).getJson('/a', { query: { b: 'c d' } });
    expect(seen).toEqual(['GET /a?b=c%20d', 'GET /a?b=c%20d']);
  });

  it('stays below the path of the base URL, whatever the path begins with', async () => {
    const server = await startServer(() => ({ body: 1 }));
    const transport = transportTo(`${server.baseUrl}/ims/oneroster/`);
    for (const path of ['/users', 'users', '//evil.example/users', '@evil.example/users'])
      await transport.getJson(path);
    expect(server.requests.map((request) => request.path)).toEqual([
      '/ims/oneroster/users',
      '/ims/oneroster/users',
      '/ims/oneroster/evil.example/users',
      '/ims/oneroster/@evil.example/users',
    ]);
  });

  it('follows a URL of its own origin, and refuses one of another without sending anything there', async () => {
    const elsewhere = await startServer(() => ({ body: 1 }));
    const server = await startServer(() => ({ body: 1 }));
    const transport = transportTo(server.baseUrl);
    await transport.getJson(`${server.baseUrl}/next?page=2`);
    expect(server.requests[0]?.query.get('page')).toBe('2');
    const error = await rejection(transport.getJson(`${elsewhere.baseUrl}/next`));
    expect(error).toBeInstanceOf(DecodeError);
    expect(elsewhere.requests).toHaveLength(0);
  });

  it('keeps to its concurrency', async () => {
    let underWay = 0;
    let most = 0;
    const server = await startServer((_, response) => {
      underWay += 1;
      most = Math.max(most, underWay);
      setImmediate(() => {
        underWay -= 1;
        response.end('{}');
      });
      return undefined;
    });
    const transport = transportTo(server.baseUrl, { concurrency: 2 });
    await Promise.all(Array.from({ length: 12 }, async () => transport.getJson('/x')));
    expect(most).toBe(2);
  });
});

describe('an answer that is an error', () => {
  it.each([
    [400, ApiError, 'api'],
    [401, AuthenticationError, 'authentication'],
    [403, PermissionDeniedError, 'permission_denied'],
    [404, NotFoundError, 'not_found'],
    [413, ApiError, 'api'],
    [429, RateLimitError, 'rate_limited'],
    [500, ServerError, 'server'],
    [503, ServerError, 'server'],
  ] as const)('of status %i becomes its class', async (status, expected, code) => {
    const error = await failureOf(() => ({ status, body: { message: 'no' } }), { retries: 0 });
    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({
      code,
      source: 'clever',
      status,
      method: 'GET',
      path: '/v3.0/users',
      requestId: 'request-1',
    });
  });

  it.each([400, 401, 403, 404, 413])('of status %i is not tried again', async (status) => {
    const server = await startServer(() => ({ status, body: {} }));
    await rejection(transportTo(server.baseUrl).getJson('/x'));
    expect(server.requests).toHaveLength(1);
  });

  it('and a web page on 404 means a wrong endpoint, while JSON or nothing means a missing record', async () => {
    const page = await failureOf(() => ({ status: 404, body: '<pre>Cannot GET /v3.0/users</pre>' }));
    expect(page).toMatchObject({ name: 'NotFoundError', isWrongEndpoint: true });
    expect((page as Error).message).toMatch(/type of the token.*product.*base URL/);
    expect(await failureOf(() => ({ status: 404, body: {} }))).toMatchObject({ isWrongEndpoint: false });
    expect(await failureOf(() => ({ status: 404 }))).toMatchObject({ isWrongEndpoint: false });
  });

  it.each(['<html>Sign in</html>', ''])('or no JSON with status 200 (%j) is a DecodeError', async (body) => {
    const error = await failureOf(() => ({ body }));
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({ path: '/v3.0/users', source: 'clever' });
  });

  it('and a redirect is refused, and the credentials are not sent along', async () => {
    const elsewhere = await startServer(() => ({ body: 1 }));
    const error = await failureOf(() => ({ status: 302, headers: { location: elsewhere.baseUrl } }));
    expect(error).toMatchObject({ name: 'ApiError', status: 302, isRetryable: false });
    expect((error as Error).message).toContain('redirect');
    expect(elsewhere.requests).toHaveLength(0);
  });

  it('names neither the token, nor the query, nor the payload, however deeply it is printed', async () => {
    const errors = [
      await failureOf(() => ({ status: 401, body: { message: 'payload-of-theirs' } })),
      await failureOf(() => ({ status: 404, body: 'payload-of-theirs' })),
      await failureOf(() => ({ body: 'payload-of-theirs' })),
      await failureOf(() => undefined, { timeoutMs: 20, retries: 0 }),
      await failureOf(raw(...CHUNKED, '["payload-of-theirs"]', ''), { retries: 0 }),
      await failureOf(raw(...CHUNKED, '1', '[', '"payload-of-theirs"]', ''), { retries: 0 }),
      await failureOf(raw('HTTP/1.1 200 OK', 'content-length: 9', 'content-length: 8', '', 'payload-of-theirs'), {
        retries: 0,
      }),
      await failureOf(() => undefined, { authorize: () => ({ authorization: `Bearer ${SECRET}\nsecond line` }) }),
      await failureOf(() => undefined, { authorize: () => new Promise(() => undefined), timeoutMs: 20, retries: 0 }),
      await rejection(transportTo(await unusedBaseUrl(), { retries: 0 }).getJson('/x', { query: { limit: 7 } })),
    ];
    for (const error of errors) {
      expect(RosterError.isInstance(error)).toBe(true);
      const printed = inspect(error, { depth: 20, showHidden: true });
      for (const secret of [SECRET, 'limit=7', 'payload-of-theirs', '<Buffer']) expect(printed).not.toContain(secret);
    }
  });
});

describe('no answer', () => {
  it('is a ConnectionError that names the cause, and is tried again', async () => {
    const retries: RequestRetry[] = [];
    const transport = transportTo(await unusedBaseUrl(), { retries: 2 });
    const error = await rejection(transport.getJson('/x', { onRetry: (retry) => retries.push(retry) }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ source: 'clever', path: '/x' });
    expect((error as Error).message).toContain('ECONNREFUSED');
    expect(retries).toEqual([
      { attempt: 1, delayMs: 0 },
      { attempt: 2, delayMs: 0 },
    ]);
  });

  it('keeps of the error of the runtime only the code, and that only where it is a word of the system', async () => {
    const refused = await rejection(transportTo(await unusedBaseUrl(), { retries: 0 }).getJson('/x'));
    const code = 'ECONNREFUSED';
    expect((refused as Error).cause).toEqual(Object.assign(new Error(code), { code }));
    for (const cause of [{ code: 'name of a child' }, { code: 7 }, 'text', undefined]) {
      const fetch = async (): Promise<never> => await Promise.reject(new TypeError('fetch failed', { cause }));
      const error = await rejection(transportTo('https://roster.example.com', { fetch, retries: 0 }).getJson('/x'));
      expect(error).toBeInstanceOf(ConnectionError);
      expect((error as Error).cause).toBeUndefined();
      expect((error as Error).message).not.toContain('child');
    }
  });

  it('in time is a ConnectionTimeoutError, before the headers as well as in the middle of the body', async () => {
    const silent = await failureOf(() => undefined, { timeoutMs: 30, retries: 0 });
    expect(silent).toBeInstanceOf(ConnectionTimeoutError);
    expect(silent).toMatchObject({ timeoutMs: 30, isRetryable: true });
    const stalled: Handler = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"half":');
      return undefined;
    };
    expect(await failureOf(stalled, { timeoutMs: 30, retries: 0 })).toBeInstanceOf(ConnectionTimeoutError);
  });

  it('to the end, because the connection broke in the middle of the body, is tried again', async () => {
    const server = await startServer((_, response) => {
      if (server.requests.length > 1) return { body: { whole: true } };
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"half":', () => response.destroy());
      return undefined;
    });
    expect((await transportTo(server.baseUrl).getJson('/x')).body).toEqual({ whole: true });
  });

  it("leaves a bug in the caller's fetch or authorization as it is", async () => {
    const bug = new TypeError('Cannot read properties of undefined');
    const throwBug = (): never => {
      throw bug;
    };
    expect(await rejection(transportTo('https://roster.example.com', { fetch: throwBug }).getJson('/x'))).toBe(bug);
    expect(await rejection(transportTo('https://roster.example.com', { authorize: throwBug }).getJson('/x'))).toBe(bug);
  });
});

describe('a failure that may pass', () => {
  it('is tried again until it has passed, and told of', async () => {
    const server = await startServer(() => (server.requests.length < 4 ? { status: 502 } : { body: 'x'.length }));
    const retries: RequestRetry[] = [];
    const response = await transportTo(server.baseUrl).getJson('/x', { onRetry: (retry) => retries.push(retry) });
    expect(response.body).toBe(1);
    expect(retries).toEqual([1, 2, 3].map((attempt) => ({ attempt, delayMs: 0, status: 502 })));
  });

  it('is given up after the retries that are allowed', async () => {
    const server = await startServer(() => ({ status: 500 }));
    expect(await rejection(transportTo(server.baseUrl, { retries: 3 }).getJson('/x'))).toBeInstanceOf(ServerError);
    expect(server.requests).toHaveLength(4);
  });

  it('may change the query of the next attempt', async () => {
    const server = await startServer(({ query }) => (query.get('limit') === '2' ? { body: 1 } : { status: 504 }));
    const response = await transportTo(server.baseUrl).getJson('/x', {
      query: { limit: 8 },
      queryAfter: (_, query) => ({ ...query, limit: Number(query['limit']) / 2 }),
    });
    expect(response.query).toEqual({ limit: 2 });
  });

  it('waits as long as Retry-After says', async () => {
    const server = await startServer(() =>
      server.requests.length === 1 ? { status: 429, headers: { 'retry-after': '0.02' } } : { body: 1 },
    );
    const retries: RequestRetry[] = [];
    await transportTo(server.baseUrl).getJson('/x', { onRetry: (retry) => retries.push(retry) });
    expect(retries.map((retry) => retry.delayMs)).toEqual([20]);
  });

  it('is paused for before the next attempt, and by every other request of the credential if the far side asked', async () => {
    const arrivals: number[] = [];
    const server = await startServer(({ path }) => {
      arrivals.push(performance.now());
      if (arrivals.length === 1) return { status: 429, headers: { 'retry-after': '0.2' } };
      return path === '/fails-once' && arrivals.length === 2 ? { status: 500 } : { body: 1 };
    });
    const transport = transportTo(server.baseUrl, { minRetryDelayMs: 40 });
    const others: Promise<unknown>[] = [];
    await transport.getJson('/limited', { onRetry: () => others.push(transport.getJson('/other')) });
    await Promise.all(others);
    const [limited = 0, next = 0] = arrivals;
    expect(arrivals).toHaveLength(3);
    expect(next - limited).toBeGreaterThan(190);

    arrivals.splice(1);
    await transport.getJson('/fails-once');
    const [, failed = 0, repeated = 0] = arrivals;
    expect(repeated - failed).toBeGreaterThan(35);
  });

  it('is given to the caller at once where the far side asks for a longer pause than a run can bear', async () => {
    const server = await startServer(() => ({ status: 429, headers: { 'retry-after': '86400' } }));
    const error = await rejection(transportTo(server.baseUrl).getJson('/x'));
    expect(error).toMatchObject({ name: 'RateLimitError', retryAfterMs: 86_400_000 });
    expect(server.requests).toHaveLength(1);
  });

  it('reads the reset of an empty 429 against the server’s clock', async () => {
    const headers = { date: new Date(1_000_000_000).toUTCString(), 'x-ratelimit-reset': '1000030' };
    const error = await failureOf(() => ({ status: 429, headers }), { retries: 0 });
    expect(error).toMatchObject({ name: 'RateLimitError', retryAfterMs: 30_000 });
  });
});

describe('an abort', () => {
  const reason = new Error('stopped by the caller');

  it('before the request sends nothing and throws the reason itself', async () => {
    const server = await startServer(() => ({ body: 1 }));
    const error = await rejection(transportTo(server.baseUrl).getJson('/x', { signal: AbortSignal.abort(reason) }));
    expect(error).toBe(reason);
    expect(server.requests).toHaveLength(0);
  });

  it.each([reason, 'a word'])(
    'during the request throws the reason itself (%s), and nothing is tried again',
    async (why) => {
      const controller = new AbortController();
      const server = await startServer(() => {
        controller.abort(why);
        return undefined;
      });
      expect(await rejection(transportTo(server.baseUrl).getJson('/x', { signal: controller.signal }))).toBe(why);
      expect(server.requests).toHaveLength(1);
    },
  );

  it('during the request closes its connection', async () => {
    const controller = new AbortController();
    let closed: Promise<void> | undefined;
    const server = await startServer((_, response) => {
      closed = new Promise((resolve) => response.on('close', resolve));
      controller.abort(reason);
      return undefined;
    });
    await rejection(transportTo(server.baseUrl).getJson('/x', { signal: controller.signal }));
    await closed;
    expect(server.requests).toHaveLength(1);
  });

  it('during a pause ends the pause', async () => {
    const controller = new AbortController();
    const server = await startServer(() => ({ status: 429, headers: { 'retry-after': '100' } }));
    const reading = transportTo(server.baseUrl).getJson('/x', {
      signal: controller.signal,
      onRetry: () => {
        controller.abort(reason);
      },
    });
    expect(await rejection(reading)).toBe(reason);
  });

  it('of a request whose credentials do not come ends it at once, and its place in the queue is free', async () => {
    const server = await startServer(() => ({ body: 1 }));
    const controller = new AbortController();
    const authorize: TransportOptions['authorize'] = ({ url }) => {
      if (url.pathname !== '/hanging') return {};
      controller.abort(reason);
      return new Promise(() => undefined);
    };
    const transport = transportTo(server.baseUrl, { concurrency: 1, authorize });
    const hanging = rejection(transport.getJson('/hanging', { signal: controller.signal }));
    const next = transport.getJson('/next');
    expect(await hanging).toBe(reason);
    expect((await next).status).toBe(200);
    expect(server.requests).toHaveLength(1);
  });

  it.each(['getJson', 'post'] as const)(
    'of a request that waits in the queue (%s) asks for no credentials',
    async (method) => {
      const controller = new AbortController();
      const server = await startServer(({ path }) => {
        if (path === '/first') controller.abort(reason);
        return { body: 1 };
      });
      const asked: string[] = [];
      const authorize: TransportOptions['authorize'] = ({ url }) => {
        asked.push(url.pathname);
        return {};
      };
      const transport = transportTo(server.baseUrl, { concurrency: 1, authorize });
      const first = transport.getJson('/first');
      const queued = rejection(transport[method]('/queued', { signal: controller.signal }));
      const last = transport.getJson('/last');
      expect(await queued).toBe(reason);
      await Promise.all([first, last]);
      expect(asked).toEqual(['/first', '/last']);
    },
  );

  it('of a request that still waits for its turn does not wait for the others', async () => {
    const server = await startServer(() => undefined);
    const transport = transportTo(server.baseUrl, { concurrency: 1, retries: 0, timeoutMs: 20_000 });
    const first = new AbortController();
    const second = new AbortController();
    const hanging = rejection(transport.getJson('/a', { signal: first.signal }));
    const waiting = rejection(transport.getJson('/b', { signal: second.signal }));
    second.abort(reason);
    expect(await waiting).toBe(reason);
    first.abort(reason);
    expect(await hanging).toBe(reason);
  });
});

describe('the options', () => {
  it.each([
    'not a url',
    'http://api.clever.com',
    'ftp://api.clever.com',
    'https://localhost',
    'https://localhost.',
    'https://district.local',
    'https://printer',
    'https://127.0.0.1',
    'https://0x7f.1',
    'https://10.1.2.3',
    'https://172.16.0.1',
    'https://192.168.0.1',
    'https://169.254.169.254',
    'https://[::1]',
    'https://[::ffff:10.0.0.1]',
    'https://[fd00::1]',
    'https://user:password@api.clever.com',
    'https://api.clever.com?token=1',
  ])('refuse the base URL %s by name', (baseUrl) => {
    const make = () => transportTo(baseUrl, { allowInsecureHosts: [] });
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(/^baseUrl: /);
  });

  it.each(['https://api.clever.com', 'https://172.32.0.1', 'https://roster.example.com/ims/oneroster/v1p1'])(
    'accept the base URL %s',
    (baseUrl) => {
      expect(() => transportTo(baseUrl, { allowInsecureHosts: [] })).not.toThrow();
    },
  );

  it('accept an insecure host only where it is named, with or without its port', () => {
    for (const name of ['127.0.0.1', '127.0.0.1:8080']) {
      expect(() => transportTo('http://127.0.0.1:8080', { allowInsecureHosts: [name] })).not.toThrow();
    }
    expect(() => transportTo('http://127.0.0.1:8080', { allowInsecureHosts: ['127.0.0.1:9090'] })).toThrow(
      /^baseUrl: /,
    );
    expect(() => transportTo('http://127.0.0.1', { allowInsecureHosts: ['localhost'] })).toThrow(/^baseUrl: /);
  });

  it.each(['timeoutMs', 'retries', 'minRetryDelayMs', 'concurrency'] as const)('refuse an impossible %s', (name) => {
    for (const value of [-1, 1.5, Number.NaN]) {
      expect(() => transportTo('https://api.clever.com', { [name]: value })).toThrow(new RegExp(`^${name}: `));
    }
  });
});
