import { oneRosterSource } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import type { RosterRead } from '../../src/model/index.js';
import type { PageRead, RequestRetry } from '../../src/ports/index.js';
import { restDistrict } from './support/district.js';
import { clientOf, scope } from './support/roster.js';
import { type Answered, type Asked, page, serve } from './support/server.js';

const rowsOf = (asked: Asked): readonly unknown[] =>
  (restDistrict as Readonly<Record<string, readonly unknown[]>>)[asked.collection] ?? [];

async function read(answer?: (asked: Asked) => Answered | undefined, pageSize = 2): Promise<RosterRead> {
  const server = await serve(restDistrict, answer);
  return await oneRosterSource(clientOf(server, { pageSize, retries: 1 })).read(scope);
}

const stateOf = (roster: RosterRead) =>
  Object.fromEntries(
    Object.entries(roster.attestation.collections).map(([name, { state, ended }]) => [name, [state, ended]]),
  );

describe('a healthy district', () => {
  test('is read whole and attested complete', async () => {
    const roster = await read();
    expect(roster.source).toBe('oneroster');
    expect(roster.scope).toBe(scope);
    expect(roster.rejected).toEqual([]);
    expect(roster.attestation.allSchools).toBe(true);
    const complete = (received: number) => ({
      state: 'complete',
      received,
      expected: received,
      ended: 'total-reached',
    });
    expect(roster.attestation.collections).toEqual({
      schools: complete(3),
      terms: complete(1),
      courses: complete(1),
      classes: complete(2),
      users: complete(4),
      enrollments: complete(3),
      guardianLinks: { state: 'complete', received: 3 },
    });
    expect(roster.guardianLinks).toEqual([
      { guardianSourcedId: 'G-unshared', studentSourcedId: 'U2' },
      { guardianSourcedId: 'G1', studentSourcedId: 'U1', relationship: 'parent' },
      { guardianSourcedId: 'G1', studentSourcedId: 'U2', relationship: 'parent' },
    ]);
  });

  test('is complete without totals too, by the empty page', async () => {
    const roster = await read((asked) => ({ body: page(rowsOf(asked), asked).body }));
    expect(roster.attestation.collections.users).toEqual({ state: 'complete', received: 4, ended: 'empty-page' });
  });

  test('a total of 0 behind the end of the list is no news', async () => {
    const roster = await read((asked) => {
      const answered = page(rowsOf(asked), asked);
      return asked.offset < rowsOf(asked).length ? answered : { ...answered, headers: { 'x-total-count': '0' } };
    });
    expect(roster.attestation.collections.users.state).toBe('complete');
  });

  test('every read has its own id', async () => {
    const server = await serve(restDistrict);
    const source = oneRosterSource(clientOf(server));
    const ids = [(await source.read(scope)).readId, (await source.read(scope)).readId];
    expect(new Set(ids).size).toBe(2);
  });

  test('pages and retries are told', async () => {
    const pages: PageRead[] = [];
    const retries: RequestRetry[] = [];
    const server = await serve(restDistrict, ({ collection, count }) =>
      collection === 'classes' && count === 1 ? { status: 503, body: {} } : undefined,
    );
    await oneRosterSource(clientOf(server, { pageSize: 2 })).read(scope, {
      onPage: (one) => pages.push(one),
      onRetry: (one) => retries.push(one),
    });
    expect(pages.filter(({ collection }) => collection === 'schools')).toEqual([
      { collection: 'schools', received: 2, total: 3 },
      { collection: 'schools', received: 3, total: 3 },
      { collection: 'schools', received: 3, total: 3 },
    ]);
    expect(retries).toMatchObject([{ attempt: 1, status: 503 }]);
  });

  test('its schools can be listed to choose from', async () => {
    const server = await serve(restDistrict);
    const schools = await oneRosterSource(clientOf(server)).schools();
    expect(schools.map(({ sourcedId, name }) => [sourcedId, name])).toEqual([
      ['S1', 'Elm School'],
      ['S2', 'Oak School'],
    ]);
    expect(server.asked.every(({ collection }) => collection === 'orgs')).toBe(true);
  });
});

describe('a list that does not end well is incomplete, and what was read stays', () => {
  const users = (answer: (asked: Asked) => Answered | undefined) => (asked: Asked) =>
    asked.collection === 'users' ? answer(asked) : undefined;

  test('a later page fails', async () => {
    const roster = await read(users(({ offset }) => (offset === 2 ? { status: 500, body: {} } : undefined)));
    expect(stateOf(roster)['users']).toEqual(['incomplete', 'page-failed']);
    expect(roster.attestation.collections.users).toMatchObject({ received: 2, expected: 4 });
    expect([...(roster.users as readonly unknown[])]).toHaveLength(2);
    expect(stateOf(roster)['guardianLinks']?.[0]).toBe('incomplete');
    expect(stateOf(roster)['enrollments']?.[0]).toBe('complete');
  });

  test.each([
    ['too large', '9'],
    ['too small', '3'],
  ])('the total is %s', async (_name, total) => {
    const roster = await read(
      users((asked) => ({ ...page(rowsOf(asked), asked), headers: { 'x-total-count': total } })),
    );
    expect(stateOf(roster)['users']).toEqual(['incomplete', 'total-mismatch']);
    expect(roster.attestation.collections.users).toMatchObject({ received: 4, expected: Number(total) });
  });

  test('the total changes while it is read', async () => {
    const roster = await read(
      users((asked) => ({
        ...page(rowsOf(asked), asked),
        headers: { 'x-total-count': asked.offset === 0 ? '5' : '4' },
      })),
    );
    expect(stateOf(roster)['users']).toEqual(['incomplete', 'total-changed']);
  });

  test('a page comes twice', async () => {
    const roster = await read(users((asked) => page(rowsOf(asked), { ...asked, offset: 0 })));
    expect(stateOf(roster)['users']).toEqual(['incomplete', 'repeated-page']);
  });

  test('rows move from one page to the next (trap 4): both copies stay', async () => {
    const roster = await read(
      users((asked) => ({ body: page(rowsOf(asked), { ...asked, offset: Math.max(0, asked.offset - 1) }).body })),
    );
    expect(stateOf(roster)['users']).toEqual(['incomplete', 'duplicate-ids']);
    const ids = (roster.users as readonly { sourcedId: string }[]).map(({ sourcedId }) => sourcedId);
    expect(ids.filter((id) => id === 'T1')).toHaveLength(2);
  });

  test("an id twice on one page is the district's own mistake, and no sign of a moving list", async () => {
    const rows = [...restDistrict.users, restDistrict.users[3]];
    const roster = await read(
      users((asked) => page(rows, asked)),
      10,
    );
    expect(stateOf(roster)['users']?.[0]).toBe('complete');
    expect([...(roster.users as readonly unknown[])]).toHaveLength(5);
  });
});

