import { describe, expect, it } from 'vitest';
import { PlanError, PlanHeldError, StalePlanError } from '../../src/errors.js';
import type { Hold, LatchedHold, Roster } from '../../src/model/index.js';
import { Directory } from '../../src/people/index.js';
import { isAcknowledgeable } from '../../src/engine/gates/index.js';
import { roster, scope, unenrolled, withPerson, withUniqueLogins, World } from './support.js';

const policy = { fullData: true } as const;

/** Ten classes of four; then six students leave their classes: more than the limit of ten members in a hundred. */
async function manyLeave(): Promise<World> {
  const world = new World(roster(10, 4), { policy: { fullData: true, limits: { enrollments: 0.1 } } });
  await world.sync.run();
  world.feed = leavers(world.feed, 6);
  return world;
}

function leavers(feed: Roster, count: number): Roster {
  return unenrolled(feed, ...Array.from({ length: count }, (_, index) => `s${String(index + 1)}-1`));
}

async function onlyHold(world: World): Promise<LatchedHold> {
  const [hold, ...others] = await world.sync.holds();
  if (hold === undefined || others.length > 0) throw new Error('Not one hold.');
  return hold;
}

describe('an acknowledged plan', () => {
  it('is applied in one step, and leaves no hold behind', async () => {
    const world = await manyLeave();
    const plan = await world.sync.plan();
    expect(plan.counts.held).toBe(6);
    const run = await world.sync.apply(plan, { acknowledge: plan.hash, by: 'admin-1' });
    expect(run).toMatchObject({ outcome: 'applied', applied: 6, holds: [] });
    expect(await world.activeMembers()).toBe(44);
    expect((await world.store.load(scope)).ledger.holds).toEqual([]);
  });

  it('that is not acknowledged keeps its holds, latched for later', async () => {
    const world = await manyLeave();
    const plan = await world.sync.plan();
    const run = await world.sync.apply(plan);
    expect(run).toMatchObject({ outcome: 'held', applied: 0, holds: [{ id: 'G6:enrollments', count: 6 }] });
    expect(await world.sync.holds()).toHaveLength(1);
  });

  it('does not release an empty feed', async () => {
    const world = new World(roster(2, 4), { policy });
    await world.sync.run();
    world.feed = { ...world.feed, classes: [], enrollments: [] };
    const plan = await world.sync.plan({ policy: { archive: true } });
    expect(plan.holds.map(({ gate }) => gate)).toContain('G3');
    const run = await world.sync.apply(plan, { acknowledge: plan.hash });
    expect(run).toMatchObject({ outcome: 'held', applied: 0 });
    expect((await world.store.load(scope)).classes.every(({ state }) => state === 'active')).toBe(true);
    const empty = run.holds.find(({ gate }) => gate === 'G3');
    const approval = world.sync.approve(empty?.id ?? '', { hash: empty?.hash ?? '', by: 'admin-1' });
    await expect(approval).rejects.toBeInstanceOf(PlanHeldError);
  });

  it('that broke off stays acknowledged: the next run goes on', async () => {
    const world = await manyLeave();
    const strict = { fullData: true, limits: { enrollments: 0.01, floor: 0 } };
    const sync = world.another({ batchSize: 2, policy: strict });
    const plan = await sync.plan();
    const controller = new AbortController();
    sync.once('operation-applied', () => {
      controller.abort();
    });
    const broken = await sync.apply(plan, { acknowledge: plan.hash, signal: controller.signal });
    expect(broken).toMatchObject({ outcome: 'aborted', applied: 2 });
    expect(await sync.run()).toMatchObject({ outcome: 'applied', applied: 4 });
    expect(await sync.run()).toMatchObject({ outcome: 'applied', applied: 0 });
    expect((await world.store.load(scope)).ledger.holds).toEqual([]);
  });

  it.each<[string, Partial<Hold>, boolean]>([
    ['a limit', { gate: 'G6', code: 'LIMIT_EXCEEDED' }, true],
    ['a rolling limit', { gate: 'G7', code: 'BUDGET_EXCEEDED' }, true],
    ['an emptied class', { gate: 'K15', code: 'CLASS_EMPTIED' }, true],
    ['a vanished school', { gate: 'cause', code: 'SCHOOL_GONE' }, true],
    ['a vanished cohort', { gate: 'cause', code: 'COHORT_GONE' }, true],
    ['an incomplete read', { gate: 'G2', code: 'INCOMPLETE_READ', approvable: false }, false],
    ['an empty feed', { gate: 'G3', code: 'EMPTY_FEED' }, false],
    ['new ids for everyone', { gate: 'G5', code: 'ID_SPACE_RESET' }, false],
    ['a class of other people under an old id', { gate: 'K10', code: 'RECYCLED_ID' }, false],
    ['another person under an old id', { gate: 'U13', code: 'RECYCLED_PERSON_ID' }, false],
    ['a limit that no approval helps', { gate: 'G6', code: 'LIMIT_EXCEEDED', approvable: false }, false],
  ])('%s: released or not by a look at the plan', (_, fields, isReleased) => {
    const hold = { id: 'h', gate: 'G6', code: '', changes: [], hash: '', approvable: true, since: '' } as const;
    expect(isAcknowledgeable({ ...hold, ...fields })).toBe(isReleased);
  });
});

