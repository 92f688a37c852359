/**
 * The dialects of single values: dates, statuses and references come in many spellings.
 *
 * @module
 */

import { list, sourcedId, text } from '../../http/index.js';
import type { OneRosterReference, OneRosterRole, OneRosterStatus, OneRosterUserId } from './wire.js';

/** A row as it arrived: the fields of a JSON object, or the cells of a file by their column. */
export type RawRow = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isRow(value: unknown): value is RawRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `active` where nothing is said; undefined where the word is unknown, because to guess could delete a person. */
export function statusOf(value: unknown): OneRosterStatus | undefined {
  const word = text(value)?.toLowerCase().replace(/[-_ ]/g, '');
  if (word === undefined || word === 'active') return 'active';
  return word === 'tobedeleted' || word === 'inactive' ? 'tobedeleted' : undefined;
}

/** A day as `YYYY-MM-DD`: also out of an instant, and out of the American `8/27/2018` that spreadsheets write. */
export function day(value: unknown): string | undefined {
  const written = text(value);
  if (written === undefined) return undefined;
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:\s|$)/.exec(written);
  const parts = american ? [american[3], american[1], american[2]] : written.slice(0, 10).split('-');
  const iso = parts.map((part) => part?.padStart(2, '0')).join('-');
  return isDay(iso) ? iso : undefined;
}

function isDay(iso: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return false;
  const time = Date.parse(`${iso}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso);
}

/** An ISO instant. What names no time zone is read as UTC, which the standard demands. */
export function instant(value: unknown): string | undefined {
  const written = text(value);
  if (written === undefined) return undefined;
  const date = day(written);
  const [, hours] = /[T ](\d{2}:\d{2}.*)$/.exec(written) ?? [];
  if (date === undefined) return undefined;
  const zoned = hours === undefined ? '00:00:00Z' : /(?:Z|[+-]\d{2}:?\d{2})$/i.test(hours) ? hours : `${hours}Z`;
  const time = Date.parse(`${date}T${zoned}`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** The texts of a list; one text may hold several, divided by commas, as a cell of a file does. */
export function words(value: unknown): readonly string[] {
  return list(value)
    .flatMap((item) => (Array.isArray(value) ? [item] : divided(item)))
    .map(text)
    .filter((word) => word !== undefined);
}

/**
 * A reference: an object with a sourcedId, a bare id, or the flat field `<name>SourcedId`. Some servers send a list
 * (`schools`) where one is meant.
 */
export function reference(row: RawRow, name: string): OneRosterReference | undefined {
  return (
    referenceOf(Array.isArray(row[name]) ? (row[name] as readonly unknown[])[0] : row[name]) ??
    referenceOf(row[`${name}SourcedId`])
  );
}

/** The references under the first of the names that holds any. A single text may hold several ids, divided by commas. */
export function references(row: RawRow, names: readonly string[]): readonly OneRosterReference[] {
  for (const name of names) {
    const value = row[name];
    const found = list(value)
      .flatMap((item) => (Array.isArray(value) ? [item] : divided(item)))
      .map(referenceOf)
      .filter((item) => item !== undefined);
    if (found.length > 0) return found;
  }
  return [];
}

function referenceOf(value: unknown): OneRosterReference | undefined {
  const id = sourcedId(isRow(value) ? value['sourcedId'] : value);
  if (id === undefined) return undefined;
  const type = isRow(value) ? text(value['type']) : undefined;
  return type === undefined ? { sourcedId: id } : { sourcedId: id, type };
}

function divided(value: unknown): readonly unknown[] {
  return typeof value === 'string' && value.includes(',') ? value.split(',').map((part) => part.trim()) : [value];
}

/** Objects with type and identifier; in files `{Type:Id},{Type:Id}`, or only the id. */
export function userIds(value: unknown): readonly OneRosterUserId[] {
  if (typeof value === 'string' && value.includes('{')) {
    return [...value.matchAll(/\{([^:{}]*):([^{}]*)\}/g)].flatMap(([, type, identifier]) => userId(type, identifier));
  }
  return list(value)
    .flatMap((item) => (Array.isArray(value) ? [item] : divided(item)))
    .flatMap((item) => (isRow(item) ? userId(item['type'], item['identifier']) : userId(undefined, item)));
}

function userId(type: unknown, identifier: unknown): readonly OneRosterUserId[] {
  const id = text(identifier);
  const kind = text(type);
  if (id === undefined) return [];
  return [kind === undefined ? { identifier: id } : { type: kind, identifier: id }];
}

/** The roles of 1.2: objects with role and org, or bare words. */
export function roles(value: unknown): readonly OneRosterRole[] {
  return list(value).flatMap((item) => {
    const row = isRow(item) ? item : { role: item };
    const role = text(row['role']);
    if (role === undefined) return [];
    return [
      withoutUndefined<OneRosterRole>({
        role,
        roleType: text(row['roleType']),
        org: reference(row, 'org'),
        beginDate: day(row['beginDate']),
        endDate: day(row['endDate']),
      }),
    ];
  });
}

/** The fields of a record in the making: an optional one may still be undefined. */
type InTheMaking<T> = { readonly [K in keyof T]: object extends Pick<T, K> ? T[K] | undefined : T[K] };

/** The record without the fields that are undefined. */
export function withoutUndefined<T extends object>(fields: InTheMaking<T>): T {
  const record: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) record[name] = value;
  return record as T;
}
