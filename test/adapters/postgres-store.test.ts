import { EventEmitter } from 'node:events';
import type { PGlite } from '@electric-sql/pglite';
import { describe, expect, test } from 'vitest';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import type { SqlClient, SqlPool, SqlTransactionPool } from '../../src/adapters/postgres/index.js';
import { ConfigurationError, ContractError, StoreError } from '../../src/errors.js';
import { connectionContract, credentialContract, imageContract, storeContract } from '../../src/testing/index.js';
import {
  addMember,
  batchOf,
  createClass,
  createUser,
  invite,
  renameClass,
  stateOf,
} from '../../src/testing/contracts/store/changes.js';
import { agingIn } from '../support/aging.js';
import { keepsContract } from '../support/contract.js';
import { withPGlite } from '../support/pglite.js';

let database: PGlite;
let underTest: PostgresStore;

withPGlite(async (made) => {
  database = made;
  underTest = new PostgresStore({ pool: database, roles: ['teacher'], sites: ['north'] });
  await underTest.migrate();
});

const age = agingIn((text, values) => database.query(text, values), 'rosterkit');

/** The same tables, over a driver that breaks when it has carried out so many statements. */
const breakingAfter = (statements: number, over?: SqlTransactionPool) => {
  let left = statements;
  const pass = () => {
    if (left === 0) throw new Error('connection lost');
    left -= 1;
  };
  return new PostgresStore({ pool: watched(pass, over) });
};

keepsContract(
  'a PostgreSQL store on PGlite',
  storeContract(() => ({ store: underTest, age, breakingAfter: (statements) => breakingAfter(statements) })),
);
keepsContract(
  'the image of a PostgreSQL store on PGlite',
  imageContract(() => ({ store: underTest, age })),
);
keepsContract(
  'the credentials of a PostgreSQL store on PGlite',
  credentialContract(() => ({ store: underTest })),
);
keepsContract(
  'the connections of a PostgreSQL store on PGlite',
  connectionContract(() => ({ store: underTest })),
);

test('a store whose transactions are none is found out by batches that break off', async () => {
  const committing: SqlTransactionPool = { transaction: (run) => run(database) };
  const cases = storeContract(() => ({
    store: underTest,
    age,
    breakingAfter: (statements) => breakingAfter(statements, committing),
  }));
  const broken = await Promise.all(
    cases
      .filter(({ name }) => name.includes('fails anywhere'))
      .map(async ({ run }) => run().catch((error: unknown) => error)),
  );
  expect(broken).toEqual([expect.any(ContractError), expect.any(ContractError)]);
});

describe('migrating', () => {
  test('makes the tables once, however often and however many at once', async () => {
    const store = new PostgresStore({ pool: database, schema: 'twice' });
    await Promise.all([store.migrate(), new PostgresStore({ pool: database, schema: 'twice' }).migrate()]);
    await store.apply(batchOf({ tenant: 't' }, [createClass('c1')]));
    await store.migrate();
    expect((await stateOf(store, { tenant: 't' })).classes).toHaveLength(1);
    expect((await database.query('SELECT half, version FROM twice.schema_version')).rows).toEqual([
      { half: 'directory', version: 1 },
      { half: 'journal', version: 1 },
      { half: 'journal', version: 2 },
      { half: 'journal', version: 3 },
      { half: 'journal', version: 4 },
    ]);
  });

  test('refuses tables of a newer version', async () => {
    const store = new PostgresStore({ pool: database, schema: 'newer' });
    await store.migrate();
    await database.query("INSERT INTO newer.schema_version VALUES ('journal', 99)");
    await expect(store.migrate()).rejects.toThrow(StoreError);
    await expect(store.migrate()).rejects.toThrow(/journal have version 99 and this package knows 4/);
  });

  test('keeps two schemas apart', async () => {
    const scope = { tenant: 'apart' };
    await underTest.apply(batchOf(scope, [createClass('c1')]));
    const other = new PostgresStore({ pool: database, schema: 'other' });
    await other.migrate();
    expect((await stateOf(other, scope)).classes).toEqual([]);
  });
});

describe('options', () => {
  test('that cannot work are refused by name', () => {
    expect(() => new PostgresStore({ pool: database, schema: 'a"; DROP SCHEMA b' })).toThrow(ConfigurationError);
    expect(() => new PostgresStore({ pool: {} as SqlPool })).toThrow(/^pool: /);
  });

  test('tell the roles and sites of the host', async () => {
    expect([await underTest.roles(), await underTest.sites()]).toEqual([['teacher'], ['north']]);
  });
});

describe('the tenants', () => {
  test('are kept apart by the database too, for a role that is no superuser', async () => {
    const [one, two] = [{ tenant: 'rls-1' }, { tenant: 'rls-2' }];
    await underTest.apply(batchOf(one, [createClass('c1')]));
    await underTest.apply(batchOf(two, [createClass('c1'), createClass('c2')]));
    await database.exec(`CREATE ROLE app; GRANT USAGE ON SCHEMA rosterkit TO app;
      GRANT ALL ON ALL TABLES IN SCHEMA rosterkit TO app; SET ROLE app`);
    try {
      const store = new PostgresStore({ pool: database });
      const rows = await database.transaction(async (client) => {
        await client.query(`SELECT set_config('rosterkit.tenant', 'rls-1', true)`);
        return (await client.query('SELECT tenant FROM rosterkit.classes')).rows;
      });
      expect(rows).toEqual([{ tenant: 'rls-1' }]);
      expect((await database.query('SELECT tenant FROM rosterkit.classes')).rows).toEqual([]);
      await store.apply(batchOf(two, [createUser('u1'), addMember('c2', 'u1')], { invitations: [invite('user:u1')] }));
      const { classes, enrollments } = await stateOf(store, two);
      expect([classes.length, enrollments.length]).toEqual([2, 1]);
    } finally {
      await database.exec('RESET ROLE');
    }
  });
});

