import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import {
  type ClassLinkPerson,
  ClassLinkSignIn,
  type ClassLinkSignedIn,
  type ClassLinkSignInOptions,
  findPerson,
} from 'rosterkit/classlink';
import { SignInError, type SignInProblem } from 'rosterkit';
import { describe, expect, test } from 'vitest';
import { rejection } from '../support/http-server.js';
import { type LaunchPad, redirectUri, startLaunchPad } from './launch-pad.js';

function signInOf(server: LaunchPad, options: Partial<ClassLinkSignInOptions> = {}): ClassLinkSignIn {
  return new ClassLinkSignIn({
    clientId: 'client-1',
    clientSecret: 'secret-1',
    redirectUri,
    baseUrl: server.baseUrl,
    allowInsecureHosts: ['127.0.0.1'],
    ...options,
  });
}

/** What the browser comes back with from an address of ClassLink's. */
async function visited(url: string): Promise<URL> {
  const answer = await fetch(url, { redirect: 'manual' });
  expect(answer.status).toBe(302);
  return new URL(answer.headers.get('location') ?? '');
}

/** The whole way there and back. */
async function signedIn(signIn: ClassLinkSignIn): Promise<ClassLinkSignedIn> {
  const start = signIn.begin();
  const answer = await signIn.callback(await visited(start.url), start);
  if (answer.outcome !== 'signed-in') throw new Error('It was bounced.');
  return answer;
}

async function problemOf(attempt: Promise<unknown>): Promise<SignInProblem> {
  const error = await rejection(attempt);
  if (!(error instanceof SignInError)) throw error;
  return error.problem;
}

describe('a number of a district may be a number', () => {
  test.each([2222, '2222'])('people of %j are let in, and no others', async (tenantId) => {
    const server = await startLaunchPad();
    const signIn = signInOf(server);
    const own = signIn.begin({ tenantId });
    expect(await signIn.callback(await visited(own.url), own)).toMatchObject({ outcome: 'signed-in' });
    server.info['TenantId'] = 1;
    const other = signIn.begin({ tenantId });
    expect(await problemOf(signIn.callback(await visited(other.url), other))).toBe('person');
  });

  test.each(['', ' ', Number.NaN])('a session of district %j lets nobody in', async (tenantId) => {
    const server = await startLaunchPad();
    const signIn = signInOf(server);
    const start = { ...signIn.begin(), tenantId };
    expect(await problemOf(signIn.callback(await visited(start.url), start))).toBe('person');
    const bounce = await signIn.callback(`${redirectUri}?code=code-9`, { state: 'old', tenantId });
    expect(bounce).toMatchObject({ outcome: 'bounce', tenantId });
  });

  test.each([
    ['tenantId', { tenantId: '' }],
    ['tenantId', { tenantId: 1.5 }],
    ['tenant', { tenant: '2222' }],
  ])('a sign-in does not begin with a mistake in %s: %j', async (parameter, options) => {
    const signIn = signInOf(await startLaunchPad());
    expect(() => signIn.begin(options as object)).toThrow(
      expect.objectContaining({ code: 'configuration', parameter }) as Error,
    );
  });

  test('in a roster too', () => {
    const users = [{ sourcedId: 'S1' }];
    const find = (one: string | number, other: string | number) =>
      findPerson({ tenantId: one, sourcedId: 'S1' }, { tenantId: other, users });
    expect(find('2222', 2222)).toBe(users[0]);
    expect(find(2222, '2222')).toBe(users[0]);
    expect(find(2222, 1)).toBeUndefined();
    expect(find('', '')).toBeUndefined();
    expect(find(undefined as never, undefined as never)).toBeUndefined();
  });

  test('a roster that is still to be read is none', () => {
    for (const roster of [undefined, {}, { tenantId: 1, users: { list: 1 } }]) {
      expect(() => findPerson({ tenantId: 1, sourcedId: 'S1' }, roster as never)).toThrow(
        expect.objectContaining({ code: 'configuration', parameter: 'roster' }) as Error,
      );
    }
  });
});

