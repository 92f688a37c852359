/** U1 to U3: who gets an account, as far as members depend on it. */

import type { Enrollment, User } from '../../../src/model/index.js';
import type { Paper } from './paper.js';
import { schoolOf, type People } from './people.js';
import type { Reading } from './reading.js';
import { seenUser, type Question } from './words.js';

/** A place in a class for somebody who has no account yet. */
export interface Place {
  readonly row: Enrollment;
  /** Whether the class has an active student after all filters. */
  readonly hasStudents: boolean;
}

/** Returns the sourcedIds of those who get one. */
export function createAccounts(
  question: Question,
  reading: Reading,
  people: People,
  paper: Paper,
  places: readonly Place[],
): ReadonlySet<string> {
  const created = new Set<string>();
  for (const user of people.arrivals()) {
    paper.sees(`user:${user.sourcedId}`, seenUser(user));
    if (people.frozen.has(user.sourcedId) || !people.isCovered(user.roles)) continue;
    const rule = ruleOf(
      user,
      places.filter(({ row }) => row.userSourcedId === user.sourcedId),
      question,
      reading,
      paper,
    );
    if (rule === undefined) continue;
    const isCreated = paper.decide({
      kind: 'user-create',
      subject: `user:${user.sourcedId}`,
      school: schoolOf(user),
      rule,
      code: 'NEW_PERSON',
      after: undefined,
      seen: seenUser(user),
    });
    if (isCreated) created.add(user.sourcedId);
  }
  return created;
}

function ruleOf(
  user: User,
  places: readonly Place[],
  { policy }: Question,
  reading: Reading,
  paper: Paper,
): string | undefined {
  const subject = `user:${user.sourcedId}`;
  const isStudent =
    (user.roles.includes('student') && !user.roles.includes('teacher')) ||
    places.some(({ row }) => row.role === 'student');
  // U1: a student in at least one imported class.
  if (isStudent) return places.length > 0 && policy.students.create ? 'U1' : undefined;
  // G2: only for an addition to a class that is there already.
  const isWithoutClass = places.length === 0 && (reading.isRestricted || !reading.isAnyInScope(user.schoolSourcedIds));
  // U3: staff, administrators and aides who are in no class.
  if (!user.roles.includes('teacher') && places.length === 0) {
    const isStaff = user.roles.some((role) => role !== 'guardian');
    return isStaff && policy.staff.create && !isWithoutClass ? 'U3' : undefined;
  }
  // U2
  if (policy.teachers.create === 'never' || isWithoutClass) return undefined;
  const isPopulated = places.some(({ row, hasStudents }) => row.role !== 'student' && hasStudents);
  if (policy.teachers.create === 'populated' && !isPopulated) {
    paper.tell('U2', 'TEACHER_CLASS_EMPTY', subject);
    return undefined;
  }
  if (user.email?.includes('@') !== true) {
    const isNeeded = policy.teachers.username === 'email';
    paper.tell('U2', isNeeded ? 'NO_USERNAME' : 'NO_EMAIL', subject);
    if (isNeeded) return undefined;
  }
  return 'U2';
}
