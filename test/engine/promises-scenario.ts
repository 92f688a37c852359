/** What the promises are tried on: a district, its people's acts, what happens to it, and a policy. */

import fc from 'fast-check';
import type { foldDelta } from '../../src/engine/index.js';
import {
  defaultPolicy,
  type Change,
  type Limits,
  type LocalState,
  type Plan,
  type Policy,
  type Roster,
} from '../../src/model/index.js';
import {
  DistrictModel,
  districtEvents,
  districtStart,
  handEdits,
  type DistrictEvent,
  type DistrictStart,
  type HandEdit,
} from '../support/district-model.js';
import { World, type Engine, type Touched } from '../support/world.js';

/** A district, what people did after the first import, what the district did then, and under which policy. */
export interface Scenario {
  readonly start: DistrictStart;
  readonly edits: readonly HandEdit[];
  readonly events: readonly DistrictEvent[];
  readonly later: readonly HandEdit[];
  readonly policy: Policy;
  /** Whether guardians come with the others, or in an import of their own after it. @default neither */
  readonly guardians?: 'together' | 'second' | undefined;
  /** Decides what a promise leaves open, such as an order or a place to break off. */
  readonly order: number;
}

export const RELAXED: Limits = {
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

/** The first of two more often than the second. */
function mostly<T>(usual: T, other: T): fc.Arbitrary<T> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(other) });
}

const policies: fc.Arbitrary<Policy> = fc
  .record({
    fullData: mostly(true, false),
    wantsArchive: mostly(true, false),
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
    contactTypes: fc.constantFrom(undefined, undefined, ['Family']),
    enroll: fc.constantFrom(false, true),
    graceSnapshots: fc.constantFrom(1, 1, 2),
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
    graceSnapshots: each.graceSnapshots,
    classes: {
      ...defaultPolicy.classes,
      duplicateNames: each.duplicateNames,
      requireStudents: each.requireStudents,
      ...(each.include === undefined ? {} : { include: each.include }),
    },
    teachers: { ...defaultPolicy.teachers, create: each.teachers },
    guardians: {
      enroll: each.enroll,
      afterTeachersJoined: false,
      ...(each.contactTypes === undefined ? {} : { contactTypes: each.contactTypes }),
    },
    limits: each.limits,
  }));

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  start: districtStart,
  edits: handEdits,
  events: districtEvents,
  later: handEdits,
  policy: policies,
  guardians: fc.constantFrom('together' as const, 'second' as const, 'second' as const, undefined),
  order: fc.nat(),
});

/** The policy without guardians as members (P13). */
export function withoutPlaces(policy: Policy): Policy {
  return { ...policy, guardians: { ...policy.guardians, enroll: false } };
}

/** The imports of one reading, each with its own policy. */
export function importsOf({ policy, guardians }: Pick<Scenario, 'policy' | 'guardians'>): readonly Policy[] {
  if (guardians === undefined) return [policy];
  if (guardians === 'together') return [{ ...policy, steps: [...policy.steps, 'guardians'] }];
  return [policy, { ...policy, steps: ['guardians'] }];
}

/** What is tried. */
export interface PromisedEngine extends Engine {
  readonly foldDelta: typeof foldDelta;
}

/** A promise: true to it is an engine for which this never throws. */
export interface Promised {
  readonly number: number;
  readonly name: string;
  readonly check: (engine: PromisedEngine, scenario: Scenario, statistics: Statistics) => Promise<void>;
  /** The scenario without what the engine does not promise yet. @default the scenario */
  readonly narrow?: (scenario: Scenario) => Scenario;
  /** What so many of its cases must at least be, where that differs from the others'. */
  readonly shares?: Partial<Record<Trait, number>>;
}

/** What is to be known of a case, so that nobody trusts cases in which nothing happens. */
const TRAITS = {
  /** A plan that changes something. */
  nonEmpty: 0.8,
  duplicateNames: 0.2,
  handEdits: 0.2,
  holds: 0.2,
  archives: 0.15,
  guardianLinks: 0.3,
  /** A guardian of several students. */
  siblings: 0.2,
  unlinks: 0.03,
  /** A guardian link that people made or took away. */
  handLinks: 0.1,
  /** The roster changed how somebody is reached, or was kept from it. */
  contactChanges: 0.1,
  severalSchools: 0.2,
  deactivations: 0.015,
  /** A person under another id. */
  rekeys: 0.03,
  /** What the promise says was compared; where its domain does not cover a case, it was not. */
  compared: 0.9,
} satisfies Record<string, number>;

