import { randomUUID } from 'node:crypto';
import { compareIds } from '../../internal/ordered.js';
import type { CollectionAttestation, GuardianLink, RejectedRow, Roster, Scope } from '../../model/index.js';
import { hasLostReferences } from '../records/decode-values.js';
import type { OneRosterUser } from '../records/wire.js';
import { type CollectionReads, rowsIn } from '../source/read-collections.js';
import { guardianAttestation } from './guardians/agents.js';
import { type GuardianSearch, type HiddenGuardians, hiddenGuardians } from './guardians/in-metadata.js';
import { toRoster } from './to-roster.js';

/**
 * One roster out of what was read, whichever way it came. `search` is for guardians who are no users of their own.
 *
 * Those who are found are users now, and are missed by nobody knows whom where the place that they hide in was not seen
 * whole: then absence says nothing of any user. A district that never shares demographics hides them in the users
 * themselves, which shows as soon as one is found.
 */
export function assembleRoster(
  reads: CollectionReads,
  head: { readonly source: string; readonly readAt: string; readonly scope: Scope },
  search?: GuardianSearch,
): Roster {
  const rows = rowsIn(reads);
  const { rejected, ...collections } = toRoster(rows, head.readAt);
  const hidden = search === undefined ? undefined : hiddenGuardians(rows.users, search);
  const unlinked = unreadableAgents(rows.users);
  const guardianLinks =
    hidden === undefined ? collections.guardianLinks : union(collections.guardianLinks, hidden.links);
  const hasUnread = reads.users.rejected.length > 0 || unlinked.length > 0;
  const links = guardianAttestation(reads.users.attestation, guardianLinks, hasUnread);
  return {
    ...head,
    ...collections,
    users: hidden === undefined ? collections.users : [...collections.users, ...hidden.users].sort(bySourcedId),
    guardianLinks,
    readId: randomUUID(),
    rejected: [
      ...Object.values(reads).flatMap((read) => read.rejected),
      ...rejected,
      ...unlinked,
      ...(search?.demographics.rejected ?? []),
      ...(hidden === undefined ? [] : unfound(hidden, reads, head.source)),
    ],
    attestation: {
      allSchools: true,
      collections: {
        schools: reads.orgs.attestation,
        terms: reads.academicSessions.attestation,
        courses: reads.courses.attestation,
        classes: reads.classes.attestation,
        users: hidden === undefined ? reads.users.attestation : withHidden(reads.users.attestation, hidden, search),
        enrollments: reads.enrollments.attestation,
        guardianLinks: search === undefined ? links : asBelievableAs(search.demographics.attestation, links),
      },
    },
  };
}

/** Guardians were looked for in the demographics too: where these are not all there, links may be missing. */
function asBelievableAs(demographics: CollectionAttestation, links: CollectionAttestation): CollectionAttestation {
  if (demographics.state === 'complete' || links.state !== 'complete') return links;
  return { ...links, state: 'incomplete', ended: `demographics-${demographics.state}` };
}

/** Of users whose guardians have to be found, too. */
function withHidden(
  users: CollectionAttestation,
  hidden: HiddenGuardians,
  search: GuardianSearch | undefined,
): CollectionAttestation {
  const state = search?.demographics.attestation.state ?? 'complete';
  const isNowhere = state === 'not-shared' || state === 'not-read';
  if (users.state !== 'complete' || state === 'complete' || (isNowhere && hidden.users.length > 0)) return users;
  return { ...users, state: 'incomplete', ended: `demographics-${state}` };
}

/** What kept guardians from being found: a row may have had some. Nobody knows which, so that no user is known to be gone. */
function unfound({ rejected }: HiddenGuardians, reads: CollectionReads, source: string): readonly RejectedRow[] {
  if (rejected.length === 0 && !reads.users.rejected.some(({ collection }) => collection === 'users')) return rejected;
  return [...rejected, { collection: 'users', problem: 'guardians-unread', location: source }];
}

/** Users with an agent whose id cannot be used: nobody knows to whom they are linked. */
function unreadableAgents(users: readonly OneRosterUser[]): readonly RejectedRow[] {
  return users
    .filter(({ status, agents }) => status === 'active' && hasLostReferences(agents))
    .map(({ sourcedId }) => ({
      collection: 'guardianLinks',
      sourcedId,
      problem: 'unreadable-agent',
      field: 'agents',
    }));
}

/** Each pair once. The district's own word on a relation goes before that of the role. */
function union(links: readonly GuardianLink[], more: readonly GuardianLink[]): readonly GuardianLink[] {
  const byPair = new Map(links.map((link) => [pairOf(link), link]));
  for (const link of more) byPair.set(pairOf(link), { ...byPair.get(pairOf(link)), ...link });
  return [...byPair.values()].sort(
    (left, right) =>
      compareIds(left.guardianSourcedId, right.guardianSourcedId) ||
      compareIds(left.studentSourcedId, right.studentSourcedId),
  );
}

function pairOf({ guardianSourcedId, studentSourcedId }: GuardianLink): string {
  return JSON.stringify([guardianSourcedId, studentSourcedId]);
}

function bySourcedId(left: { readonly sourcedId: string }, right: { readonly sourcedId: string }): number {
  return compareIds(left.sourcedId, right.sourcedId);
}
