import { describe, expect, it } from 'vitest';
import type { Roster } from '../../src/model/index.js';
import { Directory } from '../../src/people/index.js';
import type { PolicyInput } from '../../src/policy/index.js';
import { attestation, person, roster, scope, World } from './support.js';

/** A roster in which each of these guardians is linked to these students. */
function withLinks(feed: Roster, links: Readonly<Record<string, readonly string[]>>): Roster {
  const guardians = Object.keys(links).map((id) => person(id, 'guardian'));
  return {
    ...feed,
    users: [...feed.users, ...guardians],
    guardianLinks: Object.entries(links).flatMap(([guardianSourcedId, students]) =>
      students.map((studentSourcedId) => ({ guardianSourcedId, studentSourcedId })),
    ),
  };
}

const FAMILY = withLinks(roster(2, 2), { g1: ['s1-1'], g2: ['s2-1'] });

async function linksOf(world: World): Promise<readonly string[]> {
  const { guardianLinks } = await world.store.load(scope);
  return guardianLinks.map(({ guardianSourcedId = '', studentSourcedId = '', state, blocked }) =>
    [guardianSourcedId, studentSourcedId, state, ...(blocked === true ? ['blocked'] : [])].join(' '),
  );
}

describe('an import in two steps', () => {
  it('is two runs, each with its own report, and the second begins where the first ended', async () => {
    const world = new World(FAMILY);
    const { first, second } = await world.sync.runInSteps({ by: 'admin-1' });
    expect(first).toMatchObject({ outcome: 'applied', by: 'admin-1', steps: ['classes', 'teachers', 'students'] });
    expect(second).toMatchObject({ outcome: 'applied', by: 'admin-1', steps: ['guardians'] });
    expect([first.counts.byKind['guardian-link'], second.counts.byKind['guardian-link']]).toEqual([undefined, 2]);
    expect(first.id).not.toBe(second.id);
    expect(await linksOf(world)).toEqual(['g1 s1-1 active', 'g2 s2-1 active']);
  });

  it('leaves out of the first step what the sync is not about', async () => {
    const world = new World(FAMILY, { steps: ['classes', 'students', 'guardians'] });
    const { first } = await world.sync.runInSteps();
    expect(first.steps).toEqual(['classes', 'students']);
  });

  it.each<[string, Partial<Roster>]>([
    ['could not be believed (G1)', { attestation: attestation('failed') }],
    ['was incomplete (G2)', { attestation: attestation('incomplete') }],
  ])('holds the second step where the first read %s, and takes it up when that has passed', async (_, broken) => {
    const world = new World(FAMILY);
    await world.sync.run();
    world.feed = { ...FAMILY, ...broken };
    const { second } = await world.sync.runInSteps();
    expect(second).toMatchObject({ outcome: 'held', applied: 0, failures: [{ code: 'STEP_ONE_UNFINISHED' }] });
    expect(await linksOf(world)).toEqual([]);
    world.feed = FAMILY;
    expect((await world.sync.run({ steps: ['guardians'] })).outcome).toBe('held');
    expect((await world.sync.runInSteps()).second.outcome).toBe('applied');
    expect(await linksOf(world)).toHaveLength(2);
  });

  it('holds the second step where all ids are new (G5), and where nothing was imported yet', async () => {
    const world = new World(FAMILY);
    expect(await world.sync.run({ steps: ['guardians'] })).toMatchObject({
      outcome: 'held',
      failures: [{ code: 'STEP_ONE_UNFINISHED' }],
    });
    await world.sync.run();
    const renew = (id: string): string => `new-${id}`;
    world.feed = {
      ...FAMILY,
      users: FAMILY.users.map((user) => ({ ...user, sourcedId: renew(user.sourcedId) })),
      enrollments: FAMILY.enrollments.map((row) => ({ ...row, userSourcedId: renew(row.userSourcedId) })),
      guardianLinks: [{ guardianSourcedId: 'new-g1', studentSourcedId: 'new-s1-1' }],
    };
    const { first, second } = await world.sync.runInSteps();
    expect(first.gates).toContain('G5');
    expect(second.outcome).toBe('held');
  });

  it('refuses to apply a plan of the second step as well', async () => {
    const world = new World(FAMILY);
    const run = await world.sync.apply(await world.sync.plan({ steps: ['guardians'] }));
    expect(run).toMatchObject({ outcome: 'held', failures: [{ code: 'STEP_ONE_UNFINISHED' }] });
  });

  it('goes on where the first step has a hold of its own, and freezes the links of who is held (P8)', async () => {
    const policy: PolicyInput = { fullData: true, limits: { enrollments: 0.01, floor: 0 } };
    const world = new World(FAMILY, { policy });
    await world.sync.runInSteps();
    // A student is not shared any more, nor is the link to them, and the class still names them.
    const isGone = (id: string): boolean => id === 's1-1';
    world.feed = {
      ...FAMILY,
      users: FAMILY.users.filter(({ sourcedId }) => !isGone(sourcedId)),
      guardianLinks: FAMILY.guardianLinks.filter(({ studentSourcedId }) => !isGone(studentSourcedId)),
    };
    const { first, second } = await world.sync.runInSteps();
    expect(first.outcome).toBe('held');
    expect(second.failures).toEqual([]);
    expect(await linksOf(world)).toContain('g1 s1-1 active');
  });

  it('makes no link to a student whom the first step did not bring', async () => {
    const world = new World(FAMILY, { policy: { classes: { include: { ids: ['c1'] } } } });
    await world.sync.runInSteps();
    expect(await linksOf(world)).toEqual(['g1 s1-1 active']);
  });
});

