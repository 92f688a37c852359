/**
 * The promises of the engine as properties, each a function of the engine that is tried: the tests run them on ours,
 * and on ours broken on purpose. `docs/promises.md` says what each promises in which settings.
 */

import fc from 'fast-check';
import {
  defaultPolicy,
  type Limits,
  type LocalState,
  type Plan,
  type Policy,
  type Roster,
} from '../../src/model/index.js';
import { attested } from '../support/build.js';
import {
  DistrictModel,
  districtEvents,
  districtStart,
  handEdits,
  incompleteAttestation,
  type DistrictEvent,
  type DistrictStart,
  type HandEdit,
} from '../support/district-model.js';
import { contents, ready, World, type Engine, type Touched } from '../support/world.js';

/** What the cases of a property were, so that nobody trusts one that only tried empty plans. */
export class Statistics {
  cases = 0;
  nonEmpty = 0;
  duplicateNames = 0;
  handEdits = 0;
  holds = 0;
  archives = 0;

  add(plans: readonly Plan[], edits: number): void {
    this.cases += 1;
    if (plans.some((plan) => plan.changes.length > 0)) this.nonEmpty += 1;
    if (plans.some((plan) => plan.counts.notesByCode['DUPLICATE_NAME'] !== undefined)) this.duplicateNames += 1;
    if (edits > 0) this.handEdits += 1;
    if (plans.some((plan) => plan.holds.length > 0)) this.holds += 1;
    if (plans.some((plan) => plan.counts.byKind['class-archive'] !== undefined)) this.archives += 1;
  }

  share(name: Exclude<keyof Statistics, 'cases' | 'add' | 'share'>): number {
    return this.cases === 0 ? 0 : this[name] / this.cases;
  }
}

/** A district, what people did after the first import, what the district did then, and under which policy. */
export interface Scenario {
  readonly start: DistrictStart;
  readonly edits: readonly HandEdit[];
  readonly events: readonly DistrictEvent[];
  readonly later: readonly HandEdit[];
  readonly policy: Policy;
  readonly order: number;
}

const RELAXED: Limits = {
  enrollments: 1,
  classes: 1,
  users: 1,
  guardianLinks: 1,
  floor: 5,
  rolling: 1.5,
  policyChange: false,
};
const TIGHT: Limits = {
  enrollments: 0.05,
  classes: 0.05,
  users: 0.05,
  guardianLinks: 0.05,
  floor: 0,
  rolling: 1.5,
  policyChange: false,
};

const policies: fc.Arbitrary<Policy> = fc
  .record({
    fullData: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    wantsArchive: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    unarchive: fc.constantFrom('archived-by-sync' as const, 'archived-by-sync' as const, 'off' as const),
    absentClassMembers: fc.constantFrom('keep' as const, 'remove' as const),
    contactUpdates: fc.constantFrom('invitees' as const, 'all' as const, 'none' as const),
    duplicateNames: fc.constantFrom(
      'first' as const,
      'first' as const,
      'first' as const,
      'disambiguate' as const,
      'all' as const,
    ),
    requireStudents: fc.constantFrom(false, false, true),
    include: fc.constantFrom(undefined, undefined, undefined, { names: '*a*' }, { terms: ['fall'] }),
    teachers: fc.constantFrom('always' as const, 'populated' as const),
    deactivateUnrostered: fc.boolean(),
    limits: fc.constantFrom(defaultPolicy.limits, RELAXED, TIGHT, TIGHT, TIGHT, TIGHT),
  })
  .map((each) => ({
    ...defaultPolicy,
    fullData: each.fullData,
    archive: each.fullData && each.wantsArchive,
    unarchive: each.unarchive,
    absentClassMembers: each.absentClassMembers,
    contactUpdates: each.contactUpdates,
    deactivateUnrostered: each.deactivateUnrostered,
    classes: {
      ...defaultPolicy.classes,
      duplicateNames: each.duplicateNames,
      requireStudents: each.requireStudents,
      ...(each.include === undefined ? {} : { include: each.include }),
    },
    teachers: { ...defaultPolicy.teachers, create: each.teachers },
    limits: each.limits,
  }));

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  start: districtStart,
  edits: handEdits,
  events: districtEvents,
  later: handEdits,
  policy: policies,
  order: fc.nat(),
});

/** A promise: true to it is an engine for which this never throws. */
export interface Promised {
  readonly number: number;
  readonly name: string;
  readonly check: (engine: Engine, scenario: Scenario, statistics: Statistics) => Promise<void>;
}

interface Prepared {
  readonly world: World;
  readonly model: DistrictModel;
  readonly touched: readonly Touched[];
  readonly first: Plan;
}

