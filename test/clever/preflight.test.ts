import { describe, expect, it } from 'vitest';
import { cleverPreflight } from '../../src/clever/preflight/preflight.js';
import { DisconnectedError, ServerError } from '../../src/errors.js';
import type { Preflight, PreflightFinding } from '../../src/model/preflight.js';
import { type Handler, rejection, type Reply } from '../support/http-server.js';
import { clientOf, DISTRICT, type Records, smallDistrict, startDistrict } from './district.js';

const SCOPES = ['schools', 'sections', 'students', 'teachers', 'student_contacts'].map((noun) => `read:${noun}`);
const clock = { now: () => new Date('2026-01-05T18:30:00.000Z') };

/** Answers the question for scopes; all else is left to the district. */
function withScopes(scopes: readonly string[]): Handler {
  return ({ path }) => (path === '/oauth/tokeninfo' ? { body: { client_id: 'client-1', scopes } } : undefined);
}

/** Answers for some paths in another way. */
function instead(replies: Readonly<Record<string, Reply>>, scopes = SCOPES): Handler {
  const rest = withScopes(scopes);
  return (request, response) => replies[request.path] ?? rest(request, response);
}

async function preflight(
  records: Records,
  handler: Handler = withScopes(SCOPES),
  options: { readonly signal?: AbortSignal } = {},
): Promise<Preflight> {
  const server = await startDistrict(records, handler);
  return cleverPreflight(clientOf(server, { pageSize: 2, retries: 0 }), { clock, ...options });
}

type Row = Readonly<Record<string, unknown>>;

/** The small district, in which a list is another one. */
function withList(list: keyof Records, rows: readonly Row[]): Records {
  return { ...smallDistrict, [list]: rows };
}

function withDistrict(fields: Row): Records {
  return withList('districts', [{ ...smallDistrict.districts?.[0], ...fields }]);
}

function codes({ findings }: Preflight): readonly string[] {
  return findings.map(({ code }) => code);
}

function found(result: Preflight, code: string): PreflightFinding | undefined {
  return result.findings.find((finding) => finding.code === code);
}

const student = (id: string, email: string | undefined = `${id}@example.org`): Row => ({
  id,
  email,
  roles: { student: { school: 'school-1', schools: ['school-1'] } },
});
const teacher = (id: string, email: string | undefined = `${id}@example.org`): Row => ({
  id,
  email,
  roles: { teacher: { school: 'school-1', schools: ['school-1'] } },
});
const contact = (id: string, fields: Row, email?: string): Row => ({
  id,
  email,
  roles: { contact: { student_relationships: [], ...fields } },
});
const section = (id: string, fields: Row = {}): Row => ({
  id,
  school: 'school-1',
  name: `Section ${id}`,
  students: ['user-1'],
  teachers: ['user-3'],
  ...fields,
});

describe('what a district shares', () => {
  it('is counted, list by list, role by role and type by type', async () => {
    const result = await preflight(smallDistrict);
    expect(result).toMatchObject({
      provider: 'clever',
      districtId: DISTRICT,
      districtName: 'Example ISD',
      checkedAt: '2026-01-05T18:30:00.000Z',
      collections: {
        schools: { state: 'shared', count: 1 },
        terms: { state: 'shared', count: 1 },
        courses: { state: 'shared', count: 1 },
        classes: { state: 'shared', count: 1 },
        users: { state: 'shared', count: 6 },
        enrollments: { state: 'shared', count: 4 },
        guardianLinks: { state: 'shared', count: 2 },
      },
      people: { student: 2, teacher: 2, aide: 0, administrator: 1, staff: 1, guardian: 1, other: 0 },
      contactTypes: [
        { type: 'Emergency', count: 1 },
        { type: 'Family', count: 1 },
      ],
      contactPhoneTypes: [{ type: 'Cell', count: 1 }],
      freshness: { lastSync: '2026-01-05T06:00:00.000Z', ageHours: 12, districtState: 'running' },
    });
  });

  it('is ready where nothing is wrong, and then says so', async () => {
    const users = [...(smallDistrict.users ?? []).filter(({ id }) => id !== 'user-2' && id !== 'user-6')];
    const whole = {
      ...withList('users', [
        ...users,
        student('user-2'),
        contact(
          'user-6',
          { phone: '555-010-0100', phone_type: 'Cell', student_relationships: [{ student: 'user-1', type: 'Family' }] },
          'home@example.org',
        ),
      ]),
    };
    const result = await preflight(whole);
    // The server of this test has no events.
    expect(codes(result)).toEqual(['EVENTS_OFF']);
    expect(result.state).toBe('ready');
  });

  it('reads every list once', async () => {
    const server = await startDistrict(smallDistrict, withScopes(SCOPES));
    await cleverPreflight(clientOf(server), { clock });
    const lists = server.requests.filter(({ query }) => !query.has('starting_after'));
    expect(lists.map(({ path }) => path).sort()).toEqual([
      '/oauth/tokeninfo',
      '/v3.0/courses',
      '/v3.0/districts',
      '/v3.0/events',
      '/v3.0/schools',
      '/v3.0/sections',
      '/v3.0/terms',
      '/v3.0/users',
    ]);
  });

  it('names no person and no section, only ids and counts', async () => {
    const result = await preflight(
      withList('users', [...(smallDistrict.users ?? []), student('user-7', 'secret at example.org')]),
    );
    const text = JSON.stringify(result);
    expect(found(result, 'MALFORMED_EMAILS')).toMatchObject({ count: 1, ids: ['user-7'] });
    for (const word of ['Student', 'Teacher', 'Worker', 'example.org', 'secret', 'Algebra', '555-']) {
      expect(text).not.toContain(word);
    }
  });
});

