import { ConfigurationError } from '../errors.js';
import { compareIds } from '../internal/ordered.js';
import { patched } from '../internal/patch.js';
import type {
  District,
  DistrictClass,
  DistrictGuardian,
  DistrictRecord,
  DistrictStaff,
  DistrictStudent,
  DistrictTeacher,
} from './district.js';
import { IdIssuer, serialOf } from './ids.js';
import { keepGuardiansOf, later, positionOf } from './lookup.js';

const minuteMs = 60_000;

/** Fields of a record: one that is `undefined` is taken away. */
export type DistrictFields<T> = { readonly [Field in keyof T]?: T[Field] | undefined };

/**
 * The district with one class more, or, where a class has the `id` given, with these fields of it changed.
 *
 * @throws {ConfigurationError} where a new class names no school.
 * @example
 * ```ts
 * import { generateDistrict, withClass } from 'rosterkit/testing';
 *
 * const district = generateDistrict();
 * const [first] = district.classes;
 * const renamed = first ? withClass(district, { id: first.id, name: 'Room 12' }) : district;
 * ```
 */
export function withClass(district: District, fields: DistrictFields<DistrictClass>): District {
  return put(district, 'classes', fields, (base): DistrictClass => {
    const schoolId = required('schoolId', fields.schoolId);
    return {
      ...base,
      name: 'New class',
      type: 'scheduled',
      schoolId,
      sisId: `C${String(serialOf(base.id))}`,
      sectionNumber: '',
      period: '',
      grade: 0,
      subject: '',
      teacherIds: [],
      studentIds: [],
    };
  });
}

/**
 * The district with one student more, or, where a student has the `id` given, with these fields of them changed. A new
 * student is in no class: see {@link withClass}.
 *
 * @throws {ConfigurationError} where a new student names no school.
 * @example
 * ```ts
 * import { generateDistrict, withStudent } from 'rosterkit/testing';
 *
 * const district = generateDistrict();
 * const [school] = district.schools;
 * const next = school ? withStudent(district, { schoolId: school.id, givenName: 'Ada', grade: 4 }) : district;
 * ```
 */
export function withStudent(district: District, fields: DistrictFields<DistrictStudent>): District {
  return put(district, 'students', fields, (base): DistrictStudent => {
    const schoolId = required('schoolId', fields.schoolId);
    return {
      ...base,
      role: 'student',
      givenName: 'New',
      familyName: 'Student',
      username: `student${String(serialOf(base.id))}`,
      schoolId,
      grade: 0,
      birthDate: `${String(district.schoolYear - 6)}-01-01`,
      gender: 'X',
      sisId: String(serialOf(base.id)),
      stateId: `99${String(serialOf(base.id))}`,
    };
  });
}

/**
 * The district with one teacher more, or, where a teacher has the `id` given, with these fields of them changed. A new
 * teacher teaches no class: see {@link withClass}.
 *
 * @throws {ConfigurationError} where a new teacher names no school.
 * @example
 * ```ts
 * import { generateDistrict, withTeacher } from 'rosterkit/testing';
 *
 * const district = generateDistrict();
 * const [teacher] = district.teachers;
 * const next = teacher ? withTeacher(district, { id: teacher.id, email: 'new.address@school.example' }) : district;
 * ```
 */
export function withTeacher(district: District, fields: DistrictFields<DistrictTeacher>): District {
  return put(district, 'teachers', fields, (base): DistrictTeacher => {
    const schoolIds = required('schoolIds', fields.schoolIds);
    return {
      ...base,
      role: 'teacher',
      givenName: 'New',
      familyName: 'Teacher',
      username: `teacher${String(serialOf(base.id))}`,
      schoolIds,
      title: 'Teacher',
      sisId: `T${String(serialOf(base.id))}`,
      stateId: `88${String(serialOf(base.id))}`,
    };
  });
}

