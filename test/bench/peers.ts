/**
 * The engine beside what a user would pick instead: general packages that find the same differences between the same
 * records, and know neither policy nor reason nor undo.
 */

import { createRequire } from 'node:module';
import type { compare } from 'fast-json-patch';
import lodash from 'lodash';
import microdiff from 'microdiff';
import type { Enrollment, LocalEnrollment, LocalUser, User } from '../../src/model/index.js';
import { planOf, usersOnly } from './engine.js';
import { measure, ratio, Table } from './measuring.js';
import { joinEnrollments, joinUsers, type Differences } from './minimal-join.js';
import { makeRecords } from './records.js';

/** Its main file has a TypeScript file beside it, for which tsx mistakes it. */
const jsonPatch = createRequire(import.meta.url)('fast-json-patch/commonjs/duplex.js') as {
  readonly compare: typeof compare;
};

type Keyed = Record<string, Readonly<Record<string, unknown>>>;

/** Finds the differences between records by their keys. */
type Differ = (before: Keyed, after: Keyed) => Differences;

const DIFFERS: Readonly<Record<string, Differ>> = {
  microdiff: (before, after) => {
    const tally = new DifferenceTally();
    for (const { type, path } of microdiff(before, after)) {
      tally.add(type === 'CREATE' ? 'added' : type === 'REMOVE' ? 'removed' : 'updated', path.length, String(path[0]));
    }
    return tally.counts();
  },
  'fast-json-patch': (before, after) => {
    const tally = new DifferenceTally();
    for (const { op, path } of jsonPatch.compare(before, after)) {
      const [, key = '', ...rest] = path.split('/');
      tally.add(op === 'add' ? 'added' : op === 'remove' ? 'removed' : 'updated', rest.length + 1, key);
    }
    return tally.counts();
  },
  'lodash keyBy, isEqual': (before, after) => {
    const added = lodash.difference(Object.keys(after), Object.keys(before)).length;
    const removed = lodash.difference(Object.keys(before), Object.keys(after)).length;
    const updated = Object.keys(after).filter((key) => key in before && !lodash.isEqual(before[key], after[key]));
    return { added, removed, updated: updated.length };
  },
};

/** Counts records, of which a differ may name several fields. */
class DifferenceTally {
  private added = 0;
  private removed = 0;
  private readonly updated = new Set<string>();

  add(what: keyof Differences, depth: number, key: string): void {
    if (depth > 1 || what === 'updated') this.updated.add(key);
    else this[what] += 1;
  }

  counts(): Differences {
    return { added: this.added, removed: this.removed, updated: this.updated.size };
  }
}

export function benchPeers(): void {
  for (const count of [10_000, 100_000]) {
    const records = makeRecords(count);
    const { roster, local } = records;
    const people = usersOnly(records);
    const ofUsers = peersOf(
      () => lodash.mapValues(lodash.keyBy(local.users, 'sourcedId'), fieldsOfUser),
      () => lodash.mapValues(lodash.keyBy(roster.users, 'sourcedId'), fieldsOfUser),
      joinUsers(roster.users, local.users),
    );
    const ofEnrollments = peersOf(
      () => lodash.mapValues(lodash.keyBy(local.enrollments, pairOf), fieldsOfEnrollment),
      () => lodash.mapValues(lodash.keyBy(roster.enrollments, pairOf), fieldsOfEnrollment),
      joinEnrollments(roster.enrollments, local.enrollments),
    );
    const { users, whole } = measure({ users: () => planOf(people), whole: () => planOf(records) }, 3);
    print(`${String(roster.users.length)} users`, users.median, ofUsers, '20x');
    print(`${String(roster.enrollments.length)} enrollments`, whole.median - users.median, ofEnrollments, '50x');
  }
}

/** Each package's work, from the records as they come to the counts, which are those of the minimal join. */
function peersOf(before: () => Keyed, after: () => Keyed, expected: Differences): Record<string, number> {
  const works = lodash.mapValues(DIFFERS, (differ) => () => {
    const found = differ(before(), after());
    if (!lodash.isEqual(found, expected)) throw new Error(`found ${JSON.stringify(found)}`);
  });
  return lodash.mapValues(measure(works, 3), ({ median }) => median);
}

function print(rows: string, engine: number, peers: Readonly<Record<string, number>>, goal: string): void {
  const table = new Table(
    `Engine against general packages: ${rows}, in order, 1% changes`,
    'work',
    'ms',
    'slower by',
    'goal',
  );
  table.add('engine', (engine / 1e6).toFixed(0), '', '');
  for (const [name, time] of Object.entries(peers)) {
    table.add(name, (time / 1e6).toFixed(0), ratio(time, engine), goal);
  }
  table.print();
}

function fieldsOfUser(user: User | LocalUser): Readonly<Record<string, unknown>> {
  const { givenName, familyName, username, email, grade, sisId, roles, schoolSourcedIds } = user;
  return { givenName, familyName, username, email, grade, sisId, role: roles[0], school: schoolSourcedIds[0] };
}

function pairOf({ classSourcedId = '', userSourcedId = '' }: Enrollment | LocalEnrollment): string {
  return `${classSourcedId} ${userSourcedId}`;
}

function fieldsOfEnrollment({
  role,
  primary = false,
}: Enrollment | LocalEnrollment): Readonly<Record<string, unknown>> {
  return { role, primary };
}
