import { describe, expect, it } from 'vitest';
import { CleverClient, cleverPreflight, cleverSource } from '../../src/clever/index.js';
import { LockHeldError } from '../../src/errors.js';
import type { Collection, Roster } from '../../src/model/index.js';
import type { PageRead, RequestRetry } from '../../src/ports/index.js';
import { type Handler, rejection } from '../support/http-server.js';
import { clientOf, DISTRICT, type Records, smallDistrict, startDistrict } from './district.js';

const scope = { tenant: 'district-1' };

async function read(records: Records, instead?: Handler, pageSize = 1000): Promise<Roster> {
  const server = await startDistrict(records, instead);
  return cleverSource(clientOf(server, { pageSize, retries: 1 })).read(scope);
}

function statesOf(roster: Roster): Record<Collection, string> {
  const states = Object.entries(roster.attestation.collections).map(([name, { state }]) => [name, state]);
  return Object.fromEntries(states) as Record<Collection, string>;
}

/** Fails every page of a list but its first. */
function laterPages(list: string, reply: ReturnType<Handler>): Handler {
  return ({ path, query }) => (path === `/v3.0/${list}` && query.has('starting_after') ? reply : undefined);
}

describe('a district', () => {
  it('becomes a roster in which every word has its translation', async () => {
    const roster = await read(smallDistrict);
    expect(roster).toMatchObject({ source: 'clever', scope, rejected: [] });
    expect(roster.schools).toEqual([
      { sourcedId: 'school-1', status: 'active', name: 'Elm School', identifier: '042' },
    ]);
    expect(roster.courses).toEqual([{ sourcedId: 'course-1', status: 'active', title: 'Algebra', courseCode: 'ALG1' }]);
    expect(roster.terms).toEqual([
      { sourcedId: 'term-1', status: 'active', name: 'Fall', startDate: '2025-08-18', endDate: '2026-01-01' },
    ]);
    expect(roster.classes).toEqual([
      {
        sourcedId: 'section-1',
        status: 'active',
        schoolSourcedId: 'school-1',
        name: 'Algebra - Teacher - 1(A)',
        courseSourcedId: 'course-1',
        courseTitle: 'Algebra',
        termSourcedIds: ['term-1'],
        period: '1(A)',
        grades: ['Kindergarten'],
        subject: 'math',
      },
    ]);
    expect(roster.enrollments).toEqual([
      { classSourcedId: 'section-1', userSourcedId: 'user-1', role: 'student', status: 'active' },
      { classSourcedId: 'section-1', userSourcedId: 'user-2', role: 'student', status: 'active' },
      { classSourcedId: 'section-1', userSourcedId: 'user-3', role: 'teacher', primary: true, status: 'active' },
      { classSourcedId: 'section-1', userSourcedId: 'user-4', role: 'teacher', primary: false, status: 'active' },
    ]);
    expect(roster.guardianLinks).toEqual([
      { guardianSourcedId: 'user-6', studentSourcedId: 'user-1', contactType: 'Family', status: 'active' },
      {
        guardianSourcedId: 'user-6',
        studentSourcedId: 'user-2',
        relationship: 'Grandparent',
        contactType: 'Emergency',
        status: 'active',
      },
    ]);
  });

  it('keeps of each person what their roles say', async () => {
    const { users } = await read(smallDistrict);
    expect(users[0]).toEqual({
      sourcedId: 'user-1',
      status: 'active',
      dateLastModified: '2025-09-01T00:00:00.000Z',
      roles: ['student'],
      givenName: 'First',
      familyName: 'Student',
      username: 'first1',
      email: 'first.student@example.org',
      enabled: true,
      schoolSourcedIds: ['school-1', 'school-9'],
      primarySchoolSourcedId: 'school-1',
      grade: 'Kindergarten',
      birthDate: '2019-01-06',
      stateId: 'S-1',
      sisId: '0001',
    });
    expect(users[2]).toMatchObject({
      roles: ['teacher', 'administrator'],
      sisId: 'T1',
      primarySchoolSourcedId: 'school-1',
    });
    expect(users[4]).toMatchObject({ roles: ['staff'], sisId: 'W1', schoolSourcedIds: ['school-1'] });
    expect(users[5]).toEqual({
      sourcedId: 'user-6',
      status: 'active',
      roles: ['guardian'],
      givenName: '',
      familyName: 'Whole Name Of Contact',
      mobile: '555-0100',
      enabled: true,
      schoolSourcedIds: [],
    });
  });

  it('is attested complete, with what was received', async () => {
    const { attestation } = await read(smallDistrict);
    const complete = (received: number) => ({ state: 'complete', ended: 'last-page', received });
    expect(attestation).toEqual({
      allSchools: true,
      collections: {
        schools: complete(1),
        terms: complete(1),
        courses: complete(1),
        classes: complete(1),
        users: complete(6),
        enrollments: complete(4),
        guardianLinks: complete(2),
      },
    });
  });

  it.each([
    ['Cell', { mobile: '1' }],
    ['Home', { homePhone: '1' }],
    ['', { homePhone: '1' }],
  ])('takes a phone of type %j for %j', async (phone_type, expected) => {
    const { users } = await read({
      ...smallDistrict,
      users: [{ id: 'u', roles: { contact: { phone: '1', phone_type } } }],
    });
    expect(users[0]).toMatchObject(expected);
    expect(Object.keys(users[0] ?? {}).filter((key) => /mobile|homePhone/.test(key))).toHaveLength(1);
  });

  it.each([
    ['12/31/2010', '2010-12-31'],
    ['2/3/2010', '2010-02-03'],
    ['2010-02-03', '2010-02-03'],
    ['2/30/2010', undefined],
    ['13/1/2010', undefined],
    ['soon', undefined],
  ])('reads the birth date %s as %s', async (dob, expected) => {
    const { users } = await read({ ...smallDistrict, users: [{ id: 'u', roles: { student: { dob } } }] });
    expect(users[0]?.birthDate).toBe(expected);
  });

  it('is in the order of the ids, whatever order Clever sends', async () => {
    const backwards = Object.fromEntries(
      Object.entries(smallDistrict).map(([name, records]) => [name, [...records].reverse()]),
    ) as Records;
    const sections = ['b', 'a'].map((id) => ({ id, school: 'school-1', students: ['z', 'y'], teachers: ['x'] }));
    const roster = await read({ ...backwards, sections });
    expect(roster.users.map((user) => user.sourcedId)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `user-${String(n)}`));
    expect(roster.enrollments.map((e) => e.classSourcedId + e.userSourcedId)).toEqual([
      'ax',
      'ay',
      'az',
      'bx',
      'by',
      'bz',
    ]);
  });

  it('counts a member once: a repeated student, and a teacher who is listed as a student as well', async () => {
    const sections = [{ id: 's', school: 'school-1', students: ['u', 'u', 't'], teacher: 't', teachers: [] }];
    const { enrollments } = await read({ ...smallDistrict, sections });
    expect(enrollments).toMatchObject([
      { userSourcedId: 't', role: 'teacher', primary: true },
      { userSourcedId: 'u', role: 'student' },
    ]);
  });

  it('counts a contact of one student once, as Clever named the relationship first', async () => {
    const student_relationships = ['Parent', 'Other'].map((relationship) => ({ student: 'user-1', relationship }));
    const users = [{ id: 'contact', roles: { contact: { student_relationships } } }];
    const { guardianLinks } = await read({ ...smallDistrict, users });
    expect(guardianLinks).toMatchObject([{ studentSourcedId: 'user-1', relationship: 'Parent' }]);
  });

  it('gives a person without a known role the role other', async () => {
    const { users } = await read({ ...smallDistrict, users: [{ id: 'u', roles: { driver: {} } }] });
    expect(users[0]?.roles).toEqual(['other']);
  });

  it('delivers every school, whatever the scope, and a different read id each time', async () => {
    const server = await startDistrict(smallDistrict);
    const source = cleverSource(clientOf(server), { clock: { now: () => new Date(0) } });
    const first = await source.read({ ...scope, schools: ['school-9'] });
    const second = await source.read(scope);
    expect(first.schools).toHaveLength(1);
    expect(first.scope.schools).toEqual(['school-9']);
    expect(first.readAt).toBe('1970-01-01T00:00:00.000Z');
    expect(first.readId).not.toBe(second.readId);
  });

  it('reads its people once, all roles together, and tells of every page and every retry', async () => {
    let failures = 0;
    const server = await startDistrict(smallDistrict, ({ path }) => {
      if (path !== '/v3.0/sections' || failures > 0) return undefined;
      failures += 1;
      return { status: 500 };
    });
    const pages: PageRead[] = [];
    const retries: RequestRetry[] = [];
    await cleverSource(clientOf(server, { pageSize: 4 })).read(scope, {
      onPage: (page) => pages.push(page),
      onRetry: (retry) => retries.push(retry),
    });
    expect(pages.filter((page) => page.collection === 'users').map((page) => page.received)).toEqual([4, 6]);
    expect(new Set(pages.map((page) => page.collection))).toEqual(
      new Set(['schools', 'terms', 'courses', 'users', 'classes']),
    );
    expect(retries).toEqual([{ attempt: 1, delayMs: 0, status: 500 }]);
    expect(server.requests.filter(({ query }) => query.has('role'))).toHaveLength(0);
  });

  it('lists its schools to choose from', async () => {
    const server = await startDistrict(smallDistrict);
    const schools = await cleverSource(clientOf(server)).schools();
    expect(schools.map((school) => school.name)).toEqual(['Elm School']);
    expect(new Set(server.requests.map(({ path }) => path))).toEqual(new Set(['/v3.0/schools']));
  });
});

