import { describe, expect, it } from 'vitest';
import { MemoryTextSender } from '../../src/adapters/memory/index.js';
import { ConfigurationError, MailError } from '../../src/errors.js';
import type { Roster, User } from '../../src/model/index.js';
import { addressDigest, Deliveries, Directory } from '../../src/people/index.js';
import type { RosterSyncOptions } from '../../src/sync/index.js';
import { pendingOf } from '../../src/testing/contracts/store/changes.js';
import { person, recordEvents, roster, scope, withPerson, World } from './support.js';

const NUMBER = '(555) 010-0123';
const unreached = (count: number) => ({
  code: 'NO_CHANNEL',
  message: `People who could not be invited, because they have neither an e-mail address nor a mobile number that a message could go to: ${String(count)}.`,
});

/** A district with a guardian of these fields, who has no e-mail address unless they say so. */
function withGuardian(fields: Partial<User>, sourcedId = 'g1', whole: Roster = roster(1, 1)): Roster {
  const { email: _email, ...guardian } = person(sourcedId, 'guardian');
  return {
    ...whole,
    users: [...whole.users, { ...guardian, ...fields }],
    guardianLinks: [...whole.guardianLinks, { guardianSourcedId: sourcedId, studentSourcedId: 's1-1' }],
  };
}

/** A world in which texts can be sent. */
function worldOf(feed: Roster, options: Partial<RosterSyncOptions> = {}) {
  const textSender = new MemoryTextSender();
  const steps = ['classes', 'teachers', 'students', 'guardians'] as const;
  const world = new World(feed, { textSender, steps, ...options });
  return { world, textSender, numbers: () => textSender.messages.map(({ to }) => to) };
}

