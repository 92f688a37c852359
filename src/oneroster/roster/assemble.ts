import { randomUUID } from 'node:crypto';
import type { Roster, Scope } from '../../model/index.js';
import { guardianAttestation } from './guardians.js';
import { type CollectionReads, rowsIn } from '../source/read-collections.js';
import { toRoster } from './to-roster.js';

/** One roster out of what was read, whichever way it came. */
export function assembleRoster(
  reads: CollectionReads,
  head: { readonly source: string; readonly readAt: string; readonly scope: Scope },
): Roster {
  const rows = rowsIn(reads);
  const { rejected, ...collections } = toRoster(rows);
  const users = reads.users.attestation;
  return {
    ...head,
    ...collections,
    readId: randomUUID(),
    rejected: [...Object.values(reads).flatMap((read) => read.rejected), ...rejected],
    attestation: {
      allSchools: true,
      collections: {
        schools: reads.orgs.attestation,
        terms: reads.academicSessions.attestation,
        courses: reads.courses.attestation,
        classes: reads.classes.attestation,
        users,
        enrollments: reads.enrollments.attestation,
        guardianLinks: guardianAttestation(users, rows.users, collections.guardianLinks),
      },
    },
  };
}
