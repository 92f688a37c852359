/**
 * A sourcedId that the district has used again for another class (K10): the old record gives it up, so that the new one
 * can have it.
 *
 * @module
 */

import { classSubject } from '../../model/index.js';
import type { Class, Fields, LocalClass, Policy } from '../../model/index.js';
import type { Proposal } from '../draft.js';
import { classFingerprint } from '../fingerprint.js';

/** Where a record ends that no longer has a sourcedId: it is people's own, and no sync touches it again. */
const OWN = { sourcedId: undefined, origin: 'local', synced: undefined } as const;

/**
 * The change by which a class parts from its sourcedId. It comes before the creation of the class that has the id now,
 * and both are held by `K10:<sourcedId>`.
 *
 * With Full Data and Archive the class is archived, as any class that the roster lacks is; otherwise, and where people
 * had made it, it stays as it is. Its members are left as they are.
 */
export function giveUpSourcedId(
  section: Class,
  local: LocalClass,
  { policy, now }: { readonly policy: Policy; readonly now: string },
): Proposal {
  const isArchived = local.origin === 'roster' && local.state === 'active' && isArchiving(policy);
  const after: Fields<LocalClass> = {
    ...OWN,
    ...(isArchived ? { state: 'archived', by: 'sync', archivedAt: now } : {}),
  };
  const before = Object.fromEntries(
    Object.keys(after).map((field) => [field, local[field as keyof LocalClass]]),
  ) as Fields<LocalClass>;
  const { schoolSourcedId } = local;
  return {
    kind: 'class-rekey',
    subject: classSubject(section.sourcedId),
    target: { id: local.id, sourcedId: section.sourcedId },
    ...(schoolSourcedId === undefined ? {} : { schoolSourcedId }),
    before,
    after,
    version: local.version,
    reason: { rule: 'K10', code: 'ID_GIVEN_UP', evidence: { archived: isArchived } },
    fingerprint: classFingerprint(section),
  };
}

/** What takes away needs Full Data even here, and waits while an import only adds. */
function isArchiving({ fullData, archive, additiveOnly }: Policy): boolean {
  return fullData && archive && !additiveOnly;
}
