import { PGlite } from '@electric-sql/pglite';
import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PostgresJournal, PostgresStore } from '../../src/adapters/postgres/index.js';
import type { BatchWriter, SqlClient, WrittenRecord } from '../../src/adapters/postgres/index.js';
import { ConfigurationError, StoreConflictError, StoreError } from '../../src/errors.js';
import { emptyLedger } from '../../src/model/index.js';
import type { Scope } from '../../src/model/index.js';
import { connectionContract, credentialContract, imageContract, journalContract } from '../../src/testing/index.js';
import {
  batchOf,
  createClass,
  createUser,
  invite,
  pendingOf,
  renameClass,
  stateOf,
} from '../../src/testing/contracts/store/changes.js';
import { agingIn } from '../support/aging.js';
import { keepsContract } from '../support/contract.js';
import { CONNECTION, hasServer } from '../support/database-server.js';

let database: PGlite;
let journal: PostgresJournal;
let tenants = 0;
let scope: Scope;

beforeAll(async () => {
  database = await PGlite.create();
  journal = new PostgresJournal({ pool: database });
  await journal.migrate();
  await database.exec('CREATE TABLE pupils (district text NOT NULL, id text NOT NULL, name text NOT NULL)');
}, 60_000);

beforeEach(() => {
  tenants += 1;
  scope = { tenant: `district-${String(tenants)}` };
});

afterAll(async () => {
  await database.close();
});

const age = agingIn((text, values) => database.query(text, values), 'rosterkit');

keepsContract(
  'the journal half by itself',
  journalContract(() => ({ store: journal, age })),
);
keepsContract(
  'the image of the journal half by itself',
  imageContract(() => ({ store: journal, age })),
);
keepsContract(
  'the credentials of the journal half by itself',
  credentialContract(() => ({ store: journal })),
);
keepsContract(
  'the connections of the journal half by itself',
  connectionContract(() => ({ store: journal })),
);

/** A host's half that keeps pupils alone, under their sourcedIds, and notes what it was asked to write. */
function pupils(asked: string[][] = []): BatchWriter {
  return {
    write: async (changes, client) => {
      asked.push(changes.map(({ key }) => key));
      const written = new Map<string, WrittenRecord>();
      for (const { kind, key, target, after } of changes) {
        if (kind !== 'user-create') continue;
        const id = target.sourcedId;
        await client.query('INSERT INTO pupils VALUES ($1, $2, $3)', [scope.tenant, id, after?.givenName]);
        written.set(key, { recordId: `pupil ${String(id)}`, version: 1 });
      }
      return written;
    },
    people: async (ids, client) => {
      const named = `SELECT id FROM pupils WHERE district = $1 AND 'pupil ' || id = ANY ($2::text[])`;
      return (await client.query(named, [scope.tenant, [...ids]])).rows.map(({ id }) => `pupil ${String(id)}`);
    },
  };
}

async function pupilsKept(): Promise<readonly unknown[]> {
  const { rows } = await database.query<{ id: string }>('SELECT id FROM pupils WHERE district = $1', [scope.tenant]);
  return rows.map(({ id }) => id);
}

