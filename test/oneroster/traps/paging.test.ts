import { foldDelta } from 'rosterkit';
import { oneRosterSource } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import type { Roster } from '../../../src/model/index.js';
import { restDistrict } from '../support/district.js';
import { clientOf, collectionsOf, scope } from '../support/roster.js';
import { type Answered, type Asked, page, serve } from '../support/server.js';

const users = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    sourcedId: `u${String(1000 + index)}`,
    givenName: 'Uma',
    familyName: 'Example',
    role: 'student',
  }));

/** The district, whose users are answered for in another way. */
async function connect(
  answer: (asked: Asked) => Answered | undefined,
  options: { readonly pageSize?: number; readonly retries?: number; readonly minRetryDelayMs?: number } = {},
) {
  const server = await serve(restDistrict, (asked) => (asked.collection === 'users' ? answer(asked) : undefined));
  const client = clientOf(server, { pageSize: 100, ...options });
  return { server, client, source: oneRosterSource(client) };
}

const idsIn = (roster: Roster) => roster.users.map(({ sourcedId }) => sourcedId);
const stateOf = ({ attestation }: Roster) => [attestation.collections.users.state, attestation.collections.users.ended];

describe('trap 1: silent truncation by a default page or a clamp', () => {
  const rows = users(250);

  test('a page size is always asked for, and a clamped page is not the last', async () => {
    const { server, source } = await connect(
      (asked) => ({ body: page(rows, { ...asked, limit: Math.min(asked.limit, 30) }).body }),
      { pageSize: 200 },
    );
    const roster = await source.read(scope);
    expect(idsIn(roster)).toHaveLength(250);
    expect(roster.attestation.collections.users.state).toBe('complete');
    expect(server.askedFor('users').every(({ query }) => query.get('limit') === '200')).toBe(true);
  });

  test('a server that ignores the limit altogether is read whole', async () => {
    const { client } = await connect((asked) => page(rows, { ...asked, limit: 100 }), { pageSize: 7 });
    expect(await client.users.list().toArray()).toHaveLength(250);
  });

  test('a total that is reached is confirmed by one more page, because it may be that of a page', async () => {
    const { client } = await connect((asked) => {
      const answered = page(rows, asked);
      const { users: sent } = answered.body as { readonly users: readonly unknown[] };
      return { ...answered, headers: { 'x-total-count': String(sent.length) } };
    });
    expect(await client.users.list().toArray()).toHaveLength(250);
  });
});

describe('trap 2: totals that are missing or wrong', () => {
  const rows = users(250);
  const stated = (total: number | undefined) => (asked: Asked) => ({
    body: page(rows, asked).body,
    ...(total === undefined ? {} : { headers: { 'x-total-count': String(total) } }),
  });

  test.each([
    ['missing', undefined],
    ['too small', 100],
    ['0', 0],
    ['right', 250],
  ])('%s: no row is lost, and none doubted', async (_why, total) => {
    const { client, source } = await connect(stated(total));
    expect(await client.users.list().toArray()).toHaveLength(250);
    const roster = await source.read(scope);
    expect(idsIn(roster)).toHaveLength(250);
    expect(roster.attestation.collections.users.state).toBe('complete');
  });

  test('too large: nothing is lost of what came, and absence proves nothing', async () => {
    const { client, source } = await connect(stated(300));
    await expect(client.users.list().toArray()).rejects.toMatchObject({
      code: 'incomplete_read',
      expected: 300,
      received: 250,
    });
    const roster = await source.read(scope);
    expect(idsIn(roster)).toHaveLength(250);
    expect(stateOf(roster)).toEqual(['incomplete', 'total-mismatch']);
  });
});

