import { expect, it, onTestFinished } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { CleverApp, CleverClient, cleverSource } from '../../src/clever/index.js';
import { RosterSync } from '../../src/sync/index.js';
import { evolve, generateDistrict, simulateClever } from '../../src/testing/index.js';

const scope = { tenant: 'district-1' };

/** A district, the application that it has, and a sync that knows the district by its id alone. */
async function connect() {
  const district = generateDistrict({ seed: 4, schools: 2, students: 60 });
  const clever = await simulateClever(district, { clientId: 'client-1', clientSecret: 'secret-1' });
  onTestFinished(() => clever.close());
  const reach = { allowInsecureHosts: [clever.host], minRetryDelayMs: 0 };
  const app = new CleverApp({ clientId: 'client-1', clientSecret: 'secret-1', baseUrl: clever.url, ...reach });
  const client = new CleverClient({
    token: app.districtToken(district.id),
    baseUrl: clever.url,
    pageSize: 20,
    ...reach,
  });
  const store = new MemoryStore();
  const sync = new RosterSync({
    source: cleverSource(client),
    store,
    scope,
    policy: { fullData: true, archive: true },
  });
  return { district, clever, app, sync, store };
}

it('a token that is replaced in the middle of a read is fetched again, and the run goes on', async () => {
  const { clever, sync } = await connect();
  clever.fail({ path: '/users', afterPages: 2, onRequest: () => clever.rotateToken() });
  const run = await sync.run();
  expect(run).toMatchObject({ outcome: 'applied', failures: [] });
  expect(clever.received.filter(({ path }) => path.startsWith('/oauth/tokens'))).toHaveLength(2);
  expect((await sync.plan()).changes).toEqual([]);
});

it('a district that withdraws the application is left as it is, and goes on where it was when it comes back', async () => {
  const { district, clever, app, sync, store } = await connect();
  await sync.run();
  const before = await store.load(scope);

  clever.disconnect();
  clever.setDistrict(evolve(district, { seed: 2, withdrawals: 5, classesVanish: 2 }));
  expect(await app.districts.get(district.id)).toEqual({
    district: district.id,
    state: 'disconnected',
    tier: 'unknown',
    scopes: [],
  });
  const failed = await sync.run();
  expect(failed).toMatchObject({ outcome: 'failed', applied: 0, failures: [{ code: 'disconnected' }] });
  const after = await store.load(scope);
  expect([after.classes, after.users, after.enrollments]).toEqual([before.classes, before.users, before.enrollments]);
  expect(await sync.preflight()).toMatchObject({ state: 'blocked', findings: [{ code: 'DISCONNECTED' }] });

  clever.reconnect();
  const plan = await sync.plan();
  expect(plan.counts.byKind['class-archive']).toBe(2);
  expect((await sync.apply(plan, { acknowledge: plan.hash, by: 'admin' })).outcome).toBe('applied');
});

it('a district that withdraws in the middle of a read fails the whole run', async () => {
  const { clever, sync } = await connect();
  await sync.run();
  for (const path of ['/users', '/sections', '/terms']) {
    clever.fail({ path, afterPages: path === '/terms' ? 0 : 1, onRequest: () => clever.disconnect() });
    expect(await sync.run()).toMatchObject({ outcome: 'failed', applied: 0, failures: [{ code: 'disconnected' }] });
    clever.reconnect();
  }
  expect((await sync.plan()).changes).toEqual([]);
});
