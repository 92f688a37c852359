import { describe, expect, test } from 'vitest';
import type { Scope } from '../../src/model/index.js';
import {
  addMember,
  AT,
  batchOf,
  classChange,
  createClass,
  createSchool,
  createUser,
  enrollmentChange,
  guardianChange,
  linkGuardian,
  renameClass,
  schoolChange,
  stateOf,
  userChange,
} from './changes.js';
import type { StoreUnderTest } from './changes.js';

/** How a store writes one change after the other. */
export function recordCases(subject: () => StoreUnderTest, newScope: () => Scope): void {
  const store = () => subject().store;
  const apply = (scope: Scope, changes: Parameters<typeof batchOf>[1], rest?: Parameters<typeof batchOf>[2]) =>
    store().apply(batchOf(scope, changes, rest));

  describe('creating', () => {
    test('gives a record an id, version 1 and the fields that the change names', async () => {
      const scope = newScope();
      const change = createClass('c1');
      expect(await apply(scope, [change, createSchool('s1'), createUser('u1')])).toEqual({
        applied: ['class-create class:c1', 'school-create school:s1', 'user-create user:u1'],
        stale: [],
      });
      const { classes, schools, users } = await stateOf(store(), scope);
      expect(classes).toEqual([{ ...change.after, id: expect.any(String), version: 1 }]);
      expect(schools).toEqual([{ ...createSchool('s1').after, id: expect.any(String), version: 1 }]);
      expect(users).toEqual([{ ...createUser('u1').after, id: expect.any(String), version: 1 }]);
    });

    test('keeps the id that a change gives, and takes the sourcedId from the target where the fields lack it', async () => {
      const scope = newScope();
      const after = { id: 'kept', origin: 'roster', name: 'Again', state: 'active', by: undefined } as const;
      await apply(scope, [classChange({ kind: 'class-create', target: { sourcedId: 'c1' }, before: null, after })]);
      const { classes } = await stateOf(store(), scope);
      expect(classes).toEqual([
        { id: 'kept', sourcedId: 'c1', origin: 'roster', name: 'Again', state: 'active', version: 1 },
      ]);
      expect(classes[0]).not.toHaveProperty('by');
    });

    test('is stale where a record with this sourcedId or this id is there already', async () => {
      const scope = newScope();
      await apply(scope, [createClass('c1')]);
      const id = (await stateOf(store(), scope)).classes[0]?.id ?? '';
      const withSameId = classChange({
        kind: 'class-create',
        target: { sourcedId: 'c2' },
        before: null,
        after: { id, sourcedId: 'c2', origin: 'roster', name: 'Two', state: 'active' },
      });
      const result = await apply(scope, [createClass('c1', 'Twin'), withSameId]);
      expect(result).toEqual({ applied: [], stale: ['class-create class:c1', 'class-create class:c2'] });
      expect((await stateOf(store(), scope)).classes.map((record) => record.name)).toEqual(['Class c1']);
    });

    test('lets two classes of one school share a name', async () => {
      const scope = newScope();
      const result = await apply(scope, [createClass('c1', 'Algebra'), createClass('c2', 'Algebra')]);
      expect(result.applied).toHaveLength(2);
    });

    test('finds the class and the person of an enrollment by their sourcedIds, in the same batch too', async () => {
      const scope = newScope();
      await apply(scope, [createUser('u1'), createClass('c1'), addMember('c1', 'u1')]);
      const { classes, users, enrollments } = await stateOf(store(), scope);
      expect(enrollments).toEqual([
        {
          id: expect.any(String),
          version: 1,
          origin: 'roster',
          role: 'student',
          state: 'active',
          synced: { role: 'student' },
          classId: classes[0]?.id,
          userId: users[0]?.id,
          classSourcedId: 'c1',
          userSourcedId: 'u1',
        },
      ]);
    });

    test('finds them by the host’s ids, and gives no sourcedIds where they have none', async () => {
      const scope = newScope();
      const local = { origin: 'local', name: 'Chess', state: 'active' } as const;
      const chess = classChange({ kind: 'class-create', target: { id: 'chess' }, before: null, after: local });
      const member = enrollmentChange({
        kind: 'enrollment-add',
        target: { classId: 'chess', userSourcedId: 'u1' },
        before: null,
        after: { origin: 'local', role: 'teacher', state: 'active' },
      });
      expect((await apply(scope, [createUser('u1'), chess, member])).stale).toEqual([]);
      const [enrollment] = (await stateOf(store(), scope)).enrollments;
      expect(enrollment).toMatchObject({ classId: 'chess', userSourcedId: 'u1' });
      expect(enrollment).not.toHaveProperty('classSourcedId');
    });

    test('is stale for an enrollment or a guardian whose people or class are not there, or who is there', async () => {
      const scope = newScope();
      await apply(scope, [createUser('u1'), createUser('u2'), createClass('c1'), addMember('c1', 'u1')]);
      await apply(scope, [linkGuardian('u2', 'u1')]);
      const changes = [
        addMember('c1', 'nobody'),
        addMember('no class', 'u1'),
        addMember('c1', 'u1'),
        linkGuardian('u2', 'u1'),
        linkGuardian('u2', 'nobody'),
      ];
      expect((await apply(scope, changes)).stale).toEqual(changes.map((change) => change.key));
      const { enrollments, guardianLinks } = await stateOf(store(), scope);
      expect([enrollments.length, guardianLinks.length]).toEqual([1, 1]);
    });
  });

  describe('updating', () => {
    test('writes the fields that change, removes those that are undefined, and counts the version up', async () => {
      const scope = newScope();
      await apply(scope, [createClass('c1')]);
      const archive = classChange({
        kind: 'class-archive',
        target: { sourcedId: 'c1' },
        before: { state: 'active', by: undefined, archivedAt: undefined },
        after: { state: 'archived', by: 'sync', archivedAt: AT },
        version: 1,
      });
      await apply(scope, [archive]);
      expect((await stateOf(store(), scope)).classes[0]).toMatchObject({ state: 'archived', by: 'sync', version: 2 });
      const back = classChange({
        kind: 'class-unarchive',
        target: { sourcedId: 'c1' },
        before: { state: 'archived', by: 'sync', archivedAt: AT },
        after: { state: 'active', by: undefined, archivedAt: undefined },
        version: 2,
      });
      await apply(scope, [back]);
      const [found] = (await stateOf(store(), scope)).classes;
      expect(found).toEqual({ ...createClass('c1').after, id: found?.id, version: 3 });
      expect(Object.keys(found ?? {})).not.toContain('by');
    });

    test('removes a field that is null, as a plan has it that was written as JSON', async () => {
      const scope = newScope();
      const target = { sourcedId: 'c1' };
      const after = { ...createClass('c1').after, period: '3', subject: null };
      await apply(scope, [classChange({ kind: 'class-create', target, before: null, after })]);
      const update = classChange({
        kind: 'class-update',
        target,
        before: { period: '3', name: 'Class c1', subject: null },
        after: { period: null, name: 'New' },
        version: 1,
      });
      await apply(scope, [JSON.parse(JSON.stringify(update)) as typeof update]);
      const [found] = (await stateOf(store(), scope)).classes;
      expect(found).toEqual({ ...createClass('c1', 'New').after, id: found?.id, version: 2 });
      expect(Object.keys(found ?? {})).not.toContain('subject');
    });

    test('is stale where the record has another version than the change was planned for', async () => {
      const scope = newScope();
      await apply(scope, [createClass('c1'), createClass('c2')]);
      const first = await apply(scope, [renameClass('c1', 'First', 1)]);
      const second = await apply(scope, [renameClass('c1', 'Second', 1), renameClass('c2', 'Two', 1)]);
      expect(first.applied).toEqual(['class-update class:c1']);
      expect(second).toEqual({ applied: ['class-update class:c2'], stale: ['class-update class:c1'] });
      expect((await stateOf(store(), scope)).classes.map(({ name }) => name)).toEqual(['First', 'Two']);
    });

    test('is stale where the record is gone, or the change names no version', async () => {
      const scope = newScope();
      await apply(scope, [createClass('c1')]);
      const { version: _version, ...unversioned } = renameClass('c1', 'Blind', 1);
      const changes = [unversioned, renameClass('c9', 'Nothing', 1)];
      expect((await apply(scope, changes)).stale).toEqual(changes.map(({ key }) => key));
    });

    test('sees what an earlier change of the same batch did', async () => {
      const scope = newScope();
      const move = classChange({
        kind: 'class-move',
        target: { sourcedId: 'c1' },
        before: { schoolSourcedId: 'school' },
        after: { schoolSourcedId: 'other' },
        version: 2,
      });
      const result = await apply(scope, [createClass('c1'), renameClass('c1', 'New', 1), move]);
      expect(result.stale).toEqual([]);
      expect((await stateOf(store(), scope)).classes[0]).toMatchObject({
        name: 'New',
        schoolSourcedId: 'other',
        version: 3,
      });
    });

    test('finds an enrollment and a guardian link by their two people, and by their ids', async () => {
      const scope = newScope();
      await apply(scope, [createUser('u1'), createUser('u2'), createClass('c1'), addMember('c1', 'u1')]);
      await apply(scope, [linkGuardian('u2', 'u1')]);
      const { classes, users } = await stateOf(store(), scope);
      const byPair = enrollmentChange({
        kind: 'enrollment-update',
        target: { classId: classes[0]?.id ?? '', userId: users[0]?.id ?? '' },
        before: { primary: undefined },
        after: { primary: true },
        version: 1,
      });
      const bySourcedIds = guardianChange({
        kind: 'guardian-update',
        target: { guardianSourcedId: 'u2', studentSourcedId: 'u1' },
        before: { relationship: 'Parent' },
        after: { relationship: 'Aunt' },
        version: 1,
      });
      expect((await apply(scope, [byPair, bySourcedIds])).stale).toEqual([]);
      expect((await apply(scope, [byPair, bySourcedIds])).stale).toEqual([byPair.key, bySourcedIds.key]);
      const { enrollments, guardianLinks } = await stateOf(store(), scope);
      expect(enrollments[0]).toMatchObject({ primary: true, version: 2 });
      expect(guardianLinks[0]).toMatchObject({
        relationship: 'Aunt',
        version: 2,
        guardianSourcedId: 'u2',
        studentSourcedId: 'u1',
      });
      const byId = enrollmentChange({
        kind: 'enrollment-remove',
        target: { id: enrollments[0]?.id ?? '' },
        before: { state: 'active' },
        after: { state: 'removed', by: 'sync' },
        version: 2,
      });
      expect((await apply(scope, [byId])).stale).toEqual([]);
      expect((await stateOf(store(), scope)).enrollments[0]).toMatchObject({ state: 'removed', version: 3 });
    });
  });

  describe('rekeying', () => {
    const rekey = (from: string, to: string, version: number) =>
      classChange({
        kind: 'class-rekey',
        target: { sourcedId: from },
        before: { sourcedId: from },
        after: { sourcedId: to },
        version,
      });

    test('moves the record and its members to the new sourcedId, and the old one is free', async () => {
      const scope = newScope();
      await apply(scope, [createUser('u1'), createClass('c1'), addMember('c1', 'u1')]);
      expect((await apply(scope, [rekey('c1', 'c2', 1), createClass('c1')])).stale).toEqual([]);
      const { classes, enrollments } = await stateOf(store(), scope);
      expect(classes.map(({ sourcedId, version }) => [sourcedId, version])).toEqual([
        ['c1', 1],
        ['c2', 2],
      ]);
      expect(enrollments[0]).toMatchObject({ classId: classes[1]?.id, classSourcedId: 'c2' });
    });

    test('may hand a sourcedId on within one batch, and is stale where it is taken', async () => {
      const scope = newScope();
      await apply(scope, [createClass('c1'), createClass('c2')]);
      expect((await apply(scope, [rekey('c1', 'c2', 1)])).stale).toEqual(['class-rekey class:c1']);
      expect((await apply(scope, [rekey('c2', 'c3', 1), rekey('c1', 'c2', 1)])).stale).toEqual([]);
      expect((await stateOf(store(), scope)).classes.map(({ name }) => name)).toEqual(['Class c1', 'Class c2']);
    });

    test('gives a record its first sourcedId, and takes it away again', async () => {
      const scope = newScope();
      const local = { origin: 'local', name: 'Chess', state: 'active' } as const;
      const target = { id: 'chess' };
      await apply(scope, [classChange({ kind: 'class-create', target, before: null, after: local })]);
      const before = { sourcedId: null, origin: 'local' } as const;
      const after = { sourcedId: 'c1', origin: 'linked' } as const;
      await apply(scope, [classChange({ kind: 'class-rekey', target, before, after, version: 1 })]);
      expect((await stateOf(store(), scope)).classes[0]).toMatchObject({ sourcedId: 'c1', origin: 'linked' });
      await apply(scope, [classChange({ kind: 'class-rekey', target, before: after, after: before, version: 2 })]);
      expect((await stateOf(store(), scope)).classes).toEqual([{ ...local, id: 'chess', version: 3 }]);
      expect((await apply(scope, [createClass('c1')])).stale).toEqual([]);
    });
  });

  describe('deleting', () => {
    const deleteUser = (sourcedId: string, version: number) =>
      userChange({ kind: 'user-delete', target: { sourcedId }, before: { state: 'active' }, after: null, version });
    const removeMember = enrollmentChange({
      kind: 'enrollment-remove',
      target: { classSourcedId: 'c1', userSourcedId: 'u1' },
      before: { state: 'active' },
      after: { state: 'removed', by: 'sync' },
      version: 1,
    });
    const unlink = guardianChange({
      kind: 'guardian-unlink',
      target: { guardianSourcedId: 'u2', studentSourcedId: 'u1' },
      before: { state: 'active' },
      after: { state: 'removed', by: 'sync' },
      version: 1,
    });

    test('takes a class away with what is left of its members, at its version only', async () => {
      const scope = newScope();
      await apply(scope, [createUser('u1'), createClass('c1'), addMember('c1', 'u1')]);
      const drop = (version: number) =>
        classChange({ kind: 'class-delete', target: { sourcedId: 'c1' }, before: { name: 'x' }, after: null, version });
      expect((await apply(scope, [drop(2)])).stale).toEqual(['class-delete class:c1']);
      expect((await stateOf(store(), scope)).enrollments).toHaveLength(1);
      expect((await apply(scope, [drop(1)])).applied).toEqual(['class-delete class:c1']);
      const { classes, enrollments, users } = await stateOf(store(), scope);
      expect([classes.length, enrollments.length, users.length]).toEqual([0, 0, 1]);
    });

    test('takes a person away with their former ties, and is stale while one of them is active', async () => {
      const scope = newScope();
      await apply(scope, [createUser('u1'), createUser('u2'), createClass('c1'), addMember('c1', 'u1')]);
      await apply(scope, [linkGuardian('u2', 'u1')]);
      expect((await apply(scope, [deleteUser('u1', 1)])).stale).toEqual(['user-delete user:u1']);
      await apply(scope, [removeMember]);
      expect((await apply(scope, [deleteUser('u1', 1), deleteUser('u2', 1)])).stale).toHaveLength(2);
      await apply(scope, [unlink]);
      expect((await apply(scope, [deleteUser('u1', 1)])).applied).toEqual(['user-delete user:u1']);
      const { users, enrollments, guardianLinks } = await stateOf(store(), scope);
      expect([users.map(({ sourcedId }) => sourcedId), enrollments, guardianLinks]).toEqual([['u2'], [], []]);
    });

    test('takes an enrollment, a guardian link and a school away', async () => {
      const scope = newScope();
      await apply(scope, [createUser('u1'), createUser('u2'), createClass('c1'), addMember('c1', 'u1')]);
      await apply(scope, [linkGuardian('u2', 'u1'), createSchool('s1')]);
      const changes = [
        enrollmentChange({ ...removeMember, kind: 'enrollment-delete', after: null }),
        guardianChange({ ...unlink, kind: 'guardian-delete', after: null }),
        schoolChange({
          kind: 'school-delete',
          target: { sourcedId: 's1' },
          before: { name: 's' },
          after: null,
          version: 1,
        }),
      ];
      const late = changes.map((change) => ({ ...change, version: 2 }));
      expect((await apply(scope, late)).stale).toHaveLength(3);
      expect((await apply(scope, changes)).stale).toEqual([]);
      const { schools, enrollments, guardianLinks } = await stateOf(store(), scope);
      expect([schools, enrollments, guardianLinks]).toEqual([[], [], []]);
      expect((await apply(scope, [addMember('c1', 'u1')])).stale).toEqual([]);
    });

    test('purging leaves a tombstone without members', async () => {
      const scope = newScope();
      await apply(scope, [createUser('u1'), createClass('c1'), createClass('c2'), addMember('c1', 'u1')]);
      await apply(scope, [addMember('c2', 'u1')]);
      const purge = (version: number) =>
        classChange({
          kind: 'class-purge',
          target: { sourcedId: 'c1' },
          before: { state: 'active', by: undefined },
          after: { state: 'purged', by: 'user' },
          version,
        });
      expect((await apply(scope, [purge(7)])).stale).toEqual(['class-purge class:c1']);
      expect((await stateOf(store(), scope)).enrollments).toHaveLength(2);
      expect((await apply(scope, [purge(1)])).stale).toEqual([]);
      const { classes, enrollments } = await stateOf(store(), scope);
      expect(classes[0]).toMatchObject({ sourcedId: 'c1', state: 'purged', by: 'user', version: 2 });
      expect(enrollments.map(({ classSourcedId }) => classSourcedId)).toEqual(['c2']);
    });
  });
}
