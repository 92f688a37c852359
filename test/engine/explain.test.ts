/** Why, and why not: schools, and what holds for every kind of record. The others have files of their own. */

import { describe, expect, it } from 'vitest';
import { schoolFingerprint } from '../../src/engine/fingerprint.js';
import { explain, invert, type ExplainTarget } from '../../src/engine/index.js';
import type { Plan } from '../../src/model/index.js';
import { definePolicy } from '../../src/policy/index.js';
import { attested, NOW, school, section, student, teacher } from '../support/build.js';
import { OPEN, classWith, hostOf, merge, people } from '../support/rows.js';
import {
  ARCHIVE,
  C1,
  FULL,
  PEOPLE,
  SCHOOL_1,
  answerTo,
  explains,
  sidesOf,
  suppressing,
  type Case,
} from './explain-scene.js';

const schools: readonly Case[] = [
  { title: 'a school that both sides have', target: { school: 's1' }, verdict: 'unchanged', reasons: ['S2 UNCHANGED'] },
  {
    title: 'a school that the district no longer has',
    feed: { schools: [{ sourcedId: 's1', name: 'School s1' }] },
    target: { school: 's2' },
    verdict: 'kept',
    reasons: ['S2 SCHOOL_KEPT'],
  },
  {
    title: 'a whole school that is missing, with its hold',
    feed: merge({ schools: [{ sourcedId: 's1', name: 'School s1' }] }, people(student('a'), teacher('t'))),
    host: hostOf(classWith('c1', { schoolSourcedId: 's2' })),
    policy: ARCHIVE,
    target: { school: 's2' },
    verdict: 'kept',
    reasons: ['S2 SCHOOL_KEPT', 'Z5 SCHOOL_GONE'],
    reads: [
      'School s2 stays as it is: the district no longer has this school. No sync ever takes a school away (S2).',
      'The hold SCHOOL_GONE:s2 waits: the whole school s2 is missing or empty while others are fine: is it unshared, or closed? (Z5) A person approves or discards it.',
    ],
  },
  {
    title: 'a new school outside the scope',
    feed: {
      schools: [
        { sourcedId: 's1', name: 'School s1' },
        { sourcedId: 's9', name: 'School s9' },
      ],
    },
    scope: SCHOOL_1,
    target: { school: 's9' },
    verdict: 'not-imported',
    reasons: ['SCOPE OUT_OF_SCOPE'],
  },
  {
    title: 'a new school in an import that is not about classes',
    feed: {
      schools: [
        { sourcedId: 's1', name: 'School s1' },
        { sourcedId: 's9', name: 'School s9' },
      ],
    },
    policy: { steps: ['students'] },
    target: { school: 's9' },
    verdict: 'not-imported',
    reasons: ['STEPS STEP_NOT_COVERED'],
  },
  {
    title: 'a new school in an incomplete read',
    feed: {
      schools: [
        { sourcedId: 's1', name: 'School s1' },
        { sourcedId: 's9', name: 'School s9' },
      ],
      attestation: attested({ users: 'incomplete' }),
    },
    target: { school: 's9' },
    verdict: 'not-imported',
    reasons: ['G2 INCOMPLETE_READ'],
  },
  {
    title: 'a new school',
    feed: {
      schools: [
        { sourcedId: 's1', name: 'School s1' },
        { sourcedId: 's9', name: 'School s9' },
      ],
    },
    target: { school: 's9' },
    verdict: 'changes',
    reasons: ['S1 NEW_SCHOOL'],
  },
  {
    title: 'a school that the district deletes and that was never here',
    feed: {
      schools: [
        { sourcedId: 's1', name: 'School s1' },
        { sourcedId: 's9', name: 'S', status: 'tobedeleted' },
      ],
    },
    target: { school: 's9' },
    verdict: 'not-imported',
    reasons: ['Z6 NEVER_IMPORTED'],
  },
  {
    title: 'a school outside the scope',
    scope: SCHOOL_1,
    target: { school: 's2' },
    verdict: 'kept',
    reasons: ['SCOPE OUT_OF_SCOPE'],
  },
  {
    title: 'a school in an import that is not about classes',
    policy: { steps: ['students'] },
    target: { school: 's1' },
    verdict: 'kept',
    reasons: ['STEPS STEP_NOT_COVERED'],
  },
  {
    title: 'a school whose renaming was undone',
    feed: { schools: [school('s1', { name: 'Lincoln' }), school('s2')] },
    host: suppressing({
      kind: 'school-update',
      subject: 'school:s1',
      fingerprint: schoolFingerprint(school('s1', { name: 'Lincoln' })),
      cause: 'undo',
    }),
    target: { school: 's1' },
    verdict: 'kept',
    reasons: ['UNDO SUPPRESSED'],
  },
  {
    title: 'a new school whose import was undone',
    feed: { schools: [school('s1'), school('s2'), school('s9')] },
    host: suppressing({
      kind: 'school-create',
      subject: 'school:s9',
      fingerprint: schoolFingerprint(school('s9')),
      cause: 'undo',
    }),
    target: { school: 's9' },
    verdict: 'not-imported',
    reasons: ['UNDO SUPPRESSED'],
  },
  { title: 'a school that neither side has', target: { school: 's9' }, verdict: 'unknown', reasons: [] },
];

