import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { ConfigurationError, ServerError } from 'rosterkit';
import { describe, expect, test } from 'vitest';
import type { Query } from '../../src/http/index.js';
import { type OneRosterListEnd, type RawPage, readPages } from '../../src/oneroster/api/paging.js';
import { ListProof } from '../../src/oneroster/api/list-proof.js';
import { SeenRows } from '../../src/oneroster/api/seen-rows.js';
import { transportTo } from '../http/transport-to.js';
import { rejection, startServer } from '../support/http-server.js';
import { type Answered, type Asked, type OneRosterServer, page, serve } from './support/server.js';

const PATH = '/ims/oneroster/v1p1';

/** Ids in ascending order. */
const rowsOf = (count: number) => Array.from({ length: count }, (_, index) => ({ sourcedId: String(1000 + index) }));

interface Listed {
  readonly pages: readonly RawPage[];
  readonly ids: readonly string[];
  readonly end: OneRosterListEnd;
  readonly server: OneRosterServer;
}

interface ListOptions {
  readonly pageSize?: number;
  readonly after?: string;
  readonly query?: Query;
  readonly retries?: number;
}

async function list(answer: (asked: Asked) => Answered, options: ListOptions = {}): Promise<Listed> {
  const { pageSize = 10, retries = 0, ...rest } = options;
  const server = await serve({}, answer);
  const transport = transportTo(`${server.url}${PATH}`, { source: 'oneroster', retries });
  const list = readPages({
    transport,
    path: 'users',
    pageSize,
    rowsOf: ({ body }) => (body as { readonly users: readonly unknown[] }).users,
    ...rest,
  });
  const pages: RawPage[] = [];
  for (;;) {
    const next = await list.next();
    if (next.done === true) {
      const ids = pages.flatMap(({ rows }) => rows.map((row) => (row as { readonly sourcedId: string }).sourcedId));
      return { pages, ids, end: next.value, server };
    }
    pages.push(next.value);
  }
}

const untold = (rows: readonly unknown[]) => (asked: Asked) => ({ body: page(rows, asked).body });
const withHeaders = (asked: Asked, rows: readonly unknown[], headers: Readonly<Record<string, string | number>>) => ({
  ...untold(rows)(asked),
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
});
const sent = (rows: readonly unknown[], { offset, limit }: Asked) => rows.slice(offset, offset + limit).length;

describe('the pages of a list', () => {
  test('go on by the rows that came, in order of sourcedId, and end with an empty one', async () => {
    const { pages, server, end } = await list((asked) => page(rowsOf(25), asked));
    expect(pages.map(({ offset, rows, cursor, total }) => [offset, rows.length, cursor, total])).toEqual([
      [0, 10, '10', 25],
      [10, 10, '20', 25],
      [20, 5, '25', 25],
      [25, 0, undefined, 25],
    ]);
    expect(server.asked.map(({ query }) => query.toString())).toEqual(
      [0, 10, 20, 25].map((offset) => `sort=sourcedId&orderBy=asc&limit=10&offset=${String(offset)}`),
    );
    expect(end).toMatchObject({ state: 'proven', ended: 'total-reached', received: 25, total: 25 });
  });

  test('are asked for with what narrows and orders the list', async () => {
    const { server } = await list((asked) => page(rowsOf(1), asked), {
      query: { filter: "role='student'", sort: 'familyName', orderBy: 'desc', fields: 'sourcedId' },
    });
    expect(Object.fromEntries(server.asked[0]?.query ?? [])).toEqual({
      filter: "role='student'",
      sort: 'familyName',
      orderBy: 'desc',
      fields: 'sourcedId',
      limit: '10',
      offset: '0',
    });
  });

  test('may be taken up behind one of them, which proves nothing', async () => {
    const { ids, end } = await list((asked) => page(rowsOf(25), asked), { after: '20' });
    expect(ids).toHaveLength(5);
    expect(end).toMatchObject({ state: 'unproven', received: 5, total: 25 });
  });

  test.each(['x', '-1', '1.5', ''])('no other text is a cursor: %j', async (after) => {
    const error = await rejection(list((asked) => page([], asked), { after }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ parameter: 'after' });
  });

  test('bear the revision and the request that they came with', async () => {
    const { pages, end } = await list((asked) => ({
      ...untold(rowsOf(1))(asked),
      headers: { 'x-perm-rev': '7', 'x-request-id': `r${String(asked.count)}`, date: 'Sun, 22 Nov 2026 04:00:00 GMT' },
    }));
    expect(pages.map(({ revision, requestId }) => [revision, requestId])).toEqual([
      ['7', 'r1'],
      ['7', 'r2'],
    ]);
    expect(end).toMatchObject({ revision: '7', serverTime: '2026-11-22T04:00:00.000Z' });
  });

  test('links are not heeded, wherever they lead', async () => {
    const { ids, end } = await list((asked) => ({
      ...page(rowsOf(12), asked),
      headers: { link: '<https://elsewhere.example.com/users?offset=1>; rel="next"' },
    }));
    expect(ids).toHaveLength(12);
    expect(end.state).toBe('unproven');
  });
});

