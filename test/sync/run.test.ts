import { afterEach, describe, expect, it, vi } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import {
  AuthenticationError,
  LockHeldError,
  MailError,
  PlanError,
  StalePlanError,
  StoreError,
} from '../../src/errors.js';
import { Directory } from '../../src/people/index.js';
import type { Batch, RosterSource } from '../../src/ports/index.js';
import type { RosterSync } from '../../src/sync/index.js';
import { recordEvents, roster, scope, sourceOf, TestClock, unenrolled, World } from './support.js';

const denied = (): AuthenticationError =>
  new AuthenticationError('Reading schools: the key is not accepted.', {
    source: 'test',
    status: 401,
    method: 'GET',
    path: '/schools',
  });

const failing: RosterSource = {
  provider: 'test',
  read: () => Promise.reject(denied()),
  schools: () => Promise.resolve([]),
};

afterEach(() => {
  vi.useRealTimers();
});

describe('a run', () => {
  it('imports the roster, and finds nothing to do the second time', async () => {
    const world = new World();
    const first = await world.sync.run({ by: 'admin-1' });
    expect(first).toMatchObject({ type: 'sync', outcome: 'applied', by: 'admin-1', failures: [], holds: [] });
    expect(first.applied).toBe(first.counts.changes);
    expect(await world.activeMembers()).toBe(10);
    const second = await world.sync.run();
    expect(second).toMatchObject({ outcome: 'applied', applied: 0, sent: 0 });
    expect((await world.sync.runs()).map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
  });

  it('tells what it does in order, in frozen events of one run', async () => {
    const world = new World(roster(1, 1));
    const heard = recordEvents(world.sync);
    const run = await world.sync.run();
    const names = heard.map(({ name }) => name);
    expect(names.slice(0, 4)).toEqual(['run-start', 'page-read', 'request-retry', 'plan-ready']);
    expect(names.slice(4, 4 + run.applied)).toEqual(Array.from({ length: run.applied }, () => 'operation-applied'));
    expect(names.slice(4 + run.applied)).toEqual(['message-sent', 'run-end']);
    const operations = heard.filter(({ name }) => name === 'operation-applied').map(({ payload }) => payload);
    expect(operations.map((payload) => (payload as { index: number }).index)).toEqual(
      Array.from({ length: run.applied }, (_, index) => index + 1),
    );
    for (const { payload } of heard) {
      expect(payload).toMatchObject({ runId: run.id });
      expect(Object.isFrozen(payload)).toBe(true);
    }
    expect(operations[0]).toMatchObject({ total: run.applied });
    expect(JSON.stringify(heard)).not.toMatch(/@school\.example|Given/);
  });

  it('writes batches of the size given, each under the fence of its lease', async () => {
    const store = new RecordingStore();
    const world = new World(roster(), { batchSize: 7 }, store);
    const run = await world.sync.run();
    const sizes = store.batches.map(({ changes }) => changes.length);
    expect(sizes.slice(0, -1).every((size) => size === 7)).toBe(true);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(run.applied);
    expect(new Set(store.batches.map(({ fence }) => fence))).toEqual(new Set([1]));
  });

  it('whose source fails is kept as failed, and not thrown', async () => {
    const world = new World(roster(), { source: failing });
    const heard = recordEvents(world.sync);
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'failed', applied: 0, failures: [{ code: 'authentication' }] });
    expect(await world.sync.runs()).toEqual([run]);
    expect(heard.map(({ name }) => name)).toEqual(['run-start', 'run-end']);
    await expect(world.sync.plan()).rejects.toBeInstanceOf(AuthenticationError);
  });

  it('of a feed that cannot be believed changes nothing and is kept as failed', async () => {
    const world = new World();
    await world.sync.run();
    const { attestation } = world.feed;
    const users = { state: 'failed', received: 0 } as const;
    world.feed = {
      ...world.feed,
      users: [],
      attestation: { ...attestation, collections: { ...attestation.collections, users } },
    };
    const before = await world.store.load(scope);
    const run = await world.sync.run({ policy: { fullData: true } });
    expect(run).toMatchObject({ outcome: 'failed', applied: 0 });
    expect(run.failures[0]?.message).toContain('G1');
    expect(await world.store.load(scope)).toEqual(before);
  });

  it('that meets a bug is kept as failed, quotes nothing of it, and throws it on', async () => {
    const bug = new TypeError('Ada Lovelace is undefined');
    const source = { ...failing, read: () => Promise.reject(bug) };
    const world = new World(roster(), { source });
    const heard = recordEvents(world.sync);
    await expect(world.sync.run()).rejects.toBe(bug);
    const runs = await world.sync.runs();
    expect(runs).toMatchObject([{ outcome: 'failed', failures: [{ code: 'unexpected' }] }]);
    expect(JSON.stringify(runs)).not.toContain('Ada');
    expect(heard.map(({ name }) => name)).toEqual(['run-start', 'run-end']);
  });

  it('whose store fails in the middle is partial: what was written stays, and the next run ends it', async () => {
    const store = new RecordingStore();
    store.failAt = 2;
    const world = new World(roster(), { batchSize: 5 }, store);
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'partial', applied: 5, failures: [{ code: 'store' }] });
    expect((await world.sync.run()).outcome).toBe('applied');
    expect(await world.activeMembers()).toBe(10);
  });

  it('that is stopped is kept as aborted, and the next one ends where it would have', async () => {
    const world = new World(roster(), { batchSize: 5 });
    const controller = new AbortController();
    world.sync.on('operation-applied', ({ index }) => {
      if (index === 3) controller.abort(new Error('enough'));
    });
    const run = await world.sync.run({ signal: controller.signal });
    expect(run).toMatchObject({ outcome: 'aborted', applied: 5 });
    expect(await world.sync.runs()).toEqual([run]);
    expect((await world.another().run()).outcome).toBe('applied');
    expect(await world.activeMembers()).toBe(10);
  });

  it('that is stopped before it begins reads nothing', async () => {
    const world = new World(roster(), { source: failing });
    expect(await world.sync.run({ signal: AbortSignal.abort() })).toMatchObject({ outcome: 'aborted' });
  });

  it('decides once more where people changed records meanwhile', async () => {
    const store = new RecordingStore();
    const world = new World(roster(), { policy: { fullData: true } }, store);
    await world.sync.run();
    const directory = new Directory({ store, scope, clock: world.clock });
    world.feed = { ...unenrolled(world.feed, 's1-1'), classes: world.feed.classes.map(renamed) };
    let isFirst = true;
    store.beforeApply = async (batch) => {
      if (!isFirst || batch.fence === undefined) return;
      isFirst = false;
      await directory.use({ sourcedId: 'c1' }, { by: 'teacher-1' });
    };
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'applied', failures: [] });
    const { classes } = await store.load(scope);
    expect(classes.map(({ name }) => name)).toEqual(['Class 1 (new)', 'Class 2 (new)']);
    expect(await world.activeMembers()).toBe(9);
    const keys = (await store.journal(scope, run.id)).map(({ change }) => change.key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('counts what it applied once, also where a part of it is gone before it decides once more', async () => {
    const store = new RecordingStore();
    const world = new World(roster(2, 4), { batchSize: 1 }, store);
    await world.sync.run();
    const directory = new Directory({ store, scope, clock: world.clock });
    world.feed = { ...roster(2, 5), classes: world.feed.classes.map(renamed) };
    store.beforeApply = async (batch) => {
      if (batch.fence === undefined || batch.changes[0]?.kind !== 'class-update') return;
      store.beforeApply = () => Promise.resolve();
      await directory.use({ sourcedId: 'c1' }, { by: 'teacher-1' });
      store.beforeLoad = async () => {
        store.beforeLoad = () => Promise.resolve();
        await store.deleteMember('s1-5');
      };
    };
    const run = await world.sync.run();
    expect(run.failures).toEqual([]);
    expect(await store.journal(scope, run.id)).toHaveLength(run.applied);
    expect(await world.activeMembers()).toBe(11);
    expect(await world.sync.run()).toMatchObject({ applied: 1 });
    expect(await world.activeMembers()).toBe(12);
  });
});

