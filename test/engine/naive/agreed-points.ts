/** Fine points of the tables in which both once answered otherwise, each with a smallest case: they agree by now. */

import { defaultPolicy } from '../../../src/model/index.js';
import type { Point } from './open-points.js';
import { quietCase } from './quiet.js';

export const AGREED_POINTS: readonly Point[] = [
  {
    name: 'U12: the old one is not proven to be gone',
    smallest: quietCase({
      classes: [{ students: { 2: {} } }],
      users: { 6: { anew: 'stateId' } },
      rounds: [{ read: { attestation: 'incomplete', collection: 'users' } }],
    }),
  },
  {
    name: 'M10: a deleted person without a row',
    smallest: quietCase({
      classes: [{ students: { 0: { feed: 'none' }, 1: {} } }],
      users: { 4: { feed: 'deleted' } },
    }),
  },
  {
    name: 'M11: a row that is over beside one that is to come',
    smallest: quietCase({ classes: [{}, { students: { 0: { feed: 'two-terms' } } }] }),
  },
  {
    name: 'Z5: told to be gone while not all schools were read',
    smallest: quietCase({
      classes: [{}, { feed: 'deleted', school: 1 }],
      rounds: [{ read: { attestation: 'some-schools' } }],
    }),
  },
  {
    name: 'G3: classes only outside the scope',
    smallest: quietCase({
      scope: 's1',
      classes: [{ school: 1 }, { feed: 'deleted' }],
      rounds: [{ read: { schools: 'missing', collection: 'users' } }],
    }),
  },
  {
    name: 'leaving: an evidence gate or a latched hold is on it',
    smallest: quietCase({
      classes: [{ feed: 'absent' }, { host: 'none' }, { name: 2 }],
      rounds: [{ read: { without: 'teachers' } }],
    }),
  },
  {
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
    name: 'D: a tied class that is renamed',
    smallest: quietCase({
      classes: [
        { host: 'linked', drift: 'renamed', name: 2 },
        { host: 'none', name: 2 },
      ],
    }),
  },
  {
    name: 'D: a class without synced values that is renamed',
    smallest: quietCase({
      classes: [{ drift: 'never-synced' }, {}],
      rounds: [{ read: { attestation: 'failed' } }, { events: [{ what: 'class-name', index: 0, other: 2 }] }],
    }),
  },
  {
    name: 'D (b): both names of a section that a person put away',
    smallest: quietCase({ classes: [{ host: 'by-user', drift: 'renamed', name: 2 }, { host: 'none' }] }),
  },
  {
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
    name: 'K7: an archive that is suppressed',
    smallest: quietCase({ classes: [{ feed: 'absent' }, {}], rounds: [{ undone: [0] }, {}] }),
  },
  {
    name: 'G7: a removal of a run that broke off, which a read without members could not judge, and which is due again',
    smallest: quietCase({
      classes: [{ students: { 0: { feed: 'none' } } }],
      rounds: [
        { breaksOff: 0 },
        { read: { without: 'everything' } },
        { policy: { limits: { ...defaultPolicy.limits, enrollments: 0.05 } } },
      ],
    }),
  },
];
