import { StoreError } from '../../errors.js';
import type { Database, Session } from './database.js';
import { number } from './rows.js';

/** A half of a store: its tables have versions of their own. */
export type Half = 'directory' | 'journal';

/** The statements of each version of a half's tables, in order. A version that was published is never edited. */
const MIGRATIONS: Readonly<Record<Half, readonly ((schema: string) => readonly string[])[]>> = {
  directory: [recordTables],
  journal: [journalTables, rosterImages],
};

/**
 * Brings the tables of these halves to this version. It may be called at every start, and by many processes at once: one
 * works, the others wait for it.
 */
export async function migrate(database: Database, halves: readonly Half[]): Promise<void> {
  const { schema } = database;
  await database.once('migrate', async (session) => {
    await session.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`rosterkit:${schema}`]);
    // IF NOT EXISTS would ask for the right to create schemas even where the schema is there.
    const schemas = await session.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
    if (schemas.length === 0) await session.query(`CREATE SCHEMA "${schema}"`);
    await session.query(
      `CREATE TABLE IF NOT EXISTS ${session.table('schema_version')} (half text NOT NULL, version integer NOT NULL)`,
    );
    for (const half of halves) await migrateHalf(session, schema, half);
  });
}

async function migrateHalf(session: Session, schema: string, half: Half): Promise<void> {
  const migrations = MIGRATIONS[half];
  const [row] = await session.query(
    `SELECT max(version) AS version FROM ${session.table('schema_version')} WHERE half = $1`,
    [half],
  );
  const present = row === undefined ? 0 : number(row, 'version');
  if (present > migrations.length) {
    throw new StoreError(
      `migrate: the tables of the ${half} have version ${String(present)} and this package knows ` +
        `${String(migrations.length)}; use the newer package that made them`,
      { operation: 'migrate' },
    );
  }
  for (const [index, statements] of migrations.entries()) {
    if (index < present) continue;
    for (const statement of statements(`"${schema}"`)) await session.query(statement);
    await session.query(`INSERT INTO ${session.table('schema_version')} VALUES ($1, $2)`, [half, index + 1]);
  }
}

/**
 * Ids compare by bytes (`COLLATE "C"`): they are opaque, and no locale may take two of them for one. The names of
 * classes are not unique: two sections of one school may well share a name.
 */
function recordTables(schema: string): readonly string[] {
  const id = 'text COLLATE "C"';
  const records = ['schools', 'classes', 'users'].map(
    (table) => `CREATE TABLE ${schema}.${table} (
      tenant ${id} NOT NULL,
      id ${id} NOT NULL,
      sourced_id ${id},
      version integer NOT NULL,
      fields jsonb NOT NULL,
      PRIMARY KEY (tenant, id),
      UNIQUE (tenant, sourced_id)
    )`,
  );
  const tables = [
    ...records,
    `CREATE TABLE ${schema}.enrollments (
      tenant ${id} NOT NULL,
      id ${id} NOT NULL,
      class_id ${id} NOT NULL,
      user_id ${id} NOT NULL,
      version integer NOT NULL,
      fields jsonb NOT NULL,
      PRIMARY KEY (tenant, id),
      UNIQUE (tenant, class_id, user_id),
      FOREIGN KEY (tenant, class_id) REFERENCES ${schema}.classes ON DELETE CASCADE,
      FOREIGN KEY (tenant, user_id) REFERENCES ${schema}.users ON DELETE CASCADE
    )`,
    `CREATE INDEX ON ${schema}.enrollments (tenant, user_id)`,
    `CREATE TABLE ${schema}.guardian_links (
      tenant ${id} NOT NULL,
      id ${id} NOT NULL,
      guardian_id ${id} NOT NULL,
      student_id ${id} NOT NULL,
      version integer NOT NULL,
      fields jsonb NOT NULL,
      PRIMARY KEY (tenant, id),
      UNIQUE (tenant, guardian_id, student_id),
      FOREIGN KEY (tenant, guardian_id) REFERENCES ${schema}.users ON DELETE CASCADE,
      FOREIGN KEY (tenant, student_id) REFERENCES ${schema}.users ON DELETE CASCADE
    )`,
    `CREATE INDEX ON ${schema}.guardian_links (tenant, student_id)`,
  ];
  return [...tables, ...RECORD_TABLES.flatMap((table) => isolation(schema, table))];
}

