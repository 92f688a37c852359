import { describe, expect, test } from 'vitest';
import { type District, generateDistrict } from 'rosterkit/testing';
import { CleverOAuth, type CleverOAuthOptions, type CleverOAuthState } from '../../src/testing/clever/oauth.js';
import type { ServiceAnswer, ServiceRequest } from '../../src/testing/service.js';

const district = generateDistrict({ seed: 6, students: 14 });
const origin = 'http://clever.example';
const redirectUri = 'https://app.example/clever/callback';
const basic = `Basic ${Buffer.from('client-1:secret-1').toString('base64')}`;
const teacher = district.teachers[0]?.id ?? '';

interface World {
  readonly oauth: CleverOAuth;
  now: number;
  token: string | undefined;
  served: District;
}

function world(options: CleverOAuthOptions = {}): World {
  const state: CleverOAuthState = {
    district: () => made.served,
    token: () => made.token,
    scopes: () => ['read:sections', 'read:students'],
    connectedAt: '2025-08-01T00:00:00.000Z',
    now: () => made.now,
  };
  const made: World = {
    oauth: new CleverOAuth(state, options),
    now: Date.parse('2025-09-01T08:00:00.000Z'),
    token: 'district-token',
    served: district,
  };
  return made;
}

function ask({ oauth }: World, path: string, request: Partial<ServiceRequest> = {}): ServiceAnswer {
  const answer = oauth.answer({ method: 'GET', url: origin + path, headers: {}, ...request });
  if (answer === undefined) throw new Error(`${path} is not answered`);
  return answer;
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const json = ({ body }: ServiceAnswer) => JSON.parse(body) as Record<string, unknown>;

/** Where an answer sends the browser. */
function location(answer: ServiceAnswer): URL {
  expect(answer.status).toBe(302);
  return new URL(answer.headers['location'] ?? '');
}

function authorizePath(parameters: Readonly<Record<string, string>> = {}): string {
  const asked = { response_type: 'code', client_id: 'client-1', redirect_uri: redirectUri, ...parameters };
  return `/oauth/authorize?${new URLSearchParams(asked).toString()}`;
}

function codeFor(made: World, parameters: Readonly<Record<string, string>> = {}): string {
  made.oauth.signInAs(teacher);
  return location(ask(made, authorizePath(parameters))).searchParams.get('code') ?? '';
}

function exchange(made: World, code: string, fields: Readonly<Record<string, string>> = {}, auth = basic) {
  const sent = { code, grant_type: 'authorization_code', redirect_uri: redirectUri, ...fields };
  return ask(made, '/oauth/tokens', {
    method: 'POST',
    headers: { authorization: auth, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(sent).toString(),
  });
}

describe('the tokens of the simulated Clever', () => {
  const list = (made: World, query = '?owner_type=district', auth = basic) =>
    ask(made, `/oauth/tokens${query}`, { headers: { authorization: auth } });

  test('are listed for the application in the shape that Clever sends', () => {
    expect(json(list(world()))).toEqual({
      data: [
        {
          id: expect.stringMatching(/^[0-9a-f]{24}$/),
          created: '2025-08-01T00:00:00.000Z',
          owner: { type: 'district', id: district.id },
          access_token: 'district-token',
          scopes: ['read:sections', 'read:students'],
        },
      ],
      links: [{ rel: 'self', uri: '/oauth/tokens?owner_type=district' }],
    });
  });

  test('are found by the district, and are gone once it has withdrawn', () => {
    const made = world();
    expect(json(list(made, `?district=${district.id}`))['data']).toHaveLength(1);
    expect(json(list(made, `?district=${'0'.repeat(24)}`))['data']).toEqual([]);
    made.token = undefined;
    expect(json(list(made))['data']).toEqual([]);
  });

  test('are shown to nobody without the secret, and of districts alone', () => {
    expect(list(world(), undefined, 'Basic bm8=').status).toBe(401);
    expect(ask(world(), '/oauth/tokens').status).toBe(401);
    expect(list(world(), '?owner_type=user').status).toBe(400);
  });

  test('tell their scopes', () => {
    const made = world();
    const info = ask(made, '/oauth/tokeninfo', bearer('district-token'));
    expect(json(info)).toEqual({ client_id: 'client-1', scopes: ['read:sections', 'read:students'] });
    expect(ask(made, '/oauth/tokeninfo', bearer('another')).status).toBe(401);
    made.token = 'rotated';
    expect(ask(made, '/oauth/tokeninfo', bearer('district-token')).status).toBe(401);
  });
});

describe('signing in to the simulated Clever', () => {
  test('sends the browser back with a code and the state, to a known address alone', () => {
    const made = world();
    made.oauth.signInAs(teacher);
    const back = location(ask(made, authorizePath({ state: 's t' })));
    expect(back.origin + back.pathname).toBe(redirectUri);
    expect(back.searchParams.get('state')).toBe('s t');
    expect(back.searchParams.get('code')).not.toBe('');
    expect(ask(made, authorizePath({ redirect_uri: `${redirectUri}?next=1` })).status).toBe(400);
    expect(ask(made, authorizePath({ client_id: 'another' })).status).toBe(400);
  });

  test('by an Instant Login link goes to the first address, with a code and no state', () => {
    const made = world({ redirectUris: ['https://app.example/first', redirectUri] });
    made.oauth.signInAs(teacher);
    const back = location(ask(made, `/oauth/instant-login?client_id=client-1&district_id=${district.id}&state=x`));
    expect(back.pathname).toBe('/first');
    expect([...back.searchParams.keys()]).toEqual(['code']);
  });

  test('is refused where nobody was named, the person left, or the district withdrew or is another', () => {
    const made = world();
    const refused = (query = {}) => location(ask(made, authorizePath(query))).searchParams;
    expect(refused({ state: 'kept' }).get('error')).toBe('unauthorized-user');
    expect(refused({ state: 'kept' }).get('state')).toBe('kept');
    made.oauth.signInAs(teacher);
    expect(refused().has('code')).toBe(true);
    expect(refused({ district_id: 'another' }).has('code')).toBe(false);
    made.served = { ...district, teachers: [] };
    expect(refused().has('code')).toBe(false);
    made.served = district;
    made.token = undefined;
    expect(refused().has('code')).toBe(false);
  });

  test('gives a token for a code, once, to whoever has the secret and the same address', () => {
    const made = world();
    const code = codeFor(made);
    expect(json(exchange(made, code))).toMatchObject({
      token_type: 'bearer',
      access_token: expect.stringMatching(/^il/),
    });
    const again = exchange(made, code);
    expect(again.status).toBe(400);
    expect(json(again)).toMatchObject({ error: 'invalid_grant' });
    expect(exchange(made, codeFor(made), { redirect_uri: `${redirectUri}/` }).status).toBe(400);
    expect(exchange(made, codeFor(made), { grant_type: 'password' }).status).toBe(400);
    expect(exchange(made, codeFor(made), {}, 'Basic bm8=').status).toBe(401);
  });

  test('gives nothing for a code that is a minute old', () => {
    const made = world();
    const code = codeFor(made);
    made.now += 60_000;
    expect(exchange(made, code).status).toBe(400);
    const fresh = codeFor(made);
    made.now += 59_999;
    expect(exchange(made, fresh).status).toBe(200);
  });

  test('takes JSON as well as a form, and no other text', () => {
    const made = world();
    const post = (body: string) =>
      ask(made, '/oauth/tokens', {
        method: 'POST',
        headers: { authorization: basic, 'content-type': 'application/json; charset=utf-8' },
        body,
      });
    const sent = { code: codeFor(made), grant_type: 'authorization_code', redirect_uri: redirectUri };
    expect(post(JSON.stringify(sent)).status).toBe(200);
    expect(post('{').status).toBe(400);
    expect(post('null').status).toBe(400);
  });
});

describe('the token of a person', () => {
  function tokenOf(made: World, personId: string, authorizedBy: 'district' | 'teacher' = 'district'): string {
    made.oauth.signInAs(personId, { authorizedBy });
    const code = location(ask(made, authorizePath())).searchParams.get('code') ?? '';
    return String(json(exchange(made, code))['access_token']);
  }

  test('shows who they are, by the id of version 3 and by the one from before', () => {
    const made = world();
    const token = tokenOf(made, teacher);
    expect(json(ask(made, '/v3.1/me', bearer(token)))).toEqual({
      type: 'user',
      data: { id: teacher, district: district.id, type: 'teacher', authorized_by: 'district' },
      links: [
        { rel: 'self', uri: '/me' },
        { rel: 'canonical', uri: `/v3.1/users/${teacher}` },
        { rel: 'district', uri: `/v3.1/districts/${district.id}` },
      ],
    });
    expect(json(ask(made, '/userinfo', bearer(token)))).toMatchObject({
      sub: teacher,
      multi_role_user_id: teacher,
      user_id: expect.not.stringMatching(teacher),
      user_type: 'teacher',
      district: district.id,
      district_id: district.id,
      email: district.teachers[0]?.email,
    });
    expect(made.oauth.userOf(token)).toBe(district.teachers[0]);
  });

  test('is that of a student with one id, of an administrator with their own type, or of a library login', () => {
    const made = world();
    const student = district.students[0]?.id ?? '';
    const info = json(ask(made, '/userinfo', bearer(tokenOf(made, student))));
    expect([info['user_id'], info['user_type']]).toEqual([student, 'student']);
    const admin = district.staff.find(({ role }) => role === 'district-administrator')?.id ?? '';
    expect(json(ask(made, '/v3.0/me', bearer(tokenOf(made, admin))))['data']).toMatchObject({ type: 'district_admin' });
    const library = tokenOf(made, teacher, 'teacher');
    expect(json(ask(made, '/v3.0/me', bearer(library)))['data']).toMatchObject({ authorized_by: 'teacher' });
  });

  test('is good for a day, while the person and the district are there', () => {
    const made = world();
    const token = tokenOf(made, teacher);
    const status = () => ask(made, '/v3.0/me', bearer(token)).status;
    expect(status()).toBe(200);
    made.served = { ...district, teachers: [] };
    expect(status()).toBe(401);
    made.served = district;
    made.token = undefined;
    expect(status()).toBe(401);
    expect(made.oauth.userOf(token)).toBeUndefined();
    made.token = 'district-token';
    made.now += 86_400_000;
    expect(status()).toBe(401);
  });

  test('is not a district token: that has no person, and gets a web page', () => {
    const answer = ask(world(), '/v3.0/me', bearer('district-token'));
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(ask(world(), '/userinfo').status).toBe(401);
  });

  test('comes with an id token that carries the nonce, unless switched off or from the library', () => {
    const made = world();
    const claims = (answer: ServiceAnswer) => {
      const token = json(answer)['id_token'];
      if (typeof token !== 'string') return undefined;
      return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
    };
    expect(claims(exchange(made, codeFor(made, { nonce: 'n-1' })))).toMatchObject({
      iss: origin,
      aud: 'client-1',
      nonce: 'n-1',
      sub: teacher,
      multi_role_user_id: teacher,
      iat: made.now / 1000,
      exp: made.now / 1000 + 3600,
      district: district.id,
    });
    made.oauth.setIdTokens(false);
    expect(claims(exchange(made, codeFor(made)))).toBeUndefined();
    made.oauth.setIdTokens(true);
    made.oauth.signInAs(teacher, { authorizedBy: 'teacher' });
    const code = location(ask(made, authorizePath())).searchParams.get('code') ?? '';
    expect(claims(exchange(made, code))).toBeUndefined();
  });
});

test('what is not of the OAuth half is left to the other one', () => {
  const { oauth } = world();
  for (const path of ['/v3.0/users', '/v3.2/me', '/oauth/other', '/']) {
    expect(oauth.answer({ method: 'GET', url: origin + path, headers: {} })).toBeUndefined();
  }
  const { body } = ask(world(), '/.well-known/openid-configuration');
  expect(JSON.parse(body)).toMatchObject({ issuer: origin, jwks_uri: `${origin}/oauth/certs` });
});
