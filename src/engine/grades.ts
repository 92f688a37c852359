/**
 * Grades in the words of Clever and of OneRoster (CEDS), by their order in school.
 *
 * @module
 */

import { normalName } from '../internal/names.js';
import type { School } from '../model/index.js';
import type { SchoolLevel } from '../model/policy.js';

/** The words that are no numbers. `Ungraded` and `Other` have no place in the order. */
const WORDS: ReadonlyMap<string, number> = new Map([
  ['infanttoddler', -4],
  ['it', -4],
  ['preschool', -3],
  ['pr', -3],
  ['prekindergarten', -2],
  ['pk', -2],
  ['transitionalkindergarten', -1],
  ['tk', -1],
  ['kindergarten', 0],
  ['kg', 0],
  ['k', 0],
  ['postgraduate', 14],
  ['ps', 14],
]);

const HIGHEST_NUMBER = 13;

const LEVELS = ['elementary', 'middle', 'high'] as const satisfies readonly SchoolLevel[];

/** A grade as it is compared: `05` and `5`, `KG` and `Kindergarten` are the same. */
export function gradeKey(grade: string): string {
  const rank = rankOf(grade);
  return rank === undefined ? normalName(grade) : String(rank);
}

/** The levels of these grades; none where no grade has a place in the order. */
export function levelsOfGrades(grades: readonly string[]): readonly SchoolLevel[] {
  const ranks = grades.map(rankOf).filter((rank) => rank !== undefined);
  return ranks.map((rank) => LEVELS[levelAt(rank)]);
}

/** The levels that a school teaches; none where it does not tell both ends of its range. */
export function levelsOfSchool(school: School | undefined): readonly SchoolLevel[] {
  const low = rankOf(school?.lowGrade ?? '');
  const high = rankOf(school?.highGrade ?? '');
  if (low === undefined || high === undefined) return [];
  return LEVELS.slice(levelAt(low), levelAt(high) + 1);
}

function rankOf(grade: string): number | undefined {
  const word = normalName(grade);
  if (!/^\d{1,2}$/u.test(word)) return WORDS.get(word);
  const number = Number(word);
  return number <= HIGHEST_NUMBER ? number : undefined;
}

function levelAt(rank: number): 0 | 1 | 2 {
  if (rank <= 5) return 0;
  return rank <= 8 ? 1 : 2;
}