describe('a guardian with a mobile number alone', () => {
  it('is invited by a text, once', async () => {
    const { world, textSender } = worldOf(withGuardian({ mobile: NUMBER }));
    const heard = recordEvents(world.sync);
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', sent: 2, failures: [] });
    await world.sync.run();
    expect(textSender.messages).toMatchObject([{ to: [NUMBER] }]);
    expect(textSender.messages[0]?.text).toMatch(/[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$/);
    expect(textSender.messages[0]?.text.length).toBeLessThanOrEqual(160);
    expect(Object.keys(textSender.messages[0] ?? {}).sort()).toEqual(['idempotencyKey', 'text', 'to']);
    expect(heard.filter(({ name }) => name === 'message-sent')).toMatchObject([
      { payload: { channel: 'email' } },
      { payload: { channel: 'text' } },
    ]);
    const [, invitation] = await world.store.invitations(scope);
    expect(invitation?.addressDigest).toBe(addressDigest('+1 555 010 0123', 'text'));
  });

  it('is told where no texts can be sent, and nothing waits', async () => {
    const { world } = worldOf(withGuardian({ mobile: NUMBER }), { textSender: undefined });
    expect(await world.sync.run()).toMatchObject({ outcome: 'applied', sent: 1, failures: [unreached(1)] });
    expect(await pendingOf(world.store, scope, 'text')).toEqual([]);
    expect(await world.sync.run()).toMatchObject({ failures: [] });
  });

  it('is invited by mail where there is an address, too', async () => {
    const { world, numbers } = worldOf(withGuardian({ mobile: NUMBER, email: 'g1@home.example' }));
    await world.sync.run();
    expect(numbers()).toEqual([]);
    expect(world.sentTo('g1@home.example')).toHaveLength(1);
  });

  it('whose number is the login of another gets no code for that one to use', async () => {
    const first = withGuardian({ mobile: NUMBER, familyName: 'First' });
    const both = withGuardian({ mobile: '555.010.0123', familyName: 'Second' }, 'g2', first);
    const { world, numbers } = worldOf(both);
    expect((await world.sync.run()).failures).toEqual([unreached(1)]);
    expect(numbers()).toEqual([[NUMBER]]);
  });

  it('gets another code at another number, and the old one ends', async () => {
    const { world, numbers } = worldOf(withGuardian({ mobile: NUMBER }));
    await world.sync.run();
    world.feed = withPerson(world.feed, 'g1', { mobile: '+1 (555) 010-0123' });
    await world.sync.run();
    expect(numbers()).toHaveLength(1);
    world.feed = withPerson(world.feed, 'g1', { mobile: '555 010 0199' });
    const run = await world.sync.run();
    expect(numbers()).toEqual([[NUMBER], ['555 010 0199']]);
    const states = async () => (await world.store.invitations(scope)).slice(1).map(({ state }) => state);
    expect(await states()).toEqual(['revoked', 'pending']);
    await world.sync.undo(run.id);
    expect(await states()).toEqual(['revoked', 'revoked']);
  });

  it('who gets an address is invited there; one with an address keeps the code whatever the phone', async () => {
    const { world, numbers } = worldOf(withGuardian({ mobile: NUMBER }));
    await world.sync.run();
    world.feed = withPerson(world.feed, 'g1', { email: 'g1@home.example' });
    await world.sync.run();
    expect(world.sentTo('g1@home.example')).toHaveLength(1);
    world.feed = withPerson(world.feed, 'g1', { mobile: '555 010 0199' });
    const run = await world.sync.run();
    await world.sync.undo(run.id);
    expect(numbers()).toEqual([[NUMBER]]);
    const states = (await world.store.invitations(scope)).slice(1).map(({ state }) => state);
    expect(states).toEqual(['revoked', 'pending']);
  });

  it('who has signed in is not invited to a new number', async () => {
    const { world, numbers } = worldOf(withGuardian({ mobile: NUMBER }), { policy: { contactUpdates: 'all' } });
    await world.sync.run();
    await new Directory({ store: world.store, scope }).claim({ sourcedId: 'g1' }, { by: 'g1' });
    world.feed = withPerson(world.feed, 'g1', { mobile: '555 010 0199' });
    await world.sync.run();
    expect(numbers()).toHaveLength(1);
  });
});

describe('whom no text goes to', () => {
  it('is a home phone', async () => {
    const { world, numbers } = worldOf(withGuardian({ homePhone: NUMBER, mobile: '555' }));
    await world.sync.run();
    expect(numbers()).toEqual([]);
    expect((await world.store.load(scope)).users.some(({ sourcedId }) => sourcedId === 'g1')).toBe(false);
  });

  it('is a teacher or a student: who of them has no address is told', async () => {
    const feed = withPerson(roster(1, 1), 't1', { email: undefined as never, mobile: NUMBER });
    const whole = withPerson(feed, 's1-1', { email: undefined as never, mobile: NUMBER });
    const { world, numbers } = worldOf(whole, { policy: { invitations: { students: true } } });
    expect((await world.sync.run()).failures).toEqual([unreached(2)]);
    expect(numbers()).toEqual([]);
  });

  it('is anybody whom the policy does not invite', async () => {
    const { world, numbers } = worldOf(withGuardian({ mobile: NUMBER }), {
      policy: { invitations: { guardians: false } },
    });
    expect((await world.sync.run()).failures).toEqual([]);
    expect(numbers()).toEqual([]);
  });
});

describe('texts on their way out', () => {
  it('go out though the mail server is down, and rest by themselves', async () => {
    const { world, textSender, numbers } = worldOf(withGuardian({ mobile: NUMBER }));
    world.mailer.failNext(new MailError('down', { isRetryable: true, refused: 0 }));
    expect(await world.sync.run()).toMatchObject({ sent: 1, failures: [{ code: 'mail' }] });
    expect(numbers()).toEqual([[NUMBER]]);
    expect(textSender.messages).toHaveLength(1);
  });

  it('need no mailer', async () => {
    const { world, numbers } = worldOf(withGuardian({ mobile: NUMBER }), { mailer: undefined });
    expect((await world.sync.run()).sent).toBe(1);
    expect(await world.sync.deliver()).toEqual({ sent: 0, failures: [] });
    expect(numbers()).toEqual([[NUMBER]]);
  });

  it('are sent no more to a number that refuses', async () => {
    const textSender = new MemoryTextSender({ refuse: (number) => number === NUMBER });
    const { world } = worldOf(withGuardian({ mobile: NUMBER }), { textSender });
    expect((await world.sync.run()).failures).toMatchObject([
      { message: expect.stringContaining('refused') as string },
    ]);
    expect(await new Deliveries({ store: world.store, scope }).problems()).toMatchObject([
      { channel: 'text', addressDigest: addressDigest(NUMBER, 'text'), reason: 'refused' },
    ]);
  });

  it('need somebody who sends them', () => {
    expect(() => worldOf(roster(), { textSender: {} as never })).toThrow(ConfigurationError);
    expect(() => worldOf(roster(), { textSender: {} as never })).toThrow(/^textSender: /);
  });
});
