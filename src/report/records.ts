/**
 * The record of a change or of a note: whom or what it is about.
 *
 * @module
 */

import type { Change, ChangeNoun, EnrollmentTarget, GuardianTarget } from '../model/index.js';
import type { Names, Reference } from './names.js';
import { fieldInWords, isToldField } from './phrases.js';
import type { ReportField, ReportRecord } from './report.js';
import { shown } from './text.js';

/** The class of a member's change. */
export function classOf(target: EnrollmentTarget): Reference {
  return { sourcedId: target.classSourcedId, id: target.classId };
}

/** The member of a change. */
export function memberOf(target: EnrollmentTarget): Reference {
  return { sourcedId: target.userSourcedId, id: target.userId };
}

export function recordOf(change: Change, names: Names, masked: boolean): ReportRecord {
  return { ...labelOf(change, names), ...fieldsOf(change, names, masked) };
}

function labelOf(change: Change, names: Names): ReportRecord {
  switch (change.kind) {
    case 'school-create':
    case 'school-update':
    case 'school-delete':
      return names.school(change.target);
    case 'user-create':
    case 'user-update':
    case 'user-deactivate':
    case 'user-reactivate':
    case 'user-rekey':
    case 'user-delete':
      return names.user(change.target);
    case 'enrollment-add':
    case 'enrollment-update':
    case 'enrollment-restore':
    case 'enrollment-remove':
    case 'enrollment-link':
    case 'enrollment-delete':
      return names.user(memberOf(change.target));
    case 'guardian-link':
    case 'guardian-update':
    case 'guardian-restore':
    case 'guardian-unlink':
    case 'guardian-delete':
      return guardianOf(change.target, names);
    default:
      return names.class(change.target);
  }
}

function guardianOf(target: GuardianTarget, names: Names): ReportRecord {
  const { guardianSourcedId, guardianId, studentSourcedId, studentId } = target;
  return {
    ...names.user({ sourcedId: guardianSourcedId, id: guardianId }),
    of: names.user({ sourcedId: studentSourcedId, id: studentId }),
  };
}

/** The word for a record, read back: `class:12`, `user@7`, `enrollment:2:12:34`. */
export function recordOfSubject(subject: string, names: Names): ReportRecord | undefined {
  const single = /^(school|class|user)([:@])([\s\S]*)$/u.exec(subject);
  if (single !== null) {
    const [, noun, mark, id] = single as unknown as [string, 'school' | 'class' | 'user', string, string];
    return names[noun](mark === ':' ? { sourcedId: id } : { id });
  }
  const pair = /^(enrollment|guardian):(\d+):([\s\S]*)$/u.exec(subject);
  if (pair === null) return undefined;
  const [, noun, length, ids = ''] = pair;
  const first = referenceOf(ids.slice(0, Number(length)));
  const second = referenceOf(ids.slice(Number(length) + 1));
  return noun === 'enrollment'
    ? { ...names.user(second), in: names.class(first) }
    : { ...names.user(first), of: names.user(second) };
}

/** The noun of a word for a record. */
export function nounOfSubject(subject: string): ChangeNoun | undefined {
  return /^(?:school|class|user|enrollment|guardian)(?=[:@])/u.exec(subject)?.[0] as ChangeNoun | undefined;
}

function referenceOf(id: string): Reference {
  return id.startsWith('@') ? { id: id.slice(1) } : { sourcedId: id };
}

/** What no report needs to show the values of, whoever reads it. */
const PRIVATE = new Set(['birthDate', 'stateId', 'sisId']);

/** What an update writes. Of what is made anew, or goes, the name says enough. */
function fieldsOf(
  { before, after }: Change,
  names: Names,
  masked: boolean,
): { readonly fields?: readonly ReportField[] } {
  if (before === null || after === null) return {};
  const old = before as Readonly<Record<string, unknown>>;
  const fields = Object.entries(after as Readonly<Record<string, unknown>>)
    .filter(([field]) => isToldField(field))
    .map(([field, value]): ReportField => {
      const called = { field: fieldInWords(field) };
      if (masked || PRIVATE.has(field)) return called;
      const isSchool = SCHOOLS.has(field);
      const read = (each: unknown): string => textOf(isSchool ? schoolsOf(each, names) : each);
      return { ...called, before: read(old[field]), after: read(value) };
    });
  return fields.length === 0 ? {} : { fields };
}

const SCHOOLS = new Set(['schoolSourcedId', 'schoolSourcedIds', 'site']);

/** Schools by their names. A site of the host's own stays as it is. */
function schoolsOf(value: unknown, names: Names): unknown {
  if (Array.isArray(value)) return value.map((id) => schoolsOf(id, names));
  if (typeof value !== 'string') return value;
  const { name, id } = names.school({ sourcedId: value });
  return name ?? id;
}

function textOf(value: unknown): string {
  if (typeof value === 'string' && value !== '') return shown(value);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : shown(value.map(textOf).join(', '));
  if (typeof value !== 'object' || value === null) return 'none';
  const parts = Object.entries(value).map(([name, each]) => `${name}: ${textOf(each)}`);
  return shown(parts.join(', '));
}
