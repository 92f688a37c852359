/**
 * How records are read: a table says for each documented field what it is, and the record as it was parsed is put right
 * where it stands. Most values are right as they came, so that this costs little beside the parsing itself; a schema
 * library that builds every record anew costs as much again. Keys that no table names stay as they are.
 *
 * @module
 */

import { isId, sourcedId, text, textList, triState } from './decode.js';

/** Why a record cannot be used: where, and a word; never the value itself. */
export class Problem {
  readonly path: string;
  readonly word: string;

  constructor(word: string, path = '') {
    this.word = word;
    this.path = path;
  }

  /** The same, seen from the record that holds it. */
  within(name: string): Problem {
    return new Problem(this.word, this.path === '' ? name : `${name}.${this.path}`);
  }

  toString(): string {
    return `${this.path === '' ? 'record' : this.path}: ${this.word}`;
  }
}

/** Reads a value that was parsed from JSON and belongs to the reader, who may change it. */
export type Field<T> = (value: unknown) => T | Problem;

/** One field for each key of a record: the compiler keeps both in step. */
export type Fields<T> = { readonly [Key in keyof T]-?: Field<T[Key]> };

const invalidType = new Problem('invalid_type');
const NUL = '\u0000';

/** Text. What is absent, null, blank or no text is undefined. */
export const words: Field<string | undefined> = (value) => {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') return text(value);
  const isTrimmed = isInk(value.charCodeAt(0)) && isInk(value.charCodeAt(value.length - 1));
  return isTrimmed && value.indexOf(NUL) < 0 ? value : text(value);
};

/** A visible character of ASCII: no white space for certain. */
function isInk(code: number): boolean {
  return code > 32 && code < 127;
}

/** The id of another record. What is no id is undefined. */
export const reference: Field<string | undefined> = sourcedId;

/** The id of another record that must not be lost: what is no id makes the record unusable, unless nothing was sent. */
export const optionalId: Field<string | undefined> = (value) =>
  value === undefined || value === null || value === '' ? undefined : (sourcedId(value) ?? invalidType);

/** An id without which the record cannot be used. */
export const requiredId: Field<string> = (value) => sourcedId(value) ?? new Problem('missing-id');

/** A boolean, however it is written. */
export const yesOrNo: Field<boolean | undefined> = triState;

/**
 * The ids of other records. Members are lost with ids that cannot be read, so then the whole record cannot be used; what
 * is absent, null or empty is no id.
 */
export const ids: Field<readonly string[]> = (value) => {
  if (Array.isArray(value) && value.every(isId)) return value;
  const found: string[] = [];
  for (const [index, item] of (Array.isArray(value) ? (value as readonly unknown[]) : [value]).entries()) {
    if (item === undefined || item === null || item === '') continue;
    const id = sourcedId(item);
    if (id === undefined) return Array.isArray(value) ? invalidType.within(String(index)) : invalidType;
    found.push(id);
  }
  return found;
};

/**
 * What a list is read as that was not sent at all: it has no entries, and says nothing. Where the far side sends a list
 * always (Clever the members of a section), a record without the key is one whose list was withheld, not an empty one.
 */
const UNTOLD: readonly never[] = Object.freeze([]);

/** Whether a list was sent, be it an empty one. Only of records that were just read. */
export function isTold(list: readonly unknown[]): boolean {
  return list !== UNTOLD;
}

/** A list whose absence is not the same as its being empty: see {@link isTold}. */
export function told<T>(read: Field<readonly T[]>): Field<readonly T[]> {
  return (value) => (value === undefined || value === null || value === '' ? UNTOLD : read(value));
}

/** Texts, without what is blank. */
export const texts: Field<readonly string[]> = textList;

/** {@link texts}, or undefined where nothing was sent. */
export const optionalTexts: Field<readonly string[] | undefined> = (value) =>
  value === undefined || value === null || value === '' ? undefined : textList(value);

/** An object of any shape. What is none is undefined. */
export const anyObject: Field<Readonly<Record<string, unknown>> | undefined> = (value) =>
  isObject(value) ? value : undefined;