describe('what is missing', () => {
  it.each([
    ['schools', 'SCHOOLS', 'read:schools', 'blocked'],
    ['sections', 'SECTIONS', 'read:sections', 'blocked'],
  ] as const)('%s: not in the scopes, or none there', async (list, kind, scope, state) => {
    const without = await preflight(withList(list, []), withScopes(SCOPES.filter((each) => each !== scope)));
    expect(found(without, `${kind}_NOT_SHARED`)?.message).toMatch(/Data Access tab in Clever/);
    expect(without.state).toBe(state);
    const collection = list === 'sections' ? 'classes' : list;
    expect(without.collections[collection]).toEqual({ state: 'not-shared', count: 0 });
    const none = await preflight(withList(list, []));
    expect(codes(none)).toContain(`NO_${kind}`);
    expect(codes(none)).not.toContain(`${kind}_NOT_SHARED`);
    expect(none.collections[collection]).toEqual({ state: 'empty', count: 0 });
  });

  it.each([
    ['student', 'STUDENTS', 'read:students', 'blocked'],
    ['teacher', 'TEACHERS', 'read:teachers', 'warning'],
    ['contact', 'CONTACTS', 'read:student_contacts', 'warning'],
  ] as const)('people of the role %s: not in the scopes, or none there', async (role, kind, scope, state) => {
    const users = (smallDistrict.users ?? []).filter(({ roles }) => !(role in (roles as object)));
    const without = await preflight(withList('users', users), withScopes(SCOPES.filter((each) => each !== scope)));
    expect(codes(without)).toContain(`${kind}_NOT_SHARED`);
    expect(without.state).toBe(state);
    const none = await preflight(withList('users', users));
    expect(codes(none)).toContain(`NO_${kind}`);
  });

  it('contacts that are not shared, and contacts that are not there, are told apart in the links', async () => {
    const users = (smallDistrict.users ?? []).filter(({ id }) => id !== 'user-6');
    const none = await preflight(withList('users', users));
    expect(none.collections.guardianLinks).toEqual({ state: 'empty', count: 0 });
    const refused = await preflight(withList('users', users), withScopes(SCOPES.slice(0, 4)));
    expect(refused.collections.guardianLinks).toEqual({ state: 'not-shared', count: 0 });
  });

  it('where Clever does not tell the scopes, what comes is believed', async () => {
    const result = await preflight(withList('sections', []), () => undefined);
    expect(codes(result)).toContain('NO_SECTIONS');
    expect(result.collections.schools.state).toBe('shared');
  });

  it('a list that is refused is not shared, and the others are read all the same', async () => {
    const refusal = { status: 404, body: { message: 'Resource not found' } };
    const result = await preflight(smallDistrict, instead({ '/v3.0/courses': refusal, '/v3.0/sections': refusal }));
    expect(result.collections.courses).toEqual({ state: 'not-shared', count: 0 });
    expect(result.collections.users).toEqual({ state: 'shared', count: 6 });
    expect(codes(result)).toContain('SECTIONS_NOT_SHARED');
    expect(result.state).toBe('blocked');
  });

  it('a list that breaks off is told, and judges nothing by what is missing from it', async () => {
    const breaksOff: Handler = (request, response) =>
      request.path === '/v3.0/users' && request.query.has('starting_after')
        ? { status: 500, body: {} }
        : withScopes(SCOPES)(request, response);
    const result = await preflight(smallDistrict, breaksOff);
    expect(result.collections.users).toEqual({ state: 'failed', count: 2 });
    expect(found(result, 'NOT_READ_TO_END')).toMatchObject({ severity: 'error' });
    expect(codes(result)).not.toContain('NO_TEACHERS');
    expect(codes(result)).not.toContain('WITHOUT_TEACHER');
    expect(codes(result)).not.toContain('UNKNOWN_MEMBERS');
    expect(result.state).toBe('blocked');
  });

  it('a list that is refused after its first page has broken off', async () => {
    const refused: Handler = (request, response) =>
      request.path === '/v3.0/users' && request.query.has('starting_after')
        ? { status: 404, body: { message: 'Resource not found' } }
        : withScopes(SCOPES)(request, response);
    const result = await preflight(smallDistrict, refused);
    expect(result.collections.users).toEqual({ state: 'failed', count: 2 });
    expect(codes(result)).toContain('NOT_READ_TO_END');
  });

  it('rows that cannot be used are counted', async () => {
    const result = await preflight(withList('schools', [{ id: '', name: 'Oak' }, ...(smallDistrict.schools ?? [])]));
    expect(found(result, 'ROWS_UNUSABLE')).toMatchObject({ severity: 'warning', count: 1 });
  });
});

