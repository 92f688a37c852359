import { StoreError } from '../../errors.js';
import { patched } from '../../internal/patch.js';
import type {
  Change,
  ClassChange,
  EnrollmentChange,
  GuardianChange,
  LocalRecord,
  RecordTarget,
  SchoolChange,
  UserChange,
} from '../../model/index.js';
import type { PairTable, RecordTable, UndoLog } from './tables.js';
import type { Tenant } from './tenant.js';

/** What a change did: to which record, and the version it has now (none where it was deleted). */
export interface Written {
  readonly recordId: string;
  readonly version?: number;
}

/** A change without its noun: the fields by name. */
interface Write {
  readonly before: object | null;
  readonly after: object | null;
  readonly version?: number;
}

/** Writes one change; `undefined` where its record is no longer as the change saw it. */
export function writeChange(tenant: Tenant, change: Change, undo: UndoLog): Written | undefined {
  if (change.before === null && change.after === null) {
    throw new StoreError('apply: a change has neither a before nor an after; the plan is malformed', {
      operation: 'apply',
    });
  }
  if (isSchoolChange(change)) return writeSchool(tenant, change, undo);
  if (isClassChange(change)) return writeClass(tenant, change, undo);
  if (isUserChange(change)) return writeUser(tenant, change, undo);
  if (isEnrollmentChange(change)) return writeEnrollment(tenant, change, undo);
  return writeGuardian(tenant, change, undo);
}

function writeSchool(tenant: Tenant, change: SchoolChange, undo: UndoLog): Written | undefined {
  if (change.before === null) return createRecord(tenant.schools, change, () => tenant.nextId('school', undo), undo);
  const school = located(tenant.schools, change);
  if (school === undefined) return undefined;
  if (change.after !== null) return updateRecord(tenant.schools, school, change, undo);
  tenant.schools.remove(school.id, undo);
  return { recordId: school.id };
}

function writeClass(tenant: Tenant, change: ClassChange, undo: UndoLog): Written | undefined {
  if (change.before === null) return createRecord(tenant.classes, change, () => tenant.nextId('class', undo), undo);
  const found = located(tenant.classes, change);
  if (found === undefined) return undefined;
  if (change.after === null || change.kind === 'class-purge') {
    for (const member of tenant.enrollments.ofLeft(found.id)) tenant.enrollments.remove(member.id, undo);
  }
  if (change.after !== null) return updateRecord(tenant.classes, found, change, undo);
  tenant.classes.remove(found.id, undo);
  return { recordId: found.id };
}

function writeUser(tenant: Tenant, change: UserChange, undo: UndoLog): Written | undefined {
  if (change.before === null) return createRecord(tenant.users, change, () => tenant.nextId('user', undo), undo);
  const user = located(tenant.users, change);
  if (user === undefined) return undefined;
  if (change.after !== null) return updateRecord(tenant.users, user, change, undo);
  const enrollments = tenant.enrollments.ofRight(user.id);
  const links = [...tenant.guardianLinks.ofLeft(user.id), ...tenant.guardianLinks.ofRight(user.id)];
  if ([...enrollments, ...links].some((tie) => tie.state === 'active')) return undefined;
  for (const enrollment of enrollments) tenant.enrollments.remove(enrollment.id, undo);
  for (const link of links) tenant.guardianLinks.remove(link.id, undo);
  tenant.users.remove(user.id, undo);
  return { recordId: user.id };
}

function writeEnrollment(tenant: Tenant, change: EnrollmentChange, undo: UndoLog): Written | undefined {
  const { target, before, after } = change;
  const classRecord = tenant.classes.find(
    after?.classId ?? target.classId,
    after?.classSourcedId ?? target.classSourcedId,
  );
  const user = tenant.users.find(after?.userId ?? target.userId, after?.userSourcedId ?? target.userSourcedId);
  const pair = { left: classRecord?.id, right: user?.id };
  if (before !== null) return writePair(tenant.enrollments, target.id, pair, change, undo);
  if (pair.left === undefined || pair.right === undefined) return undefined;
  const identity = { classId: pair.left, userId: pair.right };
  return createPair(
    tenant.enrollments,
    pair.left,
    pair.right,
    identity,
    change,
    () => tenant.nextId('enrollment', undo),
    undo,
  );
}

function writeGuardian(tenant: Tenant, change: GuardianChange, undo: UndoLog): Written | undefined {
  const { target, before, after } = change;
  const guardian = tenant.users.find(
    after?.guardianId ?? target.guardianId,
    after?.guardianSourcedId ?? target.guardianSourcedId,
  );
  const student = tenant.users.find(
    after?.studentId ?? target.studentId,
    after?.studentSourcedId ?? target.studentSourcedId,
  );
  const pair = { left: guardian?.id, right: student?.id };
  if (before !== null) return writePair(tenant.guardianLinks, target.id, pair, change, undo);
  if (pair.left === undefined || pair.right === undefined) return undefined;
  const identity = { guardianId: pair.left, studentId: pair.right };
  return createPair(
    tenant.guardianLinks,
    pair.left,
    pair.right,
    identity,
    change,
    () => tenant.nextId('guardian', undo),
    undo,
  );
}

