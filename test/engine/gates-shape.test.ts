import { describe, expect, it } from 'vitest';
import { withAcceptedShape } from '../../src/engine/gates/decisions.js';
import { holdsMessages } from '../../src/engine/gates/notices.js';
import { doubtsOf } from '../../src/engine/gates/shape.js';
import { ReadTally, type Reading } from '../../src/engine/reading/statistics.js';
import { emptyLedger } from '../../src/model/index.js';
import type { Collection, Ledger, ReadStatistics } from '../../src/model/index.js';
import { OPEN } from '../support/rows.js';
import { approvedIn, judged, joining, leavers, ledgerOf, lines, type Scene } from './gates-scene.js';

const HEALTHY: ReadStatistics = {
  readId: 'r0',
  counts: { schools: 2, terms: 2, courses: 2, classes: 50, users: 500, enrollments: 1000, guardianLinks: 300 },
  closure: 0.99,
  contactTypes: ['Family'],
  guardiansPerStudent: 2,
  agents: { named: 100, resolved: 90 },
  fields: { 'users.teacher.email': 0.95, 'users.student.givenName': 1, 'classes.period': 0.5 },
  crowded: 0.01,
};

/** A healthy read, but for what is said. */
function readingOf(differing: Partial<ReadStatistics> = {}, rest: Partial<Omit<Reading, 'statistics'>> = {}): Reading {
  const statistics = { ...HEALTHY, readId: 'r1', ...differing };
  return {
    statistics: { ...statistics, fields: { ...HEALTHY.fields, ...differing.fields } },
    sizes: new Map(Object.keys({ ...HEALTHY.fields, ...differing.fields }).map((name) => [name, 100])),
    rejected: new Map(),
    students: 200,
    hasLinks: true,
    hasAllLinks: true,
    ...rest,
  };
}

const codes = (reading: Reading, healthy: ReadStatistics | undefined = HEALTHY) =>
  doubtsOf(reading, healthy).map(({ rule, code }) => `${rule} ${code}`);
const rejected = (count: number, of: number, collection: Collection = 'users') => ({
  rejected: new Map([[collection, { count, of, problem: 'missing-name' }]]),
});