describe('a district without the application', () => {
  it('is told by a refused token, and nothing is thrown', async () => {
    const result = await preflight(smallDistrict, () => ({ status: 401, body: { message: 'Unauthorized' } }));
    expect(codes(result)).toEqual(['TOKEN_REFUSED']);
    expect(result.state).toBe('blocked');
    expect(result.collections.users).toEqual({ state: 'not-shared', count: 0 });
  });

  it('is told by whoever gives the token, with the district’s id', async () => {
    const server = await startDistrict(smallDistrict);
    const token = (): string => {
      throw new DisconnectedError('no token', { source: 'clever', districtId: 'district-9' });
    };
    const result = await cleverPreflight(clientOf(server, { token }), { clock });
    expect(result).toMatchObject({ state: 'blocked', districtId: 'district-9', freshness: {} });
    expect(codes(result)).toEqual(['DISCONNECTED']);
  });

  it('is told where it withdraws in the middle', async () => {
    const users = [...(smallDistrict.users ?? [])].reverse();
    const withdrawing: Handler = (request, response) =>
      request.path === '/v3.0/users' && request.query.has('starting_after')
        ? { status: 401, body: {} }
        : withScopes(SCOPES)(request, response);
    const result = await preflight(withList('users', users), withdrawing);
    expect(codes(result)).toEqual(['TOKEN_REFUSED']);
    expect(result.collections.users).toEqual({ state: 'failed', count: 2 });
    expect(result.collections.guardianLinks).toEqual({ state: 'failed', count: 2 });
    expect(result.collections.classes).toEqual({ state: 'not-shared', count: 0 });
    expect(result.districtId).toBe(DISTRICT);
    expect(result.collections.schools).toEqual({ state: 'shared', count: 1 });
  });

  it.each([
    ['sign-in alone', 'SIGN_IN_ONLY', ['read:students_basic', 'read:user_id']],
    ['Clever Library', 'LIBRARY_ONLY', ['read:students_limited']],
    ['no roster', 'NO_ROSTER', ['read:user_id']],
  ])('a token for %s is told by its scopes, and no list is asked for', async (_, code, scopes) => {
    const server = await startDistrict(smallDistrict, withScopes(scopes));
    const result = await cleverPreflight(clientOf(server), { clock });
    expect(codes(result)).toEqual([code]);
    expect(result).toMatchObject({ state: 'blocked', districtName: 'Example ISD' });
    expect(server.requests.map(({ path }) => path)).toEqual(['/v3.0/districts', '/oauth/tokeninfo']);
  });

  it('a token that every list answers with a web page shows no roster', async () => {
    const page = { status: 404, body: '<pre>Cannot GET</pre>' };
    const lists = ['schools', 'terms', 'courses', 'users', 'sections'].map((name) => [`/v3.0/${name}`, page] as const);
    const result = await preflight(smallDistrict, (request, response) =>
      instead(Object.fromEntries(lists))(request, response),
    );
    expect(codes(result)).toEqual(['NO_ROSTER']);
    const nothing = await preflight({}, () => page);
    expect(codes(nothing)).toEqual(['NO_ROSTER']);
  });

  it('a server that fails is no finding', async () => {
    const failing = preflight(smallDistrict, () => ({ status: 500, body: {} }));
    expect(await rejection(failing)).toBeInstanceOf(ServerError);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const stopping: Handler = (request, response) => {
      if (request.path === '/v3.0/users') stop.abort(reason);
      return withScopes(SCOPES)(request, response);
    };
    expect(await rejection(preflight(smallDistrict, stopping, { signal: stop.signal }))).toBe(reason);
  });
});

