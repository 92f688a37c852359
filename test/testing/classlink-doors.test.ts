import { describe, expect, test } from 'vitest';
import { generateDistrict, type SimulatedClassLink, simulateClassLink } from 'rosterkit/testing';
import { get } from './oneroster-requests.js';
import { forTest, signed } from './support.js';

const district = generateDistrict({ seed: 11, students: 12 });
const partnerKey = 'test-partner-key';

interface Application {
  readonly id: number;
  readonly application_id: number;
  readonly oneroster_application_id: string;
  readonly bearer: string | null;
  readonly enabled: string;
}

async function applications(service: SimulatedClassLink, query = ''): Promise<readonly Application[]> {
  const answer = await get(service, `/applications${query}`, partnerKey);
  expect([answer.status, answer.headers.get('x-total-count')]).toEqual([200, null]);
  return ((await answer.json()) as { applications: Application[] }).applications;
}

describe('the proxy', () => {
  test('lists applications in pages of 100 without a total', async () => {
    const service = await forTest(simulateClassLink(district, { proxy: { otherDistricts: 149, tenantId: 7 } }));
    const first = await applications(service);
    const rest = await applications(service, '?limit=100&offset=100');
    expect([first.length, rest.length]).toEqual([100, 50]);
    expect(rest.at(-1)).toEqual(service.application);
    expect(rest.at(-1)).toMatchObject({ tenant_id: 7, enabled: 'true', tenant_status: 'Active', version: '' });
    expect(new Set([...first, ...rest].map((one) => one.oneroster_application_id)).size).toBe(150);
    expect((await get(service, '/applications', 'x')).status).toBe(401);
    expect(await applications(service, '?offset=150')).toEqual([]);
  });

  test.each([
    ['object', (application: object) => ({ status: 1, applications: application })],
    ['array', (application: object) => [application]],
  ] as const)('lists them as %s', async (shape, expected) => {
    const service = await forTest(simulateClassLink(district, { proxy: { shape } }));
    const answer = await get(service, '/applications', partnerKey);
    expect(await answer.json()).toEqual(expected(service.application));
  });

  test('gives data below the id as it is written, and below no other', async () => {
    const service = await forTest(simulateClassLink(district));
    const { id, application_id, oneroster_application_id: right, bearer } = service.application;
    const statuses = async (key: string, token = bearer ?? '') => {
      const paths = [`/${key}/ims/oneroster/v1p1/orgs`, `/proxy/v1p0/${key}/ims/oneroster/v1p1/orgs`];
      return [(await get(service, paths[0] ?? '', token)).status, (await get(service, paths[1] ?? '', token)).status];
    };
    expect(right).toMatch(/%2F.*%3D/);
    expect(await statuses(right)).toEqual([200, 200]);
    expect(await statuses(right, partnerKey)).toEqual([200, 200]);
    for (const wrong of [String(id), String(application_id), encodeURIComponent(right), decodeURIComponent(right)]) {
      expect(await statuses(wrong), wrong).not.toContain(200);
    }
    expect(await statuses(right, 'x')).toEqual([401, 401]);
    expect((await get(service, '/ims/oneroster/v1p1/orgs', bearer ?? '')).status).toBe(401);
    const answer = await get(service, `/${right}/ims/oneroster/v1p1/orgs?limit=1`, bearer ?? '');
    expect(answer.headers.get('link')).toContain(`<${service.url}/ims/oneroster/v1p1/orgs?`);
    expect(await answer.text()).toContain(`"${service.url}/ims/oneroster/v1p1/orgs/`);
  });

  test('refuses the old bearer token after a new one, and everything while the district shares nothing', async () => {
    const service = await forTest(simulateClassLink(district, { key: 'k', secret: 's' }));
    const path = `/${service.application.oneroster_application_id}/ims/oneroster/v1p1/orgs`;
    const direct = `${service.url}/ims/oneroster/v1p1/orgs`;
    const old = service.application.bearer ?? '';
    const next = service.rotateBearer();
    expect(service.application.bearer).toBe(next);
    expect([(await get(service, path, old)).status, (await get(service, path, next)).status]).toEqual([401, 200]);
    service.disable();
    expect((await applications(service))[0]?.enabled).toBe('false');
    const whenDisabled = [
      (await get(service, path, next)).status,
      (await fetch(direct, { headers: { authorization: signed(direct, 'k', 's') } })).status,
    ];
    expect(whenDisabled).toEqual([401, 401]);
    service.enable();
    expect((await get(service, path, next)).status).toBe(200);
  });

  test('has no bearer tokens of districts where it is set so', async () => {
    const service = await forTest(simulateClassLink(district, { proxy: { hasBearers: false, partnerKey: 'p' } }));
    const path = `/${service.application.oneroster_application_id}/ims/oneroster/v1p1/orgs`;
    expect(service.application.bearer).toBeNull();
    expect((await get(service, path, 'p')).status).toBe(200);
    expect((await get(service, path, '00000000-0000-4000-8000-000000000001')).status).toBe(401);
  });

  test('tells the details of the server, which then lets in', async () => {
    const service = await forTest(simulateClassLink(district, { key: 'k', secret: 's' }));
    const id = service.application.oneroster_application_id;
    const body = (await (await get(service, `/applications/${id}/server`, partnerKey)).json()) as {
      server: { client_id: string; client_secret: string; endpoint_url: string };
    };
    expect(body).toEqual({
      status: 1,
      server: { client_id: 'k', client_secret: 's', endpoint_url: service.url },
      message: '',
    });
    const url = `${body.server.endpoint_url}/ims/oneroster/v1p1/orgs`;
    const authorization = signed(url, body.server.client_id, body.server.client_secret);
    expect((await fetch(url, { headers: { authorization } })).status).toBe(200);
    expect((await get(service, `/applications/12345/server`, partnerKey)).status).toBe(403);
  });
});

