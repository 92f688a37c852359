/**
 * Fine points of the tables in which the engine answers otherwise today, each with a smallest case. A random case that
 * turns on one of them is not compared; the small case is, and its line goes as soon as both agree.
 */

import type { Case } from './cases.js';
import { quietCase } from './quiet.js';

export interface OpenPoint {
  /** The row, and the point. */
  readonly name: string;
  readonly smallest: Case;
}

export const OPEN_POINTS: readonly OpenPoint[] = [
  {
    // Nothing holds the archive.
    name: 'Z5: told to be gone while not all schools were read',
    smallest: quietCase({
      classes: [{}, { feed: 'deleted', school: 1 }],
      rounds: [{ read: { attestation: 'some-schools' } }],
    }),
  },
  {
    // Nothing holds the archive.
    name: 'G3: classes only outside the scope',
    smallest: quietCase({
      scope: 's1',
      classes: [{ school: 1 }, { feed: 'deleted' }],
      rounds: [{ read: { schools: 'missing', collection: 'users' } }],
    }),
  },
  {
    // A section of its name comes in beside the class whose archive is held.
    name: 'leaving: an evidence gate or a latched hold is on it',
    smallest: quietCase({
      classes: [{ feed: 'absent' }, { host: 'none' }, { name: 2 }],
      rounds: [{ read: { without: 'teachers' } }],
    }),
  },
];
