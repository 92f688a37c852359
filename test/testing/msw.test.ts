import { setupServer } from 'msw/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FixedClock, generateDistrict, simulateClassLink, simulateClever } from 'rosterkit/testing';
import { classLinkHandlers, cleverHandlers, oneRosterHandlers } from 'rosterkit/testing/msw';
import { forTest, signed } from './support.js';

const district = generateDistrict({ seed: 12, students: 40 });
const clock = new FixedClock();
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'bypass' }));
afterAll(() => server.close());

/** Everything of an answer that the service itself decides. */
async function essence(answer: Response): Promise<unknown> {
  const byTransport = new Set(['connection', 'content-length', 'date', 'keep-alive']);
  return {
    status: answer.status,
    headers: [...answer.headers].filter(([name]) => !byTransport.has(name)),
    body: Buffer.from(await answer.arrayBuffer()).toString('latin1'),
  };
}

test('the handlers of Clever answer as the server does, byte for byte', async () => {
  const service = await forTest(simulateClever(district, { clock, rateLimit: 11 }));
  const paths = [
    '/v3.0/districts',
    '/v3.0/schools?limit=1',
    '/v3.1/users?limit=7',
    `/v3.0/users?role=contact&limit=3&starting_after=${district.guardians[1]?.id ?? ''}`,
    '/v3.0/sections?ending_before=last&limit=2',
    `/v3.0/users/${district.students[0]?.id ?? ''}`,
    '/v3.0/users/nobody',
    '/v3.0/users?limit=10001',
    '/v3.0/resources',
    '/v3.0/terms',
    '/v3.0/courses',
    '/v3.0/courses?limit=3',
    '/v3.0/courses?limit=4',
  ];
  const ask = async (): Promise<unknown[]> => {
    const answers: unknown[] = [];
    for (const path of paths) {
      const token = path.endsWith('terms') ? 'wrong' : 'test-token';
      answers.push(await essence(await fetch(service.url + path, { headers: { authorization: `Bearer ${token}` } })));
    }
    return answers;
  };
  const overHttp = await ask();
  expect(service.requests).toBe(paths.length);
  server.use(...cleverHandlers(district, { baseUrl: `${service.url}/`, clock, rateLimit: 11 }));
  expect(await ask()).toEqual(overHttp);
  expect(service.requests, 'the handlers answered').toBe(paths.length);
  expect(new Set(overHttp.map((answer) => (answer as { status: number }).status))).toEqual(
    new Set([200, 404, 413, 401, 429]),
  );
  server.resetHandlers();
});

test('the handlers of ClassLink answer as the server does, byte for byte', async () => {
  const options = { key: 'k', secret: 's', clock };
  const service = await forTest(simulateClassLink(district, options));
  const paths = [
    '/orgs',
    '/users?limit=7&offset=3&sort=sourcedId',
    "/users?filter=role%3D'teacher'",
    `/users/${district.students[0]?.id ?? ''}`,
    '/enrollments?limit=5&orderBy=desc',
    '/users/nobody',
    '/users?limit=x',
    '/nothing',
  ].map((path) => `${service.url}/ims/oneroster/v1p1${path}`);
  const headers = paths.map((url, index) => ({ authorization: index === 0 ? '' : signed(url, 'k', 's', clock.now()) }));
  const ask = async (): Promise<unknown[]> => {
    const answers: unknown[] = [];
    for (const [index, url] of paths.entries())
      answers.push(await essence(await fetch(url, { headers: headers[index] ?? {} })));
    return answers;
  };
  const overHttp = await ask();
  server.use(...classLinkHandlers(district, { baseUrl: service.url, ...options }));
  expect(await ask()).toEqual(overHttp);
  expect(service.requests, 'the handlers answered').toBe(paths.length);
  server.resetHandlers();
});

test('the handlers of OneRoster and of ClassLink’s other doors answer on their own hosts', async () => {
  server.use(
    ...oneRosterHandlers(district, { version: '1.2', bearer: 'b', quirks: { maxPageSize: 3 } }),
    ...classLinkHandlers(district),
  );
  const ask = async (url: string, token: string) =>
    (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).text();
  const users = await ask('https://oneroster.example/ims/oneroster/rostering/v1p2/users', 'b');
  expect((JSON.parse(users) as { users: unknown[] }).users).toHaveLength(3);
  const applications = await ask('https://oneroster-proxy.apis.classlink.com/applications', 'test-partner-key');
  expect(JSON.parse(applications)).toMatchObject({ status: 1, applications: [{ tenant_name: district.name }] });
  server.resetHandlers();
});

test('the handlers ask a function for the district at every request', async () => {
  let current = district;
  server.use(...cleverHandlers(() => current), ...classLinkHandlers(() => current, { bearer: 'b' }));
  current = generateDistrict({ seed: 13 });
  const clever = await fetch('https://api.clever.com/v3.0/districts', {
    headers: { authorization: 'Bearer test-token' },
  });
  expect(await clever.text()).toContain(current.id);
  const classLink = await fetch('https://sample-vn-v2.rosterserver.com/ims/oneroster/v1p1/orgs', {
    headers: { authorization: 'Bearer b' },
  });
  expect(await classLink.text()).toContain(current.id);
  server.resetHandlers();
});
