import { MemoryStore } from '../../src/adapters/memory/index.js';
import { StoreConflictError } from '../../src/errors.js';
import { emptyLedger, scopeKey } from '../../src/model/index.js';
import type { JournalEntry, Ledger, LocalState, Roster, RosterChanges, Scope } from '../../src/model/index.js';
import type {
  Batch,
  BatchResult,
  ClaimOptions,
  Lease,
  LeaseOptions,
  MessageOutcome,
  RosterImage,
  RunReport,
  SaveRunOptions,
} from '../../src/ports/index.js';

/** A store as one may write it by mistake, and a rule of the contract that it breaks. */
export interface FaultyStore {
  readonly fault: string;
  readonly rule: string;
  readonly Store: typeof MemoryStore;
}

/** Writes a change to the record that is meant, of whatever tenant. */
class WritesAnywhere extends MemoryStore {
  readonly #scopes = new Map<string, Scope>();
  override async apply(batch: Batch): Promise<BatchResult> {
    this.#scopes.set(batch.scope.tenant, batch.scope);
    const changes = batch.changes.filter(({ before }) => before !== null);
    for (const scope of this.#scopes.values()) {
      if (scope.tenant !== batch.scope.tenant)
        await super.apply({ ...batch, scope, changes, invitations: [], revoke: [] });
    }
    return super.apply(batch);
  }
}

/** Keeps what was read by the tenant alone. */
class ImageOfTenants extends MemoryStore {
  override async image({ tenant }: Scope): Promise<RosterImage | undefined> {
    return super.image({ tenant });
  }
  override async saveImage({ tenant }: Scope, roster: Roster, fence?: number): Promise<void> {
    await super.saveImage({ tenant }, roster, fence);
  }
  override async extendImage({ tenant }: Scope, changes: RosterChanges, fence?: number): Promise<void> {
    await super.extendImage({ tenant }, changes, fence);
  }
}

