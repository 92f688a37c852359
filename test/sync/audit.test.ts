import { describe, expect, it } from 'vitest';
import { ConfigurationError, PlanError } from '../../src/errors.js';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import type { AuditEntry } from '../../src/ports/index.js';
import type { Scope } from '../../src/model/index.js';
import { roster, scope, unenrolled, withPerson, World } from './support.js';

const policy = { fullData: true, limits: { enrollments: 0.1 } };

async function manyLeave(): Promise<World> {
  const world = new World(roster(10, 4), { policy });
  await world.sync.run();
  world.feed = unenrolled(world.feed, 's1-1', 's2-1', 's3-1', 's4-1', 's5-1', 's6-1');
  return world;
}

describe('the audit log', () => {
  it('has every decision about a run: who, when and what, the newest first', async () => {
    const world = await manyLeave();
    const run = await world.sync.run({ by: 'admin-1' });
    const [hold] = await world.sync.holds();
    world.clock.set('2026-09-15T13:00:00.000Z');
    const approval = await world.sync.approve(hold?.id ?? '', { hash: hold?.hash ?? '', by: 'admin-2' });
    world.clock.set('2026-09-15T14:00:00.000Z');
    const undo = await world.sync.undo(approval.id, { by: 'admin-3' });
    expect(await world.sync.audit()).toEqual([
      {
        id: `${undo.id}:run-undo`,
        at: '2026-09-15T14:00:00.000Z',
        by: 'admin-3',
        action: 'run-undo',
        subject: approval.id,
        runId: undo.id,
      },
      {
        id: `${approval.id}:hold-approve`,
        at: '2026-09-15T13:00:00.000Z',
        by: 'admin-2',
        action: 'hold-approve',
        subject: 'G6:enrollments',
        runId: approval.id,
        details: { gate: 'G6', code: 'LIMIT_EXCEEDED', hash: hold?.hash, changes: 6, due: 6 },
      },
      {
        id: `${run.id}:sync-run`,
        at: '2026-09-15T12:00:00.000Z',
        by: 'admin-1',
        action: 'sync-run',
        runId: run.id,
      },
    ]);
    expect(await world.sync.audit({ limit: 1 })).toMatchObject([{ action: 'run-undo' }]);
    expect(await world.sync.audit({ before: '2026-09-15T13:00:00.000Z' })).toMatchObject([{ action: 'sync-run' }]);
  });

  it('has a plan that was acknowledged, and a hold that was discarded', async () => {
    const world = await manyLeave();
    const plan = await world.sync.plan();
    await world.sync.apply(plan, { by: 'admin-1' });
    const [hold] = await world.sync.holds();
    await world.sync.discard(hold?.id ?? '', { by: 'admin-2' });
    const later = await world.sync.plan();
    await world.sync.apply(later, { acknowledge: later.hash });
    const entries = await world.sync.audit();
    expect(entries.map(({ action, by, details }) => ({ action, by, details }))).toEqual([
      { action: 'plan-apply', by: '', details: { hash: later.hash, changes: 0, released: 0, mail: false } },
      {
        action: 'hold-discard',
        by: 'admin-2',
        details: { gate: 'G6', code: 'LIMIT_EXCEEDED', hash: hold?.hash, changes: 6 },
      },
      { action: 'plan-apply', by: 'admin-1', details: { hash: plan.hash, changes: 6, released: 0, mail: false } },
    ]);
  });

  it('has answers to proposals', async () => {
    const feed = withPerson(roster(1, 4), 's1-1', { sourcedId: 's1-1', givenName: 'Ada', familyName: 'One' });
    const world = new World(feed, { policy: { fullData: true } });
    await world.sync.run();
    const renumber = (id: string): string => (id === 's1-1' ? 'n1' : id);
    world.feed = {
      ...feed,
      readId: 'renumbered',
      users: feed.users.map((user) => ({ ...user, sourcedId: renumber(user.sourcedId) })),
      enrollments: feed.enrollments.map((each) => ({ ...each, userSourcedId: renumber(each.userSourcedId) })),
    };
    await world.sync.run();
    const [proposal] = await world.sync.proposals();
    const id = proposal?.id ?? '';
    await world.sync.decline(id, { by: 'admin-1' });
    world.clock.set('2026-09-15T13:00:00.000Z');
    await world.sync.accept(id, { by: 'admin-2' });
    const entries = await world.sync.audit();
    expect(entries.map(({ action, by, subject }) => ({ action, by, subject }))).toEqual([
      { action: 'proposal-accept', by: 'admin-2', subject: id },
      { action: 'proposal-decline', by: 'admin-1', subject: id },
    ]);
  });

  it('has nothing of a schedule, nor of what was refused', async () => {
    const world = await manyLeave();
    await world.sync.run();
    const [hold] = await world.sync.holds();
    await world.sync.apply(await world.sync.plan());
    await expect(world.sync.approve(hold?.id ?? '', { hash: 'x', by: 'a' })).rejects.toBeInstanceOf(PlanError);
    await expect(world.sync.discard('nothing', { by: 'a' })).rejects.toBeInstanceOf(PlanError);
    await expect(world.sync.accept('nothing', { by: 'a' })).rejects.toBeInstanceOf(PlanError);
    await expect(world.sync.undo('nothing', { by: 'a' })).rejects.toBeInstanceOf(PlanError);
    expect(await world.sync.audit()).toEqual([]);
  });

  it('is written before anything comes of the decision', async () => {
    let hasEntry: boolean | undefined;
    const store = new (class extends MemoryStore {
      override async saveAudit(of: Scope, entry: AuditEntry): Promise<void> {
        const { ledger } = await this.load(of);
        hasEntry = ledger.holds.every(({ approved }) => approved.length === 0);
        await super.saveAudit(of, entry);
      }
    })();
    const world = new World(roster(10, 4), { policy }, store);
    await world.sync.run();
    world.feed = unenrolled(world.feed, 's1-1', 's2-1', 's3-1', 's4-1', 's5-1', 's6-1');
    await world.sync.run();
    const [hold] = await world.sync.holds();
    await world.sync.approve(hold?.id ?? '', { hash: hold?.hash ?? '', by: 'admin-1' });
    expect(hasEntry).toBe(true);
  });

  it.each<[string, object]>([
    ['limit', { limit: 0 }],
    ['before', { before: 'yesterday' }],
    ['after', { after: '2026-09-15T12:00:00.000Z' }],
  ])('names a mistake in %s', async (parameter, options) => {
    const world = new World();
    const failure = await world.sync.audit(options).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure).toMatchObject({ parameter });
  });

  it('holds no name and no address', async () => {
    const world = await manyLeave();
    const plan = await world.sync.plan();
    await world.sync.apply(plan, { acknowledge: plan.hash, by: 'admin-1' });
    expect(JSON.stringify(await world.store.audit(scope))).not.toMatch(/@|Given/);
  });
});