describe('the tables', () => {
  test('are those of the journal alone, and a store adds its own to them later', async () => {
    const tables = async () => {
      const { rows } = await database.query<{ name: string }>(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'growing' ORDER BY tablename`,
      );
      return rows.map(({ name }) => name);
    };
    const half = new PostgresJournal({ pool: database, schema: 'growing' });
    await half.migrate();
    const own = ['images', 'invitations', 'journal', 'outbox', 'runs', 'schema_version', 'scopes'];
    expect(await tables()).toEqual(expect.arrayContaining(own));
    expect(await tables()).not.toContain('users');
    await half.saveLedger(scope, { ...emptyLedger, reported: ['kept'] });
    const whole = new PostgresStore({ pool: database, schema: 'growing' });
    await whole.migrate();
    await whole.apply(batchOf(scope, [createClass('c1')]));
    const { ledger, classes } = await stateOf(whole, scope);
    expect([ledger.reported, classes.length]).toEqual([['kept'], 1]);
  });

  test('of a newer version are refused', async () => {
    const half = new PostgresJournal({ pool: database, schema: 'newer' });
    await half.migrate();
    await database.query("INSERT INTO newer.schema_version VALUES ('journal', 99)");
    await expect(half.migrate()).rejects.toThrow(/journal have version 99/);
  });
});

describe('recording a batch', () => {
  test('keeps what the host wrote, its journal, invitations and messages', async () => {
    const item = invite('user:u1');
    const batch = batchOf(scope, [createUser('u1'), renameClass('c9', 'x', 1)], { invitations: [item] });
    const [created, renamed] = batch.changes.map(({ key }) => key);
    expect(await journal.record(batch, pupils())).toEqual({ applied: [created], stale: [renamed] });
    expect(await pupilsKept()).toEqual(['u1']);
    expect(await journal.journal(scope, batch.runId)).toEqual([
      {
        runId: batch.runId,
        sequence: 0,
        change: batch.changes[0],
        recordId: 'pupil u1',
        version: 1,
        appliedAt: batch.at,
      },
    ]);
    expect(await journal.invitations(scope)).toEqual([{ ...item.invitation, userId: 'pupil u1' }]);
    expect(await pendingOf(journal, scope)).toEqual([{ ...item.message, userId: 'pupil u1' }]);
  });

  test('asks the host for what no earlier delivery applied, and for nothing where that is all', async () => {
    const asked: string[][] = [];
    const batch = batchOf(scope, [createUser('u1'), createUser('u2')]);
    const [first, second] = batch.changes.map(({ key }) => key);
    await journal.record({ ...batch, changes: batch.changes.slice(0, 1) }, pupils(asked));
    expect(await journal.record(batch, pupils(asked))).toEqual({ applied: [first, second], stale: [] });
    await journal.record(batch, pupils(asked));
    expect(asked).toEqual([[first], [second]]);
    expect(await pupilsKept()).toEqual(['u1', 'u2']);
  });

  test('lets one after the other of those who hold it at once come to the host', async () => {
    const asked: string[][] = [];
    const batch = batchOf(scope, [createUser('u1')]);
    await Promise.all([1, 2, 3].map(() => journal.record(batch, pupils(asked))));
    expect(asked).toHaveLength(1);
  });

  test('asks the host for the person of an invitation whom no change is about', async () => {
    await journal.record(batchOf(scope, [createUser('u1')]), pupils());
    const there = invite('user:u1', { userId: 'pupil u1' });
    const nobody = invite('user:u2', { userId: 'pupil u2' });
    await journal.record(batchOf(scope, [], { invitations: [there, nobody] }), pupils());
    expect((await journal.invitations(scope)).map(({ userId }) => userId)).toEqual(['pupil u1']);
  });

  test('refuses the fence of an older lease before the host is asked', async () => {
    const asked: string[][] = [];
    await journal.record(batchOf(scope, [], { fence: 5 }), pupils(asked));
    const late = journal.record(batchOf(scope, [createUser('u1')], { fence: 4 }), pupils(asked));
    await expect(late).rejects.toThrow(StoreConflictError);
    expect(asked).toEqual([]);
  });

  test('keeps nothing where the host names a change that it was not given', async () => {
    const writer: BatchWriter = {
      ...pupils(),
      write: async (changes, client) => {
        const written = await pupils().write(changes, client);
        return new Map([...written.values()].map((record) => [record.recordId, record]));
      },
    };
    const batch = batchOf(scope, [createUser('u1')]);
    await expect(journal.record(batch, writer)).rejects.toThrow(/a key that is not among the changes/);
    expect([await pupilsKept(), await journal.journal(scope, batch.runId)]).toEqual([[], []]);
  });

  test('keeps nothing where the host fails, and tells the driver’s error as a cause', async () => {
    const batch = batchOf(scope, [createUser('u1')]);
    const failing: BatchWriter = {
      ...pupils(),
      write: async (changes, client) => {
        await pupils().write(changes, client);
        return (await client.query('SELECT 1 / 0')) as never;
      },
    };
    const failure: unknown = await journal.record(batch, failing).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreError);
    expect(failure).toMatchObject({ message: expect.stringContaining('22012'), cause: { code: '22012' } });
    expect(await pupilsKept()).toEqual([]);
    const stopping: BatchWriter = { ...pupils(), write: () => Promise.reject(new Error('the host’s own')) };
    await expect(journal.record(batch, stopping)).rejects.toThrow('the host’s own');
  });

  test('asks the host again where another transaction was in the way', async () => {
    let failures = 2;
    const asked: string[][] = [];
    const writer: BatchWriter = {
      ...pupils(),
      write: async (changes, client) => {
        const written = await pupils(asked).write(changes, client);
        failures -= 1;
        if (failures >= 0) await client.query(`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$`);
        return written;
      },
    };
    const { applied } = await journal.record(batchOf(scope, [createUser('u1')]), writer);
    expect([applied.length, asked.length, await pupilsKept()]).toEqual([1, 3, ['u1']]);
  });
});

describe('a transaction of the host’s own', () => {
  const inTransaction = async <T>(work: (client: SqlClient) => Promise<T>): Promise<T> => database.transaction(work);

  test('has the batch where it commits, and nothing of it where it does not', async () => {
    const batch = batchOf(scope, [createUser('u1')], { invitations: [invite('user:u1')], fence: 3 });
    const undone = inTransaction(async (client) => {
      await journal.record(batch, pupils(), { client });
      throw new Error('changed our mind');
    });
    await expect(undone).rejects.toThrow('changed our mind');
    const kept = async () => [
      await pupilsKept(),
      (await journal.journal(scope, batch.runId)).length,
      (await journal.invitations(scope)).length,
      (await pendingOf(journal, scope)).length,
    ];
    expect(await kept()).toEqual([[], 0, 0, 0]);
    await inTransaction(async (client) => journal.record(batch, pupils(), { client }));
    expect(await kept()).toEqual([['u1'], 1, 1, 1]);
  });

  test('reads the ledger as of its moment', async () => {
    await journal.saveLedger(scope, { ...emptyLedger, reported: ['before'] });
    const seen = await inTransaction(async (client) => {
      await client.query(
        `UPDATE rosterkit.scopes SET ledger = jsonb_set(ledger::jsonb, '{reported}', '["inside"]')::json WHERE tenant = $1`,
        [scope.tenant],
      );
      return (await journal.ledger(scope, { client })).reported;
    });
    expect(seen).toEqual(['inside']);
  });

  test('must have begun', async () => {
    const asked: string[][] = [];
    const recorded = journal.record(batchOf(scope, [createUser('u1')]), pupils(asked), { client: database });
    await expect(recorded).rejects.toThrow(ConfigurationError);
    await expect(journal.ledger(scope, { client: database })).rejects.toThrow(/^client: /);
    expect(asked).toEqual([]);
  });

  test('is one of the tenant’s, for the row-level security of either side', async () => {
    await database.exec(`CREATE ROLE host; GRANT USAGE ON SCHEMA rosterkit TO host;
      GRANT ALL ON ALL TABLES IN SCHEMA rosterkit TO host; GRANT ALL ON pupils TO host; SET ROLE host`);
    try {
      const batch = batchOf(scope, [createUser('u1')]);
      const { applied } = await inTransaction(async (client) => journal.record(batch, pupils(), { client }));
      expect([applied.length, (await journal.journal(scope, batch.runId)).length]).toEqual([1, 1]);
    } finally {
      await database.exec('RESET ROLE');
    }
  });
});

const SCHEMA = `rosterkit_journal_${String(process.pid)}`;
const server = new Pool({ connectionString: CONNECTION, connectionTimeoutMillis: 5_000 });

describe.skipIf(!(await hasServer()))('on a server, through the package pg', () => {
  afterAll(async () => {
    await server.query(`DROP SCHEMA ${SCHEMA} CASCADE`);
    await server.end();
  });

  test('a transaction of the host’s own waits for another one with the same batch, and finds it applied', async () => {
    const half = new PostgresJournal({ pool: server, schema: SCHEMA });
    await half.migrate();
    const asked: string[][] = [];
    const writer: BatchWriter = {
      write: async (changes) => {
        asked.push(changes.map(({ key }) => key));
        return new Map(changes.map(({ key }) => [key, { recordId: key, version: 1 }]));
      },
      people: async () => [],
    };
    const batch = batchOf(scope, [createUser('u1')]);
    const [first, second] = [await server.connect(), await server.connect()];
    await first.query('BEGIN');
    await second.query('BEGIN');
    const one = await half.record(batch, writer, { client: first });
    let isSecondDone = false;
    const other = half.record(batch, writer, { client: second }).finally(() => {
      isSecondDone = true;
    });
    await half.runs(scope);
    expect(isSecondDone).toBe(false);
    await first.query('COMMIT');
    expect(await other).toEqual(one);
    await second.query('COMMIT');
    for (const client of [first, second]) client.release();
    expect([asked.length, (await half.journal(scope, batch.runId)).length]).toEqual([1, 1]);
  });
});

test('options that cannot work are refused by name', () => {
  expect(() => new PostgresJournal({ pool: database, schema: 'No' })).toThrow(ConfigurationError);
  expect(() => new PostgresJournal({ pool: {} as never })).toThrow(/^pool: /);
  expect(() => new PostgresJournal({} as never)).toThrow(/^pool: /);
  expect(() => new PostgresJournal({ pool: database, roles: [] } as never)).toThrow(/^roles: /);
  expect(() => new PostgresStore({ pool: database, role: [] } as never)).toThrow(/^role: /);
});

test('what cannot work is refused by name before anything is written', async () => {
  const batch = batchOf(scope, [createUser('u1')]);
  const misspelt = journal.record(batch, pupils(), { transaction: database } as never);
  await expect(misspelt).rejects.toThrow(/^transaction: is not an option/u);
  await expect(journal.record(batch, { ...pupils(), people: undefined } as never)).rejects.toThrow(
    /^writer\.people: /u,
  );
  await expect(journal.ledger(scope, { transaction: database } as never)).rejects.toThrow(/^transaction: /u);
  expect(await pupilsKept()).toEqual([]);
});
