import type { Rules } from '../contract.js';
import { expectRejection, expectSame, expectThat } from '../expecting.js';
import type { DirectoryBench } from './bench.js';
import { addMember, classChange, createClass, createSchool, createUser, linkGuardian } from './changes.js';

/** What is given back, and in which order. */
export const loading: Rules<DirectoryBench> = {
  'a tenant of which nothing is kept has no records and an empty ledger': async ({ newScope, state }) => {
    const scope = await newScope();
    const none = { schools: [], classes: [], users: [], enrollments: [], guardianLinks: [] };
    const ledger = { formatVersion: 2, holds: [], suppressions: [], reported: [] };
    expectSame('the state', await state(scope), { scope, ledger, ...none });
  },

  'records come by sourcedId as the code units do, those without one first by their ids': async ({
    newScope,
    apply,
    state,
  }) => {
    const scope = await newScope();
    const sourcedIds = ['b', 'a', 'B', 'é', '10', '9', '\u{10000}', '\uFF5E'];
    const local = (id: string) => {
      const after = { origin: 'local', name: 'Local', state: 'active' } as const;
      return classChange({ kind: 'class-create', target: { id }, before: null, after });
    };
    const changes = [...sourcedIds.map((sourcedId) => createClass(sourcedId)), local('z'), local('y')];
    await apply(scope, [createUser('u2'), createUser('u1'), createSchool('s2'), createSchool('s1'), ...changes]);
    const members = sourcedIds.flatMap((sourcedId) => [addMember(sourcedId, 'u2'), addMember(sourcedId, 'u1')]);
    await apply(scope, members);
    const { schools, classes, users, enrollments } = await state(scope);
    const expected = [...sourcedIds].sort();
    expectSame(
      'the classes',
      classes.map((record) => record.sourcedId ?? record.id),
      ['y', 'z', ...expected],
    );
    expectSame(
      'the users',
      users.map(({ sourcedId }) => sourcedId),
      ['u1', 'u2'],
    );
    expectSame(
      'the schools',
      schools.map(({ sourcedId }) => sourcedId),
      ['s1', 's2'],
    );
    const pairs = enrollments.map((record) => `${record.classSourcedId ?? ''} ${record.userSourcedId ?? ''}`);
    expectSame(
      'the enrollments',
      pairs,
      expected.flatMap((sourcedId) => [`${sourcedId} u1`, `${sourcedId} u2`]),
    );
  },

  'guardian links come by guardian and then student': async ({ newScope, apply, state }) => {
    const scope = await newScope();
    await apply(scope, ['g2', 'g1', 's2', 's1'].map(createUser));
    await apply(scope, [linkGuardian('g2', 's1'), linkGuardian('g1', 's2'), linkGuardian('g1', 's1')]);
    const { guardianLinks } = await state(scope);
    const pairs = guardianLinks.map((link) => `${link.guardianSourcedId ?? ''} ${link.studentSourcedId ?? ''}`);
    expectSame('the guardian links', pairs, ['g1 s1', 'g1 s2', 'g2 s1']);
  },

  'all records of the tenant come, whatever schools the scope names': async ({ newScope, apply, state }) => {
    const scope = await newScope();
    await apply(scope, [createSchool('s1'), createSchool('s2'), createClass('c1')]);
    const narrow = await state({ ...scope, schools: ['s2'] });
    expectSame('how many there are', [narrow.schools.length, narrow.classes.length], [2, 1]);
    expectSame('the scope', narrow.scope, { ...scope, schools: ['s2'] });
  },

  'it stops where the caller’s signal says so, with the signal’s reason': async ({ store, newScope }) => {
    const reason = new Error('enough');
    const load = store.load(await newScope(), { signal: AbortSignal.abort(reason) });
    const error = await expectRejection('a load that is aborted', load);
    expectThat('the error is the signal’s reason', error === reason);
  },

  'roles and sites are lists': async ({ store, newScope }) => {
    const scope = await newScope();
    for (const names of [await store.roles(scope), await store.sites(scope)]) {
      expectThat(
        'the host’s words are texts',
        names.every((name) => typeof name === 'string'),
      );
    }
  },
};
