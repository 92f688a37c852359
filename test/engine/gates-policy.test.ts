import { describe, expect, it } from 'vitest';
import { changedSettings, effectsOf, policyBefore } from '../../src/engine/gates/policy-change.js';
import { emptyLedger } from '../../src/model/index.js';
import type { Policy } from '../../src/model/index.js';
import { OPEN } from '../support/rows.js';
import {
  approvedIn,
  archiving,
  judged,
  joining,
  leavers,
  ledgerOf,
  lines,
  policyOf,
  type Scene,
} from './gates-scene.js';

const HELD = { limits: { ...OPEN, policyChange: true } };
const OLD = policyOf({ limits: { ...OPEN, policyChange: true }, classes: { duplicateNames: 'all' } });
const planned = (scene: Scene, old: Policy | 'none' = OLD) =>
  judged({ policy: HELD, ledger: { ...emptyLedger, ...(old === 'none' ? {} : { policy: old }) }, ...scene });

describe('Z10: which settings changed', () => {
  it('by name, down to the single one; lists as a whole', () => {
    const before = policyOf({ classes: { include: { subjects: ['math'] } }, access: { roles: { teacher: 'x' } } });
    const after = policyOf({
      classes: { include: { subjects: ['math', 'art'] }, options: { studentPortfolios: false } },
      windows: [{ kind: 'quiet', from: '20:00', to: '07:00' }],
      limits: { notices: 5 },
    });
    expect(changedSettings(before, after)).toEqual([
      'access.roles.teacher',
      'classes.include.subjects',
      'classes.options.studentPortfolios',
      'limits.notices',
      'windows',
    ]);
    expect(changedSettings(policyOf(), before)).toEqual(['access.roles.teacher', 'classes.include']);
  });

  it('none before the first run, none without a change, and none for another step or other people to be told', () => {
    expect(changedSettings(policyOf(), policyOf({ notify: { roles: ['Administrator'] } }))).toEqual([]);
    expect(changedSettings(undefined, policyOf())).toEqual([]);
    expect(changedSettings(policyOf(), policyOf())).toEqual([]);
    expect(changedSettings(policyOf(), policyOf({ steps: ['guardians'], additiveOnly: true }))).toEqual([]);
  });

  it('the old policy, for this import', () => {
    const now = policyOf({ steps: ['guardians'], additiveOnly: true });
    expect(policyBefore(OLD, now)).toEqual({ ...OLD, steps: ['guardians'], additiveOnly: true });
  });

  it('what they alone cause, by kind', () => {
    expect(
      effectsOf([...leavers(5), archiving('a'), archiving('b'), joining('n')], [...leavers(3), joining('n')]),
    ).toEqual({
      'enrollment-remove': 2,
      'class-archive': 2,
    });
    expect(effectsOf(leavers(2), leavers(2))).toEqual({});
  });
});

describe('Z10: the first removals under a new policy', () => {
  it('are told, with what the change alone causes', () => {
    const { notes } = planned({ policyEffects: { 'class-archive': 12 } });
    expect(notes).toEqual([
      {
        rule: 'Z10',
        code: 'POLICY_CHANGED',
        severity: 'info',
        evidence: { settings: ['classes.duplicateNames'], 'class-archive': 12 },
      },
    ]);
    expect(planned({}, policyOf(HELD)).notes).toEqual([]);
    expect(planned({}, 'none').notes).toEqual([]);
  });

  it('wait where the policy says so; the rest proceeds', () => {
    const plan = planned({ changes: [...leavers(2), joining('n')] });
    expect(lines(plan)).toEqual(['Z10 POLICY_CHANGED 2']);
    expect(plan.holds[0]).toMatchObject({ gate: 'Z10', count: 2, approvable: true });
    expect(planned({ changes: leavers(2), policy: { limits: OPEN } }).holds).toEqual([]);
    expect(planned({ changes: leavers(2) }, policyOf(HELD)).holds).toEqual([]);
    expect(planned({ changes: leavers(2) }, 'none').holds).toEqual([]);
  });

  it('are held until a person approves, and the next policy is the one compared with', () => {
    const first = planned({ changes: leavers(2) });
    expect(first.memory.policy).toEqual(policyOf(HELD));
    const again = judged({ policy: HELD, ledger: ledgerOf(first), changes: leavers(3) });
    expect(lines(again)).toEqual(['Z10 POLICY_CHANGED 3']);
    const approved = approvedIn(ledgerOf(first), 'Z10');
    expect(judged({ policy: HELD, ledger: approved, changes: leavers(2) }).holds).toEqual([]);
    expect(judged({ policy: HELD, ledger: ledgerOf(first), changes: [] }).latched).toEqual([]);
  });

  it('wait although the first run under it took nothing away', () => {
    const quiet = planned({ changes: [joining('n')] });
    expect(quiet.holds).toEqual([]);
    expect(quiet.memory.policy).toEqual(OLD);
    expect(lines(judged({ policy: HELD, ledger: ledgerOf(quiet), changes: leavers(1) }))).toEqual([
      'Z10 POLICY_CHANGED 1',
    ]);
  });

  it('without the setting the new policy is remembered at once; so is the first one', () => {
    expect(planned({ policy: { limits: OPEN } }).memory.policy).toEqual(policyOf({ limits: OPEN }));
    expect(planned({}, 'none').memory.policy).toEqual(policyOf(HELD));
    const steps = planned({ policy: { ...HELD, steps: ['guardians'] } }, policyOf(HELD));
    expect(steps.memory.policy?.steps).toEqual(['guardians']);
  });
});
