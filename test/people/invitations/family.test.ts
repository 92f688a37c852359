import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors.js';
import { by, schoolOf, scope } from './school.js';

const caller = 'page';
const ana = { givenName: 'Ana', familyName: 'Diaz', email: 'ana@home.example', relationship: 'Mother' };

describe('a family code', () => {
  it('makes a guardian of the host’s own, tied to the right student, and opens their classes', async () => {
    const { invitations, user, links, actions } = schoolOf();
    const { code } = await invitations.familyCode('s2', { by });
    const result = await invitations.redeemFamilyCode(code, ana, { caller });
    expect(result).toMatchObject({
      outcome: 'accepted',
      schools: ['north', 'south'],
      classIds: ['c2'],
      studentIds: ['s2'],
    });
    const { userId } = result as { readonly userId: string };
    expect(await user(userId)).toMatchObject({ givenName: 'Ana', roles: ['guardian'], origin: 'local', claimed: true });
    expect((await links()).find(({ guardianId }) => guardianId === userId)).toMatchObject({
      studentId: 's2',
      origin: 'local',
      state: 'active',
      relationship: 'Mother',
    });
    expect(await actions()).toEqual([['family-code', 's2']]);
    expect(await invitations.redeemFamilyCode(code, ana, { caller })).toEqual({ outcome: 'invalid' });
  });

  it('is one of several, each good once, also at the same moment', async () => {
    const { invitations, store } = schoolOf();
    const codes = [await invitations.familyCode('s1', { by }), await invitations.familyCode('s1', { by })];
    const before = (await store.load(scope)).users.length;
    const results = await Promise.all(
      codes.flatMap(({ code }) =>
        ['Ana', 'Bea', 'Cleo'].map((givenName) =>
          invitations.redeemFamilyCode(code, { ...ana, givenName }, { caller }),
        ),
      ),
    );
    expect(results.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(2);
    expect(results.filter(({ outcome }) => outcome === 'invalid')).toHaveLength(4);
    // Whoever came too late is not kept.
    expect((await store.load(scope)).users).toHaveLength(before + 2);
  });

  it('is no invitation: it is not among these, and the Join page does not take it', async () => {
    const { invitations, tried, invited } = schoolOf();
    const { code } = await invitations.familyCode('s1', { by });
    expect(await invitations.pending()).toEqual([]);
    expect(await tried(code)).toBe('invalid');
    expect(await invitations.redeemFamilyCode(await invited('t1'), ana, { caller })).toEqual({ outcome: 'invalid' });
  });

  it('ties somebody whom the host has, who has signed in', async () => {
    const { invitations, links } = schoolOf();
    const { code } = await invitations.familyCode('s2', { by });
    expect(await invitations.redeemFamilyCode(code, { userId: 'g1' }, { caller })).toMatchObject({
      outcome: 'accepted',
      userId: 'g1',
      studentIds: ['s1', 's2'],
    });
    expect(await links()).toHaveLength(2);
  });

  it('takes nobody for another by an address, and leaves a login to whose it is', async () => {
    const { invitations, user } = schoolOf();
    const { code } = await invitations.familyCode('s1', { by });
    const who = { ...ana, email: 'G1@school.example' };
    const { userId = '' } = (await invitations.redeemFamilyCode(code, who, { caller })) as { readonly userId?: string };
    expect(userId).not.toBe('g1');
    expect(await user(userId)).toMatchObject({ takenLogins: ['email'] });
  });

  it.each([
    ['who is a student', { userId: 's1' }],
    ['whom the host does not have', { userId: 'nobody' }],
  ])('ties nobody %s', async (_word, who) => {
    const { invitations } = schoolOf();
    const { code } = await invitations.familyCode('s2', { by });
    expect(await invitations.redeemFamilyCode(code, who, { caller })).toEqual({ outcome: 'invalid' });
    expect((await invitations.lookUp(code)).state).toBe('open');
  });

  it('lifts no ban of the district (P11)', async () => {
    const { invitations, store, links } = schoolOf();
    store.seed(scope, { guardianLinks: [{ id: 'l1', guardianId: 'g1', studentId: 's1', blocked: true }] });
    const { code } = await invitations.familyCode('s1', { by });
    expect(await invitations.redeemFamilyCode(code, { userId: 'g1' }, { caller })).toEqual({ outcome: 'invalid' });
    expect(await links()).toMatchObject([{ blocked: true }]);
  });

  it('ends with a revocation, and after thirty days', async () => {
    const { invitations, clock } = schoolOf();
    const first = await invitations.familyCode('s1', { by });
    await invitations.familyCode('s1', { by });
    expect(await invitations.revoke('s1', { by })).toBe(2);
    expect(await invitations.redeemFamilyCode(first.code, ana, { caller })).toEqual({ outcome: 'invalid' });
    const third = await invitations.familyCode('s1', { by });
    clock.pass(24 * 30);
    expect(await invitations.redeemFamilyCode(third.code, ana, { caller })).toEqual({ outcome: 'invalid' });
    await expect(invitations.familyCode('t1', { by })).rejects.toThrow('no active student t1');
  });

  it.each([
    [{ ...ana, email: 'nobody' }, 'who.email'],
    [{ ...ana, mobile: '000' }, 'who.mobile'],
    [{ ...ana, givenName: ' ' }, 'who.givenName'],
    [{ ...ana, familyName: 'x'.repeat(201) }, 'who.familyName'],
    [{ userId: '' }, 'who.userId'],
    [{ ...ana, role: 'administrator' }, 'role'],
  ])('needs what a person is made of: %j', async (who, parameter) => {
    const { invitations } = schoolOf();
    const tried = invitations.redeemFamilyCode('x', who, { caller });
    await expect(tried).rejects.toThrow(ConfigurationError);
    await expect(tried).rejects.toMatchObject({ parameter });
  });
});

describe('with approval', () => {
  const asked = async () => {
    const school = schoolOf({ approval: true });
    const { code } = await school.invitations.familyCode('s1', { by });
    const result = await school.invitations.redeemFamilyCode(code, ana, { caller });
    const { userId, id } = result as { readonly userId: string; readonly id: string };
    return { ...school, code, userId, id, result };
  };

  it('nothing opens until a person of the school agrees', async () => {
    const { invitations, links, result, userId, id, code, actions } = await asked();
    expect(result).toEqual({ outcome: 'requested', id, userId });
    expect((await links()).some(({ guardianId }) => guardianId === userId)).toBe(false);
    expect(await invitations.familyRequests()).toEqual([{ id, studentId: 's1', userId }]);
    expect(await invitations.redeemFamilyCode(code, ana, { caller })).toEqual({ outcome: 'invalid' });
    await invitations.approveFamily(id, { by });
    expect((await links()).find(({ guardianId }) => guardianId === userId)).toMatchObject({
      state: 'active',
      origin: 'local',
    });
    expect(await invitations.familyRequests()).toEqual([]);
    expect((await actions()).slice(1)).toEqual([['family-approve', id]]);
    await expect(invitations.approveFamily(id, { by })).rejects.toThrow(`no request ${id}`);
  });

  it('a refusal uses the code up and ties nobody', async () => {
    const { invitations, links, userId, id, code, actions } = await asked();
    await invitations.declineFamily(id, { by });
    expect((await links()).some(({ guardianId }) => guardianId === userId)).toBe(false);
    expect(await invitations.familyRequests()).toEqual([]);
    expect(await invitations.redeemFamilyCode(code, ana, { caller })).toEqual({ outcome: 'invalid' });
    expect((await actions()).slice(1)).toEqual([['family-decline', id]]);
  });

  it('one answer counts where two are given at once', async () => {
    const { invitations, links, userId, id } = await asked();
    const [approved, declined] = await Promise.allSettled([
      invitations.approveFamily(id, { by }),
      invitations.declineFamily(id, { by }),
    ]);
    expect([approved.status, declined.status].sort()).toEqual(['fulfilled', 'rejected']);
    const link = (await links()).find(({ guardianId }) => guardianId === userId);
    expect(link?.state === 'active').toBe(approved.status === 'fulfilled');
  });

  it('whom people of the school had removed is asked about, whatever is set', async () => {
    const { invitations, store, links } = schoolOf();
    store.seed(scope, {
      guardianLinks: [{ id: 'l1', guardianId: 'g1', studentId: 's1', state: 'removed', by: 'user' }],
    });
    const { code, id } = await invitations.familyCode('s1', { by });
    expect(await invitations.redeemFamilyCode(code, { userId: 'g1' }, { caller })).toMatchObject({
      outcome: 'requested',
    });
    expect(await links()).toMatchObject([{ state: 'removed' }]);
    await invitations.approveFamily(id, { by });
    expect(await links()).toMatchObject([{ state: 'active', origin: 'local' }]);
  });
});

describe('a process that dies while a guardian signs up', () => {
  it('makes nobody twice and ties nobody to nothing, wherever it dies', async () => {
    for (const approval of [false, true]) {
      for (let deadAt = 1; deadAt <= 6; deadAt += 1) {
        const { invitations, another, store } = schoolOf({ approval });
        const { code, id } = await invitations.familyCode('s2', { by });
        const people = (await store.load(scope)).users.length;
        let writes = 0;
        const dying = new Proxy(store, {
          get(target, name) {
            const method: unknown = Reflect.get(target, name, target);
            if (typeof method !== 'function') return method;
            return async (...args: readonly unknown[]) => {
              if (name === 'apply' || name === 'saveInvitation') writes += 1;
              if (writes >= deadAt) throw new Error('killed');
              return Reflect.apply(method, target, args) as unknown;
            };
          },
        });
        const died = await another({ store: dying })
          .redeemFamilyCode(code, ana, { caller })
          .then(
            () => false,
            () => true,
          );
        const again = await invitations.redeemFamilyCode(code, ana, { caller });
        for (const request of await invitations.familyRequests()) await invitations.approveFamily(request.id, { by });
        const { users, guardianLinks } = await store.load(scope);
        expect(users).toHaveLength(people + 1);
        expect(guardianLinks.filter(({ studentId, state }) => studentId === 's2' && state === 'active')).toHaveLength(
          1,
        );
        expect((await store.invitations(scope)).find((each) => each.id === id)).toMatchObject({ state: 'accepted' });
        if (died && !approval) expect(again.outcome).toBe('accepted');
      }
    }
  });
});
