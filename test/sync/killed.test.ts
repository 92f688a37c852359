import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import { isEximInstalled, type MailServer, startMailServer } from '../adapters/exim.js';
import { programFolder } from '../support/programs.js';
import { KilledImports } from './killed/imports.js';
import { FolderPost, ServerPost } from './killed/post.js';
import { SchemaTables } from './killed/tables.js';
import { Workers } from './killed/workers.js';

/** How many processes are killed, and at which moments: the same seed kills at the same statements. */
const RUNS = Number(process.env['KILL_RUNS'] ?? 20);
const SEED = Number(process.env['KILL_SEED'] ?? 1);

const CONNECTION = process.env['ROSTERKIT_TEST_DATABASE'] ?? 'postgres://postgres@127.0.0.1:5432/test';
const SCHEMA = `rosterkit_killed_${String(process.pid)}`;

const database = new Pool({ connectionString: CONNECTION, connectionTimeoutMillis: 5_000 });
const isReachable = await database.query('SELECT 1').then(
  () => true,
  () => false,
);
const isRequired = process.env['CI'] === 'true';
if (!isReachable && !isRequired) console.warn('PostgreSQL is not reachable: no process is killed.');
const hasMailServer = isEximInstalled || isRequired;
if (!hasMailServer)
  console.warn('Exim is not installed: the processes that are killed write their letters into files.');

describe.skipIf(!isReachable && !isRequired)('a process that is killed in the middle of a run', () => {
  let folder: string;
  let workers: Workers;
  let tables: SchemaTables;
  let server: MailServer | undefined;

  beforeAll(async () => {
    await mkdir(programFolder('killed'), { recursive: true });
    folder = await mkdtemp(path.join(programFolder('killed'), 'run-'));
    await new PostgresStore({ pool: database, schema: SCHEMA }).migrate();
    tables = await SchemaTables.of(database, SCHEMA);
    workers = await Workers.build(folder, CONNECTION, SCHEMA);
    server = hasMailServer ? await startMailServer() : undefined;
  }, 120_000);

  afterAll(async () => {
    await workers.stop();
    await server?.stop();
    await database.query(`DROP SCHEMA ${SCHEMA} CASCADE`);
    await database.end();
    await rm(folder, { recursive: true, force: true });
  });

  test(
    `leaves no half batch and no letter unsent, and its successor ends where an undisturbed run does (${String(RUNS)} kills, KILL_SEED=${String(SEED)})`,
    async () => {
      const post = server === undefined ? new FolderPost(folder) : new ServerPost(server);
      const imports = await KilledImports.of({ workers, tables, post, seed: SEED, shareOfLetters: 0.3 });
      await imports.withKills(RUNS);
      if (!(post instanceof ServerPost)) return;
      console.log(`Letters that came twice: ${String(post.hangingCount)} of ${String(RUNS)} kills.`);
      expect(post.hangingCount, 'some die between the answer and its transaction').toBeGreaterThan(0);
    },
    60_000 + RUNS * 5_000,
  );
});
