/** What a plan counts over a whole read, and what it says of it: only what is there, and of the right side. */

import { describe, expect, it } from 'vitest';
import type { GuardianLink, LocalUser } from '../../src/model/index.js';
import { enrolled, guardian, link, localLink, localUser, school, student, teacher } from '../support/build.js';
import { classWith, holdLines, hostOf, merge, mergeHosts, people, planOf } from '../support/rows.js';

const persons = (prefix: string, count: number, old = prefix) =>
  Array.from({ length: count }, (_, index) =>
    student(`${prefix}${String(index)}`, {
      givenName: 'Ann',
      familyName: `Lee-${old}`,
      email: `${old}${String(index)}@x.example`,
    }),
  );
const C1 = classWith('c1');

describe('G5: whether the ids of all persons are new', () => {
  /** Eleven persons of the host, six of whom are gone; the feed has so many under new ids. */
  const resetWith = (renewed: number) => {
    const stayed = persons('p', 5);
    const gone = persons('q', 6);
    const feed = people(...stayed, ...persons('n', renewed, 'q'));
    return holdLines(planOf({ feed, host: hostOf(people(...stayed, ...gone)), alone: true }));
  };

  it('is told where more than half of the feed’s persons are unknown', () => {
    expect(resetWith(6)).toContain('G5:users ID_SPACE_RESET 0');
  });

  it('not where those whom both sides know are as many', () => {
    expect(resetWith(5)).toEqual([]);
  });
});

describe('G5: whether most persons of the host are gone', () => {
  const stayed = persons('p', 6);
  const gone = persons('q', 7);
  const resetOf = (count: number) => {
    const feed = people(...stayed, ...persons('n', 7, 'q'));
    return planOf({ feed, host: hostOf(people(...stayed, ...gone.slice(0, count))), alone: true }).holds;
  };

  it('is told where they are more than those who stayed', () => {
    expect(resetOf(7)).toMatchObject([{ id: 'G5:users', code: 'ID_SPACE_RESET', baseline: 13, count: 7 }]);
  });

  it('not where they are as many', () => {
    expect(resetOf(6)).toEqual([]);
  });
});

describe('M10: what names nothing', () => {
  it('is told with how much of it there is, and counts against the read', () => {
    const feed = merge(C1, people(student('b')), { enrollments: [enrolled('c0', 'a'), enrolled('c0', 'b')] });
    const { notes, ledger } = planOf({ feed, host: hostOf(C1), alone: true });
    expect(notes).toMatchObject([
      { rule: 'M10', subject: 'class:c0', evidence: { missing: 'class', class: 'c0', enrollments: 2 } },
    ]);
    expect(ledger.healthy?.closure).toBe(0.5);
  });

  it('not what is marked as deleted', () => {
    const gone = { status: 'tobedeleted' } as const;
    const feed = merge(C1, { enrollments: [enrolled('c9', 'a', gone), enrolled('c9', 't', gone)] });
    expect(planOf({ feed, host: hostOf(C1), alone: true }).ledger.healthy?.closure).toBe(1);
  });
});

it('U6: those who have no class any more are told in the order of their ids', () => {
  const host = hostOf(merge(classWith('c1', { students: ['b'] }), classWith('c2', { students: ['a'] })));
  const feed = merge(...['c1', 'c2'].map((id) => classWith(id, { students: [] })), people(student('a'), student('b')));
  const { notes } = planOf({ feed, host, policy: { fullData: true } });
  expect(notes.filter(({ rule }) => rule === 'U6').map(({ subject }) => subject)).toEqual(['user:a', 'user:b']);
});

it('G3: a kind of which only closed accounts are left is not taken for emptied', () => {
  const closed = (account: Partial<LocalUser>) => {
    const feed = classWith('c1', { teachers: [] });
    return holdLines(
      planOf({ feed, host: hostOf(C1, { users: { t: account } }), policy: { fullData: true }, alone: true }),
    );
  };
  expect(closed({})).toEqual(['G3:teachers EMPTY_FEED 1']);
  expect(closed({ state: 'deactivated', by: 'user' })).toEqual([]);
});

it('K10: an aide who stays is no teacher who stays: all others, and the term, are new', () => {
  const aided = (students: readonly string[], teacherId: string, term: string) =>
    merge(classWith('c1', { students, teachers: [teacherId], termSourcedIds: [term] }), {
      users: [teacher('a0')],
      enrollments: [enrolled('c1', 'a0', { role: 'aide' })],
    });
  const plan = planOf({
    feed: aided(['b1', 'b2', 'b3', 'b4', 'b5'], 'u', 'spring'),
    host: hostOf(aided(['c1', 'c2', 'c3', 'c4', 'c5'], 't', 'fall')),
  });
  expect(plan.holds.map(({ id }) => id)).toEqual(['K10:c1']);
});

