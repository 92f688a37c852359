import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import type { Roster } from '../../src/model/index.js';
import { Directory } from '../../src/people/index.js';
import { pendingOf } from '../../src/testing/contracts/store/changes.js';
import { attestation, person, roster, scope, sourceOf, TestClock, unenrolled, withPerson, World } from './support.js';

const teacher = 't1@school.example';

describe('who is invited', () => {
  it('is every created teacher, once, over any number of imports', async () => {
    const world = new World(roster(2, 2), { policy: { fullData: true, limits: { enrollments: 1 } } });
    expect((await world.sync.run()).sent).toBe(2);
    world.feed = unenrolled(world.feed, 't1');
    await world.sync.run();
    world.feed = roster(2, 2);
    await world.sync.run();
    await world.sync.run();
    expect(world.mailer.messages.map(({ to }) => to[0]).sort()).toEqual([teacher, 't2@school.example']);
  });

  it('are the roles of the policy, and never staff by themselves', async () => {
    const feed = roster(1, 1);
    const staff = { ...person('a1', 'teacher'), roles: ['administrator'] } as const;
    const whole: Roster = { ...feed, users: [...feed.users, staff] };
    const policy = { staff: { create: true }, invitations: { teachers: false, students: true } };
    const world = new World(whole, { policy });
    await world.sync.run();
    expect((await world.store.load(scope)).users).toHaveLength(3);
    expect(world.mailer.messages.map(({ to }) => to)).toEqual([['s1-1@school.example']]);
  });

  it('is nobody without an address, and nobody whose access is curtailed', async () => {
    const feed = withPerson(withPerson(roster(2, 1), 't1', { email: undefined as never }), 't2', { enabled: false });
    const world = new World(feed);
    await world.sync.run();
    expect(world.mailer.messages).toEqual([]);
    expect(await world.store.invitations(scope)).toEqual([]);
  });

  it('F6: is nobody by an address that is the login of another', async () => {
    const feed = withPerson(roster(2, 1), 't2', { email: teacher });
    const world = new World(feed);
    await world.sync.run();
    expect(world.mailer.messages.map(({ to }) => to)).toEqual([[teacher]]);
    const { users } = await world.store.load(scope);
    expect(users.find(({ sourcedId }) => sourcedId === 't2')).toMatchObject({ email: teacher, takenLogins: ['email'] });
  });

  it('follows the settings that a plan was made with', async () => {
    const world = new World(roster(1, 1));
    const plan = await world.sync.plan({ policy: { invitations: { students: true, teachers: false } } });
    await world.sync.apply(plan);
    expect(world.mailer.messages.map(({ to }) => to)).toEqual([['s1-1@school.example']]);
  });

  it('is nobody in the first sync where the policy says so, and those who come later', async () => {
    const world = new World(roster(1, 1), { policy: { invitations: { silentFirstSync: true } }, batchSize: 2 });
    const controller = new AbortController();
    world.sync.once('operation-applied', () => {
      controller.abort();
    });
    expect((await world.sync.run({ signal: controller.signal })).outcome).toBe('aborted');
    await world.sync.run();
    expect(world.mailer.messages).toEqual([]);
    world.feed = roster(2, 1);
    await world.sync.run();
    expect(world.mailer.messages.map(({ to }) => to)).toEqual([['t2@school.example']]);
  });
});

describe('F1: a new address', () => {
  it('of a person who has not signed in gets an invitation, and the old code ends', async () => {
    const world = new World(roster(1, 1));
    await world.sync.run();
    world.feed = withPerson(world.feed, 't1', { email: 'new@school.example' });
    await world.sync.run();
    expect(world.sentTo('new@school.example')).toHaveLength(1);
    const states = (await world.store.invitations(scope)).map(({ state }) => state);
    expect(states).toEqual(['revoked', 'pending']);
  });

  it('takes the message back that had not gone to the old one yet', async () => {
    const world = new World(roster(1, 1));
    await world.another({ mailer: undefined }).run();
    world.feed = withPerson(world.feed, 't1', { email: 'new@school.example' });
    await world.sync.run();
    expect(world.mailer.messages.map(({ to }) => to)).toEqual([['new@school.example']]);
  });

  it('of a person who has signed in is nothing to be invited about', async () => {
    const world = new World(roster(1, 1), { policy: { contactUpdates: 'all' } });
    await world.sync.run();
    await new Directory({ store: world.store, scope }).claim({ sourcedId: 't1' }, { by: 't1' });
    world.feed = withPerson(world.feed, 't1', { email: 'new@school.example' });
    await world.sync.run();
    expect((await world.store.load(scope)).users.find(({ sourcedId }) => sourcedId === 't1')?.email).toBe(
      'new@school.example',
    );
    expect(world.mailer.messages).toHaveLength(1);
  });

  it('that only differs in case is the same', async () => {
    const world = new World(roster(1, 1));
    await world.sync.run();
    world.feed = withPerson(world.feed, 't1', { email: 'T1@School.example' });
    await world.sync.run();
    expect(world.mailer.messages).toHaveLength(1);
    expect((await world.store.invitations(scope)).map(({ state }) => state)).toEqual(['pending']);
  });

  it('that an undo takes back ends its code and invites nobody', async () => {
    const world = new World(roster(1, 1));
    await world.sync.run();
    world.feed = withPerson(world.feed, 't1', { email: 'wrong@school.example' });
    const run = await world.sync.run();
    await world.sync.undo(run.id);
    expect((await world.store.invitations(scope)).map(({ state }) => state)).toEqual(['revoked', 'revoked']);
    expect(world.mailer.messages).toHaveLength(2);
  });
});

