import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { ConfigurationError, LockHeldError, PlanError, StoreError } from '../../src/errors.js';
import { explain } from '../../src/engine/index.js';
import type { LocalGuardianLink, LocalState, LocalUser, Roster } from '../../src/model/index.js';
import { Directory } from '../../src/people/index.js';
import { person, roster, scope, TestClock, unenrolled, World } from '../sync/support.js';

const by = 'teacher-7';
const PARENT = { guardianSourcedId: 'p1', studentSourcedId: 's1-1', relationship: 'Mother' };
/** Everything that a sync may take away, it takes away. */
const ALL = {
  policy: {
    fullData: true,
    archive: true,
    deactivateUnrostered: true,
    limits: { enrollments: 1, classes: 1, users: 1, guardianLinks: 1 },
  },
  steps: ['classes', 'teachers', 'students', 'guardians'],
} as const;

let world: World;
let directory: Directory;

/** Two classes and a guardian, imported. */
beforeEach(async () => {
  world = new World(withParent(roster()), ALL);
  await world.sync.run();
  directory = new Directory({ store: world.store, scope, clock: world.clock });
});

function withParent(whole: Roster, ...links: readonly Partial<typeof PARENT & { blocked: boolean }>[]): Roster {
  const guardianLinks = links.length === 0 ? [PARENT] : links.map((link) => ({ ...PARENT, ...link }));
  return { ...whole, users: [...whole.users, person('p1', 'guardian')], guardianLinks };
}

/** The roster without these people, as if they had left the district. */
function without(whole: Roster, ...gone: readonly string[]): Roster {
  const isThere = (id: string): boolean => !gone.includes(id);
  return {
    ...unenrolled(whole, ...gone),
    users: whole.users.filter(({ sourcedId }) => isThere(sourcedId)),
    guardianLinks: whole.guardianLinks.filter(
      (link) => isThere(link.guardianSourcedId) && isThere(link.studentSourcedId),
    ),
  };
}

/** The next two syncs of this roster. */
async function synced(feed: Roster): Promise<void> {
  for (const readId of ['next', 'after next']) {
    world.feed = { ...feed, readId };
    expect(['applied', 'held']).toContain((await world.sync.run()).outcome);
  }
}

async function local(): Promise<LocalState> {
  return world.store.load(scope);
}

async function linkOf(): Promise<LocalGuardianLink | undefined> {
  return (await local()).guardianLinks[0];
}

async function userOf(sourcedId: string): Promise<LocalUser | undefined> {
  return (await local()).users.find((user) => user.sourcedId === sourcedId);
}

const P1 = { sourcedId: 'p1' };
const S11 = { sourcedId: 's1-1' };

