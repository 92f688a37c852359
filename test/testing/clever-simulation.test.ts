import { describe, expect, test } from 'vitest';
import {
  FixedClock,
  generateDistrict,
  type SimulatedService,
  simulateClever,
  withClass,
  withDuplicateUser,
} from 'rosterkit/testing';
import { forTest } from './support.js';

const district = generateDistrict({ seed: 6, students: 14 });
const { students, teachers, staff, guardians } = district;

interface Page {
  readonly data: readonly { readonly data: Readonly<Record<string, unknown>>; readonly uri: string }[];
  readonly links: readonly { readonly rel: string; readonly uri: string }[];
}

const authorized = { headers: { authorization: 'Bearer test-token' } };

function get(service: SimulatedService, path: string): Promise<Response> {
  return fetch(service.url + path, authorized);
}

async function page(service: SimulatedService, path: string): Promise<Page> {
  const answer = await get(service, path);
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as Page;
}

const linkOf = ({ links }: Page, rel: string) => links.find((link) => link.rel === rel)?.uri;
const idsOf = ({ data }: Page) => data.map((row) => row.data['id']);

/** Follows the links of a list to its end. */
async function walk(service: SimulatedService, path: string, rel = 'next'): Promise<Page[]> {
  const pages: Page[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const current: Page = await page(service, next);
    pages.push(current);
    if (pages.length > 1_000) throw new Error('the list does not end');
    next = linkOf(current, rel);
  }
  return pages;
}

const collections = {
  schools: district.schools,
  terms: district.terms,
  courses: district.courses,
  sections: district.classes,
  users: [...students, ...teachers, ...staff, ...guardians],
};

