/** The engine's plan and the naive answer as lines that can be compared: every decision, hold, latch and note. */

import type { Change, LocalState, Plan } from '../../../src/model/index.js';
import type { Answer } from './index.js';
import { isDestructive, keyOf, text } from './words.js';

/** The words for cases that the naive rules know. A note of any other case is not compared. */
const CODES: readonly string[] = [
  ...['ABSENT_KEPT', 'ABSENT_CLASS_ACTIVE', 'UNREAD_ELSEWHERE', 'CLASS_UNSHARED', 'PERSON_UNSHARED', 'DANGLING_REF'],
  ...['SCHOOL_UNKNOWN', 'NOT_INCLUDED', 'NOT_INCLUDED_KEPT', 'EMPTY_CLASS', 'NO_TEACHER', 'DUPLICATE_NAME'],
  ...['NAME_SHARED', 'NAME_STICKY', 'MOVED_OUT_OF_SCOPE', 'MOVED_FROM_OUTSIDE_SCOPE', 'STAYS_ARCHIVED'],
  ...['LOCAL_ARCHIVE_WINS', 'PURGED_BY_USER', 'LOCAL_REVIVE_WINS', 'LOCAL_REMOVAL_WINS', 'MEMBERS_WITHOUT_ACCOUNT'],
  ...[
    'OUTSIDE_DATES',
    'TEACHER_CLASS_EMPTY',
    'NO_EMAIL',
    'NO_USERNAME',
    'UNASSIGNED',
    'PROTECTED',
    'REKEY_PROPOSED',
    'REKEY_WAITS',
  ],
  ...[
    'RECYCLED_ID_KEPT',
    'ROWS_REJECTED',
    'DUP_ID',
    'SCHOOL_SKIPPED',
    'SCHOOL_GONE',
    'SCOPE_SCHOOL_UNKNOWN',
    'ADDITIVE_ONLY',
    'SUPPRESSED',
    'GRACE',
    'WINDOW_ADDITIVE',
    'BLACKOUT',
  ],
];

const ONCE: readonly string[] = ['LOCAL_REMOVAL_WINS', 'PURGED_BY_USER', 'NOT_INCLUDED_KEPT'];

/** When something was archived or removed is the time of the plan. */
const TIMES: readonly string[] = ['archivedAt', 'removedAt'];

export function linesOfPlan(plan: Plan): readonly string[] {
  const changes = plan.changes.filter(isCompared).map((change) => {
    const { kind, subject, reason, schoolSourcedId, heldBy } = change;
    const isOfUser = kind.startsWith('user-') && kind !== 'user-deactivate';
    return changeLine({
      kind,
      subject,
      reason: isUpdate(kind) ? '' : `${reason.rule} ${reason.code}`,
      level: isDestructive(kind) ? String(reason.evidence?.['level']) : '-',
      school: schoolSourcedId,
      after: isOfUser ? undefined : change.after,
      heldBy,
    });
  });
  const notes = plan.notes.filter(({ code }) => CODES.includes(code)).map(noteLine);
  const holds = plan.holds
    .filter(({ gate }) => gate !== 'G2')
    .map(({ changes: keys, approvable, ...hold }) => holdLine({ ...hold, isApprovable: approvable, keys }));
  const latches = plan.ledger.holds.filter(isCounted).map(({ id, baseline, approved, changes: held }) =>
    latchLine(
      id,
      baseline,
      held.map((change) => change.key),
      approved,
    ),
  );
  const { suppressions, reported } = plan.ledger;
  return inOrder([
    `outcome ${plan.outcome}`,
    ...(plan.holds.some(({ gate }) => gate === 'G2') ? ['restricted'] : []),
    ...changes,
    ...new Set(notes),
    ...holds,
    ...latches,
    ...suppressions.map(({ kind, subject, cause }) => `suppressed ${kind} ${subject} ${cause}`),
    ...reported.filter((key) => ONCE.includes(key.split(' ')[0] ?? '')).map((key) => `reported ${key}`),
    ...(plan.ledger.absences ?? []).map(({ subject, count, at }) => `absent ${subject} ${String(count)} ${at}`),
    ...plan.gates
      .filter(({ gate }) => !['G1', 'G2', 'G8'].includes(gate))
      .map(({ gate, code }) => `gate ${gate} ${code}`),
  ]);
}

