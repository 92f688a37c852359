/**
 * How many guardians a student has in the roster (row P10): so many that the list is likely to hold others, too.
 *
 * @module
 */

import { Tally } from '../internal/tally.js';
import { userSubject } from '../model/index.js';
import type { Note } from '../model/index.js';

/** From so many on a person should look: neighbours and doctors may have been exported with the guardians. */
export const MANY_GUARDIANS = 6;

/**
 * The one note about students with many guardians; undefined where there are none.
 *
 * @param counts the active links of each student who has any, by sourcedId
 */
export function noteManyGuardians(counts: Iterable<readonly [student: string, guardians: number]>): Note | undefined {
  const students = new Tally();
  let most = 0;
  for (const [student, guardians] of counts) {
    if (guardians < MANY_GUARDIANS) continue;
    students.add(student);
    most = Math.max(most, guardians);
  }
  const [first] = students.ids;
  if (first === undefined) return undefined;
  return {
    rule: 'P10',
    code: 'MANY_GUARDIANS',
    severity: 'warning',
    noun: 'guardian',
    ...(students.count === 1 ? { subject: userSubject(first) } : {}),
    evidence: { students: students.count, most, first: students.ids },
  };
}