describe('the simulated Clever', () => {
  test.each(Object.entries(collections))('lists all %s exactly once, whatever the page size', async (name, records) => {
    const service = await forTest(simulateClever(district));
    const expected = records.map(({ id }) => id).sort();
    for (let limit = 1; limit <= expected.length + 1; limit += 1) {
      const pages = await walk(service, `/v3.0/${name}?limit=${String(limit)}`);
      expect(pages.flatMap(idsOf), `limit ${String(limit)}`).toEqual(expected);
      expect(pages).toHaveLength(Math.ceil(expected.length / limit));
    }
  });

  test('lists backwards too: every page in ascending order', async () => {
    const service = await forTest(simulateClever(district));
    const pages = await walk(service, '/v3.1/users?limit=7&ending_before=last', 'prev');
    expect(pages.reverse().flatMap(idsOf)).toEqual(collections.users.map(({ id }) => id).sort());
  });

  test('lists the people of one role', async () => {
    const service = await forTest(simulateClever(district));
    const roles = { student: students, teacher: teachers, contact: guardians };
    for (const [role, people] of Object.entries(roles)) {
      const pages = await walk(service, `/v3.0/users?role=${role}&limit=3`);
      expect(pages.flatMap(idsOf)).toEqual(people.map(({ id }) => id));
    }
    const [admins, office] = [
      (await walk(service, '/v3.0/users?role=district_admin')).flatMap(idsOf),
      (await walk(service, '/v3.0/users?role=staff')).flatMap(idsOf),
    ];
    expect([...admins, ...office].sort()).toEqual(staff.map(({ id }) => id).sort());
    expect((await get(service, '/v3.0/users?role=parent')).status).toBe(400);
  });

  test('has links that are relative and keep version and limit, but add no limit of their own', async () => {
    const service = await forTest(simulateClever(generateDistrict()));
    const first = await page(service, '/v3.1/users');
    expect(first.data).toHaveLength(100);
    expect(linkOf(first, 'self')).toBe('/v3.1/users');
    expect(linkOf(first, 'next')).toBe(`/v3.1/users?starting_after=${String(idsOf(first).at(-1))}`);
    expect(linkOf(first, 'prev')).toBeUndefined();
    const limited = await page(service, '/v3.1/users?limit=2');
    expect(linkOf(limited, 'next')).toBe(`/v3.1/users?limit=2&starting_after=${String(idsOf(limited)[1])}`);
    const second = await page(service, linkOf(limited, 'next') ?? '');
    expect(linkOf(second, 'prev')).toBe(`/v3.1/users?limit=2&ending_before=${String(idsOf(second)[0])}`);
    expect(first.data[0]?.uri).toBe(`/v3.1/users/${String(idsOf(first)[0])}`);
  });

  test('gives single records, and JSON for what is not there', async () => {
    const service = await forTest(simulateClever(district));
    for (const [name, records] of Object.entries(collections)) {
      const id = records[0]?.id ?? '';
      const answer = (await (await get(service, `/v3.0/${name}/${id}`)).json()) as { data: { id: string } };
      expect(answer.data.id).toBe(id);
      const unknown = await get(service, `/v3.0/${name}/${'0'.repeat(24)}`);
      expect(unknown.status).toBe(404);
      expect(await unknown.json()).toEqual({ message: 'Resource not found' });
    }
    const list = await page(service, '/v3.0/districts');
    expect(idsOf(list)).toEqual([district.id]);
    expect((await get(service, `/v3.0/districts/${district.id}`)).status).toBe(200);
  });

  test('writes people as Clever does', async () => {
    const service = await forTest(simulateClever(district));
    const single = async (id: string | undefined) =>
      ((await (await get(service, `/v3.0/users/${id ?? ''}`)).json()) as { data: unknown }).data;
    const student = students[0];
    const [year, month, day] = (student?.birthDate ?? '').split('-').map(Number);
    expect(await single(student?.id)).toEqual({
      created: student?.createdAt,
      district: district.id,
      email: student?.email ?? '',
      last_modified: student?.modifiedAt,
      name: { first: student?.givenName, last: student?.familyName, middle: student?.middleName ?? '' },
      id: student?.id,
      roles: {
        student: {
          credentials: { district_username: student?.username },
          dob: `${String(month)}/${String(day)}/${String(year)}`,
          enrollments: [],
          ext: {},
          gender: student?.gender,
          grade: student?.grade === 0 ? 'Kindergarten' : String(student?.grade),
          graduation_year: '',
          hispanic_ethnicity: '',
          location: { address: '', city: '', state: '', zip: '' },
          race: '',
          school: student?.schoolId,
          schools: [student?.schoolId],
          sis_id: student?.sisId,
          state_id: student?.stateId,
          student_number: student?.sisId,
          email: student?.email ?? '',
        },
      },
    });
    const guardian = guardians.find(({ mobile }) => mobile !== undefined);
    expect(await single(guardian?.id)).toMatchObject({
      name: { last: `${guardian?.givenName ?? ''} ${guardian?.familyName ?? ''}` },
      roles: {
        contact: {
          phone: guardian?.mobile,
          phone_type: 'Cell',
          student_relationships: guardian?.students.map(({ studentId, relationship, contactType }) => ({
            student: studentId,
            relationship,
            type: contactType,
          })),
        },
      },
    });
    expect(Object.keys((await single(guardian?.id)) as object)).not.toContain('first');
    const [admin, principal] = staff;
    expect(await single(admin?.id)).toMatchObject({ roles: { district_admin: { title: admin?.title } } });
    expect(await single(principal?.id)).toMatchObject({ roles: { staff: { staff_id: principal?.sisId } } });
    expect(await single(teachers[0]?.id)).toMatchObject({ roles: { teacher: { schools: teachers[0]?.schoolIds } } });
  });

  test('writes sections with their members and terms with their last day', async () => {
    const service = await forTest(simulateClever(district));
    const [section] = (await page(service, '/v3.0/sections?limit=1')).data;
    const [first] = district.classes;
    expect(section?.data).toMatchObject({
      name: first?.name,
      course: first?.courseId,
      term_id: first?.termId,
      teacher: first?.teacherIds[0],
      teachers: first?.teacherIds,
      students: first?.studentIds,
    });
    const [term] = (await page(service, '/v3.0/terms?limit=1')).data;
    expect(term?.data).toMatchObject({ start_date: '2026-08-17', end_date: '2027-06-04' });
  });

  test('does not show a section without students', async () => {
    const emptied = withClass(district, { id: district.classes[0]?.id, studentIds: [] });
    const service = await forTest(simulateClever(emptied));
    const shown = (await walk(service, '/v3.0/sections')).flatMap(idsOf);
    expect(shown).toEqual(district.classes.slice(1).map(({ id }) => id));
  });

  test('refuses a wrong token, a wrong limit and an unknown path, each in its own way', async () => {
    const service = await forTest(simulateClever(district, { token: 'right' }));
    const wrong = await fetch(`${service.url}/v3.0/users`, { headers: { authorization: 'Bearer wrong' } });
    expect(wrong.status).toBe(401);
    expect(await wrong.json()).toHaveProperty('message');
    expect((await fetch(`${service.url}/v3.0/users`)).status).toBe(401);
    const right = { headers: { authorization: 'Bearer right' } };
    expect((await fetch(`${service.url}/v3.0/users?limit=10000`, right)).status).toBe(200);
    expect((await fetch(`${service.url}/v3.0/users?limit=10001`, right)).status).toBe(413);
    expect((await fetch(`${service.url}/v3.0/users?limit=0`, right)).status).toBe(400);
    expect((await fetch(`${service.url}/v3.0/users?limit=ten`, right)).status).toBe(400);
    const unknown = await fetch(`${service.url}/v3.0/contacts`, right);
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get('content-type')).toContain('text/html');
    expect(await unknown.text()).toContain('<pre>Cannot GET /v3.0/contacts</pre>');
    expect((await fetch(`${service.url}/v2.0/users`, right)).status).toBe(404);
  });

  test('counts the rate limit down in its headers, refuses when it is used up, and begins anew after a minute', async () => {
    const clock = new FixedClock();
    const service = await forTest(simulateClever(district, { rateLimit: 2, clock }));
    const first = await get(service, '/v3.0/schools');
    const second = await get(service, '/v3.0/schools');
    const third = await get(service, '/v3.0/schools');
    expect([first.status, second.status, third.status]).toEqual([200, 200, 429]);
    expect(first.headers.get('x-ratelimit-limit')).toBe('2');
    expect(first.headers.get('x-ratelimit-remaining')).toBe('1');
    expect(third.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(third.headers.get('x-ratelimit-reset')).toBe(String(clock.now().getTime() / 1000 + 60));
    expect(await third.text()).toBe('');
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect(first.headers.get('x-request-id')).not.toBe(second.headers.get('x-request-id'));
    clock.advance(60_000);
    expect((await get(service, '/v3.0/schools')).status).toBe(200);
  });

  test('serves another district from the next request on', async () => {
    const service = await forTest(simulateClever(district));
    expect(idsOf(await page(service, '/v3.0/schools'))).toEqual(district.schools.map(({ id }) => id));
    const other = generateDistrict({ seed: 99 });
    service.setDistrict(other);
    expect(service.district).toBe(other);
    expect(idsOf(await page(service, '/v3.0/schools'))).toEqual(other.schools.map(({ id }) => id));
  });

  test('shows a person who is there twice, twice', async () => {
    const service = await forTest(simulateClever(withDuplicateUser(district)));
    const ids = (await walk(service, '/v3.0/users')).flatMap(idsOf);
    expect(ids).toHaveLength(collections.users.length + 1);
    expect(new Set(ids).size).toBe(collections.users.length);
  });

  test('serves a large district in large pages', async () => {
    const large = generateDistrict({ students: 20_000, schools: 30 });
    const service = await forTest(simulateClever(large));
    let received = 0;
    for (let next: string | undefined = '/v3.0/users?limit=10000'; next !== undefined; ) {
      const current: Page = await page(service, next);
      received += current.data.length;
      next = linkOf(current, 'next');
    }
    const { length } = [...large.students, ...large.teachers, ...large.staff, ...large.guardians];
    expect(received).toBe(length);
  });
});
