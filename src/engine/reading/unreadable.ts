import type { Collection, RejectedRow, School } from '../../model/index.js';

/**
 * Rows that came and could not be used (G4). What they stood for was there, so its absence among the others proves
 * nothing: a class or person whose row tells its id is kept, a row that does not may be any record of its collection.
 * At a school that may be among them nothing is taken away: closed, it would have no row at all.
 */
export class Unreadable {
  private readonly classes = new Set<string>();
  private readonly users = new Set<string>();
  private readonly schools = new Set<string>();
  private readonly readSchools = new Set<string>();
  private readonly anonymous = new Set<Collection>();
  private readonly classesOfMembers = new Set<string>();

  constructor(rows: readonly RejectedRow[], readSchools: readonly School[]) {
    for (const { collection, sourcedId, classSourcedId } of rows) {
      if (collection === 'enrollments' && classSourcedId !== undefined) this.classesOfMembers.add(classSourcedId);
      else if (collection === 'classes' && sourcedId !== undefined) this.classes.add(sourcedId);
      else if (collection === 'users' && sourcedId !== undefined) this.users.add(sourcedId);
      else if (collection === 'schools' && sourcedId !== undefined) this.schools.add(sourcedId);
      else this.anonymous.add(collection);
    }
    const isAnySchool = this.schools.size > 0 || this.anonymous.has('schools');
    if (isAnySchool) for (const { sourcedId } of readSchools) this.readSchools.add(sourcedId);
  }

  /** Never one that could be read, too. */
  mayBeSchool(sourcedId: string | undefined): boolean {
    if (sourcedId === undefined || this.readSchools.has(sourcedId)) return false;
    return this.anonymous.has('schools') || this.schools.has(sourcedId);
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
