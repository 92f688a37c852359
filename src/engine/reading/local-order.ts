/**
 * The order of the host's collections: records without a sourcedId first, of one sourcedId by the host's own ids.
 *
 * @module
 */

import { compareIds, idOrder, inOrder } from '../../internal/ordered.js';
import type { LocalClass, LocalEnrollment, LocalGuardianLink, LocalState, LocalUser } from '../../model/index.js';

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

const bySourcedIdThenId = idOrder(
  ({ sourcedId = '' }: LocalClass | LocalUser) => sourcedId,
  (left, right) => compareOptional(left.sourcedId, right.sourcedId) || compareIds(left.id, right.id),
);

const byClassAndUser = idOrder(
  ({ classSourcedId = '' }: LocalEnrollment) => classSourcedId,
  (left, right) => compareOptional(left.userSourcedId, right.userSourcedId) || compareIds(left.userId, right.userId),
);

const byGuardianAndStudent = idOrder(
  ({ guardianSourcedId = '' }: LocalGuardianLink) => guardianSourcedId,
  (left, right) => compareOptional(left.studentSourcedId, right.studentSourcedId) || compareIds(left.id, right.id),
);

/** What has no id comes before what has an empty one. */
function compareOptional(left: string | undefined, right: string | undefined): number {
  if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? -1 : 1;
  return compareIds(left, right);
}