describe('G4: what is odd about a read', () => {
  it('nothing about a healthy one', () => {
    expect(codes(readingOf())).toEqual([]);
    expect(doubtsOf(readingOf(), undefined)).toEqual([]);
  });

  it.each<[string, Reading, readonly string[]]>([
    ['more than a twentieth of the rows rejected', readingOf({}, rejected(51, 1000)), ['G4 MANY_ROWS_REJECTED']],
    ['not: a twentieth', readingOf({}, rejected(50, 1000)), []],
    ['two of a few', readingOf({}, rejected(2, 10)), ['G4 MANY_ROWS_REJECTED']],
    ['not: a single one of a few', readingOf({}, rejected(1, 10)), []],
    ['closure more than two points down', readingOf({ closure: 0.969 }), ['G4 REFERENCES_BROKEN']],
    ['not: two points', readingOf({ closure: 0.97 }), []],
    ['not: up', readingOf({ closure: 1 }), []],
    ['not: without an enrollment', readingOf({ closure: 0, counts: { ...HEALTHY.counts, enrollments: 0 } }), []],
    ['six guardians of the usual student', readingOf({ guardiansPerStudent: 6 }), ['G4 GUARDIANS_CROWDED']],
    ['not: five and a half', readingOf({ guardiansPerStudent: 5.5 }), []],
    ['not: of a single student', readingOf({ guardiansPerStudent: 9, crowded: 1 }, { students: 1 }), []],
    ['P10: more than a twentieth of the students with six', readingOf({ crowded: 0.051 }), ['P10 GUARDIANS_CROWDED']],
    ['not P10: a twentieth', readingOf({ crowded: 0.05 }), []],
    ['a new contact type', readingOf({ contactTypes: ['Emergency', 'Family'] }), ['G4 CONTACT_TYPE_NEW']],
    ['not: one that is not there today', readingOf({ contactTypes: [] }), []],
    ['P12: most agents resolve no more', readingOf({ agents: { named: 100, resolved: 44 } }), ['P12 AGENTS_UNSHARED']],
    ['not P12: half of them', readingOf({ agents: { named: 100, resolved: 45 } }), []],
    ['not P12: they are not named any more', readingOf({ agents: { named: 10, resolved: 0 } }), []],
    ['a required field gone', readingOf({ fields: { 'classes.schoolSourcedId': 0 } }), ['G4 REQUIRED_FIELD_MISSING']],
    ['not: in some records', readingOf({ fields: { 'classes.schoolSourcedId': 0.01 } }), []],
    [
      'a name gone, of everybody',
      readingOf({ fields: { 'users.student.givenName': 0, 'users.teacher.givenName': 0 } }),
      ['G4 REQUIRED_FIELD_MISSING', 'Z14 FIELD_UNSHARED'],
    ],
    [
      'not: of some kind of people alone, who have their whole name in one field',
      readingOf({ fields: { 'users.guardian.givenName': 0 } }),
      [],
    ],
    [
      'Z14: a field gone from nearly all',
      readingOf({ fields: { 'users.teacher.email': 0.09 } }),
      ['Z14 FIELD_UNSHARED'],
    ],
    ['not Z14: from many', readingOf({ fields: { 'users.teacher.email': 0.1 } }), []],
    ['not Z14: it never was there for most', readingOf({ fields: { 'classes.period': 0 } }), []],
    [
      'not Z14: of a few records',
      readingOf({ fields: { 'users.teacher.email': 0 } }, { sizes: new Map([['users.teacher.email', 19]]) }),
      [],
    ],
  ])('%s', (_title, reading, expected) => {
    expect(codes(reading)).toEqual(expected);
  });

  it('a required field that is gone, unless it was missing in the read that was accepted', () => {
    const reading = readingOf({ fields: { 'classes.schoolSourcedId': 0 } });
    const before = (share: number) => ({ ...HEALTHY, fields: { ...HEALTHY.fields, 'classes.schoolSourcedId': share } });
    expect(codes(reading, before(0.5))).toContain('G4 REQUIRED_FIELD_MISSING');
    expect(codes(reading, before(0))).toEqual([]);
  });

  it('tells how many guardians the usual student has', () => {
    expect(doubtsOf(readingOf({ guardiansPerStudent: 7 }), HEALTHY).map(({ evidence }) => evidence)).toEqual([
      { median: 7 },
    ]);
  });

  it('exactly two points, whatever floating point makes of them', () => {
    for (let closure = 0.05; closure < 1; closure += 0.01) {
      const healthy = { ...HEALTHY, closure };
      expect(codes(readingOf({ closure: closure - 0.02 }), healthy)).toEqual([]);
      expect(codes(readingOf({ closure: closure - 0.0201 }), healthy)).toEqual(['G4 REFERENCES_BROKEN']);
    }
  });

  it('the first read has nothing to be compared with', () => {
    const odd = {
      closure: 0,
      contactTypes: ['X'],
      agents: { named: 9, resolved: 0 },
      fields: { 'users.teacher.email': 0 },
    };
    expect(doubtsOf(readingOf(odd), undefined)).toEqual([]);
    expect(
      doubtsOf(readingOf({ guardiansPerStudent: 6 }, rejected(60, 100)), undefined).map(({ code }) => code),
    ).toEqual(['MANY_ROWS_REJECTED', 'GUARDIANS_CROWDED']);
  });

  it('guardians that were not gone over are not judged; the first links have no types to be compared with', () => {
    const odd = { guardiansPerStudent: 6, contactTypes: ['X'], agents: { named: 100, resolved: 0 } };
    expect(codes(readingOf(odd, { hasLinks: false }))).toEqual([]);
    const none = { ...HEALTHY, counts: { ...HEALTHY.counts, guardianLinks: 0 }, contactTypes: [] };
    expect(codes(readingOf({ contactTypes: ['X'] }), none)).toEqual([]);
  });

  it('what a person accepted is no doubt, as long as it gets no worse', () => {
    const cases: [Partial<ReadStatistics>, Reading, readonly string[]][] = [
      [{ rejected: { users: 0.08 } }, readingOf({}, rejected(9, 100)), []],
      [{ rejected: { users: 0.08 } }, readingOf({}, rejected(12, 100)), ['G4 MANY_ROWS_REJECTED']],
      [{ rejected: { users: 0.04 } }, readingOf({}, rejected(6, 100)), ['G4 MANY_ROWS_REJECTED']],
      [{ rejected: { users: 0.08 } }, readingOf({}, rejected(8, 100, 'classes')), ['G4 MANY_ROWS_REJECTED']],
      [{ guardiansPerStudent: 6 }, readingOf({ guardiansPerStudent: 7 }), []],
      [{ crowded: 0.2 }, readingOf({ crowded: 0.3 }), []],
      [{ fields: { 'schools.name': 0 } }, readingOf({ fields: { 'schools.name': 0 } }), []],
      [{ fields: { 'users.student.givenName': 0 } }, readingOf({ fields: { 'users.student.givenName': 0 } }), []],
    ];
    for (const [accepted, reading, expected] of cases)
      expect(codes(reading, { ...HEALTHY, ...accepted })).toEqual(expected);
  });

  it('tells where, in counts and words', () => {
    const reading = readingOf(
      {
        closure: 0.123456,
        fields: { 'users.teacher.email': 0.05, 'classes.schoolSourcedId': 0 },
        contactTypes: ['B', 'A'],
      },
      rejected(60, 1000),
    );
    expect(doubtsOf(reading, HEALTHY).map(({ evidence }) => evidence)).toEqual([
      { collection: 'classes', field: 'schoolSourcedId' },
      { collection: 'users', problem: 'missing-name', count: 60, share: 0.06 },
      { share: 0.123, before: 0.99 },
      { types: ['B', 'A'] },
      { collection: 'users', role: 'teacher', field: 'email', share: 0.05, before: 0.95 },
    ]);
  });
});

