import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  type CleverBounce,
  CleverSignIn,
  type CleverSignedIn,
  type CleverSignInOptions,
  type CleverSignInSession,
} from '../../src/clever/index.js';
import { DecodeError, type SignInProblem, SignInError } from '../../src/errors.js';
import { jsonAnswer } from '../../src/testing/service.js';
import { rejection } from '../support/http-server.js';
import { district, type Instead, type OAuthServer, redirectUri, startOAuth } from './oauth-server.js';

const teacher = district.teachers[0]?.id ?? '';
const formerTeacher = `58da8c5d${teacher.slice(8)}`;
const student = district.students[0]?.id ?? '';
const principal = district.staff.find(({ role }) => role === 'school-administrator');

function signInOf(server: OAuthServer, options: Partial<CleverSignInOptions> = {}): CleverSignIn {
  return new CleverSignIn({
    clientId: 'client-1',
    clientSecret: 'secret-1',
    redirectUri,
    baseUrl: server.baseUrl,
    allowInsecureHosts: ['127.0.0.1'],
    ...options,
  });
}

/** What the browser comes back with from an address of Clever's. */
async function visited(url: string): Promise<URL> {
  const answer = await fetch(url, { redirect: 'manual' });
  expect(answer.status).toBe(302);
  return new URL(answer.headers.get('location') ?? '');
}

/** The whole way there and back. */
async function signedIn(signIn: CleverSignIn): Promise<CleverSignedIn> {
  const start = signIn.begin();
  const answer = await signIn.callback(await visited(start.url), start);
  if (answer.outcome !== 'signed-in') throw new Error('It was bounced.');
  return answer;
}

/** Somebody who may sign in, and the application that lets them. */
async function world(personId: string, instead?: Instead, options: Partial<CleverSignInOptions> = {}) {
  const server = await startOAuth(instead);
  server.oauth.signInAs(personId);
  return { server, signIn: signInOf(server, options) };
}

