import type { Change, ClassOptions } from '../../model/index.js';
import { classAct, withHostFields } from '../acts.js';
import type { RecordReference, Records } from '../records.js';
import type { ClassDetails } from './fields.js';

/** What a class may do as long as nobody says otherwise. */
const ALL_ON: ClassOptions = { behaviorManagement: true, studentPortfolios: true, parentCommunication: true };

export function editedClass(
  records: Records,
  reference: RecordReference,
  fields: ClassDetails & { readonly name?: string },
  by: string,
): readonly Change[] {
  const section = records.class(reference);
  const hostFields = withHostFields(section, Object.keys(fields));
  return classAct('class-update', section, { ...fields, hostFields }, by);
}

export function withClassOptions(
  records: Records,
  reference: RecordReference,
  options: Partial<ClassOptions>,
  by: string,
): readonly Change[] {
  const section = records.class(reference);
  const owned = Object.keys(options).map((option) => `options.${option}`);
  if (owned.length === 0) return [];
  const after = { options: { ...ALL_ON, ...section.options, ...options }, hostFields: withHostFields(section, owned) };
  return classAct('class-update', section, after, by);
}

export function archivedClass(
  records: Records,
  reference: RecordReference,
  now: string,
  by: string,
): readonly Change[] {
  const section = records.class(reference);
  const archivedAt = section.by === 'user' && section.archivedAt !== undefined ? section.archivedAt : now;
  const revived = section.revived === undefined ? {} : { revived: undefined };
  return classAct('class-archive', section, { state: 'archived', by: 'user', archivedAt, ...revived }, by);
}

export function revivedClass(records: Records, reference: RecordReference, by: string): readonly Change[] {
  const section = records.class(reference);
  if (section.state === 'active') return [];
  const revived = section.origin === 'roster' ? { revived: true } : {};
  const after = { state: 'active', by: undefined, archivedAt: undefined, ...revived } as const;
  return classAct('class-unarchive', section, after, by);
}

export function purgedClass(records: Records, reference: RecordReference, by: string): readonly Change[] {
  const section = records.class(reference, { purged: true });
  if (section.state === 'purged') return [];
  return classAct('class-purge', section, { state: 'purged', by: 'user', archivedAt: undefined }, by);
}

export function usedClass(records: Records, reference: RecordReference, now: string, by: string): readonly Change[] {
  const section = records.class(reference);
  return classAct('class-update', section, { usedAt: section.usedAt ?? now }, by);
}