describe('a sign-in that begins', () => {
  test('leads to LaunchPad with a state that nobody can guess', async () => {
    const server = await startLaunchPad();
    const start = signInOf(server).begin({ tenantId: '2222' });
    const url = new URL(start.url);
    expect(url.origin + url.pathname).toBe(`${server.baseUrl}/oauth2/v2/auth`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'client-1',
      redirect_uri: redirectUri,
      scope: 'profile oneroster',
      state: start.state,
    });
    expect(start).toMatchObject({ tenantId: '2222' });
    expect(start.state).toMatch(/^[\w-]{43}$/);
    expect(signInOf(server).begin().state).not.toBe(start.state);
  });

  test('leads to ClassLink unless another server is named', () => {
    const signIn = new ClassLinkSignIn({ clientId: 'c', clientSecret: 's', redirectUri });
    expect(signIn.begin().url).toMatch(/^https:\/\/launchpad\.classlink\.com\/oauth2\/v2\/auth\?/);
  });

  test('proves with PKCE that the code was asked for here', async () => {
    const server = await startLaunchPad();
    const signIn = signInOf(server, { pkce: true });
    const start = signIn.begin();
    const challenge = createHash('sha256')
      .update(start.codeVerifier ?? '')
      .digest('base64url');
    expect(new URL(start.url).searchParams.get('code_challenge')).toBe(challenge);
    expect(new URL(start.url).searchParams.get('code_challenge_method')).toBe('S256');
    expect(start.url).not.toContain(start.codeVerifier);
    await signIn.callback(await visited(start.url), start);
    expect(server.exchanges.at(-1)?.get('code_verifier')).toBe(start.codeVerifier);
  });
});