/** What no statement looks into is `json`: it is written with less work than `jsonb`, and comes back as it was. */
function journalTables(schema: string): readonly string[] {
  const id = 'text COLLATE "C"';
  const tables = [
    `CREATE TABLE ${schema}.scopes (
      tenant ${id} NOT NULL,
      scope_key ${id} NOT NULL,
      fence integer NOT NULL,
      holder text,
      since timestamptz,
      expires_at timestamptz,
      ledger json,
      PRIMARY KEY (tenant, scope_key)
    )`,
    `CREATE TABLE ${schema}.runs (
      tenant ${id} NOT NULL,
      id ${id} NOT NULL,
      scope_key ${id} NOT NULL,
      position bigint GENERATED ALWAYS AS IDENTITY,
      started_at ${id} NOT NULL,
      report json NOT NULL,
      PRIMARY KEY (tenant, id)
    )`,
    `CREATE INDEX ON ${schema}.runs (tenant, scope_key, started_at DESC, position DESC)`,
    `CREATE TABLE ${schema}.journal (
      tenant ${id} NOT NULL,
      run_id ${id} NOT NULL,
      sequence integer NOT NULL,
      key ${id} NOT NULL,
      record_id text NOT NULL,
      version integer,
      applied_at text NOT NULL,
      change json NOT NULL,
      PRIMARY KEY (tenant, run_id, key)
    )`,
    // Partial, so that no look for a key goes through it: until the planner knows how long a run is, one index seems to it as
    // good as the other.
    `CREATE UNIQUE INDEX ON ${schema}.journal (tenant, run_id, sequence) WHERE sequence >= 0`,
    `CREATE TABLE ${schema}.invitations (
      tenant ${id} NOT NULL,
      id ${id} NOT NULL,
      position bigint GENERATED ALWAYS AS IDENTITY,
      user_id ${id} NOT NULL,
      kind text NOT NULL,
      address_digest text NOT NULL,
      code_digest text NOT NULL,
      state text NOT NULL,
      created_at text NOT NULL,
      expires_at text NOT NULL,
      PRIMARY KEY (tenant, user_id, kind, address_digest)
    )`,
    `CREATE TABLE ${schema}.outbox (
      tenant ${id} NOT NULL,
      idempotency_key ${id} NOT NULL,
      position bigint GENERATED ALWAYS AS IDENTITY,
      scope_key ${id} NOT NULL,
      channel text NOT NULL,
      state text NOT NULL,
      attempts integer NOT NULL,
      not_before ${id},
      claimed_by text,
      claimed_until timestamptz,
      user_id ${id},
      message jsonb NOT NULL,
      PRIMARY KEY (tenant, idempotency_key)
    )`,
    `CREATE INDEX ON ${schema}.outbox (tenant, scope_key, position) WHERE state IN ('waiting', 'pending')`,
    `CREATE INDEX ON ${schema}.outbox (tenant, user_id)`,
    `CREATE TABLE ${schema}.delivery_problems (
      tenant ${id} NOT NULL,
      user_id ${id} NOT NULL,
      address_digest text NOT NULL,
      position bigint GENERATED ALWAYS AS IDENTITY,
      channel text NOT NULL,
      reason text NOT NULL,
      status text,
      at text NOT NULL,
      PRIMARY KEY (tenant, user_id, address_digest)
    )`,
  ];
  return [...tables, ...JOURNAL_TABLES.flatMap((table) => isolation(schema, table))];
}

/** What was read of a district so far, in parts; in the order of `position`. */
function rosterImages(schema: string): readonly string[] {
  return [
    `CREATE TABLE ${schema}.images (
      tenant text COLLATE "C" NOT NULL,
      scope_key text COLLATE "C" NOT NULL,
      position bigint GENERATED ALWAYS AS IDENTITY,
      part json NOT NULL,
      PRIMARY KEY (tenant, scope_key, position)
    )`,
    ...isolation(schema, 'images'),
  ];
}

const RECORD_TABLES = ['schools', 'classes', 'users', 'enrollments', 'guardian_links'];
const JOURNAL_TABLES = ['scopes', 'runs', 'journal', 'invitations', 'outbox', 'delivery_problems'];

/**
 * A second lock on the door: also a statement that forgets the tenant sees the rows of its transaction's tenant only. The
 * setting is read once for a statement, and the planner does not look at it (`TENANT`).
 */
function isolation(schema: string, table: string): readonly string[] {
  return [
    `ALTER TABLE ${schema}.${table} ENABLE ROW LEVEL SECURITY`,
    `ALTER TABLE ${schema}.${table} FORCE ROW LEVEL SECURITY`,
    `CREATE POLICY own_tenant ON ${schema}.${table} USING (tenant = (SELECT current_setting('rosterkit.tenant', true)))`,
  ];
}