describe('why, and why not: schools', () => {
  explains(schools);
});

describe('explain', () => {
  it('gives the change, its notes and its holds', () => {
    const { changes, holds, notes } = answerTo({
      feed: PEOPLE,
      host: hostOf(C1),
      policy: { ...ARCHIVE, limits: { ...OPEN, classes: 0.2, floor: 0 } },
      target: { class: 'c1' },
    });
    expect(changes.map(({ key }) => key)).toEqual(['class-archive class:c1']);
    expect(holds.map(({ id }) => id)).toEqual(['G6:classes']);
    expect(notes).toEqual([]);
  });

  it('tells a hold about a class whose members it names, beside what becomes of the class itself', () => {
    const before = classWith('c1', { students: ['a1', 'a2', 'a3', 'a4', 'a5'] });
    const emptied = merge({ classes: before.classes ?? [], users: before.users ?? [] });
    const held = answerTo({ feed: emptied, host: hostOf(before), policy: FULL, target: { class: 'c1' } });
    expect([held.verdict, held.holds.map(({ id }) => id)]).toEqual(['unchanged', ['K15:c1']]);
  });

  it('says what a cause, a grace or a time keeps from happening', () => {
    const given = { feed: PEOPLE, host: hostOf(C1), policy: { ...ARCHIVE, additiveOnly: true } };
    const { plan, ...sides } = sidesOf(given);
    const notesByCode = (code: string) => ({ ...plan.counts, notesByCode: { [code]: 1 } });
    const explainAs = (changed: Partial<Plan>, target: ExplainTarget = { class: 'c1' }) => {
      const { verdict, reasons, sentences } = explain({ ...sides, plan: { ...plan, ...changed }, now: NOW }, target);
      return [verdict, ...reasons.map(({ rule, code }) => `${rule} ${code}`), ...sentences];
    };
    const absences = [{ subject: 'class:c1', count: 1, readId: 'read-1', at: NOW }];
    const waiting = {
      notes: [{ rule: 'Z6', code: 'GRACE', severity: 'info', evidence: { classes: 1, reads: 3 } }],
      ledger: { ...plan.ledger, absences },
    } as const;
    expect(explainAs(waiting)).toEqual([
      'kept',
      'Z6 GRACE',
      'Class c1 stays as it is: it was missing from 1 of the 3 reads in a row that have to lack it before it counts as gone (Z6).',
    ]);
    const passed = absences.map((each) => ({ ...each, count: 3 }));
    const over = { ...waiting, ledger: { ...plan.ledger, absences: passed } };
    expect(explainAs(over).slice(0, 2)).toEqual(['kept', 'Z9 ADDITIVE_ONLY']);
    const window = { counts: notesByCode('WINDOW_ADDITIVE'), notes: [] };
    expect(explainAs(window).slice(0, 2)).toEqual(['kept', 'Z9 WINDOW_ADDITIVE']);
    const blackout = { counts: notesByCode('BLACKOUT'), notes: [] };
    expect(explainAs(blackout).slice(0, 2)).toEqual(['kept', 'Z9 BLACKOUT']);
    expect(explainAs(blackout, { class: 'c9' })[0]).toBe('unknown');
  });

  it('tells of a hold what its note knows besides', () => {
    const { plan, ...sides } = sidesOf({ feed: PEOPLE, host: hostOf(C1), policy: ARCHIVE });
    const hold = 'COHORT_GONE:classes:grade=05';
    const keys = plan.changes.map(({ key }) => key);
    const held: Plan = {
      ...plan,
      changes: plan.changes.map((change) => ({ ...change, heldBy: [hold] })),
      holds: [
        {
          ...{ id: hold, gate: 'cause', code: 'COHORT_GONE', kind: 'classes', approvable: true },
          ...{ changes: keys, hash: '', baseline: 24, count: 24, since: NOW },
        },
      ],
      notes: [
        {
          ...{ rule: 'Z5', code: 'COHORT_GONE', severity: 'warning' },
          evidence: {
            hold,
            kind: 'classes',
            attribute: 'grade',
            value: '05',
            count: 24,
            of: 24,
            restCount: 0,
            rest: 80,
          },
        },
      ],
    };
    const answer = explain({ ...sides, plan: held }, { class: 'c1' });
    expect([answer.verdict, ...answer.reasons.map(({ rule, code }) => `${rule} ${code}`)]).toEqual([
      'held',
      'K7 CLASS_ABSENT',
      'Z5 COHORT_GONE',
    ]);
    expect(answer.sentences[1]).toBe(
      `The hold ${hold} waits: all 24 classes of grade 05 vanished, and nobody else: this looks like a sharing rule (Z5). A person approves or discards it.`,
    );
  });

  it('explains an undo by the run that it takes back', () => {
    const sides = sidesOf({ feed: C1, host: hostOf(C1) });
    const undo = invert([], sides.local, { now: NOW });
    const answer = explain({ ...sides, plan: undo }, { class: 'c1' });
    expect([answer.verdict, answer.reasons]).toEqual(['kept', [{ rule: 'UNDO', code: 'NOT_UNDONE' }]]);
    expect(explain({ ...sides, plan: undo }, { class: 'c9' }).verdict).toBe('unknown');
  });

  it('refuses a roster or a host that is not the plan’s', () => {
    const sides = sidesOf({ feed: C1, host: hostOf(C1) });
    const other = { ...sides.roster, readId: 'read-2' };
    expect(() => explain({ ...sides, roster: other }, { class: 'c1' })).toThrow(/^roster: /u);
    const elsewhere = { ...sides.local, scope: { tenant: 'district-2' } };
    expect(() => explain({ ...sides, local: elsewhere }, { class: 'c1' })).toThrow(/^local: /u);
    expect(() => explain(sides, {} as ExplainTarget)).toThrow(/^target: /u);
  });

  it('takes the policy that the plan remembers, unless it is of another import', () => {
    const given = { feed: classWith('c1', { students: [] }), host: hostOf(C1), policy: FULL };
    const { plan, ...sides } = sidesOf(given);
    const deactivating = definePolicy({ ...FULL, deactivateUnrostered: true });
    const codeWith = (policy: typeof deactivating) => {
      const remembering = { ...plan, ledger: { ...plan.ledger, policy } };
      return explain({ ...sides, plan: remembering, now: NOW }, { user: 'a' }).reasons[0]?.code;
    };
    expect(codeWith(deactivating)).toBe('NOT_PLANNED');
    expect(codeWith({ ...deactivating, steps: ['guardians'] })).toBe('ACCOUNT_KEPT');
  });

  it('takes from the notes that Full Data is off, where it is not given the policy', () => {
    const before = merge(C1, classWith('c2', { students: ['b'] }));
    const feed = merge(classWith('c1', { students: [] }), { users: [student('a'), student('b')] });
    const sides = sidesOf({ feed, host: hostOf(before, { users: { a: { protected: true } } }) });
    const { reasons } = explain(sides, { enrollment: { class: 'c1', user: 'a' } });
    expect(reasons).toEqual([{ rule: 'M4', code: 'MEMBER_KEPT' }]);
  });

  it('finds the record that counts of two with one id', () => {
    const older = section('c1', { name: 'Older', dateLastModified: '2026-01-01T00:00:00Z' });
    const newer = section('c1', { dateLastModified: '2026-02-01T00:00:00Z', status: 'tobedeleted' });
    const feed = { classes: [newer, older], users: C1.users ?? [] };
    const answer = answerTo({ feed, host: hostOf(C1), target: { class: 'c1' } });
    expect(answer.reasons.map(({ code }) => code)).toEqual(['ABSENT_KEPT', 'DELETED_KEPT', 'DUP_ID']);
    const alive = section('c1');
    const both = { classes: [{ ...alive, status: 'tobedeleted' as const }, alive], users: C1.users ?? [] };
    const { reasons } = answerTo({ feed: { ...C1, ...both }, host: hostOf(C1), target: { class: 'c1' } });
    expect(reasons.map(({ code }) => code)).toEqual(['UNCHANGED', 'DUP_ID']);
  });
});