describe('messages of a doubtful read', () => {
  it('wait for the next healthy run', async () => {
    const world = new World(roster(1, 1));
    await world.sync.run();
    const more = roster(1, 1);
    world.feed = {
      ...more,
      attestation: attestation('incomplete'),
      users: [...more.users, person('t9', 'teacher')],
      enrollments: [...more.enrollments, { classSourcedId: 'c1', userSourcedId: 't9', role: 'teacher' }],
    };
    const held = await world.sync.run();
    expect(held).toMatchObject({ applied: 2, sent: 0, holds: [{ gate: 'G2' }] });
    world.feed = { ...world.feed, attestation: attestation() };
    expect(await world.sync.run()).toMatchObject({ applied: 0, sent: 1 });
    expect(world.sentTo('t9@school.example')).toHaveLength(1);
  });
});

describe('a process that dies between the sending and the mark', () => {
  it('sends again under the same key, which a mailer delivers once', async () => {
    const clock = new TestClock();
    const store = new ForgetfulStore({ clock });
    const world = new World(roster(1, 1), {}, store);
    await expect(world.sync.run()).rejects.toThrow('killed');
    expect(world.sentTo(teacher)).toHaveLength(1);
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', sent: 0 });
    clock.set('2026-09-15T12:15:00.000Z');
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', sent: 1 });
    expect(world.sentTo(teacher)).toHaveLength(1);
    expect(await pendingOf(store, scope)).toEqual([]);
  });
});

describe('guardians from a source of their own', () => {
  it('take the place of those of the roster, in the guardians step alone', async () => {
    const main = { ...roster(1, 1), guardianLinks: [{ guardianSourcedId: 'g1', studentSourcedId: 's1-1' }] };
    const feed: Roster = { ...main, users: [...main.users, person('g1', 'guardian')] };
    const list: Roster = {
      ...roster(1, 0),
      users: [person('g2', 'guardian'), { ...person('t9', 'teacher') }],
      guardianLinks: [{ guardianSourcedId: 'g2', studentSourcedId: 's1-1' }],
    };
    let reads = 0;
    const guardians = sourceOf(() => {
      reads += 1;
      return list;
    });
    const world = new World(feed, { guardians });
    await world.sync.run();
    expect(reads).toBe(0);
    await world.sync.run({ steps: ['classes', 'teachers', 'students', 'guardians'] });
    expect(reads).toBe(1);
    const { users, guardianLinks } = await world.store.load(scope);
    expect(users.map(({ sourcedId }) => sourcedId)).toEqual(['g2', 's1-1', 't1']);
    expect(guardianLinks).toMatchObject([{ guardianSourcedId: 'g2', studentSourcedId: 's1-1' }]);
    expect(world.sentTo('g2@school.example')).toHaveLength(1);
  });

  it('that were not read to the end unlink nobody', async () => {
    const links = [{ guardianSourcedId: 'g2', studentSourcedId: 's1-1' }];
    let list: Roster = { ...roster(1, 0), users: [person('g2', 'guardian')], guardianLinks: links };
    const policy = { fullData: true, limits: { guardianLinks: 1 } };
    const world = new World(roster(1, 1), { guardians: sourceOf(() => list), policy });
    await world.sync.run();
    await world.sync.run({ steps: ['guardians'] });
    const whole = attestation();
    const { collections } = whole;
    const users = { state: 'incomplete', received: 0 } as const;
    list = { ...list, users: [], guardianLinks: [], attestation: { ...whole, collections: { ...collections, users } } };
    await world.sync.run({ steps: ['guardians'] });
    expect((await world.store.load(scope)).guardianLinks).toMatchObject([{ state: 'active' }]);
    list = { ...list, attestation: whole };
    await world.sync.run({ steps: ['guardians'] });
    expect((await world.store.load(scope)).guardianLinks).toMatchObject([{ state: 'removed' }]);
  });
});

/** Dies once, after the mailer has the message and before the store knows. */
class ForgetfulStore extends MemoryStore {
  private isFirst = true;

  override saveMessage(...of: Parameters<MemoryStore['saveMessage']>): Promise<boolean> {
    if (!this.isFirst) return super.saveMessage(...of);
    this.isFirst = false;
    return Promise.reject(new Error('killed'));
  }
}
