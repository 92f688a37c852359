import { StoreError } from '../errors.js';
import type { LocalClass, LocalEnrollment, LocalGuardianLink, LocalUser, Scope } from '../model/index.js';
import { lookThrough, type Passes, type ReadableStore } from './passes.js';

/** A record of the host: its id, or the provider's. */
export type RecordReference = string | { readonly sourcedId: string };

/** What an act has to look at. */
export interface Wanted {
  readonly classes?: readonly RecordReference[];
  readonly users?: readonly RecordReference[];
  /** The place of the (only) user in the (only) class. */
  readonly member?: boolean;
  /** The link of the first user, the guardian, to the second, the student. */
  readonly link?: boolean;
}

/** Finds records, and stops reading once all of them are found. */
export function findRecords(
  store: ReadableStore,
  scope: Scope,
  operation: string,
  wanted: Wanted,
  options: { readonly streams?: boolean | undefined },
): Promise<Records> {
  const find = async (passes: Passes): Promise<Records> => {
    const classes = wanted.classes === undefined ? [] : await found(await passes.of('classes'), wanted.classes);
    const users = wanted.users === undefined ? [] : await found(await passes.of('users'), wanted.users);
    const records = new Records(operation, classes, users, [], []);
    const { member, link } = wanted;
    const [classReference] = wanted.classes ?? [];
    const [first, second] = wanted.users ?? [];
    if (member === true && classReference !== undefined && first !== undefined) {
      const [section, user] = [records.class(classReference), records.user(first)];
      const isMember = (each: LocalEnrollment): boolean => each.classId === section.id && each.userId === user.id;
      return new Records(operation, classes, users, await firstOf(await passes.of('enrollments'), isMember), []);
    }
    if (link === true && first !== undefined && second !== undefined) {
      const [guardian, student] = [records.user(first), records.user(second)];
      const isLink = (each: LocalGuardianLink): boolean =>
        each.guardianId === guardian.id && each.studentId === student.id;
      return new Records(operation, classes, users, [], await firstOf(await passes.of('guardianLinks'), isLink));
    }
    return records;
  };
  return lookThrough(store, scope, find, options);
}

async function found<T extends { readonly id: string; readonly sourcedId?: string }>(
  records: Iterable<T> | AsyncIterable<T>,
  references: readonly RecordReference[],
): Promise<readonly T[]> {
  const ids = new Set<string>();
  const sourcedIds = new Set<string>();
  for (const reference of references) {
    if (typeof reference === 'string') ids.add(reference);
    else sourcedIds.add(reference.sourcedId);
  }
  const matches: T[] = [];
  for await (const record of records) {
    const isNamed = ids.delete(record.id);
    const isTied = record.sourcedId !== undefined && sourcedIds.delete(record.sourcedId);
    if (isNamed || isTied) matches.push(record);
    if (ids.size === 0 && sourcedIds.size === 0) break;
  }
  return matches;
}

async function firstOf<T>(records: Iterable<T> | AsyncIterable<T>, is: (record: T) => boolean): Promise<readonly T[]> {
  for await (const record of records) if (is(record)) return [record];
  return [];
}

/** The host's records that an act looks at, found by their ids. */
export class Records {
  constructor(
    readonly operation: string,
    readonly classes: readonly LocalClass[],
    readonly users: readonly LocalUser[],
    readonly enrollments: readonly LocalEnrollment[],
    readonly guardianLinks: readonly LocalGuardianLink[],
  ) {}

  class(reference: RecordReference, options: { readonly purged?: boolean } = {}): LocalClass {
    const section = find(this.classes, reference);
    if (section === undefined || (section.state === 'purged' && options.purged !== true)) {
      throw notFound(this.operation, `there is no class ${described(reference)}`);
    }
    return section;
  }

  user(reference: RecordReference): LocalUser {
    const user = find(this.users, reference);
    if (user === undefined) throw notFound(this.operation, `there is no user ${described(reference)}`);
    return user;
  }

  member(section: LocalClass, user: LocalUser): LocalEnrollment | undefined {
    return this.enrollments.find((member) => member.classId === section.id && member.userId === user.id);
  }

  link(guardian: LocalUser, student: LocalUser): LocalGuardianLink | undefined {
    return this.guardianLinks.find((link) => link.guardianId === guardian.id && link.studentId === student.id);
  }
}

function find<T extends { readonly id: string; readonly sourcedId?: string }>(
  records: readonly T[],
  reference: RecordReference,
): T | undefined {
  if (typeof reference === 'string') return records.find((record) => record.id === reference);
  return records.find((record) => record.sourcedId === reference.sourcedId);
}

function described(reference: RecordReference): string {
  return typeof reference === 'string' ? reference : `with sourcedId ${reference.sourcedId}`;
}

export function notFound(operation: string, what: string): StoreError {
  return new StoreError(`${operation}: ${what}`, { operation });
}
