import type { Collection, RejectedRow } from '../model/index.js';

/**
 * Rows that came and could not be used (G4). What they stood for was there, so its absence among the others proves
 * nothing: a class or person whose row tells its id is kept, a row that does not may be any record of its collection.
 */
export class Unreadable {
  private readonly classes = new Set<string>();
  private readonly users = new Set<string>();
  private readonly anonymous = new Set<Collection>();
  private readonly classesOfMembers = new Set<string>();

  constructor(rows: readonly RejectedRow[]) {
    for (const { collection, sourcedId, classSourcedId } of rows) {
      if (collection === 'enrollments' && classSourcedId !== undefined) this.classesOfMembers.add(classSourcedId);
      else if (collection === 'classes' && sourcedId !== undefined) this.classes.add(sourcedId);
      else if (collection === 'users' && sourcedId !== undefined) this.users.add(sourcedId);
      else this.anonymous.add(collection);
    }
  }

  mayBeClass(sourcedId: string): boolean {
    return this.anonymous.has('classes') || this.classes.has(sourcedId);
  }

  mayBeUser(sourcedId: string): boolean {
    return this.anonymous.has('users') || this.users.has(sourcedId);
  }

  /** Whether a member of this class may stand in a row that could not be used. */
  mayBeMemberOf(classSourcedId: string): boolean {
    return this.anonymous.has('enrollments') || this.classesOfMembers.has(classSourcedId);
  }

  mayBeGuardianLink(): boolean {
    return this.anonymous.has('guardianLinks');
  }
}