describe('approving a hold', () => {
  it('applies exactly its changes, as a run with a journal that can be undone', async () => {
    const world = await manyLeave();
    await world.sync.run();
    const hold = await onlyHold(world);
    const run = await world.sync.approve(hold.id, { hash: hold.hash, by: 'admin-1' });
    expect(run).toMatchObject({ type: 'approval', outcome: 'applied', applied: 6, by: 'admin-1', planHash: hold.hash });
    expect(run.counts).toMatchObject({ changes: 6, ready: 6, destructive: 6, byKind: { 'enrollment-remove': 6 } });
    expect(await world.store.journal(scope, run.id)).toHaveLength(6);
    expect(await world.activeMembers()).toBe(44);
    expect(await world.sync.holds()).toEqual([]);
    expect((await world.sync.run()).applied).toBe(0);
    await world.sync.undo(run.id);
    expect(await world.activeMembers()).toBe(50);
  });

  it('asks for a hash that the hold has or had, and for a hold that is there', async () => {
    const world = await manyLeave();
    await world.sync.run();
    const hold = await onlyHold(world);
    await expect(world.sync.approve(hold.id, { hash: 'x', by: 'a' })).rejects.toBeInstanceOf(StalePlanError);
    await expect(world.sync.approve('G6:classes', { hash: hold.hash, by: 'a' })).rejects.toBeInstanceOf(PlanError);
    expect(await world.activeMembers()).toBe(50);
    expect(await world.sync.runs()).toHaveLength(2);
  });

  it('by the hash that a person read releases what they read, and nothing that joined since', async () => {
    const world = await manyLeave();
    await world.sync.run();
    const read = await onlyHold(world);
    world.feed = unenrolled(world.feed, 's7-1');
    await world.sync.run();
    expect((await onlyHold(world)).changes).toHaveLength(7);
    const run = await world.sync.approve(read.id, { hash: read.hash, by: 'admin-1' });
    expect(run).toMatchObject({ outcome: 'held', applied: 6 });
    const rest = await onlyHold(world);
    expect(rest.changes.map(({ target }) => 'userSourcedId' in target && target.userSourcedId)).toEqual(['s7-1']);
    expect(run.holds).toMatchObject([{ id: read.id, hash: rest.hash, changes: [rest.changes[0]?.key] }]);
    await world.sync.approve(rest.id, { hash: rest.hash, by: 'admin-1' });
    expect(await world.activeMembers()).toBe(43);
  });

  it('leaves alone what people changed meanwhile, and tells it', async () => {
    const world = await manyLeave();
    await world.sync.run();
    const hold = await onlyHold(world);
    const directory = new Directory({ store: world.store, scope, clock: world.clock });
    await directory.addMember({ sourcedId: 'c1' }, { sourcedId: 's1-1' }, { role: 'aide', by: 'teacher-1' });
    const run = await world.sync.approve(hold.id, { hash: hold.hash, by: 'admin-1' });
    expect(run).toMatchObject({ outcome: 'partial', applied: 5, failures: [{ code: 'stale' }] });
    const { ledger } = await world.store.load(scope);
    expect(ledger.removals).toMatchObject([{ removed: 5 }]);
    const [left] = ledger.holds;
    expect(left?.approved).toEqual(run.failures.map(({ key }) => key));
    expect(await world.sync.holds()).toEqual([]);
    expect(await world.activeMembers()).toBe(45);
  });

  it('gives nobody a login that another still has', async () => {
    const world = new World(roster(10, 4), { policy });
    await world.sync.run();
    const renumbered = (id: string): string => (id.startsWith('s') ? `new-${id}` : id);
    const feed = withPerson(roster(10, 4), 't1', { email: 't2@school.example' });
    world.feed = {
      ...feed,
      users: feed.users.map((user) => ({ ...user, sourcedId: renumbered(user.sourcedId) })),
      enrollments: feed.enrollments.map((each) => ({ ...each, userSourcedId: renumbered(each.userSourcedId) })),
    };
    expect(await world.sync.run()).toMatchObject({ applied: 0, holds: [{ id: 'G5:users' }] });
    const sync = world.another({ policy, batchSize: 1, store: withUniqueLogins(world.store) });
    const hold = await onlyHold(world);
    const run = await sync.approve(hold.id, { hash: hold.hash, by: 'admin-1' });
    expect(run).toMatchObject({ outcome: 'applied', applied: 2 });
    const { users } = await world.store.load(scope);
    expect(users.find(({ sourcedId }) => sourcedId === 't2')?.takenLogins).toEqual(['email']);
  });

  it('of two that name the same changes applies them only with the second', async () => {
    const world = await manyLeave();
    await world.sync.run();
    const { ledger } = await world.store.load(scope);
    const hold = await onlyHold(world);
    const other: LatchedHold = { ...hold, id: 'COHORT_GONE:grade', gate: 'cause', changes: hold.changes.slice(0, 2) };
    await world.store.saveLedger(scope, { ...ledger, holds: [other, hold] });
    const first = await world.sync.approve(hold.id, { hash: hold.hash, by: 'admin-1' });
    expect(first).toMatchObject({ outcome: 'held', applied: 4, counts: { changes: 6, held: 2 } });
    expect((await world.sync.holds()).map(({ id }) => id)).toEqual([other.id]);
    const second = await world.sync.approve(other.id, { hash: other.hash, by: 'admin-1' });
    expect(second).toMatchObject({ outcome: 'applied', applied: 2 });
    expect((await world.store.load(scope)).ledger.holds).toEqual([]);
  });
});

