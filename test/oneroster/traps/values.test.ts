import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { OneRosterClass, OneRosterUser } from 'rosterkit/oneroster';
import { ApiError, DecodeError, NotFoundError } from '../../../src/errors.js';
import { clientOf } from '../support/roster.js';
import { serve } from '../support/server.js';

/** As ClassLink really sends a user: what is not known is an empty text or an empty list. */
const classLinkUser = {
  sourcedId: '12345',
  status: 'active',
  dateLastModified: '2025-11-24T19:35:01.000Z',
  username: 'foo.bar',
  userIds: [{ type: 'Fed', identifier: '12345' }],
  enabledUser: 'true',
  givenName: 'foo',
  familyName: 'bar',
  middleName: '',
  role: 'student',
  identifier: '',
  email: '',
  sms: '',
  phone: '',
  agents: [{ href: 'https://x-nj-v2.rosterserver.com/ims/oneroster/v1p1/users/G3', sourcedId: 'G3', type: 'user' }],
  orgs: [{ href: 'https://x-nj-v2.rosterserver.com/ims/oneroster/v1p1/orgs/2', sourcedId: '2', type: 'org' }],
  grades: ['11'],
  password: '',
};

async function readUser(fields: object): Promise<OneRosterUser | undefined> {
  const server = await serve({ users: [{ ...classLinkUser, ...fields }] });
  return (await clientOf(server).users.list().toArray())[0];
}

async function readClass(fields: object): Promise<OneRosterClass | undefined> {
  const row = { sourcedId: 'c', title: 'T', school: { sourcedId: 's' }, ...fields };
  const server = await serve({ classes: [row] });
  return (await clientOf(server).classes.list().toArray())[0];
}

describe('trap 5: success-shaped failures', () => {
  const failure = { imsx_codeMajor: 'failure', imsx_severity: 'error', imsx_description: 'Jane Doe' };

  test.each<[string, unknown, readonly string[]]>([
    ['statusInfoSet of 1.1', { statusInfoSet: [failure] }, ['imsx: failure', 'imsx: error']],
    ['an error beside rows', { statusInfoSet: [failure], users: [classLinkUser] }, ['imsx: failure', 'imsx: error']],
    [
      'imsx_StatusInfo',
      { imsx_StatusInfo: { ...failure, imsx_CodeMinor: 'invalid_data' } },
      ['imsx: failure', 'imsx: error', 'imsx: invalid_data'],
    ],
    ['the root of 1.2', { ...failure, imsx_codeMinor: 'Jane' }, ['imsx: failure', 'imsx: error', 'imsx: another code']],
    ['without a prefix', { codeMajor: 'FAILURE', severity: 'error' }, ['imsx: failure', 'imsx: error']],
    ['of OAuth', { error: 'invalid_token', error_description: 'Jane Doe' }, ['imsx: error', 'imsx: invalid_token']],
    ['a key of something else', { warnings: [classLinkUser] }, ['users: no array']],
    ['a bare list', [classLinkUser], ['body: not an object']],
  ])('%s with status 200 is an error that says no more than codes', async (_name, body, issues) => {
    const server = await serve({}, () => ({ body }));
    const error = await clientOf(server)
      .users.list()
      .toArray()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DecodeError);
    expect((error as DecodeError).issues).toEqual(issues);
    expect(String(error)).not.toContain('Jane');
  });

  test('a warning, and an error that says there is none, leave the rows standing', async () => {
    const warning = { imsx_codeMajor: 'success', imsx_severity: 'warning', imsx_codeMinor: 'invalid_sort_field' };
    const server = await serve({}, ({ offset }) => ({
      body: { statusInfoSet: [warning], error: false, users: offset === 0 ? [classLinkUser] : [] },
    }));
    expect(await clientOf(server).users.list().toArray()).toHaveLength(1);
  });

  test('the codes of a refusal are told, and no other word of it', async () => {
    const body = { ...failure, imsx_CodeMinor: { imsx_codeMinorField: [{ imsx_codeMinorFieldValue: 'forbidden' }] } };
    const server = await serve({}, () => ({ status: 403, body }));
    const list = clientOf(server).users.list().toArray();
    const error: unknown = await list.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status: 403, code: 'permission_denied' });
    expect(String(error)).toContain('(failure, error, forbidden)');
    expect(String(error)).not.toContain('Jane');
  });

  test.each([
    [{ students: [classLinkUser] }, { student: classLinkUser }],
    [{ users: [classLinkUser] }, { users: [classLinkUser] }],
  ])('students may stand under the key of their path', async (list, one) => {
    const server = await serve({}, ({ collection, offset }) => {
      if (collection === 'students/12345') return { body: one };
      return { body: offset === 0 ? list : { users: [] } };
    });
    const { students } = clientOf(server);
    expect(await students.list().toArray()).toHaveLength(1);
    expect((await students.get('12345')).sourcedId).toBe('12345');
  });
});

