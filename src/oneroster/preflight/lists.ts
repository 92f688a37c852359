/**
 * The six lists that a preflight looks through, whichever way they come.
 *
 * @module
 */

import type { OneRosterResource } from '../api/resource.js';
import type { CollectionAttestation } from '../../model/index.js';
import type { OneRosterRecords, OneRosterRosterCollection } from '../records/wire.js';
import type { DemographicsRead } from '../roster/guardians/in-metadata.js';
import type { CollectionRead, CollectionReads, RosterResources } from '../source/read-collections.js';
import { readList } from '../source/read-list.js';

/** Some records of a list, as they came. */
interface PreflightChunk<T> {
  readonly records: readonly T[];
  readonly rejected: readonly { readonly sourcedId?: string }[];
}

/** How a list ended: whether all of it came, and the word for what says so. */
export interface PreflightListEnd {
  /** `absent`: there is no such list. `failed`: nothing of it could be read. */
  readonly state: 'proven' | 'unproven' | 'doubtful' | 'absent' | 'failed';
  readonly ended: string;
  /** Whether the server says that fields are not the true ones. */
  readonly isObfuscated?: true;
}

/** Reads a list chunk by chunk, so that none has to be held as a whole. */
export interface PreflightLists {
  read<K extends OneRosterRosterCollection>(
    collection: K,
    options: { readonly signal?: AbortSignal | undefined },
  ): AsyncGenerator<PreflightChunk<OneRosterRecords[K]>, PreflightListEnd>;
  /** Asked for only where guardians may hide there. */
  demographics(signal: AbortSignal): Promise<DemographicsRead>;
}

/** The lists of a client that a preflight may read. */
export interface PreflightResources extends RosterResources {
  readonly demographics: OneRosterResource<'demographics'>;
}

/** The lists behind the resources of a client. */
export function listsOf(resources: PreflightResources): PreflightLists {
  const ofRoster: RosterResources = resources;
  return {
    async *read(collection, { signal }) {
      const pages = ofRoster[collection].pages({ signal });
      for (;;) {
        const step = await pages.next();
        if (step.done === true) return step.value;
        const { items, rejected } = step.value;
        yield { records: items, rejected };
      }
    },
    async demographics(signal) {
      const { records, attestation } = await readList('demographics', resources.demographics, { signal });
      return { byUser: new Map(records.map((record) => [record.sourcedId, record])), attestation };
    },
  };
}

/** Lists that were read already, such as the files of a bundle. */
export function listsIn(reads: CollectionReads, demographics: () => Promise<DemographicsRead>): PreflightLists {
  return {
    demographics,
    async *read<K extends OneRosterRosterCollection>(collection: K) {
      const { records, rejected, attestation }: CollectionRead<OneRosterRecords[K]> = reads[collection];
      yield { records, rejected };
      return { state: STATE_OF[attestation.state], ended: attestation.ended ?? attestation.state };
    },
  };
}

const STATE_OF = {
  complete: 'proven',
  incomplete: 'doubtful',
  failed: 'failed',
  'not-read': 'absent',
  'not-shared': 'absent',
} as const satisfies Readonly<Record<CollectionAttestation['state'], PreflightListEnd['state']>>;