/** The first import, and what people did by hand after it. */
async function prepare(engine: Engine, { start, edits, policy }: Scenario): Promise<Prepared> {
  const model = DistrictModel.from(start);
  const world = new World(engine);
  const first = await world.sync(model.roster(), policy);
  const touched: Touched[] = [];
  for (const edit of edits) {
    const each = await world.byHand(edit);
    if (each !== undefined) touched.push(each);
  }
  return { world, model, touched, first };
}

function evolve(model: DistrictModel, scenario: Scenario): void {
  for (const event of scenario.events) model.apply(event);
}

export const PROMISES: readonly Promised[] = [
  {
    number: 1,
    name: 'idempotent: after apply, the next plan of the same feed is empty',
    check: async (engine, scenario, statistics) => {
      const { world, model, touched, first } = await prepare(engine, scenario);
      evolve(model, scenario);
      const plan = await world.sync(model.roster(), scenario.policy, { acknowledge: scenario.order % 2 === 0 });
      const next = await world.plan(model.roster(), scenario.policy);
      statistics.add([first, plan], touched.length);
      expectNone(ready(next), 'changes of the next plan');
    },
  },
  {
    number: 2,
    name: 'the order of the feed never matters',
    check: async (engine, scenario, statistics) => {
      const { world, model, touched, first } = await prepare(engine, scenario);
      evolve(model, scenario);
      const roster = model.roster();
      const plan = await world.plan(roster, scenario.policy);
      const other = await world.plan(shuffled(roster, scenario.order), scenario.policy);
      statistics.add([first, plan], touched.length);
      expectSame(other, plan, 'the plan of the shuffled feed');
    },
  },
  {
    number: 3,
    name: 'what people did by hand is never touched',
    check: async (engine, scenario, statistics) => {
      const { world, model, touched, first } = await prepare(engine, scenario);
      evolve(model, scenario);
      const before = await world.load();
      const plan = await world.sync(model.roster(), scenario.policy, { acknowledge: true });
      const after = await world.load();
      statistics.add([first, plan], touched.length);
      for (const each of touched) expectUntouched(each, before, after);
      for (const section of before.classes.filter(({ origin }) => origin === 'local')) {
        expectSame(
          after.classes.find(({ id }) => id === section.id),
          section,
          'a class that people made',
        );
      }
    },
  },
  {
    number: 4,
    name: 'undo restores exactly, never overwrites a later edit, and stays undone',
    check: async (engine, scenario, statistics) => {
      const { world, model, touched, first } = await prepare(engine, scenario);
      evolve(model, scenario);
      const before = await world.load();
      const plan = await world.plan(model.roster(), scenario.policy);
      const runId = await world.apply(plan, { acknowledge: true });
      statistics.add([first, plan], touched.length + scenario.later.length);
      if (scenario.order % 3 === 0) {
        const later: Touched[] = [];
        for (const edit of scenario.later) {
          const each = await world.byHand(edit);
          if (each !== undefined) later.push(each);
        }
        const edited = await world.load();
        await world.undo(runId);
        const after = await world.load();
        for (const each of later) expectUntouched(each, edited, after);
        return;
      }
      await world.undo(runId);
      expectSame(contents(await world.load()), contents(before), 'the state after undo');
      const next = await world.plan(model.roster(), scenario.policy);
      expectNone(ready(next), 'changes of the next plan of the same feed');
    },
  },
  {
    number: 5,
    name: 'without Full Data, or from a held, incomplete or empty feed, nothing is removed',
    check: async (engine, scenario, statistics) => {
      const { world, model, touched, first } = await prepare(engine, scenario);
      evolve(model, scenario);
      const { policy, order } = scenario;
      const complete = model.roster();
      // A feed without classes is empty where there are some here; else it must lack the people, too.
      const hasClasses = (await world.load()).classes.some(
        (each) => each.origin === 'roster' && each.state === 'active',
      );
      const [roster, chosen]: readonly [Roster, Policy] =
        order % 3 === 0
          ? [complete, { ...policy, fullData: false, archive: false }]
          : order % 3 === 1
            ? [{ ...complete, attestation: pick(incompletes, order) }, policy]
            : [{ ...complete, classes: [], enrollments: [], users: hasClasses ? complete.users : [] }, policy];
      const held = await world.plan(complete, policy);
      const before = await world.load();
      const plan = await world.sync(roster, chosen);
      statistics.add([first, held, plan], touched.length);
      expectNothingTakenAway(before, await world.load());
      const destructive = ready(plan).filter((change) => change.destructive);
      expectNone(destructive, 'destructive changes that nothing holds');
    },
  },
  {
    number: 6,
    name: 'nothing outside the scope is touched',
    check: async (engine, scenario, statistics) => {
      const { world, model, touched, first } = await prepare(engine, scenario);
      evolve(model, scenario);
      const scoped = new World(engine, { tenant: world.scope.tenant, schools: ['s1'] });
      const everything = await world.load();
      scoped.store.seed(scoped.scope, everything);
      const before = await scoped.load();
      const plan = await scoped.sync(model.roster(), scenario.policy, { acknowledge: true });
      const after = await scoped.load();
      statistics.add([first, plan], touched.length);
      const outside = new Set(before.classes.filter((each) => each.schoolSourcedId !== 's1').map(({ id }) => id));
      const outsideOf = (state: LocalState): unknown => ({
        classes: state.classes.filter(({ id }) => outside.has(id)),
        enrollments: state.enrollments.filter(({ classId }) => outside.has(classId)),
        users: state.users.filter(
          (each) => each.schoolSourcedIds.every((id) => id !== 's1') && !isIn(before, after, each.id),
        ),
      });
      expectSame(outsideOf(after), outsideOf(before), 'what is outside the scope');
      const created = after.classes.filter(({ id }) => !before.classes.some((each) => each.id === id));
      expectNone(
        created.filter((each) => each.schoolSourcedId !== 's1'),
        'classes created outside the scope',
      );
    },
  },
  {
    number: 7,
    name: 'absent and then back is the same as never left',
    check: async (engine, scenario, statistics) => {
      const { world, model, touched, first } = await prepare(engine, scenario);
      const policy: Policy = { ...scenario.policy, unarchive: 'archived-by-sync' };
      const settled = await world.sync(model.roster(), policy, { acknowledge: true });
      const before = await world.load();
      const roster = model.roster();
      const absent = withoutSome(roster, scenario.order);
      const away = await world.sync(absent, policy, { acknowledge: true });
      const back = await world.sync(roster, policy, { acknowledge: true });
      const after = await world.load();
      statistics.add([first, settled, away, back], touched.length);
      for (const noun of ['classes', 'users', 'enrollments'] as const) {
        for (const record of before[noun]) {
          const now = after[noun].find(({ id }) => id === record.id);
          expectSame(unversioned(now), unversioned(record), `one of the ${noun} that was away`);
        }
      }
    },
  },
  {
    number: 8,
    name: 'drift heals: a synced member deleted behind our back returns',
    check: async (engine, scenario, statistics) => {
      const { world, model, touched, first } = await prepare(engine, scenario);
      evolve(model, scenario);
      const plan = await world.sync(model.roster(), scenario.policy, { acknowledge: true });
      const held = await world.plan(model.roster(), scenario.policy);
      const before = await world.load();
      const followed = new Set(
        before.classes.filter((each) => isFollowed(each.id, before, model, held)).map(({ id }) => id),
      );
      const fed = new Set(model.roster().enrollments.map((each) => `${each.classSourcedId} ${each.userSourcedId}`));
      const members = before.enrollments.filter(
        (each) =>
          each.state === 'active' &&
          each.origin === 'roster' &&
          followed.has(each.classId) &&
          model.people.has(each.userSourcedId ?? '') &&
          fed.has(`${each.classSourcedId ?? ''} ${each.userSourcedId ?? ''}`),
      );
      const lost = members[scenario.order % Math.max(1, members.length)];
      statistics.add([first, plan], touched.length);
      if (lost === undefined) return;
      await world.store.apply({
        scope: world.scope,
        runId: 'behind-our-back',
        at: '2026-10-01T06:00:00.000Z',
        changes: [
          {
            kind: 'enrollment-delete',
            key: `enrollment-delete ${lost.id}`,
            subject: lost.id,
            target: { id: lost.id, classId: lost.classId, userId: lost.userId },
            before: {},
            after: null,
            version: lost.version,
            reason: { rule: 'HAND', code: 'BEHIND_OUR_BACK' },
            destructive: true,
            fingerprint: '',
            heldBy: [],
          },
        ],
      });
      await world.sync(model.roster(), scenario.policy, { acknowledge: true });
      const after = await world.load();
      const healed = after.enrollments.some(
        (each) => each.classId === lost.classId && each.userId === lost.userId && each.state === 'active',
      );
      if (!healed) throw new Error('a synced member that was deleted behind our back did not return');
    },
  },
  {
    number: 9,
    name: 'no flapping: the same feed in any order, again and again, changes nothing after the first time',
    check: async (engine, scenario, statistics) => {
      const { world, model, touched, first } = await prepare(engine, scenario);
      evolve(model, scenario);
      const roster = model.roster();
      const plan = await world.sync(roster, scenario.policy, { acknowledge: true });
      const before = contents(await world.load());
      statistics.add([first, plan], touched.length);
      for (let time = 1; time <= 3; time += 1) {
        await world.sync(shuffled(roster, scenario.order + time), scenario.policy, { acknowledge: time % 2 === 0 });
        expectSame(contents(await world.load()), before, `the state after repetition ${String(time)}`);
      }
    },
  },
];

