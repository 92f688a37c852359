import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CleverApp, type CleverAppOptions, CleverClient } from '../../src/clever/index.js';
import { AuthenticationError, DecodeError, DisconnectedError, IncompleteReadError } from '../../src/errors.js';
import { jsonAnswer } from '../../src/testing/service.js';
import { rejection } from '../support/http-server.js';
import { district, type OAuthServer, startOAuth } from './oauth-server.js';

function appOf(server: { readonly baseUrl: string }, options: Partial<CleverAppOptions> = {}): CleverApp {
  return new CleverApp({
    clientId: 'client-1',
    clientSecret: 'secret-1',
    baseUrl: server.baseUrl,
    allowInsecureHosts: ['127.0.0.1'],
    minRetryDelayMs: 0,
    ...options,
  });
}

/** A row of Clever's list of tokens. */
function row(id: string, fields: Readonly<Record<string, unknown>> = {}) {
  return {
    created: '2024-01-01T00:00:00.000Z',
    owner: { type: 'district', id },
    access_token: `token-of-${id}`,
    scopes: ['read:sections'],
    ...fields,
  };
}

describe('the connected districts', () => {
  it('are listed with what they share, and never with a token', async () => {
    const server = await startOAuth();
    const connections = await appOf(server).districts.list();
    expect(connections).toEqual([
      {
        district: district.id,
        state: 'connected',
        tier: 'secure-sync',
        scopes: ['read:sections', 'read:students', 'read:user_id'],
        connectedAt: '2025-08-01T00:00:00.000Z',
      },
    ]);
    const [request] = server.requests;
    expect(new URL(request?.url ?? '').search).toBe('?owner_type=district');
    expect(request?.headers['authorization']).toBe(`Basic ${btoa('client-1:secret-1')}`);
  });

  it.each([
    ['secure-sync', ['read:students', 'read:students_basic', 'read:user_id']],
    ['secure-sync', ['read:sections']],
    ['sso', ['read:district_admins_basic', 'read:students_basic', 'read:user_id']],
    // Recorded: contacts and single fields are named in full, and it is the library all the same.
    ['library', ['read:ell_status', 'read:sections_limited', 'read:student_contacts', 'read:user_id']],
    ['library', ['read:students_launchpad']],
    ['unknown', ['read:user_id', 'read:something_new']],
    ['unknown', []],
  ])('are of the tier %s where the scopes are %j', async (tier, scopes) => {
    const server = await startOAuth();
    server.scopes = scopes;
    expect(await appOf(server).districts.get(district.id)).toMatchObject({ tier, scopes });
  });

  it('are named once each, by their newest token, in the order of their ids', async () => {
    const server = await startOAuth(() =>
      jsonAnswer(200, {
        data: [
          row('b', { created: '2024-05-01T00:00:00.000Z', scopes: ['read:students_basic'] }),
          row('b', { created: '2023-05-01T00:00:00.000Z' }),
          row('b', { created: 'no date' }),
          row('a', { scopes: null, created: '' }),
          row('school', { owner: { type: 'school', id: 'school' } }),
        ],
        links: [{ rel: 'self', uri: '/oauth/tokens?owner_type=district' }],
      }),
    );
    const app = appOf(server);
    expect(await app.districts.list()).toEqual([
      { district: 'a', state: 'connected', tier: 'unknown', scopes: [] },
      {
        district: 'b',
        state: 'connected',
        tier: 'sso',
        scopes: ['read:students_basic'],
        connectedAt: '2024-05-01T00:00:00.000Z',
      },
    ]);
  });

  it('are followed over pages, and never in a circle', async () => {
    const page = (id: string, next: string) =>
      jsonAnswer(200, { data: [row(id)], links: [{ rel: 'next', uri: `/oauth/tokens?page=${next}` }] });
    const server = await startOAuth(({ url }) => {
      const asked = new URL(url).searchParams.get('page');
      if (asked === null) return page('a', '2');
      return asked === '2' ? jsonAnswer(200, { data: [row('b')] }) : undefined;
    });
    expect((await appOf(server).districts.list()).map((connection) => connection.district)).toEqual(['a', 'b']);
    const circle = await startOAuth(() => page('a', '2'));
    const error = await rejection(appOf(circle).districts.list());
    expect(error).toBeInstanceOf(IncompleteReadError);
    expect(error).toMatchObject({ collection: 'tokens', received: 2 });
  });

  it('are disconnected where Clever does not list them, which is no error', async () => {
    const server = await startOAuth();
    server.token = undefined;
    const app = appOf(server);
    expect(await app.districts.get(district.id)).toEqual({
      district: district.id,
      state: 'disconnected',
      tier: 'unknown',
      scopes: [],
    });
    expect(await app.districts.list()).toEqual([]);
  });

  it('are never called disconnected, nor left out, because a row could not be read', async () => {
    const server = await startOAuth(() =>
      jsonAnswer(200, { data: [row('a'), row('b', { owner: { type: 'district', id: '' } })] }),
    );
    const app = appOf(server);
    expect(await rejection(app.districts.list())).toMatchObject({
      code: 'decode',
      issues: ['data.1.owner.id: missing-id'],
    });
    expect(await app.districts.get('a')).toMatchObject({ state: 'connected' });
    const error = await rejection(app.districts.get('b'));
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({ path: '/oauth/tokens', issues: ['data.1.owner.id: missing-id'] });
    expect(await rejection(app.districtToken('b')())).toBeInstanceOf(DecodeError);
  });

  it.each([{ resources: [] }, [], null, { data: [{}] }])('in the unknown shape %j are a DecodeError', async (body) => {
    const server = await startOAuth(() => jsonAnswer(200, body));
    expect(await rejection(appOf(server).districts.list())).toBeInstanceOf(DecodeError);
  });

  it('are refused to an application whose secret is wrong', async () => {
    const server = await startOAuth();
    const error = await rejection(appOf(server, { clientSecret: 'secret-2' }).districts.list());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(inspect(error, { depth: null })).not.toContain('secret-2');
  });

  it('are asked for again after a failure, and not at all once the caller has given up', async () => {
    let failures = 2;
    const server = await startOAuth(() => {
      failures -= 1;
      return failures >= 0 ? jsonAnswer(503, {}) : undefined;
    });
    const retries: number[] = [];
    const connections = await appOf(server).districts.list({ onRetry: ({ attempt }) => retries.push(attempt) });
    expect([connections.length, retries]).toEqual([1, [1, 2]]);
    const signal = AbortSignal.abort(new Error('given up'));
    await expect(appOf(server).districts.get('a', { signal })).rejects.toThrow('given up');
    expect(server.asked).toHaveLength(3);
  });
});

