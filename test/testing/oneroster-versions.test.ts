import { describe, expect, test } from 'vitest';
import { generateDistrict, simulateOneRoster } from 'rosterkit/testing';
import { ConfigurationError } from '../../src/errors.js';
import { bodyOf, get, idsOf, rostering, rowsAt, serverWith } from './oneroster-requests.js';

const district = generateDistrict({ seed: 8, students: 30 });
const { students, teachers, staff, guardians, classes, schools, courses } = district;
const sorted = (records: readonly { readonly id: string }[]) => records.map(({ id }) => id).sort();
const [school] = schools;
const [student] = students;
const inClass = classes.find(({ studentIds }) => studentIds.length > 1);
const classId = inClass?.id ?? '';
const teacherId = inClass?.teacherIds[0] ?? '';
const schoolClasses = classes.filter(({ schoolId }) => schoolId === school?.id);
const memberships = (of: typeof classes) =>
  of.flatMap(({ id, teacherIds, studentIds }) => [...teacherIds, ...studentIds].map((user) => `${id}-${user}`)).sort();
const studentClasses = classes.filter(({ studentIds }) => studentIds.includes(student?.id ?? ''));
const termOf = (id: string | undefined) => district.terms.find((term) => term.id === id && term.type === 'term');
const term = termOf(classes.find(({ termId }) => termOf(termId) !== undefined)?.termId);
const unique = (ids: readonly (string | undefined)[]) => [...new Set(ids)].filter((id) => id !== undefined).sort();

const nested: readonly (readonly [path: string, key: string, ids: readonly string[]])[] = [
  [`/schools/${school?.id ?? ''}/courses`, 'courses', unique(schoolClasses.map(({ courseId }) => courseId))],
  [`/schools/${school?.id ?? ''}/classes`, 'classes', sorted(schoolClasses)],
  [`/schools/${school?.id ?? ''}/enrollments`, 'enrollments', memberships(schoolClasses)],
  [`/schools/${school?.id ?? ''}/students`, 'users', sorted(students.filter((one) => one.schoolId === school?.id))],
  [
    `/schools/${school?.id ?? ''}/teachers`,
    'users',
    sorted(teachers.filter(({ schoolIds }) => schoolIds.includes(school?.id ?? ''))),
  ],
  [
    `/schools/${school?.id ?? ''}/terms`,
    'academicSessions',
    unique(schoolClasses.map(({ termId }) => termOf(termId)?.id)),
  ],
  [
    `/schools/${inClass?.schoolId ?? ''}/classes/${classId}/enrollments`,
    'enrollments',
    memberships(classes.filter(({ id }) => id === classId)),
  ],
  [`/schools/${inClass?.schoolId ?? ''}/classes/${classId}/students`, 'users', [...(inClass?.studentIds ?? [])].sort()],
  [`/schools/${inClass?.schoolId ?? ''}/classes/${classId}/teachers`, 'users', [...(inClass?.teacherIds ?? [])].sort()],
  [`/terms/${term?.id ?? ''}/classes`, 'classes', sorted(classes.filter(({ termId }) => termId === term?.id))],
  [`/terms/${term?.id ?? ''}/gradingPeriods`, 'academicSessions', []],
  [
    `/courses/${inClass?.courseId ?? ''}/classes`,
    'classes',
    sorted(classes.filter(({ courseId }) => courseId === inClass?.courseId)),
  ],
  [`/students/${student?.id ?? ''}/classes`, 'classes', sorted(studentClasses)],
  [`/users/${student?.id ?? ''}/classes`, 'classes', sorted(studentClasses)],
  [
    `/teachers/${teacherId}/classes`,
    'classes',
    sorted(classes.filter(({ teacherIds }) => teacherIds.includes(teacherId))),
  ],
  [`/classes/${classId}/students`, 'users', [...(inClass?.studentIds ?? [])].sort()],
  [`/classes/${classId}/teachers`, 'users', [...(inClass?.teacherIds ?? [])].sort()],
];

