import { describe, expect, test } from 'vitest';
import {
  generateDistrict,
  withClass,
  withDanglingEnrollment,
  withDuplicateUser,
  withGuardian,
  withoutClass,
  withoutGuardian,
  withoutStudent,
  withoutTeacher,
  withStaff,
  withStudent,
  withTeacher,
} from 'rosterkit/testing';
import { danglingReferences, deepFrozen } from './support.js';

const district = deepFrozen(generateDistrict({ seed: 11 }));
const [firstClass] = district.classes;
const [firstStudent] = district.students;
const [firstSchool] = district.schools;
if (!firstClass || !firstStudent || !firstSchool) throw new Error('the district is empty');

describe('an edited district', () => {
  test('has a class with new fields, at its place, and all others as they were', () => {
    const next = withClass(district, { id: firstClass.id, name: 'Room 12' });
    expect(next.classes[0]).toEqual({ ...firstClass, name: 'Room 12', modifiedAt: next.updatedAt });
    expect(next.classes.slice(1)).toEqual(district.classes.slice(1));
  });

  test('has a new class, with an id of its own or the one given, in the order of ids', () => {
    const next = withClass(district, { schoolId: firstSchool.id, name: 'Chess', studentIds: [firstStudent.id] });
    expect(next.classes.at(-1)).toMatchObject({ name: 'Chess', teacherIds: [], studentIds: [firstStudent.id] });
    const twice = withClass(next, { schoolId: firstSchool.id, name: 'Go' });
    expect(new Set(twice.classes.map(({ id }) => id)).size).toBe(district.classes.length + 2);
    const named = withClass(district, { id: '0'.repeat(24), schoolId: firstSchool.id });
    expect(named.classes[0]?.id).toBe('0'.repeat(24));
  });

  test('loses a field that is given as undefined', () => {
    const guardian = district.guardians.find(({ email }) => email !== undefined);
    const next = withGuardian(district, { id: guardian?.id, email: undefined, mobile: '(201) 555-0100' });
    const changed = next.guardians.find(({ id }) => id === guardian?.id);
    expect(changed).not.toHaveProperty('email');
    expect(changed?.mobile).toBe('(201) 555-0100');
  });

  test('has new people where their id is not known', () => {
    const student = withStudent(district, { schoolId: firstSchool.id, givenName: 'Ada', grade: 4 }).students.at(-1);
    expect(student).toMatchObject({ givenName: 'Ada', grade: 4, role: 'student' });
    const teacher = withTeacher(district, { schoolIds: [firstSchool.id], email: 'a@b.example' }).teachers.at(-1);
    expect(teacher).toMatchObject({ email: 'a@b.example', role: 'teacher' });
    const clerk = withStaff(district, { schoolIds: [firstSchool.id], givenName: 'Grace' }).staff.at(-1);
    expect(clerk).toMatchObject({ givenName: 'Grace', role: 'staff', schoolIds: [firstSchool.id] });
    const head = withStaff(district, { role: 'district-administrator' }).staff.at(-1);
    expect(head).toMatchObject({ role: 'district-administrator', schoolIds: [] });
  });

  test('has staff with new fields, at their place', () => {
    const [first, ...others] = district.staff;
    const next = withStaff(district, { id: first?.id, email: undefined, title: 'Registrar' });
    expect(next.staff[0]).toMatchObject({ id: first?.id, role: first?.role, title: 'Registrar' });
    expect(next.staff[0]).not.toHaveProperty('email');
    expect(next.staff.slice(1)).toEqual(others);
  });

  test('has no trace of what was taken away', () => {
    expect(withoutClass(district, firstClass.id).classes).toEqual(district.classes.slice(1));
    const left = withoutStudent(district, firstStudent.id);
    expect(danglingReferences(left)).toEqual([]);
    expect(JSON.stringify(left)).not.toContain(firstStudent.id);
    const teacherId = firstClass.teacherIds[0] ?? '';
    expect(JSON.stringify(withoutTeacher(district, teacherId))).not.toContain(teacherId);
    const guardianId = district.guardians[0]?.id ?? '';
    expect(withoutGuardian(district, guardianId).guardians).toEqual(district.guardians.slice(1));
  });

  test('has one enrollment of nobody, or one person twice', () => {
    const dangling = withDanglingEnrollment(district);
    expect(danglingReferences(dangling)).toEqual([`class.student ${dangling.classes[0]?.studentIds.at(-1) ?? ''}`]);
    const doubled = withDuplicateUser(district, firstStudent.id).students;
    expect(doubled.filter(({ id }) => id === firstStudent.id)).toHaveLength(2);
    expect(doubled).toHaveLength(district.students.length + 1);
  });

  test.each([
    ['classId', () => withoutClass(district, 'x')],
    ['studentId', () => withoutStudent(district, 'x')],
    ['teacherId', () => withoutTeacher(district, 'x')],
    ['guardianId', () => withoutGuardian(district, 'x')],
    ['classId', () => withDanglingEnrollment(district, 'x')],
    ['studentId', () => withDuplicateUser(district, 'x')],
    ['schoolId', () => withClass(district, { name: 'Nowhere' })],
    ['schoolId', () => withStudent(district, {})],
    ['schoolIds', () => withTeacher(district, {})],
    ['schoolIds', () => withStaff(district, { role: 'school-administrator' })],
  ])('is refused with the name of the %s that is unknown or missing', (parameter, edit) => {
    expect(edit).toThrow(expect.objectContaining({ parameter }));
  });
});
