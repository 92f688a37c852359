/**
 * What the store's contract writes: changes, batches, invitations and reports as the engine and the syncs make them.
 *
 * @module
 */

import { scopeKey } from '../../../model/index.js';
import type {
  Change,
  ClassChange,
  EnrollmentChange,
  GuardianChange,
  LocalState,
  SchoolChange,
  Scope,
  UserChange,
} from '../../../model/index.js';
import { classSubject, enrollmentSubject, guardianSubject, schoolSubject, userSubject } from '../../../model/index.js';
import type {
  Batch,
  Channel,
  DirectoryStore,
  Invitation,
  MessageOutcome,
  OutboxMessage,
  OutboxStore,
  RunReport,
} from '../../../ports/index.js';

/** When every batch of the contract is applied. */
export const AT = '2026-09-01T06:00:00.000Z';

type Parts<T extends Change> = Pick<T, 'kind' | 'target' | 'before' | 'after'> & { readonly version?: number };

function whole<T extends Change>(subject: string, parts: Parts<T>): T {
  return {
    ...parts,
    key: `${parts.kind} ${subject}`,
    subject,
    reason: { rule: 'K1', code: 'TEST' },
    destructive: false,
    fingerprint: 'fingerprint',
    heldBy: [],
  } as unknown as T;
}

export function schoolChange(parts: Parts<SchoolChange>): SchoolChange {
  return whole<SchoolChange>(schoolSubject(parts.target.sourcedId, parts.target.id), parts);
}

export function classChange(parts: Parts<ClassChange>): ClassChange {
  return whole<ClassChange>(classSubject(parts.target.sourcedId, parts.target.id), parts);
}

export function userChange(parts: Parts<UserChange>): UserChange {
  return whole<UserChange>(userSubject(parts.target.sourcedId, parts.target.id), parts);
}

export function enrollmentChange(parts: Parts<EnrollmentChange>): EnrollmentChange {
  const { target } = parts;
  const classWord = target.classSourcedId ?? target.classId ?? target.id ?? '';
  return whole<EnrollmentChange>(enrollmentSubject(classWord, target.userSourcedId ?? target.userId ?? ''), parts);
}

export function guardianChange(parts: Parts<GuardianChange>): GuardianChange {
  const { target } = parts;
  const guardian = target.guardianSourcedId ?? target.guardianId ?? target.id ?? '';
  return whole<GuardianChange>(guardianSubject(guardian, target.studentSourcedId ?? target.studentId ?? ''), parts);
}

export function createSchool(sourcedId: string): SchoolChange {
  const after = { origin: 'roster', sourcedId, name: `School ${sourcedId}` } as const;
  return schoolChange({ kind: 'school-create', target: { sourcedId }, before: null, after });
}

export function createClass(sourcedId: string, name = `Class ${sourcedId}`): ClassChange {
  const after = { origin: 'roster', sourcedId, schoolSourcedId: 'school', name, state: 'active' } as const;
  return classChange({ kind: 'class-create', target: { sourcedId }, before: null, after });
}

export function createUser(sourcedId: string): UserChange {
  const after = {
    origin: 'roster',
    sourcedId,
    roles: ['student'],
    givenName: 'Given',
    familyName: 'Family',
    schoolSourcedIds: ['school'],
    state: 'active',
  } as const;
  return userChange({ kind: 'user-create', target: { sourcedId }, before: null, after });
}

export function addMember(classSourcedId: string, userSourcedId: string): EnrollmentChange {
  const after = { origin: 'roster', role: 'student', state: 'active', synced: { role: 'student' } } as const;
  return enrollmentChange({
    kind: 'enrollment-add',
    target: { classSourcedId, userSourcedId },
    before: null,
    after,
  });
}

export function linkGuardian(guardianSourcedId: string, studentSourcedId: string): GuardianChange {
  const after = { origin: 'roster', relationship: 'Parent', state: 'active' } as const;
  return guardianChange({
    kind: 'guardian-link',
    target: { guardianSourcedId, studentSourcedId },
    before: null,
    after,
  });
}

/** Renames the class to another name than it has, as it was planned for `version`. */
export function renameClass(sourcedId: string, name: string, version: number): ClassChange {
  return classChange({
    kind: 'class-update',
    target: { sourcedId },
    before: { name: `Class ${sourcedId}` },
    after: { name },
    version,
  });
}

let batches = 0;

