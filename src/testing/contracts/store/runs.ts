import type { OutboxMessage } from '../../../ports/index.js';
import type { Rules } from '../contract.js';
import { expectRejection, expectSame } from '../expecting.js';
import type { JournalBench } from './bench.js';
import { withThrowing } from './breaking.js';
import { AT, invite, pendingOf, reportOf } from './changes.js';

/** A message to somebody about a run. */
function noticeOf(idempotencyKey: string): OutboxMessage {
  return { ...invite('user-1').message, idempotencyKey, kind: 'notice' };
}

/** How reports of runs are kept. */
export const runs: Rules<JournalBench> = {
  'they come back as they were saved, the newest first, those of this scope alone': async ({ store, newScope }) => {
    const scope = await newScope();
    const narrow = { ...scope, schools: ['s1'] };
    const reports = [
      reportOf(scope, 'r1', '2026-09-01T06:00:00.000Z'),
      reportOf(scope, 'r3', '2026-09-03T06:00:00.000Z'),
      reportOf(scope, 'r2', '2026-09-02T06:00:00.000Z'),
      reportOf(narrow, 'r4', '2026-09-04T06:00:00.000Z'),
    ];
    for (const report of reports) await store.saveRun(report);
    const idsOf = async (...[of, options]: Parameters<typeof store.runs>) =>
      (await store.runs(of, options)).map(({ id }) => id);
    expectSame('the runs', await idsOf(scope), ['r3', 'r2', 'r1']);
    expectSame('the newest run', await idsOf(scope, { limit: 1 }), ['r3']);
    expectSame('the runs of one school', await idsOf(narrow), ['r4']);
    expectSame('one run', await store.run(scope, 'r2'), reports[2]);
    expectSame('a run that is not there', await store.run(scope, 'r9'), undefined);
    expectSame('a run of another tenant', await store.run(await newScope(), 'r2'), undefined);
  },

  'a later report of the same run replaces the earlier one': async ({ store, newScope }) => {
    const scope = await newScope();
    await store.saveRun({ ...reportOf(scope, 'r1', AT), outcome: 'failed' });
    await store.saveRun({ ...reportOf(scope, 'r1', AT), outcome: 'applied' });
    expectSame(
      'the outcomes',
      (await store.runs(scope)).map(({ outcome }) => outcome),
      ['applied'],
    );
  },

  'messages are written with a report, of each key the first, and wait in its scope like others': async (bench) => {
    const { store, newScope } = bench;
    const scope = await newScope();
    const narrow = { ...scope, schools: ['s1'] };
    const [first, second] = [noticeOf('first'), noticeOf('second')];
    await store.saveRun(reportOf(scope, 'r1', AT), { messages: [first], at: AT });
    const again = [{ ...first, text: 'Another' }, second];
    await store.saveRun({ ...reportOf(scope, 'r1', AT), outcome: 'held' }, { messages: again, at: AT });
    await store.saveRun(reportOf(narrow, 'r2', AT), { messages: [noticeOf('of one school')], at: AT });
    await store.saveRun(reportOf(scope, 'r3', AT), { messages: [], at: AT });
    expectSame('the messages', await pendingOf(store, scope), [first, second]);
    const ofSchool = (await pendingOf(store, narrow)).map(({ idempotencyKey }) => idempotencyKey);
    expectSame('those of one school', ofSchool, ['of one school']);
    expectSame('what another tenant has', await pendingOf(store, await newScope()), []);
    expectSame('the report', (await store.run(scope, 'r1'))?.outcome, 'held');
  },

  'a report whose messages cannot be written is not kept, and none of them is': async ({ store, newScope }) => {
    const scope = await newScope();
    const messages = [noticeOf('first'), withThrowing(noticeOf('second'), 'text')];
    const attempt = store.saveRun(reportOf(scope, 'r1', AT), { messages, at: AT });
    await expectRejection('one with a message that cannot be read', attempt);
    expectSame('what there is', [await store.runs(scope), await pendingOf(store, scope)], [[], []]);
  },

  'what is not there is nothing, and no trouble': async ({ store, newScope }) => {
    const scope = await newScope();
    expectSame('the runs', await store.runs(scope), []);
    expectSame('the journal', await store.journal(scope, 'no run'), []);
    expectSame('the messages', await pendingOf(store, scope), []);
    expectSame('a message', await store.message(scope, 'no such message'), undefined);
    expectSame('the invitations', await store.invitations(scope), []);
    expectSame('the decisions', await store.audit(scope), []);
    await store.releaseWaiting(scope);
    const outcome = { claimedBy: 'somebody', state: 'sent', attempts: 1 } as const;
    const isSaved = await store.saveMessage(scope, 'no such message', outcome);
    expectSame('whether a message is saved that is not there', isSaved, false);
    expectSame('the messages then', await pendingOf(store, scope), []);
  },
};
