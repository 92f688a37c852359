/** The endpoints of Clever's Data API, v3.0 and v3.1: which path gives what. */

import { ConfigurationError } from '../../errors.js';
import {
  checkedWord,
  collection,
  type CleverListOptions,
  type CollectionContext,
  type ListDefinition,
  nestedList,
  nestedRecord,
  type QueryOf,
  records,
} from './collection.js';
import type { Field } from '../../http/index.js';
import type {
  CleverAttendanceOptions,
  CleverDataResources,
  CleverMembersOptions,
  CleverSchoolUsersOptions,
  CleverUserListOptions,
  CleverUserSchoolsOptions,
} from './resources.js';
import {
  readAttendance,
  readCourse,
  readDistrict,
  readResource,
  readSchool,
  readSection,
  readTerm,
  readUser,
} from './schemas.js';

/** What a record of each kind is called and how it is read. */
const kinds = {
  attendance: { name: 'attendance', read: readAttendance },
  courses: { name: 'courses', read: readCourse },
  districts: { name: 'districts', read: readDistrict },
  resources: { name: 'resources', read: readResource },
  schools: { name: 'schools', read: readSchool },
  sections: { name: 'sections', read: readSection },
  terms: { name: 'terms', read: readTerm },
  users: { name: 'users', read: readUser },
} as const;

interface Kind<T> {
  readonly name: string;
  readonly read: Field<T>;
}

/** Clever's limit for attendance; for all else it is 10,000. */
const LARGEST_ATTENDANCE_PAGE = 1000;

const unfiltered: QueryOf<CleverListOptions> = () => ({});
const byRole: QueryOf<CleverUserListOptions> = ({ role }) => ({
  role: checkedWord('role', role, ['student', 'teacher', 'staff', 'district_admin', 'contact']),
});
const byRoleInSchool: QueryOf<CleverSchoolUsersOptions> = ({ role, primary }) => ({
  role: checkedWord('role', role, ['staff', 'student', 'teacher']),
  primary: primary === true ? 'true' : undefined,
});
const byMembership: QueryOf<CleverMembersOptions> = ({ role }) => ({
  role: checkedWord('role', role, ['student', 'teacher']),
});
const byPrimary: QueryOf<CleverUserSchoolsOptions> = ({ primary }) => ({
  primary: primary === true ? 'true' : undefined,
});
const byDay: QueryOf<CleverAttendanceOptions> = ({ from, to, status }) => ({
  date_range_start: checkedDay('from', from),
  date_range_end: checkedDay('to', to),
  attendance_status: checkedWord('status', status, ['present', 'absent', 'tardy']),
});

/** All resources of one client. */
export function dataResources(context: CollectionContext): CleverDataResources {
  const { transport, version, pageSize } = context;
  const root = `/v${version}`;
  const of = <T>(kind: Kind<T>): ListDefinition<T> => ({ transport, pageSize, ...kind, path: `${root}/${kind.name}` });
  /** Lists and records below a record of `owner`, each at a word of its own. */
  const below = (owner: keyof typeof kinds) => ({
    list: <T extends object, Options extends CleverListOptions>(
      word: string,
      kind: Kind<T>,
      queryOf: QueryOf<Options>,
    ) => nestedList<T, Options>(of(kind), (id) => `${root}/${owner}/${id}/${word}`, queryOf),
    record: <T extends object>(word: string, kind: Kind<T>) =>
      nestedRecord(of(kind), (id) => `${root}/${owner}/${id}/${word}`),
  });
  const { courses, districts, resources, schools, sections, terms, users } = kinds;
  const ofSchool = below('schools');
  const ofSection = below('sections');
  const ofUser = below('users');
  const ofCourse = below('courses');
  const ofTerm = below('terms');
  const ofResource = below('resources');
  return {
    // The list of districts takes neither a limit nor a cursor.
    districts: collection({ ...of(districts), pageSize: undefined }, unfiltered),
    schools: {
      ...collection(of(schools), unfiltered),
      users: ofSchool.list('users', users, byRoleInSchool),
      sections: ofSchool.list('sections', sections, unfiltered),
      courses: ofSchool.list('courses', courses, unfiltered),
      terms: ofSchool.list('terms', terms, unfiltered),
      district: ofSchool.record('district', districts),
    },
    sections: {
      ...collection(of(sections), unfiltered),
      users: ofSection.list('users', users, byMembership),
      course: ofSection.record('course', courses),
      term: ofSection.record('term', terms),
      school: ofSection.record('school', schools),
      district: ofSection.record('district', districts),
      resources: ofSection.list('resources', resources, unfiltered),
    },
    users: {
      ...collection(of(users), byRole),
      sections: ofUser.list('sections', sections, unfiltered),
      schools: ofUser.list('schools', schools, byPrimary),
      students: ofUser.list('mystudents', users, unfiltered),
      teachers: ofUser.list('myteachers', users, unfiltered),
      contacts: ofUser.list('mycontacts', users, unfiltered),
      district: ofUser.record('district', districts),
      resources: ofUser.list('resources', resources, unfiltered),
    },
    courses: {
      ...collection(of(courses), unfiltered),
      district: ofCourse.record('district', districts),
      resources: ofCourse.list('resources', resources, unfiltered),
      schools: ofCourse.list('schools', schools, unfiltered),
      sections: ofCourse.list('sections', sections, unfiltered),
    },
    terms: {
      ...collection(of(terms), unfiltered),
      district: ofTerm.record('district', districts),
      schools: ofTerm.list('schools', schools, unfiltered),
      sections: ofTerm.list('sections', sections, unfiltered),
    },
    resources: {
      ...records(of(resources), unfiltered),
      courses: ofResource.list('courses', courses, unfiltered),
      sections: ofResource.list('sections', sections, unfiltered),
      users: ofResource.list('users', users, byMembership),
    },
    attendance: attendance(context),
  };
}

function attendance({ transport, version, pageSize }: CollectionContext): CleverDataResources['attendance'] {
  const definition = { ...kinds.attendance, transport, pageSize: Math.min(pageSize, LARGEST_ATTENDANCE_PAGE) };
  const of = (owner: string) =>
    nestedList(
      definition,
      (id) => {
        if (version === '3.1') return `/v3.1/attendance/${owner}/${id}`;
        throw new ConfigurationError('version', "is '3.0', which has no attendance: give CleverClient version '3.1'.");
      },
      byDay,
    );
  return { ofSchool: of('schools'), ofSection: of('sections') };
}

function checkedDay(parameter: string, day: string | undefined): string | undefined {
  if (day === undefined || /^\d{4}-\d{2}-\d{2}$/.test(day)) return day;
  throw new ConfigurationError(parameter, 'is a day such as 2026-01-31.');
}