describe('rows that cannot be used', () => {
  it('are named, and the rest is kept', async () => {
    const users = [
      ...(smallDistrict.users ?? []),
      { id: 'user-7', roles: 'student' },
      { id: 'user-8', roles: { contact: { student_relationships: [{ relationship: 'Parent' }] } } },
    ];
    const roster = await read({ ...smallDistrict, users });
    expect(roster.users).toHaveLength(7);
    expect(roster.rejected).toEqual([
      { collection: 'users', sourcedId: 'user-7', problem: 'roles: invalid_type', location: 'page 1, row 7' },
      { collection: 'guardianLinks', sourcedId: 'user-8', problem: 'missing-student' },
    ]);
    expect(statesOf(roster).users).toBe('complete');
  });

  it('make a collection of nothing else a failed one', async () => {
    const roster = await read({ ...smallDistrict, sections: [{ id: 'section-1' }] });
    expect(statesOf(roster)).toMatchObject({ classes: 'failed', enrollments: 'failed', users: 'complete' });
  });
});

describe('what is not shared', () => {
  it.each([403, 404])('of terms and courses (%i) is attested, and the read goes on', async (status) => {
    const roster = await read(smallDistrict, ({ path }) =>
      /terms|courses/.test(path) ? { status, body: { message: 'no' } } : undefined,
    );
    expect(statesOf(roster)).toMatchObject({ terms: 'not-shared', courses: 'not-shared', classes: 'complete' });
    expect(roster.classes[0]?.courseTitle).toBeUndefined();
  });

  it('of contacts is attested where no person is one', async () => {
    const users = smallDistrict.users?.filter((user) => user['id'] !== 'user-6') ?? [];
    expect(statesOf(await read({ ...smallDistrict, users })).guardianLinks).toBe('not-shared');
  });

  it('and an optional collection that only fails is attested failed', async () => {
    const roster = await read(smallDistrict, ({ path }) =>
      path.endsWith('courses') ? { body: { odd: 1 } } : undefined,
    );
    expect(statesOf(roster)).toMatchObject({ courses: 'failed', users: 'complete' });
  });
});

