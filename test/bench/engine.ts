/** The engine beside the least work that finds the same differences. Ratios count; times depend on the machine. */

import { getHeapStatistics } from 'node:v8';
import { defaultPolicy, reconcile } from '../../src/engine/index.js';
import type { Plan, Policy } from '../../src/model/index.js';
import { NOW } from '../support/build.js';
import { measure, ratio, Table } from './measuring.js';
import { joinEnrollments, joinUsers, mapJoinEnrollments, mapJoinUsers } from './minimal-join.js';
import { makeRecords, type Records } from './records.js';

/** Nothing is held, so that the plan is the same set of differences as the join's. */
const POLICY: Policy = { ...defaultPolicy, fullData: true, archive: true };

/** A million users on both sides, with their enrollments, take some 8 GB. */
const LARGE_NEEDS = 10 * 2 ** 30;

export function planOf({ roster, local }: Records): Plan {
  return reconcile({ roster, local, policy: POLICY, now: NOW });
}

/** Both sides without classes, so that only people are compared. */
export function usersOnly({ roster, local }: Records): Records {
  return {
    roster: { ...roster, classes: [], enrollments: [] },
    local: { ...local, classes: [], enrollments: [] },
  };
}

export function benchEngine(): void {
  const isLarge = process.env['BENCH_LARGE'] === '1';
  const hasRoom = getHeapStatistics().heap_size_limit >= LARGE_NEEDS;
  const counts = isLarge || hasRoom ? [10_000, 100_000, 1_000_000] : [10_000, 100_000];
  if (!isLarge && !hasRoom) {
    console.log('1,000,000 users are left out: BENCH_LARGE=1 NODE_OPTIONS=--max-old-space-size=14000 npm run bench');
  }
  const sorted = new Table(
    'Engine against the minimal hand-written merge of the same records: in order, 1% changes (medians; in brackets the best run)',
    ...['users', 'rows', 'engine ns/row', 'join ns/row', 'ratio', 'best', 'goal'],
  );
  const shuffled = new Table(
    'The same in any order, against one Map of the users and enrollments grouped by class',
    ...['users', 'rows', 'engine ns/row', 'join ns/row', 'ratio', 'best', 'goal'],
  );
  for (const count of counts) {
    const records = makeRecords(count);
    compare(sorted, records, joinUsers, joinEnrollments, '2x');
    if (count < 1_000_000) compare(shuffled, inAnyOrder(records), mapJoinUsers, mapJoinEnrollments, '1.2x');
  }
  sorted.print();
  shuffled.print();
  benchBytes();
}

function compare(
  table: Table,
  records: Records,
  joinOfUsers: typeof joinUsers,
  joinOfEnrollments: typeof joinEnrollments,
  goal: string,
): void {
  const { roster, local } = records;
  const people = usersOnly(records);
  const { users, whole, userJoin, enrollmentJoin } = measure({
    users: () => planOf(people),
    userJoin: () => joinOfUsers(roster.users, local.users),
    whole: () => planOf(records),
    enrollmentJoin: () => joinOfEnrollments(roster.enrollments, local.enrollments),
  });
  const rowsOfUsers = roster.users.length;
  const rows = roster.enrollments.length;
  const add = (what: string, count: number, engine: typeof users, join: typeof users): void =>
    table.add(
      String(local.users.length),
      `${String(count)} ${what}`,
      (engine.median / count).toFixed(0),
      (join.median / count).toFixed(0),
      ratio(engine.median, join.median),
      `(${ratio(engine.least, join.least)})`,
      goal,
    );
  add('users', rowsOfUsers, users, userJoin);
  // Classes and what is decided about them count as part of the enrollments.
  const own = { median: whole.median - users.median, least: whole.least - users.least };
  add('enrollments', rows, own, enrollmentJoin);
}

function inAnyOrder({ roster, local }: Records): Records {
  const mixed = <T>(records: readonly T[]): readonly T[] => {
    const copy = [...records];
    let state = 99;
    for (let index = copy.length - 1; index > 0; index -= 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const other = Math.floor((state / 2 ** 32) * (index + 1));
      [copy[index], copy[other]] = [copy[other] as T, copy[index] as T];
    }
    return copy;
  };
  const { classes, users, enrollments } = roster;
  return {
    roster: { ...roster, classes: mixed(classes), users: mixed(users), enrollments: mixed(enrollments) },
    local: {
      ...local,
      classes: mixed(local.classes),
      users: mixed(local.users),
      enrollments: mixed(local.enrollments),
    },
  };
}

/** What a plan of records that did not change takes in memory, all garbage included. */
function benchBytes(): void {
  const table = new Table(
    'Memory that a plan takes for each unchanged row, garbage included',
    'rows',
    'bytes per row',
    'goal',
  );
  const records = makeRecords(100_000, 'none');
  const rows = records.roster.users.length + records.roster.enrollments.length;
  const used = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  planOf(records);
  globalThis.gc?.();
  const before = used();
  const plan = planOf(records);
  const bytes = (used() - before) / rows;
  if (plan.changes.length > 0) throw new Error('Nothing has changed.');
  table.add(String(rows), bytes.toFixed(1), '20');
  table.print();
}