const LEDGER: Ledger = { ...emptyLedger, healthy: HEALTHY };
const BROKEN = readingOf({ closure: 0.9 });
const UNSHARED = readingOf({ fields: { 'users.teacher.email': 0 } });
const shaped = (reading: Reading, scene: Scene = {}) =>
  judged({ changes: [...leavers(3), joining('n')], ledger: LEDGER, policy: { limits: OPEN }, reading, ...scene });

describe('G4: what waits', () => {
  it('everything destructive and the messages; the rest proceeds', () => {
    const plan = shaped(BROKEN);
    expect(lines(plan)).toEqual(['G4 SHAPE_HOLD 3']);
    expect(plan.holds[0]).toMatchObject({ gate: 'G4', approvable: true });
    expect(plan.gates).toMatchObject([{ gate: 'G4', evidence: { reasons: ['REFERENCES_BROKEN'], changes: 3 } }]);
    expect(plan.notes).toEqual([
      { rule: 'G4', code: 'REFERENCES_BROKEN', severity: 'warning', evidence: { share: 0.9, before: 0.99 } },
    ]);
    expect(holdsMessages(plan)).toBe(true);
    expect(plan.changes.filter(({ heldBy }) => heldBy.length === 0)).toHaveLength(1);
  });

  it('is told with nothing to take away, too: messages wait', () => {
    const plan = shaped(BROKEN, { changes: [joining('n')] });
    expect(lines(plan)).toEqual(['G4 SHAPE_HOLD 0']);
    expect(plan.latched.map(({ id }) => id)).toEqual(['G4']);
    expect(holdsMessages(plan)).toBe(true);
  });

  it('Z14: a field that is gone holds messages alone', () => {
    const plan = shaped(UNSHARED);
    expect(lines(plan)).toEqual(['G4 FIELD_UNSHARED 0']);
    expect(holdsMessages(plan)).toBe(true);
    expect(plan.changes.every(({ heldBy }) => heldBy.length === 0)).toBe(true);
    const both = shaped(readingOf({ closure: 0.9, fields: { 'users.teacher.email': 0 } }));
    expect(lines(both)).toEqual(['G4 SHAPE_HOLD 3']);
  });

  it('a field that is gone beside doubts of links alone: of links alone, too', () => {
    const plan = shaped(readingOf({ contactTypes: ['Emergency', 'Family'], fields: { 'users.teacher.email': 0 } }));
    expect(plan.holds).toMatchObject([{ id: 'G4', code: 'SHAPE_HOLD', kind: 'guardianLinks' }]);
    const more = readingOf({ closure: 0.9, contactTypes: ['Emergency', 'Family'] });
    expect(shaped(more).holds[0]).not.toHaveProperty('kind');
  });

  it('a healthy read holds nothing', () => {
    const plan = shaped(readingOf());
    expect(plan.holds).toEqual([]);
    expect(holdsMessages(plan)).toBe(false);
  });

  it('its removals are latched; its messages go with the next healthy read', () => {
    const later = shaped(readingOf(), { ledger: ledgerOf(shaped(BROKEN), LEDGER), changes: leavers(4) });
    expect(lines(later)).toEqual(['G4 SHAPE_HOLD 3']);
    expect(holdsMessages(later)).toBe(false);
    expect(shaped(readingOf(), { ledger: ledgerOf(later), changes: [] }).latched).toEqual([]);
  });

  it('one that held messages alone ends with the next healthy read, and not with an incomplete one', () => {
    const empty = ledgerOf(shaped(BROKEN, { changes: [] }), LEDGER);
    expect(shaped(readingOf(), { ledger: empty, changes: [] }).latched).toEqual([]);
    expect(shaped(BROKEN, { ledger: empty, changes: [], isRestricted: true }).latched).toEqual(empty.holds);
  });

  it('an incomplete read has no shape', () => {
    const plan = shaped(BROKEN, { isRestricted: true });
    expect(plan.holds).toEqual([]);
    expect(plan.notes).toEqual([]);
  });

  it('another doubt is another hash: who approved the first has not read the second', () => {
    const [first, worse, same] = [
      shaped(BROKEN),
      shaped(readingOf({ closure: 0.5 })),
      shaped(readingOf({ closure: 0.90001 })),
    ];
    expect(worse.holds[0]?.hash).not.toBe(first.holds[0]?.hash);
    expect(same.holds[0]?.hash).toBe(first.holds[0]?.hash);
  });
});