/** What a record is beside its fields. */
export interface RecordOptions<T> {
  /**
   * Other keys that a field may come under: read where the field itself says nothing or cannot be read, and then emptied.
   *
   * @default none
   */
  readonly aliases?: Readonly<Record<string, keyof T & string>>;
  /** Keys, in lower case, whose values are not taken over, whatever the case they are sent in. @default none */
  readonly dropped?: readonly string[];
}

/**
 * A record by its table of fields. Goes by the keys that were sent: most records have half of them, and to look for a key
 * that is not there takes longest of all.
 */
export function record<T extends object>(fields: Fields<T>, options: RecordOptions<T> = {}): Field<T> {
  const table = new Map(Object.entries<Field<unknown>>(fields));
  const others = new Map<string, string | undefined>(Object.entries(options.aliases ?? {}));
  // As a key of its own, as JSON may have it, it would change the prototype of whatever the record is copied to.
  others.set('__proto__', undefined);
  const dropped = new Set(options.dropped);
  const lengths = new Set((options.dropped ?? []).map(({ length }) => length));
  const doubled = new Set<string>(Object.values(options.aliases ?? {}));
  // What a field makes of nothing: most often nothing, but a list is empty, and an id is missed.
  const absent = [...table].flatMap(([name, read]) => {
    const meant = read(undefined);
    // One empty list serves all records that have none.
    return meant === undefined ? [] : [{ name, meant: Array.isArray(meant) ? Object.freeze(meant) : meant }];
  });
  return (value) => {
    if (!isObject(value)) return invalidType;
    let found: string[] | undefined;
    for (const name in value) {
      const read = table.get(name);
      if (read === undefined) {
        const isDropped = lengths.has(name.length) && dropped.has(name.toLowerCase());
        if (isDropped || others.has(name)) (found ??= []).push(name);
        continue;
      }
      const sent = value[name];
      const meant = read(sent);
      if (meant === sent) continue;
      if (!(meant instanceof Problem)) value[name] = meant;
      else if (doubled.has(name)) value[name] = undefined;
      else return meant.within(name);
    }
    for (const name of found ?? []) {
      const meantName = others.get(name);
      if (meantName !== undefined && saysNothing(value[meantName])) {
        const meant = table.get(meantName)?.(value[name]);
        // Another key may still say it; if none does, it is missed below.
        if (!(meant instanceof Problem)) value[meantName] = meant;
      }
      value[name] = undefined;
    }
    for (const { name, meant } of absent) {
      if (value[name] !== undefined) continue;
      if (meant instanceof Problem) return meant.within(name);
      value[name] = meant;
    }
    // Every key of T has just been read by a field of its own type: that is what `Fields` says.
    return value as T;
  };
}

function saysNothing(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** A part of a record that matters: it may be missing, but where it is sent in a wrong shape, the record is unusable. */
export function part<T>(read: Field<T>): Field<T | undefined> {
  return (value) => (value === undefined || value === null || value === '' ? undefined : read(value));
}

/** A part of a record that nothing hangs on: in a wrong shape it is as good as missing. */
export function detail<T>(read: Field<T>): Field<T | undefined> {
  return (value) => {
    if (!isObject(value)) return undefined;
    const meant = read(value);
    return meant instanceof Problem ? undefined : meant;
  };
}

/** Parts that matter, as a list: none where nothing was sent, and unusable where one of them is. */
export function parts<T>(read: Field<T>): Field<readonly T[]> {
  return (value) => {
    if (value === undefined || value === null || value === '') return [];
    if (!Array.isArray(value)) return invalidType;
    const items: T[] = [];
    for (const [index, item] of (value as readonly unknown[]).entries()) {
      const meant = read(item);
      if (meant instanceof Problem) return meant.within(String(index));
      items.push(meant);
    }
    return items;
  };
}

/** Parts that nothing hangs on, as a list: what is in a wrong shape is left out. */
export function details<T>(read: Field<T>): Field<readonly T[] | undefined> {
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    const items: T[] = [];
    for (const item of value as readonly unknown[]) {
      const meant = read(item);
      if (!(meant instanceof Problem)) items.push(meant);
    }
    return items;
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
