import { bearer, OneRosterClient, oneRosterSource } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import { oneRosterPreflight } from '../../src/oneroster/preflight/preflight.js';
import { ConnectionError, DecodeError, DisconnectedError, IncompleteReadError, ServerError } from '../../src/errors.js';
import type { Preflight, PreflightFinding } from '../../src/model/index.js';
import type { GuardiansInMetadata } from '../../src/oneroster/roster/guardians/in-metadata.js';
import { rejection, unusedBaseUrl } from '../support/http-server.js';
import { scope } from './support/roster.js';
import { type Answered, type Asked, page, type Rows, serve } from './support/server.js';

const NOW = '2026-10-05T18:30:00.000Z';
const clock = { now: () => new Date(NOW) };

type Row = Readonly<Record<string, unknown>>;

const stamp = { status: 'active', dateLastModified: '2026-10-04T12:00:00.000Z' };
const ref = (sourcedId: string) => ({ sourcedId });
const refs = (...ids: readonly string[]) => ids.map(ref);

const org = (sourcedId: string, more: Row = {}): Row => ({
  sourcedId,
  ...stamp,
  name: sourcedId,
  type: 'school',
  ...more,
});
const term = (sourcedId: string, more: Row = {}): Row => ({
  sourcedId,
  ...stamp,
  title: sourcedId,
  type: 'term',
  startDate: '2026-08-17',
  endDate: '2027-01-15',
  ...more,
});
const class_ = (sourcedId: string, more: Row = {}): Row => ({
  sourcedId,
  ...stamp,
  title: `Class ${sourcedId}`,
  course: ref('course-1'),
  school: ref('school-1'),
  terms: refs('term-1'),
  ...more,
});
const user = (sourcedId: string, role: string, more: Row = {}): Row => ({
  sourcedId,
  ...stamp,
  username: sourcedId,
  enabledUser: 'true',
  givenName: 'Secretgiven',
  familyName: 'Secretfamily',
  role,
  email: `${sourcedId}@secret.example`,
  orgs: refs('school-1'),
  ...more,
});
const member = (classId: string, userId: string, role: string, more: Row = {}): Row => ({
  sourcedId: `${classId}-${userId}-${role}`,
  ...stamp,
  class: ref(classId),
  user: ref(userId),
  school: ref('school-1'),
  role,
  ...more,
});

/** Nothing is wrong with it. */
const district = {
  orgs: [org('district-1', { type: 'district', name: 'Example ISD' }), org('school-1')],
  academicSessions: [term('term-1')],
  courses: [{ sourcedId: 'course-1', ...stamp, title: 'Course' }],
  classes: [class_('c1')],
  users: [
    user('a1', 'administrator'),
    user('g1', 'parent', { sms: '+1 202 555 0101', phone: '202 555 0102', agents: refs('s1') }),
    user('g2', 'guardian', { phone: '202 555 0103' }),
    user('s1', 'student'),
    user('s2', 'student', { agents: refs('g1', 'g2', 't1') }),
    user('t1', 'teacher'),
  ],
  enrollments: [member('c1', 's1', 'student'), member('c1', 's2', 'student'), member('c1', 't1', 'teacher')],
} satisfies Rows;

const withList = (list: keyof typeof district, ...rows: readonly unknown[]): Rows => ({ ...district, [list]: rows });
const withMore = (list: keyof typeof district, ...rows: readonly Row[]): Rows => ({
  ...district,
  [list]: [...district[list], ...rows],
});

type Answer = (asked: Asked) => Answered | undefined;

async function clientOf(rows: Rows, answer?: Answer, pageSize = 2): Promise<OneRosterClient> {
  const server = await serve(rows, answer);
  const auth = bearer('token-1');
  return new OneRosterClient({ baseUrl: server.url, allowInsecureHosts: [server.host], auth, pageSize, retries: 0 });
}

async function preflight(
  rows: Rows,
  answer?: Answer,
  { pageSize, ...options }: { signal?: AbortSignal; pageSize?: number } = {},
): Promise<Preflight> {
  return oneRosterPreflight(await clientOf(rows, answer, pageSize), { clock, ...options });
}

