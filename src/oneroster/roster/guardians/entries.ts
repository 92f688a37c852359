/**
 * Guardians who do not come as users of their own: rows of a `guardians.csv`, or values in somebody's `metadata`.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { normalEmail, normalPhone, usableEmail, usablePhone } from '../../../internal/contact.js';
import { normalName } from '../../../internal/names.js';
import { compareIds } from '../../../internal/ordered.js';
import type { GuardianLink, RecordStatus, User } from '../../../model/index.js';

/** A guardian of one student. Who looks after several children has an entry for each. */
export interface GuardianEntry {
  /** The student's sourcedId. */
  readonly student: string;
  /** The guardian's own id, where there is one. @default one is made of the e-mail or mobile, and the name */
  readonly sourcedId?: string | undefined;
  readonly givenName: string;
  readonly familyName: string;
  readonly email?: string | undefined;
  /** For login, texts and calls. Never the number of a home phone. */
  readonly mobile?: string | undefined;
  /** For neither login, nor texts, nor calls. */
  readonly homePhone?: string | undefined;
  /** In the district's words, such as `Grandparent`. */
  readonly relationship?: string | undefined;
  /** In the district's words, such as `Emergency`. */
  readonly contactType?: string | undefined;
  /** True where the district forbids this guardian contact with the student, such as by custody. @default false */
  readonly blocked?: boolean | undefined;
  /** `tobedeleted`: the link is gone, by the district's own word. @default 'active' */
  readonly status?: RecordStatus | undefined;
}

/** Guardians as records of a roster, in ascending order of their ids. */
export interface GuardianRecords {
  readonly users: readonly User[];
  readonly links: readonly GuardianLink[];
}

/**
 * The people behind entries, each once, and their links, each once. The order of the entries is nothing; where two of
 * them differ about one person, each field has the value that comes first by its characters. One entry that forbids
 * contact is enough, whatever others say of the same guardian and student.
 */
export function guardianRecords(entries: Iterable<GuardianEntry>): GuardianRecords {
  const people = new Map<string, GuardianEntry[]>();
  for (const entry of entries) {
    const id = guardianId(entry);
    const known = people.get(id);
    if (known === undefined) people.set(id, [entry]);
    else known.push(entry);
  }
  const ids = [...people.keys()].sort(compareIds);
  return {
    users: ids.map((id) => userOf(id, people.get(id) ?? [])),
    links: ids.flatMap((id) => linksOf(id, people.get(id) ?? [])),
  };
}

/**
 * The guardian's own id, or one made of what tells people apart: e-mail or mobile, and the full name. A home number is
 * nobody's own. Who has neither cannot be known again beside another child, and is one person for each.
 */
export function guardianId(entry: GuardianEntry): string {
  if (entry.sourcedId !== undefined) return entry.sourcedId;
  const name = normalName(`${entry.givenName} ${entry.familyName}`);
  const email = usableEmail(entry.email);
  const mobile = usablePhone(entry.mobile);
  const contact =
    email !== undefined
      ? ['email', normalEmail(email)]
      : mobile !== undefined
        ? ['mobile', normalPhone(mobile)]
        : ['student', entry.student];
  const digest = createHash('sha256')
    .update(JSON.stringify([...contact, name]))
    .digest('hex');
  return `guardian-${digest.slice(0, 32)}`;
}

function userOf(sourcedId: string, entries: readonly GuardianEntry[]): User {
  return {
    sourcedId,
    status: 'active',
    roles: ['guardian'],
    givenName: firstOf(entries, 'givenName') ?? '',
    familyName: firstOf(entries, 'familyName') ?? '',
    ...told('email', firstOf(entries, 'email')),
    ...told('mobile', firstOf(entries, 'mobile')),
    ...told('homePhone', firstOf(entries, 'homePhone')),
    schoolSourcedIds: [],
  };
}

function linksOf(guardianSourcedId: string, entries: readonly GuardianEntry[]): readonly GuardianLink[] {
  const byStudent = new Map<string, GuardianEntry[]>();
  for (const entry of entries) {
    const known = byStudent.get(entry.student);
    if (known === undefined) byStudent.set(entry.student, [entry]);
    else known.push(entry);
  }
  return [...byStudent.keys()].sort(compareIds).map((studentSourcedId) => {
    const ofPair = byStudent.get(studentSourcedId) ?? [];
    const active = ofPair.filter(({ status }) => status !== 'tobedeleted');
    const counted = active.length === 0 ? ofPair : active;
    return {
      guardianSourcedId,
      studentSourcedId,
      ...told('relationship', firstOf(counted, 'relationship')),
      ...told('contactType', firstOf(counted, 'contactType')),
      ...(ofPair.some(({ blocked }) => blocked === true) ? { blocked: true } : {}),
      ...(active.length === 0 ? { status: 'tobedeleted' as const } : {}),
    };
  });
}

type TextField = 'givenName' | 'familyName' | 'email' | 'mobile' | 'homePhone' | 'relationship' | 'contactType';

function firstOf(entries: readonly GuardianEntry[], field: TextField): string | undefined {
  let first: string | undefined;
  for (const { [field]: value } of entries) {
    if (value !== undefined && value !== '' && (first === undefined || compareIds(value, first) < 0)) first = value;
  }
  return first;
}

function told<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string };
}
