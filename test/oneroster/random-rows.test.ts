import fc from 'fast-check';
import type { OneRosterCollection, OneRosterPage } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import { COLLECTIONS, dialectRow, references, spoiledRow } from './arbitraries.js';
import { clientOf } from './support/roster.js';
import { serve } from './support/server.js';

/** Reads rows over HTTP, one answer after the other from one server; gives what JSON made of them too. */
async function reader(collection: OneRosterCollection) {
  let rows: readonly unknown[] = [];
  const server = await serve({}, () => ({ body: { [collection]: rows } }));
  const client = clientOf(server, { version: '1.2', paths: { rostering: PATH, gradebook: PATH, resources: PATH } });
  return async (sent: readonly unknown[]): Promise<{ page: OneRosterPage<object>; sent: readonly unknown[] }> => {
    rows = sent;
    const list: { pages(): AsyncGenerator<OneRosterPage<object>, unknown> } = client[collection];
    const { value } = await list.pages().next();
    return { page: value as OneRosterPage<object>, sent: JSON.parse(JSON.stringify(sent)) as readonly unknown[] };
  };
}

const PATH = '/ims/oneroster/v1p1';

describe('rows in every dialect', () => {
  test.each(COLLECTIONS)('of %s are all read, with the references that they need', async (collection) => {
    const read = await reader(collection);
    await fc.assert(
      fc.asyncProperty(fc.array(dialectRow(collection), { minLength: 1, maxLength: 12 }), async (rows) => {
        const { page, sent } = await read(rows);
        expect(page.rejected).toEqual([]);
        expect(page.items).toHaveLength(sent.length);
        for (const item of page.items) {
          for (const name of references(collection, 'always')) {
            expect(item).toHaveProperty([name, 'sourcedId'], expect.stringMatching(/./));
          }
        }
        const kept = JSON.stringify(page.items.map((item) => ({ ...item, metadata: undefined })));
        expect(kept).not.toContain('elsewhere.example.com');
        expect(kept).not.toContain('"password"');
      }),
      { numRuns: 15 },
    );
  });
});

describe('rows as no specification allows', () => {
  test.each(COLLECTIONS)('of %s are read or named by a word, every one', async (collection) => {
    const read = await reader(collection);
    await fc.assert(
      fc.asyncProperty(fc.array(spoiledRow(collection), { minLength: 1, maxLength: 12 }), async (rows) => {
        const { page, sent } = await read(rows);
        expect(page.items.length + page.rejected.length).toBe(sent.length);
        expect(page.received).toBe(sent.length);
        for (const { problem } of page.rejected) expect(problem).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
        for (const item of page.items) {
          expect(item).toHaveProperty('status', expect.stringMatching(/^(?:active|tobedeleted)$/));
          for (const name of references(collection, 'needed')) expect(item).toHaveProperty([name, 'sourcedId']);
        }
      }),
      { numRuns: 25 },
    );
  });
});
