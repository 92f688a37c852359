/**
 * Whether the cells of a row stand under their columns. A comma too many or too few moves everything behind it: a
 * home number becomes a mobile one, and a person another.
 *
 * @module
 */

import { text, triState } from '../../http/index.js';
import { day, statusOf } from '../records/decode-values.js';
import type { Column } from './columns.js';

/** Words of the standard by which a cell can be seen to stand under its own column. */
const VOCABULARY: Readonly<Record<string, ReadonlySet<string>>> = {
  role: new Set([
    'administrator',
    'aide',
    'counselor',
    'districtadministrator',
    'guardian',
    'parent',
    'principal',
    'proctor',
    'relative',
    'siteadministrator',
    'student',
    'systemadministrator',
    'teacher',
  ]),
  type: new Set([
    'department',
    'district',
    'gradingperiod',
    'local',
    'national',
    'school',
    'schoolyear',
    'semester',
    'state',
    'term',
  ]),
  classType: new Set(['homeroom', 'scheduled']),
  roleType: new Set(['primary', 'secondary']),
};

const DATES: ReadonlySet<string> = new Set(['dateLastModified', 'startDate', 'endDate', 'beginDate', 'birthDate']);
const BOOLEANS: ReadonlySet<string> = new Set(['enabledUser', 'primary']);

/** Lists of ids whose absence would say something: that nobody has a school, a class no term. */
const NEEDED: ReadonlySet<string> = new Set(['orgSourcedIds', 'termSourcedIds']);

/**
 * Whether a row with fewer cells than the header only lacks blank ones at its end, as spreadsheets leave them out. A comma
 * that is lost in the middle looks alike, in row after row where a program loses it. So the last cell with something in it
 * must be seen to stand under its own column, and could not have come there from the ones behind it; and no cell may be
 * seen to stand under another column.
 */
export function isInPlace(cells: readonly string[], columns: readonly (Column | undefined)[]): boolean {
  const missing = columns.slice(cells.length);
  if (missing.some((column) => column !== undefined && NEEDED.has(column.name))) return false;
  const fits = (index: number, column = index): boolean | undefined =>
    fitsSurely(cells[index] ?? '', columns[column]?.name);
  if (cells.some((_, index) => fits(index) === false)) return false;
  const last = cells.findLastIndex((cell) => cell.trim() !== '');
  return fits(last) === true && missing.every((_, index) => fits(last, last + index + 1) !== true);
}

/** Whether a row with more cells than the header has only blank ones too many, and no other in a wrong place. */
export function hasOnlyBlankSurplus(cells: readonly string[], columns: readonly (Column | undefined)[]): boolean {
  return cells.every((cell, index) =>
    index < columns.length ? fitsSurely(cell, columns[index]?.name) !== false : cell.trim() === '',
  );
}

function fitsSurely(cell: string, column: string | undefined): boolean | undefined {
  return fitsColumn(cell, column) ?? fitsContact(cell, column);
}

/** An e-mail address is seen by its `@`, and a number by having none; which number it is, nobody sees. */
function fitsContact(cell: string, column: string | undefined): boolean | undefined {
  if (text(cell) === undefined) return undefined;
  if (column === 'email') return cell.includes('@');
  return (column === 'sms' || column === 'phone') && cell.includes('@') ? false : undefined;
}

/** Whether the cells of a column are dates or yes and no: what is neither is read as nothing. */
export function hasValues(column: string): boolean {
  return DATES.has(column) || BOOLEANS.has(column);
}

/** Whether a cell may stand in its column; undefined where anything may. */
export function fitsColumn(cell: string, column: string | undefined): boolean | undefined {
  if (column === undefined || text(cell) === undefined) return undefined;
  if (column === 'status') return statusOf(cell) !== undefined;
  if (DATES.has(column)) return day(cell) !== undefined;
  if (BOOLEANS.has(column)) return triState(cell) !== undefined;
  return VOCABULARY[column]?.has(cell.trim().toLowerCase());
}