describe('the token of a district', () => {
  it('is asked for once by however many, by the id of the district', async () => {
    const server = await startOAuth();
    const app = appOf(server);
    const tokens = await Promise.all([
      app.districtToken(district.id)(),
      app.districtToken(district.id)(),
      app.districtToken(district.id)({ refused: 'older' }),
    ]);
    expect(tokens).toEqual(['district-token-1', 'district-token-1', 'district-token-1']);
    expect(await app.districtToken(district.id)()).toBe('district-token-1');
    expect(server.requests.map(({ url }) => new URL(url).search)).toEqual([
      `?owner_type=district&district=${district.id}`,
    ]);
  });

  it('is asked for again, once, by all who were refused it', async () => {
    const server = await startOAuth();
    const token = appOf(server).districtToken(district.id);
    const refused = await token();
    server.token = 'district-token-2';
    const renewed = await Promise.all([token({ refused }), token({ refused }), token()]);
    expect(renewed).toEqual(['district-token-2', 'district-token-2', 'district-token-2']);
    expect(server.asked).toHaveLength(2);
  });

  it('is not asked for again by those whose refused token is an older one already', async () => {
    const server = await startOAuth();
    const token = appOf(server).districtToken(district.id);
    const first = await token();
    server.token = 'district-token-2';
    await token({ refused: first });
    expect(await token({ refused: first })).toBe('district-token-2');
    expect(server.asked).toHaveLength(2);
  });

  it('of a district that vanished is a DisconnectedError, until the district is back', async () => {
    const server = await startOAuth();
    const token = appOf(server).districtToken(district.id);
    const refused = await token();
    server.token = undefined;
    const error = await rejection(token({ refused }));
    expect(error).toBeInstanceOf(DisconnectedError);
    expect(error).toMatchObject({ source: 'clever', districtId: district.id, isRetryable: false });
    expect((error as Error).message).toMatch(/Nothing was removed.*add the application again/);
    expect((error as Error).message).not.toContain(refused);
    server.token = 'district-token-3';
    expect(await token()).toBe('district-token-3');
  });

  it('that could not be fetched is asked for anew the next time', async () => {
    let isDown = true;
    const server = await startOAuth(() => (isDown ? jsonAnswer(500, {}) : undefined));
    const token = appOf(server, { retries: 0 }).districtToken(district.id);
    expect(await rejection(token())).toMatchObject({ code: 'server' });
    isDown = false;
    expect(await token()).toBe('district-token-1');
  });

  it('is of the district that was asked for, whatever else Clever lists, and the newest one', async () => {
    const server = await startOAuth(() =>
      jsonAnswer(200, {
        data: [
          row('a', { access_token: 'newer', created: '2025-01-01T00:00:00.000Z' }),
          row('a', { access_token: 'older' }),
          row('b'),
          row('c', { access_token: '' }),
        ],
      }),
    );
    const app = appOf(server);
    expect(await app.districtToken('a')()).toBe('newer');
    expect(await app.districtToken('b')()).toBe('token-of-b');
    expect(await rejection(app.districtToken('d')())).toBeInstanceOf(DisconnectedError);
    expect(await rejection(app.districtToken('c')())).toBeInstanceOf(DecodeError);
  });
});