describe('the district’s own sync', () => {
  it('paused, with the dates: then old data is no surprise', async () => {
    const paused = { state: 'paused', pause_start: '2025-06-07', pause_end: '2026-08-10' };
    const result = await preflight(withDistrict({ ...paused, last_sync: '2025-06-06T06:00:00.000Z' }));
    expect(found(result, 'SYNC_PAUSED')?.message).toContain('from 2025-06-07 until 2026-08-10');
    expect(result.freshness).toMatchObject({
      pausedFrom: '2025-06-07',
      pausedUntil: '2026-08-10',
      districtState: 'paused',
    });
    expect(codes(result)).not.toContain('DATA_OLD');
  });

  it.each([
    ['failing, without the free text of it', { state: 'error', error: 'secret words' }, 'SYNC_FAILING'],
    ['pending', { state: 'pending' }, 'SYNC_PENDING'],
    ['never told', { last_sync: '' }, 'LAST_SYNC_UNKNOWN'],
    ['older than three days', { last_sync: '2026-01-02T06:00:00.000Z' }, 'DATA_OLD'],
    ['not launched yet', { launch_date: '2026-01-06' }, 'NOT_LAUNCHED'],
  ])('%s', async (_, fields, code) => {
    const result = await preflight(withDistrict(fields));
    expect(codes(result)).toContain(code);
    expect(JSON.stringify(result)).not.toContain('secret');
  });

  it('three days old and launched today is nothing to tell', async () => {
    const result = await preflight(withDistrict({ last_sync: '2026-01-02T18:30:00.000Z', launch_date: '2026-01-05' }));
    expect(codes(result)).not.toContain('DATA_OLD');
    expect(codes(result)).not.toContain('NOT_LAUNCHED');
    expect(result.freshness.ageHours).toBe(72);
  });

  it('a clock that is behind makes no negative age', async () => {
    const result = await preflight(withDistrict({ last_sync: '2026-01-05T20:00:00.000Z' }));
    expect(result.freshness.ageHours).toBe(0);
  });

  /** A small district whose newest event is of this instant. */
  const withNewest =
    (created: string | undefined): Handler =>
    (request, response) => {
      if (request.path !== '/v3.0/events') return withScopes(SCOPES)(request, response);
      const event = { id: '1', type: 'schools.updated', created, data: { object: { id: 'school-1' } } };
      return { body: { data: created === 'never' ? [] : [{ data: event }], links: [] } };
    };

  it.each([
    ['are of the last sync', '2026-01-05T06:01:30.000Z', false],
    ['are of a sync before', '2026-01-04T06:01:30.000Z', true],
    ['never came', 'never', true],
    ['do not say when they are of', undefined, false],
  ])('events that %s: that they are off is told or not', async (_, created, isOff) => {
    const result = await preflight(smallDistrict, withNewest(created));
    expect(codes(result).includes('EVENTS_OFF')).toBe(isOff);
  });

  it('events that are refused are told, with the switch to flip', async () => {
    const off = await preflight(smallDistrict);
    expect(found(off, 'EVENTS_OFF')?.message).toContain('Settings → Integrations → Enable events');
  });
});

