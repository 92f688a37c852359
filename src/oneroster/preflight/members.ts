import { sha256 } from '../../internal/sha256.js';
import { Groups, Tally } from '../../internal/tally.js';
import type { OneRosterEnrollment } from '../records/wire.js';
import { enrollmentRoleOf } from '../roster/roles.js';
import type { Findings } from './findings.js';

/** Which ids there are, and whether each is active; undefined where their list could not be read to its end. */
export interface MembersContext {
  readonly people: ReadonlyMap<string, boolean> | undefined;
  readonly classes: ReadonlyMap<string, boolean> | undefined;
}

/** The members of one class, by numbers that stand for them: districts have millions of enrollments. */
interface Members {
  readonly students: number[];
  hasTeacher: boolean;
  hasStudent: boolean;
}

/** Looks at the enrollments of a district one by one, and keeps two numbers of each. */
export class MembersCheck {
  /** Places of people in classes. */
  count = 0;
  private readonly classes = new Map<string, Members>();
  private readonly numbers = new Map<string, number>();
  private readonly unknownPeople = new Set<string>();
  private readonly unknownClasses = new Set<string>();

  constructor(private readonly context: MembersContext) {}

  /** Says whether the enrollment could be used. */
  add(enrollment: OneRosterEnrollment): boolean {
    const role = enrollmentRoleOf(enrollment.role);
    if (role === undefined) return false;
    this.count += 1;
    const { sourcedId: person } = enrollment.user;
    const { sourcedId: classId } = enrollment.class;
    const { people, classes } = this.context;
    if (people?.has(person) === false) this.unknownPeople.add(person);
    if (classes?.has(classId) === false) this.unknownClasses.add(classId);
    const isThere = people === undefined || people.get(person) === true;
    const members = this.membersOf(classId);
    if (role === 'teacher' && isThere) members.hasTeacher = true;
    if (role === 'student') {
      members.students.push(this.numberOf(person));
      if (isThere) members.hasStudent = true;
    }
    return true;
  }

  /** @param isWhole whether all enrollments were seen: only then is a class without members known to have none */
  report(findings: Findings, isWhole: boolean): void {
    const withoutTeacher = new Tally();
    const withoutStudents = new Tally();
    const memberSets = new Groups();
    for (const [id, isActive] of (isWhole ? this.context.classes : undefined) ?? []) {
      if (!isActive) continue;
      const members = this.classes.get(id);
      if (members?.hasTeacher !== true) withoutTeacher.add(id);
      if (members?.hasStudent !== true) withoutStudents.add(id);
      // Somebody with one row for each term is one student.
      const students = new Set(members?.students.sort((left, right) => left - right));
      if (students.size >= 2) memberSets.add(sha256([...students].join(' ')), id);
    }
    findings.addTally('WITHOUT_TEACHER', withoutTeacher);
    findings.addTally('WITHOUT_STUDENTS', withoutStudents);
    findings.addTally('UNKNOWN_MEMBERS', tallyOf(this.unknownPeople));
    findings.addTally('UNKNOWN_CLASSES', tallyOf(this.unknownClasses));
    findings.addTally('SAME_MEMBERS', memberSets.shared);
  }

  private membersOf(classId: string): Members {
    const known = this.classes.get(classId);
    if (known !== undefined) return known;
    const members = { students: [], hasTeacher: false, hasStudent: false };
    this.classes.set(classId, members);
    return members;
  }

  private numberOf(person: string): number {
    const known = this.numbers.get(person);
    if (known !== undefined) return known;
    this.numbers.set(person, this.numbers.size);
    return this.numbers.size - 1;
  }
}

function tallyOf(ids: ReadonlySet<string>): Tally {
  const tally = new Tally();
  for (const id of ids) tally.add(id);
  return tally;
}
