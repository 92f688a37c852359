/** Promises 1, 2, 7, 8 and 9: the same feed gives the same, and what comes back is as it was. */

import type { LocalState, Plan, Policy } from '../../src/model/index.js';
import type { DistrictModel } from '../support/district-model.js';
import { write } from '../support/hand-edits.js';
import { contents, ready, type World } from '../support/world.js';
import { expectNone, expectSame } from './promises-expect.js';
import { shuffled, withoutSome } from './promises-feeds.js';
import { evolve, importsOf, prepare, readingOf, type Promised } from './promises-scenario.js';

export const STEADY: readonly Promised[] = [
  {
    number: 1,
    name: 'idempotent: after apply, the next plan of the same feed is empty',
    check: async (engine, scenario, statistics) => {
      const prepared = await prepare(engine, scenario);
      const { world, model, first } = prepared;
      evolve(model, scenario);
      const imports = importsOf(scenario);
      const roster = readingOf(model, world);
      const plans = await world.syncAll(roster, imports, { acknowledge: scenario.order % 2 === 0 });
      statistics.add([...first, ...plans], prepared);
      for (const policy of imports) {
        expectNone(ready(await world.plan(roster, policy)), 'changes of the next plan');
      }
    },
  },
  {
    number: 2,
    name: 'the order of the feed never matters',
    check: async (engine, scenario, statistics) => {
      const prepared = await prepare(engine, scenario);
      const { world, model, first } = prepared;
      evolve(model, scenario);
      const roster = readingOf(model, world);
      const plans: Plan[] = [...first];
      for (const policy of importsOf(scenario)) {
        const plan = await world.plan(roster, policy);
        const other = await world.plan(shuffled(roster, scenario.order), policy);
        plans.push(plan);
        expectSame(other, plan, 'the plan of the shuffled feed');
        await world.apply(plan);
      }
      statistics.add(plans, prepared);
    },
  },
  {
    number: 7,
    name: 'absent and then back is the same as never left',
    check: async (engine, scenario, statistics) => {
      const prepared = await prepare(engine, scenario);
      const { world, model, first } = prepared;
      const imports = importsOf({ ...scenario, policy: { ...scenario.policy, unarchive: 'archived-by-sync' } });
      const settled = await world.syncAll(readingOf(model, world), imports, { acknowledge: true });
      const before = await world.load();
      world.advance(24);
      const absent = withoutSome(readingOf(model, world), scenario.order);
      const away = await world.syncAll(absent, imports, { acknowledge: true });
      world.advance(24);
      const back = await world.syncAll(readingOf(model, world), imports, { acknowledge: true });
      const after = await world.load();
      statistics.add([...first, ...settled, ...away, ...back], prepared);
      for (const noun of ['classes', 'users', 'enrollments', 'guardianLinks'] as const) {
        for (const record of before[noun]) {
          const now = after[noun].find(({ id }) => id === record.id);
          expectSame(asWas(now), asWas(record), `one of the ${noun} that was away`);
        }
      }
    },
    // Nothing changes here but what is away.
    shares: { contactChanges: 0, rekeys: 0 },
  },
  {
    number: 8,
    name: 'drift heals: a synced member or guardian link deleted behind our back returns',
    check: async (engine, scenario, statistics) => {
      const prepared = await prepare(engine, scenario);
      const { world, model, first } = prepared;
      evolve(model, scenario);
      const imports = importsOf(scenario);
      const roster = readingOf(model, world);
      const plans = await world.syncAll(roster, imports, { acknowledge: true });
      const before = await world.load();
      const holds = new Set((await world.plan(roster, scenario.policy)).holds.map(({ subject }) => subject));
      const member = pick(followedMembers(before, model, holds), scenario.order);
      const link =
        scenario.guardians === undefined ? undefined : pick(followedLinks(before, model, imports), scenario.order);
      statistics.add([...first, ...plans], prepared, member !== undefined);
      if (member !== undefined) await lose(world, 'enrollment-delete', member);
      if (link !== undefined) await lose(world, 'guardian-delete', link);
      await world.syncAll(roster, imports, { acknowledge: true });
      const after = await world.load();
      const isBack = (lost: object | undefined, records: readonly object[]): boolean =>
        lost === undefined || records.length > 0;
      const members = after.enrollments.filter(
        (each) => each.classId === member?.classId && each.userId === member.userId && each.state === 'active',
      );
      const links = after.guardianLinks.filter(
        (each) => each.guardianId === link?.guardianId && each.studentId === link.studentId && each.state === 'active',
      );
      if (!isBack(member, members)) throw new Error('a synced member that was deleted behind our back did not return');
      if (!isBack(link, links)) throw new Error('a synced link that was deleted behind our back did not return');
    },
    shares: { compared: 0.7 },
  },
  {
    number: 9,
    name: 'no flapping: the same feed in any order, again and again, changes nothing after the first time',
    check: async (engine, scenario, statistics) => {
      const prepared = await prepare(engine, scenario);
      const { world, model, first } = prepared;
      evolve(model, scenario);
      const imports = importsOf(scenario);
      const roster = readingOf(model, world);
      const plans = await world.syncAll(roster, imports, { acknowledge: true });
      const before = contents(await world.load());
      statistics.add([...first, ...plans], prepared);
      for (let time = 1; time <= 3; time += 1) {
        world.advance(24);
        // With a grace of one also a new reading that finds the same; else the second one may take away.
        const again = scenario.policy.graceSnapshots > 1 ? roster : readingOf(model, world);
        const other = shuffled(again, scenario.order + time);
        await world.syncAll(other, imports, { acknowledge: time % 2 === 0 });
        expectSame(contents(await world.load()), before, `the state after repetition ${String(time)}`);
      }
    },
  },
];

