/** A host on a MemoryStore with any engine: what the property tests run, and what a broken engine is tried in. */

import { MemoryStore } from '../../src/adapters/memory/index.js';
import { endedLedger, isAcknowledgeable, startedLedger } from '../../src/engine/gates/index.js';
import type { invert, reconcile } from '../../src/engine/index.js';
import type { Change, LocalState, Plan, Policy, Roster, Scope } from '../../src/model/index.js';
import { Directory } from '../../src/people/index.js';
import { NOW, SCOPE } from './build.js';
import type { HandEdit } from './district-model.js';
import { actByHand } from './hand-edits.js';

export type { Touched } from './hand-edits.js';

/** What a mutant of the engine must offer to be tried. */
export interface Engine {
  readonly reconcile: typeof reconcile;
  readonly invert: typeof invert;
}

export interface ApplyOptions {
  /** Releases also what a person may release who has read the plan. */
  readonly acknowledge?: boolean;
  /** The run breaks off after so many changes. */
  readonly crashAfter?: number;
}

export class World {
  readonly store = new MemoryStore();
  readonly directory: Directory;
  now: string = NOW;
  private runs = 0;

  constructor(
    private readonly engine: Engine,
    readonly scope: Scope = SCOPE,
  ) {
    this.directory = new Directory({ store: this.store, scope, clock: { now: () => new Date(this.now) } });
  }

  /** Another host with the same records, and with the same memory where its scope is the same. */
  async fork(scope: Scope = this.scope): Promise<World> {
    const fork = new World(this.engine, scope);
    const { ledger, ...records } = await this.load();
    fork.store.seed(scope, records);
    if (scope === this.scope) await fork.store.saveLedger(scope, ledger);
    fork.now = this.now;
    return fork;
  }

  /** As a run of this scope sees the host: each scope has a memory of its own. */
  load(scope: Scope = this.scope): Promise<LocalState> {
    return this.store.load(scope);
  }

  advance(hours: number): void {
    this.now = new Date(Date.parse(this.now) + hours * 3_600_000).toISOString();
  }

  async plan(roster: Roster, policy: Policy, scope: Scope = this.scope): Promise<Plan> {
    return this.engine.reconcile({ roster, local: await this.load(scope), policy, now: this.now });
  }

  /** Applies what nothing holds, as a sync does: what to remember is written first. Returns the id of the run. */
  async apply(plan: Plan, options: ApplyOptions = {}): Promise<string> {
    const { scope } = plan;
    const released = releasedBy(plan, options);
    const changes = applicable(plan, options);
    const crashAfter = options.crashAfter ?? Infinity;
    const started = startedLedger(plan, released);
    this.runs += 1;
    const runId = `run-${String(this.runs)}`;
    await this.store.saveLedger(scope, started);
    const { stale } = await this.store.apply({ scope, runId, at: this.now, changes: changes.slice(0, crashAfter) });
    if (stale.length > 0) throw new Error(`stale changes: ${stale.join(', ')}`);
    if (changes.length > crashAfter || plan.type === 'undo') return runId;
    const applied = new Set(changes.map(({ key }) => key));
    const result = { released, applied, failed: new Set<string>(), day: this.now.slice(0, 10) };
    await this.store.saveLedger(scope, endedLedger(started, plan, result));
    return runId;
  }

  async sync(roster: Roster, policy: Policy, options: ApplyOptions = {}, scope: Scope = this.scope): Promise<Plan> {
    const plan = await this.plan(roster, policy, scope);
    await this.apply(plan, options);
    return plan;
  }

  /** Several imports of one reading, one after another: each sees what the one before has done. */
  async syncAll(
    roster: Roster,
    policies: readonly Policy[],
    options: ApplyOptions = {},
    scope: Scope = this.scope,
  ): Promise<Plan[]> {
    const plans: Plan[] = [];
    for (const policy of policies) plans.push(await this.sync(roster, policy, options, scope));
    return plans;
  }

