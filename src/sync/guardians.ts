import { brokenReferences, KnownIds } from '../internal/references.js';
import type { CollectionAttestation, ReadState, Roster, User } from '../model/index.js';

/** From the worst to the best: two readings together prove what the lesser one proves. */
const READ_STATES: readonly ReadState[] = ['failed', 'not-shared', 'not-read', 'incomplete', 'complete'];

/**
 * The roster with the guardians of another source in place of its own. The other source proves the absence of a link
 * only where it read both its people and its links to the end, and the links name the students of this roster.
 */
export function withGuardians(roster: Roster, guardians: Roster): Roster {
  const users = roster.users.filter((user) => !isOnlyGuardian(user));
  const taken = new Set(users.map((user) => user.sourcedId));
  const added = guardians.users.filter((user) => isOnlyGuardian(user) && !taken.has(user.sourcedId));
  const { guardianLinks, users: guardianUsers } = guardians.attestation.collections;
  const { state, ended } = asFitting(worse(guardianLinks, guardianUsers), roster, guardians);
  const unread = (guardians.rejected ?? []).filter(
    ({ collection }) => collection === 'guardianLinks' || collection === 'users',
  );
  // The roster vouches for everybody but the guardians: without a whole list of these, nobody is known to be gone.
  const isWhole = state === 'complete' && unread.length === 0;
  return {
    ...roster,
    guardianSource: guardians.source,
    rejected: [
      ...(roster.rejected ?? []),
      ...unread,
      ...(isWhole ? [] : [{ collection: 'users', problem: 'guardians-unread', location: guardians.source } as const]),
    ],
    attestation: {
      ...roster.attestation,
      collections: {
        ...roster.attestation.collections,
        guardianLinks: { ...guardianLinks, state, ...(ended === undefined ? {} : { ended }) },
      },
    },
    users: [...users, ...added],
    guardianLinks: guardians.guardianLinks,
  };
}

/** The attestation that proves less; of two alike the first. */
function worse(first: CollectionAttestation, second: CollectionAttestation): CollectionAttestation {
  return READ_STATES.indexOf(second.state) < READ_STATES.indexOf(first.state) ? second : first;
}

/**
 * The attestation, made less of where the links are not about the students of this roster: a spreadsheet took the zeros
 * from their ids, or the file is of another day. They cannot be held against a roster whose own people are not all there.
 */
function asFitting(attestation: CollectionAttestation, roster: Roster, guardians: Roster): CollectionAttestation {
  if (attestation.state !== 'complete' || roster.attestation.collections.users.state !== 'complete') return attestation;
  const unread = (roster.rejected ?? []).filter(({ collection }) => collection === 'users');
  const known = new KnownIds([...roster.users, ...unread]);
  const ended = brokenReferences(guardians.guardianLinks, [{ idOf: (link) => link.studentSourcedId, known }]);
  return ended === undefined ? attestation : { ...attestation, state: 'incomplete', ended };
}

function isOnlyGuardian(user: User): boolean {
  return user.roles.every((role) => role === 'guardian');
}
