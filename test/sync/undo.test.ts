import { describe, expect, it } from 'vitest';
import { PlanError } from '../../src/errors.js';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { Directory } from '../../src/people/index.js';
import type { Roster } from '../../src/model/index.js';
import {
  loginsIn,
  person,
  recordEvents,
  roster,
  scope,
  unenrolled,
  withPerson,
  withUniqueLogins,
  World,
} from './support.js';

describe('undoing a run', () => {
  it('takes an import back, ends its codes, and the same feed does not bring it back', async () => {
    const world = new World();
    const first = await world.sync.run();
    const heard = recordEvents(world.sync);
    const undo = await world.sync.undo(first.id, { by: 'admin-1' });
    expect(undo).toMatchObject({ type: 'undo', undoes: first.id, outcome: 'applied', by: 'admin-1' });
    expect(heard.map(({ name }) => name).filter((name) => name.startsWith('run-'))).toEqual(['run-start', 'run-end']);
    const { users, classes, enrollments } = await world.store.load(scope);
    expect([users, classes, enrollments]).toEqual([[], [], []]);
    expect((await world.store.invitations(scope)).map(({ state }) => state)).toEqual(['revoked', 'revoked']);
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', applied: 0 });
    expect(world.mailer.messages).toHaveLength(2);
  });

  it('sends nothing that was not sent yet', async () => {
    const world = new World(roster(), { mailer: undefined });
    const first = await world.sync.run();
    await world.sync.undo(first.id);
    await world.another().run();
    expect(world.mailer.messages).toEqual([]);
  });

  it('brings back who was removed, and keeps what people changed since', async () => {
    const world = new World(roster(), { policy: { fullData: true } });
    await world.sync.run();
    world.feed = unenrolled(world.feed, 's1-1');
    world.feed = { ...world.feed, classes: world.feed.classes.map((each) => ({ ...each, name: `${each.name}!` })) };
    const run = await world.sync.run();
    await new Directory({ store: world.store, scope }).renameClass({ sourcedId: 'c1' }, 'Ours', { by: 'teacher-1' });
    await world.sync.undo(run.id);
    expect(await world.activeMembers()).toBe(10);
    expect((await world.store.load(scope)).classes.map(({ name }) => name)).toEqual(['Ours', 'Class 2']);
    expect(await world.sync.run()).toMatchObject({ applied: 0 });
  });

  it('is not forgotten by a plan that was made before', async () => {
    const world = new World();
    const first = await world.sync.run();
    world.feed = roster(3);
    const plan = await world.sync.plan();
    const second = await world.another().run();
    await world.sync.undo(second.id);
    expect(await world.sync.apply(plan)).toMatchObject({ outcome: 'partial', applied: 0 });
    expect((await world.store.load(scope)).classes).toHaveLength(2);
    expect(first.outcome).toBe('applied');
  });

  it('is refused where there is no such run', async () => {
    const world = new World();
    await expect(world.sync.undo('nothing')).rejects.toBeInstanceOf(PlanError);
    expect(await world.sync.runs()).toEqual([]);
  });

  it('can be undone itself', async () => {
    const world = new World();
    const first = await world.sync.run();
    const undo = await world.sync.undo(first.id);
    await world.sync.undo(undo.id);
    expect(await world.activeMembers()).toBe(10);
    expect(await world.sync.run()).toMatchObject({ applied: 0 });
  });
});

describe('undoing the loss of a login', () => {
  /** Another teacher, who has the address of the second one, and comes before them. */
  function withTwin(read: Roster): Roster {
    return {
      ...read,
      users: [...read.users, { ...person('t0', 'teacher'), email: 't2@school.example' }],
      enrollments: [...read.enrollments, { classSourcedId: 'c1', userSourcedId: 't0', role: 'teacher' }],
    };
  }

  async function userOf(world: World, sourcedId: string) {
    const { users } = await world.store.load(scope);
    return users.find((user) => user.sourcedId === sourcedId);
  }

  async function begun(): Promise<World> {
    const world = new World(roster(), { batchSize: 1 }, withUniqueLogins(new MemoryStore()));
    await world.sync.run();
    return world;
  }

  it('gives it back once whoever had got it is gone', async () => {
    const world = await begun();
    const before = await loginsIn(world.store);
    world.feed = withTwin(world.feed);
    const run = await world.sync.run();
    expect((await userOf(world, 't2'))?.takenLogins).toEqual(['email']);
    const undo = await world.sync.undo(run.id);
    expect(undo).toMatchObject({ outcome: 'applied' });
    expect(await userOf(world, 't0')).toBeUndefined();
    expect(await loginsIn(world.store)).toEqual(before);
    expect(await world.sync.undo(undo.id)).toMatchObject({ outcome: 'applied' });
    expect((await userOf(world, 't2'))?.takenLogins).toEqual(['email']);
    expect(await userOf(world, 't0')).not.toHaveProperty('takenLogins');
  });

  it('does not where whoever had got it has signed in since', async () => {
    const world = await begun();
    world.feed = withTwin(world.feed);
    const run = await world.sync.run();
    await new Directory({ store: world.store, scope }).claim({ sourcedId: 't0' }, { by: 't0' });
    expect(await world.sync.undo(run.id)).toMatchObject({ outcome: 'applied' });
    expect((await userOf(world, 't2'))?.takenLogins).toEqual(['email']);
    expect((await loginsIn(world.store)).filter((login) => login === 't2@school.example')).toHaveLength(1);
  });

  it('does not where a later run gave it to somebody else', async () => {
    const world = await begun();
    world.feed = withPerson(world.feed, 't1', { email: 't2@school.example' });
    const run = await world.sync.run();
    world.feed = withTwin(world.feed);
    await world.sync.run();
    expect(await world.sync.undo(run.id)).toMatchObject({ outcome: 'applied' });
    expect((await loginsIn(world.store)).filter((login) => login === 't2@school.example')).toHaveLength(1);
  });

  it('gives an address back, but not as a login that is another’s by now', async () => {
    const world = await begun();
    world.feed = withPerson(world.feed, 't2', { email: 'new@school.example' });
    const run = await world.sync.run();
    world.feed = withTwin(world.feed);
    await world.sync.run();
    expect(await world.sync.undo(run.id)).toMatchObject({ outcome: 'applied' });
    expect(await userOf(world, 't2')).toMatchObject({ email: 't2@school.example', takenLogins: ['email'] });
  });
});