describe('a client with the token of a district', () => {
  /** A school of Clever's, for the token that is good now. */
  async function startSchool() {
    const server: OAuthServer = await startOAuth(({ path, headers }) => {
      if (path !== '/v3.0/schools/school-1') return undefined;
      if (headers['authorization'] !== `Bearer ${server.token ?? ''}`)
        return jsonAnswer(401, { message: 'Unauthorized' });
      return jsonAnswer(200, { data: { id: 'school-1' } });
    });
    const token = appOf(server).districtToken(district.id);
    const client = new CleverClient({ token, baseUrl: server.baseUrl, allowInsecureHosts: ['127.0.0.1'] });
    return { server, client };
  }

  it('goes on after the token was changed', async () => {
    const { server, client } = await startSchool();
    await client.schools.get('school-1');
    server.token = 'district-token-2';
    expect(await client.schools.get('school-1')).toMatchObject({ id: 'school-1' });
    expect(server.asked).toEqual([
      'GET /oauth/tokens',
      'GET /v3.0/schools/school-1',
      'GET /v3.0/schools/school-1',
      'GET /oauth/tokens',
      'GET /v3.0/schools/school-1',
    ]);
  });

  it('says that the district is disconnected once it withdrew', async () => {
    const { server, client } = await startSchool();
    await client.schools.get('school-1');
    server.token = undefined;
    expect(await rejection(client.schools.get('school-1'))).toBeInstanceOf(DisconnectedError);
  });

  it('does not ask for ever where the token is listed and refused all the same', async () => {
    const { server, client } = await startSchool();
    await client.schools.get('school-1');
    const listed = server.token;
    const answers = server.oauth.answer.bind(server.oauth);
    server.oauth.answer = (request) => {
      server.token = listed;
      const answer = answers(request);
      server.token = 'nobody has it';
      return answer;
    };
    server.token = 'nobody has it';
    expect(await rejection(client.schools.get('school-1'))).toBeInstanceOf(AuthenticationError);
    expect(server.asked.slice(2)).toEqual(['GET /v3.0/schools/school-1', 'GET /oauth/tokens']);
  });
});

describe('the options of an application', () => {
  const good = { clientId: 'client-1', clientSecret: 'secret-1' };

  it.each([
    ['clientId', { clientSecret: 'secret-1' }],
    ['clientId', { ...good, clientId: 'with:colon' }],
    ['clientSecret', { ...good, clientSecret: 'line\nbreak' }],
    ['baseUrl', { ...good, baseUrl: 'http://clever.example.com' }],
    ['retries', { ...good, retries: -1 }],
    ['timeoutMs', { ...good, timeoutMs: 0 }],
    ['fetch', { ...good, fetch: 'fetch' }],
    ['clientKey', { ...good, clientKey: 'x' }],
    ['options', undefined],
  ])('are checked: %s', (parameter, options) => {
    const make = () => new CleverApp(options as CleverAppOptions);
    expect(make).toThrow(expect.objectContaining({ code: 'configuration', parameter }));
    expect(make).not.toThrow(/line\nbreak|with:colon/);
  });

  it.each(['', ' ', 'district 1', 'district-1\n', undefined, null, 1])(
    'need the id of a district, not %j',
    async (id) => {
      const app = new CleverApp(good);
      const expected: object = { code: 'configuration', parameter: 'districtId' };
      expect(() => app.districtToken(id as string)).toThrow(expect.objectContaining(expected));
      expect(await rejection(app.districts.get(id as string))).toMatchObject(expected);
    },
  );

  it('are kept where no log finds them', async () => {
    const server = await startOAuth();
    const app = appOf(server);
    await app.districtToken(district.id)();
    const shown = `${inspect(app, { depth: null, showHidden: true })} ${JSON.stringify(app)}`;
    expect(shown).not.toMatch(/secret-1|district-token|Basic/);
  });
});
