import { expect, it, onTestFinished } from 'vitest';
import { MemoryStore } from '../../src/adapters/memory/index.js';
import { cleverSource } from '../../src/clever/index.js';
import { Directory } from '../../src/people/index.js';
import { RosterSync } from '../../src/sync/index.js';
import { type District, generateDistrict, simulateClever, withClass } from '../../src/testing/index.js';
import { clientOf } from './district.js';

const scope = { tenant: 'demo' };

/** As many people, sections and clashing names as Clever's own demo district has: names, schools, and how often. */
function demoDistrict(): { readonly district: District; readonly twins: readonly number[] } {
  let district = generateDistrict({ seed: 19, schools: 4, students: 1_800, clashingNames: 0, guardians: false });
  const spring = district.terms.at(-1);
  const originals = district.classes;
  for (const [index, original] of originals.entries()) {
    if (district.classes.length === 400) break;
    const { name, teacherIds, studentIds, schoolId, grade, subject, period } = original;
    const members = { teacherIds, studentIds: studentIds.slice(0, 12) };
    district = withClass(district, {
      name: `${name} - group ${String(index)}`,
      ...{ schoolId, grade, subject, period, ...members },
      ...(spring === undefined ? {} : { termId: spring.id }),
    });
  }
  // Nineteen names that several sections of one school have: most of them two, some three, one five.
  const twins = [...Array.from({ length: 14 }, () => 2), 3, 3, 3, 3, 5];
  const school = district.schools.map(({ id }) => district.classes.filter(({ schoolId }) => schoolId === id));
  const largest = school.sort((left, right) => right.length - left.length)[0] ?? [];
  let position = 0;
  for (const count of twins) {
    const [first, ...others] = largest.slice(position, position + count);
    for (const other of others) district = withClass(district, { id: other.id, name: first?.name });
    position += count;
  }
  return { district, twins };
}

it('a demo-sized district is read, planned and applied; each rename brings in the next section of a name', async () => {
  const { district, twins } = demoDistrict();
  expect(district.classes).toHaveLength(400);
  expect(district.students.length + district.teachers.length + district.staff.length).toBeGreaterThan(1_850);
  const clever = await simulateClever(district);
  onTestFinished(() => clever.close());
  const store = new MemoryStore();
  const source = cleverSource(clientOf({ baseUrl: clever.url }, { token: 'test-token' }));
  const sync = new RosterSync({ source, store, scope, policy: { fullData: true, archive: true } });
  const directory = new Directory({ store, scope });
  const losers = twins.reduce((sum, count) => sum + count - 1, 0);

  const first = await sync.run();
  expect(first.outcome).toBe('applied');
  expect(first.counts.byKind['class-create']).toBe(400 - losers);

  let missing = losers;
  let renames = 0;
  while (missing > 0) {
    const plan = await sync.plan();
    expect(plan.changes).toHaveLength(0);
    const clashes = plan.notes.filter(({ code }) => code === 'DUPLICATE_NAME');
    expect(clashes).toHaveLength(missing);
    // What a person does: renames each imported class that stands in another's way, once, and imports again.
    const inTheWay = new Set(clashes.map(({ evidence }) => String(evidence?.['takenBy'])));
    for (const sourcedId of inTheWay) {
      renames += 1;
      await directory.renameClass({ sourcedId }, `Renamed ${String(renames)}`, { by: 'teacher' });
    }
    const run = await sync.run();
    expect(run.outcome).toBe('applied');
    expect(run.counts.byKind['class-create']).toBe(inTheWay.size);
    missing -= inTheWay.size;
  }

  expect(renames).toBe(losers);
  const last = await sync.plan();
  expect(last.changes).toHaveLength(0);
  expect(last.counts.notesByCode['DUPLICATE_NAME']).toBeUndefined();
  const local = await store.load(scope);
  const classes = [...(local.classes as Iterable<{ readonly state: string; readonly sourcedId?: string }>)];
  expect(classes.filter(({ state }) => state === 'active')).toHaveLength(400);
  expect(new Set(classes.map(({ sourcedId }) => sourcedId))).toEqual(new Set(district.classes.map(({ id }) => id)));
  const members = [...(local.enrollments as Iterable<{ readonly state: string }>)];
  const places = district.classes.reduce((sum, one) => sum + one.teacherIds.length + one.studentIds.length, 0);
  expect(members.filter(({ state }) => state === 'active')).toHaveLength(places);
});
