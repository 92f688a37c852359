import { describe, expect, it } from 'vitest';
import { by, schoolOf, scope } from './school.js';

const caller = 'page';

describe('accepting', () => {
  it('opens exactly the classes and the school of the person, and marks them as joined', async () => {
    const { invited, invitations, user, clock } = schoolOf();
    const code = await invited('t1');
    expect(await invitations.accept(code, { caller })).toEqual({
      outcome: 'accepted',
      userId: 't1',
      schools: ['north'],
      classIds: ['c1'],
      studentIds: [],
    });
    expect(await user('t1')).toMatchObject({ claimed: true, usedAt: clock.now().toISOString() });
    expect(await invitations.pending()).toEqual([]);
  });

  it('lets a guardian reach the classes of their own children alone', async () => {
    const { invited, invitations } = schoolOf();
    expect(await invitations.accept(await invited('g1'), { caller })).toEqual({
      outcome: 'accepted',
      userId: 'g1',
      schools: ['north', 'south'],
      classIds: ['c1', 'c2'],
      studentIds: ['s1'],
    });
  });

  it.each([
    ['blocked', { blocked: true }],
    ['removed', { state: 'removed', by: 'sync' }],
  ] as const)('opens nothing by a link that is %s, nor by a place that stayed behind', async (_word, fields) => {
    const { invited, invitations, store } = schoolOf();
    store.seed(scope, {
      guardianLinks: [{ id: 'l1', guardianId: 'g1', studentId: 's1', ...fields }],
      enrollments: [{ classId: 'c1', userId: 'g1', role: 'guardian' }],
    });
    expect(await invitations.accept(await invited('g1'), { caller })).toEqual({
      outcome: 'accepted',
      userId: 'g1',
      schools: [],
      classIds: [],
      studentIds: [],
    });
  });

  it('opens no archived class, and no place from which the person was removed', async () => {
    const { invited, invitations, directory } = schoolOf();
    await directory.archiveClass('c1', { by });
    await directory.removeMember('c2', 's1', { by });
    expect(await invitations.accept(await invited('g1'), { caller })).toMatchObject({
      classIds: [],
      studentIds: ['s1'],
    });
  });

  it.each([[{ state: 'deactivated', by: 'user' }], [{ enabled: false }]] as const)(
    'is nothing for a person who is %j, and their code stays for when they are back',
    async (fields) => {
      const { invited, invitations, tried, store, user } = schoolOf();
      const code = await invited('t1');
      const { version: _version, ...teacher } = (await user('t1')) ?? { version: 0 };
      store.seed(scope, { users: [{ ...teacher, ...fields } as never] });
      expect(await tried(code)).toBe('invalid');
      expect((await invitations.lookUp(code)).state).toBe('open');
      store.seed(scope, { users: [teacher as never] });
      expect(await tried(code)).toBe('accepted');
    },
  );

  it('answers from outside alike whether a code is unknown, expired, used, revoked or of another kind', async () => {
    const { invited, invitations, tried, clock } = schoolOf();
    const used = await invited('t1');
    await tried(used);
    const revoked = await invited('g1');
    await invitations.revoke('g1', { by });
    const family = await invitations.familyCode('s1', { by });
    const expired = await invited('s1');
    clock.pass(24 * 30);
    const unknown = '2222-2222-2222-2222';
    const answers = await Promise.all(
      [used, revoked, expired, family.code, unknown, ''].map((code) => invitations.accept(code, { caller })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set(['{"outcome":"invalid"}']));
    const states = await Promise.all(
      [used, revoked, expired, family.code, unknown].map(async (code) => (await invitations.lookUp(code)).state),
    );
    expect(states).toEqual(['accepted', 'revoked', 'expired', 'expired', 'unknown']);
    expect(JSON.stringify(await invitations.lookUp(expired))).not.toContain('codeDigest');
  });

  it('is for one of two at the same moment', async () => {
    const { invited, tried } = schoolOf();
    const code = await invited('t1');
    const outcomes = await Promise.all([1, 2, 3, 4].map((number) => tried(code, String(number))));
    expect(outcomes.sort()).toEqual(['accepted', 'invalid', 'invalid', 'invalid']);
  });

  it('is gone on with by the same code where it was cut off in between', async () => {
    const { invited, tried, store, user } = schoolOf();
    const code = await invited('t1');
    const save = store.saveInvitation.bind(store);
    store.saveInvitation = () => Promise.reject(new Error('killed'));
    await expect(tried(code)).rejects.toThrow('killed');
    expect((await user('t1'))?.claimed).toBe(true);
    store.saveInvitation = save;
    expect(await tried(code)).toBe('accepted');
    expect(await tried(code)).toBe('invalid');
  });

  it('leaves nobody joined whose code is taken back at the same moment', async () => {
    const { invited, tried, store, user, invitations } = schoolOf();
    const code = await invited('t1');
    const save = store.saveInvitation.bind(store);
    store.saveInvitation = async (of, write) => {
      store.saveInvitation = save;
      await invitations.revoke('t1', { by });
      return save(of, write);
    };
    expect(await tried(code)).toBe('invalid');
    expect((await user('t1'))?.claimed).toBeUndefined();
  });
});

describe('invitations by hand', () => {
  it('go to whom no sync has invited, once, with who decided', async () => {
    const { invitations, mailer, store, actions } = schoolOf();
    const { outcome, id } = await invitations.issue('a1', { by });
    expect(outcome).toBe('invited');
    expect(await invitations.issue('a1', { by })).toMatchObject({ outcome: 'open', id });
    expect(mailer.messages.map(({ to }) => to)).toEqual([['a1@school.example']]);
    expect(await actions()).toEqual([['invitation-issue', 'a1']]);
    expect((await store.audit(scope))[0]).toMatchObject({ by, details: { byHand: false } });
  });

  it('are sent once though many ask at the same moment', async () => {
    const { invitations, mailer } = schoolOf();
    await Promise.all([1, 2, 3, 4].map(() => invitations.issue('t1', { by })));
    expect(mailer.messages).toHaveLength(1);
    expect(await invitations.pending()).toHaveLength(1);
  });

  it('can be another code, with which the earlier one ends', async () => {
    const { invitations, invited, codeOf, mailer, tried } = schoolOf();
    const first = await invited('t1');
    expect((await invitations.resend('t1', { by })).outcome).toBe('invited');
    expect(mailer.messages).toHaveLength(2);
    const second = codeOf('t1');
    expect(second).not.toBe(first);
    expect(await tried(first)).toBe('invalid');
    expect(await tried(second)).toBe('accepted');
    expect((await invitations.resend('t1', { by })).outcome).toBe('joined');
  });

  it('come anew after they were revoked or have expired', async () => {
    const { invitations, invited, tried, clock, mailer, actions } = schoolOf();
    const first = await invited('t1');
    expect(await invitations.revoke('t1', { by })).toBe(1);
    expect(await invitations.revoke('t1', { by })).toBe(0);
    const second = await invited('t1');
    clock.pass(24 * 31);
    const third = await invited('t1');
    expect(mailer.messages).toHaveLength(3);
    expect(await tried(first)).toBe('invalid');
    expect(await tried(second)).toBe('invalid');
    expect(await tried(third)).toBe('accepted');
    expect(await actions()).toEqual([
      ['invitation-issue', 't1'],
      ['invitation-revoke', 't1'],
      ['invitation-issue', 't1'],
      ['invitation-issue', 't1'],
    ]);
  });

  it('take a message back that has not gone out', async () => {
    const { another, mailer } = schoolOf();
    await another({ mailer: undefined }).issue('t1', { by });
    await another().revoke('t1', { by });
    await another().issue('g1', { by });
    expect(mailer.messages.map(({ to }) => to)).toEqual([['g1@school.example']]);
  });

  it('are handed over where there is no address', async () => {
    const { invitations, mailer, tried } = schoolOf({}, { s1: { email: undefined as never } });
    expect(await invitations.issue('s1', { by })).toEqual({ outcome: 'unreachable' });
    const { code = '' } = await invitations.issue('s1', { by, byHand: true });
    expect(mailer.messages).toEqual([]);
    expect(await tried(code)).toBe('accepted');
  });

  it('never go to an address that is the login of another, nor to who has no access', async () => {
    const { invitations } = schoolOf({}, { g1: { takenLogins: ['email'] }, s2: { enabled: false } });
    expect((await invitations.issue('g1', { by })).outcome).toBe('unreachable');
    expect((await invitations.issue('s2', { by })).outcome).toBe('inactive');
    await expect(invitations.issue('nobody', { by })).rejects.toThrow('there is no user nobody');
    await expect(invitations.issue('g1', { by: '' })).rejects.toThrow(/^by: /);
  });
});

describe('reminders', () => {
  it('go to who has not joined, once in a while, by a code that takes the place of the earlier', async () => {
    const { invitations, invited, codeOf, tried, clock, mailer } = schoolOf();
    const first = await invited('t1');
    await tried(await invited('g1'));
    expect(await invitations.remind({ afterDays: 7 })).toBe(0);
    clock.pass(24 * 7);
    const both = [invitations.remind({ afterDays: 7, times: 2 }), invitations.remind({ afterDays: 7, times: 2 })];
    expect((await Promise.all(both)).reduce((sum, count) => sum + count)).toBe(1);
    expect(await invitations.remind({ afterDays: 7, times: 2 })).toBe(0);
    expect(mailer.messages.filter(({ to }) => to.includes('t1@school.example'))).toHaveLength(2);
    expect(mailer.messages.at(-1)).toMatchObject({ subject: expect.stringContaining('reminder') as string });
    clock.pass(24 * 7);
    expect(await invitations.remind({ afterDays: 7 })).toBe(0);
    expect(await invitations.remind({ afterDays: 7, times: 2 })).toBe(1);
    clock.pass(24 * 7);
    expect(await invitations.remind({ afterDays: 7, times: 2 })).toBe(0);
    expect(await tried(first)).toBe('invalid');
    expect(await tried(codeOf('t1'))).toBe('accepted');
  });

  it('go to nobody who cannot be reached, whose letter waits, or who was handed a code', async () => {
    const { another, invitations, invited, clock, store } = schoolOf();
    await invited('g1');
    const [invitation] = await store.invitations(scope);
    const problem = { userId: 'g1', channel: 'email', reason: 'bounced', at: clock.now().toISOString() } as const;
    await store.saveProblem(scope, { ...problem, addressDigest: invitation?.addressDigest ?? '' });
    await invitations.issue('s1', { by, byHand: true });
    await another({ mailer: undefined }).issue('t1', { by });
    clock.pass(24 * 8);
    expect(await another({ mailer: undefined }).remind({ afterDays: 7, limit: 5 })).toBe(0);
    await another().issue('a1', { by });
    clock.pass(24 * 8);
    expect(await invitations.remind({ afterDays: 7, limit: 1 })).toBe(1);
    await expect(invitations.remind({ afterDays: 0 })).rejects.toThrow(/^afterDays: /);
  });
});