describe('trap 7: booleans as strings', () => {
  test.each([
    ['true', true],
    [true, true],
    ['TRUE', true],
    ['1', true],
    [1, true],
    ['false', false],
    [false, false],
    ['FALSE', false],
    ['0', false],
    [0, false],
    ['', undefined],
    ['maybe', undefined],
  ])('enabledUser %j is %j', async (sent, read) => {
    expect((await readUser({ enabledUser: sent }))?.enabledUser).toBe(read);
  });
});

describe('trap 8: "" everywhere instead of absent', () => {
  test('a user of ClassLink is read, and nothing is an empty text', async () => {
    const user = await readUser({});
    expect(user).toMatchObject({ sourcedId: '12345', givenName: 'foo', agents: [{ sourcedId: 'G3', type: 'user' }] });
    expect(Object.values(user ?? {})).not.toContain('');
  });

  test('what is there is not trimmed away, and ids are kept to the letter', async () => {
    expect(await readUser({ sourcedId: ' 00Ab ', givenName: ' Amy ' })).toMatchObject({
      sourcedId: ' 00Ab ',
      givenName: 'Amy',
    });
  });
});

describe('trap 9: strings, arrays, nothing', () => {
  test.each<[unknown, readonly string[]]>([
    [
      ['05', '11'],
      ['05', '11'],
    ],
    ['05', ['05']],
    ['05, 11', ['05', '11']],
    [5, ['5']],
    [
      [5, '', null, ' KG '],
      ['5', 'KG'],
    ],
    ['', []],
    [null, []],
    [undefined, []],
    [{}, []],
  ])('grades, subjects and periods %j', async (sent, read) => {
    expect(await readClass({ grades: sent, subjects: sent, periods: sent })).toMatchObject({
      grades: read,
      subjects: read,
      periods: read,
    });
  });

  test("1.0's words for one", async () => {
    expect(await readClass({ grade: '9', termSourcedId: 't' })).toMatchObject({
      grades: ['9'],
      terms: [{ sourcedId: 't' }],
    });
  });
});