type Trait = keyof typeof TRAITS;

/** What the cases of a promise were. */
export class Statistics {
  cases = 0;
  private readonly counts = new Map<Trait, number>();

  add(plans: readonly Plan[], { touched, model }: Pick<Prepared, 'touched' | 'model'>, isCompared = true): void {
    const has = (test: (change: Change) => boolean): boolean => plans.some((plan) => plan.changes.some(test));
    const hasNote = (code: string): boolean => plans.some((plan) => plan.counts.notesByCode[code] !== undefined);
    const hasKind = (kind: Change['kind']): boolean => plans.some((plan) => plan.counts.byKind[kind] !== undefined);
    const students = new Set<string>();
    const links = [...model.links.values()];
    const traits: Record<Trait, boolean> = {
      nonEmpty: plans.some((plan) => plan.changes.length > 0),
      duplicateNames: hasNote('DUPLICATE_NAME'),
      handEdits: touched.length > 0,
      holds: plans.some((plan) => plan.holds.length > 0),
      archives: hasKind('class-archive'),
      guardianLinks: hasKind('guardian-link'),
      siblings: links.some(({ guardian }) => students.size === students.add(guardian).size),
      unlinks: hasKind('guardian-unlink'),
      handLinks: touched.some(({ noun }) => noun === 'guardian'),
      contactChanges: has(({ reason }) => reason.rule === 'F1' || reason.rule === 'F2' || reason.rule === 'F3'),
      severalSchools: [...model.people.values()].some(({ schools }) => schools.length > 1),
      deactivations: hasKind('user-deactivate'),
      rekeys: hasKind('user-rekey') || hasNote('REKEY_PROPOSED'),
      compared: isCompared,
    };
    this.cases += 1;
    for (const name of Object.keys(TRAITS) as Trait[]) {
      if (traits[name]) this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    }
  }

  /** Each trait with the share of cases that have it, and the share that is wanted. */
  shares(wanted: Promised['shares'] = {}): readonly { trait: Trait; share: number; wanted: number }[] {
    return (Object.keys(TRAITS) as Trait[]).map((trait) => ({
      trait,
      share: (this.counts.get(trait) ?? 0) / Math.max(1, this.cases),
      wanted: wanted[trait] ?? TRAITS[trait],
    }));
  }
}

export interface Prepared {
  readonly world: World;
  readonly model: DistrictModel;
  readonly touched: readonly Touched[];
  readonly first: readonly Plan[];
}

/** The first import, and what people did by hand after it. A day later the district is read again. */
export async function prepare(
  engine: Engine,
  scenario: Scenario,
  shaped: (roster: Roster) => Roster = (roster) => roster,
): Promise<Prepared> {
  const model = DistrictModel.from(scenario.start);
  const world = new World(engine);
  const first = await world.syncAll(shaped(readingOf(model, world)), importsOf(scenario));
  const touched = await editAll(world, scenario.edits);
  world.advance(24);
  return { world, model, touched, first };
}

export async function editAll(world: World, edits: readonly HandEdit[]): Promise<readonly Touched[]> {
  const touched: Touched[] = [];
  for (const edit of edits) {
    const each = await world.byHand(edit);
    if (each !== undefined) touched.push(each);
  }
  return touched;
}

export function evolve(model: DistrictModel, { events }: Pick<Scenario, 'events'>): void {
  for (const event of events) model.apply(event);
}

/** The same acts or events without those of some kinds. */
export function without<T extends { readonly kind: string }>(
  each: readonly T[],
  ...kinds: readonly T['kind'][]
): readonly T[] {
  return each.filter(({ kind }) => !kinds.includes(kind));
}

/** A reading of the district, at the host's time. */
export function readingOf(model: DistrictModel, world: World, fields: Partial<Roster> = {}): Roster {
  return model.roster({ readId: `read at ${world.now}`, readAt: world.now, ...fields });
}

/** Which persons the feed puts into a school, or the host does. */
export function isAtSchool(school: string, model: DistrictModel, state: LocalState): (userId: string) => boolean {
  const users = new Map(state.users.map((user) => [user.id, user]));
  return (userId) => {
    const user = users.get(userId);
    const fed = model.personOf(user?.sourcedId ?? '')?.schools ?? [];
    return [...fed, ...(user?.schoolSourcedIds ?? [])].includes(school);
  };
}
