import { describe, expect, it } from 'vitest';
import type { CleverClient, Page } from '../../src/clever/index.js';
import { DecodeError, IncompleteReadError } from '../../src/errors.js';
import { type Reply, rejection, startServer, type TestServer } from '../support/http-server.js';
import { clientOf } from './district.js';

type Rows = readonly string[];

/** A page with these ids, and a link to the next one where there is a cursor. */
function pageOf(ids: Rows, next?: string): Reply {
  const links = [
    { rel: 'self', uri: '/v3.0/schools' },
    { rel: 'prev', uri: '/v3.0/schools?ending_before=nowhere' },
    ...(next === undefined ? [] : [{ rel: 'next', uri: `/v3.0/schools?limit=2&starting_after=${next}` }]),
  ];
  return { body: { data: ids.map((id) => ({ data: { id } })), links } };
}

/** A server that gives these answers, one after the other, the last one for ever; `count` is what it says of the whole. */
async function startScript(replies: readonly Reply[], count?: number): Promise<TestServer> {
  let asked = 0;
  return await startServer(({ query }) => {
    if (query.has('count')) return count === undefined ? pageOf(['a']) : { body: { count } };
    asked += 1;
    return replies[Math.min(asked, replies.length) - 1];
  });
}

function asked(server: TestServer): readonly string[] {
  return server.requests.map(({ query }) => (query.has('count') ? 'count' : (query.get('starting_after') ?? 'first')));
}

async function readAll(client: CleverClient, after?: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of client.schools.list().byPage({ after })) ids.push(...page.items.map(({ id }) => id));
  return ids;
}

const small = { pageSize: 2 };

describe('a last page', () => {
  it('is confirmed by asking once behind it', async () => {
    const server = await startScript([pageOf(['a', 'b']), pageOf([])]);
    expect(await readAll(clientOf(server, small))).toEqual(['a', 'b']);
    expect(asked(server)).toEqual(['first', 'b']);
  });

  it('is not the last one where more comes', async () => {
    const server = await startScript([pageOf(['a', 'b']), pageOf(['c', 'd']), pageOf(['e']), pageOf([])]);
    expect(await readAll(clientOf(server, small))).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(asked(server)).toEqual(['first', 'b', 'd', 'e']);
  });

  it('is confirmed also where some of its rows could not be used', async () => {
    const data = [{ data: { id: 'a' } }, { data: { name: 'no id' } }];
    const server = await startScript([{ body: { data, links: [] } }, pageOf(['b']), pageOf([])]);
    expect(await readAll(clientOf(server, small))).toEqual(['a', 'b']);
    expect(asked(server)).toEqual(['first', 'a', 'b']);
  });

  it('that was confirmed is followed by no empty one', async () => {
    const server = await startScript([pageOf(['a', 'b']), pageOf([])]);
    const pages: Page<unknown>[] = [];
    for await (const page of clientOf(server, small).schools.list().byPage()) pages.push(page);
    expect(pages.map(({ items, cursor }) => [items.length, cursor])).toEqual([[2, 'b']]);
  });

  it('that is short, and was not the last, is made good', async () => {
    const server = await startScript([pageOf(['a']), pageOf(['b', 'c']), pageOf([])]);
    expect(await readAll(clientOf(server, small))).toEqual(['a', 'b', 'c']);
    expect(asked(server)).toEqual(['first', 'a', 'c']);
  });

  it('of a filtered list is only asked about where it is full, or came without links', async () => {
    const teachers = (server: { readonly baseUrl: string }) =>
      clientOf(server, small).users.list({ role: 'teacher' }).toArray();
    const user = (id: string) => ({ data: { id, roles: { teacher: {} } } });
    const short = await startScript([{ body: { data: [user('a')], links: [] } }]);
    expect(await teachers(short)).toHaveLength(1);
    expect(asked(short)).toEqual(['first']);
    const unlinked = await startScript([{ body: { data: [user('a')] } }, { body: { data: [user('b')] } }, pageOf([])]);
    expect(await teachers(unlinked)).toHaveLength(2);
    expect(asked(unlinked)).toEqual(['first', 'a', 'b']);
  });

  it('counts as full by the size that a slow server made of it', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `id-${String(index)}`);
    const server = await startScript([{ status: 413 }, pageOf(ids), pageOf(['z']), pageOf([])]);
    expect(await readAll(clientOf(server, { pageSize: 100 }))).toEqual([...ids, 'z']);
    expect(server.requests.map(({ query }) => query.get('limit'))).toEqual(['100', '50', '50', '50']);
  });

  it('that is sent again for any cursor cannot be believed', async () => {
    const server = await startScript([pageOf(['a', 'b'])]);
    const error = await rejection(readAll(clientOf(server, small)));
    expect(error).toBeInstanceOf(IncompleteReadError);
    expect(error).toMatchObject({ collection: 'schools', received: 2, requestId: 'request-2' });
    expect(asked(server)).toHaveLength(2);
  });
});

