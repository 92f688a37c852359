import { describe, expect, it } from 'vitest';
import { ConfigurationError, NotAllowedError } from '../../src/errors.js';
import { Access, permissionSets, type PermissionSets } from '../../src/people/index.js';
import type { RosterSync, RosterSyncOptions, SyncPermission } from '../../src/sync/index.js';
import { roster, scope, unenrolled, World } from './support.js';

const ALL: readonly SyncPermission[] = ['sync:plan', 'sync:apply', 'sync:approve', 'sync:undo', 'sync:reports'];
const FULL = { policy: { fullData: true, archive: true } } as const;

/** A world in which each person has the one permission that their id says, and `principal` all, in the school North. */
function guarded(options: Partial<RosterSyncOptions> = {}): World {
  const world = new World(roster());
  const one = Object.fromEntries(
    ALL.map((permission) => [permission, { permissions: { [permission]: 'district' as const } }]),
  );
  const ofSchool = Object.fromEntries(ALL.map((permission) => [permission, 'schools' as const]));
  const sets: PermissionSets = { ...one, 'Of the school': { permissions: ofSchool } };
  const person = { givenName: 'A', familyName: 'B', roles: ['administrator'], schoolSourcedIds: ['north'] } as const;
  world.store.seed(scope, {
    schools: [{ id: 'school', name: 'North', sourcedId: 'north', origin: 'roster' }],
    users: [
      ...ALL.map((permission) => ({ id: permission, ...person, permissions: [permission] })),
      { id: 'principal', ...person, permissions: ['Of the school'] },
    ],
  });
  const access = new Access({ store: world.store, scope, permissionSets: sets });
  return Object.assign(world, { sync: world.another({ ...FULL, access, ...options }) });
}

type Call = (sync: RosterSync, by: string) => Promise<unknown>;

const CALLS: readonly [string, SyncPermission, Call][] = [
  ['plan', 'sync:plan', (sync, by) => sync.plan({ by })],
  ['apply', 'sync:apply', async (sync, by) => sync.apply(await sync.plan(), { by })],
  ['run', 'sync:apply', (sync, by) => sync.run({ by })],
  ['approve', 'sync:approve', (sync, by) => sync.approve('G6', { hash: 'hash', by })],
  ['discard', 'sync:approve', (sync, by) => sync.discard('G6', { by })],
  ['accept', 'sync:approve', (sync, by) => sync.accept('G5:users', { by })],
  ['decline', 'sync:approve', (sync, by) => sync.decline('G5:users', { by })],
  ['undo', 'sync:undo', (sync, by) => sync.undo('run-1', { by })],
  ['runs', 'sync:reports', (sync, by) => sync.runs({ by })],
  ['holds', 'sync:reports', (sync, by) => sync.holds({ by })],
  ['proposals', 'sync:reports', (sync, by) => sync.proposals({ by })],
  ['status', 'sync:reports', (sync, by) => sync.status({ by })],
  ['statistics', 'sync:reports', (sync, by) => sync.statistics({ by })],
  ['audit', 'sync:reports', (sync, by) => sync.audit({ by })],
];

async function refusalOf(work: Promise<unknown>): Promise<NotAllowedError | undefined> {
  try {
    await work;
  } catch (error) {
    if (NotAllowedError.isInstance(error)) return error;
  }
  return undefined;
}

