/**
 * A CSV file as rows under the columns of its header: with or without a BOM, with any line ends, header names in any
 * case and order, missing and extra columns. A row that does not fit its header is handed over with what is wrong.
 *
 * @module
 */

import type { Readable } from 'node:stream';
import { RosterError } from '../../errors.js';
import type { RawRow } from '../records/decode-values.js';
import { type Column, columnOf, type TableName } from './columns.js';
import { fitsColumn, hasOnlyBlankSurplus, hasValues, isInPlace } from './shape.js';
import { RowSplitter, type SplitRow } from './split-rows.js';

/** One row of a file. */
export interface TableRow {
  /** The cells as fields of a record; blank ones are undefined, and so are those that cannot be believed. */
  readonly row: RawRow;
  /** The line on which the row begins, from 1. */
  readonly line: number;
  /** Set where the row cannot be used. */
  readonly problem?: string;
  /** The column that the problem is about, where it is one. */
  readonly column?: string;
  /** The columns whose cells are missing at the end, where some are. */
  readonly missing?: readonly string[];
  /** Columns whose cells say something that cannot be read, such as a date that is none; the row stands without it. */
  readonly unread?: readonly string[];
}

/** A file behind its header. */
export interface Table {
  /** The names of its columns, as 1.1 and 1.2 have them. */
  readonly columns: ReadonlySet<string>;
  /** The rows, once, some at a time. @throws UnreadableFileError where the file breaks off */
  readonly batches: AsyncIterable<readonly TableRow[]>;
  /** Whether the header names columns that no row reached: a row has run into it. To be asked when the rows are through. */
  readonly hasDamagedHeader: () => boolean;
}

/** Finds the column of a header cell. */
export type ColumnFinder = (headerCell: string) => Column | undefined;

/** The rest of a file cannot be read: its stream fails, or its last row is cut. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';

  constructor(
    /** What is wrong, as a word. */
    readonly word: 'unreadable-file' | 'cut-short',
    options: { readonly cause?: unknown } = {},
  ) {
    super('the rest of the file cannot be read', options);
  }
}

/** What stands where bytes were no UTF-8, and what no text for people holds. */
const UNREADABLE = /[\u0000\uFFFD]/u;

