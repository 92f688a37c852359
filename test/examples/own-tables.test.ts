import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../../src/model/index.js';
import { imageContract, storeContract } from '../../src/testing/index.js';
import { SchoolStore } from '../../examples/own-tables/school-store.js';
import { SCHEMA } from '../../examples/own-tables/tables.js';
import { breakingPool } from '../adapters/postgres-places.js';
import { agingIn } from '../support/aging.js';
import { keepsContract } from '../support/contract.js';
import { CONNECTION, hasServer } from '../support/database-server.js';

describe('on PGlite', () => {
  let database: PGlite;
  let store: SchoolStore;

  beforeAll(async () => {
    database = await PGlite.create();
    await database.exec(SCHEMA);
    store = new SchoolStore(database);
    await store.migrate();
  }, 60_000);

  afterAll(async () => {
    await database.close();
  });

  const age = (scope: Scope, ms: number) =>
    agingIn((text, values) => database.query(text, values), 'rosterkit')(scope, ms);

  /** The same store, over a database that breaks when it has carried out so many statements. */
  const breakingAfter = (statements: number): SchoolStore => new SchoolStore(breakingPool(database, statements));

  keepsContract(
    'a store over the app’s own tables',
    storeContract(() => ({ store, age, breakingAfter })),
  );
  keepsContract(
    'the image beside the app’s own tables',
    imageContract(() => ({ store, age })),
  );

  test('what the app writes by itself is the app’s own, and counts as a write', async () => {
    const scope = { tenant: 'app' };
    await database.query("INSERT INTO groups (district, id, title) VALUES ('app', 'chess', 'Chess')");
    await database.query("UPDATE groups SET title = 'Chess club' WHERE district = 'app'");
    const { classes } = await store.load(scope);
    expect(classes).toEqual([{ id: 'chess', name: 'Chess club', origin: 'local', state: 'active', version: 2 }]);
  });
});

const PLACE = `rosterkit_own_${String(process.pid)}`;
// The app's statements name no schema: they find their tables by the search path.
const server = new Pool({
  connectionString: CONNECTION,
  connectionTimeoutMillis: 5_000,
  options: `-c search_path=${PLACE}`,
});

describe.skipIf(!(await hasServer()))('on a server', () => {
  let store: SchoolStore;

  beforeAll(async () => {
    await server.query(`CREATE SCHEMA ${PLACE}`);
    await server.query(SCHEMA);
    store = new SchoolStore(server, PLACE);
    await store.migrate();
  });

  afterAll(async () => {
    await server.query(`DROP SCHEMA ${PLACE} CASCADE`);
    await server.end();
  });

  keepsContract(
    'a store over the app’s own tables',
    storeContract(() => ({ store, age: agingIn((text, values) => server.query(text, values), PLACE) })),
  );
});

test('the example syncs a district into the app’s tables, and takes a week back', { timeout: 120_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'examples/own-tables.ts'], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
  });
  const active = [...stdout.matchAll(/^ {2}(\w+) +(\d+) active/gm)].map(([, table, count]) => `${table} ${count}`);
  const [before, first, week, undone] = [0, 1, 2, 3].map((nth) => active.filter((_, at) => timeOf(active, at) === nth));
  expect(before).toEqual(['groups 1', 'accounts 1', 'group_members 1']);
  expect(first).toHaveLength(4);
  expect(week).not.toEqual(first);
  expect(undone).toEqual(first);
  expect(stdout).toMatch(/^ +\d+ {2}enrollment-remove$/m);
  expect(stdout).toMatch(/is still “.* with Ida”/u);
});

/** How often the tables were shown before this line. */
function timeOf(lines: readonly string[], at: number): number {
  return lines.slice(0, at + 1).filter((line) => line.startsWith('groups')).length - 1;
}