describe('trap 3: links that lie', () => {
  test.each([
    ['a next page behind the end', () => '<https://roster.example.com/users?offset=0>; rel="next"'],
    [
      'the index of the page for its offset',
      ({ offset }: Asked) => `</users?offset=${String(offset / 100 + 1)}>; rel="next"`,
    ],
    ['another host', () => '<https://elsewhere.example.com/users?offset=100>; rel="next"'],
    ['the last page as if it were this one', () => '</users?offset=0>; rel="last"'],
  ])('%s', async (_why, link) => {
    const rows = users(250);
    const { client, server } = await connect((asked) => {
      const answered = page(rows, asked);
      return { ...answered, headers: { ...answered.headers, link: link(asked) } };
    });
    expect(await client.users.list().toArray()).toHaveLength(250);
    expect(server.askedFor('users').map(({ offset }) => offset)).toEqual([0, 100, 200, 250]);
  });
});

describe('trap 4: an order that is not stable, or data that changes in mid-read', () => {
  test('a row that goes while its list is read is noticed, with and without a total: the list is read again', async () => {
    for (const hasTotal of [true, false]) {
      const rows = users(250);
      const { source } = await connect((asked) => {
        // The very first row goes once the first page is out: all others move up.
        const present = asked.count === 1 ? rows : rows.slice(1);
        const answered = page(present, asked);
        return hasTotal ? answered : { body: answered.body };
      });
      const roster = await source.read(scope);
      if (hasTotal) expect(idsIn(roster)).toEqual(rows.slice(1).map(({ sourcedId }) => sourcedId));
      // What stayed is there, or absence proves nothing.
      else expect(stateOf(roster)).toEqual(['incomplete', 'moved']);
    }
  });

  test('an order that changes with every page is no order: no row passes for gone', async () => {
    const rows = users(60);
    const { client, source } = await connect((asked) => page(asked.count % 2 === 0 ? rows : rows.toReversed(), asked), {
      pageSize: 25,
    });
    expect(stateOf(await source.read(scope))).toEqual(['incomplete', 'duplicate-ids']);
    await expect(client.users.list().toArray()).rejects.toMatchObject({ code: 'incomplete_read' });
  });

  test('a revision that changes while it is read, and stands still then', async () => {
    const rows = users(250);
    const { source, server } = await connect((asked) => {
      const answered = page(rows, asked);
      return { ...answered, headers: { ...answered.headers, 'x-perm-rev': asked.count === 1 ? '1' : '2' } };
    });
    expect(stateOf(await source.read(scope))).toEqual(['complete', 'total-reached']);
    expect(server.askedFor('users').map(({ offset }) => offset)).toEqual([0, 100, 200, 250, 0, 100, 200, 250]);
  });

  test('a server that does not heed the offset is not asked for ever', async () => {
    const rows = users(250);
    const { source, client, server } = await connect((asked) => page(rows, { ...asked, offset: 0 }));
    await expect(client.users.list().toArray()).rejects.toMatchObject({ code: 'incomplete_read' });
    expect(server.asked).toHaveLength(2);
    expect(stateOf(await source.read(scope))).toEqual(['incomplete', 'repeated-page']);
  });
});

describe('trap 15: words for what is gone', () => {
  test('a delta never hides tombstones behind a filter on the status, and takes them for gone', async () => {
    const rows = users(3);
    const { source, server } = await connect((asked) =>
      page(
        asked.query.has('filter')
          ? [
              { ...rows[0], status: 'toBeDeleted' },
              { sourcedId: 'u1001', status: 'inactive' },
            ]
          : rows,
        asked,
      ),
    );
    const roster = await source.read(scope);
    const delta = await source.readSince(roster.cursor ?? '', scope);
    const filters = server.asked.map(({ query }) => query.get('filter') ?? '');
    expect(filters.filter((filter) => filter.includes('status'))).toEqual([]);
    expect(delta.kind === 'changes' && [delta.removals, delta.users.deleted]).toEqual(['hint', ['u1000', 'u1001']]);
    expect(foldDelta(roster, delta).users.map(({ sourcedId, status }) => [sourcedId, status])).toEqual([
      ['u1000', 'tobedeleted'],
      ['u1001', 'tobedeleted'],
      ['u1002', 'active'],
    ]);
  });
});

