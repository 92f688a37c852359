import { isDeepStrictEqual } from 'node:util';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryMailer, MemoryStore } from '../../src/adapters/memory/index.js';
import { PostgresStore } from '../../src/adapters/postgres/index.js';
import type { Roster } from '../../src/model/index.js';
import { Directory } from '../../src/people/index.js';
import type { RosterStore } from '../../src/ports/index.js';
import { RosterSync } from '../../src/sync/index.js';
import { collectLocal } from '../../src/sync/planning.js';
import { districtRoster, FixedClock, generateDistrict, rollover, rosterSource } from '../../src/testing/index.js';
import { CONNECTION, hasServer } from '../support/database-server.js';

/** With their guardians and teachers they are some 5,000 people; more than 20,000 by `ROLLOVER_STUDENTS=9600`. */
const STUDENTS = Number(process.env['ROLLOVER_STUDENTS'] ?? 2_400);
/** Fewer on PostgreSQL, where a round takes longer. */
const STUDENTS_ON_POSTGRES = Number(process.env['ROLLOVER_STUDENTS'] ?? 400);

const scope = { tenant: 'district-1' };
const by = 'admin-1';

/** The same people in two school years. */
function yearsOf(students: number): readonly [thisYear: Roster, nextYear: Roster] {
  const district = generateDistrict({ seed: 5, schools: Math.ceil(students / 800), students });
  return [districtRoster(district), districtRoster(rollover(district, { seed: 6 }))];
}

/** What people do by hand in a school year. */
async function workByHand(store: RosterStore, { classes, enrollments, guardianLinks }: Roster): Promise<void> {
  const directory = new Directory({ store, scope });
  const [first, second, third] = classes.map(({ sourcedId }) => ({ sourcedId }));
  const member = enrollments.find(
    ({ classSourcedId, role }) => classSourcedId === third?.sourcedId && role === 'student',
  );
  const guardian = guardianLinks[0]?.guardianSourcedId;
  if (first === undefined || second === undefined || third === undefined) throw new Error('there are more classes');
  if (member === undefined || guardian === undefined) throw new Error('there are members and guardians');
  await directory.renameClass(first, 'Ours', { by });
  await directory.archiveClass(second, { by });
  await directory.removeMember(third, { sourcedId: member.userSourcedId }, { by });
  await directory.addMember(first, { sourcedId: member.userSourcedId }, { role: 'student', by });
  await directory.claim({ sourcedId: guardian }, { by });
  const { id: club } = await directory.createClass({ name: 'Chess club' }, { by });
  await directory.addMember(club, { sourcedId: member.userSourcedId }, { role: 'student', by });
}

/** Every record, without its version, and the invitations of everybody who is there, by their ids. */
async function stateOf(store: RosterStore): Promise<ReadonlyMap<string, object>> {
  const { schools, classes, users, enrollments, guardianLinks } = await collectLocal(await store.load(scope));
  const known = new Set(users.map(({ id }) => id));
  const invitations = (await store.invitations(scope)).filter(({ userId }) => known.has(userId));
  const kinds = { schools, classes, users, enrollments, guardianLinks, invitations };
  const state = new Map<string, object>();
  for (const [kind, records] of Object.entries(kinds)) {
    for (const record of records) state.set(`${kind} ${record.id}`, { ...record, version: undefined });
  }
  return state;
}

/** What is another than before, or is not there any more, or is new: few enough to be shown. */
function differences(before: ReadonlyMap<string, object>, now: ReadonlyMap<string, object>): readonly unknown[] {
  return [...new Set([...before.keys(), ...now.keys()])]
    .filter((key) => !isDeepStrictEqual(before.get(key), now.get(key)))
    .slice(0, 3)
    .map((key) => [before.get(key), now.get(key)]);
}

async function undoesTheRollover(store: RosterStore, students: number): Promise<void> {
  const [thisYear, nextYear] = yearsOf(students);
  let feed = thisYear;
  const mailer = new MemoryMailer();
  // So near to each other that nothing is too old to be kept.
  const clock = new FixedClock('2027-06-01T12:00:00.000Z');
  const sync = new RosterSync({
    source: rosterSource(() => feed),
    store,
    mailer,
    scope,
    clock,
    steps: ['classes', 'teachers', 'students', 'guardians'],
    policy: { fullData: true, archive: true },
  });
  expect(await sync.run()).toMatchObject({ outcome: 'applied' });
  await workByHand(store, thisYear);
  const before = await stateOf(store);

  feed = nextYear;
  clock.set('2027-08-15T12:00:00.000Z');
  const plan = await sync.plan();
  const run = await sync.apply(plan, { acknowledge: plan.hash, by });
  expect(run).toMatchObject({ outcome: 'applied', applied: plan.changes.length, holds: [] });
  const kinds = ['class-create', 'class-archive', 'user-create', 'user-update', 'enrollment-add', 'guardian-unlink'];
  expect(Object.keys(run.counts.byKind)).toEqual(expect.arrayContaining(kinds));
  expect(run.counts.byKind['class-archive']).toBeGreaterThanOrEqual(thisYear.classes.length * 0.8);
  const letters = mailer.messages.length;

  const undo = await sync.undo(run.id, { by });
  expect(undo).toMatchObject({ outcome: 'applied', applied: run.applied, failures: [] });
  expect(differences(before, await stateOf(store))).toEqual([]);

  const next = await sync.run();
  expect(next).toMatchObject({ outcome: 'applied', applied: 0, holds: [] });
  expect(differences(before, await stateOf(store))).toEqual([]);
  expect(mailer.messages).toHaveLength(letters);
  const present = new Set((await collectLocal(await store.load(scope))).users.map(({ id }) => id));
  const ofNobody = (await store.invitations(scope)).filter(({ userId }) => !present.has(userId));
  expect(ofNobody.length, 'the codes of the new people are over').toBeGreaterThan(0);
  expect(new Set(ofNobody.map(({ state }) => state))).toEqual(new Set(['revoked']));
}

describe('the undo of a rollover to the next school year brings every record back, and the next sync leaves it so', () => {
  test(`of a district of ${String(STUDENTS)} students`, { timeout: 900_000 }, async () => {
    await undoesTheRollover(new MemoryStore(), STUDENTS);
  });
});

describe.skipIf(!(await hasServer()))('the undo of a rollover on PostgreSQL', () => {
  const schema = `rosterkit_rollover_${String(process.pid)}`;
  let pool: Pool;
  let store: PostgresStore;

  beforeAll(async () => {
    pool = new Pool({ connectionString: CONNECTION });
    store = new PostgresStore({ pool, schema });
    await store.migrate();
  });

  afterAll(async () => {
    await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool.end();
  }, 120_000);

  test(`brings every record of ${String(STUDENTS_ON_POSTGRES)} students back`, { timeout: 3_600_000 }, async () => {
    await undoesTheRollover(store, STUDENTS_ON_POSTGRES);
  });
});
