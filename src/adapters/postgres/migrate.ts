import { StoreError } from '../../errors.js';
import { checkOptionNames } from '../../internal/options.js';
import { readCatalog } from './catalog.js';
import { sqlState } from './database.js';
import type { Database, Session } from './database.js';
import { driftOf } from './drift.js';
import { expectedTables } from './expected-tables.js';
import { checkRole, grantTo, VERSION_TABLE } from './grants.js';
import { MIGRATIONS } from './migrations.js';
import type { Half } from './migrations.js';
import { number } from './rows.js';

/** What `migrate` does besides. */
export interface MigrateOptions {
  /**
   * Lets this role of the database work with the tables: read and write rows, and nothing else. For a pool of the
   * application that is not the one that makes the tables.
   *
   * @default nobody, beside the role that makes them
   */
  readonly grantTo?: string;
}

/** Which version the tables of a half have. */
export type Versions = Readonly<Record<Half, number>>;

/** The versions of the tables that this package works with. */
export const LATEST_VERSIONS: Versions = {
  directory: MIGRATIONS.directory.length,
  journal: MIGRATIONS.journal.length,
};

/**
 * Brings the tables of these halves to this version. It may be called at every start, and by many processes at once: one
 * works, the others wait for it.
 */
export async function migrate(database: Database, halves: readonly Half[], options: MigrateOptions): Promise<void> {
  checkOptionNames(options, ['grantTo']);
  const { grantTo: role } = options;
  if (role !== undefined) checkRole('grantTo', role);
  const { schema } = database;
  await database.once('migrate', async (session) => {
    // After the wait for the lock each statement has to see what the others did, whatever the host's default is.
    await session.query('SET TRANSACTION ISOLATION LEVEL READ COMMITTED');
    await session.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`rosterkit:${schema}`]);
    const present = await presentVersions(session, schema);
    const newer = halves.find((half) => present[half] > LATEST_VERSIONS[half]);
    if (newer !== undefined) {
      throw new StoreError(
        `migrate: the tables of the ${newer} have version ${String(present[newer])} and this package knows ` +
          `${String(LATEST_VERSIONS[newer])}; use the newer package that made them`,
        { operation: 'migrate' },
      );
    }
    const isOlder = halves.some((half) => present[half] < LATEST_VERSIONS[half]);
    if (isOlder) await makeTables(session, schema, halves).catch(explained);
    await refuseDrift(session, schema, halves);
    if (role !== undefined) await grantTo(session, schema, [...expectedTables(halves).keys()], role);
  });
}

/** The versions of the tables; 0 where there are none. */
export async function presentVersions(session: Session, schema: string): Promise<Versions> {
  const versions = { directory: 0, journal: 0 };
  // The catalog is asked first: a statement that fails would end the transaction.
  if (!(await hasVersions(session, schema))) return versions;
  for (const half of ['directory', 'journal'] as const) {
    const [row] = await session.query(
      `SELECT max(version) AS version FROM ${session.table(VERSION_TABLE)} WHERE half = $1`,
      [half],
    );
    if (row !== undefined) versions[half] = number(row, 'version');
  }
  return versions;
}

async function hasVersions(session: Session, schema: string): Promise<boolean> {
  const tables = await session.query(
    `SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2`,
    [schema, VERSION_TABLE],
  );
  return tables.length > 0;
}

/** Makes what the versions of these halves added since. */
export async function makeTables(
  session: Session,
  schema: string,
  halves: readonly Half[],
  wanted: Versions = LATEST_VERSIONS,
): Promise<void> {
  // IF NOT EXISTS would ask for the right to create even where the schema or the table is there.
  const schemas = await session.query('SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1', [schema]);
  if (schemas.length === 0) await session.query(`CREATE SCHEMA "${schema}"`);
  const versions = session.table(VERSION_TABLE);
  if (!(await hasVersions(session, schema))) {
    await session.query(`CREATE TABLE ${versions} (half text NOT NULL, version integer NOT NULL)`);
  }
  const present = await presentVersions(session, schema);
  for (const half of halves) {
    for (const [index, statements] of MIGRATIONS[half].slice(0, wanted[half]).entries()) {
      if (index < present[half]) continue;
      for (const statement of statements(`"${schema}"`)) await session.query(statement);
      await session.query(`INSERT INTO ${versions} VALUES ($1, $2)`, [half, index + 1]);
    }
  }
}

/** INSUFFICIENT PRIVILEGE has one remedy here, and it is no retry. */
function explained(error: unknown): never {
  if (!StoreError.isInstance(error) || sqlState(error.cause) !== '42501') throw error;
  const message =
    "migrate: the pool's role may not make or change the tables; call migrate once as the role that owns them";
  throw new StoreError(message, { operation: 'migrate', cause: error.cause });
}

async function refuseDrift(session: Session, schema: string, halves: readonly Half[]): Promise<void> {
  const differences = driftOf(expectedTables(halves), await readCatalog(session, schema));
  if (differences.length === 0) return;
  throw new StoreError(
    `migrate: the tables are not as this version made them: ${differences.join('; ')}. ` +
      'Put back what is named, or restore a backup.',
    { operation: 'migrate' },
  );
}
