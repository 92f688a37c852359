import { checkOptionNames } from '../../internal/options.js';
import type { LocalRead, LocalState, Scope } from '../../model/index.js';
import type { Batch, BatchResult, RosterStore } from '../../ports/index.js';
import { Database, sessionOf } from './database.js';
import type { Session } from './database.js';
import { erasePerson } from './erase-person.js';
import { presentIds } from './find-ids.js';
import { loadState } from './load-state.js';
import { migrate } from './migrate.js';
import type { MigrateOptions } from './migrate.js';
import { PostgresJournal } from './postgres-journal.js';
import type { PostgresJournalOptions } from './postgres-journal.js';
import { preflight } from './preflight.js';
import type { PostgresPreflight } from './preflight.js';
import type { SqlClient } from './sql-pool.js';
import { streamState } from './stream-state.js';
import { writeChanges } from './write-changes.js';

/** Options of a {@link PostgresStore}. */
export interface PostgresStoreOptions extends PostgresJournalOptions {
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
 * A store in PostgreSQL 15 or later, or in PGlite: a {@link PostgresJournal} with a directory half beside it. A batch is one
 * transaction and a handful of statements, however many changes it has. Row-level security keeps the tenants apart a second
 * time; a superuser is exempt from it, so give the pool a role of its own.
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
export class PostgresStore extends PostgresJournal implements RosterStore {
  readonly #database: Database;
  readonly #roles: readonly string[];
  readonly #sites: readonly string[];

  /** @throws ConfigurationError where the pool can't run a transaction, or the schema's name is not a plain one */
  constructor(options: PostgresStoreOptions) {
    checkOptionNames(options, ['pool', 'schema', 'roles', 'sites']);
    const { roles = [], sites = [], ...place } = options;
    super(place);
    this.#database = new Database(place);
    this.#roles = roles;
    this.#sites = sites;
  }

  /**
   * Makes the tables, or brings them to this package's version. Call it at every start: it does nothing where nothing
   * is to be done, and of many processes one works while the others wait. All of it is one transaction. A role that may
   * not make tables can call it, too, where they are there already.
   *
   * @throws ConfigurationError where `grantTo` names no role of the database
   * @throws StoreError where the tables are of a newer version, or are not as this version made them: it names what is
   *   missing or different. Columns, indexes and tables that you added are your own.
   * @example
   * ```ts
   * import { PostgresStore } from 'rosterkit/postgres';
   * import type { SqlPool } from 'rosterkit/postgres';
   *
   * export async function deploy(ownersPool: SqlPool): Promise<void> {
   *   await new PostgresStore({ pool: ownersPool }).migrate({ grantTo: 'school_app' });
   * }
   * ```
   */
  override async migrate(options: MigrateOptions = {}): Promise<void> {
    await migrate(this.#database, ['directory', 'journal'], options);
  }

  override async preflight(): Promise<PostgresPreflight> {
    const { schema } = this.#database;
    return this.#database.once('preflight', (session) => preflight(session, schema, ['directory', 'journal']));
  }

  /** The records of the scope's tenant as arrays, all as of one moment, in the order of {@link LocalState}. */
  load(scope: Scope, options: { readonly signal?: AbortSignal } = {}): Promise<LocalState> {
    return this.snapshot(scope, (client, ledger) =>
      loadState(this.#session(client, 'load'), scope, ledger, options.signal),
    );
  }

  /**
   * Runs `work` with the records as streams in the order of their ids, all as of one moment: for a tenant that is too large
   * for memory. Each collection may be read several times until `work` ends, and other calls of the store go on meanwhile.
   *
   * The database keeps the results in its temporary files until then, and a connection of the pool is lent for it. It takes
   * a connection that is the same from statement to statement: PgBouncer has to pool sessions.
   *
   * @returns what `work` returns
   * @throws StoreError where a collection is read after `work` has ended
   * @example
   * ```ts
   * import { definePolicy, reconcileStreams, type Plan, type RosterRead } from 'rosterkit';
   * import type { PostgresStore } from 'rosterkit/postgres';
   *
   * export function planLarge(store: PostgresStore, roster: RosterRead, signal: AbortSignal): Promise<Plan> {
   *   return store.stream(
   *     roster.scope,
   *     (local) => reconcileStreams({ roster, local, policy: definePolicy({}), now: new Date(), signal }),
   *     { signal },
   *   );
   * }
   * ```
   */
  async stream<T>(
    scope: Scope,
    work: (local: LocalRead) => Promise<T>,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<T> {
    checkOptionNames(options, ['signal']);
    return streamState(this.#database, scope, work, options.signal);
  }

  apply(batch: Batch): Promise<BatchResult> {
    const { tenant } = batch.scope;
    return this.record(batch, {
      write: async (changes, client) => {
        const written = await writeChanges(this.#session(client, 'apply'), tenant, changes);
        return new Map([...written].map(([{ key }, record]) => [key, record]));
      },
      people: (ids, client) => presentIds(this.#session(client, 'apply'), tenant, 'users', ids),
    });
  }

  roles(): Promise<readonly string[]> {
    return Promise.resolve(this.#roles);
  }

  sites(): Promise<readonly string[]> {
    return Promise.resolve(this.#sites);
  }

  erasePerson(scope: Scope, userId: string): Promise<void> {
    const { tenant } = scope;
    return this.#database.transaction('erasePerson', tenant, (session) => erasePerson(session, tenant, userId));
  }

  #session(client: SqlClient, operation: string): Session {
    return sessionOf(client, this.#database.schema, operation);
  }
}
