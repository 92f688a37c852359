/** Everything that a store keeps, whatever it calls it: for tests that something is not among it. */

import { Session } from 'node:inspector/promises';
import type { PGlite } from '@electric-sql/pglite';
import type { MemoryStore } from '../../src/adapters/memory/index.js';

/** What is kept, as text, by the name of its table or field. */
export type Dump = Readonly<Record<string, string>>;

/** Every row of every table of the schema, as the catalog lists them. */
export async function dumpOfTables(database: PGlite, schema = 'rosterkit'): Promise<Dump> {
  const tables = await database.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND relkind IN ('r', 'p', 'm') ORDER BY relname`,
    [schema],
  );
  const dump: Record<string, string> = {};
  for (const { name } of tables.rows) {
    const { rows } = await database.query<{ row: string }>(`SELECT t::text AS row FROM "${schema}"."${name}" t`);
    dump[name] = rows.map(({ row }) => row.replaceAll('""', '"')).join('\n');
  }
  return dump;
}

/** Every field of the store, private ones too, and of what it keeps of each tenant. */
export async function dumpOfMemory(store: MemoryStore): Promise<Dump> {
  const dump: Record<string, string> = {};
  for (const field of await privateFieldsOf(store)) {
    const entries = field instanceof Map ? [...(field as Map<unknown, unknown>).values()] : [field];
    for (const entry of entries) {
      for (const [name, value] of Object.entries(entry ?? {})) {
        dump[name] = (dump[name] ?? '') + textOf(value);
      }
    }
  }
  return dump;
}

/** The words that stand in the dump, each with the tables or fields in which it does. */
export function placesOf(dump: Dump, words: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (const word of words) {
    const escaped = word.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
    const pattern = new RegExp(String.raw`(?<![\p{L}\p{N}_\-])${escaped}(?![\p{L}\p{N}_\-])`, 'u');
    const places = Object.keys(dump).filter((name) => pattern.test(dump[name] ?? ''));
    if (places.length > 0) found[word] = places;
  }
  return found;
}

function textOf(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, each: unknown) => {
    if (each instanceof Map) return [...(each as Map<unknown, unknown>)];
    return each instanceof Set ? [...(each as Set<unknown>)] : each;
  });
}

/** Only the inspector sees what a class keeps to itself. */
async function privateFieldsOf(object: object): Promise<readonly unknown[]> {
  const shared = globalThis as { inspected?: { readonly object: object; readonly values: unknown[] } };
  const values: unknown[] = [];
  shared.inspected = { object, values };
  const session = new Session();
  session.connect();
  try {
    const { result } = await session.post('Runtime.evaluate', { expression: 'globalThis.inspected.object' });
    const { objectId = '' } = result;
    const properties = await session.post('Runtime.getProperties', { objectId, ownProperties: true });
    // The types of Node know nothing of them.
    const { privateProperties = [] } = properties as {
      readonly privateProperties?: readonly { readonly value?: { readonly objectId?: string } }[];
    };
    for (const { value } of privateProperties) {
      if (value?.objectId === undefined) continue;
      const functionDeclaration = 'function () { globalThis.inspected.values.push(this); }';
      await session.post('Runtime.callFunctionOn', { objectId: value.objectId, functionDeclaration });
    }
  } finally {
    session.disconnect();
    delete shared.inspected;
  }
  return values;
}
