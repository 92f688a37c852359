import type { LocalClass, LocalEnrollment, LocalUser, Scope } from '../../model/index.js';
import type { Passes } from '../passes.js';
import { BIT } from './grants.js';

/** What a question of access is about. */
export interface AccessTarget {
  /** The host's id of a student. */
  readonly student?: string | undefined;
  /** The host's id of any person, a student or not. */
  readonly person?: string | undefined;
  /** The host's id of a class. */
  readonly class?: string | undefined;
  /** The sourcedId of a school. */
  readonly school?: string | undefined;
  /**
   * The host's ids of those who take part, as in a conversation: what reaches the person's own part alone asks whether
   * they are among them. Without one of the above, everybody else asks whether it reaches each of these.
   */
  readonly participants?: readonly string[] | undefined;
}

/** What the records are to one person: of each id, the bits of the scopes that reach it. Only what is asked about. */
export interface Reach {
  readonly people: ReadonlyMap<string, number>;
  /** Those of the people who are students. */
  readonly students: ReadonlySet<string>;
  readonly classes: ReadonlyMap<string, number>;
  readonly schools: ReadonlyMap<string, number>;
  /** Students with whom the district, or the school, forbids this person contact as a guardian (P11). */
  readonly forbidden: ReadonlySet<string>;
}

/** Finds out what the records are to a person. */
export class ReachReader {
  private readonly people = new Map<string, number>();
  private readonly students = new Set<string>();
  private readonly classes = new Map<string, number>();
  private readonly schools = new Map<string, number>();
  private readonly forbidden = new Set<string>();
  private readonly children = new Set<string>();
  private readonly pupils = new Set<string>();
  /** The person's active places, and those of their children, by class. */
  private readonly places = new Map<string, LocalEnrollment['role']>();
  private readonly childrensClasses = new Set<string>();
  private readonly taught = new Set<string>();
  private readonly ownSchools: ReadonlySet<string>;
  private readonly asked: ReadonlySet<string> | undefined;

  /**
   * @param needs the bits of the scopes that matter
   * @param about what is asked about; undefined where anything may be asked
   */
  constructor(
    private readonly passes: Passes,
    private readonly scope: Scope,
    private readonly user: LocalUser,
    private readonly needs: number,
    private readonly about: AccessTarget | undefined,
  ) {
    this.ownSchools = new Set(placesOf(user).filter((school) => this.isSchoolInScope(school)));
    const people = [about?.student, about?.person, ...(about?.participants ?? [])];
    this.asked = about === undefined ? undefined : new Set(people.filter((id) => id !== undefined));
  }

  async read(): Promise<Reach> {
    const { about, needs } = this;
    const { people, students, classes, schools, forbidden } = this;
    const isAnything = about === undefined || Object.values(about).some((each) => each !== undefined);
    if (!isAnything) return { people, students, classes, schools, forbidden };
    const isByTies = (needs & (BIT.students | BIT.participant)) !== 0;
    if (isByTies) await this.readOwnTies();
    if (about === undefined || about.class !== undefined || (needs & BIT.students) !== 0) await this.readClasses();
    if (about === undefined || about.school !== undefined) await this.readSchools();
    if (this.asked === undefined || this.asked.size > 0) await this.readPeople();
    return { people, students, classes, schools, forbidden };
  }

  private async readOwnTies(): Promise<void> {
    const { id } = this.user;
    for await (const link of await this.passes.of('guardianLinks')) {
      if (link.guardianId !== id) continue;
      if (link.blocked === true) this.forbidden.add(link.studentId);
      else if (link.state === 'active') this.children.add(link.studentId);
    }
    if (this.children.size > 0) {
      for await (const user of await this.passes.of('users')) {
        if (user.state !== 'active') this.children.delete(user.id);
      }
    }
    for await (const { state, userId, classId, role } of await this.passes.of('enrollments')) {
      if (state !== 'active') continue;
      if (userId === id) this.places.set(classId, role);
      if (role === 'student' && this.children.has(userId)) this.childrensClasses.add(classId);
    }
  }

