import { normalEmail, usableEmail, usablePhone } from '../../internal/contact.js';
import { countUp, Groups, Tally } from '../../internal/tally.js';
import { type PreflightCount, preflightCountsOf, type UserRole } from '../../model/index.js';
import type { OneRosterUser } from '../records/wire.js';
import { userRolesOf } from '../roster/roles.js';
import type { Findings } from './findings.js';

/** Looks at the people of a district one by one, and keeps of each no more than an id and a short key. */
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
  private readonly phoneTypes = new Map<string, number>();
  private readonly without = { student: new Tally(), teacher: new Tally(), guardian: new Tally() };
  private readonly unreachable = new Tally();
  private readonly malformed = new Tally();
  private readonly nameless = new Tally();
  private readonly withoutUsername = new Tally();
  private readonly emails = new Groups();

  /** @param readAt the ISO instant at which roles count, as in an import */
  constructor(private readonly readAt: string) {}

  add(user: OneRosterUser): void {
    const { sourcedId, email } = user;
    const roles = userRolesOf(user, this.readAt);
    for (const role of roles) {
      this.counts[role] += 1;
      if (email === undefined && isTold(role)) this.without[role].add(sourcedId);
    }
    const usable = usableEmail(email);
    if (email !== undefined && usable === undefined) this.malformed.add(sourcedId);
    if (user.givenName === undefined || user.familyName === undefined) this.nameless.add(sourcedId);
    if (roles.includes('guardian')) this.addGuardian(user);
    // Parents often share an address, and need no user name.
    if (roles.every((role) => role === 'guardian')) return;
    if (user.username === undefined) this.withoutUsername.add(sourcedId);
    if (usable !== undefined) this.emails.add(normalEmail(usable), sourcedId);
  }

  report(findings: Findings): void {
    findings.addTally('TEACHERS_WITHOUT_EMAIL', this.without.teacher);
    findings.addTally('STUDENTS_WITHOUT_EMAIL', this.without.student);
    findings.addTally('GUARDIANS_WITHOUT_EMAIL', this.without.guardian);
    findings.addTally('GUARDIANS_UNREACHABLE', this.unreachable);
    findings.addTally('MALFORMED_EMAILS', this.malformed);
    findings.addTally('SHARED_EMAILS', this.emails.shared);
    findings.addTally('WITHOUT_USERNAME', this.withoutUsername);
    findings.addTally('WITHOUT_NAME', this.nameless);
  }

  countsOfPhoneTypes(): readonly PreflightCount[] {
    return preflightCountsOf(this.phoneTypes);
  }

  private addGuardian({ sourcedId, email, sms, phone }: OneRosterUser): void {
    if (sms !== undefined) countUp(this.phoneTypes, 'sms');
    if (phone !== undefined) countUp(this.phoneTypes, 'phone');
    const numbers = [usablePhone(sms), usablePhone(phone)];
    if ([usableEmail(email), ...numbers].every((way) => way === undefined)) this.unreachable.add(sourcedId);
  }
}

function isTold(role: UserRole): role is 'student' | 'teacher' | 'guardian' {
  return role === 'student' || role === 'teacher' || role === 'guardian';
}
