import type {
  District,
  DistrictClass,
  DistrictCourse,
  DistrictGuardian,
  DistrictRecord,
  DistrictSchool,
  DistrictStudent,
  DistrictTerm,
  DistrictUser,
} from '../district.js';
import { gradeCode } from '../roster.js';

/** A record as a OneRoster server writes it. What it does not know is an empty text or list. */
export type OneRosterRecord = Readonly<Record<string, unknown>>;

/** How records are written. */
export interface RecordStyle {
  readonly version: '1.1' | '1.2';
  /** Whether a user has `role` and `orgs`, as in 1.1. */
  readonly hasRole: boolean;
  /** Whether a user has `roles`, as in 1.2. */
  readonly hasRoles: boolean;
}

/** A reference to another record. */
export interface GuidRef {
  readonly href: string;
  readonly sourcedId: string;
  readonly type: string;
}

/** Writes records: `base` is the address that references begin with, up to `/ims/oneroster/v1p1`. */
export class OneRosterWriter {
  private readonly base: string;
  private readonly style: RecordStyle;

  constructor(base: string, style: RecordStyle) {
    this.base = base;
    this.style = style;
  }

  districtOrg(district: District): OneRosterRecord {
    return {
      sourcedId: district.id,
      status: 'active',
      dateLastModified: district.updatedAt,
      name: district.name,
      type: 'district',
      identifier: '',
      children: district.schools.map(({ id }) => this.ref('orgs', 'org', id)),
    };
  }

  schoolOrg(district: District, school: DistrictSchool): OneRosterRecord {
    return {
      ...common(school),
      name: school.name,
      type: 'school',
      identifier: school.number,
      parent: this.ref('orgs', 'org', district.id),
      children: [],
    };
  }

  academicSession(district: District, term: DistrictTerm): OneRosterRecord {
    const year = district.terms.find(({ type }) => type === 'schoolYear');
    const isYear = term.type === 'schoolYear';
    return {
      ...common(term),
      title: term.name,
      startDate: term.startDate,
      endDate: term.endDate,
      type: term.type,
      ...(isYear || year === undefined ? {} : { parent: this.ref('academicSessions', 'academicSession', year.id) }),
      children: isYear
        ? district.terms
            .filter(({ type }) => type === 'term')
            .map(({ id }) => this.ref('academicSessions', 'academicSession', id))
        : [],
      // A school year is called after the year in which it ends.
      schoolYear: String(district.schoolYear + 1),
    };
  }

  course(district: District, course: DistrictCourse): OneRosterRecord {
    return {
      ...common(course),
      title: course.name,
      courseCode: course.number,
      grades: [gradeCode(course.grade)],
      subjects: [course.subject],
      org: this.ref('orgs', 'org', district.id),
      subjectCodes: [],
      resources: [this.ref('resources', 'resource', course.id + resourceSuffix)],
    };
  }

  class(record: DistrictClass): OneRosterRecord {
    const { courseId, termId } = record;
    return {
      ...common(record),
      title: record.name,
      classCode: record.sectionNumber,
      classType: record.type,
      location: '',
      grades: [gradeCode(record.grade)],
      subjects: [record.subject],
      ...(courseId === undefined ? {} : { course: this.ref('courses', 'course', courseId) }),
      school: this.ref('orgs', 'org', record.schoolId),
      terms: termId === undefined ? [] : [this.ref('academicSessions', 'academicSession', termId)],
      subjectCodes: [],
      periods: record.period === '' ? [] : [record.period],
      resources: courseId === undefined ? [] : [this.ref('resources', 'resource', courseId + resourceSuffix)],
    };
  }

  enrollment(record: DistrictClass, userId: string, role: 'student' | 'teacher'): OneRosterRecord {
    return {
      sourcedId: enrollmentId(record.id, userId),
      status: 'active',
      dateLastModified: record.modifiedAt,
      user: this.ref('users', 'user', userId),
      class: this.ref('classes', 'class', record.id),
      school: this.ref('orgs', 'org', record.schoolId),
      role,
      primary: String(role === 'teacher' && record.teacherIds[0] === userId),
      beginDate: '',
      endDate: '',
    };
  }

