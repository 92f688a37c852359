import { describe, expect, it } from 'vitest';
import { isAcknowledgeable } from '../../src/engine/gates/decisions.js';
import { causesOfMessages, holdsMessages, isInvited, movesAddress } from '../../src/engine/gates/notices.js';
import { noteWindows } from '../../src/engine/gates/notes.js';
import { Unjudged } from '../../src/engine/gates/unjudged.js';
import { emptyLedger } from '../../src/model/index.js';
import type { Change, Gate, Hold, Ledger } from '../../src/model/index.js';
import type { PolicyInput } from '../../src/policy/index.js';
import { OPEN } from '../support/rows.js';
import { judged, leavers, ledgerOf, lines, moving, person, policyOf, type Scene } from './gates-scene.js';

const teacher = (id: string, fields: object = {}) =>
  person(id, { roles: ['teacher'], email: `${id}@x.example`, ...fields });
const teachers = (count: number, from = 0): readonly Change[] =>
  Array.from({ length: count }, (_, index) => teacher(`t${String(from + index)}`));
const numbered = (id: string, before: string | null, after: string | null) =>
  ({ ...moving(id, null, null), before: { mobile: before }, after: { mobile: after } }) as Change;
const QUIET = new Set(['quiet'] as const);

describe('G8: which changes cause a message', () => {
  const count = (change: Change, policy: PolicyInput = {}) => causesOfMessages([change], policyOf(policy)).length;

  it.each<[string, Change, PolicyInput, number]>([
    ['a new teacher with an address', teacher('t'), {}, 1],
    ['not: without one', teacher('t', { email: null }), {}, 0],
    ['not: with what cannot be one', teacher('t', { email: 'nobody' }), {}, 0],
    ['not: without access', teacher('t', { enabled: false }), {}, 0],
    ['not: where teachers are not invited', teacher('t'), { invitations: { teachers: false } }, 0],
    ['a new guardian', teacher('g', { roles: ['guardian'] }), {}, 1],
    [
      'not: where guardians are not invited',
      teacher('g', { roles: ['guardian'] }),
      { invitations: { guardians: false } },
      0,
    ],
    ['not: a new student', teacher('s', { roles: ['student'] }), {}, 0],
    ['a new student, where students are', teacher('s', { roles: ['student'] }), { invitations: { students: true } }, 1],
    ['not: staff', teacher('a', { roles: ['administrator', 'staff'] }), { invitations: { students: true } }, 0],
    ['not: without roles', teacher('a', { roles: null }), {}, 0],
    ['another address', moving('t', 'a@x.example', 'b@x.example'), {}, 1],
    ['the first address', moving('t', null, 'b@x.example'), {}, 1],
    ['not: the same in other letters', moving('t', 'a@x.example', 'A@X.example '), {}, 0],
    ['not: an address that goes', moving('t', 'a@x.example', null), {}, 0],
    [
      'a new guardian with a mobile phone alone',
      teacher('g', { roles: ['guardian'], email: null, mobile: '555 010 0123' }),
      {},
      1,
    ],
    ['not: with a number that is none', teacher('g', { roles: ['guardian'], email: null, mobile: '000' }), {}, 0],
    ['not: a new teacher with a mobile phone alone', teacher('t', { email: null, mobile: '555 010 0123' }), {}, 0],
    ['another number', numbered('g', '555 010 0123', '555 010 0199'), {}, 1],
    ['the first number', numbered('g', null, '555 010 0199'), {}, 1],
    ['not: the same in other signs', numbered('g', '5550100123', '+1 (555) 010-0123'), {}, 0],
    ['not: a number that goes', numbered('g', '5550100123', null), {}, 0],
    ['not: what is held', { ...teacher('t'), heldBy: ['G5:users'] }, {}, 0],
    ['not: a removal', leavers(1)[0] as Change, {}, 0],
  ])('%s', (_title, change, policy, expected) => {
    expect(count(change, policy)).toBe(expected);
  });

  it('one person, whom the policy invites', () => {
    const policy = policyOf();
    expect(isInvited({ roles: ['teacher'], email: 'a@x.example' }, policy)).toBe(true);
    expect(isInvited({ roles: undefined, email: 'a@x.example' }, policy)).toBe(false);
    expect(movesAddress({ ...moving('t', null, null), after: { email: undefined } } as Change)).toBe(false);
    expect(movesAddress({ ...moving('t', null, null), after: { grade: '05' } } as Change)).toBe(false);
  });
});

