import { setImmediate } from 'node:timers/promises';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import { deliver } from '../../src/people/index.js';
import type { Mailer } from '../../src/ports/index.js';
import { FixedClock, imageContract, storeContract } from '../../src/testing/index.js';
import {
  batchOf,
  createClass,
  createUser,
  invite,
  pendingOf,
  stateOf,
  userChange,
} from '../../src/testing/contracts/store/changes.js';
import { agingIn } from '../support/aging.js';
import { keepsContract } from '../support/contract.js';
import { CONNECTION, hasServer } from '../support/database-server.js';
import { breakingPool } from './postgres-places.js';

const SCHEMA = `rosterkit_test_${String(process.pid)}`;

const database = new Pool({ connectionString: CONNECTION, connectionTimeoutMillis: 5_000 });

describe.skipIf(!(await hasServer()))('on a server, through the package pg', () => {
  let store: PostgresStore;

  beforeAll(async () => {
    store = new PostgresStore({ pool: database, schema: SCHEMA });
    await Promise.all([store.migrate(), store.migrate(), store.migrate()]);
  });

  afterAll(async () => {
    await database.query(`DROP SCHEMA ${SCHEMA} CASCADE`);
    await database.end();
  });

  const age = agingIn((text, values) => database.query(text, values), SCHEMA);
  keepsContract(
    'a PostgreSQL store',
    storeContract(() => ({
      store,
      age,
      breakingAfter: (statements) => new PostgresStore({ pool: breakingPool(database, statements), schema: SCHEMA }),
    })),
  );
  keepsContract(
    'the image of a PostgreSQL store',
    imageContract(() => ({ store, age })),
  );

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

  test('gives each of 500 messages to one of many workers, each with connections of its own', async () => {
    const scope = { tenant: 'workers' };
    const people = Array.from({ length: 500 }, (_, index) => `u${String(index)}`);
    await store.apply(
      batchOf(scope, people.map(createUser), { invitations: people.map((person) => invite(`user:${person}`)) }),
    );
    const sent: string[] = [];
    const mailer: Mailer = {
      send: async ({ to }, { idempotencyKey }) => {
        await setImmediate();
        sent.push(idempotencyKey);
        return { accepted: to, refused: [] };
      },
    };
    const workers = Array.from({ length: 6 }, () => new Pool({ connectionString: CONNECTION, max: 2 }));
    const deliveries = await Promise.all(
      workers.map((pool) =>
        deliver({ store: new PostgresStore({ pool, schema: SCHEMA }), mailer, scope, clock: new FixedClock() }),
      ),
    );
    await Promise.all(workers.map((pool) => pool.end()));
    expect(sent).toHaveLength(500);
    expect(new Set(sent).size).toBe(500);
    expect(deliveries.filter((delivery) => delivery.sent > 0).length).toBeGreaterThan(1);
    expect(deliveries.reduce((sum, delivery) => sum + delivery.sent, 0)).toBe(500);
    expect(await pendingOf(store, scope)).toEqual([]);
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
