/**
 * Why records are absent: each one that vanished gets one cause, with what was seen. A school or a cohort that is gone is
 * judged first, over silent and deleted records alike, because a provider reports what is not shared any more as deleted.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import { userSubject } from '../../model/index.js';
import type { Evidence, LimitKind } from '../../model/index.js';
import type { Absences, Absent, AbsentClass, AbsentLink, AbsentMember, AbsentUser } from './absences.js';
import { valuesOf } from './attributes.js';
import { findCohorts, type Cohort } from './cohorts.js';
import type { Populations } from './population.js';

/** Why a record is absent. */
type CauseCode =
  | 'TOMBSTONE'
  | 'TERM_ENDED'
  | 'SCHOOL_GONE'
  | 'COHORT_GONE'
  | 'PERSON_UNSHARED'
  | 'SECTION_GONE'
  | 'WITHDRAWN';

/** Why one record is absent, and what was seen. */
export interface Cause {
  readonly code: CauseCode;
  /** Ids, counts and words. */
  readonly evidence: Evidence;
  /** The hold that names the record. */
  readonly hold?: string;
}

/** A school that is missing or empty while others are fine. */
interface GoneSchool {
  /** The id of the hold on it. */
  readonly id: string;
  readonly school: string;
  /** Whether it has no row or no class any more (Z5): then all that is taken away there is in doubt. */
  readonly isWhole: boolean;
  /** How many records of each kind vanished there. */
  readonly vanished: Readonly<Record<LimitKind, number>>;
}

/** The answer: plain data. */
export interface AbsenceVerdict {
  /** By the subject of the record. */
  readonly causes: ReadonlyMap<string, Cause>;
  /** The largest first. */
  readonly cohorts: readonly Cohort[];
  /** In order of their ids. */
  readonly schools: readonly GoneSchool[];
}

const KINDS: readonly LimitKind[] = ['classes', 'users', 'enrollments', 'guardianLinks'];

/** What is known of the schools. */
export interface SchoolsInDoubt {
  /** Z5: missing or empty as a whole while others are fine. */
  readonly gone: ReadonlySet<string>;
  /** Whether other schools are fine, and this one is not just in a row that could not be used (G4). */
  readonly isDoubtful: (schoolSourcedId: string) => boolean;
}

/** The cause of every vanished record. What the populations asked for must have been counted. */
export function judgeAbsences(absences: Absences, populations: Populations, schools: SchoolsInDoubt): AbsenceVerdict {
  return new Judge(absences, populations, schools).verdict();
}

class Judge {
  private readonly causes = new Map<string, Cause>();
  private readonly cohorts: readonly Cohort[];
  /** By kind: schools of which all records of the kind vanished, those that are gone as a whole included. */
  private readonly goneSchools: Readonly<Record<LimitKind, ReadonlySet<string>>>;
  private readonly cohortOf = new Map<string, Cohort>();
  private readonly absentUsers = new Map<string, AbsentUser>();

  constructor(
    private readonly absences: Absences,
    private readonly populations: Populations,
    private readonly inDoubt: SchoolsInDoubt,
  ) {
    this.goneSchools = {
      classes: inDoubt.gone,
      users: this.emptied('users'),
      enrollments: this.emptied('enrollments'),
      guardianLinks: inDoubt.gone,
    };
    this.cohorts = KINDS.flatMap((kind) =>
      findCohorts(
        kind,
        populations.of(kind),
        absences.of(kind),
        (absent) => this.goneSchoolOf(kind, absent) !== undefined,
        (term) => absences.isOver(term),
      ),
    );
    for (const cohort of this.cohorts) for (const subject of cohort.subjects) this.cohortOf.set(subject, cohort);
    for (const user of absences.users) this.absentUsers.set(user.sourcedId, user);
  }

  verdict(): AbsenceVerdict {
    const { users, classes, members, links } = this.absences;
    // Persons first: what follows from a person's absence has the person's cause.
    for (const user of users) this.causes.set(user.subject, this.causeOfUser(user));
    for (const section of classes) this.causes.set(section.subject, this.causeOfClass(section));
    for (const member of members) this.causes.set(member.subject, this.causeOfMember(member));
    for (const link of links) this.causes.set(link.subject, this.causeOfLink(link));
    return { causes: this.causes, cohorts: this.cohorts, schools: this.schools() };
  }

  private causeOfUser(user: AbsentUser): Cause {
    return (
      this.shared('users', user) ??
      this.told(user, []) ??
      (user.isNamed ? { code: 'PERSON_UNSHARED', evidence: {} } : { code: 'WITHDRAWN', evidence: {} })
    );
  }

  /** A class whose students vanished as a cohort did not leave alone: it waits with them. */
  private causeOfClass(section: AbsentClass): Cause {
    const students = section.students.length;
    const elsewhere = section.students.filter((id) => this.absentUsers.get(id)?.isNamed ?? true).length;
    const seen = { students, elsewhere };
    const cause = this.shared('classes', section) ?? this.ofStudents(section) ?? this.told(section, section.endedTerms);
    return cause ?? { code: elsewhere * 2 >= students ? 'SECTION_GONE' : 'WITHDRAWN', evidence: seen };
  }

