import { describe, expect, it } from 'vitest';
import { LockHeldError, PlanError } from '../../src/errors.js';
import { Directory } from '../../src/people/index.js';
import type { Proposal, Roster } from '../../src/model/index.js';
import { person, roster, scope, World } from './support.js';

/** The roster in which a student has another sourcedId. */
function renumbered(whole: Roster, from: string, to: string): Roster {
  return {
    ...whole,
    users: whole.users.map((user) => (user.sourcedId === from ? { ...user, sourcedId: to } : user)),
    enrollments: whole.enrollments.map((row) => (row.userSourcedId === from ? { ...row, userSourcedId: to } : row)),
  };
}

async function oneMoved(): Promise<World> {
  const world = new World(roster(), { policy: { fullData: true } });
  await world.sync.run();
  world.feed = renumbered(world.feed, 's1-1', 'new');
  await world.sync.run();
  return world;
}

async function onlyProposal(world: World): Promise<Proposal> {
  const [proposal, ...others] = await world.sync.proposals();
  if (proposal === undefined || others.length > 0) throw new Error('Not one proposal.');
  return proposal;
}

describe('two records that may be one person', () => {
  it('wait for a person, and nothing happens to either', async () => {
    const world = await oneMoved();
    expect(await onlyProposal(world)).toMatchObject({
      kind: 'user-rekey',
      rule: 'U12',
      from: 's1-1',
      sourcedId: 'new',
    });
    expect(await world.activeMembers()).toBe(10);
    expect((await world.sync.run()).counts.changes).toBe(0);
    expect(await world.sync.proposals()).toHaveLength(1);
  });

  it('become one with the next run where a person accepts, and keep their places', async () => {
    const world = await oneMoved();
    const { id } = await onlyProposal(world);
    await world.sync.accept(id, { by: 'admin-1' });
    expect(await world.sync.proposals()).toEqual([]);
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'applied', counts: { byKind: { 'user-rekey': 1 }, changes: 1 } });
    const { users } = await world.store.load(scope);
    expect(users.filter(({ sourcedId }) => sourcedId === 's1-1' || sourcedId === 'new')).toHaveLength(1);
    expect(await world.activeMembers()).toBe(10);
    expect((await world.sync.plan()).counts.changes).toBe(0);
  });

  it('stay two where a person declines, and are not proposed again', async () => {
    const world = await oneMoved();
    const { id } = await onlyProposal(world);
    await world.sync.decline(id, { by: 'admin-1' });
    const run = await world.sync.run();
    expect(run.counts.byKind).toMatchObject({ 'user-create': 1, 'enrollment-add': 1 });
    expect(await world.sync.proposals()).toEqual([]);
  });

  it('are asked about again where the answer was undone', async () => {
    const world = await oneMoved();
    await world.sync.accept((await onlyProposal(world)).id, { by: 'admin-1' });
    const run = await world.sync.run();
    await world.sync.undo(run.id);
    expect((await world.sync.run()).counts.changes).toBe(0);
    expect(await onlyProposal(world)).toMatchObject({ sourcedId: 'new' });
  });

  it('cannot be answered by another id, nor while another run holds the scope', async () => {
    const world = await oneMoved();
    await expect(world.sync.accept('nobody', { by: 'admin-1' })).rejects.toThrow(PlanError);
    await world.store.lease(scope, { holder: 'other', ttlMs: 60_000 });
    await expect(world.sync.decline((await onlyProposal(world)).id, { by: 'admin-1' })).rejects.toThrow(LockHeldError);
  });
});

describe('an account that people had made before the first import', () => {
  /** A teacher by hand, who is in the roster, too. */
  function worldOfTeacher(): World {
    const world = new World(roster(), { policy: { linkExisting: 'propose' } });
    const { sourcedId: _sourcedId, ...fields } = person('t1', 'teacher');
    world.store.seed(scope, { users: [{ id: 'own', ...fields }] });
    return world;
  }

  it('is one with the roster’s person where a person accepts, and nobody is invited for it', async () => {
    const world = worldOfTeacher();
    await world.sync.run();
    await world.sync.accept((await onlyProposal(world)).id, { by: 'admin-1' });
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'applied', counts: { byKind: { 'user-rekey': 1, 'enrollment-add': 1 } } });
    expect((await world.store.load(scope)).users.find(({ id }) => id === 'own')).toMatchObject({
      sourcedId: 't1',
      origin: 'linked',
    });
    expect((await world.sync.run()).counts.changes).toBe(0);
    expect(await world.sync.proposals()).toEqual([]);
  });

  it('stays untied where a person unties it, and is not proposed again', async () => {
    const world = worldOfTeacher();
    await world.sync.run();
    await world.sync.accept((await onlyProposal(world)).id, { by: 'admin-1' });
    await world.sync.run();
    await new Directory({ store: world.store, scope }).unlinkUser('own', { by: 'admin-1' });
    const run = await world.sync.run();
    expect(run.counts.byKind).toMatchObject({ 'user-create': 1 });
    expect((await world.store.load(scope)).users.find(({ id }) => id === 'own')).toMatchObject({ origin: 'local' });
    expect(await world.sync.proposals()).toEqual([]);
  });
});

