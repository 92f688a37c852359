import { describe, expect, test } from 'vitest';
import type { Scope } from '../../src/model/index.js';
import {
  addMember,
  batchOf,
  classChange,
  createClass,
  createSchool,
  createUser,
  invite,
  linkGuardian,
  renameClass,
  stateOf,
} from './changes.js';
import type { StoreUnderTest } from './changes.js';

/** How a store writes a batch as a whole, gives its records back, and keeps the tenants apart. */
export function batchCases(subject: () => StoreUnderTest, newScope: () => Scope): void {
  const store = () => subject().store;
  const apply = (scope: Scope, changes: Parameters<typeof batchOf>[1], rest?: Parameters<typeof batchOf>[2]) =>
    store().apply(batchOf(scope, changes, rest));

  describe('a batch', () => {
    test('that comes again reports the same as applied and writes nothing', async () => {
      const scope = newScope();
      await apply(scope, [createClass('c0')]);
      const batch = batchOf(scope, [createClass('c1'), renameClass('c0', 'Zero', 1), renameClass('c9', 'None', 1)]);
      const first = await store().apply(batch);
      const state = await stateOf(store(), scope);
      expect(await store().apply(batch)).toEqual(first);
      expect(await stateOf(store(), scope)).toEqual(state);
      expect(await store().journal(scope, batch.runId)).toHaveLength(2);
    });

    test('of another run is another batch', async () => {
      const scope = newScope();
      await apply(scope, [createClass('c1')]);
      expect((await apply(scope, [createClass('c1')])).stale).toEqual(['class-create class:c1']);
    });

    test('that fails on its way leaves nothing behind', async () => {
      const scope = newScope();
      await apply(scope, [createUser('u1'), createClass('c1'), addMember('c1', 'u1')]);
      await apply(scope, [createUser('u3')], { invitations: [invite('user:u3')] });
      const state = await stateOf(store(), scope);
      const invitations = await store().invitations(scope);
      const u3 = state.users.find(({ sourcedId }) => sourcedId === 'u3')?.id ?? '';
      const broken = invite('user:u2', { digest: 'broken' });
      Object.defineProperty(broken.message, 'text', {
        enumerable: true,
        get() {
          throw new Error('broken on the way');
        },
      });
      const changes = [
        createUser('u2'),
        renameClass('c1', 'New', 1),
        addMember('c1', 'u2'),
        classChange({
          kind: 'class-purge',
          target: { sourcedId: 'c1' },
          before: {},
          after: { state: 'purged' },
          version: 2,
        }),
      ];
      const batch = batchOf(scope, changes, { invitations: [invite('user:u2'), broken], revoke: [u3] });
      await expect(store().apply(batch)).rejects.toThrow('broken on the way');
      expect(await stateOf(store(), scope)).toEqual(state);
      expect(await store().journal(scope, batch.runId)).toEqual([]);
      expect(await store().invitations(scope)).toEqual(invitations);
      const result = await store().apply({ ...batch, invitations: [invite('user:u2')] });
      expect(result.applied).toHaveLength(4);
      expect(await store().invitations(scope)).toHaveLength(2);
    });

    test('without changes is no trouble', async () => {
      expect(await apply(newScope(), [])).toEqual({ applied: [], stale: [] });
    });
  });

  describe('loading', () => {
    test('orders by sourcedId as the code units do, records without one first by their ids', async () => {
      const scope = newScope();
      const sourcedIds = ['b', 'a', 'B', 'é', '10', '9', '\u{10000}', '\uFF5E'];
      const local = (id: string) =>
        classChange({
          kind: 'class-create',
          target: { id },
          before: null,
          after: { origin: 'local', name: 'Local', state: 'active' },
        });
      const changes = [...sourcedIds.map((sourcedId) => createClass(sourcedId)), local('z'), local('y')];
      await apply(scope, [createUser('u2'), createUser('u1'), ...changes]);
      await apply(
        scope,
        sourcedIds.flatMap((sourcedId) => [addMember(sourcedId, 'u2'), addMember(sourcedId, 'u1')]),
      );
      const { classes, users, enrollments } = await stateOf(store(), scope);
      const expected = [...sourcedIds].sort();
      expect(classes.map((record) => record.sourcedId ?? record.id)).toEqual(['y', 'z', ...expected]);
      expect(users.map(({ sourcedId }) => sourcedId)).toEqual(['u1', 'u2']);
      expect(enrollments.map((record) => [record.classSourcedId, record.userSourcedId])).toEqual(
        expected.flatMap((sourcedId) => [
          [sourcedId, 'u1'],
          [sourcedId, 'u2'],
        ]),
      );
    });

    test('orders guardian links by guardian and student', async () => {
      const scope = newScope();
      await apply(scope, ['g2', 'g1', 's2', 's1'].map(createUser));
      await apply(scope, [linkGuardian('g2', 's1'), linkGuardian('g1', 's2'), linkGuardian('g1', 's1')]);
      const { guardianLinks } = await stateOf(store(), scope);
      expect(guardianLinks.map((link) => [link.guardianSourcedId, link.studentSourcedId])).toEqual([
        ['g1', 's1'],
        ['g1', 's2'],
        ['g2', 's1'],
      ]);
    });

    test('gives all records of the tenant, whatever schools the scope names', async () => {
      const scope = newScope();
      await apply(scope, [createSchool('s1'), createSchool('s2'), createClass('c1')]);
      const narrow = await stateOf(store(), { ...scope, schools: ['s2'] });
      expect([narrow.schools.length, narrow.classes.length]).toEqual([2, 1]);
      expect(narrow.scope).toEqual({ ...scope, schools: ['s2'] });
    });

    test('stops where the caller’s signal says so', async () => {
      const reason = new Error('enough');
      await expect(store().load(newScope(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });
  });

  test('two tenants never meet, though they share every sourcedId and id', async () => {
    const [one, two] = [newScope(), newScope()];
    const withId = classChange({
      kind: 'class-create',
      target: { sourcedId: 'c1' },
      before: null,
      after: { ...createClass('c1').after, id: 'same' },
    });
    for (const scope of [one, two]) {
      const runId = 'the same run';
      expect((await apply(scope, [withId, createUser('u1'), addMember('c1', 'u1')], { runId })).applied).toHaveLength(
        3,
      );
    }
    await apply(one, [renameClass('c1', 'Renamed', 1)], { runId: 'only in one' });
    const purge = classChange({
      kind: 'class-purge',
      target: { id: 'same' },
      before: {},
      after: { state: 'purged' },
      version: 2,
    });
    await apply(one, [purge]);
    expect((await stateOf(store(), two)).classes[0]).toMatchObject({ name: 'Class c1', version: 1, state: 'active' });
    expect((await stateOf(store(), two)).enrollments).toHaveLength(1);
    expect((await stateOf(store(), one)).enrollments).toHaveLength(0);
    expect(await store().journal(two, 'only in one')).toEqual([]);
    expect((await apply(two, [addMember('c1', 'u9')])).stale).toHaveLength(1);
  });
}