  private causeOfMember(member: AbsentMember): Cause {
    return (
      this.shared('enrollments', member) ??
      this.ofPerson(member.userSourcedId) ??
      this.told(member, member.endedTerms) ?? { code: 'WITHDRAWN', evidence: {} }
    );
  }

  private causeOfLink(link: AbsentLink): Cause {
    return (
      this.shared('guardianLinks', link) ??
      this.ofPerson(link.studentSourcedId) ??
      this.ofPerson(link.guardianSourcedId) ??
      this.told(link, []) ?? { code: 'WITHDRAWN', evidence: {} }
    );
  }

  /** What the record shares with others that vanished. */
  private shared(kind: LimitKind, absent: Absent): Cause | undefined {
    const school = this.goneSchoolOf(kind, absent);
    if (school !== undefined) return { code: 'SCHOOL_GONE', evidence: { school }, hold: holdOfSchool(school) };
    const cohort = this.cohortOf.get(absent.subject);
    return cohort === undefined ? undefined : ofCohort(cohort);
  }

  /** A hold on a person holds what the person's absence would take away. */
  private ofPerson(sourcedId: string | undefined): Cause | undefined {
    const cause = sourcedId === undefined ? undefined : this.causes.get(userSubject(sourcedId));
    return cause?.hold === undefined ? undefined : cause;
  }

  /** The cohort that most of a class's students vanished with. */
  private ofStudents(section: AbsentClass): Cause | undefined {
    const counts = new Map<Cohort, number>();
    for (const student of section.students) {
      const cohort = this.cohortOf.get(userSubject(student));
      if (cohort !== undefined) counts.set(cohort, (counts.get(cohort) ?? 0) + 1);
    }
    for (const [cohort, count] of counts) if (count * 2 > section.students.length) return ofCohort(cohort);
    return undefined;
  }

  /** What the provider says itself, or the calendar. */
  private told(absent: Absent, endedTerms: readonly string[]): Cause | undefined {
    if (absent.isTombstoned) return { code: 'TOMBSTONE', evidence: {} };
    return endedTerms.length === 0 ? undefined : { code: 'TERM_ENDED', evidence: { terms: endedTerms } };
  }

  private goneSchoolOf(kind: LimitKind, { traits }: Absent): string | undefined {
    return valuesOf(traits, 'school').find((school) => this.goneSchools[kind].has(school));
  }

  /** All that the host had there of the kind has vanished, and nothing came. */
  private emptied(kind: 'users' | 'enrollments'): ReadonlySet<string> {
    const gone = new Set(this.inDoubt.gone);
    for (const [school, { vanished, total }] of this.populations.of(kind).suspects.get('school')?.byValue ?? []) {
      if (vanished !== total || this.absences.hasSeenAt(kind, school)) continue;
      if (this.inDoubt.isDoubtful(school)) gone.add(school);
    }
    return gone;
  }

  private schools(): readonly GoneSchool[] {
    const ids = new Set(KINDS.flatMap((kind) => [...this.goneSchools[kind]]));
    const counts = new Map<string, Record<LimitKind, number>>();
    for (const id of ids) counts.set(id, { classes: 0, users: 0, enrollments: 0, guardianLinks: 0 });
    for (const kind of KINDS) {
      for (const absent of this.absences.of(kind)) {
        const count = counts.get(this.goneSchoolOf(kind, absent) ?? '');
        if (count !== undefined) count[kind] += 1;
      }
    }
    return [...counts]
      .sort(([left], [right]) => compareIds(left, right))
      .map(([school, vanished]) => ({
        id: holdOfSchool(school),
        school,
        isWhole: this.inDoubt.gone.has(school),
        vanished,
      }));
  }
}

/** The id of the hold on a school that is gone. */
function holdOfSchool(school: string): string {
  return `SCHOOL_GONE:${school}`;
}

/** What a sentence needs: all 412 of grade 05 vanished, and so many of the others. */
export function evidenceOfCohort(cohort: Cohort): Evidence {
  const { kind, attribute, value, school, vanished, total, restVanished, rest, tombstoned, alongside } = cohort;
  return {
    kind,
    attribute,
    value,
    ...(school === undefined ? {} : { school }),
    count: vanished,
    of: total,
    restCount: restVanished,
    rest,
    ...(tombstoned === 0 ? {} : { tombstoned }),
    ...(alongside.length === 0 ? {} : { alongside }),
    ...(cohort.isTermOver ? { isTermOver: true } : {}),
  };
}

function ofCohort(cohort: Cohort): Cause {
  return { code: 'COHORT_GONE', evidence: evidenceOfCohort(cohort), hold: cohort.id };
}