const incompletes = fc.sample(incompleteAttestation, { numRuns: 8, seed: 1 });

/** A scope's users are those with a school in it, or with a class in it that this plan reaches. */
function isIn(before: LocalState, after: LocalState, userId: string): boolean {
  const of = (state: LocalState): boolean => {
    const inside = new Set(state.classes.filter((each) => each.schoolSourcedId === 's1').map(({ id }) => id));
    return state.enrollments.some((each) => each.userId === userId && inside.has(each.classId));
  };
  return of(before) || of(after);
}

/** Whether the members of a class follow the feed: it is there, active, and nothing is in doubt about it. */
function isFollowed(id: string, state: LocalState, model: DistrictModel, plan: Plan): boolean {
  const section = state.classes.find((each) => each.id === id);
  const sourcedId = section?.sourcedId;
  if (section?.state !== 'active' || sourcedId === undefined) return false;
  const fed = model.classes.get(sourcedId);
  return fed !== undefined && !fed.isTombstoned && !plan.holds.some((hold) => hold.subject === `class:${sourcedId}`);
}

/** The feed without some of its classes and enrollments, never without all of a kind. */
function withoutSome(roster: Roster, order: number): Roster {
  const gone = new Set(
    roster.classes.filter((_, index) => (order >> (index % 16)) % 2 === 1).map((each) => each.sourcedId),
  );
  if (gone.size === roster.classes.length) gone.clear();
  return {
    ...roster,
    classes: roster.classes.filter((each) => !gone.has(each.sourcedId)),
    enrollments: roster.enrollments.filter(
      (each, index) => !gone.has(each.classSourcedId) && (each.role === 'teacher' || (order + index) % 5 !== 0),
    ),
  };
}

