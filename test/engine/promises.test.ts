import { describe, expect, it } from 'vitest';
import * as engine from '../../src/engine/index.js';
import { defaultPolicy } from '../../src/model/index.js';
import { PROMISES, type Scenario, Statistics } from './promises.js';
import { keepsPromises } from './promises-run.js';

keepsPromises(1, 2, 3, 4, 5);

const NOBODY: readonly number[] = [];

interface Found {
  readonly promise: number;
  readonly name: string;
  readonly scenario: Scenario;
}

const MATH = { school: 0, name: 0, term: 0, teacher: 0, students: NOBODY };
const FULL = { ...defaultPolicy, fullData: true, archive: true };
const ENROLLING = {
  ...FULL,
  classes: { ...defaultPolicy.classes, duplicateNames: 'all' as const },
  guardians: { enroll: true, afterTeachersJoined: false },
};

/** Cases that once broke a promise. */
const FOUND: readonly Found[] = [
  {
    promise: 4,
    name: 'a member whom a run added, and a person removed and added again, stays when the run is undone',
    scenario: {
      start: {
        teachers: 2,
        students: 4,
        classes: [
          { school: 0, name: 0, term: 0, teacher: 0, students: NOBODY },
          { school: 0, name: 0, term: 0, teacher: 0, students: NOBODY },
          { school: 0, name: 0, term: 0, teacher: 0, students: [0, 1] },
        ],
      },
      edits: [{ kind: 'purge-class', index: 0, other: 0 }],
      events: [
        { kind: 'class-vanishes', index: 1, other: 0, students: NOBODY },
        { kind: 'class-appears', index: 0, other: 0, students: [34, 5, 0, 23] },
      ],
      later: [
        { kind: 'remove-member', index: 0, other: 0 },
        { kind: 'remove-member', index: 23, other: 0 },
        { kind: 'add-member', index: 29, other: 0 },
      ],
      policy: {
        ...defaultPolicy,
        fullData: true,
        absentClassMembers: 'remove',
        classes: { ...defaultPolicy.classes, duplicateNames: 'disambiguate' },
      },
      order: 0,
    },
  },
  {
    promise: 4,
    name: 'a class that a run created, and a person archived and brought back, stays when the run is undone',
    scenario: {
      start: {
        teachers: 2,
        students: 4,
        classes: [0, 13, 0, 0].map((school) => ({ school, name: 0, term: 0, teacher: 0, students: NOBODY })),
      },
      edits: [],
      events: [{ kind: 'class-vanishes', index: 0, other: 0, students: NOBODY }],
      later: [
        { kind: 'archive-class', index: 11, other: 0 },
        { kind: 'revive-class', index: 32, other: 0 },
      ],
      policy: { ...defaultPolicy, fullData: true, archive: true },
      order: 0,
    },
  },
  {
    promise: 1,
    name: 'a site that came from a class outside the person’s own schools does not move in the next run',
    scenario: {
      start: {
        teachers: 2,
        students: 4,
        classes: [0, 0, 0].map((zero) => ({ school: zero, name: zero, term: zero, teacher: zero, students: NOBODY })),
      },
      edits: [],
      events: [
        { kind: 'class-appears', index: 0, other: 0, students: [7] },
        { kind: 'class-vanishes', index: 0, other: 0, students: NOBODY },
      ],
      later: [],
      policy: {
        ...defaultPolicy,
        fullData: true,
        archive: true,
        classes: { ...defaultPolicy.classes, duplicateNames: 'disambiguate' },
      },
      order: 0,
    },
  },
  {
    promise: 4,
    name: 'a link that a run made, and a person took away, stays taken away when the run is undone',
    scenario: {
      start: { teachers: 2, students: 4, classes: [MATH, MATH, { ...MATH, school: 21, students: [0] }], guardians: [] },
      edits: [],
      events: [{ kind: 'guardian-appears', index: 0, other: 0, students: [0] }],
      later: [{ kind: 'unlink-guardian', index: 0, other: 0 }],
      policy: FULL,
      guardians: 'together',
      order: 0,
    },
  },
  {
    promise: 6,
    name: 'a run of one school gives nobody of another a new id',
    scenario: {
      start: {
        teachers: 2,
        students: 4,
        classes: [MATH, MATH, MATH],
        guardians: [{ students: [], type: 0, reach: 0 }],
      },
      edits: [],
      events: [
        { kind: 'guardian-appears', index: 0, other: 0, students: [] },
        { kind: 'person-changes-id', index: 9, other: 0, students: [] },
      ],
      later: [],
      policy: FULL,
      guardians: 'together',
      order: 0,
    },
  },
  {
    promise: 13,
    name: 'a truncated list of people makes no second account of a person with a new id',
    scenario: {
      start: { teachers: 2, students: 4, classes: [MATH, MATH, MATH], guardians: [] },
      edits: [],
      events: [
        { kind: 'person-changes-id', index: 0, other: 0, students: [] },
        { kind: 'class-vanishes', index: 0, other: 0, students: [] },
      ],
      later: [],
      policy: { ...FULL, classes: { ...defaultPolicy.classes, duplicateNames: 'disambiguate' } },
      guardians: 'together',
      order: 92_582_761,
    },
  },
  {
    promise: 1,
    name: 'a student with a new id keeps the guardians',
    scenario: {
      start: {
        teachers: 2,
        students: 4,
        classes: [MATH, MATH, { ...MATH, school: 1, students: [26] }],
        guardians: [
          { students: [], type: 0, reach: 0 },
          { students: [30], type: 0, reach: 0 },
          { students: [], type: 0, reach: 0 },
        ],
      },
      edits: [],
      events: [
        { kind: 'person-changes-id', index: 13, other: 0, students: [] },
        { kind: 'class-vanishes', index: 0, other: 0, students: [] },
      ],
      later: [],
      policy: FULL,
      guardians: 'together',
      order: 0,
    },
  },
  {
    promise: 10,
    name: 'who loses an address to another goes without its login wherever the run breaks off',
    scenario: {
      start: {
        teachers: 2,
        students: 10,
        classes: [{ ...MATH, students: [38] }, MATH, MATH, MATH],
        guardians: [],
      },
      edits: [],
      events: [
        { kind: 'email-taken', index: 0, other: 28, students: [] },
        { kind: 'class-vanishes', index: 1, other: 0, students: [] },
      ],
      later: [],
      policy: FULL,
      guardians: 'together',
      order: 1_946_157_042,
    },
  },
  {
    promise: 10,
    name: 'a removal that no limit held is not held because the run broke off after another',
    scenario: {
      start: {
        teachers: 2,
        students: 9,
        classes: [
          { ...MATH, students: [0, 2, 4, 3, 5, 24, 1] },
          { ...MATH, name: 2, students: [10, 0, 2, 3, 13] },
          { ...MATH, name: 15, students: [0, 2, 21, 4, 1] },
          MATH,
          MATH,
        ],
        guardians: [],
      },
      edits: [],
      events: [
        { kind: 'class-vanishes', index: 6, other: 0, students: [] },
        { kind: 'class-returns', index: 0, other: 0, students: [] },
        { kind: 'class-empties', index: 39, other: 0, students: [] },
      ],
      later: [],
      policy: FULL,
      guardians: 'together',
      order: 168_904_764,
    },
  },
  {
    promise: 9,
    name: 'a login that a closed account leaves does not change hands in the run after',
    scenario: {
      start: {
        teachers: 2,
        students: 4,
        classes: [MATH, MATH, { ...MATH, students: [6] }],
        guardians: [
          { students: [22], type: 0, reach: 3 },
          { students: [29], type: 0, reach: 3 },
        ],
      },
      edits: [],
      events: [
        { kind: 'student-joins-class', index: 0, other: 29, students: [] },
        { kind: 'guardian-vanishes', index: 0, other: 0, students: [] },
      ],
      later: [],
      policy: {
        ...defaultPolicy,
        fullData: true,
        deactivateUnrostered: true,
        classes: { ...defaultPolicy.classes, duplicateNames: 'disambiguate' },
      },
      guardians: 'together',
      order: 0,
    },
  },
  {
    promise: 14,
    name: 'a student with a new id who leaves a class of a school that is not their own',
    scenario: {
      start: { teachers: 2, students: 4, classes: [{ ...MATH, students: [1] }, MATH, MATH] },
      edits: [],
      events: [
        { kind: 'student-leaves-class', index: 0, other: 1, students: [] },
        { kind: 'person-changes-id', index: 3, other: 0, students: [] },
      ],
      later: [],
      policy: { ...FULL, classes: { ...defaultPolicy.classes, duplicateNames: 'all' } },
      order: 0,
    },
  },
  {
    promise: 4,
    name: 'a guardian’s place that ended with forbidden contact does not return by a link that the undo alone keeps',
    scenario: {
      start: {
        teachers: 2,
        students: 4,
        classes: [{ ...MATH, students: [0, 38] }, MATH, MATH],
        guardians: [{ students: [0, 2], type: 0, reach: 0 }],
      },
      edits: [],
      events: [
        { kind: 'link-changes', index: 0, other: 0, students: [] },
        { kind: 'link-vanishes', index: 21, other: 0, students: [] },
      ],
      later: [],
      policy: ENROLLING,
      guardians: 'together',
      order: 4_711,
    },
  },
  {
    promise: 4,
    name: 'a guardian’s place ends with the link that an undo takes where contact with another student is forbidden',
    scenario: {
      start: {
        teachers: 2,
        students: 4,
        classes: [MATH, { ...MATH, students: [35, 5] }, MATH],
        guardians: [{ students: [5], type: 0, reach: 0 }],
      },
      edits: [],
      events: [
        { kind: 'link-appears', index: 0, other: 27, students: [] },
        { kind: 'link-changes', index: 0, other: 0, students: [] },
      ],
      later: [],
      policy: ENROLLING,
      guardians: 'together',
      order: 193_808_932,
    },
  },
  {
    promise: 4,
    name: 'a link that people made gives no place by a student whom the undo alone keeps in the class',
    scenario: {
      start: {
        teachers: 2,
        students: 4,
        classes: [MATH, MATH, { ...MATH, teacher: 3, students: [27] }, MATH],
        guardians: [],
      },
      edits: [{ kind: 'link-guardian', index: 0, other: 0 }],
      events: [
        { kind: 'class-vanishes', index: 0, other: 0, students: [] },
        { kind: 'student-leaves-class', index: 1, other: 23, students: [] },
      ],
      later: [],
      policy: ENROLLING,
      guardians: 'together',
      order: 366_052_537,
    },
  },
  {
    promise: 14,
    name: 'a link that ended gives no place in the class of another school to which its student comes',
    scenario: {
      start: {
        teachers: 2,
        students: 11,
        classes: [{ ...MATH, students: [2] }, MATH, MATH, MATH],
        guardians: [{ students: [35], type: 0, reach: 0 }],
      },
      edits: [],
      events: [
        { kind: 'link-vanishes', index: 0, other: 0, students: [] },
        { kind: 'class-appears', index: 9, other: 0, students: [2] },
      ],
      later: [],
      policy: ENROLLING,
      guardians: 'together',
      order: 0,
    },
  },
  {
    promise: 14,
    name: 'a new guardian of students of two schools, with one of whom contact is forbidden',
    scenario: {
      start: {
        teachers: 2,
        students: 4,
        classes: [
          { ...MATH, students: [0] },
          { ...MATH, school: 1, teacher: 1, students: [1] },
        ],
        guardians: [],
      },
      edits: [],
      events: [
        { kind: 'guardian-appears', index: 0, other: 0, students: [0, 1] },
        { kind: 'link-changes', index: 1, other: 0, students: [] },
      ],
      later: [],
      policy: FULL,
      guardians: 'together',
      order: 0,
    },
  },
];

describe.each(FOUND)('found before: $name', ({ promise, scenario }) => {
  const promised = PROMISES.find(({ number }) => number === promise);
  it(`promise ${String(promise)} is kept`, async () => {
    await expect(promised?.check(engine, scenario, new Statistics())).resolves.toBeUndefined();
  });
});
