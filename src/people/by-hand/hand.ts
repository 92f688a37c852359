import { StoreConflictError, StoreError } from '../../errors.js';
import type { Change, Scope } from '../../model/index.js';
import type { Clock, RosterStore } from '../../ports/index.js';
import { creation } from '../acts.js';
import type { ReadableStore } from '../passes.js';
import { findRecords, type Records, type Wanted } from '../records.js';
import { checkActor } from './fields.js';

/** What acts are written with. */
interface HandOptions {
  readonly store: ReadableStore & Pick<RosterStore, 'apply' | 'journal'>;
  readonly scope: Scope;
  readonly clock?: Clock | undefined;
  readonly streams?: boolean | undefined;
}

/** Once more where somebody wrote in between; twice in a row is worth telling. */
const ATTEMPTS = 2;

/** Looks at what an act is about, lets it decide, and writes what it decided, if nobody has written in between. */
export class Hand {
  constructor(private readonly options: HandOptions) {}

  async act(
    operation: string,
    by: string,
    wanted: Wanted,
    decide: (records: Records) => readonly Change[],
  ): Promise<void> {
    checkActor(by);
    const { store, scope, streams } = this.options;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const changes = decide(await findRecords(store, scope, operation, wanted, { streams }));
      if (changes.length === 0) return;
      const runId = `hand-${crypto.randomUUID()}`;
      const { stale } = await store.apply({ scope, runId, at: this.now(), changes });
      if (stale.length === 0) return;
    }
    throw new StoreConflictError(`${operation}: others keep changing the record. Look at it again.`, { operation });
  }

  async create(created: Parameters<typeof creation>[0], by: string): Promise<{ readonly id: string }> {
    checkActor(by);
    const { store, scope } = this.options;
    const runId = `hand-${crypto.randomUUID()}`;
    const change = creation(created, runId, by);
    await store.apply({ scope, runId, at: this.now(), changes: [change] });
    const [entry] = await store.journal(scope, runId);
    if (entry === undefined) {
      throw new StoreError(`${change.kind}: the store did not keep the new record`, { operation: change.kind });
    }
    return { id: entry.recordId };
  }

  now(): string {
    return (this.options.clock?.now() ?? new Date()).toISOString();
  }
}
