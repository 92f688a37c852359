import { describe, expect, test } from 'vitest';
import {
  generateDistrict,
  type OneRosterQuirks,
  simulateClassLink,
  simulateOneRoster,
  withoutStudent,
} from 'rosterkit/testing';
import { ConfigurationError } from '../../src/errors.js';
import { bodyOf, get, idsOf, type Row, rostering, rowsAt, serverWith } from './oneroster-requests.js';

const district = generateDistrict({ seed: 9, students: 25 });
const { students, teachers, staff, guardians, classes } = district;
const base = rostering['1.1'];
const ids = [...students, ...teachers, ...staff, ...guardians].map(({ id }) => id).sort();
const total = ids.length;
const student = students.find(({ email, middleName }) => email !== undefined && middleName === undefined);
const guardian = guardians[0];

/** A user as a server with these quirks writes them. */
async function userWith(quirks: OneRosterQuirks, id = student?.id, version: '1.1' | '1.2' = '1.1'): Promise<Row> {
  const server = await serverWith(district, quirks);
  return (await bodyOf(server, `${rostering[version]}/users/${id ?? ''}`))['user'] as Row;
}

async function firstOf(path: string, quirks: OneRosterQuirks): Promise<Row> {
  const [row] = await rowsAt(await serverWith(district, quirks), `${base}/${path}`);
  return row ?? {};
}

describe('an option that is a mistake is named', () => {
  test.each<[string, object]>([
    ['quirks.total', { total: 'right' }],
    ['quirks.totals', { totals: 'wrong' }],
    ['quirks.maxPageSize', { maxPageSize: 0 }],
    ['quirks.repeatsRows', { repeatsRows: 0.5 }],
    ['quirks.nested', { nested: 'yes' }],
    ['quirks.notShared', { notShared: { students: 403 } }],
    ['quirks.obfuscated', { obfuscated: 'email' }],
  ])('%s', async (parameter, quirks) => {
    const named = expect.objectContaining({ parameter }) as ConfigurationError;
    await expect(simulateOneRoster(district, { quirks })).rejects.toThrow(named);
    await expect(simulateClassLink(district, { quirks })).rejects.toThrow(ConfigurationError);
  });
});

describe('totals', () => {
  test.each<[NonNullable<OneRosterQuirks['totals']>, readonly (string | null)[]]>([
    ['right', [String(total), String(total)]],
    ['missing', [null, null]],
    ['too-high', [String(total + 3), String(total + 3)]],
    ['too-low', [String(total - 3), String(total - 3)]],
    ['page', ['10', '10']],
    ['remaining', [String(total), String(total - 10)]],
    ['changing', [String(total + 1), String(total)]],
  ])('%s', async (totals, expected) => {
    const server = await serverWith(district, { totals });
    const told = [];
    for (const offset of [0, 10]) {
      const answer = await get(server, `${base}/users?limit=10&offset=${String(offset)}`);
      told.push(answer.headers.get('x-total-count'));
    }
    expect(told).toEqual(expected);
  });

  test('before-filter', async () => {
    const server = await serverWith(district, { totals: 'before-filter' });
    const answer = await get(server, `${base}/users?filter=${encodeURIComponent("role='student'")}`);
    expect(answer.headers.get('x-total-count')).toBe(String(total));
    expect(idsOf(((await answer.json()) as { users: Row[] }).users)).toHaveLength(students.length);
  });
});

