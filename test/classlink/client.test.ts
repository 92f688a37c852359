import { ClassLinkClient, classlinkPreflight, classlinkSource } from 'rosterkit/classlink';
import { bearer, type OneRosterAuth, OneRosterClient, oauth1 } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import { restDistrict } from '../oneroster/support/district.js';
import { collectionsOf, scope } from '../oneroster/support/roster.js';
import { serve } from '../oneroster/support/server.js';

const details = {
  tenantId: '2222',
  clientId: 'client-id',
  secretKey: 'secret-key',
  serverUrl: 'https://example-nj-v2.rosterserver.com',
};

const make = (options: object) => () => new ClassLinkClient({ ...details, ...options });

const naming = (parameter: string) => expect.objectContaining({ code: 'configuration', parameter }) as Error;

describe('a client of a roster server', () => {
  test('signs by HMAC-SHA256 with the client id, and reads users lazily', async () => {
    const server = await serve(restDistrict);
    const client = new ClassLinkClient({ ...details, serverUrl: `${server.url}/`, allowInsecureHosts: [server.host] });
    const users = await client.users.list().toArray();
    expect(users.map(({ sourcedId }) => sourcedId)).toEqual(['G1', 'T1', 'U1', 'U2']);
    const [asked] = server.asked;
    expect(asked?.url).toMatch(/^\/ims\/oneroster\/v1p1\/users\?/);
    expect(asked?.headers.authorization).toMatch(/^OAuth oauth_consumer_key="client-id", /);
    expect(asked?.headers.authorization).toContain('oauth_signature_method="HMAC-SHA256"');
    expect(asked?.headers.authorization).not.toContain('secret-key');
  });

  test('an error names classlink and holds no secret', async () => {
    const server = await serve({}, () => ({ status: 401, body: {} }));
    const client = new ClassLinkClient({ ...details, serverUrl: server.url, allowInsecureHosts: ['127.0.0.1'] });
    const error = await client.orgs
      .list({ filter: "name='x'" })
      .toArray()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'authentication', source: 'classlink', path: '/ims/oneroster/v1p1/orgs' });
    expect(String(error)).not.toMatch(/secret-key|client-id|filter|name=/);
    expect(JSON.stringify(client)).not.toContain('secret-key');
  });

  test('has every resource of OneRoster, and another proof where one is given', async () => {
    const server = await serve(restDistrict);
    const { clientId, secretKey, ...rest } = details;
    const common = { ...rest, serverUrl: server.url, allowInsecureHosts: [server.host] };
    const client = new ClassLinkClient({ ...common, tenantId: 2222, auth: bearer('a-token') });
    expect(client).toBeInstanceOf(OneRosterClient);
    expect(client.tenantId).toBe('2222');
    await client.orgs.list().toArray();
    expect(server.asked[0]?.headers.authorization).toBe('Bearer a-token');
    const sha1 = new ClassLinkClient({ ...common, clientId, secretKey, signatureMethod: 'HMAC-SHA1' });
    await sha1.orgs.list().toArray();
    expect(server.asked.at(-1)?.headers.authorization).toContain('oauth_signature_method="HMAC-SHA1"');
  });

  test('its source reads the district with provider classlink', async () => {
    const server = await serve(restDistrict);
    const client = new ClassLinkClient({ ...details, serverUrl: server.url, allowInsecureHosts: [server.host] });
    const source = classlinkSource(client);
    const roster = await source.read(scope);
    expect([source.provider, roster.source]).toEqual(['classlink', 'classlink']);
    expect(roster.attestation.collections.users.state).toBe('complete');
    expect(collectionsOf(roster)).toMatchObject({ schools: [{ sourcedId: 'S1' }, { sourcedId: 'S2' }] });
    expect((await source.schools()).map(({ name }) => name)).toEqual(['Elm School', 'Oak School']);
  });
});