  private async readClasses(): Promise<void> {
    for await (const section of await this.passes.of('classes')) {
      if (section.state === 'purged') continue;
      const bits = this.bitsOfClass(section);
      if ((bits & BIT.students) !== 0 && isTeaching(this.places.get(section.id))) this.taught.add(section.id);
      if (this.about !== undefined && this.about.class !== section.id) continue;
      this.keep(this.classes, section.id, bits);
    }
  }

  private bitsOfClass({ id, state, schoolSourcedId }: LocalClass): number {
    if (!this.isInScope(schoolSourcedId === undefined ? [] : [schoolSourcedId])) return 0;
    let bits = BIT.district;
    if (schoolSourcedId !== undefined && this.ownSchools.has(schoolSourcedId)) bits |= BIT.schools;
    if (state !== 'active') return bits;
    const role = this.places.get(id);
    if (role !== undefined) bits |= BIT.participant;
    if (isTeaching(role) || role === 'student' || this.childrensClasses.has(id)) bits |= BIT.students;
    return bits;
  }

  private async readSchools(): Promise<void> {
    for await (const { sourcedId } of await this.passes.of('schools')) {
      if (sourcedId === undefined || !this.isSchoolInScope(sourcedId)) continue;
      if (this.about !== undefined && this.about.school !== sourcedId) continue;
      this.keep(this.schools, sourcedId, BIT.district | (this.ownSchools.has(sourcedId) ? BIT.schools : 0));
    }
  }

  private async readPeople(): Promise<void> {
    const { asked, needs } = this;
    if (this.taught.size > 0) {
      for await (const { state, role, classId, userId } of await this.passes.of('enrollments')) {
        if (state !== 'active' || role !== 'student' || !this.taught.has(classId)) continue;
        if (asked === undefined || asked.has(userId)) this.pupils.add(userId);
      }
    }
    const isByFamily = (needs & BIT.schools) !== 0 || this.scope.schools !== undefined;
    const relatives = new Set<string>();
    if (isByFamily && asked !== undefined) {
      for await (const { guardianId, studentId } of await this.passes.of('guardianLinks')) {
        if (asked.has(guardianId)) relatives.add(studentId);
      }
    }
    for await (const user of await this.passes.of('users')) {
      if (asked !== undefined && !asked.has(user.id) && !relatives.has(user.id)) continue;
      this.keep(this.people, user.id, this.bitsOfPerson(user));
      if (user.roles.includes('student') && this.people.has(user.id)) this.students.add(user.id);
    }
    if (!isByFamily) return;
    // A guardian is where their children are: providers often tell no school of theirs.
    for await (const { guardianId, studentId, state } of await this.passes.of('guardianLinks')) {
      if (state !== 'active' || (asked !== undefined && !asked.has(guardianId))) continue;
      const shared = (this.people.get(studentId) ?? 0) & (BIT.district | BIT.schools);
      this.keep(this.people, guardianId, (this.people.get(guardianId) ?? 0) | shared);
    }
  }

  private bitsOfPerson(user: LocalUser): number {
    const isSelf = user.id === this.user.id;
    const isStudent = user.roles.includes('student');
    const places = placesOf(user);
    const isInScope = this.isInScope(places);
    let bits = isSelf ? BIT.participant | (isStudent ? BIT.students : 0) : 0;
    if (!isInScope) return bits;
    bits |= BIT.district;
    if (places.some((school) => this.ownSchools.has(school))) bits |= BIT.schools;
    const isOwn = this.children.has(user.id) || this.pupils.has(user.id);
    if (isOwn && user.state === 'active') bits |= BIT.students;
    return bits;
  }

  /** What nothing that the person has reaches is not kept. */
  private keep(reach: Map<string, number>, id: string, bits: number): void {
    if ((bits & this.needs) !== 0) reach.set(id, bits);
  }

  private isInScope(schools: readonly string[]): boolean {
    return this.scope.schools === undefined || schools.some((school) => this.isSchoolInScope(school));
  }

  private isSchoolInScope(school: string): boolean {
    return this.scope.schools?.includes(school) !== false;
  }
}

/** The schools of a person: those of the record, and the site. */
function placesOf({ schoolSourcedIds, site }: LocalUser): readonly string[] {
  return site === undefined ? schoolSourcedIds : [...schoolSourcedIds, site];
}

function isTeaching(role: LocalEnrollment['role'] | undefined): boolean {
  return role === 'teacher' || role === 'aide';
}