describe('guardians by hand, and the syncs that follow', () => {
  it('a link that a person ended stays ended, and that is told', async () => {
    await directory.unlinkGuardian(P1, S11, { by });
    expect(await linkOf()).toMatchObject({ state: 'removed', by: 'user' });
    await synced(world.feed);
    expect(await linkOf()).toMatchObject({ state: 'removed', by: 'user', origin: 'roster' });
    const plan = await world.sync.plan();
    const told = explain(
      { plan, roster: world.feed, local: await local() },
      { guardian: { guardian: 'p1', student: 's1-1' } },
    );
    expect(told.reasons.map(({ code }) => code)).toContain('LOCAL_REMOVAL_WINS');
  });

  it('a link that people made, or brought back, stays where the roster lacks it', async () => {
    await directory.linkGuardian(P1, { sourcedId: 's2-1' }, { relationship: 'Aunt', by });
    world.feed = withParent(roster(), { studentSourcedId: 's1-2' });
    await world.sync.run();
    expect((await local()).guardianLinks.find(({ studentSourcedId }) => studentSourcedId === 's1-1')?.by).toBe('sync');
    await directory.linkGuardian(P1, S11, { by });
    await synced(withParent(roster(), { studentSourcedId: 's1-3' }));
    const { guardianLinks } = await local();
    expect(guardianLinks.map(({ studentSourcedId, state, origin }) => [studentSourcedId, state, origin])).toEqual([
      ['s1-1', 'active', 'local'],
      ['s1-2', 'removed', 'roster'],
      ['s1-3', 'active', 'roster'],
      ['s2-1', 'active', 'local'],
    ]);
  });

  it('what a person changed of a link stays until it is given back', async () => {
    await directory.linkGuardian(P1, S11, { relationship: 'Stepmother', by });
    await synced(withParent(roster(), { relationship: 'Aunt' }));
    expect(await linkOf()).toMatchObject({
      relationship: 'Stepmother',
      hostFields: ['relationship'],
      origin: 'roster',
    });
    const about = { guardian: { guardian: 'p1', student: 's1-1' } };
    const told = explain({ plan: await world.sync.plan(), roster: world.feed, local: await local() }, about);
    expect(told.reasons[0]).toEqual({ rule: 'P9', code: 'FIELDS_OWNED', evidence: { fields: ['relationship'] } });
    await directory.release({ guardian: P1, student: S11 }, 'relationship', { by });
    await synced(withParent(roster(), { relationship: 'Aunt' }));
    expect(await linkOf()).toMatchObject({ relationship: 'Aunt' });
  });

  it('contact that people forbade is theirs to allow, even where the district forbade it, too, and took it back', async () => {
    await directory.blockGuardian(P1, S11, { by });
    await synced(world.feed);
    expect(await linkOf()).toMatchObject({ blocked: true });
    expect(await directory.unblockGuardian(P1, S11, { by })).toEqual({ isBlocked: false });
    expect(await linkOf()).not.toHaveProperty('blocked');
    expect(await linkOf()).not.toHaveProperty('hostFields');

    await synced(withParent(roster(), { blocked: true }));
    await directory.blockGuardian(P1, S11, { by });
    await synced(withParent(roster(), {}));
    expect(await linkOf()).toMatchObject({ blocked: true, hostFields: ['blocked'] });
  });

  it('contact that the district forbids is not for people to allow', async () => {
    await synced(withParent(roster(), { blocked: true }));
    expect(await directory.unblockGuardian(P1, S11, { by })).toEqual({ isBlocked: true });
    await directory.blockGuardian(P1, S11, { by });
    expect(await directory.unblockGuardian(P1, S11, { by })).toEqual({ isBlocked: true });
    expect(await linkOf()).toMatchObject({ blocked: true });
    await synced(withParent(roster(), {}));
    expect(await linkOf()).not.toHaveProperty('blocked');
  });

  it('nobody is their own guardian, and who is none cannot be unlinked, blocked or unblocked', async () => {
    await expect(directory.linkGuardian(S11, S11, { by })).rejects.toBeInstanceOf(ConfigurationError);
    const other = { sourcedId: 's2-2' };
    for (const act of [
      directory.unlinkGuardian(P1, other, { by }),
      directory.blockGuardian(P1, other, { by }),
      directory.unblockGuardian(P1, other, { by }),
      directory.release({ guardian: P1, student: other }, 'relationship', { by }),
    ]) {
      await expect(act).rejects.toThrow(/is no guardian of user/u);
    }
  });
});

describe('accounts by hand, and the syncs that follow', () => {
  it('an account that a person closed stays closed, though the roster has them', async () => {
    await directory.deactivateUser(S11, { by });
    await synced(world.feed);
    expect(await userOf('s1-1')).toMatchObject({ state: 'deactivated', by: 'user' });
  });

  it('an account that a person opened again stays open, though the roster lacks them, until that is given back', async () => {
    const gone = without(world.feed, 's1-1');
    await synced(gone);
    expect(await userOf('s1-1')).toMatchObject({ state: 'deactivated', by: 'sync' });
    await directory.reactivateUser(S11, { by });
    const plan = await world.sync.plan();
    expect(plan.notes).toContainEqual(expect.objectContaining({ code: 'LOCAL_REACTIVATION_WINS' }));
    await synced(gone);
    expect(await userOf('s1-1')).toMatchObject({ state: 'active', hostFields: ['state'] });
    const told = explain({ plan: await world.sync.plan(), roster: world.feed, local: await local() }, { user: 's1-1' });
    expect(told.reasons.map(({ code }) => code)).toContain('LOCAL_REACTIVATION_WINS');
    await directory.release({ user: S11 }, 'state', { by });
    await synced(gone);
    expect(await userOf('s1-1')).toMatchObject({ state: 'deactivated', by: 'sync' });
    // Closed by hand, it is nobody's to keep open.
    await directory.reactivateUser(S11, { by });
    await directory.deactivateUser(S11, { by });
    expect(await userOf('s1-1')).not.toHaveProperty('hostFields');
  });

  it('who is protected stays, until they are not', async () => {
    const gone = without(world.feed, 't1');
    await directory.protectUser({ sourcedId: 't1' }, { by });
    await synced(gone);
    expect(await userOf('t1')).toMatchObject({ state: 'active', protected: true });
    await directory.unprotectUser({ sourcedId: 't1' }, { by });
    await synced(gone);
    expect(await userOf('t1')).toMatchObject({ state: 'deactivated' });
  });

  it('permission sets that a person gave stay, and an address that was verified', async () => {
    await directory.editUser({ sourcedId: 't1' }, { permissions: ['Clubs'] }, { by });
    await directory.verifyEmail({ sourcedId: 't1' }, 'own@home.example', { by });
    await synced(withParent(roster()));
    expect(await userOf('t1')).toMatchObject({ permissions: ['Clubs'], verifiedEmail: 'own@home.example' });
  });
});

