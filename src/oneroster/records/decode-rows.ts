/**
 * One row of a collection as its typed record, or the word for what is wrong with it. Rows from a server and rows from
 * files pass here alike.
 *
 * @module
 */

import { sourcedId, text, triState } from '../../http/index.js';
import {
  day,
  instant,
  isRow,
  type RawRow,
  reference,
  references,
  roles,
  statusOf,
  userIds,
  withoutUndefined,
  words,
} from './decode-values.js';
import type {
  OneRosterAcademicSession,
  OneRosterClass,
  OneRosterCollection,
  OneRosterCourse,
  OneRosterEnrollment,
  OneRosterOrg,
  OneRosterRecord,
  OneRosterRecords,
  OneRosterUser,
} from './wire.js';

/** A record, or what is wrong with its row. */
export type Decoded<T> = { readonly record: T } | { readonly problem: string };

/** The id of a row, where it has a usable one. */
export function sourcedIdOf(row: unknown): string | undefined {
  return isRow(row) ? sourcedId(row['sourcedId']) : undefined;
}

/** What is known of a row that cannot be used: its id, and the class of an enrollment. */
export function identityOf(
  collection: OneRosterCollection,
  row: unknown,
): { readonly sourcedId?: string; readonly classSourcedId?: string } {
  const id = sourcedIdOf(row);
  const inClass = collection === 'enrollments' && isRow(row) ? reference(row, 'class') : undefined;
  return {
    ...(id === undefined ? {} : { sourcedId: id }),
    ...(inClass === undefined ? {} : { classSourcedId: inClass.sourcedId }),
  };
}

/** Reads one row. Never throws: what cannot be used is named by a word such as `missing-class`. */
export function decodeRow<K extends OneRosterCollection>(collection: K, value: unknown): Decoded<OneRosterRecords[K]> {
  if (!isRow(value)) return { problem: 'not-an-object' };
  const id = sourcedId(value['sourcedId']);
  if (id === undefined && collection !== 'enrollments') return { problem: 'missing-sourced-id' };
  // Seen in the wild: the header of the file that a server was fed with, served as a record.
  if (id === 'sourcedId') return { problem: 'header-row' };
  const status = statusOf(value['status']);
  if (status === undefined) return { problem: 'unknown-status' };
  const head = { sourcedId: id ?? '', status, dateLastModified: instant(value['dateLastModified']) };
  const decode: (row: RawRow, head: Head) => Decoded<OneRosterRecords[K]> = decoders[collection];
  return decode(value, head);
}

type Head = { readonly [K in keyof Required<OneRosterRecord>]: OneRosterRecord[K] };

const decoders: {
  readonly [K in OneRosterCollection]: (row: RawRow, head: Head) => Decoded<OneRosterRecords[K]>;
} = {
  orgs(row, head) {
    const name = text(row['name']);
    const type = text(row['type']);
    if (name === undefined) return { problem: 'missing-name' };
    if (type === undefined) return { problem: 'missing-type' };
    return {
      record: withoutUndefined<OneRosterOrg>({
        ...head,
        name,
        type,
        identifier: text(row['identifier']),
        parent: reference(row, 'parent'),
      }),
    };
  },
  academicSessions: (row, head) => ({
    record: withoutUndefined<OneRosterAcademicSession>({
      ...head,
      title: text(row['title']),
      type: text(row['type']),
      startDate: day(row['startDate']),
      endDate: day(row['endDate']),
      schoolYear: text(row['schoolYear']),
      parent: reference(row, 'parent'),
    }),
  }),
  courses: (row, head) => ({
    record: withoutUndefined<OneRosterCourse>({
      ...head,
      title: text(row['title']),
      courseCode: text(row['courseCode']),
      schoolYear: reference(row, 'schoolYear'),
      org: reference(row, 'org'),
      grades: words(row['grades']),
      subjects: words(row['subjects']),
    }),
  }),
  classes(row, head) {
    const school = reference(row, 'school') ?? reference(row, 'schools');
    if (school === undefined) return { problem: 'missing-school' };
    return {
      record: withoutUndefined<OneRosterClass>({
        ...head,
        title: text(row['title']),
        classCode: text(row['classCode']),
        classType: text(row['classType']),
        location: text(row['location']),
        course: reference(row, 'course'),
        school,
        terms: references(row, ['terms', 'termSourcedIds', 'termSourcedId']),
        grades: words(row['grades'] ?? row['grade']),
        subjects: words(row['subjects']),
        subjectCodes: words(row['subjectCodes']),
        periods: words(row['periods']),
      }),
    };
  },
  users(row, head) {
    const givenName = text(row['givenName']);
    const familyName = text(row['familyName']);
    const role = text(row['role']);
    const everyRole = roles(row['roles']);
    // Of someone who is to be deleted the id says enough.
    if (head.status === 'active') {
      if (givenName === undefined && familyName === undefined) return { problem: 'missing-name' };
      if (role === undefined && everyRole.length === 0) return { problem: 'missing-role' };
    }
    return {
      record: withoutUndefined<OneRosterUser>({
        ...head,
        username: text(row['username']),
        userIds: userIds(row['userIds']),
        enabledUser: triState(row['enabledUser']),
        givenName,
        familyName,
        middleName: text(row['middleName']),
        role,
        roles: everyRole,
        identifier: text(row['identifier']),
        email: text(row['email']),
        sms: text(row['sms']),
        phone: text(row['phone']),
        agents: references(row, ['agents', 'agentSourcedIds', 'agentSourceIds']),
        orgs: references(row, ['orgs', 'orgSourcedIds']),
        primaryOrg: reference(row, 'primaryOrg'),
        grades: words(row['grades'] ?? row['grade']),
      }),
    };
  },
  enrollments(row, head) {
    const inClass = reference(row, 'class');
    const user = reference(row, 'user');
    const role = text(row['role']);
    if (inClass === undefined) return { problem: 'missing-class' };
    if (user === undefined) return { problem: 'missing-user' };
    if (role === undefined) return { problem: 'missing-role' };
    return {
      record: withoutUndefined<OneRosterEnrollment>({
        ...head,
        sourcedId: head.sourcedId === '' ? undefined : head.sourcedId,
        class: inClass,
        user,
        school: reference(row, 'school'),
        role,
        primary: triState(row['primary']),
        beginDate: day(row['beginDate']),
        endDate: day(row['endDate']),
      }),
    };
  },
};
