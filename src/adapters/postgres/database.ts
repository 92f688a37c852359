import { RosterError, StoreError } from '../../errors.js';
import type { SqlClient, SqlPool } from './sql-pool.js';

/** A row as the driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** A transaction that runs: every statement of it sees one tenant only. */
export interface Session {
  /** The name of a table, with its schema, as SQL. */
  table(name: string): string;
  query(text: string, values?: unknown[]): Promise<readonly Row[]>;
}

/**
 * SQLSTATEs after which the same transaction is worth another try, because another one was in its way: serialization
 * failure, deadlock, and a unique or foreign key that the other one has just written or taken away.
 */
const IN_THE_WAY = ['40001', '40P01', '23505', '23503'];
const ATTEMPTS = 3;

/** The seam between the store and the driver: transactions, the tenant of each, and errors that quote nothing. */
export class Database {
  constructor(
    private readonly pool: SqlPool,
    private readonly schema: string,
  ) {}

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
          await session.query(`SELECT set_config('rosterkit.tenant', $1, true)`, [tenant]);
          return work(session);
        });
      } catch (error) {
        if (attempt === ATTEMPTS || !isInTheWay(error)) throw error;
      }
    }
  }

  /** Runs the work in a transaction that belongs to no tenant. */
  once<T>(operation: string, work: (session: Session) => Promise<T>): Promise<T> {
    const run = (client: SqlClient): Promise<T> => work(sessionOf(client, this.schema, operation));
    return 'transaction' in this.pool
      ? withTransaction(this.pool.transaction.bind(this.pool), operation, run)
      : withConnection(this.pool.connect.bind(this.pool), operation, run);
  }
}

type Connect = Extract<SqlPool, { connect: unknown }>['connect'];
type Transaction = Extract<SqlPool, { transaction: unknown }>['transaction'];

async function withConnection<T>(
  connect: Connect,
  operation: string,
  run: (client: SqlClient) => Promise<T>,
): Promise<T> {
  const connection = await driven(operation, () => connect());
  let isBroken = false;
  try {
    await driven(operation, () => connection.query('BEGIN'));
    const result = await run(connection);
    await driven(operation, () => connection.query('COMMIT'));
    return result;
  } catch (error) {
    await connection.query('ROLLBACK').catch(() => {
      isBroken = true;
    });
    throw error;
  } finally {
    connection.release(isBroken);
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

function sessionOf(client: SqlClient, schema: string, operation: string): Session {
  return {
    table: (name) => `"${schema}"."${name}"`,
    query: async (text, values) => (await driven(operation, () => client.query(text, values))).rows,
  };
}

async function driven<T>(operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeError(operation, error);
  }
}

/** The driver's words may quote a value: they stay in the cause, and only the SQLSTATE is told. */
function storeError(operation: string, cause: unknown): StoreError {
  const code = sqlState(cause);
  const told = code === undefined ? 'the database could not be reached or gave no code' : `the database said ${code}`;
  return new StoreError(`${operation}: ${told}; the cause holds the driver's error`, { operation, cause });
}

function isInTheWay(error: unknown): boolean {
  if (!RosterError.isInstance(error)) return false;
  const code = sqlState(error.cause);
  return code !== undefined && IN_THE_WAY.includes(code);
}

/** The SQLSTATE of a driver's error, where it has one. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}
