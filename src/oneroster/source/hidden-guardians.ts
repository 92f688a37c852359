/**
 * Guardians in metadata, as a source looks for them: in the demographics too, and no more believable than these.
 *
 * @module
 */

import type { CollectionAttestation, Roster, RosterHead } from '../../model/index.js';
import type { ReadOptions } from '../../ports/index.js';
import type { OneRosterResource } from '../api/resource.js';
import { assembleRoster } from '../roster/assemble.js';
import type { GuardianSearch, GuardiansInMetadata } from '../roster/guardians/in-metadata.js';
import type { ListReads } from './read-collections.js';
import { readList } from './read-list.js';
import { together } from './together.js';

/** What to look for, and the demographics to look for it in. */
export async function searchGuardians(
  find: GuardiansInMetadata,
  reads: ListReads,
  demographics: OneRosterResource<'demographics'>,
  options: ReadOptions,
): Promise<GuardianSearch> {
  const [read] = await together(
    options.signal,
    (signal) => [readList('demographics', demographics, { ...options, signal })] as const,
  );
  const { end, attestation } = read;
  const hasMoved = end?.revision !== undefined && end.revision !== reads.users.end?.revision;
  const byUser = new Map(read.records.map((record) => [record.sourcedId, record]));
  return {
    find,
    demographics: {
      byUser,
      attestation:
        hasMoved && attestation.state === 'complete'
          ? { ...attestation, state: 'incomplete', ended: 'moved' }
          : attestation,
    },
  };
}

/**
 * The roster with the guardians who were found. They are users now, and are missed by nobody knows whom where the place
 * that they hide in was not seen whole: then absence says nothing of any user. A district that never shares demographics
 * hides them in the users themselves, which shows as soon as one is found.
 */
export function findGuardians(
  reads: ListReads,
  head: Pick<RosterHead, 'source' | 'readAt' | 'scope'>,
  search: GuardianSearch,
): Roster {
  const roster = assembleRoster(reads, head, search);
  const { state } = search.demographics.attestation;
  const isFound = roster.users.length > reads.users.records.length;
  if (state === 'complete' || (state === 'not-shared' && isFound)) return roster;
  const { collections } = roster.attestation;
  return {
    ...roster,
    attestation: {
      ...roster.attestation,
      collections: { ...collections, users: asUnsure(collections.users, `demographics-${state}`) },
    },
  };
}

function asUnsure(users: CollectionAttestation, ended: string): CollectionAttestation {
  return users.state === 'complete' ? { ...users, state: 'incomplete', ended } : users;
}
