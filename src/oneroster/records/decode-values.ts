/**
 * The dialects of single values: dates, statuses, lists and references come in many spellings.
 *
 * @module
 */

import { type Field, isObject, list, Problem, sourcedId, text, words } from '../../http/index.js';
import type {
  OneRosterCredential,
  OneRosterReference,
  OneRosterRole,
  OneRosterStatus,
  OneRosterUserId,
  OneRosterUserProfile,
} from './wire.js';

/** A row as it arrived: the fields of a JSON object, or the cells of a file by their column. */
export type RawRow = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isRow(value: unknown): value is RawRow {
  return isObject(value);
}

/** `active` where nothing is said; undefined where the word is unknown, because to guess could delete a person. */
export function statusOf(value: unknown): OneRosterStatus | undefined {
  if (value === 'active') return 'active';
  const isSaid = value !== undefined && value !== null && value !== '';
  const word = text(value)?.toLowerCase().replace(/[-_ ]/g, '');
  if (word === undefined) return isSaid && typeof value !== 'string' ? undefined : 'active';
  if (word === 'active') return 'active';
  return word === 'tobedeleted' || word === 'inactive' ? 'tobedeleted' : undefined;
}

/** {@link statusOf} as a field: a row whose status is unknown cannot be used. */
export const status: Field<OneRosterStatus> = (value) => statusOf(value) ?? new Problem('unknown-status');

/** The usual day and the usual instant, which need no closer look: no month has fewer than 28 days. */
const PLAIN_DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/;
const PLAIN_INSTANT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/**
 * A day as `YYYY-MM-DD`: also out of an instant, out of `20180827`, and of what spreadsheets write: the American
 * `8/27/2018`, the `27/8/2018` whose first number is no month, and `27.8.2018`.
 */
export const day: Field<string | undefined> = (value) => dayOf(value);

function dayOf(value: unknown): string | undefined {
  if (typeof value === 'string' && PLAIN_DAY.test(value)) return value;
  const written = text(value);
  if (written === undefined) return undefined;
  const iso = partsOf(written)
    .map((part) => part.padStart(2, '0'))
    .join('-');
  return isDay(iso) ? iso : undefined;
}

/** Year, month and day. */
function partsOf(written: string): readonly string[] {
  const [, first = '', divider, second = '', year = ''] =
    /^(\d{1,2})([/.])(\d{1,2})\2(\d{4})(?:\s|$)/.exec(written) ?? [];
  if (divider !== undefined) {
    const isDayFirst = divider === '.' || Number(first) > 12;
    return isDayFirst ? [year, second, first] : [year, first, second];
  }
  const [, ...together] = /^(\d{4})(\d{2})(\d{2})(?:[T\s]|$)/.exec(written) ?? [];
  return together.length > 0 ? together : written.slice(0, 10).split('-');
}

/** A day on which rights hang: a record whose day was sent and cannot be read is unusable, not one without a day. */
export const sureDay: Field<string | undefined> = (value) => {
  const isSent = value !== undefined && value !== null && (typeof value !== 'string' || value.trim() !== '');
  return dayOf(value) ?? (isSent ? new Problem('unreadable-date') : undefined);
};