const codes = ({ findings }: Preflight): readonly string[] => findings.map(({ code }) => code);
const found = (result: Preflight, code: string): PreflightFinding | undefined =>
  result.findings.find((finding) => finding.code === code);
const refuse =
  (list: string, status = 403): Answer =>
  ({ collection }) =>
    collection === list ? { status, body: { error: 'no' } } : undefined;

describe('what a server shares', () => {
  test('is counted as an import would take it: whose roles have ended is nobody’s teacher', async () => {
    const former = { ...user('t2', 'teacher'), role: '', roles: [{ role: 'teacher', endDate: '2020-06-01' }] };
    const { people } = await preflight(withMore('users', former));
    expect(people).toMatchObject({ teacher: 1, other: 1 });
  });

  test('is counted list by list, role by role, relation by relation; and where nothing is wrong, nothing is found', async () => {
    expect(await preflight(district)).toEqual({
      provider: 'oneroster',
      districtId: 'district-1',
      districtName: 'Example ISD',
      checkedAt: NOW,
      state: 'ready',
      collections: {
        schools: { state: 'shared', count: 1 },
        terms: { state: 'shared', count: 1 },
        courses: { state: 'shared', count: 1 },
        classes: { state: 'shared', count: 1 },
        users: { state: 'shared', count: 6 },
        enrollments: { state: 'shared', count: 3 },
        guardianLinks: { state: 'shared', count: 3 },
      },
      people: { student: 2, teacher: 1, aide: 0, administrator: 1, staff: 0, guardian: 2, other: 0 },
      contactTypes: [
        { type: 'guardian', count: 1 },
        { type: 'parent', count: 2 },
      ],
      contactPhoneTypes: [
        { type: 'phone', count: 2 },
        { type: 'sms', count: 1 },
      ],
      freshness: { lastChange: '2026-10-04T12:00:00.000Z', ageHours: 30 },
      findings: [],
    });
  });

  test('reads the six lists once, one after the other, and nothing else', async () => {
    const server = await serve(district);
    const auth = bearer('token-1');
    const client = new OneRosterClient({ baseUrl: server.url, allowInsecureHosts: [server.host], auth });
    await oneRosterPreflight(client, { clock });
    const begun = server.asked.filter(({ offset }) => offset === 0).map(({ collection }) => collection);
    expect(begun).toEqual(['orgs', 'academicSessions', 'courses', 'classes', 'users', 'enrollments']);
  });

  test('counts as many links as a read makes', async () => {
    const rows = withMore(
      'users',
      user('s3', 'student', { agents: refs('gone', 'g1', 't1', 's3') }),
      user('s4', 'student', { roles: [{ role: 'guardian', roleType: 'secondary' }], agents: refs('s4', 's3') }),
    );
    const roster = await oneRosterSource(await clientOf(rows)).read(scope);
    const { collections } = await preflight(rows);
    expect(collections.guardianLinks.count).toBe(roster.guardianLinks.length);
  });

  test('names no person and no class', async () => {
    const rows = { ...withMore('users', user('s3', 'student', { email: 'secret at home' })), classes: [class_('c9')] };
    const text = JSON.stringify(await preflight(rows));
    expect(text).toContain('c9');
    expect(text).not.toMatch(/secret|Class c9|token-1/iu);
  });

  test('is the preflight of the source', async () => {
    const source = oneRosterSource(await clientOf(district));
    expect((await source.preflight()).people).toMatchObject({ student: 2 });
  });
});

