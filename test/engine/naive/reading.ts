/** What a read says and proves: section 0 (scope, evidence), G1, G2, Z4, D6, and rows that could not be used. */

import type { Class, Enrollment, Roster, School, User } from '../../../src/model/index.js';
import { byCodeUnit, isDeleted, text, type Question, type Told } from './words.js';

const REQUIRED = ['schools', 'classes', 'users', 'enrollments'] as const;

export class Reading {
  readonly schools: ReadonlyMap<string, School>;
  readonly classes: ReadonlyMap<string, Class>;
  readonly users: ReadonlyMap<string, User>;
  readonly enrollments: readonly Enrollment[];
  readonly notes: Told[] = [];
  /** G1: nothing can be believed. */
  readonly hasFailed: boolean;
  /** G2: a required collection is not attested complete. */
  readonly isRestricted: boolean;
  /** E1 of a class or user: the ids of all schools were read or attested. */
  readonly provesAbsence: boolean;
  readonly today: string;
  readonly leadDay: string;
  private readonly roster: Roster;

  constructor(private readonly question: Question) {
    const { roster, policy, now } = question;
    this.roster = roster;
    const states = REQUIRED.map((collection) => roster.attestation.collections[collection].state);
    this.hasFailed = states.some((state) => state === 'failed' || state === 'not-shared');
    this.isRestricted = states.some((state) => state !== 'complete');
    const skipped = roster.attestation.skippedSchools ?? [];
    this.provesAbsence = !this.isRestricted && roster.attestation.allSchools && skipped.length === 0;
    this.today = dayIn(policy.timeZone, Date.parse(now));
    this.leadDay = dayIn(policy.timeZone, Date.parse(now) + policy.leadDays * 24 * 60 * 60 * 1000);
    this.schools = this.once('school', roster.schools);
    this.classes = this.once('class', roster.classes);
    this.users = this.once('user', roster.users);
    this.enrollments = roster.enrollments;
    // Z4: the school leaves the run.
    for (const school of skipped) this.notes.push({ rule: 'Z4', code: 'SCHOOL_SKIPPED', subject: `school:${school}` });
    if ((roster.rejected ?? []).length > 0) this.notes.push({ rule: 'G4', code: 'ROWS_REJECTED' });
    this.noteUnknownSchools();
  }

  /** Section 0: judged by the local school of the object. */
  isInScope(school: string | undefined): boolean {
    const { schools } = this.question.local.scope;
    return schools === undefined || (school !== undefined && schools.includes(school));
  }

  /** Section 0: a user is in scope if any of their schools is. */
  isAnyInScope(schools: readonly string[]): boolean {
    return this.question.local.scope.schools === undefined || schools.some((school) => this.isInScope(school));
  }

  isSkipped(school: string | undefined): boolean {
    return school !== undefined && (this.roster.attestation.skippedSchools ?? []).includes(school);
  }

  /** The section, where the feed has it and does not say that it is gone. */
  presentClass(sourcedId: string): Class | undefined {
    const section = this.classes.get(sourcedId);
    return section === undefined || isDeleted(section) ? undefined : section;
  }

  presentUser(sourcedId: string): User | undefined {
    const user = this.users.get(sourcedId);
    return user === undefined || isDeleted(user) ? undefined : user;
  }

  isClassDeleted(sourcedId: string): boolean {
    const section = this.classes.get(sourcedId);
    return section !== undefined && isDeleted(section);
  }

  isUserDeleted(sourcedId: string): boolean {
    const user = this.users.get(sourcedId);
    return user !== undefined && isDeleted(user);
  }

  isSchoolListed(sourcedId: string): boolean {
    const school = this.schools.get(sourcedId);
    return school !== undefined && !isDeleted(school);
  }

  rowsOf(classSourcedId: string): readonly Enrollment[] {
    return this.enrollments.filter((row) => row.classSourcedId === classSourcedId);
  }

  /** G4: the row of this school came and could not be used. Never of one that could be read, too. */
  mayBeSchool(sourcedId: string | undefined): boolean {
    if (sourcedId === undefined || this.roster.schools.some((school) => school.sourcedId === sourcedId)) return false;
    return this.rejected('schools').some((row) => row.sourcedId === undefined || row.sourcedId === sourcedId);
  }

  mayBeClass(sourcedId: string): boolean {
    return this.rejected('classes').some((row) => row.sourcedId === undefined || row.sourcedId === sourcedId);
  }

  mayBeUser(sourcedId: string): boolean {
    return this.rejected('users').some((row) => row.sourcedId === undefined || row.sourcedId === sourcedId);
  }

  mayBeMemberOf(classSourcedId: string): boolean {
    const rows = this.rejected('enrollments');
    return rows.some((row) => row.classSourcedId === undefined || row.classSourcedId === classSourcedId);
  }

  private rejected(collection: 'schools' | 'classes' | 'users' | 'enrollments') {
    return (this.roster.rejected ?? []).filter((row) => row.collection === collection);
  }

  /** D6: identical: one; else the newest, then active before deleted, then the smallest canonical JSON. */
  private once<T extends School | Class | User>(noun: string, records: readonly T[]): ReadonlyMap<string, T> {
    const kept = new Map<string, T>();
    for (const sourcedId of [...new Set(records.map((record) => record.sourcedId))].sort(byCodeUnit)) {
      const same = records.filter((record) => record.sourcedId === sourcedId);
      if (new Set(same.map(text)).size > 1) {
        this.notes.push({ rule: 'D6', code: 'DUP_ID', subject: `${noun}:${sourcedId}` });
      }
      const [best] = [...same].sort(
        (left, right) =>
          byCodeUnit(right.dateLastModified ?? '', left.dateLastModified ?? '') ||
          Number(isDeleted(left)) - Number(isDeleted(right)) ||
          byCodeUnit(text(left), text(right)),
      );
      if (best !== undefined) kept.set(sourcedId, best);
    }
    return kept;
  }

  /** A scope that names a school which neither side has. */
  private noteUnknownSchools(): void {
    const { local } = this.question;
    if (this.roster.attestation.collections.schools.state !== 'complete') return;
    for (const school of new Set(local.scope.schools ?? [])) {
      const isAtHost =
        local.schools.some((each) => each.sourcedId === school) ||
        local.classes.some((each) => each.schoolSourcedId === school);
      if (isAtHost || this.isSchoolListed(school) || this.isSkipped(school) || this.mayBeSchool(school)) continue;
      this.notes.push({ rule: 'Z5', code: 'SCOPE_SCHOOL_UNKNOWN', subject: `school:${school}` });
    }
  }
}

/** The day of this instant in the tenant's time zone. */
export function dayIn(timeZone: string, instant: number): string {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const parts = format.formatToParts(new Date(instant));
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}
