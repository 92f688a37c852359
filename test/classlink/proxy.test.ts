import { inspect } from 'node:util';
import { ClassLinkClient, ClassLinkProxy, type ClassLinkProxyOptions, classlinkSource } from 'rosterkit/classlink';
import { describe, expect, test } from 'vitest';
import { rejection } from '../support/http-server.js';
import { apiKey, type ProxyWorld, row, startProxy } from './proxy-server.js';

function proxyOf(world: ProxyWorld, options: Partial<ClassLinkProxyOptions> = {}): ClassLinkProxy {
  return new ClassLinkProxy({
    apiKey,
    baseUrl: world.baseUrl,
    allowInsecureHosts: [world.host],
    minRetryDelayMs: 0,
    retries: 1,
    ...options,
  });
}

const read = async (client: ClassLinkClient) => (await client.orgs.list().toArray()).map(({ sourcedId }) => sourcedId);

/** The application of the first district. */
async function firstOf(proxy: ClassLinkProxy) {
  const [application] = await proxy.applications().toArray();
  if (application === undefined) throw new Error('nothing is listed');
  return application;
}

describe('a mistake is named when the proxy is made', () => {
  test.each([
    ['version', { version: '1.3' }],
    ['paths', { paths: { roster: '/x' } }],
    ['paths.rostering', { paths: { rostering: 'x' } }],
    ['pageSize', { pageSize: 0 }],
    ['allowedHosts', { allowedHosts: [1] }],
    ['allowedHosts', { allowedHosts: null }],
    ['allowedHosts', { allowedHosts: 'example.com' }],
    ['allowInsecureHosts', { allowInsecureHosts: 'localhost' }],
    ['baseUrl', { baseUrl: 'https://oneroster-proxy.apis.classlink.com/ims/oneroster/v1p1' }],
    ['timeout', { timeout: 1 }],
  ])('%s (%j)', (parameter, options) => {
    expect(() => new ClassLinkProxy({ apiKey, ...(options as object) })).toThrow(
      expect.objectContaining({ code: 'configuration', parameter }) as Error,
    );
  });

  test.each([
    ['/proxy/v1p0/{id}', '1.1'],
    ['/{application_id}', '1.2'],
  ] as const)('a proxy at %s, of %s, has none', (dataPath, version) => {
    expect(() => new ClassLinkProxy({ apiKey, dataPath, version })).not.toThrow();
  });

  test('what is no application is said to be none', async () => {
    const proxy = new ClassLinkProxy({ apiKey });
    const mistake = expect.objectContaining({ code: 'configuration', parameter: 'application' }) as Error;
    for (const none of [undefined, null, 'id', {}]) {
      expect(() => proxy.client(none as never)).toThrow(mistake);
      await expect(proxy.server(none as never)).rejects.toEqual(mistake);
    }
  });
});

