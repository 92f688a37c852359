/** Rows D while the shape of the roster is in doubt (G4): what only a hold keeps open keeps its name. */

import { describe, expect, it } from 'vitest';
import { emptyLedger, type Enrollment, type Ledger, type ReadStatistics } from '../../src/model/index.js';
import { enrolled, guardian, student } from '../support/build.js';
import { changeLines, classWith, hostOf, merge, noteLines, people, planOf, type Given } from '../support/rows.js';

const ARCHIVE = { fullData: true, archive: true } as const;

/** A roster whose enrollments name people of whom it has no row, after one that was fine. */
const odd = ['x', 'y', 'z'].map((id) => enrolled('c2', id));
const before = classWith('c1', { name: 'Chess' });
const after = (enrollments: readonly Enrollment[]) => merge(classWith('c2', { name: 'Chess' }), { enrollments });
const hostWith = (ledger: Partial<Ledger> = {}): NonNullable<Given['host']> => {
  const { healthy } = planOf({ feed: before, host: hostOf(before) }).ledger;
  return { ...hostOf(before), ledger: { ...emptyLedger, ...(healthy === undefined ? {} : { healthy }), ...ledger } };
};

describe('names while the roster’s shape is in doubt (G4)', () => {
  const lines = (given: Given) => changeLines(planOf(given)).filter((line) => !line.includes('/'));

  it('stay with the classes whose end is held', () => {
    const given = { feed: after(odd), host: hostWith() };
    expect(lines({ ...given, policy: ARCHIVE })).toEqual(['class-archive c1 K7 CLASS_ABSENT']);
    expect(lines(given)).toEqual([]);
    expect(noteLines(planOf(given))).toContain('D1 DUPLICATE_NAME c2');
    expect(lines({ ...given, feed: after([]) })).toEqual(['class-create c2 K1 NEW_CLASS']);
  });

  it('and later, until a person has approved the hold', () => {
    const { holds, ledger } = planOf({ feed: after(odd), host: hostWith(), policy: ARCHIVE });
    expect(holds.map(({ id }) => id)).toEqual(['G4']);
    const fine = { feed: after([]), policy: ARCHIVE };
    expect(lines({ ...fine, host: hostWith(ledger) })).toEqual(['class-archive c1 K7 CLASS_ABSENT']);
    const approved = ledger.holds.map((latch) => ({ ...latch, approved: latch.changes.map(({ key }) => key) }));
    const both = ['class-create c2 K1 NEW_CLASS', 'class-archive c1 K7 CLASS_ABSENT'];
    expect(lines({ ...fine, host: hostWith({ ...ledger, holds: approved }) })).toEqual(both);
    expect(lines({ ...fine, feed: after(odd), host: hostWith({ ...ledger, holds: approved }) })).toEqual(both);
  });

  it('not: where only guardian links are odd, which come after the classes, now or later', () => {
    const link = { guardianSourcedId: 'g', studentSourcedId: 'a', contactType: 'Family' };
    const policy = { ...ARCHIVE, steps: ['classes', 'teachers', 'students', 'guardians'] } as const;
    const fed = merge(before, people(guardian('g')), { guardianLinks: [link] });
    const { healthy } = planOf({ feed: fed, host: hostOf(fed), policy }).ledger;
    const host = { ...hostOf(fed), ledger: { ...emptyLedger, ...(healthy === undefined ? {} : { healthy }) } };
    const feed = merge(after([]), people(guardian('g')), { guardianLinks: [{ ...link, contactType: 'Doctor' }] });
    const first = planOf({ feed, host, policy });
    expect(first.holds.map(({ id, kind }) => [id, kind])).toEqual([['G4', 'guardianLinks']]);
    const both = ['class-create c2 K1 NEW_CLASS', 'class-archive c1 K7 CLASS_ABSENT'];
    for (const { ledger } of [host, first]) expect(lines({ feed, host: { ...host, ledger }, policy })).toEqual(both);
  });

  it('not: where only a field is gone (Z14)', () => {
    const users = Array.from({ length: 20 }, (_, at) => student(`s${String(at).padStart(2, '0')}`, { grade: '05' }));
    const { healthy } = planOf({ feed: merge(before, people(...users)), alone: true }).ledger;
    const feed = merge(after([]), people(...users.map(({ grade: _grade, ...rest }) => rest)));
    const host = {
      ...hostOf(merge(before, people(...users))),
      ledger: { ...emptyLedger, healthy: healthy as ReadStatistics },
    };
    const plan = planOf({ feed, host, alone: true, policy: ARCHIVE });
    expect(noteLines(plan)).toContain('Z14 FIELD_UNSHARED');
    expect(changeLines(plan)).toContain('class-create c2 K1 NEW_CLASS');
  });
});