describe('a list that breaks off after its first page', () => {
  it.each([
    ['users', { users: 'incomplete', guardianLinks: 'incomplete', classes: 'complete' }],
    ['sections', { classes: 'incomplete', enrollments: 'incomplete', users: 'complete' }],
    ['schools', { schools: 'incomplete', users: 'complete' }],
  ])('keeps what was read of %s, and attests it incomplete', async (list, expected) => {
    const sections = ['a', 'b', 'c'].map((id) => ({ id, school: 'school-1' }));
    const schools = ['a', 'b', 'c'].map((id) => ({ id, name: id }));
    const roster = await read({ ...smallDistrict, sections, schools }, laterPages(list, { status: 500 }), 2);
    expect(statesOf(roster)).toMatchObject(expected);
    const collection = list === 'sections' ? 'classes' : (list as 'users' | 'schools');
    expect(roster.attestation.collections[collection]).toMatchObject({ received: 2, ended: 'server' });
    expect(roster[collection]).toHaveLength(2);
  });

  it('because its connection was cut is incomplete too', async () => {
    const server = await startDistrict(smallDistrict, ({ path, query }, response) => {
      if (path !== '/v3.0/users' || !query.has('starting_after')) return undefined;
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
      response.write('{"data":[', () => response.destroy());
      return undefined;
    });
    const roster = await cleverSource(clientOf(server, { pageSize: 4, retries: 0 })).read(scope);
    expect(roster.attestation.collections.users).toEqual({ state: 'incomplete', received: 4, ended: 'connection' });
  });

  it('because it leads back to itself is incomplete too', async () => {
    const uri = '/v3.0/users?starting_after=user-1';
    const roster = await read(smallDistrict, ({ path }) =>
      path === '/v3.0/users'
        ? { body: { data: [{ data: { id: 'user-1', roles: {} } }], links: [{ rel: 'next', uri }] } }
        : undefined,
    );
    expect(roster.attestation.collections.users).toMatchObject({ state: 'incomplete', ended: 'incomplete_read' });
  });
});

