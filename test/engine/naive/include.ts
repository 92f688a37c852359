/** K18: which sections the policy imports for the first time. `docs/policies.md` states each criterion. */

import type { Class, ClassSelection, School } from '../../../src/model/index.js';
import type { Paper } from './paper.js';
import type { Reading } from './reading.js';
import { nameOf, plain, type Question } from './words.js';

/** Kindergarten is 0; what has no place in the order has no rank. */
const WORDS: Readonly<Record<string, number>> = {
  kindergarten: 0,
  kg: 0,
  prekindergarten: -2,
  pk: -2,
  postgraduate: 14,
};

/** Whether all criteria that are given hold; what a section does not tell does not hold. */
export function isIncluded(section: Class, { policy, roster }: Question, reading: Reading): boolean {
  const include = policy.classes.include ?? {};
  const grades = section.grades ?? [];
  const subject = plain(section.subject ?? '');
  const isOf = (words: readonly string[]): boolean => subject !== '' && words.map(plain).includes(subject);
  const wantedTerms = roster.terms.filter(
    (term) => include.terms?.includes(term.sourcedId) === true || include.terms?.map(plain).includes(plain(term.name)),
  );
  const termIds = [...(include.terms ?? []), ...wantedTerms.map((term) => term.sourcedId)];
  const checks: readonly (readonly [keyof ClassSelection, () => boolean])[] = [
    ['ids', () => include.ids?.includes(section.sourcedId) === true],
    ['schoolLevels', () => levelsOf(section, reading).some((level) => include.schoolLevels?.includes(level))],
    ['grades', () => grades.some((grade) => (include.grades ?? []).map(gradeWord).includes(gradeWord(grade)))],
    ['subjects', () => isOf(include.subjects ?? [])],
    ['notSubjects', () => !isOf(include.notSubjects ?? [])],
    ['terms', () => (section.termSourcedIds ?? []).some((term) => termIds.includes(term))],
    ['names', () => fits(nameOf(section), include.names ?? '*')],
    ['notNames', () => !fits(nameOf(section), include.notNames ?? '')],
  ];
  return checks.every(([name, holds]) => include[name] === undefined || holds());
}

/** A class that is there already stays, and that is told once. */
export function tellKept(section: Class, question: Question, reading: Reading, paper: Paper): void {
  if (!isIncluded(section, question, reading)) paper.tellOnce('K18', 'NOT_INCLUDED_KEPT', `class:${section.sourcedId}`);
}

function levelsOf(section: Class, reading: Reading): readonly ('elementary' | 'middle' | 'high')[] {
  const own = (section.grades ?? []).map(rank).filter((each) => each !== undefined);
  if (own.length > 0) return own.map(level);
  const school: School | undefined = reading.schools.get(section.schoolSourcedId);
  const low = rank(school?.lowGrade ?? '');
  const high = rank(school?.highGrade ?? '');
  if (low === undefined || high === undefined) return [];
  const between = Array.from({ length: Math.max(0, high - low + 1) }, (_, index) => low + index);
  return between.map(level);
}

function level(grade: number): 'elementary' | 'middle' | 'high' {
  return grade <= 5 ? 'elementary' : grade <= 8 ? 'middle' : 'high';
}

function rank(grade: string): number | undefined {
  const word = plain(grade);
  const number = /^\d{1,2}$/u.test(word) ? Number(word) : undefined;
  return number === undefined ? WORDS[word] : number <= 13 ? number : undefined;
}

function gradeWord(grade: string): string {
  return String(rank(grade) ?? plain(grade));
}

/** `*` stands for any run of characters. */
function fits(name: string, pattern: string): boolean {
  const source = plain(pattern)
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 'su').test(plain(name));
}
