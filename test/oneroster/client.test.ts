import {
  AuthenticationError,
  ConnectionTimeoutError,
  DecodeError,
  IncompleteReadError,
  NotFoundError,
  ServerError,
} from '../../src/errors.js';
import { bearer, OneRosterClient } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import { clientOf } from './support/roster.js';
import { type Asked, page, serve } from './support/server.js';

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    sourcedId: `o${String(index).padStart(5, '0')}`,
    name: 'An org',
    type: 'school',
  }));

const idsOf = (records: readonly { readonly sourcedId?: string }[]) => records.map(({ sourcedId }) => sourcedId);

describe('paging', () => {
  test('asks with limit, offset and an order, and reads until a page is empty', async () => {
    const rows = numbered(5);
    const server = await serve({ orgs: rows });
    const records = await clientOf(server, { pageSize: 2 }).orgs.list().toArray();
    expect(idsOf(records)).toEqual(idsOf(rows));
    expect(server.asked.map(({ url }) => url)).toEqual(
      [0, 2, 4, 5].map(
        (offset) => `/ims/oneroster/v1p1/orgs?sort=sourcedId&orderBy=asc&limit=2&offset=${String(offset)}`,
      ),
    );
  });

  test('asks for 1000 rows unless told otherwise', async () => {
    const server = await serve({ orgs: [] });
    await clientOf(server).orgs.list().toArray();
    expect(server.asked[0]?.limit).toBe(1000);
  });

  test('a server that caps the page and tells no total loses nothing (trap 1)', async () => {
    const rows = numbered(23);
    const server = await serve({}, ({ offset, limit }) => ({
      body: { orgs: rows.slice(offset, offset + Math.min(limit, 5)) },
    }));
    expect(await clientOf(server).orgs.list().toArray()).toHaveLength(23);
    expect(server.asked.map(({ offset }) => offset)).toEqual([0, 5, 10, 15, 20, 23]);
  });

  test('a total that is too small does not end the list early (trap 2)', async () => {
    const rows = numbered(6);
    const server = await serve({}, (asked) => ({ ...page(rows, asked), headers: { 'x-total-count': '2' } }));
    expect(await clientOf(server, { pageSize: 2 }).orgs.list().toArray()).toHaveLength(6);
  });

  test('links to a next page are not followed (trap 3)', async () => {
    const rows = numbered(3);
    const server = await serve({}, (asked) => ({
      ...page(rows, asked),
      headers: { link: '</ims/oneroster/v1p1/orgs?limit=1&offset=0>; rel="next"' },
    }));
    expect(await clientOf(server, { pageSize: 2 }).orgs.list().toArray()).toHaveLength(3);
    expect(server.asked.map(({ offset }) => offset)).toEqual([0, 2, 3]);
  });

  test('a server that ignores the offset is found out instead of read for ever (trap 4)', async () => {
    const server = await serve({}, () => ({ body: { orgs: numbered(3) } }));
    const error = await clientOf(server)
      .orgs.list()
      .toArray()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(IncompleteReadError);
    expect(error).toMatchObject({ collection: 'orgs', received: 3, isRetryable: true });
    expect(server.asked).toHaveLength(2);
  });

  test('it is found out even where it stamps every answer anew', async () => {
    const server = await serve({}, ({ count }) => ({
      body: { orgs: numbered(2).map((row) => ({ ...row, dateLastModified: `2026-01-01T00:00:0${String(count)}Z` })) },
    }));
    await expect(clientOf(server).orgs.list().toArray()).rejects.toBeInstanceOf(IncompleteReadError);
  });

  test('a page that is too heavy is asked for in half the size, and stays so (trap 18)', async () => {
    const rows = numbered(700);
    const server = await serve({}, (asked) =>
      asked.limit > 300 ? { status: 502, body: 'Bad Gateway' } : page(rows, asked),
    );
    expect(await clientOf(server).orgs.list().toArray()).toHaveLength(700);
    expect(server.asked.map(({ limit, offset }) => [limit, offset])).toEqual([
      [1000, 0],
      [500, 0],
      [250, 0],
      [250, 250],
      [250, 500],
      [250, 700],
    ]);
  });

  test('a page shrinks to no less than 50 rows, and then the failure counts', async () => {
    const server = await serve({}, () => ({ status: 500, body: {} }));
    const list = clientOf(server, { retries: 7, pageSize: 1000 }).orgs.list();
    await expect(list.toArray()).rejects.toBeInstanceOf(ServerError);
    expect(server.asked.map(({ limit }) => limit)).toEqual([1000, 500, 250, 125, 62, 50, 50, 50]);
  });

  test('a page that was small from the first is not made larger', async () => {
    const server = await serve({}, () => ({ status: 500, body: {} }));
    const list = clientOf(server, { retries: 1, pageSize: 10 }).orgs.list();
    await expect(list.toArray()).rejects.toBeInstanceOf(ServerError);
    expect(server.asked.map(({ limit }) => limit)).toEqual([10, 10]);
  });

  test('a page that takes too long is halved too', async () => {
    const hanging = ((input: URL | Request, init?: RequestInit) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
      limits.push(Number(url.searchParams.get('limit')));
      return new Promise<Response>((_, reject) => {
        signal?.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    }) as typeof fetch;
    const limits: number[] = [];
    const server = await serve({});
    const list = clientOf(server, { fetch: hanging, timeoutMs: 1, retries: 2 }).orgs.list();
    await expect(list.toArray()).rejects.toBeInstanceOf(ConnectionTimeoutError);
    expect(limits).toEqual([1000, 500, 250, 125, 62, 50]);
  });

  test('a page tells its total, its cursor and its rejected rows; the cursor resumes behind it', async () => {
    const rows = [{ sourcedId: 'a', type: 'school' }, ...numbered(3)];
    const server = await serve({ orgs: rows });
    const list = clientOf(server, { pageSize: 2 }).orgs.list();
    const pages = [];
    for await (const one of list.byPage()) pages.push(one);
    expect(pages.map(({ cursor, total, items }) => [cursor, total, items.length])).toEqual([
      ['2', 4, 1],
      ['4', 4, 2],
      [undefined, 4, 0],
    ]);
    expect(pages[0]?.rejected).toEqual([{ index: 0, sourcedId: 'a', problem: 'missing-name' }]);
    const rest = [];
    for await (const one of list.byPage({ after: '2' })) rest.push(...one.items);
    expect(idsOf(rest)).toEqual(['o00001', 'o00002']);
  });

  test('nothing is requested before it is asked for, and no more than is taken', async () => {
    const server = await serve({ orgs: numbered(10) });
    const list = clientOf(server, { pageSize: 2 }).orgs.list();
    expect(server.asked).toHaveLength(0);
    expect(await list.toArray({ limit: 3 })).toHaveLength(3);
    expect(server.asked).toHaveLength(2);
  });
});

describe('answers that are no roster (trap 5)', () => {
  const v1p1Error = {
    statusInfoSet: [
      {
        imsx_codeMajor: 'failure',
        imsx_severity: 'error',
        imsx_codeMinor: 'unauthorisedrequest',
        imsx_description: 'Jane Doe may not',
      },
    ],
  };
  const v1p2Error = {
    imsx_codeMajor: 'failure',
    imsx_severity: 'error',
    imsx_description: 'Jane Doe may not',
    imsx_CodeMinor: {
      imsx_codeMinorField: [{ imsx_codeMinorFieldName: 'x', imsx_codeMinorFieldValue: 'server_busy' }],
    },
  };

  test.each([
    ['an unknown key', { people: [] }],
    ['a bare array', []],
    ['no array under the key', { orgs: { sourcedId: 'x' } }],
    ['null', null],
    ['an empty object', {}],
    ['the error of 1.1', v1p1Error],
    ['the error of 1.2', v1p2Error],
    ['the error of 1.1 beside an empty collection', { ...v1p1Error, orgs: [] }],
    ['an unprefixed error', { statusInfoSet: [{ codeMajor: 'failure', codeMinor: 'forbidden' }] }],
    ['a wrapped error of 1.2', { imsx_StatusInfo: v1p2Error }],
    ['an OAuth error', { error: 'invalid_client', error_description: 'Jane Doe' }],
    ['a web page', '<html>Sign in</html>'],
  ])('%s is a DecodeError, never an empty list', async (_name, body) => {
    const server = await serve({}, () => ({ body }));
    const error = await clientOf(server)
      .orgs.list()
      .toArray()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DecodeError);
    expect(String(error)).not.toContain('Jane');
  });

  test('the codes of the error are named, and a word that is not a code is not', async () => {
    const body = { statusInfoSet: [{ imsx_codeMajor: 'failure', imsx_codeMinor: 'Jane Doe', imsx_severity: 'error' }] };
    const server = await serve({}, ({ collection }) => ({ body: collection === 'orgs' ? v1p2Error : body }));
    const client = clientOf(server);
    await expect(client.orgs.list().toArray()).rejects.toThrow(/\(failure, error, server_busy\)/);
    await expect(client.users.list().toArray()).rejects.toThrow(/\(failure, error, another code\)/);
  });

  test('a warning beside a collection is no error', async () => {
    const status = { imsx_codeMajor: 'success', imsx_severity: 'warning', imsx_codeMinor: 'invalid_sort_field' };
    const server = await serve({}, ({ offset }) => ({
      body: { statusInfoSet: [status], orgs: offset === 0 ? numbered(2) : [] },
    }));
    expect(await clientOf(server).orgs.list().toArray()).toHaveLength(2);
  });

  test.each([
    ['orgs', 'schools'],
    ['academicSessions', 'terms'],
    ['users', 'students'],
  ] as const)('%s may stand under %s', async (collection, key) => {
    const row = { ...numbered(1)[0], givenName: 'A', familyName: 'B', role: 'student' };
    const server = await serve({}, ({ offset }) => ({ body: { [key]: offset === 0 ? [row] : [] } }));
    const lists = {
      orgs: () => clientOf(server).orgs.list().toArray(),
      academicSessions: () => clientOf(server).academicSessions.list().toArray(),
      users: () => clientOf(server).users.list().toArray(),
    };
    expect(await lists[collection]()).toHaveLength(1);
  });

  test('wrong credentials and a wrong endpoint are told apart', async () => {
    const server = await serve({}, ({ collection }) =>
      collection === 'orgs' ? { status: 401, body: v1p1Error } : { status: 404, body: '<html>Not here</html>' },
    );
    const client = clientOf(server);
    await expect(client.orgs.list().toArray()).rejects.toBeInstanceOf(AuthenticationError);
    const error = await client.users
      .list()
      .toArray()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ isWrongEndpoint: true });
  });
});

