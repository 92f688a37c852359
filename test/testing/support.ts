import { createHmac, randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { District, SimulatedService } from 'rosterkit/testing';

/** The ids that a record of the district names and that nothing has, each with where it stands. */
export function danglingReferences(district: District): string[] {
  const idsOf = (records: readonly { readonly id: string }[]) => new Set(records.map(({ id }) => id));
  const schools = idsOf(district.schools);
  const terms = idsOf(district.terms);
  const courses = idsOf(district.courses);
  const students = idsOf(district.students);
  const teachers = idsOf(district.teachers);
  const problems: string[] = [];
  const check = (known: ReadonlySet<string>, id: string | undefined, where: string): void => {
    if (id !== undefined && !known.has(id)) problems.push(`${where} ${id}`);
  };
  for (const record of district.classes) {
    check(schools, record.schoolId, 'class.school');
    check(terms, record.termId, 'class.term');
    check(courses, record.courseId, 'class.course');
    for (const id of record.teacherIds) check(teachers, id, 'class.teacher');
    for (const id of record.studentIds) check(students, id, 'class.student');
  }
  for (const student of district.students) check(schools, student.schoolId, 'student.school');
  for (const { schoolIds } of [...district.teachers, ...district.staff]) {
    for (const id of schoolIds) check(schools, id, 'staff.school');
  }
  for (const guardian of district.guardians) {
    for (const { studentId } of guardian.students) check(students, studentId, 'guardian.student');
  }
  return problems;
}

/** Every id of a district, in the order of its collections. */
export function allIds(district: District): string[] {
  const { schools, terms, courses, classes, students, teachers, staff, guardians } = district;
  return [schools, terms, courses, classes, students, teachers, staff, guardians].flatMap((records) =>
    records.map(({ id }) => id),
  );
}

/** The value with everything in it frozen. */
export function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFrozen(inner);
  }
  return value;
}

/** Pairs of class and student. */
export function memberships(district: District): Set<string> {
  return new Set(district.classes.flatMap(({ id, studentIds }) => studentIds.map((student) => `${id} ${student}`)));
}

/** The service, stopped when the test ends. */
export async function forTest<Started extends SimulatedService>(started: Promise<Started>): Promise<Started> {
  const service = await started;
  onTestFinished(() => service.close());
  return service;
}

/** Signs a request with OAuth 1.0a as a client does. */
export function signed(url: string, key: string, secret: string, at = new Date()): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  const address = new URL(url);
  const oauth = {
    oauth_consumer_key: key,
    oauth_nonce: randomBytes(16).toString('hex'),
    oauth_signature_method: 'HMAC-SHA256',
    oauth_timestamp: String(Math.floor(at.getTime() / 1000)),
  };
  const parameters = [...address.searchParams, ...Object.entries(oauth)]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const base = ['GET', encode(address.origin + address.pathname), encode(parameters)].join('&');
  const signature = createHmac('sha256', `${encode(secret)}&`)
    .update(base)
    .digest('base64');
  return `OAuth ${Object.entries({ ...oauth, oauth_signature: signature })
    .map(([name, value]) => `${name}="${encode(value)}"`)
    .join(', ')}`;
}