describe('the list of applications', () => {
  test('says in plain words what ClassLink says in strings, and holds no token', async () => {
    const world = await startProxy([row(2222)]);
    const proxy = proxyOf(world);
    expect(await firstOf(proxy)).toEqual({
      oneRosterApplicationId: '%2FgVa2222Gs%3D',
      tenantId: '2222',
      id: '12222',
      applicationId: '67890',
      tenantName: 'District 2222',
      name: 'Example',
      isEnabled: true,
      tenantStatus: 'Active',
      isShared: true,
    });
    expect(inspect(await firstOf(proxy), { showHidden: true })).not.toContain('bearer-');
    expect(inspect(proxy, { depth: 9 }) + JSON.stringify(proxy)).not.toMatch(/bearer-2222|partner-key/);
  });

  test.each([
    ['turned off', { enabled: 'false' }, false],
    ['turned off, as a boolean', { enabled: false }, false],
    ['of a tenant that is not active', { tenant_status: 'Inactive' }, false],
    ['turned on, in capitals', { enabled: 'TRUE', tenant_status: 'ACTIVE' }, true],
    ['of an older host, which tells neither', { enabled: undefined, tenant_status: undefined }, true],
  ])('an application that is %s', async (_, changes, isShared) => {
    const world = await startProxy([row(1, changes)]);
    expect(await firstOf(proxyOf(world))).toMatchObject({ isShared });
  });

  test('is read to an empty page, because there is no total and pages may be clamped', async () => {
    const world = await startProxy(Array.from({ length: 23 }, (_, index) => row(index + 1)));
    world.list = (offset) => ({ status: 1, applications: world.rows.slice(offset, offset + 10) });
    expect(await proxyOf(world).applications().toArray()).toHaveLength(23);
    expect(world.requests.map(({ query }) => query.get('offset'))).toEqual(['0', '10', '20', '23']);
  });

  test('is lazy, and can be resumed behind a page', async () => {
    const world = await startProxy([row(1), row(2), row(3)]);
    world.list = (offset) => ({ applications: world.rows.slice(offset, offset + 1) });
    const list = proxyOf(world).applications();
    expect(world.lists()).toBe(0);
    expect(await list.toArray({ limit: 1 })).toHaveLength(1);
    expect(world.lists()).toBe(1);
    const rest = [];
    for await (const { items } of list.byPage({ after: '1' })) rest.push(...items.map(({ tenantId }) => tenantId));
    expect(rest).toEqual(['2', '3']);
    await expect(list.byPage({ after: 'x' })[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      parameter: 'after',
    });
  });

  test('may be one object, as in older documentation, or a bare array', async () => {
    const world = await startProxy([]);
    world.list = () => ({ status: 1, applications: row(2, { bearer: null }) });
    expect(await proxyOf(world).applications().toArray()).toMatchObject([{ tenantId: '2' }]);
    world.list = (offset) => (offset === 0 ? [row(3), row(4)] : []);
    expect(await proxyOf(world).applications().toArray()).toMatchObject([{ tenantId: '3' }, { tenantId: '4' }]);
  });

  test('that repeats itself is not taken for whole', async () => {
    const world = await startProxy([]);
    world.list = () => ({ applications: [row(1), row(2)] });
    expect(await rejection(proxyOf(world).applications().toArray())).toMatchObject({
      code: 'incomplete_read',
      received: 2,
    });
  });

  test.each([{ status: 0, message: 'no' }, { applications: null }, { applications: 'none' }, {}, 'text'])(
    'that is none is a DecodeError: %j',
    async (body) => {
      const world = await startProxy([]);
      world.list = () => body;
      expect(await rejection(proxyOf(world).applications().toArray())).toMatchObject({ code: 'decode' });
    },
  );

  test('names the rows that cannot be used, and gives the rest', async () => {
    const world = await startProxy([
      row(1, { oneroster_application_id: '' }),
      row(2, { tenant_id: null }),
      row(3, { oneroster_application_id: 'a/../b' }),
      row(4),
    ]);
    const pages = [];
    for await (const page of proxyOf(world).applications().byPage()) pages.push(page);
    const [page] = pages;
    expect(page?.items.map(({ tenantId }) => tenantId)).toEqual(['4']);
    expect(page?.rejected).toEqual([
      { index: 0, problem: 'oneroster_application_id: missing-id' },
      { index: 1, problem: 'tenant_id: missing-id' },
      { index: 2, problem: 'oneroster_application_id: not-a-path-segment' },
    ]);
  });

  test('a key that is refused is an error that says which key is meant', async () => {
    const world = await startProxy([row(1)]);
    const error = await rejection(proxyOf(world, { apiKey: 'another-key' }).applications().toArray());
    expect(error).toMatchObject({ code: 'authentication', status: 401 });
    expect(String(error)).toContain('Partner Portal');
    expect(String(error)).not.toContain('another-key');
  });
});

