/**
 * `rosterkit/postgres`: a store in PostgreSQL or PGlite that keeps the records, the journal, the leases and the outbox
 * in one database, and writes each batch in one transaction. The pool is your own; no driver comes along.
 *
 * @module
 */

export type { MigrateOptions } from './migrations.js';
export type { PostgresPreflight } from './preflight.js';
export { PostgresStore } from './postgres-store.js';
export type { PostgresStoreOptions } from './postgres-store.js';
export type { SqlClient, SqlConnection, SqlConnectionPool, SqlPool, SqlTransactionPool } from './sql-pool.js';