describe('guardians who hide in metadata', () => {
  const users = [
    user('a1', 'administrator'),
    user('s1', 'student', { metadata: { guardian: 'Own Self' } }),
    user('s2', 'student'),
    user('t1', 'teacher'),
  ];
  const demographics = [{ sourcedId: 's2', ...stamp, metadata: { guardian: 'Gail Hidden' } }];
  const guardiansInMetadata: GuardiansInMetadata = (where) => {
    const name = where.user.metadata?.['guardian'] ?? where.demographics?.metadata?.['guardian'];
    if (typeof name !== 'string') return [];
    const [givenName = '', familyName = ''] = name.split(' ');
    return [{ givenName, familyName, email: 'home@secret.example', relationship: 'mother' }];
  };
  const look = async (rows: Rows) => oneRosterPreflight(await clientOf(rows), { clock, guardiansInMetadata });

  test('are counted, and nothing is said to be missing', async () => {
    const result = await look({ ...district, users, demographics });
    expect(codes(result)).toEqual([]);
    expect(result.people.guardian).toBe(2);
    expect(result.contactTypes).toEqual([{ type: 'mother', count: 2 }]);
    expect(result.collections.guardianLinks).toEqual({ state: 'shared', count: 2 });
    expect(JSON.stringify(result)).not.toMatch(/secret|Gail/u);
  });

  test('may hide in the users alone', async () => {
    expect(codes(await look({ ...district, users }))).toEqual([]);
  });

  test('and are not found, because the demographics are not shared', async () => {
    const result = await look({ ...district, users: users.map((row) => ({ ...row, metadata: {} })) });
    expect(codes(result)).toEqual(['DEMOGRAPHICS_NOT_SHARED', 'NO_GUARDIANS']);
  });
});

describe('a list that is refused', () => {
  test.each([
    ['orgs', 'SCHOOLS_NOT_SHARED', 'schools', 'blocked'],
    ['academicSessions', 'TERMS_NOT_SHARED', 'terms', 'ready'],
    ['courses', 'COURSES_NOT_SHARED', 'courses', 'ready'],
    ['classes', 'CLASSES_NOT_SHARED', 'classes', 'blocked'],
    ['users', 'USERS_NOT_SHARED', 'users', 'blocked'],
    ['enrollments', 'ENROLLMENTS_NOT_SHARED', 'enrollments', 'blocked'],
  ] as const)('%s is told, and judges nothing else', async (list, code, collection, state) => {
    for (const status of [403, 404]) {
      const result = await preflight(district, refuse(list, status));
      expect(codes(result)).toEqual([code]);
      expect(result.collections[collection]).toEqual({ state: 'not-shared', count: 0 });
      expect(result.state).toBe(state);
    }
  });

  test('by 401, where others were answered: it is that list', async () => {
    expect(codes(await preflight(district, refuse('users', 401)))).toEqual(['USERS_NOT_SHARED']);
  });

  test('like all others: there is no roster', async () => {
    const result = await preflight({});
    expect(codes(result)).toEqual(['NO_ROSTER']);
    expect(result.state).toBe('blocked');
  });

  test('by 401 at once: the credentials are wrong, and nothing else is asked', async () => {
    const server = await serve(district, () => ({ status: 401, body: {} }));
    const auth = bearer('token-1');
    const client = new OneRosterClient({ baseUrl: server.url, allowInsecureHosts: [server.host], auth });
    const result = await oneRosterPreflight(client, { clock });
    expect(codes(result)).toEqual(['CREDENTIALS_REFUSED']);
    expect(found(result, 'CREDENTIALS_REFUSED')?.message).toMatch(/secret.*signature method.*clock/u);
    expect(result.state).toBe('blocked');
    expect(new Set(server.asked.map(({ collection }) => collection))).toEqual(new Set(['orgs']));
  });

  test('by whoever gives the token: the district withdrew, with its id', async () => {
    const server = await serve(district);
    const auth = {
      authorize() {
        throw new DisconnectedError('no token', { source: 'oneroster', districtId: 'district-9' });
      },
    };
    const client = new OneRosterClient({ baseUrl: server.url, allowInsecureHosts: [server.host], auth });
    const result = await oneRosterPreflight(client, { clock });
    expect(result).toMatchObject({ state: 'blocked', districtId: 'district-9', freshness: {} });
    expect(codes(result)).toEqual(['DISCONNECTED']);
  });
});

