import { randomUUID } from 'node:crypto';
import { compareIds } from '../../internal/ordered.js';
import type { CollectionAttestation, GuardianLink, Roster, Scope } from '../../model/index.js';
import { type CollectionReads, rowsIn } from '../source/read-collections.js';
import { guardianAttestation } from './guardians/agents.js';
import { type GuardianSearch, hiddenGuardians } from './guardians/in-metadata.js';
import { toRoster } from './to-roster.js';

/** One roster out of what was read, whichever way it came. `search` is for guardians who are no users of their own. */
export function assembleRoster(
  reads: CollectionReads,
  head: { readonly source: string; readonly readAt: string; readonly scope: Scope },
  search?: GuardianSearch,
): Roster {
  const rows = rowsIn(reads);
  const { rejected, ...collections } = toRoster(rows);
  const users = reads.users.attestation;
  const hidden = search === undefined ? undefined : hiddenGuardians(rows.users, search);
  const guardianLinks =
    hidden === undefined ? collections.guardianLinks : union(collections.guardianLinks, hidden.links);
  const links = guardianAttestation(users, guardianLinks, reads.users.rejected.length > 0);
  return {
    ...head,
    ...collections,
    users: hidden === undefined ? collections.users : [...collections.users, ...hidden.users].sort(bySourcedId),
    guardianLinks,
    readId: randomUUID(),
    rejected: [...Object.values(reads).flatMap((read) => read.rejected), ...rejected, ...(hidden?.rejected ?? [])],
    attestation: {
      allSchools: true,
      collections: {
        schools: reads.orgs.attestation,
        terms: reads.academicSessions.attestation,
        courses: reads.courses.attestation,
        classes: reads.classes.attestation,
        users,
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
