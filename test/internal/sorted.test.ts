import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareIds, idOrder, inOrder } from '../../src/internal/ordered.js';
import { sortedById } from '../../src/internal/sorted.js';

interface Row {
  readonly id: string;
  readonly at: number;
}

const byId = idOrder(
  (row: Row) => row.id,
  (left, right) => left.at - right.at,
);

function expectSorted(ids: readonly string[]): void {
  const rows = ids.map((id, at) => ({ id, at: ids.length - at }));
  const expected = [...rows].sort((left, right) => compareIds(left.id, right.id) || left.at - right.at);
  expect(sortedById(rows, byId)).toEqual(expected);
}

/** Enough of them that they are sorted as numbers. */
function many(id: fc.Arbitrary<string>): fc.Arbitrary<string[]> {
  return fc.array(id, { minLength: 65, maxLength: 400, size: 'max' });
}

describe('records sorted by their ids', () => {
  it.each([
    ['any text', fc.string({ unit: 'binary', maxLength: 6 })],
    [
      'hexadecimal digits with a long beginning in common',
      fc.string({ unit: fc.constantFrom('0', '9', 'a', 'f'), maxLength: 30 }).map((rest) => `64206e4431f12f05${rest}`),
    ],
    ['few different ids, so that many records have the same', fc.constantFrom('c1', 'c2', 'c10', '', 'c')],
    ['ids that go on where others end', fc.integer({ min: 0, max: 40 }).map((length) => 'a'.repeat(length))],
    ['characters from both ends of the code', fc.constantFrom('\u0000', '\uffff', '\ud800', 'a', '\u0000a', 'a\u0000')],
  ])('as a comparison of code units sorts them: %s', (_, id) => {
    fc.assert(fc.property(many(id), expectSorted), { numRuns: 100 });
  });

  it('when there are more than fit into one number', () => {
    const ids = Array.from(
      { length: 5_000 },
      (_, at) => `${String((at * 7_919) % 5_000)}-${'x'.repeat(at % 3)}-${String(at % 2)}`,
    );
    expectSorted(ids);
    expectSorted([...ids, ...ids]);
  });

  it('and leaves the input as it is', () => {
    const rows = [
      { id: 'b', at: 1 },
      { id: 'a', at: 2 },
    ];
    expect(inOrder(rows, byId).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(rows.map(({ id }) => id)).toEqual(['b', 'a']);
    const ordered = [...rows].reverse();
    expect(inOrder(ordered, byId)).toBe(ordered);
  });
});