describe('teachers who have not joined', () => {
  const note = async (world: World) => {
    const plan = await world.sync.plan({ steps: ['guardians'] });
    return plan.notes.flatMap(({ code, schoolSourcedId, evidence }) =>
      code === 'TEACHERS_NOT_JOINED' ? [{ schoolSourcedId, ...evidence }] : [],
    );
  };

  it('are told of by the second step, in each school, until they join', async () => {
    const world = new World(FAMILY);
    await world.sync.run();
    expect(await note(world)).toEqual([{ schoolSourcedId: 'north', teachers: 2, school: 'north', waits: false }]);
    await claim(world, 't1');
    expect(await note(world)).toMatchObject([{ teachers: 1 }]);
    await claim(world, 't2');
    expect(await note(world)).toEqual([]);
  });

  it('are those who were invited', async () => {
    const world = new World(FAMILY, { policy: { invitations: { teachers: false } } });
    await world.sync.run();
    expect(await note(world)).toEqual([]);
  });

  it('are waited for where the policy says so; only forbidden contact is blocked meanwhile', async () => {
    const world = new World(FAMILY, { policy: { fullData: true } });
    await world.sync.runInSteps();
    const waiting = world.another({ policy: { fullData: true, guardians: { afterTeachersJoined: true } } });
    const feed = withLinks(roster(2, 2), { g1: ['s1-1'], g3: ['s2-2'] });
    world.feed = {
      ...feed,
      guardianLinks: feed.guardianLinks.map((link) =>
        link.guardianSourcedId === 'g1' ? { ...link, relationship: 'mother', blocked: true } : link,
      ),
    };
    const { second } = await waiting.runInSteps();
    expect(second).toMatchObject({ outcome: 'applied', applied: 1, counts: { byKind: { 'guardian-update': 1 } } });
    expect(await linksOf(world)).toEqual(['g1 s1-1 active blocked', 'g2 s2-1 active']);
    await claim(world, 't1');
    await claim(world, 't2');
    await waiting.runInSteps();
    expect(await linksOf(world)).toEqual(['g1 s1-1 active blocked', 'g2 s2-1 removed', 'g3 s2-2 active']);
  });

  it('of the same import are waited for, too', async () => {
    const steps = ['classes', 'teachers', 'students', 'guardians'] as const;
    const world = new World(FAMILY, { steps, policy: { guardians: { afterTeachersJoined: true } } });
    await world.sync.run();
    expect(await linksOf(world)).toEqual([]);
    expect((await world.store.load(scope)).users).toHaveLength(6);
  });
});

async function claim(world: World, sourcedId: string): Promise<void> {
  await new Directory({ store: world.store, scope }).claim({ sourcedId }, { by: sourcedId });
}
