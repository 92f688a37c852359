import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PGlite } from '@electric-sql/pglite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCatalog } from '../../src/adapters/postgres/catalog.js';
import { Database } from '../../src/adapters/postgres/database.js';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import { makeTables } from '../../src/adapters/postgres/migrate.js';
import { StoreError } from '../../src/errors.js';
import { batchOf, createClass, createUser, stateOf } from '../../src/testing/contracts/store/changes.js';
import { withPGlite } from '../support/pglite.js';

let database: PGlite;

withPGlite((made) => {
  database = made;
});

test('what is expected of the tables is what the migrations make', async () => {
  const schema = 'expected';
  const catalog = await new Database({ pool: database, schema }).once('test', async (session) => {
    await makeTables(session, schema, ['directory', 'journal']);
    return readCatalog(session, schema);
  });
  const written = [...catalog].map(([table, lines]) => [table, ...lines.map((line) => `  ${line}`)].join('\n'));
  const file = fileURLToPath(new URL('../../src/adapters/postgres/expected-tables.ts', import.meta.url));
  const text = readFileSync(file, 'utf8').replace(/`\n[^`]*`;/, () => `\`\n${written.join('\n\n')}\n\`;`);
  await expect(text).toMatchFileSnapshot(file);
});

describe('tables that are no longer as they were made', () => {
  const schema = 'drifted';
  const store = () => new PostgresStore({ pool: database, schema });

  beforeEach(async () => {
    await store().migrate();
  });
  afterEach(async () => {
    await database.exec(`DROP SCHEMA ${schema} CASCADE; DROP ROLE IF EXISTS reader`);
  });

  test.each<[what: string, statements: string, words: string]>([
    [
      'a column that is gone',
      'ALTER TABLE drifted.classes DROP COLUMN fields',
      'classes: "column fields jsonb NOT NULL" is missing',
    ],
    [
      'a column of another type',
      'ALTER TABLE drifted.runs ALTER COLUMN report TYPE jsonb',
      'runs: "column report json NOT NULL" is now "column report jsonb NOT NULL"',
    ],
    [
      'a column that compares otherwise',
      'ALTER TABLE drifted.journal ALTER COLUMN key TYPE text COLLATE "default"',
      'journal: "column key text COLLATE "C" NOT NULL" is now "column key text NOT NULL"',
    ],
    [
      'a column that may be empty',
      'ALTER TABLE drifted.users ALTER COLUMN version DROP NOT NULL',
      'users: "column version integer NOT NULL" is now "column version integer"',
    ],
    [
      'a column that counts no longer',
      'ALTER TABLE drifted.outbox ALTER COLUMN position DROP IDENTITY',
      'outbox: "column "position" bigint NOT NULL GENERATED ALWAYS AS IDENTITY" is now "column "position" bigint NOT NULL"',
    ],
    [
      'a primary key that is gone',
      'ALTER TABLE drifted.images DROP CONSTRAINT images_pkey',
      'images: "PRIMARY KEY (tenant, scope_key, "position")" is missing',
    ],
    [
      'a primary key that forgets the tenant',
      'ALTER TABLE drifted.invitations DROP CONSTRAINT invitations_pkey; ALTER TABLE drifted.invitations ADD PRIMARY KEY (id)',
      'invitations: "PRIMARY KEY (tenant, user_id, kind, address_digest)" is now "PRIMARY KEY (id)"',
    ],
    [
      'a sourcedId that may come twice',
      'ALTER TABLE drifted.users DROP CONSTRAINT users_tenant_sourced_id_key',
      'users: "UNIQUE (tenant, sourced_id)" is missing',
    ],
    [
      'members that may be of no class',
      'ALTER TABLE drifted.enrollments DROP CONSTRAINT enrollments_tenant_class_id_fkey',
      'enrollments: "FOREIGN KEY (tenant, class_id) REFERENCES classes(tenant, id) ON DELETE CASCADE" is missing',
    ],
    [
      'row level security that is off',
      'ALTER TABLE drifted.outbox DISABLE ROW LEVEL SECURITY',
      'outbox: "row level security enabled" is missing',
    ],
    [
      'row level security that spares the owner',
      'ALTER TABLE drifted.outbox NO FORCE ROW LEVEL SECURITY',
      'outbox: "row level security forced" is missing',
    ],
    [
      'a policy that is gone',
      'DROP POLICY own_tenant ON drifted.schools',
      `schools: "policy own_tenant permissive for all to public using (tenant = ( SELECT NULLIF(current_setting('rosterkit.tenant'::text, true), ''::text) AS "nullif"))" is missing`,
    ],
    [
      'a policy that lets everything through',
      'ALTER POLICY own_tenant ON drifted.schools USING (true)',
      'is now "policy own_tenant permissive for all to public using true"',
    ],
    [
      'a policy beside it',
      'CREATE ROLE reader; CREATE POLICY "all of it" ON drifted.scopes FOR SELECT TO reader USING (true)',
      'scopes: "policy "all of it" permissive for select to reader using true" lets more rows through',
    ],
    ['a table that is gone', 'DROP TABLE drifted.images', 'the table images is missing'],
  ])('%s is named', async (_, statements, words) => {
    await database.exec(statements);
    const failure: unknown = await store()
      .migrate()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreError);
    expect(failure).toMatchObject({ operation: 'migrate', isRetryable: false });
    expect(String(failure)).toContain(words);
    expect(String(failure)).toMatch(/: migrate: the tables are not as this version made them: /);
  });

  test('are told whole, and nothing of their rows is', async () => {
    await store().apply(batchOf({ tenant: 'Hidden' }, [createClass('Hidden', 'Hidden')]));
    await database.exec('ALTER TABLE drifted.classes DROP COLUMN version; DROP TABLE drifted.images');
    const failure: unknown = await store()
      .migrate()
      .catch((error: unknown) => error);
    expect(String(failure)).toContain(
      'classes: "column version integer NOT NULL" is missing; the table images is missing.',
    );
    expect(String(failure)).not.toContain('Hidden');
  });

  test('are no drift where the host added something of its own', async () => {
    await database.exec(`
      ALTER TABLE drifted.users ADD COLUMN locker integer DEFAULT 7;
      CREATE INDEX ON drifted.users (locker);
      ALTER TABLE drifted.users ADD CHECK (locker > 0);
      ALTER TABLE drifted.classes ADD CONSTRAINT own UNIQUE (tenant, id, version);
      CREATE TABLE drifted.lockers (id integer PRIMARY KEY);
      CREATE POLICY more ON drifted.users AS RESTRICTIVE USING (true);
      ALTER TABLE drifted.users RENAME CONSTRAINT users_pkey TO people;
      DROP INDEX drifted.enrollments_tenant_user_id_idx`);
    await store().migrate();
    const scope = { tenant: 't' };
    await store().apply(batchOf(scope, [createUser('u1')]));
    expect((await stateOf(store(), scope)).users).toHaveLength(1);
  });

  test('are no drift for a host whose search path, or whose schema, is unusual', async () => {
    await database.exec('SET search_path = drifted, public');
    try {
      await store().migrate();
    } finally {
      await database.exec('RESET search_path');
    }
    const schema = 'select';
    await new PostgresStore({ pool: database, schema }).migrate();
    await new PostgresStore({ pool: database, schema }).migrate();
    await database.exec('DROP SCHEMA "select" CASCADE');
  });
});
