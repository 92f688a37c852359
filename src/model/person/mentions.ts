/**
 * Where a person is mentioned in what is kept about others, such as whoever acted: the mention goes, the rest stays.
 *
 * @module
 */

import type { Change, Evidence } from '../change.js';
import type { JournalEntry } from '../plan.js';
import type { PersonIds } from './person-ids.js';

/** What stands in place of an id that was taken out. */
export const ERASED = 'erased';

/** Whether the word is one of the person's ids. */
export function isIdOf(word: unknown, person: PersonIds): boolean {
  return typeof word === 'string' && (person.ids.includes(word) || person.sourcedIds.includes(word));
}

/** The change without the person's ids: in its evidence, and as somebody with whom a login is shared. */
export function changeWithoutMentions<T extends Change>(change: T, person: PersonIds): T {
  const { reason } = change;
  const evidence = evidenceWithout(reason.evidence, person);
  const before = withoutSharedLogin(change.before, person);
  const after = withoutSharedLogin(change.after, person);
  const isSame = evidence === reason.evidence && before === change.before && after === change.after;
  if (isSame) return change;
  return { ...change, before, after, reason: evidence === undefined ? reason : { ...reason, evidence } };
}

/** Whether the person made the change by hand, or released it. */
export function isActOf({ change }: JournalEntry, person: PersonIds): boolean {
  return isIdOf(change.reason.evidence?.['by'], person);
}

/** What a decision says of people: who made it, what it was about, and details of it. */
export interface Decision {
  readonly by: string;
  readonly subject?: string;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** Whether the person made the decision, or it names them. */
export function isDecisionOf({ by, subject, details = {} }: Decision, person: PersonIds): boolean {
  return [by, subject, ...Object.values(details)].some((value) => valueWithoutWords(value, person) !== value);
}

/** The value without the person's ids, where it is a text. */
export function valueWithoutWords<T>(value: T, person: PersonIds): T | string {
  return typeof value === 'string' ? textWithout(value, person) : value;
}

/** A text without the person's ids, each as a word of its own. */
export function textWithout(text: string, person: PersonIds): string {
  return [...person.ids, ...person.sourcedIds]
    .filter((id) => id !== '')
    .reduce((rest, id) => rest.replaceAll(wordOf(id), ERASED), text);
}

function wordOf(id: string): RegExp {
  const escaped = id.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\p{L}\p{N}_\-])${escaped}(?![\p{L}\p{N}_\-])`, 'gu');
}

/** The same evidence where it does not name the person. */
export function evidenceWithout<T extends Evidence | undefined>(evidence: T, person: PersonIds): T {
  if (evidence === undefined) return evidence;
  let isChanged = false;
  const clean: Record<string, Evidence[string]> = {};
  for (const [name, value] of Object.entries(evidence)) {
    clean[name] = valueWithout(value, person);
    if (clean[name] !== value) isChanged = true;
  }
  return isChanged ? (clean as T) : evidence;
}

function valueWithout(value: Evidence[string], person: PersonIds): Evidence[string] {
  if (typeof value === 'object') {
    const rest = value.filter((word) => !isIdOf(word, person));
    return rest.length === value.length ? value : rest;
  }
  return isIdOf(value, person) ? ERASED : value;
}

function withoutSharedLogin<T extends object | null>(fields: T, person: PersonIds): T {
  if (fields === null || !('sharesLoginWith' in fields) || !isIdOf(fields.sharesLoginWith, person)) return fields;
  const { sharesLoginWith: _sharesLoginWith, ...rest } = fields;
  return rest as T;
}
