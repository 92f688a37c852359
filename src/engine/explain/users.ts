/**
 * Why nothing happens to a person (rows U, F), in the order in which the engine decides.
 *
 * @module
 */

import { isSame } from '../../internal/canonical.js';
import { normalEmail, normalPhone, usableEmail, usablePhone } from '../../internal/contact.js';
import { userSubject } from '../../model/index.js';
import type { LocalEnrollment, LocalGuardianLink, LocalUser, Note, Reason, User, UserRole } from '../../model/index.js';
import { findClass } from './classes.js';
import {
  additiveOnly,
  because,
  doubled,
  incompleteRead,
  kept,
  notImported,
  OUT_OF_SCOPE,
  stepNotCovered,
  teachersAwaited,
  unchanged,
  UNKNOWN,
  waiting,
  type Finding,
} from './finding.js';
import { linkBecause, openLinkOf } from './links.js';
import { countsToday } from './rows.js';
import { reasonOf, type Person, type View } from './view.js';

const OWNED = ['roles', 'givenName', 'familyName', 'middleName', 'username', 'grade', 'birthDate'] as const;
const EMPTIED = ['middleName', 'username', 'email', 'mobile', 'homePhone', 'grade', 'birthDate'] as const;
const CONTACT = ['email', 'mobile', 'homePhone'] as const;

/** Whose login an address is; told once, and true until something changes. */
const LOGINS = [
  ['F6', 'EMAIL_TAKEN'],
  ['F7', 'LOGIN_SHARED'],
  ['F8', 'MOBILE_TAKEN'],
] as const;

export function findPerson(view: View, { feed, local, subject, sourcedId }: Person): Finding {
  const isTombstoned = feed?.status === 'tobedeleted';
  const person = isTombstoned ? undefined : feed;
  if (local === undefined) {
    if (person !== undefined) return newPerson(view, person, subject);
    return feed === undefined ? UNKNOWN : notImported(because('Z6', 'NEVER_IMPORTED'));
  }
  if (local.sourcedId === undefined || sourcedId === undefined) {
    return kept(because('U11', 'LOCAL_PERSON'), ...openLinkOf(view, 'user', local.id));
  }
  const twice = doubled(view, subject);
  if (twice !== undefined) return kept(twice);
  return person === undefined
    ? absentPerson(view, local, sourcedId, subject, isTombstoned)
    : presentPerson(view, person, local, subject);
}

/** Why nothing at all happens to this person or as a member: in doubt who they are (D6, U12, U13, U17). */
export function frozenBecause(view: View, sourcedId: string | undefined): Reason | undefined {
  if (sourcedId === undefined) return undefined;
  const recycled = view.sides.plan.holds.find(
    ({ gate, subject }) => gate === 'U13' && subject === userSubject(sourcedId),
  );
  if (recycled !== undefined) return because('U13', recycled.code, { hold: recycled.id });
  const twice = doubled(view, userSubject(sourcedId));
  if (twice !== undefined) return twice;
  const noteOf = (told: string): Note | undefined =>
    view.sides.plan.notes.find(
      ({ code, evidence }) => code === told && (evidence?.['old'] === sourcedId || evidence?.['new'] === sourcedId),
    );
  const proposed = noteOf('REKEY_PROPOSED');
  if (proposed !== undefined) return reasonOf(proposed);
  // Of many pairs at once (G5), and of those that this read cannot judge, no note tells.
  const waiting = (view.sides.plan.ledger.proposals ?? []).find(
    ({ kind, decision, from, sourcedId: to }) =>
      kind === 'user-rekey' && decision === undefined && (from === sourcedId || to === sourcedId),
  );
  if (waiting === undefined) {
    const later = noteOf('REKEY_WAITS');
    return later === undefined ? linkBecause(view, 'user', sourcedId) : reasonOf(later);
  }
  return because(waiting.rule, 'REKEY_PROPOSED', { old: waiting.from as string, new: waiting.sourcedId });
}

/** Whether this import's steps cover people of these roles. */
function coversRoles(view: View, roles: readonly UserRole[]): boolean {
  return roles.some((role) =>
    view.covers(role === 'student' ? 'students' : role === 'guardian' ? 'guardians' : 'teachers'),
  );
}

export function isPersonInScope(view: View, feed: User | undefined, local: LocalUser | undefined): boolean {
  if (view.sides.local.scope.schools === undefined) return true;
  return [...(feed?.schoolSourcedIds ?? []), ...(local?.schoolSourcedIds ?? [])].some(view.isInScope);
}