describe('what the totals of a server prove', () => {
  const rows = rowsOf(25);
  type Total = (asked: Asked) => number | undefined;
  const cases: readonly (readonly [why: string, total: Total, state: string, ended: string])[] = [
    ['the same everywhere', () => 25, 'proven', 'total-reached'],
    ['only told on the first page', ({ offset }) => (offset === 0 ? 25 : undefined), 'proven', 'total-reached'],
    ['0 behind the end', ({ offset }) => (offset < 25 ? 25 : 0), 'proven', 'total-reached'],
    ['the rows from the offset on', ({ offset }) => 25 - offset, 'proven', 'total-reached'],
    ['the rows behind the page', (asked) => 25 - asked.offset - sent(rows, asked), 'proven', 'total-reached'],
    ['the rows of the page', (asked) => sent(rows, asked), 'unproven', 'empty-page'],
    ['none', () => undefined, 'unproven', 'empty-page'],
    ['too small', () => 20, 'unproven', 'total-exceeded'],
    ['too large', () => 30, 'doubtful', 'total-mismatch'],
    ['one that changes', ({ offset }) => (offset < 20 ? 26 : 25), 'doubtful', 'total-changed'],
    ['one that grows', ({ offset }) => 25 + offset, 'doubtful', 'total-changed'],
  ];
  test.each(cases)('%s', async (_why, total, state, ended) => {
    const { end, ids } = await list((asked) => {
      const stated = total(asked);
      return withHeaders(asked, rows, stated === undefined ? {} : { 'x-total-count': stated });
    });
    expect(ids).toHaveLength(25);
    expect(end).toMatchObject({ state, ended, received: 25 });
  });

  test('a district that withdraws everything in mid-read is no short list', async () => {
    const { end } = await list((asked) =>
      withHeaders(asked, asked.offset === 0 ? rows : [], { 'x-total-count': asked.offset === 0 ? 25 : 0 }),
    );
    expect(end).toMatchObject({ state: 'doubtful', ended: 'total-mismatch', received: 10 });
  });

  test('of a list with a filter the total of the list without it proves nothing', async () => {
    const { end } = await list((asked) => withHeaders(asked, rowsOf(5), { 'x-total-count': 25 }), {
      query: { filter: "role='student'" },
    });
    expect(end).toMatchObject({ state: 'doubtful', ended: 'total-mismatch' });
  });

  test('a page whose count is another than that of its rows is doubtful, unless it is the total under another name', async () => {
    const short = await list((asked) => withHeaders(asked, rows, { 'x-total-count': 25, 'x-count': 9 }));
    expect(short.end).toMatchObject({ state: 'doubtful', ended: 'count-mismatch' });
    const total = await list((asked) => withHeaders(asked, rows, { 'x-total-count': 25, 'x-count': 25 }));
    expect(total.end.state).toBe('proven');
  });
});

