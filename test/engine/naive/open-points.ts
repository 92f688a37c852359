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
    name: 'M10: a deleted person without a row',
    smallest: quietCase({
      classes: [{ students: { 0: { feed: 'none' }, 1: {} } }],
      users: { 4: { feed: 'deleted' } },
    }),
  },
  {
    // The member is removed, because the row that is over is the smaller text.
    name: 'M11: a row that is over beside one that is to come',
    smallest: quietCase({ classes: [{}, { students: { 0: { feed: 'two-terms' } } }] }),
  },
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
  {
    // One import without Full Data, and the first baseline is forgotten.
    name: 'latches: a record that was neither seen again nor found due',
    smallest: quietCase({
      classes: [{ feed: 'absent' }, {}],
      policy: {
        limits: {
          enrollments: 1,
          classes: 0.2,
          users: 1,
          guardianLinks: 1,
          floor: 0,
          rolling: 1.5,
          policyChange: false,
        },
      },
      rounds: [{}, { policy: { fullData: false, archive: false } }],
    }),
  },
  {
    // The section takes the tied class's name of before, and not the one that this plan gives it.
    name: 'D: a tied class that is renamed',
    smallest: quietCase({
      classes: [
        { host: 'linked', drift: 'renamed', name: 2 },
        { host: 'none', name: 2 },
      ],
    }),
  },
  {
    // Both the old and the new name are taken.
    name: 'D: a class without synced values that is renamed',
    smallest: quietCase({
      classes: [{ drift: 'never-synced' }, {}],
      rounds: [{ read: { attestation: 'failed' } }, { events: [{ what: 'class-name', index: 0, other: 2 }] }],
    }),
  },
  {
    // The section's new name alone is taken: a twin comes in under the name that the archived class bears (K9).
    name: 'D (b): both names of a section that a person put away',
    smallest: quietCase({ classes: [{ host: 'by-user', drift: 'renamed', name: 2 }, { host: 'none' }] }),
  },
  {
    // The class bears the old name and stays, and a twin of that name comes in.
    name: 'K10: the name of a class that is held',
    smallest: quietCase({
      classes: [
        {
          drift: 'renamed',
          name: 2,
          term: 1,
          teacher: { before: 'other' },
          students: { 0: { feed: 'none' }, 1: { host: 'none' } },
        },
        { host: 'none' },
      ],
    }),
  },
  {
    // An archived class keeps a section of its name away.
    name: 'K6: the name of an archived class that crosses the border of the scope',
    smallest: quietCase({ scope: 's1', classes: [{ host: 'by-sync', school: 1, drift: 'moved' }, { host: 'none' }] }),
  },
  {
    name: 'D4: a rename or move that is not made',
    smallest: quietCase({
      classes: [{ drift: 'moved' }, {}],
      rounds: [{ read: { attestation: 'incomplete', collection: 'users' } }],
    }),
  },
  {
    name: 'D4: the other class is not open',
    smallest: quietCase({ classes: [{ host: 'by-user' }, { host: 'by-sync' }] }),
  },
  {
    name: 'U6: a person who was re-keyed',
    smallest: quietCase({ classes: [{ students: { 2: { feed: 'none' }, 3: {} } }], users: { 6: { anew: 'stateId' } } }),
  },
  {
    name: 'U6: an addition that is suppressed',
    smallest: quietCase({
      classes: [{ students: { 0: { host: 'none' } } }, { students: { 0: {} } }],
      rounds: [{ undone: [0] }, { events: [{ what: 'member-feed', index: 15, other: 0 }] }],
    }),
  },
  {
    // No word of what was discarded or undone.
    name: 'K7: an archive that is suppressed',
    smallest: quietCase({ classes: [{ feed: 'absent' }, {}], rounds: [{ undone: [0] }, {}] }),
  },
];
