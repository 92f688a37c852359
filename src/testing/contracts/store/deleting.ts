import type { Rules } from '../contract.js';
import { expectFields, expectSame } from '../expecting.js';
import type { DirectoryBench } from './bench.js';
import {
  addMember,
  classChange,
  createClass,
  createSchool,
  createUser,
  enrollmentChange,
  guardianChange,
  linkGuardian,
  schoolChange,
  userChange,
} from './changes.js';

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

/** How records go. */
export const deleting: Rules<DirectoryBench> = {
  'a class goes with what is left of its members, at its version only': async ({ newScope, apply, state }) => {
    const scope = await newScope();
    await apply(scope, [createUser('u1'), createClass('c1'), addMember('c1', 'u1')]);
    const drop = (version: number) =>
      classChange({ kind: 'class-delete', target: { sourcedId: 'c1' }, before: { name: 'x' }, after: null, version });
    expectSame('what is stale', (await apply(scope, [drop(2)])).stale, [drop(2).key]);
    expectSame('the enrollments', (await state(scope)).enrollments.length, 1);
    expectSame('what is applied', (await apply(scope, [drop(1)])).applied, [drop(1).key]);
    const { classes, enrollments, users } = await state(scope);
    expectSame('how many are left', [classes.length, enrollments.length, users.length], [0, 0, 1]);
  },

  'a person goes with their former ties, and the change is stale while one of them is active': async ({
    newScope,
    apply,
    state,
  }) => {
    const scope = await newScope();
    await apply(scope, [createUser('u1'), createUser('u2'), createClass('c1'), addMember('c1', 'u1')]);
    await apply(scope, [linkGuardian('u2', 'u1')]);
    const [first, second] = [deleteUser('u1'), deleteUser('u2')];
    expectSame('what is stale of a member', (await apply(scope, [first])).stale, [first.key]);
    await apply(scope, [removeMember]);
    expectSame('what is stale of two who are linked', (await apply(scope, [first, second])).stale, [
      first.key,
      second.key,
    ]);
    await apply(scope, [unlink]);
    expectSame('what is applied', (await apply(scope, [first])).applied, [first.key]);
    const { users, enrollments, guardianLinks } = await state(scope);
    expectSame('what is left', [users.map(({ sourcedId }) => sourcedId), enrollments, guardianLinks], [['u2'], [], []]);
  },

  'an enrollment, a guardian link and a school go, at their version only': async ({ newScope, apply, state }) => {
    const scope = await newScope();
    await apply(scope, [createUser('u1'), createUser('u2'), createClass('c1'), addMember('c1', 'u1')]);
    await apply(scope, [linkGuardian('u2', 'u1'), createSchool('s1')]);
    const target = { sourcedId: 's1' };
    const changes = [
      enrollmentChange({ ...removeMember, kind: 'enrollment-delete', after: null }),
      guardianChange({ ...unlink, kind: 'guardian-delete', after: null }),
      schoolChange({ kind: 'school-delete', target, before: { name: 's' }, after: null, version: 1 }),
    ];
    const keys = changes.map(({ key }) => key);
    const late = changes.map((change) => ({ ...change, version: 2 }));
    expectSame('the result of another version', await apply(scope, late), { applied: [], stale: keys });
    expectSame('the result', await apply(scope, changes), { applied: keys, stale: [] });
    const { schools, enrollments, guardianLinks } = await state(scope);
    expectSame('what is left', [schools, enrollments, guardianLinks], [[], [], []]);
    expectSame('what is stale of a new one', (await apply(scope, [addMember('c1', 'u1')])).stale, []);
  },

  'a purged class stays as a tombstone without members': async ({ newScope, apply, state }) => {
    const scope = await newScope();
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
    expectSame('what is stale', (await apply(scope, [purge(7)])).stale, [purge(7).key]);
    expectSame('the enrollments', (await state(scope)).enrollments.length, 2);
    expectSame('what is stale then', (await apply(scope, [purge(1)])).stale, []);
    const { classes, enrollments } = await state(scope);
    expectFields('the class', classes[0], { sourcedId: 'c1', state: 'purged', by: 'user', version: 2 });
    expectSame(
      'whose enrollments',
      enrollments.map(({ classSourcedId }) => classSourcedId),
      ['c2'],
    );
  },
};

function deleteUser(sourcedId: string) {
  return userChange({
    kind: 'user-delete',
    target: { sourcedId },
    before: { state: 'active' },
    after: null,
    version: 1,
  });
}
