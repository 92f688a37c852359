/** Promises 10, 11, 13 and 14: by another way to the same end. */

import { canonicalJson } from '../../src/internal/canonical.js';
import {
  scopeKey,
  userSubject,
  type Enrollment,
  type Plan,
  type Policy,
  type Roster,
  type Scope,
} from '../../src/model/index.js';
import { attested } from '../support/build.js';
import type { DistrictEvent, GuardianPlan } from '../support/district-events.js';
import { DistrictModel } from '../support/district-model.js';
import { changesBetween, withOwnedPairs, withTombstones } from '../support/roster-changes.js';
import { applicable, byName, heldKeys, heldSets, World, type Engine } from '../support/world.js';
import { expectSame } from './promises-expect.js';
import { truncated } from './promises-feeds.js';
import {
  evolve,
  importsOf,
  prepare,
  readingOf,
  RELAXED,
  type Prepared,
  type Promised,
  type Scenario,
  without,
  withoutPlaces,
} from './promises-scenario.js';

export const WAYS: readonly Promised[] = [
  {
    number: 10,
    name: 'a crash after any k changes, then a new plan, ends where an uninterrupted run would',
    check: async (engine, scenario, statistics) => {
      const prepared = await prepare(engine, scenario);
      const { world, model, first } = prepared;
      evolve(model, scenario);
      const { order } = scenario;
      const imports = importsOf(scenario);
      const roster = readingOf(model, world);
      const options = { acknowledge: order % 2 === 0 };
      const crashed = await world.fork();
      const plans = await world.syncAll(roster, imports, options);
      const place = order % imports.length;
      const isBroken = await crash(crashed, imports, place);
      statistics.add([...first, ...plans], prepared, isBroken);
      expectSame(byName(await crashed.load()), byName(await world.load()), 'the state after a crash and a new plan');
      expectSame(heldSets(await crashed.load()), heldSets(await world.load()), 'what waits after a crash');

      /** The import at `at` breaks off, once or twice; what a person released goes on without being asked again. */
      async function crash(host: World, policies: readonly Policy[], at: number): Promise<boolean> {
        await host.syncAll(roster, policies.slice(0, at), options);
        const policy = policies[at] as Policy;
        const plan = await host.plan(roster, policy);
        const changes = applicable(plan, options).length;
        const crashAfter = changes === 0 ? 0 : (order >> 2) % changes;
        await host.apply(plan, { ...options, crashAfter });
        if (changes > 0 && order % 3 === 0) {
          const next = await host.plan(roster, policy);
          await host.apply(next, { crashAfter: (order >> 4) % (applicable(next, {}).length + 1) });
        }
        if (changes > 0) await host.sync(roster, policy);
        await host.syncAll(roster, policies.slice(at + 1), options);
        return changes > 0;
      }
    },
    shares: { compared: 0.5 },
  },
  {
    number: 11,
    name: 'incremental is the same as full, over any sequence of changes',
    check: async (engine, scenario, statistics) => {
      const prepared = await prepare(engine, scenario);
      const { world, model, first } = prepared;
      const imports = importsOf(scenario);
      // A removal that is a hint waits for the grace, and what a whole read marks as deleted does not.
      const isHint = scenario.order % 2 === 1 && scenario.policy.graceSnapshots === 1;
      const removals = isHint ? 'hint' : 'told';
      const inFull = (owner: string): boolean => (owner.charCodeAt(owner.length - 1) + scenario.order) % 3 !== 0;
      const isLinked = model.links.size > 0;
      const attestation = attested(isLinked ? {} : { guardianLinks: 'not-shared' });
      const hasIds = scenario.order % 4 < 2;
      const read = (cursor: string): Roster => {
        const roster = readingOf(model, world, { attestation, cursor });
        return hasIds ? { ...roster, enrollments: roster.enrollments.map(withId) } : roster;
      };
      let whole = withOwnedPairs(read('cursor 0'));
      let image = whole;
      const plans: Plan[] = [...first];
      for (const [position, events] of chunks(scenario.events, 1 + (scenario.order % 4)).entries()) {
        evolve(model, { events });
        world.advance(24);
        const now = read(`cursor ${String(position + 1)}`);
        const before = whole;
        whole = removals === 'told' ? withOwnedPairs(now) : withTombstones(before, now);
        // That all links are gone, or the first are there, is a matter of what is shared: a whole read decides.
        if (whole.guardianLinks.length > 0 !== isLinked) break;
        const delta = changesBetween(before, whole, { removals, inFull });
        image = engine.foldDelta(image, delta);
        if (scenario.order % 5 === 0) image = engine.foldDelta(image, delta);
        for (const policy of imports) {
          const plan = await world.plan(image, policy);
          expectSame(plan, await world.plan(whole, policy), 'the plan of what was folded');
          await world.apply(plan, { acknowledge: position % 2 === 0 });
          plans.push(plan);
        }
      }
      statistics.add(plans, prepared, plans.length > first.length);
    },
    shares: { compared: 0.8 },
  },
  {
    number: 13,
    name: 'a truncated read and then a complete one end where the complete one alone would',
    check: async (engine, scenario, statistics) => {
      const { order } = scenario;
      const prepared = order % 4 === 0 ? fresh(engine, scenario) : await prepare(engine, scenario);
      const { world, model, first } = prepared;
      evolve(model, scenario);
      const imports = importsOf(scenario);
      const other = await world.fork();
      const cut = await world.syncAll(truncated(readingOf(model, world), order), imports, {
        acknowledge: order % 2 === 0,
      });
      world.advance(24);
      other.advance(24);
      const roster = readingOf(model, world);
      const options = { acknowledge: order % 2 === 0 };
      const plans = await world.syncAll(roster, imports, options);
      const alone = await other.syncAll(roster, imports, options);
      // What the truncated read added counts among what there is: a limit may then be judged otherwise.
      const isLimitedAlike = canonicalJson(plans.map(limitHolds)) === canonicalJson(alone.map(limitHolds));
      statistics.add([...first, ...cut, ...plans, ...alone], prepared, isLimitedAlike);
      expectSame(
        cut.map(removals),
        cut.map(() => []),
        'what is to be taken away by a truncated read',
      );
      expectSame(plans.map(removals), alone.map(removals), 'what is to be taken away after it');
      if (!isLimitedAlike) return;
      expectSame(byName(await world.load()), byName(await other.load()), 'the state after a truncated read');
      expectSame(heldKeys(await world.load()), heldKeys(await other.load()), 'what waits after a truncated read');
    },
    narrow: (scenario) => ({ ...scenario, policy: withoutPlaces(scenario.policy) }),
    shares: { archives: 0.1, contactChanges: 0.05, unlinks: 0.02, rekeys: 0.02 },
  },
  {
    number: 14,
    name: 'per-school runs commute and together are the district’s run',
    check: async (engine, scenario, statistics) => {
      const settled = separable(scenario);
      const prepared = await prepare(engine, settled, atTheirSchools);
      const { world, model, first } = prepared;
      evolve(model, settled);
      const imports = importsOf(settled);
      const roster = atTheirSchools(readingOf(model, world));
      const { tenant } = world.scope;
      const schools: readonly Scope[] = [
        { tenant, schools: ['s1'] },
        { tenant, schools: ['s2'] },
      ];
      const there = await world.fork();
      const back = await world.fork();
      const plans: Plan[] = [...first];
      let rounds = 1;
      for (const policy of imports) {
        const whole = await world.plan(roster, policy);
        const parts = await Promise.all(schools.map((scope) => world.plan(roster, policy, scope)));
        plans.push(whole, ...parts);
        if ([whole, ...parts].some(({ holds }) => holds.length > 0)) {
          statistics.add(plans, prepared, false);
          return;
        }
        const later = laterLinks(whole, parts);
        if (later.size > 0) rounds = 2;
        const now = whole.changes.filter(({ key }) => !later.has(key));
        expectSame(changed(parts), changed([{ changes: now }]), 'the changes of the schools, added up,');
        await world.apply(whole);
      }
      for (let round = 1; round <= rounds; round += 1) {
        for (const scope of schools) plans.push(...(await there.syncAll(roster, imports, {}, scope)));
        for (const scope of [...schools].reverse()) plans.push(...(await back.syncAll(roster, imports, {}, scope)));
      }
      const isSeparable = plans.every(({ holds }) => holds.length === 0);
      statistics.add(plans, prepared, isSeparable);
      if (!isSeparable) return;
      const expected = byName(await world.load());
      expectSame(byName(await there.load()), expected, `the state after ${schools.map(scopeKey).join(' then ')}`);
      expectSame(byName(await back.load()), expected, 'the state after the schools in reverse order');
    },
    shares: { compared: 0.5, holds: 0, deactivations: 0, rekeys: 0 },
  },
];

