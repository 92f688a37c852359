import { setupServer } from 'msw/node';
import { describe, expect, test } from 'vitest';
import {
  evolve,
  FixedClock,
  generateDistrict,
  type SimulatedClever,
  simulateClever,
  withStudent,
} from 'rosterkit/testing';
import { cleverHandlers } from 'rosterkit/testing/msw';
import { ConfigurationError } from '../../src/errors.js';
import { body, events, get, ids, refusal, rows, type Sent } from './clever-requests.js';
import { forTest } from './support.js';

const district = generateDistrict({ seed: 41, students: 30 });
const { students, teachers, staff, guardians } = district;
const start = (options = {}): Promise<SimulatedClever> => forTest(simulateClever(district, options));
const basic = { authorization: `Basic ${Buffer.from('client-1:secret-1').toString('base64')}` };

async function listedTokens(clever: SimulatedClever): Promise<unknown[]> {
  const answer = await fetch(`${clever.url}/oauth/tokens?owner_type=district`, { headers: basic });
  const { data } = (await answer.json()) as { data: readonly { access_token: string }[] };
  return data.map(({ access_token: token }) => token);
}

describe('the token of the district', () => {
  test('is another one after a rotation, and the old one is refused', async () => {
    const clever = await start({ token: 'first' });
    const next = clever.rotateToken();
    expect(next).not.toBe('first');
    expect(clever.token).toBe(next);
    expect(await refusal(get(clever, '/v3.0/users', 'first'))).toBe('401 Unauthorized');
    expect((await get(clever, '/v3.0/users', next)).status).toBe(200);
    expect(await listedTokens(clever)).toEqual([next]);
    expect(new Set([next, clever.rotateToken(), clever.rotateToken()]).size).toBe(3);
  });

  test('is none while the application is withdrawn, and a new one when it is added again', async () => {
    const clever = await start();
    const old = clever.token;
    clever.disconnect();
    expect(await refusal(get(clever, '/v3.0/districts', old))).toBe('401 Unauthorized');
    expect(await refusal(get(clever, '/v3.0/users', ''))).toBe('401 Unauthorized');
    expect(await listedTokens(clever)).toEqual([]);
    const next = clever.reconnect();
    expect(await listedTokens(clever)).toEqual([next]);
    expect((await get(clever, '/v3.0/districts', next)).status).toBe(200);
    expect((await get(clever, '/v3.0/districts', old)).status).toBe(401);
  });

  test('has a rate limit of its own, in a window of its own', async () => {
    const clock = new FixedClock();
    const clever = await start({ rateLimit: 1, rateWindowMs: 5_000, clock });
    const statuses = async (...tokens: string[]) => {
      const found: number[] = [];
      for (const token of tokens) found.push((await get(clever, '/v3.0/schools', token)).status);
      return found;
    };
    const old = clever.token;
    expect(await statuses(old, old)).toEqual([200, 429]);
    const next = clever.rotateToken();
    expect(await statuses(next, next)).toEqual([200, 429]);
    clock.advance(5_000);
    expect(await statuses(next, old)).toEqual([200, 401]);
    const tokens = await fetch(`${clever.url}/oauth/tokens`, { headers: basic });
    expect([tokens.status, tokens.headers.get('x-ratelimit-limit')]).toEqual([200, null]);
  });

  test('can be without the headers of its limit, also when it is used up', async () => {
    const clever = await start({ rateLimit: 1, hasRateHeaders: false });
    for (const status of [200, 429]) {
      const answer = await get(clever, '/v3.0/schools');
      expect(answer.status).toBe(status);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
      if (status === 429) expect(await answer.text()).toBe('');
    }
  });
});

