import type {
  District,
  DistrictClass,
  DistrictCourse,
  DistrictGuardian,
  DistrictRecord,
  DistrictSchool,
  DistrictTerm,
  DistrictUser,
} from '../district.js';
import { gradeCode } from '../roster.js';

/** A record as a OneRoster 1.1 server writes it. What it does not know is an empty text or list. */
export type OneRosterRecord = Readonly<Record<string, unknown>>;

/** A reference to another record. */
export interface GuidRef {
  readonly href: string;
  readonly sourcedId: string;
  readonly type: string;
}

/** Makes references: `base` is the address of the roster server, up to `/ims/oneroster/v1p1`. */
export class OneRosterWriter {
  private readonly base: string;

  constructor(base: string) {
    this.base = base;
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
      resources: [],
    };
  }

  enrollment(record: DistrictClass, userId: string, role: 'student' | 'teacher'): OneRosterRecord {
    return {
      ...common(record),
      sourcedId: enrollmentId(record.id, userId),
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
    return {
      ...common(user),
      username: 'username' in user ? user.username : (user.email ?? ''),
      userIds: 'stateId' in user ? [{ type: 'StateID', identifier: user.stateId }] : [],
      enabledUser: 'true',
      givenName: user.givenName,
      familyName: user.familyName,
      middleName: user.middleName ?? '',
      role: roleOf(user),
      identifier: 'sisId' in user ? user.sisId : '',
      email: user.email ?? '',
      sms: user.role === 'guardian' ? (user.mobile ?? '') : '',
      phone: user.role === 'guardian' ? (user.homePhone ?? '') : '',
      agents: agentIds.map((id) => this.ref('users', 'user', id)),
      orgs: orgIds.map((id) => this.ref('orgs', 'org', id)),
      grades: user.role === 'student' ? [gradeCode(user.grade)] : [],
      password: '',
    };
  }

  private ref(collection: string, type: string, sourcedId: string): GuidRef {
    return { href: `${this.base}/${collection}/${sourcedId}`, sourcedId, type };
  }
}

/** An enrollment has no id in a district: its class's and its user's stand for it. */
export function enrollmentId(classId: string, userId: string): string {
  return `${classId}-${userId}`;
}

function common(record: DistrictRecord): OneRosterRecord {
  return { sourcedId: record.id, status: 'active', dateLastModified: record.modifiedAt };
}

function roleOf(user: DistrictUser): string {
  switch (user.role) {
    case 'student':
    case 'teacher':
      return user.role;
    case 'staff':
      return 'aide';
    case 'guardian':
      return guardianRole(user);
    default:
      return 'administrator';
  }
}

function guardianRole(guardian: DistrictGuardian): string {
  const relationship = guardian.students[0]?.relationship;
  if (relationship === 'Parent') return 'parent';
  return relationship === 'Grandparent' || relationship === 'Aunt/Uncle' ? 'relative' : 'guardian';
}
