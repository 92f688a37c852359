import type { District, DistrictUser } from '../district.js';
import { guardiansByStudent, lowerBound, positionOf } from '../lookup.js';
import { enrollmentId, type OneRosterRecord, type OneRosterWriter } from './records.js';
import { byId, districtUsers, schoolsOf } from '../roster.js';

/** A collection in order of its sourcedIds: its rows are written when they are asked for. */
export interface Rows {
  readonly length: number;
  readonly at: (position: number, writer: OneRosterWriter) => OneRosterRecord | undefined;
  /** The position of the row; -1 where there is none. */
  readonly find: (sourcedId: string) => number;
}

/** From which side guardians and students are linked. */
export type AgentsSide = 'both' | 'students' | 'guardians';

/** The paths of the lists that are served. */
export type ListPath =
  | 'orgs'
  | 'schools'
  | 'academicSessions'
  | 'terms'
  | 'courses'
  | 'classes'
  | 'users'
  | 'students'
  | 'teachers'
  | 'enrollments';

/** Every collection of a district, ready to be served. */
export function makeRows(district: District, agents: AgentsSide): Readonly<Record<ListPath, Rows>> {
  const schools = byId(district.schools);
  const terms = byId(district.terms);
  const users = districtUsers(district);
  const writeUser = userWriter(district, agents);
  const usersOf = (role: DistrictUser['role']): Rows =>
    rowsOf(
      users.filter((user) => user.role === role),
      writeUser,
    );
  return {
    orgs: orgRows(district),
    schools: rowsOf(schools, (school, writer) => writer.schoolOrg(district, school)),
    academicSessions: rowsOf(terms, (term, writer) => writer.academicSession(district, term)),
    terms: rowsOf(
      terms.filter(({ type }) => type === 'term'),
      (term, writer) => writer.academicSession(district, term),
    ),
    courses: rowsOf(byId(district.courses), (course, writer) => writer.course(district, course)),
    classes: rowsOf(byId(district.classes), (record, writer) => writer.class(record)),
    users: rowsOf(users, writeUser),
    students: usersOf('student'),
    teachers: usersOf('teacher'),
    enrollments: enrollmentRows(district),
  };
}

function rowsOf<T extends { readonly id: string }>(
  records: readonly T[],
  write: (record: T, writer: OneRosterWriter) => OneRosterRecord,
): Rows {
  return {
    length: records.length,
    at: (position, writer) => {
      const record = records[position];
      return record === undefined ? undefined : write(record, writer);
    },
    find: (sourcedId) => positionOf(records, sourcedId),
  };
}

/** The schools and the district itself. */
function orgRows(district: District): Rows {
  const orgs = byId([district, ...district.schools].map((org) => ({ id: org.id, org })));
  return rowsOf(orgs, ({ org }, writer) =>
    'schools' in org ? writer.districtOrg(org) : writer.schoolOrg(district, org),
  );
}

function userWriter(
  district: District,
  agents: AgentsSide,
): (user: DistrictUser, writer: OneRosterWriter) => OneRosterRecord {
  const students = byId(district.students);
  const guardiansOf = agents === 'guardians' ? undefined : guardiansByStudent(students, byId(district.guardians));
  const studentAt = (id: string) => students[positionOf(students, id)];
  return (user, writer) => {
    if (user.role === 'guardian') {
      const ids = user.students.map(({ studentId }) => studentId);
      const schoolIds = new Set(ids.map((id) => studentAt(id)?.schoolId).filter((id) => id !== undefined));
      return writer.user(user, agents === 'students' ? [] : ids, [...schoolIds]);
    }
    if (user.role === 'student') {
      const guardians = guardiansOf?.(positionOf(students, user.id)) ?? [];
      return writer.user(
        user,
        guardians.map(({ id }) => id),
        schoolsOf(user),
      );
    }
    return writer.user(user, [], user.schoolIds.length === 0 ? [district.id] : user.schoolIds);
  };
}

/** One row for each member of each class: counted, not written, until they are asked for. */
function enrollmentRows(district: District): Rows {
  const classes = byId(district.classes);
  const starts = new Float64Array(classes.length + 1);
  classes.forEach(({ teacherIds, studentIds }, index) => {
    starts[index + 1] = (starts[index] ?? 0) + teacherIds.length + studentIds.length;
  });
  const membersOf = (index: number) => {
    const record = classes[index];
    if (record === undefined) return [];
    return byId([
      ...record.teacherIds.map((id) => ({ id, role: 'teacher' as const })),
      ...record.studentIds.map((id) => ({ id, role: 'student' as const })),
    ]);
  };
  // The rows of a class are asked for one after the other.
  let last: { readonly index: number; readonly members: ReturnType<typeof membersOf> } | undefined;
  const members = (index: number) => {
    if (last?.index !== index) last = { index, members: membersOf(index) };
    return last.members;
  };
  return {
    length: starts[classes.length] ?? 0,
    at: (position, writer) => {
      const index = classAt(starts, position);
      const record = classes[index];
      const member = members(index)[position - (starts[index] ?? 0)];
      return record === undefined || member === undefined
        ? undefined
        : writer.enrollment(record, member.id, member.role);
    },
    find: (sourcedId) => {
      const index = lowerBound(classes, sourcedId.slice(0, sourcedId.indexOf('-')));
      const record = classes[index];
      if (record === undefined) return -1;
      const place = members(index).findIndex(({ id }) => enrollmentId(record.id, id) === sourcedId);
      return place < 0 ? -1 : (starts[index] ?? 0) + place;
    },
  };
}

/** The last class whose first row is not after the position. Classes without members have no row. */
function classAt(starts: Float64Array, position: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}