describe("a district's data", () => {
  test('is under the id as it was listed, neither decoded nor encoded once more', async () => {
    const world = await startProxy([row(1)]);
    const proxy = proxyOf(world);
    const client = proxy.client(await firstOf(proxy));
    expect(client).toBeInstanceOf(ClassLinkClient);
    expect(client.tenantId).toBe('1');
    expect(await read(client)).toEqual(['S1']);
    expect(world.data[0]).toBe('/%2FgVa1Gs%3D/ims/oneroster/v1p1/orgs');
    expect(classlinkSource(client).provider).toBe('classlink');
  });

  test.each([
    ['/proxy/v1p0/{oneroster_application_id}', '/proxy/v1p0/%2FgVa1Gs%3D/ims/oneroster/v1p1/orgs'],
    ['/proxy/v1p0/{application_id}', '/proxy/v1p0/67890/ims/oneroster/v1p1/orgs'],
    ['/{id}', '/10001/ims/oneroster/v1p1/orgs'],
  ])('is at %s where that is its path', async (dataPath, path) => {
    const world = await startProxy([row(1)]);
    world.accepts = () => true;
    const proxy = proxyOf(world, { dataPath });
    await read(proxy.client(await firstOf(proxy)));
    expect(world.data[0]).toBe(path);
  });

  test("is read with the district's own token, and with the key where none is listed", async () => {
    const world = await startProxy([row(1), row(2, { bearer: null }), row(3, { bearer: '' })]);
    const proxy = proxyOf(world);
    for (const application of await proxy.applications().toArray()) {
      expect(await read(proxy.client(application))).toEqual(['S1']);
    }
    // What was listed is not asked for again.
    expect(world.lists()).toBe(2);
  });

  test('is read for an application that was kept in a database', async () => {
    const world = await startProxy([row(1), row(2)]);
    const kept = { oneRosterApplicationId: '%2FgVa2Gs%3D', tenantId: '2' };
    expect(await read(proxyOf(world).client(kept))).toEqual(['S1']);
  });

  test('is read by the number of the tenant', async () => {
    const world = await startProxy([
      row(1),
      row(2, { application_id: 5 }),
      row(2, { application_id: 6, oneroster_application_id: 'b' }),
    ]);
    const proxy = proxyOf(world);
    expect(await read(await proxy.clientOf('1'))).toEqual(['S1']);
    expect(await read(await proxy.clientOf(2, { applicationId: '6' }))).toEqual(['S1']);
    expect(world.data.at(-1)).toBe('/b/ims/oneroster/v1p1/orgs');
    expect(await rejection(proxy.clientOf('2'))).toMatchObject({ code: 'configuration', parameter: 'applicationId' });
    expect(await rejection(proxy.clientOf('3'))).toMatchObject({ code: 'disconnected', districtId: '3' });
  });

  test('is not said to be withdrawn while rows of the list cannot be read', async () => {
    const world = await startProxy([row(1), row(2, { oneroster_application_id: null })]);
    const proxy = proxyOf(world);
    expect(await rejection(proxy.clientOf('2'))).toMatchObject({ code: 'decode' });
    const kept = { oneRosterApplicationId: 'c', tenantId: '2' };
    expect(await rejection(read(proxy.client(kept)))).toMatchObject({ code: 'decode' });
  });
});

describe('an application of two tenants', () => {
  const id = '%2FgVa1Gs%3D';

  test('whose tenant is not the listed one is asked for nothing, kept by hand or not', async () => {
    const world = await startProxy([row(1)]);
    const proxy = proxyOf(world);
    const foreign = { oneRosterApplicationId: id, tenantId: '2' };
    expect(await rejection(read(proxy.client(foreign)))).toMatchObject({
      code: 'decode',
      issues: ['tenant_id: another'],
    });
    // The client of the right tenant shares nothing with the other.
    expect(await read(proxy.client({ oneRosterApplicationId: id, tenantId: '1' }))).toEqual(['S1']);
    const asked = world.data.length;
    expect(await rejection(read(proxy.client(foreign)))).toMatchObject({ code: 'decode' });
    world.server = { server: { client_id: 'c', client_secret: 's', endpoint_url: 'https://a.rosterserver.com' } };
    expect(await rejection(proxy.server(foreign))).toMatchObject({ code: 'decode' });
    expect(world.data).toHaveLength(asked);
  });

  test('is asked for nothing more once it is listed for another tenant', async () => {
    const world = await startProxy([row(1)]);
    const proxy = proxyOf(world);
    const client = proxy.client(await firstOf(proxy));
    await read(client);
    const asked = world.data.length;
    world.rows = [row(1, { tenant_id: 2 })];
    await proxy.applications().toArray();
    expect(await rejection(read(client))).toMatchObject({ code: 'decode' });
    expect(world.data).toHaveLength(asked);
  });

  test('leads to no data by another number of its own, where the path is made of it', async () => {
    const world = await startProxy([row(1), row(2)]);
    world.accepts = () => true;
    const proxy = proxyOf(world, { dataPath: '/{id}' });
    const mixed = { oneRosterApplicationId: id, tenantId: '1', id: '10002' };
    expect(await rejection(read(proxy.client(mixed)))).toMatchObject({ code: 'decode' });
    expect(world.data).toEqual([]);
  });

  test.each([1, 10])('is unreadable where one list gives it to both, in pages of %i', async (size) => {
    const world = await startProxy([row(1), row(1, { tenant_id: 2 }), row(3), row(3)]);
    world.list = (offset) => ({ applications: world.rows.slice(offset, offset + size) });
    if (size === 1) world.rows = world.rows.slice(0, 3);
    const proxy = proxyOf(world);
    const problems = [];
    const items = [];
    for await (const page of proxy.applications().byPage()) {
      problems.push(...(page.rejected ?? []).map(({ problem }) => problem));
      items.push(...page.items.map(({ tenantId }) => tenantId));
    }
    expect(new Set(problems)).toEqual(new Set(['oneroster_application_id: listed-for-two-tenants']));
    expect(items.filter((tenant) => tenant === '3')).toEqual(['3']);
    for (const tenantId of ['1', '2']) {
      expect(await rejection(proxy.clientOf(tenantId))).toMatchObject({ code: 'decode' });
      const kept = proxy.client({ oneRosterApplicationId: id, tenantId });
      expect(await rejection(read(kept))).toMatchObject({ code: 'decode' });
    }
    expect(world.data).toEqual([]);
    expect(await read(await proxy.clientOf('3'))).toEqual(['S1']);
  });
});

