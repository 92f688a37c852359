import { expectFields, expectSame, expectThat } from '../expecting.js';
import type { Rules } from '../contract.js';
import type { DirectoryBench } from './bench.js';
import { breakOff } from './breaking.js';
import { addMember, batchOf, classChange, createClass, createUser, renameClass } from './changes.js';

/** How a batch is written: whole, once, and by one of many. */
export const batches: Rules<DirectoryBench> = {
  'one without changes is no trouble': async ({ newScope, apply }) => {
    expectSame('the result', await apply(await newScope(), []), { applied: [], stale: [] });
  },

  'one that comes again reports the same as applied and writes nothing': async ({ store, newScope, apply, state }) => {
    const scope = await newScope();
    await apply(scope, [createClass('c0')]);
    const batch = batchOf(scope, [createClass('c1'), renameClass('c0', 'Zero', 1), renameClass('c9', 'None', 1)]);
    const first = await store.apply(batch);
    const before = await state(scope);
    expectSame('the result of the second delivery', await store.apply(batch), first);
    expectSame('the records', await state(scope), before);
  },

  'one that comes again, after a later one changed the same record, writes nothing': async ({
    store,
    newScope,
    apply,
    state,
  }) => {
    const scope = await newScope();
    const batch = batchOf(scope, [createClass('c1'), renameClass('c1', 'First', 1)]);
    const first = await store.apply(batch);
    await apply(scope, [renameClass('c1', 'Second', 2)]);
    expectSame('the result of the late delivery', await store.apply(batch), first);
    expectFields('the class', (await state(scope)).classes[0], { name: 'Second', version: 3 });
  },

  'the rest of one that was delivered in part is written': async ({ newScope, apply, state }) => {
    const scope = await newScope();
    const runId = 'one run';
    const [first, second] = [createClass('c1'), createClass('c2')];
    await apply(scope, [first], { runId });
    const result = await apply(scope, [first, second], { runId });
    expectSame('the result', result, { applied: [first.key, second.key], stale: [] });
    expectSame(
      'the versions',
      (await state(scope)).classes.map(({ version }) => version),
      [1, 1],
    );
  },

  'the same change of another run is another change': async ({ newScope, apply }) => {
    const scope = await newScope();
    const change = createClass('c1');
    await apply(scope, [change]);
    expectSame('the result', await apply(scope, [change]), { applied: [], stale: [change.key] });
  },

  'one that fails anywhere on its way leaves nothing, and can be applied then': async (bench) => {
    const { store, newScope, apply, state } = bench;
    const scope = await newScope();
    await apply(scope, [createUser('u1'), createClass('c1'), addMember('c1', 'u1')]);
    const before = await state(scope);
    const target = { sourcedId: 'c1' };
    const purged = { state: 'purged' } as const;
    const batch = batchOf(scope, [
      createUser('u2'),
      renameClass('c1', 'New', 1),
      addMember('c1', 'u2'),
      classChange({ kind: 'class-purge', target, before: {}, after: purged, version: 2 }),
      createClass('c2'),
    ]);
    await breakOff(bench, batch, async () => {
      expectSame('the records after the failure', await state(scope), before);
    });
    const applied = batch.changes.map(({ key }) => key);
    expectSame('the result at last', await store.apply(batch), { applied, stale: [] });
    const { classes, enrollments, users } = await state(scope);
    expectSame('how many there are at last', [classes.length, enrollments.length, users.length], [2, 0, 2]);
  },

  'one that many hold at once is written once, and all hear the same': async ({ store, newScope, state }) => {
    const scope = await newScope();
    const batch = batchOf(scope, [createClass('c1'), createClass('c2'), renameClass('c1', 'New', 1)]);
    const expected = { applied: batch.changes.map(({ key }) => key), stale: [] };
    const results = await Promise.all(Array.from({ length: 5 }, () => store.apply(batch)));
    for (const result of results) expectSame('the result of each', result, expected);
    expectSame(
      'the versions',
      (await state(scope)).classes.map(({ version }) => version),
      [2, 1],
    );
  },

  'a record that many create at once is created by one of them': async ({ newScope, apply, state }) => {
    const scope = await newScope();
    const people = ['u1', 'u2', 'u3', 'u4', 'u5', 'u6'];
    const schools = ['s1', 's2', 's3', 's4'];
    const results = await Promise.all(
      schools.map((school, nth) => {
        const inOrder = nth % 2 === 0 ? people : people.toReversed();
        return apply({ ...scope, schools: [school] }, inOrder.map(createUser));
      }),
    );
    const applied = results.flatMap((result) => result.applied).sort();
    expectSame(
      'who was created, by anyone',
      applied,
      people.map((person) => createUser(person).key),
    );
    expectSame(
      'the people',
      (await state(scope)).users.map(({ sourcedId }) => sourcedId),
      people,
    );
  },

  'of many updates of one version at once, one is applied and the others are stale': async ({
    newScope,
    apply,
    state,
  }) => {
    const scope = await newScope();
    await apply(scope, [createClass('c1')]);
    const names = ['one', 'two', 'three', 'four'];
    const results = await Promise.all(
      names.map((name) => apply({ ...scope, schools: [name] }, [renameClass('c1', name, 1)])),
    );
    const winners = names.filter((_, nth) => results[nth]?.applied.length === 1);
    expectSame('how many are stale', results.flatMap(({ stale }) => stale).length, 3);
    expectSame('how many were applied', winners.length, 1);
    expectFields('the class', (await state(scope)).classes[0], { name: winners[0], version: 2 });
  },

  'a reader sees all of one or nothing': async ({ newScope, apply, state }) => {
    const scope = await newScope();
    const numbers = ['0', '1', '2', '3', '4', '5'];
    let isWriting = true;
    const readOnAndOn = async (): Promise<void> => {
      while (isWriting) {
        const { users, classes, enrollments } = await state(scope);
        const isWhole = users.length === classes.length && classes.length === enrollments.length;
        expectThat('a reader finds as many people as classes and enrollments', isWhole);
      }
    };
    const writing = Promise.all(
      numbers.map((nth) => apply(scope, [createUser(nth), createClass(nth), addMember(nth, nth)])),
    ).finally(() => {
      isWriting = false;
    });
    await Promise.all([writing, readOnAndOn(), readOnAndOn()]);
    expectSame('the enrollments at last', (await state(scope)).enrollments.length, numbers.length);
  },
};