describe('what proves a list without a total', () => {
  test('that it is empty; not that it came on one page, which may be a capped one', async () => {
    expect((await list(untold([]))).end).toMatchObject({ state: 'proven', ended: 'empty-page', received: 0 });
    expect((await list(untold(rowsOf(3)))).end).toMatchObject({ state: 'unproven', ended: 'empty-page', received: 3 });
  });

  test('one revision over all pages, and order; neither alone', async () => {
    const revised = (rows: readonly unknown[]) => (asked: Asked) => withHeaders(asked, rows, { 'x-perm-rev': 'a' });
    expect((await list(revised(rowsOf(25)))).end.state).toBe('proven');
    expect((await list(revised(rowsOf(25).toReversed()))).end.state).toBe('proven');
    const [first, ...rest] = rowsOf(25);
    expect((await list(revised([...rest, first]))).end.state).toBe('unproven');
    expect((await list(untold(rowsOf(25)))).end.state).toBe('unproven');
    const { end } = await list((asked) =>
      withHeaders(asked, rowsOf(25), asked.offset === 10 ? {} : { 'x-perm-rev': 'a' }),
    );
    expect(end.state).toBe('unproven');
  });

  test('not order alone: of a list that shrinks while it is read, a row is never seen', async () => {
    const rows = rowsOf(25);
    const { ids, end } = await list((asked) => untold(asked.offset === 0 ? rows : rows.slice(1))(asked));
    expect(ids).not.toContain('1010');
    expect(end.state).toBe('unproven');
  });
});

describe('what contradicts itself', () => {
  test('a revision that changes, even where the total stays', async () => {
    const { end } = await list((asked) =>
      withHeaders(asked, rowsOf(25), { 'x-total-count': 25, 'x-perm-rev': asked.offset < 20 ? 'a' : 'b' }),
    );
    expect(end).toMatchObject({ state: 'doubtful', ended: 'revision-changed' });
  });

  test('a row on two pages, even where the total fits: another is missing', async () => {
    // What a database gives that sorts by something that is not unique.
    const rows = rowsOf(25).map((row, index) => (index === 17 ? { sourcedId: '1003' } : row));
    const { end } = await list((asked) => page(rows, asked));
    expect(end).toMatchObject({ state: 'doubtful', ended: 'duplicate-ids', received: 25 });
  });

  test('a row twice on one page is the mistake of the district, and one on both sides of an edge most likely too', async () => {
    const twice = (at: number) =>
      rowsOf(25).map((row, index) => (index === at ? { sourcedId: String(1000 + at - 1) } : row));
    expect((await list((asked) => page(twice(5), asked))).end.state).toBe('proven');
    expect((await list((asked) => page(twice(10), asked))).end).toMatchObject({
      state: 'unproven',
      ended: 'repeated-id',
    });
  });

  test('rows without an id are known by what they say, whatever their stamp', async () => {
    const member = (user: number, stamp: number) => ({
      class: 'c',
      user: String(user),
      role: 'student',
      dateLastModified: stamp,
    });
    const { end } = await list((asked) =>
      page(
        Array.from({ length: 25 }, (_, user) => member(user, asked.count)),
        asked,
      ),
    );
    expect(end.state).toBe('proven');
    const twice = await list((asked) =>
      page(
        Array.from({ length: 25 }, (_, user) => member(user % 24 === 0 ? 3 : user, asked.count)),
        asked,
      ),
    );
    expect(twice.end).toMatchObject({ state: 'doubtful', ended: 'duplicate-ids' });
  });

  test('the same ids have the same digest, in whatever order and pages they come; others have another', async () => {
    const rows = rowsOf(25);
    const digests = [
      (await list(untold(rows))).end.digest,
      (await list(untold(rows.toReversed()), { pageSize: 3 })).end.digest,
      (await list(untold(rows.slice(1)))).end.digest,
      (await list(untold([...rows.slice(1), { sourcedId: 'x' }]))).end.digest,
    ];
    expect(digests[0]).toBe(digests[1]);
    expect(new Set(digests).size).toBe(3);
  });
});