describe('G8: too many messages', () => {
  const noticed = (changes: readonly Change[], ledger: Ledger = emptyLedger, scene: Scene = {}) =>
    judged({ changes, ledger, policy: { limits: { ...OPEN, notices: 3 } }, ...scene });

  it('more than the limit wait, all of them, and the data is applied', () => {
    const plan = noticed(teachers(4));
    expect(lines(plan)).toEqual(['G8 NOTICES_HELD 0']);
    expect(plan.holds[0]).toMatchObject({ gate: 'G8', count: 4, limit: 3, approvable: true, changes: [] });
    expect(plan.changes.every(({ heldBy }) => heldBy.length === 0)).toBe(true);
    expect(holdsMessages(plan)).toBe(true);
  });

  it('not the limit itself, nor without a limit', () => {
    expect(noticed(teachers(3)).holds).toEqual([]);
    expect(holdsMessages(noticed(teachers(3)))).toBe(false);
    expect(judged({ changes: teachers(100) }).holds).toEqual([]);
    expect(noticed(teachers(1), emptyLedger, { policy: { limits: { ...OPEN, notices: 0 } } }).holds).toHaveLength(1);
  });

  it('a message that was let go is remembered while a plan cannot judge whether it is due, and no longer', () => {
    const move = moving('t', 'a@x.example', 'b@x.example');
    const ledger: Ledger = { ...emptyLedger, messages: [move.key] };
    const unjudged = new Unjudged(ledger);
    unjudged.record(move.subject);
    expect(noticed([], ledger, { unjudged }).memory.messages).toEqual([move.key]);
    expect(noticed([], ledger).memory).not.toHaveProperty('messages');
    // It does not count with newcomers', unless these are too many by themselves.
    const some = noticed([move, ...teachers(3)], ledger);
    expect([some.holds, some.memory.messages]).toEqual([[], [move.key]]);
    expect(noticed([move, ...teachers(4)], ledger).holds).toMatchObject([{ count: 5 }]);
  });

  it('they wait until a person says so: tomorrow’s few join them', () => {
    const first = noticed(teachers(4));
    const later = noticed(teachers(1, 4), ledgerOf(first));
    expect(later.holds[0]).toMatchObject({ id: 'G8', count: 5, since: first.holds[0]?.since });
    expect(holdsMessages(later)).toBe(true);
    // So many were not read when fewer were approved.
    expect(later.holds[0]?.hash).not.toBe(first.holds[0]?.hash);
    const unlimited = noticed([], ledgerOf(first), { policy: { limits: OPEN } });
    expect(lines(unlimited)).toEqual(['G8 NOTICES_HELD 0']);
    expect(unlimited.holds[0]).not.toHaveProperty('limit');
    expect(later.memory.messages).toEqual(teachers(1, 4).map(({ key }) => key));
    expect(lines(noticed([], ledgerOf(first), { isRestricted: true }))).toEqual(['G8 NOTICES_HELD 0']);
    expect(noticed(teachers(1), { ...ledgerOf(first), holds: [] }).holds).toEqual([]);
  });

  it('a hold of which a ledger does not tell how many it held counts those that come from now on', () => {
    const first = ledgerOf(noticed(teachers(4)));
    const holds = first.holds.map(({ count: _count, ...hold }) => hold);
    expect(noticed(teachers(1, 4), { ...first, holds }).holds).toMatchObject([{ id: 'G8', count: 1 }]);
  });

  it('a hold that a person released lets them go', () => {
    const plan = noticed(teachers(4));
    expect(holdsMessages(plan, new Set(['G8']))).toBe(false);
    expect(holdsMessages(plan, new Set(['G6:users']))).toBe(true);
  });

  it('a first import that invites nobody causes none', () => {
    const policy = { limits: { ...OPEN, notices: 3 }, invitations: { silentFirstSync: true } };
    const first = { enrollments: 0, classes: 0, users: 0, guardianLinks: 0 };
    expect(noticed(teachers(9), emptyLedger, { policy, baselines: first }).holds).toEqual([]);
    expect(noticed(teachers(9), emptyLedger, { policy }).holds).toHaveLength(1);
    expect(noticed(teachers(9), emptyLedger, { baselines: first }).holds).toHaveLength(1);
  });

  it('in quiet hours they wait, however few, and nothing is latched', () => {
    const plan = judged({ changes: teachers(1), windows: QUIET });
    expect(lines(plan)).toEqual(['G8:quiet QUIET_HOURS 0']);
    expect(plan.holds[0]).toMatchObject({ gate: 'G8', count: 1, approvable: true });
    expect(holdsMessages(plan)).toBe(true);
    const morning = judged({ changes: [], ledger: ledgerOf(plan) });
    expect(morning.latched).toEqual([]);
    expect(holdsMessages(morning)).toBe(false);
  });

  it('in quiet hours without a message there is no hold, and what waits goes on waiting', () => {
    const plan = judged({ changes: leavers(1), windows: QUIET });
    expect(plan.holds).toEqual([]);
    expect(plan.gates).toEqual([{ gate: 'G8', code: 'QUIET_HOURS', evidence: { hold: 'G8:quiet', count: 0 } }]);
    expect(holdsMessages(plan)).toBe(true);
  });

  it('too many in quiet hours are both', () => {
    expect(lines(noticed(teachers(4), emptyLedger, { windows: QUIET }))).toEqual([
      'G8 NOTICES_HELD 0',
      'G8:quiet QUIET_HOURS 0',
    ]);
  });

  it.each<[Gate, boolean]>([
    ['G2', true],
    ['G4', true],
    ['G8', true],
    ['G3', false],
    ['G6', false],
    ['cause', false],
  ])('messages wait under %s: %s', (gate, expected) => {
    expect(holdsMessages({ gates: [{ gate, code: 'X' }] })).toBe(expected);
    expect(holdsMessages({ gates: [{ gate, code: 'X', evidence: { latched: true } }] })).toBe(false);
  });
});

