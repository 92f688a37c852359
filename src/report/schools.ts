/**
 * What happens, by school and within it by class: changes of one kind with one reason are told once.
 *
 * @module
 */

import type { Change, ChangeKind } from '../model/index.js';
import { sentenceOf } from './evidence.js';
import type { Names, Reference } from './names.js';
import { changesInWords, effectOf, nounOf } from './phrases.js';
import { classOf, memberOf, recordOf } from './records.js';
import type { ReportGroup, ReportLabel, ReportPart, ReportRecord, ReportSchool, ReportSums } from './report.js';
import { orderOf } from './text.js';

/** What the order of a report's parts is: the school, its people, their guardians, its classes. */
const PARTS: readonly ReportPart['part'][] = ['school', 'people', 'guardians', 'class'];

interface GroupDraft {
  readonly kind: ChangeKind;
  readonly role: string | undefined;
  readonly rule: string;
  readonly code: string;
  readonly reason: string;
  readonly heldBy: readonly string[];
  readonly records: ReportRecord[];
}

interface PartDraft {
  readonly part: ReportPart['part'];
  readonly label: ReportLabel;
  readonly groups: Map<string, GroupDraft>;
}

export interface ChangesToTell {
  readonly changes: readonly Change[];
  /** The role of a member by the host's id of the membership, where a change does not say it. */
  readonly roles: ReadonlyMap<string, string>;
  readonly names: Names;
  readonly masked: boolean;
  /** A hold's id as the report shows it. */
  readonly holdId: (id: string) => string;
}

export function schoolsOf(input: ChangesToTell): readonly ReportSchool[] {
  const { changes, names } = input;
  const schools = new Map<string, Map<string, PartDraft>>();
  const schoolOfClass = schoolsByClass(changes);
  for (const change of changes) {
    const school = change.schoolSourcedId ?? schoolOf(change, schoolOfClass) ?? '';
    const parts = schools.get(school) ?? new Map<string, PartDraft>();
    schools.set(school, parts);
    addTo(parts, change, school, input);
  }
  const told = [...schools].map(([id, drafts]): ReportSchool => {
    const parts = [...drafts.values()].map(partOf).sort(byPart);
    const sums = sumOf(parts.map((part) => part.sums));
    return id === '' ? { sums, parts } : { label: names.school({ sourcedId: id }), sums, parts };
  });
  // What belongs to no school comes last.
  return told.sort((left, right) =>
    left.label === undefined ? 1 : right.label === undefined ? -1 : compareLabels(left.label, right.label),
  );
}

/** Members of a class count for its school, also where their change does not say so. */
function schoolsByClass(changes: readonly Change[]): ReadonlyMap<string, string> {
  const schools = new Map<string, string>();
  for (const { kind, target, schoolSourcedId } of changes) {
    if (nounOf(kind) !== 'class' || schoolSourcedId === undefined) continue;
    const { sourcedId, id } = target as Reference;
    if (typeof sourcedId === 'string') schools.set(`:${sourcedId}`, schoolSourcedId);
    if (id !== undefined) schools.set(`@${id}`, schoolSourcedId);
  }
  return schools;
}

function schoolOf(change: Change, ofClass: ReadonlyMap<string, string>): string | undefined {
  if (nounOf(change.kind) === 'school') return (change.target as Reference).sourcedId ?? undefined;
  const { classSourcedId, classId } = change.target as { readonly classSourcedId?: string; readonly classId?: string };
  return ofClass.get(`:${classSourcedId ?? ''}`) ?? ofClass.get(`@${classId ?? ''}`);
}