function located<T extends LocalRecord & { readonly sourcedId?: string }>(
  table: RecordTable<T>,
  change: { readonly target: RecordTarget; readonly version?: number },
): T | undefined {
  const record = table.find(change.target.id, change.target.sourcedId);
  return record?.version === change.version ? record : undefined;
}

function createRecord<T extends LocalRecord & { readonly sourcedId?: string }>(
  table: RecordTable<T>,
  change: Write & { readonly target: RecordTarget },
  newId: () => string,
  undo: UndoLog,
): Written | undefined {
  const after: Partial<Record<keyof RecordTarget, string | null>> = change.after ?? {};
  const givenId = after.id ?? change.target.id;
  const sourcedId = after.sourcedId ?? change.target.sourcedId;
  if (givenId !== undefined && table.get(givenId) !== undefined) return undefined;
  if (sourcedId !== undefined && table.find(undefined, sourcedId) !== undefined) return undefined;
  const id = givenId ?? newId();
  table.put(newRecord(id, { ...after, sourcedId }, {}) as unknown as T, undo);
  return { recordId: id, version: 1 };
}

function updateRecord<T extends LocalRecord & { readonly sourcedId?: string }>(
  table: RecordTable<T>,
  record: T,
  change: Write,
  undo: UndoLog,
): Written | undefined {
  const updated = withPatch(record, change);
  if (updated.sourcedId !== undefined && updated.sourcedId !== record.sourcedId) {
    if (table.find(undefined, updated.sourcedId) !== undefined) return undefined;
  }
  table.put(updated, undo);
  return { recordId: updated.id, version: updated.version };
}

function createPair<T extends LocalRecord>(
  table: PairTable<T>,
  left: string,
  right: string,
  identity: object,
  change: Write & { readonly target: { readonly id?: string } },
  newId: () => string,
  undo: UndoLog,
): Written | undefined {
  const given = (change.after as { readonly id?: string }).id ?? change.target.id;
  if (given !== undefined && table.get(given) !== undefined) return undefined;
  if (table.findPair(left, right) !== undefined) return undefined;
  const id = given ?? newId();
  table.put(newRecord(id, change.after ?? {}, identity) as unknown as T, undo);
  return { recordId: id, version: 1 };
}

function writePair<T extends LocalRecord>(
  table: PairTable<T>,
  id: string | undefined,
  pair: { readonly left: string | undefined; readonly right: string | undefined },
  change: Write,
  undo: UndoLog,
): Written | undefined {
  const { left, right } = pair;
  const byPair = left === undefined || right === undefined ? undefined : table.findPair(left, right);
  const record = id === undefined ? byPair : table.get(id);
  if (record?.version !== change.version || record === undefined) return undefined;
  if (change.after === null) {
    table.remove(record.id, undo);
    return { recordId: record.id };
  }
  const updated = withPatch(record, change);
  table.put(updated, undo);
  return { recordId: updated.id, version: updated.version };
}

/** What is no field to write: what a pair ties together never changes, and `load` repeats the sourcedIds of its sides. */
const NOT_WRITTEN: ReadonlySet<string> = new Set([
  'id',
  'version',
  'classId',
  'userId',
  'classSourcedId',
  'userSourcedId',
  'guardianId',
  'studentId',
  'guardianSourcedId',
  'studentSourcedId',
]);

function newRecord(id: string, fields: object, identity: object): Readonly<Record<string, unknown>> {
  const record: Record<string, unknown> = { id, ...identity, version: 1 };
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null && !NOT_WRITTEN.has(field)) record[field] = value;
  }
  return record;
}

function withPatch<T extends LocalRecord>(record: T, change: Write): T {
  const patch = Object.fromEntries(Object.entries(change.after ?? {}).filter(([field]) => !NOT_WRITTEN.has(field)));
  return { ...patched<object>(record, patch), version: record.version + 1 } as T;
}

function isSchoolChange(change: Change): change is SchoolChange {
  return change.kind.startsWith('school-');
}

function isClassChange(change: Change): change is ClassChange {
  return change.kind.startsWith('class-');
}

function isUserChange(change: Change): change is UserChange {
  return change.kind.startsWith('user-');
}

function isEnrollmentChange(change: Change): change is EnrollmentChange {
  return change.kind.startsWith('enrollment-');
}
