/**
 * The word for the record that a change or a note is about. A record is named by its sourcedId where it has one, else
 * by the host's id; the length in front of the first of two ids keeps every pair distinct.
 *
 * @module
 */

/** The word for a school, by its sourcedId, else by the host's id. */
export function schoolSubject(sourcedId: string | undefined, id?: string): string {
  return single('school', sourcedId, id);
}

/** The word for a class, by its sourcedId, else by the host's id. */
export function classSubject(sourcedId: string | undefined, id?: string): string {
  return single('class', sourcedId, id);
}

/** The word for a person, by their sourcedId, else by the host's id. */
export function userSubject(sourcedId: string | undefined, id?: string): string {
  return single('user', sourcedId, id);
}

/** The word for a member of a class, from the ids of both: a sourcedId, or `@` and the host's id. */
export function enrollmentSubject(classSubjectId: string, userSubjectId: string): string {
  return `enrollment:${String(classSubjectId.length)}:${classSubjectId}:${userSubjectId}`;
}

/** The word for a guardian of a student, from the ids of both: a sourcedId, or `@` and the host's id. */
export function guardianSubject(guardianSubjectId: string, studentSubjectId: string): string {
  return `guardian:${String(guardianSubjectId.length)}:${guardianSubjectId}:${studentSubjectId}`;
}

function single(noun: string, sourcedId: string | undefined, id: string | undefined): string {
  return sourcedId === undefined ? `${noun}@${id ?? ''}` : `${noun}:${sourcedId}`;
}