describe('a read that cannot be believed', () => {
  const html = '<!DOCTYPE html><pre>Cannot GET</pre>';

  it.each([
    ['401 on districts', 'districts', { status: 401, body: {} }, 'authentication'],
    ['401 on an optional list', 'terms', { status: 401, body: {} }, 'authentication'],
    ['401 on users', 'users', { status: 401, body: {} }, 'authentication'],
    ['403 on sections', 'sections', { status: 403, body: {} }, 'permission_denied'],
    ['404 on schools', 'schools', { status: 404, body: {} }, 'not_found'],
    ['a web page with 404', 'users', { status: 404, body: html }, 'not_found'],
    ['a web page with 200', 'users', { status: 200, body: html }, 'decode'],
    ['an unknown envelope', 'sections', { body: { resources: [] } }, 'decode'],
    ['a first page that fails', 'users', { status: 500 }, 'server'],
  ] as const)('fails: %s', async (_, list, reply, code) => {
    const error = await rejection(read(smallDistrict, ({ path }) => (path === `/v3.0/${list}` ? reply : undefined)));
    expect(error).toMatchObject({ code });
  });

  it.each([
    ['401', { status: 401, body: {} }, 'authentication'],
    ['403', { status: 403, body: {} }, 'permission_denied'],
    ['a web page', { status: 404, body: html }, 'not_found'],
    ['an unknown envelope', { body: { resources: [] } }, 'decode'],
  ] as const)('fails in the middle of a list as well: %s', async (_, reply, code) => {
    expect(await rejection(read(smallDistrict, laterPages('users', reply), 2))).toMatchObject({ code });
  });

  it('stops the other lists', async () => {
    const schools = Array.from({ length: 500 }, (_, index) => ({ id: String(index).padStart(3, '0') }));
    const server = await startDistrict({ ...smallDistrict, schools }, ({ path }) =>
      path === '/v3.0/users' ? { status: 401, body: {} } : undefined,
    );
    await rejection(cleverSource(clientOf(server, { pageSize: 1 })).read(scope));
    expect(server.requests.length).toBeLessThan(50);
  });
});

describe('a district that changes while it is read', () => {
  const districtAt = (syncs: number) => ({
    body: { data: [{ data: { id: DISTRICT, last_sync: `sync ${String(syncs)}` } }], links: [] },
  });

  it('is read again, once, and attested complete where it then stood still', async () => {
    let asked = 0;
    const server = await startDistrict(smallDistrict, ({ path }) => {
      if (path !== '/v3.0/districts') return undefined;
      asked += 1;
      return districtAt(asked === 1 ? 1 : 2);
    });
    const roster = await cleverSource(clientOf(server)).read(scope);
    const lists = server.requests.filter(
      ({ path, query }) => path === '/v3.0/users' && [...query.keys()].join() === 'limit',
    );
    expect(lists).toHaveLength(2);
    expect(roster.users).toHaveLength(6);
    expect(new Set(Object.values(statesOf(roster)))).toEqual(new Set(['complete']));
  });

  it('is attested incomplete where it changed again', async () => {
    let asked = 0;
    const roster = await read(smallDistrict, ({ path }) => {
      if (path !== '/v3.0/districts') return undefined;
      asked += 1;
      return districtAt(asked);
    });
    expect(asked).toBe(4);
    expect(new Set(Object.values(statesOf(roster)))).toEqual(new Set(['incomplete']));
    expect(roster.attestation.collections.enrollments).toEqual({ state: 'incomplete', received: 4, ended: 'moved' });
  });
});

describe('an abort', () => {
  it.each([
    new Error('stopped by the caller'),
    new LockHeldError('lost', { holder: 'run-2', since: '2026-01-05T06:00:00.000Z' }),
  ])('ends the read with its own reason, in the middle of a list: %s', async (reason) => {
    const controller = new AbortController();
    const server = await startDistrict(smallDistrict, ({ path, query }) => {
      if (path === '/v3.0/users' && query.has('starting_after')) controller.abort(reason);
      return undefined;
    });
    const source = cleverSource(clientOf(server, { pageSize: 2 }));
    expect(await rejection(source.read(scope, { signal: controller.signal }))).toBe(reason);
  });
});

it('an option of the source or the preflight that does not exist is named', async () => {
  const client = new CleverClient({ token: 'a-token' });
  const naming = (parameter: string) => expect.objectContaining({ code: 'configuration', parameter }) as Error;
  expect(() => cleverSource(client, { settle: 1 } as never)).toThrow(naming('settle'));
  await expect(cleverPreflight(client, { now: 1 } as never)).rejects.toEqual(naming('now'));
});