describe('a list that fails', () => {
  const breaksOff: Answer = ({ collection, offset }) =>
    collection === 'users' && offset > 0 ? { status: 500, body: {} } : undefined;

  test('in the middle is told, and judges nothing by what is missing from it', async () => {
    const result = await preflight(district, breaksOff);
    expect(codes(result)).toEqual(['NOT_READ_TO_END']);
    expect(result.collections.users).toEqual({ state: 'failed', count: 2 });
    expect(result.state).toBe('blocked');
  });

  test('with a refusal after its first page has broken off', async () => {
    const result = await preflight(district, (asked) =>
      asked.collection === 'users' && asked.offset > 0 ? { status: 403, body: {} } : undefined,
    );
    expect(codes(result)).toEqual(['NOT_READ_TO_END']);
  });

  test('and only describes classes further is worth a word', async () => {
    const result = await preflight(district, refuse('courses', 500));
    expect(found(result, 'NOT_READ_TO_END')).toMatchObject({ severity: 'info' });
    expect(result.state).toBe('ready');
  });

  test('at once, or cannot be reached, is no finding', async () => {
    expect(await rejection(preflight(district, refuse('orgs', 500)))).toBeInstanceOf(ServerError);
    const baseUrl = await unusedBaseUrl();
    const options = { baseUrl, auth: bearer('token-1'), allowInsecureHosts: ['127.0.0.1'], retries: 0 };
    expect(await rejection(oneRosterPreflight(new OneRosterClient(options)))).toBeInstanceOf(ConnectionError);
  });

  test('because no answer is one of OneRoster throws; one such list is told', async () => {
    const web = { body: '<p>Welcome</p>' };
    expect(await rejection(preflight(district, () => web))).toBeInstanceOf(DecodeError);
    const one = await preflight(district, ({ collection }) => (collection === 'orgs' ? web : undefined));
    expect(codes(one)).toEqual(['NOT_READ_TO_END']);
  });

  test('because it is told to stop', async () => {
    const stop = new AbortController();
    // Of the library's own, as where one task stops another: it is no finding of this one.
    const reason = new IncompleteReadError('enough', { collection: 'users', received: 0 });
    const stopping: Answer = ({ collection }) => {
      if (collection === 'users') stop.abort(reason);
      return undefined;
    };
    expect(await rejection(preflight(district, stopping, { signal: stop.signal }))).toBe(reason);
  });

  test('to add up is doubtful: what it lacks is not judged', async () => {
    const result = await preflight(district, (asked) =>
      asked.collection === 'users'
        ? { ...page(district.users.slice(0, 3), { ...asked }), headers: { 'x-total-count': '6' } }
        : undefined,
    );
    expect(codes(result)).toEqual(['LIST_DOUBTFUL']);
    expect(found(result, 'LIST_DOUBTFUL')).toMatchObject({
      severity: 'warning',
      message: expect.stringMatching(/users.*total-mismatch/u),
    });
    expect(result.collections.users).toEqual({ state: 'shared', count: 3 });
  });
});

describe('a list that is empty', () => {
  test.each([
    ['schools', withList('orgs', org('district-1', { type: 'district' })), 'NO_SCHOOLS', 'blocked'],
    ['classes', { ...district, classes: [], enrollments: [] }, 'NO_CLASSES', 'blocked'],
    ['enrollments', withList('enrollments'), 'NO_ENROLLMENTS', 'blocked'],
  ])('has no %s', async (_, rows, code, state) => {
    const result = await preflight(rows);
    expect(codes(result)).toContain(code);
    expect(result.state).toBe(state);
  });

  test.each([
    ['student', 'NO_STUDENTS', 'blocked'],
    ['teacher', 'NO_TEACHERS', 'warning'],
    ['guardian', 'NO_GUARDIANS', 'warning'],
    ['administrator', 'NO_ADMINISTRATORS', 'ready'],
  ])('of a role: no %s', async (role, code, state) => {
    const isOf = (row: Row) => row['role'] === role || (role === 'guardian' && row['role'] === 'parent');
    const users = district.users.filter((row) => !isOf(row)).map((row) => ({ ...row, agents: [] }));
    const result = await preflight({ ...district, users });
    expect(codes(result)).toContain(code);
    expect(result.state).toBe(
      ['student', 'teacher'].includes(role) ? (state === 'blocked' ? 'blocked' : 'warning') : result.state,
    );
    if (role === 'guardian') expect(result.collections.guardianLinks).toEqual({ state: 'not-shared', count: 0 });
  });
});