describe('a list that knows no pages', () => {
  it('is whole where it comes beyond the limit, and again for any cursor', async () => {
    const server = await startScript([pageOf(['a', 'b', 'c'])]);
    expect(await readAll(clientOf(server, small))).toEqual(['a', 'b', 'c']);
    expect(asked(server)).toEqual(['first', 'c']);
  });

  it('is whole without links where it is not full', async () => {
    const server = await startScript([{ body: { data: [{ data: { id: 'a' } }] } }]);
    expect(await readAll(clientOf(server, small))).toEqual(['a']);
  });

  it('cannot be believed where it is empty and has no links', async () => {
    const server = await startScript([{ body: { data: [] } }]);
    expect(await rejection(readAll(clientOf(server, small)))).toBeInstanceOf(DecodeError);
  });
});

describe('an empty page that was linked to', () => {
  it('is asked for once more, and the list goes on', async () => {
    const server = await startScript([pageOf(['a', 'b'], 'b'), pageOf([]), pageOf(['c']), pageOf([])]);
    expect(await readAll(clientOf(server, small))).toEqual(['a', 'b', 'c']);
    expect(asked(server)).toEqual(['first', 'b', 'b', 'c']);
  });

  it('is the end where it stays empty and Clever counts no more', async () => {
    const server = await startScript([pageOf(['a', 'b'], 'b'), pageOf([])], 2);
    expect(await readAll(clientOf(server, small))).toEqual(['a', 'b']);
    expect(asked(server)).toEqual(['first', 'b', 'b', 'count']);
  });

  it('is the end where Clever does not count', async () => {
    const server = await startScript([pageOf(['a', 'b'], 'b'), pageOf([])]);
    expect(await readAll(clientOf(server, small))).toEqual(['a', 'b']);
  });

  it('is an incomplete read where Clever counts more than came', async () => {
    const server = await startScript([pageOf(['a', 'b'], 'b'), pageOf([])], 3);
    const error = await rejection(readAll(clientOf(server, small)));
    expect(error).toBeInstanceOf(IncompleteReadError);
    expect(error).toMatchObject({ collection: 'schools', received: 2, expected: 3, requestId: 'request-3' });
  });

  it('counts the rows that could not be used as received', async () => {
    const data = [{ data: { id: 'a' } }, { data: { name: 'no id' } }];
    const links = [{ rel: 'next', uri: '?starting_after=b' }];
    const server = await startScript([{ body: { data, links } }, pageOf([])], 2);
    expect(await readAll(clientOf(server, small))).toEqual(['a']);
  });

  it('is not counted where the list is filtered, or read from the middle', async () => {
    const filtered = await startServer(({ query }) =>
      query.has('starting_after')
        ? pageOf([])
        : { body: { data: [{ data: { id: 'a', roles: {} } }], links: [{ rel: 'next', uri: '?starting_after=a' }] } },
    );
    expect(await clientOf(filtered).users.list({ role: 'staff' }).toArray()).toHaveLength(1);
    expect(asked(filtered)).toEqual(['first', 'a', 'a']);
    const middle = await startScript([pageOf(['b'], 'b'), pageOf([])], 9);
    expect(await readAll(clientOf(middle, small), 'a')).toEqual(['b']);
    expect(asked(middle)).not.toContain('count');
  });

  it('that links on and on is not followed for ever', async () => {
    let number = 0;
    const server = await startServer(() => {
      number += 1;
      return pageOf([], `cursor-${String(number)}`);
    });
    const error = await rejection(readAll(clientOf(server, small)));
    expect(error).toBeInstanceOf(IncompleteReadError);
    expect(server.requests.length).toBeLessThan(15);
  });
});

describe('a repeated link', () => {
  it('is an incomplete read that tells the request', async () => {
    const server = await startScript([pageOf(['a', 'b'], 'b'), pageOf(['c', 'd'], 'b')]);
    const error = await rejection(readAll(clientOf(server, small)));
    expect(error).toMatchObject({ code: 'incomplete_read', received: 4, requestId: 'request-2' });
    expect((error as Error).message).toContain('request-2');
  });

  it.each(['/v3.0/schools?limit=2', 'https://elsewhere.example/v3.0/schools?page=2', 7])(
    'that holds no cursor, such as %s, is a DecodeError with the request id',
    async (uri) => {
      const server = await startScript([{ body: { data: [{ data: { id: 'a' } }], links: [{ rel: 'next', uri }] } }]);
      expect(await rejection(readAll(clientOf(server)))).toMatchObject({ code: 'decode', requestId: 'request-1' });
    },
  );
});