describe('classes and members by hand, and the syncs that follow', () => {
  const C1 = { sourcedId: 'c1' };
  const classOf = async () => (await local()).classes.find(({ sourcedId }) => sourcedId === 'c1');

  it('details and options that a person set stay, while the others follow the roster and the policy', async () => {
    await directory.editClass(C1, { period: '7', subject: undefined }, { by });
    await directory.setClassOptions(C1, { studentPortfolios: false }, { by });
    const feed = withParent(roster());
    const classes = feed.classes.map((section) => ({
      ...section,
      period: '1',
      subject: 'math',
      courseTitle: 'Algebra',
    }));
    world.feed = { ...feed, classes };
    await world
      .another({
        ...ALL,
        policy: { ...ALL.policy, classes: { options: { studentPortfolios: true, parentCommunication: false } } },
      })
      .run();
    const section = await classOf();
    expect(section).toMatchObject({
      period: '7',
      courseTitle: 'Algebra',
      hostFields: ['options.studentPortfolios', 'period', 'subject'],
      options: { behaviorManagement: true, studentPortfolios: false, parentCommunication: false },
    });
    expect(section).not.toHaveProperty('subject');
  });

  it('a role that a person gave a member is given back', async () => {
    const place = { class: C1, user: S11 };
    await directory.addMember(C1, S11, { role: 'aide', by });
    await synced(world.feed);
    const roleOf = async () => {
      const { enrollments } = await local();
      return enrollments.find((member) => member.userSourcedId === 's1-1');
    };
    expect(await roleOf()).toMatchObject({ role: 'aide', hostFields: ['role'] });
    await directory.release(place, 'role', { by });
    expect(await roleOf()).not.toHaveProperty('hostFields');
    await expect(directory.release({ class: C1, user: { sourcedId: 's2-1' } }, 'role', { by })).rejects.toThrow(
      /no member/u,
    );
  });

  it('an undo of the sync takes back nothing of what people did since', async () => {
    await directory.setClassOptions(C1, { studentPortfolios: false }, { by });
    await directory.unlinkGuardian(P1, S11, { by });
    await directory.deactivateUser({ sourcedId: 't2' }, { by });
    const [first] = await world.sync.runs();
    await world.sync.undo(first?.id ?? '', { by });
    expect(await classOf()).toMatchObject({ options: { studentPortfolios: false } });
    expect(await linkOf()).toMatchObject({ state: 'removed', by: 'user' });
    expect(await userOf('t2')).toMatchObject({ state: 'deactivated', by: 'user' });
  });
});

describe('proposals', () => {
  /** A person of the host's own who may be one of the roster. */
  async function proposing(): Promise<{ readonly at: World; readonly hand: Directory }> {
    const at = new World(roster(1, 1), { policy: { linkExisting: 'propose' } });
    at.store.seed(scope, {
      users: [{ id: 'own', roles: ['teacher'], givenName: 'Given', familyName: 't1', email: 't1@school.example' }],
    });
    await at.sync.run();
    return { at, hand: new Directory({ store: at.store, scope, clock: new TestClock() }) };
  }

  it('are answered by hand as by the sync, and the audit log says who did it', async () => {
    const { at, hand } = await proposing();
    const [proposal] = await hand.proposals();
    expect(await hand.proposals()).toEqual(await at.sync.proposals());
    expect(proposal).toMatchObject({ kind: 'user-link', sourcedId: 't1', recordId: 'own' });
    const id = proposal?.id ?? '';
    await hand.accept(id, { by });
    expect(await hand.proposals()).toEqual([]);
    expect(await at.store.audit(scope)).toEqual([
      expect.objectContaining({ by, action: 'proposal-accept', subject: id, at: '2026-09-15T12:00:00.000Z' }),
    ]);
    await at.sync.run();
    expect((await at.store.load(scope)).users.find((user) => user.id === 'own')).toMatchObject({
      sourcedId: 't1',
      origin: 'linked',
    });
  });

  it('declined, both go their own ways', async () => {
    const { at, hand } = await proposing();
    const [proposal] = await hand.proposals();
    await hand.decline(proposal?.id ?? '', { by });
    expect(await hand.proposals()).toEqual([]);
    await at.sync.run();
    expect((await at.store.load(scope)).users.find((user) => user.id === 'own')).toMatchObject({ origin: 'local' });
  });

  it('wait for a run that is at work, and leave the scope free', async () => {
    const { at, hand } = await proposing();
    const lease = await at.store.lease(scope, { holder: 'run', ttlMs: 60_000 });
    const [proposal] = await hand.proposals();
    await expect(hand.accept(proposal?.id ?? '', { by })).rejects.toBeInstanceOf(LockHeldError);
    await lease.release();
    await expect(hand.accept('no such', { by })).rejects.toBeInstanceOf(PlanError);
    expect(await at.store.holder(scope)).toBeUndefined();
    expect(await at.store.audit(scope)).toEqual([]);
  });

  it('of a ledger that a later version wrote are not answered', async () => {
    const { at, hand } = await proposing();
    const later = { ...(await at.store.ledger(scope)), formatVersion: 3 as 2 };
    at.store.ledger = () => Promise.resolve(later);
    await expect(hand.proposals()).rejects.toThrow(/of version 3/u);
  });
});