describe('pages', () => {
  test.each<[string, OneRosterQuirks, string, readonly string[]]>([
    ['a page is clamped', { maxPageSize: 7 }, 'limit=50', ids.slice(0, 7)],
    ['a page has a length of its own', { defaultPageSize: 4 }, '', ids.slice(0, 4)],
    ['the offset is ignored', { ignoresOffset: true }, 'limit=5&offset=20', ids.slice(0, 5)],
    ['rows come again', { repeatsRows: 2 }, 'limit=5&offset=10', ids.slice(8, 13)],
    ['the order is descending', { order: 'descending' }, 'limit=5&orderBy=asc', [...ids].reverse().slice(0, 5)],
  ])('%s', async (_, quirks, query, expected) => {
    const server = await serverWith(district, quirks);
    expect(idsOf(await rowsAt(server, `${base}/users?${query}`))).toEqual(expected);
  });

  test('a heavy page is refused', async () => {
    const server = await serverWith(district, { failsAbove: 10 });
    const statuses = [];
    for (const limit of [10, 11]) statuses.push((await get(server, `${base}/users?limit=${String(limit)}`)).status);
    expect(statuses).toEqual([200, 502]);
  });

  test.each<[NonNullable<OneRosterQuirks['order']>, boolean, boolean]>([
    ['natural', true, false],
    ['asked', true, true],
    ['unstable', false, false],
    ['case-insensitive', true, true],
  ])('order %s: everyone is there, twice the same %s, in order %s', async (order, isStable, isOrdered) => {
    const server = await serverWith(district, { order });
    const path = `${base}/users?limit=1000&sort=sourcedId`;
    const first = idsOf(await rowsAt(server, path));
    expect([...first].sort()).toEqual(ids);
    expect(idsOf(await rowsAt(server, path)).join() === first.join()).toBe(isStable);
    expect(first.join() === ids.join()).toBe(isOrdered);
  });

  test('order asked: unless it is asked for, the order is the server’s own', async () => {
    const server = await serverWith(district, { order: 'asked' });
    expect(idsOf(await rowsAt(server, `${base}/users?limit=1000`))).not.toEqual(ids);
  });

  test('order case-insensitive: a capital makes no difference', async () => {
    const [, second = ''] = ids;
    const mixed = JSON.parse(JSON.stringify(district).replaceAll(second, second.toUpperCase())) as typeof district;
    const firstTwo = async (quirks: OneRosterQuirks) =>
      idsOf(await rowsAt(await serverWith(mixed, quirks), `${base}/users?limit=2`));
    expect(await firstTwo({ order: 'case-insensitive' })).toEqual([ids[0], second.toUpperCase()]);
    expect(await firstTwo({})).toEqual([second.toUpperCase(), ids[0]]);
  });

  test('any field may be sorted by', async () => {
    const server = await serverWith(district, { sorts: 'any' });
    const names = (await rowsAt(server, `${base}/users?limit=1000&sort=familyName`)).map((row) => row['familyName']);
    expect(names).toEqual([...names].sort());
    expect(names).not.toEqual([...names].reverse());
  });

  test.each<[NonNullable<OneRosterQuirks['links']>, RegExp | null]>([
    ['right', /^<http:\/\/127\.0\.0\.1:\d+\/ims\/oneroster\/v1p1\/orgs\?limit=2&offset=2>; rel="last"/],
    ['always-next', /^<[^>]+offset=3>; rel="next"/],
    ['page-index', /offset=1>; rel="last"/],
    ['other-host', /^<https:\/\/roster\.other\.example\/ims\/oneroster\/v1p1\/orgs\?/],
    ['none', null],
  ])('links %s', async (links, expected) => {
    const server = await serverWith(district, { links });
    const answer = await get(server, `${base}/orgs?limit=2&offset=1`);
    const header = answer.headers.get('link');
    if (expected === null) expect(header).toBeNull();
    else expect(header).toMatch(expected);
  });

  test('counts and revisions', async () => {
    const told = async (quirks: OneRosterQuirks) => {
      const server = await serverWith(district, quirks);
      const answers = [await get(server, `${base}/orgs?limit=2`), await get(server, `${base}/orgs?limit=2`)];
      return answers.map(({ headers }) => [headers.get('x-count'), headers.get('x-perm-rev')]);
    };
    expect(await told({})).toEqual(Array(2).fill(['2', null]));
    expect(await told({ counts: 'wrong', revision: 'constant' })).toEqual(Array(2).fill(['3', 'rev-1']));
    const [[none, first] = [], [, second] = []] = await told({ counts: 'none', revision: 'changing' });
    expect([none, first === second]).toEqual([null, false]);
  });

  test('a constant revision changes with the district', async () => {
    const server = await serverWith(district, { revision: 'constant' });
    const revision = async () => (await get(server, `${base}/orgs`)).headers.get('x-perm-rev');
    const before = await revision();
    server.setDistrict(withoutStudent(district, student?.id ?? ''));
    expect(await revision()).not.toBe(before);
  });
});