describe('a class that went on under another sourcedId', () => {
  /** Its class is archived and the new one created, as ever; then a person says that they are one. */
  async function imported(): Promise<World> {
    const world = new World(roster(8, 4), { policy: { fullData: true, archive: true } });
    await world.sync.run();
    const { classes, enrollments, ...rest } = world.feed;
    world.feed = {
      ...rest,
      classes: classes.map((each) => (each.sourcedId === 'c1' ? { ...each, sourcedId: 'n1' } : each)),
      enrollments: enrollments
        .map((row) => (row.classSourcedId === 'c1' ? { ...row, classSourcedId: 'n1' } : row))
        // One child left meanwhile, and another came.
        .filter(({ userSourcedId }) => userSourcedId !== 's1-4')
        .concat({ classSourcedId: 'n1', userSourcedId: 's2-1', role: 'student' }),
    };
    const run = await world.sync.run();
    expect(run.counts.byKind).toMatchObject({ 'class-create': 1, 'class-archive': 1 });
    return world;
  }

  const of = async (world: World, sourcedId: string) => {
    const { classes, enrollments } = await world.store.load(scope);
    const section = classes.find((each) => each.sourcedId === sourcedId);
    const members = enrollments.filter(({ classId, state }) => classId === section?.id && state === 'active');
    return { section, members: members.map(({ userSourcedId }) => userSourcedId).sort() };
  };

  it('takes the place of the new one, with its own members, as long as nobody uses that', async () => {
    const world = await imported();
    const { section: old } = await of(world, 'c1');
    // The proposal waits for longer than one run.
    await world.sync.run();
    await world.sync.accept((await onlyProposal(world)).id, { by: 'admin-1' });
    const plan = await world.sync.plan();
    expect(plan.counts.byKind).toEqual({
      'enrollment-delete': 5,
      'enrollment-remove': 1,
      'enrollment-add': 1,
      'class-delete': 1,
      'class-rekey': 1,
    });
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'applied', failures: [] });
    const { section, members } = await of(world, 'n1');
    expect(section).toMatchObject({ id: old?.id, state: 'active', name: 'Class 1' });
    expect(members).toEqual(['s1-1', 's1-2', 's1-3', 's2-1', 't1']);
    expect((await of(world, 'c1')).section).toBeUndefined();
    expect((await world.store.load(scope)).classes).toHaveLength(8);
    expect((await world.sync.plan()).counts.changes).toBe(0);
    expect(await world.sync.proposals()).toEqual([]);
  });

  it('parts from it again when that is undone', async () => {
    const world = await imported();
    const before = await of(world, 'n1');
    await world.sync.accept((await onlyProposal(world)).id, { by: 'admin-1' });
    const run = await world.sync.run();
    expect(await world.sync.undo(run.id)).toMatchObject({ outcome: 'applied', failures: [] });
    const after = await of(world, 'n1');
    expect(after.section?.id).toBe(before.section?.id);
    expect(after.members).toEqual(before.members);
    expect((await of(world, 'c1')).section).toMatchObject({ state: 'archived', by: 'sync' });
    expect((await world.sync.plan()).counts.changes).toBe(0);
  });

  it('stays apart where people use the new one by now, and that is told', async () => {
    const world = await imported();
    const { id } = await onlyProposal(world);
    const { section } = await of(world, 'n1');
    const directory = new Directory({ store: world.store, scope, clock: world.clock });
    await directory.addMember(section?.id ?? '', { sourcedId: 's8-4' }, { role: 'student', by: 'teacher-1' });
    await world.sync.accept(id, { by: 'admin-1' });
    const plan = await world.sync.plan();
    expect(plan.counts.changes).toBe(0);
    expect(plan.notes).toContainEqual(expect.objectContaining({ rule: 'K12', code: 'MOVED_TOO_LATE' }));
  });

  it('is left as it is where the class that is there may not be touched', async () => {
    const only = { scope: { ...scope, schools: ['north'] } };
    const world = new World(roster(8, 4), { policy: { fullData: true, archive: true }, ...only });
    await world.sync.run();
    const { classes, enrollments } = world.feed;
    const move = (school: string): Roster => ({
      ...world.feed,
      schools: [...roster().schools, { sourcedId: 'south', name: 'South' }],
      classes: classes.map((each) =>
        each.sourcedId === 'c1' ? { ...each, sourcedId: 'n1', schoolSourcedId: school } : each,
      ),
      enrollments: enrollments.map((row) => (row.classSourcedId === 'c1' ? { ...row, classSourcedId: 'n1' } : row)),
    });
    world.feed = move('north');
    await world.sync.run();
    await world.sync.accept((await onlyProposal(world)).id, { by: 'admin-1' });
    world.feed = move('south');
    const plan = await world.sync.plan();
    expect(plan.notes.map(({ code }) => code)).toContain('MOVED_OUT_OF_SCOPE');
    expect(plan.changes).toEqual([]);
  });
});
