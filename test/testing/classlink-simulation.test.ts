import { describe, expect, test } from 'vitest';
import {
  FixedClock,
  generateDistrict,
  type SimulatedService,
  simulateClassLink,
  withDuplicateUser,
} from 'rosterkit/testing';
import { ConfigurationError } from '../../src/errors.js';
import { forTest, signed } from './support.js';

const district = generateDistrict({ seed: 6, students: 14 });
const { students, teachers, staff, guardians, classes } = district;
const everyone = [...students, ...teachers, ...staff, ...guardians];
const members = classes.flatMap(({ id, teacherIds, studentIds }) =>
  [...teacherIds, ...studentIds].map((user) => ({ id: `${id}-${user}` })),
);
const start = (options = {}) => forTest(simulateClassLink(district, { bearer: 'b', ...options }));
const base = '/ims/oneroster/v1p1';

type Row = Readonly<Record<string, unknown>>;

function get(service: SimulatedService, path: string): Promise<Response> {
  return fetch(service.url + base + path, { headers: { authorization: 'Bearer b' } });
}

async function rows(service: SimulatedService, path: string, key: string): Promise<readonly Row[]> {
  const answer = await get(service, path);
  expect(answer.status, path).toBe(200);
  const body = (await answer.json()) as Readonly<Record<string, readonly Row[]>>;
  expect(Object.keys(body)).toEqual([key]);
  return body[key] ?? [];
}

const idsOf = (records: readonly Row[]) => records.map((row) => row['sourcedId']);

const lists: readonly (readonly [path: string, key: string, records: readonly { readonly id: string }[]])[] = [
  ['orgs', 'orgs', [district, ...district.schools]],
  ['schools', 'orgs', district.schools],
  ['academicSessions', 'academicSessions', district.terms],
  ['terms', 'academicSessions', district.terms.slice(1)],
  ['courses', 'courses', district.courses],
  ['classes', 'classes', classes],
  ['users', 'users', everyone],
  ['students', 'users', students],
  ['teachers', 'users', teachers],
  ['enrollments', 'enrollments', members],
];

