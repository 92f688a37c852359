import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { ConfigurationError } from '../../src/errors.js';
import type { LocalUser } from '../../src/model/index.js';
import { roster, scope, TestClock, withPerson, World } from './support.js';

const principal = {
  id: 'p1',
  roles: ['administrator'],
  givenName: 'Pat',
  familyName: 'Lee',
  email: 'pat@school.example',
} as const;

/** A world in which the host has a principal already. */
function worldOf(fields: Partial<LocalUser>, invitations: object, feed = roster(1, 1)): World {
  const clock = new TestClock();
  const store = new MemoryStore({ clock });
  store.seed(scope, { users: [{ ...principal, schoolSourcedIds: ['north'], ...fields }] });
  return new World(feed, { policy: { invitations } }, store);
}

describe('whom people are invited by', () => {
  it.each<[string, Partial<LocalUser>, object]>([
    ['an administrator of the school', {}, { from: 'p1' }],
    ['one of the whole district', { schoolSourcedIds: [] }, { from: 'p1' }],
    ['who is staff, as Clever calls them', { roles: ['staff'] }, { from: 'p1' }],
    ['a role of the host that is as good', { roles: ['teacher'], role: 'dean' }, { from: 'p1', fromRoles: ['dean'] }],
    ['one for each school', {}, { from: { north: 'p1' } }],
  ])('is %s: the letter says so, and answers go there', async (_title, fields, invitations) => {
    const world = worldOf(fields, invitations);
    expect((await world.sync.run()).outcome).toBe('applied');
    const [message] = world.mailer.messages;
    expect(message).toMatchObject({ to: ['t1@school.example'], replyTo: 'pat@school.example' });
    expect(message?.text).toMatch(/\nPat Lee(, North)?\n/);
  });

  it('names the school, also on the first import', async () => {
    const world = worldOf({}, { from: 'p1' });
    await world.sync.run();
    expect(world.mailer.messages[0]?.text).toContain('\nPat Lee, North\n');
  });

  it('is known to the syncs that follow, too', async () => {
    const world = worldOf({}, { from: { north: 'p1' }, fromRoles: ['dean'] });
    await world.sync.run();
    world.feed = withPerson(world.feed, 't1', { email: 'new@school.example' });
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', sent: 1, failures: [] });
    expect(world.sentTo('new@school.example')).toMatchObject([{ replyTo: 'pat@school.example' }]);
  });

  it('is nobody for a school that has none', async () => {
    const world = worldOf({ schoolSourcedIds: ['south'] }, { from: { south: 'p1' } });
    await world.sync.run();
    expect(world.mailer.messages).toHaveLength(1);
    expect(world.mailer.messages[0]).not.toHaveProperty('replyTo');
  });

  it.each<[string, Partial<LocalUser>, object, string]>([
    ['whom the host does not have', {}, { from: 'p2' }, 'policy.invitations.from'],
    ['who was deactivated', { state: 'deactivated', by: 'user' }, { from: 'p1' }, 'policy.invitations.from'],
    ['who is disabled', { enabled: false }, { from: 'p1' }, 'policy.invitations.from'],
    ['who is a teacher', { roles: ['teacher'] }, { from: 'p1' }, 'policy.invitations.from'],
    ['who has no address', { email: undefined as never }, { from: 'p1' }, 'policy.invitations.from'],
    ['of another school', { schoolSourcedIds: ['south'] }, { from: { north: 'p1' } }, 'policy.invitations.from.north'],
  ])('is refused before anything is read: %s', async (_title, fields, invitations, parameter) => {
    const world = worldOf(fields, invitations);
    for (const attempt of [world.sync.run(), world.sync.plan()]) {
      await expect(attempt).rejects.toThrow(ConfigurationError);
    }
    await expect(world.sync.run()).rejects.toMatchObject({ parameter });
    expect(world.mailer.messages).toEqual([]);
  });

  it('who would write for a school that is not theirs is told, and nothing is applied', async () => {
    const world = worldOf({ schoolSourcedIds: ['south'] }, { from: 'p1' });
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'failed', applied: 0, sent: 0, failures: [{ code: 'configuration' }] });
    expect(run.failures[0]?.message).toMatch(/^policy\.invitations\.from: .* school north/);
    expect(JSON.stringify(run)).not.toMatch(/Pat|Lee|@/);
  });

  it.each([[7], [''], [{ north: 7 }], [['p1']]])('is an id, or one for each school: %j', (from) => {
    expect(() => worldOf({}, { from })).toThrow(/^policy\.invitations\.from/);
  });
});

describe('messages of a run', () => {
  it('are written as the sync is told: key, link, language', async () => {
    const world = new World(roster(1, 1));
    const codeKey = Buffer.alloc(32, 'a key of the tests');
    const sync = world.another({ codeKey, join: 'https://school.example/join#{code}', language: 'es' });
    await sync.run();
    expect(world.mailer.messages[0]?.text).toMatch(/Su código de invitación: (?:\w{4}-){3}\w{4}\n/);
    expect(world.mailer.messages[0]?.text).toMatch(/https:\/\/school\.example\/join#(?:\w{4}-){3}\w{4}\n/);
    expect(() => world.another({ codeKey: 'short' })).toThrow(/^codeKey: /);
    expect(() => world.another({ join: 'nowhere' })).toThrow(/^join: /);
    expect(() => world.another({ templates: { parent: 1 } as never })).toThrow(/^templates\.parent: /);
  });

  it('of a template that fails end the run, with its name and nobody else’s', async () => {
    const templates = {
      teacher: () => {
        throw new Error('t1@school.example');
      },
    };
    const world = new World(withPerson(roster(1, 1), 't1', { givenName: 'Ada' }), { templates });
    const run = await world.sync.run();
    expect(run).toMatchObject({ outcome: 'failed', failures: [{ code: 'configuration' }] });
    expect(JSON.stringify(run)).not.toMatch(/@|Ada/);
  });
});
