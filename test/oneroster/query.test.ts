import { where } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import { clientOf } from './support/roster.js';
import { serve } from './support/server.js';

const noUsers = { users: [] };

describe('a filter', () => {
  test('of one clause or two is written in the grammar of OneRoster', () => {
    expect(String(where('role', '=', 'teacher'))).toBe("role='teacher'");
    expect(String(where('role', '!=', 'a').and('orgs.sourcedId', '~', 'b c'))).toBe(
      "role!='a' AND orgs.sourcedId~'b c'",
    );
    expect(String(where('role', '=', 'a').or('role', '=', ''))).toBe("role='a' OR role=''");
  });

  test('knows no third clause', () => {
    const filter = where('role', '=', 'a').and('status', '=', 'active');
    expect(filter).not.toHaveProperty('and');
  });

  test.each([
    ['a quote in the value', () => where('familyName', '=', "O'Neil")],
    ['half a character', () => where('familyName', '=', '\ud800')],
    ['a field that is none', () => where("role='x' OR status", '=', 'active')],
    ['an unknown predicate', () => where('role', '==' as '=', 'x')],
    ['a value that is no text', () => where('role', '=', 7 as never)],
    ['a quote in the second clause', () => where('role', '=', 'x').and('familyName', '=', "O'Neil")],
  ])('with %s is refused without the value', (_name, make) => {
    const error = (() => {
      try {
        return make();
      } catch (reason) {
        return reason;
      }
    })();
    expect(error).toMatchObject({ code: 'configuration', parameter: 'filter' });
    expect(String(error)).not.toContain("O'Neil");
  });

  test('arrives as it was meant, with spaces as %20, and signs of every kind', async () => {
    const server = await serve(noUsers);
    const filter = where('familyName', '=', 'a+b & c=d %20 é (x)!*').and(
      'dateLastModified',
      '>',
      '2026-01-01T00:00:00Z',
    );
    await clientOf(server).users.list({ filter, sort: 'orgs.sourcedId', orderBy: 'desc' }).toArray();
    const [asked] = server.asked;
    expect(asked?.query.get('filter')).toBe(String(filter));
    expect(asked?.query.get('sort')).toBe('orgs.sourcedId');
    expect(asked?.query.get('orderBy')).toBe('desc');
    expect(asked?.url).not.toContain('+');
    expect(decodeURIComponent(asked?.url.split('filter=')[1]?.split('&')[0] ?? '')).toBe(String(filter));
  });

  test('may be a text, if it follows the grammar', async () => {
    const server = await serve(noUsers);
    const filter = "role='teacher' AND status='active'";
    await clientOf(server).users.list({ filter }).toArray();
    expect(server.asked[0]?.query.get('filter')).toBe(filter);
  });
});

describe('fields', () => {
  test('are asked for with the id and the status, and what was not sent is not made up', async () => {
    const server = await serve({ users: [{ sourcedId: 'u', email: '' }, { email: 'a@b.example' }] });
    const list = clientOf(server).users.list({ fields: ['email', 'orgs'] });
    expect(await list.toArray()).toEqual([{ sourcedId: 'u', status: 'active' }]);
    expect(server.asked[0]?.query.get('fields')).toBe('sourcedId,status,email,orgs');
  });

  test('may be asked for of one record, and below a record', async () => {
    const server = await serve({}, ({ collection }) => ({
      body: collection === 'users/u' ? { user: { sourcedId: 'u', email: 'a@b.example' } } : noUsers,
    }));
    const client = clientOf(server);
    expect(await client.users.get('u', { fields: ['email'] })).toEqual({
      sourcedId: 'u',
      status: 'active',
      email: 'a@b.example',
    });
    await client.classes.students('c', { fields: ['email'] }).toArray();
    expect(server.asked.map(({ query }) => query.get('fields'))).toEqual(Array(2).fill('sourcedId,status,email'));
  });
});

test('fields may be asked for page by page too, and only they are typed', async () => {
  const server = await serve({ users: [{ sourcedId: 'u', email: 'a@b.example' }] });
  const { value } = await clientOf(server)
    .users.pages({ fields: ['email'] })
    .next();
  expect(server.asked[0]?.query.get('fields')).toBe('sourcedId,status,email');
  if (!('items' in value)) throw new Error('There is no page.');
  const [user] = value.items;
  expect(user).toEqual({ sourcedId: 'u', status: 'active', email: 'a@b.example' });
  // @ts-expect-error -- was not asked for
  expect(user?.givenName).toBeUndefined();
});

describe('a mistake is named before anything is asked', () => {
  test.each([
    ['filter', { filter: 'role=teacher' }],
    ['filter', { filter: "role='a' AND role='b' AND role='c'" }],
    ['filter', { filter: "familyName='O'Neil'" }],
    ['filter', { filter: '' }],
    ['filter', { filter: {} }],
    ['fields', { fields: [] }],
    ['fields', { fields: ['password'] }],
    ['fields', { fields: 'email' }],
    ['sort', { sort: 'a,b' }],
    ['orderBy', { orderBy: 'dsc' }],
    ['limit', { limit: 10 }],
    ['Filter', { Filter: "role='a'" }],
  ])('%s (%j)', async (parameter, options) => {
    const server = await serve(noUsers);
    const { users, classes } = clientOf(server);
    const mistake = expect.objectContaining({ code: 'configuration', parameter }) as unknown;
    expect(() => users.list(options as never)).toThrow(mistake);
    expect(() => users.pages(options as never)).toThrow(mistake);
    expect(() => classes.students('c', options as never)).toThrow(mistake);
    expect(server.asked).toHaveLength(0);
  });
});