describe('what later reads are compared with', () => {
  it('a healthy read of the whole district takes the place of the last one', () => {
    const reading = readingOf({ closure: 0.98, contactTypes: [] });
    const { memory } = shaped(reading);
    expect(memory.healthy).toEqual({ ...reading.statistics, contactTypes: ['Family'] });
    expect(memory.doubted).toBeUndefined();
    expect(shaped(reading, { ledger: emptyLedger }).memory.healthy).toEqual(reading.statistics);
  });

  it.each<[string, Scene]>([
    ['an odd shape', { reading: BROKEN }],
    ['a field that is gone', { reading: UNSHARED }],
    ['an incomplete read', { isRestricted: true }],
    ['a read of some schools', { provesAbsence: false }],
    ['a school that was skipped', { skippedSchools: ['s2'] }],
    ['no statistics', { reading: undefined }],
    ['ids given anew', { resets: [{ kind: 'users', baseline: 10, pairs: 9 }], changes: leavers(3) }],
    [
      'classes emptied everywhere',
      { requests: [{ id: 'K15', gate: 'K15', code: 'CLASSES_EMPTIED', approvable: true, changes: 'all-destructive' }] },
    ],
    [
      'an empty kind',
      {
        requests: [
          { id: 'G3:students', gate: 'G3', code: 'EMPTY_FEED', approvable: false, changes: 'all-destructive' },
        ],
      },
    ],
  ])('not: %s', (_title, scene) => {
    expect(shaped(readingOf(), scene).memory.healthy).toEqual(HEALTHY);
  });

  it('a limit, or a hold of an earlier day, says nothing against the read', () => {
    const limited = shaped(readingOf(), { changes: leavers(50), policy: {} });
    expect(limited.holds).toHaveLength(1);
    expect(limited.memory.healthy?.readId).toBe('r1');
    const latched = shaped(readingOf(), { ledger: ledgerOf(shaped(BROKEN), LEDGER) });
    expect(latched.holds).toHaveLength(1);
    expect(latched.memory.healthy?.readId).toBe('r1');
  });

  it('an approval accepts the shape: the next read like it is healthy', () => {
    const first = shaped(BROKEN);
    expect(first.memory.doubted).toMatchObject({ closure: 0.9, readId: 'r1' });
    const ledger: Ledger = ledgerOf(first, LEDGER);
    const accepted = withAcceptedShape(approvedIn(ledger, 'G4'));
    expect(accepted).toMatchObject({ healthy: { closure: 0.9 } });
    expect(accepted).not.toHaveProperty('doubted');
    expect(accepted.holds).toHaveLength(1);
    const next = shaped(BROKEN, { ledger: accepted });
    expect(next.holds).toEqual([]);
    expect(holdsMessages(next)).toBe(false);
    expect(next.memory.healthy).toMatchObject({ closure: 0.9 });
    expect(lines(shaped(readingOf({ closure: 0.8 }), { ledger: accepted, changes: leavers(4) }))).toEqual([
      'G4 SHAPE_HOLD 1',
    ]);
  });

  it('likewise where the read was of a part: of the links, or of the schools', () => {
    const odd = readingOf({ contactTypes: [...HEALTHY.contactTypes, 'Doctor'] }, { hasAllLinks: false });
    const first = shaped(odd, { provesAbsence: false });
    expect(first.holds).toHaveLength(1);
    const accepted = withAcceptedShape(approvedIn(ledgerOf(first, LEDGER), 'G4'));
    expect(shaped(odd, { ledger: accepted, provesAbsence: false }).holds).toEqual([]);
    // Another read that says nothing odd ends the doubt: it is not accepted with a later one.
    expect(
      shaped(readingOf(), { ledger: ledgerOf(first, LEDGER), provesAbsence: false }).memory.doubted,
    ).toBeUndefined();
  });

  it('what other gates hold goes on waiting when a shape is accepted', () => {
    const changes = new Set(leavers(1).map(({ key }) => key));
    const emptied = { id: 'K15:c1', gate: 'K15', code: 'CLASS_EMPTIED', approvable: true, changes } as const;
    const accepted = withAcceptedShape(ledgerOf(shaped(BROKEN, { requests: [emptied] }), LEDGER));
    expect(accepted.holds.map(({ id }) => id)).toEqual(['G4', 'K15:c1']);
  });

  it('an accepted shape of messages alone leaves no hold', () => {
    const accepted = withAcceptedShape(ledgerOf(shaped(UNSHARED), LEDGER));
    expect(accepted.holds).toEqual([]);
    expect(shaped(UNSHARED, { ledger: accepted }).holds).toEqual([]);
  });

  it('without a doubted read there is nothing to accept', () => {
    expect(withAcceptedShape(LEDGER)).toBe(LEDGER);
  });

  it('while nothing new is read the doubt stays; a healthy read ends it', () => {
    const ledger = ledgerOf(shaped(BROKEN), LEDGER);
    expect(shaped(readingOf(), { ledger, isRestricted: true, provesAbsence: false }).memory.doubted?.closure).toBe(0.9);
    expect(shaped(readingOf(), { ledger }).memory.doubted).toBeUndefined();
  });
});

it('a million rows are tallied in little time', () => {
  const tally = new ReadTally();
  const rows = Array.from({ length: 1000 }, (_, index) => ({
    classSourcedId: 'c',
    userSourcedId: String(index),
    role: 'student' as const,
  }));
  const start = performance.now();
  for (let round = 0; round < 1000; round += 1) tally.enrollments({ records: rows, from: 0, to: rows.length });
  const elapsed = performance.now() - start;
  expect(tally.reading('r').statistics.counts.enrollments).toBe(1_000_000);
  expect(elapsed).toBeLessThan(500);
});