describe('what a source says of its roster', () => {
  it('reaches the plan: since when the data stands still, too', async () => {
    const world = new World({ ...roster(1, 1), staleSince: '2026-09-01T00:00:00.000Z' });
    expect((await world.sync.plan()).notes).toContainEqual(
      expect.objectContaining({ code: 'STANDS_STILL', evidence: { since: '2026-09-01T00:00:00.000Z' } }),
    );
  });
});

describe('the scope of a run', () => {
  it('is refused while another run holds it, and no run is kept', async () => {
    const world = new World();
    const heard = recordEvents(world.sync);
    const lease = await world.store.lease(scope, { holder: 'another', ttlMs: 60_000 });
    await expect(world.sync.run()).rejects.toBeInstanceOf(LockHeldError);
    const plan = await world.sync.plan();
    await expect(world.sync.apply(plan)).rejects.toBeInstanceOf(LockHeldError);
    await expect(world.sync.undo('x')).rejects.toBeInstanceOf(LockHeldError);
    expect(await world.sync.runs()).toEqual([]);
    expect(heard.map(({ name }) => name)).not.toContain('run-start');
    await lease.release();
    expect((await world.sync.run()).outcome).toBe('applied');
  });

  it('is free again after a run, however it ended', async () => {
    const world = new World(roster(), { source: failing });
    await world.sync.run();
    await world.store.lease(scope, { holder: 'another', ttlMs: 1 });
  });

  it('is kept through a read that takes longer than the lease', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const world = new World();
    const source = sourceOf(() => world.feed);
    const slow: RosterSource = {
      ...source,
      read: async (...options) => {
        for (let step = 1; step <= 9; step += 1) {
          world.clock.set(`2026-09-15T12:0${String(step)}:00.000Z`);
          await vi.advanceTimersByTimeAsync(60_000);
          await expect(world.store.lease(scope, { holder: 'another', ttlMs: 1 })).rejects.toBeInstanceOf(LockHeldError);
        }
        return source.read(...options);
      },
    };
    const run = world.another({ source: slow, leaseTtlMs: 180_000 }).run();
    expect((await run).outcome).toBe('applied');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that was lost to another run is written to no more', async () => {
    const store = new RecordingStore();
    const world = new World(roster(), { batchSize: 5 }, store);
    store.beforeApply = async () => {
      store.clock.set('2026-09-15T14:00:00.000Z');
      if (store.batches.length === 1) await store.lease(scope, { holder: 'another', ttlMs: 60_000 });
    };
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'partial', applied: 5, failures: [{ code: 'store_conflict' }] });
  });
});

