import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describedCodes, describedRules, describeReason, describeRule } from '../../src/engine/index.js';
import type { Evidence } from '../../src/model/index.js';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));
const POLICIES = fileURLToPath(new URL('../../docs/policies.md', import.meta.url));
/** Rules that only an explanation names: `docs/explain.md`. */
const OF_EXPLANATIONS: readonly string[] = ['SCOPE', 'STEPS'];

/** Every word of capitals in quotes of a folder's files. */
function wordsOf(folder: string): ReadonlySet<string> {
  const words = new Set<string>();
  for (const file of readdirSync(`${SOURCES}${folder}`, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.endsWith('sentences.ts')) continue;
    const text = readFileSync(`${SOURCES}${folder}/${file}`, 'utf8');
    for (const [, word = ''] of text.matchAll(/'([A-Z][A-Z_]{4,})'/g)) words.add(word);
  }
  return words;
}

describe('the sentences of cases', () => {
  it('has one for every case that the engine can name', () => {
    const codes = [...wordsOf('engine')].filter((word) => !OF_EXPLANATIONS.includes(word));
    expect(codes.filter((code) => !describedCodes.includes(code))).toEqual([]);
    expect(codes.length).toBeGreaterThan(100);
  });

  it('has none for a case that nothing names', () => {
    const codes = new Set([...wordsOf('engine'), ...wordsOf('people')]);
    expect(describedCodes.filter((code) => !codes.has(code))).toEqual([]);
  });

  it('says each of them as a sentence, with nothing left to fill in', () => {
    for (const code of describedCodes) expect(describeReason({ code })).toMatch(/^[A-Z][^{}]*[.?]$/u);
  });

  it('gives back a code that it does not know', () => {
    expect(describeReason({ code: 'SOMETHING_NEW' })).toBe('SOMETHING_NEW');
    expect(describeReason({ code: 'constructor' })).toBe('constructor');
  });

  it('tells the numbers and ids of the evidence, where all that a wording needs are there', () => {
    const evidence = { missing: 'class', class: 'c1', enrollments: 7 };
    expect(describeReason({ code: 'DANGLING_REF', evidence })).toBe(
      '7 enrollments name class c1, which the district does not share.',
    );
    expect(describeReason({ code: 'DANGLING_REF', evidence: { class: 'c1' } })).toBe(
      'An enrollment names a record that the district does not share.',
    );
  });

  it('takes an empty list for unknown', () => {
    expect(describeReason({ code: 'FIELDS_CHANGED', evidence: { fields: [] } })).toBe(
      'The district changed details of the record.',
    );
    expect(describeReason({ code: 'FIELDS_CHANGED', evidence: { fields: ['grade', 'site'] } })).toBe(
      'The district changed details of the record: grade, site.',
    );
  });

  it('tells a hold by its own numbers', () => {
    const hold = { code: 'LIMIT_EXCEEDED', kind: 'classes', baseline: 100, count: 31, limit: 0.2 } as const;
    expect(describeReason(hold)).toBe('31 of 100 classes would go, and the limit of one run is 20%.');
    expect(describeReason({ ...hold, kind: 'users', limit: 0.125 })).toBe(
      '31 of 100 people would go, and the limit of one run is 12.5%.',
    );
    expect(describeReason({ code: 'NOTICES_HELD', count: 700, limit: 500 })).toBe(
      '700 messages would go out, and the limit is 500.',
    );
  });

  it('adds the cause of an absence, with its own evidence', () => {
    const cohort = { kind: 'users', attribute: 'grade', value: '05', count: 412, of: 412, restCount: 0, rest: 3_000 };
    const because = (evidence: Evidence) => describeReason({ code: 'COHORT_GONE', evidence });
    expect(describeReason({ code: 'PERSON_ABSENT', evidence: { ...cohort, cause: 'COHORT_GONE' } })).toBe(
      'The person is no longer in the district’s data at all. All 412 students of grade 05 vanished, and nobody else: this looks like a sharing rule.',
    );
    expect(because({ ...cohort, count: 400, restCount: 9 })).toMatch(
      /^400 of 412 students of grade 05 vanished, and 9 of 3000 others: /u,
    );
    expect(because({ ...cohort, school: 's1' })).toMatch(/^All 412 students of grade 05 at school s1 vanished/u);
    const term = { ...cohort, kind: 'enrollments', attribute: 'term', value: 'fall', isTermOver: true };
    expect(because(term)).toBe(
      'All 412 members of term fall vanished, and nobody else; the term is over: this is the end of the term, or a sharing rule.',
    );
    expect(because({ kind: 'users', count: 20, baseline: 21 })).toMatch(/^20 of 21 people with something in common/u);
    expect(describeReason({ code: 'SECTION_GONE', evidence: { students: 0, elsewhere: 0 } })).not.toMatch(/ 0 /u);
    expect(describeReason({ code: 'SECTION_GONE', evidence: { students: 9, elsewhere: 8 } })).toMatch(/8 of its 9/u);
    expect(describeReason({ code: 'PERSON_ABSENT', evidence: { cause: 'something else' } })).toBe(
      'The person is no longer in the district’s data at all.',
    );
  });
});

describe('the sentences of rules', () => {
  const documented = [...readFileSync(POLICIES, 'utf8').matchAll(/^\| ([A-Z]+\d*) \|/gm)].map(([, rule = '']) => rule);

  it('has one for every rule of the document', () => {
    expect(documented.filter((rule) => !describedRules.includes(rule))).toEqual([]);
    expect(documented.length).toBeGreaterThan(60);
  });

  it('says each of them as a sentence', () => {
    for (const rule of describedRules) expect(describeRule(rule)).toMatch(/^[A-Z].*\.$/u);
    expect(describeRule('X99')).toBe('X99');
  });
});
