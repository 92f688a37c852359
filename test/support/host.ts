/** A host on a MemoryStore whose every plan is made twice: of collections in memory, and of streams. */

import { expect } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { inIdOrder } from '../../src/engine/reading/feed.js';
import { decideProposal, invert, reconcile } from '../../src/engine/index.js';
import { localInIdOrder } from '../../src/engine/reading/local-order.js';
import { planStreams } from '../../src/engine/streams.js';
import type { LocalState, Plan, Roster } from '../../src/model/index.js';
import { definePolicy, type PolicyInput } from '../../src/policy/index.js';
import { NOW, roster, SCOPE, type RosterParts } from './build.js';
import { classWith, merge, OPEN } from './rows.js';

const QUIET = classWith('zz', { students: ['zs'], teachers: ['zt'] });

/** A host that runs syncs of whatever the feed says. */
export class Host {
  readonly store = new MemoryStore({ clock: { now: () => new Date(NOW) } });
  private runs = 0;

  constructor(private readonly settings: PolicyInput = { fullData: true, archive: true }) {}

  /** The id of the last run. */
  get lastRun(): string {
    return `run-${String(this.runs)}`;
  }

  /** The plan, which must be the same of collections in memory and of streams. */
  async plan(feed: RosterParts, settings: PolicyInput = {}): Promise<Plan> {
    const read = roster({ ...merge(QUIET, feed), readId: `read-${String(this.runs)}` });
    const policy = definePolicy({ limits: OPEN, ...this.settings, ...settings });
    const local = await this.store.load(SCOPE);
    const plan = reconcile({ roster: read, local, policy, now: NOW });
    const sorted: Roster = { ...read, ...inIdOrder(read, []) };
    const host: LocalState = { ...local, ...localInIdOrder(local) };
    const streamed = await planStreams({ roster: inStreams(sorted), local: inStreams(host), policy, now: NOW }, 7);
    expect(streamed).toEqual(plan);
    return plan;
  }

  async run(feed: RosterParts, settings: PolicyInput = {}): Promise<Plan> {
    const plan = await this.plan(feed, settings);
    return this.apply(plan);
  }

  /** Takes a run back. */
  async undo(run = this.lastRun): Promise<Plan> {
    return this.apply(invert(await this.store.journal(SCOPE, run), await this.load(), { now: NOW }));
  }

  private async apply(plan: Plan): Promise<Plan> {
    this.runs += 1;
    const changes = plan.changes.filter(({ heldBy }) => heldBy.length === 0);
    const { stale } = await this.store.apply({ scope: SCOPE, runId: this.lastRun, at: NOW, changes });
    expect(stale).toEqual([]);
    await this.store.saveLedger(SCOPE, plan.ledger);
    return plan;
  }

  async decide(plan: Plan, outcome: 'accepted' | 'declined', id = plan.ledger.proposals?.[0]?.id): Promise<void> {
    if (id === undefined) throw new Error('Nothing was proposed.');
    await this.store.saveLedger(SCOPE, decideProposal(plan.ledger, id, { outcome, by: 'admin-1', at: NOW }));
  }

  load(): Promise<LocalState> {
    return this.store.load(SCOPE);
  }
}

/** A side with its collections as streams. */
export function inStreams<T extends object>(side: T): T {
  const fields = Object.entries(side).map(([name, value]: [string, unknown]) => {
    return [name, Array.isArray(value) ? streamOf(value as readonly unknown[]) : value];
  });
  return Object.fromEntries(fields) as T;
}

function streamOf(records: readonly unknown[]): AsyncIterable<unknown> {
  return {
    async *[Symbol.asyncIterator]() {
      for (const record of records) yield await Promise.resolve(record);
    },
  };
}
