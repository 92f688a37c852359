import { Pool } from 'pg';

/** Where the server is, and as whom the tests prepare it. */
export const CONNECTION = process.env['ROSTERKIT_TEST_DATABASE'] ?? 'postgres://postgres@127.0.0.1:5432/test';

/** Whether there is a server. Where the tests are a gate it must be there; elsewhere its tests are skipped, and that is told. */
export async function hasServer(): Promise<boolean> {
  if (process.env['CI'] === 'true') return true;
  const pool = new Pool({ connectionString: CONNECTION, connectionTimeoutMillis: 5_000 });
  const answers = await pool.query('SELECT 1').then(
    () => true,
    () => false,
  );
  await pool.end();
  if (!answers) console.warn('PostgreSQL is not reachable: the tests on a server are skipped.');
  return answers;
}
