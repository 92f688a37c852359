import type { LocalEnrollment, Proposal } from '../../model/index.js';
import type { PersonMatch } from './pair-users.js';

/**
 * By which sourcedId the feed most likely knows a member today: that of the person's pair, be it only proposed, else the
 * one that they have. Classes are compared by their members, and members may have new ids in the same feed.
 */
export function feedIdOf(
  matches: readonly PersonMatch[],
  proposals: readonly Proposal[],
): (member: LocalEnrollment) => string | undefined {
  const ids = new Map<string, string>();
  for (const { kind, recordId, sourcedId } of proposals) {
    if (kind === 'user-rekey' || kind === 'user-link') ids.set(recordId, sourcedId);
  }
  for (const { local, feed } of matches) ids.set(local.id, feed.sourcedId);
  return (member) => ids.get(member.userId) ?? member.userSourcedId;
}
