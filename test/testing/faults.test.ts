import { describe, expect, test, vi } from 'vitest';
import {
  FixedClock,
  generateDistrict,
  type SimulatedService,
  simulateClassLink,
  simulateClever,
} from 'rosterkit/testing';
import { ConfigurationError } from '../../src/errors.js';
import { forTest } from './support.js';

const district = generateDistrict({ seed: 8 });
const startClever = () => forTest(simulateClever(district));
const startClassLink = () => forTest(simulateClassLink(district, { bearer: 'b' }));

const clever = (service: SimulatedService, path: string) =>
  fetch(service.url + path, { headers: { authorization: 'Bearer test-token' } });
const classLink = (service: SimulatedService, path: string) =>
  fetch(`${service.url}/ims/oneroster/v1p1${path}`, { headers: { authorization: 'Bearer b' } });

describe('a fault', () => {
  test('happens once, and then the truth is told again', async () => {
    const service = await startClever();
    service.fail({ status: 502 });
    const answer = await clever(service, '/v3.0/users');
    expect(answer.status).toBe(502);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect((await clever(service, '/v3.0/users')).status).toBe(200);
    expect(service.requests).toBe(2);
    expect(service.received).toEqual([
      { method: 'GET', path: '/v3.0/users' },
      { method: 'GET', path: '/v3.0/users' },
    ]);
  });

  test('happens as often as it says, to the paths it names, after the pages it lets pass', async () => {
    const service = await startClever();
    service.fail({ path: '/users', status: 503, times: 2, afterPages: 1 });
    service.fail({ path: /\/sections\?limit=5/, status: 401 });
    const statuses = [];
    for (const path of ['/schools', '/users', '/users?limit=2', '/schools', '/users', '/users', '/sections']) {
      statuses.push((await clever(service, `/v3.0${path}`)).status);
    }
    expect(statuses).toEqual([200, 200, 503, 200, 503, 200, 200]);
    expect((await clever(service, '/v3.0/sections?limit=5')).status).toBe(401);
  });

  test('of too many requests says when to come back, in each provider’s way', async () => {
    const clock = new FixedClock();
    const first = await forTest(simulateClever(district, { clock }));
    first.fail({ status: 429, resetAfterSeconds: 5 });
    const answer = await clever(first, '/v3.0/users');
    expect(answer.status).toBe(429);
    expect(await answer.text()).toBe('');
    expect(answer.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(answer.headers.get('x-ratelimit-reset')).toBe(String(clock.now().getTime() / 1000 + 5));
    const second = await startClassLink();
    second.fail({ status: 429, resetAfterSeconds: 5 });
    const other = await classLink(second, '/users');
    expect([other.status, other.headers.get('retry-after')]).toEqual([429, '5']);
  });

  test('is worded by the provider', async () => {
    const first = await startClever();
    first.fail({ status: 401 });
    expect(await (await clever(first, '/v3.0/users')).json()).toHaveProperty('message');
    const second = await startClassLink();
    second.fail({ status: 401 });
    expect(await (await classLink(second, '/users')).json()).toMatchObject({
      statusInfoSet: [{ imsx_codeMajor: 'failure', imsx_codeMinor: 'unauthorisedrequest' }],
    });
  });

  test('can be a web page that says all is well, or any other body', async () => {
    const service = await startClever();
    service.fail({ html: true });
    service.fail({ body: '{"data":null}' });
    const page = await clever(service, '/v3.0/users');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain('<!DOCTYPE html>');
    expect(await (await clever(service, '/v3.0/users')).text()).toBe('{"data":null}');
  });

  test('can cut the connection, in the middle of an answer or before it', async () => {
    const service = await startClever();
    service.fail({ truncate: true });
    const cut = await clever(service, '/v3.0/users');
    expect(cut.status).toBe(200);
    await expect(cut.text()).rejects.toThrow();
    service.fail({ drop: true });
    await expect(clever(service, '/v3.0/users')).rejects.toThrow();
    expect((await clever(service, '/v3.0/users')).status).toBe(200);
  });

  test('can end a list early, though its total says more', async () => {
    const first = await startClever();
    first.fail({ endEarly: true, afterPages: 1 });
    const page = (await (await clever(first, '/v3.0/users?limit=2')).json()) as {
      links: { rel: string; uri: string }[];
    };
    const next = page.links.find(({ rel }) => rel === 'next')?.uri ?? '';
    expect(await (await clever(first, next)).json()).toMatchObject({ data: [], links: [{ rel: 'self' }] });
    const second = await startClassLink();
    second.fail({ endEarly: true, path: '/users' });
    const answer = await classLink(second, '/users?limit=10&offset=10');
    expect(await answer.json()).toEqual({ users: [] });
    expect(Number(answer.headers.get('x-total-count'))).toBeGreaterThan(400);
  });

  test('can let an answer drip in, whole or cut, for as long as someone waits for it', async () => {
    const service = await startClever();
    const whole = await (await clever(service, '/v3.0/users')).text();
    service.fail({ slowMs: 1 });
    expect(await (await clever(service, '/v3.0/users')).text()).toBe(whole);
    service.fail({ slowMs: 1, truncate: true });
    await expect((await clever(service, '/v3.0/users')).text()).rejects.toThrow();
    service.fail({ slowMs: 60_000 });
    const patience = new AbortController();
    const answer = await fetch(`${service.url}/v3.0/users`, {
      headers: { authorization: 'Bearer test-token' },
      signal: patience.signal,
    });
    expect(answer.status, 'the head comes at once').toBe(200);
    const rest = expect(answer.text()).rejects.toThrow('aborted');
    patience.abort();
    await rest;
  });

  test('can be something that happens between two pages', async () => {
    const service = await startClever();
    const other = generateDistrict({ seed: 9 });
    service.fail({
      path: '/users',
      afterPages: 1,
      onRequest: () => {
        service.setDistrict(other);
      },
    });
    service.fail({ path: '/users', afterPages: 1, onRequest: () => service.rotateToken() });
    const pages = [];
    for (let page = 0; page < 3; page += 1) {
      const answer = await clever(service, '/v3.0/users?limit=1');
      pages.push(
        answer.status === 200 ? ((await answer.json()) as { data: [{ data: object }] }).data[0].data : answer.status,
      );
    }
    expect(pages).toEqual([
      expect.objectContaining({ district: district.id }),
      expect.objectContaining({ district: other.id }),
      401,
    ]);
  });

  test('that says nothing is refused', async () => {
    const service = await startClever();
    expect(() => {
      service.fail({ path: '/users' });
    }).toThrow(ConfigurationError);
  });
});

test('a stopped service answers no more, also on connections that were kept', async () => {
  const service = await simulateClever(district);
  expect((await clever(service, '/v3.0/users')).status).toBe(200);
  await service.close();
  await expect(clever(service, '/v3.0/users')).rejects.toThrow();
});

test('a stopped service cuts what it has not answered yet', async () => {
  const service = await simulateClever(district, { pageLatencyMs: 600_000 });
  const answer = expect(clever(service, '/v3.0/users')).rejects.toThrow();
  await vi.waitUntil(() => service.requests === 1);
  await service.close();
  await answer;
});

test('a service listens on the port that it is given, on this machine alone', async () => {
  const probe = await simulateClever(district);
  await probe.close();
  const port = Number(new URL(probe.url).port);
  const service = await forTest(simulateClassLink(district, { port }));
  expect(service.host).toBe(`127.0.0.1:${String(port)}`);
  await expect(simulateClever(district, { port })).rejects.toThrow('EADDRINUSE');
});

test('a service takes its time where it is told to', async () => {
  const service = await forTest(simulateClever(district, { pageLatencyMs: 40 }));
  const before = performance.now();
  await clever(service, '/v3.0/schools');
  expect(performance.now() - before).toBeGreaterThanOrEqual(39);
});