/** What no id holds: a quote, a line break, or the plus of a number that a spreadsheet has rounded. */
const STRANGE = /["\n+]/;
const ROUNDED = /^\d(?:[.,]\d+)?E\+\d+$/i;

function strangeness(id: string): string | undefined {
  if (id.includes('"')) return 'stray-quote';
  if (id.includes('\n')) return 'line-break';
  return ROUNDED.test(id) ? 'rounded-number' : undefined;
}

/** Reads a file of a bundle. */
export async function readTable(file: Readable, table: TableName): Promise<Table> {
  return await readRows(file, (cell) => columnOf(cell, table));
}

/** Reads a CSV file whose columns `find` knows. */
export async function readRows(file: Readable, find: ColumnFinder): Promise<Table> {
  const rows = splitRows(file);
  const first = await rows.next();
  const [header, ...others] = first.done === true ? [] : first.value.rows;
  const layout = new Layout(header?.cells ?? [], find);
  return {
    columns: layout.names,
    batches: batchesBehind(layout, others, rows),
    hasDamagedHeader: () => layout.lastUnknown >= layout.widest,
  };
}

interface Batch {
  readonly rows: readonly SplitRow[];
  /** Whether characters that cannot be read have been seen until here. */
  readonly isDirty: boolean;
}

/** The rows of a file, a piece of the file at a time; never an empty batch. */
async function* splitRows(file: Readable): AsyncGenerator<Batch, void> {
  const splitter = new RowSplitter();
  const decoder = new TextPieces();
  let isBeginning = true;
  let isDirty = false;
  try {
    for await (const bytes of file as AsyncIterable<Uint8Array | string>) {
      const text = typeof bytes === 'string' ? bytes : decoder.push(bytes);
      // Decoding takes the byte order mark off; a text that was decoded elsewhere may still have it.
      const piece = isBeginning && text.startsWith('\uFEFF') ? text.slice(1) : text;
      isBeginning &&= text === '';
      isDirty ||= UNREADABLE.test(piece);
      const rows = splitter.push(piece);
      if (rows.length > 0) yield { rows, isDirty };
    }
  } catch (cause) {
    // A file that is far too large is refused, not read in part.
    if (RosterError.isInstance(cause)) throw cause;
    throw new UnreadableFileError('unreadable-file', { cause });
  } finally {
    file.destroy();
  }
  const last = decoder.end();
  isDirty ||= UNREADABLE.test(last);
  for (const rows of [splitter.push(last), splitter.end()]) if (rows.length > 0) yield { rows, isDirty };
}

/** Bytes as text: UTF-8, or UTF-16 where a byte order mark says so. */
class TextPieces {
  private decoder: TextDecoder | undefined;
  private head: Uint8Array = new Uint8Array();

  push(bytes: Uint8Array): string {
    if (this.decoder !== undefined) return this.decoder.decode(bytes, { stream: true });
    this.head = Buffer.concat([this.head, bytes]);
    if (this.head.length < 2) return '';
    const [first, second] = this.head;
    const isLittle = first === 0xff && second === 0xfe;
    this.decoder = new TextDecoder(isLittle ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8');
    return this.decoder.decode(this.head, { stream: true });
  }

  end(): string {
    return this.decoder === undefined ? new TextDecoder().decode(this.head) : this.decoder.decode();
  }
}

async function* batchesBehind(
  layout: Layout,
  first: readonly SplitRow[],
  rest: AsyncGenerator<Batch, void>,
): AsyncGenerator<readonly TableRow[]> {
  let batch: Batch = { rows: first, isDirty: true };
  let isBeginning = true;
  try {
    for (;;) {
      // Of a file that breaks off at once, nothing is handed over.
      const next = await rest.next();
      if (isBeginning && batch.rows.length > 0) {
        layout.getUsedTo(batch.rows);
        isBeginning = false;
      }
      const rows: TableRow[] = [];
      for (const split of batch.rows) {
        const row = layout.rowOf(split, batch.isDirty);
        if (row === 'cut-short') {
          if (rows.length > 0) yield rows;
          throw new UnreadableFileError('cut-short');
        }
        if (row !== undefined) rows.push(row);
      }
      if (rows.length > 0) yield rows;
      if (next.done === true) return;
      batch = next.value;
    }
  } finally {
    await rest.return(undefined);
  }
}

/** What stands where in a row. */
class Layout {
  readonly names: ReadonlySet<string>;
  /** Where the last column stands whose name is not known, from 0; -1 where there is none. */
  readonly lastUnknown: number;
  /** The most cells that a row had. */
  widest = 0;
  /** The number of cells that all rows at the beginning of the file have; undefined where they differ. */
  private usual: number | undefined;
  private readonly columns: readonly (Column | undefined)[];
  private readonly hasMerged: boolean;
  private readonly ids: readonly number[];
  private readonly worded: readonly { readonly index: number; readonly name: string }[];
  private readonly taken: readonly { readonly index: number; readonly field: string; readonly isList: boolean }[];
  private readonly metadata: readonly { readonly index: number; readonly key: string }[];

  constructor(header: readonly string[], find: ColumnFinder) {
    const names = new Set<string>();
    // Of two columns with one name the first counts.
    this.columns = header.map((cell) => {
      const column = find(cell);
      if (column === undefined || names.has(column.name)) return undefined;
      names.add(column.name);
      return column;
    });
    this.names = names;
    this.lastUnknown = header.findLastIndex((cell, index) => this.columns[index] === undefined && cell.trim() !== '');
    this.hasMerged = header.some((cell, index) => this.columns[index] === undefined && isMerged(cell, find));
    const indexed = [...this.columns.entries()];
    this.ids = indexed.flatMap(([index, column]) => (/sourcedIds?$/i.test(column?.name ?? '') ? [index] : []));
    this.worded = indexed.flatMap(([index, column]) =>
      column !== undefined && hasValues(column.name) ? [{ index, name: column.name }] : [],
    );
    this.taken = indexed.flatMap(([index, column]) =>
      column?.field === undefined ? [] : [{ index, field: column.field, isList: column.isList === true }],
    );
    this.metadata = indexed.flatMap(([index, column]) =>
      // An assignment to `__proto__` would change the object itself, and tell nothing.
      column?.metadata === undefined || column.metadata === '__proto__' ? [] : [{ index, key: column.metadata }],
    );
  }

  /**
   * Takes the beginning of the file for the way its program writes. One that ends every row with a comma does so from the
   * first row on; in a row that alone is too long, a comma within a name has moved the cells.
   */
  getUsedTo(rows: readonly SplitRow[]): void {
    const widths = new Set(rows.map(({ cells }) => cells.length));
    this.usual = widths.size === 1 && !this.hasMerged ? [...widths][0] : undefined;
  }

  /** Undefined for a row of blank cells, as spreadsheets leave them behind. */
  rowOf(split: SplitRow, isDirty: boolean): TableRow | 'cut-short' | undefined {
    const { cells, line, damage } = split;
    const isShort = cells.length < this.columns.length;
    if (cells.length > this.widest) this.widest = cells.length;
    if (split.isOpen === true && (isShort || damage !== undefined)) return 'cut-short';
    if (damage !== undefined) return { row: {}, line, problem: damage };
    if (isShort && cells.every((cell) => cell.trim() === '')) return undefined;
    if (
      cells.length > this.columns.length &&
      (cells.length !== this.usual || !hasOnlyBlankSurplus(cells, this.columns))
    ) {
      return { row: {}, line, problem: 'extra-cells' };
    }
    if (isShort && !isInPlace(cells, this.columns)) return { row: {}, line, problem: 'missing-cells' };
    const unreadable = isDirty ? this.unreadableCell(cells) : undefined;
    if (unreadable !== undefined) return { row: this.fields(cells, UNREADABLE), line, ...unreadable };
    for (const index of this.ids) {
      const cell = cells[index] ?? '';
      const problem = STRANGE.test(cell) ? strangeness(cell) : undefined;
      if (problem !== undefined) return { row: {}, line, problem, ...this.named(index) };
    }
    const row = this.fields(cells);
    if (row['sourcedId'] === undefined && cells.every((cell) => cell.trim() === '')) return undefined;
    const unread = this.unreadColumns(cells);
    if (!isShort && unread === undefined) return { row, line };
    const missing = isShort ? { missing: this.namesBehind(cells.length) } : {};
    return { row, line, ...missing, ...(unread === undefined ? {} : { unread }) };
  }

  private namesBehind(index: number): readonly string[] {
    return this.columns.slice(index).flatMap((column) => column?.name ?? []);
  }

  private unreadColumns(cells: readonly string[]): readonly string[] | undefined {
    let found: string[] | undefined;
    for (const { index, name } of this.worded) {
      const cell = cells[index];
      if (cell !== undefined && cell !== '' && fitsColumn(cell, name) === false) (found ??= []).push(name);
    }
    return found;
  }

  private unreadableCell(cells: readonly string[]): Pick<TableRow, 'problem' | 'column'> | undefined {
    const index = cells.findIndex((cell) => UNREADABLE.test(cell));
    if (index === -1) return undefined;
    const problem = cells[index]?.includes('\u0000') === true ? 'nul-character' : 'wrong-encoding';
    return { problem, ...this.named(index) };
  }

  private named(index: number): { readonly column?: string } {
    const name = this.columns[index]?.name;
    return name === undefined ? {} : { column: name };
  }

  /** The cells as a server would send them. Always the same keys, which makes rows cheap. */
  private fields(cells: readonly string[], unwanted?: RegExp): RawRow {
    const row: Record<string, unknown> = {};
    for (const { index, field, isList } of this.taken) {
      const cell = cells[index];
      const isUsable = cell !== undefined && cell !== '' && unwanted?.test(cell) !== true;
      row[field] = isUsable ? (isList ? listOf(cell) : cell) : undefined;
    }
    if (this.metadata.length > 0) {
      const metadata: Record<string, string> = {};
      for (const { index, key } of this.metadata) {
        const cell = cells[index];
        if (cell !== undefined && cell !== '') metadata[key] = cell;
      }
      row['metadata'] = metadata;
    }
    return row;
  }
}

/** People leave spaces behind the commas, which are no part of what is listed. */
function listOf(cell: string): readonly string[] {
  if (!cell.includes(',')) return [cell];
  return cell
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** No two names of columns are longer together; every place in a cell is tried, so a longer cell would take for ever. */
const LONGEST_MERGED = 128;

/** Whether a header cell begins and ends with names of columns: the comma between them is lost. */
function isMerged(cell: string, find: ColumnFinder): boolean {
  const isName = (part: string): boolean => find(part) !== undefined;
  const written = cell.trim();
  if (written.length >= LONGEST_MERGED) return false;
  const lengths = Array.from({ length: Math.max(0, written.length - 1) }, (_, index) => index + 1);
  return (
    lengths.some((length) => isName(written.slice(0, length))) &&
    lengths.some((length) => isName(written.slice(length)))
  );
}
