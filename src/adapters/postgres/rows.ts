import type { Row } from './database.js';

/** A text of a row. JSON is selected as text too, so that no parser that the host gave its driver gets at it. */
export function text(row: Row, column: string): string {
  return String(row[column]);
}

export function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null || row[column] === undefined ? undefined : text(row, column);
}

/** A number of a row, whether the driver gives it as a number or as a text. */
export function number(row: Row, column: string): number {
  return Number(row[column]);
}

/** A document of a row, selected as text: the caller knows what the store itself wrote there. */
export function json(row: Row, column: string): unknown {
  return JSON.parse(text(row, column));
}
