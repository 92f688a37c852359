import type { CollectionReads } from '../source/read-collections.js';

/** Districts leave some ends loose. More than this share of the members, and the files do not belong together. */
const MOST_DANGLING = 0.05;

/**
 * The files of a bundle are of one moment, so members name classes and people who are there. A spreadsheet that took
 * the leading zeros from the ids of one file breaks that, and so does a file of another day: then who is missing among
 * the members proves nothing.
 */
export function checkClosure(reads: CollectionReads): CollectionReads {
  const { classes, users, enrollments } = reads;
  const states = [classes, users, enrollments].map(({ attestation }) => attestation.state);
  if (states.some((state) => state !== 'complete')) return reads;
  const ended = brokenBy(reads);
  if (ended === undefined) return reads;
  return {
    ...reads,
    enrollments: { ...enrollments, attestation: { ...enrollments.attestation, state: 'incomplete', ended } },
  };
}

function brokenBy({ classes, users, enrollments }: CollectionReads): string | undefined {
  const classIds = new Ids([...classes.records, ...classes.rejected]);
  const userIds = new Ids([...users.records, ...users.rejected]);
  let dangling = 0;
  for (const { class: inClass, user } of enrollments.records) {
    const hasClass = classIds.has(inClass.sourcedId);
    const hasUser = userIds.has(user.sourcedId);
    if (hasClass && hasUser) continue;
    dangling += 1;
    // Once is enough: no district numbers people 7 and 007.
    if (!hasClass && classIds.hasButForZeros(inClass.sourcedId)) return 'leading-zeros-lost';
    if (!hasUser && userIds.hasButForZeros(user.sourcedId)) return 'leading-zeros-lost';
  }
  return dangling > enrollments.records.length * MOST_DANGLING ? 'dangling-references' : undefined;
}

class Ids {
  private readonly known = new Set<string>();
  private bare: Set<string> | undefined;

  constructor(rows: readonly { readonly sourcedId?: string | undefined }[]) {
    for (const { sourcedId } of rows) if (sourcedId !== undefined) this.known.add(sourcedId);
  }

  has(id: string): boolean {
    return this.known.has(id);
  }

  /** Whether the same number is there, with more or fewer zeros in front. */
  hasButForZeros(id: string): boolean {
    if (!/^\d+$/.test(id)) return false;
    this.bare ??= new Set([...this.known].filter((known) => /^\d+$/.test(known)).map(bareNumber));
    return this.bare.has(bareNumber(id));
  }
}

function bareNumber(id: string): string {
  return id.replace(/^0+(?=\d)/, '');
}
