import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Grace, type GraceInput } from '../../src/engine/gates/grace.js';
import { noteGrace } from '../../src/engine/gates/notes.js';
import { Unjudged } from '../../src/engine/gates/unjudged.js';
import { emptyLedger } from '../../src/model/index.js';
import type { AbsenceCount, LatchedHold, LocalClass } from '../../src/model/index.js';
import type { RosterParts } from '../support/build.js';
import { changeLines, classWith, hostOf, people, planOf } from '../support/rows.js';

const at = (hours: number): string => new Date(Date.UTC(2026, 9, 1) + hours * 3_600_000).toISOString();

function graceOf(absences: readonly AbsenceCount[] | undefined, rest: Partial<GraceInput> = {}): Grace {
  return new Grace({
    snapshots: 2,
    absences,
    readId: 'r1',
    readAt: at(0),
    isComplete: true,
    unjudged: new Unjudged({ ...emptyLedger, ...(absences === undefined ? {} : { absences }) }),
    ...rest,
  });
}

/** One read: what is missing in it, and what was decided. */
function read(
  absences: readonly AbsenceCount[] | undefined,
  missing: readonly string[],
  rest: Partial<GraceInput> = {},
): { readonly gone: readonly string[]; readonly absences: readonly AbsenceCount[] | undefined } {
  const grace = graceOf(absences, rest);
  const gone = missing.filter((subject) => grace.counts(subject, 'E1') === 'gone');
  return { gone, absences: grace.absences() };
}

const HOLD: LatchedHold = {
  id: 'X',
  gate: 'G6',
  code: 'X',
  hash: '',
  approvable: true,
  since: at(0),
  changes: [],
  versions: [],
  approved: [],
};

const A = 'class:a';
const B = 'class:b';

describe('Z6: what is counted as absent', () => {
  const C1 = classWith('c1');
  const absencesIn = (feed: RosterParts, fields: Partial<LocalClass> = {}) => {
    const policy = { fullData: true, archive: true, graceSnapshots: 2 };
    const host = hostOf(C1, { classes: { c1: fields } });
    return planOf({ feed, host, policy }).ledger.absences?.map(({ subject }) => subject) ?? [];
  };

  it('a class that is missing', () => {
    expect(absencesIn(people(...(C1.users ?? [])))).toEqual(['class:c1']);
  });

  it('nobody whose account no rule closes', () => {
    const gone = { ...C1, users: (C1.users ?? []).filter(({ sourcedId }) => sourcedId !== 'a'), enrollments: [] };
    expect(absencesIn(gone).filter((subject) => subject.startsWith('user:'))).toEqual([]);
  });

  it('and it stays until it is missing in as many reads', () => {
    const feed = people(...(C1.users ?? []));
    const policy = { fullData: true, archive: true, graceSnapshots: 2 };
    const first = planOf({ feed: { ...feed, readId: 'r1' }, host: hostOf(C1), policy });
    expect(changeLines(first)).toEqual([]);
    const absences = (first.ledger.absences ?? []).map((absence) => ({ ...absence, at: at(-24) }));
    const host = { ...hostOf(C1), ledger: { ...first.ledger, absences } };
    const second = planOf({ feed: { ...feed, readId: 'r2' }, host, policy });
    expect(changeLines(second)).toEqual(['class-archive c1 K7 CLASS_ABSENT']);
  });

  it('not one that enrollments still name (M10)', () => {
    expect(absencesIn({ ...C1, classes: [] })).toEqual([]);
  });

  it.each<[string, Partial<LocalClass>]>([
    ['that people had made and tied (K13)', { origin: 'linked' }],
    ['that is archived', { state: 'archived', by: 'user' }],
  ])('not one %s', (_title, fields) => {
    expect(absencesIn(people(...(C1.users ?? [])), fields)).toEqual([]);
  });
});