describe('errors', () => {
  const codes = { imsx_codeMajor: 'failure', imsx_severity: 'error' };
  test.each<[NonNullable<OneRosterQuirks['errors']>, object]>([
    ['1.1', { statusInfoSet: [{ ...codes, imsx_codeMinor: 'unknownobject' }] }],
    ['1.2', { ...codes, imsx_CodeMinor: { imsx_codeMinorField: [{ imsx_codeMinorFieldValue: 'unknownobject' }] } }],
    ['imsx_StatusInfo', { imsx_StatusInfo: codes }],
    ['unprefixed', { statusInfoSet: [{ codeMajor: 'failure', severity: 'error', codeMinor: 'unknownobject' }] }],
    ['oauth', { error: 'unknownobject' }],
    ['string-minor', { ...codes, imsx_codeMinor: 'unknownobject' }],
  ])('as %s', async (errors, expected) => {
    const answer = await get(await serverWith(district, { errors }), `${base}/users/nobody`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject(expected);
  });

  test('as a web page, and with status 200', async () => {
    const page = await get(await serverWith(district, { errors: 'html' }), `${base}/users/nobody`);
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    const server = await serverWith(district, { failuresWithStatus200: true });
    expect(await bodyOf(server, `${base}/users/nobody`)).toHaveProperty('statusInfoSet');
    server.fail({ status: 403 });
    expect(await bodyOf(server, `${base}/users`)).toHaveProperty('statusInfoSet');
  });

  test('a warning beside a list', async () => {
    const body = await bodyOf(await serverWith(district, { warnings: true }), `${base}/orgs`);
    expect(body).toMatchObject({ orgs: [{}, {}, {}], statusInfoSet: [{ imsx_codeMajor: 'success' }] });
  });
});

describe('how records are written', () => {
  test.each<[OneRosterQuirks, object]>([
    [{ booleans: 'json' }, { enabledUser: true }],
    [{ booleans: 'capitals' }, { enabledUser: 'TRUE' }],
    [{ booleans: 'digits' }, { enabledUser: '1' }],
    [{ absent: 'null' }, { middleName: null, sms: null, password: null }],
    [{ lists: 'single' }, { grades: expect.any(String) as string, orgs: { sourcedId: student?.schoolId } }],
    [{ lists: 'comma' }, { grades: expect.any(String) as string }],
    [{ numbers: true }, { userIds: [{ identifier: Number(student?.stateId) }], identifier: student?.sisId }],
    [{ references: 'bare' }, { orgs: [{ sourcedId: student?.schoolId }] }],
    [{ references: 'id' }, { orgs: [student?.schoolId] }],
    [{ references: 'flat' }, { orgSourcedIds: [student?.schoolId] }],
    [{ references: 'flat', lists: 'comma' }, { orgSourcedIds: student?.schoolId }],
    [{ referenceTypes: 'own' }, { orgs: [{ type: 'school' }], agents: [{ type: 'student' }, {}] }],
    [{ roles: 'roles' }, { roles: [{ role: 'student', roleType: 'primary' }] }],
    [{ roles: 'both' }, { role: 'student', roles: [{ role: 'student' }] }],
    [{ roleWords: 'capitalised' }, { role: 'Student' }],
    [{ agentsField: 'agentSourceIds' }, { agentSourceIds: [{ type: 'user' }, {}] }],
    [{ dates: 'american' }, { dateLastModified: '8/10/2026 04:00:00' }],
    [{ dates: 'sql' }, { dateLastModified: '2026-08-10 04:00:00' }],
    [{ status: 'capitals' }, { status: 'ACTIVE' }],
    [{ obfuscated: ['givenName'] }, { givenName: expect.stringMatching(/^[0-9a-f]{12}$/) as string }],
  ])('%j', async (quirks, expected) => {
    // Of a student with two guardians, so that a list of one is not all that is seen.
    expect(await userWith(quirks, twoGuardians?.id)).toMatchObject(expected);
  });

  test('what is left out', async () => {
    expect(Object.keys(await userWith({ absent: 'missing' }))).not.toContain('middleName');
    expect(Object.keys(await userWith({ status: 'missing' }))).not.toContain('status');
    expect(Object.keys(await userWith({ roles: 'roles' }))).not.toContain('orgs');
    expect(Object.keys(await userWith({ roles: 'role' }, student?.id, '1.2'))).not.toContain('roles');
    expect((await firstOf('orgs?limit=1', { emptyParents: true }))['parent']).toEqual({});
    expect(await firstOf('orgs?limit=1', {})).not.toHaveProperty('parent');
  });

  test('days, words of roles, and keys after the path', async () => {
    expect(await firstOf('academicSessions?limit=1', { dates: 'american' })).toMatchObject({ startDate: '8/17/2026' });
    const clerk = staff.find(({ role }) => role === 'staff');
    expect(await userWith({ roleWords: 'ext' }, clerk?.id)).toMatchObject({ role: 'ext:clerk' });
    const server = await serverWith(district, { envelope: 'path' });
    expect(Object.keys(await bodyOf(server, `${base}/teachers`))).toEqual(['teachers']);
  });
});

const twoGuardians = students.find(
  (one) =>
    one.email !== undefined &&
    one.middleName === undefined &&
    guardians.filter((each) => each.students.some(({ studentId }) => studentId === one.id)).length === 2,
);

describe('what is served', () => {
  test.each(['tobedeleted', 'inactive'] as const)('what left the district is %s', async (removals) => {
    const server = await serverWith(district, { removals });
    const path = `${base}/users?limit=1000`;
    await rowsAt(server, path);
    const after = withoutStudent(district, student?.id ?? '');
    server.setDistrict(after);
    const rows = await rowsAt(server, path);
    expect(idsOf(rows)).toEqual(ids);
    const left = rows.filter((row) => row['status'] !== 'active');
    expect(left[0]).toMatchObject({
      sourcedId: student?.id,
      status: removals,
      dateLastModified: after.updatedAt,
      givenName: student?.givenName,
    });
    const filter = encodeURIComponent(`dateLastModified>'${district.updatedAt}'`);
    expect(idsOf(await rowsAt(server, `${base}/users?filter=${filter}`))).toContain(student?.id);
    const enrollments = await rowsAt(server, `${base}/enrollments?limit=10000`);
    expect(new Set(enrollments.map((row) => row['status']))).toEqual(new Set(['active', removals]));
    server.setDistrict(district);
    expect((await rowsAt(server, path)).every((row) => row['status'] === 'active')).toBe(true);
  });

  test('what left the district is gone where nothing else is said', async () => {
    const server = await serverWith(district);
    await rowsAt(server, `${base}/users`);
    server.setDistrict(withoutStudent(district, student?.id ?? ''));
    expect(idsOf(await rowsAt(server, `${base}/users?limit=1000`))).not.toContain(student?.id);
    expect((await get(server, `${base}/users/${student?.id ?? ''}`)).status).toBe(404);
  });

  test.each<[NonNullable<OneRosterQuirks['filters']>, readonly number[]]>([
    ['ignored', [total, total]],
    ['refused', [400, 400]],
    ['no-nested', [students.length, 400]],
  ])('filters %s', async (filters, expected) => {
    const server = await serverWith(district, { filters });
    const found = [];
    for (const filter of ["role='student'", `orgs.sourcedId='${student?.schoolId ?? ''}'`]) {
      const answer = await get(server, `${base}/users?limit=1000&filter=${encodeURIComponent(filter)}`);
      found.push(answer.status === 200 ? ((await answer.json()) as { users: Row[] }).users.length : answer.status);
    }
    expect(found).toEqual(expected);
  });

  test('fields are ignored', async () => {
    expect(await firstOf('users?fields=role', { fields: 'ignored' })).toHaveProperty('sourcedId');
    expect(Object.keys(await firstOf('users?fields=role', {}))).toEqual(['role']);
  });

  test('members of classes alone, while students still name their guardians', async () => {
    const server = await serverWith(district, { sharesUnenrolledUsers: false });
    const enrolled = new Set(classes.flatMap(({ teacherIds, studentIds }) => [...teacherIds, ...studentIds]));
    const rows = await rowsAt(server, `${base}/users?limit=1000`);
    expect(idsOf(rows)).toEqual([...enrolled].sort());
    expect(rows.find((row) => row['sourcedId'] === twoGuardians?.id)?.['agents']).toHaveLength(2);
    expect((await get(server, `${base}/users/${guardian?.id ?? ''}`)).status).toBe(404);
  });

  test('guardians in the metadata of demographics', async () => {
    const server = await serverWith(district, { guardiansInMetadata: true });
    expect((await get(server, `${base}/users/${guardian?.id ?? ''}`)).status).toBe(404);
    const child = guardian?.students[0]?.studentId ?? '';
    expect((await bodyOf(server, `${base}/users/${child}`))['user']).toMatchObject({ agents: [] });
    expect((await bodyOf(server, `${base}/demographics/${child}`))['demographics']).toMatchObject({
      metadata: {
        Guardian1FullName: `${guardian?.givenName ?? ''} ${guardian?.familyName ?? ''}`,
        Guardian1Email: guardian?.email ?? '',
        Guardian1Phone: guardian?.mobile ?? guardian?.homePhone,
      },
    });
  });

  test('collections that are not shared', async () => {
    const server = await serverWith(district, { notShared: { users: 'empty', courses: 403, orgs: 404 } });
    const statuses = [];
    for (const path of ['courses', 'orgs', 'schools', 'classes']) {
      statuses.push((await get(server, `${base}/${path}`)).status);
    }
    expect(statuses).toEqual([403, 404, 404, 200]);
    expect(await bodyOf(server, `${base}/students`)).toEqual({ users: [] });
    expect(await bodyOf(server, `${base}/classes/${classes[0]?.id ?? ''}/teachers`)).toEqual({ users: [] });
  });

  test('no nested lists, or teachers among the students of a class', async () => {
    const path = `${base}/classes/${classes[0]?.id ?? ''}/students`;
    expect((await get(await serverWith(district, { nested: false }), path)).status).toBe(404);
    const rows = await rowsAt(await serverWith(district, { teachersAmongStudents: true }), path);
    expect(idsOf(rows)).toEqual([...(classes[0]?.studentIds ?? []), ...(classes[0]?.teacherIds ?? [])].sort());
  });
});
