/** Where processes sync: a schema of PostgreSQL and a folder, both gone afterwards. */

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { Pool } from 'pg';
import { PostgresStore } from '../../../src/adapters/postgres/index.js';
import { CONNECTION } from '../../support/database-server.js';
import { programFolder } from '../../support/programs.js';
import { SchemaTables } from './tables.js';
import { WorkerProgram } from './workers.js';

/** What the tests of processes that sync have in common. */
export class Stage {
  private constructor(
    readonly database: Pool,
    readonly schema: string,
    readonly folder: string,
    readonly tables: SchemaTables,
    readonly program: WorkerProgram,
  ) {}

  /** The server ends a transaction in which nothing is said for `idleMs`. @default as the store has it */
  static async set(name: string, idleMs?: number): Promise<Stage> {
    await mkdir(programFolder(name), { recursive: true });
    const folder = await mkdtemp(path.join(programFolder(name), 'run-'));
    const schema = `rosterkit_${name}_${String(process.pid)}`;
    const database = new Pool({ connectionString: CONNECTION });
    await new PostgresStore({ pool: database, schema }).migrate();
    const tables = await SchemaTables.of(database, schema);
    const connection = new URL(CONNECTION);
    if (idleMs !== undefined) {
      connection.searchParams.set('options', `-c idle_in_transaction_session_timeout=${String(idleMs)}`);
    }
    const program = await WorkerProgram.build(folder, connection.href, schema);
    return new Stage(database, schema, folder, tables, program);
  }

  async clear(): Promise<void> {
    await this.database.query(`DROP SCHEMA ${this.schema} CASCADE`);
    await this.database.end();
    await rm(this.folder, { recursive: true, force: true });
  }
}
