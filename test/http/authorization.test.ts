import { describe, expect, it } from 'vitest';
import { SignInError } from '../../src/errors.js';
import type { TransportOptions } from '../../src/http/index.js';
import { rejection, startServer, type TestServer } from '../support/http-server.js';
import { transportTo } from './transport-to.js';

/** Gives the first token until it is refused, then the next; notes what was refused. */
function rotating(...tokens: readonly string[]): {
  readonly authorize: TransportOptions['authorize'];
  readonly refusals: unknown[];
} {
  const refusals: unknown[] = [];
  let current = 0;
  const authorize: TransportOptions['authorize'] = ({ refused }) => {
    refusals.push(refused?.['authorization']);
    if (refused !== undefined && current < tokens.length - 1) current += 1;
    return { authorization: tokens[current] ?? '' };
  };
  return { authorize, refusals };
}

async function serverFor(accepted: () => string): Promise<TestServer> {
  return await startServer(({ headers }) =>
    headers.authorization === accepted() ? { body: { ok: true } } : { status: 401, body: { message: 'no' } },
  );
}

describe('a credential that is refused', () => {
  it('is replaced at once and without using up a retry, where there is another one', async () => {
    const server = await serverFor(() => 'new');
    const { authorize, refusals } = rotating('old', 'new');
    const transport = transportTo(server.baseUrl, { authorize, canReauthorize: true, retries: 0 });
    expect((await transport.getJson('/x')).body).toEqual({ ok: true });
    expect(refusals).toEqual([undefined, 'old']);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['old', 'new']);
  });

  it('is replaced in the middle of a list, and what follows is asked for with the new one', async () => {
    let accepted = 'first';
    const server = await serverFor(() => accepted);
    const { authorize } = rotating('first', 'second');
    const transport = transportTo(server.baseUrl, { authorize, canReauthorize: true });
    await transport.getJson('/1');
    accepted = 'second';
    await transport.getJson('/2');
    await transport.getJson('/3');
    expect(server.requests.map(({ path, headers }) => `${path} ${String(headers.authorization)}`)).toEqual([
      '/1 first',
      '/2 first',
      '/2 second',
      '/3 second',
    ]);
  });

  it('is an AuthenticationError where there is no other one, and nothing is sent again', async () => {
    const server = await serverFor(() => 'new');
    const { authorize, refusals } = rotating('old');
    const transport = transportTo(server.baseUrl, { authorize, canReauthorize: true });
    expect(await rejection(transport.getJson('/x'))).toMatchObject({ name: 'AuthenticationError', status: 401 });
    expect(refusals).toEqual([undefined, 'old']);
    expect(server.requests).toHaveLength(1);
  });

  it('is an AuthenticationError where the other one is refused too: a third is not asked for', async () => {
    const server = await serverFor(() => 'none of them');
    const { authorize, refusals } = rotating('old', 'new', 'newer');
    const transport = transportTo(server.baseUrl, { authorize, canReauthorize: true });
    expect(await rejection(transport.getJson('/x'))).toMatchObject({ requestId: 'request-2' });
    expect(refusals).toEqual([undefined, 'old']);
  });

  it('is an AuthenticationError at once where nobody said that asking again helps', async () => {
    const server = await serverFor(() => 'new');
    const { authorize, refusals } = rotating('old', 'new');
    expect(await rejection(transportTo(server.baseUrl, { authorize }).getJson('/x'))).toMatchObject({ status: 401 });
    expect(refusals).toEqual([undefined]);
  });

  it('passes on what the search for another one throws', async () => {
    const server = await serverFor(() => 'new');
    const gone = new Error('the district has left');
    const authorize: TransportOptions['authorize'] = ({ refused }) => {
      if (refused !== undefined) throw gone;
      return { authorization: 'old' };
    };
    expect(await rejection(transportTo(server.baseUrl, { authorize, canReauthorize: true }).getJson('/x'))).toBe(gone);
  });
});

describe('a credential that does not come', () => {
  const never = (): Promise<never> => new Promise(() => undefined);

  it('is not waited for longer than timeoutMs, and the next request has its place', async () => {
    const server = await startServer(() => ({ body: 1 }));
    const authorize: TransportOptions['authorize'] = ({ url }) => (url.pathname === '/next' ? {} : never());
    const transport = transportTo(server.baseUrl, { authorize, timeoutMs: 200, retries: 0, concurrency: 1 });
    const hanging = [rejection(transport.getJson('/x?a=1')), rejection(transport.post('/x?a=1'))];
    expect((await transport.getJson('/next')).status).toBe(200);
    for (const error of await Promise.all(hanging)) {
      expect(error).toMatchObject({ name: 'ConnectionTimeoutError', path: '/x', timeoutMs: 200, source: 'clever' });
      expect((error as Error).message).toMatch(/credentials .* not given within 200 ms/);
    }
    expect(server.requests).toHaveLength(1);
  });

  it('is not waited for longer either where another one was refused', async () => {
    const server = await serverFor(() => 'new');
    const authorize: TransportOptions['authorize'] = ({ refused }) =>
      refused === undefined ? { authorization: 'old' } : never();
    const transport = transportTo(server.baseUrl, { authorize, canReauthorize: true, timeoutMs: 200, retries: 0 });
    expect(await rejection(transport.getJson('/x'))).toMatchObject({ name: 'ConnectionTimeoutError' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a credential that no header can carry', () => {
  it.each(['line\nbreak', 'an el…ipsis'])(
    'is refused by the name of the header (%j), and not quoted',
    async (token) => {
      const server = await startServer(() => ({ body: 1 }));
      const authorize = (): Readonly<Record<string, string>> => ({ authorization: token });
      const error = await rejection(transportTo(server.baseUrl, { authorize }).getJson('/x'));
      expect(error).toMatchObject({ name: 'ConfigurationError', parameter: 'authorization' });
      expect((error as Error).message).not.toContain(token);
      expect(server.requests).toHaveLength(0);
    },
  );
});

describe("a provider's own meaning of an answer", () => {
  const spent: TransportOptions['errorOf'] = ({ status, text }) =>
    status === 400 && text.includes('invalid_grant')
      ? new SignInError('The code was used before. Begin again.', { source: 'clever', problem: 'code' })
      : undefined;

  it('comes before the common rule, and may be read from the body', async () => {
    const server = await startServer(() => ({ status: 400, body: { error: 'invalid_grant' } }));
    const transport = transportTo(server.baseUrl, { errorOf: spent });
    expect(await rejection(transport.post('/tokens', { json: {} }))).toMatchObject({
      code: 'sign_in',
      problem: 'code',
    });
  });

  it('leaves the common rule in place where it has none', async () => {
    const server = await startServer(() => ({ status: 400, body: { error: 'invalid_client' } }));
    const transport = transportTo(server.baseUrl, { errorOf: spent });
    expect(await rejection(transport.post('/tokens'))).toMatchObject({ name: 'ApiError', status: 400 });
  });

  it('is not asked for about a good answer', async () => {
    const server = await startServer(() => ({ body: { error: 'invalid_grant' } }));
    const errorOf = (): never => {
      throw new Error('asked');
    };
    expect((await transportTo(server.baseUrl, { errorOf }).getJson('/x')).status).toBe(200);
  });
});
