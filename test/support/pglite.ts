import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll } from 'vitest';

/** Makes a PGlite for the tests of a file, or of a `describe`: `use` is handed it before them, and it is closed after. */
export function withPGlite(use: (database: PGlite) => Promise<void> | void): void {
  let database: PGlite | undefined;

  beforeAll(async () => {
    database = await PGlite.create();
    await use(database);
  }, 60_000);

  afterAll(async () => {
    await database?.close();
  });
}
