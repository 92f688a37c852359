/**
 * `npm run bench`: the engine beside the least work that finds the same differences, and the clients beside the least that
 * reads the same pages, in one run. Ratios count; times depend on the machine.
 */

import { defaultPolicy, reconcile } from '../../src/engine/index.js';
import type { Policy } from '../../src/model/index.js';
import { NOW } from '../support/build.js';
import { benchClients } from './clients.js';
import { benchCsv } from './csv.js';
import { joinEnrollments, joinUsers } from './minimal-join.js';
import { benchOneRoster } from './one-roster.js';
import { makeRecords, type Records } from './records.js';

const REPETITIONS = 7;
/** Nothing is held, so that the plan is the same set of differences as the join's. */
const POLICY: Policy = { ...defaultPolicy, fullData: true, archive: true };

/**
 * The medians of several runs of each work, in nanoseconds, one after the other in turn, so that a busy machine slows
 * all of them alike. The first round warms up and does not count.
 */
function medians<Name extends string>(works: Readonly<Record<Name, () => unknown>>): Record<Name, number> {
  const names = Object.keys(works) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= REPETITIONS; round += 1) {
    for (const name of names) {
      globalThis.gc?.();
      const start = process.hrtime.bigint();
      works[name]();
      if (round > 0) times.get(name)?.push(Number(process.hrtime.bigint() - start));
    }
  }
  const median = (values: readonly number[]): number =>
    [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] as number;
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<Name, number>;
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
  const { users, whole, userJoin, enrollmentJoin } = medians({
    users: () => plan(people),
    whole: () => plan(records),
    userJoin: () => joinUsers(roster.users, local.users),
    enrollmentJoin: () => joinEnrollments(roster.enrollments, local.enrollments),
  });
  const userRows = roster.users.length;
  const enrollmentRows = roster.enrollments.length;
  line(count, `${String(userRows)} users`, users / userRows, userJoin / userRows);
  const enrollmentTime = (whole - users) / enrollmentRows;
  line(count, `${String(enrollmentRows)} enrollments`, enrollmentTime, enrollmentJoin / enrollmentRows);
}

await benchClients();
await benchOneRoster();
await benchCsv();

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
