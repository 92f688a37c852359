import { normalName } from '../../internal/names.js';
import { compareIds } from '../../internal/ordered.js';
import { sha256 } from '../../internal/sha256.js';
import { Groups, Tally } from '../../internal/tally.js';
import type { Findings } from './findings.js';
import type { CleverSection } from '../api/wire.js';

/** What is known by the time the sections are read; undefined where it could not be read to its end. */
export interface SectionsContext {
  readonly schools: ReadonlySet<string> | undefined;
  readonly people: ReadonlySet<string> | undefined;
  /** The title of a course by its id: a section without a name is called so. */
  readonly courseTitles: ReadonlyMap<string, string>;
}

/** Looks at the sections of a district one by one, and keeps of each its id and two short keys. */
export class SectionsCheck {
  /** Places of students and teachers in sections. */
  members = 0;
  private readonly names = new Groups();
  private readonly memberSets = new Groups();
  private readonly ofUnknownSchool = new Tally();
  private readonly withoutTeacher = new Tally();
  private readonly withoutStudents = new Tally();
  private readonly withUnknown = new Tally();

  constructor(private readonly context: SectionsContext) {}

  add(section: CleverSection): void {
    const { id, school } = section;
    const { schools, people } = this.context;
    const students = [...new Set(section.students)].sort(compareIds);
    const teachers = new Set(section.teacher === undefined ? section.teachers : [section.teacher, ...section.teachers]);
    this.members += new Set([...students, ...teachers]).size;
    if (schools?.has(school) === false) this.ofUnknownSchool.add(id);
    this.names.add(`${String(school.length)}:${school}:${normalName(this.nameOf(section))}`, id);
    if (students.length >= 2) this.memberSets.add(sha256(students.join('\n')), id);
    if (people === undefined) return;
    const isKnown = (member: string): boolean => people.has(member);
    if (![...teachers].some(isKnown)) this.withoutTeacher.add(id);
    if (!students.some(isKnown)) this.withoutStudents.add(id);
    if (![...students, ...teachers].every(isKnown)) this.withUnknown.add(id);
  }

  report(findings: Findings): void {
    findings.addTally('SCHOOL_NOT_SHARED', this.ofUnknownSchool);
    findings.addTally('WITHOUT_TEACHER', this.withoutTeacher);
    findings.addTally('WITHOUT_STUDENTS', this.withoutStudents);
    findings.addTally('UNKNOWN_MEMBERS', this.withUnknown);
    findings.addTally('SAME_NAME', this.names.shared);
    findings.addTally('SAME_MEMBERS', this.memberSets.shared);
  }

  /** The name under which the section would be imported. */
  private nameOf({ id, name, course }: CleverSection): string {
    const title = course === undefined ? undefined : this.context.courseTitles.get(course);
    return [name, title].find((each) => each !== undefined && each.trim() !== '') ?? id;
  }
}
