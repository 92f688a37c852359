/** Why, and why not, of a plan that does not do what its rules say, and of one whose policy nobody knows. */

import { describe, expect, it } from 'vitest';
import { explain, invert, type ExplainTarget } from '../../src/engine/index.js';
import type { Plan } from '../../src/model/index.js';
import { definePolicy } from '../../src/policy/index.js';
import { guardian, localLink, localUser, NOW, school, student } from '../support/build.js';
import { classWith, hostOf, merge, mergeHosts, OPEN, people } from '../support/rows.js';
import { BY_SYNC, C1, FULL, GUARDIANS, sidesOf, SCHOOL_1, type Given } from './explain-scene.js';

const WITHOUT_A = merge(classWith('c1', { students: [] }), people(student('a')));
const LINKED = merge(C1, {
  users: [guardian('g')],
  guardianLinks: [{ guardianSourcedId: 'g', studentSourcedId: 'a' }],
});
const BY_SYNC_REMOVED = { state: 'removed', by: 'sync' } as const;
const LINK = { guardian: { guardian: 'g', student: 'a' } };
const MEMBER = { enrollment: { class: 'c1', user: 'a' } };
const ALL_STEPS = { steps: ['classes', 'teachers', 'students', 'guardians'] } as const;

/** The plan as it would be if it did nothing and told nothing. */
function emptied(plan: Plan): Plan {
  return { ...plan, changes: [], notes: [], holds: [], counts: { ...plan.counts, changes: 0, destructive: 0 } };
}

function linesOf(given: Given, target: ExplainTarget, options: { readonly knowsPolicy: boolean }): readonly string[] {
  const { plan, ...sides } = sidesOf(given);
  const { policy: _policy, ...ledger } = plan.ledger;
  const known = options.knowsPolicy ? { policy: definePolicy({ limits: OPEN, ...given.policy }) } : {};
  const answer = explain({ ...sides, plan: { ...emptied(plan), ledger }, ...known, now: NOW }, target);
  return [answer.verdict, ...answer.reasons.map(({ rule, code }) => `${rule} ${code}`)];
}

const UNPLANNED: readonly (readonly [title: string, given: Given, target: ExplainTarget, expected: string])[] = [
  [
    'a new school',
    { feed: { schools: [school('s1'), school('s2'), school('s9')] } },
    { school: 's9' },
    'not-imported S1 NOT_PLANNED',
  ],
  [
    'a class that comes back',
    { feed: C1, host: hostOf(C1, { classes: { c1: BY_SYNC } }) },
    { class: 'c1' },
    'kept K8 NOT_PLANNED',
  ],
  ['a new member', { feed: C1, host: { ...hostOf(C1), enrollments: [] } }, MEMBER, 'not-imported M1 NOT_PLANNED'],
  [
    'a member who comes back',
    { feed: C1, host: hostOf(C1, { members: { 'c1/a': BY_SYNC_REMOVED } }) },
    MEMBER,
    'kept M5 NOT_PLANNED',
  ],
  ['a member who is gone', { feed: WITHOUT_A, host: hostOf(C1), policy: FULL }, MEMBER, 'kept M3 NOT_PLANNED'],
  [
    'an account for a teacher',
    { feed: C1, host: { ...hostOf(C1), users: [localUser(student('a'))] } },
    { user: 't' },
    'not-imported U2 NOT_PLANNED',
  ],
  [
    'a person who comes back',
    { feed: C1, host: hostOf(C1, { users: { a: { state: 'deactivated', by: 'sync' } } }) },
    { user: 'a' },
    'kept U7 NOT_PLANNED',
  ],
  [
    'a new link',
    { feed: LINKED, host: mergeHosts(hostOf(C1), { users: [localUser(guardian('g'))] }), policy: GUARDIANS },
    LINK,
    'not-imported P1 NOT_PLANNED',
  ],
  [
    'a link that comes back',
    {
      feed: LINKED,
      host: mergeHosts(hostOf(C1), {
        users: [localUser(guardian('g'))],
        guardianLinks: [localLink('g', 'a', BY_SYNC_REMOVED)],
      }),
      policy: GUARDIANS,
    },
    LINK,
    'kept P9 NOT_PLANNED',
  ],
  [
    'a link that is gone',
    {
      feed: merge(C1, people(guardian('g'))),
      host: mergeHosts(hostOf(C1), { users: [localUser(guardian('g'))], guardianLinks: [localLink('g', 'a')] }),
      policy: { ...ALL_STEPS, ...FULL },
    },
    LINK,
    'kept P3 NOT_PLANNED',
  ],
];

describe('a plan that does not do what its rules say', () => {
  it.each(UNPLANNED)('%s', (_title, given, target, expected) => {
    const [verdict = '', ...reasons] = linesOf(given, target, { knowsPolicy: true });
    expect(`${verdict} ${reasons[0] ?? ''}`).toBe(expected);
  });
});