  user(user: DistrictUser, agentIds: readonly string[], orgIds: readonly string[]): OneRosterRecord {
    const { hasRole, hasRoles } = this.style;
    const orgs = orgIds.map((id) => this.ref('orgs', 'org', id));
    // Fields are added one by one: spreading the optional ones costs a large district most of its time.
    const record: Record<string, unknown> = {
      sourcedId: user.id,
      status: 'active',
      dateLastModified: user.modifiedAt,
      username: 'username' in user ? user.username : (user.email ?? ''),
      userIds: 'stateId' in user ? [{ type: 'StateID', identifier: user.stateId }] : [],
      enabledUser: 'true',
      givenName: user.givenName,
      familyName: user.familyName,
      middleName: user.middleName ?? '',
      identifier: 'sisId' in user ? user.sisId : '',
      email: user.email ?? '',
      sms: user.role === 'guardian' ? (user.mobile ?? '') : '',
      phone: user.role === 'guardian' ? (user.homePhone ?? '') : '',
      agents: agentIds.map((id) => this.ref('users', 'user', id)),
      grades: user.role === 'student' ? [gradeCode(user.grade)] : [],
      password: '',
    };
    if (hasRole) {
      record['role'] = roleOf(user, '1.1');
      record['orgs'] = orgs;
    }
    if (hasRoles) Object.assign(record, this.rolesOf(user, orgs));
    return record;
  }

  /** Has the sourcedId of its student, and no other reference. */
  demographics(student: DistrictStudent, guardians: readonly DistrictGuardian[]): OneRosterRecord {
    const sexes = { F: 'female', M: 'male', X: this.style.version === '1.2' ? 'unspecified' : '' };
    // The last digits of the number stand for a throw of the dice.
    const throwOfDice = Number(student.stateId.slice(-4)) || 0;
    const is = (sides: number, side: number) => String(throwOfDice % sides === side);
    return {
      ...common(student),
      birthDate: student.birthDate,
      sex: sexes[student.gender],
      americanIndianOrAlaskaNative: is(50, 1),
      asian: is(9, 2),
      blackOrAfricanAmerican: is(7, 3),
      nativeHawaiianOrOtherPacificIslander: is(90, 4),
      white: is(2, 0),
      demographicRaceTwoOrMoreRaces: is(14, 10),
      hispanicOrLatinoEthnicity: is(4, 1),
      countryOfBirthCode: 'US',
      stateOfBirthAbbreviation: '',
      cityOfBirth: '',
      publicSchoolResidenceStatus: '',
      ...(guardians.length === 0 ? {} : { metadata: guardianMetadata(guardians) }),
    };
  }

  resource(course: DistrictCourse): OneRosterRecord {
    return {
      ...common(course),
      sourcedId: course.id + resourceSuffix,
      title: `Textbook: ${course.name}`,
      roles: [],
      importance: 'primary',
      vendorResourceId: `book-${course.number}`,
      vendorId: 'vendor-1',
      applicationId: '',
    };
  }

  category(district: District): OneRosterRecord {
    return {
      sourcedId: district.id + categorySuffix,
      status: 'active',
      dateLastModified: district.updatedAt,
      title: 'Homework',
      ...(this.style.version === '1.2' ? { weight: 1 } : {}),
    };
  }

  lineItem(district: District, record: DistrictClass): OneRosterRecord {
    const { termId } = record;
    const day = `${String(district.schoolYear)}-09-01`;
    return {
      ...common(record),
      sourcedId: record.id + lineItemSuffix,
      title: 'First homework',
      description: '',
      assignDate: day,
      dueDate: `${String(district.schoolYear)}-09-08`,
      class: this.ref('classes', 'class', record.id),
      ...(this.style.version === '1.2' ? { school: this.ref('orgs', 'org', record.schoolId) } : {}),
      category: this.ref('categories', 'category', district.id + categorySuffix),
      ...(termId === undefined ? {} : { gradingPeriod: this.ref('academicSessions', 'academicSession', termId) }),
      resultValueMin: 0,
      resultValueMax: 10,
    };
  }

