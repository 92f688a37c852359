import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryMailer, MemoryStore } from '../../src/adapters/memory/index.js';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import type { LocalState } from '../../src/model/index.js';
import type { RosterStore } from '../../src/ports/index.js';
import { RosterSync } from '../../src/sync/index.js';
import { FixedClock, rosterSource } from '../../src/testing/index.js';
import { OwnPostgres, serverPrograms } from '../support/own-postgres.js';
import { policy, rosterOf } from './killed/scenes.js';

const programs = serverPrograms();
const isRequired = process.env['CI'] === 'true';
if (programs === undefined && !isRequired)
  console.warn('No PostgreSQL to start: the tests of its restart are skipped.');

const scope = { tenant: 'district-1' };

function syncOf(store: RosterStore, mailer: MemoryMailer): RosterSync {
  const clock = new FixedClock('2026-09-01T12:00:00.000Z');
  return new RosterSync({
    source: rosterSource(rosterOf('august')),
    store,
    mailer,
    scope,
    policy,
    clock,
    batchSize: 5,
  });
}

/** Everybody and everything by name: the ids are those of the store. */
function named(state: LocalState): unknown {
  const withoutIds = (records: readonly object[]): readonly unknown[] =>
    records.map((record) =>
      Object.fromEntries(
        Object.entries(record).filter(([name]) => !/^(id|(class|user|guardian|student)Id)$/.test(name)),
      ),
    );
  const { schools, classes, users, enrollments, guardianLinks } = state;
  return [schools, classes, users, enrollments, guardianLinks].map(withoutIds);
}

describe.skipIf(programs === undefined && !isRequired)('a database that is struck down and started again', () => {
  let server: OwnPostgres;
  let pool: Pool;

  beforeAll(async () => {
    if (programs === undefined) throw new Error('the programs of PostgreSQL are required, and not there');
    server = await OwnPostgres.start(programs);
    pool = new Pool({ connectionString: server.connectionString, connectionTimeoutMillis: 5_000 });
    // What a host must do: an idle connection that breaks is told here.
    pool.on('error', () => undefined);
  }, 60_000);

  afterAll(async () => {
    await pool.end();
    await server.remove();
  });

  test('twice in the middle of a run: the run waits for it, and ends as if nothing had been', async () => {
    const store = new PostgresStore({ pool });
    await store.migrate();
    const mailer = new MemoryMailer();
    const sync = syncOf(store, mailer);
    const restarts: Promise<void>[] = [];
    sync.on('operation-applied', ({ index }) => {
      if (index !== 50 && index !== 300) return;
      restarts.push(server.strike().then(() => server.again()));
    });
    const run = await sync.run();
    await Promise.all(restarts);
    expect(restarts).toHaveLength(2);
    expect(run).toMatchObject({ outcome: 'applied' });

    const [memory, quietMailer] = [new MemoryStore(), new MemoryMailer()];
    const quiet = await syncOf(memory, quietMailer).run();
    expect(run.failures).toEqual(quiet.failures);
    expect(named(await store.load(scope))).toEqual(named(await memory.load(scope)));
    const keys = async (of: RosterStore, runId: string): Promise<readonly string[]> =>
      (await of.journal(scope, runId)).map(({ change }) => change.key);
    expect(await keys(store, run.id)).toEqual(await keys(memory, quiet.id));
    // Messages whose claim was answered by nobody rest until it ends.
    await pool.query('UPDATE rosterkit.outbox SET claimed_until = clock_timestamp() WHERE claimed_until IS NOT NULL');
    await sync.run();
    const addressees = ({ messages }: MemoryMailer): readonly string[] => messages.flatMap(({ to }) => to).sort();
    expect(addressees(mailer)).toEqual(addressees(quietMailer));
    expect((await sync.plan()).changes).toEqual([]);
  }, 60_000);
});