describe('trap 10: dialects of references', () => {
  test.each([
    ['an object', { school: { href: 'https://x', sourcedId: 's', type: 'org' } }],
    ['without href and type', { school: { sourcedId: 's' } }],
    ['a number', { school: { sourcedId: 7 } }],
    ['a flat field', { school: undefined, schoolSourcedId: 's' }],
    ['an empty object beside a flat field', { school: {}, schoolSourcedId: 's' }],
    ['an empty list beside a flat field', { school: undefined, schools: [], schoolSourcedId: 's' }],
    ['a bare id', { school: 's' }],
    ['a list', { school: undefined, schools: [{}, { sourcedId: 's' }] }],
  ])('%s', async (_name, fields) => {
    expect((await readClass(fields))?.school.sourcedId).toMatch(/^[s7]$/);
  });

  test.each(['agents', 'agentSourcedIds', 'agentSourceIds'])('people are linked by %s', async (name) => {
    const user = await readUser({ agents: [], [name]: ['g1', { sourcedId: 'g2' }, {}, ''] });
    expect(user?.agents).toEqual([{ sourcedId: 'g1' }, { sourcedId: 'g2' }]);
  });

  test('a row without a needed reference is rejected by a word, and the others are read', async () => {
    const rows = [
      { sourcedId: 'e1', class: {}, user: 'u', role: 'student' },
      { sourcedId: 'e2', class: { sourcedId: 'c' }, user: [], role: 'student' },
      { sourcedId: 'e3', classSourcedId: 'c', userSourcedId: 'u', role: 'student' },
    ];
    const server = await serve({ enrollments: rows });
    const { value } = await clientOf(server).enrollments.pages().next();
    expect(value).toMatchObject({
      items: [{ sourcedId: 'e3' }],
      rejected: [
        { index: 0, sourcedId: 'e1', problem: 'missing-class' },
        { index: 1, sourcedId: 'e2', problem: 'missing-user', classSourcedId: 'c' },
      ],
    });
  });
});