export function linesOfAnswer(answer: Answer): readonly string[] {
  const heldBy = (key: string): readonly string[] =>
    answer.holds
      .filter((hold) => hold.keys.includes(key))
      .map((hold) => hold.id)
      .sort();
  const decisions = answer.decisions.filter(
    (each) => !isUpdate(each.kind) || heldBy(keyOf(each)).some((hold) => hold.startsWith('U13:')),
  );
  const changes = decisions.map(({ kind, subject, rule, code, level, school, after }) =>
    changeLine({
      kind,
      subject,
      reason: isUpdate(kind) ? '' : `${rule} ${code}`,
      level: level ?? '-',
      school,
      after,
      heldBy: heldBy(`${kind} ${subject}`),
    }),
  );
  return inOrder([
    `outcome ${answer.hasFailed ? 'failed' : 'planned'}`,
    ...(answer.isRestricted && !answer.hasFailed ? ['restricted'] : []),
    ...changes,
    ...new Set(answer.notes.map(noteLine)),
    ...answer.holds.map(holdLine),
    ...answer.latched
      .filter(isCounted)
      .map(({ id, baseline, keys, approved }) => latchLine(id, baseline, keys, approved)),
    ...answer.suppressed.map(({ kind, subject, cause }) => `suppressed ${kind} ${subject} ${cause}`),
    ...answer.toldOnce.filter((key) => ONCE.includes(key.split(' ')[0] ?? '')).map((key) => `reported ${key}`),
    ...answer.absences.map(({ subject, count, at }) => `absent ${subject} ${String(count)} ${at}`),
    ...answer.holds.map(({ gate, code }) => `gate ${gate} ${code}`),
  ]);
}

/** What a change says of before: exactly the fields that it sets, with the values and version that the host has. */
export function wrongBefores(plan: Plan, local: LocalState): readonly string[] {
  const records = new Map<string, object>(
    [...local.schools, ...local.classes, ...local.users, ...local.enrollments].map((each) => [each.id, each]),
  );
  return plan.changes.filter(isCompared).flatMap((change) => {
    if (change.before === null) return [];
    const host = records.get(change.target.id ?? '') as Readonly<Record<string, unknown>> | undefined;
    const present = Object.fromEntries(Object.keys(change.after ?? {}).map((field) => [field, host?.[field] ?? null]));
    const isRight = text(present) === text(change.before) && host?.['version'] === change.version;
    const hasSameFields = areSameFields(change.before, change.after ?? {});
    return isRight && hasSameFields ? [] : [`${change.key}: ${text(change.before)} instead of ${text(present)}`];
  });
}

function areSameFields(left: object, right: object): boolean {
  return Object.keys(left).sort().join() === Object.keys(right).sort().join();
}

/** Changes of classes and members, and of people those that members depend on. */
function isCompared({ kind, heldBy }: Change): boolean {
  if (kind.startsWith('class-') || kind.startsWith('enrollment-')) return true;
  if (isUpdate(kind)) return heldBy.some((hold) => hold.startsWith('U13:'));
  return ['user-create', 'user-rekey', 'user-deactivate'].includes(kind);
}

/** What of a person's update was approved is the table of people's to tell. */
function isCounted({
  id,
  ...latch
}: {
  readonly id: string;
  readonly keys?: readonly string[];
  readonly changes?: readonly Change[];
}) {
  return !id.startsWith('U13:') || (latch.keys ?? latch.changes ?? []).length > 0;
}

function isUpdate(kind: string): boolean {
  return kind === 'user-update' || kind === 'user-reactivate';
}

interface ChangeLine {
  readonly kind: string;
  readonly subject: string;
  readonly reason: string;
  readonly level: string;
  readonly school: string | undefined;
  readonly after: object | null | undefined;
  readonly heldBy: readonly string[];
}

function changeLine({ kind, subject, reason, level, school, after, heldBy }: ChangeLine): string {
  const isNew = kind === 'class-create' || kind === 'enrollment-add';
  const fields = Object.entries(after ?? {}).filter(([field]) => !TIMES.includes(field));
  // A field that is emptied is told; a new record just does not have it.
  const told = fields.filter(([, value]) => !isNew || (value ?? null) !== null);
  const values = told.map(([field, value]) => `${field}=${text(value)}`).sort();
  return `${kind} ${subject} [${reason}] ${level} at ${school ?? 'none'} {${values.join(' ')}} held by [${heldBy.join(' ')}]`;
}

function noteLine({
  rule,
  code,
  subject,
}: {
  readonly rule: string;
  readonly code: string;
  readonly subject?: string;
}) {
  return `note ${rule} ${code} ${subject ?? ''}`;
}

interface HoldLine {
  readonly id: string;
  readonly gate: string;
  readonly code: string;
  readonly isApprovable: boolean;
  readonly baseline?: number | undefined;
  readonly count?: number | undefined;
  readonly keys: readonly string[];
}

function holdLine({ id, gate, code, isApprovable, baseline, count, keys }: HoldLine): string {
  const numbers = [baseline, count].map((each) => String(each ?? '-')).join('/');
  return `hold ${id} ${gate} ${code} ${isApprovable ? 'approvable' : 'final'} ${numbers} [${keys.join(', ')}]`;
}

function latchLine(
  id: string,
  baseline: number | undefined,
  keys: readonly string[],
  approved: readonly string[],
): string {
  return `latch ${id} ${String(baseline ?? '-')} [${[...keys].sort().join(', ')}] approved [${[...approved].sort().join(', ')}]`;
}

function inOrder(lines: readonly string[]): readonly string[] {
  return [...lines].sort();
}