describe('rows that cannot be used', () => {
  test('are rejected with their place, and the read stays complete', async () => {
    const rows = [...restDistrict.enrollments, { sourcedId: 'E9', class: {}, user: 'U1', role: 'student' }];
    const roster = await read((asked) => (asked.collection === 'enrollments' ? page(rows, asked) : undefined));
    expect(roster.rejected).toEqual([
      { collection: 'enrollments', sourcedId: 'E9', problem: 'missing-class', location: 'enrollments, offset 3' },
    ]);
    expect(stateOf(roster)['enrollments']?.[0]).toBe('complete');
  });
});

describe('what is not shared', () => {
  test.each([403, 404])('terms and courses may be refused with %i', async (status) => {
    const roster = await read(({ collection }) =>
      collection === 'academicSessions' || collection === 'courses' ? { status, body: {} } : undefined,
    );
    expect(stateOf(roster)).toMatchObject({
      terms: ['not-shared', 'refused'],
      courses: ['not-shared', 'refused'],
      classes: ['complete', 'total-reached'],
    });
  });

  test('terms that only fail are failed, and the rest goes on', async () => {
    const roster = await read(({ collection }) =>
      collection === 'academicSessions' ? { status: 500, body: {} } : undefined,
    );
    expect(stateOf(roster)['terms']).toEqual(['failed', 'page-failed']);
  });

  test('without any guardian the links are not shared; with a guardian and no link they are complete', async () => {
    const bare = restDistrict.users.map((user) => ({ ...user, agents: [] }));
    const none = await read((asked) =>
      asked.collection === 'users'
        ? page(
            bare.filter(({ role }) => role !== 'parent'),
            asked,
          )
        : undefined,
    );
    expect(none.attestation.collections.guardianLinks).toEqual({ state: 'not-shared', received: 0 });
    const unlinked = await read((asked) => (asked.collection === 'users' ? page(bare, asked) : undefined));
    expect(unlinked.attestation.collections.guardianLinks).toEqual({ state: 'complete', received: 0 });
  });
});

describe('where nothing can be believed the read throws (gate G1)', () => {
  const required = ['orgs', 'classes', 'users', 'enrollments'];
  const cases: readonly (readonly [string, Answered, string])[] = [
    ['401', { status: 401, body: {} }, 'authentication'],
    ['403', { status: 403, body: {} }, 'permission_denied'],
    ['a web page with 404', { status: 404, body: '<html></html>' }, 'not_found'],
    ['a web page with 200', { body: '<html>Sign in</html>' }, 'decode'],
    ['an unknown envelope', { body: { data: [] } }, 'decode'],
    ['an error inside a 200', { body: { statusInfoSet: [{ imsx_codeMajor: 'failure' }] } }, 'decode'],
    ['500 at the first page', { status: 500, body: {} }, 'server'],
  ];

  test.each(required.flatMap((collection) => cases.map((one) => [collection, ...one] as const)))(
    '%s: %s',
    async (collection, _name, answered, code) => {
      await expect(read((asked) => (asked.collection === collection ? answered : undefined))).rejects.toMatchObject({
        code,
      });
    },
  );

  test('a refusal at a later page too', async () => {
    const refused = read(({ collection, offset }) =>
      collection === 'users' && offset > 0 ? { status: 401, body: {} } : undefined,
    );
    await expect(refused).rejects.toMatchObject({ code: 'authentication' });
  });
});

test('when one collection is refused the others are stopped, however long they are', async () => {
  const endless = (asked: Asked): Answered | undefined => {
    if (asked.collection === 'orgs') return { status: 401, body: {} };
    if (asked.collection !== 'users') return undefined;
    return { body: { users: [{ ...restDistrict.users[0], sourcedId: `u${String(asked.offset)}` }] } };
  };
  await expect(read(endless)).rejects.toMatchObject({ code: 'authentication' });
}, 10_000);

test("an abort stops the read with the caller's own reason", async () => {
  const server = await serve(restDistrict);
  const stop = new AbortController();
  const reason = new Error('enough');
  const reading = oneRosterSource(clientOf(server, { pageSize: 1 })).read(scope, {
    signal: stop.signal,
    onPage: () => {
      stop.abort(reason);
    },
  });
  await expect(reading).rejects.toBe(reason);
});
