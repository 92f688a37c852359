import { describe, expect, it, vi } from 'vitest';
import type { RateLimit, RequestRetry, TransportOptions } from '../../src/http/index.js';
import { type Handler, rejection, startServer, type TestServer } from '../support/http-server.js';
import { bearer, transportTo } from './transport-to.js';

/** A window that outlasts the longest wait: what would have to wait for its end is refused at once, and can be seen. */
const LONG = 600_000;

/** The server's clock, which is neither ours nor right. */
const DATE = new Date(1_000_000_000);
const date = DATE.toUTCString();
const second = DATE.getTime() / 1000;

async function serverSaying(...headers: readonly Readonly<Record<string, string>>[]): Promise<TestServer> {
  return await startServer(() => ({ body: 1, headers: headers[server.requests.length - 1] ?? {} }));
}

let server: TestServer;

async function outcomes(count: number, request: () => Promise<unknown>): Promise<readonly string[]> {
  return await Promise.all(
    Array.from({ length: count }, async () =>
      request().then(
        () => 'answered',
        (error: unknown) => (error as Error).name,
      ),
    ),
  );
}

describe('a rate limit', () => {
  it('is never exceeded, wherever the server begins to count, by requests that all come at once', async () => {
    const rateLimit: RateLimit = { requests: 10, windowMs: 100 };
    const arrivals: number[] = [];
    server = await startServer(() => {
      const now = performance.now();
      arrivals.push(now);
      const isTooMany = arrivals.filter((arrival) => arrival > now - rateLimit.windowMs).length > rateLimit.requests;
      return isTooMany ? { status: 429 } : { body: 1 };
    });
    const transport = transportTo(server.baseUrl, { rateLimit, concurrency: 30, retries: 0 });
    expect(await outcomes(30, () => transport.getJson('/x'))).toEqual(Array.from({ length: 30 }, () => 'answered'));
    expect(arrivals).toHaveLength(30);
  });

  it('gives its turns to those who came first', async () => {
    server = await serverSaying();
    const transport = transportTo(server.baseUrl, { rateLimit: { requests: 1, windowMs: 10 }, concurrency: 20 });
    const paths = Array.from({ length: 20 }, (_, index) => `/${String(index)}`);
    await Promise.all(paths.map(async (path) => await transport.getJson(path)));
    expect(server.requests.map(({ path }) => path)).toEqual(paths);
  });

  it('spends no turn on a request that was aborted while it waited in the queue', async () => {
    const controller = new AbortController();
    server = await startServer(({ path }) => {
      if (path === '/first') controller.abort(new Error('stopped by the caller'));
      return { body: 1 };
    });
    const transport = transportTo(server.baseUrl, { rateLimit: { requests: 2, windowMs: LONG }, concurrency: 1 });
    const first = transport.getJson('/first');
    const queued = outcomes(3, () => transport.getJson('/queued', { signal: controller.signal }));
    const last = transport.getJson('/last');
    expect(await queued).toEqual(['Error', 'Error', 'Error']);
    await Promise.all([first, last]);
    expect(server.requests.map(({ path }) => path)).toEqual(['/first', '/last']);
  });

  it('spends no turn on a request whose credentials do not come after the wait', async () => {
    server = await serverSaying();
    let asked = 0;
    const authorize = (): Readonly<Record<string, string>> => {
      asked += 1;
      if (asked === 3) throw new Error('no credentials');
      return { authorization: 'given back' };
    };
    const transport = transportTo(server.baseUrl, { rateLimit: { requests: 1, windowMs: 60 }, authorize });
    await transport.getJson('/1');
    expect(await outcomes(1, () => transport.getJson('/2'))).toEqual(['Error']);
    await transport.getJson('/3');
    expect(server.requests.map(({ path }) => path)).toEqual(['/1', '/3']);
  });

  it('is shared by the transports of one credential, and by no others', async () => {
    server = await serverSaying();
    const other = await startServer(() => ({ body: 1 }));
    const rateLimit = { requests: 2, windowMs: LONG };
    const options: Partial<TransportOptions> = { rateLimit, ...bearer('shared-1') };
    await transportTo(server.baseUrl, options).getJson('/1');
    await transportTo(server.baseUrl, options).getJson('/2');
    const error = await rejection(transportTo(server.baseUrl, options).getJson('/3?a=1'));
    expect(error).toMatchObject({ name: 'RateLimitError', status: 429, path: '/3', source: 'clever' });
    const { retryAfterMs } = error as { readonly retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(LONG - 30_000);
    expect(retryAfterMs).toBeLessThanOrEqual(LONG);
    expect(server.requests).toHaveLength(2);

    await transportTo(server.baseUrl, { rateLimit, ...bearer('shared-2') }).getJson('/4');
    await transportTo(other.baseUrl, options).getJson('/5');
    await transportTo(server.baseUrl, bearer('shared-1')).getJson('/6');
    expect(server.requests.map(({ path }) => path)).toEqual(['/1', '/2', '/4', '/6']);
  });

  it('counts the attempts, not the requests', async () => {
    server = await startServer(() => ({ status: 503 }));
    const transport = transportTo(server.baseUrl, { rateLimit: { requests: 3, windowMs: LONG }, retries: 4 });
    expect(await rejection(transport.getJson('/x'))).toMatchObject({ name: 'RateLimitError', requestId: undefined });
    expect(server.requests).toHaveLength(3);
  });

  it('counts a new credential on its own', async () => {
    server = await startServer(({ headers }) => (headers.authorization === 'new' ? { body: 1 } : { status: 401 }));
    const transport = transportTo(server.baseUrl, {
      rateLimit: { requests: 1, windowMs: LONG },
      canReauthorize: true,
      authorize: ({ refused }) => ({ authorization: refused === undefined ? 'old' : 'new' }),
    });
    expect((await transport.getJson('/x')).status).toBe(200);
  });

  it('asks for the authorization again after a wait, because it may have changed meanwhile', async () => {
    server = await serverSaying();
    let asked = 0;
    const authorize = (): Readonly<Record<string, string>> => {
      asked += 1;
      return { authorization: asked === 3 ? 'second' : 'first' };
    };
    const transport = transportTo(server.baseUrl, { rateLimit: { requests: 1, windowMs: 60 }, authorize });
    await transport.getJson('/1');
    await transport.getJson('/2');
    // The turn of the first credential that was not used is there for the next request.
    await transport.getJson('/3');
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['first', 'second', 'first']);
  });

  it('lets a request that waits for its turn end at once with the abort, and wait in nobody else’s way', async () => {
    server = await serverSaying();
    const authorize = vi.fn(() => ({ authorization: 'aborted' }));
    const transport = transportTo(server.baseUrl, {
      rateLimit: { requests: 1, windowMs: 60_000 },
      concurrency: 1,
      authorize,
    });
    await transport.getJson('/1');
    const reason = new Error('stopped by the caller');
    for (const path of ['/2', '/3']) {
      authorize.mockClear();
      const controller = new AbortController();
      const waiting = rejection(transport.getJson(path, { signal: controller.signal }));
      await vi.waitFor(() => expect(authorize).toHaveBeenCalledOnce());
      controller.abort(reason);
      expect(await waiting).toBe(reason);
    }
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    { requests: 0, windowMs: 1 },
    { requests: 1, windowMs: 0 },
    { requests: 1.5, windowMs: 1 },
  ])('of %j is refused by name', (rateLimit) => {
    expect(() => transportTo('https://api.clever.com', { rateLimit })).toThrow(/^rateLimit\.(requests|windowMs): /);
  });
});

