import { pipeline, type Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { RawRow } from '../records/decode-values.js';
import { columnOf } from './columns.js';

/** One row of a file: its cells by column, blank ones left out; or what is wrong with it. */
export interface TableRow {
  readonly cells: RawRow;
  /** Where the row ends in the file, from 1. */
  readonly line: number;
  /** Set where the cells do not stand under their columns. */
  readonly problem?: string;
}

/** A file behind its header. */
export interface Table {
  readonly columns: ReadonlySet<string>;
  /** The rows, once. @throws UnreadableFileError where the file breaks off */
  readonly rows: AsyncIterable<TableRow>;
}

/** The rest of a file cannot be read: an unclosed quote, or a stream that fails. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
}

/** No row of OneRoster is so long. Without a limit an unclosed quote would swallow the rest of the file as one cell. */
const LONGEST_ROW_BYTES = 2 ** 20;

interface ParsedRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** Reads a CSV file: with or without a BOM, with any line ends, header names in any case, missing and extra columns. */
export async function readTable(file: Readable): Promise<Table> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW_BYTES,
  });
  // The reader learns of a failure from the parser, which the pipeline destroys with it.
  pipeline(file, parser, () => undefined);
  const records = (parser as AsyncIterable<ParsedRow>)[Symbol.asyncIterator]();
  const first = await next(records);
  const columns = (first?.record ?? []).map(columnOf);
  return {
    columns: new Set(columns.filter((column) => column !== undefined)),
    rows: rowsBehind(records, columns),
  };
}

async function* rowsBehind(
  records: AsyncIterator<ParsedRow>,
  columns: readonly (string | undefined)[],
): AsyncGenerator<TableRow> {
  try {
    for (let row = await next(records); row !== undefined; row = await next(records)) {
      const cells: Record<string, string> = {};
      for (const [index, column] of columns.entries()) {
        const cell = row.record[index];
        if (column !== undefined && cell !== undefined && cell !== '') cells[column] ??= cell;
      }
      const line = row.info.lines;
      // Cells behind the last column: somewhere a comma was not quoted, and what follows it is displaced.
      const isDisplaced = row.record.slice(columns.length).some((cell) => cell.trim() !== '');
      yield isDisplaced ? { cells, line, problem: 'extra-cells' } : { cells, line };
    }
  } finally {
    await records.return?.();
  }
}

async function next(records: AsyncIterator<ParsedRow>): Promise<ParsedRow | undefined> {
  try {
    const result = await records.next();
    return result.done === true ? undefined : result.value;
  } catch (cause) {
    throw new UnreadableFileError('the rest of the file cannot be read', { cause });
  }
}