/** Stores that mix up tenants or scopes, and those that keep what was read wrongly. */
export const storesOfMixedScopes: readonly FaultyStore[] = [
  {
    fault: 'forgets the tenant where it keeps reports',
    rule: 'isolation: a report replaces none of another tenant',
    Store: class extends MemoryStore {
      readonly #reports = new Map<string, RunReport>();
      override async saveRun(report: RunReport, options?: SaveRunOptions): Promise<void> {
        this.#reports.set(report.id, report);
        await super.saveRun(report, options);
      }
      override async run(_scope: Scope, runId: string): Promise<RunReport | undefined> {
        return this.#reports.get(runId);
      }
    },
  },
  {
    fault: 'forgets the tenant where it keeps what became of a message',
    rule: 'isolation: what became of a message is said of its tenant’s',
    Store: class extends MemoryStore {
      readonly #sent = new Set<string>();
      override async saveMessage(scope: Scope, key: string, outcome: MessageOutcome): Promise<boolean> {
        if (outcome.state === 'sent') this.#sent.add(key);
        return super.saveMessage(scope, key, outcome);
      }
      override async claimMessages(scope: Scope, options: ClaimOptions) {
        const messages = await super.claimMessages(scope, options);
        return messages.filter(({ idempotencyKey }) => !this.#sent.has(idempotencyKey));
      }
    },
  },
  {
    fault: 'has one ledger for all scopes of a tenant',
    rule: 'remembering: the ledger is what was saved for exactly this scope, whatever the order of its schools',
    Store: class extends MemoryStore {
      override async ledger({ tenant }: Scope): Promise<Ledger> {
        return super.ledger({ tenant });
      }
      override async saveLedger({ tenant }: Scope, ledger: Ledger, fence?: number): Promise<void> {
        await super.saveLedger({ tenant }, ledger, fence);
      }
    },
  },
  {
    fault: 'writes the scope’s schools as they come',
    rule: 'leases: the order of a scope’s schools makes no other scope of it',
    Store: class extends MemoryStore {
      override async lease(scope: Scope, options: LeaseOptions): Promise<Lease> {
        return super.lease({ ...scope, schools: [(scope.schools ?? []).join()] }, options);
      }
    },
  },
  {
    fault: 'does not look at the fence of what was read',
    rule: 'image: a run that has lost the scope writes none of it',
    Store: class extends MemoryStore {
      override async saveImage(scope: Scope, roster: Roster): Promise<void> {
        await super.saveImage(scope, roster);
      }
    },
  },
  {
    fault: 'adds changes that it has already',
    rule: 'image: it grows by what changed since, each once and in order, until all is read again',
    Store: class extends MemoryStore {
      override async extendImage(scope: Scope, changes: RosterChanges, fence?: number): Promise<void> {
        const last = (await this.image(scope))?.changes.at(-1)?.cursor ?? changes.since;
        await super.extendImage(scope, { ...changes, since: last }, fence);
      }
    },
  },
  {
    fault: 'looks first whether changes continue what it has, and adds them then',
    rule: 'image: changes that two processes add at once are added once',
    Store: class extends MemoryStore {
      #writing = Promise.resolve();
      override async extendImage(scope: Scope, changes: RosterChanges, fence?: number): Promise<void> {
        const image = await this.image(scope);
        const last = image?.changes.at(-1) ?? image?.roster;
        if (last?.cursor !== changes.since) return;
        this.#writing = this.#writing.then(async () => {
          const now = await this.image(scope);
          const since = now?.changes.at(-1)?.cursor ?? changes.since;
          await super.extendImage(scope, { ...changes, since }, fence);
        });
        await this.#writing;
      }
    },
  },
  {
    fault: 'gives a lease of a whole tenant',
    rule: 'leases: it concerns its scope alone',
    Store: class extends MemoryStore {
      override async lease({ tenant }: Scope, options: LeaseOptions): Promise<Lease> {
        return super.lease({ tenant }, options);
      }
    },
  },
  {
    fault: 'loads the ledger of all schools with any scope',
    rule: 'ledgers: what is loaded for a scope has its ledger',
    Store: class extends MemoryStore {
      override async load(scope: Scope, options?: { readonly signal?: AbortSignal }): Promise<LocalState> {
        return { ...(await super.load({ tenant: scope.tenant }, options)), scope };
      }
    },
  },
  {
    fault: 'keeps the first ledger of a scope',
    rule: 'remembering: the ledger is empty before anything was saved, and then what was saved last',
    Store: class extends MemoryStore {
      override async saveLedger(scope: Scope, ledger: Ledger, fence?: number): Promise<void> {
        const { reported } = await this.ledger(scope);
        if (reported.length === 0) await super.saveLedger(scope, ledger, fence);
      }
    },
  },
  {
    fault: 'has room for short scopes alone',
    rule: 'remembering: the ledger of a scope of many schools is kept, too',
    Store: class extends MemoryStore {
      override async saveLedger(scope: Scope, ledger: Ledger, fence?: number): Promise<void> {
        if (scopeKey(scope).length > 2700) throw new Error('The index row is too large.');
        await super.saveLedger(scope, ledger, fence);
      }
    },
  },
  {
    fault: 'has one ledger for everybody',
    rule: 'isolation: a ledger is its tenant’s',
    Store: class extends MemoryStore {
      #ledger: Ledger = emptyLedger;
      override async ledger(): Promise<Ledger> {
        return this.#ledger;
      }
      override async saveLedger(scope: Scope, ledger: Ledger, fence?: number): Promise<void> {
        await super.saveLedger(scope, ledger, fence);
        this.#ledger = ledger;
      }
    },
  },
  {
    fault: 'has one fence for everybody',
    rule: 'isolation: a lease and a fence shut out nobody of another tenant',
    Store: class extends MemoryStore {
      #fence = 0;
      override async apply(batch: Batch): Promise<BatchResult> {
        const { fence = this.#fence } = batch;
        if (fence < this.#fence) throw new StoreConflictError('apply: a newer lease was seen', { operation: 'apply' });
        this.#fence = fence;
        return super.apply(batch);
      }
    },
  },
  {
    fault: 'keeps what was read of a tenant, whatever the scope',
    rule: 'image: it is nothing at first, and then the roster as it was read, for exactly this scope',
    Store: ImageOfTenants,
  },
  {
    fault: 'adds what changed to all that was read of a tenant',
    rule: 'image: it grows for one tenant and scope alone',
    Store: ImageOfTenants,
  },
  {
    fault: 'updates the records of any tenant that have the sourcedId',
    rule: 'isolation: an update by sourcedId stays in its tenant',
    Store: WritesAnywhere,
  },
  {
    fault: 'updates the records of any tenant that have the id',
    rule: 'isolation: an update by the host’s id stays in its tenant',
    Store: WritesAnywhere,
  },
  {
    fault: 'purges the records of any tenant that have the id',
    rule: 'isolation: a purge stays in its tenant',
    Store: WritesAnywhere,
  },
  {
    fault: 'deletes the records of any tenant that have the id',
    rule: 'isolation: a deletion stays in its tenant',
    Store: WritesAnywhere,
  },
  {
    fault: 'reaches records of another tenant by their ids',
    rule: 'isolation: records of another tenant cannot be reached by their ids',
    Store: WritesAnywhere,
  },
  {
    fault: 'forgets the tenant where it keeps journals',
    rule: 'isolation: a journal holds what its tenant did alone',
    Store: class extends MemoryStore {
      readonly #scopes = new Map<string, Scope>();
      override async apply(batch: Batch): Promise<BatchResult> {
        this.#scopes.set(batch.scope.tenant, batch.scope);
        return super.apply(batch);
      }
      override async journal(_scope: Scope, runId: string): Promise<readonly JournalEntry[]> {
        const all = await Promise.all([...this.#scopes.values()].map((scope) => super.journal(scope, runId)));
        return all.flat();
      }
    },
  },
];