describe('a list that does not end', () => {
  test('is seen by its rejected rows too, however deep they are', async () => {
    const world = await startProxy([]);
    const deep: unknown = JSON.parse('['.repeat(2_000) + ']'.repeat(2_000));
    world.list = () => ({ applications: [{ ...row(1, { tenant_id: null }), deep }] });
    expect(await rejection(proxyOf(world).applications().toArray())).toMatchObject({
      code: 'incomplete_read',
      received: 1,
    });
  });

  test('ends after more pages than any partner has', async () => {
    let page = 0;
    const fetch = (): Promise<Response> => {
      page += 1;
      return Promise.resolve(Response.json({ applications: [row(page)] }));
    };
    const error = await rejection(new ClassLinkProxy({ apiKey, fetch }).applications().toArray());
    expect(error).toMatchObject({ code: 'incomplete_read', received: 1_000 });
  });

  test('is waited for no longer than the caller wants, while others go on', async () => {
    const world = await startProxy([row(1)]);
    let isOpen: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      isOpen = resolve;
    });
    const proxy = proxyOf(world, {
      fetch: async (...request) => {
        await gate;
        return await fetch(...request);
      },
    });
    const stop = new AbortController();
    const stopped = rejection(proxy.clientOf('1', { signal: stop.signal }));
    const other = proxy.clientOf('1');
    stop.abort(new Error('enough'));
    expect(String(await stopped)).toContain('enough');
    isOpen();
    expect((await other).tenantId).toBe('1');
  });
});

test('a listed token that no header can carry is a row that cannot be used', async () => {
  const world = await startProxy([row(1, { bearer: 'two\nlines' })]);
  const proxy = proxyOf(world);
  const pages = [];
  for await (const page of proxy.applications().byPage()) pages.push(...(page.rejected ?? []));
  expect(pages).toEqual([{ index: 0, problem: 'bearer: not-a-header-value' }]);
  expect(await rejection(proxy.clientOf('1'))).toMatchObject({ code: 'decode' });
});

describe('a token that is refused', () => {
  test('is looked up once more, and the request made again, where it has changed', async () => {
    const world = await startProxy([row(1)]);
    const proxy = proxyOf(world);
    const client = proxy.client(await firstOf(proxy));
    await read(client);
    const lists = world.lists();
    world.rows = [row(1, { bearer: 'rotated' })];
    expect(await Promise.all([read(client), read(client)])).toEqual([['S1'], ['S1']]);
    // Read to its empty page, once for both.
    expect(world.lists()).toBe(lists + 2);
    expect(world.requests.at(-1)?.headers.authorization).toBe('Bearer rotated');
  });

  test('is an AuthenticationError that speaks of the district, where it has not', async () => {
    const world = await startProxy([row(1)]);
    const proxy = proxyOf(world);
    const client = proxy.client(await firstOf(proxy));
    world.accepts = () => false;
    const error = await rejection(read(client));
    expect(error).toMatchObject({ code: 'authentication', source: 'classlink' });
    expect(String(error)).toContain('turned the application off');
    expect(String(error)).not.toContain('bearer-1');
    expect(world.data).toHaveLength(1);
  });

  test.each([
    ['gone', []],
    ['turned off', [row(1, { enabled: 'false', bearer: 'other' })]],
  ])('is a DisconnectedError where the application is %s', async (_, rows) => {
    const world = await startProxy([row(1)]);
    const proxy = proxyOf(world);
    const client = proxy.client(await firstOf(proxy));
    await read(client);
    world.rows = rows;
    expect(await rejection(read(client))).toMatchObject({ code: 'disconnected', districtId: '1' });
    // It is looked up anew when the district comes back.
    world.rows = [row(1, { bearer: 'new' })];
    expect(await read(client)).toEqual(['S1']);
  });

  test('of one district is nothing to another', async () => {
    const world = await startProxy([row(1), row(2)]);
    const proxy = proxyOf(world);
    const [one, two] = await proxy.applications().toArray();
    if (one === undefined || two === undefined) throw new Error('nothing is listed');
    const [first, second] = [proxy.client(one), proxy.client(two)];
    await Promise.all([read(first), read(second)]);
    world.rows = [row(1, { bearer: 'x' }), row(2, { bearer: 'y' })];
    await read(first);
    const lists = world.lists();
    // The list that was read for the first tells the second's token too.
    expect(await read(second)).toEqual(['S1']);
    expect(world.lists()).toBe(lists);
  });
});