describe('what the district shares', () => {
  const everything = [
    'district_admins',
    'school_admins',
    'schools',
    'sections',
    'student_contacts',
    'students',
    'teachers',
  ];
  const without = (...lost: string[]) =>
    everything.filter((scope) => !lost.includes(scope)).map((scope) => `read:${scope}`);

  test.each([
    ['students', students],
    ['teachers', teachers],
    ['student_contacts', guardians],
    ['school_admins', staff.filter(({ role }) => role !== 'district-administrator')],
    ['district_admins', staff.filter(({ role }) => role === 'district-administrator')],
    ['sections', [...district.terms, ...district.courses, ...district.classes]],
  ])('takes away the records of a scope that is lost, and gives them back: %s', async (scope, records) => {
    const clever = await start();
    clever.setScopes(without(scope));
    const lost = await events(clever);
    expect(lost.every(({ type }) => type.endsWith('.deleted'))).toBe(true);
    const expected = records.map(({ id }) => id).sort();
    expect(lost.map(({ data }) => data.object['id']).sort()).toEqual(expected);
    if (scope !== 'sections') {
      const shown = new Set(await ids(clever, '/v3.0/users'));
      expect(expected.filter((id) => shown.has(id))).toEqual([]);
    }
    clever.setScopes(without());
    const back = await events(clever, `&starting_after=${lost.at(-1)?.id ?? ''}`);
    expect(back.every(({ type }) => type.endsWith('.created'))).toBe(true);
    expect(back.map(({ data }) => data.object['id']).sort()).toEqual(expected);
  });

  test('is refused in words where the scope of a collection is missing', async () => {
    const clever = await start({ scopes: without('sections', 'schools') });
    const school = district.schools[0]?.id ?? '';
    for (const path of ['/schools', `/schools/${school}`, '/sections', '/terms', '/courses', '/resources']) {
      expect(await refusal(get(clever, `/v3.0${path}`)), path).toBe("404 Resource not in token's scopes");
    }
    expect(await refusal(get(clever, `/v3.0/users/${students[0]?.id ?? ''}/sections`))).toBe(
      "404 Resource not in token's scopes",
    );
    expect((await get(clever, '/v3.0/users')).status).toBe(200);
  });

  test('is the district alone for a token that is for signing in, and a web page for the rest', async () => {
    const clever = await start({ scopes: ['read:students_basic', 'read:teachers_basic', 'read:user_id'] });
    for (const path of ['users', 'schools', 'sections', 'events', `users/${students[0]?.id ?? ''}`]) {
      expect(await refusal(get(clever, `/v3.0/${path}`)), path).toBe('404 web page');
    }
    expect(await ids(clever, '/v3.0/districts')).toEqual([district.id]);
  });

  test('is without the fields that are withheld, and the events have what they were', async () => {
    const clever = await start();
    const before = new Map((await rows(clever, '/v3.0/users')).map((user) => [user['id'], user]));
    clever.withhold(['email', 'users.name', 'roles.student.dob']);
    for (const user of await rows(clever, '/v3.0/users')) {
      expect(Object.keys(user)).not.toContain('email');
      expect(Object.keys(user)).not.toContain('name');
      const role = (user['roles'] as { student?: Sent }).student ?? {};
      expect(Object.keys(role).filter((key) => key === 'dob' || key === 'email')).toEqual([]);
    }
    expect((await rows(clever, '/v3.0/sections'))[0]).toHaveProperty('name');
    const found = await events(clever);
    expect(found).toHaveLength(before.size);
    for (const { type, data } of found) {
      const old = before.get(data.object['id']);
      expect(type).toBe('users.updated');
      expect(data.object).not.toHaveProperty('email');
      expect(data.previous_attributes).toMatchObject({ email: old?.['email'], name: old?.['name'] });
    }
    const child = found.find(({ data }) => data.object['id'] === students[0]?.id);
    expect(child?.data.previous_attributes).toMatchObject({
      roles: { student: { dob: expect.any(String) as string } },
    });
    expect(child?.data.object).toMatchObject({ roles: { student: { school: students[0]?.schoolId } } });
    clever.withhold([]);
    expect(await rows(clever, '/v3.0/users')).toEqual([...before.values()]);
  });

  test('can be without a field in every collection that has it, but never without an id', async () => {
    const clever = await start();
    clever.withhold(['name']);
    for (const collection of ['users', 'schools', 'terms', 'courses', 'sections']) {
      const records = await rows(clever, `/v3.0/${collection}`);
      expect(records.filter((record) => 'name' in record)).toEqual([]);
    }
    expect((await rows(clever, '/v3.0/districts'))[0]).toHaveProperty('name');
    for (const field of ['id', 'users.id']) {
      expect(() => {
        clever.withhold([field]);
      }).toThrow(ConfigurationError);
    }
  });
});