describe('the simulated roster server', () => {
  test.each(lists)('lists all %s exactly once, whatever the page size', async (path, key, records) => {
    const service = await start();
    const expected = records.map(({ id }) => id).sort();
    const total = expected.length;
    const sizes =
      total > 60 ? [1, 2, 3, 7, 59, total - 1, total, total + 1] : Array.from({ length: total + 1 }, (_, i) => i + 1);
    for (const limit of sizes) {
      const found: unknown[] = [];
      for (let offset = 0; offset < total; offset += limit) {
        const query = `limit=${String(limit)}&offset=${String(offset)}&sort=sourcedId&orderBy=asc`;
        const page = await rows(service, `/${path}?${query}`, key);
        expect(page).toHaveLength(Math.min(limit, total - offset));
        found.push(...idsOf(page));
      }
      expect(found, `limit ${String(limit)}`).toEqual(expected);
    }
    expect(await rows(service, `/${path}?offset=${String(total)}`, key)).toEqual([]);
  });

  test('gives every record by its sourcedId too, under the name of its type', async () => {
    const service = await start();
    for (const [path, key, records] of lists) {
      for (const { id } of [records[0], records.at(-1)].flatMap((record) => record ?? [])) {
        const body = (await (await get(service, `/${path}/${id}`)).json()) as Readonly<Record<string, Row>>;
        const single = key === 'classes' ? 'class' : key.slice(0, -1);
        expect(Object.keys(body)).toEqual([single]);
        expect(body[single]?.['sourcedId']).toBe(id);
        expect((await rows(service, `/${path}?limit=10000`, key)).find((row) => row['sourcedId'] === id)).toEqual(
          body[single],
        );
      }
      const unknown = await get(service, `/${path}/nobody`);
      expect(unknown.status).toBe(404);
      expect(await unknown.json()).toMatchObject({ statusInfoSet: [{ imsx_codeMinor: 'unknownobject' }] });
    }
  });

  test('has 100 rows where no limit is given, tells the total, and links to the pages around', async () => {
    const service = await forTest(simulateClassLink(generateDistrict(), { bearer: 'b' }));
    const answer = await get(service, '/users?sort=sourcedId&offset=100');
    const total = Number(answer.headers.get('x-total-count'));
    expect(answer.headers.get('x-count')).toBe('100');
    expect(total).toBeGreaterThan(400);
    const links = answer.headers.get('link') ?? '';
    const page = (rel: string) => new RegExp(`<([^>]+)>; rel="${rel}"`).exec(links)?.[1];
    expect(page('next')).toBe(`${service.url}${base}/users?sort=sourcedId&offset=200&limit=100`);
    expect(page('prev')).toContain('offset=0');
    expect(page('first')).toContain('offset=0');
    expect(page('last')).toContain(`offset=${String(Math.floor((total - 1) / 100) * 100)}`);
  });

  test('writes people as ClassLink does', async () => {
    const service = await start();
    const users = new Map((await rows(service, '/users?limit=1000', 'users')).map((row) => [row['sourcedId'], row]));
    const student = students.find(({ email }) => email !== undefined);
    const agents = guardians.filter((guardian) => guardian.students.some(({ studentId }) => studentId === student?.id));
    const ref = (collection: string, type: string, id: string | undefined) => ({
      href: `${service.url}${base}/${collection}/${id ?? ''}`,
      sourcedId: id,
      type,
    });
    expect(users.get(student?.id)).toEqual({
      sourcedId: student?.id,
      status: 'active',
      dateLastModified: student?.modifiedAt,
      username: student?.username,
      userIds: [{ type: 'StateID', identifier: student?.stateId }],
      enabledUser: 'true',
      givenName: student?.givenName,
      familyName: student?.familyName,
      middleName: student?.middleName ?? '',
      role: 'student',
      identifier: student?.sisId,
      email: student?.email,
      sms: '',
      phone: '',
      agents: agents.map(({ id }) => ref('users', 'user', id)),
      orgs: [ref('orgs', 'org', student?.schoolId)],
      grades: [String(student?.grade).padStart(2, '0')],
      password: '',
    });
    for (const guardian of guardians) {
      expect(users.get(guardian.id)).toMatchObject({
        sms: guardian.mobile ?? '',
        phone: guardian.homePhone ?? '',
        email: guardian.email ?? '',
        agents: guardian.students.map(({ studentId }) => ref('users', 'user', studentId)),
      });
    }
    expect(new Set([...users.values()].map((user) => user['role']))).toEqual(
      new Set(
        ['student', 'teacher', 'administrator', 'aide', 'parent', 'relative', 'guardian'].filter((role) =>
          [...users.values()].some((user) => user['role'] === role),
        ),
      ),
    );
    expect(users.get(staff[0]?.id)).toMatchObject({ role: 'administrator', orgs: [ref('orgs', 'org', district.id)] });
  });

  test('writes classes, enrollments, sessions and orgs as the standard has them', async () => {
    const service = await start();
    const [record] = classes;
    const [row] = await rows(service, '/classes?limit=1', 'classes');
    expect(row).toMatchObject({
      title: record?.name,
      course: { sourcedId: record?.courseId, type: 'course' },
      school: { sourcedId: record?.schoolId, type: 'org' },
      terms: [{ sourcedId: record?.termId, type: 'academicSession' }],
      grades: [record?.grade === 0 ? 'KG' : String(record?.grade).padStart(2, '0')],
    });
    const enrollments = await rows(service, '/enrollments?limit=1000', 'enrollments');
    const primary = enrollments.filter((enrollment) => enrollment['primary'] === 'true');
    expect(primary).toHaveLength(classes.length);
    expect(primary.every((enrollment) => enrollment['role'] === 'teacher')).toBe(true);
    expect(enrollments.filter(({ role }) => role === 'student')).toHaveLength(
      classes.flatMap(({ studentIds }) => studentIds).length,
    );
    const sessions = await rows(service, '/academicSessions', 'academicSessions');
    expect(sessions[0]).toMatchObject({ type: 'schoolYear', schoolYear: '2027', endDate: '2027-06-05' });
    expect(sessions[1]).toMatchObject({ type: 'term', parent: { sourcedId: district.terms[0]?.id } });
    const orgs = await rows(service, '/orgs', 'orgs');
    expect(orgs[0]).toMatchObject({
      type: 'district',
      children: district.schools.map(({ id }) => ({ sourcedId: id })),
    });
    expect(orgs[1]).toMatchObject({ type: 'school', parent: { sourcedId: district.id } });
  });

  test.each([
    ['students' as const, true, false],
    ['guardians' as const, false, true],
    ['both' as const, true, true],
  ])('links guardians and students from the side of %s', async (agents, ofStudents, ofGuardians) => {
    const service = await start({ agents });
    const hasAgents = async (person: { readonly id: string } | undefined) => {
      const { user } = (await (await get(service, `/users/${person?.id ?? ''}`)).json()) as {
        user: { agents: unknown[] };
      };
      return user.agents.length > 0;
    };
    expect([await hasAgents(students[0]), await hasAgents(guardians[0])]).toEqual([ofStudents, ofGuardians]);
  });

  test('filters by role, by status, by two conditions and by date', async () => {
    const service = await start();
    const found = async (filter: string) =>
      idsOf(await rows(service, `/users?limit=1000&filter=${encodeURIComponent(filter)}`, 'users'));
    expect(await found("role='student'")).toEqual(students.map(({ id }) => id));
    expect(await found("status='tobedeleted'")).toEqual([]);
    expect(await found("role='teacher' AND status='active'")).toEqual(teachers.map(({ id }) => id));
    expect(await found("role='teacher' OR role='student'")).toHaveLength(teachers.length + students.length);
    expect(await found("role!='student'")).toHaveLength(everyone.length - students.length);
    expect(await found(`orgs.sourcedId='${district.schools[0]?.id ?? ''}' AND role='student'`)).toEqual(
      students.filter(({ schoolId }) => schoolId === district.schools[0]?.id).map(({ id }) => id),
    );
    expect(await found("dateLastModified>'2026-08-09'")).toHaveLength(everyone.length);
    expect(await found("dateLastModified>'2026-08-10T04:00:00Z'")).toEqual([]);
    expect(await found("dateLastModified>='2026-08-10T04:00:00Z'")).toHaveLength(everyone.length);
    const page = await get(service, `/enrollments?limit=2&filter=${encodeURIComponent("role='teacher'")}`);
    expect(page.headers.get('x-total-count')).toBe(String(classes.flatMap(({ teacherIds }) => teacherIds).length));
    expect((await get(service, '/users?filter=role%20is%20student')).status).toBe(400);
  });

  test('sorts downwards, says what it cannot sort by, and gives only the fields that are asked for', async () => {
    const service = await start();
    const down = await rows(service, '/classes?limit=1000&sort=sourcedId&orderBy=desc', 'classes');
    expect(idsOf(down)).toEqual(classes.map(({ id }) => id).reverse());
    expect(await (await get(service, '/classes?sort=title')).json()).toMatchObject({
      statusInfoSet: [{ imsx_codeMajor: 'success', imsx_codeMinor: 'invalid_sort_field' }],
    });
    const [row] = await rows(service, '/users?limit=1&fields=sourcedId,role', 'users');
    expect(Object.keys(row ?? {})).toEqual(['sourcedId', 'role']);
  });

  test('refuses what it cannot read, and knows no other path', async () => {
    const service = await start();
    expect((await get(service, '/users?limit=0')).status).toBe(400);
    expect((await get(service, '/users?offset=-1')).status).toBe(400);
    expect((await get(service, '/nothing')).status).toBe(404);
    expect((await get(service, '/scoreScales')).status).toBe(404);
    expect((await get(service, '/constructor')).status).toBe(404);
    const elsewhere = await fetch(`${service.url}/ims/oneroster/rostering/v1p2/users`);
    expect([elsewhere.status, elsewhere.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  });

  test('shows a person who is there twice on two pages', async () => {
    const service = await forTest(simulateClassLink(withDuplicateUser(district), { bearer: 'b' }));
    const first = await rows(service, '/students?limit=1&offset=0', 'users');
    const second = await rows(service, '/students?limit=1&offset=1', 'users');
    expect(idsOf(first)).toEqual(idsOf(second));
    expect(first).not.toEqual(second);
  });

  test('serves any page of a large district’s enrollments', async () => {
    const large = generateDistrict({ students: 20_000, schools: 30 });
    const service = await forTest(simulateClassLink(large, { bearer: 'b' }));
    const total = large.classes.flatMap(({ teacherIds, studentIds }) => [...teacherIds, ...studentIds]).length;
    const last = await rows(service, `/enrollments?limit=10000&offset=${String(total - 5_000)}`, 'enrollments');
    expect(last).toHaveLength(5_000);
    expect(last.at(-1)?.['class']).toMatchObject({ sourcedId: large.classes.at(-1)?.id });
  });
});

describe('the signature', () => {
  const path = `${base}/users?limit=2&filter=${encodeURIComponent("role='student' AND familyName!='O Conn*r!'")}`;
  const ask = (service: SimulatedService, authorization: string) =>
    fetch(service.url + path, { headers: { authorization } });

  test('is accepted where it is right', async () => {
    const service = await start({ key: 'key & one', secret: 'sec/ret+1' });
    expect((await ask(service, signed(service.url + path, 'key & one', 'sec/ret+1'))).status).toBe(200);
  });

  test('is refused wherever one character of it differs', async () => {
    const service = await start({ key: 'k', secret: 's' });
    const header = signed(service.url + path, 'k', 's');
    const from = header.indexOf('oauth_signature="') + 'oauth_signature="'.length;
    for (let position = from; position < from + 40; position += 1) {
      const other = header[position] === 'A' ? 'B' : 'A';
      if (header[position] === '%' || /%.?$/.test(header.slice(position - 2, position))) continue;
      const changed = header.slice(0, position) + other + header.slice(position + 1);
      expect((await ask(service, changed)).status, String(position)).toBe(401);
    }
    expect((await ask(service, header)).status).toBe(200);
  });

  test.each<[string, (url: string, now: Date) => string]>([
    ['another secret', (url, now) => signed(url, 'k', 'S', now)],
    ['another key', (url, now) => signed(url, 'K', 's', now)],
    ['another query', (url, now) => signed(url.replace('limit=2', 'limit=3'), 'k', 's', now)],
    ['another path', (url, now) => signed(url.replace('/users', '/teachers'), 'k', 's', now)],
    ['an old time', (url, now) => signed(url, 'k', 's', new Date(now.getTime() - 301_000))],
    ['a time to come', (url, now) => signed(url, 'k', 's', new Date(now.getTime() + 301_000))],
    ['another method', (url, now) => signed(url, 'k', 's', now).replace('HMAC-SHA256', 'HMAC-SHA1')],
    ['no signature at all', () => 'OAuth oauth_consumer_key="k"'],
    ['a bearer token that is not the one', () => 'Bearer c'],
  ])('is refused where it is of %s', async (_, sign) => {
    const clock = new FixedClock();
    const service = await start({ key: 'k', secret: 's', clock });
    const answer = await ask(service, sign(service.url + path, clock.now()));
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({
      statusInfoSet: [{ imsx_codeMajor: 'failure', imsx_severity: 'error', imsx_codeMinor: 'unauthorisedrequest' }],
    });
    expect((await ask(service, signed(service.url + path, 'k', 's', clock.now()))).status).toBe(200);
  });

  test('is good for one request only', async () => {
    const service = await start({ key: 'k', secret: 's' });
    const header = signed(service.url + path, 'k', 's');
    expect([(await ask(service, header)).status, (await ask(service, header)).status]).toEqual([200, 401]);
  });

  test('is needed where no bearer token is set', async () => {
    const service = await forTest(simulateClassLink(district));
    expect((await fetch(service.url + path)).status).toBe(401);
    expect((await ask(service, 'Bearer undefined')).status).toBe(401);
  });

  test('is never checked against an empty key', async () => {
    await expect(simulateClassLink(district, { key: '' })).rejects.toThrow(ConfigurationError);
  });
});
