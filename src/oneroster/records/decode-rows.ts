/**
 * One row of a collection as its typed record, or the word for what is wrong with it. Rows from a server and rows from
 * files pass here alike.
 *
 * A row is put right where it stands and becomes the record: it belongs to the reader, who may change it.
 *
 * @module
 */

import { type Field, type Fields, Problem, record, sourcedId } from '../../http/index.js';
import { isRow, type RawRow, reference, statusOf } from './decode-values.js';
import { type Schema, schemas } from './schemas.js';
import type { OneRosterCollection, OneRosterRecords } from './wire.js';

/** A record, or what is wrong with its row. */
export type Decoded<T> = { readonly record: T } | { readonly problem: string };

/** The id of a row, where it has a usable one. */
export function sourcedIdOf(row: unknown): string | undefined {
  return isRow(row) ? sourcedId(row['sourcedId']) : undefined;
}

/** What is known of a row that cannot be used: its id, and the class of an enrollment. */
export function identityOf(
  collection: OneRosterCollection,
  row: unknown,
): { readonly sourcedId?: string; readonly classSourcedId?: string } {
  const id = sourcedIdOf(row);
  const inClass = collection === 'enrollments' ? classOf(row) : undefined;
  return {
    ...(id === undefined ? {} : { sourcedId: id }),
    ...(inClass === undefined ? {} : { classSourcedId: inClass }),
  };
}

function classOf(row: unknown): string | undefined {
  if (!isRow(row)) return undefined;
  const found = [reference(row['class']), reference(row['classSourcedId'])];
  for (const one of found) if (one !== undefined && !(one instanceof Problem)) return one.sourcedId;
  return undefined;
}

/**
 * The word for a row that says of itself that it is gone, and of what it stood for nothing but its id. What such a row
 * stood for is as gone as if the row were not there; it is no row that somebody should mend.
 */
export const BARE_TOMBSTONE = 'bare-tombstone';

/** Reads one row. Never throws: what cannot be used is named by a word such as `missing-class`. */
export function decodeRow<K extends OneRosterCollection>(collection: K, value: unknown): Decoded<OneRosterRecords[K]> {
  const { whole }: Readers<OneRosterRecords[K]> = readers[collection];
  return whole(value);
}

/**
 * Reads one row of which only some fields were asked for: what was not asked for is not missed, and no list is empty for
 * its being absent. Only the id has to be there.
 */
export function decodePart<K extends OneRosterCollection>(
  collection: K,
  value: unknown,
): Decoded<Partial<OneRosterRecords[K]>> {
  const { part }: Readers<OneRosterRecords[K]> = readers[collection];
  return part(value);
}

/** The fields of a collection's records. */
export function fieldNames(collection: OneRosterCollection): readonly string[] {
  return Object.keys(schemas[collection].fields);
}

type Reader<T> = (value: unknown) => Decoded<T>;

/** Reads whole rows, and rows of some fields. */
interface Readers<T> {
  readonly whole: Reader<T>;
  readonly part: Reader<Partial<T>>;
}

/** Never taken over. */
const SECRETS = ['password'];

function readersOf<T extends object>({ fields, aliases, check }: Schema<T>): Readers<T> {
  const lenient = Object.fromEntries(
    Object.entries<Field<unknown>>(fields).map(([name, read]) => [name, isSureOf(name) ? read : unmissed(read)]),
  ) as Fields<T>;
  return {
    whole: reader(record(fields, { aliases, dropped: SECRETS }), check),
    part: reader<Partial<T>>(record(lenient, { aliases, dropped: SECRETS })),
  };
}

/** A wrong id or status would make another record of it. */
function isSureOf(name: string): boolean {
  return name === 'sourcedId' || name === 'status';
}

function unmissed(read: Field<unknown>): Field<unknown> {
  return (value) => {
    const meant = value === undefined ? undefined : read(value);
    return meant instanceof Problem ? undefined : meant;
  };
}

function reader<T extends object>(read: Field<T>, check?: (record: T) => string | undefined): Reader<T> {
  return (value) => {
    if (!isRow(value)) return { problem: 'not-an-object' };
    // Seen in the wild: the header of the file that a server was fed with, served as a record.
    if (value['sourcedId'] === 'sourcedId') return { problem: 'header-row' };
    const meant = read(value);
    if (meant instanceof Problem) return { problem: isTombstone(value) ? BARE_TOMBSTONE : meant.word };
    const problem = check?.(meant);
    return problem === undefined ? { record: meant } : { problem };
  };
}

function isTombstone(row: RawRow): boolean {
  return sourcedIdOf(row) !== undefined && statusOf(row['status']) === 'tobedeleted';
}

const readers: { readonly [K in OneRosterCollection]: Readers<OneRosterRecords[K]> } = {
  orgs: readersOf(schemas.orgs),
  academicSessions: readersOf(schemas.academicSessions),
  courses: readersOf(schemas.courses),
  classes: readersOf(schemas.classes),
  users: readersOf(schemas.users),
  enrollments: readersOf(schemas.enrollments),
  demographics: readersOf(schemas.demographics),
  resources: readersOf(schemas.resources),
  categories: readersOf(schemas.categories),
  lineItems: readersOf(schemas.lineItems),
  results: readersOf(schemas.results),
  scoreScales: readersOf(schemas.scoreScales),
  assessmentLineItems: readersOf(schemas.assessmentLineItems),
  assessmentResults: readersOf(schemas.assessmentResults),
};