/**
 * The district with one member of staff more, or, where one has the `id` given, with these fields of them changed. A new
 * one works in an office, unless `role` makes them an administrator.
 *
 * @throws {ConfigurationError} where a new one names no school and is no administrator of the district.
 * @example
 * ```ts
 * import { generateDistrict, withStaff } from 'rosterkit/testing';
 *
 * const district = generateDistrict();
 * const [school] = district.schools;
 * const next = school
 *   ? withStaff(district, { role: 'school-administrator', schoolIds: [school.id], title: 'Principal' })
 *   : district;
 * ```
 */
export function withStaff(district: District, fields: DistrictFields<DistrictStaff>): District {
  return put(district, 'staff', fields, (base): DistrictStaff => {
    const role = fields.role ?? 'staff';
    const schoolIds = role === 'district-administrator' ? [] : required('schoolIds', fields.schoolIds);
    return {
      ...base,
      role,
      givenName: 'New',
      familyName: 'Colleague',
      username: `staff${String(serialOf(base.id))}`,
      schoolIds,
      title: role === 'staff' ? 'Office Clerk' : 'Administrator',
      sisId: `S${String(serialOf(base.id))}`,
    };
  });
}

/**
 * The district with one guardian more, or, where a guardian has the `id` given, with these fields of them changed.
 *
 * @example
 * ```ts
 * import { generateDistrict, withGuardian } from 'rosterkit/testing';
 *
 * const district = generateDistrict();
 * const [guardian] = district.guardians;
 * const unreachable = guardian ? withGuardian(district, { id: guardian.id, email: undefined }) : district;
 * ```
 */
export function withGuardian(district: District, fields: DistrictFields<DistrictGuardian>): District {
  return put(
    district,
    'guardians',
    fields,
    (base): DistrictGuardian => ({
      ...base,
      role: 'guardian',
      givenName: 'New',
      familyName: 'Guardian',
      students: [],
    }),
  );
}

/**
 * The district without the class. Its members stay in the district.
 *
 * @throws {ConfigurationError} where the district has no such class.
 * @example
 * ```ts
 * import { generateDistrict, withoutClass } from 'rosterkit/testing';
 *
 * const district = generateDistrict();
 * const [record] = district.classes;
 * const next = record ? withoutClass(district, record.id) : district;
 * ```
 */
export function withoutClass(district: District, id: string): District {
  const classes = without(district.classes, id, 'class');
  return { ...district, updatedAt: later(district, minuteMs), classes };
}

/**
 * The district without the student, in no class any more, and without guardians who then have no student left.
 *
 * @throws {ConfigurationError} where the district has no such student.
 * @example
 * ```ts
 * import { generateDistrict, withoutStudent } from 'rosterkit/testing';
 *
 * const district = generateDistrict();
 * const [student] = district.students;
 * const next = student ? withoutStudent(district, student.id) : district;
 * ```
 */
export function withoutStudent(district: District, id: string): District {
  const at = later(district, minuteMs);
  return {
    ...district,
    updatedAt: at,
    students: without(district.students, id, 'student'),
    classes: district.classes.map((record) =>
      record.studentIds.includes(id)
        ? { ...record, modifiedAt: at, studentIds: record.studentIds.filter((other) => other !== id) }
        : record,
    ),
    guardians: keepGuardiansOf(district.guardians, (studentId) => studentId === id, at),
  };
}

/**
 * The district without the teacher. Where it was a class's only teacher, the class has none.
 *
 * @throws {ConfigurationError} where the district has no such teacher.
 * @example
 * ```ts
 * import { generateDistrict, withoutTeacher } from 'rosterkit/testing';
 *
 * const district = generateDistrict();
 * const [teacher] = district.teachers;
 * const next = teacher ? withoutTeacher(district, teacher.id) : district;
 * ```
 */
export function withoutTeacher(district: District, id: string): District {
  const at = later(district, minuteMs);
  return {
    ...district,
    updatedAt: at,
    teachers: without(district.teachers, id, 'teacher'),
    classes: district.classes.map((record) =>
      record.teacherIds.includes(id)
        ? { ...record, modifiedAt: at, teacherIds: record.teacherIds.filter((other) => other !== id) }
        : record,
    ),
  };
}

