/**
 * Whether rows that name records belong to the same export as these. A spreadsheet that took the leading zeros from the
 * ids of one file breaks that, and so does a file of another day: then who is missing among the rows proves nothing.
 *
 * @module
 */

/** Districts leave some ends loose. More than this share of the rows, and they do not belong together. */
const MOST_DANGLING = 0.05;

/** A record that each row names, and those that there are. */
export interface Reference<T> {
  readonly idOf: (row: T) => string;
  readonly known: KnownIds;
}

/** Why the rows cannot be of the same export as what they name; undefined where they can. */
export function brokenReferences<T>(
  rows: readonly T[],
  references: readonly Reference<T>[],
): 'leading-zeros-lost' | 'dangling-references' | undefined {
  let dangling = 0;
  for (const row of rows) {
    const missed = references.filter(({ idOf, known }) => !known.has(idOf(row)));
    if (missed.length === 0) continue;
    dangling += 1;
    // Once is enough: no district numbers people 7 and 007.
    if (missed.some(({ idOf, known }) => known.hasButForZeros(idOf(row)))) return 'leading-zeros-lost';
  }
  return dangling > rows.length * MOST_DANGLING ? 'dangling-references' : undefined;
}

/** The ids of records that are there, be it as rows that could not be used. */
export class KnownIds {
  private readonly known = new Set<string>();
  private bare: Set<string> | undefined;

  constructor(rows: Iterable<{ readonly sourcedId?: string | undefined }>) {
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