/** U1 to U3, P1, P7: a person who has no account. */
function newPerson(view: View, person: User, subject: string): Finding {
  const frozen = frozenBecause(view, person.sourcedId);
  if (frozen !== undefined) return notImported(frozen);
  if (!coversRoles(view, person.roles)) return notImported(stepNotCovered(view));
  const told = view.told(
    subject,
    'SUPPRESSED',
    'NO_CONTACT',
    'GUARDIAN_FORBIDDEN',
    'TEACHER_CLASS_EMPTY',
    'NO_USERNAME',
  );
  return notImported(told ?? whyNoAccount(view, person));
}

function whyNoAccount(view: View, person: User): Reason {
  const { policy } = view.sides;
  const rows = view.rowsOfPerson(person.sourcedId).filter((row) => countsToday(view, row));
  const places = rows.filter((row) => isImported(view, row.classSourcedId));
  const isStudentOnly = person.roles.includes('student') && !person.roles.includes('teacher');
  if (isStudentOnly || places.some(({ role }) => role === 'student')) {
    if (places.length > 0) return because('U1', 'ACCOUNTS_OFF', { setting: 'students.create' });
    const classes = [...new Set(rows.map(({ classSourcedId }) => classSourcedId))];
    return because('U1', 'NO_IMPORTED_CLASS', { classes });
  }
  if (person.roles.every((role) => role === 'guardian') && places.length === 0) {
    return view.isRestricted ? incompleteRead(view) : (teachersAwaited(view) ?? because('P1', 'NO_GUARDIAN_LINK'));
  }
  const isTeacher = person.roles.includes('teacher') || places.length > 0;
  const rule = isTeacher ? 'U2' : 'U3';
  const accountsOff = because(rule, 'ACCOUNTS_OFF', { setting: isTeacher ? 'teachers.create' : 'staff.create' });
  const isOff = isTeacher ? policy?.teachers.create === 'never' : policy?.staff.create === false;
  if (isOff) return accountsOff;
  if (places.length === 0 && view.isRestricted) return incompleteRead(view);
  if (places.length === 0 && !isPersonInScope(view, person, undefined)) return OUT_OF_SCOPE;
  return policy === undefined ? accountsOff : because(rule, 'NOT_PLANNED');
}

/** Whether the class is here or comes now, and its members follow the district. */
function isImported(view: View, classSourcedId: string): boolean {
  const { feed, local } = view.class(classSourcedId);
  return findClass(view, feed, local).isFollowed;
}

/** What a person may lose: a place in a class, or with a student. */
type Place = Pick<LocalEnrollment | LocalGuardianLink, 'id' | 'state'>;

function presentPerson(view: View, person: User, local: LocalUser, subject: string): Finding {
  if (!isPersonInScope(view, person, local)) return kept(OUT_OF_SCOPE);
  if (!coversRoles(view, person.roles)) return kept(stepNotCovered(view));
  const reasons: Reason[] = [];
  if (local.state === 'deactivated') reasons.push(whyDeactivated(view, local));
  const told = view.told(subject, 'SUPPRESSED', 'ACTIVE_CONTACT_KEPT', 'CONTACT_CONFLICT');
  if (told !== undefined) reasons.push(told);
  else if (isContactOther(person, local)) {
    const rule = local.claimed === true ? 'U9' : 'F1';
    reasons.push(view.isRestricted ? incompleteRead(view) : because(rule, 'CONTACT_UPDATES_OFF'));
  }
  const isKept = reasons.length > 0;
  if (!isKept) reasons.push(because('U16', 'UNCHANGED'));
  const owned = OWNED.filter(
    (field) =>
      local.hostFields?.includes(field) === true && !isBlank(person[field]) && !isSame(person[field], local[field]),
  );
  if (owned.length > 0) reasons.push(because('U16', 'FIELDS_OWNED', { fields: owned }));
  const emptied = EMPTIED.filter((field) => isBlank(person[field]) && !isBlank(local.synced?.[field]));
  if (emptied.length > 0) reasons.push(because('F4', 'EMPTY_IS_UNKNOWN', { fields: emptied }));
  for (const [rule, code] of LOGINS) if (view.wasTold(subject, code)) reasons.push(because(rule, code));
  if (isUnassigned(view, person, local)) reasons.push(because('U6', 'UNASSIGNED'));
  if (losesOne(view, local, 'enrollment-remove')) reasons.push(because('U5', 'OTHER_CLASS_STAYS'));
  if (losesOne(view, local, 'guardian-unlink')) reasons.push(because('P2', 'OTHER_LINK_STAYS'));
  return isKept ? kept(...reasons) : unchanged(...reasons);
}

/** U5, P2: whether the plan takes one place of a person away, in a class or with a student, and another is left. */
function losesOne(view: View, { id }: LocalUser, kind: 'enrollment-remove' | 'guardian-unlink'): boolean {
  const { enrollments, guardianLinks } = view.sides.local;
  const isMember = kind === 'enrollment-remove';
  const places: readonly Place[] = isMember
    ? enrollments.filter(({ userId }) => userId === id)
    : guardianLinks.filter(({ guardianId }) => guardianId === id);
  const noun = isMember ? 'enrollment' : 'guardian';
  const isLost = (place: Place): boolean => view.changesTo(noun, place.id).some((change) => change.kind === kind);
  const open = places.filter(({ state }) => state === 'active');
  return open.some(isLost) && !open.every(isLost);
}