/** Holds back whoever waits until somebody opens it. */
function barrier(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

async function problemOf(attempt: Promise<unknown>): Promise<SignInProblem> {
  const error = await rejection(attempt);
  if (!(error instanceof SignInError)) throw error;
  return error.problem;
}

describe('a sign-in that begins', () => {
  it('leads to Clever with a state and a nonce that nobody can guess', async () => {
    const { server, signIn } = await world(teacher);
    const start = signIn.begin({ districtId: district.id });
    const url = new URL(start.url);
    expect(url.origin + url.pathname).toBe(`${server.baseUrl}/oauth/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'client-1',
      redirect_uri: redirectUri,
      district_id: district.id,
      state: start.state,
      nonce: start.nonce,
    });
    expect(start.districtId).toBe(district.id);
    expect(start.state).toMatch(/^[\w-]{43}$/);
    expect(start.nonce).toMatch(/^[\w-]{43}$/);
    const another = signIn.begin();
    expect(new Set([start.state, start.nonce, another.state, another.nonce]).size).toBe(4);
    expect(new URL(another.url).searchParams.has('district_id')).toBe(false);
    expect(another).not.toHaveProperty('districtId');
  });

  it('leads to clever.com unless another server is named', () => {
    const signIn = new CleverSignIn({ clientId: 'client-1', clientSecret: 'secret-1', redirectUri });
    expect(signIn.begin().url).toMatch(/^https:\/\/clever\.com\/oauth\/authorize\?/);
    expect(signIn.instantLoginUrl({ districtId: 'district-1' })).toBe(
      'https://clever.com/oauth/instant-login?client_id=client-1&district_id=district-1',
    );
    expect(() => signIn.instantLoginUrl({ districtId: '' })).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
    expect(() => signIn.begin({ districtId: '' })).toThrow(expect.objectContaining({ parameter: 'districtId' }));
  });
});

describe('a sign-in that ends', () => {
  it('gives the person with all their roles and their own token', async () => {
    const { server, signIn } = await world(teacher);
    const { person, accessToken } = await signedIn(signIn);
    const [known] = district.teachers;
    expect(person).toMatchObject({
      id: teacher,
      legacyIds: [formerTeacher],
      district: district.id,
      type: 'teacher',
      authorizedBy: 'district',
      email: known?.email,
      name: { first: known?.givenName, last: known?.familyName },
      roles: { teacher: { schools: known?.schoolIds } },
    });
    expect(server.oauth.userOf(accessToken)?.id).toBe(teacher);
    expect(server.asked.slice(0, 4)).toEqual([
      'GET /oauth/authorize',
      'POST /oauth/tokens',
      'GET /.well-known/openid-configuration',
      'GET /oauth/certs',
    ]);
    expect(server.asked.slice(4).sort()).toEqual(['GET /userinfo', 'GET /v3.0/me', `GET /v3.0/users/${teacher}`]);
  });

  it.each(['form', 'json'] as const)(
    'exchanges the code as %s, with the redirect URI letter for letter',
    async (exchange) => {
      const { server, signIn } = await world(student, undefined, { exchange, version: '3.1' });
      expect((await signedIn(signIn)).person).toMatchObject({ id: student, legacyIds: [], type: 'student' });
      const sent = server.requests.find(({ method }) => method === 'POST');
      expect(sent?.headers['content-type']).toContain(
        exchange === 'form' ? 'x-www-form-urlencoded' : 'application/json',
      );
      expect(sent?.body).toContain(exchange === 'form' ? encodeURIComponent(redirectUri) : `"${redirectUri}"`);
      expect(server.asked).toContain('GET /v3.1/me');
    },
  );

  it('takes the request as a URL, as the path that frameworks give, and as a query', async () => {
    const { signIn } = await world(teacher);
    for (const of of [
      (url: URL) => url.href,
      (url: URL) => url.pathname + url.search,
      (url: URL) => url.searchParams,
    ]) {
      const start = signIn.begin();
      const answer = await signIn.callback(of(await visited(start.url)), start);
      expect(answer.outcome).toBe('signed-in');
    }
  });

  it('asks for the keys once for all sign-ins', async () => {
    const { server, signIn } = await world(teacher);
    await Promise.all([signedIn(signIn), signedIn(signIn)]);
    await signedIn(signIn);
    const count = (path: string) => server.asked.filter((asked) => asked === `GET ${path}`).length;
    expect([count('/.well-known/openid-configuration'), count('/oauth/certs')]).toEqual([1, 1]);
  });

  it('keeps the token and the secret where no log finds them', async () => {
    const { signIn } = await world(teacher);
    const answer = await signedIn(signIn);
    expect(answer.accessToken).toMatch(/^il/);
    const shown = [answer, signIn].map((value) => inspect(value, { depth: null }) + JSON.stringify(value)).join(' ');
    expect(shown).not.toContain(answer.accessToken);
    expect(shown).not.toContain('secret-1');
  });
});

describe('a sign-in for one district', () => {
  it('is refused to people of another one, wherever the address led them', async () => {
    const { signIn } = await world(teacher);
    const start = signIn.begin({ districtId: 'district-9' });
    const url = new URL(start.url);
    // Whoever follows the address can change it.
    url.searchParams.delete('district_id');
    const error = await rejection(signIn.callback(await visited(url.href), start));
    expect(error).toMatchObject({ code: 'sign_in', problem: 'person' });
    expect((error as Error).message).toContain('another district');
  });

  it('lets in the people of that district', async () => {
    const { signIn } = await world(teacher);
    const start = signIn.begin({ districtId: district.id });
    expect((await signIn.callback(await visited(start.url), start)).outcome).toBe('signed-in');
  });

  it('stays one for that district when it is bounced', async () => {
    const { signIn } = await world(teacher);
    const arrived = await visited(signIn.instantLoginUrl({ districtId: district.id }));
    const bounce = (await signIn.callback(arrived, signIn.begin({ districtId: 'district-9' }))) as CleverBounce;
    expect(bounce).toMatchObject({ outcome: 'bounce', districtId: 'district-9' });
    expect(new URL(bounce.url).searchParams.get('district_id')).toBe('district-9');
    const free = (await signIn.callback(arrived, signIn.begin())) as CleverBounce;
    expect(free).not.toHaveProperty('districtId');
    expect(new URL(free.url).searchParams.has('district_id')).toBe(false);
  });
});

describe('a callback', () => {
  it('from the portal or an Instant Login link is bounced, and signs in on its way back', async () => {
    const { server, signIn } = await world(teacher);
    const arrived = await visited(signIn.instantLoginUrl({ districtId: district.id }));
    expect(arrived.searchParams.has('code')).toBe(true);
    // Whether something is left in the session or not.
    for (const session of [undefined, signIn.begin()]) {
      const bounce = (await signIn.callback(arrived, session)) as CleverBounce;
      expect(bounce.outcome).toBe('bounce');
      expect(new URL(bounce.url).searchParams.get('state')).toBe(bounce.state);
      expect(bounce.state).not.toBe(session?.state);
      expect(server.asked).not.toContain('POST /oauth/tokens');
    }
    const bounce = (await signIn.callback(arrived, undefined)) as CleverBounce;
    expect((await signIn.callback(await visited(bounce.url), bounce)).outcome).toBe('signed-in');
  });

  it.each([
    ['no session', undefined],
    ['a session without a state', { state: '', nonce: '' }],
    ['a session of something else', {} as CleverSignInSession],
  ])('with a code and %s is never accepted, nor sent round for ever', async (_, session) => {
    const { server, signIn } = await world(teacher);
    const arrived = await visited(signIn.begin().url);
    expect(await problemOf(signIn.callback(arrived, session))).toBe('state');
    arrived.searchParams.set('state', '');
    expect((await signIn.callback(arrived, session)).outcome).toBe('bounce');
    expect(server.asked).not.toContain('POST /oauth/tokens');
  });

  it.each([
    [
      'of another sign-in',
      (url: URL, other: string) => {
        url.searchParams.set('state', other);
      },
    ],
    [
      'that is longer',
      (url: URL) => {
        url.searchParams.set('state', `${url.searchParams.get('state') ?? ''}x`);
      },
    ],
    [
      'that comes twice',
      (url: URL) => {
        url.searchParams.append('state', url.searchParams.get('state') ?? '');
      },
    ],
    [
      'beside two codes',
      (url: URL) => {
        url.searchParams.append('code', 'another');
      },
    ],
  ])('with a state %s is refused, and its code is left alone', async (_, change) => {
    const { server, signIn } = await world(teacher);
    const start = signIn.begin();
    const arrived = await visited(start.url);
    change(arrived, signIn.begin().state);
    expect(await problemOf(signIn.callback(arrived, start))).toBe('state');
    expect(server.asked).not.toContain('POST /oauth/tokens');
  });

  it('of a person whom Clever did not let in is refused, in known words alone', async () => {
    const server = await startOAuth();
    const signIn = signInOf(server);
    const start = signIn.begin();
    const error = await rejection(signIn.callback(await visited(start.url), start));
    expect(error).toMatchObject({ code: 'sign_in', problem: 'denied', source: 'clever' });
    expect((error as Error).message).toContain('(unauthorized-user)');
    const other = await rejection(signIn.callback('/callback?error=First+Student&state=s', undefined));
    expect(other).toMatchObject({ problem: 'denied' });
    expect((other as Error).message).not.toContain('First');
  });

  it('without a code or an error is refused', async () => {
    const { signIn } = await world(teacher);
    expect(await problemOf(signIn.callback('/callback', signIn.begin()))).toBe('code');
    expect(await problemOf(signIn.callback('?code=&state=', undefined))).toBe('code');
  });
});

describe('a code', () => {
  it('that comes twice at once, or again within the minute, is exchanged once', async () => {
    const { server, signIn } = await world(teacher);
    const start = signIn.begin();
    const arrived = await visited(start.url);
    // The application may well make an object of the class for each request.
    const [first, second] = await Promise.all([
      signIn.callback(arrived, start),
      signInOf(server).callback(arrived, start),
    ]);
    const third = await signIn.callback(arrived, start);
    for (const answer of [first, second, third]) expect(answer).toMatchObject({ person: { id: teacher } });
    expect(server.asked.filter((asked) => asked === 'POST /oauth/tokens')).toHaveLength(1);
  });

  it('of another browser is not shared: whoever stole it gets nothing', async () => {
    const { server, signIn } = await world(teacher);
    const start = signIn.begin();
    const arrived = await visited(start.url);
    await signIn.callback(arrived, start);
    const thief = signIn.begin();
    arrived.searchParams.set('state', thief.state);
    expect(await problemOf(signIn.callback(arrived, thief))).toBe('code');
    expect(server.asked.filter((asked) => asked === 'POST /oauth/tokens')).toHaveLength(2);
  });

  it('that is a minute old is refused, without a word of it', async () => {
    const { server, signIn } = await world(teacher);
    const start = signIn.begin();
    const arrived = await visited(start.url);
    const issued = Date.now();
    server.now = () => issued + 61_000;
    const error = await rejection(signIn.callback(arrived, start));
    expect(error).toMatchObject({ problem: 'code' });
    const shown = inspect(error, { depth: null });
    expect(shown).not.toContain(arrived.searchParams.get('code') ?? '');
    expect(shown).not.toContain('secret-1');
  });

  it('waits for no other code, nor for the keys: it is good for a minute alone', async () => {
    const many = 65;
    const crowd = barrier();
    const discovery = barrier();
    let exchanges = 0;
    const { signIn } = await world(teacher, async ({ method, path }) => {
      if (path.startsWith('/.well-known')) discovery.open();
      if (method !== 'POST') return undefined;
      exchanges += 1;
      if (exchanges === 12) crowd.open();
      // All but the first are slow, until the keys are asked for.
      await (exchanges === 1 ? crowd : discovery).opened;
      return jsonAnswer(200, { access_token: 'il-token', id_token: 'no token' });
    });
    const attempts = Array.from({ length: many }, async (_, index) => {
      const start = signIn.begin();
      return await problemOf(signIn.callback(`?code=code-${String(index)}&state=${start.state}`, start));
    });
    expect(new Set(await Promise.all(attempts))).toEqual(new Set(['token']));
  });

  it('whose exchange failed may be tried again', async () => {
    let isDown = true;
    const { signIn } = await world(teacher, ({ method }) =>
      isDown && method === 'POST' ? jsonAnswer(503, {}) : undefined,
    );
    const start = signIn.begin();
    const arrived = await visited(start.url);
    expect(await rejection(signIn.callback(arrived, start))).toMatchObject({ code: 'server' });
    isDown = false;
    expect((await signIn.callback(arrived, start)).outcome).toBe('signed-in');
  });

  it.each([
    ['the secret is wrong', jsonAnswer(401, { error: 'invalid_client' }), { code: 'authentication' }],
    ['the request is', jsonAnswer(400, { error: 'invalid_request' }), { code: 'api', status: 400 }],
    ['Clever fails', jsonAnswer(503, { error: 'invalid_grant' }), { code: 'server' }],
    ['no token comes', jsonAnswer(200, { token_type: 'bearer' }), { code: 'decode' }],
    ['the token cannot be one', jsonAnswer(200, { access_token: 'line\nbreak' }), { code: 'decode' }],
  ])('is not to blame where %s', async (_, answer, expected) => {
    const { signIn } = await world(teacher, ({ method }) => (method === 'POST' ? answer : undefined));
    expect(await rejection(signedIn(signIn))).toMatchObject(expected);
  });
});

describe('the person', () => {
  /** Clever without OpenID Connect. */
  async function withoutIdTokens(personId: string, instead?: Instead) {
    const made = await world(personId, instead);
    made.server.oauth.setIdTokens(false);
    return made;
  }

  const teacherClaims = { sub: teacher, multi_role_user_id: teacher, user_id: 'old-1', district: district.id };

  it('is known without an id token too', async () => {
    const { server, signIn } = await withoutIdTokens(principal?.id ?? '');
    expect((await signedIn(signIn)).person).toMatchObject({
      id: principal?.id,
      type: 'staff',
      roles: { staff: { roles: ['SchoolTechLead'], schools: principal?.schoolIds } },
    });
    expect(server.asked).not.toContain('GET /oauth/certs');
  });

  it('of the library is told from one whom the district let in', async () => {
    const { server, signIn } = await withoutIdTokens(teacher);
    server.oauth.signInAs(teacher, { authorizedBy: 'teacher' });
    expect((await signedIn(signIn)).person.authorizedBy).toBe('teacher');
  });

  it('is the one of version 3 where /me gives the id from before', async () => {
    const { server, signIn } = await withoutIdTokens(teacher, ({ path }) =>
      path === '/v3.0/me'
        ? jsonAnswer(200, { data: { id: formerTeacher, district: district.id, type: 'teacher' } })
        : undefined,
    );
    const { person } = await signedIn(signIn);
    expect(person).toMatchObject({ id: teacher, legacyIds: [formerTeacher] });
    expect(server.asked.at(-1)).toBe(`GET /v3.0/users/${teacher}`);
  });

  it('is the one that /me links to, where there is no /userinfo', async () => {
    const { signIn } = await withoutIdTokens(teacher, ({ path }) => {
      if (path === '/userinfo') return jsonAnswer(404, { message: 'Not found' });
      if (path !== '/v3.0/me') return undefined;
      const links = [{ rel: 'canonical', uri: `/v3.0/users/${teacher}` }];
      return jsonAnswer(200, { data: { id: formerTeacher, district: district.id, type: 'teacher' }, links });
    });
    expect((await signedIn(signIn)).person.id).toBe(teacher);
  });

  /** Clever with some answers of its own about the person, by their paths; nothing else is there. */
  async function told(answers: Readonly<Record<string, object>>) {
    return await withoutIdTokens(teacher, ({ method, path }) => {
      if (method === 'POST' || path === '/oauth/authorize') return undefined;
      const body = answers[path.replace('/v3.0', '')];
      return body === undefined ? jsonAnswer(404, { message: 'Resource not found' }) : jsonAnswer(200, body);
    });
  }

  const meOf = (id: string, canonical?: string) => ({
    data: { id, district: district.id, type: 'teacher' },
    links: canonical === undefined ? [] : [{ rel: 'canonical', uri: `/v3.0/users/${canonical}` }],
  });
  const recordOf = (id: string, legacyId: string) => ({
    data: { id, district: district.id, email: `${id}@example.org`, roles: { teacher: { legacy_id: legacyId } } },
  });

  it.each([
    ['the record confirms it', { '/me': meOf('old-1', 'old-1'), '/users/old-1': recordOf(teacher, 'old-1') }],
    [
      'the record of /userinfo confirms it',
      {
        '/me': meOf('old-1', 'old-1'),
        '/userinfo': { ...teacherClaims, user_id: undefined },
        [`/users/${teacher}`]: recordOf(teacher, 'old-1'),
      },
    ],
    ['/userinfo alone confirms it', { '/me': meOf('old-1', 'old-1'), '/userinfo': teacherClaims }],
    ['it is looked for by the next id', { '/me': meOf('old-1', teacher), '/users/old-1': recordOf(teacher, 'old-1') }],
  ])('may be called by a former id in /me, as Clever has been seen to, where %s', async (_, answers) => {
    const { signIn } = await told(answers);
    expect((await signedIn(signIn)).person).toMatchObject({ id: teacher, legacyIds: ['old-1'] });
  });

  it.each([
    [
      '/me by its id',
      { '/me': meOf('other'), '/userinfo': teacherClaims, [`/users/${teacher}`]: recordOf(teacher, 'old-1') },
    ],
    ['/me by its id, where there is no record', { '/me': meOf('other'), '/userinfo': teacherClaims }],
    [
      '/me by its id, and there is nothing else',
      { '/me': meOf('other', teacher), [`/users/${teacher}`]: recordOf(teacher, 'old-1') },
    ],
    [
      '/me by its link',
      { '/me': meOf(teacher, 'other'), '/userinfo': teacherClaims, [`/users/${teacher}`]: recordOf(teacher, 'old-1') },
    ],
    ['/me by its link, where there is no record', { '/me': meOf(teacher, 'other'), '/userinfo': teacherClaims }],
    [
      'the record',
      { '/me': meOf(teacher), '/userinfo': teacherClaims, [`/users/${teacher}`]: recordOf('other', 'old-9') },
    ],
    [
      'the record, by what it was formerly',
      { '/me': meOf(teacher), '/userinfo': teacherClaims, [`/users/${teacher}`]: recordOf('other', teacher) },
    ],
    ['the record that /me leads to', { '/me': meOf('old-1'), '/users/old-1': recordOf('other', 'old-9') }],
    [
      '/userinfo, by a former id alone',
      { '/me': meOf(teacher), '/userinfo': { user_id: 'other' }, [`/users/${teacher}`]: recordOf(teacher, 'old-1') },
    ],
  ])('is refused where somebody else is named by %s', async (_, answers) => {
    const { signIn } = await told(answers);
    expect(await problemOf(signedIn(signIn))).toBe('person');
  });

  it('has no name or e-mail address of anybody who is not named', async () => {
    const { signIn } = await told({
      '/me': meOf(teacher),
      '/userinfo': { email: 'who@example.org', given_name: 'Ann' },
    });
    expect((await signedIn(signIn)).person).toMatchObject({ id: teacher, email: undefined, name: undefined });
  });

  it('is known by id and type alone where the application may not see their record', async () => {
    const { signIn } = await withoutIdTokens(teacher, ({ path }) => {
      if (path.startsWith('/v3.0/users/')) return jsonAnswer(404, { message: "Resource not in token's scopes" });
      return path === '/userinfo'
        ? jsonAnswer(200, { ...teacherClaims, user_type: 'district admin', given_name: 'Ann' })
        : path === '/v3.0/me'
          ? jsonAnswer(200, { data: { district: district.id } })
          : undefined;
    });
    expect((await signedIn(signIn)).person).toEqual({
      id: teacher,
      legacyIds: ['old-1'],
      district: district.id,
      type: 'district_admin',
      authorizedBy: undefined,
      email: undefined,
      name: { first: 'Ann', last: undefined },
      roles: {},
    });
  });

  it.each([
    ['districts', { ...teacherClaims, district: 'another' }],
    ['people', { ...teacherClaims, multi_role_user_id: student }],
  ])('is refused where Clever speaks of different %s', async (what, claims) => {
    const { signIn } = await world(teacher, ({ path }) => (path === '/userinfo' ? jsonAnswer(200, claims) : undefined));
    const error = await rejection(signedIn(signIn));
    expect(error).toMatchObject({ problem: 'person' });
    expect((error as Error).message).toContain(what);
  });

  it.each([
    ['who', { data: { type: 'teacher', district: district.id } }],
    ['of which district', { data: { id: 'user-1', type: 'teacher' } }],
  ])('is refused where Clever does not say %s they are', async (_, me) => {
    const { signIn } = await withoutIdTokens(teacher, ({ path }) => {
      if (path === '/v3.0/me') return jsonAnswer(200, me);
      return path === '/userinfo' || path.startsWith('/v3.0/users') ? jsonAnswer(404, {}) : undefined;
    });
    expect(await problemOf(signedIn(signIn))).toBe('person');
  });

  it('is not guessed from an answer in an unknown shape, nor while Clever fails', async () => {
    const odd = await withoutIdTokens(teacher, ({ path }) => (path === '/v3.0/me' ? jsonAnswer(200, []) : undefined));
    expect(await rejection(signedIn(odd.signIn))).toBeInstanceOf(DecodeError);
    const down = await withoutIdTokens(teacher, ({ path }) =>
      path === '/userinfo' ? { ...jsonAnswer(429, {}), headers: { 'retry-after': '600' } } : undefined,
    );
    expect(await rejection(signedIn(down.signIn))).toMatchObject({ code: 'rate_limited' });
  });
});

describe('the options of a sign-in', () => {
  const good = { clientId: 'client-1', clientSecret: 'secret-1', redirectUri };

  it.each([
    ['redirectUri', { clientId: 'client-1', clientSecret: 'secret-1' }],
    ['redirectUri', { ...good, redirectUri: '/callback' }],
    ['redirectUri', { ...good, redirectUri: 'http://app.example/callback' }],
    ['redirectUri', { ...good, redirectUri: 'javascript:alert(1)' }],
    ['redirectUri', { ...good, redirectUri: 'https://app.example/callback#end' }],
    ['baseUrl', { ...good, baseUrl: 'https://10.0.0.1' }],
    ['apiBaseUrl', { ...good, apiBaseUrl: 'http://api.example.com' }],
    ['version', { ...good, version: '2.1' }],
    ['exchange', { ...good, exchange: 'xml' }],
    ['clientSecret', { ...good, clientSecret: '' }],
    ['scope', { ...good, scope: 'openid' }],
  ])('are checked: %s', (parameter, options) => {
    const make = () => new CleverSignIn(options as CleverSignInOptions);
    expect(make).toThrow(expect.objectContaining({ code: 'configuration', parameter }));
  });

  it('allow http on this machine', () => {
    expect(() => new CleverSignIn({ ...good, redirectUri: 'http://localhost:3000/callback' })).not.toThrow();
  });
});
