import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  CleverClient,
  type CleverClientOptions,
  cleverSource,
  type CleverSourceOptions,
} from '../../src/clever/index.js';
import { foldDelta } from '../../src/engine/index.js';
import { AuthenticationError, ConfigurationError, ServerError } from '../../src/errors.js';
import type { Roster, RosterDelta } from '../../src/model/index.js';
import {
  type District,
  evolve,
  FixedClock,
  generateDistrict,
  rollover,
  simulateClever,
  withClass,
  withoutClass,
  withoutStudent,
  withTeacher,
} from '../../src/testing/index.js';
import { rejection } from '../support/http-server.js';

const scope = { tenant: 'district-1' };
const NOW = '2026-09-01T12:00:00.000Z';

/** A district of 1 September, its client and its source, whose clock the test moves. */
async function connect(
  district: District,
  options: Partial<CleverClientOptions> = {},
  sourceOptions: CleverSourceOptions = {},
) {
  const clock = new FixedClock(NOW);
  const clever = await simulateClever(district, { token: 'token-1' });
  onTestFinished(() => clever.close());
  const client = new CleverClient({
    token: () => clever.token,
    baseUrl: clever.url,
    allowInsecureHosts: [clever.host],
    minRetryDelayMs: 0,
    ...options,
  });
  const source = cleverSource(client, { clock, settleMs: 0, ...sourceOptions });
  return { clever, client, clock, source };
}

/** What a roster says, but for which reading of it this is. */
function contentsOf(roster: Roster) {
  const { schools, terms, courses, classes, users, enrollments, guardianLinks, rejected, attestation } = roster;
  const states = Object.entries(attestation.collections).map(([name, { state, received }]) => [name, state, received]);
  return { schools, terms, courses, classes, users, enrollments, guardianLinks, rejected, states };
}

function cursorOf({ cursor }: Roster): string {
  if (cursor === undefined) throw new Error('The read has a cursor.');
  return cursor;
}

function reasonOf(delta: RosterDelta): string {
  return delta.kind === 'whole' ? delta.reason : delta.kind;
}