function shuffled(roster: Roster, seed: number): Roster {
  const mix = <T>(records: readonly T[]): readonly T[] => {
    const copy = [...records];
    let state = seed | 1;
    for (let index = copy.length - 1; index > 0; index -= 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const other = state % (index + 1);
      [copy[index], copy[other]] = [copy[other] as T, copy[index] as T];
    }
    return copy;
  };
  return {
    ...roster,
    classes: mix(roster.classes),
    users: mix(roster.users),
    enrollments: mix(roster.enrollments),
    schools: mix(roster.schools),
  };
}

/** What a person set by hand is still so. */
function expectUntouched(touched: Touched, before: LocalState, after: LocalState): void {
  const fields: Record<Touched['act'], readonly string[]> = {
    'rename-class': ['name'],
    'archive-class': ['state', 'by'],
    'revive-class': ['state'],
    'purge-class': ['state'],
    'create-class': ['state', 'name', 'origin'],
    'add-member': ['state', 'origin'],
    'remove-member': ['state', 'by'],
    'rename-user': ['familyName'],
    claim: ['claimed'],
    'use-class': ['usedAt'],
  };
  const of = (state: LocalState): unknown => {
    const record =
      touched.noun === 'enrollment'
        ? state.enrollments.find((each) => `${each.classId} ${each.userId}` === touched.id)
        : (touched.noun === 'class' ? state.classes : state.users).find((each) => each.id === touched.id);
    const values = record as unknown as Record<string, unknown> | undefined;
    return values === undefined ? undefined : fields[touched.act].map((field) => values[field]);
  };
  expectSame(of(after), of(before), `what ${touched.act} left behind`);
}

function expectNothingTakenAway(before: LocalState, after: LocalState): void {
  const active = (state: LocalState): readonly string[] =>
    [...state.classes, ...state.users, ...state.enrollments]
      .filter((each) => each.state === 'active')
      .map(({ id }) => id);
  const now = new Set(active(after));
  expectNone(
    active(before).filter((id) => !now.has(id)),
    'records that are no longer active',
  );
}

function unversioned(record: object | undefined): unknown {
  if (record === undefined) return undefined;
  const { version: _version, ...fields } = record as { readonly version?: number };
  return fields;
}

function pick<T>(values: readonly T[], position: number): T {
  return values[position % values.length] ?? (attested() as T);
}

function expectNone(values: readonly unknown[], what: string): void {
  if (values.length > 0) throw new Error(`${what}: expected none, got ${JSON.stringify(values, null, 1)}`);
}

function expectSame(actual: unknown, expected: unknown, what: string): void {
  const left = stable(actual);
  const right = stable(expected);
  if (left !== right) throw new Error(`${what} differs:\n${left ?? 'nothing'}\ninstead of\n${right ?? 'nothing'}`);
}

function stable(value: unknown): string | undefined {
  return JSON.stringify(
    value,
    (_, each: unknown) =>
      typeof each === 'object' && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).sort(([left], [right]) => (left < right ? -1 : 1)))
        : each,
    1,
  );
}
