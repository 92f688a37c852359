import { ConfigurationError, StoreConflictError } from '../../errors.js';
import type { JournalEntry, Ledger, LocalState, PersonIds, Roster, RosterChanges, Scope } from '../../model/index.js';
import type {
  Batch,
  BatchResult,
  ImageStore,
  Invitation,
  Lease,
  LeaseOptions,
  OutboxMessage,
  PersonTraces,
  PruneBefore,
  RosterImage,
  RosterStore,
  RunReport,
} from '../../ports/index.js';
import { applyBatch } from './apply-batch.js';
import { Database } from './database.js';
import type { Session } from './database.js';
import { extendImage, readImage, writeImage } from './images.js';
import { readInvitations, readPending, releaseWaiting, writeOutcome } from './invitations.js';
import { loadState } from './load-state.js';
import { migrate } from './migrations.js';
import { erasePerson, eraseTraces, tracesOf } from './person.js';
import { prune } from './prune.js';
import { readJournal, readRun, readRuns, writeRun } from './runs.js';
import { endLease, raiseFence, renewLease, takeLease, writeLedger } from './scopes.js';
import type { SqlPool } from './sql-pool.js';

/** Options of a {@link PostgresStore}. */
export interface PostgresStoreOptions {
  /** Your own pool: a `pg.Pool`, or a PGlite. The store never ends it. */
  readonly pool: SqlPool;
  /**
   * The schema that holds the tables: small letters, digits and `_`.
   *
   * @default 'rosterkit'
   */
  readonly schema?: string;
  /**
   * The host's roles that a policy may name.
   *
   * @default [], which allows any
   */
  readonly roles?: readonly string[];
  /**
   * The host's sites that a policy may name.
   *
   * @default [], which allows any
   */
  readonly sites?: readonly string[];
}

/**
 * A store in PostgreSQL 15 or later, or in PGlite. A batch is one transaction and a handful of statements, however many
 * changes it has. Row-level security keeps the tenants apart a second time; a superuser is exempt from it, so give the
 * pool a role of its own.
 *
 * Every method throws a StoreError where the database fails; the driver's error is its cause.
 *
 * @example
 * ```ts
 * import { PostgresStore } from 'rosterkit/postgres';
 * import type { SqlPool } from 'rosterkit/postgres';
 *
 * async function openStore(pool: SqlPool): Promise<PostgresStore> {
 *   const store = new PostgresStore({ pool });
 *   await store.migrate();
 *   return store;
 * }
 * ```
 */
export class PostgresStore implements RosterStore, ImageStore {
  readonly #database: Database;
  readonly #schema: string;
  readonly #roles: readonly string[];
  readonly #sites: readonly string[];

