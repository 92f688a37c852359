import { describe, expect, it } from 'vitest';
import type { CleverClient, CleverListOptions, Paged, WithRaw, CleverSchool } from '../../src/clever/index.js';
import { ConfigurationError } from '../../src/errors.js';
import { rejection, startServer } from '../support/http-server.js';
import { clientOf } from './district.js';

const ID = 'a';

/** A record that every kind can read. */
const row = { id: 'id-1', school: 'school-1', student_id: 'student-1', roles: {} };

type ListCall = (client: CleverClient, options?: CleverListOptions) => Paged<object>;

/** Every list of the Data API, and what is asked. */
const LISTS: readonly (readonly [string, ListCall])[] = [
  ['/v3.1/districts', (client) => client.districts.list()],
  ['/v3.1/schools?limit=100', (client) => client.schools.list()],
  ['/v3.1/schools/a/users?limit=100', (client) => client.schools.users(ID)],
  [
    '/v3.1/schools/a/users?role=staff&primary=true&limit=100',
    (client) => client.schools.users(ID, { role: 'staff', primary: true }),
  ],
  ['/v3.1/schools/a/users?limit=100', (client) => client.schools.users(ID, { primary: false })],
  ['/v3.1/schools/a/sections?limit=100', (client) => client.schools.sections(ID)],
  ['/v3.1/schools/a/courses?limit=100', (client) => client.schools.courses(ID)],
  ['/v3.1/schools/a/terms?limit=100', (client) => client.schools.terms(ID)],
  ['/v3.1/sections?limit=100', (client) => client.sections.list()],
  ['/v3.1/sections/a/users?limit=100', (client) => client.sections.users(ID)],
  ['/v3.1/sections/a/users?role=teacher&limit=100', (client) => client.sections.users(ID, { role: 'teacher' })],
  ['/v3.1/sections/a/resources?limit=100', (client) => client.sections.resources(ID)],
  ['/v3.1/users?limit=100', (client) => client.users.list()],
  ['/v3.1/users?role=district_admin&limit=100', (client) => client.users.list({ role: 'district_admin' })],
  ['/v3.1/users/a/sections?limit=100', (client) => client.users.sections(ID)],
  ['/v3.1/users/a/schools?primary=true&limit=100', (client) => client.users.schools(ID, { primary: true })],
  ['/v3.1/users/a/mystudents?limit=100', (client) => client.users.students(ID)],
  ['/v3.1/users/a/myteachers?limit=100', (client) => client.users.teachers(ID)],
  ['/v3.1/users/a/mycontacts?limit=100', (client) => client.users.contacts(ID)],
  ['/v3.1/users/a/resources?limit=100', (client) => client.users.resources(ID)],
  ['/v3.1/courses?limit=100', (client) => client.courses.list()],
  ['/v3.1/courses/a/resources?limit=100', (client) => client.courses.resources(ID)],
  ['/v3.1/courses/a/schools?limit=100', (client) => client.courses.schools(ID)],
  ['/v3.1/courses/a/sections?limit=100', (client) => client.courses.sections(ID)],
  ['/v3.1/terms?limit=100', (client) => client.terms.list()],
  ['/v3.1/terms/a/schools?limit=100', (client) => client.terms.schools(ID)],
  ['/v3.1/terms/a/sections?limit=100', (client) => client.terms.sections(ID)],
  ['/v3.1/resources?limit=100', (client) => client.resources.list()],
  ['/v3.1/resources/a/courses?limit=100', (client) => client.resources.courses(ID)],
  ['/v3.1/resources/a/sections?limit=100', (client) => client.resources.sections(ID)],
  ['/v3.1/resources/a/users?role=student&limit=100', (client) => client.resources.users(ID, { role: 'student' })],
  [
    '/v3.1/attendance/schools/a?date_range_start=2026-01-01&attendance_status=tardy&limit=100',
    (client) => client.attendance.ofSchool(ID, { from: '2026-01-01', status: 'tardy' }),
  ],
  [
    '/v3.1/attendance/sections/a?date_range_end=2026-01-31&limit=100',
    (client) => client.attendance.ofSection(ID, { to: '2026-01-31' }),
  ],
];

