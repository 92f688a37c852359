import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../src/errors.js';
import { type District, generateDistrict } from 'rosterkit/testing';
import { allIds, danglingReferences } from './support.js';

const large = generateDistrict({ seed: 3, schools: 20, students: 12_000 });

/** The share of classes whose name another class of their school has. */
function clashingShare(district: District): number {
  const times = new Map<string, number>();
  const keys = district.classes.map(({ schoolId, name }) => `${schoolId} ${name}`);
  for (const key of keys) times.set(key, (times.get(key) ?? 0) + 1);
  return keys.filter((key) => (times.get(key) ?? 0) > 1).length / keys.length;
}

describe('a generated district', () => {
  test('is the same for the same options, down to the last byte', () => {
    const options = { seed: 42, schools: 4, students: 500 };
    expect(JSON.stringify(generateDistrict(options))).toBe(JSON.stringify(generateDistrict(options)));
  });

  test('has other people and other ids for another seed', () => {
    const ids = new Set(allIds(generateDistrict({ seed: 1 })));
    expect(allIds(generateDistrict({ seed: 2 })).filter((id) => ids.has(id))).toEqual([]);
    const names = (seed: number) => generateDistrict({ seed }).students.map(({ familyName }) => familyName);
    expect(names(1)).not.toEqual(names(2));
  });

  test('keeps its people when only the share of clashing names differs', () => {
    const { students, guardians } = generateDistrict({ clashingNames: 0 });
    expect(generateDistrict({ clashingNames: 0.5 })).toMatchObject({ students, guardians });
  });

  test('is plain data', () => {
    const district = generateDistrict();
    expect(JSON.parse(JSON.stringify(district))).toEqual(district);
  });

  test.each([
    [1, 0],
    [1, 1],
    [1, 30],
    [2, 200],
    [3, 7],
    [7, 1_000],
  ])('of %i schools and %i students has just as many, and every reference resolves', (schools, students) => {
    const district = generateDistrict({ schools, students });
    expect(district.schools).toHaveLength(schools);
    expect(district.students).toHaveLength(students);
    expect(danglingReferences(district)).toEqual([]);
    expect(district.classes.every(({ studentIds, teacherIds }) => studentIds.length > 0 && teacherIds.length > 0)).toBe(
      true,
    );
  });

  test('has ids of 24 hexadecimal digits, distinct and ascending in every collection', () => {
    const ids = allIds(large);
    expect(ids.every((id) => /^[0-9a-f]{24}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    for (const records of [large.classes, large.students, large.teachers, large.staff, large.guardians]) {
      const own = records.map(({ id }) => id);
      expect(own).toEqual([...own].sort());
    }
    expect(ids.every((id) => Number.parseInt(id.slice(16), 16) < large.nextSerial)).toBe(true);
  });

  test('has one school year with two halves that meet, at the dates of the option', () => {
    expect(generateDistrict().terms.map(({ startDate, endDate }) => [startDate, endDate])).toEqual([
      ['2026-08-17', '2027-06-05'],
      ['2026-08-17', '2027-01-04'],
      ['2027-01-04', '2027-06-05'],
    ]);
    expect(generateDistrict({ schoolYear: 2030 }).terms[0]).toMatchObject({ startDate: '2030-08-17' });
  });

  test('has every grade, in a school that teaches it', () => {
    expect(new Set(large.students.map(({ grade }) => grade)).size).toBe(13);
    const schools = new Map(large.schools.map((school) => [school.id, school]));
    for (const { schoolId, grade } of large.students) {
      const school = schools.get(schoolId);
      expect(school && school.lowGrade <= grade && grade <= school.highGrade).toBe(true);
    }
  });

  test('gives a pupil one homeroom and an older student seven classes, of about 25', () => {
    const count = new Map<string, number>();
    for (const id of large.classes.flatMap(({ studentIds }) => studentIds)) count.set(id, (count.get(id) ?? 0) + 1);
    for (const { id, grade } of large.students) expect(count.get(id)).toBe(grade <= 5 ? 1 : 7);
    const sizes = large.classes.map(({ studentIds }) => studentIds.length);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(mean).toBeGreaterThan(22);
    expect(mean).toBeLessThan(28);
  });

  test('names classes as Clever does, and only the wanted share of them clash in one school', () => {
    expect(clashingShare(generateDistrict({ schools: 20, students: 12_000, clashingNames: 0 }))).toBe(0);
    expect(clashingShare(large)).toBeGreaterThan(0.08);
    expect(clashingShare(large)).toBeLessThan(0.12);
    expect(clashingShare(generateDistrict({ students: 400, clashingNames: 1 }))).toBeGreaterThan(0.9);
    const teachers = new Map(large.teachers.map((teacher) => [teacher.id, teacher]));
    const courses = new Map(large.courses.map((course) => [course.id, course]));
    for (const { name, courseId, period, teacherIds } of large.classes) {
      const teacher = teachers.get(teacherIds[0] ?? '');
      expect(name).toBe(`${courses.get(courseId ?? '')?.name ?? ''} - ${teacher?.familyName ?? ''} - ${period}`);
    }
  });

  test('has classes of two teachers, and in every school a teacher without a class', () => {
    const shared = large.classes.filter(({ teacherIds }) => teacherIds.length === 2).length / large.classes.length;
    expect(shared).toBeGreaterThan(0.05);
    expect(shared).toBeLessThan(0.2);
    expect(large.classes.every(({ teacherIds }) => new Set(teacherIds).size === teacherIds.length)).toBe(true);
    const busy = new Set(large.classes.flatMap(({ teacherIds }) => teacherIds));
    const idle = new Set(large.teachers.filter(({ id }) => !busy.has(id)).map(({ schoolIds }) => schoolIds[0]));
    expect(idle.size).toBe(large.schools.length);
  });

  test('has a district administrator, and for each school an administrator and office staff', () => {
    const of = (role: string) => large.staff.filter((person) => person.role === role);
    expect(of('district-administrator')).toHaveLength(1);
    expect(new Set(of('school-administrator').flatMap(({ schoolIds }) => schoolIds)).size).toBe(20);
    expect(new Set(of('staff').flatMap(({ schoolIds }) => schoolIds)).size).toBe(20);
  });

  test('gives students an e-mail address from grade 3 on, and nobody that of someone else', () => {
    for (const { grade, email } of large.students) expect(email === undefined).toBe(grade <= 2);
    const people = [...large.students, ...large.teachers, ...large.staff, ...large.guardians];
    const addresses = people.flatMap(({ email }) => email ?? []);
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(addresses.every((address) => /^[a-z0-9.]+@[a-z0-9.]+\.example$/.test(address))).toBe(true);
  });

  test('gives every student one or two guardians, whom siblings share', () => {
    const guardiansOf = new Map<string, string[]>(large.students.map(({ id }) => [id, []]));
    for (const { id, students } of large.guardians) {
      for (const { studentId } of students) guardiansOf.get(studentId)?.push(id);
    }
    const counts = [...guardiansOf.values()].map((guardians) => guardians.length);
    expect(new Set(counts)).toEqual(new Set([1, 2]));
    const families = large.guardians.filter(({ students }) => students.length > 1);
    expect(families.length / large.guardians.length).toBeGreaterThan(0.3);
    const familyName = new Map(large.students.map((student) => [student.id, student.familyName]));
    for (const { students } of families) {
      expect(new Set(students.map(({ studentId }) => guardiansOf.get(studentId)?.join())).size).toBe(1);
      expect(new Set(students.map(({ studentId }) => familyName.get(studentId))).size).toBe(1);
    }
  });

  test('has guardians of every kind of reach, contact and relationship', () => {
    const share = (test: (guardian: District['guardians'][number]) => boolean) =>
      large.guardians.filter(test).length / large.guardians.length;
    expect(share(({ email, mobile }) => email !== undefined && mobile !== undefined)).toBeGreaterThan(0.7);
    expect(share(({ email, mobile }) => email === undefined && mobile !== undefined)).toBeGreaterThan(0.05);
    expect(share(({ email, mobile }) => email === undefined && mobile === undefined)).toBeGreaterThan(0.04);
    expect(share(({ mobile, homePhone }) => mobile === undefined && homePhone === undefined)).toBe(0);
    const links = large.guardians.flatMap(({ students }) => students);
    expect(new Set(links.map(({ contactType }) => contactType))).toEqual(
      new Set(['Primary', 'Secondary', 'Emergency']),
    );
    expect(new Set(links.map(({ relationship }) => relationship)).size).toBe(4);
  });

  test('has no guardians where none are wanted', () => {
    expect(generateDistrict({ guardians: false }).guardians).toEqual([]);
  });

  test.each([
    ['schools', { schools: 0 }],
    ['students', { students: -1 }],
    ['students', { students: 1.5 }],
    ['clashingNames', { clashingNames: 1.1 }],
    ['seed', { seed: Number.NaN }],
    ['schoolYear', { schoolYear: 26 }],
  ])('refuses an impossible %s by its name', (parameter, options) => {
    expect(() => generateDistrict(options)).toThrow(expect.objectContaining({ parameter }));
    expect(() => generateDistrict(options)).toThrow(ConfigurationError);
  });
});