describe('a server that goes round in circles', () => {
  test('by sending one page again and again', async () => {
    const { end, ids, server } = await list((asked) => page(rowsOf(25), { ...asked, offset: 0 }));
    expect(end).toMatchObject({ state: 'doubtful', ended: 'repeated-page', received: 10 });
    expect(ids).toHaveLength(10);
    expect(server.asked).toHaveLength(2);
  });

  test('by beginning anew at the end, in whatever order', async () => {
    for (const rows of [
      rowsOf(24),
      rowsOf(24).toReversed(),
      rowsOf(24).sort((left, right) => Number(left.sourcedId[3]) - Number(right.sourcedId[3])),
    ]) {
      const { end, server } = await list((asked) => ({
        body: { users: [...rows, ...rows].slice(asked.offset % 24).slice(0, 10) },
      }));
      expect(end).toMatchObject({ state: 'doubtful', ended: 'repeated-page' });
      expect(server.asked.length).toBeLessThan(6);
    }
  });

  test('by repeating rows without ids', async () => {
    const rows = Array.from({ length: 10 }, (_, user) => ({ class: 'c', user: String(user), role: 'student' }));
    const { end } = await list((asked) => ({
      body: { users: rows.map((row) => ({ ...row, dateLastModified: asked.count })) },
    }));
    expect(end.ended).toBe('repeated-page');
  });
});

describe('a page that is too heavy', () => {
  const bearing = (limit: number, status: number) => (asked: Asked) =>
    asked.limit > limit ? { status, body: {} } : page(rowsOf(120), asked);

  test.each([500, 502, 504, 413])(
    'is asked for in half the size after %i, however few retries there are',
    async (status) => {
      const { ids, end, server } = await list(bearing(60, status), { pageSize: 10_000, retries: 2 });
      expect(ids).toHaveLength(120);
      expect(end.state).toBe('proven');
      // What worked is kept.
      expect(server.asked.map(({ limit }) => limit)).toEqual([
        10_000, 5000, 2500, 1250, 625, 312, 156, 78, 50, 50, 50, 50,
      ]);
    },
  );

  test('is halved down to the smallest and not for ever', async () => {
    const server = await serve({}, () => ({ status: 500, body: {} }));
    const transport = transportTo(`${server.url}${PATH}`, { source: 'oneroster', retries: 0 });
    const pages = readPages({ transport, path: 'users', pageSize: 10_000, rowsOf: () => [] });
    expect(await rejection(pages.next())).toBeInstanceOf(ServerError);
    expect(server.asked.map(({ limit }) => limit)).toEqual([10_000, 5000, 2500, 1250, 625, 312, 156, 78, 50]);
  });

  test('a server that is busy is left alone once its request has failed', async () => {
    const error = await rejection(
      list(() => ({ status: 503, body: {}, headers: { 'retry-after': '600' } }), { retries: 4 }),
    );
    expect(error).toBeInstanceOf(ServerError);
  });

  test('a small page is not halved, and a refusal is none of its size', async () => {
    const small = await rejection(list(() => ({ status: 500, body: {} }), { pageSize: 40 }));
    expect(small).toBeInstanceOf(ServerError);
    const server = await serve({}, () => ({ status: 400, body: {} }));
    const transport = transportTo(`${server.url}${PATH}`, { source: 'oneroster' });
    await rejection(readPages({ transport, path: 'users', pageSize: 1000, rowsOf: () => [] }).next());
    expect(server.asked).toHaveLength(1);
  });
});

test('every list is read whole by every page size and cap, and a list that moves is never proven with a row lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        count: fc.integer({ min: 0, max: 30 }),
        pageSize: fc.integer({ min: 1, max: 35 }),
        cap: fc.integer({ min: 1, max: 35 }),
        hasTotal: fc.boolean(),
        seed: fc.nat(1000),
        // As many rows that go as come between two pages leave no trace but a revision.
        moves: fc.uniqueArray(
          fc.record({ at: fc.integer({ min: 2, max: 8 }), row: fc.nat(40), isGone: fc.boolean() }),
          { maxLength: 2, selector: ({ at }) => at },
        ),
      }),
      async ({ count, pageSize, cap, hasTotal, seed, moves }) => {
        const order = (id: string) => (seed % 2 === 0 ? Number(id) : (Number(id) * (seed + 7)) % 1009);
        let rows: { sourcedId: string }[] = [...rowsOf(count)];
        const stayed = new Set(rows.map(({ sourcedId }) => sourcedId));
        const { ids, end } = await list(
          (asked) => {
            for (const { row, isGone } of moves.filter((move) => move.at === asked.count)) {
              if (isGone) for (const { sourcedId } of rows.splice(row % (rows.length + 1), 1)) stayed.delete(sourcedId);
              else rows = [...rows, { sourcedId: String(900 + row) }];
            }
            rows.sort((left, right) => order(left.sourcedId) - order(right.sourcedId));
            const answered = page(rows, { ...asked, limit: Math.min(cap, asked.limit) });
            return hasTotal ? answered : { body: answered.body };
          },
          { pageSize },
        );
        const isWhole = [...stayed].every((id) => ids.includes(id));
        if (moves.length === 0) expect([isWhole, ids.length, end.state === 'doubtful']).toEqual([true, count, false]);
        if (end.state === 'proven') expect(isWhole).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
}, 30_000);