/** Every single record of the Data API, and where it is. */
const RECORDS: readonly (readonly [string, (client: CleverClient) => Promise<object>])[] = [
  ['/v3.1/districts/a', (client) => client.districts.get(ID)],
  ['/v3.1/schools/a', (client) => client.schools.get(ID)],
  ['/v3.1/schools/a/district', (client) => client.schools.district(ID)],
  ['/v3.1/sections/a', (client) => client.sections.get(ID)],
  ['/v3.1/sections/a/course', (client) => client.sections.course(ID)],
  ['/v3.1/sections/a/term', (client) => client.sections.term(ID)],
  ['/v3.1/sections/a/school', (client) => client.sections.school(ID)],
  ['/v3.1/sections/a/district', (client) => client.sections.district(ID)],
  ['/v3.1/users/a', (client) => client.users.get(ID)],
  ['/v3.1/users/a/district', (client) => client.users.district(ID)],
  ['/v3.1/courses/a', (client) => client.courses.get(ID)],
  ['/v3.1/courses/a/district', (client) => client.courses.district(ID)],
  ['/v3.1/terms/a', (client) => client.terms.get(ID)],
  ['/v3.1/terms/a/district', (client) => client.terms.district(ID)],
  ['/v3.1/resources/a', (client) => client.resources.get(ID)],
];

describe('a list of the Data API', () => {
  it.each(LISTS)('%s', async (address, list) => {
    const server = await startServer(() => ({ body: { data: [{ data: row }], links: [] } }));
    const records = await list(clientOf(server, { version: '3.1', pageSize: 100 })).toArray();
    expect(records).toMatchObject([{ id: 'id-1' }]);
    const first = server.requests.filter(({ query }) => !query.has('starting_after'));
    expect(first.map(({ path, query }) => `${path}${query.size === 0 ? '' : '?'}${String(query)}`)).toEqual([address]);
  });

  it('takes an id with any characters, but none that would lead elsewhere', async () => {
    const server = await startServer(() => ({ body: { data: [], links: [] } }));
    await clientOf(server).schools.users('a/b?c').toArray();
    expect(server.requests[0]?.path).toBe('/v3.0/schools/a%2Fb%3Fc/users');
    for (const id of ['', '.', '..', '\ud800']) {
      expect(() => clientOf(server).schools.users(id)).toThrow(ConfigurationError);
      expect(await rejection(clientOf(server).schools.get(id))).toBeInstanceOf(ConfigurationError);
    }
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['role', (client: CleverClient) => client.users.list({ role: 'parent' as 'contact' })],
    ['role', (client: CleverClient) => client.schools.users(ID, { role: 'contact' as 'staff' })],
    ['role', (client: CleverClient) => client.sections.users(ID, { role: 'staff' as 'student' })],
    ['from', (client: CleverClient) => client.attendance.ofSchool(ID, { from: '1/31/2026' })],
    ['to', (client: CleverClient) => client.attendance.ofSchool(ID, { to: 'today' })],
    ['status', (client: CleverClient) => client.attendance.ofSchool(ID, { status: 'late' as 'tardy' })],
  ])('refuses a word of %s that Clever does not know, before anything is asked', async (parameter, list) => {
    const server = await startServer(() => ({ body: { data: [], links: [] } }));
    const client = clientOf(server, { version: '3.1' });
    expect(() => list(client)).toThrow(ConfigurationError);
    expect(() => list(client)).toThrow(new RegExp(`^${parameter}: `));
    expect(server.requests).toHaveLength(0);
  });
});