function addTo(parts: Map<string, PartDraft>, change: Change, school: string, input: ChangesToTell): void {
  const { names, masked, roles, holdId } = input;
  const { part, key, label } = placeOf(change, school, names);
  const draft = parts.get(key) ?? { part, label, groups: new Map<string, GroupDraft>() };
  parts.set(key, draft);
  const { kind, reason, heldBy } = change;
  const role = roleOf(change, roles, names);
  const sentence = sentenceOf(reason, names, masked);
  const id = [kind, role ?? '', reason.rule, reason.code, heldBy.join('\n'), sentence].join('\t');
  const group = draft.groups.get(id) ?? {
    kind,
    role,
    rule: reason.rule,
    code: reason.code,
    reason: sentence,
    heldBy: heldBy.map(holdId),
    records: [],
  };
  draft.groups.set(id, group);
  group.records.push(recordOf(change, names, masked));
}

function placeOf(change: Change, school: string, names: Names): Omit<PartDraft, 'groups'> & { readonly key: string } {
  switch (nounOf(change.kind)) {
    case 'school':
      return { part: 'school', key: 'school', label: names.school({ sourcedId: school }) };
    case 'user':
      return { part: 'people', key: 'people', label: { id: 'people' } };
    case 'guardian':
      return { part: 'guardians', key: 'guardians', label: { id: 'guardians' } };
    case 'class':
      return classPlace(change.target, names);
    case 'enrollment':
      return classPlace(classOf(change.target), names);
  }
}

function classPlace(reference: Reference, names: Names): Omit<PartDraft, 'groups'> & { readonly key: string } {
  const { sourcedId, id } = reference;
  return { part: 'class', key: `class ${sourcedId ?? `@${id ?? ''}`}`, label: names.class(reference) };
}

/** What a member is in the class; what a person is first of all. */
function roleOf(change: Change, roles: ReadonlyMap<string, string>, names: Names): string | undefined {
  const noun = nounOf(change.kind);
  const { role, roles: several } = { ...change.before, ...change.after } as {
    readonly role?: string | null;
    readonly roles?: readonly string[] | null;
  };
  if (noun === 'user') return several?.[0] ?? names.roleOf(change.target);
  if (noun !== 'enrollment') return undefined;
  return role ?? roles.get((change.target as Reference).id ?? '') ?? names.roleOf(memberOf(change.target));
}

function partOf({ part, label, groups: drafts }: PartDraft): ReportPart {
  const groups = [...drafts.values()].map(({ kind, role, rule, code, reason, heldBy, records }): ReportGroup => {
    const words = changesInWords(kind, records.length, role);
    return { kind, effect: effectOf(kind), words, rule, code, reason, heldBy, records: sortedByLabel(records) };
  });
  const counted = groups.map(({ effect, heldBy, records: { length } }) => ({
    comes: effect === 'comes' ? length : 0,
    changes: effect === 'changes' ? length : 0,
    goes: effect === 'goes' ? length : 0,
    held: heldBy.length > 0 ? length : 0,
  }));
  return { part, label, sums: sumOf(counted), groups };
}

function sumOf(sums: readonly ReportSums[]): ReportSums {
  const total = { comes: 0, changes: 0, goes: 0, held: 0 };
  for (const { comes, changes, goes, held } of sums) {
    total.comes += comes;
    total.changes += changes;
    total.goes += goes;
    total.held += held;
  }
  return total;
}

function byPart(left: ReportPart, right: ReportPart): number {
  return PARTS.indexOf(left.part) - PARTS.indexOf(right.part) || compareLabels(left.label, right.label);
}

function compareLabels(left: ReportLabel, right: ReportLabel): number {
  return (
    compareWords(orderOf(left.name ?? left.id), orderOf(right.name ?? right.id)) || compareWords(left.id, right.id)
  );
}

/** Each word is made once: a comparison is made many times. */
function sortedByLabel<T extends ReportLabel>(records: readonly T[]): readonly T[] {
  return records
    .map((record) => ({ record, word: orderOf(record.name ?? record.id) }))
    .sort((left, right) => compareWords(left.word, right.word) || compareWords(left.record.id, right.record.id))
    .map(({ record }) => record);
}

function compareWords(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
