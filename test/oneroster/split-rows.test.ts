import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowSplitter, type SplitRow } from '../../src/oneroster/csv/split-rows.js';

function split(pieces: readonly string[]): readonly SplitRow[] {
  const splitter = new RowSplitter();
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
}

/** A cell as careful programs write it, or with quotes that it does not need. */
function written(cell: string, isQuoted: boolean): string {
  return isQuoted || /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

const cell = fc.oneof(
  fc.constantFrom('', ' ', '"', '""', ',', '\n', 'a,b', 'say "hi"', 'two\nlines', '“”', 'é', '名前', '😀'),
  fc.string({ maxLength: 6 }).map((text) => text.replaceAll('\r', '')),
);
const table = fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: 2, maxLength: 5 }), { maxLength: 8 });

describe('rows of a CSV file', () => {
  it('are those of csv-parse where nothing is damaged, however the text comes in pieces', () => {
    const cuts = fc.array(fc.nat(200), { maxLength: 6 });
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), fc.boolean(), cuts, (rows, lineEnd, isEnded, places) => {
        const text =
          rows.map((row) => row.map(([word, isQuoted]) => written(word, isQuoted)).join(',')).join(lineEnd) +
          (isEnded && rows.length > 0 ? lineEnd : '');
        const at = [0, ...places.filter((place) => place < text.length).sort((left, right) => left - right)];
        const pieces = at.map((from, index) => text.slice(from, at[index + 1]));
        const expected = parse(text, { relax_column_count: true, skip_empty_lines: true, record_delimiter: lineEnd });
        expect(split(pieces).map(({ cells }) => cells)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('bear the line on which each begins', () => {
    const lines = split(['a,b\n\n"one\ntwo",c\r\nd,', 'e\rf,g']).map((row) => row.line);
    expect(lines).toEqual([1, 3, 5, 6]);
  });

  it('lose one row to a quote that nobody closes, and nothing behind it', () => {
    const rows = split(['id,name\n1,"Ann\n2,Ben\n3,Cem\n']);
    expect(rows.map(({ cells, damage }) => damage ?? cells.join(' '))).toEqual([
      'id name',
      'unclosed-quote',
      '2 Ben',
      '3 Cem',
    ]);
  });
});