describe('what a person acknowledges with a plan', () => {
  const hold = (gate: Gate, code = 'X', approvable = true): Pick<Hold, 'gate' | 'code' | 'approvable'> => ({
    gate,
    code,
    approvable,
  });

  it.each<[string, boolean, Pick<Hold, 'gate' | 'code' | 'approvable'>]>([
    ['a limit', true, hold('G6')],
    ['a week’s limit', true, hold('G7')],
    ['an emptied class', true, hold('K15')],
    ['a school that is gone', true, hold('cause', 'SCHOOL_GONE')],
    ['a cohort that is gone', true, hold('cause', 'COHORT_GONE')],
    ['not: another cause', false, hold('cause', 'WITHDRAWN')],
    ['not: an incomplete read', false, hold('G2', 'INCOMPLETE_READ', false)],
    ['not: an empty feed', false, hold('G3', 'EMPTY_FEED')],
    ['not: an odd shape', false, hold('G4')],
    ['not: ids given anew', false, hold('G5')],
    ['not: a recycled class', false, hold('K10')],
    ['not: a recycled person', false, hold('U13')],
    ['not: a new policy', false, hold('Z10')],
    ['not: what no approval helps', false, hold('G6', 'X', false)],
  ])('%s: %s', (_title, expected, held) => {
    expect(isAcknowledgeable(held)).toBe(expected);
    expect(isAcknowledgeable(held, { mail: true })).toBe(expected);
  });

  it('messages only where they say so', () => {
    expect(isAcknowledgeable(hold('G8'))).toBe(false);
    expect(isAcknowledgeable(hold('G8'), { mail: false })).toBe(false);
    expect(isAcknowledgeable(hold('G8'), { mail: true })).toBe(true);
  });
});

describe('Z9: what is told of windows', () => {
  it('a blackout and an additive-only window; quiet hours are a gate', () => {
    expect(noteWindows(new Set(['blackout', 'additive-only', 'quiet']))).toEqual([
      { rule: 'Z9', code: 'BLACKOUT', severity: 'warning' },
      { rule: 'Z9', code: 'WINDOW_ADDITIVE', severity: 'info' },
    ]);
    expect(noteWindows(QUIET)).toEqual([]);
  });
});