function isDay(iso: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return false;
  const time = Date.parse(`${iso}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso);
}

/** An ISO instant. What names no time zone is read as UTC, which the standard demands. */
export const instant: Field<string | undefined> = (value) => {
  if (typeof value === 'string' && PLAIN_INSTANT.test(value)) return value;
  const written = text(value);
  if (written === undefined) return undefined;
  const date = dayOf(written);
  const [, hours] = /[T ](\d{2}:\d{2}.*)$/.exec(written) ?? [];
  if (date === undefined) return undefined;
  const zoned = hours === undefined ? '00:00:00Z' : /(?:Z|[+-]\d{2}:?\d{2})$/i.test(hours) ? hours : `${hours}Z`;
  const time = Date.parse(`${date}T${zoned}`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
};

/** A number, also one that came as a word. */
export const number: Field<number | undefined> = (value) => {
  const meant = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof meant === 'number' && Number.isFinite(meant) ? meant : undefined;
};

/** The texts of a list; one text may hold several, divided by commas, as a cell of a file does. */
export const wordList: Field<readonly string[]> = (value) => {
  if (Array.isArray(value) && value.every(isWord)) return value;
  return items(value)
    .map(text)
    .filter((word) => word !== undefined);
};

/** Whether it is a text that can stay as it is. */
function isWord(item: unknown): item is string {
  return typeof item === 'string' && words(item) === item;
}

/** A reference: an object with a sourcedId, or a bare id. Some servers send a list where one is meant. */
export const reference: Field<OneRosterReference | undefined> = (value) => referenceOf(value);

function referenceOf(value: unknown): OneRosterReference | undefined {
  if (isObject(value)) {
    const id = sourcedId(value['sourcedId']);
    if (id === undefined) return undefined;
    const type = words(value['type']);
    return typeof type === 'string' ? { sourcedId: id, type } : { sourcedId: id };
  }
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) {
      const found = Array.isArray(item) ? undefined : referenceOf(item);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const id = sourcedId(value);
  return id === undefined ? undefined : { sourcedId: id };
}

/** Lists of references of which some were sent without an id that can be used. */
const lossy = new WeakSet<object>();

/** Whether a reference of the list was sent without an id that can be used. Only of records that were just read. */
export function hasLostReferences(list: readonly OneRosterReference[]): boolean {
  return lossy.has(list);
}

/**
 * References, without what refers to nothing. A single text may hold several ids, divided by commas. What was meant to
 * refer to something and has no usable id is left out, and remembered: see {@link hasLostReferences}.
 */
export const references: Field<readonly OneRosterReference[]> = (value) => {
  // An array that was parsed is put right where it stands.
  const list: unknown[] = Array.isArray(value) ? value : [...items(value)];
  let count = 0;
  for (const item of list) {
    const one = Array.isArray(item) ? undefined : referenceOf(item);
    if (one === undefined) {
      if (!isNothing(item)) lossy.add(list);
      continue;
    }
    list[count] = one;
    count += 1;
  }
  if (count < list.length) list.length = count;
  return list as readonly OneRosterReference[];
};

/** Absent, empty, or an object that says at most of what type nothing is. */
function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.every(isNothing);
  return isObject(value) && Object.entries(value).every(([key, said]) => key === 'type' || isNothing(said));
}

/** The items of a list; of a text that is none, the parts between its commas. */
function items(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (typeof value === 'string' && value.includes(',')) return value.split(',').map((part) => part.trim());
  return list(value);
}

/** Objects with type and identifier; in files `{Type:Id},{Type:Id}`, or only the id. */
export const userIds: Field<readonly OneRosterUserId[]> = (value) => {
  if (Array.isArray(value) && value.every(isUserId)) return value;
  if (typeof value === 'string' && value.includes('{')) {
    return [...value.matchAll(/\{([^:{}]*):([^{}]*)\}/g)].flatMap(([, type, identifier]) => userId(type, identifier));
  }
  return items(value).flatMap((item) =>
    isObject(item) ? userId(item['type'], item['identifier']) : userId(undefined, item),
  );
};

/** Whether it can stay as it is, as most do. */
function isUserId(item: unknown): item is OneRosterUserId {
  return isObject(item) && isWord(item['type']) && isWord(item['identifier']);
}

function userId(type: unknown, identifier: unknown): readonly OneRosterUserId[] {
  const id = text(identifier);
  const kind = text(type);
  if (id === undefined) return [];
  return [kind === undefined ? { identifier: id } : { type: kind, identifier: id }];
}

/** The roles of 1.2: objects with role and org, or bare words. */
export const roles: Field<readonly OneRosterRole[]> = (value) =>
  items(value).flatMap((item) => {
    const row: RawRow = isObject(item) ? item : { role: item };
    const role = text(row['role']);
    if (role === undefined) return [];
    return [
      withoutUndefined<OneRosterRole>({
        role,
        roleType: text(row['roleType']),
        org: referenceOf(row['org']) ?? referenceOf(row['orgSourcedId']),
        userProfile: text(row['userProfile'] ?? row['userProfileSourcedId']),
        beginDate: dayOf(row['beginDate']),
        endDate: dayOf(row['endDate']),
      }),
    ];
  });

/** The profiles of 1.2, made anew: what a vendor adds to credentials may be as secret as the password. */
export const userProfiles: Field<readonly OneRosterUserProfile[]> = (value) =>
  items(value)
    .filter(isObject)
    .map((row) =>
      withoutUndefined<OneRosterUserProfile>({
        profileId: text(row['profileId']),
        profileType: text(row['profileType']),
        vendorId: text(row['vendorId']),
        applicationId: text(row['applicationId']),
        description: text(row['description']),
        credentials: items(row['credentials'])
          .filter(isObject)
          .map((credential) =>
            withoutUndefined<OneRosterCredential>({
              type: text(credential['type']),
              username: text(credential['username']),
            }),
          ),
      }),
    );

/** Objects of any shape, as they were sent. */
export const objects: Field<readonly Readonly<Record<string, unknown>>[] | undefined> = (value) =>
  Array.isArray(value) ? (value as readonly unknown[]).filter(isObject) : undefined;

/** The fields of a record in the making: an optional one may still be undefined. */
type InTheMaking<T> = { readonly [K in keyof T]: object extends Pick<T, K> ? T[K] | undefined : T[K] };

/** The record without the fields that are undefined. */
export function withoutUndefined<T extends object>(fields: InTheMaking<T>): T {
  const made: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) made[name] = value;
  return made as T;
}
