import type { Rules } from '../contract.js';
import { expectFields, expectNoField, expectSame } from '../expecting.js';
import type { DirectoryBench } from './bench.js';
import {
  addMember,
  AT,
  classChange,
  createClass,
  createUser,
  enrollmentChange,
  guardianChange,
  linkGuardian,
  renameClass,
} from './changes.js';

/** How records change, and which they are. */
export const updating: Rules<DirectoryBench> = {
  'fields that change are written, those that are undefined are removed, and the version goes up by one': async ({
    newScope,
    apply,
    state,
  }) => {
    const scope = await newScope();
    await apply(scope, [createClass('c1')]);
    const active = { state: 'active', by: undefined, archivedAt: undefined } as const;
    const archived = { state: 'archived', by: 'sync', archivedAt: AT } as const;
    const target = { sourcedId: 'c1' };
    await apply(scope, [classChange({ kind: 'class-archive', target, before: active, after: archived, version: 1 })]);
    expectFields('the archived class', (await state(scope)).classes[0], { ...archived, version: 2 });
    await apply(scope, [classChange({ kind: 'class-unarchive', target, before: archived, after: active, version: 2 })]);
    const [found] = (await state(scope)).classes;
    expectSame('the class', found, { ...createClass('c1').after, id: found?.id, version: 3 });
    expectNoField('the class', found, 'by');
  },

  'a field that is null, as a plan has it that was written as JSON, is removed': async ({ newScope, apply, state }) => {
    const scope = await newScope();
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
    const [found] = (await state(scope)).classes;
    expectSame('the class', found, { ...createClass('c1', 'New').after, id: found?.id, version: 2 });
    expectNoField('the class', found, 'subject');
  },

  'a change is stale where the record has another version, and the others are applied': async ({
    newScope,
    apply,
    state,
  }) => {
    const scope = await newScope();
    await apply(scope, [createClass('c1'), createClass('c2')]);
    const first = renameClass('c1', 'First', 1);
    expectSame('the first result', await apply(scope, [first]), { applied: [first.key], stale: [] });
    const late = renameClass('c1', 'Late', 1);
    const early = renameClass('c1', 'Early', 3);
    const other = renameClass('c2', 'Two', 1);
    expectSame('the later result', await apply(scope, [late, other]), { applied: [other.key], stale: [late.key] });
    expectSame('the result of a version to come', await apply(scope, [early]), { applied: [], stale: [early.key] });
    expectSame(
      'the names',
      (await state(scope)).classes.map(({ name }) => name),
      ['First', 'Two'],
    );
  },

  'a change is stale where the record is gone, or where it names no version': async ({ newScope, apply, state }) => {
    const scope = await newScope();
    await apply(scope, [createClass('c1')]);
    const { version: _version, ...blind } = renameClass('c1', 'Blind', 1);
    const changes = [blind, renameClass('c9', 'Nothing', 1)];
    const keys = changes.map(({ key }) => key);
    expectSame('the result', await apply(scope, changes), { applied: [], stale: keys });
    expectSame(
      'the names',
      (await state(scope)).classes.map(({ name }) => name),
      ['Class c1'],
    );
  },

  'a change sees what earlier ones of the same batch did': async ({ newScope, apply, state }) => {
    const scope = await newScope();
    const move = classChange({
      kind: 'class-move',
      target: { sourcedId: 'c1' },
      before: { schoolSourcedId: 'school' },
      after: { schoolSourcedId: 'other' },
      version: 2,
    });
    const { stale } = await apply(scope, [createClass('c1'), renameClass('c1', 'New', 1), move]);
    expectSame('what is stale', stale, []);
    const expected = { name: 'New', schoolSourcedId: 'other', version: 3 };
    expectFields('the class', (await state(scope)).classes[0], expected);
  },

  'a key that occurs twice in a batch is applied once: the first counts': async ({ newScope, apply, state }) => {
    const scope = await newScope();
    const [first, second] = [createClass('c1', 'First'), createClass('c1', 'Second')];
    expectSame('the result', await apply(scope, [first, second]), { applied: [first.key], stale: [] });
    expectSame(
      'the names',
      (await state(scope)).classes.map(({ name }) => name),
      ['First'],
    );
  },

  'enrollments and guardian links are found by their two sides, and by their ids': async ({
    newScope,
    apply,
    state,
  }) => {
    const scope = await newScope();
    await apply(scope, [createUser('u1'), createUser('u2'), createClass('c1'), addMember('c1', 'u1')]);
    await apply(scope, [linkGuardian('u2', 'u1')]);
    const { classes, users } = await state(scope);
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
    const keys = [byPair.key, bySourcedIds.key];
    expectSame('the result', await apply(scope, [byPair, bySourcedIds]), { applied: keys, stale: [] });
    expectSame('the result in another run', await apply(scope, [byPair, bySourcedIds]), { applied: [], stale: keys });
    const { enrollments, guardianLinks } = await state(scope);
    expectFields('the enrollment', enrollments[0], { primary: true, version: 2 });
    expectFields('the guardian link', guardianLinks[0], {
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
    expectSame('what is stale by id', (await apply(scope, [byId])).stale, []);
    expectFields('the enrollment', (await state(scope)).enrollments[0], { state: 'removed', version: 3 });
  },
};

/** How records come under other sourcedIds. */
export const rekeying: Rules<DirectoryBench> = {
  'a record and its members move to the new sourcedId, and the old one is free': async ({ newScope, apply, state }) => {
    const scope = await newScope();
    await apply(scope, [createUser('u1'), createClass('c1'), addMember('c1', 'u1')]);
    expectSame('what is stale', (await apply(scope, [rekey('c1', 'c2', 1), createClass('c1')])).stale, []);
    const { classes, enrollments } = await state(scope);
    expectSame(
      'the classes',
      classes.map(({ sourcedId, version }) => [sourcedId, version]),
      [
        ['c1', 1],
        ['c2', 2],
      ],
    );
    expectFields('the enrollment', enrollments[0], { classId: classes[1]?.id, classSourcedId: 'c2' });
  },

  'a sourcedId may be handed on within one batch, and the change is stale where it is taken': async ({
    newScope,
    apply,
    state,
  }) => {
    const scope = await newScope();
    await apply(scope, [createClass('c1'), createClass('c2')]);
    const taken = rekey('c1', 'c2', 1);
    expectSame('what is stale', (await apply(scope, [taken])).stale, [taken.key]);
    expectSame('what is stale then', (await apply(scope, [rekey('c2', 'c3', 1), taken])).stale, []);
    expectSame(
      'the names',
      (await state(scope)).classes.map(({ name }) => name),
      ['Class c1', 'Class c2'],
    );
  },

  'a record gets its first sourcedId, and loses it again': async ({ newScope, apply, state }) => {
    const scope = await newScope();
    const local = { origin: 'local', name: 'Chess', state: 'active' } as const;
    const target = { id: 'chess' };
    await apply(scope, [classChange({ kind: 'class-create', target, before: null, after: local })]);
    const before = { sourcedId: null, origin: 'local' } as const;
    const after = { sourcedId: 'c1', origin: 'linked' } as const;
    await apply(scope, [classChange({ kind: 'class-rekey', target, before, after, version: 1 })]);
    expectFields('the class', (await state(scope)).classes[0], after);
    await apply(scope, [classChange({ kind: 'class-rekey', target, before: after, after: before, version: 2 })]);
    expectSame('the classes', (await state(scope)).classes, [{ ...local, id: 'chess', version: 3 }]);
    expectSame('what is stale', (await apply(scope, [createClass('c1')])).stale, []);
  },
};

function rekey(from: string, to: string, version: number) {
  return classChange({
    kind: 'class-rekey',
    target: { sourcedId: from },
    before: { sourcedId: from },
    after: { sourcedId: to },
    version,
  });
}
