import { compareIds } from '../../internal/ordered.js';
import type { LocalEnrollment, LocalGuardianLink, LocalState } from '../../model/index.js';
import type { Tenant } from './tenant.js';

/** What a collection is ordered by: records without a sourcedId first, by the host's id. */
interface Named {
  readonly id: string;
  readonly sourcedId?: string;
}

/** Every record of the tenant, in the order in which the engine merges. */
export function loadRecords(tenant: Tenant): Omit<LocalState, 'scope' | 'ledger'> {
  const classes = [...tenant.classes.all()].sort(compareNames);
  const users = [...tenant.users.all()].sort(compareNames);
  const ranks = new Map(users.map((user, rank) => [user.id, rank]));
  const rankOf = (id: string): number => ranks.get(id) ?? 0;
  const enrollments: LocalEnrollment[] = [];
  for (const { id, sourcedId } of classes) {
    const members = tenant.enrollments.ofLeft(id);
    members.sort((left, right) => rankOf(left.userId) - rankOf(right.userId));
    for (const member of members) {
      const userSourcedId = users[rankOf(member.userId)]?.sourcedId;
      enrollments.push({
        ...member,
        ...(sourcedId === undefined ? {} : { classSourcedId: sourcedId }),
        ...(userSourcedId === undefined ? {} : { userSourcedId }),
      });
    }
  }
  const guardianLinks: LocalGuardianLink[] = [];
  for (const { id, sourcedId } of users) {
    const links = tenant.guardianLinks.ofLeft(id);
    links.sort((left, right) => rankOf(left.studentId) - rankOf(right.studentId));
    for (const link of links) {
      const studentSourcedId = users[rankOf(link.studentId)]?.sourcedId;
      guardianLinks.push({
        ...link,
        ...(sourcedId === undefined ? {} : { guardianSourcedId: sourcedId }),
        ...(studentSourcedId === undefined ? {} : { studentSourcedId }),
      });
    }
  }
  return { schools: [...tenant.schools.all()].sort(compareNames), classes, users, enrollments, guardianLinks };
}

function compareNames(left: Named, right: Named): number {
  if (left.sourcedId === undefined || right.sourcedId === undefined) {
    if (left.sourcedId !== undefined) return 1;
    if (right.sourcedId !== undefined) return -1;
    return compareIds(left.id, right.id);
  }
  return compareIds(left.sourcedId, right.sourcedId);
}