function limitHolds({ holds }: Plan): readonly string[] {
  return holds.filter(({ gate }) => gate === 'G6' || gate === 'G7').map(({ id }) => id);
}

function removals({ changes }: Plan): readonly string[] {
  return changes.filter(({ destructive }) => destructive).map(({ key }) => key);
}

/** An enrollment as a provider has it whose enrollments have ids of their own. */
function withId(row: Enrollment): Enrollment {
  return { ...row, sourcedId: `${row.classSourcedId} ${row.userSourcedId}` };
}

/** A host before its first import. */
function fresh(engine: Engine, { start }: Scenario): Prepared {
  return { world: new World(engine), model: DistrictModel.from(start), touched: [], first: [] };
}

/**
 * The scenario as far as promise 14 covers it: nothing changes its school, nobody gets the address of another, no limit
 * holds, and no account is closed.
 */
function separable(scenario: Scenario): Scenario {
  const { start, policy, edits, events } = scenario;
  return {
    ...scenario,
    start: {
      ...start,
      guardians: (start.guardians ?? []).map((each, place) => (place === 0 ? each : withoutNumber(each))),
    },
    edits: without(edits, 'edit-contact'),
    events: without(events, 'class-moved', 'school-joined', 'school-left', 'email-taken', 'mobile-changes').map(
      withOwnNumber,
    ),
    policy: {
      ...withoutPlaces(policy),
      deactivateUnrostered: false,
      limits: RELAXED,
      // `populated` asks for a class with students, which may be at a school that the run does not see.
      teachers: { ...policy.teachers, create: 'always' },
    },
  };
}

