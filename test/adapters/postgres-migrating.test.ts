import { mkdirSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Database } from '../../src/adapters/postgres/database.js';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import type { SqlPool } from '../../src/adapters/postgres/index.js';
import { LATEST_VERSIONS, makeTables } from '../../src/adapters/postgres/migrate.js';
import { StoreError } from '../../src/errors.js';
import { batchOf, createClass, stateOf } from '../../src/testing/contracts/store/changes.js';
import { programFolder, runProgram } from '../support/programs.js';
import { CONNECTION, hasServer } from '../support/database-server.js';
import { breakingPool, openServer, placesFor } from './postgres-places.js';
import type { Place } from './postgres-places.js';

// Each statement of a migration is the last of one.
vi.setConfig({ testTimeout: 180_000 });

/** What there is of the schema: every table and who may use it, and the versions. */
async function contentsOf(place: Place): Promise<unknown> {
  const { schema } = place;
  const tables = await place.admin(
    `SELECT c.relname::text AS name, c.relkind::text AS kind, c.relacl::text AS granted FROM pg_class c
     JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 ORDER BY 1`,
    [schema],
  );
  if (!tables.some(({ name }) => name === 'schema_version')) return { tables };
  return { tables, versions: await place.admin(`SELECT half, version FROM ${schema}.schema_version ORDER BY 1, 2`) };
}

describe.each(await placesFor('migrating'))('a migration on %s', (_, open) => {
  let place: Place;

  beforeAll(async () => {
    place = await open();
  }, 60_000);

  afterAll(async () => {
    await place.close();
  });

  const storeOver = (pool: SqlPool) => new PostgresStore({ pool, schema: place.schema });
  /** Breaks a migration off at each of its statements, and then lets it through. */
  const breakOffEverywhere = async (look: () => Promise<unknown>) => {
    const before = await look();
    let statements = 0;
    for (; statements < 200; statements += 1) {
      const outcome: unknown = await storeOver(breakingPool(place.owner, statements))
        .migrate({ grantTo: place.appRole })
        .catch((error: unknown) => error);
      if (outcome === undefined) return statements;
      expect(outcome).toBeInstanceOf(StoreError);
      expect(await look(), `after ${String(statements)} statements`).toEqual(before);
    }
    throw new Error('It never came to its end.');
  };

  test('that breaks off at any statement leaves nothing behind, and can be made again', async () => {
    const statements = await breakOffEverywhere(() => contentsOf(place));
    expect(statements).toBeGreaterThan(40);
    const store = storeOver(place.app);
    await store.apply(batchOf({ tenant: 't' }, [createClass('c1')]));
    expect((await store.preflight()).state).toBe('ready');
  });

  test('of older tables that breaks off leaves them as they were, with what is in them', async () => {
    const { schema, owner, ownerRole } = place;
    await place.admin(`DROP SCHEMA ${schema} CASCADE`);
    await place.admin(`CREATE SCHEMA ${schema} AUTHORIZATION ${ownerRole}`);
    await new Database({ pool: owner, schema }).once('test', (session) =>
      makeTables(session, schema, ['directory', 'journal'], { directory: 1, journal: 1 }),
    );
    await place.admin(
      `INSERT INTO ${schema}.classes VALUES ('t', 'class-1', 'c1', 1, '{"origin":"roster","name":"Kept","state":"active"}')`,
    );
    const rows = async () => place.admin(`SELECT * FROM ${schema}.classes`);
    const statements = await breakOffEverywhere(async () => [await contentsOf(place), await rows()]);
    expect(statements).toBeGreaterThan(10);
    const { classes } = await stateOf(storeOver(place.app), { tenant: 't' });
    expect(classes.map(({ name }) => name)).toEqual(['Kept']);
  });
});

describe.skipIf(!(await hasServer()))('migrations of several processes', () => {
  const folder = programFolder('migrating');
  let place: Place;

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    place = await openServer('processes');
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await place.close();
  });

  /** A program that migrates as the owner, and is killed with the statement of this number. */
  const program = (killedAt = -1) => `
    import pg from 'pg';
    import { PostgresStore } from 'rosterkit/postgres';
    const database = new pg.Pool({ connectionString: ${JSON.stringify(place.ownersConnection)} });
    let statements = 0;
    const pool = {
      connect: async () => {
        const client = await database.connect();
        return {
          query: (text, values) => {
            if (statements === ${String(killedAt)}) process.kill(process.pid, 'SIGKILL');
            statements += 1;
            return client.query(text, values);
          },
          release: (destroy) => client.release(destroy),
        };
      },
    };
    const store = new PostgresStore({ pool, schema: ${JSON.stringify(place.schema)} });
    await store.migrate({ grantTo: ${JSON.stringify(place.appRole)} });
    console.log((await store.preflight()).state);
    await database.end();`;

  const waiting = async () => {
    const [row] = await place.admin(
      `SELECT count(*)::integer AS waiting FROM pg_stat_activity
       WHERE usename = $1 AND wait_event_type = 'Lock' AND wait_event = 'advisory'`,
      [place.ownerRole],
    );
    return Number(row?.['waiting']);
  };

  test('one that is killed leaves nothing behind', async () => {
    const before = await contentsOf(place);
    for (const killedAt of [4, 20, 40]) {
      await expect(runProgram(folder, program(killedAt), 'killed')).rejects.toMatchObject({
        code: 128 + constants.signals.SIGKILL,
      });
      expect(await contentsOf(place)).toEqual(before);
    }
  });

  test('all at once make the tables once, whatever isolation the role is given', { timeout: 60_000 }, async () => {
    await place.admin(`ALTER ROLE ${place.ownerRole} SET default_transaction_isolation = 'repeatable read'`);
    const programs = await whileLocked(place, async () => {
      const running = [1, 2, 3, 4].map((number) => runProgram(folder, program(), `migrating-${String(number)}`));
      while ((await waiting()) < running.length) await new Promise((resolve) => setTimeout(resolve, 20));
      return running;
    });
    expect((await Promise.all(programs)).map((printed) => printed.trim())).toEqual(Array(4).fill('warning'));
    const { versions } = (await contentsOf(place)) as { readonly versions: readonly unknown[] };
    expect(versions).toEqual(
      Object.entries(LATEST_VERSIONS).flatMap(([half, latest]) =>
        Array.from({ length: latest }, (_, index) => ({ half, version: index + 1 })),
      ),
    );
  });
});

/** Does the work while nobody can migrate the place. */
async function whileLocked<T>(place: Place, work: () => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: CONNECTION });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [`rosterkit:${place.schema}`]);
    return await work();
  } finally {
    await client.end();
  }
}
