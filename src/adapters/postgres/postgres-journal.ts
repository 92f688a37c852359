import { StoreConflictError } from '../../errors.js';
import { checkOptionNames } from '../../internal/options.js';
import { emptyLedger } from '../../model/index.js';
import type { JournalEntry, Ledger, PersonIds, Roster, RosterChanges, Scope } from '../../model/index.js';
import type {
  Attempt,
  AuditEntry,
  AuditOptions,
  Batch,
  BatchResult,
  Connection,
  ConnectionStore,
  CredentialStore,
  ClaimOptions,
  DeliveryProblem,
  Holder,
  ImageStore,
  Invitation,
  InvitationWrite,
  JournalStore,
  Lease,
  LeaseOptions,
  MessageOutcome,
  OutboxMessage,
  PersonTraces,
  PruneBefore,
  RosterImage,
  RunReport,
  SaveRunOptions,
} from '../../ports/index.js';
import { countAttempt } from './attempts.js';
import { readAudit, writeAudit } from './audit.js';
import { readConnections, writeConnection } from './connections.js';
import { readCredentialNames, readCredentials, removeCredentials, writeCredentials } from './credentials.js';
import { Database, READ_AT_ONE_MOMENT } from './database.js';
import type { Session } from './database.js';
import { extendImage, readImage, writeImage } from './images.js';
import { readInvitationByCode, readInvitations, writeInvitation } from './invitations.js';
import { migrate } from './migrate.js';
import type { MigrateOptions } from './migrate.js';
import { claimMessages, readMessage, releaseWaiting, writeOutcome } from './outbox.js';
import { deleteProblems, readProblems, writeProblem } from './problems.js';
import { prune } from './prune.js';
import { preflight } from './preflight.js';
import type { PostgresPreflight } from './preflight.js';
import { checkWriter, recordBatch } from './record-batch.js';
import type { BatchWriter } from './record-batch.js';
import { readJournal, readRun, readRuns, writeRun } from './runs.js';
import { endLease, raiseFence, readHolder, readLedger, renewLease, takeLease, writeLedger } from './scopes.js';
import type { SqlClient, SqlPool } from './sql-pool.js';
import { eraseTraces, tracesOf } from './traces.js';

/** Options of a {@link PostgresJournal}. */
export interface PostgresJournalOptions {
  /** Your own pool: a `pg.Pool`, or a PGlite. It is never ended. */
  readonly pool: SqlPool;
  /**
   * The schema that holds the tables: small letters, digits and `_`.
   *
   * @default 'rosterkit'
   */
  readonly schema?: string;
}

/** In whose transaction something is done. */
export interface TransactionOptions {
  /**
   * A transaction of your own, which you commit: a client of `pg` that has sent `BEGIN`, PGlite's transaction, or anything
   * that runs a statement of your ORM's. The database is the one that holds the tables.
   *
   * @default a transaction of the pool's, committed at the end
   */
  readonly client?: SqlClient;
}

/**
 * The journal half of a store, in PostgreSQL 15 or later, or in PGlite, for a host whose people and classes are in tables of
 * its own in the same database: leases, ledger, runs, journal, decisions, invitations, tries of codes, outbox, the image of
 * incremental syncs, sealed credentials and connections.
 * What the host adds is the directory half: `load`, `roles`, `sites`, and an `apply` that {@link PostgresJournal.record}
 * makes one transaction with the journal.
 *
 * Every method throws a StoreError where the database fails; the driver's error is its cause.
 *
 * @example
 * ```ts
 * import { PostgresJournal, type SqlPool, type WrittenRecord } from 'rosterkit/postgres';
 * import type { Batch, BatchResult } from 'rosterkit';
 *
 * async function apply(pool: SqlPool, batch: Batch): Promise<BatchResult> {
 *   return new PostgresJournal({ pool }).record(batch, {
 *     write: async (changes, client) => {
 *       const written = new Map<string, WrittenRecord>();
 *       for (const { kind, key, target, after, version } of changes) {
 *         if (kind !== 'school-update' || after === null) continue;
 *         const { rows } = await client.query(
 *           'UPDATE sites SET title = $2, version = version + 1 WHERE roster_id = $1 AND version = $3 RETURNING id, version',
 *           [target.sourcedId, after.name, version],
 *         );
 *         for (const row of rows) written.set(key, { recordId: String(row['id']), version: Number(row['version']) });
 *       }
 *       return written;
 *     },
 *     people: async () => [],
 *   });
 * }
 * ```
 */