  async undo(runId: string): Promise<Plan> {
    const plan = this.engine.invert(await this.store.journal(this.scope, runId), await this.load(), { now: this.now });
    await this.apply(plan);
    return plan;
  }

  /** Does what a person would; says which record it touched, or nothing where there was nothing to do it to. */
  async byHand(edit: HandEdit): ReturnType<typeof actByHand> {
    return actByHand(this, edit);
  }
}

/** The changes of a plan that nothing holds, and those that a person releases with it. */
export function applicable(plan: Plan, options: ApplyOptions): readonly Change[] {
  const released = releasedBy(plan, options);
  return plan.changes.filter((change) => change.heldBy.every((hold) => released.has(hold)));
}

function releasedBy({ holds }: Plan, { acknowledge }: ApplyOptions): ReadonlySet<string> {
  if (acknowledge !== true) return new Set();
  return new Set(holds.filter((hold) => isAcknowledgeable(hold)).map(({ id }) => id));
}

/** Everything of the host but the counters of writes. */
export function contents(state: LocalState): Record<string, unknown> {
  const strip = (records: readonly { readonly version: number }[]): unknown[] =>
    records.map(({ version: _version, ...fields }) => fields);
  return {
    schools: strip(state.schools),
    classes: strip(state.classes),
    users: strip(state.users),
    enrollments: strip(state.enrollments),
    guardianLinks: strip(state.guardianLinks),
  };
}

/**
 * The contents by the names that the district gives, in their order: two hosts that came to the same by another way
 * gave new records other ids of their own.
 */
export function byName(state: LocalState): Record<string, readonly string[]> {
  const names = new Map<string, string>();
  for (const { id, sourcedId } of [...state.classes, ...state.users, ...state.schools]) names.set(id, sourcedId ?? id);
  const nameOf = (id: string): string => names.get(id) ?? id;
  const listed = (records: readonly object[]): readonly string[] => records.map((each) => JSON.stringify(each)).sort();
  const own = (records: readonly { readonly id: string; readonly version: number }[]): readonly string[] =>
    listed(records.map(({ id, version: _version, ...fields }) => ordered({ name: nameOf(id), ...fields })));
  return {
    schools: own(state.schools),
    classes: own(state.classes),
    users: own(state.users),
    enrollments: listed(
      state.enrollments.map(({ id: _id, version: _version, classId, userId, ...fields }) =>
        ordered({ pair: [nameOf(classId), nameOf(userId)], ...fields }),
      ),
    ),
    guardianLinks: listed(
      state.guardianLinks.map(({ id: _id, version: _version, guardianId, studentId, ...fields }) =>
        ordered({ pair: [nameOf(guardianId), nameOf(studentId)], ...fields }),
      ),
    ),
  };
}

/** The sets that wait for a person: which, and what they name. */
export function heldKeys({ ledger }: LocalState): readonly { readonly id: string; readonly keys: readonly string[] }[] {
  return ledger.holds
    .filter(({ changes }) => changes.length > 0)
    .map(({ id, changes }) => ({ id, keys: changes.map(({ key }) => key) }));
}

/** The sets that wait for a person, and what their limits are judged by. */
export function heldSets(state: LocalState): readonly unknown[] {
  return heldKeys(state).map((held) => ({
    ...held,
    baseline: state.ledger.holds.find(({ id }) => id === held.id)?.baseline,
  }));
}

export function ready(plan: Plan): readonly Change[] {
  return plan.changes.filter((change) => change.heldBy.length === 0);
}

const TIMES: ReadonlySet<string> = new Set(['archivedAt', 'removedAt']);

/** With its fields in order, and without those that are empty, or tell only when. */
function ordered(record: object): object {
  return Object.fromEntries(
    Object.entries(record)
      .filter(([field, value]) => value !== undefined && !TIMES.has(field))
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}
