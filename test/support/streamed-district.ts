/**
 * A district that is never in memory: each record is made when it is read, the same at each reading. Both sides are in
 * the order of their ids; about 1% of the records differ.
 */

import { emptyLedger } from '../../src/model/index.js';
import type {
  Class,
  Enrollment,
  LocalClass,
  LocalEnrollment,
  LocalRead,
  LocalUser,
  Ordered,
  RosterRead,
  User,
} from '../../src/model/index.js';
import { attested, NOW, SCOPE } from './build.js';

const CLASS_SIZE = 25;
const OPTIONS = { behaviorManagement: true, studentPortfolios: true, parentCommunication: true };

/** As long as Clever's ids, and alike in their beginnings, as ids of one district are. */
function idOf(noun: 'a' | 'c', index: number): string {
  return `64206e4431f1${noun}f05${index.toString(16).padStart(8, '0')}`;
}

export interface StreamedDistrict {
  readonly roster: RosterRead;
  readonly local: LocalRead;
  readonly classes: number;
  readonly enrollments: number;
}

export function streamedDistrict(users: number, enrollmentsEach = 5.5): StreamedDistrict {
  const classes = Math.round((users * enrollmentsEach) / CLASS_SIZE);
  /** The members of a class, in order: spread over the district, and others in each class. */
  const step = Math.floor(users / CLASS_SIZE);
  const memberOf = (section: number, place: number): number => place * step + ((section * 7_919) % step);
  const isStudent = (place: number): boolean => place > 0;
  const roster: RosterRead = {
    readId: 'streamed',
    source: 'streamed',
    readAt: NOW,
    scope: SCOPE,
    attestation: attested(),
    schools: [{ sourcedId: 's1', name: 'School' }],
    terms: [],
    courses: [],
    guardianLinks: [],
    users: anew(function* () {
      for (let index = 0; index < users; index += 1) if (index % 300 !== 0) yield makeUser(index);
    }),
    classes: anew(function* () {
      for (let index = 0; index < classes; index += 1) yield makeClass(index);
    }),
    enrollments: anew(function* () {
      for (let section = 0; section < classes; section += 1) {
        for (let place = 0; place < CLASS_SIZE; place += 1) {
          const user = memberOf(section, place);
          const isLeft = (section * CLASS_SIZE + place) % 200 === 0 || user % 300 === 0;
          if (!isLeft) yield makeEnrollment(section, user, isStudent(place));
        }
      }
    }),
  };
  const local: LocalRead = {
    scope: SCOPE,
    ledger: emptyLedger,
    schools: [
      { id: 'school-1', version: 1, origin: 'roster', sourcedId: 's1', name: 'School', synced: { name: 'School' } },
    ],
    guardianLinks: [],
    users: anew(function* () {
      for (let index = 0; index < users; index += 1) if (index % 300 !== 1) yield makeLocalUser(index);
    }),
    classes: anew(function* () {
      for (let index = 0; index < classes; index += 1) yield makeLocalClass(index);
    }),
    enrollments: anew(function* () {
      for (let section = 0; section < classes; section += 1) {
        for (let place = 0; place < CLASS_SIZE; place += 1) {
          const user = memberOf(section, place);
          const isNew = (section * CLASS_SIZE + place) % 200 === 1 || user % 300 === 1;
          if (!isNew) yield makeMember(section, user, isStudent(place));
        }
      }
    }),
  };
  return { roster, local, classes, enrollments: classes * CLASS_SIZE };
}

function anew<T>(records: () => Generator<T>): Ordered<T> {
  return { [Symbol.iterator]: records };
}

function makeUser(index: number): User {
  return {
    sourcedId: idOf('a', index),
    roles: ['student'],
    givenName: `Given${String(index % 997)}`,
    familyName: `Family${String(index % 7_919)}${index % 300 === 2 ? '-Smith' : ''}`,
    username: `user${String(index)}`,
    schoolSourcedIds: ['s1'],
    grade: String(index % 12),
    sisId: String(100_000 + index),
  };
}

function makeLocalUser(index: number): LocalUser {
  const { sourcedId, ...values } = makeUser(index);
  const before = { ...values, familyName: `Family${String(index % 7_919)}` };
  return {
    id: `user-${String(index)}`,
    version: 1,
    origin: 'roster',
    state: 'active',
    sourcedId,
    ...before,
    synced: before,
  };
}

function makeClass(index: number): Class {
  return { sourcedId: idOf('c', index), schoolSourcedId: 's1', name: `Class ${String(index)}` };
}

function makeLocalClass(index: number): LocalClass {
  const { sourcedId, ...values } = makeClass(index);
  return {
    id: `class-${String(index)}`,
    version: 1,
    origin: 'roster',
    state: 'active',
    sourcedId,
    ...values,
    options: OPTIONS,
    synced: { ...values, options: OPTIONS },
  };
}

function makeEnrollment(section: number, user: number, isStudent: boolean): Enrollment {
  return {
    classSourcedId: idOf('c', section),
    userSourcedId: idOf('a', user),
    role: isStudent ? 'student' : 'teacher',
  };
}

function makeMember(section: number, user: number, isStudent: boolean): LocalEnrollment {
  const { role, ...ids } = makeEnrollment(section, user, isStudent);
  return {
    id: `member-${String(section)}-${String(user)}`,
    version: 1,
    origin: 'roster',
    state: 'active',
    classId: `class-${String(section)}`,
    userId: `user-${String(user)}`,
    ...ids,
    role,
    synced: { role },
  };
}