const others: typeof nested = [
  ['/resources', 'resources', courses.map(({ id }) => `${id}-book`).sort()],
  [`/courses/${inClass?.courseId ?? ''}/resources`, 'resources', [`${inClass?.courseId ?? ''}-book`]],
  [`/classes/${classId}/resources`, 'resources', [`${inClass?.courseId ?? ''}-book`]],
  ['/categories', 'categories', [`${district.id}-homework`]],
  ['/lineItems', 'lineItems', classes.map(({ id }) => `${id}-homework`).sort()],
  [
    '/results',
    'results',
    classes.flatMap(({ id, studentIds }) => studentIds.map((one) => `${id}-homework-${one}`)).sort(),
  ],
  [`/classes/${classId}/lineItems`, 'lineItems', [`${classId}-homework`]],
  [
    `/classes/${classId}/results`,
    'results',
    (inClass?.studentIds ?? []).map((one) => `${classId}-homework-${one}`).sort(),
  ],
  [
    `/classes/${classId}/lineItems/${classId}-homework/results`,
    'results',
    (inClass?.studentIds ?? []).map((one) => `${classId}-homework-${one}`).sort(),
  ],
  [
    `/classes/${classId}/students/${inClass?.studentIds[0] ?? ''}/results`,
    'results',
    [`${classId}-homework-${inClass?.studentIds[0] ?? ''}`],
  ],
];

describe('the lists below other records', () => {
  test.each(nested)('%s, in both versions', async (path, key, ids) => {
    const server = await serverWith(district);
    for (const base of Object.values(rostering)) {
      const body = await bodyOf(server, `${base}${path}?limit=10000`);
      expect(Object.keys(body)).toEqual([key]);
      expect(idsOf(await rowsAt(server, `${base}${path}?limit=10000`))).toEqual(ids);
    }
  });

  test.each(others)('%s, of resources and the gradebook, in both versions', async (path, key, ids) => {
    const server = await serverWith(district);
    const service = key === 'resources' ? 'resources' : 'gradebook';
    for (const base of ['/ims/oneroster/v1p1', `/ims/oneroster/${service}/v1p2`]) {
      expect(Object.keys(await bodyOf(server, base + path))).toEqual([key]);
      expect(idsOf(await rowsAt(server, `${base}${path}?limit=10000`))).toEqual(ids);
    }
    expect((await get(server, rostering['1.2'] + path)).status).toBe(404);
  });

  test('are paged and filtered as others are, and a record above that does not exist is said to be unknown', async () => {
    const server = await serverWith(district);
    const path = `${rostering['1.1']}/schools/${school?.id ?? ''}/enrollments`;
    const teachersOnly = await get(server, `${path}?limit=1&offset=1&filter=${encodeURIComponent("role='teacher'")}`);
    const expected = schoolClasses.flatMap(({ teacherIds }) => teacherIds).length;
    expect(teachersOnly.headers.get('x-total-count')).toBe(String(expected));
    expect(((await teachersOnly.json()) as { enrollments: unknown[] }).enrollments).toHaveLength(1);
    for (const unknown of ['/schools/x/classes', '/classes/x/students', '/users/x/classes', '/terms/x/classes']) {
      const answer = await get(server, rostering['1.1'] + unknown);
      expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('no record has')]);
    }
    for (const none of ['/classes/x/enrollments', '/orgs/x/classes', '/classes/x/y/z', '/courses/x/students']) {
      expect(await (await get(server, rostering['1.1'] + none)).text()).toContain('no such endpoint');
    }
  });
});

