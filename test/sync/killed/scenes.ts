/** What the processes that are killed do: the first import of a district, and the import of a month later. */

import { districtRoster, evolve, generateDistrict } from '../../../src/testing/index.js';
import type { Roster } from '../../../src/model/index.js';
import type { PolicyInput } from '../../../src/policy/index.js';

/** Which state of the district a process imports. */
export type Month = 'august' | 'september';

/** Changes in one transaction: so few that a run has a score of them. */
export const BATCH_SIZE = 20;

/** Everybody is invited, and everything may go: what is wanted are many kinds of change, and no hold. */
export const policy: PolicyInput = {
  steps: ['classes', 'teachers', 'students', 'guardians'],
  fullData: true,
  archive: true,
  invitations: { teachers: true, guardians: true, students: true },
  limits: { enrollments: 1, classes: 1, users: 1, guardianLinks: 1 },
};

const august = generateDistrict({ seed: 9, schools: 2, students: 36 });
const september = evolve(august, {
  seed: 3,
  ...{ moves: 12, renames: 6, withdrawals: 4, arrivals: 4, classRenames: 4, classesVanish: 1, contactChanges: 12 },
  ...{ teacherChanges: 3, coTeacherChanges: 2, schoolRenames: 1 },
});

/** The district as a provider would give it. */
export function rosterOf(month: Month): Roster {
  return districtRoster(month === 'august' ? august : september);
}
