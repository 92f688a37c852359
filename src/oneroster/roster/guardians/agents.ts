import { compareIds } from '../../../internal/ordered.js';
import type { CollectionAttestation, GuardianLink } from '../../../model/index.js';
import type { OneRosterUser } from '../../records/wire.js';
import { wireRoles } from '../roles.js';

const GUARDIAN_WORDS = ['parent', 'guardian', 'relative'];

/**
 * The links between guardians and students, each once, by (guardian, student).
 *
 * The standard wants `agents` on both sides and servers send either, so the union counts. Agents may also be teachers
 * or aides: only the linked user's role tells. An agent of a student who has no row of their own stays a link, because
 * ClassLink leaves guardians out unless the district shares "Unenrolled Users"; without a row there is no relationship.
 *
 * @param readAt the instant at which somebody must be a guardian; a student who has left stays one
 */
export function guardianLinksOf(rows: readonly OneRosterUser[], readAt: string): readonly GuardianLink[] {
  const users = withoutFormerRows(rows);
  const known = new Set(users.map(({ sourcedId }) => sourcedId));
  const students = new Set(
    users.filter((user) => wireRoles(user).includes('student')).map(({ sourcedId }) => sourcedId),
  );
  const relationships = relationshipsOf(users, readAt);
  const studentsOf = new Map<string, Set<string>>();
  const link = (guardian: string, student: string): void => {
    const found = studentsOf.get(guardian);
    if (found === undefined) studentsOf.set(guardian, new Set([student]));
    else found.add(student);
  };
  for (const user of users) {
    for (const { sourcedId: agent } of user.agents) {
      if (agent === user.sourcedId) continue;
      if (students.has(user.sourcedId) && (relationships.has(agent) || !known.has(agent))) link(agent, user.sourcedId);
      if (relationships.has(user.sourcedId) && students.has(agent)) link(user.sourcedId, agent);
    }
  }
  return [...studentsOf.keys()].sort(compareIds).flatMap((guardianSourcedId) => {
    const relationship = relationships.get(guardianSourcedId);
    return [...(studentsOf.get(guardianSourcedId) ?? [])].sort(compareIds).map((studentSourcedId) => ({
      guardianSourcedId,
      studentSourcedId,
      ...(relationship === undefined ? {} : { relationship }),
    }));
  });
}

/** The rows without those of deleted people who have one that is not: what it says of them holds no longer. */
function withoutFormerRows(users: readonly OneRosterUser[]): readonly OneRosterUser[] {
  if (users.every(({ status }) => status === 'active')) return users;
  const active = new Set(users.filter(({ status }) => status === 'active').map(({ sourcedId }) => sourcedId));
  return users.filter(({ status, sourcedId }) => status === 'active' || !active.has(sourcedId));
}

/** The word of each guardian: the closest relation that any of their rows names, so that the order of rows is nothing. */
function relationshipsOf(users: readonly OneRosterUser[], readAt: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const user of users) {
    const roles = [...wireRoles(user, readAt), found.get(user.sourcedId)];
    const closest = GUARDIAN_WORDS.find((word) => roles.includes(word));
    if (closest !== undefined) found.set(user.sourcedId, closest);
  }
  return found;
}

/**
 * What a read says of the guardian links: they stand in the users, and are as complete as these. Where there is not one
 * link, the district does not share them, whoever its guardians are, and that nobody is linked proves nothing. Nor does it
 * where a row of a user could not be read, because it may have held some.
 */
export function guardianAttestation(
  users: CollectionAttestation,
  links: readonly GuardianLink[],
  hasUnreadUsers: boolean,
): CollectionAttestation {
  const received = links.length;
  if (users.state !== 'complete' && users.state !== 'incomplete') return { state: users.state, received };
  if (received === 0) return { state: 'not-shared', received };
  if (users.state === 'complete' && hasUnreadUsers) return { state: 'incomplete', received, ended: 'rejected-users' };
  return { state: users.state, received };
}
