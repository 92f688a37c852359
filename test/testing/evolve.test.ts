import { describe, expect, test } from 'vitest';
import { type District, evolve, type Evolution, generateDistrict, rollover } from 'rosterkit/testing';
import { allIds, danglingReferences, deepFrozen, memberships } from './support.js';

const district = deepFrozen(generateDistrict({ seed: 5, schools: 5, students: 1_500 }));

const idsOf = (records: readonly { readonly id: string }[]) => new Set(records.map(({ id }) => id));
const missing = (from: ReadonlySet<string>, of: ReadonlySet<string>) => [...of].filter((item) => !from.has(item));

/** How many records of both differ. */
function changed<T extends { readonly id: string }>(before: readonly T[], after: readonly T[], field: keyof T): number {
  const earlier = new Map(before.map((record) => [record.id, record]));
  return after.filter((record) => {
    const old = earlier.get(record.id);
    return old !== undefined && JSON.stringify(old[field]) !== JSON.stringify(record[field]);
  }).length;
}

describe('an evolved district', () => {
  test.each<[string, Evolution]>([
    ['moves', { moves: 20 }],
    ['renames', { renames: 20 }],
    ['withdrawals', { withdrawals: 20 }],
    ['arrivals', { arrivals: 20 }],
    ['class renames', { classRenames: 20 }],
    ['vanishing classes', { classesVanish: 20 }],
    ['changes of contact', { contactChanges: 20 }],
    ['new classes', { classArrivals: 20 }],
    ['changes of teacher', { teacherChanges: 20 }],
    ['changes of co-teachers', { coTeacherChanges: 20 }],
    ['school renames', { schoolRenames: 3 }],
    ['returns', { returns: 20, before: rollover(district) }],
    [
      'everything',
      { moves: 0.1, renames: 0.1, withdrawals: 0.1, arrivals: 0.1, classRenames: 0.1, contactChanges: 0.1 },
    ],
  ])('keeps its references whole and its input as it was after %s', (_, changes) => {
    const before = JSON.stringify(district);
    const next = evolve(district, changes);
    expect(danglingReferences(next)).toEqual([]);
    expect(JSON.stringify(district)).toBe(before);
    expect(JSON.stringify(next)).not.toBe(before);
    expect(new Set(allIds(next)).size).toBe(allIds(next).length);
  });

  test('is the same for the same seed, and another one for another', () => {
    const changes = { moves: 10, arrivals: 10, contactChanges: 10 };
    expect(evolve(district, { seed: 9, ...changes })).toEqual(evolve(district, { seed: 9, ...changes }));
    expect(evolve(district, { seed: 9, ...changes })).not.toEqual(evolve(district, { seed: 8, ...changes }));
  });

  test('has as many moves as were asked for, each from one class into another of the same school', () => {
    const next = evolve(district, { moves: 30 });
    const left = missing(memberships(next), memberships(district));
    const joined = missing(memberships(district), memberships(next));
    expect([left.length, joined.length]).toEqual([30, 30]);
    const schoolOf = new Map(district.classes.map(({ id, schoolId }) => [id, schoolId]));
    const places = (pairs: readonly string[]) =>
      pairs.map((pair) => `${pair.split(' ')[1] ?? ''} ${schoolOf.get(pair.split(' ')[0] ?? '') ?? ''}`).sort();
    expect(places(joined)).toEqual(places(left));
  });

  test('has nobody twice in a class, however many move', () => {
    const next = evolve(generateDistrict({ students: 150, schools: 1 }), { moves: 100 });
    for (const { studentIds } of next.classes) expect(new Set(studentIds).size).toBe(studentIds.length);
  });

  test('has as many of every other change as were asked for, and shares are of what there is', () => {
    expect(changed(district.students, evolve(district, { renames: 7 }).students, 'familyName')).toBe(7);
    expect(changed(district.classes, evolve(district, { classRenames: 7 }).classes, 'name')).toBe(7);
    expect(missing(idsOf(evolve(district, { classesVanish: 7 }).classes), idsOf(district.classes))).toHaveLength(7);
    const contacts = evolve(district, { contactChanges: 7 }).guardians;
    const reach = (guardians: District['guardians']) =>
      guardians.map(({ id, email, mobile, homePhone }) => ({ id, reach: [email, mobile, homePhone] }));
    expect(changed(reach(district.guardians), reach(contacts), 'reach')).toBe(7);
    expect(evolve(district, { withdrawals: 0.1 }).students).toHaveLength(1_350);
    expect(evolve(district, { arrivals: 0.1 }).students).toHaveLength(1_650);
  });

  test('lets guardians go with their last student, and brings new ones into classes with a classmate', () => {
    const fewer = evolve(district, { withdrawals: 500 });
    expect(fewer.guardians.every(({ students }) => students.length > 0)).toBe(true);
    expect(fewer.guardians.length).toBeLessThan(district.guardians.length);
    const more = evolve(district, { arrivals: 15 });
    const newcomers = missing(idsOf(district.students), idsOf(more.students));
    const enrolled = new Set(more.classes.flatMap(({ studentIds }) => studentIds));
    const linked = new Set(more.guardians.flatMap(({ students }) => students.map(({ studentId }) => studentId)));
    expect(newcomers).toHaveLength(15);
    expect(newcomers.every((id) => enrolled.has(id) && linked.has(id))).toBe(true);
  });

  test('adds classes with some of the students of another one, under names of their own', () => {
    const next = evolve(district, { classArrivals: 9 });
    const added = next.classes.slice(district.classes.length);
    expect(added).toHaveLength(9);
    expect(next.classes.slice(0, -9)).toEqual(district.classes);
    const taken = new Set(district.classes.map(({ schoolId, name }) => `${schoolId} ${name}`));
    for (const { schoolId, name, studentIds, courseId } of added) {
      expect(taken.has(`${schoolId} ${name}`)).toBe(false);
      const isModel = (record: (typeof added)[number]) =>
        record.courseId === courseId && studentIds.every((id) => record.studentIds.includes(id));
      expect(studentIds.length > 0 && district.classes.some(isModel)).toBe(true);
    }
  });

  test('gives classes another teacher, by whom they are named, or another co-teacher, or another school name', () => {
    const taught = evolve(district, { teacherChanges: 12 });
    expect(changed(district.classes, taught.classes, 'teacherIds')).toBe(12);
    const familyNames = new Map(district.teachers.map(({ id, familyName }) => [id, familyName]));
    for (const { name, teacherIds } of taught.classes) {
      expect(name).toContain(` - ${familyNames.get(teacherIds[0] ?? '') ?? ''} - `);
    }
    const shared = evolve(district, { coTeacherChanges: 0.5 });
    expect(changed(district.classes, shared.classes, 'teacherIds')).toBe(Math.round(district.classes.length / 2));
    const sizes = shared.classes.map(
      ({ teacherIds }, index) => teacherIds.length - (district.classes[index]?.teacherIds.length ?? 0),
    );
    expect(new Set(sizes)).toEqual(new Set([-1, 0, 1]));
    expect(shared.classes.every(({ teacherIds }) => new Set(teacherIds).size === teacherIds.length)).toBe(true);
    expect(changed(district.schools, evolve(district, { schoolRenames: 2 }).schools, 'name')).toBe(2);
  });

  test('brings people back with the ids they had, into their classes and with their guardians', () => {
    const fewer = evolve(district, { withdrawals: 200, classesVanish: 2 });
    const back = evolve(fewer, { returns: 0.999, before: district });
    expect(back.students.map(({ id }) => id)).toEqual(district.students.map(({ id }) => id));
    const kept = idsOf(back.classes);
    const expected = [...memberships(district)].filter((pair) => kept.has(pair.split(' ')[0] ?? ''));
    expect(memberships(back)).toEqual(new Set(expected));
    const links = (guardians: District['guardians']) =>
      new Set(guardians.flatMap(({ id, students }) => students.map(({ studentId }) => `${id} ${studentId}`)));
    expect(links(back.guardians)).toEqual(links(district.guardians));
    expect(evolve(fewer, { returns: 3, before: district }).students).toHaveLength(1_303);
    expect(() => evolve(fewer, { returns: 3 })).toThrow(expect.objectContaining({ parameter: 'before' }));
  });

  test('gives a renamed class a name that no other class of its school has', () => {
    const next = evolve(generateDistrict({ students: 600, clashingNames: 0 }), { classRenames: 0.9 });
    const names = next.classes.map(({ schoolId, name }) => `${schoolId} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test('stamps what changed, and nothing else', () => {
    const next = evolve(district, { renames: 7 });
    expect(next.updatedAt > district.updatedAt).toBe(true);
    expect(next.students.filter(({ modifiedAt }) => modifiedAt === next.updatedAt)).toHaveLength(7);
    expect(next.classes).toBe(district.classes);
  });

  test('can go on for a year, day by day and month by month', () => {
    let next: District = district;
    for (let month = 0; month < 9; month += 1) next = evolve(evolve(next, 'day'), 'month');
    expect(danglingReferences(next)).toEqual([]);
    expect(new Set(allIds(next)).size).toBe(allIds(next).length);
    expect(memberships(next)).not.toEqual(memberships(district));
  });

  test.each([
    ['moves', -1],
    ['renames', 1.5],
    ['arrivals', Number.NaN],
  ])('refuses %s of %d by its name', (parameter, amount) => {
    expect(() => evolve(district, { [parameter]: amount })).toThrow(expect.objectContaining({ parameter }));
  });
});

describe('a district in its next school year', () => {
  const next = rollover(district, { seed: 2 });

  test('has new classes and terms with new ids, and none of the old', () => {
    const old = new Set([...district.classes, ...district.terms].map(({ id }) => id));
    expect([...next.classes, ...next.terms].filter(({ id }) => old.has(id))).toEqual([]);
    expect(next.terms[0]).toMatchObject({ startDate: '2027-08-17', endDate: '2028-06-05' });
    expect(next.schoolYear).toBe(2027);
    const terms = idsOf(next.terms);
    expect(next.classes.every(({ termId }) => termId !== undefined && terms.has(termId))).toBe(true);
  });

  test('has the seniors gone, as many kindergarteners come, and everyone else one grade higher in a fitting school', () => {
    const before = new Map(district.students.map((student) => [student.id, student]));
    const schools = new Map(next.schools.map((school) => [school.id, school]));
    const seniors = district.students.filter(({ grade }) => grade === 12).length;
    expect(next.students).toHaveLength(district.students.length);
    expect(next.students.filter(({ id }) => !before.has(id))).toHaveLength(seniors);
    for (const student of next.students) {
      expect(student.grade).toBe((before.get(student.id)?.grade ?? -1) + 1);
      const school = schools.get(student.schoolId);
      expect(school && school.lowGrade <= student.grade && student.grade <= school.highGrade).toBe(true);
      expect(student.email === undefined).toBe(student.grade <= 2);
    }
  });

  test('keeps its references, its teachers and its input whole, and is the same for the same seed', () => {
    const before = JSON.stringify(district);
    expect(rollover(district, { seed: 2 })).toEqual(next);
    expect(JSON.stringify(district)).toBe(before);
    expect(danglingReferences(next)).toEqual([]);
    expect(missing(idsOf(next.teachers), idsOf(district.teachers))).toEqual([]);
    expect(new Set(allIds(next)).size).toBe(allIds(next).length);
    expect(next.guardians.every(({ students }) => students.length > 0)).toBe(true);
  });

  test('has kindergarteners whose guardians were there before, for an older sibling', () => {
    const before = new Set(district.guardians.map(({ id }) => id));
    const known = new Set(district.students.map(({ id }) => id));
    const joined = next.guardians.filter(
      ({ id, students }) => before.has(id) && students.some(({ studentId }) => !known.has(studentId)),
    );
    expect(joined.length).toBeGreaterThan(5);
  });

  test('can go on for a generation', () => {
    let later: District = generateDistrict({ students: 300, schools: 3 });
    for (let year = 0; year < 14; year += 1) later = rollover(later, { seed: year });
    expect(danglingReferences(later)).toEqual([]);
    expect(later.students).toHaveLength(300);
  });
});
