import { describe, expect, it } from 'vitest';
import { afterApproval, basisOf, ledgerOfApproval, startedLedger } from '../../src/engine/gates/index.js';
import { emptyLedger } from '../../src/model/index.js';
import type { Ledger, Proposal } from '../../src/model/index.js';
import { student } from '../support/build.js';
import { classWith, hostOf, merge, OPEN, people, planOf } from '../support/rows.js';

const ANSWERED = { outcome: 'declined', by: 'admin-1', at: '2026-09-02T00:00:00.000Z' } as const;
const proposal = (id: string): Proposal => ({
  id,
  kind: 'user-rekey',
  rule: 'U12',
  recordId: 'user-a',
  from: 'a',
  sourcedId: id,
  evidence: {},
  likeness: 0.9,
  since: '2026-09-01T00:00:00.000Z',
});
const QUIET = planOf({ feed: {} });
const planned = (ledger: Partial<Ledger>) => ({ ...QUIET, ledger: { ...emptyLedger, ...ledger } });
const started = (ledger: Partial<Ledger>, present: Partial<Ledger>) =>
  startedLedger(planned(ledger), new Set(), { ...emptyLedger, ...present });

describe('what a plan takes for granted of the ledger', () => {
  const baselines = { classes: 1, users: 1, enrollments: 1, guardianLinks: 1 };

  it.each<[string, Partial<Ledger>]>([
    ['that the last read was incomplete', { incomplete: true }],
    ['what broke off', { unfinished: { baselines, removals: [] } }],
    ['which messages wait', { messages: ['user-create user:a'] }],
  ])('%s', (_what, ledger) => {
    expect(basisOf({ ...emptyLedger, ...ledger })).not.toBe(basisOf(emptyLedger));
  });
});

describe('what people said since a plan was made', () => {
  it('is not forgotten: answers to its proposals', () => {
    const open = [proposal('x'), proposal('y'), { ...proposal('z'), decision: ANSWERED }];
    const { proposals } = started({ proposals: open }, { proposals: [{ ...proposal('x'), decision: ANSWERED }] });
    expect(proposals?.map(({ id, decision }) => [id, decision?.outcome])).toEqual([
      ['x', 'declined'],
      ['y', undefined],
      ['z', 'declined'],
    ]);
    expect(started({ proposals: [proposal('x')] }, {}).proposals).toEqual([proposal('x')]);
    expect(started({}, { proposals: [proposal('x')] })).not.toHaveProperty('proposals');
  });
});

describe('what a person releases with a plan', () => {
  const plan = planOf({
    feed: merge(classWith('c1', { students: ['b'] }), people(student('a'))),
    host: hostOf(classWith('c1', { students: ['a', 'b'] })),
    policy: { fullData: true, limits: { ...OPEN, enrollments: 0, floor: 0 } },
  });

  it('is among the removals of its run from the start; what goes on waiting is not', () => {
    const [{ key, heldBy } = { key: '', heldBy: [] }] = plan.changes;
    expect([key, heldBy]).toEqual(['enrollment-remove enrollment:2:c1:a', ['G6:enrollments']]);
    const removalsOf = (released: readonly string[]) => startedLedger(plan, new Set(released)).unfinished?.removals;
    expect(removalsOf(['G6:enrollments'])).toEqual([key]);
    expect(removalsOf(['G6:classes'])).toEqual([]);
  });
});

describe('what people undid or discarded since a plan was made', () => {
  const suppression = (subject: string) =>
    ({ kind: 'class-archive', subject, fingerprint: 'absent', cause: 'undo' }) as const;

  it('is not forgotten, and what the plan knows is not kept twice', () => {
    const [known, since] = [suppression('class:a'), suppression('class:b')];
    expect(started({ suppressions: [known] }, { suppressions: [known, since] }).suppressions).toEqual([known, since]);
    expect(started({ suppressions: [known] }, { suppressions: [known] }).suppressions).toEqual([known]);
  });
});

describe('what an approved hold takes away', () => {
  const applied = new Set(['enrollment-remove enrollment:2:c1:a']);

  it('counts for the week at once', () => {
    expect(ledgerOfApproval(emptyLedger, applied, '2026-10-01').removals).toBeDefined();
  });

  it('or with the run that broke off before, when that ends', () => {
    const unfinished = { baselines: {}, removed: {} } as unknown as NonNullable<Ledger['unfinished']>;
    const ledger = { ...emptyLedger, unfinished };
    expect(ledgerOfApproval(ledger, applied, '2026-10-01').removals).toBeUndefined();
  });

  it('counts no more where its record had changed and it stayed; what was not tried yet is still in doubt', () => {
    const [went, stayed, untried] = ['a', 'b', 'd'].map((user) => `enrollment-remove enrollment:2:c1:${user}`) as [
      string,
      string,
      string,
    ];
    const due = ledgerOfApproval(emptyLedger, new Set([went, stayed, untried]), '2026-10-01');
    expect(due.removals).toMatchObject([{ removed: 3, unconfirmed: [went, stayed, untried] }]);
    expect(afterApproval(due, new Set([went]), new Set([stayed])).removals).toMatchObject([
      { removed: 2, unconfirmed: [untried] },
    ]);
  });
});