describe('rows', () => {
  test('that cannot be used are counted, with enrollments whose role is unknown', async () => {
    const rows = {
      ...withMore('orgs', { sourcedId: 'bad-org', ...stamp }),
      enrollments: [...district.enrollments, member('c1', 's1', 'mascot')],
    };
    expect(found(await preflight(rows), 'ROWS_UNUSABLE')).toMatchObject({ count: 2, ids: ['bad-org', 'c1-s1-mascot'] });
  });

  test('with an id that was there before are counted once, and reported', async () => {
    // On one page: on two, the list itself is in doubt.
    const result = await preflight(withMore('users', user('t1', 'teacher')), undefined, { pageSize: 100 });
    expect(result.people.teacher).toBe(1);
    expect(found(result, 'DUPLICATE_IDS')).toMatchObject({ severity: 'warning', count: 1, ids: ['t1'] });
  });

  test('that are marked as deleted are nobody', async () => {
    const rows = {
      ...district,
      users: [...district.users, user('s9', 'student', { status: 'tobedeleted', email: '' })],
      classes: [...district.classes, class_('c9', { status: 'inactive' })],
      enrollments: [...district.enrollments, member('c9', 's1', 'student'), member('c1', 's9', 'student')],
    };
    const result = await preflight(rows);
    expect(codes(result)).toEqual(['DELETED_RECORDS']);
    expect(found(result, 'DELETED_RECORDS')).toMatchObject({ severity: 'info', count: 2, ids: ['c9', 's9'] });
    expect(result.people.student).toBe(2);
    expect(result.collections.classes.count).toBe(1);
  });
});

test('a class whose only teacher is marked as deleted has none', async () => {
  const users = district.users.map((row) => (row['sourcedId'] === 't1' ? { ...row, status: 'tobedeleted' } : row));
  const result = await preflight({ ...district, users });
  expect(found(result, 'WITHOUT_TEACHER')).toMatchObject({ count: 1, ids: ['c1'] });
  expect(found(result, 'UNKNOWN_MEMBERS')).toBeUndefined();
});

