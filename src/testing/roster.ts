import type { CollectionAttestation, Enrollment, GuardianLink, Roster, Scope, User, UserRole } from '../model/index.js';
import { compareIds, inOrder } from '../internal/ordered.js';
import type { District, DistrictUser } from './district.js';

/** How a district is turned into a roster. */
export interface DistrictRosterOptions {
  /** The provider's name in the roster. @default 'memory' */
  readonly source?: string;
  /** @default { tenant: 'test' } */
  readonly scope?: Scope;
  /** @default a word made of the district's id and the instant of its last change */
  readonly readId?: string;
  /** ISO instant. @default the instant of the district's last change */
  readonly readAt?: string;
}

/**
 * The whole district as the roster that a faultless source would read: every collection complete and in order of its
 * ids. Grades are OneRoster's: `KG`, `01` to `12`.
 *
 * @example
 * ```ts
 * import { districtRoster, evolve, generateDistrict } from 'rosterkit/testing';
 *
 * const district = generateDistrict({ seed: 7 });
 * const before = districtRoster(district);
 * const after = districtRoster(evolve(district, { moves: 3 }));
 * console.log(before.enrollments.length === after.enrollments.length);
 * ```
 */
export function districtRoster(district: District, options: DistrictRosterOptions = {}): Roster {
  const { source = 'memory', scope = { tenant: 'test' } } = options;
  const { readId = `${district.id}@${district.updatedAt}`, readAt = district.updatedAt } = options;
  const schools = byId(district.schools).map(({ id, name, number, modifiedAt }) => ({
    sourcedId: id,
    name,
    identifier: number,
    dateLastModified: modifiedAt,
  }));
  const terms = byId(district.terms).map(({ id, name, startDate, endDate, modifiedAt }) => ({
    sourcedId: id,
    name,
    startDate,
    endDate,
    dateLastModified: modifiedAt,
  }));
  const courses = byId(district.courses).map(({ id, name, number, modifiedAt }) => ({
    sourcedId: id,
    title: name,
    courseCode: number,
    dateLastModified: modifiedAt,
  }));
  const courseNames = new Map(district.courses.map(({ id, name }) => [id, name]));
  const orderedClasses = byId(district.classes);
  const classes = orderedClasses.map((record) => {
    const { courseId, termId } = record;
    const courseTitle = courseId === undefined ? undefined : courseNames.get(courseId);
    return {
      sourcedId: record.id,
      schoolSourcedId: record.schoolId,
      name: record.name,
      ...(courseId === undefined ? {} : { courseSourcedId: courseId }),
      ...(courseTitle === undefined ? {} : { courseTitle }),
      ...(termId === undefined ? {} : { termSourcedIds: [termId] }),
      period: record.period,
      sectionNumber: record.sectionNumber,
      grades: [gradeCode(record.grade)],
      subject: record.subject,
      dateLastModified: record.modifiedAt,
    };
  });
  const users = districtUsers(district).map(toUser);
  const enrollments = orderedClasses.flatMap((record): readonly Enrollment[] => {
    const members: Enrollment[] = [
      ...record.teacherIds.map((userSourcedId, position) => ({
        classSourcedId: record.id,
        userSourcedId,
        role: 'teacher' as const,
        primary: position === 0,
      })),
      ...record.studentIds.map((userSourcedId) => ({
        classSourcedId: record.id,
        userSourcedId,
        role: 'student' as const,
      })),
    ];
    return inOrder(members, (left, right) => compareIds(left.userSourcedId, right.userSourcedId));
  });
  const guardianLinks = byId(district.guardians).flatMap(({ id, students }): readonly GuardianLink[] =>
    inOrder(
      students.map(({ studentId, relationship, contactType }) => ({
        guardianSourcedId: id,
        studentSourcedId: studentId,
        relationship,
        contactType,
      })),
      (left, right) => compareIds(left.studentSourcedId, right.studentSourcedId),
    ),
  );
  const collections = { schools, terms, courses, classes, users, enrollments, guardianLinks };
  return {
    readId,
    source,
    readAt,
    scope,
    attestation: {
      allSchools: true,
      collections: {
        schools: complete(schools),
        terms: complete(terms),
        courses: complete(courses),
        classes: complete(classes),
        users: complete(users),
        enrollments: complete(enrollments),
        guardianLinks: complete(guardianLinks),
      },
    },
    ...collections,
  };
}

/** Everyone of a district, in order of their ids. */
export function districtUsers(district: District): readonly DistrictUser[] {
  return byId<DistrictUser>([...district.students, ...district.teachers, ...district.staff, ...district.guardians]);
}

/** A grade as OneRoster writes it (CEDS): `KG`, `01` to `12`. */
export function gradeCode(grade: number): string {
  return grade === 0 ? 'KG' : String(grade).padStart(2, '0');
}

/** The records in order of their ids. */
export function byId<T extends { readonly id: string }>(records: readonly T[]): readonly T[] {
  return inOrder(records, (left, right) => compareIds(left.id, right.id));
}

function complete(records: readonly unknown[]): CollectionAttestation {
  return { state: 'complete', received: records.length, expected: records.length, ended: 'total-reached' };
}

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

function toUser(user: DistrictUser): User {
  // Fields are added one by one: spreading optional ones costs a large district most of its time.
  const result: Mutable<User> = {
    sourcedId: user.id,
    roles: rolesByRole[user.role],
    givenName: user.givenName,
    familyName: user.familyName,
    schoolSourcedIds: schoolsOf(user),
    dateLastModified: user.modifiedAt,
  };
  if (user.middleName !== undefined) result.middleName = user.middleName;
  if (user.email !== undefined) result.email = user.email;
  if (user.role === 'guardian') {
    if (user.mobile !== undefined) result.mobile = user.mobile;
    if (user.homePhone !== undefined) result.homePhone = user.homePhone;
    return result;
  }
  result.username = user.username;
  result.sisId = user.sisId;
  const [mainSchool] = result.schoolSourcedIds;
  if (mainSchool !== undefined) result.primarySchoolSourcedId = mainSchool;
  if (user.role === 'student' || user.role === 'teacher') result.stateId = user.stateId;
  if (user.role === 'student') {
    result.grade = gradeCode(user.grade);
    result.birthDate = user.birthDate;
  }
  return result;
}

const rolesByRole: Readonly<Record<DistrictUser['role'], readonly UserRole[]>> = {
  student: ['student'],
  teacher: ['teacher'],
  staff: ['staff'],
  'school-administrator': ['administrator'],
  'district-administrator': ['administrator'],
  guardian: ['guardian'],
};

/** The schools that a person belongs to. */
export function schoolsOf(user: DistrictUser): readonly string[] {
  if (user.role === 'student') return [user.schoolId];
  return user.role === 'guardian' ? [] : user.schoolIds;
}