/** What may happen in a district between two readings. */
const happening = fc.oneof(
  fc.record({ what: fc.constant('evolve' as const), seed: fc.nat(1000) }),
  fc.record({ what: fc.constant('contacts' as const), seed: fc.nat(1000) }),
  fc.record({ what: fc.constant('rollover' as const), seed: fc.nat(1000) }),
  fc.record({ what: fc.constant('class-gone' as const), seed: fc.nat(1000) }),
  fc.record({ what: fc.constant('class-back' as const), seed: fc.nat(1000) }),
  fc.record({ what: fc.constant('class-emptied' as const), seed: fc.nat(1000) }),
  fc.record({ what: fc.constant('course-renamed' as const), seed: fc.nat(1000) }),
  fc.record({ what: fc.constant('school-renamed' as const), seed: fc.nat(1000) }),
  fc.record({ what: fc.constant('co-teacher' as const), seed: fc.nat(1000) }),
  fc.record({ what: fc.constant('student-gone' as const), seed: fc.nat(1000) }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

function pick<T>(list: readonly T[], seed: number): T {
  const item = list[seed % Math.max(1, list.length)];
  if (item === undefined) throw new Error('There is nothing to pick.');
  return item;
}

function after(district: District, first: District, { what, seed }: Happening): District {
  const section = pick(district.classes, seed);
  const later = { ...district, updatedAt: new Date(Date.parse(district.updatedAt) + 3_600_000).toISOString() };
  switch (what) {
    case 'evolve':
      return evolve(district, {
        seed,
        moves: 2,
        renames: 1,
        arrivals: 1,
        withdrawals: 1,
        classRenames: 1,
        classesVanish: 1,
      });
    case 'contacts':
      return evolve(district, { seed, contactChanges: 3 });
    case 'rollover':
      return rollover(district);
    case 'class-gone':
      return withoutClass(district, section.id);
    case 'class-back': {
      const gone = first.classes.filter(({ id }) => !district.classes.some((one) => one.id === id));
      return gone.length === 0 ? later : { ...later, classes: [...later.classes, pick(gone, seed)] };
    }
    case 'class-emptied':
      return withClass(district, { id: section.id, studentIds: [] });
    case 'course-renamed': {
      const { id } = pick(district.courses, seed);
      return {
        ...later,
        courses: later.courses.map((one) => (one.id === id ? { ...one, name: `Course ${String(seed)}` } : one)),
      };
    }
    case 'school-renamed': {
      const { id } = pick(district.schools, seed);
      return {
        ...later,
        schools: later.schools.map((one) => (one.id === id ? { ...one, name: `School ${String(seed)}` } : one)),
      };
    }
    case 'co-teacher': {
      const teacher = pick(district.teachers, seed);
      const teacherIds = [...new Set([...section.teacherIds, teacher.id])];
      return withTeacher(withClass(district, { id: section.id, teacherIds }), {
        id: teacher.id,
        title: `Dr ${String(seed)}`,
      });
    }
    case 'student-gone':
      return withoutStudent(district, pick(district.students, seed).id);
  }
}

describe('changes by events', () => {
  it('replayed onto the roster read before, they give what a whole read gives, whatever happened', async () => {
    const first = generateDistrict({ seed: 5, schools: 2, students: 30 });
    const { clever, source } = await connect(first);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(happening, { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        async (stretches) => {
          clever.setDistrict(first);
          let image = await source.read(scope);
          const oldest = image;
          let district = first;
          for (const stretch of stretches) {
            for (const event of stretch) {
              district = after(district, first, event);
              clever.setDistrict(district);
            }
            const delta = await source.readSince(cursorOf(image), scope);
            expect(reasonOf(delta)).toBe('changes');
            image = foldDelta(image, delta);
            expect(contentsOf(image)).toEqual(contentsOf(await source.read(scope)));
          }
          // A cursor that was saved long ago replays what the roster has already, and does no harm.
          const again = await source.readSince(cursorOf(oldest), scope);
          expect(contentsOf(foldDelta(image, again))).toEqual(contentsOf(image));
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);
});

const district = generateDistrict({ seed: 5, schools: 2, students: 30 });
const moved = evolve(district, { moves: 2, renames: 1 });
const DAY_MS = 86_400_000;

describe('a delta', () => {
  it('is empty where nothing happened, and its cursor continues', async () => {
    const { source } = await connect(district);
    const roster = await source.read(scope);
    const delta = await source.readSince(cursorOf(roster), scope);
    expect(delta).toMatchObject({ kind: 'changes', source: 'clever', scope, since: roster.cursor, rejected: [] });
    expect(delta.kind === 'changes' && [delta.users, delta.classes, delta.enrollments.changed]).toEqual([
      { changed: [], deleted: [] },
      { changed: [], deleted: [] },
      [],
    ]);
    expect(delta.kind === 'changes' && delta.staleSince).toBe(undefined);
  });

  it('asks for what came since alone, never for the lists', async () => {
    const { clever, source } = await connect(district);
    const roster = await source.read(scope);
    clever.setDistrict(moved);
    const before = clever.requests;
    await source.readSince(cursorOf(roster), scope);
    const paths = clever.received.slice(before).map(({ path }) => path.replace(/\?.*/, ''));
    expect(new Set(paths)).toEqual(new Set(['/v3.0/districts', '/oauth/tokeninfo', '/v3.0/events']));
  });

  it('tells which fields were withdrawn rather than emptied', async () => {
    const { clever, source } = await connect(district);
    const roster = await source.read(scope);
    clever.withhold(['email', 'roles.student.dob']);
    const delta = await source.readSince(cursorOf(roster), scope);
    expect(delta.kind === 'changes' && delta.withdrawn).toEqual(
      expect.arrayContaining(['users.email', 'users.roles.student.dob']),
    );
  });

  it('says since when the district stands still, as a whole read does', async () => {
    const { clever, source } = await connect(district);
    const roster = await source.read(scope);
    expect(roster.staleSince).toBeUndefined();
    clever.pause({ start: '2026-06-01', end: '2026-08-15' });
    const delta = await source.readSince(cursorOf(roster), scope);
    expect(delta).toMatchObject({ kind: 'changes', staleSince: district.updatedAt });
    expect(foldDelta(roster, delta).staleSince).toBe(district.updatedAt);
    expect((await source.read(scope)).staleSince).toBe(district.updatedAt);
    clever.resume();
    const resumed = await source.readSince(cursorOf(foldDelta(roster, delta)), scope);
    expect(foldDelta(foldDelta(roster, delta), resumed).staleSince).toBeUndefined();
  });

  it('waits until the newest event has been the newest for a while, and takes what came meanwhile', async () => {
    const { clever, clock, source } = await connect(district, {}, { settleMs: 40 });
    const roster = await source.read(scope);
    clever.setDistrict(moved);
    clock.set(moved.updatedAt);
    const later = evolve(moved, { arrivals: 1 });
    // After the first look at the events, Clever writes the rest of them.
    clever.fail({
      path: '/events',
      afterPages: 1,
      onRequest: () => clever.setDistrict({ ...later, updatedAt: moved.updatedAt }),
    });
    const delta = await source.readSince(cursorOf(roster), scope);
    const whole = await source.read(scope);
    expect(contentsOf(foldDelta(roster, delta))).toEqual(contentsOf(whole));
    expect(whole.users.length).toBeGreaterThan(roster.users.length);
  });

  it('takes the newest word on a record, in whatever order it is told', async () => {
    const { clever, source } = await connect(district);
    const roster = await source.read(scope);
    const [section] = district.classes;
    if (section === undefined) throw new Error('The district has a class.');
    clever.setDistrict(withClass(district, { id: section.id, name: 'Former name' }));
    clever.setDistrict(withClass(clever.district, { id: section.id, name: 'Present name' }));
    const answer = await fetch(`${clever.url}/v3.0/events`, { headers: { authorization: 'Bearer token-1' } });
    const body = (await answer.json()) as { readonly data: readonly { readonly data: { readonly id: string } }[] };
    // Clever expects that events come again, and in another order than they happened.
    clever.fail({
      path: '/events',
      body: JSON.stringify({ data: [...body.data, ...body.data.slice(0, 3)], links: [] }),
    });
    const delta = await source.readSince(cursorOf(roster), scope);
    const now = foldDelta(roster, delta);
    expect(now.classes.find(({ sourcedId }) => sourcedId === section.id)?.name).toBe('Present name');
    expect(JSON.parse(cursorOf(now))).toMatchObject({ event: body.data.at(-1)?.data.id });
    expect(reasonOf(await source.readSince(cursorOf(now), scope))).toBe('changes');
    expect(contentsOf(now)).toEqual(contentsOf(await source.read(scope)));
  });

  it('looks again however wrong the clock of this machine is, but not for what happened long ago', async () => {
    const { clever, clock, source } = await connect(district, {}, { settleMs: 30 });
    const roster = await source.read(scope);
    clever.setDistrict(moved);
    const looks = async (instant: string) => {
      clock.set(instant);
      const before = clever.requests;
      await source.readSince(cursorOf(roster), scope);
      return clever.received.slice(before).filter(({ path }) => path.startsWith('/v3.0/events')).length;
    };
    const at = Date.parse(moved.updatedAt);
    expect(await looks(new Date(at + 60_000).toISOString())).toBe(2);
    expect(await looks(new Date(at - 3_600_000).toISOString())).toBe(2);
    expect(await looks(new Date(at + 3_600_000).toISOString())).toBe(1);
  });

  it('is refused by a roster of another tenant', async () => {
    const { source } = await connect(district);
    const roster = await source.read(scope);
    const delta = await source.readSince(cursorOf(roster), { tenant: 'another' });
    expect(() => foldDelta(roster, delta)).toThrow(expect.objectContaining({ parameter: 'delta' }));
  });

  it('breaks off with an error, never with half of the events, and the same cursor begins again', async () => {
    const { clever, source } = await connect(district, { pageSize: 3, retries: 0 });
    const roster = await source.read(scope);
    clever.setDistrict(moved);
    clever.fail({ path: '/events', status: 500, afterPages: 1 });
    expect(await rejection(source.readSince(cursorOf(roster), scope))).toBeInstanceOf(ServerError);
    const delta = await source.readSince(cursorOf(roster), scope);
    expect(reasonOf(delta)).toBe('changes');
    expect(contentsOf(foldDelta(roster, delta))).toEqual(contentsOf(await source.read(scope)));
  });

  it('is refused for a token that is no longer accepted', async () => {
    const { clever, source } = await connect(district);
    const cursor = cursorOf(await source.read(scope));
    clever.disconnect();
    expect(await rejection(source.readSince(cursor, scope))).toBeInstanceOf(AuthenticationError);
  });

  it('is refused for the cursor of another district', async () => {
    const { source } = await connect(district);
    const other = await connect(generateDistrict({ seed: 6, schools: 1, students: 5 }));
    const cursor = cursorOf(await other.source.read(scope));
    const error = await rejection(source.readSince(cursor, scope));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ parameter: 'cursor' });
  });
});

describe('everything is read anew', () => {
  type Case = Awaited<ReturnType<typeof connect>> & { readonly cursor: string };
  const cases: readonly (readonly [reason: string, why: string, spoil: (of: Case) => string])[] = [
    ['CURSOR_UNKNOWN', 'where the cursor is none', () => 'no cursor'],
    [
      'CURSOR_UNKNOWN',
      'where the cursor is of another format',
      ({ cursor }) => cursor.replace('"clever":1', '"clever":2'),
    ],
    [
      'CURSOR_EXPIRED',
      'where the events were not asked for within the 30 days that Clever keeps them',
      ({ clock, cursor }) => {
        clock.advance(30 * DAY_MS);
        return cursor;
      },
    ],
    [
      'READ_DUE',
      'where everything was read a week ago',
      ({ clock, cursor }) => {
        clock.advance(7 * DAY_MS);
        return cursor;
      },
    ],
    [
      'VERSION_CHANGED',
      'where the client spoke another version then',
      ({ cursor }) => cursor.replace('"3.0"', '"3.1"'),
    ],
    [
      'SCOPES_CHANGED',
      'where the token may see less than then',
      ({ clever, cursor }) => {
        clever.setScopes(['read:districts', 'read:schools', 'read:sections', 'read:students', 'read:teachers']);
        return cursor;
      },
    ],
    [
      'EVENTS_SILENT',
      'where the data moved and no event told of it',
      ({ clever, cursor }) => {
        clever.setEvents(false);
        clever.setDistrict(moved);
        return cursor;
      },
    ],
    [
      'EVENTS_SILENT',
      'where events were off for a while, and are on again',
      ({ clever, cursor }) => {
        clever.setEvents(false);
        clever.setDistrict(moved);
        clever.setEvents(true);
        clever.setDistrict(evolve(moved, { renames: 1 }));
        return cursor;
      },
    ],
    [
      'EVENTS_SILENT',
      'where events were on for a while, and are off now',
      ({ clever, cursor }) => {
        clever.setDistrict(moved);
        clever.setEvents(false);
        clever.setDistrict(evolve(moved, { arrivals: 1 }));
        return cursor;
      },
    ],
    [
      'EVENTS_SILENT',
      'where Clever does not tell any more when it last took in the data',
      ({ clever, cursor }) => {
        const data = [{ data: { id: clever.district.id, name: 'Sample' } }];
        clever.fail({ path: '/districts', body: JSON.stringify({ data, links: [] }) });
        return cursor;
      },
    ],
    [
      'SCOPES_UNKNOWN',
      'where Clever does not tell what the token may see',
      ({ clever, cursor }) => {
        clever.fail({ path: '/oauth/tokeninfo', status: 500, times: 2 });
        return cursor;
      },
    ],
    [
      'SCOPES_CHANGED',
      'where the token may see less while the events are read',
      ({ clever, cursor }) => {
        const scopes = ['read:districts', 'read:schools', 'read:sections', 'read:students', 'read:teachers'];
        clever.fail({ path: '/events', onRequest: () => clever.setScopes(scopes) });
        return cursor;
      },
    ],
    [
      'EVENTS_REFUSED',
      'where events are a web page',
      ({ clever, cursor }) => {
        clever.fail({ path: '/events', status: 404, html: true, times: 9 });
        return cursor;
      },
    ],
    [
      'EVENTS_REFUSED',
      'where events are forbidden',
      ({ clever, cursor }) => {
        clever.fail({ path: '/events', status: 403, times: 9 });
        return cursor;
      },
    ],
    [
      'EVENT_UNREADABLE',
      'where an event is of a type that nobody knows',
      ({ clever, cursor }) => {
        const data = { id: 'ffffffffffffffffffffffff', type: 'meals.created', data: { object: { id: '1' } } };
        clever.fail({ path: '/events', body: JSON.stringify({ data: [{ data }], links: [] }) });
        return cursor;
      },
    ],
  ];

  it.each(cases)('%s: %s', async (reason, _why, spoil) => {
    const connected = await connect(district, { retries: 1 });
    const cursor = spoil({ ...connected, cursor: cursorOf(await connected.source.read(scope)) });
    const delta = await connected.source.readSince(cursor, scope);
    expect(reasonOf(delta)).toBe(reason);
    const now = await connected.source.read(scope);
    expect(delta.kind === 'whole' && contentsOf(delta.roster)).toEqual(contentsOf(now));
  });

  it('but not where the feed was quiet for long and was asked all the while', async () => {
    const { clock, source } = await connect(district, {}, { wholeReadEveryDays: 365 });
    let cursor = cursorOf(await source.read(scope));
    for (let month = 0; month < 3; month += 1) {
      clock.advance(25 * DAY_MS);
      const delta = await source.readSince(cursor, scope);
      expect(reasonOf(delta)).toBe('changes');
      if (delta.kind === 'changes') ({ cursor } = delta);
    }
  });
});

describe('a read', () => {
  it('has no cursor where events are refused, or where it is not complete', async () => {
    const { clever, source } = await connect(district, { retries: 0 });
    clever.fail({ path: '/events', status: 403, times: 2 });
    expect((await source.read(scope)).cursor).toBeUndefined();
    clever.fail({ path: '/events', status: 500, times: 2 });
    expect((await source.read(scope)).cursor).toBeUndefined();
    clever.fail({ path: '/terms', status: 500 });
    const roster = await source.read(scope);
    expect(roster.attestation.collections.terms.state).toBe('failed');
    expect(roster.cursor).toBeUndefined();
    expect((await source.read(scope)).cursor).toBeDefined();
  });

  it('has no cursor where Clever does not tell when it took in the data: silence could not be told from quiet', async () => {
    const { clever, source } = await connect(district);
    const data = [{ data: { id: district.id, name: 'Sample' } }];
    clever.fail({ path: '/districts', body: JSON.stringify({ data, links: [] }), times: 2 });
    expect((await source.read(scope)).cursor).toBeUndefined();
  });

  it.each([
    ['settleMs', { settleMs: -1 }],
    ['wholeReadEveryDays', { wholeReadEveryDays: Number.NaN }],
  ])('is refused for an impossible %s', async (parameter, options) => {
    const { client } = await connect(district);
    expect(() => cleverSource(client, options)).toThrow(expect.objectContaining({ parameter }));
  });
});