  result(district: District, record: DistrictClass, studentId: string): OneRosterRecord {
    return {
      ...common(record),
      sourcedId: resultId(record.id, studentId),
      lineItem: this.ref('lineItems', 'lineItem', record.id + lineItemSuffix),
      student: this.ref('users', 'user', studentId),
      ...(this.style.version === '1.2' ? { class: this.ref('classes', 'class', record.id) } : {}),
      scoreStatus: 'fully graded',
      score: 10,
      scoreDate: `${String(district.schoolYear)}-09-09`,
      comment: '',
    };
  }

  /** 1.2: one role in each org, and a profile of whoever has a name to sign in with. */
  private rolesOf(user: DistrictUser, orgs: readonly GuidRef[]): OneRosterRecord {
    const role = roleOf(user, this.style.version);
    const [primaryOrg] = orgs;
    return {
      roles: orgs.map((org) => ({ roleType: 'primary', role, org, beginDate: '', endDate: '' })),
      ...(primaryOrg === undefined ? {} : { primaryOrg }),
      userProfiles:
        'username' in user
          ? [
              {
                profileId: `urn:profile:${user.id}`,
                profileType: 'login',
                vendorId: 'vendor-1',
                applicationId: '',
                description: '',
                credentials: [{ type: 'username', username: user.username, password: '' }],
              },
            ]
          : [],
    };
  }

  private ref(collection: string, type: string, sourcedId: string): GuidRef {
    return { href: `${this.base}/${collection}/${encodeURIComponent(sourcedId)}`, sourcedId, type };
  }
}

/** An enrollment has no id in a district: its class's and its user's stand for it. */
export function enrollmentId(classId: string, userId: string): string {
  return `${classId}-${userId}`;
}

/** A course has one resource: its sourcedId is the course's and this. */
export const resourceSuffix = '-book';
/** The district has one category. */
export const categorySuffix = '-homework';
/** A class has one line item, and each of its students one result. */
export const lineItemSuffix = '-homework';

/** The sourcedId of what a student reached in a class. */
export function resultId(classId: string, studentId: string): string {
  return `${classId}${lineItemSuffix}-${studentId}`;
}

function common(record: DistrictRecord): OneRosterRecord {
  return { sourcedId: record.id, status: 'active', dateLastModified: record.modifiedAt };
}

/** 1.2 tells a school's administrators from the district's. */
function roleOf(user: DistrictUser, version: RecordStyle['version']): string {
  switch (user.role) {
    case 'student':
    case 'teacher':
      return user.role;
    case 'staff':
      return 'aide';
    case 'guardian':
      return guardianRole(user);
    case 'school-administrator':
      return version === '1.2' ? 'siteAdministrator' : 'administrator';
    default:
      return version === '1.2' ? 'districtAdministrator' : 'administrator';
  }
}

function guardianRole(guardian: DistrictGuardian): string {
  const relationship = guardian.students[0]?.relationship;
  if (relationship === 'Parent') return 'parent';
  return relationship === 'Grandparent' || relationship === 'Aunt/Uncle' ? 'relative' : 'guardian';
}

function guardianMetadata(guardians: readonly DistrictGuardian[]): OneRosterRecord {
  return Object.fromEntries(
    guardians.flatMap(({ givenName, familyName, email, mobile, homePhone }, index) => {
      const place = `Guardian${String(index + 1)}`;
      return [
        [`${place}FullName`, `${givenName} ${familyName}`],
        [`${place}Email`, email ?? ''],
        [`${place}Phone`, mobile ?? homePhone ?? ''],
      ];
    }),
  );
}
