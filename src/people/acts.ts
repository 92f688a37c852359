import { StoreConflictError } from '../errors.js';
import { isSame } from '../internal/canonical.js';
import { withNulls } from '../internal/patch.js';
import type {
  Change,
  ClassChange,
  EnrollmentChange,
  Fields,
  GuardianChange,
  LocalClass,
  LocalEnrollment,
  LocalGuardianLink,
  LocalUser,
  UserChange,
} from '../model/index.js';
import { classSubject, enrollmentSubject, guardianSubject, userSubject } from '../model/index.js';

/** What every act by hand looks like to the journal: no rule asked for it, a person did. */
interface HandBase {
  readonly key: string;
  readonly reason: { readonly rule: 'HAND'; readonly code: 'BY_HAND'; readonly evidence: { readonly by: string } };
  readonly fingerprint: string;
  readonly heldBy: readonly string[];
}

const DESTRUCTIVE: ReadonlySet<string> = new Set([
  'class-archive',
  'enrollment-remove',
  'guardian-unlink',
  'user-deactivate',
]);

function hand(kind: string, subject: string, by: string): HandBase & { readonly destructive: boolean } {
  return {
    key: `${kind} ${subject}`,
    reason: { rule: 'HAND', code: 'BY_HAND', evidence: { by } },
    // No feed asked for it, so nothing that the feed says can end it.
    fingerprint: 'hand',
    heldBy: [],
    destructive: DESTRUCTIVE.has(kind),
  };
}

/** An act on a class; nothing where the class is like that already. */
export function classAct(
  kind: ClassChange['kind'],
  section: LocalClass,
  after: Fields<LocalClass>,
  by: string,
): ClassChange[] {
  const before = changedFields(section, after);
  if (before === undefined) return [];
  const subject = classSubject(section.sourcedId, section.id);
  const school = section.schoolSourcedId === undefined ? {} : { schoolSourcedId: section.schoolSourcedId };
  const { version } = section;
  return [
    {
      ...hand(kind, subject, by),
      kind,
      subject,
      target: targetOf(section),
      ...school,
      before: withNulls(before),
      after: withNulls(after),
      version,
    },
  ];
}

/** An act on a person; nothing where the person is like that already. */
export function userAct(kind: UserChange['kind'], user: LocalUser, after: Fields<LocalUser>, by: string): UserChange[] {
  const before = changedFields(user, after);
  if (before === undefined) return [];
  const subject = userSubject(user.sourcedId, user.id);
  return [
    {
      ...hand(kind, subject, by),
      kind,
      subject,
      target: targetOf(user),
      before: withNulls(before),
      after: withNulls(after),
      version: user.version,
    },
  ];
}

/** An act on a member of a class; nothing where the member is like that already. */
export function memberAct(
  kind: EnrollmentChange['kind'],
  section: LocalClass,
  user: LocalUser,
  member: LocalEnrollment | undefined,
  after: Fields<LocalEnrollment>,
  by: string,
): EnrollmentChange[] {
  const before = member === undefined ? null : changedFields(member, after);
  if (before === undefined) return [];
  const subject = enrollmentSubject(section.sourcedId ?? `@${section.id}`, user.sourcedId ?? `@${user.id}`);
  const target = {
    ...(member === undefined ? {} : { id: member.id }),
    classId: section.id,
    userId: user.id,
    ...(section.sourcedId === undefined ? {} : { classSourcedId: section.sourcedId }),
    ...(user.sourcedId === undefined ? {} : { userSourcedId: user.sourcedId }),
  };
  const version = member === undefined ? {} : { version: member.version };
  return [
    {
      ...hand(kind, subject, by),
      kind,
      subject,
      target,
      before: before === null ? null : withNulls(before),
      after: withNulls(after),
      ...version,
    },
  ];
}

/** An act on a guardian of a student; nothing where the link is like that already. */
export function guardianAct(
  kind: GuardianChange['kind'],
  guardian: LocalUser,
  student: LocalUser,
  link: LocalGuardianLink | undefined,
  after: Fields<LocalGuardianLink>,
  by: string,
): GuardianChange[] {
  const before = link === undefined ? null : changedFields(link, after);
  if (before === undefined) return [];
  const subject = guardianSubject(guardian.sourcedId ?? `@${guardian.id}`, student.sourcedId ?? `@${student.id}`);
  const target = {
    ...(link === undefined ? {} : { id: link.id }),
    guardianId: guardian.id,
    studentId: student.id,
    ...(guardian.sourcedId === undefined ? {} : { guardianSourcedId: guardian.sourcedId }),
    ...(student.sourcedId === undefined ? {} : { studentSourcedId: student.sourcedId }),
  };
  const version = link === undefined ? {} : { version: link.version };
  return [
    {
      ...hand(kind, subject, by),
      kind,
      subject,
      target,
      before: before === null ? null : withNulls(before),
      after: withNulls(after),
      ...version,
    },
  ];
}

/** The creation of a class or a person by people. Until the store names it, `word` tells it from others. */
export function creation(
  created: { readonly class: Fields<LocalClass> } | { readonly user: Fields<LocalUser> },
  word: string,
  by: string,
): Change {
  if ('class' in created) {
    const subject = classSubject(undefined, word);
    return {
      ...hand('class-create', subject, by),
      kind: 'class-create',
      subject,
      target: {},
      before: null,
      after: created.class,
    };
  }
  const subject = userSubject(undefined, word);
  return {
    ...hand('user-create', subject, by),
    kind: 'user-create',
    subject,
    target: {},
    before: null,
    after: created.user,
  };
}

/** The fields that a person owns from now on. */
export function withHostFields(
  record: { readonly hostFields?: readonly string[] },
  fields: readonly string[],
): string[] {
  return [...new Set([...(record.hostFields ?? []), ...fields])].sort();
}

/** The fields that a person still owns once this one is given back. */
export function withoutHostField(
  { hostFields = [] }: { readonly hostFields?: readonly string[] },
  field: string,
): readonly string[] | undefined {
  const remaining = hostFields.filter((name) => name !== field);
  return remaining.length === 0 ? undefined : remaining;
}

/** Refuses a sourcedId that another record bears: two records of one sourcedId could not be told apart. */
export function requireFree(
  records: readonly { readonly id: string; readonly sourcedId?: string }[],
  id: string,
  sourcedId: string,
  operation: string,
): void {
  const bearer = records.find((record) => record.sourcedId === sourcedId && record.id !== id);
  if (bearer === undefined) return;
  const message = `${operation}: sourcedId ${sourcedId} belongs to record ${bearer.id} already. Unlink that one first.`;
  throw new StoreConflictError(message, { operation });
}

function targetOf(record: { readonly id: string; readonly sourcedId?: string }): {
  readonly id: string;
  readonly sourcedId?: string;
} {
  return record.sourcedId === undefined ? { id: record.id } : { id: record.id, sourcedId: record.sourcedId };
}

/** The present values of the fields that `after` names; `undefined` where it changes none of them. */
function changedFields<T extends object>(record: T, after: Fields<T>): Fields<T> | undefined {
  const present = record as Readonly<Record<string, unknown>>;
  const before: Record<string, unknown> = {};
  let isChanged = false;
  for (const [field, value] of Object.entries(after)) {
    before[field] = present[field];
    if (!isSame(present[field] ?? null, value ?? null)) isChanged = true;
  }
  return isChanged ? (before as Fields<T>) : undefined;
}