describe('a sign-in that ends', () => {
  test('gives the person, typed, with their token out of sight', async () => {
    const server = await startLaunchPad();
    const answer = await signedIn(signInOf(server));
    expect(answer.person).toEqual({
      tenantId: '2222',
      sourcedId: '4801508017',
      userId: '1516492',
      loginId: '4801508017',
      email: 'foo.bar@example.com',
      givenName: 'foo',
      familyName: 'bar',
      displayName: 'foo bar',
      role: 'student',
      roleName: 'Student',
      schoolIds: [],
    });
    expect(answer.accessToken).toBe('access-1');
    expect(JSON.stringify(answer) + inspect(answer)).not.toContain('access-1');
    expect(Object.fromEntries(server.exchanges[0] ?? [])).toEqual({
      grant_type: 'authorization_code',
      client_id: 'client-1',
      client_secret: 'secret-1',
      code: 'code-1',
      redirect_uri: redirectUri,
    });
  });

  test.each([
    [{ OrgId: ['5678'] }, { schoolIds: ['5678'] }],
    [{ OrgId: '' }, { schoolIds: [] }],
    [{ OrgId: 5678 }, { schoolIds: ['5678'] }],
    [
      { Role: 'Teacher', TenantId: '7' },
      { role: 'teacher', tenantId: '7' },
    ],
    [{ Role: 'Tenant Administrator' }, { role: 'administrator', roleName: 'Tenant Administrator' }],
    [{ Role: 'Parent' }, { role: 'guardian' }],
    [{ Role: 'Wizard' }, { role: 'other', roleName: 'Wizard' }],
    [
      { Role: undefined, Email: '', LoginId: null },
      { role: 'other', email: undefined, loginId: undefined },
    ],
    [{ SourcedId: '' }, { sourcedId: undefined }],
    [{ SourcedId: ' a/b ' }, { sourcedId: ' a/b ' }],
  ])('%j is read as %j', async (info, expected) => {
    const server = await startLaunchPad();
    Object.assign(server.info, info);
    expect((await signedIn(signInOf(server))).person).toMatchObject(expected);
  });

  test('exchanges a code once, though the browser delivers it twice', async () => {
    const server = await startLaunchPad();
    const signIn = signInOf(server);
    const start = signIn.begin();
    const url = await visited(start.url);
    const answers = await Promise.all([signIn.callback(url, start), signIn.callback(url.href, start)]);
    expect(answers.map(({ outcome }) => outcome)).toEqual(['signed-in', 'signed-in']);
    expect(server.exchanges).toHaveLength(1);
  });

  test('is a bounce where it began in LaunchPad, and returns with a state of its own', async () => {
    const server = await startLaunchPad();
    const signIn = signInOf(server);
    const bounce = await signIn.callback(`${redirectUri}?code=code-9&response_type=code`, undefined);
    if (bounce.outcome !== 'bounce') throw new Error('It was believed.');
    expect(server.exchanges).toHaveLength(0);
    expect(await signIn.callback(await visited(bounce.url), bounce)).toMatchObject({ outcome: 'signed-in' });
    const session = { state: 'old', tenantId: '2222' };
    expect(await signIn.callback(`${redirectUri}?code=code-9`, session)).toMatchObject({ tenantId: '2222' });
  });

  test.each([
    ['state', 'code=c&state=another'],
    ['state', 'code=c&code=d&state=kept'],
    ['denied', 'error=access_denied'],
    ['code', 'state=kept'],
  ])('is refused for its %s: %s', async (problem, query) => {
    const server = await startLaunchPad();
    const attempt = signInOf(server).callback(`/classlink/callback?${query}`, { state: 'kept' });
    expect(await problemOf(attempt)).toBe(problem);
    expect(server.exchanges).toHaveLength(0);
  });

  test('is refused where the browser kept nothing', async () => {
    const server = await startLaunchPad();
    const signIn = signInOf(server);
    const url = await visited(signIn.begin().url);
    expect(await problemOf(signIn.callback(url, undefined))).toBe('state');
    expect(await problemOf(signIn.callback(url, { state: '' }))).toBe('state');
  });

  test.each([
    ['400', { status: 400, body: { error: 'invalid_grant', error_description: 'foo.bar' } }],
    ['401', { status: 401, body: { message: 'foo.bar' } }],
    ['status 0', { body: { status: 0, message: 'foo.bar' } }],
  ])('is refused where the code is: %s', async (_, reply) => {
    const server = await startLaunchPad();
    server.exchange = () => reply;
    const error = await rejection(signedIn(signInOf(server)));
    expect(error).toMatchObject({ problem: 'code', source: 'classlink' });
    expect(inspect(error)).not.toMatch(/foo|secret-1|code-1/);
  });

  test('fails as every request does where the client is refused, or the answer is none', async () => {
    const server = await startLaunchPad();
    server.exchange = () => ({ status: 401, body: { error: 'invalid_client' } });
    expect(await rejection(signedIn(signInOf(server)))).toMatchObject({ code: 'authentication' });
    server.exchange = () => ({ body: { token: 'x' } });
    expect(await rejection(signedIn(signInOf(server)))).toMatchObject({ code: 'decode' });
  });

  test.each([
    ['names nobody', { UserId: '' }],
    ['names no tenant', { TenantId: null }],
  ])('is refused where ClassLink %s', async (_, info) => {
    const server = await startLaunchPad();
    Object.assign(server.info, info);
    expect(await problemOf(signedIn(signInOf(server)))).toBe('person');
  });

  test('is refused where ClassLink answers with status 200 that the token is none', async () => {
    const server = await startLaunchPad();
    server.instead = { message: 'Invalid or expired access token', status: 0 };
    expect(await problemOf(signedIn(signInOf(server)))).toBe('person');
  });

  test('is refused where it began for another district', async () => {
    const server = await startLaunchPad();
    const signIn = signInOf(server);
    const start = signIn.begin({ tenantId: '1' });
    expect(await problemOf(signIn.callback(await visited(start.url), start))).toBe('person');
    const own = signIn.begin({ tenantId: '2222' });
    expect(await signIn.callback(await visited(own.url), own)).toMatchObject({ outcome: 'signed-in' });
  });
});

