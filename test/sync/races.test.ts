import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/testing/random.js';
import { changesSince, endOf, expectWholeBatches } from './killed/looks.js';
import { hasServer } from '../support/database-server.js';
import { FolderPost } from './killed/post.js';
import { BATCH_SIZE } from './killed/scenes.js';
import { Stage } from './killed/stage.js';
import { importUndisturbed, type Undisturbed } from './killed/undisturbed.js';
import type { Job, JobDone, JobRefused } from './killed/worker-process.js';
import { ask, kill } from './killed/workers.js';

/** How many processes fall asleep, and where: the same seed puts them to sleep at the same statements. */
const SLEEPS = Number(process.env['SLEEP_RUNS'] ?? 3);
const SEED = Number(process.env['SLEEP_SEED'] ?? 1);
/** The statements that take the scope: BEGIN, the tenant, the lease, COMMIT. */
const LEASING = 4;
/** So short that nobody waits long for the scope of a process that sleeps. */
const SHORT_MS = 300;
/** So short that nobody waits long for the rows of one. */
const IDLE_MS = 1_000;
/** So long that nobody renews it in the middle of a test. */
const LONG_MS = 3_600_000;

describe.skipIf(!(await hasServer()))('processes that want one scope', { timeout: 120_000 }, () => {
  let stage: Stage;
  let post: FolderPost;
  let whole: Undisturbed;
  const racers: ChildProcess[] = [];

  beforeAll(async () => {
    stage = await Stage.set('races', IDLE_MS);
    post = new FolderPost(stage.folder);
    const { tables } = stage;
    const [racer] = await racersFor(1);
    whole = await importUndisturbed({ tables, post, act: (job) => answerOf(racer, job) }, 'august');
  }, 120_000);

  afterAll(async () => {
    await Promise.all(racers.map(kill));
    await stage.clear();
  }, 120_000);

  async function racersFor(count: number): Promise<readonly ChildProcess[]> {
    const missing = Array.from({ length: Math.max(0, count - racers.length) }, () => stage.program.start());
    racers.push(...(await Promise.all(missing)));
    return racers.slice(0, count);
  }

  /** The letters of each process lie in a folder of their own: what two of them send is there twice. */
  function jobOf(tenant: string, index: number, more: Partial<Job> = {}): Job {
    return { tenant, month: 'august', mail: post.placeOf(`${tenant}-${String(index)}`), ...more };
  }

  /** Everything is there once, as if one process alone had done it. */
  async function expectDoneOnce(tenant: string, processes: number): Promise<void> {
    const now = await stage.tables.read(tenant);
    expectWholeBatches(now, whole.before, whole.changes.length);
    expect(changesSince(now, whole.before), 'every change is made once').toEqual(whole.changes);
    expect(endOf(now), 'it ends where a process alone does').toEqual(whole.end);
    const places = Array.from({ length: processes }, (_, index) => `${tenant}-${String(index)}`);
    const letters = await Promise.all(places.map((place) => post.addressees(place, now)));
    expect(letters.flat().sort(), 'everybody is written to once').toEqual(whole.addressees);
  }

  async function countApplied(tenant: string): Promise<number> {
    const { rows } = await stage.database.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM ${stage.schema}.journal WHERE tenant = $1`,
      [tenant],
    );
    return rows[0]?.count ?? 0;
  }

  test.each([2, 8])('%i of them at once: one has it, the others are told who and since when', async (count) => {
    const tenant = `race-${String(count)}`;
    const since = Date.now();
    const done: JobDone[] = [];
    const refused: JobRefused[] = [];
    let racing = (await racersFor(count)).map((racer, index) => ({ racer, job: jobOf(tenant, index) }));
    // Who was refused is in the next race.
    while (racing.length > 0) {
      const answers = await Promise.all(racing.map(({ racer, job }) => answerOf(racer, job)));
      done.push(...answers.filter((answer) => 'runId' in answer));
      refused.push(...answers.filter((answer) => 'holder' in answer));
      racing = racing.filter((_, index) => answers[index] !== undefined && 'holder' in answers[index]);
    }
    await expectDoneOnce(tenant, count);
    for (const answer of done) expect(answer).toMatchObject({ outcome: 'applied', left: 0 });
    expect(refused).not.toEqual([]);
    for (const refusal of refused) {
      expect(done.map(({ runId }) => runId)).toContain(refusal.holder);
      expect(Date.parse(refusal.since)).toBeGreaterThanOrEqual(since);
    }
  });

  test('eight of them, each of which loses it to the next in the middle of its work: it writes no more', async () => {
    const tenant = 'lost';
    const answers: Promise<JobDone | JobRefused>[] = [];
    for (const [index, racer] of (await racersFor(8)).entries()) {
      // Whose lease has expired may renew it before the next one takes it: then it is taken once more.
      for (let isTaken = false; !isTaken; ) {
        if (index > 0) await stage.tables.expireLeases(tenant);
        const before = await countApplied(tenant);
        const progress: { answer?: JobDone | JobRefused } = {};
        const answer = answerOf(racer, jobOf(tenant, index, { leaseTtlMs: LONG_MS })).then((each) => {
          progress.answer = each;
          return each;
        });
        const isHalfway = async (): Promise<boolean> =>
          index < 7 && (await countApplied(tenant)) >= before + 2 * BATCH_SIZE;
        while (progress.answer === undefined && !(await isHalfway())) await pause(5);
        isTaken = progress.answer === undefined || !('holder' in progress.answer);
        if (isTaken) answers.push(answer);
      }
    }
    const [last, ...losers] = (await Promise.all(answers)).reverse();
    expect(last).toMatchObject({ outcome: 'applied', left: 0 });
    const lost = losers.filter((answer) => 'failures' in answer && answer.failures.includes('store_conflict'));
    expect(lost.length, 'most are in the middle of their work').toBeGreaterThan(3);
    for (const answer of lost) {
      expect(answer).toMatchObject({ outcome: expect.stringMatching('partial|failed') as string, letters: 0 });
    }
    await expectDoneOnce(tenant, 8);
  });

  test(
    `${String(SLEEPS)} that sleep longer than their lease: what they write when they wake is refused (SLEEP_SEED=${String(SEED)})`,
    async () => {
      for (let round = 1; round <= SLEEPS; round += 1) {
        await sleepAndWake(round).catch((error: unknown) => {
          throw new Error(`round ${String(round)} of SLEEP_SEED=${String(SEED)}`, { cause: error });
        });
      }
    },
    60_000 + SLEEPS * 30_000,
  );

  async function sleepAndWake(round: number): Promise<void> {
    const random = new Random(SEED, `sleep ${String(round)}`);
    const tenant = `sleep-${String(round)}`;
    const [sleeper, successor] = await racersFor(2);
    const number = LEASING + 1 + random.below(whole.applying - LEASING - 10);
    const moment = random.pick(['before', 'during', 'after'] as const);
    const nap = { at: 'statement', number, moment, signal: 'SIGSTOP' } as const;
    const asleep = once(sleeper as ChildProcess, 'message');
    const woken = answerOf(sleeper, jobOf(tenant, 0, { leaseTtlMs: SHORT_MS, kill: nap }));
    expect((await asleep)[0]).toBe('asleep');
    const job = jobOf(tenant, 1);
    let answer = await answerOf(successor, job);
    while ('holder' in answer) {
      await pause(20);
      answer = await answerOf(successor, job);
    }
    expect(answer).toMatchObject({ outcome: 'applied', left: 0 });
    await expectDoneOnce(tenant, 2);
    sleeper?.kill('SIGCONT');
    expect(await woken).toMatchObject({ failures: ['store_conflict'], letters: 0, left: 0 });
    await expectDoneOnce(tenant, 2);
  }
});

/** What becomes of a job that nobody kills. */
async function answerOf(racer: ChildProcess | undefined, job: Job): Promise<JobDone | JobRefused> {
  if (racer === undefined) throw new Error('there are not so many processes');
  const answer = await ask(racer, job);
  if (answer === 'killed') throw new Error('nobody was to kill it');
  return answer;
}