describe('grace: absence in k reads', () => {
  it('with one read, a missing record is gone, and nothing is remembered', () => {
    expect(read([{ subject: B, count: 1, readId: 'r0', at: at(-30) }], [A], { snapshots: 1 })).toEqual({
      gone: [A],
      absences: undefined,
    });
  });

  it('one read counts once, however often it is asked about a record', () => {
    const first = graceOf(undefined);
    expect([first.counts(A, 'E1'), first.counts(A, 'E1')]).toEqual(['wait', 'wait']);
    const second = graceOf(first.absences(), { readId: 'r2', readAt: at(24) });
    expect([second.counts(A, 'E1'), second.counts(A, 'E1')]).toEqual(['gone', 'gone']);
  });

  it('with two, it waits for the second one', () => {
    const first = read(undefined, [A]);
    expect(first).toEqual({ gone: [], absences: [{ subject: A, count: 1, readId: 'r1', at: at(0) }] });
    const second = read(first.absences, [A], { readId: 'r2', readAt: at(24) });
    expect(second).toEqual({ gone: [A], absences: [{ subject: A, count: 2, readId: 'r2', at: at(24) }] });
  });

  it('the same read counts once, however often it is planned', () => {
    const first = read(undefined, [A]);
    expect(read(first.absences, [A], { readAt: at(48) })).toEqual({ gone: [], absences: first.absences });
  });

  it('reads less than 20 hours apart count as one; 20 hours are enough', () => {
    const first = read(undefined, [A]);
    const soon = read(first.absences, [A], { readId: 'r2', readAt: at(19.99) });
    expect(soon).toEqual({ gone: [], absences: first.absences });
    expect(read(soon.absences, [A], { readId: 'r3', readAt: at(20) }).gone).toEqual([A]);
  });

  it('twenty hours from the read that was counted last, not from the first', () => {
    const three = { snapshots: 3 };
    const first = read(undefined, [A], three);
    const second = read(first.absences, [A], { ...three, readId: 'r2', readAt: at(30) });
    expect(read(second.absences, [A], { ...three, readId: 'r3', readAt: at(40) }).gone).toEqual([]);
    expect(read(second.absences, [A], { ...three, readId: 'r4', readAt: at(50) }).gone).toEqual([A]);
  });

  it('a record that is seen again is forgotten: it starts anew', () => {
    const first = read(undefined, [A, B]);
    const seen = read(first.absences, [B], { readId: 'r2', readAt: at(24) });
    expect(seen).toEqual({ gone: [B], absences: [{ subject: B, count: 2, readId: 'r2', at: at(24) }] });
    expect(read(seen.absences, [A], { readId: 'r3', readAt: at(48) }).gone).toEqual([]);
  });

  it('one that is gone stays gone, and is remembered while a hold keeps it', () => {
    const second = read(read(undefined, [A]).absences, [A], { readId: 'r2', readAt: at(24) });
    const third = read(second.absences, [A], { readId: 'r3', readAt: at(72) });
    expect(third).toEqual({ gone: [A], absences: second.absences });
  });

  it('what the provider itself says does not wait', () => {
    const grace = graceOf(undefined);
    expect(grace.counts(A, 'E2')).toBe('gone');
    expect(grace.absences()).toBeUndefined();
    const before = [{ subject: A, count: 1, readId: 'r0', at: at(-30) }];
    const unjudged = new Unjudged({ ...emptyLedger, absences: before });
    unjudged.record(A);
    const told = graceOf(before, { unjudged });
    expect(told.counts(A, 'E2')).toBe('gone');
    expect(told.absences()).toBeUndefined();
    expect(grace.waits.size).toBe(0);
  });

  it('an incomplete read counts nothing and forgets nothing', () => {
    const first = read(undefined, [A, B]);
    const broken = read(first.absences, [A], { readId: 'r2', readAt: at(24), isComplete: false });
    expect(broken).toEqual({ gone: [], absences: first.absences });
    expect(read(broken.absences, [A, B], { readId: 'r3', readAt: at(48) }).gone).toEqual([A, B]);
  });

  it('what a read could not judge keeps its count, what it saw does not', () => {
    const member = 'enrollment:2:c1:u';
    const other = 'enrollment:2:c2:u';
    const absences = [A, B, member, other].map((subject) => ({ subject, count: 1, readId: 'r0', at: at(-24) }));
    const unjudged = new Unjudged({ ...emptyLedger, absences });
    unjudged.record(B);
    unjudged.membersOf('c1');
    const kept = graceOf(absences, { unjudged }).absences();
    expect(kept?.map(({ subject }) => subject)).toEqual([B, member]);
    expect(kept?.every(({ count }) => count === 1)).toBe(true);
  });

  it('what was counted is not kept twice, and the ledger is in order', () => {
    const absences = [B, A].map((subject) => ({ subject, count: 1, readId: 'r0', at: at(-24) }));
    const unjudged = new Unjudged({ ...emptyLedger, absences });
    unjudged.record(B);
    const grace = graceOf(absences, { unjudged });
    for (const subject of [B, 'class:c', A]) grace.counts(subject, 'E1');
    expect(grace.absences()?.map(({ subject, count }) => [subject, count])).toEqual([
      [A, 2],
      [B, 2],
      ['class:c', 1],
    ]);
  });

  it('a read without a time counts no further', () => {
    const first = read(undefined, [A]);
    expect(read(first.absences, [A], { readId: 'r2', readAt: 'yesterday' }).gone).toEqual([]);
  });

  it('ten thousand that wait are one note', () => {
    const grace = graceOf(undefined);
    for (let index = 0; index < 10_000; index += 1) grace.counts(`enrollment:1:c:${String(index)}`, 'E1');
    for (const subject of [A, 'user:x', 'user@y']) grace.counts(subject, 'E1');
    expect(noteGrace(grace, 2)).toEqual([
      {
        rule: 'Z6',
        code: 'GRACE',
        severity: 'info',
        evidence: { class: 1, enrollment: 10_000, user: 2, reads: 2 },
      },
    ]);
    expect(noteGrace(graceOf(undefined), 2)).toEqual([]);
  });

  /** By the letter: gone when the reads without it, since it was last seen, hold k that are 20 hours apart. */
  function isGoneByDefinition(reads: readonly { at: number; isMissing: boolean; isComplete: boolean }[], k: number) {
    let count = 0;
    let last = -Infinity;
    for (const each of reads) {
      if (!each.isComplete) continue;
      if (!each.isMissing) {
        count = 0;
        last = -Infinity;
      } else if (each.at - last >= 20) {
        count += 1;
        last = each.at;
      }
    }
    return count >= k;
  }

  it('is what the definition says, over any sequence of reads', () => {
    const one = fc.record({
      after: fc.integer({ min: 0, max: 30 }),
      isMissing: fc.boolean(),
      isComplete: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 12 }), fc.integer({ min: 2, max: 4 }), (steps, k) => {
        let hours = 0;
        let absences: readonly AbsenceCount[] | undefined;
        const reads: { at: number; isMissing: boolean; isComplete: boolean }[] = [];
        for (const [index, { after, isMissing, isComplete }] of steps.entries()) {
          hours += after;
          reads.push({ at: hours, isMissing, isComplete });
          const rest = { snapshots: k, readId: `r${String(index)}`, readAt: at(hours), isComplete };
          const result = read(absences, isMissing ? [A] : [], rest);
          absences = result.absences;
          if (isMissing && isComplete) expect(result.gone.length === 1).toBe(isGoneByDefinition(reads, k));
          else expect(result.gone).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('what could not be judged', () => {
  it('is noted of the records that the ledger waits for alone', () => {
    const unjudged = new Unjudged(emptyLedger);
    expect(unjudged.isWatching).toBe(false);
    unjudged.record(A);
    unjudged.membersOf('c1');
    expect(unjudged.isUnjudged(A)).toBe(false);
    expect(unjudged.isUnjudged('enrollment:2:c1:u')).toBe(false);
  });

  it('also of what was approved, of which its key alone is left', () => {
    const ledger = { holds: [{ ...HOLD, approved: [`class-archive ${A}`] }] };
    const unjudged = new Unjudged(ledger);
    unjudged.record(A);
    unjudged.record(B);
    expect([unjudged.isUnjudged(A), unjudged.isUnjudged(B)]).toEqual([true, false]);
  });

  it('of a closed account only its closing is settled', () => {
    const unjudged = new Unjudged({ holds: [{ ...HOLD, approved: ['user-deactivate user:a', 'user-update user:a'] }] });
    unjudged.recordClosed('user:a');
    unjudged.recordClosed('user:b');
    expect(unjudged.isUnjudged('user:a', 'user-update')).toBe(true);
    expect(unjudged.isUnjudged('user:a', 'user-deactivate')).toBe(false);
    expect(unjudged.isUnjudged('user:b', 'user-update')).toBe(false);
  });

  it('finds the class in the word for a member, whatever the ids are made of', () => {
    const subject = 'enrollment:5:a:b:c:d:e';
    const unjudged = new Unjudged({ holds: [], absences: [{ subject, count: 1, readId: 'r', at: at(0) }] });
    unjudged.membersOf('a:b');
    expect(unjudged.isUnjudged(subject)).toBe(false);
    unjudged.membersOf('a:b:c');
    expect(unjudged.isUnjudged(subject)).toBe(true);
  });
});
