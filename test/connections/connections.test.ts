import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  AuthenticationError,
  type Connection,
  ConfigurationError,
  type Connections,
  DisconnectedError,
  LockHeldError,
  MemoryStore,
  PlanError,
  StoreConflictError,
  StoreError,
} from '../../src/index.js';
import { attestation, person, roster } from '../sync/support.js';
import { by, KEY, SCHEDULE, Scene, SECRET } from './support.js';

const scope = { tenant: 'district-1' };

async function draft(scene: Scene, provider = 'checked'): Promise<string> {
  const { id } = await scene.connections.create({ provider, credentials: { token: SECRET }, ...by });
  return id;
}

async function actionsOf({ store }: Scene): Promise<readonly string[]> {
  return (await store.audit(scope)).map(({ action }) => action.replace('connection-', '')).reverse();
}

/** The parameter of the ConfigurationError that the work throws. */
async function refusedFor(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigurationError);
  return (error as ConfigurationError).parameter;
}

describe('everything is set up before it syncs', () => {
  test('a connection goes from draft to enabled, and each act is kept with who did it', async () => {
    const scene = new Scene();
    const { connections, store } = scene;
    const id = await draft(scene);
    expect(await connections.get(id)).toMatchObject({ version: 1, provider: 'checked', state: 'draft', policy: {} });
    expect(await connections.schools(id)).toMatchObject([{ sourcedId: 'north' }]);
    await connections.linkSchool(id, 'north', by);
    await connections.configure(id, { policy: { fullData: true }, schedule: SCHEDULE, label: 'North' }, by);
    expect((await connections.get(id)).state).toBe('draft');
    await connections.preflight(id, by);
    expect((await connections.get(id)).state).toBe('checked');
    const plan = await connections.preview(id, by);
    expect(plan.counts.changes).toBeGreaterThan(0);
    expect((await connections.get(id)).state).toBe('previewed');
    expect((await store.load(scope)).users).toEqual([]);
    const enabled = await connections.enable(id, by);
    expect(enabled).toMatchObject({ state: 'enabled', schools: ['north'], preview: { planHash: plan.hash } });
    expect(await actionsOf(scene)).toEqual(['create', 'link-school', 'configure', 'preflight', 'preview', 'enable']);
    expect((await store.audit(scope)).every((entry) => entry.by === 'admin-1' && entry.subject === id)).toBe(true);
    const run = await connections.runNow(id, by);
    expect(run).toMatchObject({ outcome: 'applied', by: 'admin-1', scope: { ...scope, schools: ['north'] } });
    expect((await store.load(scope)).users).toHaveLength(10);
    expect((await store.audit(scope))[0]).toMatchObject({ action: 'connection-run', runId: run.id });
  });

  test('what is still to be done is named', async () => {
    const scene = new Scene();
    const { connections } = scene;
    const id = await draft(scene);
    expect(await refusedFor(connections.enable(id, by))).toBe('schools');
    expect(await refusedFor(connections.preview(id))).toBe('schools');
    await connections.linkSchool(id, 'all', by);
    expect(await refusedFor(connections.enable(id, by))).toBe('preflight');
    scene.preflightState = 'blocked';
    await connections.preflight(id);
    await connections.preview(id);
    expect((await connections.get(id)).state).toBe('draft');
    expect(await refusedFor(connections.enable(id, by))).toBe('preflight');
    scene.preflightState = 'warning';
    await connections.preflight(id);
    expect((await connections.get(id)).state).toBe('previewed');
    await connections.configure(id, { policy: { fullData: true } }, by);
    expect((await connections.get(id)).state).toBe('checked');
    expect(await refusedFor(connections.enable(id, by))).toBe('preview');
    for (const early of [connections.runNow(id, by), connections.sync(id), connections.pause(id, by)]) {
      await expect(early).rejects.toThrow(PlanError);
    }
    await connections.enable(id, { ...by, withoutPreview: true });
    expect((await scene.store.audit(scope))[0]).toMatchObject({ details: { withoutPreview: true } });
  });

  test('a provider without a preflight needs none', async () => {
    const scene = new Scene();
    const id = await draft(scene, 'plain');
    await scene.connections.linkSchool(id, 'all', by);
    expect(await refusedFor(scene.connections.preflight(id))).toBe('source');
    expect(await refusedFor(scene.connections.enable(id, by))).toBe('preview');
    await scene.connections.preview(id);
    expect((await scene.connections.enable(id, by)).state).toBe('enabled');
  });

  test('a plan whose feed cannot be believed is no preview', async () => {
    const scene = new Scene();
    const id = await draft(scene, 'plain');
    await scene.connections.linkSchool(id, 'all', by);
    scene.feed = () => ({ ...roster(), attestation: attestation('failed'), schools: [], users: [], classes: [] });
    expect((await scene.connections.preview(id)).outcome).toBe('failed');
    expect(await refusedFor(scene.connections.enable(id, by))).toBe('preview');
  });

  test('a setting that is impossible is named at once, and nothing of it is kept', async () => {
    const scene = new Scene();
    const { connections } = scene;
    const id = await draft(scene);
    const before = await connections.get(id);
    const impossible: readonly [settings: object, parameter: string][] = [
      [{ policy: { archive: true } }, 'policy.archive'],
      [{ policy: { fullDate: true } }, 'policy.fullDate'],
      [{ policy: null }, 'policy'],
      [{ steps: [] }, 'policy.steps'],
      [{ polizy: {} }, 'polizy'],
      [{ label: ' ' }, 'label'],
      [{ schedule: 'daily' }, 'schedule'],
      [{ schedule: { at: '24:00', timeZone: 'UTC' } }, 'schedule.at'],
      [{ schedule: { at: '02:30', timeZone: 'Mars/Base' } }, 'schedule.timeZone'],
      [{ schedule: { ...SCHEDULE, weekdays: [] } }, 'schedule.weekdays'],
      [{ schedule: { ...SCHEDULE, weekdays: ['sabbath'] } }, 'schedule.weekdays'],
      [{ schedule: { ...SCHEDULE, jitterMinutes: 1440 } }, 'schedule.jitterMinutes'],
      [{ schedule: { ...SCHEDULE, pauses: [{ from: '2026-02-30', to: '2026-03-01' }] } }, 'schedule.pauses[0].from'],
      [{ schedule: { ...SCHEDULE, pauses: [{ from: '06-15', to: '2026-08-01' }] } }, 'schedule.pauses[0].to'],
      [{ schedule: { ...SCHEDULE, pauses: [{ from: '2026-08-01', to: '2026-07-01' }] } }, 'schedule.pauses[0].to'],
      [{ schedule: { ...SCHEDULE, hours: 3 } }, 'schedule.hours'],
      [{ guardians: { provider: 'none' } }, 'provider'],
    ];
    for (const [settings, parameter] of impossible) {
      expect(await refusedFor(connections.configure(id, settings, by)), parameter).toBe(parameter);
    }
    expect(await refusedFor(connections.configure(id, {}, { by: ' ' }))).toBe('by');
    expect(await refusedFor(connections.linkSchool(id, 'elsewhere', by))).toBe('schools');
    expect(await refusedFor(connections.linkSchool(id, [], by))).toBe('schools');
    expect(await connections.get(id)).toEqual(before);
    await expect(connections.get('another')).rejects.toThrow(StoreError);
  });

  test('options that are impossible are named', () => {
    const scene = new Scene();
    const tried: readonly [options: object, parameter: string][] = [
      [{ key: { id: 'k', key: 'short' } }, 'key.key'],
      [{ key: [KEY, { id: '?', key: KEY.key }] }, 'key[1].id'],
      [{ key: undefined }, 'key'],
      [{ store: {} }, 'store'],
      [{ providers: {} }, 'providers'],
      [{ providers: { clever: 'clever' } }, 'providers.clever'],
      [{ scope: { tenant: '' } }, 'scope.tenant'],
      [{ scope: { tenant: 'a', schools: ['s'] } }, 'scope.schools'],
      [{ sync: { policy: {} } }, 'sync.policy'],
      [{ sync: { batchSize: 0 } }, 'batchSize'],
      [{ sync: { nothing: 0 } }, 'nothing'],
      [{ mailer: {} }, 'mailer'],
      [{ unknown: 1 }, 'unknown'],
    ];
    for (const [options, parameter] of tried) {
      expect(() => scene.another(options), parameter).toThrow(expect.objectContaining({ parameter }));
    }
  });
});

