import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { LockHeldError } from '../../src/errors.js';
import type { PolicyInput } from '../../src/policy/index.js';
import type { Batch, BatchResult, RunReport } from '../../src/ports/index.js';
import { roster, scope, sourceOf, TestClock, unenrolled, World } from './support.js';

/** A store that never answers again after so many batches: to others it looks as if the process had died. */
class DyingStore extends MemoryStore {
  lastBatch = Infinity;
  batches = 0;

  override async apply(batch: Batch): Promise<BatchResult> {
    if (this.batches >= this.lastBatch) return new Promise(() => undefined);
    this.batches += 1;
    return super.apply(batch);
  }
}

/** A world in which a run died after so many batches of five, and its lease has expired. */
async function died(
  batches: number,
  policy: PolicyInput = {},
): Promise<{ readonly world: World; readonly store: DyingStore; readonly id: string }> {
  const clock = new TestClock();
  const store = new DyingStore({ clock });
  store.lastBatch = batches;
  const world = new World(roster(), { batchSize: 5, clock, mailer: undefined, policy }, store);
  let id = '';
  const reached = new Promise<void>((resolve) => {
    world.sync.on('run-start', ({ runId }) => {
      id = runId;
    });
    world.sync.on(batches === 0 ? 'plan-ready' : 'batch-applied', () => {
      if (store.batches === batches) setTimeout(resolve, 0);
    });
  });
  void world.sync.run({ by: 'admin-1' });
  await reached;
  store.lastBatch = Infinity;
  clock.set('2026-09-15T13:00:00.000Z');
  world.clock.set('2026-09-15T13:00:00.000Z');
  return { world, store, id };
}

describe('the report of a run', () => {
  it('is there from its beginning, and says that it runs', async () => {
    const world = new World();
    const seen: (RunReport | undefined)[] = [];
    const sync = world.another({
      source: sourceOf(() => {
        void world.sync.runs().then(([report]) => seen.push(report));
        return world.feed;
      }),
    });
    const run = await sync.run({ by: 'admin-1' });
    expect(seen).toMatchObject([{ id: run.id, outcome: 'running', type: 'sync', by: 'admin-1', applied: 0 }]);
    expect(seen[0]).not.toHaveProperty('endedAt');
    expect(await world.sync.runs()).toEqual([run]);
    expect(run.endedAt).toBe('2026-09-15T12:00:00.000Z');
  });

  it('of a run that died is ended by whoever takes the scope next, with what its journal has', async () => {
    const { world, store, id } = await died(2);
    expect(await store.run(scope, id)).toMatchObject({ outcome: 'running', applied: 0 });
    const run = await world.another().run();
    expect(run.outcome).toBe('applied');
    const dead = await store.run(scope, id);
    expect(dead).toMatchObject({ outcome: 'aborted', applied: 10, by: 'admin-1', failures: [{ code: 'died' }] });
    expect(dead).toMatchObject({ startedAt: '2026-09-15T12:00:00.000Z', endedAt: '2026-09-15T13:00:00.000Z' });
    expect(dead?.counts).toMatchObject({ changes: 10, ready: 10, held: 0, byKind: { 'school-create': 1 } });
    expect(run.applied).toBeGreaterThan(0);
    expect(await world.activeMembers()).toBe(10);
  });

  it('of a run that died is ended by an answer to a proposal, too, even one that is refused', async () => {
    const { world, store, id } = await died(1);
    await expect(world.another().accept('none', { by: 'admin-1' })).rejects.toThrow('There is no proposal');
    expect(await store.run(scope, id)).toMatchObject({ outcome: 'aborted', applied: 5 });
  });

  it('of a run that died before it wrote anything ends with nothing applied', async () => {
    const { world, store, id } = await died(0);
    await world.another().run();
    expect(await store.run(scope, id)).toMatchObject({ outcome: 'aborted', applied: 0, counts: { changes: 0 } });
  });

  it('leaves the run to be undone: what a dead run had applied goes again', async () => {
    const { world, store, id } = await died(2);
    const undo = await world.another().undo(id, { by: 'admin-2' });
    expect(undo).toMatchObject({ outcome: 'applied', applied: 10, undoes: id });
    const { schools, users, classes } = await store.load(scope);
    expect([schools, users, classes]).toEqual([[], [], []]);
  });

  it('does not pass for an import to the end: a silent first sync stays silent after a run that died', async () => {
    const policy = { invitations: { silentFirstSync: true } };
    const { world } = await died(2, policy);
    const sync = world.another({ policy });
    expect(await sync.run()).toMatchObject({ outcome: 'applied', sent: 0 });
    expect(world.mailer.messages).toEqual([]);
  });
});