describe('applying a plan', () => {
  it('does exactly what the plan says, whatever the feed says by then', async () => {
    const world = new World();
    const plan = await world.sync.plan();
    expect((await world.store.load(scope)).users).toEqual([]);
    world.feed = roster(5);
    const run = await world.sync.apply(plan, { by: 'admin-1' });
    expect(run).toMatchObject({ outcome: 'applied', applied: plan.counts.changes, planHash: plan.hash, by: 'admin-1' });
    expect((await world.store.load(scope)).classes).toHaveLength(2);
  });

  it('works with a plan that was kept as JSON', async () => {
    const world = new World();
    const kept = JSON.stringify(await world.sync.plan());
    const run = await world.another().apply(JSON.parse(kept) as Awaited<ReturnType<RosterSync['plan']>>);
    expect(run).toMatchObject({ outcome: 'applied', sent: 2 });
  });

  it('refuses a plan that was changed, one of another scope, and the acknowledgement of another', async () => {
    const world = new World();
    const plan = await world.sync.plan();
    const changed = { ...plan, changes: plan.changes.slice(1) };
    await expect(world.sync.apply(changed)).rejects.toBeInstanceOf(StalePlanError);
    await expect(world.sync.apply(plan, { acknowledge: 'x' })).rejects.toBeInstanceOf(StalePlanError);
    const elsewhere = world.another({ scope: { tenant: 'district-2' } });
    await expect(elsewhere.apply(plan)).rejects.toBeInstanceOf(PlanError);
    expect(await world.sync.runs()).toEqual([]);
  });

  it('leaves alone what changed since, says so, and plans no second time', async () => {
    const world = new World();
    const plan = await world.sync.plan();
    await world.another().run();
    const run = await world.sync.apply(plan);
    expect(run).toMatchObject({ outcome: 'partial', applied: 0 });
    expect(run.failures).toHaveLength(plan.counts.changes);
    expect(run.failures[0]).toMatchObject({ code: 'stale', key: plan.changes[0]?.key });
  });
});