  /** @throws ConfigurationError where the pool can't run a transaction, or the schema's name is not a plain one */
  constructor(options: PostgresStoreOptions) {
    const { pool, schema = 'rosterkit', roles = [], sites = [] } = options;
    if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
      throw new ConfigurationError('schema', 'must be small letters, digits and _, at most 63, not a digit first');
    }
    if (!('connect' in pool) && !('transaction' in pool)) {
      throw new ConfigurationError('pool', 'must have a method connect (pg.Pool) or transaction (PGlite)');
    }
    this.#database = new Database(pool, schema);
    this.#schema = schema;
    this.#roles = roles;
    this.#sites = sites;
  }

  /**
   * Makes the tables, or brings them to this package's version. Call it at every start: it does nothing where nothing
   * is to be done, and of many processes one works while the others wait.
   *
   * @throws StoreError where the tables are of a newer version
   */
  async migrate(): Promise<void> {
    await migrate(this.#database, this.#schema);
  }

  /** The records of the scope's tenant as arrays, all as of one moment, in the order of {@link LocalState}. */
  load(scope: Scope, options: { readonly signal?: AbortSignal } = {}): Promise<LocalState> {
    return this.#in(scope, 'load', (session) => loadState(session, scope, options.signal), READ_AT_ONE_MOMENT);
  }

  apply(batch: Batch): Promise<BatchResult> {
    return this.#in(batch.scope, 'apply', (session) => applyBatch(session, batch));
  }

  roles(): Promise<readonly string[]> {
    return Promise.resolve(this.#roles);
  }

  sites(): Promise<readonly string[]> {
    return Promise.resolve(this.#sites);
  }

  erasePerson(scope: Scope, userId: string): Promise<void> {
    return this.#in(scope, 'erasePerson', (session) => erasePerson(session, scope.tenant, userId));
  }

  async lease(scope: Scope, options: LeaseOptions): Promise<Lease> {
    const fence = await this.#in(scope, 'lease', (session) => takeLease(session, scope, options));
    return {
      scope,
      holder: options.holder,
      fence,
      renew: async () => {
        const goesOn = await this.#in(scope, 'renew', (session) => renewLease(session, scope, fence, options.ttlMs));
        if (goesOn) return;
        throw new StoreConflictError('renew: the lease was lost or released; stop this run', { operation: 'renew' });
      },
      release: () => this.#in(scope, 'release', (session) => endLease(session, scope, fence)),
    };
  }

  saveLedger(scope: Scope, ledger: Ledger, fence?: number): Promise<void> {
    return this.#in(scope, 'saveLedger', async (session) => {
      await raiseFence(session, scope, fence, 'saveLedger');
      await writeLedger(session, scope, ledger);
    });
  }

  saveRun(report: RunReport): Promise<void> {
    return this.#in(report.scope, 'saveRun', (session) => writeRun(session, report));
  }

  run(scope: Scope, runId: string): Promise<RunReport | undefined> {
    return this.#in(scope, 'run', (session) => readRun(session, scope, runId));
  }

  /** The runs of exactly this scope, the newest first. */
  runs(scope: Scope, options: { readonly limit?: number } = {}): Promise<readonly RunReport[]> {
    return this.#in(scope, 'runs', (session) => readRuns(session, scope, options.limit));
  }

  journal(scope: Scope, runId: string): Promise<readonly JournalEntry[]> {
    return this.#in(scope, 'journal', (session) => readJournal(session, scope, runId));
  }

  releaseWaiting(scope: Scope): Promise<void> {
    return this.#in(scope, 'releaseWaiting', (session) => releaseWaiting(session, scope));
  }

  pendingMessages(scope: Scope, options: { readonly limit: number }): Promise<readonly OutboxMessage[]> {
    return this.#in(scope, 'pendingMessages', (session) => readPending(session, scope, options.limit));
  }

  saveMessage(
    scope: Scope,
    idempotencyKey: string,
    outcome: { readonly state: OutboxMessage['state']; readonly attempts: number },
  ): Promise<void> {
    return this.#in(scope, 'saveMessage', (session) => writeOutcome(session, scope.tenant, idempotencyKey, outcome));
  }

  invitations(scope: Scope): Promise<readonly Invitation[]> {
    return this.#in(scope, 'invitations', (session) => readInvitations(session, scope.tenant));
  }

  tracesOf(scope: Scope, person: PersonIds): Promise<PersonTraces> {
    return this.#in(scope, 'tracesOf', (session) => tracesOf(session, scope, person), READ_AT_ONE_MOMENT);
  }

  eraseTraces(scope: Scope, person: PersonIds): Promise<void> {
    return this.#in(scope, 'eraseTraces', (session) => eraseTraces(session, scope, person));
  }

  prune(scope: Scope, before: PruneBefore): Promise<void> {
    return this.#in(scope, 'prune', (session) => prune(session, scope.tenant, before));
  }

  image(scope: Scope): Promise<RosterImage | undefined> {
    return this.#in(scope, 'image', (session) => readImage(session, scope), READ_AT_ONE_MOMENT);
  }

  saveImage(scope: Scope, roster: Roster, fence?: number): Promise<void> {
    return this.#in(scope, 'saveImage', (session) => writeImage(session, scope, roster, fence));
  }

  extendImage(scope: Scope, changes: RosterChanges, fence?: number): Promise<void> {
    return this.#in(scope, 'extendImage', (session) => extendImage(session, scope, changes, fence));
  }

  #in<T>(scope: Scope, operation: string, work: (session: Session) => Promise<T>, mode?: string): Promise<T> {
    return this.#database.transaction(operation, scope.tenant, work, mode);
  }
}

const READ_AT_ONE_MOMENT = 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY';