describe('trap 18: pages that are too heavy', () => {
  test.each([500, 502, 504, 413])('%i: smaller ones are asked for, and no row is asked for twice', async (status) => {
    const rows = users(300);
    const { source, server } = await connect((asked) => (asked.limit > 60 ? { status, body: {} } : page(rows, asked)), {
      pageSize: 10_000,
      retries: 1,
    });
    const roster = await source.read(scope);
    expect(idsIn(roster)).toHaveLength(300);
    expect(stateOf(roster)).toEqual(['complete', 'total-reached']);
    const good = server.askedFor('users').filter(({ limit }) => limit <= 60);
    expect(good.map(({ offset }) => offset)).toEqual([0, 50, 100, 150, 200, 250, 300]);
  });

  test('a page that becomes too heavy in the middle goes on from where the list stood', async () => {
    const rows = users(300);
    const { client } = await connect(
      (asked) => (asked.offset >= 100 && asked.limit > 50 ? { status: 504, body: {} } : page(rows, asked)),
      { retries: 0 },
    );
    const ids = (await client.users.list().toArray()).map(({ sourcedId }) => sourcedId);
    expect(ids).toEqual(rows.map(({ sourcedId }) => sourcedId));
  });
});

describe('trap 19: too many requests', () => {
  const soon = () => new Date(Date.now() + 1000).toUTCString();
  test.each([
    ['without a word on when', () => ({})],
    ['in seconds', () => ({ 'retry-after': '0' })],
    ['as a date', () => ({ 'retry-after': soon(), date: soon() })],
    ['as nonsense', () => ({ 'retry-after': 'soon' })],
  ] as const)('%s: the page is asked for again in its full size, and the list is whole', async (_why, headers) => {
    const rows = users(250);
    const retries: number[] = [];
    const server = await serve(restDistrict, (asked) =>
      asked.collection !== 'users'
        ? undefined
        : asked.count === 2
          ? { status: 429, body: {}, headers: headers() }
          : page(rows, asked),
    );
    const source = oneRosterSource(clientOf(server, { pageSize: 100 }));
    const roster = await source.read(scope, { onRetry: ({ status = 0 }) => retries.push(status) });
    expect(idsIn(roster)).toHaveLength(250);
    expect(stateOf(roster)).toEqual(['complete', 'total-reached']);
    expect(server.askedFor('users').map(({ offset, limit }) => [offset, limit])).toEqual([
      [0, 100],
      [100, 100],
      [100, 100],
      [200, 100],
      [250, 100],
    ]);
    expect(retries).toEqual([429]);
  });

  test('for longer than a run can bear: an error at the first page, an incomplete list later', async () => {
    const rows = users(250);
    const later = { status: 429, body: {}, headers: { 'retry-after': '3600' } };
    const first = await connect(() => later);
    await expect(first.source.read(scope)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 3_600_000 });
    const second = await connect((asked) => (asked.offset > 0 ? later : page(rows, asked)));
    const outcome = await second.source.read(scope).then(stateOf, (error: unknown) => error);
    // The other lists of these credentials wait too: whichever of them came late stops the read.
    if (Array.isArray(outcome)) expect(outcome).toEqual(['incomplete', 'page-failed']);
    else expect(outcome).toMatchObject({ code: 'rate_limited' });
  });
});

test('whatever the pages, the roster is the same', async () => {
  const rosters = [];
  for (const pageSize of [1, 2, 3, 10_000]) {
    const server = await serve(restDistrict);
    rosters.push(collectionsOf(await oneRosterSource(clientOf(server, { pageSize })).read(scope)));
  }
  for (const roster of rosters) expect(roster).toEqual(rosters[0]);
});