describe('classes', () => {
  const classes = (...rows: readonly Row[]) =>
    preflight({
      ...district,
      classes: rows,
      enrollments: rows.flatMap((row) => {
        const id = String(row['sourcedId']);
        return [member(id, `s-${id}`, 'student'), member(id, 't1', 'teacher')];
      }),
      users: [...district.users, ...rows.map((row) => user(`s-${String(row['sourcedId'])}`, 'student'))],
    });

  test('of one name in one school are found as an import compares them', async () => {
    const result = await classes(
      class_('c1', { title: 'Café  1' }),
      class_('c2', { title: ' cafe\u0301 1 ' }),
      class_('c3', { title: '' }),
      class_('c4', { title: 'COURSE' }),
      class_('c5', { title: 'Café 1', school: ref('district-1') }),
      class_('c6', { title: 'Other' }),
    );
    expect(found(result, 'SAME_NAME')).toMatchObject({ count: 4, ids: ['c1', 'c2', 'c3', 'c4'] });
    expect(found(result, 'SCHOOL_NOT_SHARED')).toMatchObject({ count: 1, ids: ['c5'] });
  });

  test('of terms that are over are found; not those of today’s last day, nor of two terms', async () => {
    const result = await preflight({
      ...district,
      academicSessions: [
        term('term-1'),
        term('over', { endDate: '2026-10-04' }),
        term('today', { endDate: '2026-10-05' }),
        term('undated', { startDate: '', endDate: 'next summer' }),
      ],
      classes: [
        class_('c1', { terms: refs('over') }),
        class_('c2', { terms: refs('today') }),
        class_('c3', { terms: refs('over', 'term-1') }),
        class_('c4', { terms: refs('undated') }),
        class_('c5', { terms: [] }),
      ],
    });
    expect(found(result, 'TERM_ENDED')).toMatchObject({ count: 1, ids: ['c1'] });
    expect(found(result, 'TERMS_WITHOUT_DATES')).toMatchObject({ severity: 'info', count: 1, ids: ['undated'] });
  });

  test('with the same students are found, from two on, in whatever order and however many rows', async () => {
    const result = await preflight({
      ...district,
      classes: ['c1', 'c2', 'c3', 'c4'].map((id) => class_(id)),
      enrollments: [
        ...['s1', 's2'].map((id) => member('c1', id, 'student')),
        ...['s2', 's1', 's2'].map((id, index) => member('c2', id, 'student', { sourcedId: `row-${String(index)}` })),
        member('c3', 's1', 'student'),
        member('c4', 's1', 'student'),
        ...['c1', 'c2', 'c3', 'c4'].map((id) => member(id, 't1', 'teacher')),
      ],
    });
    expect(codes(result)).toEqual(['SAME_MEMBERS']);
    expect(found(result, 'SAME_MEMBERS')).toMatchObject({ count: 2, ids: ['c1', 'c2'] });
  });

  test('without a teacher or a student who is shared are found, and so is who is not', async () => {
    const result = await preflight({
      ...district,
      classes: ['c1', 'c2', 'c3'].map((id) => class_(id)),
      enrollments: [
        member('c1', 's1', 'student'),
        member('c1', 'stranger', 'teacher'),
        member('c2', 'stranger', 'student'),
        member('c2', 'other', 'student'),
        member('c2', 't1', 'teacher'),
        member('unknown-class', 's1', 'student'),
      ],
    });
    expect(found(result, 'WITHOUT_TEACHER')).toMatchObject({ count: 2, ids: ['c1', 'c3'] });
    expect(found(result, 'WITHOUT_STUDENTS')).toMatchObject({ count: 2, ids: ['c2', 'c3'] });
    expect(found(result, 'UNKNOWN_MEMBERS')).toMatchObject({ count: 2, ids: ['stranger', 'other'] });
    expect(found(result, 'UNKNOWN_CLASSES')).toMatchObject({ count: 1, ids: ['unknown-class'] });
  });

  test('are all counted, and at most 20 of them named', async () => {
    const many = Array.from({ length: 25 }, (_, index) => class_(`x${String(index)}`));
    const result = await preflight({ ...district, classes: [...district.classes, ...many] });
    expect(found(result, 'WITHOUT_TEACHER')?.count).toBe(25);
    expect(found(result, 'WITHOUT_TEACHER')?.ids).toHaveLength(20);
  });
});

