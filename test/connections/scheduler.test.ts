import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ConfigurationError, type RunReport, Scheduler, type SchedulerOptions } from '../../src/index.js';
import { generateDistrict, simulateClever, type SimulatedClever } from '../../src/testing/index.js';
import { roster } from '../sync/support.js';
import { by, SCHEDULE, Scene } from './support.js';

const DUE = '2026-09-16T06:30:00.000Z';
const started: Scheduler[] = [];
const services: SimulatedClever[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((scheduler) => scheduler.stop()));
  await Promise.all(services.splice(0).map((service) => service.close()));
});

interface Heard {
  readonly scheduler: Scheduler;
  readonly runs: RunReport[];
  readonly errors: unknown[];
}

function start(options: SchedulerOptions): Heard {
  const runs: RunReport[] = [];
  const errors: unknown[] = [];
  const scheduler = new Scheduler({
    pollMs: 5,
    onRun: (report) => runs.push(report),
    onError: (error) => errors.push(error),
    ...options,
  });
  started.push(scheduler);
  scheduler.start();
  return { scheduler, runs, errors };
}

async function until(isSo: () => boolean): Promise<void> {
  await vi.waitFor(() => {
    if (!isSo()) throw new Error('It never was so.');
  }, 10_000);
}

test('two schedulers run a connection once at each of its times, and nothing in between', async () => {
  const scene = new Scene();
  const id = await scene.enabled();
  const one = start({ connections: scene.connections });
  const other = start({ connections: [scene.another()] });
  await pause(30);
  expect([one.runs, other.runs]).toEqual([[], []]);
  for (const day of ['16', '17', '18']) {
    scene.clock.set(`2026-09-${day}T06:30:00.000Z`);
    const before = one.runs.length + other.runs.length;
    await until(() => one.runs.length + other.runs.length > before);
    await pause(30);
  }
  expect([...one.runs, ...other.runs].map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied']);
  expect([...one.errors, ...other.errors]).toEqual([]);
  expect(await scene.connections.runs(id)).toHaveLength(3);
});

test('a real district is synced in real time, and disconnects', async () => {
  const clever = await simulateClever(generateDistrict({ students: 20 }), { token: 'district-token' });
  services.push(clever);
  // The clock of the system, set to an hour before the time, and later to just before it.
  let ahead = Date.parse(DUE) - 3_600_000 - Date.now();
  const clock = { now: () => new Date(Date.now() + ahead) };
  const scene = new Scene(undefined, { clock });
  const { connections, store } = scene;
  const place = { baseUrl: clever.url, host: clever.host };
  const credentials = { token: 'district-token', ...place };
  const { id } = await connections.create({ provider: 'clever', credentials, ...by });
  await connections.linkSchool(id, 'all', by);
  await connections.configure(id, { schedule: SCHEDULE }, by);
  expect((await connections.preflight(id)).state).not.toBe('blocked');
  await connections.preview(id);
  await connections.enable(id, by);
  ahead = Date.parse(DUE) - 1_000 - Date.now();
  const { runs, errors } = start({ connections, pollMs: 20 });
  await until(() => runs.length > 0);
  expect(clock.now().toISOString() > DUE).toBe(true);
  expect(errors).toEqual([]);
  expect(runs).toMatchObject([{ outcome: 'applied' }]);
  const { users } = await store.load({ tenant: 'district-1' });
  expect(users.length).toBeGreaterThan(20);
  clever.disconnect();
  expect((await connections.runNow(id, by)).outcome).toBe('failed');
  expect((await connections.status(id)).needsAttention).toMatchObject({ code: 'authentication' });
  expect((await store.load({ tenant: 'district-1' })).users).toEqual(users);
  await connections.replaceCredentials(id, { token: clever.reconnect(), ...place }, by);
  expect(await connections.status(id)).toMatchObject({ state: 'draft' });
  expect((await connections.status(id)).needsAttention).toBeUndefined();
});

describe('what goes wrong', () => {
  test('is told, stops neither the scheduler nor other tenants, and whoever is told may fail as well', async () => {
    const [broken, healthy] = [new Scene(), new Scene()];
    await healthy.enabled();
    healthy.clock.set(DUE);
    const refused = new Error('no database');
    broken.store.connections = () => Promise.reject(refused);
    const told: unknown[] = [];
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const { runs } = start({
      connections: () => Promise.resolve([broken.connections, healthy.connections]),
      onError: (error, run) => {
        told.push(error, run.tenant);
        throw new Error('a secret');
      },
    });
    await until(() => runs.length > 0 && warnings.length > 1);
    process.off('warning', onWarning);
    expect(told.slice(0, 2)).toEqual([refused, 'district-1']);
    expect(warnings[0]?.message).toBe('An error in a scheduler of connections: unexpected');
  });

  test('is a warning without a word of the error, where nobody is told', async () => {
    await pause(10);
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    start({ connections: () => Promise.reject(new Error('a secret')), onError: undefined });
    expect((await warned).message).toBe('An error in a scheduler of connections: unexpected');
  });
});

describe('stopping', () => {
  test('waits for the run at work, and takes nothing more', async () => {
    const scene = new Scene();
    await scene.enabled();
    const { scheduler, runs } = await atWork(scene);
    const stopped = scheduler.stop().then(() => 'stopped');
    expect(await Promise.race([stopped, pause(30, 'waiting')])).toBe('waiting');
    scene.feed = () => roster();
    release?.();
    expect(await stopped).toBe('stopped');
    expect(runs).toMatchObject([{ outcome: 'applied' }]);
    scene.clock.set('2026-09-17T06:30:00.000Z');
    await pause(30);
    expect(runs).toHaveLength(1);
    scheduler.start();
    scheduler.start();
    await until(() => runs.length === 2);
  });

  test('stops the run at work where the signal says so: it is due again for the next process', async () => {
    const scene = new Scene();
    await scene.enabled();
    const { scheduler, runs } = await atWork(scene);
    const stopped = scheduler.stop({ signal: AbortSignal.timeout(20) });
    setTimeout(() => release?.(), 60);
    await stopped;
    expect(runs).toMatchObject([{ outcome: 'aborted' }]);
    const next = start({ connections: scene.another() });
    await until(() => next.runs.length === 1);
    expect(next.runs).toMatchObject([{ outcome: 'applied' }]);
  });

  let release: (() => void) | undefined;

  /** A scheduler whose run waits for `release`. */
  async function atWork(scene: Scene): Promise<Heard> {
    const load = scene.store.load.bind(scene.store);
    const held = new Promise<void>((resolve) => (release = resolve));
    let isAtWork = false;
    scene.store.load = async (...args) => {
      isAtWork = true;
      await held;
      return load(...args);
    };
    scene.clock.set(DUE);
    const heard = start({ connections: scene.connections });
    await until(() => isAtWork);
    return heard;
  }
});

test('no more runs than may be are at work together, and all come to their turn', async () => {
  const scenes = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const scene = new Scene();
      await scene.enabled();
      scene.clock.set(DUE);
      return scene;
    }),
  );
  let atWork = 0;
  let most = 0;
  for (const { store } of scenes) {
    const load = store.load.bind(store);
    store.load = async (...args) => {
      atWork += 1;
      most = Math.max(most, atWork);
      await pause(10);
      atWork -= 1;
      return load(...args);
    };
  }
  // Looks once: whoever had no place is taken up when another one has ended.
  const { runs } = start({ connections: scenes.map(({ connections }) => connections), maxRuns: 2, pollMs: 60_000 });
  await until(() => runs.length === 5);
  expect(most).toBe(2);
});

test('options that are impossible are named', () => {
  const { connections } = new Scene();
  const tried: readonly [options: object, parameter: string][] = [
    [{}, 'connections'],
    [{ connections: [] }, 'connections'],
    [{ connections: [{}] }, 'connections'],
    [{ connections, pollMs: 0 }, 'pollMs'],
    [{ connections, pollMs: 86_400_001 }, 'pollMs'],
    [{ connections, maxRuns: 1.5 }, 'maxRuns'],
    [{ connections, onRun: 1 }, 'onRun'],
    [{ connections, onError: 1 }, 'onError'],
    [{ connections, clocks: 1 }, 'clocks'],
  ];
  for (const [options, parameter] of tried) {
    const make = (): Scheduler => new Scheduler(options as SchedulerOptions);
    expect(make, parameter).toThrow(ConfigurationError);
    expect(make, parameter).toThrow(expect.objectContaining({ parameter }));
  }
});
