import { usableEmail, usablePhone } from '../../internal/contact.js';
import { countUp, Tally } from '../../internal/tally.js';
import { type PreflightCount, preflightCountsOf, type UserRole } from '../../model/index.js';
import type { Findings } from './findings.js';
import type { CleverContactRole, CleverUser } from '../api/wire.js';

/** From so many contacts of one student on, some receivers of rosters put the whole sync on hold. */
const MANY_CONTACTS = 6;

/** Looks at the people of a district one by one, and keeps of each no more than the id. */
export class PeopleCheck {
  readonly counts: Record<UserRole, number> = {
    student: 0,
    teacher: 0,
    aide: 0,
    administrator: 0,
    staff: 0,
    guardian: 0,
    other: 0,
  };
  /** Everyone who may be a member of a section. */
  readonly ids = new Set<string>();
  /** Contacts of students, once for each pair. */
  relationships = 0;
  private readonly contactTypes = new Map<string, number>();
  private readonly phoneTypes = new Map<string, number>();
  private readonly contactsOf = new Map<string, number>();
  private readonly malformed = new Tally();
  private readonly without = { student: new Tally(), teacher: new Tally(), guardian: new Tally() };
  private readonly unreachable = new Tally();

  add(user: CleverUser): void {
    const { student, teacher, staff, district_admin: administrator, contact } = user.roles;
    const roles: UserRole[] = [];
    if (student !== undefined) roles.push('student');
    if (teacher !== undefined) roles.push('teacher');
    if (staff !== undefined) roles.push('staff');
    if (administrator !== undefined) roles.push('administrator');
    if (roles.length > 0) this.ids.add(user.id);
    if (contact !== undefined) {
      roles.push('guardian');
      this.addContact(user, contact);
    }
    if (roles.length === 0) roles.push('other');
    for (const role of roles) {
      this.counts[role] += 1;
      if (user.email === undefined && isTold(role)) this.without[role].add(user.id);
    }
    if (user.email !== undefined && usableEmail(user.email) === undefined) this.malformed.add(user.id);
  }

  report(findings: Findings): void {
    findings.addTally('TEACHERS_WITHOUT_EMAIL', this.without.teacher);
    findings.addTally('STUDENTS_WITHOUT_EMAIL', this.without.student);
    findings.addTally('CONTACTS_WITHOUT_EMAIL', this.without.guardian);
    findings.addTally('CONTACTS_UNREACHABLE', this.unreachable);
    findings.addTally('MALFORMED_EMAILS', this.malformed);
    const many = new Tally();
    for (const [student, count] of this.contactsOf) if (count >= MANY_CONTACTS) many.add(student);
    findings.addTally('MANY_CONTACTS', many);
  }

  countsOfContactTypes(): readonly PreflightCount[] {
    return preflightCountsOf(this.contactTypes);
  }

  countsOfPhoneTypes(): readonly PreflightCount[] {
    return preflightCountsOf(this.phoneTypes);
  }

  private addContact({ id, email }: CleverUser, contact: CleverContactRole): void {
    const students = new Set<string>();
    for (const { student, type = '' } of contact.student_relationships) {
      // The import takes the first relationship to a student, too.
      if (student === undefined || students.has(student)) continue;
      students.add(student);
      countUp(this.contactTypes, type);
      countUp(this.contactsOf, student);
    }
    this.relationships += students.size;
    if (contact.phone !== undefined) countUp(this.phoneTypes, contact.phone_type ?? '');
    if (usableEmail(email) === undefined && usablePhone(contact.phone) === undefined) this.unreachable.add(id);
  }
}

function isTold(role: UserRole): role is 'student' | 'teacher' | 'guardian' {
  return role === 'student' || role === 'teacher' || role === 'guardian';
}