/** U10, or a return that waits for a whole read. */
function whyDeactivated(view: View, local: LocalUser): Reason {
  if (local.by === 'user') return because('U10', 'LOCAL_DEACTIVATION_WINS');
  if (view.isRestricted) return incompleteRead(view);
  return view.told(userSubject(local.sourcedId), 'SUPPRESSED') ?? because('U7', 'NOT_PLANNED');
}

/** Whether the district has a usable contact detail that is neither the person's nor the one written last. */
function isContactOther(person: User, local: LocalUser): boolean {
  return CONTACT.some((field) => {
    const value = field === 'email' ? usableEmail(person.email) : usablePhone(person[field]);
    const isThis = (other: string | undefined): boolean =>
      other !== undefined &&
      value !== undefined &&
      (field === 'email' ? normalEmail(other) === normalEmail(value) : normalPhone(other) === normalPhone(value));
    return value !== undefined && !isThis(local[field]) && !isThis(local.synced?.[field]);
  });
}

function isUnassigned(view: View, person: User, local: LocalUser): boolean {
  if (local.origin !== 'roster' || view.isRestricted) return false;
  if (!person.roles.some((role) => role === 'student' || role === 'teacher')) return false;
  if (view.rowsOfPerson(person.sourcedId).some((row) => countsToday(view, row))) return false;
  return !view.sides.local.enrollments.some(({ userId, state }) => userId === local.id && state === 'active');
}

/** M10, U7, U8, U14: an account here, and nobody in the district's data. */
function absentPerson(
  view: View,
  local: LocalUser,
  sourcedId: string,
  subject: string,
  isTombstoned: boolean,
): Finding {
  const frozen = frozenBecause(view, sourcedId);
  if (frozen !== undefined) return kept(frozen);
  if (local.state === 'deactivated') return unchanged(because('U7', 'ALREADY_DEACTIVATED'));
  if (view.isRestricted) return kept(incompleteRead(view));
  const unproven = isTombstoned ? undefined : whyNotGone(view, sourcedId);
  if (unproven !== undefined) return kept(unproven);
  return kept(whyNotDeactivated(view, local, subject), ...(isTombstoned ? [because('Z6', 'PERSON_DELETED')] : []));
}

/** Why a person who is missing is not taken for gone. */
export function whyNotGone(view: View, sourcedId: string): Reason | undefined {
  if (view.rowsOfPerson(sourcedId).some(({ status }) => status !== 'tobedeleted'))
    return because('M10', 'PERSON_UNSHARED');
  if (view.unreadable.mayBeUser(sourcedId)) return because('G4', 'ROWS_REJECTED');
  return view.provesAbsence ? undefined : because('U8', 'UNREAD_ELSEWHERE');
}

function whyNotDeactivated(view: View, local: LocalUser, subject: string): Reason {
  const { policy, plan } = view.sides;
  if (!isPersonInScope(view, undefined, local)) return OUT_OF_SCOPE;
  if (view.sides.local.scope.schools !== undefined) return because('U8', 'SOME_SCHOOLS_ONLY');
  if (local.origin !== 'roster') return because('U11', 'LOCAL_PERSON');
  if (!coversRoles(view, local.roles)) return stepNotCovered(view);
  const told = view.told(subject, 'PROTECTED', 'LOCAL_REACTIVATION_WINS', 'SUPPRESSED');
  if (told !== undefined) return told;
  const isDeactivating =
    policy === undefined
      ? plan.counts.byKind['user-deactivate'] !== undefined
      : policy.fullData && policy.deactivateUnrostered;
  if (!isDeactivating) return because('U7', 'ACCOUNT_KEPT');
  // Told once, and true ever after.
  if (local.hostFields?.includes('state') === true) return because('U7', 'LOCAL_REACTIVATION_WINS');
  if (local.otherTenants === true || hasOwnMembership(view, local)) return because('U7', 'BELONGS_ELSEWHERE');
  return waiting(view, subject) ?? additiveOnly(view) ?? because('U7', 'NOT_PLANNED');
}

function hasOwnMembership(view: View, local: LocalUser): boolean {
  return view.sides.local.enrollments.some(
    ({ userId, state, origin }) => userId === local.id && state === 'active' && origin !== 'roster',
  );
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === '';
}

/** Whether a person has an account, or gets one by this plan. */
export function hasAccount(view: View, { local, subject }: Person): boolean {
  return local !== undefined || view.changesOf(subject).some(({ kind }) => kind === 'user-create');
}