/** A record without its version, and without the logins that it lost to somebody imported meanwhile (F6 to F9). */
function asWas(record: object | undefined): unknown {
  if (record === undefined) return undefined;
  const {
    version: _version,
    takenLogins: _taken,
    sharesLoginWith: _shared,
    ...fields
  } = record as Partial<Record<'version' | 'takenLogins' | 'sharesLoginWith', unknown>>;
  return fields;
}

/** Members whom a sync added to a class that follows the feed, where nothing about either is in doubt. */
function followedMembers(state: LocalState, model: DistrictModel, holds: ReadonlySet<string | undefined>) {
  const followed = new Set(
    state.classes
      .filter(({ state: is, sourcedId = '' }) => {
        const fed = model.classes.get(sourcedId);
        return is === 'active' && fed !== undefined && !fed.isTombstoned && !holds.has(`class:${sourcedId}`);
      })
      .map(({ id }) => id),
  );
  return state.enrollments.filter(({ state: is, origin, classId, classSourcedId = '', userSourcedId = '' }) => {
    const section = model.classes.get(classSourcedId);
    const isFed = section?.teacher === userSourcedId || section?.students.has(userSourcedId) === true;
    return is === 'active' && origin === 'roster' && followed.has(classId) && isFed && isCertain(userSourcedId, model);
  });
}

/** Links that a sync made and the feed has, of people whom it has too. */
function followedLinks(state: LocalState, model: DistrictModel, imports: readonly Policy[]) {
  const contactTypes = imports[0]?.guardians.contactTypes;
  return state.guardianLinks.filter(({ state: is, origin, guardianSourcedId = '', studentSourcedId = '' }) => {
    const fed = model.links.get(`${guardianSourcedId} ${studentSourcedId}`);
    if (is !== 'active' || origin !== 'roster' || fed === undefined) return false;
    if (contactTypes?.includes(fed.contactType) === false) return false;
    return isCertain(guardianSourcedId, model) && isCertain(studentSourcedId, model);
  });
}

function isCertain(sourcedId: string, model: DistrictModel): boolean {
  return model.people.has(sourcedId) && !model.doubtful.has(sourcedId);
}

async function lose(
  world: World,
  kind: 'enrollment-delete' | 'guardian-delete',
  record: { readonly id: string; readonly version: number },
): Promise<void> {
  await write(world, { kind, target: { id: record.id }, before: {}, after: null, version: record.version });
}

function pick<T>(records: readonly T[], order: number): T | undefined {
  return records[order % Math.max(1, records.length)];
}