describe('OneRoster 1.2', () => {
  test('has users with roles, a primary org and profiles, and words of its own', async () => {
    const server = await serverWith(district);
    const base = rostering['1.2'];
    const ref = (id: string | undefined) => ({
      href: `${server.url}${base}/orgs/${id ?? ''}`,
      sourcedId: id,
      type: 'org',
    });
    const { user } = (await bodyOf(server, `${base}/users/${student?.id ?? ''}`)) as { user: Record<string, unknown> };
    expect(user).toMatchObject({
      roles: [{ roleType: 'primary', role: 'student', org: ref(student?.schoolId), beginDate: '', endDate: '' }],
      primaryOrg: ref(student?.schoolId),
      userProfiles: [{ profileType: 'login', credentials: [{ username: student?.username }] }],
    });
    expect(Object.keys(user)).not.toContain('role');
    expect(Object.keys(user)).not.toContain('orgs');
    const roleOf = async (id: string | undefined) =>
      ((await bodyOf(server, `${base}/users/${id ?? ''}`)) as { user: { roles: { role: string }[] } }).user.roles[0]
        ?.role;
    const principal = staff.find(({ role }) => role === 'school-administrator');
    expect([await roleOf(staff[0]?.id), await roleOf(principal?.id), await roleOf(guardians[0]?.id)]).toEqual([
      'districtAdministrator',
      'siteAdministrator',
      'parent',
    ]);
  });

  test('writes errors its own way', async () => {
    const server = await serverWith(district);
    const answer = await get(server, `${rostering['1.2']}/users/nobody`);
    expect([answer.status, await answer.json()]).toEqual([
      404,
      {
        imsx_codeMajor: 'failure',
        imsx_severity: 'error',
        imsx_description: 'no record has this sourcedId',
        imsx_CodeMinor: {
          imsx_codeMinorField: [
            { imsx_codeMinorFieldName: 'TargetEndSystem', imsx_codeMinorFieldValue: 'unknownobject' },
          ],
        },
      },
    ]);
  });

  test('is served only where it is asked for', async () => {
    const only12 = await serverWith(district, {}, { version: '1.2' });
    expect((await get(only12, `${rostering['1.1']}/users`)).status).toBe(404);
    expect((await get(only12, `${rostering['1.2']}/users`)).status).toBe(200);
    expect((await get(only12, '/ims/oneroster/gradebook/v1p2/scoreScales')).status).toBe(200);
    const only11 = await serverWith(district, {}, { version: '1.1' });
    expect((await get(only11, `${rostering['1.2']}/users`)).status).toBe(404);
    await expect(simulateOneRoster(district, { version: '2.0' as '1.2' })).rejects.toThrow(ConfigurationError);
  });
});

test('demographics have the sourcedIds of their students', async () => {
  const server = await serverWith(district);
  const [first] = await rowsAt(server, `${rostering['1.1']}/demographics?limit=1`);
  expect(idsOf(await rowsAt(server, `${rostering['1.1']}/demographics?limit=1000`))).toEqual(sorted(students));
  const of = students.find(({ id }) => id === first?.['sourcedId']);
  expect(first).toMatchObject({ birthDate: of?.birthDate, countryOfBirthCode: 'US' });
  expect(first).toHaveProperty('asian', expect.stringMatching(/^(true|false)$/));
  expect(Object.keys(await bodyOf(server, `${rostering['1.2']}/demographics/${of?.id ?? ''}`))).toEqual([
    'demographics',
  ]);
});

test('ids with reserved characters are found', async () => {
  const awkward = JSON.parse(
    JSON.stringify(district).replaceAll(district.id.slice(0, 16), 'a/b@c.d-e_f'),
  ) as typeof district;
  const server = await serverWith(awkward);
  const rows = await rowsAt(server, `${rostering['1.1']}/enrollments?limit=1`);
  const id = String(rows[0]?.['sourcedId']);
  expect(id).toContain('a/b@c.d-e_f');
  expect((await bodyOf(server, `${rostering['1.1']}/enrollments/${encodeURIComponent(id)}`))['enrollment']).toEqual(
    rows[0],
  );
  const refusing = await serverWith(awkward, { encodedIds: 'refused' });
  expect((await get(refusing, `${rostering['1.1']}/enrollments/${encodeURIComponent(id)}`)).status).toBe(404);
});
