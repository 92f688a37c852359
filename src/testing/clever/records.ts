import type {
  District,
  DistrictClass,
  DistrictCourse,
  DistrictSchool,
  DistrictTerm,
  DistrictUser,
} from '../district.js';

/** A record as Clever's Data API writes it. */
export type CleverRecord = Readonly<Record<string, unknown>>;

// Clever writes what it does not know as an empty text, seldom as null or by leaving it out.
const noLocation = { address: '', city: '', state: '', zip: '' };

/** A grade in Clever's words. */
function cleverGrade(grade: number): string {
  return grade === 0 ? 'Kindergarten' : String(grade);
}

/** How a district's sync with Clever is: `running` for most of the year. */
export interface CleverStatus {
  /** Clever's word, such as `running`, `pending`, `error` or `paused`. */
  readonly state: string;
  /** First and last instant of a pause. */
  readonly pause?: { readonly start: string; readonly end: string };
}

export function cleverDistrict(district: District, status: CleverStatus): CleverRecord {
  return {
    login_methods: ['Clever Badges', 'Clever Passwords'],
    sis_type: 'sftp',
    state: status.state,
    ...(status.pause === undefined ? {} : { pause_start: status.pause.start, pause_end: status.pause.end }),
    error: '',
    last_sync: district.updatedAt,
    portal_url: `https://clever.com/in/${district.id}`,
    name: district.name,
    launch_date: `${String(district.schoolYear)}-07-31`,
    id: district.id,
  };
}

export function cleverSchool(districtId: string, school: DistrictSchool): CleverRecord {
  return {
    created: school.createdAt,
    last_modified: school.modifiedAt,
    district: districtId,
    name: school.name,
    school_number: school.number,
    sis_id: school.number,
    state_id: '',
    low_grade: cleverGrade(school.lowGrade),
    high_grade: cleverGrade(school.highGrade),
    phone: '',
    location: noLocation,
    principal: { name: '', email: '' },
    ext: {},
    id: school.id,
  };
}

export function cleverTerm(districtId: string, term: DistrictTerm): CleverRecord {
  return {
    district: districtId,
    name: term.name,
    start_date: term.startDate,
    // The last day itself, not the day after: one term's end is the day before the next one's start.
    end_date: dayBefore(term.endDate),
    id: term.id,
  };
}

export function cleverCourse(districtId: string, course: DistrictCourse): CleverRecord {
  return { district: districtId, name: course.name, number: course.number, id: course.id };
}

export function cleverSection(districtId: string, record: DistrictClass): CleverRecord {
  return {
    ...(record.courseId === undefined ? {} : { course: record.courseId }),
    created: record.createdAt,
    district: districtId,
    ext: { classroom: '' },
    grade: cleverGrade(record.grade),
    last_modified: record.modifiedAt,
    name: record.name,
    period: record.period,
    school: record.schoolId,
    section_number: record.sectionNumber,
    sis_id: record.sisId,
    students: record.studentIds,
    subject: record.subject,
    ...(record.teacherIds[0] === undefined ? {} : { teacher: record.teacherIds[0] }),
    teachers: record.teacherIds,
    ...(record.termId === undefined ? {} : { term_id: record.termId }),
    id: record.id,
  };
}

export function cleverUser(districtId: string, user: DistrictUser): CleverRecord {
  return {
    created: user.createdAt,
    district: districtId,
    email: user.email ?? '',
    last_modified: user.modifiedAt,
    name:
      user.role === 'guardian'
        ? { last: `${user.givenName} ${user.familyName}` }
        : { first: user.givenName, last: user.familyName, middle: user.middleName ?? '' },
    id: user.id,
    roles: rolesOf(user),
  };
}

function rolesOf(user: DistrictUser): CleverRecord {
  switch (user.role) {
    case 'student':
      return {
        student: {
          credentials: { district_username: user.username },
          dob: monthDayYear(user.birthDate),
          enrollments: [],
          ext: {},
          gender: user.gender,
          grade: cleverGrade(user.grade),
          graduation_year: '',
          hispanic_ethnicity: '',
          location: noLocation,
          race: '',
          school: user.schoolId,
          schools: [user.schoolId],
          sis_id: user.sisId,
          state_id: user.stateId,
          student_number: user.sisId,
          email: user.email ?? '',
        },
      };
    case 'teacher':
      return {
        teacher: {
          credentials: { district_username: user.username },
          ext: {},
          school: user.schoolIds[0] ?? '',
          schools: user.schoolIds,
          sis_id: user.sisId,
          state_id: user.stateId,
          teacher_number: user.sisId,
          title: user.title,
          legacy_id: legacyId(user.id),
        },
      };
    case 'guardian':
      return {
        contact: {
          phone: user.mobile ?? user.homePhone ?? '',
          phone_type: user.mobile !== undefined ? 'Cell' : user.homePhone !== undefined ? 'Home' : '',
          sis_id: '',
          student_relationships: user.students.map(({ studentId, relationship, contactType }) => ({
            relationship,
            student: studentId,
            type: contactType,
          })),
          legacy_id: legacyId(user.id),
        },
      };
    case 'district-administrator':
      return { district_admin: { title: user.title, legacy_id: legacyId(user.id) } };
    default:
      return {
        staff: {
          credentials: { district_username: user.username },
          department: '',
          ext: {},
          roles: user.role === 'school-administrator' ? ['SchoolTechLead'] : [],
          schools: user.schoolIds,
          staff_id: user.sisId,
          title: user.title,
          legacy_id: legacyId(user.id),
        },
      };
  }
}

/** What the person's id was before version 3: students alone kept theirs. */
function legacyId(id: string): string {
  return `58da8c5d${id.slice(8)}`;
}

/** Not padded: 1/16/1998. */
function monthDayYear(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${String(Number(month))}/${String(Number(day))}/${year}`;
}

function dayBefore(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