describe('trap 11: following href', () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  test('neither links nor hrefs nor redirects carry the credentials to another origin', async () => {
    const strangers: unknown[] = [];
    const stranger = createServer((request, response) => {
      strangers.push(request.headers);
      response.end('{}');
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    closers.push(() => stranger.close());
    const elsewhere = `http://127.0.0.1:${String((stranger.address() as AddressInfo).port)}/users`;
    const linked = { ...classLinkUser, orgs: [{ href: elsewhere, sourcedId: '2', type: 'org' }] };
    const server = await serve({}, ({ collection, offset }) => {
      if (collection.startsWith('orgs')) return { status: 302, body: {}, headers: { location: elsewhere } };
      return { body: { users: offset === 0 ? [linked] : [] }, headers: { link: `<${elsewhere}>; rel="next"` } };
    });
    const client = clientOf(server, { retries: 0 });
    const users = await client.users.list().toArray();
    expect(JSON.stringify(users)).not.toContain(elsewhere);
    await expect(client.orgs.list().toArray()).rejects.toBeInstanceOf(ApiError);
    await expect(client.orgs.get('2')).rejects.toBeInstanceOf(ApiError);
    expect(strangers).toEqual([]);
  });
});

describe('trap 12: sourcedIds in paths', () => {
  const org = (sourcedId: string) => ({ sourcedId, name: 'N', type: 'school' });

  test.each([
    ['a/b', 'a%2Fb'],
    ['7|1 x', '7%7C1%20x'],
    ['100%', '100%25'],
    ["O'Neil(1)*!", 'O%27Neil%281%29%2A%21'],
    ['Zoë', 'Zo%C3%AB'],
  ])('%s is encoded once', async (id, encoded) => {
    const server = await serve({}, () => ({ body: { org: org(id) } }));
    expect((await clientOf(server).schools.get(id)).sourcedId).toBe(id);
    expect(server.asked[0]?.url).toBe(`/ims/oneroster/v1p1/schools/${encoded}`);
  });

  test.each([400, 404])('a server that refuses the encoded id (%i) is asked by a filter', async (status) => {
    const server = await serve({}, ({ collection, query }) => {
      if (collection !== 'orgs') return { status, body: { error: 'none' } };
      return { body: { orgs: query.get('filter') === "sourcedId='a/b'" ? [org('a/b')] : [] } };
    });
    expect((await clientOf(server).orgs.get('a/b')).sourcedId).toBe('a/b');
  });

  test.each([
    ['ignores the filter', [org('x'), org('y')]],
    ['matches loosely', [org('A/B')]],
    ['has it twice', [org('a/b'), org('a/b')]],
    ['has none', []],
  ])('no other record is taken for it where the server %s', async (_name, orgs) => {
    const server = await serve({}, ({ collection }) =>
      collection === 'orgs' ? { body: { orgs } } : { status: 404, body: { error: 'none' } },
    );
    await expect(clientOf(server).orgs.get('a/b')).rejects.toBeInstanceOf(NotFoundError);
  });

  test('a plain id that does not exist costs one request', async () => {
    const server = await serve({});
    await expect(clientOf(server).orgs.get('gone')).rejects.toBeInstanceOf(NotFoundError);
    expect(server.asked).toHaveLength(1);
  });

  test.each(['', '.', '..', '\ud800'])('an id that no path can hold is refused at once (%j)', async (id) => {
    const server = await serve({});
    const { schools } = clientOf(server);
    await expect(schools.get(id)).rejects.toMatchObject({ parameter: 'sourcedId' });
    expect(() => schools.classes(id)).toThrow(expect.objectContaining({ parameter: 'sourcedId' }));
    expect(() => schools.classStudents('s', id)).toThrow(expect.objectContaining({ parameter: 'sourcedId' }));
    expect(server.asked).toHaveLength(0);
  });
});

describe('trap 20: roles of 1.1, of 1.2, or both', () => {
  const roles = [
    { roleType: 'primary', role: 'teacher', org: { sourcedId: 's1', href: 'https://x', type: 'org' } },
    { roleType: 'secondary', role: 'ext:coach', org: 's2', beginDate: '8/1/2026' },
    { roleType: 'secondary' },
  ];
  const read = [
    { role: 'teacher', roleType: 'primary', org: { sourcedId: 's1', type: 'org' } },
    { role: 'ext:coach', roleType: 'secondary', org: { sourcedId: 's2' }, beginDate: '2026-08-01' },
  ];

  test.each([
    ['one', { role: 'Teacher' }, { role: 'Teacher', roles: [] }],
    ['several', { role: undefined, roles }, { roles: read }],
    ['both', { role: 'teacher', roles }, { role: 'teacher', roles: read }],
    ['bare words', { role: '', roles: ['student', 'aide'] }, { roles: [{ role: 'student' }, { role: 'aide' }] }],
    ["a vendor's own", { role: 'district_admin' }, { role: 'district_admin' }],
  ])('%s', async (_name, fields, expected) => {
    expect(await readUser(fields)).toMatchObject(expected);
  });

  test('without any the row is rejected, unless it is to be deleted', async () => {
    expect(await readUser({ role: '', roles: [{}] })).toBeUndefined();
    expect(await readUser({ role: '', status: 'toBeDeleted' })).toMatchObject({ status: 'tobedeleted' });
  });
});

describe('trap 23: dates', () => {
  test.each([
    ['8/27/2018', '2018-08-27'],
    ['1/05/2023', '2023-01-05'],
    ['2026-08-17', '2026-08-17'],
    ['2026-08-17T00:00:00Z', '2026-08-17'],
    ['2017-09-21 07:11:54', '2017-09-21'],
    ['2028-02-29', '2028-02-29'],
    ['2026-02-29', undefined],
    ['soon', undefined],
    ['', undefined],
  ])('the day %j is %j', async (sent, read) => {
    const server = await serve({ academicSessions: [{ sourcedId: 't', title: 'T', startDate: sent }] });
    const [term] = await clientOf(server).academicSessions.list().toArray();
    expect(term?.startDate).toBe(read);
  });

  test.each([
    ['2025-11-24T19:35:01.000Z', '2025-11-24T19:35:01.000Z'],
    ['2025-11-24T19:35:01+02:00', '2025-11-24T17:35:01.000Z'],
    ['2017-09-21 07:11:54', '2017-09-21T07:11:54.000Z'],
    ['2017-09-21', '2017-09-21T00:00:00.000Z'],
    ['2017-02-31T00:00:00.000Z', undefined],
    ['yesterday', undefined],
  ])('the instant %j is %j', async (sent, read) => {
    expect((await readUser({ dateLastModified: sent }))?.dateLastModified).toBe(read);
  });
});
