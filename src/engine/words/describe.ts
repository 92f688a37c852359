/**
 * Cases and rules in sentences, with what their evidence says.
 *
 * @module
 */

import type { Evidence, Hold } from '../../model/index.js';
import { ruleSentences } from './rule-sentences.js';
import { caseSentences } from './sentences.js';

/** Every case that has a sentence. */
export const describedCodes: readonly string[] = [...caseSentences.keys()];

/** Every rule that has a sentence. */
export const describedRules: readonly string[] = [...ruleSentences.keys()];

/** How kinds of records are called where they are counted. */
const KINDS: Readonly<Record<string, string>> = {
  enrollments: 'members',
  users: 'people',
  guardianLinks: 'guardian links',
};

/** What can be told in a sentence: a reason, a note, a gate, or a hold with its own numbers. */
export type Describable = { readonly code: string; readonly evidence?: Evidence } & Partial<
  Pick<Hold, 'kind' | 'baseline' | 'count' | 'limit'>
>;

/**
 * What a reason, a note, a hold or a gate means, in a sentence: with the numbers and ids of its evidence, and with the
 * cause of an absence where it has one. A code without a sentence is given back as it is.
 *
 * @example
 * ```ts
 * import { describeReason } from 'rosterkit';
 *
 * describeReason({ code: 'CLASS_ABSENT', evidence: { cause: 'TERM_ENDED' } });
 * // The class is no longer in the district’s data, and absent classes are archived. The terms of the class are over.
 * ```
 */
export function describeReason(reason: Describable): string {
  const { code, evidence, kind, baseline, count, limit } = reason;
  const sentences = caseSentences.get(code);
  if (sentences === undefined) return code;
  const [plain, ...detailed] = sentences;
  const sentence = filled(detailed, wordsOf({ ...evidence, ...defined({ kind, baseline, count, limit }) })) ?? plain;
  const cause = evidence?.['cause'];
  if (evidence === undefined || typeof cause !== 'string' || !caseSentences.has(cause)) return sentence;
  return `${sentence} ${describeReason({ code: cause, evidence: withoutCause(evidence) })}`;
}

/**
 * What a rule says, in a sentence; `docs/policies.md` says it in full. A rule that is not known is given back as it is.
 *
 * @example
 * ```ts
 * import { describeRule } from 'rosterkit';
 *
 * describeRule('K11'); // The end of a term archives nothing while the district has the class.
 * ```
 */
export function describeRule(rule: string): string {
  return ruleSentences.get(rule) ?? rule;
}

/** The first wording whose words in braces are all known. */
function filled(wordings: readonly string[], words: ReadonlyMap<string, string>): string | undefined {
  return wordings
    .find((wording) => placeholders(wording).every((name) => words.has(name)))
    ?.replace(/\{(\w+)\}/gu, (_, name: string) => words.get(name) as string);
}

function placeholders(wording: string): readonly string[] {
  return [...wording.matchAll(/\{(\w+)\}/gu)].map(([, name = '']) => name);
}

/** What the braces of a wording stand for. What is empty is not known. */
function wordsOf(evidence: Evidence): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const [name, value] of Object.entries(evidence)) {
    const text = textOf(value);
    if (text !== '') words.set(name, text);
  }
  const { kind, attribute, count, of, limit, rest, restCount, students, isTermOver } = evidence;
  if (typeof kind === 'string')
    words.set('kind', attribute === 'grade' && kind === 'users' ? 'students' : nounOf(kind));
  if (typeof limit === 'number') words.set('share', percent(limit));
  if (count !== undefined && of !== undefined) {
    words.set('all', count === of ? `All ${textOf(of)}` : `${textOf(count)} of ${textOf(of)}`);
  }
  if (restCount === 0) words.set('others', 'and nobody else');
  else if (restCount !== undefined && rest !== undefined)
    words.set('others', `and ${textOf(restCount)} of ${textOf(rest)} others`);
  if (isTermOver === true) words.set('over', 'the term is over');
  if (students === 0) words.delete('students');
  return words;
}

function nounOf(kind: string): string {
  return KINDS[kind] ?? kind;
}

function textOf(value: Evidence[string]): string {
  return typeof value === 'object' ? value.join(', ') : String(value);
}

function percent(share: number): string {
  return `${String(Math.round(share * 1000) / 10)}%`;
}

function withoutCause({ cause: _cause, ...evidence }: Evidence): Evidence {
  return evidence;
}

function defined(facts: Readonly<Record<string, string | number | undefined>>): Evidence {
  const known = Object.entries(facts).filter((fact): fact is [string, string | number] => fact[1] !== undefined);
  return Object.fromEntries(known);
}
