/** Plans and runs as an administrator meets them, for reports. */

import { MemoryStore, RosterSync, type LocalState, type Plan, type Roster, type RunReport } from 'rosterkit';
import {
  type District,
  districtRoster,
  evolve,
  FixedClock,
  generateDistrict,
  rosterSource,
  withDanglingEnrollment,
  withoutClass,
} from 'rosterkit/testing';

/** A plan, with all that it was made from, and the runs before it. */
export interface Reported {
  readonly plan: Plan;
  readonly roster: Roster;
  readonly local: LocalState;
  readonly runs: readonly RunReport[];
}

const scope = { tenant: 'cedar-valley' };
const night = 24 * 60 * 60 * 1000;

/**
 * A first import, and so many nights with little to do; then a morning on which grade 7 of the district is not shared any more,
 * a class is gone, and the rest is as ever.
 */
export async function mondayMorning({ students = 320, schools = 4, nights = 9 } = {}): Promise<Reported> {
  const clock = new FixedClock('2026-09-01T03:00:00.000Z');
  let district = generateDistrict({ seed: 7, students, schools, clashingNames: 0.1, name: 'Cedar Valley' });
  let read: Roster = districtRoster(district, { scope });
  const store = new MemoryStore({ clock });
  const sync = new RosterSync({
    source: rosterSource(() => read),
    store,
    scope,
    policy: { fullData: true, archive: true, contactUpdates: 'all', deactivateUnrostered: true },
    steps: ['classes', 'teachers', 'students', 'guardians'],
    clock,
  });
  for (let index = 0; index <= nights; index += 1) {
    await sync.run();
    clock.advance(night);
    district = evolve(district, { seed: index + 1, moves: 1 + (index % 4), arrivals: index % 3, contactChanges: 2 });
    read = districtRoster(district, { scope });
  }
  const morning = { seed: 99, moves: 5, arrivals: 4, withdrawals: 2, renames: 3, classRenames: 2, contactChanges: 6 };
  district = withDanglingEnrollment(evolve(district, { ...morning, classArrivals: 1, schoolRenames: 1 }));
  read = districtRoster(withoutGrade(withoutClass(district, district.classes[3]?.id ?? ''), 7), { scope });
  const local = await store.load(scope);
  const plan = await sync.plan();
  const runs = [...(await store.runs(scope))];
  return { plan, roster: { ...read, readId: plan.readId }, local, runs };
}

/** A sharing rule changed: a grade is not in the data any more, as if all its students had left. */
function withoutGrade(district: District, grade: number): District {
  const gone = new Set(district.students.filter((student) => student.grade === grade).map(({ id }) => id));
  return {
    ...district,
    students: district.students.filter(({ id }) => !gone.has(id)),
    classes: district.classes.map((section) => ({
      ...section,
      studentIds: section.studentIds.filter((id) => !gone.has(id)),
    })),
  };
}