describe('the district’s own server', () => {
  const server = { client_id: 'c', client_secret: 's', endpoint_url: 'https://example-nj-v2.rosterserver.com/' };

  test('gives a client with direct access', async () => {
    const world = await startProxy([row(1)]);
    world.server = { status: 1, server, message: '' };
    const proxy = proxyOf(world);
    const client = await proxy.server(await firstOf(proxy));
    expect(client).toBeInstanceOf(ClassLinkClient);
    expect(client.tenantId).toBe('1');
    expect(world.data).toEqual(['/applications/%2FgVa1Gs%3D/server']);
  });

  test('must be on a host that is allowed', async () => {
    const world = await startProxy([row(1)]);
    world.server = { server: { ...server, endpoint_url: 'https://roster.example.com' } };
    const application = await firstOf(proxyOf(world));
    expect(await rejection(proxyOf(world).server(application))).toMatchObject({ parameter: 'serverUrl' });
    const allowed = proxyOf(world, { allowedHosts: ['roster.example.com'] });
    expect(await allowed.server(application)).toBeInstanceOf(ClassLinkClient);
  });

  test.each([{ status: 0, message: 'no' }, { server: { ...server, client_secret: '' } }, []])(
    'without credentials is a DecodeError: %j',
    async (body) => {
      const world = await startProxy([row(1)]);
      world.server = body;
      const proxy = proxyOf(world);
      const error = await rejection(proxy.server(await firstOf(proxy)));
      expect(error).toMatchObject({ code: 'decode' });
      expect((error as { issues: string[] }).issues.at(-1)).toMatch(/missing$/);
    },
  );
});

test.each(['..', '.', '%2e%2E', 'a/b', 'a?b', 'a#b', 'a\\b', 'a b', '', '%', '%zz', 'é', undefined])(
  'an id that would leave the path leads nowhere: %j',
  async (oneRosterApplicationId) => {
    const proxy = new ClassLinkProxy({ apiKey });
    const application = { oneRosterApplicationId: oneRosterApplicationId as string, tenantId: '1' };
    expect(() => proxy.client(application)).toThrow(expect.objectContaining({ parameter: 'application' }));
    expect(await rejection(proxy.server(application))).toMatchObject({ parameter: 'application' });
  },
);

test.each([
  ['apiKey', { apiKey: ' ' }],
  ['apiKey', { apiKey: 'line\nbreak' }],
  ['baseUrl', { baseUrl: 'http://oneroster-proxy.classlink.io' }],
  ['baseUrl', { baseUrl: '' }],
  ['dataPath', { dataPath: '/proxy' }],
  ['dataPath', { dataPath: '{id}' }],
  ['dataPath', { dataPath: '/../{id}' }],
  ['dataPath', { dataPath: '/{id}?x' }],
  ['retries', { retries: -1 }],
  ['key', { key: 'x' }],
])('a mistake in %s is named', (parameter, options) => {
  expect(() => new ClassLinkProxy({ apiKey, ...options })).toThrow(
    expect.objectContaining({ code: 'configuration', parameter }),
  );
});

test('the newer host is the default, and the older one can be named', () => {
  expect(() => new ClassLinkProxy({ apiKey, baseUrl: 'https://oneroster-proxy.classlink.io/' })).not.toThrow();
  const client = new ClassLinkProxy({ apiKey }).client({ oneRosterApplicationId: 'a', tenantId: '1' });
  expect(client).toBeInstanceOf(ClassLinkClient);
});
