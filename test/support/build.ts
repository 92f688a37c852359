/** Small rosters and local states for tests: say what matters, the rest is filled in. */

import type {
  Attestation,
  Class,
  Collection,
  CollectionAttestation,
  Enrollment,
  GuardianLink,
  LocalClass,
  LocalEnrollment,
  LocalGuardianLink,
  LocalState,
  LocalUser,
  Roster,
  School,
  Scope,
  Term,
  User,
} from '../../src/model/index.js';
import { emptyLedger } from '../../src/model/index.js';

export const NOW = '2026-10-01T06:00:00.000Z';
export const SCOPE: Scope = { tenant: 'district-1' };

const COLLECTIONS: readonly Collection[] = [
  'schools',
  'terms',
  'courses',
  'classes',
  'users',
  'enrollments',
  'guardianLinks',
];

/** Every collection complete, but for those named. */
export function attested(
  differing: Partial<Record<Collection, CollectionAttestation['state']>> = {},
  rest: Partial<Omit<Attestation, 'collections'>> = {},
): Attestation {
  const collections = Object.fromEntries(
    COLLECTIONS.map((name) => [name, { state: differing[name] ?? 'complete', received: 0 }]),
  ) as Record<Collection, CollectionAttestation>;
  return { collections, allSchools: true, ...rest };
}

export function school(sourcedId: string, fields: Partial<School> = {}): School {
  return { sourcedId, name: `School ${sourcedId}`, ...fields };
}

export function section(sourcedId: string, fields: Partial<Class> = {}): Class {
  return { sourcedId, schoolSourcedId: 's1', name: `Class ${sourcedId}`, termSourcedIds: ['fall'], ...fields };
}

export function student(sourcedId: string, fields: Partial<User> = {}): User {
  return {
    sourcedId,
    roles: ['student'],
    givenName: `Given-${sourcedId}`,
    familyName: `Family-${sourcedId}`,
    schoolSourcedIds: ['s1'],
    ...fields,
  };
}

export function teacher(sourcedId: string, fields: Partial<User> = {}): User {
  return student(sourcedId, { roles: ['teacher'], email: `${sourcedId}@school.example`, ...fields });
}

export function guardian(sourcedId: string, fields: Partial<User> = {}): User {
  return student(sourcedId, { roles: ['guardian'], email: `${sourcedId}@home.example`, ...fields });
}

export function enrolled(classSourcedId: string, userSourcedId: string, fields: Partial<Enrollment> = {}): Enrollment {
  return { classSourcedId, userSourcedId, role: 'student', ...fields };
}

export function teaching(classSourcedId: string, userSourcedId: string, fields: Partial<Enrollment> = {}): Enrollment {
  return { classSourcedId, userSourcedId, role: 'teacher', primary: true, ...fields };
}

export interface RosterParts {
  readonly schools?: readonly School[];
  readonly terms?: readonly Term[];
  readonly classes?: readonly Class[];
  readonly users?: readonly User[];
  readonly enrollments?: readonly Enrollment[];
  readonly guardianLinks?: readonly GuardianLink[];
  readonly attestation?: Attestation;
  readonly scope?: Scope;
  readonly readId?: string;
}

export function roster(parts: RosterParts = {}): Roster {
  return {
    readId: 'read-1',
    source: 'test',
    readAt: NOW,
    scope: SCOPE,
    attestation: attested(),
    schools: [school('s1'), school('s2')],
    terms: [
      { sourcedId: 'fall', name: 'Fall', startDate: '2026-08-15', endDate: '2026-12-20' },
      { sourcedId: 'last', name: 'Last year', startDate: '2025-08-15', endDate: '2026-06-15' },
    ],
    courses: [],
    classes: [],
    users: [],
    enrollments: [],
    guardianLinks: [],
    ...parts,
  };
}

/** What a sync would have written of this section. */
export function localClass(sourcedId: string | undefined, fields: Partial<LocalClass> = {}): LocalClass {
  const name = fields.name ?? `Class ${sourcedId ?? 'by hand'}`;
  const schoolSourcedId = fields.schoolSourcedId ?? 's1';
  const options = { behaviorManagement: true, studentPortfolios: true, parentCommunication: true };
  return {
    id: `class-${sourcedId ?? name}`,
    version: 1,
    origin: sourcedId === undefined ? 'local' : 'roster',
    state: 'active',
    schoolSourcedId,
    name,
    ...(sourcedId === undefined
      ? {}
      : {
          sourcedId,
          termSourcedIds: ['fall'],
          options,
          synced: { name, schoolSourcedId, termSourcedIds: ['fall'], options },
        }),
    ...fields,
  };
}

/** What a sync would have written of this person. */
export function localUser(feed: User, fields: Partial<LocalUser> = {}): LocalUser {
  const { sourcedId, status: _status, dateLastModified: _modified, primarySchoolSourcedId: _primary, ...values } = feed;
  const site = feed.schoolSourcedIds[0];
  const synced = { ...values, ...(site === undefined ? {} : { site }) };
  return {
    id: `user-${sourcedId}`,
    version: 1,
    origin: 'roster',
    state: 'active',
    ...synced,
    sourcedId,
    synced,
    ...fields,
  };
}

export function localMember(
  classSourcedId: string,
  userSourcedId: string,
  fields: Partial<LocalEnrollment> = {},
): LocalEnrollment {
  const role = fields.role ?? 'student';
  const primary = fields.primary === true ? { primary: true as const } : {};
  return {
    id: `member-${classSourcedId}-${userSourcedId}`,
    version: 1,
    origin: 'roster',
    state: 'active',
    classId: `class-${classSourcedId}`,
    userId: `user-${userSourcedId}`,
    classSourcedId,
    userSourcedId,
    role,
    ...primary,
    synced: { role, ...primary },
    ...fields,
  };
}

/** A guardian link of the feed. */
export function link(
  guardianSourcedId: string,
  studentSourcedId: string,
  fields: Partial<GuardianLink> = {},
): GuardianLink {
  return { guardianSourcedId, studentSourcedId, ...fields };
}

export function localLink(
  guardianSourcedId: string,
  studentSourcedId: string,
  fields: Partial<LocalGuardianLink> = {},
): LocalGuardianLink {
  return {
    id: `link-${guardianSourcedId}-${studentSourcedId}`,
    version: 1,
    origin: 'roster',
    state: 'active',
    guardianId: `user-${guardianSourcedId}`,
    studentId: `user-${studentSourcedId}`,
    guardianSourcedId,
    studentSourcedId,
    synced: {},
    ...fields,
  };
}

/** The host's data; the two schools are there already, so that plans speak of what the test is about. */
export function local(parts: Partial<LocalState> = {}): LocalState {
  return {
    scope: SCOPE,
    ledger: emptyLedger,
    schools: ['s1', 's2'].map((sourcedId) => ({
      id: `school-${sourcedId}`,
      version: 1,
      origin: 'roster' as const,
      sourcedId,
      name: `School ${sourcedId}`,
      synced: { name: `School ${sourcedId}` },
    })),
    classes: [],
    users: [],
    enrollments: [],
    guardianLinks: [],
    ...parts,
  };
}