describe('listeners', () => {
  it('that throw or reject break nothing, and keep no other from hearing', async () => {
    const errors: unknown[] = [];
    const world = new World(roster(1, 1), { onListenerError: (error) => errors.push(error) });
    world.sync.on('run-start', () => {
      throw new Error('first');
    });
    const rejecting: () => unknown = () => Promise.reject(new Error('second'));
    world.sync.on('run-start', rejecting);
    let ends = 0;
    world.sync.once('run-end', () => {
      ends += 1;
    });
    world.sync.on('run-start', () => {
      ends += 10;
    });
    expect((await world.sync.run()).outcome).toBe('applied');
    await world.sync.run();
    expect(errors.map(String)).toEqual(['Error: first', 'Error: second', 'Error: first', 'Error: second']);
    expect(ends).toBe(21);
  });

  it('whose errors cannot even be told break nothing either', async () => {
    const world = new World(roster(1, 1), {
      onListenerError: () => {
        throw new Error('worse');
      },
    });
    world.sync.on('page-read', () => {
      throw new Error('bad');
    });
    expect((await world.sync.run()).outcome).toBe('applied');
  });

  it('stop hearing when they ask to', async () => {
    const world = new World(roster(1, 1));
    let heard = 0;
    const listener = (): void => {
      heard += 1;
    };
    const unsubscribe = world.sync.on('run-start', listener);
    await world.sync.run();
    unsubscribe();
    await world.sync.run();
    world.sync.on('run-end', listener);
    world.sync.off('run-end', listener);
    await world.sync.run();
    expect(heard).toBe(1);
  });
});

describe('a mailer that fails', () => {
  it('is a line in the report of a run that applied everything, and a later run tries again', async () => {
    const world = new World(roster(1, 1));
    world.mailer.failNext(new MailError('busy', { isRetryable: true, refused: 0 }));
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'applied', sent: 0, failures: [{ code: 'mail' }] });
    world.clock.set('2026-09-15T12:05:00.000Z');
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', sent: 1, failures: [] });
    expect(world.sentTo('t1@school.example')).toHaveLength(1);
  });
});

function renamed<T extends { readonly name: string }>(section: T): T {
  return { ...section, name: `${section.name} (new)` };
}

/** A store in memory that shows what is written, and can fail at the n-th batch. */
class RecordingStore extends MemoryStore {
  readonly batches: Batch[] = [];
  failAt = 0;
  beforeApply: (batch: Batch) => Promise<void> = () => Promise.resolve();

  beforeLoad: () => Promise<void> = () => Promise.resolve();

  constructor(readonly clock = new TestClock()) {
    super({ clock });
  }

  override async load(...of: Parameters<MemoryStore['load']>): ReturnType<MemoryStore['load']> {
    await this.beforeLoad();
    return super.load(...of);
  }

  /** The host's own program deletes a member's row. */
  async deleteMember(userSourcedId: string): Promise<void> {
    const { enrollments } = await super.load(scope);
    const member = enrollments.find((enrollment) => enrollment.userSourcedId === userSourcedId);
    if (member === undefined) throw new Error('No such member.');
    const { id, version } = member;
    const subject = `enrollment@${id}`;
    const kind = 'enrollment-delete';
    const reason = { rule: 'HAND', code: 'BY_HAND' };
    const rest = { reason, destructive: false, fingerprint: '', heldBy: [] };
    const change = { kind, key: subject, subject, target: { id }, before: {}, after: null, version, ...rest } as const;
    await super.apply({ scope, runId: 'host', at: '2026-09-15T12:00:00.000Z', changes: [change] });
  }

  override async apply(batch: Batch): ReturnType<MemoryStore['apply']> {
    await this.beforeApply(batch);
    if (batch.fence !== undefined) this.batches.push(batch);
    if (this.batches.length === this.failAt) {
      this.failAt = 0;
      throw new StoreError('apply: the database went away', { operation: 'apply' });
    }
    return super.apply(batch);
  }
}