describe('discarding a hold', () => {
  it('keeps the records as they are while the feed stays the same', async () => {
    const world = await manyLeave();
    await world.sync.run();
    const hold = await onlyHold(world);
    const report = await world.sync.discard(hold.id, { by: 'admin-1' });
    expect(report).toMatchObject({ type: 'discard', applied: 0, by: 'admin-1', failures: [] });
    expect(await world.sync.holds()).toEqual([]);
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', applied: 0, holds: [] });
    expect(await world.activeMembers()).toBe(50);
  });

  it('ends with the feed that says something else', async () => {
    const world = await manyLeave();
    const whole = roster(10, 4);
    await world.sync.run();
    await world.sync.discard((await onlyHold(world)).id, { by: 'admin-1' });
    world.feed = whole;
    await world.sync.run();
    world.feed = leavers(whole, 2);
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', applied: 2 });
  });

  it('is not forgotten by a plan that was made before', async () => {
    const world = await manyLeave();
    await world.sync.run();
    const plan = await world.sync.plan();
    await world.sync.discard((await onlyHold(world)).id, { by: 'admin-1' });
    await expect(world.sync.apply(plan, { acknowledge: plan.hash })).rejects.toBeInstanceOf(StalePlanError);
    expect(await world.activeMembers()).toBe(50);
    expect(await world.sync.run()).toMatchObject({ applied: 0, holds: [] });
  });
});
