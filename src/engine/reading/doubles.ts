/**
 * Records of the host that stand for one thing (D6): two classes or people of one sourcedId, two members or guardian links
 * of one pair. Both sides come by in order, so such records stand together.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import { Disorder, type Cursor } from './cursor.js';

/** A record of the host that a sourcedId stands for. */
interface Named {
  readonly id: string;
  readonly sourcedId?: string;
}

/**
 * Where the host's records of the next sourcedId end: nearly always after one. Undefined where that is not in this window.
 * Of one sourcedId they are in the order of their own ids.
 */
export function endOfDoubles<T extends Named>(cursor: Cursor<T>, sourcedId: string): number | undefined {
  const { records, at, isLast } = cursor;
  let end = at + 1;
  for (; end < records.length && (records[end] as T).sourcedId === sourcedId; end += 1) {
    if (compareIds((records[end - 1] as T).id, (records[end] as T).id) > 0) throw new Disorder(cursor);
  }
  return end === records.length && !isLast ? undefined : end;
}