describe('people', () => {
  const people = (...rows: readonly Row[]) => preflight(withMore('users', ...rows));

  test('without an e-mail address are counted by role; one that cannot be any is told apart', async () => {
    const result = await people(
      user('x1', 'student', { email: '' }),
      user('x2', 'teacher', { email: '' }),
      user('x3', 'teacher', { email: 'no at sign' }),
      user('x4', 'parent', { email: '', sms: '202 555 0199' }),
    );
    expect(found(result, 'STUDENTS_WITHOUT_EMAIL')).toMatchObject({ severity: 'info', ids: ['x1'] });
    expect(found(result, 'TEACHERS_WITHOUT_EMAIL')).toMatchObject({ severity: 'warning', ids: ['x2'] });
    expect(found(result, 'GUARDIANS_WITHOUT_EMAIL')).toMatchObject({ ids: ['x4'] });
    expect(found(result, 'MALFORMED_EMAILS')).toMatchObject({ ids: ['x3'] });
  });

  test('who share an address are found, unless they are guardians', async () => {
    const result = await people(
      user('x1', 'student', { email: 'One@secret.example' }),
      user('x2', 'teacher', { email: 'one@secret.example ' }),
      user('x3', 'parent', { email: 'two@secret.example', agents: refs('s1') }),
      user('x4', 'guardian', { email: 'two@secret.example', agents: refs('s1') }),
    );
    expect(codes(result)).toEqual(['SHARED_EMAILS']);
    expect(found(result, 'SHARED_EMAILS')).toMatchObject({ severity: 'warning', count: 2, ids: ['x1', 'x2'] });
  });

  test('without a user name or one of their names are found', async () => {
    const result = await people(
      user('x1', 'student', { username: '', familyName: '' }),
      user('x2', 'parent', { username: '', agents: refs('s1') }),
    );
    expect(found(result, 'WITHOUT_USERNAME')).toMatchObject({ severity: 'info', ids: ['x1'] });
    expect(found(result, 'WITHOUT_NAME')).toMatchObject({ severity: 'warning', ids: ['x1'] });
  });

  test('who are guardians and cannot be reached are found', async () => {
    const result = await people(
      user('x1', 'parent', { email: '' }),
      user('x2', 'parent', { email: 'no at sign', phone: '000' }),
      user('x3', 'parent', { email: '', phone: '202 555 0177' }),
    );
    expect(found(result, 'GUARDIANS_UNREACHABLE')).toMatchObject({ count: 2, ids: ['x1', 'x2'] });
  });

  test('who are named as agents and are not there are found, and still linked', async () => {
    const result = await people(
      user('x1', 'student', { agents: refs('gone-1', 'gone-2', 't1') }),
      user('x2', 'student', { agents: refs('gone-1') }),
    );
    expect(found(result, 'AGENTS_NOT_SHARED')).toMatchObject({
      severity: 'warning',
      count: 2,
      ids: ['gone-1', 'gone-2'],
    });
    expect(result.collections.guardianLinks.count).toBe(6);
    expect(result.contactTypes).toContainEqual({ type: '', count: 3 });
  });

  test('who are guardians of nobody are found', async () => {
    const result = await people(user('x1', 'parent'), user('x2', 'parent', { agents: refs('gone') }));
    expect(found(result, 'GUARDIANS_WITHOUT_STUDENT')).toMatchObject({ severity: 'warning', ids: ['x1', 'x2'] });
  });

  test('with six guardians are found', async () => {
    const six = [1, 2, 3, 4, 5, 6].map((index) => user(`p${String(index)}`, 'relative', { agents: refs('s2', 's1') }));
    const result = await people(...six.slice(0, 4));
    // s2 has g1 and g2 besides.
    expect(found(result, 'MANY_GUARDIANS')).toMatchObject({ count: 1, ids: ['s2'] });
  });
});

describe('the age of the data', () => {
  const changedOn = (dateLastModified: string): Rows =>
    Object.fromEntries(
      Object.entries(district).map(([list, rows]) => [list, rows.map((row) => ({ ...row, dateLastModified }))]),
    );

  test.each([
    ['more than 30 days', '2026-09-05T18:29:59.000Z', ['DATA_OLD']],
    ['30 days', '2026-09-05T18:30:00.000Z', []],
    ['not told', '', ['LAST_CHANGE_UNKNOWN']],
    ['years in the future', '2036-01-01T00:00:00.000Z', ['LAST_CHANGE_UNKNOWN']],
  ])('%s', async (_, date, expected) => {
    expect(codes(await preflight(changedOn(date)))).toEqual(expected);
  });

  test('is that of the newest record, and never negative', async () => {
    const rows = {
      ...changedOn('2020-01-01T00:00:00.000Z'),
      courses: [{ sourcedId: 'course-1', title: 'Course', dateLastModified: '2026-10-05T20:00:00.000Z' }],
    };
    expect((await preflight(rows)).freshness).toEqual({ lastChange: '2026-10-05T20:00:00.000Z', ageHours: 0 });
  });
});

test('tells the gravest first', async () => {
  const result = await preflight({ ...withList('classes'), users: [user('t1', 'teacher', { email: '' })] });
  const order = result.findings.map(({ severity }) => ['error', 'warning', 'info'].indexOf(severity));
  expect(order).toEqual([...order].sort());
  expect(new Set(order).size).toBe(3);
});
