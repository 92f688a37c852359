/**
 * Evidence as sentences of a report tell it: ids as names, or, in a masked report, nothing that a person typed in.
 *
 * @module
 */

import { describeReason, type Describable } from '../engine/words/describe.js';
import type { Evidence } from '../model/index.js';
import type { Names } from './names.js';
import { shown } from './text.js';

type Kind = 'school' | 'class' | 'user' | 'term';

/** The words of evidence that are ids, each with what it may be the id of. */
const IDS: ReadonlyMap<string, readonly Kind[]> = new Map([
  ['class', ['class']],
  ['classes', ['class']],
  ['takenBy', ['class']],
  ['school', ['school']],
  ['user', ['user']],
  ['owner', ['user']],
  ['student', ['user']],
  ['teachers', ['user']],
  ['terms', ['term']],
  ['other', ['class', 'user']],
  ['old', ['class', 'user']],
  ['new', ['class', 'user']],
  ['record', ['class', 'user']],
  ['records', ['class', 'user', 'school']],
  ['sourcedId', ['class', 'user', 'school']],
]);

/** The words of evidence that rosterkit itself chose. */
const OWN_WORDS = new Set([
  'attribute',
  'cause',
  'collection',
  'collections',
  'ended',
  'field',
  'fields',
  'kind',
  'level',
  'problem',
  'reasons',
  'role',
  'roles',
  'setting',
  'settings',
  'since',
  'steps',
]);

/** What a value is the id of, by the attribute that a cohort has in common. */
const IDS_BY_ATTRIBUTE: ReadonlyMap<string, readonly Kind[]> = new Map([
  ['teacher', ['user']],
  ['term', ['term']],
  ['school', ['school']],
]);

/** Attributes whose values are words of the model. */
const PLAIN_ATTRIBUTES = new Set(['grade', 'role']);

/** Why, in a sentence of the engine, about records as the report calls them. */
export function sentenceOf(reason: Describable, names: Names, masked: boolean): string {
  const { evidence } = reason;
  return shown(
    describeReason(evidence === undefined ? reason : { ...reason, evidence: told(evidence, names, masked) }),
    1000,
  );
}

function told(evidence: Evidence, names: Names, masked: boolean): Evidence {
  const entries = Object.entries(evidence).flatMap(([word, value]): (readonly [string, Evidence[string]])[] => {
    if (typeof value === 'number' || typeof value === 'boolean') return [[word, value]];
    const kinds = kindsOf(word, evidence);
    if (kinds !== undefined) {
      const mention = (id: string): string => names.mention(id, kinds);
      return [[word, typeof value === 'string' ? mention(value) : value.slice(0, LONGEST).map(mention)]];
    }
    const isOwn = OWN_WORDS.has(word) || (word === 'value' && PLAIN_ATTRIBUTES.has(String(evidence['attribute'])));
    if (masked && !isOwn) return [];
    return [[word, typeof value === 'string' ? shown(value) : value.slice(0, LONGEST).map((text) => shown(text))]];
  });
  return Object.fromEntries(entries);
}

/** Nobody reads a sentence with more records than this; they stand in the report by themselves. */
const LONGEST = 12;

function kindsOf(word: string, evidence: Evidence): readonly Kind[] | undefined {
  return word === 'value' ? IDS_BY_ATTRIBUTE.get(String(evidence['attribute'])) : IDS.get(word);
}
