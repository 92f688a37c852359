/**
 * The order of the host's collections: records without a sourcedId first, of one sourcedId by the host's own ids.
 *
 * @module
 */

import { compareIds, inOrder } from '../internal/ordered.js';
import type { LocalClass, LocalEnrollment, LocalGuardianLink, LocalState, LocalUser } from '../model/index.js';

/** The large collections in order. */
export function localInIdOrder(
  local: Pick<LocalState, 'classes' | 'users' | 'enrollments' | 'guardianLinks'>,
): Pick<LocalState, 'classes' | 'users' | 'enrollments' | 'guardianLinks'> {
  return {
    classes: inOrder(local.classes, bySourcedIdThenId),
    users: inOrder(local.users, bySourcedIdThenId),
    enrollments: inOrder(local.enrollments, byClassAndUser),
    guardianLinks: inOrder(local.guardianLinks, byGuardianAndStudent),
  };
}

function bySourcedIdThenId(left: LocalClass | LocalUser, right: LocalClass | LocalUser): number {
  return compareOptional(left.sourcedId, right.sourcedId) || compareIds(left.id, right.id);
}

function byClassAndUser(left: LocalEnrollment, right: LocalEnrollment): number {
  return (
    compareOptional(left.classSourcedId, right.classSourcedId) ||
    compareOptional(left.userSourcedId, right.userSourcedId) ||
    compareIds(left.userId, right.userId)
  );
}

function byGuardianAndStudent(left: LocalGuardianLink, right: LocalGuardianLink): number {
  return (
    compareOptional(left.guardianSourcedId, right.guardianSourcedId) ||
    compareOptional(left.studentSourcedId, right.studentSourcedId) ||
    compareIds(left.id, right.id)
  );
}

function compareOptional(left: string | undefined, right: string | undefined): number {
  if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? -1 : 1;
  return compareIds(left, right);
}