describe('a single record (trap 12)', () => {
  test.each([
    ['a/b', 'a%2Fb'],
    ['me@example', 'me%40example'],
    ['7|1 x', '7%7C1%20x'],
    ["O'Neil(1)*!", 'O%27Neil%281%29%2A%21'],
    ['100%', '100%25'],
    ['..a', '..a'],
  ])('%s is percent-encoded in the path', async (id, encoded) => {
    const server = await serve({}, () => ({ body: { org: { sourcedId: id, name: 'N', type: 'school' } } }));
    expect((await clientOf(server).orgs.get(id)).sourcedId).toBe(id);
    expect(server.asked[0]?.url).toBe(`/ims/oneroster/v1p1/orgs/${encoded}`);
  });

  test.each(['', '.', '..', '\ud800'])(
    'an id that no path can hold is refused before anything is asked (%j)',
    async (id) => {
      const server = await serve({});
      await expect(clientOf(server).orgs.get(id)).rejects.toMatchObject({ parameter: 'sourcedId' });
      expect(server.asked).toHaveLength(0);
    },
  );

  test('a record that cannot be used is a DecodeError that says why', async () => {
    const server = await serve({}, () => ({ body: { class: { sourcedId: 'c', title: 'Secret title' } } }));
    const error = await clientOf(server)
      .classes.get('c')
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'decode', issues: ['missing-school'] });
    expect(String(error)).not.toContain('Secret');
  });
});

