import type { Catalog } from './catalog.js';

/**
 * What the tables lack of what this version expects, each in words that hold names of tables and columns alone. What a
 * host added for itself is no drift, except a policy that lets more rows through.
 */
export function driftOf(expected: Catalog, actual: Catalog): readonly string[] {
  return [...expected].flatMap(([table, lines]) => {
    const present = actual.get(table);
    if (present === undefined) return [`the table ${table} is missing`];
    const known = new Set(lines);
    const others = present.filter((line) => !known.has(line));
    const missing = lines.filter((line) => !present.includes(line));
    const replaced = new Set(missing.map(headOf));
    return [
      ...missing.map((line) => missingWords(table, line, others)),
      ...others
        .filter((line) => PERMISSIVE.test(line) && !replaced.has(headOf(line)))
        .map((line) => `${table}: "${line}" lets more rows through`),
    ];
  });
}

function missingWords(table: string, line: string, others: readonly string[]): string {
  const head = headOf(line);
  const other = others.find((candidate) => headOf(candidate) === head);
  return other === undefined ? `${table}: "${line}" is missing` : `${table}: "${line}" is now "${other}"`;
}

/** What a line is about: a column or a policy by its name, a primary key as such; else the whole line. */
function headOf(line: string): string {
  return HEAD.exec(line)?.[0] ?? line;
}

/** A name in a line of the catalog, which stands in quotation marks where it is no plain word. */
const NAME = '(?:"(?:[^"]|"")*"|\\S+)';
const HEAD = new RegExp(`^(?:column|policy) ${NAME}|^PRIMARY KEY`);
const PERMISSIVE = new RegExp(`^policy ${NAME} permissive `);
