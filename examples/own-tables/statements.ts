/** What the app says to its tables: reads them as rosterkit's records, and writes changes to them. */

import { randomUUID } from 'node:crypto';
import type { Change, ChangeNoun } from 'rosterkit';
import type { SqlClient, WrittenRecord } from 'rosterkit/postgres';
import { ACCOUNTS, TABLE_OF, type PairTable, type Table } from './tables.js';

type Fields = Readonly<Record<string, unknown>>;

/** Writes one change; undefined where its record is no longer as the plan saw it. */
export async function writeOne(
  client: SqlClient,
  district: string,
  change: Change,
): Promise<WrittenRecord | undefined> {
  const table = TABLE_OF[change.kind.slice(0, change.kind.indexOf('-')) as ChangeNoun];
  const target: Fields = { ...change.target };
  if (change.before === null) return create(client, district, table, target, { ...change.after });
  const id = await find(client, district, table, target);
  if (id === undefined) return undefined;
  if (change.after === null) return remove(client, district, table, id, change.version);
  const record = await update(client, district, table, id, change.version, { ...change.after });
  if (record !== undefined && change.kind === 'class-purge') {
    await client.query('DELETE FROM group_members WHERE district = $1 AND group_id = $2', [district, id]);
  }
  return record;
}

/** Deletes an account, and lets go of it whoever shares its login. */
export async function eraseAccount(client: SqlClient, district: string, id: string): Promise<void> {
  const { rows } = await client.query('DELETE FROM accounts WHERE district = $1 AND id = $2 RETURNING roster_id', [
    district,
    id,
  ]);
  await client.query(
    "UPDATE accounts SET sync = sync - 'sharesLoginWith' WHERE district = $1 AND sync ->> 'sharesLoginWith' = $2",
    [district, rows[0]?.['roster_id'] ?? null],
  );
}

async function create(
  client: SqlClient,
  district: string,
  table: Table | PairTable,
  target: Fields,
  after: Fields,
): Promise<WrittenRecord | undefined> {
  const named = 'left' in table ? await pairOf(client, district, table, { ...target, ...present(after) }) : {};
  if (named === undefined) return undefined;
  const { columns, sync } = split(table, { sourcedId: target['sourcedId'], ...present(after) });
  const row = { ...columns, ...named, district, id: after['id'] ?? target['id'] ?? randomUUID(), sync };
  const names = Object.keys(row);
  // What is there already, by its id, its roster id or its two sides, makes the change stale.
  const { rows } = await client.query(
    `INSERT INTO ${table.name} (${names.join(', ')}) VALUES (${names.map((_, at) => `$${at + 1}`).join(', ')})
     ON CONFLICT DO NOTHING RETURNING id, edition`,
    Object.values(row),
  );
  return written(rows);
}

async function update(
  client: SqlClient,
  district: string,
  table: Table | PairTable,
  id: string,
  version: number | undefined,
  after: Fields,
): Promise<WrittenRecord | undefined> {
  const { columns, sync } = split(table, after);
  const names = Object.keys(columns);
  const values = [district, id, version ?? null, sync, after['sourcedId'] ?? null];
  const { rows } = await client.query(
    `UPDATE ${table.name} SET sync = jsonb_strip_nulls(sync || $4::jsonb)
       ${names.map((name, at) => `, ${name} = $${values.length + at + 1}`).join('')}
     WHERE district = $1 AND id = $2 AND edition = $3 AND ($5::text IS NULL OR ${isFree(table)})
     RETURNING id, edition`,
    [...values, ...Object.values(columns)],
  );
  return written(rows);
}

/** That no other record has the roster id that this one is to be given. */
function isFree(table: Table | PairTable): string {
  if ('left' in table) return 'true';
  return `NOT EXISTS (SELECT FROM ${table.name} o WHERE o.district = $1 AND o.roster_id = $5 AND o.id <> $2)`;
}

async function remove(
  client: SqlClient,
  district: string,
  table: Table | PairTable,
  id: string,
  version: number | undefined,
): Promise<WrittenRecord | undefined> {
  // Locked first: nobody can add an active tie to the account between the look at its ties and its end.
  await client.query(`SELECT FROM ${table.name} WHERE district = $1 AND id = $2 FOR UPDATE`, [district, id]);
  const { rows } = await client.query(
    `DELETE FROM ${table.name} WHERE district = $1 AND id = $2 AND edition = $3
     ${table === ACCOUNTS ? 'AND NOT EXISTS (SELECT FROM active_ties WHERE district = $1 AND account_id = $2)' : ''}
     RETURNING id`,
    [district, id, version ?? null],
  );
  return written(rows);
}

