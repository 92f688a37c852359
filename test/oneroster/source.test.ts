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

async function collected<T>(records: AsyncIterable<T> | Iterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const record of records) all.push(record);
  return all;
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

  test('is complete without totals too, by reading each list twice', async () => {
    const server = await serve(restDistrict, (asked) => ({ body: page(rowsOf(asked), asked).body }));
    const roster = await oneRosterSource(clientOf(server, { pageSize: 2 })).read(scope);
    expect(roster.attestation.collections.users).toEqual({ state: 'complete', received: 4, ended: 'read-twice' });
    expect([...(roster.users as readonly unknown[])]).toHaveLength(4);
    expect(server.askedFor('users').map(({ offset }) => offset)).toEqual([0, 2, 4, 0, 2, 4]);
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
    expect(stateOf(roster)['guardianLinks']?.[0]).not.toBe('complete');
    expect(stateOf(roster)['enrollments']?.[0]).toBe('complete');
  });

  test('the total is too large', async () => {
    const roster = await read(users((asked) => ({ ...page(rowsOf(asked), asked), headers: { 'x-total-count': '9' } })));
    expect(stateOf(roster)['users']).toEqual(['incomplete', 'total-mismatch']);
    expect(roster.attestation.collections.users).toMatchObject({ received: 4, expected: 9 });
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

  test('rows stand on two pages', async () => {
    const [gail, terry, uma] = restDistrict.users;
    const roster = await read(users((asked) => page([gail, uma, gail, terry], asked)));
    expect(stateOf(roster)['users']).toEqual(['incomplete', 'duplicate-ids']);
    const ids = (roster.users as readonly { sourcedId: string }[]).map(({ sourcedId }) => sourcedId);
    expect(ids.filter((id) => id === 'G1')).toHaveLength(2);
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

describe('a list that proves nothing is read again, once, and no other list is', () => {
  /** Answers the first reading of the users in one way and the second in another. */
  async function readTwice(
    first: (asked: Asked) => Answered | undefined,
    second: (asked: Asked) => Answered | undefined,
  ): Promise<{ readonly roster: RosterRead; readonly readings: number }> {
    let readings = 0;
    const server = await serve(restDistrict, (asked) => {
      if (asked.collection !== 'users') return undefined;
      if (asked.offset === 0) readings += 1;
      return (readings === 1 ? first : second)(asked);
    });
    const roster = await oneRosterSource(clientOf(server, { pageSize: 2, retries: 0 })).read(scope);
    expect(server.askedFor('enrollments').filter(({ offset }) => offset === 0)).toHaveLength(1);
    return { roster, readings };
  }
  const well = (asked: Asked) => page(rowsOf(asked), asked);
  const untold = (asked: Asked) => ({ body: well(asked).body });
  const lying = (total: string) => (asked: Asked) => ({ ...well(asked), headers: { 'x-total-count': total } });
  const failing = (status: number) => () => ({ status, body: {} });
  const without = (count: number) => (asked: Asked) => ({ body: page(rowsOf(asked).slice(count), asked).body });

  test.each([
    ['a total that the rows do not reach, and then one that they do', lying('9'), well, 'complete', 'total-reached', 4],
    ['a total that is too small, twice, and the same rows', lying('3'), lying('3'), 'complete', 'read-twice', 4],
    ['no total, and then one', untold, well, 'complete', 'total-reached', 4],
    ['a contradiction, and then the same rows without one', lying('9'), untold, 'complete', 'read-twice', 4],
    ['no total, and then other rows: the larger list stays', untold, without(1), 'incomplete', 'moved', 4],
    ['no total, and then other rows: the newer list stays', without(1), untold, 'incomplete', 'moved', 4],
    ['no total, and then a contradiction', untold, lying('9'), 'incomplete', 'total-mismatch', 4],
    ['no total, and then a failure', untold, failing(500), 'incomplete', 'page-failed', 4],
  ] as const)('%s', async (_why, first, second, state, ended, received) => {
    const { roster, readings } = await readTwice(first, second);
    expect(stateOf(roster)['users']).toEqual([state, ended]);
    expect(roster.attestation.collections.users.received).toBe(received);
    expect([...(roster.users as readonly unknown[])]).toHaveLength(received);
    expect(readings).toBe(2);
  });

  test('a required list that is refused the second time is refused', async () => {
    await expect(readTwice(untold, failing(403))).rejects.toMatchObject({ code: 'permission_denied' });
  });

  test('an optional one is not shared then', async () => {
    let readings = 0;
    const roster = await read((asked) => {
      if (asked.collection !== 'courses') return undefined;
      if (asked.offset === 0) readings += 1;
      return readings === 1 ? { body: well(asked).body } : { status: 403, body: {} };
    });
    expect(stateOf(roster)['courses']).toEqual(['not-shared', 'refused']);
    expect([...(roster.courses as readonly unknown[])]).toEqual([]);
  });
});

describe('the revision of what is shared', () => {
  const revised = (revisionOf: (asked: Asked) => string) => (asked: Asked) => {
    const answered = page(rowsOf(asked), asked);
    return { ...answered, headers: { ...answered.headers, 'x-perm-rev': revisionOf(asked) } };
  };
  /** How often the first page of a collection was asked for. */
  const readings = async (answer: (asked: Asked) => Answered) => {
    const server = await serve(restDistrict, answer);
    const roster = await oneRosterSource(clientOf(server, { pageSize: 2 })).read(scope);
    const count = (collection: string) => server.askedFor(collection).filter(({ offset }) => offset === 0).length;
    return { roster, counts: ['orgs', 'users', 'enrollments'].map(count) };
  };

  test('is the same over all lists: then nothing is read again', async () => {
    const { roster, counts } = await readings(revised(() => '7'));
    expect(counts).toEqual([1, 1, 1]);
    expect(roster.attestation.collections.users.state).toBe('complete');
  });

  test('differs between two lists, or within one: then everything is read again, once', async () => {
    const between = await readings(revised((asked) => (asked.collection === 'users' && asked.count <= 3 ? '6' : '7')));
    expect(between.counts).toEqual([2, 2, 2]);
    expect(stateOf(between.roster)['users']).toEqual(['complete', 'total-reached']);
    const within = await readings(
      revised(({ collection, count }) => (collection === 'users' && count < 2 ? '6' : '7')),
    );
    expect(within.counts).toEqual([2, 2, 2]);
    expect(stateOf(within.roster)['users']).toEqual(['complete', 'total-reached']);
  });

  test('moves for ever: then no list is complete', async () => {
    const begun: string[] = [];
    const { roster, counts } = await readings(
      revised(({ collection, offset }) => {
        if (offset === 0) begun.push(collection);
        return `${collection} ${String(begun.filter((name) => name === collection).length)}`;
      }),
    );
    expect(counts).toEqual([2, 2, 2]);
    const { guardianLinks: _links, ...states } = stateOf(roster);
    expect(new Set(Object.values(states).map(String))).toEqual(new Set(['incomplete,moved']));
    expect((roster as { readonly cursor?: string }).cursor).toBeUndefined();
  });
});

describe('a revision of each list by itself', () => {
  test('has not moved where every list has the one that it had before', async () => {
    const roster = await read((asked) => {
      const answered = page(rowsOf(asked), asked);
      return { ...answered, headers: { ...answered.headers, 'x-perm-rev': asked.collection } };
    });
    expect(stateOf(roster)['users']).toEqual(['complete', 'total-reached']);
  });
});

describe('rows that cannot be used', () => {
  test('are nothing to mend where all that they say is that a record is gone', async () => {
    const gone = { sourcedId: 'E9', status: 'tobedeleted' };
    const roster = await read((asked) =>
      asked.collection === 'enrollments' ? page([...restDistrict.enrollments, gone], asked) : undefined,
    );
    expect(roster.rejected).toEqual([]);
    expect(stateOf(roster)['enrollments']?.[0]).toBe('complete');
    expect(await collected(roster.enrollments)).not.toContainEqual(expect.objectContaining({ sourcedId: 'E9' }));
  });

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

  test('without any link the links are not shared, whoever is a guardian', async () => {
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
    expect(unlinked.attestation.collections.guardianLinks).toEqual({ state: 'not-shared', received: 0 });
  });
});

describe('guardians who are looked for in metadata', () => {
  const found = { givenName: 'Gil', familyName: 'Example', email: 'gil@example.com' };
  const secret = [{ sourcedId: 'U1', birthDate: '2015-01-01', metadata: { Guardian1: 'Gil Example' } }];

  async function readWith(demographics: (asked: Asked) => Answered, isInUsers = false): Promise<RosterRead> {
    const server = await serve(restDistrict, (asked) =>
      asked.collection === 'demographics' ? demographics(asked) : undefined,
    );
    return await oneRosterSource(clientOf(server, { pageSize: 2, retries: 0 }), {
      guardiansInMetadata: ({ user, demographics: ofUser }) =>
        isInUsers
          ? user.sourcedId === 'U1'
            ? [found]
            : []
          : ofUser?.metadata?.['Guardian1'] === undefined
            ? []
            : [found],
    }).read(scope);
  }
  const guardiansOf = (roster: RosterRead) =>
    (roster.users as readonly { readonly email?: string }[]).filter(({ email }) => email === found.email);
  const users = (roster: RosterRead) => roster.attestation.collections.users;

  test('are users and linked, where the demographics are whole', async () => {
    const roster = await readWith((asked) => page(secret, asked));
    expect(guardiansOf(roster)).toHaveLength(1);
    expect(users(roster).state).toBe('complete');
    expect(roster.attestation.collections.guardianLinks.state).toBe('complete');
  });

  test.each([
    ['are refused', (): Answered => ({ status: 403, body: {} }), 'demographics-not-shared'],
    ['fail', (): Answered => ({ status: 500, body: {} }), 'demographics-failed'],
    [
      'are of doubtful length',
      (asked: Asked): Answered => ({ ...page(secret, asked), headers: { 'x-total-count': '9' } }),
      'demographics-incomplete',
    ],
  ] as const)('where the demographics %s, no user who is missing is gone', async (_why, answer, ended) => {
    expect(users(await readWith(answer))).toMatchObject({ state: 'incomplete', ended });
  });

  test('who hide in the users themselves need no demographics', async () => {
    const roster = await readWith(() => ({ status: 403, body: {} }), true);
    expect(guardiansOf(roster)).toHaveLength(1);
    expect(users(roster).state).toBe('complete');
  });

  test('in demographics of another revision than the users they prove nothing', async () => {
    const server = await serve({ ...restDistrict, demographics: secret }, (asked) => {
      const rows = asked.collection === 'demographics' ? secret : rowsOf(asked);
      const answered = page(rows, asked);
      const revision = asked.collection === 'demographics' ? '8' : '7';
      return { ...answered, headers: { ...answered.headers, 'x-perm-rev': revision } };
    });
    const source = oneRosterSource(clientOf(server), { guardiansInMetadata: () => [found] });
    expect(users(await source.read(scope))).toMatchObject({ state: 'incomplete', ended: 'demographics-incomplete' });
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