it('a limit on classes is of those that a sync manages: none that is new, archived or people’s own', () => {
  const more = ['c2', 'c3', 'c4'];
  const classes = merge(C1, ...more.map((id) => classWith(id, { students: [], teachers: [] })));
  const over = planOf({
    feed: merge(people(student('a'), teacher('t')), classWith('new', { students: [], teachers: [] })),
    host: hostOf(classes, { classes: { c3: { state: 'archived', by: 'sync' }, c4: { origin: 'local' } } }),
    policy: { fullData: true, archive: true, limits: { classes: 0.1, floor: 0 } },
  });
  // Those of `c1`, `c2` and the quiet class.
  expect(over.holds.find(({ id }) => id === 'G6:classes')).toMatchObject({ baseline: 3, count: 2 });
});

it('a gate tells what its hold is over, and nothing that it is not about', () => {
  const policy = { fullData: true, limits: { enrollments: 0.1, floor: 0 } };
  const over = planOf({
    feed: merge(classWith('c1', { students: [] }), people(student('a'))),
    host: hostOf(C1),
    policy,
  });
  expect(over.gates.find(({ gate }) => gate === 'G6')?.evidence).toStrictEqual({
    hold: 'G6:enrollments',
    changes: 1,
    kind: 'enrollments',
    baseline: 4,
    count: 1,
    limit: 0.1,
  });
  const FIVE = ['b1', 'b2', 'b3', 'b4', 'b5'];
  const recycled = planOf({
    feed: classWith('c1', { students: FIVE, teachers: ['u'], termSourcedIds: ['spring'] }),
    host: hostOf(C1),
  });
  expect(recycled.holds).toMatchObject([{ id: 'K10:c1', approvable: true }]);
  expect(recycled.gates.find(({ gate }) => gate === 'K10')?.evidence).toStrictEqual({ hold: 'K10:c1', changes: 2 });
});

it('K5, F6: what a change and a note are about is told with them', () => {
  const X = 'x@school.example';
  const feed = merge(
    C1,
    classWith('c2', { period: '3' }),
    people(student('a', { email: X }), teacher('t', { email: X })),
  );
  const host = hostOf(merge(C1, classWith('c2'), people(student('a', { email: X }))));
  const { changes, notes } = planOf({ feed, host, alone: true });
  expect(changes.find(({ kind }) => kind === 'class-update')?.reason.evidence).toEqual({ fields: ['period'] });
  expect(notes.find(({ code }) => code === 'EMAIL_TAKEN')?.evidence).toEqual({ field: 'email', owner: 't' });
});

it('P3, P4: a dropped link tells why the district has it no more, where it is the district that has it no more', () => {
  const G = guardian('g');
  const told = { ...merge(C1, people(G)), guardianLinks: [link('g', 'a', { contactType: 'Doctor' })] };
  const host = { ...mergeHosts(hostOf(C1), { users: [localUser(G)] }), guardianLinks: [localLink('g', 'a')] };
  const causeOf = (guardianLinks: readonly GuardianLink[], contactTypes?: readonly string[]) => {
    const guardians = contactTypes === undefined ? {} : { guardians: { contactTypes } };
    const policy = { steps: ['guardians'], fullData: true, ...guardians } as const;
    const { changes } = planOf({ feed: { ...told, guardianLinks }, host, policy });
    return changes.map(({ kind, reason }) => [kind, reason.rule, reason.evidence?.['cause']]);
  };
  expect(causeOf([])).toEqual([['guardian-unlink', 'P3', 'WITHDRAWN']]);
  expect(causeOf([link('g', 'a', { status: 'tobedeleted' })])).toEqual([['guardian-unlink', 'P3', 'TOMBSTONE']]);
  expect(causeOf(told.guardianLinks, ['Family'])).toEqual([['guardian-unlink', 'P4', undefined]]);
});

it('the read that was healthy is remembered with its courses and schools', () => {
  const feed = { ...C1, schools: [school('s1')], courses: [{ sourcedId: 'math', title: 'Math' }] };
  expect(planOf({ feed, host: hostOf(C1), alone: true }).ledger.healthy?.counts).toMatchObject({
    schools: 1,
    courses: 1,
    classes: 1,
    users: 2,
    enrollments: 2,
  });
});
