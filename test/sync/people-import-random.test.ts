/** A run about one person, and then one of everybody, end where the run of everybody alone would: as a property. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Roster } from '../../src/model/index.js';
import type { PolicyInput } from '../../src/policy/index.js';
import { person, roster, scope, unenrolled, withPerson, World } from './support.js';

const CLASSES = 6;
const STUDENTS = 4;
const students = fc.tuple(fc.integer({ min: 1, max: CLASSES }), fc.integer({ min: 1, max: STUDENTS }));
const classes = fc.integer({ min: 1, max: CLASSES });
const edits = fc.array(
  fc.oneof(
    students.map(
      ([section, child]) =>
        (feed: Roster) =>
          unenrolled(feed, `s${String(section)}-${String(child)}`),
    ),
    students.map(
      ([section, child]) =>
        (feed: Roster) =>
          withPerson(feed, `s${String(section)}-${String(child)}`, { familyName: 'New' }),
    ),
    classes.map((section) => (feed: Roster) => withoutClass(feed, `c${String(section)}`)),
    classes.map((section) => (feed: Roster) => renamed(feed, `c${String(section)}`)),
    fc.tuple(classes, classes).map(
      ([section, other]) =>
        (feed: Roster) =>
          joined(feed, `c${String(section)}`, `s${String(other)}-1`),
    ),
    classes.map((section) => (feed: Roster) => withNewcomer(feed, `c${String(section)}`)),
  ),
  { maxLength: 8 },
);
const policies: fc.Arbitrary<PolicyInput> = fc.record({
  fullData: fc.constant(true),
  archive: fc.boolean(),
  graceSnapshots: fc.constantFrom(1, 2),
  limits: fc.constantFrom({}, { enrollments: 0.05, floor: 0 }, { enrollments: 1, classes: 1 }),
});

it('a resync, or an import, and then a run of everybody end where the run alone does', async () => {
  await fc.assert(
    fc.asyncProperty(edits, policies, classes, fc.boolean(), async (changes, policy, who, isImport) => {
      const before = roster(CLASSES, STUDENTS);
      const after = {
        ...changes.reduce((feed, change) => change(feed), before),
        readId: 'after',
        readAt: '2026-09-16T11:00:00.000Z',
      };
      const [alone, both] = [new World(before, { policy }), new World(before, { policy })];
      for (const world of [alone, both]) {
        await world.sync.run();
        world.feed = after;
        world.clock.set('2026-09-16T12:00:00.000Z');
      }
      const teacher = `t${String(who)}`;
      if (isImport) await both.sync.importUsers([teacher]);
      else await both.sync.resyncUser(teacher);
      for (let count = 0; count < 2; count += 1) for (const world of [alone, both]) await world.sync.run();
      expect(await contentsOf(both)).toEqual(await contentsOf(alone));
    }),
    { numRuns: 60, seed: 2_026 },
  );
});

/** What there is, by the roster's ids: the host's own follow the order in which it came. */
async function contentsOf(world: World) {
  const { users, classes: sections, enrollments, ledger } = await world.store.load(scope);
  return {
    users: users.map(({ sourcedId, familyName, state }) => [sourcedId, familyName, state].join(' ')).sort(),
    classes: sections.map(({ sourcedId, name, state }) => [sourcedId, name, state].join(' ')).sort(),
    members: enrollments
      .map((each) => [each.classSourcedId, each.userSourcedId, each.role, each.state].join(' '))
      .sort(),
    held: ledger.holds.map(({ id, changes }) => [id, ...changes.map(({ key }) => key).sort()]),
    absences: ledger.absences,
    unfinished: ledger.unfinished,
  };
}

function withoutClass(feed: Roster, id: string): Roster {
  const enrollments = feed.enrollments.filter(({ classSourcedId }) => classSourcedId !== id);
  return { ...feed, classes: feed.classes.filter(({ sourcedId }) => sourcedId !== id), enrollments };
}

function renamed(feed: Roster, id: string): Roster {
  return {
    ...feed,
    classes: feed.classes.map((each) => (each.sourcedId === id ? { ...each, name: `New ${id}` } : each)),
  };
}

function joined(feed: Roster, classSourcedId: string, userSourcedId: string): Roster {
  const isThere = feed.enrollments.some(
    (row) => row.classSourcedId === classSourcedId && row.userSourcedId === userSourcedId,
  );
  if (isThere || !feed.classes.some(({ sourcedId }) => sourcedId === classSourcedId)) return feed;
  return { ...feed, enrollments: [...feed.enrollments, { classSourcedId, userSourcedId, role: 'student' }] };
}

function withNewcomer(feed: Roster, classSourcedId: string): Roster {
  const id = `new-${classSourcedId}`;
  if (feed.users.some(({ sourcedId }) => sourcedId === id)) return feed;
  return joined({ ...feed, users: [...feed.users, person(id, 'student')] }, classSourcedId, id);
}
