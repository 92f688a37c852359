import { describe, expect, it } from 'vitest';
import { CleverClient, type CleverClientOptions, type RequestRetry } from '../../src/clever/index.js';
import { ConfigurationError, ConnectionError, DecodeError, IncompleteReadError } from '../../src/errors.js';
import { rejection, startServer, unusedBaseUrl } from '../support/http-server.js';
import { clientOf, type Records, smallDistrict, startDistrict } from './district.js';

/** A district of many schools, `school-000` upwards. */
function schools(count: number): Records {
  return { schools: Array.from({ length: count }, (_, index) => ({ id: `school-${String(index).padStart(3, '0')}` })) };
}

describe('a list', () => {
  it('is asked for with the token, the version and the page size, and followed to its end', async () => {
    const server = await startDistrict(schools(7));
    const client = clientOf(server, { pageSize: 3 });
    const ids = (await client.schools.list().toArray()).map((school) => school.id);
    expect(ids).toEqual(schools(7).schools?.map((school) => school['id']));
    expect(server.requests.map(({ path, query }) => `${path}?${String(query)}`)).toEqual([
      '/v3.0/schools?limit=3',
      '/v3.0/schools?limit=3&starting_after=school-002',
      '/v3.0/schools?limit=3&starting_after=school-005',
      // The end of a list of the whole district is confirmed.
      '/v3.0/schools?limit=3&starting_after=school-006',
    ]);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer token-1');
  });

  it('asks for 1000 records of version 3.0 by default, and for no page of districts', async () => {
    const server = await startDistrict(smallDistrict);
    const client = clientOf(server);
    client.sections.list();
    expect(server.requests).toHaveLength(0);
    await client.sections.list().toArray();
    await client.districts.list().toArray();
    expect(server.requests.map(({ path, query }) => `${path}?${String(query)}`)).toEqual([
      '/v3.0/sections?limit=1000',
      '/v3.0/sections?limit=1000&starting_after=section-1',
      '/v3.0/districts?',
    ]);
  });

  it('speaks version 3.1 where asked to, and filters users by role', async () => {
    const server = await startServer(() => ({ body: { data: [], links: [] } }));
    await clientOf(server, { version: '3.1' }).users.list({ role: 'contact' }).toArray();
    expect(server.requests[0]?.path).toBe('/v3.1/users');
    expect(server.requests[0]?.query.get('role')).toBe('contact');
  });

  it('resumes behind a page by its cursor, and tells the request id of each page', async () => {
    const server = await startDistrict(schools(5));
    const client = clientOf(server, { pageSize: 2 });
    let cursor: string | undefined;
    for await (const page of client.schools.list().byPage()) {
      expect(page.requestId).toBe('request-1');
      cursor = page.cursor;
      break;
    }
    const rest: string[] = [];
    for await (const page of client.schools.list().byPage({ after: cursor }))
      rest.push(...page.items.map(({ id }) => id));
    expect(rest).toEqual(['school-002', 'school-003', 'school-004']);
  });

  it('reads absent, null and empty values alike, and leaves unknown words as they are', async () => {
    const server = await startDistrict(smallDistrict);
    const users = await clientOf(server).users.list().toArray();
    expect(users[1]?.email).toBeUndefined();
    expect(users[5]?.email).toBeUndefined();
    expect(users[1]?.roles.student?.credentials).toBeUndefined();
    expect(users[2]?.roles.teacher?.legacy_id).toBe('old-3');
    const odd = await startDistrict({ users: [{ id: 1, roles: { student: { grade: 'Grade of the future' } } }] });
    expect(await clientOf(odd).users.list().toArray()).toMatchObject([
      { id: '1', roles: { student: { grade: 'Grade of the future', schools: [] } } },
    ]);
  });

  it('leaves out a row that cannot be decoded, names it, and goes on', async () => {
    const server = await startDistrict({
      sections: [
        { id: 'section-1', school: 'school-1' },
        { id: 'section-2', name: 'without a school' },
        { name: 'without an id', school: 'school-1' },
        { id: 'section-4', school: 'school-1' },
      ],
    });
    for await (const page of clientOf(server).sections.list().byPage()) {
      expect(page.items.map(({ id }) => id)).toEqual(['section-1', 'section-4']);
      expect(page.rejected).toEqual([
        { index: 1, sourcedId: 'section-2', problem: 'school: missing-id' },
        { index: 2, problem: 'id: missing-id' },
      ]);
    }
  });

  it.each([
    { resources: [] },
    [],
    { data: [] },
    { data: {}, links: [] },
    { data: [{ id: 'school-1' }], links: [] },
    { data: [], links: [{ rel: 'next', uri: '/v3.0/schools?page=2' }] },
    null,
  ])('in the unknown shape %j is a DecodeError, never an empty list', async (body) => {
    const server = await startServer(() => ({ body }));
    const error = await rejection(clientOf(server).schools.list().toArray());
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({ source: 'clever', path: '/v3.0/schools' });
    expect((error as Error).message).toContain('request-1');
  });

  it.each([
    ['the same page', ['school-000']],
    ['an earlier page', ['school-000', 'school-001', 'school-000']],
  ])('that leads to %s again ends as an incomplete read', async (_, cursors) => {
    const server = await startServer(() => {
      const cursor = cursors[Math.min(server.requests.length, cursors.length) - 1] ?? '';
      const uri = `/v3.0/schools?starting_after=${cursor}`;
      return { body: { data: [{ data: { id: 'school-000' } }], links: [{ rel: 'next', uri }] } };
    });
    const error = await rejection(clientOf(server).schools.list().toArray());
    expect(error).toBeInstanceOf(IncompleteReadError);
    expect(error).toMatchObject({ collection: 'schools', received: cursors.length === 1 ? 2 : 3 });
  });
});