describe('options', () => {
  const auth = bearer('t');

  test.each(['', '/', '/ims/oneroster', '/ims/oneroster/v1p1', '/ims/oneroster/v1p1/', '//', ' '])(
    'the base URL may end in "%s"',
    async (ending) => {
      const server = await serve({ orgs: numbered(1) });
      const client = clientOf(server, { baseUrl: `${server.url}${ending}` });
      expect(await client.orgs.list().toArray()).toHaveLength(1);
    },
  );

  test('a path before the interface is kept as it is, escapes and all', async () => {
    const paths: string[] = [];
    const server = await serve({}, ({ url }: Asked) => {
      paths.push(url);
      return { body: { orgs: [] } };
    });
    await clientOf(server, { baseUrl: `${server.url}/%2FgVa0ed75Gs%43/` })
      .orgs.list()
      .toArray();
    expect(paths[0]).toMatch(/^\/%2FgVa0ed75Gs%43\/ims\/oneroster\/v1p1\/orgs\?/);
  });

  test('the token goes along as a bearer, and one that is asked for is asked for each time', async () => {
    const server = await serve({ orgs: numbered(1) });
    let count = 0;
    const token = () => {
      count += 1;
      return `t${String(count)}`;
    };
    await clientOf(server, { auth: bearer(token) })
      .orgs.list()
      .toArray();
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2']);
  });

  test.each([
    ['version', { version: '1.0' }],
    ['version', { version: 'constructor' }],
    ['paths', { paths: { roster: '/ims' } }],
    ['paths', { paths: 'v1p2' }],
    ['paths.rostering', { paths: { rostering: 'https://elsewhere.example.com/ims' } }],
    ['baseUrl', { version: '1.2', baseUrl: 'https://roster.example.com/ims/oneroster/v1p1' }],
    ['baseUrl', { baseUrl: 'http://roster.example.com' }],
    ['baseUrl', { baseUrl: 'https://127.0.0.1' }],
    ['baseUrl', { baseUrl: 'no url' }],
    ['baseUrl', { baseUrl: 'https://roster.example.com/?key=1' }],
    ['baseUrl', { baseUrl: 'https://roster.example.com/ims/oneroster/rostering/v1p2' }],
    ['baseUrl', { baseUrl: 'https://roster.example.com/ims/oneroster/v1p1/users' }],
    ['auth', { auth: { key: 'k', secret: 's' } }],
    ['pageSize', { pageSize: 0 }],
    ['pageSize', { pageSize: 10_001 }],
    ['pagesize', { pagesize: 10 }],
    ['retries', { retries: -1 }],
  ])('a mistake in %s is named (%j)', (parameter, options) => {
    const make = () => new OneRosterClient({ baseUrl: 'https://roster.example.com', auth, ...options } as never);
    expect(make).toThrow(expect.objectContaining({ code: 'configuration', parameter }));
  });
});