/** The first guardian alone has a mobile number: of a shared one, whose login it is depends on who runs first. */
function withoutNumber(guardian: GuardianPlan): GuardianPlan {
  return { ...guardian, reach: guardian.reach * 3 + 1 };
}

function withOwnNumber(event: DistrictEvent): DistrictEvent {
  return event.kind === 'guardian-appears' ? { ...event, index: event.index * 3 + 1 } : event;
}

/** The roster with everybody at the schools of their classes, and guardians at those of their students. */
function atTheirSchools(roster: Roster): Roster {
  const schools = new Map(roster.users.map((user) => [user.sourcedId, new Set(user.schoolSourcedIds)]));
  const places = new Map(roster.classes.map((section) => [section.sourcedId, section.schoolSourcedId]));
  for (const { classSourcedId, userSourcedId } of roster.enrollments) {
    schools.get(userSourcedId)?.add(places.get(classSourcedId) ?? '');
  }
  for (const { guardianSourcedId, studentSourcedId } of roster.guardianLinks) {
    for (const school of schools.get(studentSourcedId) ?? []) schools.get(guardianSourcedId)?.add(school);
  }
  const users = roster.users.map((user) => {
    const own = [...(schools.get(user.sourcedId) ?? [])].sort();
    return { ...user, schoolSourcedIds: own.length === 0 ? ['s1'] : own };
  });
  return { ...roster, users };
}

/**
 * The links without access (P11) of new guardians to whom their own school's run gives no account, because another
 * school's student does: the next run of their school finds the account and makes them.
 */
function laterLinks(whole: Plan, parts: readonly Plan[]): ReadonlySet<string> {
  const links = whole.changes.filter(({ kind, after }) => kind === 'guardian-link' && after?.['blocked'] === true);
  // A student of several schools: the run that makes the account makes the link, too.
  const made = new Set(parts.flatMap(({ changes }) => changes.map(({ key }) => key)));
  const later = links.filter(({ key, schoolSourcedId = '', target }) => {
    if (made.has(key)) return false;
    if (!('guardianSourcedId' in target) || target.guardianId !== undefined) return false;
    const account = `user-create ${userSubject(target.guardianSourcedId ?? '')}`;
    const own = parts.filter(({ scope }) => scope.schools?.includes(schoolSourcedId) === true);
    return !own.some(({ changes }) => changes.some(({ key }) => key === account));
  });
  return new Set(later.map(({ key }) => key));
}

/** The changes of plans, each once. */
function changed(plans: readonly Pick<Plan, 'changes'>[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    plans.flatMap(({ changes }) => changes.map(({ key, before, after }) => [key, { before, after }] as const)),
  );
}

function chunks<T>(values: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}
