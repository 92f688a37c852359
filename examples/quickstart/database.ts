/** Where the quickstart keeps its state: PGlite, which is PostgreSQL in this process, in a folder on disk. */

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PostgresStore } from 'rosterkit/postgres';
import { working } from './screen.js';

export interface Database {
  readonly store: PostgresStore;
  readonly folder: string;
  close(): Promise<void>;
}

/** Opens the database of this name; a `fresh` one begins empty. */
export async function openDatabase(name: string, options: { readonly fresh?: boolean } = {}): Promise<Database> {
  const folder = join('.rosterkit', name);
  return working(`Opening the embedded database in ${folder}`, async () => {
    if (options.fresh === true) await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const pool = await PGlite.create(folder);
    const store = new PostgresStore({ pool });
    await store.migrate();
    return { store, folder, close: () => pool.close() };
  });
}
