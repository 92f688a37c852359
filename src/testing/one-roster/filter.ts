import { compareIds } from '../../internal/ordered.js';
import type { OneRosterRecord } from './records.js';

type Predicate = (record: OneRosterRecord) => boolean;

/**
 * Understands a OneRoster filter: one comparison, or two that are joined by `AND` or `OR`; `undefined` where the text
 * is something else.
 */
export function parseFilter(text: string): Predicate | undefined {
  const clause = String.raw`([A-Za-z][\w.]*)\s*(!=|>=|<=|=|>|<|~)\s*'([^']*)'`;
  const match = new RegExp(String.raw`^\s*${clause}(?:\s+(AND|OR)\s+${clause})?\s*$`).exec(text);
  if (match === null) return undefined;
  const [, field = '', sign = '', value = '', join, otherField, otherSign = '', otherValue = ''] = match;
  const first = comparison(field, sign, value);
  if (otherField === undefined) return first;
  const second = comparison(otherField, otherSign, otherValue);
  return join === 'AND' ? (record) => first(record) && second(record) : (record) => first(record) || second(record);
}

function comparison(field: string, sign: string, value: string): Predicate {
  const path = field.split('.');
  const holds = (found: string): boolean => {
    // Instants are written in several ways, and one instant may be longer than another.
    const order = field.startsWith('date') ? Date.parse(found) - Date.parse(value) : compareIds(found, value);
    switch (sign) {
      case '=':
        return order === 0;
      case '!=':
        return order !== 0;
      case '>':
        return order > 0;
      case '>=':
        return order >= 0;
      case '<':
        return order < 0;
      case '<=':
        return order <= 0;
      default:
        return found.includes(value);
    }
  };
  return (record) => valuesAt(record, path).some(holds);
}

function valuesAt(value: unknown, path: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [field, ...rest] = path;
  if (field === undefined) return typeof value === 'string' ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return valuesAt((value as Readonly<Record<string, unknown>>)[field], rest);
}
