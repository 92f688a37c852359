/** Something that runs one statement with `$1` parameters. */
export interface SqlClient {
  /** Runs one statement and answers with its rows. */
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
}

/** One connection of a pool, to be given back. */
export interface SqlConnection extends SqlClient {
  /** Gives the connection back; `true` closes it instead. */
  release(destroy?: boolean): void;
  /** Tells when the connection is lost. `pg` ends the process over a connection that nobody listens to. */
  on?(event: 'error', listener: (error: Error) => void): unknown;
  /** Stops listening. */
  off?(event: 'error', listener: (error: Error) => void): unknown;
}

/** A pool that lends connections: `Pool` of the package `pg` is one. */
export interface SqlConnectionPool {
  /** Lends a connection. */
  connect(): Promise<SqlConnection>;
}

/** A database that runs a transaction itself: PGlite of `@electric-sql/pglite` is one. */
export interface SqlTransactionPool {
  /** Runs `run` in a transaction, which is rolled back where it rejects. */
  transaction<T>(run: (client: SqlClient) => Promise<T>): Promise<T>;
}

/**
 * The database as a {@link PostgresStore} or a {@link PostgresJournal} needs it: your own `pg.Pool`, your own PGlite, or anything of either shape.
 * rosterkit brings no driver.
 */
export type SqlPool = SqlConnectionPool | SqlTransactionPool;
