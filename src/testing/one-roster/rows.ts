import type { District, DistrictClass, DistrictGuardian, DistrictUser } from '../district.js';
import { guardiansByStudent, lowerBound, positionOf } from '../lookup.js';
import { byId, districtUsers, schoolsOf } from '../roster.js';
import type { AllQuirks } from './quirks.js';
import {
  categorySuffix,
  enrollmentId,
  lineItemSuffix,
  type OneRosterRecord,
  type OneRosterWriter,
  resourceSuffix,
  resultId,
} from './records.js';

/** A collection in order of its sourcedIds: its rows are written when they are asked for. */
export interface Rows {
  readonly length: number;
  readonly at: (position: number, writer: OneRosterWriter) => OneRosterRecord | undefined;
  /** The sourcedId of the row; empty where there is none. */
  readonly id: (position: number) => string;
  /** The position of the row; -1 where there is none. */
  readonly find: (sourcedId: string) => number;
}

/** From which side guardians and students are linked. */
export type AgentsSide = 'both' | 'students' | 'guardians';

/** The keys of the answers' envelopes, by the path: a list's and a single record's. They name the type, not the path. */
export const envelopes = {
  orgs: ['orgs', 'org'],
  schools: ['orgs', 'org'],
  academicSessions: ['academicSessions', 'academicSession'],
  terms: ['academicSessions', 'academicSession'],
  gradingPeriods: ['academicSessions', 'academicSession'],
  courses: ['courses', 'course'],
  classes: ['classes', 'class'],
  users: ['users', 'user'],
  students: ['users', 'user'],
  teachers: ['users', 'user'],
  enrollments: ['enrollments', 'enrollment'],
  demographics: ['demographics', 'demographics'],
  resources: ['resources', 'resource'],
  categories: ['categories', 'category'],
  lineItems: ['lineItems', 'lineItem'],
  results: ['results', 'result'],
  scoreScales: ['scoreScales', 'scoreScale'],
} as const satisfies Readonly<Record<string, readonly [list: string, single: string]>>;

/** The paths of the lists that are served. */
export type ListPath = keyof typeof envelopes;

/** Every collection of a district, ready to be served. */
export type DistrictRows = Readonly<Record<ListPath, Rows>>;

/** What of a district is served, and from which side. */
export interface Sharing extends Pick<AllQuirks, 'sharesUnenrolledUsers' | 'guardiansInMetadata'> {
  readonly agents: AgentsSide;
}

/** Every collection of a district, ready to be served. */
export function makeRows(district: District, sharing: Sharing): DistrictRows {
  const schools = byId(district.schools);
  const terms = byId(district.terms);
  const classes = byId(district.classes);
  const courses = byId(district.courses);
  const users = sharedUsers(district, sharing);
  const students = users.filter((user) => user.role === 'student');
  const { write, guardiansOf } = userWriter(district, sharing);
  return {
    orgs: orgRows(district),
    schools: rowsOf(schools, (school, writer) => writer.schoolOrg(district, school)),
    academicSessions: rowsOf(terms, (term, writer) => writer.academicSession(district, term)),
    terms: rowsOf(
      terms.filter(({ type }) => type === 'term'),
      (term, writer) => writer.academicSession(district, term),
    ),
    gradingPeriods: noRows,
    courses: rowsOf(courses, (course, writer) => writer.course(district, course)),
    classes: rowsOf(classes, (record, writer) => writer.class(record)),
    users: rowsOf(users, write),
    students: rowsOf(students, write),
    teachers: rowsOf(
      users.filter((user) => user.role === 'teacher'),
      write,
    ),
    enrollments: memberRows(classes, {
      members: ({ teacherIds, studentIds }) => [
        ...teacherIds.map((id) => ({ id, role: 'teacher' as const })),
        ...studentIds.map((id) => ({ id, role: 'student' as const })),
      ],
      idOf: enrollmentId,
      write: (record, { id, role }, writer) => writer.enrollment(record, id, role),
    }),
    demographics: rowsOf(students, (student, writer) =>
      writer.demographics(student, sharing.guardiansInMetadata ? guardiansOf(student.id) : []),
    ),
    resources: rowsOf(courses, (course, writer) => writer.resource(course), resourceSuffix),
    categories: rowsOf([district], (_, writer) => writer.category(district), categorySuffix),
    lineItems: rowsOf(classes, (record, writer) => writer.lineItem(district, record), lineItemSuffix),
    results: memberRows(classes, {
      members: ({ studentIds }) => studentIds.map((id) => ({ id })),
      idOf: resultId,
      write: (record, { id }, writer) => writer.result(district, record, id),
    }),
    scoreScales: noRows,
  };
}

const noRows: Rows = { length: 0, at: () => undefined, id: () => '', find: () => -1 };

