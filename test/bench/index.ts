/**
 * `npm run bench`: the engine beside the least work that finds the same differences, in one run. Ratios count; times
 * depend on the machine.
 */

import { defaultPolicy, reconcile } from '../../src/engine/index.js';
import type { Policy } from '../../src/model/index.js';
import { NOW } from '../support/build.js';
import { joinEnrollments, joinUsers } from './minimal-join.js';
import { makeRecords, type Records } from './records.js';

const REPETITIONS = 7;
/** Nothing is held, so that the plan is the same set of differences as the join's. */
const POLICY: Policy = { ...defaultPolicy, fullData: true, archive: true };

/** The median of several runs, in nanoseconds. The first run warms up and does not count. */
function median(work: () => unknown): number {
  const times: number[] = [];
  for (let run = 0; run <= REPETITIONS; run += 1) {
    globalThis.gc?.();
    const start = process.hrtime.bigint();
    work();
    if (run > 0) times.push(Number(process.hrtime.bigint() - start));
  }
  times.sort((left, right) => left - right);
  return times[Math.floor(times.length / 2)] as number;
}

function usersOnly({ roster, local }: Records): Records {
  return {
    roster: { ...roster, classes: [], enrollments: [] },
    local: { ...local, classes: [], enrollments: [] },
  };
}

console.log('Engine against the minimal hand-written join of the same records, both sides sorted, 1% changes');
console.log('users      rows             engine ns/row   join ns/row   ratio');
for (const count of [10_000, 100_000]) {
  const records = makeRecords(count);
  const people = usersOnly(records);
  const { roster, local } = records;
  const plan = (input: Records): unknown =>
    reconcile({ roster: input.roster, local: input.local, policy: POLICY, now: NOW });
  const userTime = median(() => plan(people));
  const wholeTime = median(() => plan(records));
  const userJoin = median(() => joinUsers(roster.users, local.users));
  const enrollmentJoin = median(() => joinEnrollments(roster.enrollments, local.enrollments));
  const userRows = roster.users.length;
  const enrollmentRows = roster.enrollments.length;
  line(count, `${String(userRows)} users`, userTime / userRows, userJoin / userRows);
  const enrollmentTime = (wholeTime - userTime) / enrollmentRows;
  line(count, `${String(enrollmentRows)} enrollments`, enrollmentTime, enrollmentJoin / enrollmentRows);
}

function line(count: number, rows: string, engine: number, join: number): void {
  const cells = [
    String(count).padEnd(10),
    rows.padEnd(20),
    engine.toFixed(0).padStart(9),
    join.toFixed(0).padStart(13),
    `${(engine / join).toFixed(1)}x`.padStart(7),
  ];
  console.log(cells.join(' '));
}