describe('a pause', () => {
  const dates = { start: '2027-06-04T00:00:00.000Z', end: '2027-08-01T00:00:00.000Z' };
  const status = async (clever: SimulatedClever) => (await rows(clever, '/v3.0/districts'))[0];

  test('keeps the data as it is, and the last district that was set comes with its end', async () => {
    const clever = await start();
    clever.pause(dates);
    const next = evolve(district, { withdrawals: 3 });
    clever.setDistrict(evolve(district, { withdrawals: 5 }));
    clever.setDistrict(next);
    expect(clever.district).toBe(district);
    expect(await status(clever)).toMatchObject({
      state: 'paused',
      pause_start: dates.start,
      pause_end: dates.end,
      last_sync: district.updatedAt,
    });
    expect(await ids(clever, '/v3.0/users?role=student')).toHaveLength(30);
    expect(await events(clever)).toEqual([]);
    clever.resume();
    expect(clever.district).toBe(next);
    const after = await status(clever);
    expect(after).toMatchObject({ state: 'running', last_sync: next.updatedAt });
    expect(after).not.toHaveProperty('pause_start');
    expect(await ids(clever, '/v3.0/users?role=student')).toHaveLength(27);
    expect((await events(clever)).map(({ type }) => type)).toContain('users.deleted');
  });

  test('lets sharing change all the same', async () => {
    const clever = await start();
    clever.pause(dates);
    clever.setScopes(['read:schools']);
    expect((await events(clever)).length).toBeGreaterThan(0);
    expect(await status(clever)).toMatchObject({ state: 'paused' });
  });

  test('is not the only state that a district can be in', async () => {
    const clever = await start();
    clever.setState('error');
    expect(await status(clever)).toMatchObject({ state: 'error', last_sync: district.updatedAt });
    clever.setDistrict(evolve(district, { renames: 1 }));
    expect(await events(clever)).toHaveLength(2);
  });
});

describe('the token of a person', () => {
  const signIn = async (clever: SimulatedClever, personId: string): Promise<string> => {
    clever.signInAs(personId);
    const back = 'https://app.example/clever/callback';
    const query = new URLSearchParams({ response_type: 'code', client_id: 'client-1', redirect_uri: back });
    const answer = await fetch(`${clever.url}/oauth/authorize?${query.toString()}`, { redirect: 'manual' });
    const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const exchanged = await fetch(`${clever.url}/oauth/tokens`, {
      method: 'POST',
      headers: basic,
      body: new URLSearchParams({ code, grant_type: 'authorization_code', redirect_uri: back }),
    });
    return ((await exchanged.json()) as { access_token: string }).access_token;
  };

  test('shows the person, their school and their district, without links', async () => {
    const clever = await start();
    const teacher = teachers[0];
    const token = await signIn(clever, teacher?.id ?? '');
    const seen = async (path: string): Promise<unknown> => await (await get(clever, path, token)).json();
    const whole = (await body(clever, `/v3.0/users/${teacher?.id ?? ''}`)) as { data: Sent };
    expect(await seen(`/v3.0/users/${teacher?.id ?? ''}`)).toEqual({ data: whole.data });
    expect(await seen(`/v3.1/schools/${teacher?.schoolIds[0] ?? ''}`)).toHaveProperty('data.name');
    expect(await seen(`/v3.0/districts/${district.id}`)).toHaveProperty('data.name');
    expect(await seen('/v3.0/me')).toHaveProperty('data.id', teacher?.id);
  });

  test('shows nobody else, and no list: web pages, as for any token of the wrong kind', async () => {
    const clever = await start();
    const token = await signIn(clever, teachers[0]?.id ?? '');
    expect(await refusal(get(clever, `/v3.0/users/${students[0]?.id ?? ''}`, token))).toBe('404 Resource not found');
    expect(await refusal(get(clever, `/v3.0/schools/${district.id}`, token))).toBe('404 Resource not found');
    for (const path of [
      'users',
      'schools?limit=1',
      'districts',
      'sections',
      `users/${teachers[0]?.id ?? ''}/sections`,
    ]) {
      expect(await refusal(get(clever, `/v3.0/${path}`, token)), path).toBe('404 web page');
    }
    clever.disconnect();
    expect(await refusal(get(clever, '/v3.0/me', token))).toBe('401 Unauthorized');
  });
});

test('the handlers of msw have events too: a function that gives another district is a sync', async () => {
  let current = district;
  const server = setupServer(...cleverHandlers(() => current));
  server.listen({ onUnhandledRequest: 'error' });
  try {
    const ask = async (path: string) =>
      (await (
        await fetch(`https://api.clever.com/v3.0${path}`, { headers: { authorization: 'Bearer test-token' } })
      ).json()) as { data: { data: { type: string } }[] };
    expect((await ask('/events')).data).toEqual([]);
    current = withStudent(district, { id: students[0]?.id, familyName: 'Other' });
    expect((await ask('/events')).data.map(({ data }) => data.type)).toEqual(['districts.updated', 'users.updated']);
    const tokens = await fetch('https://clever.com/oauth/tokens', { headers: basic });
    expect(tokens.status).toBe(200);
  } finally {
    server.close();
  }
});