describe('a change of what a plan depends on', () => {
  test.each<[what: string, change: (connections: Connections, id: string) => Promise<Connection>, state: string]>([
    ['a policy', (all, id) => all.configure(id, { policy: { fullData: true } }, by), 'checked'],
    ['steps', (all, id) => all.configure(id, { steps: ['classes'] }, by), 'checked'],
    ['guardians', (all, id) => all.configure(id, { guardians: { provider: 'plain' } }, by), 'checked'],
    ['schools', (all, id) => all.linkSchool(id, 'north', by), 'checked'],
    ['credentials', (all, id) => all.replaceCredentials(id, { token: 'another' }, by), 'draft'],
  ])('%s stops an enabled connection until it is looked at again', async (_what, change, state) => {
    const scene = new Scene();
    const id = await scene.enabled();
    expect((await change(scene.connections, id)).state).toBe(state);
    expect((await scene.connections.status(id)).nextRunAt).toBeUndefined();
    await expect(scene.connections.runNow(id, by)).rejects.toThrow(PlanError);
  });

  test('the same again, a schedule and a label stop nothing', async () => {
    const scene = new Scene();
    const { connections } = scene;
    const id = await scene.enabled();
    const before = await connections.get(id);
    expect(await connections.configure(id, { policy: {}, schedule: SCHEDULE }, by)).toEqual(before);
    expect(await connections.linkSchool(id, 'all', by)).toEqual(before);
    const changed = await connections.configure(id, { label: 'North', schedule: { ...SCHEDULE, at: '10:00' } }, by);
    expect(changed).toMatchObject({ state: 'enabled', label: 'North', version: before.version + 1 });
    expect((await connections.status(id)).nextRunAt).toBe('2026-09-15T14:00:00.000Z');
    // An hour that has passed already was never missed.
    await connections.configure(id, { schedule: { ...SCHEDULE, at: '07:00' } }, by);
    expect((await connections.status(id)).nextRunAt).toBe('2026-09-16T11:00:00.000Z');
    const unlabelled = await connections.configure(id, { label: null, schedule: null, steps: null }, by);
    expect(unlabelled.label).toBeUndefined();
    expect((await connections.status(id)).nextRunAt).toBeUndefined();
  });

  test('a preview of settings that changed meanwhile does not count', async () => {
    const scene = new Scene();
    const { connections } = scene;
    const id = await draft(scene, 'plain');
    await connections.linkSchool(id, 'all', by);
    let change: Promise<unknown> | undefined;
    scene.feed = () => {
      change ??= connections.configure(id, { policy: { fullData: true } }, by);
      return roster();
    };
    await expect(connections.preview(id)).rejects.toThrow(StoreConflictError);
    await change;
    expect((await connections.get(id)).preview).toBeUndefined();
  });

  test('who saw another version changes nothing', async () => {
    const scene = new Scene();
    const id = await draft(scene);
    const { version } = await scene.connections.get(id);
    await scene.connections.configure(id, { label: 'first' }, { ...by, version });
    const late = scene.connections.configure(id, { label: 'second' }, { ...by, version });
    await expect(late).rejects.toThrow(StoreConflictError);
    expect((await scene.connections.get(id)).label).toBe('first');
  });

  test('acts at the same time all count', async () => {
    const scene = new Scene();
    const id = await draft(scene);
    await Promise.all([
      scene.connections.configure(id, { label: 'North' }, by),
      scene.another().configure(id, { policy: { fullData: true } }, by),
      scene.another().configure(id, { schedule: SCHEDULE }, by),
    ]);
    expect(await scene.connections.get(id)).toMatchObject({
      version: 4,
      label: 'North',
      policy: { fullData: true },
      schedule: SCHEDULE,
    });
  });
});