describe('a scope that is held', () => {
  it('says who runs and since when, and status tells the same', async () => {
    const world = new World();
    const lease = await world.store.lease(scope, { holder: 'run-7', ttlMs: 60_000 });
    const refused = await world.sync.run().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(LockHeldError);
    expect(refused).toMatchObject({ holder: 'run-7', since: '2026-09-15T12:00:00.000Z', isRetryable: true });
    expect(String(refused)).toContain('Sync in progress: run-7 has held the scope since 2026-09-15T12:00:00.000Z');
    expect((await world.sync.status()).running).toEqual({ runId: 'run-7', since: '2026-09-15T12:00:00.000Z' });
    await lease.release();
    expect(await world.sync.status()).not.toHaveProperty('running');
  });
});

describe('a signal', () => {
  const policy = { fullData: true, limits: { enrollments: 0.1 } };

  async function withHold(): Promise<{ readonly world: World; readonly id: string; readonly hash: string }> {
    const world = new World(roster(10, 4), { policy, batchSize: 2 });
    await world.sync.run();
    world.feed = unenrolled(world.feed, 's1-1', 's2-1', 's3-1', 's4-1', 's5-1', 's6-1');
    await world.sync.run();
    const [hold] = await world.sync.holds();
    return { world, id: hold?.id ?? '', hash: hold?.hash ?? '' };
  }

  it('stops an approval between two batches; what was approved stays so, and the next run ends it', async () => {
    const { world, id, hash } = await withHold();
    const controller = new AbortController();
    world.sync.once('batch-applied', () => controller.abort());
    const run = await world.sync.approve(id, { hash, by: 'admin-1', signal: controller.signal });
    expect(run).toMatchObject({ type: 'approval', outcome: 'aborted', applied: 2 });
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', applied: 4 });
  });

  it('that was given before stops a discard, an approval and an undo before they do anything', async () => {
    const { world, id, hash } = await withHold();
    const [latest] = await world.sync.runs();
    const signal = AbortSignal.abort();
    const before = await world.store.load(scope);
    expect(await world.sync.discard(id, { by: 'a', signal })).toMatchObject({ outcome: 'aborted' });
    expect(await world.sync.approve(id, { hash, by: 'a', signal })).toMatchObject({ outcome: 'aborted' });
    expect(await world.sync.undo(latest?.id ?? '', { by: 'a', signal })).toMatchObject({ outcome: 'aborted' });
    expect(await world.store.load(scope)).toEqual(before);
    expect(await world.sync.audit()).toEqual([]);
  });

  it('stops an undo between two batches, and another undo takes back the rest', async () => {
    const world = new World(roster(2, 4), { batchSize: 4 });
    const first = await world.sync.run();
    const controller = new AbortController();
    world.sync.once('batch-applied', () => controller.abort());
    const broken = await world.sync.undo(first.id, { signal: controller.signal });
    expect(broken).toMatchObject({ outcome: 'aborted', applied: 4 });
    expect((await world.sync.undo(first.id)).outcome).toBe('applied');
    const { users, classes, enrollments } = await world.store.load(scope);
    expect([users, classes, enrollments]).toEqual([[], [], []]);
  });
});
