import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { Pool } from 'pg';
import type { SqlClient, SqlPool } from '../../src/adapters/postgres/index.js';
import { CONNECTION, hasServer } from '../support/database-server.js';

type Row = Record<string, unknown>;

/** A database with the two roles that docs/stores.md describes: none of them is a superuser. */
export interface Place {
  readonly schema: string;
  readonly ownerRole: string;
  readonly appRole: string;
  /** Where another process connects as the owner. */
  readonly ownersConnection?: string;
  /** Makes the tables. */
  readonly owner: SqlPool;
  /** Works with them. */
  readonly app: SqlPool;
  /** Works with them as a superuser, whom no policy stops. */
  readonly superuser: SqlPool;
  /** One statement as the superuser. */
  admin(text: string, values?: unknown[]): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** The statements of docs/stores.md, with other names. */
function statementsOfDocument(names: Readonly<Record<string, string>>): string {
  const text = readFileSync(fileURLToPath(new URL('../../docs/stores.md', import.meta.url)), 'utf8');
  const block = /```sql\n(CREATE ROLE[\s\S]*?)```/.exec(text)?.[1];
  if (block === undefined) throw new Error('docs/stores.md makes no roles.');
  return Object.entries(names).reduce((sql, [name, other]) => sql.replaceAll(name, other), block);
}

/** PGlite has one connection: each transaction takes its role for itself. */
async function openPGlite(): Promise<Place> {
  const database = await PGlite.create();
  const [schema, ownerRole, appRole] = ['rosterkit', 'school_owner', 'school_app'];
  await database.exec(statementsOfDocument({}));
  const as = (role: string): SqlPool => ({
    transaction: (run) =>
      database.transaction(async (client) => {
        await client.query(`SET LOCAL ROLE ${role}`);
        return run(client);
      }),
  });
  return {
    schema,
    ownerRole,
    appRole,
    owner: as(ownerRole),
    app: as(appRole),
    superuser: database,
    admin: async (text, values) => (await database.query<Row>(text, values)).rows,
    close: () => database.close(),
  };
}

function connectionAs(role: string, password: string): string {
  const url = new URL(CONNECTION);
  url.username = role;
  url.password = password;
  return url.href;
}

/** A server, where each role logs in. */
export async function openServer(name: string): Promise<Place> {
  const word = `rosterkit_${name}_${String(process.pid)}`;
  const [schema, ownerRole, appRole] = [word, `${word}_owner`, `${word}_app`];
  const superuser = new Pool({ connectionString: CONNECTION });
  await superuser.query(statementsOfDocument({ rosterkit: schema, school_owner: ownerRole, school_app: appRole }));
  const password = crypto.randomUUID();
  const as = async (role: string): Promise<Pool> => {
    await superuser.query(`ALTER ROLE ${role} PASSWORD '${password}'`);
    return new Pool({ connectionString: connectionAs(role, password) });
  };
  const [owner, app] = [await as(ownerRole), await as(appRole)];
  return {
    schema,
    ownerRole,
    appRole,
    ownersConnection: connectionAs(ownerRole, password),
    owner,
    app,
    superuser,
    admin: async (text, values) => (await superuser.query<Row>(text, values)).rows,
    close: async () => {
      await Promise.all([owner.end(), app.end()]);
      await superuser.query(`DROP SCHEMA ${schema} CASCADE`);
      for (const role of [appRole, ownerRole]) await superuser.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await superuser.end();
    },
  };
}

/** The places that there are: PGlite, and the server. */
export async function placesFor(name: string): Promise<readonly (readonly [string, () => Promise<Place>])[]> {
  const places: (readonly [string, () => Promise<Place>])[] = [['PGlite', openPGlite]];
  if (await hasServer()) places.push(['a server', () => openServer(name)]);
  return places;
}

/** Runs a transaction with the pool, whichever its shape. */
export async function inTransaction<T>(pool: SqlPool, run: (client: SqlClient) => Promise<T>): Promise<T> {
  if ('transaction' in pool) return pool.transaction(run);
  const connection = await pool.connect();
  try {
    await connection.query('BEGIN');
    const result = await run(connection);
    await connection.query('COMMIT');
    return result;
  } catch (error) {
    await connection.query('ROLLBACK');
    throw error;
  } finally {
    connection.release();
  }
}

/** The pool, with every statement going through `pass` first. */
function watchedPool(pool: SqlPool, pass: (text: string) => void): SqlPool {
  const watched = (client: SqlClient): SqlClient => ({
    query: async (text, values) => {
      if (text !== 'ROLLBACK') pass(text);
      return client.query(text, values);
    },
  });
  if ('transaction' in pool) return { transaction: (run) => pool.transaction((client) => run(watched(client))) };
  return {
    connect: async () => {
      const connection = await pool.connect();
      return { ...watched(connection), release: (destroy) => connection.release(destroy) };
    },
  };
}

/** The pool as one sees it whose connection is lost when it has carried out so many statements. */
export function breakingPool(pool: SqlPool, statements: number): SqlPool {
  let left = statements;
  return watchedPool(pool, () => {
    if (left === 0) throw new Error('connection lost');
    left -= 1;
  });
}
