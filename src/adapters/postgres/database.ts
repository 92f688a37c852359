import { ConfigurationError, RosterError, StoreError } from '../../errors.js';
import type { SqlClient, SqlPool } from './sql-pool.js';

/** A row as the driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** A transaction that runs: every statement of it sees one tenant only. */
export interface Session {
  /** The name of a table, with its schema, as SQL. */
  table(name: string): string;
  query(text: string, values?: unknown[]): Promise<readonly Row[]>;
  /** The same statements as a host writes them: failures are StoreErrors here, too. */
  readonly client: SqlClient;
}

/** One connection, for as long as a work takes. */
export interface Connected {
  /** A statement by itself. */
  query(text: string, values?: unknown[]): Promise<readonly Row[]>;
  /** A transaction of the tenant's, in this mode. */
  transaction<T>(tenant: string, mode: string, work: (session: Session) => Promise<T>): Promise<T>;
}

/**
 * SQLSTATEs after which the same transaction is worth another try, because another one was in its way: serialization
 * failure, deadlock, and a unique or foreign key that the other one has just written or taken away.
 */
const IN_THE_WAY = ['40001', '40P01', '23505', '23503'];
const ATTEMPTS = 3;

const IDLE_LIMIT = 'idle_in_transaction_session_timeout';

/** The mode of a transaction that reads everything as of one moment. */
export const READ_AT_ONE_MOMENT = 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY';

/** The seam between the store and the driver: transactions, the tenant of each, and errors that quote nothing. */
export class Database {
  readonly schema: string;
  private readonly pool: SqlPool;

  /** @throws ConfigurationError where the pool can't run a transaction, or the schema's name is not a plain one */
  constructor({ pool, schema = 'rosterkit' }: { readonly pool: SqlPool; readonly schema?: string }) {
    if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
      throw new ConfigurationError('schema', 'must be small letters, digits and _, at most 63, not a digit first');
    }
    const given = Object(pool) as SqlPool;
    if (!('connect' in given) && !('transaction' in given)) {
      throw new ConfigurationError('pool', 'must have a method connect (pg.Pool) or transaction (PGlite)');
    }
    this.pool = pool;
    this.schema = schema;
  }

  /** Runs the work in a transaction of the tenant's, and again where another transaction was in its way. */
  async transaction<T>(
    operation: string,
    tenant: string,
    work: (session: Session) => Promise<T>,
    mode?: string,
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(operation, async (session) => {
          if (mode !== undefined) await session.query(mode);
          await enter(session, tenant, mode === undefined);
          return work(session);
        });
      } catch (error) {
        if (attempt === ATTEMPTS || !isInTheWay(error)) throw error;
      }
    }
  }

  /**
   * Runs the work in a transaction of the caller's own, which the caller commits.
   *
   * @throws ConfigurationError naming `client` where no transaction has begun
   */
  async within<T>(
    operation: string,
    tenant: string,
    client: SqlClient,
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    const session = sessionOf(client, this.schema, operation);
    await enter(session, tenant);
    // What is set for a transaction is gone at the next statement where there is none.
    const [row] = await session.query(`SELECT current_setting('rosterkit.tenant', true) AS tenant`);
    if (row?.['tenant'] !== tenant)
      throw new ConfigurationError('client', 'must be in a transaction: send BEGIN first');
    return work(session);
  }

  /** Runs the work in a transaction that belongs to no tenant. */
  once<T>(operation: string, work: (session: Session) => Promise<T>): Promise<T> {
    const run = (client: SqlClient): Promise<T> => work(sessionOf(client, this.schema, operation));
    if ('transaction' in this.pool) return withTransaction(this.pool.transaction.bind(this.pool), operation, run);
    return lent(this.pool.connect.bind(this.pool), operation, (connection, giveUp) =>
      inTransaction(connection, operation, giveUp, run),
    );
  }

  /** Runs the work with one connection: what a transaction leaves in its session is there for the statements after it. */
  connected<T>(operation: string, work: (connected: Connected) => Promise<T>): Promise<T> {
    const { pool, schema } = this;
    const tenants =
      <R>(tenant: string, mode: string, run: (session: Session) => Promise<R>) =>
      async (client: SqlClient): Promise<R> => {
        const session = sessionOf(client, schema, operation);
        await session.query(mode);
        await enter(session, tenant);
        return run(session);
      };
    if ('transaction' in pool) {
      const transaction = pool.transaction.bind(pool);
      return work({
        query: (text, values) =>
          withTransaction(transaction, operation, (client) => sessionOf(client, schema, operation).query(text, values)),
        transaction: (tenant, mode, run) => withTransaction(transaction, operation, tenants(tenant, mode, run)),
      });
    }
    return lent(pool.connect.bind(pool), operation, (connection, giveUp) =>
      work({
        query: (text, values) =>
          sessionOf(connection, schema, operation)
            .query(text, values)
            .catch((error: unknown) => {
              giveUp();
              throw error;
            }),
        transaction: (tenant, mode, run) => inTransaction(connection, operation, giveUp, tenants(tenant, mode, run)),
      }),
    );
  }
}

