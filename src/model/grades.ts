import { normalName } from '../internal/names.js';

/** The words for grades in Clever and in OneRoster (CEDS) that are no numbers, by their order in school. */
const RANKED: ReadonlyMap<string, number> = new Map([
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

/** The words that have no place in the order, each with the one that it is compared by. */
const UNRANKED: ReadonlyMap<string, string> = new Map([
  ['ungraded', 'ungraded'],
  ['ug', 'ungraded'],
  ['other', 'other'],
]);

const HIGHEST_NUMBER = 13;

/** Where a grade stands in the order of grades, 0 for kindergarten; undefined where it has no place in it. */
export function rankOfGrade(grade: string): number | undefined {
  const word = normalName(grade);
  if (!/^\d{1,2}$/u.test(word)) return RANKED.get(word);
  const number = Number(word);
  return number <= HIGHEST_NUMBER ? number : undefined;
}

/** A grade as it is compared: `05` and `5`, `KG` and `Kindergarten` are the same. */
export function gradeKey(grade: string): string {
  const rank = rankOfGrade(grade);
  const word = normalName(grade);
  return rank === undefined ? (UNRANKED.get(word) ?? word) : String(rank);
}

/** Whether it is a word of either provider. */
export function isGrade(grade: string): boolean {
  return rankOfGrade(grade) !== undefined || UNRANKED.has(normalName(grade));
}
