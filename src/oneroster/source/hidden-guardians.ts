/**
 * Guardians in metadata, as a source looks for them: in the demographics too, and no more believable than these.
 *
 * @module
 */

import type { ReadOptions } from '../../ports/index.js';
import type { OneRosterResource } from '../api/resource.js';
import { demographicsOf, type GuardianSearch, type GuardiansInMetadata } from '../roster/guardians/in-metadata.js';
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
  const isMoved = hasMoved && attestation.state === 'complete';
  const demographicsRead = isMoved
    ? { ...read, attestation: { ...attestation, state: 'incomplete' as const, ended: 'moved' } }
    : read;
  return { find, demographics: demographicsOf(demographicsRead) };
}