/** A batch of a run of its own, unless the rest says otherwise. */
export function batchOf(scope: Scope, changes: readonly Change[], rest: Partial<Batch> = {}): Batch {
  batches += 1;
  return { scope, runId: `run-${String(batches)}`, at: AT, changes, ...rest };
}

/** The store's records as arrays. */
export async function stateOf(store: DirectoryStore, scope: Scope): Promise<LocalState> {
  const read = await store.load(scope);
  return {
    ...read,
    schools: await arrayOf(read.schools),
    classes: await arrayOf(read.classes),
    users: await arrayOf(read.users),
    enrollments: await arrayOf(read.enrollments),
    guardianLinks: await arrayOf(read.guardianLinks),
  };
}

async function arrayOf<T>(records: Iterable<T> | AsyncIterable<T>): Promise<T[]> {
  const array: T[] = [];
  for await (const record of records) array.push(record);
  return array;
}

/** An invitation of the person with this subject. */
export function invite(
  subject: string,
  rest: {
    readonly digest?: string;
    readonly state?: OutboxMessage['state'];
    readonly channel?: Channel;
    readonly userId?: string;
  } = {},
): { readonly subject: string; readonly invitation: Invitation; readonly message: OutboxMessage } {
  const digest = rest.digest ?? 'digest';
  batches += 1;
  return {
    subject,
    invitation: {
      id: `invitation-${String(batches)}`,
      userId: rest.userId ?? subject,
      kind: 'account',
      addressDigest: digest,
      codeDigest: `code-${String(batches)}`,
      state: 'pending',
      createdAt: AT,
      expiresAt: '2026-10-01T06:00:00.000Z',
    },
    message: {
      idempotencyKey: `invitation ${subject} ${digest}`,
      kind: 'invitation',
      channel: rest.channel ?? 'email',
      state: rest.state ?? 'pending',
      runId: 'run',
      userId: rest.userId ?? subject,
      to: ['someone@school.example'],
      addressDigests: [digest],
      subject: 'Welcome',
      text: 'A code',
      html: '<p>A code</p>',
      replyTo: 'office@school.example',
      attempts: 0,
      accepted: 0,
    },
  };
}

/** Later than any message of these cases is due. */
export const DOOMSDAY = '9999-12-31T23:59:59.999Z';

/** The messages that are to be sent, now or later, and that nobody has claimed: taken, and given back as they were. */
export async function pendingOf(
  store: Pick<OutboxStore, 'claimMessages' | 'saveMessage'>,
  scope: Scope,
  channel: Channel = 'email',
): Promise<readonly OutboxMessage[]> {
  return handle(store, scope, channel, () => undefined);
}

/** Takes the messages that are to be sent and says what became of one of them. The others are given back. */
export async function conclude(
  store: Pick<OutboxStore, 'claimMessages' | 'saveMessage'>,
  scope: Scope,
  idempotencyKey: string,
  outcome: Omit<MessageOutcome, 'claimedBy'>,
): Promise<void> {
  await handle(store, scope, 'email', (key) => (key === idempotencyKey ? outcome : undefined));
}

async function handle(
  store: Pick<OutboxStore, 'claimMessages' | 'saveMessage'>,
  scope: Scope,
  channel: Channel,
  outcomeOf: (key: string) => Omit<MessageOutcome, 'claimedBy'> | undefined,
): Promise<readonly OutboxMessage[]> {
  const claimedBy = globalThis.crypto.randomUUID();
  const options = { channel, limit: 1000, claimedBy, leaseMs: 60_000, now: DOOMSDAY };
  const messages = await store.claimMessages(scope, options);
  for (const { idempotencyKey, attempts, notBefore } of messages) {
    const asBefore = { state: 'pending', attempts, ...(notBefore === undefined ? {} : { notBefore }) } as const;
    await store.saveMessage(scope, idempotencyKey, { claimedBy, ...(outcomeOf(idempotencyKey) ?? asBefore) });
  }
  return messages;
}

export function reportOf(scope: Scope, id: string, startedAt: string): RunReport {
  return {
    id,
    type: 'sync',
    scope,
    outcome: 'applied',
    startedAt,
    endedAt: startedAt,
    planHash: `hash of ${scopeKey(scope)}`,
    counts: { changes: 2, ready: 2, held: 0, destructive: 0, notes: 0, byKind: { 'class-create': 2 }, notesByCode: {} },
    applied: 2,
    holds: [],
    failures: [{ code: 'stale', key: 'class-update class:c1', message: 'A change was overtaken.' }],
    sent: 0,
    by: 'user-1',
  };
}