describe('the driver', () => {
  test('fails as a StoreError that quotes no value', async () => {
    const scope = { tenant: 'nul' };
    const change = createClass('c1', 'Secret name \u0000');
    const failure: unknown = await underTest
      .apply(batchOf(scope, [createUser('u1'), change]))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreError);
    expect(failure).toMatchObject({ operation: 'apply', isRetryable: false, cause: expect.any(Error) });
    expect(String(failure)).not.toContain('Secret');
    expect((await stateOf(underTest, scope)).users).toEqual([]);
  });

  test('is asked again where another transaction was in the way, and not for ever', async () => {
    let failures = 2;
    const pool = watched((text) => {
      if (!text.includes('INSERT INTO "rosterkit"."classes"') || failures === 0) return;
      failures -= 1;
      throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    });
    const store = new PostgresStore({ pool });
    const scope = { tenant: 'deadlock' };
    expect((await store.apply(batchOf(scope, [createClass('c1')]))).applied).toHaveLength(1);
    failures = 3;
    await expect(store.apply(batchOf(scope, [createClass('c2')]))).rejects.toThrow('40P01');
  });

  test.each([
    ['a server that is starting', { code: '57P03' }, true],
    ['a server that shuts down', { code: '57P01' }, true],
    ['a connection that is refused', { code: 'ECONNREFUSED', syscall: 'connect' }, true],
    ['a pipe that broke, whose code is as long as a SQLSTATE', { code: 'EPIPE', syscall: 'write' }, true],
    ['a connection that ended without a word', {}, true],
    ['a value that no text can hold', { code: '22021' }, false],
    ['a table that is not there', { code: '42P01' }, false],
  ])('%s is worth another try, or not', async (_name, words, isRetryable) => {
    const pool = watched(() => {
      throw Object.assign(new Error('in the words of the driver'), words);
    });
    const failure: unknown = await new PostgresStore({ pool }).load({ tenant: 't' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreError);
    expect(failure).toMatchObject({ isRetryable });
  });

  test('may tell that a connection broke a second time, as an event, and nobody dies of it', async () => {
    const connection = new EventEmitter();
    const pool: SqlPool = {
      connect: () =>
        Promise.resolve(
          Object.assign(connection, {
            query: () => {
              connection.emit('error', new Error('terminated'));
              return Promise.reject(new Error('terminated'));
            },
            release: () => undefined,
          }),
        ),
    };
    await expect(new PostgresStore({ pool }).load({ tenant: 't' })).rejects.toThrow(StoreError);
  });

  test('gets the same few statements for a thousand changes as for ten', async () => {
    let statements = 0;
    const store = new PostgresStore({
      pool: watched(() => {
        statements += 1;
      }),
    });
    const count = async (tenant: string, size: number) => {
      const scope = { tenant };
      const names = Array.from({ length: size }, (_, index) => String(index));
      await store.apply(batchOf(scope, [createClass('c1'), ...names.map(createUser)]));
      statements = 0;
      await store.apply(batchOf(scope, [renameClass('c1', 'New', 1), ...names.map((name) => addMember('c1', name))]));
      return statements;
    };
    const few = await count('ten', 10);
    expect(await count('thousand', 1000)).toBe(few);
    expect(few).toBeLessThan(15);
  });

  test('may lend connections instead: each goes back, and a broken one is closed', async () => {
    const log: string[] = [];
    const answers = new Map<string, () => Promise<never>>();
    const pool: SqlPool = {
      connect: () => {
        log.push('connect');
        const client: SqlClient = {
          query: (text, values) => {
            const answer = answers.get(text);
            if (/^(BEGIN|COMMIT|ROLLBACK)$/.test(text)) log.push(text);
            return answer === undefined ? database.query<Record<string, unknown>>(text, values) : answer();
          },
        };
        return Promise.resolve({ ...client, release: (destroy) => log.push(destroy === true ? 'close' : 'release') });
      },
    };
    const store = new PostgresStore({ pool });
    await store.apply(batchOf({ tenant: 'lent' }, [createClass('c1')]));
    expect(log.splice(0)).toEqual(['connect', 'BEGIN', 'COMMIT', 'release']);
    answers.set('COMMIT', () => Promise.reject(new Error('connection lost')));
    await expect(store.apply(batchOf({ tenant: 'lent' }, [createClass('c2')]))).rejects.toThrow(StoreError);
    expect(log.splice(0)).toEqual(['connect', 'BEGIN', 'COMMIT', 'ROLLBACK', 'release']);
    answers.set('ROLLBACK', async () => {
      await database.query('ROLLBACK');
      throw new Error('connection lost');
    });
    await expect(store.apply(batchOf({ tenant: 'lent' }, [createClass('c2')]))).rejects.toThrow(StoreError);
    expect(log).toEqual(['connect', 'BEGIN', 'COMMIT', 'ROLLBACK', 'close']);
    expect((await stateOf(underTest, { tenant: 'lent' })).classes).toHaveLength(1);
  });
});

/** The pool, with every statement going through `pass` first. */
function watched(pass: (text: string) => void, over: SqlTransactionPool = database): SqlPool {
  return {
    transaction: (run) =>
      over.transaction((client) =>
        run({
          query: (text: string, values?: unknown[]) => {
            pass(text);
            return client.query(text, values);
          },
        }),
      ),
  };
}
