/**
 * Text of a CSV file as rows of cells, by RFC 4180 and with the line of each row.
 *
 * What is damaged stays small: a row whose quotes are wrong costs its own line and nothing behind it. A reader that
 * carries on to the next quote would swallow people without a word, who would then look as if they had left.
 *
 * @module
 */

/** One row as it stands in the file. */
export interface SplitRow {
  readonly cells: readonly string[];
  /** The line on which the row begins, from 1. */
  readonly line: number;
  /** Set where the cells cannot be told apart. */
  readonly damage?: 'stray-quote' | 'unclosed-quote' | 'row-too-long';
  /** Set on the last row where no line end follows it. */
  readonly isOpen?: true;
}

/** No row of OneRoster is so long. Without a limit an unclosed quote would gather the rest of the file in memory. */
const LONGEST_ROW = 2 ** 18;

const QUOTE = '"';

/** Takes the text of a file piece by piece. Blank lines are counted and left out. */
export class RowSplitter {
  private rest = '';
  private line = 1;
  private endsInReturn = false;

  /** The rows that are whole with this piece. */
  push(piece: string): readonly SplitRow[] {
    return this.split(this.rest + this.withNewlines(piece), false);
  }

  /** What is left when the file ends. */
  end(): readonly SplitRow[] {
    return this.split(this.rest, true);
  }

  /** `\r\n` and the lone `\r` of old programs as `\n`, also where a piece ends between the two. */
  private withNewlines(piece: string): string {
    const text = this.endsInReturn && piece.startsWith('\n') ? piece.slice(1) : piece;
    this.endsInReturn = piece === '' ? this.endsInReturn : piece.endsWith('\r');
    return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  }

  private split(text: string, isEnd: boolean): readonly SplitRow[] {
    const rows: SplitRow[] = [];
    let at = 0;
    let quoteAt = text.indexOf(QUOTE);
    while (at < text.length) {
      const lineEnd = text.indexOf('\n', at);
      const end = lineEnd === -1 ? text.length : lineEnd;
      if (quoteAt !== -1 && quoteAt < at) quoteAt = text.indexOf(QUOTE, at);
      if (lineEnd === -1 && !isEnd) {
        if (text.length - at <= LONGEST_ROW) break;
        rows.push({ cells: [], line: this.line, damage: 'row-too-long' });
        at = text.length;
        break;
      }
      if (quoteAt === -1 || quoteAt >= end) {
        if (end > at) rows.push(this.row(text.slice(at, end).split(','), lineEnd === -1));
        this.line += 1;
        at = end + 1;
        continue;
      }
      const quoted = cellsOf(text, at, isEnd);
      if (quoted === undefined && text.length - at <= LONGEST_ROW) break;
      if (quoted === undefined || typeof quoted === 'string') {
        // Only this line: the next one may be whole.
        rows.push({ ...this.row([], lineEnd === -1), damage: quoted ?? 'unclosed-quote' });
        this.line += 1;
        at = end + 1;
        continue;
      }
      rows.push(this.row(quoted.cells, quoted.end === text.length));
      this.line += 1 + linesIn(text, at, quoted.end);
      at = quoted.end + 1;
    }
    this.rest = at < text.length ? text.slice(at) : '';
    return rows;
  }

  private row(cells: readonly string[], isOpen: boolean): SplitRow {
    return isOpen ? { cells, line: this.line, isOpen } : { cells, line: this.line };
  }
}

/**
 * The cells of a row with quotes, and where its line end stands; the word for what is wrong with the quotes; or undefined
 * where the row goes on behind the text.
 */
function cellsOf(
  text: string,
  start: number,
  isEnd: boolean,
): { readonly cells: readonly string[]; readonly end: number } | 'stray-quote' | 'unclosed-quote' | undefined {
  const cells: string[] = [];
  for (let at = start; ; at += 1) {
    if (text[at] !== QUOTE) {
      const found = nextOf(text, at);
      cells.push(text.slice(at, found));
      at = found;
    } else {
      const closing = closingQuote(text, at + 1);
      if (closing === -1) return isEnd ? 'unclosed-quote' : undefined;
      cells.push(text.slice(at + 1, closing).replaceAll('""', QUOTE));
      at = closing + 1;
    }
    if (at >= text.length) return isEnd ? { cells, end: text.length } : undefined;
    if (text[at] === '\n') return { cells, end: at };
    if (text[at] !== ',') return 'stray-quote';
  }
}

/** Where the cell that begins here ends. */
function nextOf(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) if (text[at] === ',' || text[at] === '\n') return at;
  return text.length;
}

function closingQuote(text: string, from: number): number {
  let at = text.indexOf(QUOTE, from);
  while (at !== -1 && text[at + 1] === QUOTE) at = text.indexOf(QUOTE, at + 2);
  return at;
}

function linesIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
