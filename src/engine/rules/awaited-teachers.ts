/**
 * The teachers who were invited and have not joined yet (row P14): guardians may wait for them.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import type { UserRole } from '../../model/index.js';
import type { Context } from '../context.js';
import { isInvited } from '../gates/notices.js';

/** What is asked of a teacher who was invited: where they teach. */
export interface AwaitedTeacher {
  readonly schoolSourcedIds: readonly string[];
}

export class AwaitedTeachers {
  private readonly bySchool = new Map<string, number>();
  private count = 0;

  private constructor(private readonly context: Context) {
    for (const teacher of context.awaiting) this.add(teacher);
  }

  /** Undefined where this import is not about guardians: then nobody is looked at. */
  static of(context: Context): AwaitedTeachers | undefined {
    return context.handlesGuardians ? new AwaitedTeachers(context) : undefined;
  }

  /** Somebody who gets an account by this plan: guardians who wait do so for teachers of the same import, too. */
  noteCreated(user: AwaitedTeacher & { readonly roles: readonly UserRole[]; readonly email?: string }): void {
    const { policy } = this.context;
    if (!policy.guardians.afterTeachersJoined || !user.roles.includes('teacher')) return;
    if (policy.invitations.teachers && isInvited(user, policy)) this.add(user);
  }

  /** Everybody is known: tells of whom there are still to come, in each school. Says whether guardians wait for them. */
  settle(): boolean {
    if (this.count === 0) return false;
    const { policy, draft } = this.context;
    const waits = policy.guardians.afterTeachersJoined;
    const common = { rule: 'P14', code: 'TEACHERS_NOT_JOINED', severity: waits ? 'warning' : 'info' } as const;
    const schools = [...this.bySchool].sort(([left], [right]) => compareIds(left, right));
    for (const [schoolSourcedId, teachers] of schools) {
      draft.note({ ...common, schoolSourcedId, evidence: { teachers, school: schoolSourcedId, waits } });
    }
    if (schools.length === 0) draft.note({ ...common, evidence: { teachers: this.count, waits } });
    return waits;
  }

  private add({ schoolSourcedIds }: AwaitedTeacher): void {
    const { isInScope, local } = this.context;
    const schools = schoolSourcedIds.filter(isInScope);
    if (schools.length === 0 && local.scope.schools !== undefined) return;
    this.count += 1;
    for (const school of schools) this.bySchool.set(school, (this.bySchool.get(school) ?? 0) + 1);
  }
}
