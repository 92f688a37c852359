import type { Pool, PoolClient } from 'pg';

/** A row as the database has it. */
export type Row = Readonly<Record<string, unknown>>;

/** Everything that a tenant has, by table. */
export type Tables = Readonly<Record<string, readonly Row[]>>;

/** Tables in an order in which each may be filled. */
const FIRST = ['schools', 'classes', 'users'];

interface Columns {
  readonly table: string;
  readonly columns: readonly string[];
}

/** The tables of a schema, and what stands in them for one tenant. */
export class SchemaTables {
  private constructor(
    private readonly database: Pool,
    private readonly schema: string,
    private readonly tables: readonly Columns[],
  ) {}

  static async of(database: Pool, schema: string): Promise<SchemaTables> {
    const { rows } = await database.query<{ table: string; columns: string[] }>(
      `SELECT table_name AS "table", array_agg(column_name::text) AS columns
       FROM information_schema.columns WHERE table_schema = $1 AND is_identity = 'NO' AND is_generated = 'NEVER'
       GROUP BY table_name HAVING bool_or(column_name = 'tenant') ORDER BY table_name`,
      [schema],
    );
    const rank = ({ table }: Columns): number => (FIRST.includes(table) ? FIRST.indexOf(table) : FIRST.length);
    return new SchemaTables(
      database,
      schema,
      rows.sort((left, right) => rank(left) - rank(right)),
    );
  }

  /** What a tenant has at one moment. */
  async read(tenant: string): Promise<Tables> {
    return this.#inTransaction('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY', async (client) => {
      const found: Record<string, readonly Row[]> = {};
      for (const { table, columns } of this.tables) {
        const names = columns.map((column) => `"${column}"`).join(', ');
        const { rows } = await client.query<Row>(`SELECT ${names} FROM ${this.schema}.${table} WHERE tenant = $1`, [
          tenant,
        ]);
        found[table] = rows;
      }
      return found;
    });
  }

  /** Gives a new tenant everything that another one has. */
  async copy(from: string, to: string): Promise<void> {
    await this.#inTransaction('BEGIN', async (client) => {
      for (const { table, columns } of this.tables) {
        const names = columns.map((column) => `"${column}"`).join(', ');
        const values = columns.map((column) => (column === 'tenant' ? '$2' : `"${column}"`)).join(', ');
        const own = `${this.schema}.${table}`;
        await client.query(`INSERT INTO ${own} (${names}) SELECT ${values} FROM ${own} WHERE tenant = $1`, [from, to]);
      }
    });
  }

  /** Ends the leases of a tenant and the claims on its messages, as their time would. */
  async expireLeases(tenant: string): Promise<void> {
    await this.database.query(
      `UPDATE ${this.schema}.scopes SET expires_at = clock_timestamp() WHERE tenant = $1 AND holder IS NOT NULL`,
      [tenant],
    );
    await this.database.query(
      `UPDATE ${this.schema}.outbox SET claimed_until = clock_timestamp() WHERE tenant = $1 AND claimed_until IS NOT NULL`,
      [tenant],
    );
  }

  /** Until the server has noticed that no process of this name is there any more. */
  async forgotten(applicationName: string): Promise<void> {
    for (;;) {
      const { rows } = await this.database.query('SELECT FROM pg_stat_activity WHERE application_name = $1', [
        applicationName,
      ]);
      if (rows.length === 0) return;
    }
  }

  async #inTransaction<T>(begin: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.database.connect();
    try {
      await client.query(begin);
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } finally {
      client.release(true);
    }
  }
}