/** Rows out of records in order of their ids; `suffix` follows the id of each in the sourcedId. */
function rowsOf<T extends { readonly id: string }>(
  records: readonly T[],
  write: (record: T, writer: OneRosterWriter) => OneRosterRecord,
  suffix = '',
): Rows {
  return {
    length: records.length,
    at: (position, writer) => {
      const record = records[position];
      return record === undefined ? undefined : write(record, writer);
    },
    id: (position) => {
      const record = records[position];
      return record === undefined ? '' : record.id + suffix;
    },
    find: (sourcedId) =>
      sourcedId.endsWith(suffix) ? positionOf(records, sourcedId.slice(0, sourcedId.length - suffix.length)) : -1,
  };
}

/** The schools and the district itself. */
function orgRows(district: District): Rows {
  const orgs = byId([district, ...district.schools].map((org) => ({ id: org.id, org })));
  return rowsOf(orgs, ({ org }, writer) =>
    'schools' in org ? writer.districtOrg(org) : writer.schoolOrg(district, org),
  );
}

/** Those who are served: where unenrolled users are not shared, the members of classes alone. */
function sharedUsers(district: District, sharing: Sharing): readonly DistrictUser[] {
  const users = districtUsers(district).filter(({ role }) => !(sharing.guardiansInMetadata && role === 'guardian'));
  if (sharing.sharesUnenrolledUsers) return users;
  const enrolled = new Set(district.classes.flatMap(({ teacherIds, studentIds }) => [...teacherIds, ...studentIds]));
  return users.filter(({ id }) => enrolled.has(id));
}

function userWriter(
  district: District,
  { agents, guardiansInMetadata }: Sharing,
): {
  readonly write: (user: DistrictUser, writer: OneRosterWriter) => OneRosterRecord;
  readonly guardiansOf: (studentId: string) => readonly DistrictGuardian[];
} {
  const students = byId(district.students);
  const guardiansAt = guardiansByStudent(students, byId(district.guardians));
  const guardiansOf = (studentId: string) => guardiansAt(positionOf(students, studentId));
  const schoolOf = (studentId: string) => students[positionOf(students, studentId)]?.schoolId;
  const write = (user: DistrictUser, writer: OneRosterWriter): OneRosterRecord => {
    if (user.role === 'guardian') {
      const ids = user.students.map(({ studentId }) => studentId);
      const schoolIds = new Set(ids.map(schoolOf).filter((id) => id !== undefined));
      // Whoever has no student at a school belongs to the district: without an org there is no role in 1.2.
      const orgIds = schoolIds.size === 0 ? [district.id] : [...schoolIds];
      return writer.user(user, agents === 'students' ? [] : ids, orgIds);
    }
    if (user.role === 'student') {
      const guardians = agents === 'guardians' || guardiansInMetadata ? [] : guardiansOf(user.id);
      return writer.user(
        user,
        guardians.map(({ id }) => id),
        schoolsOf(user),
      );
    }
    return writer.user(user, [], user.schoolIds.length === 0 ? [district.id] : user.schoolIds);
  };
  return { write, guardiansOf };
}

/** How the rows are made that classes have for their members. */
interface MemberRows<Member extends { readonly id: string }> {
  readonly members: (record: DistrictClass) => readonly Member[];
  readonly idOf: (classId: string, memberId: string) => string;
  readonly write: (record: DistrictClass, member: Member, writer: OneRosterWriter) => OneRosterRecord;
}

/** One row for each member of each class: counted, not written, until they are asked for. */
function memberRows<Member extends { readonly id: string }>(
  classes: readonly DistrictClass[],
  { members: membersIn, idOf, write }: MemberRows<Member>,
): Rows {
  const starts = new Float64Array(classes.length + 1);
  classes.forEach((record, index) => {
    starts[index + 1] = (starts[index] ?? 0) + membersIn(record).length;
  });
  // The rows of a class are asked for one after the other.
  let last: { readonly index: number; readonly members: readonly Member[] } | undefined;
  const members = (index: number): readonly Member[] => {
    const record = classes[index];
    if (record === undefined) return [];
    if (last?.index !== index) last = { index, members: byId(membersIn(record)) };
    return last.members;
  };
  const rowAt = (position: number) => {
    const index = classAt(starts, position);
    const record = classes[index];
    const member = members(index)[position - (starts[index] ?? 0)];
    return record === undefined || member === undefined ? undefined : { record, member };
  };
  return {
    length: starts[classes.length] ?? 0,
    at: (position, writer) => {
      const row = rowAt(position);
      return row === undefined ? undefined : write(row.record, row.member, writer);
    },
    id: (position) => {
      const row = rowAt(position);
      return row === undefined ? '' : idOf(row.record.id, row.member.id);
    },
    find: (sourcedId) => {
      // Ids may hold hyphens themselves: the class is whichever of the beginnings there is.
      for (let end = sourcedId.indexOf('-'); end >= 0; end = sourcedId.indexOf('-', end + 1)) {
        const classId = sourcedId.slice(0, end);
        const index = lowerBound(classes, classId);
        if (classes[index]?.id !== classId) continue;
        const place = members(index).findIndex(({ id }) => idOf(classId, id) === sourcedId);
        if (place >= 0) return (starts[index] ?? 0) + place;
      }
      return -1;
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