/** The app's id of the record that a change is about. */
async function find(
  client: SqlClient,
  district: string,
  table: Table | PairTable,
  target: Fields,
): Promise<string | undefined> {
  if (typeof target['id'] === 'string') return target['id'];
  if (!('left' in table)) return idOf(client, district, table, undefined, target['sourcedId']);
  const pair = await pairOf(client, district, table, target);
  if (pair === undefined) return undefined;
  const { rows } = await client.query(
    `SELECT id FROM ${table.name} WHERE district = $1 AND ${table.left.column} = $2 AND ${table.right.column} = $3`,
    [district, pair[table.left.column], pair[table.right.column]],
  );
  return rows.map((row) => String(row['id']))[0];
}

/** The two columns of a pair, where both records are there. */
async function pairOf(
  client: SqlClient,
  district: string,
  { left, right }: PairTable,
  names: Fields,
): Promise<Readonly<Record<string, string>> | undefined> {
  const pair: Record<string, string> = {};
  for (const { field, column, table } of [left, right]) {
    const id = await idOf(client, district, table, names[`${field}Id`], names[`${field}SourcedId`]);
    if (id === undefined) return undefined;
    pair[column] = id;
  }
  return pair;
}

async function idOf(
  client: SqlClient,
  district: string,
  table: Table,
  id: unknown,
  rosterId: unknown,
): Promise<string | undefined> {
  const { rows } = await client.query(
    `SELECT id FROM ${table.name} WHERE district = $1 AND CASE WHEN $2::text IS NULL THEN roster_id = $3 ELSE id = $2 END`,
    [district, id ?? null, rosterId ?? null],
  );
  return rows.map((row) => String(row['id']))[0];
}

/** What says which record it is, and belongs into no column and no JSON. */
const IDENTITY = /^(id|version|(class|user|guardian|student)(Id|SourcedId))$/u;

/** The fields that have a column, and the rest as JSON. Null empties either. */
function split(table: Table, fields: Fields): { readonly columns: Record<string, unknown>; readonly sync: string } {
  const columns: Record<string, unknown> = {};
  const sync: Record<string, unknown> = {};
  for (const [field, value = null] of Object.entries(fields)) {
    const column = table.columns[field];
    if (column !== undefined) columns[column] = value;
    else if (!IDENTITY.test(field)) sync[field] = value;
  }
  return { columns, sync: JSON.stringify(sync) };
}

function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

function written([row]: readonly Fields[]): WrittenRecord | undefined {
  if (row === undefined) return undefined;
  const version = row['edition'] === undefined ? {} : { version: Number(row['edition']) };
  return { recordId: String(row['id']), ...version };
}

/** The records of a table, in the order in which the engine merges. */
export async function recordsOf(
  client: SqlClient,
  district: string,
  table: Table | PairTable,
): Promise<readonly Fields[]> {
  const { rows } = await client.query(selectOf(table), [district]);
  const records = rows.map((row) => {
    const fields: Record<string, unknown> = { ...(row['sync'] as Fields), id: row['id'], version: row['edition'] };
    for (const [field, column] of Object.entries(table.columns)) fields[field] = row[column];
    if ('left' in table) {
      for (const { field, column } of [table.left, table.right]) {
        fields[`${field}Id`] = row[column];
        fields[`${field}SourcedId`] = row[`${column}_roster_id`];
      }
    }
    return present(fields);
  });
  const keys = 'left' in table ? [table.left, table.right].map(({ field }) => field) : [undefined];
  return records.sort((one, other) => {
    for (const key of keys) {
      const order = compare(nameOf(one, key), nameOf(other, key));
      if (order !== 0) return order;
    }
    return 0;
  });
}

function selectOf(table: Table | PairTable): string {
  if (!('left' in table)) return `SELECT * FROM ${table.name} WHERE district = $1`;
  const { name, left, right } = table;
  return `SELECT t.*, l.roster_id AS ${left.column}_roster_id, r.roster_id AS ${right.column}_roster_id
    FROM ${name} t
    JOIN ${left.table.name} l ON l.district = t.district AND l.id = t.${left.column}
    JOIN ${right.table.name} r ON r.district = t.district AND r.id = t.${right.column}
    WHERE t.district = $1`;
}

/** What has no sourcedId comes first, by the app's id. */
function nameOf(record: Fields, key: string | undefined): readonly [number, string] {
  const sourcedId = record[key === undefined ? 'sourcedId' : `${key}SourcedId`];
  if (typeof sourcedId === 'string') return [1, sourcedId];
  return [0, String(record[key === undefined ? 'id' : `${key}Id`])];
}

/** Texts by UTF-16 code unit, as `<` does. */
function compare([group, name]: readonly [number, string], [otherGroup, otherName]: readonly [number, string]): number {
  if (group !== otherGroup) return group - otherGroup;
  return name < otherName ? -1 : name > otherName ? 1 : 0;
}
