import type { Place } from './postgres-places.js';
import { inTransaction } from './postgres-places.js';

/** The tenants whose rows every table has, one each. */
export const TENANTS = ['tenant-a', 'tenant-b'] as const;

/** The tables of the schema that hold rows of tenants, whichever there are. */
export async function tenantTables(place: Place): Promise<readonly string[]> {
  const rows = await place.admin(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND c.relname <> 'schema_version' ORDER BY 1`,
    [place.schema],
  );
  return rows.map(({ name }) => String(name));
}

/** Puts a row of each tenant into every table, made of what its columns ask for. */
export async function fillTables(place: Place): Promise<void> {
  let left = await tenantTables(place);
  for (let before = Infinity; left.length > 0; ) {
    if (left.length === before) throw new Error(`No row can be made for ${left.join(', ')}.`);
    before = left.length;
    const refused: string[] = [];
    for (const table of left) {
      // A row may need one of another table, which comes in another round.
      const isFilled = await fill(place, table).then(
        () => true,
        () => false,
      );
      if (!isFilled) refused.push(table);
    }
    left = refused;
  }
}

async function fill(place: Place, table: string): Promise<void> {
  for (const tenant of TENANTS) await place.admin(await insertOf(place, table, tenant));
}

/** A row of the table, as a statement. All ids are the same, so that references find their record. */
async function insertOf(place: Place, table: string, tenant: string): Promise<string> {
  const columns = await place.admin(
    `SELECT quote_ident(attname) AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull AND attidentity = '' AND NOT atthasdef`,
    [`${place.schema}.${table}`],
  );
  const values = columns.map(({ name, type }) => (name === 'tenant' ? `'${tenant}'` : valueOf(String(type))));
  const names = columns.map(({ name }) => String(name));
  return `INSERT INTO ${place.schema}.${table} (${names.join(', ')}) VALUES (${values.join(', ')})`;
}

function valueOf(type: string): string {
  if (type === 'integer' || type === 'bigint') return '1';
  if (type === 'boolean') return 'false';
  if (type.startsWith('json')) return `'{}'`;
  if (type.startsWith('timestamp')) return `'2026-09-01T06:00:00Z'`;
  return `'same'`;
}

/** Every row of a tenant, in every table, as the superuser sees it. */
export async function dumpOf(place: Place, tenant: string): Promise<string> {
  const parts: string[] = [];
  for (const table of await tenantTables(place)) {
    const rows = await place.admin(
      `SELECT row_to_json(t)::text AS row FROM ${place.schema}.${table} t WHERE tenant = $1 ORDER BY 1`,
      [tenant],
    );
    parts.push([table, ...rows.map(({ row }) => String(row))].join('\n'));
  }
  return parts.join('\n');
}

/** Makes a tenant that has the same of everything, with other words in place of some. */
export async function copyTenant(
  place: Place,
  tenant: string,
  words: readonly (readonly [string, string])[],
): Promise<void> {
  const { schema } = place;
  const copied = words.reduce((text, [from, to]) => `replace(${text}, '${from}', '${to}')`, 'row_to_json(t)::text');
  const copies = (await tenantTables(place)).map(
    (table) => `INSERT INTO ${schema}.${table} OVERRIDING SYSTEM VALUE
      SELECT (json_populate_record(NULL::${schema}.${table}, (${copied})::json)).* FROM ${schema}.${table} t
      WHERE tenant = '${tenant}'`,
  );
  // Whatever the order of the tables: no reference is looked at before all are copied, and then all are there.
  await place.admin(`DO $$ BEGIN SET LOCAL session_replication_role = replica; ${copies.join(';')}; END $$`);
}

/** What a statement does for the application in a transaction of the tenant: the tenants of its rows, or the SQLSTATE. */
async function attempt(place: Place, tenant: string | undefined, statement: string): Promise<string> {
  const rolledBack = new Error('rolled back');
  let outcome = '';
  await inTransaction(place.app, async (client) => {
    if (tenant !== undefined) await client.query(`SELECT set_config('rosterkit.tenant', $1, true)`, [tenant]);
    const { rows } = await client.query(statement);
    outcome = rows.map((row) => String(row['tenant'])).join(', ');
    throw rolledBack;
  }).catch((error: unknown) => {
    if (error !== rolledBack) outcome = String((error as { readonly code?: unknown }).code);
  });
  return outcome;
}

const REFUSED = '42501';

/** Where a statement of the application, without its WHERE, reads or changes what is not its tenant's. */
export async function leaksOf(place: Place): Promise<readonly string[]> {
  const [own, other] = TENANTS;
  const leaks: string[] = [];
  for (const table of await tenantTables(place)) {
    const name = `${place.schema}.${table}`;
    const expected: readonly (readonly [tenant: string | undefined, statement: string, outcome: string])[] = [
      [own, `SELECT tenant FROM ${name}`, own],
      [own, `UPDATE ${name} SET tenant = tenant RETURNING tenant`, own],
      [own, `DELETE FROM ${name} RETURNING tenant`, own],
      [own, `UPDATE ${name} SET tenant = '${other}'`, REFUSED],
      [own, await insertOf(place, table, other), REFUSED],
      [own, `${await insertOf(place, table, other)} ON CONFLICT DO NOTHING`, REFUSED],
      [own, `TRUNCATE ${name} CASCADE`, REFUSED],
      [undefined, `SELECT tenant FROM ${name}`, ''],
      [undefined, `UPDATE ${name} SET tenant = tenant RETURNING tenant`, ''],
      [undefined, `DELETE FROM ${name} RETURNING tenant`, ''],
      [undefined, await insertOf(place, table, own), REFUSED],
      ['', `SELECT tenant FROM ${name}`, ''],
      ['', await insertOf(place, table, ''), REFUSED],
    ];
    for (const [tenant, statement, outcome] of expected) {
      const actual = await attempt(place, tenant, statement);
      if (actual !== outcome) leaks.push(`${table}: ${statement} as ${String(tenant)} gave ${actual}`);
    }
  }
  return leaks;
}
