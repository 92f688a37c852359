import { brokenReferences, KnownIds } from '../../internal/references.js';
import type { CollectionReads } from '../source/read-collections.js';

/**
 * The files of a bundle are of one moment, so members name classes and people who are there. Where they do not, who is
 * missing among the members proves nothing.
 */
export function checkClosure(reads: CollectionReads): CollectionReads {
  const { classes, users, enrollments } = reads;
  const states = [classes, users, enrollments].map(({ attestation }) => attestation.state);
  if (states.some((state) => state !== 'complete')) return reads;
  const ended = brokenReferences(enrollments.records, [
    { idOf: (row) => row.class.sourcedId, known: new KnownIds([...classes.records, ...classes.rejected]) },
    { idOf: (row) => row.user.sourcedId, known: new KnownIds([...users.records, ...users.rejected]) },
  ]);
  if (ended === undefined) return reads;
  return {
    ...reads,
    enrollments: { ...enrollments, attestation: { ...enrollments.attestation, state: 'incomplete', ended } },
  };
}
