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

/**
 * Whether a row with other than the header's number of cells only lacks blank ones at its end, or has some too many there,
 * as spreadsheets leave them out and add them. A row with too few must either end in a cell with something in it or have a
 * neighbour of the same length, and one of its cells must be seen to stand under its own column; a row with too many must
 * have such a neighbour, unless it is alone. No cell may be seen to stand under another column.
 */
export function isInPlace(
  cells: readonly string[],
  columns: readonly (Column | undefined)[],
  neighbours: readonly (number | undefined)[],
): boolean {
  const hasLike = neighbours.includes(cells.length);
  const fits = cells.map((cell, index) => fitsColumn(cell, columns[index]?.name));
  if (fits.includes(false)) return false;
  if (cells.length < columns.length) return fits.includes(true) && (hasLike || (cells.at(-1) ?? '').trim() !== '');
  return hasLike || neighbours.every((length) => length === undefined);
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