describe('who may do what with a sync', () => {
  it.each(CALLS)('%s takes %s, and no other permission', async (_name, needed, call) => {
    const { sync } = guarded();
    for (const by of ALL) {
      const refusal = await refusalOf(call(sync, by));
      if (by === needed) expect(refusal).toBeUndefined();
      else expect(refusal).toMatchObject({ code: 'not_allowed', action: needed, actor: by, isRetryable: false });
    }
    expect((await refusalOf(call(sync, 'nobody')))?.message).toContain('nobody has not got the permission');
  });

  it('who is refused has changed nothing, and no run tells of it', async () => {
    const { sync, store } = guarded();
    expect(await refusalOf(sync.run({ by: 'sync:plan' }))).toBeDefined();
    expect(await sync.runs()).toEqual([]);
    expect((await store.load(scope)).classes).toEqual([]);
  });

  it('a schedule is let through, and so is everybody where no access is given', async () => {
    const { sync } = guarded();
    expect((await sync.run()).outcome).toBe('applied');
    expect((await sync.undo((await sync.runs())[0]?.id ?? '')).outcome).toBe('applied');
    const open = new World(roster());
    expect((await open.sync.run({ by: 'anybody' })).outcome).toBe('applied');
  });

  it('a decision is somebody’s, and an empty id is nobody’s', async () => {
    const { sync } = guarded();
    await expect(sync.discard('G6', {} as never)).rejects.toMatchObject({ parameter: 'by' });
    await expect(sync.run({ by: '' })).rejects.toBeInstanceOf(ConfigurationError);
  });

  it('acknowledging a plan is a decision, too', async () => {
    const world = guarded();
    await world.sync.run();
    world.feed = unenrolled(world.feed, 's1-1', 's1-2', 's1-3', 's1-4', 's2-1', 's2-2', 's2-3');
    const plan = await world.sync.plan();
    expect(plan.counts.held).toBeGreaterThan(0);
    const acknowledged = world.sync.apply(plan, { acknowledge: plan.hash, by: 'sync:apply' });
    expect(await refusalOf(acknowledged)).toMatchObject({ action: 'sync:approve', actor: 'sync:apply' });
    expect((await world.sync.apply(plan, { by: 'sync:apply' })).outcome).toBe('held');
  });

  it('a permission for one’s schools is enough for a sync of these schools, and of no others', async () => {
    const { sync } = guarded();
    expect(await refusalOf(sync.plan({ by: 'principal' }))).toBeDefined();
    const ofSchools = (...schools: string[]) => guarded({ scope: { ...scope, schools } }).sync;
    expect(await refusalOf(ofSchools('north').plan({ by: 'principal' }))).toBeUndefined();
    expect(await refusalOf(ofSchools('north', 'south').plan({ by: 'principal' }))).toBeDefined();
    // What tells of the whole tenant takes a permission for it.
    expect(await refusalOf(ofSchools('north').status({ by: 'principal' }))).toBeUndefined();
    expect(await refusalOf(ofSchools('north').statistics({ by: 'principal' }))).toBeDefined();
    expect(await refusalOf(ofSchools('north').audit({ by: 'principal' }))).toBeDefined();
  });

  it('a host’s own answer counts where it is a plain yes', async () => {
    const answering = (answer: unknown) => guarded({ access: { can: () => Promise.resolve(answer as boolean) } }).sync;
    expect(await refusalOf(answering('yes').plan({ by: 'any' }))).toBeDefined();
    expect(await refusalOf(answering(true).plan({ by: 'any' }))).toBeUndefined();
    expect(() => guarded({ access: {} as never })).toThrow('access: has to offer can');
  });
});

describe('the permission sets of a policy', () => {
  const policy = { access: { permissions: { teacher: ['Family Access'], student: ['Newspaper'] } } };

  it('are given to whom a sync makes, and to nobody else', async () => {
    const world = new World(roster(), { policy: { access: { permissions: { teacher: ['Family Access'] } } } });
    await world.sync.run();
    const { users } = await world.store.load(scope);
    expect(users.filter(({ permissions }) => permissions !== undefined).map(({ sourcedId }) => sourcedId)).toEqual([
      't1',
      't2',
    ]);
    const access = new Access({ store: world.store, scope });
    const idOf = (sourcedId: string) => users.find((user) => user.sourcedId === sourcedId)?.id ?? '';
    expect(await access.can(idOf('t1'), 'families:view', { student: idOf('s1-1') })).toBe(true);
    expect(await access.can(idOf('t1'), 'families:view', { student: idOf('s2-1') })).toBe(false);
  });

  it('must be among those that there are, before anything is read', async () => {
    const access = new Access({ store: new World().store, scope });
    const parameter = 'policy.access.permissions.student';
    await expect(new World(roster(), { access }).sync.run({ policy })).rejects.toMatchObject({ parameter });
    const with8 = new Access({
      store: new World().store,
      scope,
      permissionSets: { ...permissionSets, Newspaper: { permissions: {} } },
    });
    expect((await new World(roster(), { access: with8 }).sync.run({ policy })).outcome).toBe('applied');
    expect((await new World(roster()).sync.run({ policy })).outcome).toBe('applied');
  });
});