/**
 * The district without the guardian.
 *
 * @throws {ConfigurationError} where the district has no such guardian.
 * @example
 * ```ts
 * import { generateDistrict, withoutGuardian } from 'rosterkit/testing';
 *
 * const district = generateDistrict();
 * const [guardian] = district.guardians;
 * const next = guardian ? withoutGuardian(district, guardian.id) : district;
 * ```
 */
export function withoutGuardian(district: District, id: string): District {
  const guardians = without(district.guardians, id, 'guardian');
  return { ...district, updatedAt: later(district, minuteMs), guardians };
}

/**
 * The district with bad data, as real feeds have it: a class (the first, unless another is named) lists a student who
 * does not exist. `withDanglingEnrollment(d).classes` shows the id as the last of `studentIds`.
 *
 * @throws {ConfigurationError} where the district has no such class.
 * @example
 * ```ts
 * import { generateDistrict, withDanglingEnrollment } from 'rosterkit/testing';
 *
 * const district = withDanglingEnrollment(generateDistrict());
 * const stranger = district.classes[0]?.studentIds.at(-1);
 * ```
 */
export function withDanglingEnrollment(district: District, classId?: string): District {
  const position = classId === undefined ? 0 : district.classes.findIndex(({ id }) => id === classId);
  const record = district.classes[position];
  if (record === undefined) throw new ConfigurationError('classId', 'no class of the district has this id');
  const issuer = new IdIssuer(district.id, district.nextSerial);
  const studentIds = [...record.studentIds, issuer.issue()];
  return { ...withClass(district, { id: record.id, studentIds }), nextSerial: issuer.next };
}

/**
 * The district with bad data, as real feeds have it: one student (the first, unless another is named) is there twice,
 * the second time with another family name. A list shows both, on one page or on two.
 *
 * @throws {ConfigurationError} where the district has no such student.
 * @example
 * ```ts
 * import { generateDistrict, withDuplicateUser } from 'rosterkit/testing';
 *
 * const district = withDuplicateUser(generateDistrict());
 * console.log(district.students[0]?.id === district.students[1]?.id); // true
 * ```
 */
export function withDuplicateUser(district: District, studentId?: string): District {
  const position = studentId === undefined ? 0 : district.students.findIndex(({ id }) => id === studentId);
  const student = district.students[position];
  if (student === undefined) throw new ConfigurationError('studentId', 'no student of the district has this id');
  const at = later(district, minuteMs);
  const twin = { ...student, modifiedAt: at, familyName: `${student.familyName} II` };
  return { ...district, updatedAt: at, students: district.students.toSpliced(position + 1, 0, twin) };
}

type Editable = Pick<District, 'classes' | 'students' | 'teachers' | 'staff' | 'guardians'>;

function put<Key extends keyof Editable, T extends District[Key][number]>(
  district: District,
  key: Key,
  fields: DistrictFields<T> & { readonly id?: string | undefined; readonly modifiedAt?: string | undefined },
  create: (base: DistrictRecord) => T,
): District {
  const at = later(district, minuteMs);
  const records = district[key] as readonly unknown[] as readonly T[];
  const issuer = new IdIssuer(district.id, district.nextSerial);
  const id = fields.id ?? issuer.issue();
  const position = positionOf(records, id);
  const present = records[position];
  const base = present ?? create({ id, createdAt: at, modifiedAt: at });
  const record: T = { ...patched(base, fields), id, modifiedAt: fields.modifiedAt ?? at };
  const changed =
    present === undefined
      ? [...records, record].sort((left, right) => compareIds(left.id, right.id))
      : records.with(position, record);
  return { ...district, updatedAt: at, nextSerial: issuer.next, [key]: changed };
}

function without<T extends DistrictRecord>(records: readonly T[], id: string, noun: string): readonly T[] {
  const kept = records.filter((record) => record.id !== id);
  if (kept.length === records.length) {
    throw new ConfigurationError(`${noun}Id`, `no ${noun} of the district has this id`);
  }
  return kept;
}

function required<T>(option: string, value: T | undefined): T {
  if (value === undefined) throw new ConfigurationError(option, 'is needed for a new record');
  return value;
}
