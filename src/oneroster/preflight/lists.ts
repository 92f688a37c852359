/**
 * The six lists that a preflight looks through, whichever way they come.
 *
 * @module
 */

import { ConfigurationError } from '../../errors.js';
import type { OneRosterResource } from '../api/resource.js';
import type { CollectionAttestation } from '../../model/index.js';
import type { OneRosterRecords, OneRosterRosterCollection } from '../records/wire.js';
import { type DemographicsRead, demographicsOf } from '../roster/guardians/in-metadata.js';
import {
  type CollectionRead,
  type CollectionReads,
  ROSTER_NAMES,
  type RosterResources,
} from '../source/read-collections.js';
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

const LISTS = [
  'orgs',
  'academicSessions',
  'courses',
  'classes',
  'users',
  'enrollments',
] as const satisfies readonly OneRosterRosterCollection[];

/** @throws ConfigurationError naming `client` where it has not the lists of one */
export function checkClient(client: unknown): void {
  const resources = (typeof client === 'object' ? client : null) as Partial<RosterResources> | null;
  if (
    LISTS.every(
      (list) => typeof (resources?.[list] as Partial<RosterResources['orgs']> | undefined)?.list === 'function',
    )
  ) {
    return;
  }
  throw new ConfigurationError(
    'client',
    'is a client, such as new OneRosterClient({ … }), and neither its options nor its source',
  );
}

/** The lists behind the resources of a client. @throws ConfigurationError naming `client` where it is none */
export function listsOf(resources: PreflightResources): PreflightLists {
  checkClient(resources);
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
      return demographicsOf(await readList('demographics', resources.demographics, { signal }));
    },
  };
}

/** Lists that were read already, such as the files of a bundle. */
export function listsIn(reads: CollectionReads, demographics: () => Promise<DemographicsRead>): PreflightLists {
  return {
    demographics,
    async *read<K extends OneRosterRosterCollection>(collection: K) {
      const { records, rejected, attestation }: CollectionRead<OneRosterRecords[K]> = reads[collection];
      const name = ROSTER_NAMES[collection];
      yield { records, rejected: rejected.filter((row) => row.collection === name) };
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