describe('schools', () => {
  test('two connections of a tenant do not have the same, unless told so', async () => {
    const scene = new Scene();
    const { connections } = scene;
    await scene.enabled();
    const id = await draft(scene, 'plain');
    expect(await refusedFor(connections.linkSchool(id, 'north', by))).toBe('schools');
    await connections.linkSchool(id, 'north', { ...by, shared: true });
    await connections.preview(id);
    expect((await connections.enable(id, by)).sharesSchools).toBe(true);
    // Another tenant's have nothing to do with it.
    const elsewhere = scene.another({ scope: { tenant: 'district-2' } });
    const other = await elsewhere.create({ provider: 'plain', credentials: {}, ...by });
    expect((await elsewhere.linkSchool(other.id, 'all', by)).schools).toBe('all');
  });

  test('those of a disconnected connection are free; it does not get them back', async () => {
    const scene = new Scene();
    const { connections } = scene;
    const old = await scene.enabled();
    await connections.disconnect(old, by);
    await scene.enabled();
    await connections.replaceCredentials(old, { token: 'new' }, by);
    await connections.preflight(old);
    await connections.preview(old);
    expect(await refusedFor(connections.enable(old, by))).toBe('schools');
  });
});

describe('credentials', () => {
  test('are in no record, decision, error or status, and sealed where they are kept', async () => {
    const scene = new Scene();
    const { connections, store } = scene;
    const id = await scene.enabled();
    await connections.configure(id, { guardians: { provider: 'plain', credentials: { token: SECRET } } }, by);
    scene.feed = () => {
      throw new AuthenticationError('refused', { source: 'test', status: 401, method: 'GET', path: '/users' });
    };
    const thrown = await connections.schools(id).catch((error: unknown) => error);
    const preview = await connections.preview(id).catch((error: unknown) => error);
    const seen = inspect(
      [
        thrown,
        preview,
        await connections.list(),
        await connections.status(id),
        await store.audit(scope),
        await store.runs(scope),
        await Promise.all((await store.credentialNames(scope)).map((name) => store.credentials(scope, name))),
      ],
      { depth: Infinity, showHidden: true },
    );
    expect(await store.credentialNames(scope)).toHaveLength(2);
    expect(seen).toContain(id);
    expect(seen).not.toContain(SECRET);
  });

  test('are forgotten when others take their place, and at the end', async () => {
    const scene = new Scene();
    const { connections, store } = scene;
    const id = await scene.enabled();
    const [first] = await store.credentialNames(scope);
    await connections.replaceCredentials(id, { token: 'another' }, by);
    const names = await store.credentialNames(scope);
    expect(names).toHaveLength(1);
    expect(names).not.toContain(first);
    const withGuardians = { guardians: { provider: 'plain', credentials: { path: 'guardians.csv' } } };
    await connections.configure(id, withGuardians, by);
    await connections.configure(id, withGuardians, by);
    expect(await store.credentialNames(scope)).toHaveLength(2);
    await connections.configure(id, { guardians: null }, by);
    expect(await store.credentialNames(scope)).toHaveLength(1);
    await connections.configure(id, withGuardians, by);
    // What a process left that died in the middle of it.
    await store.saveCredentials(scope, `connection ${id} left`, 'sealed');
    await store.saveCredentials(scope, 'of the host', 'sealed');
    await connections.disconnect(id, by);
    expect(await store.credentialNames(scope)).toEqual(['of the host']);
  });

  test('that the provider’s function refuses are not kept', async () => {
    const scene = new Scene();
    const { connections, store } = scene;
    const wrong = { provider: 'clever', credentials: { token: '', baseUrl: 'nowhere' }, ...by };
    await expect(connections.create(wrong)).rejects.toThrow(ConfigurationError);
    expect(await refusedFor(connections.create({ provider: 'none', credentials: {}, ...by }))).toBe('provider');
    expect(await connections.list()).toEqual([]);
    expect(await store.credentialNames(scope)).toEqual([]);
  });

  test('that no key opens call for a person', async () => {
    const scene = new Scene();
    const id = await scene.enabled();
    const other = scene.another({ key: { id: 'other', key: crypto.getRandomValues(new Uint8Array(32)) } });
    await expect(other.runNow(id, by)).rejects.toThrow(ConfigurationError);
    expect((await other.status(id)).needsAttention).toMatchObject({ code: 'configuration' });
    await scene.connections.runNow(id, by);
    expect((await scene.connections.status(id)).needsAttention).toBeUndefined();
  });
});

