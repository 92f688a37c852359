import type { EnrollmentRole, UserRole } from '../../model/index.js';
import type { OneRosterRole, OneRosterUser } from '../records/wire.js';

/**
 * The words of 1.1's one role and of 1.2's roles, in lower case: ClassLink sends `Teacher` and `teacher`.
 *
 * @param readAt the instant at which roles count; without one all do, those too that have ended or not begun
 */
export function wireRoles(user: OneRosterUser, readAt?: string): readonly string[] {
  if (user.role !== undefined && user.roles.length === 0) return [user.role.toLowerCase()];
  const roles = readAt === undefined ? user.roles : currentRoles(user, readAt);
  return [...(user.role === undefined ? [] : [user.role]), ...roles.map(({ role }) => role)].map((word) =>
    word.toLowerCase(),
  );
}

/** The roles of 1.2 within whose dates an instant lies. 1.1's one role has none. */
export function currentRoles({ roles }: OneRosterUser, readAt: string): readonly OneRosterRole[] {
  const today = readAt.slice(0, 10);
  return roles.filter(
    ({ beginDate, endDate }) =>
      (beginDate === undefined || beginDate <= today) && (endDate === undefined || endDate > today),
  );
}

/**
 * Every role that a user has at an instant, each once and in the order of the alphabet; never empty. Who has none at that
 * time is `other`: still there, but with the rights of no role.
 */
export function userRolesOf(user: OneRosterUser, readAt: string): readonly UserRole[] {
  const roles = wireRoles(user, readAt).map((word) => USER_ROLES.get(word) ?? 'other');
  return roles.length === 0 ? ['other'] : [...new Set(roles)].sort();
}

/** The role of a member; undefined where the word is unknown, because rights follow from it. */
export function enrollmentRoleOf(word: string): EnrollmentRole | undefined {
  return ENROLLMENT_ROLES.get(word.toLowerCase());
}

/** OneRoster's words of 1.1 and 1.2 for what a person is; any other word is `other`. */
const USER_ROLES: ReadonlyMap<string, UserRole> = new Map([
  ['student', 'student'],
  ['teacher', 'teacher'],
  ['aide', 'aide'],
  ['administrator', 'administrator'],
  ['principal', 'administrator'],
  ['siteadministrator', 'administrator'],
  ['districtadministrator', 'administrator'],
  ['systemadministrator', 'administrator'],
  ['proctor', 'staff'],
  ['counselor', 'staff'],
  ['guardian', 'guardian'],
  ['parent', 'guardian'],
  ['relative', 'guardian'],
]);

/** The standard's four, and what vendors send besides. */
const ENROLLMENT_ROLES: ReadonlyMap<string, EnrollmentRole> = new Map([
  ['student', 'student'],
  ['teacher', 'teacher'],
  ['administrator', 'administrator'],
  ['proctor', 'proctor'],
  ['aide', 'aide'],
  ['guardian', 'guardian'],
  ['parent', 'guardian'],
  ['relative', 'guardian'],
]);
