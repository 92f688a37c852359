import type { PGlite } from '@electric-sql/pglite';
import { describe, expect, test } from 'vitest';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import type { SqlPool } from '../../src/adapters/postgres/index.js';
import { newId } from '../../src/adapters/postgres/new-id.js';
import { addMember, batchOf, createClass, createUser, userChange } from '../../src/testing/contracts/store/changes.js';
import { withPGlite } from '../support/pglite.js';

let database: PGlite;

withPGlite((made) => {
  database = made;
});

/** A database that notes how it looks for what a statement names, one word for each index that it asks. */
function explaining(conditions: string[]): SqlPool {
  return {
    transaction: (run) =>
      database.transaction((client) =>
        run({
          query: async (text, values) => {
            // One class is found without an index, too.
            if (text.includes('LATERAL') && !text.includes('"classes"')) {
              const { rows } = await client.query<Record<string, string>>(`EXPLAIN ${text}`, values);
              const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
              const columns = [...plan.matchAll(/Index Cond: (.*)/g)].map(([, condition = '']) =>
                [...condition.matchAll(/(\w+) = /g)].map(([, column]) => column).join('+'),
              );
              // A filter reads on until a row fits.
              conditions.push(/\bFilter: /.test(plan) ? 'filter' : columns.join(' '));
            }
            return client.query(text, values);
          },
        }),
      ),
  };
}

const many = Array.from({ length: 3_000 }, (_, index) => `u${String(index)}`);

describe('a batch looks up what it names in the index of exactly that', () => {
  test.each([
    ['nobody has counted anything yet', []],
    ['only another tenant was counted', ['other']],
    ['this tenant was counted when it was small', ['own']],
  ])('where %s', async (_name, counted) => {
    const schema = `plans_${counted.join('_')}`;
    const conditions: string[] = [];
    const store = new PostgresStore({ pool: explaining(conditions), schema });
    await store.migrate();
    for (const tenant of counted) {
      await store.apply(batchOf({ tenant }, [createClass('first'), ...many.slice(0, 40).map(createUser)]));
      if (tenant === 'other') await store.apply(batchOf({ tenant }, many.slice(40).map(createUser)));
    }
    if (counted.length > 0) await database.exec('ANALYZE');
    const scope = { tenant: 'own' };
    const runId = 'long-run';
    await store.apply({ ...batchOf(scope, [createClass('c1'), ...many.slice(50).map(createUser)]), runId });
    conditions.length = 0;
    const changes = many.slice(50, 100).flatMap((person) => [
      userChange({
        kind: 'user-update',
        target: { sourcedId: person },
        before: { grade: undefined },
        after: { grade: '04' },
        version: 1,
      }),
      addMember('c1', person),
    ]);
    changes.sort((left, right) => right.kind.localeCompare(left.kind));
    const { stale } = await store.apply({ ...batchOf(scope, changes), runId });
    expect(stale).toEqual([]);
    expect([...new Set(conditions)].sort()).toEqual(['tenant+id', 'tenant+run_id+key', 'tenant+sourced_id']);
  });
});

test('ids are made in ascending order, and no two are one', () => {
  const ids = Array.from({ length: 20_000 }, newId);
  expect([...new Set(ids)].sort()).toEqual(ids);
  expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
    true,
  );
});
