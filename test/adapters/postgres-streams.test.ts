import { PGlite } from '@electric-sql/pglite';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import type { SqlPool } from '../../src/adapters/postgres/index.js';
import { reconcile, reconcileStreams } from '../../src/engine/index.js';
import { StoreError } from '../../src/errors.js';
import { collect } from '../../src/internal/ordered.js';
import type { LocalRead, LocalState, Scope } from '../../src/model/index.js';
import { definePolicy } from '../../src/policy/index.js';
import { RosterSync } from '../../src/sync/index.js';
import {
  directoryContract,
  districtRoster,
  evolve,
  FixedClock,
  generateDistrict,
  rosterSource,
} from '../../src/testing/index.js';
import { batchOf, createClass, createUser } from '../../src/testing/contracts/store/changes.js';
import { keepsContract } from '../support/contract.js';
import { CONNECTION, hasServer } from '../support/database-server.js';

/** More than three answers of the database. */
const MANY = 16_000;

/** A store whose every load comes by streams. */
class StreamingStore extends PostgresStore {
  override load(scope: Scope, options: { readonly signal?: AbortSignal } = {}): Promise<LocalState> {
    return this.stream(scope, wholeOf, options);
  }
}

async function wholeOf(read: LocalRead): Promise<LocalState> {
  return {
    ...read,
    schools: await collect(read.schools),
    classes: await collect(read.classes),
    users: await collect(read.users),
    enrollments: await collect(read.enrollments),
    guardianLinks: await collect(read.guardianLinks),
  };
}

/** Anything that runs a statement. */
interface Runner {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** Puts many people into the tables, past the store. */
async function putMany(runner: Runner, schema: string, tenant: string, count = MANY): Promise<void> {
  await runner.query(
    `INSERT INTO ${schema}.users (tenant, id, sourced_id, version, fields)
     SELECT $1, 'user-' || n, lpad(n::text, 8, '0'), 1,
       '{"origin":"roster","roles":["student"],"givenName":"G","familyName":"F","schoolSourcedIds":["s"],"state":"active"}'
     FROM generate_series(1, $2::integer) AS n`,
    [tenant, count],
  );
}

async function idsOf(records: AsyncIterable<{ readonly id: string }>, most: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of records) if (ids.push(id) === most) break;
  return ids;
}

/** What holds on any database: `database` is where the store's tables are. */
function streamsAre(place: () => { readonly pool: SqlPool & Runner; readonly schema: string }): void {
  const open = (Store = PostgresStore) => new Store(place());
  const cursors = async () => (await place().pool.query("SELECT FROM pg_cursors WHERE name LIKE 'rosterkit%'")).rows;

  keepsContract(
    'a store that loads by streams',
    directoryContract(() => ({ store: open(StreamingStore) })),
  );

  test('the plan by streams is that by arrays, byte for byte', { timeout: 60_000 }, async () => {
    const store = open();
    const scope = { tenant: 'plan' };
    const policy = definePolicy({ fullData: true, archive: true });
    const clock = new FixedClock('2026-09-01T06:00:00Z');
    let district = generateDistrict({ seed: 5, schools: 2, students: 300 });
    const source = rosterSource(() => districtRoster(district));
    const sync = new RosterSync({ source, store, scope, policy: { fullData: true, archive: true }, clock });
    const first = await sync.plan();
    await sync.apply(first, { acknowledge: first.hash, by: 'test' });
    district = evolve(district, { seed: 4, moves: 9, arrivals: 9, withdrawals: 9, renames: 9 });
    const roster = await collectRoster(source, scope);
    const now = clock.now();
    const byArrays = reconcile({ roster, local: await store.load(scope), policy, now });
    const byStreams = await store.stream(scope, (local) => reconcileStreams({ roster, local, policy, now }));
    expect(byArrays.changes.length).toBeGreaterThan(20);
    expect(JSON.stringify(byStreams)).toBe(JSON.stringify(byArrays));
  });

  test('a collection can be read again, by several at once, and left early', async () => {
    const store = open();
    const scope = { tenant: 'many' };
    await putMany(place().pool, place().schema, scope.tenant);
    const all = Array.from({ length: MANY }, (_, index) => `user-${String(index + 1)}`);
    await store.stream(scope, async ({ users }) => {
      const stream = users as AsyncIterable<{ readonly id: string }>;
      expect(await idsOf(stream, 6_000)).toEqual(all.slice(0, 6_000));
      const [one, other, few] = await Promise.all([idsOf(stream, MANY), idsOf(stream, MANY), idsOf(stream, 3)]);
      expect(one).toEqual(all);
      expect(other).toEqual(all);
      expect(few).toEqual(all.slice(0, 3));
    });
    expect(await cursors()).toEqual([]);
  });

  test('the store does its work meanwhile, and what is read is of the moment before', async () => {
    const store = open();
    const scope = { tenant: 'meanwhile' };
    await store.apply(batchOf(scope, [createUser('u1'), createClass('c1')]));
    await store.stream(scope, async (local) => {
      await store.apply(batchOf(scope, [createUser('u2'), createClass('c2')]));
      for await (const { sourcedId } of local.users) {
        expect(sourcedId).toBe('u1');
        await store.saveLedger(scope, { ...local.ledger, reported: ['meanwhile'] });
        expect((await store.load(scope)).users).toHaveLength(2);
      }
      expect(await collect(local.classes)).toHaveLength(1);
    });
    expect((await store.ledger(scope)).reported).toEqual(['meanwhile']);
  });

  test('nothing is left of a work that fails, and nothing can be read after one that ended', async () => {
    const store = open();
    const scope = { tenant: 'many' };
    const failed = store.stream(scope, async ({ users }) => {
      await idsOf(users as AsyncIterable<{ readonly id: string }>, 1);
      throw new Error('changed our mind');
    });
    await expect(failed).rejects.toThrow('changed our mind');
    expect(await cursors()).toEqual([]);
    const left = await store.stream(scope, async ({ users }) => users);
    await expect(collect(left)).rejects.toThrow(StoreError);
    await expect(collect(left)).rejects.toThrow(/^stream: .* it has ended/u);
  });

  test('an abort is heard at the next answer of the database, with its reason', async () => {
    const store = open();
    const scope = { tenant: 'many' };
    const stop = new AbortController();
    const reason = new Error('enough');
    let seen = 0;
    const stopped = store.stream(
      scope,
      async ({ users }) => {
        for await (const user of users) {
          if (user.version === 1) seen += 1;
          if (seen === 10) stop.abort(reason);
        }
      },
      { signal: stop.signal },
    );
    await expect(stopped).rejects.toBe(reason);
    expect(seen).toBeLessThan(MANY);
    expect(await cursors()).toEqual([]);
    await expect(store.stream(scope, async () => 'never', { signal: stop.signal })).rejects.toBe(reason);
  });
}