describe("a guardian's children", () => {
  const child = { UserId: 9, TenantId: 2222, SourcedId: 'S9', FirstName: 'a', LastName: 'b', DisplayName: 'a b' };

  const CHILDREN = [
    { SourcedId: 'S10', TenantId: '2222' },
    { SourcedId: 'S9', TenantId: 3 },
    { SourcedId: 'S9' },
    { SourcedId: 'S9', TenantId: {} },
    { SourcedId: ' ', TenantId: 2222 },
    'x',
  ];

  test.each([
    ['under response', { status: 1, response: [child, ...CHILDREN] }],
    ['bare', [child, ...CHILDREN]],
  ])('are those that ClassLink links, each in a tenant: %s', async (_, body) => {
    const server = await startLaunchPad();
    server.students = body;
    const signIn = signInOf(server);
    const students = await signIn.students(await signedIn(signIn));
    expect(students[0]).toEqual({
      tenantId: '2222',
      sourcedId: 'S9',
      userId: '9',
      givenName: 'a',
      familyName: 'b',
      displayName: 'a b',
    });
    expect(students.slice(1).map(({ tenantId, sourcedId }) => [tenantId, sourcedId])).toEqual([
      ['2222', 'S10'],
      ['3', 'S9'],
      // The guardian's tenant is not the child's for certain.
      [undefined, 'S9'],
      [undefined, 'S9'],
      ['2222', undefined],
      [undefined, undefined],
    ]);
    const users = [{ sourcedId: 'S9' }, { sourcedId: 'S10' }];
    const found = students.map((student) => findPerson(student, { tenantId: '2222', users })?.sourcedId);
    expect(found).toEqual(['S9', 'S10', undefined, undefined, undefined, undefined, undefined]);
  });

  test('that come as no list are a DecodeError', async () => {
    const server = await startLaunchPad();
    server.students = { status: 0, message: 'Invalid or expired access token' };
    const signIn = signInOf(server);
    const answer = await signedIn(signIn);
    expect(await rejection(signIn.students(answer))).toMatchObject({ code: 'decode', path: '/v2/my/students' });
  });
});

describe('a person in a roster', () => {
  const person = { tenantId: '2222', sourcedId: 'S1', email: 'a@example.com' } as ClassLinkPerson;
  const users = [
    { sourcedId: 's1', email: 'a@example.com' },
    { sourcedId: 'S1', email: 'b@example.com' },
  ];

  test('is found by tenant and sourcedId together, letter for letter', () => {
    expect(findPerson(person, { tenantId: '2222', users })).toBe(users[1]);
    expect(findPerson(person, { tenantId: '1', users })).toBeUndefined();
  });

  test('is nobody without a sourcedId, whatever the e-mail address', () => {
    expect(findPerson({ ...person, sourcedId: undefined }, { tenantId: '2222', users })).toBeUndefined();
    expect(findPerson({ ...person, sourcedId: '' }, { tenantId: '2222', users: [{ sourcedId: '' }] })).toBeUndefined();
    expect(
      findPerson({ ...person, sourcedId: ' ' }, { tenantId: '2222', users: [{ sourcedId: ' ' }] }),
    ).toBeUndefined();
  });

  test('is nobody whom the roster says to be gone', () => {
    const gone = { sourcedId: 'S1', status: 'tobedeleted' };
    const back = { sourcedId: 'S1', status: 'active' };
    expect(findPerson(person, { tenantId: '2222', users: [gone] })).toBeUndefined();
    expect(findPerson(person, { tenantId: '2222', users: [gone, back] })).toBe(back);
  });
});

test.each([
  ['clientId', { clientId: '' }],
  ['clientSecret', { clientSecret: undefined }],
  ['redirectUri', { redirectUri: 'http://app.example/callback' }],
  ['redirectUri', { redirectUri: 'callback' }],
  ['scopes', { scopes: 'profile' }],
  ['pkce', { pkce: 'yes' }],
  ['baseUrl', { baseUrl: 'http://launchpad.classlink.com' }],
  ['apiBaseUrl', { apiBaseUrl: 'https://10.0.0.1' }],
  ['timeoutMs', { timeoutMs: 0 }],
  ['secret', { secret: 'x' }],
])('a mistake in %s is named', (parameter, options) => {
  const known = { clientId: 'c', clientSecret: 's', redirectUri };
  expect(() => new ClassLinkSignIn({ ...known, ...options } as ClassLinkSignInOptions)).toThrow(
    expect.objectContaining({ code: 'configuration', parameter }),
  );
});