/**
 * Makes the transaction one of the tenant's. One that writes is ended by the server where its process says nothing for a
 * minute: a process that sleeps, or whose machine is gone, would keep its rows, and with them the scope, from everybody
 * else. A shorter time of the host's own stays.
 */
async function enter(session: Session, tenant: string, isWriting = false): Promise<void> {
  const limit = isWriting
    ? `, CASE current_setting('${IDLE_LIMIT}') WHEN '0' THEN set_config('${IDLE_LIMIT}', '60s', true) END`
    : '';
  await session.query(`SELECT set_config('rosterkit.tenant', $1, true)${limit}`, [tenant]);
}

type Connect = Extract<SqlPool, { connect: unknown }>['connect'];
type Transaction = Extract<SqlPool, { transaction: unknown }>['transaction'];

/** Lends a connection to the work, and gives it back. One that is given up is closed instead. */
async function lent<T>(
  connect: Connect,
  operation: string,
  work: (connection: SqlClient, giveUp: () => void) => Promise<T>,
): Promise<T> {
  const connection = await driven(operation, () => connect());
  let isBroken = false;
  const giveUp = (): void => {
    isBroken = true;
  };
  // Also between two statements: the next one fails, and tells.
  connection.on?.('error', giveUp);
  try {
    return await work(connection, giveUp);
  } finally {
    connection.off?.('error', giveUp);
    connection.release(isBroken);
  }
}

async function inTransaction<T>(
  connection: SqlClient,
  operation: string,
  giveUp: () => void,
  run: (client: SqlClient) => Promise<T>,
): Promise<T> {
  try {
    await driven(operation, () => connection.query('BEGIN'));
    const result = await run(connection);
    await driven(operation, () => connection.query('COMMIT'));
    return result;
  } catch (error) {
    await connection.query('ROLLBACK').catch(giveUp);
    throw error;
  }
}

async function withTransaction<T>(
  transaction: Transaction,
  operation: string,
  run: (client: SqlClient) => Promise<T>,
): Promise<T> {
  let ours: { readonly error: unknown } | undefined;
  try {
    return await transaction(async (client) => {
      try {
        return await run(client);
      } catch (error) {
        ours = { error };
        throw error;
      }
    });
  } catch (error) {
    if (ours !== undefined) throw ours.error;
    throw storeError(operation, error);
  }
}

/** The statements of a client, in the words of the store: failures are StoreErrors. */
export function sessionOf(client: SqlClient, schema: string, operation: string): Session {
  const told: SqlClient = { query: (text, values) => driven(operation, () => client.query(text, values)) };
  return {
    table: (name) => `"${schema}"."${name}"`,
    query: async (text, values) => (await told.query(text, values)).rows,
    client: told,
  };
}

async function driven<T>(operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // A writer's client is a session's: what it threw is told already.
    if (RosterError.isInstance(error)) throw error;
    throw storeError(operation, error);
  }
}

/** The driver's words may quote a value: they stay in the cause, and only the SQLSTATE is told. */
function storeError(operation: string, cause: unknown): StoreError {
  const code = sqlState(cause);
  const told = code === undefined ? 'the database could not be reached or gave no code' : `the database said ${code}`;
  return new StoreError(`${operation}: ${told}; the cause holds the driver's error`, {
    operation,
    cause,
    isRetryable: isPassing(cause),
  });
}

/** SQLSTATEs of a server that is out of reach, going, coming, has no connection left, or ended one that slept. */
const PASSING = /^(08...|57P01|57P02|57P03|53300|25P03)$/;

/** Whether another try may well succeed: the connection broke or was refused, or another transaction was in the way. */
function isPassing(cause: unknown): boolean {
  const code = sqlState(cause);
  if (code !== undefined) return PASSING.test(code) || IN_THE_WAY.includes(code);
  // A driver's own mistake comes again; what it says of the network has no SQLSTATE.
  return cause instanceof Error && !(cause instanceof TypeError) && !(cause instanceof RangeError);
}

function isInTheWay(error: unknown): boolean {
  if (!RosterError.isInstance(error)) return false;
  const code = sqlState(error.cause);
  return code !== undefined && IN_THE_WAY.includes(code);
}

/** The SQLSTATE of a driver's error, where it has one. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  // Some words of the operating system are as long, such as EPIPE.
  if ('syscall' in error) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}