describe('what the headers of an answer say of the limit', () => {
  it('is believed where others have used it up', async () => {
    server = await serverSaying({ date, 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': String(second + 590) });
    const transport = transportTo(server.baseUrl, { rateLimit: { requests: 100, windowMs: LONG } });
    await transport.getJson('/1');
    await transport.getJson('/2');
    const error = await rejection(transport.getJson('/3'));
    expect(error).toMatchObject({ name: 'RateLimitError' });
    const { retryAfterMs } = error as { readonly retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(560_000);
    expect(retryAfterMs).toBeLessThanOrEqual(590_000);
  });

  it('is believed of an answer that is an error, too', async () => {
    const headers = { date, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(second + 590) };
    server = await startServer(() => ({ status: 404, headers }));
    const transport = transportTo(server.baseUrl, { rateLimit: { requests: 100, windowMs: LONG } });
    expect(await outcomes(1, () => transport.getJson('/1'))).toEqual(['NotFoundError']);
    expect(await outcomes(1, () => transport.getJson('/2'))).toEqual(['RateLimitError']);
  });

  it('is believed of the end of the window, by the clock of the server', async () => {
    server = await serverSaying({ date, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(second) });
    const transport = transportTo(server.baseUrl, { rateLimit: { requests: 1, windowMs: LONG } });
    await transport.getJson('/1');
    await transport.getJson('/2');
    expect(server.requests).toHaveLength(2);
  });

  it('is believed of a smaller limit, in the windows that follow as well', async () => {
    const headers = { 'x-ratelimit-limit': '3', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(second) };
    server = await serverSaying({ date, ...headers });
    const transport = transportTo(server.baseUrl, { rateLimit: { requests: 100, windowMs: LONG }, concurrency: 9 });
    await transport.getJson('/1');
    const all = await outcomes(9, () => transport.getJson('/2'));
    expect(all.filter((outcome) => outcome === 'answered')).toHaveLength(3);
  });

  it('does not raise the limit that was set here', async () => {
    server = await serverSaying({
      date,
      'x-ratelimit-limit': '1200',
      'x-ratelimit-remaining': '1199',
      'x-ratelimit-reset': String(second + 500),
    });
    const transport = transportTo(server.baseUrl, { rateLimit: { requests: 1, windowMs: LONG } });
    await transport.getJson('/1');
    expect(await outcomes(1, () => transport.getJson('/2'))).toEqual(['RateLimitError']);
  });

  it('counts what is still on its way, which the server does not know of yet', async () => {
    const held: (() => void)[] = [];
    const answer: Handler = ({ path }, response) => {
      const remaining = path === '/slow' ? '9' : '2';
      const send = (): void => {
        response.writeHead(200, {
          date,
          'x-ratelimit-remaining': remaining,
          'x-ratelimit-reset': String(second + 500),
        });
        response.end('1');
      };
      if (path === '/slow') held.push(send);
      else send();
      return undefined;
    };
    server = await startServer(answer);
    const transport = transportTo(server.baseUrl, { rateLimit: { requests: 100, windowMs: LONG }, concurrency: 9 });
    const slow = Promise.all([transport.getJson('/slow'), transport.getJson('/slow')]);
    await transport.getJson('/fast');
    expect(await outcomes(1, () => transport.getJson('/fast'))).toEqual(['RateLimitError']);
    for (const send of held) send();
    await slow;
    expect(await outcomes(1, () => transport.getJson('/fast'))).toEqual(['RateLimitError']);
  });

  it.each([
    ['a reset in the year 2100', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4102444800' }],
    ['a reset in milliseconds', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${String(second)}000` }],
    ['a reset in the past', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(second - 60) }],
    ['a reset that is no number', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'NaN' }],
    ['no reset', { 'x-ratelimit-remaining': '0' }],
    ['nothing left of nothing', { 'x-ratelimit-remaining': 'NaN', 'x-ratelimit-reset': String(second + 9) }],
    [
      'a limit of none',
      { 'x-ratelimit-limit': '0', 'x-ratelimit-remaining': '5', 'x-ratelimit-reset': String(second + 590) },
    ],
  ])('is left aside where it cannot be (%s), and the count here goes on', async (_, headers) => {
    const all = { date, 'x-ratelimit-limit': '1200', ...headers };
    const sane = { date, 'x-ratelimit-limit': '1200' };
    server = await serverSaying(sane, sane, all);
    const transport = transportTo(server.baseUrl, { rateLimit: { requests: 4, windowMs: LONG }, concurrency: 1 });
    const expected = ['answered', 'answered', 'answered', 'answered', 'RateLimitError'];
    expect(await outcomes(5, () => transport.getJson('/x'))).toEqual(expected);
  });

  it('is nothing left where it is less than nothing', async () => {
    server = await serverSaying({ date, 'x-ratelimit-remaining': '-5', 'x-ratelimit-reset': String(second + 590) });
    const transport = transportTo(server.baseUrl, { rateLimit: { requests: 100, windowMs: LONG } });
    await transport.getJson('/1');
    expect(await outcomes(1, () => transport.getJson('/2'))).toEqual(['RateLimitError']);
  });
});

describe('too many requests (429)', () => {
  it('close the window for every transport of the credential, for as long as the server says', async () => {
    server = await startServer(() => ({
      status: 429,
      headers: { date, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(second + 550) },
    }));
    const rateLimit = { requests: 100, windowMs: LONG };
    const first = transportTo(server.baseUrl, { rateLimit, ...bearer('closed-1') });
    expect(await rejection(first.getJson('/1'))).toMatchObject({ name: 'RateLimitError', retryAfterMs: 550_000 });
    const another = transportTo(server.baseUrl, { rateLimit, ...bearer('closed-1') });
    expect(await rejection(another.getJson('/2'))).toMatchObject({ name: 'RateLimitError' });
    expect(server.requests).toHaveLength(1);
    await rejection(transportTo(server.baseUrl, { rateLimit, ...bearer('closed-2') }).getJson('/3'));
    expect(server.requests).toHaveLength(2);
  });

  it('close the window before those who wait for their turn hear that the count begins anew', async () => {
    const headers = { date, 'retry-after': '600', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(second) };
    server = await startServer(() => ({ status: 429, headers }));
    const transport = transportTo(server.baseUrl, { rateLimit: { requests: 1, windowMs: 60_000 } });
    expect(await outcomes(2, () => transport.getJson('/x'))).toEqual(['RateLimitError', 'RateLimitError']);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['no word of when to return', {}],
    ['a reset in the past', { 'x-ratelimit-reset': String(second - 60) }],
    ['a reset in the year 2100', { 'x-ratelimit-reset': '4102444800' }],
    ['a reset that is no number', { 'x-ratelimit-reset': 'NaN' }],
    ['a Retry-After that is no time', { 'retry-after': 'soon' }],
    ['a Retry-After in the past', { 'retry-after': new Date(0).toUTCString() }],
    ['a Retry-After of years', { 'retry-after': '99999999' }],
  ])('with %s make all requests of the credential pause, longer each time', async (_, headers) => {
    const arrivals: { readonly path: string; readonly at: number }[] = [];
    server = await startServer(({ path }) => {
      arrivals.push({ path, at: performance.now() });
      return arrivals.length < 3 ? { status: 429, headers: { date, ...headers } } : { body: 1 };
    });
    const transport = transportTo(server.baseUrl, { minRetryDelayMs: 20 });
    const retries: (RequestRetry & { readonly at: number })[] = [];
    const others: Promise<unknown>[] = [];
    await transport.getJson('/x', {
      onRetry: (retry) => {
        retries.push({ ...retry, at: performance.now() });
        if (retries.length === 2) others.push(transport.getJson('/other'));
      },
    });
    await Promise.all(others);
    const [first, next] = retries;
    expect(first?.delayMs).toBeGreaterThanOrEqual(20);
    expect(first?.delayMs).toBeLessThanOrEqual(40);
    expect(next?.delayMs).toBeGreaterThanOrEqual(80);
    const other = arrivals.find(({ path }) => path === '/other');
    // The window was closed an instant before onRetry was told.
    expect((other?.at ?? 0) - (next?.at ?? 0)).toBeGreaterThanOrEqual((next?.delayMs ?? 0) - 5);
  });
});