describe('sign-in', () => {
  const redirectUri = 'https://app.example/classlink/callback';
  const question = (over: Record<string, string> = {}) =>
    new URLSearchParams({
      client_id: 'client-1',
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'profile',
      state: 'st',
      ...over,
    }).toString();

  async function backFrom(service: SimulatedClassLink, over: Record<string, string> = {}): Promise<URL> {
    const answer = await fetch(`${service.url}/oauth2/v2/auth?${question(over)}`, { redirect: 'manual' });
    return new URL(answer.headers.get('location') ?? 'none:');
  }

  async function exchange(service: SimulatedClassLink, code: string, secret = 'secret-1') {
    const answer = await fetch(`${service.url}/oauth2/v2/token`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'client-1', client_secret: secret, code }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  test('goes from the code by the token to the person and the children', async () => {
    const service = await forTest(simulateClassLink(district, { proxy: { tenantId: 7 } }));
    const [guardian] = district.guardians;
    service.signInAs(guardian?.id ?? '');
    const back = await backFrom(service);
    expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([redirectUri, 'st']);
    const code = back.searchParams.get('code') ?? '';
    const { body } = await exchange(service, code);
    expect((await exchange(service, code)).status, 'a code is good once').toBe(400);
    const token = String(body['access_token']);
    const info = (await (await get(service, '/v2/my/info', token)).json()) as Record<string, unknown>;
    expect(info).toMatchObject({
      TenantId: 7,
      SourcedId: guardian?.id,
      Role: 'Parent',
      FirstName: guardian?.givenName,
    });
    expect(typeof info['UserId']).toBe('number');
    const children = (await (await get(service, '/v2/my/students', token)).json()) as {
      response: { SourcedId: string }[];
    };
    expect(children.response.map(({ SourcedId }) => SourcedId).sort()).toEqual(
      guardian?.students.map(({ studentId }) => studentId).sort(),
    );
    expect((await get(service, '/v2/my/info', 'x')).status).toBe(401);
  });

  test('lets nobody in until it is said who, and says of them what it is told', async () => {
    const service = await forTest(simulateClassLink(district));
    expect((await backFrom(service)).searchParams.get('error')).toBe('access_denied');
    service.signInAs(district.staff[0]?.id ?? '', { sourcedId: '', role: 'Teacher', tenantId: 9 });
    const code = (await backFrom(service)).searchParams.get('code') ?? '';
    expect((await exchange(service, code, 'wrong')).status).toBe(401);
    const { body } = await exchange(service, code);
    expect(await (await get(service, '/v2/my/info', String(body['access_token']))).json()).toMatchObject({
      SourcedId: '',
      Role: 'Teacher',
      TenantId: 9,
    });
    expect((await backFrom(service, { response_type: 'token' })).searchParams.get('error')).not.toBeNull();
    const stranger = await fetch(`${service.url}/oauth2/v2/auth?${question({ redirect_uri: 'https://x.example' })}`);
    expect(stranger.status).toBe(400);
  });
});
