/** A feed that is empty for the first time (Z1), and one that stays empty (Z2). */

import { describe, expect, it } from 'vitest';
import { describeReason } from '../../src/engine/index.js';
import { emptyLedger, type Ledger, type Plan } from '../../src/model/index.js';
import { attested, localUser, student, teacher } from '../support/build.js';
import { classWith, hostOf, noteLines, people, planOf, type Given } from '../support/rows.js';

const alone = (given: Given): Plan => planOf({ ...given, alone: true });

describe('Z1: nothing is shared yet', () => {
  it('is told, and is no error', () => {
    const plan = alone({ feed: {} });
    expect(plan).toMatchObject({ outcome: 'planned', changes: [], holds: [] });
    expect(noteLines(plan)).toEqual(['Z1 NOTHING_SHARED']);
  });

  it.each<[string, Given]>([
    ['a class', { feed: classWith('c1', { students: [], teachers: [] }) }],
    ['a teacher', { feed: people(teacher('t')) }],
    ['a read that broke off', { feed: { attestation: attested({ users: 'incomplete' }) } }],
    ['a host that manages an account', { feed: {}, host: { users: [localUser(student('a'))] } }],
    ['a host that manages a class', { feed: {}, host: hostOf(classWith('c1', { students: [], teachers: [] })) }],
  ])('not: %s', (_title, given) => {
    expect(noteLines(alone(given))).not.toContain('Z1 NOTHING_SHARED');
  });
});

describe('Z2: what stays empty', () => {
  const host = hostOf(classWith('c1'));
  const empty = (now: string, ledger: Ledger = emptyLedger): Plan =>
    alone({ feed: people(teacher('t')), host: { ...host, ledger }, policy: { fullData: true, archive: true }, now });
  const first = empty('2026-10-01T06:00:00Z');

  it('is told louder from the third day on, and held as before', () => {
    expect(noteLines(first)).not.toContain('Z2 STILL_EMPTY');
    expect(noteLines(empty('2026-10-04T05:59:59Z', first.ledger))).not.toContain('Z2 STILL_EMPTY');
    const later = empty('2026-10-04T06:00:00Z', first.ledger);
    const notes = later.notes.filter(({ code }) => code === 'STILL_EMPTY');
    expect(notes.map(({ severity, evidence }) => [severity, evidence])).toEqual([
      ['warning', { kind: 'classes', days: 3, managed: 1 }],
      ['warning', { kind: 'students', days: 3, managed: 1 }],
    ]);
    expect(describeReason(notes[1] ?? { code: '' })).toBe(
      'The data has had no students at all for 3 days, and 1 are in use here: what that would take away still waits.',
    );
    expect(later.holds.map(({ id, since }) => [id, since])).toEqual(first.holds.map(({ id, since }) => [id, since]));
    expect(empty('2027-10-01T06:00:00Z', later.ledger).holds).toHaveLength(first.holds.length);
  });

  it('begins anew where the kind was seen in between', () => {
    const full = alone({ feed: classWith('c1'), host: { ...host, ledger: first.ledger }, now: '2026-10-02T06:00:00Z' });
    expect(noteLines(empty('2026-10-05T06:00:00Z', full.ledger))).not.toContain('Z2 STILL_EMPTY');
  });
});
