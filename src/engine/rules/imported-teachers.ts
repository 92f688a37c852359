/**
 * Which new sections have a teacher who is a user of the host (row K20): the policy's `classes.include.teachers`.
 *
 * @module
 */

import { userSubject } from '../../model/index.js';
import type { Enrollment, User } from '../../model/index.js';
import { handlesRoles, type Context } from '../context.js';
import { userFingerprint } from '../fingerprint.js';
import type { People } from '../passes/people.js';
import type { Stretch } from '../reading/stretch.js';
import type { Placement } from './new-users.js';
import { standingOf } from './standing.js';
import { contactEmail } from './user-fields.js';

/** A new section: it has such a teacher, has none, or has one who gets an account where another section has students. */
export type TeacherVerdict = 'has' | 'has-none' | { readonly waitsFor: readonly string[] };

export class ImportedTeachers {
  private sections = 0;
  /** New teachers who get an account by this plan, because a section of theirs has students. */
  private readonly arriving = new Set<string>();

  private constructor(
    private readonly context: Context,
    private readonly people: People,
  ) {}

  /** Undefined where the policy does not ask for it. */
  static of(context: Context, people: People): ImportedTeachers | undefined {
    return context.policy.classes.include?.teachers === 'imported' ? new ImportedTeachers(context, people) : undefined;
  }

  /** Whether a section's teachers let it become a class; asked once of each section, before anything is told of it. */
  judge(enrollments: Stretch<Enrollment>): TeacherVerdict {
    const waitsFor: string[] = [];
    for (let at = enrollments.from; at < enrollments.to; at += 1) {
      const row = enrollments.records[at] as Enrollment;
      if (row.role !== 'teacher' || standingOf(row, this.context) !== 'active') continue;
      const { userSourcedId } = row;
      if (this.people.standing(userSourcedId) !== 'known') continue;
      const local = this.people.localOf(userSourcedId);
      if (local !== undefined) {
        if (local.state === 'active' || local.by === 'sync') return 'has';
        continue;
      }
      const arrival = this.people.arrivalOf(userSourcedId);
      if (arrival === undefined || !this.mayBeCreated(arrival)) continue;
      if (!this.asksForStudents(userSourcedId)) return 'has';
      waitsFor.push(userSourcedId);
    }
    return waitsFor.length === 0 ? 'has-none' : { waitsFor };
  }

  /** A section of these teachers has students. */
  arrive(teachers: readonly string[]): void {
    for (const teacher of teachers) this.arriving.add(teacher);
  }

  /** When all sections came by: whether one of these teachers gets an account after all. */
  isAnyArriving(teachers: readonly string[], placements: ReadonlyMap<string, Placement>): boolean {
    return teachers.some((id) => this.arriving.has(id) || placements.get(id)?.hasStudents === true);
  }

  leaveOut(): void {
    this.sections += 1;
  }

  /** Told once for all, because most sections of a district may be left out. */
  noteLeftOut(): void {
    if (this.sections === 0) return;
    const evidence = { sections: this.sections };
    this.context.draft.note({ rule: 'K20', code: 'TEACHER_NOT_IMPORTED', severity: 'info', noun: 'class', evidence });
  }

  /** U2, as far as it can be said before all classes came by. */
  private mayBeCreated(user: User): boolean {
    const { policy, importing, draft } = this.context;
    if (!handlesRoles(policy, user.roles)) return false;
    if (user.roles.includes('student') && !user.roles.includes('teacher')) return false;
    if (policy.teachers.create === 'never' && !importing.has(user.sourcedId)) return false;
    if (policy.teachers.username === 'email' && contactEmail(user) === undefined) return false;
    return !draft.isSuppressed('user-create', userSubject(user.sourcedId), userFingerprint(user));
  }

  private asksForStudents(sourcedId: string): boolean {
    const { policy, importing } = this.context;
    return policy.teachers.create === 'populated' && !importing.has(sourcedId);
  }
}
