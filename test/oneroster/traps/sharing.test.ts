import { definePolicy, type Plan, type Roster, type Scope } from 'rosterkit';
import { oneRosterSource } from 'rosterkit/oneroster';
import { describe, expect, test } from 'vitest';
import * as engine from '../../../src/engine/index.js';
import { World } from '../../support/world.js';
import { restDistrict } from '../support/district.js';
import { clientOf, scope } from '../support/roster.js';
import { type Answered, type Asked, page, type Rows, serve } from '../support/server.js';

const policy = definePolicy({ fullData: true, archive: true });

async function rosterOf(
  rows: Rows,
  answer?: (asked: Asked) => Answered | undefined,
  of: Scope = scope,
): Promise<Roster> {
  const server = await serve(rows, answer);
  return await oneRosterSource(clientOf(server, { pageSize: 2, retries: 0 })).read(of);
}

/** What may be applied without anybody's word. */
const free = (plan: Plan) => plan.changes.filter(({ heldBy }) => heldBy.length === 0).map(({ kind }) => kind);

describe('trap 6: an empty list is not an empty school', () => {
  const emptied: readonly (readonly [string, (asked: Asked) => Answered | undefined])[] = [
    ['with a total of 0', (asked) => page([], asked)],
    ['without a total', ({ collection }) => ({ body: { [collection]: [] } })],
  ];
  const lists = [['users'], ['enrollments'], ['classes'], ['orgs'], ['users', 'enrollments', 'classes']];

  test.each(emptied.flatMap(([how, answer]) => lists.map((empty) => [empty.join(', '), how, answer] as const)))(
    '%s %s: attested as it is, and no removal goes without a word of the district',
    async (empty, _how, answer) => {
      const world = new World(engine, scope);
      await world.sync(await rosterOf(restDistrict), policy, { acknowledge: true });
      const roster = await rosterOf(restDistrict, (asked) =>
        empty.includes(asked.collection) ? answer(asked) : undefined,
      );
      const { users, classes } = roster.attestation.collections;
      if (empty.includes('users')) expect(users).toMatchObject({ state: 'complete', received: 0 });
      if (empty.includes('classes')) expect(classes).toMatchObject({ state: 'complete', received: 0 });
      const plan = await world.plan(roster, policy);
      if (empty.includes('classes')) expect(plan.holds.map(({ gate }) => gate)).toContain('G3');
      expect(free(plan).filter((kind) => /remove|archive|deactivate|unlink/.test(kind))).toEqual([]);
    },
  );

  test('a list that is empty in mid-read is no empty list', async () => {
    const roster = await rosterOf(restDistrict, (asked) =>
      asked.collection === 'users' && asked.offset > 0 ? { body: { users: [] } } : undefined,
    );
    expect(roster.attestation.collections.users).toMatchObject({ state: 'incomplete', received: 2, expected: 4 });
  });
});

describe('trap 21: people at several schools, and at none of their own', () => {
  const [student, ...rest] = restDistrict.users.filter(({ role }) => role === 'student');
  const teacher = restDistrict.users.find(({ role }) => role === 'teacher');

  test('every org is kept, those of roles too; the first is nobody’s home', async () => {
    const orgs = [{ sourcedId: 'S2' }, { sourcedId: 'S1' }];
    const roles = [{ role: 'student', roleType: 'secondary', org: { sourcedId: 'S3' } }];
    const roster = await rosterOf({ ...restDistrict, users: [{ ...student, orgs, roles }] });
    expect(roster.users[0]?.schoolSourcedIds).toEqual(['S2', 'S1', 'S3']);
    expect(roster.users[0]?.primarySchoolSourcedId).toBeUndefined();
  });

  test('a teacher and students whose orgs do not name the school of their class are imported with it', async () => {
    const orgs = [{ sourcedId: 'D1' }];
    const at = (users: readonly object[]) => users.map((user) => ({ ...user, orgs }));
    const classes = restDistrict.classes.map((one) => ({ ...one, school: { sourcedId: 'S2' } }));
    const ofSchool: Scope = { ...scope, schools: ['S2'] };
    const roster = await rosterOf(
      { ...restDistrict, classes, users: at([student, teacher, ...rest].filter((user) => user !== undefined)) },
      undefined,
      ofSchool,
    );
    const world = new World(engine, ofSchool);
    const plan = await world.plan(roster, policy);
    const created = plan.changes.filter(({ kind }) => kind === 'user-create');
    expect(created.map(({ after }) => (after as { readonly site?: string }).site)).toEqual(['S2', 'S2']);
    expect(plan.changes.filter(({ kind }) => kind === 'enrollment-add')).toHaveLength(2);
  });
});

describe('trap 22: references that lead nowhere', () => {
  const stray = (id: string, classId: string, userId: string) => ({
    sourcedId: id,
    class: { sourcedId: classId },
    user: { sourcedId: userId },
    school: { sourcedId: 'Sch_S00002' },
    role: 'student',
  });
  const rows: Rows = {
    ...restDistrict,
    orgs: [
      ...restDistrict.orgs,
      { sourcedId: 'S3', name: 'Ash School', type: 'school', parent: { sourcedId: 'nobody' } },
    ],
    classes: [
      ...restDistrict.classes,
      {
        sourcedId: 'C9',
        title: 'Lost',
        school: { sourcedId: 'S9' },
        course: { sourcedId: 'K9' },
        terms: [{ sourcedId: 'T9' }],
      },
    ],
    users: [
      ...restDistrict.users,
      {
        sourcedId: 'U9',
        givenName: 'Ugo',
        familyName: 'Example',
        role: 'student',
        orgs: [{ sourcedId: 'S9' }],
        agents: [{ sourcedId: 'G9' }],
      },
    ],
    enrollments: [
      ...restDistrict.enrollments,
      stray('E7', 'C1', 'U-nobody'),
      stray('E8', 'C-nowhere', 'U1'),
      stray('E9', 'C9', 'U9'),
    ],
  };

  test('are read as they are, and the lists stay complete', async () => {
    const roster = await rosterOf(rows);
    expect(roster.enrollments.map(({ sourcedId }) => sourcedId)).toEqual(expect.arrayContaining(['E7', 'E8', 'E9']));
    expect(roster.rejected).toEqual([]);
    expect(Object.values(roster.attestation.collections).map(({ state }) => state)).toEqual(
      Array.from({ length: 7 }, () => 'complete'),
    );
  });

  test('are told of in the plan, and keep nobody else from being imported', async () => {
    const sound = await new World(engine, scope).plan(await rosterOf(restDistrict), policy);
    const plan = await new World(engine, scope).plan(await rosterOf(rows), policy);
    const keyOf = ({ kind, subject }: Plan['changes'][number]) => JSON.stringify([kind, subject]);
    expect(plan.changes.map(keyOf)).toEqual(expect.arrayContaining(sound.changes.map(keyOf)));
    expect(plan.notes.length).toBeGreaterThan(sound.notes.length);
  });
});
