import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PostgresStore, type SqlPool } from '../../src/adapters/postgres/index.js';
import { CONNECTION, hasServer } from '../support/database-server.js';

const scope = { tenant: 'district-1' };

describe.skipIf(!(await hasServer()))('a transaction in which a process says nothing any more', () => {
  const schema = `rosterkit_idle_${String(process.pid)}`;
  const database = new Pool({ connectionString: CONNECTION });

  beforeAll(() => new PostgresStore({ pool: database, schema }).migrate());

  afterAll(async () => {
    await database.query(`DROP SCHEMA ${schema} CASCADE`);
    await database.end();
  });

  /** How long the server waits in each transaction of the work. */
  async function limitsOf(settings: string, work: (store: PostgresStore) => Promise<unknown>): Promise<Set<unknown>> {
    const limits = new Set<unknown>();
    const own = new Pool({ connectionString: CONNECTION, options: settings });
    const pool: SqlPool = {
      connect: async () => {
        const client = await own.connect();
        return {
          query: async (text, values) => {
            if (text === 'COMMIT') {
              const { rows } = await client.query<Record<string, unknown>>('SHOW idle_in_transaction_session_timeout');
              limits.add(rows[0]?.['idle_in_transaction_session_timeout']);
            }
            return client.query<Record<string, unknown>>(text, values);
          },
          release: (destroy) => client.release(destroy),
        };
      },
    };
    await work(new PostgresStore({ pool, schema }));
    await own.end();
    return limits;
  }

  const write = (store: PostgresStore): Promise<unknown> =>
    store.lease(scope, { holder: 'run-1', ttlMs: 1 }).then((lease) => lease.release());

  test('is ended after a minute where it writes, so that its rows do not stay locked', async () => {
    expect(await limitsOf('', write)).toEqual(new Set(['1min']));
  });

  test('is ended when the host says so, where the host says it', async () => {
    expect(await limitsOf('-c idle_in_transaction_session_timeout=5000', write)).toEqual(new Set(['5s']));
  });

  test('may take as long as it likes where it only reads: whoever reads a stream may be slow', async () => {
    expect(await limitsOf('', (store) => store.load(scope))).toEqual(new Set(['0']));
  });
});
