/**
 * The levels that grades and schools belong to.
 *
 * @module
 */

import { rankOfGrade } from '../../model/grades.js';
import type { School } from '../../model/index.js';
import type { SchoolLevel } from '../../model/policy.js';

const LEVELS = ['elementary', 'middle', 'high'] as const satisfies readonly SchoolLevel[];

/** The levels of these grades; none where no grade has a place in the order. */
export function levelsOfGrades(grades: readonly string[]): readonly SchoolLevel[] {
  const ranks = grades.map(rankOfGrade).filter((rank) => rank !== undefined);
  return ranks.map((rank) => LEVELS[levelAt(rank)]);
}

/** The levels that a school teaches; none where it does not tell both ends of its range. */
export function levelsOfSchool(school: School | undefined): readonly SchoolLevel[] {
  const low = rankOfGrade(school?.lowGrade ?? '');
  const high = rankOfGrade(school?.highGrade ?? '');
  if (low === undefined || high === undefined) return [];
  return LEVELS.slice(levelAt(low), levelAt(high) + 1);
}

function levelAt(rank: number): 0 | 1 | 2 {
  if (rank <= 5) return 0;
  return rank <= 8 ? 1 : 2;
}
