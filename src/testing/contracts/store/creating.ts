import type { Rules } from '../contract.js';
import { expectFields, expectNoField, expectSame, expectThat } from '../expecting.js';
import type { DirectoryBench } from './bench.js';
import {
  addMember,
  classChange,
  createClass,
  createSchool,
  createUser,
  enrollmentChange,
  linkGuardian,
} from './changes.js';

/** How new records come into being. */
export const creating: Rules<DirectoryBench> = {
  'a record gets an id, version 1 and the fields that the change names': async ({ newScope, apply, state }) => {
    const scope = await newScope();
    const [newClass, school, user] = [createClass('c1'), createSchool('s1'), createUser('u1')];
    const result = await apply(scope, [newClass, school, user]);
    expectSame('the result', result, { applied: [newClass.key, school.key, user.key], stale: [] });
    const { classes, schools, users } = await state(scope);
    for (const [records, { after }] of [
      [classes, newClass],
      [schools, school],
      [users, user],
    ] as const) {
      const id = records[0]?.id;
      expectThat('the new record has an id', typeof id === 'string' && id !== '');
      expectSame('the records', records, [{ ...after, id, version: 1 }]);
    }
  },

  'a record keeps the id that the change gives, and has the target’s sourcedId where the fields lack one': async ({
    newScope,
    apply,
    state,
  }) => {
    const scope = await newScope();
    const after = { id: 'kept', origin: 'roster', name: 'Again', state: 'active', by: undefined } as const;
    await apply(scope, [classChange({ kind: 'class-create', target: { sourcedId: 'c1' }, before: null, after })]);
    const { classes } = await state(scope);
    expectSame('the classes', classes, [{ ...after, sourcedId: 'c1', version: 1 }]);
    expectNoField('the class', classes[0], 'by');
  },

  'a change is stale where a record with its sourcedId or its id is there already': async ({
    newScope,
    apply,
    state,
  }) => {
    const scope = await newScope();
    await apply(scope, [createClass('c1')]);
    const id = (await state(scope)).classes[0]?.id ?? '';
    const withSameId = classChange({
      kind: 'class-create',
      target: { sourcedId: 'c2' },
      before: null,
      after: { id, sourcedId: 'c2', origin: 'roster', name: 'Two', state: 'active' },
    });
    const twins = [createClass('c1', 'Twin'), withSameId];
    expectSame('the result', await apply(scope, twins), { applied: [], stale: twins.map(({ key }) => key) });
    expectSame(
      'the names',
      (await state(scope)).classes.map(({ name }) => name),
      ['Class c1'],
    );
  },

  'two classes of one school may share a name': async ({ newScope, apply }) => {
    const { stale } = await apply(await newScope(), [createClass('c1', 'Algebra'), createClass('c2', 'Algebra')]);
    expectSame('what is stale', stale, []);
  },

  'an enrollment finds its class and person by their sourcedIds, in the same batch too': async ({
    newScope,
    apply,
    state,
  }) => {
    const scope = await newScope();
    await apply(scope, [createUser('u1'), createClass('c1'), addMember('c1', 'u1')]);
    const { classes, users, enrollments } = await state(scope);
    const [enrollment] = enrollments;
    const expected = {
      id: enrollment?.id,
      version: 1,
      origin: 'roster',
      role: 'student',
      state: 'active',
      synced: { role: 'student' },
      classId: classes[0]?.id,
      userId: users[0]?.id,
      classSourcedId: 'c1',
      userSourcedId: 'u1',
    };
    expectThat('the enrollment has an id', typeof enrollment?.id === 'string');
    expectSame('the enrollments', enrollments, [expected]);
  },

  'an enrollment finds them by the host’s ids, and has no sourcedId of a class without one': async ({
    newScope,
    apply,
    state,
  }) => {
    const scope = await newScope();
    const local = { origin: 'local', name: 'Chess', state: 'active' } as const;
    const chess = classChange({ kind: 'class-create', target: { id: 'chess' }, before: null, after: local });
    const member = enrollmentChange({
      kind: 'enrollment-add',
      target: { classId: 'chess', userSourcedId: 'u1' },
      before: null,
      after: { origin: 'local', role: 'teacher', state: 'active' },
    });
    expectSame('what is stale', (await apply(scope, [createUser('u1'), chess, member])).stale, []);
    const [enrollment] = (await state(scope)).enrollments;
    expectFields('the enrollment', enrollment, { classId: 'chess', userSourcedId: 'u1' });
    expectNoField('the enrollment', enrollment, 'classSourcedId');
  },

  'an enrollment or guardian link is stale where its people or class are not there, or where it is there already':
    async ({ newScope, apply, state }) => {
      const scope = await newScope();
      await apply(scope, [createUser('u1'), createUser('u2'), createClass('c1'), addMember('c1', 'u1')]);
      await apply(scope, [linkGuardian('u2', 'u1')]);
      const changes = [
        addMember('c1', 'nobody'),
        addMember('no class', 'u1'),
        addMember('c1', 'u1'),
        linkGuardian('u2', 'u1'),
        linkGuardian('u2', 'nobody'),
      ];
      const keys = changes.map(({ key }) => key);
      expectSame('the result', await apply(scope, changes), { applied: [], stale: keys });
      const { enrollments, guardianLinks } = await state(scope);
      expectSame('how many there are', [enrollments.length, guardianLinks.length], [1, 1]);
    },
};