describe('what acts are told', () => {
  it.each<[string, (hand: Directory) => Promise<unknown>]>([
    ['by', (hand) => hand.archiveClass({ sourcedId: 'c1' }, { by: '' })],
    ['by', (hand) => hand.createClass({ name: 'Club' }, {} as never)],
    ['by', (hand) => hand.accept('any', { by: ' ' })],
    ['name', (hand) => hand.renameClass({ sourcedId: 'c1' }, ' ', { by })],
    ['fields.name', (hand) => hand.editClass({ sourcedId: 'c1' }, { name: 'x' } as never, { by })],
    ['fields.period', (hand) => hand.editClass({ sourcedId: 'c1' }, { period: 7 as never }, { by })],
    ['fields.grades', (hand) => hand.editClass({ sourcedId: 'c1' }, { grades: '05' as never }, { by })],
    ['options.chat', (hand) => hand.setClassOptions({ sourcedId: 'c1' }, { chat: true } as never, { by })],
    [
      'options.studentPortfolios',
      (hand) => hand.setClassOptions({ sourcedId: 'c1' }, { studentPortfolios: 'no' as never }, { by }),
    ],
    ['fields.permissions', (hand) => hand.editUser(S11, { permissions: 'Clubs' as never }, { by })],
    ['fields.email', (hand) => hand.editUser(S11, { email: 7 as never }, { by })],
    ['email', (hand) => hand.verifyEmail(S11, '', { by })],
    ['field', (hand) => hand.release({ user: S11 }, '', { by })],
  ])('a mistake in %s is named, and nothing is written', async (parameter, act) => {
    const before = await local();
    await expect(act(directory)).rejects.toMatchObject({ parameter });
    expect(await local()).toEqual(before);
  });

  it.each<[string, object]>([
    ['scope.tenant', { scope: {} }],
    ['store', { store: {} }],
    ['clock', { clock: {} }],
    ['tenant', { tenant: 'district-1' }],
  ])('a mistake in the option %s is named', (parameter, mistake) => {
    const options = { store: new MemoryStore(), scope, ...mistake };
    expect(() => new Directory(options)).toThrow(`${parameter}: `);
  });
});

describe('how much an act reads', () => {
  it('is no more than it needs: one stream of classes up to the class, and no list of people', async () => {
    const asked: string[] = [];
    const store = new MemoryStore();
    store.seed(scope, { classes: ['a', 'b', 'c'].map((id) => ({ id, name: id })) });
    async function* stream<T>(name: string, records: readonly T[]): AsyncGenerator<T> {
      for (const record of records) {
        asked.push(`${name} ${String((record as { readonly id?: string }).id)}`);
        yield await Promise.resolve(record);
      }
    }
    const load = store.load.bind(store);
    const streaming = Object.assign(store, {
      stream: async (of: typeof scope, work: (read: never) => Promise<unknown>) => {
        const read = await load(of);
        return work({ ...read, classes: stream('class', read.classes), users: stream('user', read.users) } as never);
      },
      load: () => Promise.reject(new StoreError('load: the whole tenant was asked for', { operation: 'load' })),
    });
    await new Directory({ store: streaming as never, scope }).renameClass('b', 'Bees', { by });
    expect(asked).toEqual(['class a', 'class b']);
    await expect(new Directory({ store: streaming as never, scope, streams: false }).use('b', { by })).rejects.toThrow(
      /whole tenant/u,
    );
    expect((await load(scope)).classes.find(({ id }) => id === 'b')).toMatchObject({ name: 'Bees', version: 2 });
  });
});
