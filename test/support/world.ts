/** A host on a MemoryStore with any engine: what the property tests run, and what a broken engine is tried in. */

import { MemoryStore } from '../../src/adapters/memory/index.js';
import type { invert, reconcile } from '../../src/engine/index.js';
import type { Change, LocalState, Plan, Policy, Roster, Scope } from '../../src/model/index.js';
import { Directory } from '../../src/people/index.js';
import { NOW, SCOPE } from './build.js';
import { handName, type HandEdit } from './district-model.js';

/** What a mutant of the engine must offer to be tried. */
export interface Engine {
  readonly reconcile: typeof reconcile;
  readonly invert: typeof invert;
}

const ACKNOWLEDGED = new Set(['G6', 'G7', 'K15']);
const ACKNOWLEDGED_CAUSES = new Set(['SCHOOL_GONE', 'COHORT_GONE']);

export class World {
  readonly store = new MemoryStore();
  readonly directory = new Directory({ store: this.store, scope: SCOPE, clock: { now: () => new Date(NOW) } });
  private runs = 0;

  constructor(
    private readonly engine: Engine,
    readonly scope: Scope = SCOPE,
  ) {}

  load(): Promise<LocalState> {
    return this.store.load(this.scope);
  }

  async plan(roster: Roster, policy: Policy): Promise<Plan> {
    return this.engine.reconcile({ roster, local: await this.load(), policy, now: NOW });
  }

  /** Applies what nothing holds; with `acknowledge` also what a person may release who has read the plan. */
  async apply(plan: Plan, options: { readonly acknowledge?: boolean } = {}): Promise<string> {
    const released = new Set(
      plan.holds
        .filter((hold) => ACKNOWLEDGED.has(hold.gate) || ACKNOWLEDGED_CAUSES.has(hold.code))
        .map((hold) => (options.acknowledge === true ? hold.id : '')),
    );
    const changes = plan.changes.filter((change) => change.heldBy.every((hold) => released.has(hold)));
    this.runs += 1;
    const runId = `run-${String(this.runs)}`;
    const holds = plan.ledger.holds.filter((hold) => !released.has(hold.id));
    await this.store.saveLedger(this.scope, { ...plan.ledger, holds });
    const { stale } = await this.store.apply({ scope: this.scope, runId, at: NOW, changes });
    if (stale.length > 0) throw new Error(`stale changes: ${stale.join(', ')}`);
    return runId;
  }

  async sync(roster: Roster, policy: Policy, options: { readonly acknowledge?: boolean } = {}): Promise<Plan> {
    const plan = await this.plan(roster, policy);
    await this.apply(plan, options);
    return plan;
  }

  async undo(runId: string): Promise<Plan> {
    const plan = this.engine.invert(await this.store.journal(this.scope, runId), await this.load(), { now: NOW });
    await this.apply(plan);
    return plan;
  }

  /** Does what a person would; says which record it touched, or nothing where there was nothing to do it to. */
  async byHand(edit: HandEdit): Promise<Touched | undefined> {
    const { classes, users, enrollments } = await this.load();
    const by = { by: 'admin' };
    const ofRoster = classes.filter((each) => each.sourcedId !== undefined && each.state !== 'purged');
    const section = ofRoster[edit.index % Math.max(1, ofRoster.length)];
    const user = users[edit.other % Math.max(1, users.length)];
    const members = enrollments.filter((each) => each.state === 'active');
    const member = members[edit.index % Math.max(1, members.length)];
    switch (edit.kind) {
      case 'rename-class':
        if (section === undefined) return undefined;
        await this.directory.renameClass(section.id, `${handName(edit.other)} by hand ${String(edit.other)}`, by);
        return { noun: 'class', id: section.id, act: edit.kind };
      case 'archive-class':
        if (section?.state !== 'active') return undefined;
        await this.directory.archiveClass(section.id, by);
        return { noun: 'class', id: section.id, act: edit.kind };
      case 'revive-class':
        if (section?.state !== 'archived') return undefined;
        await this.directory.reviveClass(section.id, by);
        return { noun: 'class', id: section.id, act: edit.kind };
      case 'purge-class':
        if (section === undefined || edit.other % 3 !== 0) return undefined;
        await this.directory.purgeClass(section.id, by);
        return { noun: 'class', id: section.id, act: edit.kind };
      case 'add-member': {
        if (section?.state !== 'active' || user === undefined) return undefined;
        const present = enrollments.find((each) => each.classId === section.id && each.userId === user.id);
        if (present?.state === 'active') return undefined;
        await this.directory.addMember(section.id, user.id, { role: 'student', ...by });
        return { noun: 'enrollment', id: `${section.id} ${user.id}`, act: edit.kind };
      }
      case 'remove-member':
        if (member === undefined) return undefined;
        await this.directory.removeMember(member.classId, member.userId, by);
        return { noun: 'enrollment', id: `${member.classId} ${member.userId}`, act: edit.kind };
      case 'create-class': {
        const name = handName(edit.index);
        const { id } = await this.directory.createClass({ name, schoolSourcedId: 's1' }, by);
        return { noun: 'class', id, act: edit.kind };
      }
      case 'rename-user':
        if (user === undefined) return undefined;
        await this.directory.editUser(user.id, { familyName: `By hand ${String(edit.other)}` }, by);
        return { noun: 'user', id: user.id, act: edit.kind };
      case 'claim':
        if (user === undefined || user.claimed === true) return undefined;
        await this.directory.claim(user.id, by);
        return { noun: 'user', id: user.id, act: edit.kind };
      case 'use-class':
        if (section?.state !== 'active') return undefined;
        await this.directory.use(section.id, by);
        return { noun: 'class', id: section.id, act: edit.kind };
    }
  }
}

/** What a person touched by hand. Enrollments are named by class and user. */
export interface Touched {
  readonly noun: 'class' | 'user' | 'enrollment';
  readonly id: string;
  readonly act: HandEdit['kind'];
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

export function ready(plan: Plan): readonly Change[] {
  return plan.changes.filter((change) => change.heldBy.length === 0);
}