describe('a page that Clever is too slow for', () => {
  it.each([502, 503, 504])('is halved from the same cursor on status %i, and stays small', async (status) => {
    const records = schools(350);
    const server = await startDistrict(records, ({ query }) =>
      Number(query.get('limit')) > 100 && query.has('starting_after') ? { status } : undefined,
    );
    const retries: RequestRetry[] = [];
    const list = clientOf(server, { pageSize: 200 }).schools.list({ onRetry: (retry) => retries.push(retry) });
    const ids = (await list.toArray()).map(({ id }) => id);
    expect(ids).toEqual(records.schools?.map((school) => school['id']));
    expect(server.requests.map(({ query }) => String(query))).toEqual([
      'limit=200',
      'limit=200&starting_after=school-199',
      'limit=100&starting_after=school-199',
      'limit=100&starting_after=school-299',
      'limit=100&starting_after=school-349',
    ]);
    expect(retries).toEqual([{ attempt: 1, delayMs: 0, status }]);
  });

  it('is halved after silence too, and never below 50', async () => {
    const server = await startDistrict(schools(1), ({ query }, response) => {
      if (query.get('limit') === '150') response.flushHeaders();
      return query.get('limit') === '75' ? { status: 504 } : undefined;
    });
    await clientOf(server, { pageSize: 150, timeoutMs: 1500 }).schools.list().toArray();
    expect(server.requests.map(({ query }) => query.get('limit'))).toEqual(['150', '75', '50', '50']);
    const failing = await startServer(() => ({ status: 503 }));
    await rejection(clientOf(failing, { pageSize: 60 }).schools.list().toArray());
    expect(failing.requests.map(({ query }) => query.get('limit'))).toEqual(['60', '50', '50', '50', '50']);
  });

  it('keeps its size on other failures', async () => {
    const server = await startDistrict(schools(1), () => (server.requests.length === 1 ? { status: 500 } : undefined));
    await clientOf(server).schools.list().toArray();
    expect(server.requests.map(({ query }) => query.get('limit'))).toEqual(['1000', '1000', '1000']);
  });
});

describe('the rate limit', () => {
  it('of an empty 429 is waited for until its reset, and the list goes on', async () => {
    const date = new Date('2026-01-05T06:00:00Z');
    const server = await startDistrict(schools(1), () =>
      server.requests.length === 1
        ? { status: 429, headers: { date: date.toUTCString(), 'x-ratelimit-reset': String(date.getTime() / 1000) } }
        : undefined,
    );
    const retries: RequestRetry[] = [];
    const list = clientOf(server).schools.list({ onRetry: (retry) => retries.push(retry) });
    expect(await list.toArray()).toHaveLength(1);
    // It is told in whole seconds.
    expect(retries).toEqual([{ attempt: 1, delayMs: 1000, status: 429 }]);
  });
});

describe('one record', () => {
  it('is read by its id, whatever characters the id holds', async () => {
    const server = await startServer(() => ({ body: { data: { id: 'a/b?c', name: 'Elm' } } }));
    expect(await clientOf(server).schools.get('a/b?c')).toMatchObject({ id: 'a/b?c', name: 'Elm' });
    expect(server.requests[0]?.path).toBe('/v3.0/schools/a%2Fb%3Fc');
  });

  it('that is gone is a NotFoundError, and one in an unknown shape a DecodeError', async () => {
    const gone = await startServer(() => ({ status: 404, body: { message: 'Resource not found' } }));
    expect(await rejection(clientOf(gone).users.get('user-1'))).toMatchObject({
      code: 'not_found',
      isWrongEndpoint: false,
    });
    const odd = await startServer(() => ({ body: { data: { name: 'no id' } } }));
    expect(await rejection(clientOf(odd).users.get('user-1'))).toBeInstanceOf(DecodeError);
  });

  it('cannot be asked for without an id, which would be the list', async () => {
    expect(await rejection(new CleverClient({ token: 't' }).users.get(''))).toBeInstanceOf(ConfigurationError);
  });
});

