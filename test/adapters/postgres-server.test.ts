import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import { batchOf, createClass, createUser, renameClass, stateOf, userChange } from './changes.js';
import { storeCases } from './store-cases.js';

const CONNECTION = process.env['ROSTERKIT_TEST_DATABASE'] ?? 'postgres://postgres@127.0.0.1:5432/test';
const SCHEMA = `rosterkit_test_${String(process.pid)}`;

const database = new Pool({ connectionString: CONNECTION, connectionTimeoutMillis: 5_000 });
const isReachable = await answers();
// Where the tests are a gate, the server must be there; elsewhere it is told that it is not.
const isRequired = process.env['CI'] === 'true';
if (!isReachable && !isRequired) console.warn('PostgreSQL is not reachable: the tests on a server are skipped.');

describe.skipIf(!isReachable && !isRequired)('on a server, through the package pg', () => {
  let store: PostgresStore;

  beforeAll(async () => {
    store = new PostgresStore({ pool: database, schema: SCHEMA });
    await Promise.all([store.migrate(), store.migrate(), store.migrate()]);
  });

  afterAll(async () => {
    await database.query(`DROP SCHEMA ${SCHEMA} CASCADE`);
    await database.end();
  });

  storeCases('a PostgreSQL store', () => ({
    store,
    age: async (scope, ms) => {
      await database.query(
        `UPDATE ${SCHEMA}.scopes SET expires_at = expires_at - $2::integer * interval '1 millisecond' WHERE tenant = $1`,
        [scope.tenant, ms],
      );
    },
  }));

  test('writes the same batch once when many hold it at once', async () => {
    const scope = { tenant: 'hands' };
    const batch = batchOf(scope, [createClass('c1'), createClass('c2'), renameClass('c1', 'New', 1)]);
    const results = await Promise.all(Array.from({ length: 5 }, () => store.apply(batch)));
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0]?.applied).toHaveLength(3);
    expect(await store.journal(scope, batch.runId)).toHaveLength(3);
  });

  test('gives a record to one of those who create it at once in several scopes, and each change once', async () => {
    const tenant = 'creators';
    const scopes = ['s1', 's2', 's3', 's4'].map((school) => ({ tenant, schools: [school] }));
    const people = Array.from({ length: 200 }, (_, index) => `u${String(index)}`);
    const results = await Promise.all(
      scopes.map((scope, nth) =>
        store.apply(batchOf(scope, (nth % 2 === 0 ? people : [...people].reverse()).map(createUser))),
      ),
    );
    expect(results.flatMap(({ applied }) => applied)).toHaveLength(200);
    expect((await stateOf(store, { tenant })).users).toHaveLength(200);
    const updates = await Promise.all(
      scopes.map((scope, nth) => {
        const target = (person: string) => ({ sourcedId: person });
        const changes = (nth % 2 === 0 ? people : [...people].reverse()).map((person) =>
          userChange({
            kind: 'user-update',
            target: target(person),
            before: { grade: undefined },
            after: { grade: String(nth) },
            version: 1,
          }),
        );
        return store.apply(batchOf(scope, changes));
      }),
    );
    expect(updates.flatMap(({ applied }) => applied)).toHaveLength(200);
    expect((await stateOf(store, { tenant })).users.every(({ version }) => version === 2)).toBe(true);
  });

  test('never deletes a person who becomes a member at the same moment', async () => {
    const scope = { tenant: 'moment' };
    await store.apply(batchOf(scope, [createClass('c1'), createUser('u1')]));
    const { classes, users } = await stateOf(store, scope);
    const other = await database.connect();
    await other.query('BEGIN');
    await other.query(
      `INSERT INTO ${SCHEMA}.enrollments (tenant, id, class_id, user_id, version, fields)
       VALUES ($1, 'e1', $2, $3, 1, '{"origin":"local","role":"student","state":"active"}')`,
      [scope.tenant, classes[0]?.id, users[0]?.id],
    );
    const target = { sourcedId: 'u1' };
    const deletion = userChange({ kind: 'user-delete', target, before: {}, after: null, version: 1 });
    const deleted = store.apply(batchOf(scope, [deletion]));
    await someoneWaits();
    await other.query('COMMIT');
    other.release();
    expect((await deleted).stale).toEqual([deletion.key]);
    expect((await stateOf(store, scope)).enrollments).toHaveLength(1);
  });

  test('gives a lease to one of many', async () => {
    const scope = { tenant: 'many' };
    const attempts = await Promise.allSettled(
      Array.from({ length: 6 }, (_, index) => store.lease(scope, { holder: String(index), ttlMs: 60_000 })),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

/** Until a statement on the tables waits for the lock of another transaction. */
async function someoneWaits(): Promise<void> {
  for (;;) {
    const found = await database.query(
      `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%'`,
      [SCHEMA],
    );
    if (found.rows.length > 0) return;
  }
}

async function answers(): Promise<boolean> {
  return database.query('SELECT 1').then(
    () => true,
    () => false,
  );
}
