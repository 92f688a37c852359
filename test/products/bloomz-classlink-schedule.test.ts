import { expect, onTestFinished, test } from 'vitest';
import { LockHeldError, type RunReport, Scheduler } from 'rosterkit';
import { withoutClass } from 'rosterkit/testing';
import { letterTo } from './letters.js';
import { by, linkedSchool } from './linked-school.js';

const schedule = { at: '02:30', timeZone: 'America/New_York' };
const FIRST = '2026-09-16T06:30:00.000Z';
const SECOND = '2026-09-17T06:30:00.000Z';
const THIRD = '2026-09-18T06:30:00.000Z';

test('a school syncs every night, once, and the people to be told hear of what came of it', async () => {
  const policy = { fullData: true, archive: true, notify: { roles: ['administrator'] }, limits: { classes: 1 } };
  const reportUrl = (runId: string): string => `https://school.example/runs/${runId}`;
  const { district, server, schoolId, store, mailer, clock, connections, id } = await linkedSchool(
    { policy, schedule },
    { notices: { reportUrl } },
  );

  // Nothing before its time; at it one process takes it, and another finds nothing to do.
  clock.set('2026-09-16T06:29:00.000Z');
  expect(await connections.takeDue()).toBeUndefined();
  clock.set(FIRST);
  const due = await connections.takeDue();
  expect(due).toMatchObject({ connectionId: id, dueAt: FIRST });
  expect(await connections.takeDue()).toBeUndefined();
  const first = await due?.run();
  expect(first).toMatchObject({ outcome: 'applied' });
  expect(await connections.status(id)).toMatchObject({ nextRunAt: SECOND, lastRun: { id: first?.id } });

  // The principal is told, and nobody of another school; the notice names no child.
  const notice = letterTo(mailer, 'pat.lee@school.example');
  expect(notice).toMatchObject({ to: ['pat.lee@school.example'], subject: 'Roster sync: done' });
  expect(notice.text).toContain(reportUrl(first?.id ?? ''));
  for (const { familyName } of district.students) expect(notice.text).not.toContain(familyName);

  // A night in which nothing changed is not worth a mail. The scheduler does what a host's own timer would.
  const sent = mailer.messages.length;
  clock.set(SECOND);
  const reports: RunReport[] = [];
  const scheduler = new Scheduler({ connections, pollMs: 5, onRun: (report) => reports.push(report) });
  scheduler.start();
  onTestFinished(() => scheduler.stop());
  await expect.poll(() => reports.length).toBe(1);
  expect(reports).toMatchObject([{ outcome: 'applied', applied: 0 }]);
  expect(mailer.messages).toHaveLength(sent);

  // In the next one a class is gone.
  const gone = district.classes.find((section) => section.schoolId === schoolId && section.studentIds.length > 0);
  server.setDistrict(withoutClass(district, gone?.id ?? ''));
  clock.set(THIRD);
  await expect.poll(() => reports.length).toBe(2);
  await scheduler.stop();
  expect(reports[1]).toMatchObject({ outcome: 'applied', counts: { byKind: { 'class-archive': 1 } } });
  expect(mailer.messages.slice(sent).map(({ to }) => to)).toEqual([['pat.lee@school.example']]);
  const classes = (await store.load({ tenant: 'district-1' })).classes.filter(({ state }) => state === 'archived');
  expect(classes.map(({ sourcedId }) => sourcedId)).toEqual([gone?.id]);
});

test('while a sync is in progress another one is told since when, and the schedule waits for it', async () => {
  const { server, clock, connections, id } = await linkedSchool({ schedule });
  clock.set(FIRST);
  let during: Promise<readonly unknown[]> | undefined;
  server.fail({
    onRequest: () => {
      during ??= Promise.all([
        connections.runNow(id, { by: 'admin-2' }).catch((error: unknown) => error),
        connections.status(id),
        connections.takeDue().then((due) => due?.run()),
      ]);
    },
  });
  const run = await connections.runNow(id, by);
  expect(run).toMatchObject({ outcome: 'applied', by: 'admin-1' });
  const [error, status, report] = (await during) ?? [];
  expect(LockHeldError.isInstance(error)).toBe(true);
  expect(error).toMatchObject({ code: 'lock_held', since: FIRST });
  expect(status).toMatchObject({ running: { since: FIRST } });
  expect(report).toBeUndefined();

  // It was done by hand: nothing is left of the time, and one run is all there was.
  clock.advance(60_000);
  expect(await (await connections.takeDue())?.run()).toBeUndefined();
  expect(await connections.runs(id)).toMatchObject([{ id: run.id }]);
  expect(await connections.status(id)).toMatchObject({ nextRunAt: SECOND });
  expect((await connections.status(id)).running).toBeUndefined();
});
