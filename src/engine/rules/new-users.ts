/**
 * The table of users who have no account yet (rows U1 to U3).
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import { userSubject } from '../../model/index.js';
import type { SyncedUser, User } from '../../model/index.js';
import { handlesRoles, type Context } from '../context.js';
import { userFingerprint } from '../fingerprint.js';
import type { People } from '../passes/people.js';
import type { PrimarySchools } from '../passes/primary-schools.js';
import type { AwaitedTeachers } from './awaited-teachers.js';
import { contactOf } from './contacts.js';
import { contactEmail, isUserInScope, schoolOf, siteOf, usernameOf } from './user-fields.js';

/** What the classes of this plan say of a person who has no account yet. */
export interface Placement {
  isStudent: boolean;
  /** Whether one of the classes that they teach has an active student. */
  hasStudents: boolean;
}

/** What the classes say of the persons who have no account yet. */
export interface Places {
  readonly placements: ReadonlyMap<string, Placement>;
  readonly primarySchools: PrimarySchools;
}

/** U1 to U3: persons whom the host does not have. Returns those who now have an account, or get one. */
export function createPeople(
  context: Context,
  people: People,
  { placements, primarySchools }: Places,
  awaited?: AwaitedTeachers,
): ReadonlySet<string> {
  const created = new Set<string>();
  for (const user of people.arrivals) {
    if (people.isRekeyed(user.sourcedId) || people.isFrozen(user.sourcedId)) continue;
    if (!handlesRoles(context.policy, user.roles)) continue;
    const placement = placements.get(user.sourcedId);
    const row = creationRow(user, placement, context);
    if (row === undefined) continue;
    const primarySchool = primarySchools.of(user);
    if (!proposeUser(user, primarySchool, row, context)) continue;
    created.add(user.sourcedId);
    awaited?.noteCreated(user);
  }
  return created;
}

/** Whether this person may get an account, or a note, without a place in any class. */
export function mayArriveUnplaced({ roles, sourcedId }: User, { policy, importing }: Context): boolean {
  if (roles.includes('teacher')) return policy.teachers.create !== 'never' || importing.has(sourcedId);
  return !roles.includes('student') && policy.staff.create && roles.some((role) => role !== 'guardian');
}

/** The row by which this person gets an account; undefined where none does. */
function creationRow(user: User, placement: Placement | undefined, context: Context): string | undefined {
  const { policy, draft } = context;
  const subject = userSubject(user.sourcedId);
  const isStudentOnly = user.roles.includes('student') && !user.roles.includes('teacher');
  if (isStudentOnly || placement?.isStudent === true) {
    return placement !== undefined && policy.students.create ? 'U1' : undefined;
  }
  const isTeacher = user.roles.includes('teacher') || placement !== undefined;
  if (!isTeacher) {
    const isStaff = user.roles.some((role) => role !== 'guardian');
    return isStaff && policy.staff.create && !context.isRestricted && isUserInScope(user, undefined, context)
      ? 'U3'
      : undefined;
  }
  const isImportedByHand = context.importing.has(user.sourcedId);
  if (policy.teachers.create === 'never' && !isImportedByHand) return undefined;
  if (placement === undefined && (context.isRestricted || !isUserInScope(user, undefined, context))) return undefined;
  if (policy.teachers.create === 'populated' && !isImportedByHand && placement?.hasStudents !== true) {
    draft.note({ rule: 'U2', code: 'TEACHER_CLASS_EMPTY', severity: 'info', noun: 'user', subject });
    return undefined;
  }
  if (contactEmail(user) === undefined) {
    const isNeeded = policy.teachers.username === 'email';
    draft.note({
      rule: 'U2',
      code: isNeeded ? 'NO_USERNAME' : 'NO_EMAIL',
      severity: 'warning',
      noun: 'user',
      subject,
    });
    if (isNeeded) return undefined;
  }
  return 'U2';
}

/** Proposes an account for this person by the given row. Says whether it was proposed. */
export function proposeUser(user: User, primarySchool: string | undefined, rule: string, context: Context): boolean {
  const { draft } = context;
  const subject = userSubject(user.sourcedId);
  const site = siteOf(user, primarySchool, context);
  const byHand = context.importing.get(user.sourcedId);
  const role = byHand?.role ?? roleOf(user, context);
  const permissions = permissionsOf(user, context);
  const username = usernameOf(user, context);
  const synced: SyncedUser = {
    roles: [...user.roles].sort(compareIds),
    givenName: user.givenName,
    familyName: user.familyName,
    ...(user.middleName === undefined ? {} : { middleName: user.middleName }),
    ...(username === undefined ? {} : { username }),
    ...contactOf(user, context),
    ...(user.enabled === false ? { enabled: false } : {}),
    schoolSourcedIds: [...user.schoolSourcedIds].sort(compareIds),
    ...(user.grade === undefined ? {} : { grade: user.grade }),
    ...(user.birthDate === undefined ? {} : { birthDate: user.birthDate }),
    ...(user.stateId === undefined ? {} : { stateId: user.stateId }),
    ...(user.sisId === undefined ? {} : { sisId: user.sisId }),
    ...(site === undefined ? {} : { site }),
  };
  const isProposed = draft.propose({
    kind: 'user-create',
    subject,
    target: { sourcedId: user.sourcedId },
    ...schoolOf(user),
    before: null,
    after: {
      ...synced,
      sourcedId: user.sourcedId,
      origin: 'roster',
      state: 'active',
      ...(role === undefined ? {} : { role }),
      ...(byHand?.site === undefined ? {} : { site: byHand.site, hostFields: ['site'] }),
      ...(permissions.length === 0 ? {} : { permissions }),
      synced,
    },
    reason: { rule, code: 'NEW_PERSON', evidence: { roles: synced.roles } },
    fingerprint: userFingerprint(user),
  });
  if (isProposed && user.enabled === false) {
    draft.note({ rule: 'U15', code: 'ACCESS_CURTAILED', severity: 'info', noun: 'user', subject });
  }
  return isProposed;
}

/** The host's role. A feed never grants an administrator's rights by itself: only the policy names roles. */
function roleOf(user: User, context: Context): string | undefined {
  const { access } = context.policy;
  for (const role of ['administrator', 'staff', 'teacher', 'aide', 'student', 'guardian', 'other'] as const) {
    if (user.roles.includes(role) && access.roles[role] !== undefined) return access.roles[role];
  }
  return access.defaultRole;
}

/** The names of the permission sets that the policy gives to any of the person's roles. */
function permissionsOf({ roles }: User, { policy }: Context): readonly string[] {
  const names = roles.flatMap((role) => policy.access.permissions?.[role] ?? []);
  return [...new Set(names)].sort(compareIds);
}
