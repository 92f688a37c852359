import { expect, test } from 'vitest';
import { type Connections, type DueRun, LockHeldError, StoreError } from '../../src/index.js';
import { reportOf } from '../../src/testing/contracts/store/changes.js';
import { roster } from '../sync/support.js';
import { by, Scene } from './support.js';

const scope = { tenant: 'district-1' };
const DUE = '2026-09-16T06:30:00.000Z';

/** A connection whose time has come. */
async function dueScene(): Promise<{ scene: Scene; id: string }> {
  const scene = new Scene();
  const id = await scene.enabled();
  scene.clock.set(DUE);
  return { scene, id };
}

async function taken(connections: Connections): Promise<DueRun> {
  const due = await connections.takeDue();
  if (due === undefined) throw new Error('Nothing is due.');
  return due;
}

test('nothing is due before its time, and one run at it', async () => {
  const { scene, id } = await dueScene();
  scene.clock.set('2026-09-16T06:29:59.999Z');
  expect(await scene.connections.takeDue()).toBeUndefined();
  scene.clock.set(DUE);
  const due = await taken(scene.connections);
  expect(due).toMatchObject({ connectionId: id, dueAt: DUE });
  expect(await due.run()).toMatchObject({ outcome: 'applied' });
  expect(await scene.connections.takeDue()).toBeUndefined();
  expect(await scene.connections.status(id)).toMatchObject({ nextRunAt: '2026-09-17T06:30:00.000Z' });
});

test('of many processes that look at once one takes the time', async () => {
  const { scene } = await dueScene();
  const all = await Promise.all(Array.from({ length: 8 }, () => scene.another().takeDue()));
  expect(all.filter((due) => due !== undefined)).toHaveLength(1);
});

test('what was missed for days is caught up once', async () => {
  const { scene } = await dueScene();
  scene.clock.set('2026-09-21T12:00:00.000Z');
  const due = await taken(scene.connections);
  expect(due.dueAt).toBe('2026-09-21T06:30:00.000Z');
  await due.run();
  expect(await scene.connections.takeDue()).toBeUndefined();
  expect(await scene.store.runs(scope)).toHaveLength(1);
});

test('a run that died in the middle is made up for by the next process', async () => {
  const { scene } = await dueScene();
  await taken(scene.another());
  const { store } = scene;
  const died = { ...reportOf(scope, 'died', DUE), outcome: 'running' } as const;
  await store.saveRun(died);
  scene.clock.advance(10 * 60_000);
  const due = await taken(scene.connections);
  expect(await due.run()).toMatchObject({ outcome: 'applied' });
  expect(await store.run(scope, 'died')).toMatchObject({ outcome: 'aborted' });
});

test('the time of a process that died is taken again, and given up where runs die every time', async () => {
  const { scene, id } = await dueScene();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    expect((await taken(scene.another())).dueAt).toBe(DUE);
    expect(await scene.connections.takeDue()).toBeUndefined();
    scene.clock.advance(10 * 60_000);
  }
  expect(await scene.connections.takeDue()).toBeUndefined();
  expect(await scene.connections.status(id)).toMatchObject({
    needsAttention: { code: 'interrupted' },
    nextRunAt: '2026-09-17T06:30:00.000Z',
  });
  scene.clock.set('2026-09-17T06:30:00.000Z');
  await (await taken(scene.connections)).run();
  expect((await scene.connections.status(id)).needsAttention).toBeUndefined();
});

test('a process that comes back late does not run what another one took', async () => {
  const { scene } = await dueScene();
  const late = await taken(scene.another());
  scene.clock.advance(10 * 60_000);
  const next = await taken(scene.connections);
  expect(await late.run()).toBeUndefined();
  expect((await next.run())?.outcome).toBe('applied');
  expect(await scene.store.runs(scope)).toHaveLength(1);
});

test('while somebody else is at work the time waits, and is done where they did it', async () => {
  const { scene, id } = await dueScene();
  const lease = await scene.store.lease(scope, { holder: 'approval', ttlMs: 3_600_000 });
  for (let minute = 0; minute < 5; minute += 1) {
    expect(await (await taken(scene.connections)).run()).toBeUndefined();
    expect(await scene.connections.takeDue()).toBeUndefined();
    scene.clock.advance(60_000);
  }
  await lease.release();
  await scene.connections.runNow(id, by);
  expect(await (await taken(scene.connections)).run()).toBeUndefined();
  expect(await scene.connections.takeDue()).toBeUndefined();
  expect(await scene.store.runs(scope)).toHaveLength(1);
  expect((await scene.connections.status(id)).needsAttention).toBeUndefined();
});

test('a run that is stopped is due again at once', async () => {
  const { scene } = await dueScene();
  const stop = new AbortController();
  scene.feed = () => {
    stop.abort();
    return roster();
  };
  const due = await taken(scene.connections);
  expect(await due.run({ signal: stop.signal })).toMatchObject({ outcome: 'aborted' });
  expect((await taken(scene.another())).dueAt).toBe(DUE);
});

test('a run that failed is done for the day; one that the store failed is due again', async () => {
  const { scene, id } = await dueScene();
  const { connections, store } = scene;
  scene.feed = () => {
    throw new StoreError('read: no', { operation: 'read' });
  };
  expect(await (await taken(connections)).run()).toMatchObject({ outcome: 'failed' });
  expect(await connections.takeDue()).toBeUndefined();
  scene.feed = () => roster();
  scene.clock.set('2026-09-17T06:30:00.000Z');
  const due = await taken(connections);
  const roles = store.roles.bind(store);
  store.roles = () => Promise.reject(new LockHeldError('lease: busy', { holder: 'run', since: DUE }));
  expect(await due.run()).toBeUndefined();
  store.roles = roles;
  scene.clock.advance(60_000);
  expect((await (await taken(connections)).run())?.outcome).toBe('applied');
  expect((await connections.status(id)).needsAttention).toBeUndefined();
});

test('a connection that is paused or changed after its time was taken does not run', async () => {
  const { scene, id } = await dueScene();
  const due = await taken(scene.connections);
  await scene.connections.pause(id, by);
  expect(await due.run()).toBeUndefined();
  await scene.connections.resume(id, by);
  expect(await scene.connections.takeDue()).toBeUndefined();
  expect(await scene.store.runs(scope)).toEqual([]);
});

test('a setting that became impossible calls for a person, and the day is over', async () => {
  const { scene, id } = await dueScene();
  await scene.connections.configure(id, { policy: { access: { defaultRole: 'coach' } } }, by);
  await scene.connections.preview(id);
  await scene.connections.enable(id, by);
  scene.clock.set('2026-09-17T06:30:00.000Z');
  scene.store.roles = () => Promise.resolve(['teacher']);
  await expect((await taken(scene.connections)).run()).rejects.toThrow('policy.access.defaultRole');
  expect((await scene.connections.status(id)).needsAttention).toMatchObject({ code: 'configuration' });
  expect(await scene.connections.takeDue()).toBeUndefined();
});
