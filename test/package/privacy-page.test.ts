import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { PostgresStore } from 'rosterkit/postgres';
import { expect, test } from 'vitest';

const page = readFileSync(path.join(fileURLToPath(new URL('../..', import.meta.url)), 'docs/privacy.md'), 'utf8');

test('the page on a person’s data names every table that there is, and no other', { timeout: 60_000 }, async () => {
  const database = await PGlite.create();
  await new PostgresStore({ pool: database }).migrate();
  const { rows } = await database.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'rosterkit' AND relkind IN ('r', 'p') ORDER BY relname`,
  );
  await database.close();
  const section = page.slice(page.indexOf('## What is kept'), page.indexOf('## Answering'));
  const named = [...section.matchAll(/^\| [^|]+ \| ([^|]+) \|/gm)].flatMap(
    ([, cell = '']) => cell.match(/(?<=`)\w+(?=`)/g) ?? [],
  );
  expect(named.sort()).toEqual(rows.map(({ name }) => name));
});

test('the page tells the defaults of the retention', () => {
  const source = readFileSync(
    path.join(fileURLToPath(new URL('../..', import.meta.url)), 'src/sync/retention.ts'),
    'utf8',
  );
  const defaults = /DEFAULTS: Retention = \{ (.+) \};/
    .exec(source)?.[1]
    ?.split(', ')
    .map((each) => each.split(': '));
  const told = [...page.matchAll(/`retention\.(\w+)`: (\d+) days/g)].map(([, kind, days]) => [kind, days]);
  expect(told).toEqual(defaults);
});