describe('a single record of the Data API', () => {
  it.each(RECORDS)('%s', async (address, get) => {
    const server = await startServer(() => ({ body: { data: row, links: [] } }));
    expect(await get(clientOf(server, { version: '3.1' }))).toMatchObject({ id: 'id-1' });
    expect(server.requests.map(({ path }) => path)).toEqual([address]);
  });
});

describe('attendance', () => {
  it('is not there in version 3.0: the error names the option', () => {
    const client = clientOf({ baseUrl: 'http://127.0.0.1:1' });
    expect(() => client.attendance.ofSchool(ID)).toThrow(/^version: /);
  });

  it('is asked for by 1000 at most, and needs no id of Clever’s, but a student', async () => {
    const data = [{ data: { student_id: 's-1', attendance_status: 'late' } }, { data: { sis_id: '7' } }];
    const server = await startServer(() => ({ body: { data, links: [] } }));
    const client = clientOf(server, { version: '3.1', pageSize: 10_000 });
    for await (const page of client.attendance.ofSection(ID).byPage()) {
      expect(page.items).toEqual([{ student_id: 's-1', attendance_status: 'late' }]);
      expect(page.rejected).toEqual([{ index: 1, problem: 'student_id: missing-id' }]);
    }
    expect(server.requests[0]?.query.get('limit')).toBe('1000');
  });
});

describe('resources', () => {
  it('that are none come in another envelope, which is none for anything else', async () => {
    const server = await startServer(() => ({ body: { resources: [] } }));
    expect(await clientOf(server).resources.list().toArray()).toEqual([]);
    expect(await clientOf(server).users.resources(ID).toArray()).toEqual([]);
    expect(await rejection(clientOf(server).courses.list().toArray())).toMatchObject({ code: 'decode' });
  });
});

describe('a count', () => {
  it.each([
    [{ count: 7 }, 7],
    [{ data: { count: 7 } }, 7],
    [{ data: 7 }, 7],
    [{ data: [], paging: { current: 1, count: 7 }, links: [] }, 7],
    [{ count: 0 }, 0],
    [{ data: [{ data: row }], links: [] }, undefined],
    [{ count: -1 }, undefined],
    [{ count: '7' }, undefined],
    [[], undefined],
  ])('is read from %j as %s', async (body, count) => {
    const server = await startServer(() => ({ body }));
    expect(await clientOf(server).users.count()).toBe(count);
    expect(server.requests.map(({ path, query }) => `${path}?${String(query)}`)).toEqual(['/v3.0/users?count=true']);
  });

  it('is there for all but resources and attendance', () => {
    const client = clientOf({ baseUrl: 'http://127.0.0.1:1' });
    const { attendance, courses, districts, resources, schools, sections, terms, users } = client;
    for (const counted of [courses, districts, schools, sections, terms, users])
      expect(counted).toHaveProperty('count');
    for (const uncounted of [resources, attendance]) expect(uncounted).not.toHaveProperty('count');
  });
});

describe('raw', () => {
  const sent = { id: 7, name: '', phone: null, sis_id: ' 9 ', 'x-new': { deep: [''] } };

  it('is what was sent, untouched, beside what was read', async () => {
    const server = await startServer(({ path }) => ({
      body: path.endsWith('/schools') ? { data: [{ data: sent }], links: [] } : { data: sent },
    }));
    const client = clientOf(server);
    const [school]: readonly WithRaw<CleverSchool>[] = await client.schools.list({ raw: true }).toArray();
    expect(school).toEqual({ id: '7', sis_id: '9', 'x-new': { deep: [''] }, raw: sent });
    expect((await client.schools.get('7', { raw: true })).raw).toEqual(sent);
    expect((await client.sections.school('7', { raw: true })).raw).toEqual(sent);
  });

  it('is left out unless asked for', async () => {
    const server = await startServer(() => ({ body: { data: sent } }));
    expect(await clientOf(server).schools.get('7')).not.toHaveProperty('raw');
  });
});