describe('sections', () => {
  const sections = (...rows: readonly Row[]) => preflight(withList('sections', rows));

  it('of one name in one school are found as an import compares them', async () => {
    const result = await sections(
      section('c1', { name: 'Café  1' }),
      section('c2', { name: ' cafe\u0301 1 ' }),
      section('c3', { name: '', course: 'course-1' }),
      section('c4', { name: 'ALGEBRA' }),
      section('c5', { name: 'Café 1', school: 'school-2' }),
      section('c6', { name: 'Other' }),
      section('c7', { name: 'cafe\u0301 1' }),
    );
    expect(found(result, 'SAME_NAME')).toMatchObject({ severity: 'warning', count: 5 });
    expect([...(found(result, 'SAME_NAME')?.ids ?? [])].sort()).toEqual(['c1', 'c2', 'c3', 'c4', 'c7']);
  });

  it('with the same students are found, from two students on and in whatever order', async () => {
    const result = await sections(
      section('c1', { students: ['user-1', 'user-2'] }),
      section('c2', { students: ['user-2', 'user-1', 'user-2'] }),
      section('c3', { students: ['user-1'] }),
      section('c4', { students: ['user-1'] }),
    );
    expect(found(result, 'SAME_MEMBERS')).toMatchObject({ count: 2, ids: ['c1', 'c2'] });
  });

  it('without a teacher or students who are shared are found, and so are members who are not', async () => {
    const result = await sections(
      section('c1', { teachers: [] }),
      section('c2', { teachers: ['stranger'] }),
      section('c3', { teachers: [], teacher: 'user-3' }),
      section('c4', { students: ['stranger'] }),
      section('c5', { students: ['stranger', 'user-1'] }),
      section('c6', { teachers: ['stranger', 'user-4'] }),
    );
    expect(found(result, 'WITHOUT_TEACHER')).toMatchObject({ count: 2, ids: ['c1', 'c2'] });
    expect(found(result, 'WITHOUT_STUDENTS')).toMatchObject({ count: 1, ids: ['c4'] });
    expect(found(result, 'UNKNOWN_MEMBERS')).toMatchObject({ count: 4, ids: ['c2', 'c4', 'c5', 'c6'] });
  });

  it('of a school that is not shared are found', async () => {
    const result = await sections(section('c1', { school: 'school-2' }), section('c2'));
    expect(found(result, 'SCHOOL_NOT_SHARED')).toMatchObject({ count: 1, ids: ['c1'] });
  });

  it('are all counted, and at most 20 of them named', async () => {
    const result = await sections(...Array.from({ length: 25 }, (_, index) => section(`c${index}`, { teachers: [] })));
    expect(found(result, 'WITHOUT_TEACHER')?.count).toBe(25);
    expect(found(result, 'WITHOUT_TEACHER')?.ids).toHaveLength(20);
  });
});

describe('people', () => {
  const people = (...rows: readonly Row[]) => preflight(withList('users', [...(smallDistrict.users ?? []), ...rows]));

  it('without an e-mail address are counted by role; one that cannot be any is told apart', async () => {
    const result = await people(
      student('x1', ''),
      teacher('x2', ''),
      teacher('x3', 'no at sign'),
      contact('x4', { phone: '555-010-0100', phone_type: 'Home' }, 'x4@example.org'),
    );
    expect(found(result, 'STUDENTS_WITHOUT_EMAIL')).toMatchObject({ severity: 'info', ids: ['user-2', 'x1'] });
    expect(found(result, 'TEACHERS_WITHOUT_EMAIL')).toMatchObject({ severity: 'warning', ids: ['x2'] });
    expect(found(result, 'CONTACTS_WITHOUT_EMAIL')).toMatchObject({ ids: ['user-6'] });
    expect(found(result, 'MALFORMED_EMAILS')).toMatchObject({ ids: ['x3'] });
  });

  it('who are contacts and cannot be reached are found: neither a usable address nor a usable number', async () => {
    const result = await people(
      contact('x1', {}),
      contact('x2', { phone: '000' }, 'no at sign'),
      contact('x3', { phone: '5550100100' }),
      contact('x4', {}, 'x4@example.org'),
    );
    expect(found(result, 'CONTACTS_UNREACHABLE')).toMatchObject({ severity: 'warning', count: 2, ids: ['x1', 'x2'] });
    expect(result.contactPhoneTypes).toEqual([
      { type: '', count: 2 },
      { type: 'Cell', count: 1 },
    ]);
  });

  it('who have six contacts are found; one contact twice is one', async () => {
    const of = (student_: string, index: number, times = 1) =>
      contact(
        `${student_}-${index}`,
        {
          phone: '5550100100',
          student_relationships: Array.from({ length: times }, () => ({ student: student_, type: 'Secondary' })),
        },
        'c@example.org',
      );
    const many = [1, 2, 3, 4, 5].map((index) => of('user-1', index));
    const fewer = [1, 2, 3, 4].map((index) => of('user-2', index, 2));
    const result = await people(...many, ...fewer);
    expect(found(result, 'MANY_CONTACTS')).toMatchObject({ count: 1, ids: ['user-1'] });
    expect(result.contactTypes).toContainEqual({ type: 'Secondary', count: 9 });
  });
});

it('tells the gravest first', async () => {
  const result = await preflight(
    { ...withList('sections', []), districts: withDistrict({ state: 'error', last_sync: '' }).districts ?? [] },
    withScopes(SCOPES),
  );
  const order = result.findings.map(({ severity }) => ['error', 'warning', 'info'].indexOf(severity));
  expect(order).toEqual([...order].sort());
  expect(new Set(order).size).toBe(3);
});
