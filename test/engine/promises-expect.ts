/** What the promises compare. */

import { canonicalJson } from '../../src/internal/canonical.js';
import type { LocalRecord, LocalState, Policy } from '../../src/model/index.js';
import type { Touched } from '../support/world.js';

/** What a person set by hand is still so. */
export function expectUntouched(touched: Touched, before: LocalState, after: LocalState, policy: Policy): void {
  const fields: Record<Touched['act'], readonly string[]> = {
    'rename-class': ['name'],
    'archive-class': ['state', 'by'],
    'revive-class': ['state'],
    'purge-class': ['state'],
    'create-class': ['state', 'name', 'origin'],
    'add-member': ['state', 'origin'],
    'remove-member': ['state', 'by'],
    'rename-user': ['familyName'],
    'edit-contact': [],
    claim: ['claimed'],
    'use-class': ['usedAt'],
    'deactivate-user': ['state', 'by'],
    'link-guardian': ['state', 'origin'],
    'unlink-guardian': ['state', 'by'],
  };
  // Under `all` the roster owns how people are reached.
  const isRostered = (field: string): boolean =>
    policy.contactUpdates === 'all' && ['email', 'mobile', 'homePhone'].includes(field);
  const owned = (find(touched, before)?.hostFields ?? []).filter((field) => !isRostered(field));
  const of = (state: LocalState): unknown => {
    const values = find(touched, state) as Readonly<Record<string, unknown>> | undefined;
    return values === undefined ? undefined : [...fields[touched.act], ...owned].map((field) => values[field]);
  };
  expectSame(of(after), of(before), `what ${touched.act} left behind`);
}

function find({ noun, id }: Touched, state: LocalState): LocalRecord | undefined {
  if (noun === 'enrollment') return state.enrollments.find((each) => `${each.classId} ${each.userId}` === id);
  if (noun === 'guardian') return state.guardianLinks.find((each) => `${each.guardianId} ${each.studentId}` === id);
  return (noun === 'class' ? state.classes : state.users).find((each) => each.id === id);
}

export function expectNothingTakenAway(
  before: LocalState,
  after: LocalState,
  of: readonly ('classes' | 'users' | 'enrollments' | 'guardianLinks')[],
): void {
  const active = (state: LocalState): readonly string[] =>
    of.flatMap((noun) => state[noun].filter((each) => each.state === 'active').map(({ id }) => id));
  const now = new Set(active(after));
  expectNone(
    active(before).filter((id) => !now.has(id)),
    'records that are no longer active',
  );
}

export function expectNone(values: readonly unknown[], what: string): void {
  if (values.length > 0) throw new Error(`${what}: expected none, got ${JSON.stringify(values, null, 1)}`);
}

/** Compares by value; tells what differs, and nothing of what does not. */
export function expectSame(actual: unknown, expected: unknown, what: string): void {
  if (canonicalJson(actual) === canonicalJson(expected)) return;
  const lines = differences(actual, expected, '').slice(0, 20);
  throw new Error(`${what} differs:\n${lines.join('\n')}`);
}

function differences(actual: unknown, expected: unknown, path: string): readonly string[] {
  if (canonicalJson(actual) === canonicalJson(expected)) return [];
  if (!isContainer(actual) || !isContainer(expected) || Array.isArray(actual) !== Array.isArray(expected)) {
    return [`${path}: ${canonicalJson(actual)} instead of ${canonicalJson(expected)}`];
  }
  if (Array.isArray(actual) && Array.isArray(expected) && actual.every(isText) && expected.every(isText)) {
    return [
      ...actual.filter((each) => !expected.includes(each)).map((each) => `${path}: too much: ${each}`),
      ...expected.filter((each) => !actual.includes(each)).map((each) => `${path}: missing: ${each}`),
    ];
  }
  const left = actual as Readonly<Record<string, unknown>>;
  const right = expected as Readonly<Record<string, unknown>>;
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return keys.flatMap((key) => differences(left[key], right[key], `${path}/${key}`));
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