async function collectRoster(source: ReturnType<typeof rosterSource>, scope: Scope) {
  const read = await source.read(scope);
  return read as ReturnType<typeof districtRoster>;
}

describe('streams on PGlite', () => {
  let database: PGlite;

  beforeAll(async () => {
    database = await PGlite.create();
    await new PostgresStore({ pool: database }).migrate();
  }, 60_000);

  afterAll(async () => {
    await database.close();
  });

  streamsAre(() => ({ pool: database, schema: 'rosterkit' }));

  test('row-level security is on, for a role that is no superuser', async () => {
    const store = new PostgresStore({ pool: database });
    await store.apply(batchOf({ tenant: 'rls-1' }, [createUser('u1')]));
    await store.apply(batchOf({ tenant: 'rls-2' }, [createUser('u1'), createUser('u2')]));
    await database.exec(`CREATE ROLE app; GRANT USAGE ON SCHEMA rosterkit TO app;
      GRANT ALL ON ALL TABLES IN SCHEMA rosterkit TO app; SET ROLE app`);
    try {
      const { users } = await store.stream({ tenant: 'rls-1' }, wholeOf);
      expect(users).toHaveLength(1);
    } finally {
      await database.exec('RESET ROLE');
    }
  });
});

const SCHEMA = `rosterkit_streams_${String(process.pid)}`;
const server = new Pool({ connectionString: CONNECTION, connectionTimeoutMillis: 5_000 });

describe.skipIf(!(await hasServer()))('streams on a server', () => {
  beforeAll(async () => {
    await new PostgresStore({ pool: server, schema: SCHEMA }).migrate();
  });

  afterAll(async () => {
    await server.query(`DROP SCHEMA ${SCHEMA} CASCADE`);
    await server.end();
  });

  streamsAre(() => ({ pool: server, schema: SCHEMA }));

  test('the connection goes back, and one that broke is closed', async () => {
    const pool = new Pool({ connectionString: CONNECTION, application_name: SCHEMA });
    pool.on('error', () => undefined);
    const store = new PostgresStore({ pool, schema: SCHEMA });
    const scope = { tenant: 'many' };
    await store.stream(scope, wholeOf);
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
    const { rows } = await pool.query<{ count: string }>('SELECT count(*) FROM pg_cursors');
    expect(rows).toEqual([{ count: '0' }]);
    const broken = store.stream(scope, async ({ users }) => {
      for await (const { id } of users) {
        if (id !== 'user-1') continue;
        await server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
          SCHEMA,
        ]);
      }
    });
    await expect(broken).rejects.toThrow(StoreError);
    expect([pool.totalCount, pool.idleCount]).toEqual([0, 0]);
    await pool.end();
  });
});
