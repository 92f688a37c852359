import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PostgresJournal, PostgresStore } from '../../src/adapters/postgres/index.js';
import { LATEST_VERSIONS } from '../../src/adapters/postgres/migrate.js';
import { ConfigurationError, StoreError } from '../../src/errors.js';
import type { Scope } from '../../src/model/index.js';
import { connectionContract, credentialContract, imageContract, storeContract } from '../../src/testing/index.js';
import { batchOf, createClass } from '../../src/testing/contracts/store/changes.js';
import { agingIn } from '../support/aging.js';
import { keepsContract } from '../support/contract.js';
import { breakingPool, inTransaction, placesFor } from './postgres-places.js';
import type { Place } from './postgres-places.js';
import { dumpOf, fillTables, leaksOf, TENANTS, tenantTables } from './row-security.js';

describe.each(await placesFor('roles'))('the roles of the database, on %s', (_, open) => {
  let place: Place;
  let store: PostgresStore;

  beforeAll(async () => {
    place = await open();
    const { schema, owner, app, appRole } = place;
    await new PostgresStore({ pool: owner, schema }).migrate({ grantTo: appRole });
    store = new PostgresStore({ pool: app, schema });
  }, 60_000);

  afterAll(async () => {
    await place.close();
  });

  const age = (scope: Scope, ms: number) =>
    agingIn((text, values) => place.admin(text, values), place.schema)(scope, ms);
  const breakingAfter = (statements: number) =>
    new PostgresStore({ pool: breakingPool(place.app, statements), schema: place.schema });
  keepsContract(
    'a store whose role is no superuser',
    storeContract(() => ({ store, age, breakingAfter })),
  );
  keepsContract(
    'the image of a store whose role is no superuser',
    imageContract(() => ({ store, age })),
  );
  keepsContract(
    'the credentials of a store whose role is no superuser',
    credentialContract(() => ({ store })),
  );
  keepsContract(
    'the connections of a store whose role is no superuser',
    connectionContract(() => ({ store })),
  );

  describe('a statement without its WHERE', () => {
    beforeAll(async () => {
      await fillTables(place);
    });

    test('reads and changes rows of its own tenant alone, in every table', async () => {
      const before = await Promise.all(TENANTS.map((tenant) => dumpOf(place, tenant)));
      expect(await tenantTables(place)).toContain('enrollments');
      expect(await leaksOf(place)).toEqual([]);
      expect(await Promise.all(TENANTS.map((tenant) => dumpOf(place, tenant)))).toEqual(before);
    });

    test('is found out in a table that has no policy, or a loose one', async () => {
      const { schema, owner, appRole } = place;
      await inTransaction(owner, async (client) => {
        for (const table of ['bare', 'loose']) {
          await client.query(`CREATE TABLE ${schema}.${table} (tenant text NOT NULL)`);
          await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${schema}.${table} TO ${appRole}`);
          for (const tenant of TENANTS) await client.query(`INSERT INTO ${schema}.${table} VALUES ('${tenant}')`);
        }
        await client.query(`ALTER TABLE ${schema}.loose ENABLE ROW LEVEL SECURITY`);
        await client.query(`CREATE POLICY p ON ${schema}.loose USING (true)
          WITH CHECK (tenant = current_setting('rosterkit.tenant', true))`);
      });
      const leaks = await leaksOf(place);
      await place.admin(`DROP TABLE ${schema}.bare, ${schema}.loose`);
      const from = (table: string) => leaks.filter((leak) => leak.startsWith(`${table}: `)).length;
      expect([from('bare'), from('loose'), leaks.length]).toEqual([12, 8, 20]);
    });
  });

  describe('the role of the application', () => {
    test('reads the version, and changes no table and no version', async () => {
      const { schema, app } = place;
      const refused = async (statement: string) =>
        inTransaction(app, (client) => client.query(statement)).then(
          () => 'done',
          (error: unknown) => (error as { readonly code?: unknown }).code,
        );
      expect(await refused(`SELECT * FROM ${schema}.schema_version`)).toBe('done');
      for (const statement of [
        `INSERT INTO ${schema}.schema_version VALUES ('journal', 99)`,
        `ALTER TABLE ${schema}.classes DISABLE ROW LEVEL SECURITY`,
        `ALTER TABLE ${schema}.classes NO FORCE ROW LEVEL SECURITY`,
        `DROP POLICY own_tenant ON ${schema}.classes`,
        `CREATE POLICY mine ON ${schema}.classes USING (true)`,
        `CREATE TABLE ${schema}.mine (id integer REFERENCES ${schema}.classes)`,
        `DROP TABLE ${schema}.journal`,
      ]) {
        expect(await refused(statement), statement).toBe('42501');
      }
    });

    test('may migrate where nothing is to be done, and is told who has to where something is', async () => {
      await store.migrate();
      const missing = new PostgresStore({ pool: place.app, schema: `${place.schema}_none` });
      await expect(missing.migrate()).rejects.toThrow(/^migrate: the pool's role may not make or change the tables/);
    });

    test('is the one that was named', async () => {
      const owners = new PostgresStore({ pool: place.owner, schema: place.schema });
      for (const grantTo of ['', 'public', 'none', 'a\0b', 'x'.repeat(64), 7 as unknown as string]) {
        await expect(owners.migrate({ grantTo })).rejects.toThrow(/^grantTo: is the name of one role/);
      }
      const unknown = owners.migrate({ grantTo: 'no"such; role' });
      await expect(unknown).rejects.toThrow(ConfigurationError);
      await expect(unknown).rejects.toThrow(/^grantTo: names a role that the database does not have/);
      await expect(owners.migrate({ grant: 'x' } as object)).rejects.toThrow(/^grant: is not an option/);
      await owners.migrate({ grantTo: place.appRole });
    });

    test('may have any name that a role can have', async () => {
      const role = `Of "${place.schema}", app-1`;
      const quoted = `"${role.replaceAll('"', '""')}"`;
      await place.admin(`CREATE ROLE ${quoted}`);
      try {
        await new PostgresStore({ pool: place.owner, schema: place.schema }).migrate({ grantTo: role });
        const granted = `SELECT has_table_privilege($1, '${place.schema}.users', 'DELETE') AS granted`;
        expect(await place.admin(granted, [role])).toEqual([{ granted: true }]);
      } finally {
        await place.admin(`DROP OWNED BY ${quoted}`);
        await place.admin(`DROP ROLE ${quoted}`);
      }
    });
  });

  describe('preflight', () => {
    const asked = async (pool: Place['app'], schema = place.schema) => {
      const { role, isIsolated, state, findings } = await new PostgresStore({ pool, schema }).preflight();
      return [role, isIsolated, state, ...findings.map(({ code }) => code)];
    };
    /** The pool as another role, while something is so. */
    const while_ = async <T>(begin: string, end: string, work: () => Promise<T>): Promise<T> => {
      await place.admin(begin);
      try {
        return await work();
      } finally {
        await place.admin(end);
      }
    };

    test('finds nothing wrong with a role of the application', async () => {
      expect(await asked(place.app)).toEqual([place.appRole, true, 'ready']);
    });

    test('says that the owner could get around the policies', async () => {
      expect(await asked(place.owner)).toEqual([place.ownerRole, true, 'warning', 'ROLE_OWNS_TABLES']);
    });

    test('says of a superuser, and of a role with BYPASSRLS, that no policy applies to it; a sync runs all the same', async () => {
      const { schema, app, appRole } = place;
      const found = await while_(`ALTER ROLE ${appRole} SUPERUSER`, `ALTER ROLE ${appRole} NOSUPERUSER`, async () => {
        await store.apply(batchOf({ tenant: 'as superuser' }, [createClass('c1')]));
        return asked(app);
      });
      expect(found).toEqual([appRole, false, 'warning', 'ROLE_IS_SUPERUSER']);
      const bypassing = await while_(`ALTER ROLE ${appRole} BYPASSRLS`, `ALTER ROLE ${appRole} NOBYPASSRLS`, () =>
        asked(app, schema),
      );
      expect(bypassing).toEqual([appRole, false, 'warning', 'ROLE_BYPASSES_SECURITY']);
    });

    test('says of a role that it may empty a table, or may not work with one', async () => {
      const { schema, app, appRole } = place;
      const table = `${schema}.outbox`;
      const truncating = await while_(
        `GRANT TRUNCATE ON ${table} TO ${appRole}`,
        `REVOKE TRUNCATE ON ${table} FROM ${appRole}`,
        () => asked(app),
      );
      expect(truncating).toEqual([appRole, true, 'warning', 'ROLE_MAY_TRUNCATE']);
      const lacking = await while_(
        `REVOKE UPDATE ON ${table} FROM ${appRole}`,
        `GRANT UPDATE ON ${table} TO ${appRole}`,
        async () => {
          const { findings } = await store.preflight();
          expect(findings[0]?.message).toContain('may not work with outbox.');
          return asked(app);
        },
      );
      expect(lacking).toEqual([appRole, false, 'blocked', 'PRIVILEGES_MISSING']);
      const outside = await while_(
        `REVOKE USAGE ON SCHEMA ${schema} FROM ${appRole}`,
        `GRANT USAGE ON SCHEMA ${schema} TO ${appRole}`,
        () => asked(app),
      );
      expect(outside).toEqual([appRole, false, 'blocked', 'PRIVILEGES_MISSING']);
    });

    test('says what is wrong with the tables', async () => {
      const { schema, app, appRole } = place;
      expect(await asked(app, `${schema}_none`)).toEqual([appRole, false, 'blocked', 'TABLES_MISSING']);
      const version = String(LATEST_VERSIONS.journal);
      const newer = await while_(
        `INSERT INTO ${schema}.schema_version VALUES ('journal', 99)`,
        `DELETE FROM ${schema}.schema_version WHERE version = 99`,
        () => asked(app),
      );
      expect(newer).toEqual([appRole, false, 'blocked', 'TABLES_TOO_NEW']);
      const older = await while_(
        `DELETE FROM ${schema}.schema_version WHERE half = 'journal' AND version = ${version}`,
        `INSERT INTO ${schema}.schema_version VALUES ('journal', ${version})`,
        () => asked(app),
      );
      expect(older).toEqual([appRole, false, 'blocked', 'TABLES_TOO_OLD']);
      const open = await while_(
        `ALTER TABLE ${schema}.users NO FORCE ROW LEVEL SECURITY`,
        `ALTER TABLE ${schema}.users FORCE ROW LEVEL SECURITY`,
        async () => {
          const { findings } = await store.preflight();
          expect(findings[0]?.message).toContain('users: "row level security forced" is missing');
          return asked(app);
        },
      );
      expect(open).toEqual([appRole, false, 'blocked', 'TABLES_CHANGED']);
    });

    test('looks at the tables of the half that is asked, and no others', async () => {
      const { owner, app, appRole, ownerRole } = place;
      const schema = `${place.schema}_half`;
      await place.admin(`CREATE SCHEMA ${schema} AUTHORIZATION ${ownerRole}`);
      try {
        await new PostgresJournal({ pool: owner, schema }).migrate({ grantTo: appRole });
        const { role, isIsolated, state } = await new PostgresJournal({ pool: app, schema }).preflight();
        expect([role, isIsolated, state]).toEqual([appRole, true, 'ready']);
        expect(await asked(app, schema)).toEqual([appRole, false, 'blocked', 'TABLES_MISSING']);
        await new PostgresStore({ pool: owner, schema }).migrate({ grantTo: appRole });
        expect(await asked(app, schema)).toEqual([appRole, true, 'ready']);
      } finally {
        await place.admin(`DROP SCHEMA ${schema} CASCADE`);
      }
    });

    test('fails as the store does where the database cannot be reached', async () => {
      const broken = new PostgresStore({ pool: breakingPool(place.app, 0), schema: place.schema });
      await expect(broken.preflight()).rejects.toThrow(StoreError);
    });
  });
});