const UNKNOWN_POLICY: readonly (readonly [title: string, given: Given, target: ExplainTarget, expected: string])[] = [
  [
    'a teacher without an account: teachers seem to get none',
    { feed: C1, host: { ...hostOf(C1), users: [localUser(student('a'))] } },
    { user: 't' },
    'not-imported U2 ACCOUNTS_OFF',
  ],
  [
    'a member who is gone: Full Data seems to be off',
    { feed: WITHOUT_A, host: hostOf(C1) },
    MEMBER,
    'kept M4 MEMBER_KEPT',
  ],
  [
    'a link that is gone: the same',
    {
      feed: merge(C1, people(guardian('g'))),
      host: mergeHosts(hostOf(C1), { users: [localUser(guardian('g'))], guardianLinks: [localLink('g', 'a')] }),
      policy: GUARDIANS,
    },
    LINK,
    'kept P3 LINK_KEPT',
  ],
  [
    'a new link of who has an account: its type seems to be left out',
    { feed: LINKED, host: mergeHosts(hostOf(C1), { users: [localUser(guardian('g'))] }), policy: GUARDIANS },
    LINK,
    'not-imported P4 CONTACT_TYPE_EXCLUDED',
  ],
  [
    'a new link of who has none: the same',
    { feed: LINKED, host: hostOf(C1), policy: GUARDIANS },
    LINK,
    'not-imported P4 CONTACT_TYPE_EXCLUDED',
  ],
];

describe('a plan whose policy nobody knows', () => {
  it.each(UNKNOWN_POLICY)('%s', (_title, given, target, expected) => {
    const [verdict = '', ...reasons] = linesOf(given, target, { knowsPolicy: false });
    expect(`${verdict} ${reasons[0] ?? ''}`).toBe(expected);
  });

  it.each([
    ['what is gone is removed', { changes: true }, 'kept M3 NOT_PLANNED'],
    ['a note tells that absent classes stay', { note: ['K7', 'ABSENT_CLASS_ACTIVE'] }, 'kept M3 NOT_PLANNED'],
    ['a note tells that absent classes are kept', { note: ['K7', 'ABSENT_KEPT'] }, 'kept M4 MEMBER_KEPT'],
  ] as const)('Full Data, where %s', (_title, told, expected) => {
    const { plan, ...sides } = sidesOf({ feed: WITHOUT_A, host: hostOf(C1), policy: FULL });
    const { policy: _policy, ...ledger } = plan.ledger;
    const notes = 'note' in told ? [{ rule: told.note[0], code: told.note[1], severity: 'info' as const }] : [];
    const notesByCode = 'note' in told ? { [told.note[1]]: 1 } : {};
    const counts = { ...plan.counts, notesByCode, destructive: 'changes' in told ? 1 : 0 };
    const { verdict, reasons } = explain(
      { ...sides, plan: { ...emptied(plan), notes, counts, ledger }, now: NOW },
      MEMBER,
    );
    expect([verdict, reasons[0]?.rule, reasons[0]?.code].join(' ')).toBe(expected);
  });
});

describe('an undo that keeps a record', () => {
  it('says why by its note', () => {
    const { local, roster, plan } = sidesOf({ feed: C1, host: hostOf(C1, { classes: { c1: { name: 'Ours' } } }) });
    const change = {
      ...plan.changes[0],
      kind: 'class-update',
      subject: 'class:c1',
      key: 'class-update class:c1',
      target: { id: 'class-c1', sourcedId: 'c1' },
      before: { name: 'Old' },
      after: { name: 'New' },
      reason: { rule: 'K5', code: 'NAME_CHANGED' },
      fingerprint: 'x',
      destructive: false,
      heldBy: [],
    } as never;
    const gone = { ...(change as object), subject: 'class:c9', key: 'class-update class:c9' } as never;
    const journal = [
      { runId: 'run-1', at: NOW, change, recordId: 'class-c1', version: 2 },
      { runId: 'run-1', at: NOW, change: gone, recordId: 'class-c9', version: 2 },
    ] as never;
    const undo = invert(journal, local, { now: NOW });
    const answers = ['c1', 'c9'].map((id) => explain({ plan: undo, roster, local }, { class: id }));
    expect(answers.map(({ verdict, reasons }) => [verdict, ...reasons.map(({ code }) => code)])).toEqual([
      ['kept', 'UNDO_CONFLICT'],
      ['not-imported', 'UNDO_GONE'],
    ]);
  });
});

describe('who is of another school', () => {
  it('a new teacher outside the scope, with no class here', () => {
    const given = { feed: people(student('x', { roles: ['staff'], schoolSourcedIds: ['s2'] })), scope: SCHOOL_1 };
    const answer = linesOf({ ...given, policy: { staff: { create: true } } }, { user: 'x' }, { knowsPolicy: true });
    expect(answer).toEqual(['not-imported', 'SCOPE OUT_OF_SCOPE']);
  });

  it('and one at the school of the scope, whom the plan leaves out', () => {
    const given = { feed: people(student('x', { roles: ['staff'] })), scope: SCHOOL_1 };
    const answer = linesOf({ ...given, policy: { staff: { create: true } } }, { user: 'x' }, { knowsPolicy: true });
    expect(answer).toEqual(['not-imported', 'U3 NOT_PLANNED']);
  });
});