describe('a list without an end', () => {
  const made = ({ offset, limit }: Asked): readonly unknown[] =>
    Array.from({ length: limit }, (_, index) => ({ sourcedId: String(1_000_000 + offset + index) }));

  test('is left where so many rows came that the total means nothing', async () => {
    const { end, server } = await list(
      (asked) => ({ body: { users: asked.count > 30 ? [] : made(asked) }, headers: { 'x-total-count': '500' } }),
      { pageSize: 1_000 },
    );
    expect(end).toMatchObject({ state: 'doubtful', ended: 'endless', received: 12_000 });
    expect(server.asked).toHaveLength(12);
  });

  test.each([
    ['no total', (): string | undefined => undefined],
    ['0 as the total', () => '0'],
    ['the rows of the page as the total', ({ limit, count }: Asked) => (count > 15 ? '0' : String(limit))],
  ])('is not one with %s that is long', async (_what, total) => {
    const { end, ids } = await list(
      (asked) => {
        const stated = total(asked);
        const users = asked.count > 15 ? [] : made(asked);
        return { body: { users }, headers: stated === undefined ? {} : { 'x-total-count': stated } };
      },
      { pageSize: 1_000 },
    );
    expect(ids).toHaveLength(15_000);
    expect(end.ended).not.toBe('endless');
  });

  test('is left where more rows came than any district has', () => {
    const response = { body: {}, headers: new Headers(), requestId: undefined, status: 200, path: '', query: {} };
    const proof = new ListProof(0, 20);
    proof.add(rowsOf(20), 0, response);
    expect(proof.isEndless()).toBe(false);
    proof.add([{ sourcedId: '2000' }], 20, response);
    expect(proof.isEndless()).toBe(true);
    expect(proof.atTooManyRows()).toMatchObject({ state: 'doubtful', ended: 'endless', received: 21 });
  });
});

describe('rows without an id', () => {
  const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}1${']'.repeat(levels)}`);

  test('may hold more levels than a stack has room for', () => {
    const rows = new SeenRows();
    const nested = deep(200_000);
    expect(rows.add([{ user: nested, more: { deeper: nested } }, nested])).toBe('new');
    expect(rows.count).toBe(2);
  });

  test('are known by the ids that they refer to', () => {
    const member = (user: string, href: string, role = 'student') => ({
      class: { sourcedId: 'c', href },
      user: { sourcedId: user, href },
      role,
      classes: [{ sourcedId: user }],
    });
    const digestOf = (...rows: readonly unknown[]): string => {
      const seen = new SeenRows();
      seen.add(rows);
      return seen.digest();
    };
    expect(digestOf(member('1', 'a'))).toBe(digestOf(member('1', 'b')));
    const others = [member('1', 'a'), member('2', 'a'), member('1', 'a', 'teacher'), ['1'], ['2'], 1, 2, null];
    expect(new Set(others.map((row) => digestOf(row))).size).toBe(others.length);
  });
});

describe('a page that is larger than can be read', () => {
  const member = gzipSync(' '.repeat(1024 * 1024));
  const tooLarge = Buffer.concat(Array.from({ length: 129 }, () => member));

  test('is asked for again in half the size', async () => {
    const limits: (string | null)[] = [];
    const { baseUrl } = await startServer(({ query }, response) => {
      limits.push(query.get('limit'));
      if (query.get('limit') !== '200') return { body: { users: [] } };
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(tooLarge);
      return undefined;
    });
    const users = ({ body }: { readonly body: unknown }) => (body as { readonly users: readonly unknown[] }).users;
    const pages = readPages({ transport: transportTo(baseUrl), path: 'users', pageSize: 200, rowsOf: users });
    expect(await pages.next()).toMatchObject({ value: { rows: [] } });
    expect(limits).toEqual(['200', '100']);
  });
});