describe('options', () => {
  test.each([
    ['options', undefined],
    ['options', null],
    ['options', 'https://example-nj-v2.rosterserver.com'],
    ['clientId', {}],
    ['allowedHosts', { ...details, allowedHosts: [1] }],
    ['allowedHosts', { ...details, allowedHosts: null }],
    ['allowedHosts', { ...details, allowedHosts: 'example.com' }],
    ['allowInsecureHosts', { ...details, allowInsecureHosts: 'localhost' }],
    ['tenantId', { ...details, tenantId: ' ' }],
    ['tenantId', { ...details, tenantId: 1.5 }],
  ])('a mistake in %s is named: %j', (parameter, options) => {
    expect(() => new ClassLinkClient(options as never)).toThrow(naming(parameter));
  });

  test('of the source and the preflight are checked too', async () => {
    const client = new ClassLinkClient(details);
    expect(() => classlinkSource(client, { wholeReadEvery: 1 } as never)).toThrow(naming('wholeReadEvery'));
    expect(() => classlinkSource(undefined as never)).toThrow(naming('client'));
    await expect(classlinkPreflight(client, { guardians: 1 } as never)).rejects.toEqual(naming('guardians'));
    await expect(classlinkPreflight(classlinkSource(client) as never)).rejects.toEqual(naming('client'));
  });
});

describe('the server URL', () => {
  test.each([
    'https://example-nj-v2.rosterserver.com',
    'https://example-nj-v2.rosterserver.com/',
    'https://example-ca-v2.oneroster.com/ims/oneroster/v1p1/',
    '  https://EXAMPLE-vn-v2.RosterServer.com ',
  ])('%s is accepted', (serverUrl) => {
    expect(make({ serverUrl })).not.toThrow();
  });

  test.each([
    'http://example-nj-v2.rosterserver.com',
    'https://127.0.0.1',
    'https://localhost',
    'https://10.0.0.8',
    'https://[::1]',
    'https://169.254.169.254',
    'https://roster.example.com',
    'https://rosterserver.com.example.com',
    'https://evilrosterserver.com',
    'https://user:pass@example-nj-v2.rosterserver.com',
    'https://example-nj-v2.rosterserver.com/ims/oneroster/v1p1?x=1',
    'ftp://example-nj-v2.rosterserver.com',
    'example-nj-v2.rosterserver.com',
    '',
  ])('%s is refused by name', (serverUrl) => {
    expect(make({ serverUrl })).toThrow(naming('serverUrl'));
  });

  test('the refusal names the option once, and not the URL', () => {
    expect(make({ serverUrl: 'http://example-nj-v2.rosterserver.com' })).toThrow(/^serverUrl: must be https/);
  });

  test('further hosts are accepted where they are named, and only these', () => {
    const serverUrl = 'https://roster.example.com';
    expect(make({ serverUrl, allowedHosts: ['roster.example.com'] })).not.toThrow();
    expect(make({ serverUrl, allowedHosts: ['*.example.com'] })).not.toThrow();
    expect(make({ serverUrl, allowedHosts: ['example.com'] })).toThrow(naming('serverUrl'));
    expect(make({ serverUrl: 'http://roster.example.com', allowedHosts: ['roster.example.com'] })).toThrow(
      naming('serverUrl'),
    );
  });
});

test.each([
  ['tenantId', { tenantId: '' }],
  ['tenantId', { tenantId: 1.5 }],
  ['clientId', { clientId: ' ' }],
  ['secretKey', { secretKey: undefined }],
  ['pageSize', { pageSize: 0 }],
  ['timeoutMs', { timeoutMs: 0 }],
  ['secret', { secret: 'x' }],
  ['version', { version: '2.0' }],
  ['paths.rostering', { paths: { rostering: 7 } }],
  ['signatureMethod', { signatureMethod: 'PLAINTEXT' }],
  ['clientId', { auth: oauth1({ key: 'k', secret: 's' }) }],
])('a mistake in %s is named', (parameter, options) => {
  expect(make(options)).toThrow(naming(parameter));
});

test('a mistake in auth is named', () => {
  const { tenantId, serverUrl } = details;
  expect(() => new ClassLinkClient({ tenantId, serverUrl, auth: {} as OneRosterAuth })).toThrow(naming('auth'));
});