export class PostgresJournal implements JournalStore, ImageStore, CredentialStore, ConnectionStore {
  readonly #database: Database;

  /** @throws ConfigurationError where the pool can't run a transaction, or the schema's name is not a plain one */
  constructor(options: PostgresJournalOptions) {
    checkOptionNames(options, ['pool', 'schema']);
    this.#database = new Database(options);
  }

  /**
   * Makes the tables of the journal half, or brings them to this package's version. Call it at every start: it does nothing
   * where nothing is to be done, and of many processes one works while the others wait. All of it is one transaction. A role
   * that may not make tables can call it, too, where they are there already.
   *
   * @throws ConfigurationError where `grantTo` names no role of the database
   * @throws StoreError where the tables are of a newer version, or are not as this version made them: it names what is
   *   missing or different. Columns, indexes and tables that you added are your own.
   */
  async migrate(options: MigrateOptions = {}): Promise<void> {
    await migrate(this.#database, ['journal'], options);
  }

  /**
   * Looks at the role of the pool and at the tables, and says what is wrong: whether row-level security applies to the
   * role, whether it may do what the store does, and whether the tables are as this version made them. Reads the catalog
   * alone and writes nothing; no sync depends on it.
   *
   * @example
   * ```ts
   * import type { PostgresJournal } from 'rosterkit/postgres';
   *
   * export async function isSafe(journal: PostgresJournal): Promise<boolean> {
   *   const { isIsolated, findings } = await journal.preflight();
   *   for (const { severity, message } of findings) console.log(severity, message);
   *   return isIsolated;
   * }
   * ```
   */
  async preflight(): Promise<PostgresPreflight> {
    const { schema } = this.#database;
    return this.#database.once('preflight', (session) => preflight(session, schema, ['journal']));
  }

  /**
   * Records a batch: raises the fence, lets `writer` write the changes that no earlier delivery of the batch applied, and
   * adds journal, invitations, outbox and revocations, all in one transaction. Of the same batch in many hands at once, one
   * after the other comes to the writer.
   *
   * A transaction of the pool's that loses to another one is tried up to three times, and the writer with it. In a
   * transaction of your own (`client`) nothing is tried again, and after an error there is nothing to do but roll back.
   *
   * @returns the answer of `apply`
   * @throws StoreConflictError where a newer lease has been given for the scope
   * @throws StoreError where the writer names a key that it was not given
   * @throws ConfigurationError where `client` is in no transaction, or `writer` lacks one of its functions
   */
  async record(batch: Batch, writer: BatchWriter, options: TransactionOptions = {}): Promise<BatchResult> {
    checkOptionNames(options, ['client']);
    checkWriter(writer);
    return this.#in(batch.scope, 'apply', (session) => recordBatch(session, batch, writer), options);
  }

  /**
   * Reads as of one moment: for a `load` of your own. The transaction writes nothing, and ends with `work`.
   *
   * @example
   * ```ts
   * import type { PostgresJournal } from 'rosterkit/postgres';
   * import type { LocalState, Scope } from 'rosterkit';
   *
   * function load(journal: PostgresJournal, scope: Scope): Promise<LocalState> {
   *   return journal.snapshot(scope, async (client, ledger) => {
   *     const { rows } = await client.query('SELECT id, roster_id, title, version FROM sites WHERE district = $1', [
   *       scope.tenant,
   *     ]);
   *     const schools = rows.map((row) => ({
   *       id: String(row['id']),
   *       sourcedId: String(row['roster_id']),
   *       name: String(row['title']),
   *       version: Number(row['version']),
   *       origin: 'roster' as const,
   *     }));
   *     return { scope, ledger, schools, classes: [], users: [], enrollments: [], guardianLinks: [] };
   *   });
   * }
   * ```
   */
  snapshot<T>(scope: Scope, work: (client: SqlClient, ledger: Ledger) => Promise<T>): Promise<T> {
    const read = async (session: Session) => work(session.client, (await readLedger(session, scope)) ?? emptyLedger);
    return this.#in(scope, 'load', read, { mode: READ_AT_ONE_MOMENT });
  }

  /**
   * Writes in one transaction of the pool's, and again where another one was in the way: for an `erasePerson` of your own.
   *
   * @example
   * ```ts
   * import type { PostgresJournal } from 'rosterkit/postgres';
   * import type { Scope } from 'rosterkit';
   *
   * function erasePerson(journal: PostgresJournal, { tenant }: Scope, userId: string): Promise<void> {
   *   return journal.transaction({ tenant }, async (client) => {
   *     await client.query('DELETE FROM places WHERE district = $1 AND account = $2', [tenant, userId]);
   *     await client.query('DELETE FROM accounts WHERE district = $1 AND id = $2', [tenant, userId]);
   *   });
   * }
   * ```
   */
  transaction<T>(scope: Scope, work: (client: SqlClient) => Promise<T>): Promise<T> {
    return this.#in(scope, 'transaction', (session) => work(session.client));
  }

  /**
   * What is remembered for the scope, {@link emptyLedger} where there is nothing. A `load` in a transaction of your own
   * reads it by the same `client`, as of the same moment as the records.
   *
   * @throws ConfigurationError where `client` is in no transaction
   */
  async ledger(scope: Scope, options: TransactionOptions = {}): Promise<Ledger> {
    checkOptionNames(options, ['client']);
    return (await this.#in(scope, 'ledger', (session) => readLedger(session, scope), options)) ?? emptyLedger;
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

  holder(scope: Scope): Promise<Holder | undefined> {
    return this.#in(scope, 'holder', (session) => readHolder(session, scope));
  }

  saveLedger(scope: Scope, ledger: Ledger, fence?: number): Promise<void> {
    return this.#in(scope, 'saveLedger', async (session) => {
      await raiseFence(session, scope, fence, 'saveLedger');
      await writeLedger(session, scope, ledger);
    });
  }

  saveRun(report: RunReport, options?: SaveRunOptions): Promise<void> {
    return this.#in(report.scope, 'saveRun', (session) => writeRun(session, report, options));
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

  claimMessages(scope: Scope, options: ClaimOptions): Promise<readonly OutboxMessage[]> {
    return this.#in(scope, 'claimMessages', (session) => claimMessages(session, scope, options));
  }

  saveMessage(scope: Scope, idempotencyKey: string, outcome: MessageOutcome): Promise<boolean> {
    return this.#in(scope, 'saveMessage', (session) => writeOutcome(session, scope.tenant, idempotencyKey, outcome));
  }

  message(scope: Scope, idempotencyKey: string): Promise<OutboxMessage | undefined> {
    return this.#in(scope, 'message', (session) => readMessage(session, scope.tenant, idempotencyKey));
  }

  saveProblem(scope: Scope, problem: DeliveryProblem): Promise<void> {
    return this.#in(scope, 'saveProblem', (session) => writeProblem(session, scope.tenant, problem));
  }

  problems(scope: Scope, options: { readonly userIds?: readonly string[] } = {}): Promise<readonly DeliveryProblem[]> {
    return this.#in(scope, 'problems', (session) => readProblems(session, scope.tenant, options.userIds));
  }

  forgetProblems(scope: Scope, userIds: readonly string[]): Promise<void> {
    return this.#in(scope, 'forgetProblems', (session) => deleteProblems(session, scope.tenant, userIds));
  }

  invitations(scope: Scope, options: { readonly userIds?: readonly string[] } = {}): Promise<readonly Invitation[]> {
    return this.#in(scope, 'invitations', (session) => readInvitations(session, scope.tenant, options.userIds));
  }

  invitationByCode(scope: Scope, codeDigest: string): Promise<Invitation | undefined> {
    return this.#in(scope, 'invitationByCode', (session) => readInvitationByCode(session, scope.tenant, codeDigest));
  }

  saveInvitation(scope: Scope, write: InvitationWrite): Promise<boolean> {
    return this.#in(scope, 'saveInvitation', (session) => writeInvitation(session, scope, write));
  }

  countAttempt(scope: Scope, attempt: Attempt): Promise<number> {
    return this.#in(scope, 'countAttempt', (session) => countAttempt(session, scope.tenant, attempt));
  }

  saveAudit(scope: Scope, entry: AuditEntry): Promise<void> {
    return this.#in(scope, 'saveAudit', (session) => writeAudit(session, scope.tenant, entry));
  }

  audit(scope: Scope, options: AuditOptions = {}): Promise<readonly AuditEntry[]> {
    return this.#in(scope, 'audit', (session) => readAudit(session, scope.tenant, options));
  }

  tracesOf(scope: Scope, person: PersonIds): Promise<PersonTraces> {
    return this.#in(scope, 'tracesOf', (session) => tracesOf(session, scope, person), { mode: READ_AT_ONE_MOMENT });
  }

  eraseTraces(scope: Scope, person: PersonIds): Promise<void> {
    return this.#in(scope, 'eraseTraces', (session) => eraseTraces(session, scope, person));
  }

  prune(scope: Scope, before: PruneBefore): Promise<void> {
    return this.#in(scope, 'prune', (session) => prune(session, scope.tenant, before));
  }

  image(scope: Scope): Promise<RosterImage | undefined> {
    return this.#in(scope, 'image', (session) => readImage(session, scope), { mode: READ_AT_ONE_MOMENT });
  }

  saveImage(scope: Scope, roster: Roster, fence?: number): Promise<void> {
    return this.#in(scope, 'saveImage', (session) => writeImage(session, scope, roster, fence));
  }

  extendImage(scope: Scope, changes: RosterChanges, fence?: number): Promise<void> {
    return this.#in(scope, 'extendImage', (session) => extendImage(session, scope, changes, fence));
  }

  credentials(scope: Scope, name: string): Promise<string | undefined> {
    return this.#in(scope, 'credentials', (session) => readCredentials(session, scope.tenant, name));
  }

  credentialNames(scope: Scope): Promise<readonly string[]> {
    return this.#in(scope, 'credentialNames', (session) => readCredentialNames(session, scope.tenant));
  }

  saveCredentials(
    scope: Scope,
    name: string,
    sealed: string,
    options: { readonly replaces?: string | undefined } = {},
  ): Promise<boolean> {
    return this.#in(scope, 'saveCredentials', (session) =>
      writeCredentials(session, scope.tenant, name, sealed, options.replaces),
    );
  }

  deleteCredentials(scope: Scope, name: string): Promise<void> {
    return this.#in(scope, 'deleteCredentials', (session) => removeCredentials(session, scope.tenant, name));
  }

  connections(scope: Scope): Promise<readonly Connection[]> {
    return this.#in(scope, 'connections', (session) => readConnections(session, scope.tenant));
  }

  saveConnection(scope: Scope, connection: Connection, decision?: AuditEntry): Promise<boolean> {
    return this.#in(scope, 'saveConnection', (session) => writeConnection(session, scope.tenant, connection, decision));
  }

  #in<T>(
    scope: Scope,
    operation: string,
    work: (session: Session) => Promise<T>,
    { client, mode }: TransactionOptions & { readonly mode?: string } = {},
  ): Promise<T> {
    if (client !== undefined) return this.#database.within(operation, scope.tenant, client, work);
    return this.#database.transaction(operation, scope.tenant, work, mode);
  }
}