describe('a provider that lets nobody in', () => {
  const refusals = [
    new DisconnectedError('The district withdrew.', { source: 'clever', districtId: 'd1' }),
    new AuthenticationError('refused', { source: 'clever', status: 401, method: 'GET', path: '/users' }),
  ];

  test.each(refusals)(
    'calls for a person by $code, and removes nothing; the next success is the end of it',
    async (error) => {
      const scene = new Scene();
      const { connections, store } = scene;
      const id = await scene.enabled();
      await connections.runNow(id, by);
      const people = (await store.load(scope)).users;
      scene.feed = () => {
        throw error;
      };
      const report = await connections.runNow(id, by);
      expect(report).toMatchObject({ outcome: 'failed', failures: [{ code: error.code }] });
      const since = scene.clock.now().toISOString();
      scene.clock.advance(60_000);
      await connections.runNow(id, by);
      expect(await connections.status(id)).toMatchObject({
        state: 'enabled',
        needsAttention: { code: error.code, since },
        lastRun: { outcome: 'failed' },
      });
      expect((await store.load(scope)).users).toEqual(people);
      scene.feed = () => roster();
      // However it is read.
      await (await connections.sync(id)).plan();
      expect((await connections.status(id)).needsAttention).toBeUndefined();
    },
  );
});