describe('the token', () => {
  it('may come from a function, which is asked before every request', async () => {
    const server = await startDistrict(schools(3));
    let calls = 0;
    const token = async (): Promise<string> => {
      calls += 1;
      return Promise.resolve(`token-${String(calls)}`);
    };
    await clientOf(server, { token, pageSize: 2 }).schools.list().toArray();
    const sent = server.requests.map(({ headers }) => headers.authorization);
    expect(sent).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-3']);
  });

  it('that is refused is asked for once more, and the request made again where there is another', async () => {
    const server = await startDistrict(schools(3), ({ headers }) =>
      headers.authorization === 'Bearer new' ? undefined : { status: 401, body: {} },
    );
    const refusals: (string | undefined)[] = [];
    const token = ({ refused }: { readonly refused?: string | undefined }): string => {
      refusals.push(refused);
      return refusals.includes('old') ? 'new' : 'old';
    };
    expect(await clientOf(server, { token, pageSize: 2 }).schools.list().toArray()).toHaveLength(3);
    expect(refusals).toEqual([undefined, 'old', undefined, undefined]);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old',
      'Bearer new',
      'Bearer new',
      'Bearer new',
    ]);
  });

  it.each([
    ['a text', 'only'],
    ['a function that knows no other', () => 'only'],
  ])('that is refused is an AuthenticationError at once where it is %s', async (_, token) => {
    const server = await startServer(() => ({ status: 401, body: {} }));
    const error = await rejection(clientOf(server, { token }).schools.list().toArray());
    expect(error).toMatchObject({ code: 'authentication', requestId: 'request-1' });
    expect(server.requests).toHaveLength(1);
  });

  it.each(['', 'line\nbreak', 'two words'])('%j from a function is refused, and not quoted', async (value) => {
    const error = await rejection(new CleverClient({ token: () => value }).schools.list().toArray());
    expect(error).toMatchObject({ code: 'configuration', parameter: 'token' });
    if (value !== '') expect((error as Error).message).not.toContain(value);
  });
});

describe('the options', () => {
  it.each([
    [{}, 'token'],
    [{ token: '' }, 'token'],
    [{ token: 1 }, 'token'],
    [{ token: 't', tokens: 't' }, 'tokens'],
    [{ token: 't', version: '2.1' }, 'version'],
    [{ token: 't', pageSize: 0 }, 'pageSize'],
    [{ token: 't', pageSize: 10_001 }, 'pageSize'],
    [{ token: 't', timeoutMs: 0 }, 'timeoutMs'],
    [{ token: 't', retries: -1 }, 'retries'],
    [{ token: 't', minRetryDelayMs: 0.5 }, 'minRetryDelayMs'],
    [{ token: 't', concurrency: 0 }, 'concurrency'],
    [{ token: 't', fetch: 'fetch' }, 'fetch'],
    [{ token: 't', allowInsecureHosts: 'localhost' }, 'allowInsecureHosts'],
    [{ token: 't', requestsPerMinute: 0 }, 'requestsPerMinute'],
    [{ token: 't', baseUrl: 'api.clever.com' }, 'baseUrl'],
    [{ token: 't', baseUrl: 'http://api.clever.com' }, 'baseUrl'],
    [{ token: 't', baseUrl: 'https://127.0.0.1' }, 'baseUrl'],
    [{ token: 't', oauthBaseUrl: 'https://127.0.0.1' }, 'oauthBaseUrl'],
    [undefined, 'options'],
  ])('%j are refused, naming %s', (options, parameter) => {
    const make = () => new CleverClient(options as unknown as CleverClientOptions);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(new RegExp(`^${parameter}: `));
  });

  it('may be undefined where they may be missing', () => {
    expect(
      () => new CleverClient({ token: 't', baseUrl: undefined, pageSize: undefined, fetch: undefined }),
    ).not.toThrow();
  });
});

describe('a wrong base URL', () => {
  it('at which nothing listens is a ConnectionError', async () => {
    const client = clientOf({ baseUrl: await unusedBaseUrl() }, { retries: 1 });
    expect(await rejection(client.schools.list().toArray())).toBeInstanceOf(ConnectionError);
  });
});

describe('the scopes of a token', () => {
  it('are asked for at the base URL of the client, or at one of their own', async () => {
    const body = { client_id: 'client-1', scopes: ['read:sections', 'read:students', 7] };
    const oauth = await startServer(() => ({ body }));
    const data = await startServer(() => ({ status: 500 }));
    expect(await clientOf(oauth).scopes()).toEqual(['read:sections', 'read:students']);
    expect(await clientOf(data, { oauthBaseUrl: oauth.baseUrl }).scopes()).toEqual(['read:sections', 'read:students']);
    expect(oauth.requests.map(({ path, headers }) => `${path} ${String(headers.authorization)}`)).toEqual(
      Array(2).fill('/oauth/tokeninfo Bearer token-1'),
    );
    expect(data.requests).toHaveLength(0);
  });

  it.each([{}, { scopes: 'read:sections' }, []])(
    'in the unknown shape %j are a DecodeError, never none',
    async (body) => {
      const server = await startServer(() => ({ body }));
      expect(await rejection(clientOf(server).scopes())).toBeInstanceOf(DecodeError);
    },
  );
});

describe('the version', () => {
  it('is 3.0 unless another one is chosen, and can be read', () => {
    expect(new CleverClient({ token: 't' }).version).toBe('3.0');
    expect(new CleverClient({ token: 't', version: '3.1' }).version).toBe('3.1');
  });
});
