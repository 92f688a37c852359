/**
 * `rosterkit/postgres`: a store in PostgreSQL or PGlite that keeps the records, the journal, the leases and the outbox
 * in one database, and writes each batch in one transaction; and its journal half by itself, for hosts with tables of
 * their own. The pool is your own; no driver comes along.
 *
 * @module
 */

export { PostgresJournal } from './postgres-journal.js';
export type { PostgresJournalOptions, TransactionOptions } from './postgres-journal.js';
export type { BatchWriter, WrittenRecord } from './record-batch.js';
export { PostgresStore } from './postgres-store.js';
export type { PostgresStoreOptions } from './postgres-store.js';
export type { SqlClient, SqlConnection, SqlConnectionPool, SqlPool, SqlTransactionPool } from './sql-pool.js';
