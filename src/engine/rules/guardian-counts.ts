/**
 * How many guardians a student has in the roster (row P10): so many that the list is likely to hold others, too.
 *
 * @module
 */

import { markOf } from '../../internal/sieve.js';
import { Tally } from '../../internal/tally.js';
import { userSubject } from '../../model/index.js';
import type { Note } from '../../model/index.js';

/** From so many on a person should look: neighbours and doctors may have been exported with the guardians. */
const MANY_GUARDIANS = 6;

const MASK = (1 << 20) - 1;

/**
 * Counts the guardians of the few students who may have many. A student's links are scattered over the whole list, and a
 * district has too many students to count each: so a first look counts roughly, and never too few.
 */
export class GuardianCounts {
  private readonly rough = new Uint8Array(MASK + 1);
  private readonly exact = new Map<string, number>();

  /** The first look at a link. */
  estimate(student: string): void {
    const at = markOf(student) & MASK;
    const count = this.rough[at] as number;
    if (count < MANY_GUARDIANS) this.rough[at] = count + 1;
  }

  /** The second look at it, when all links had the first. */
  count(student: string): void {
    if ((this.rough[markOf(student) & MASK] as number) < MANY_GUARDIANS) return;
    this.exact.set(student, (this.exact.get(student) ?? 0) + 1);
  }

  note(): Note | undefined {
    return noteManyGuardians(this.exact);
  }
}

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