describe('pause, resume, disconnect', () => {
  test('a paused connection has no next run until it is resumed; an import by hand goes', async () => {
    const scene = new Scene();
    const { connections } = scene;
    const id = await scene.enabled();
    await connections.pause(id, by);
    expect(await connections.status(id)).toMatchObject({ state: 'paused' });
    expect((await connections.status(id)).nextRunAt).toBeUndefined();
    expect((await connections.runNow(id, by)).outcome).toBe('applied');
    scene.clock.advance(5 * 24 * 3_600_000);
    await connections.resume(id, by);
    expect((await connections.status(id)).nextRunAt).toBe('2026-09-21T06:30:00.000Z');
    expect(await refusedFor(connections.pause(id, { ...by, until: '2026-09-01' }))).toBe('until');
    expect(await refusedFor(connections.pause(id, { ...by, until: 'soon' }))).toBe('until');
    await connections.pause(id, { ...by, until: '2026-10-01T00:00:00Z' });
    expect((await connections.status(id)).nextRunAt).toBe('2026-10-01T06:30:00.000Z');
    scene.clock.set('2026-10-02T00:00:00Z');
    expect(await connections.status(id)).toMatchObject({ state: 'enabled', nextRunAt: '2026-10-01T06:30:00.000Z' });
  });

  test('a disconnected one keeps people and runs, can be undone, and reads nothing', async () => {
    const scene = new Scene();
    const { connections, store } = scene;
    const id = await scene.enabled();
    const run = await connections.runNow(id, by);
    await connections.disconnect(id, by);
    const { version } = await connections.get(id);
    await connections.disconnect(id, by);
    expect(await connections.get(id)).toMatchObject({ state: 'disconnected', version });
    expect((await store.load(scope)).users).toHaveLength(10);
    expect(await connections.runs(id)).toMatchObject([{ id: run.id }]);
    await expect(connections.runNow(id, by)).rejects.toThrow(PlanError);
    for (const early of [connections.pause(id, by), connections.resume(id, by)]) {
      await expect(early).rejects.toThrow(PlanError);
    }
    expect(await refusedFor(connections.enable(id, by))).toBe('credentials');
    expect(await refusedFor(connections.schools(id))).toBe('credentials');
    const sync = await connections.sync(id);
    expect(await sync.run()).toMatchObject({ outcome: 'failed', failures: [{ code: 'configuration' }] });
    expect((await sync.undo(run.id)).outcome).toBe('applied');
    expect((await store.load(scope)).users).toEqual([]);
    await connections.replaceCredentials(id, { token: 'new' }, by);
    await connections.preflight(id);
    await connections.preview(id);
    expect((await connections.enable(id, by)).state).toBe('enabled');
  });
});

test('the status tells of the run at work, and a second import is told who runs', async () => {
  const scene = new Scene();
  const heard: string[] = [];
  const connections = scene.another({ onSync: (sync) => sync.on('run-end', ({ outcome }) => heard.push(outcome)) });
  const id = await scene.enabled();
  const lease = await scene.store.lease(scope, { holder: 'run-1', ttlMs: 60_000 });
  expect((await connections.status(id)).running).toMatchObject({ holder: 'run-1' });
  await expect(connections.runNow(id, by)).rejects.toThrow(LockHeldError);
  await lease.release();
  await connections.runNow(id, by);
  expect(await connections.status(id)).toMatchObject({ lastRun: { outcome: 'applied', type: 'sync' } });
  expect((await connections.status(id)).running).toBeUndefined();
  expect(heard).toEqual(['applied']);
});

test('guardians come from a provider of their own', async () => {
  const scene = new Scene(new MemoryStore());
  const { connections } = scene;
  const links = { ...roster(1, 1) };
  const asked: unknown[] = [];
  const both = scene.another({
    providers: {
      plain: () => ({ provider: 'test', read: async () => links, schools: async () => links.schools }),
      csv: (credentials) => {
        asked.push(credentials);
        const guardians = {
          ...roster(1, 1),
          users: [person('g1', 'guardian')],
          guardianLinks: [{ guardianSourcedId: 'g1', studentSourcedId: 's1-1' }],
        };
        return { provider: 'csv', read: async () => guardians, schools: async () => [] };
      },
    },
  });
  const { id } = await both.create({ provider: 'plain', credentials: {}, ...by });
  await both.linkSchool(id, 'all', by);
  const guardians = { provider: 'csv', credentials: { path: 'guardians.csv' } };
  await both.configure(id, { guardians, steps: ['classes', 'teachers', 'students', 'guardians'] }, by);
  await both.preview(id);
  await both.enable(id, by);
  expect((await both.runNow(id, by)).outcome).toBe('applied');
  expect((await scene.store.load(scope)).guardianLinks).toHaveLength(1);
  expect(asked).toContainEqual({ path: 'guardians.csv' });
  expect(await connections.list()).toHaveLength(1);
});
