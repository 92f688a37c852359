import { normalName } from '../../internal/names.js';
import { Groups, Tally } from '../../internal/tally.js';
import type { OneRosterAcademicSession, OneRosterClass } from '../records/wire.js';
import type { Findings } from './findings.js';

/** What is known by the time the classes are read; undefined where it could not be read to its end. */
export interface ClassesContext {
  readonly schools: ReadonlySet<string> | undefined;
  readonly terms: TermsCheck;
  /** The title of a course by its id: a class without a title is called so. */
  readonly courseTitles: ReadonlyMap<string, string>;
}

/** Looks at the terms one by one, to tell which of them are over. */
export class TermsCheck {
  private readonly ended = new Set<string>();
  private readonly withoutDates = new Tally();

  /** @param today `YYYY-MM-DD` */
  constructor(private readonly today: string) {}

  add({ sourcedId, startDate, endDate }: OneRosterAcademicSession): void {
    if (startDate === undefined || endDate === undefined) this.withoutDates.add(sourcedId);
    // The last day belongs to the term by custom, though not by the standard: what ends today has not ended.
    if (endDate !== undefined && endDate < this.today) this.ended.add(sourcedId);
  }

  hasEnded(sourcedId: string): boolean {
    return this.ended.has(sourcedId);
  }

  report(findings: Findings): void {
    findings.addTally('TERMS_WITHOUT_DATES', this.withoutDates);
  }
}

/** Looks at the classes of a district one by one, and keeps of each its id and a short key. */
export class ClassesCheck {
  private readonly names = new Groups();
  private readonly ofUnknownSchool = new Tally();
  private readonly ofEndedTerm = new Tally();

  constructor(private readonly context: ClassesContext) {}

  add(record: OneRosterClass): void {
    const { sourcedId, school, terms } = record;
    if (this.context.schools?.has(school.sourcedId) === false) this.ofUnknownSchool.add(sourcedId);
    if (terms.length > 0 && terms.every((term) => this.context.terms.hasEnded(term.sourcedId))) {
      this.ofEndedTerm.add(sourcedId);
    }
    const { length } = school.sourcedId;
    this.names.add(`${String(length)}:${school.sourcedId}:${normalName(this.nameOf(record))}`, sourcedId);
  }

  report(findings: Findings): void {
    findings.addTally('SCHOOL_NOT_SHARED', this.ofUnknownSchool);
    findings.addTally('TERM_ENDED', this.ofEndedTerm);
    findings.addTally('SAME_NAME', this.names.shared);
  }

  /** The name under which the class would be imported. */
  private nameOf({ sourcedId, title, course }: OneRosterClass): string {
    const ofCourse = course === undefined ? undefined : this.context.courseTitles.get(course.sourcedId);
    return [title, ofCourse].find((each) => each !== undefined && each.trim() !== '') ?? sourcedId;
  }
}
