import fc from 'fast-check';
import { foldDelta, type Roster, type RosterDelta } from 'rosterkit';
import { type OneRosterSource, oneRosterSource, type OneRosterSourceOptions } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import { LivingDistrict } from './support/living-district.js';
import { clientOf, collectionsOf, scope } from './support/roster.js';
import { type Answered, type Asked, type OneRosterServer, page, serve } from './support/server.js';

const DAY_MS = 86_400_000;

interface Connected {
  readonly district: LivingDistrict;
  readonly server: OneRosterServer;
  readonly source: OneRosterSource;
}

interface ConnectOptions extends OneRosterSourceOptions {
  readonly hasTombstones?: boolean;
  readonly isFiltering?: boolean;
  readonly answer?: (asked: Asked) => Answered | undefined;
}

async function connect({
  hasTombstones = true,
  isFiltering,
  answer,
  ...options
}: ConnectOptions = {}): Promise<Connected> {
  const district = new LivingDistrict(hasTombstones);
  const server = await serve({}, (asked) => answer?.(asked) ?? district.answer(asked, isFiltering));
  const source = oneRosterSource(clientOf(server, { pageSize: 5, retries: 0 }), {
    clock: district.clock,
    wholeReadEveryDays: 1000,
    ...options,
  });
  return { district, server, source };
}

function cursorOf(roster: Roster): string {
  if (roster.cursor === undefined) throw new Error('The roster has a cursor.');
  return roster.cursor;
}

function reasonOf(delta: RosterDelta): string {
  return delta.kind === 'whole' ? delta.reason : 'changes';
}

function changesIn(delta: RosterDelta) {
  if (delta.kind === 'whole') throw new Error(`Everything was read: ${delta.reason}.`);
  return delta;
}

/** The active records alone, without the links. */
function activeIn(roster: Roster): Readonly<Record<string, readonly object[]>> {
  const { guardianLinks: _links, ...collections } = collectionsOf(roster) as Readonly<
    Record<string, readonly { readonly status?: string }[]>
  >;
  return Object.fromEntries(
    Object.entries(collections).map(([name, rows]) => [name, rows.filter(({ status }) => status !== 'tobedeleted')]),
  );
}

/** The links between people who are there. */
function linksIn(roster: Roster): readonly string[] {
  const people = new Set(
    roster.users.filter(({ status }) => status !== 'tobedeleted').map(({ sourcedId }) => sourcedId),
  );
  return roster.guardianLinks
    .filter((link) => people.has(link.guardianSourcedId) && people.has(link.studentSourcedId))
    .map((link) => JSON.stringify(link));
}

type Step = (district: LivingDistrict, seed: number) => void;

function pick<T>(list: readonly T[], seed: number): T {
  const item = list[seed % Math.max(1, list.length)];
  if (item === undefined) throw new Error('There is nothing to pick.');
  return item;
}

const students = (district: LivingDistrict) => district.active('users').filter(({ role }) => role === 'student');

const STEPS: Readonly<Record<string, Step>> = {
  'a student arrives': (district, seed) => district.addStudent(pick(district.active('classes'), seed).sourcedId),
  'a person is renamed': (district, seed) =>
    district.put('users', pick(district.active('users'), seed).sourcedId, { givenName: `Name ${String(seed)}` }),
  'a student leaves': (district, seed) => {
    if (students(district).length > 1) district.removeUser(pick(students(district), seed).sourcedId);
  },
  'a guardian leaves': (district, seed) => {
    const guardians = district.active('users').filter(({ role }) => role === 'guardian');
    if (guardians.length > 0) district.removeUser(pick(guardians, seed).sourcedId);
  },
  'a guardian comes': (district, seed) => district.addGuardian(pick(students(district), seed).sourcedId),
  'a member is enrolled again': (district, seed) => {
    const row = pick(district.active('enrollments'), seed) as unknown as Readonly<
      Record<'class' | 'user', { sourcedId: string }>
    >;
    district.enroll(row.class.sourcedId, row.user.sourcedId);
  },
  'an enrollment ends earlier': (district, seed) =>
    district.put('enrollments', pick(district.active('enrollments'), seed).sourcedId, { endDate: '2026-12-20' }),
  'an enrollment moves to another class': (district, seed) =>
    district.put('enrollments', pick(district.active('enrollments'), seed).sourcedId, {
      class: { sourcedId: pick(district.active('classes'), seed).sourcedId },
    }),
  'an enrollment goes': (district, seed) => {
    if (district.active('enrollments').length > 1)
      district.remove('enrollments', pick(district.active('enrollments'), seed).sourcedId);
  },
  'a class opens': (district) => district.addClass(),
  'a class closes': (district, seed) => {
    if (district.active('classes').length > 1) district.removeClass(pick(district.active('classes'), seed).sourcedId);
    if (district.active('enrollments').length === 0)
      district.addStudent(pick(district.active('classes'), seed).sourcedId);
  },
  'the course is renamed': (district, seed) => district.put('courses', 'K1', { title: `Course ${String(seed)}` }),
  'a school is renamed': (district, seed) => district.put('orgs', 'S2', { name: `School ${String(seed)}` }),
};

