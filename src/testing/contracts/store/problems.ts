import type { DeliveryProblem } from '../../../ports/index.js';
import type { Rules } from '../contract.js';
import { expectSame } from '../expecting.js';
import type { JournalBench } from './bench.js';
import { AT } from './changes.js';

/** That a person cannot be reached at an address. */
function problemOf(userId: string, addressDigest: string): DeliveryProblem {
  return { userId, channel: 'email', addressDigest, reason: 'refused', at: AT };
}

const byPerson = (problems: readonly DeliveryProblem[]): readonly string[] =>
  problems.map(({ userId, addressDigest }) => `${userId} ${addressDigest}`);

/** Where people cannot be reached. */
export const problems: Rules<JournalBench> = {
  'they come back as they were saved, in the order in which they came up, from every scope of the tenant': async ({
    store,
    newScope,
  }) => {
    const scope = await newScope();
    const kept: readonly DeliveryProblem[] = [
      problemOf('u2', 'a'),
      { ...problemOf('u1', 'b'), channel: 'text', reason: 'bounced', status: '5.1.1' },
      problemOf('u2', 'b'),
    ];
    for (const problem of kept) await store.saveProblem(scope, problem);
    expectSame('the problems', await store.problems(scope), kept);
    expectSame('the problems in one school', await store.problems({ ...scope, schools: ['s1'] }), kept);
  },

  'there is one for each person and address: the latest': async ({ store, newScope }) => {
    const scope = await newScope();
    const later = { ...problemOf('u1', 'a'), reason: 'bounced', at: '2026-09-02T06:00:00.000Z' } as const;
    await store.saveProblem(scope, { ...problemOf('u1', 'a'), status: '5.0.0' });
    await store.saveProblem(scope, problemOf('u2', 'a'));
    await store.saveProblem(scope, later);
    expectSame('the problems', await store.problems(scope), [later, problemOf('u2', 'a')]);
  },

  'those of the named persons come alone, and are forgotten alone': async ({ store, newScope }) => {
    const scope = await newScope();
    for (const person of ['u1', 'u2', 'u3']) await store.saveProblem(scope, problemOf(person, 'a'));
    const named = await store.problems(scope, { userIds: ['u3', 'u1', 'u9'] });
    expectSame('those of the named', byPerson(named), ['u1 a', 'u3 a']);
    expectSame('those of nobody', await store.problems(scope, { userIds: [] }), []);
    await store.forgetProblems(scope, ['u1', 'u9']);
    await store.forgetProblems(scope, []);
    expectSame('what is left', byPerson(await store.problems(scope)), ['u2 a', 'u3 a']);
  },

  'they are their tenant’s alone': async ({ store, newScope }) => {
    const [one, other] = [await newScope(), await newScope()];
    for (const scope of [one, other]) await store.saveProblem(scope, problemOf('u1', 'a'));
    const bounced = { ...problemOf('u1', 'a'), reason: 'bounced' } as const;
    await store.saveProblem(one, bounced);
    expectSame('the tenant’s own', await store.problems(one), [bounced]);
    expectSame('those of the other', await store.problems(other), [problemOf('u1', 'a')]);
    await store.forgetProblems(one, ['u1']);
    expectSame('the tenant’s own, forgotten', await store.problems(one, { userIds: ['u1'] }), []);
    expectSame('those of the other then', await store.problems(other, { userIds: ['u1'] }), [problemOf('u1', 'a')]);
  },
};
