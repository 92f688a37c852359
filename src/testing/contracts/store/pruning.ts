import type { RunReport } from '../../../ports/index.js';
import type { Scope } from '../../../model/index.js';
import type { Rules } from '../contract.js';
import { expectFields, expectNoField, expectSame } from '../expecting.js';
import type { StoreBench } from './bench.js';
import { decisionOf } from './deciding.js';
import { createClass, createUser, invite, renameClass, reportOf } from './changes.js';

const JULY = '2026-07-01T06:00:00.000Z';
const AUGUST = '2026-08-01T06:00:00.000Z';
const SEPTEMBER = '2026-09-01T06:00:00.000Z';

/** What is left of the runs, with what the reports still say. */
async function runsOf({ store }: StoreBench, scope: Scope): Promise<unknown> {
  const reports = await store.runs(scope);
  return reports.map(({ id, failures, applied }) => [id, failures.length, applied]);
}

/** Two people with an invitation each, of July and of August, which expire a month after. */
async function inviteTwo({ apply, store, state }: StoreBench, scope: Scope): Promise<void> {
  await apply(scope, [createUser('u1'), createUser('u2')]);
  const { users } = await state(scope);
  for (const [index, at] of [JULY, AUGUST].entries()) {
    const userId = users[index]?.id ?? '';
    const item = invite(`user:${String(index)}`, { userId, state: index === 0 ? 'pending' : 'waiting' });
    const expiresAt = index === 0 ? AUGUST : SEPTEMBER;
    const invitation = { ...item.invitation, createdAt: at, expiresAt };
    await store.apply({ scope, runId: `invites ${at}`, at, changes: [], invitations: [{ ...item, invitation }] });
  }
}

/** How a store lets go of what is older than it is to be kept. */
export const pruning: Rules<StoreBench> = {
  'the changes of a run go, all or none, when the last of them is older': async ({ store, newScope, apply }) => {
    const scope = await newScope();
    const elsewhere = await newScope();
    for (const each of [scope, elsewhere]) {
      await apply(each, [createClass('c1'), createClass('c2')], { runId: 'old', at: JULY });
      await apply(each, [renameClass('c1', 'One', 1)], { runId: 'between', at: JULY });
      await apply(each, [renameClass('c2', 'Two', 1)], { runId: 'between', at: AUGUST });
    }
    const keptOf = async (each: Scope) =>
      Promise.all(['old', 'between'].map(async (run) => (await store.journal(each, run)).length));
    await store.prune(scope, { journal: JULY });
    expectSame('the journal while nothing is older', await keptOf(scope), [2, 2]);
    await store.prune({ ...scope, schools: ['s1'] }, { journal: AUGUST });
    expectSame('the journal', await keptOf(scope), [0, 2]);
    expectSame('another tenant’s', await keptOf(elsewhere), [2, 2]);
    await store.prune(scope, { journal: SEPTEMBER });
    expectSame('the journal in the end', await keptOf(scope), [0, 0]);
  },

  'reports go, but for the counts of the newest that tells of an import, in each scope': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    const narrow = { ...scope, schools: ['s1'] };
    const elsewhere = await newScope();
    const failed: Partial<RunReport> = { outcome: 'failed', applied: 0 };
    for (const each of [scope, elsewhere]) {
      await store.saveRun(reportOf(each, 'first', '2026-06-01T06:00:00.000Z'));
      await store.saveRun(reportOf(each, 'second', JULY));
      await store.saveRun({ ...reportOf(each, 'undo', '2026-07-02T06:00:00.000Z'), type: 'undo' });
      await store.saveRun({ ...reportOf(each, 'empty', '2026-07-03T06:00:00.000Z'), applied: 0 });
      await store.saveRun({ ...reportOf(each, 'failed', '2026-07-04T06:00:00.000Z'), ...failed });
      await store.saveRun({ ...reportOf(each, 'new', AUGUST), ...failed });
    }
    await store.saveRun({ ...reportOf(narrow, 'of one school', JULY), outcome: 'held' });
    await store.prune(scope, { runs: AUGUST });
    expectSame('the runs', await runsOf(bench, scope), [
      ['new', 1, 0],
      ['second', 0, 2],
    ]);
    expectSame('those of one school', await runsOf(bench, narrow), [['of one school', 0, 2]]);
    expectNoField('what stays of an old report', await store.run(scope, 'second'), 'by');
    const { by: _by, ...counts } = reportOf(scope, 'second', JULY);
    expectFields('what stays of an old report', await store.run(scope, 'second'), { ...counts, failures: [] });
    expectSame('how many runs another tenant has', (await store.runs(elsewhere)).length, 6);
    await store.saveRun(reportOf(scope, 'newest', SEPTEMBER));
    await store.prune(scope, { runs: AUGUST });
    expectSame('the runs after another import', await runsOf(bench, scope), [
      ['newest', 1, 2],
      ['new', 1, 0],
    ]);
  },

  'messages go by when they were written, in whatever state; invitations by when they expired': async (bench) => {
    const { store, newScope, pending } = bench;
    const scope = await newScope();
    const elsewhere = await newScope();
    for (const each of [scope, elsewhere]) await inviteTwo(bench, each);
    const left = async (each: Scope) => {
      await store.releaseWaiting(each);
      return [
        (await pending(each)).map(({ to }) => to.length),
        (await store.invitations(each)).map((it) => it.expiresAt),
      ];
    };
    await store.prune(scope, {});
    expectSame('what is left of nothing pruned', await left(scope), [
      [1, 1],
      [AUGUST, SEPTEMBER],
    ]);
    await store.prune(scope, { messages: AUGUST, invitations: AUGUST });
    expectSame('what is left', await left(scope), [[1], [AUGUST, SEPTEMBER]]);
    await store.prune(scope, { messages: SEPTEMBER, invitations: SEPTEMBER });
    expectSame('what is left in the end', await left(scope), [[], [SEPTEMBER]]);
    expectSame('what another tenant has', await left(elsewhere), [
      [1, 1],
      [AUGUST, SEPTEMBER],
    ]);
  },

  'decisions go by when they were made': async ({ store, newScope }) => {
    const scope = await newScope();
    const elsewhere = await newScope();
    for (const each of [scope, elsewhere]) {
      for (const at of [JULY, AUGUST]) await store.saveAudit(each, decisionOf(at, at));
    }
    const left = async (each: Scope) => (await store.audit(each)).map(({ at }) => at);
    await store.prune(scope, { journal: SEPTEMBER, runs: SEPTEMBER });
    expectSame('what is left where they are kept', await left(scope), [AUGUST, JULY]);
    await store.prune(scope, { audit: AUGUST });
    expectSame('what is left', await left(scope), [AUGUST]);
    expectSame('what another tenant has', await left(elsewhere), [AUGUST, JULY]);
  },

  'what waits for a person, and what the engine remembers, stays however old': async ({ store, newScope }) => {
    const scope = await newScope();
    const ledger = {
      formatVersion: 2,
      holds: [],
      suppressions: [{ kind: 'class-create', subject: 'class:c1', fingerprint: 'f', cause: 'undo' }],
      reported: ['M6 enrollment:2:c1:u1'],
    } as const;
    await store.saveLedger(scope, ledger);
    const never = '9999-01-01T00:00:00.000Z';
    const all = { journal: never, runs: never, messages: never, invitations: never, images: never, audit: never };
    await store.prune(scope, all);
    expectSame('the ledger', (await store.load(scope)).ledger, ledger);
  },
};