const stretches = fc.array(fc.array(fc.tuple(fc.constantFrom(...Object.keys(STEPS)), fc.nat(50)), { maxLength: 5 }), {
  minLength: 1,
  maxLength: 3,
});

/** Lets the district live, and folds what its server tells; calls back after each stretch. */
async function live(
  hasTombstones: boolean,
  happenings: readonly (readonly (readonly [string, number])[])[],
  check: (folded: Roster, whole: Roster) => void,
): Promise<void> {
  const { district, source } = await connect({ hasTombstones });
  let image = await source.read(scope);
  for (const happening of happenings) {
    for (const [step, seed] of happening) {
      district.now += 3 * 3_600_000;
      // A district never is without any member: the steps pick one.
      if (district.active('enrollments').length === 0) {
        district.addStudent(pick(district.active('classes'), seed).sourcedId);
      }
      STEPS[step]?.(district, seed);
    }
    district.now += 12 * 3_600_000;
    const delta = await source.readSince(cursorOf(image), scope);
    expect(reasonOf(delta)).toBe('changes');
    image = foldDelta(image, delta);
    check(image, await source.read(scope));
  }
}

describe('changes by date', () => {
  test('from a server that tells what is gone, they give the roster of a whole read, whatever happened', async () => {
    await fc.assert(
      fc.asyncProperty(stretches, async (happenings) => {
        await live(true, happenings, (folded, whole) => {
          expect(activeIn(folded)).toEqual(activeIn(whole));
          expect(linksIn(folded)).toEqual(expect.arrayContaining([...linksIn(whole)]));
        });
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  test('from a server that never tells it, they differ by what is gone alone, until everything is read', async () => {
    await fc.assert(
      fc.asyncProperty(stretches, async (happenings) => {
        await live(false, happenings, (folded, whole) => {
          const [image, now] = [activeIn(folded), activeIn(whole)];
          for (const [name, rows] of Object.entries(now))
            expect(image[name]).toEqual(expect.arrayContaining([...rows]));
          expect(linksIn(folded)).toEqual(expect.arrayContaining([...linksIn(whole)]));
        });
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});

describe('a delta', () => {
  test('is asked for by the date, a day before the last reading began, and never by status', async () => {
    const { district, server, source } = await connect();
    const roster = await source.read(scope);
    district.now += 2 * DAY_MS;
    const before = server.asked.length;
    const delta = changesIn(await source.readSince(cursorOf(roster), scope));
    const filters = server.asked.slice(before).map(({ query }) => query.get('filter'));
    expect(new Set(filters)).toEqual(new Set(["dateLastModified>'2026-09-02T06:00:00.000Z'"]));
    expect(delta).toMatchObject({ source: 'oneroster', scope, since: roster.cursor, removals: 'hint', withdrawn: [] });
    expect([delta.users, delta.enrollments.changed, delta.rejected]).toEqual([{ changed: [], deleted: [] }, [], []]);
    const again = server.asked.length;
    await source.readSince(delta.cursor, scope);
    expect(server.asked[again]?.query.get('filter')).toBe("dateLastModified>'2026-09-04T06:00:00.000Z'");
  });

  test('begins where the slower of the two clocks stood', async () => {
    const { district, server, source } = await connect();
    district.serverIsBehindMs = 3 * 3_600_000;
    const slow = await source.read(scope);
    district.serverIsBehindMs = -3 * 3_600_000;
    const fast = await source.read(scope);
    for (const roster of [slow, fast]) await source.readSince(cursorOf(roster), scope);
    const filters = server.asked.flatMap(({ query }) => query.get('filter') ?? []);
    expect([...new Set(filters)]).toEqual([
      "dateLastModified>'2026-09-02T03:00:00.000Z'",
      "dateLastModified>'2026-09-02T06:00:00.000Z'",
    ]);
  });

  test('leaves the other terms of a member alone', async () => {
    const { district, source } = await connect();
    district.enroll('C1', 'U1');
    const roster = await source.read(scope);
    district.now += 2 * DAY_MS;
    const [first] = district.active('enrollments');
    district.remove('enrollments', first?.sourcedId ?? '');
    const delta = changesIn(await source.readSince(cursorOf(roster), scope));
    expect(delta.enrollments.deleted).toEqual([
      { classSourcedId: 'C1', userSourcedId: 'U1', sourcedId: first?.sourcedId },
    ]);
    const left = foldDelta(roster, delta).enrollments.filter(({ userSourcedId }) => userSourcedId === 'U1');
    expect(left).toHaveLength(1);
  });

  test('looks up those to whom changed people are linked: only their role tells whether they are guardians', async () => {
    const { district, server, source } = await connect();
    const roster = await source.read(scope);
    district.now += 2 * DAY_MS;
    const [guardian] = district.active('users').filter(({ role }) => role === 'guardian');
    const agents = [guardian?.sourcedId, 'P1', 'G-unshared'].map((sourcedId) => ({ sourcedId }));
    district.put('users', 'U2', { agents });
    const before = server.asked.length;
    const delta = changesIn(await source.readSince(cursorOf(roster), scope));
    expect(delta.guardianLinks).toEqual({
      replacedOf: [],
      deleted: [],
      changed: [
        { guardianSourcedId: guardian?.sourcedId, studentSourcedId: 'U2', relationship: 'guardian' },
        // Of G-unshared, who is not found, the whole read decides: nobody knows whether it is a guardian.
      ],
    });
    const single = server.asked.slice(before).filter(({ collection }) => collection.startsWith('users/'));
    expect(single.map(({ collection }) => collection).sort()).toEqual(
      agents.map(({ sourcedId }) => `users/${sourcedId ?? ''}`).sort(),
    );
  });

  test('takes all rows of a server that ignores the filter, and does no harm', async () => {
    const { district, source } = await connect({ isFiltering: false });
    const roster = await source.read(scope);
    district.now += 2 * DAY_MS;
    const delta = await source.readSince(cursorOf(roster), scope);
    expect(reasonOf(delta)).toBe('changes');
    expect(collectionsOf(foldDelta(roster, delta))).toEqual(collectionsOf(roster));
  });

  test('never says gone of a record that is there too', async () => {
    const { district, source } = await connect();
    const roster = await source.read(scope);
    district.now += 2 * DAY_MS;
    const [user] = district.active('users');
    district.rows.users.push({
      ...user,
      sourcedId: 'U9',
      status: 'tobedeleted',
      dateLastModified: '2026-09-05T05:00:00Z',
    });
    district.rows.users.push({ ...user, sourcedId: 'U9', status: 'active', dateLastModified: '2026-09-05T04:00:00Z' });
    const { users } = changesIn(await source.readSince(cursorOf(roster), scope));
    expect(users.deleted).toEqual([]);
    expect(users.changed.map(({ sourcedId }) => sourcedId)).toEqual(['U9']);
  });

  test('rejects a row that cannot be used, and takes the others', async () => {
    const { district, source } = await connect();
    const roster = await source.read(scope);
    district.now += 2 * DAY_MS;
    district.put('users', 'U1', { givenName: '', familyName: '' });
    district.put('users', 'U2', { givenName: 'Another' });
    const delta = changesIn(await source.readSince(cursorOf(roster), scope));
    expect(delta.rejected).toMatchObject([{ collection: 'users', sourcedId: 'U1', problem: 'missing-name' }]);
    expect(delta.users.changed.map(({ givenName }) => givenName)).toEqual(['Another']);
  });

  test('breaks off with an error in the middle of a list, and the same cursor begins again', async () => {
    let isFailing = false;
    const { district, source } = await connect({
      isFiltering: false,
      answer: ({ collection, offset }) =>
        isFailing && collection === 'users' && offset > 0 ? { status: 500, body: {} } : undefined,
    });
    for (let count = 0; count < 6; count += 1) district.addStudent('C1');
    const roster = await source.read(scope);
    isFailing = true;
    await expect(source.readSince(cursorOf(roster), scope)).rejects.toMatchObject({ code: 'server' });
    isFailing = false;
    expect(reasonOf(await source.readSince(cursorOf(roster), scope))).toBe('changes');
  });

  test('a refusal of the credentials is an error; terms that are not shared have no changes', async () => {
    let answer: (asked: Asked) => Answered | undefined = ({ collection }) =>
      collection === 'academicSessions' ? { status: 403, body: {} } : undefined;
    const { source } = await connect({ answer: (asked) => answer(asked) });
    const roster = await source.read(scope);
    expect(roster.attestation.collections.terms.state).toBe('not-shared');
    expect(reasonOf(await source.readSince(cursorOf(roster), scope))).toBe('changes');
    answer = () => ({ status: 401, body: {} });
    await expect(source.readSince(cursorOf(roster), scope)).rejects.toMatchObject({ code: 'authentication' });
  });
});

describe('everything is read anew', () => {
  type Spoil = (connected: Connected, cursor: string) => string;
  type Answer = (asked: Asked) => Answered | undefined;
  type Case = readonly [reason: string, why: string, spoil: Spoil, answer?: Answer];
  const filtered =
    (answered: Answered) =>
    ({ query, collection }: Asked): Answered | undefined =>
      query.has('filter') && collection === 'users' ? answered : undefined;
  const asItIs = (_connected: Connected, cursor: string) => cursor;
  const cases: readonly Case[] = [
    ['CURSOR_UNKNOWN', 'where the cursor is none', () => 'no cursor'],
    [
      'CURSOR_UNKNOWN',
      'where it is of another format',
      (_, cursor) => cursor.replace('"oneroster":1', '"oneroster":2'),
    ],
    [
      'CURSOR_UNKNOWN',
      'where it is of another source',
      (_, cursor) => cursor.replace('"provider":"oneroster"', '"provider":"classlink"'),
    ],
    [
      'CURSOR_UNKNOWN',
      'where it is of another tenant',
      (_, cursor) => cursor.replace(/"tenant":"[^"]*"/, '"tenant":"another"'),
    ],
    ['VERSION_CHANGED', 'where another version was spoken', (_, cursor) => cursor.replace('"1.1"', '"1.2"')],
    [
      'CURSOR_EXPIRED',
      'where it is older than any tombstone',
      ({ district }, cursor) => {
        district.now += 31 * DAY_MS;
        return cursor;
      },
    ],
    [
      'READ_DUE',
      'where everything was read long ago',
      ({ district }, cursor) => {
        district.now += 20 * DAY_MS;
        return cursor.replace(/"readAt":"\d{4}/, '"readAt":"2020');
      },
    ],
    ['FILTER_REFUSED', 'where the filter is refused', asItIs, filtered({ status: 400, body: {} })],
    ['FILTER_REFUSED', 'where it cannot be processed', asItIs, filtered({ status: 422, body: {} })],
    ['FILTER_REFUSED', 'where the server breaks over it', asItIs, filtered({ status: 500, body: {} })],
    ['FILTER_REFUSED', 'where nothing found is "not found"', asItIs, filtered({ status: 404, body: {} })],
    [
      'FILTER_REFUSED',
      'where an error comes inside a 200',
      asItIs,
      filtered({ body: { statusInfoSet: [{ imsx_codeMajor: 'failure', imsx_codeMinor: 'invalid_filter_field' }] } }),
    ],
    [
      'CHANGES_UNCLEAR',
      'where the total is that of another list',
      asItIs,
      filtered({ body: { users: [] }, headers: { 'x-total-count': '99' } }),
    ],
    [
      'CHANGES_UNCLEAR',
      'where an enrollment has no id',
      asItIs,
      ({ query, collection, ...asked }) =>
        query.has('filter') && collection === 'enrollments'
          ? page([{ class: { sourcedId: 'C1' }, user: { sourcedId: 'U1' }, role: 'student' }], {
              ...asked,
              query,
              collection,
            })
          : undefined,
    ],
    [
      'CHANGES_UNCLEAR',
      'where people cannot be looked up one by one',
      ({ district }, cursor) => {
        district.now += 2 * DAY_MS;
        district.put('users', 'U2', { agents: [{ sourcedId: 'P1' }] });
        return cursor;
      },
      ({ collection }) => (collection.startsWith('users/') ? { status: 404, body: '<html></html>' } : undefined),
    ],
    ...[403, 200].map(
      (status): Case => [
        'CHANGES_UNCLEAR',
        `where a person who is looked up is refused or unreadable (${String(status)})`,
        ({ district }, cursor) => {
          district.now += 2 * DAY_MS;
          district.put('users', 'U2', { agents: [{ sourcedId: 'P1' }] });
          return cursor;
        },
        ({ collection }) => (collection.startsWith('users/') ? { status, body: { user: {} } } : undefined),
      ],
    ),
    [
      'CHANGES_UNCLEAR',
      'where the id of a linked person can stand in no path',
      ({ district }, cursor) => {
        district.now += 2 * DAY_MS;
        district.put('users', 'U2', { agents: [{ sourcedId: '..' }] });
        return cursor;
      },
    ],
    [
      'CHANGES_UNCLEAR',
      'where too many would have to be looked up',
      ({ district }, cursor) => {
        district.now += 2 * DAY_MS;
        district.put('users', 'U2', {
          agents: Array.from({ length: 201 }, (_, index) => ({ sourcedId: `G${String(index)}` })),
        });
        return cursor;
      },
    ],
  ];

  for (const [reason, why, spoil, answer] of cases) {
    test(`${reason} ${why}`, async () => {
      const connected = await connect(answer === undefined ? {} : { answer });
      const { district, source } = connected;
      const roster = await source.read(scope);
      const cursor = spoil(connected, cursorOf(roster));
      district.addStudent('C1');
      const delta = await source.readSince(cursor, scope);
      expect(reasonOf(delta)).toBe(reason);
      expect(foldDelta(roster, delta)).toMatchObject({ users: expect.any(Array), cursor: expect.any(String) });
      expect(collectionsOf(foldDelta(roster, delta))).toEqual(collectionsOf(await source.read(scope)));
    });
  }

  test('each day, if nothing else is asked for', async () => {
    const { district, source } = await connect({ wholeReadEveryDays: undefined });
    const roster = await source.read(scope);
    district.now += DAY_MS / 2;
    expect(reasonOf(await source.readSince(cursorOf(roster), scope))).toBe('changes');
    district.now += DAY_MS / 2 - 60_000;
    expect(reasonOf(await source.readSince(cursorOf(roster), scope))).toBe('READ_DUE');
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])(
    'the days are a number from 0 up: %d',
    async (wholeReadEveryDays) => {
      await expect(connect({ wholeReadEveryDays })).rejects.toMatchObject({ parameter: 'wholeReadEveryDays' });
    },
  );
});

describe('a roster has a cursor', () => {
  test('only where every list is complete or not shared', async () => {
    const { source } = await connect({
      answer: (asked) =>
        asked.collection === 'courses' ? { body: { courses: [] }, headers: { 'x-total-count': '9' } } : undefined,
    });
    expect((await source.read(scope)).cursor).toBeUndefined();
  });

  test('but not where guardians are looked for in metadata', async () => {
    const { source } = await connect({ guardiansInMetadata: () => [] });
    expect((await source.read(scope)).cursor).toBeUndefined();
  });
});
