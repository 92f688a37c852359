/**
 * How changes are called where they are counted.
 *
 * @module
 */

import { PARTICIPLES } from '../engine/explain/wording.js';
import type { ChangeKind, ChangeNoun } from '../model/index.js';
import type { ReportEffect } from './report.js';
import { grouped } from './text.js';

const NOUNS: Readonly<Record<ChangeNoun, readonly [one: string, many: string]>> = {
  school: ['school', 'schools'],
  class: ['class', 'classes'],
  user: ['person', 'people'],
  enrollment: ['member', 'members'],
  guardian: ['guardian', 'guardians'],
};

/** People and members by what they are. */
const ROLES: ReadonlyMap<string, readonly [one: string, many: string]> = new Map([
  ['student', ['student', 'students']],
  ['teacher', ['teacher', 'teachers']],
  ['aide', ['aide', 'aides']],
  ['administrator', ['administrator', 'administrators']],
  ['staff', ['staff member', 'staff members']],
  ['guardian', ['guardian', 'guardians']],
  ['proctor', ['proctor', 'proctors']],
]);

const COMES = new Set(['create', 'add', 'restore', 'link', 'unarchive', 'reactivate']);
const GOES = new Set(['archive', 'remove', 'unlink', 'deactivate', 'purge', 'delete']);

export function nounOf(kind: ChangeKind): ChangeNoun {
  return kind.slice(0, kind.indexOf('-')) as ChangeNoun;
}

export function effectOf(kind: ChangeKind): ReportEffect {
  // M7: a member by hand stays as it is, and is only known to be in the district's data, too.
  if (kind === 'enrollment-link') return 'changes';
  const verb = kind.slice(kind.indexOf('-') + 1);
  return COMES.has(verb) ? 'comes' : GOES.has(verb) ? 'goes' : 'changes';
}

/** `12 students added`. @param role what all of them are, where they are of one role */
export function changesInWords(kind: ChangeKind, count: number, role?: string): string {
  return `${grouped(count)} ${changed(kind, count, role)}`;
}

/** `members added` */
export function changed(kind: ChangeKind, count: number, role?: string): string {
  const [one, many] = (role === undefined ? undefined : ROLES.get(role)) ?? NOUNS[nounOf(kind)];
  return `${count === 1 ? one : many} ${PARTICIPLES[kind]}`;
}

/** `1 change`, `1,204 changes` */
export function counted(count: number, one: string, many: string): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `280 students removed, 20 classes archived` */
export function kindsInWords(kinds: Iterable<ChangeKind>): string {
  const counts = new Map<ChangeKind, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => changesInWords(kind, count)).join(', ');
}

/** How a field is called. */
const FIELDS: ReadonlyMap<string, string> = new Map([
  ['sourcedId', 'id of the district'],
  ['name', 'name'],
  ['identifier', 'number'],
  ['schoolSourcedId', 'school'],
  ['schoolSourcedIds', 'schools'],
  ['termSourcedIds', 'terms'],
  ['courseTitle', 'course'],
  ['period', 'period'],
  ['sectionNumber', 'section'],
  ['grades', 'grades'],
  ['grade', 'grade'],
  ['subject', 'subject'],
  ['options', 'what the class may do'],
  ['roles', 'roles'],
  ['role', 'role'],
  ['primary', 'first teacher'],
  ['givenName', 'given name'],
  ['familyName', 'family name'],
  ['middleName', 'middle name'],
  ['username', 'user name'],
  ['email', 'e-mail address'],
  ['rosterEmail', 'e-mail address in the roster'],
  ['mobile', 'mobile'],
  ['homePhone', 'home phone'],
  ['takenLogins', 'what they cannot sign in with'],
  ['sharesLoginWith', 'shared login'],
  ['enabled', 'access'],
  ['birthDate', 'date of birth'],
  ['stateId', 'state id'],
  ['sisId', 'student id'],
  ['site', 'site'],
  ['relationship', 'relationship'],
  ['contactType', 'type of contact'],
  ['blocked', 'contact forbidden'],
]);

/** Whether a field is one that people know; the others are how rosterkit remembers. */
export function isToldField(field: string): boolean {
  return FIELDS.has(field);
}

export function fieldInWords(field: string): string {
  return FIELDS.get(field) ?? field;
}
