/**
 * One row of a truth table as a test: what the feed says, what the host holds, and exactly which changes, notes and
 * holds follow. Every row stands in a quiet district of one class that both sides have, so that no kind is empty.
 */

import { expect } from 'vitest';
import { reconcile, type ReconcileInput } from '../../src/engine/index.js';
import type {
  Class,
  Enrollment,
  LocalClass,
  LocalEnrollment,
  LocalState,
  LocalUser,
  Plan,
  Policy,
  Scope,
  User,
} from '../../src/model/index.js';
import { definePolicy, type PolicyInput } from '../../src/policy/index.js';
import {
  enrolled,
  local,
  localClass,
  localMember,
  localUser,
  NOW,
  roster,
  section,
  student,
  teacher,
  teaching,
  type RosterParts,
} from './build.js';

/** A change as a line (`kind subject rule code`), and the fields that matter. */
interface ExpectedChange {
  readonly line: string;
  readonly target?: object;
  readonly before?: object | null;
  readonly after?: object | null;
  readonly version?: number;
  readonly evidence?: object;
}

export interface Row {
  /** The row's id and the case, as a sentence. */
  readonly title: string;
  readonly feed: RosterParts;
  readonly host?: Partial<LocalState>;
  readonly policy?: PolicyInput;
  readonly scope?: Scope;
  readonly now?: string;
  /** Without the quiet district, on either side. */
  readonly alone?: true;
  /** All changes, in the order of application. */
  readonly changes: readonly (string | ExpectedChange)[];
  /** All notes, as `rule code subject`, in any order. */
  readonly notes?: readonly string[];
  /** All holds, as `id code changes`, in any order. */
  readonly holds?: readonly string[];
  /** For a near miss: rules and codes that must appear in no change and no note. */
  readonly never?: readonly string[];
}

/** Limits that never hold, so that a row speaks of its own case alone. */
export const OPEN = { enrollments: 1, classes: 1, users: 1, guardianLinks: 1 } as const;

const QUIET = classWith('zz', { students: ['zs'], teachers: ['zt'] });

export type Given = Pick<Row, 'feed' | 'host' | 'policy' | 'scope' | 'now' | 'alone'> &
  Pick<ReconcileInput, 'importing' | 'awaiting'>;

export function planOf(row: Given): Plan {
  const policy = definePolicy({ limits: OPEN, ...row.policy });
  return planWith(policy, row);
}

/** With a policy that `definePolicy` may refuse. */
export function planWith(policy: Policy, row: Given): Plan {
  return reconcile(inputOf(policy, row));
}

export function inputOf(policy: Policy, row: Given): ReconcileInput {
  const quiet = row.alone === true ? {} : QUIET;
  const scoped = row.scope === undefined ? {} : { scope: row.scope };
  return {
    roster: roster({ ...merge(quiet, row.feed), ...scoped }),
    local: { ...local(), ...mergeHosts(hostOf(quiet), row.host ?? {}), ...scoped },
    policy,
    now: row.now ?? NOW,
    importing: row.importing,
    awaiting: row.awaiting,
  };
}

export function checkRow(row: Row): void {
  const plan = planOf(row);
  const expected = row.changes.map((change) => (typeof change === 'string' ? { line: change } : change));
  expect(changeLines(plan)).toEqual(expected.map(({ line }) => line));
  for (const [index, { line: _line, evidence, ...fields }] of expected.entries()) {
    expect(plan.changes[index]).toMatchObject(fields);
    if (evidence !== undefined) expect(plan.changes[index]?.reason.evidence).toMatchObject(evidence);
  }
  expect(noteLines(plan)).toEqual([...(row.notes ?? [])].sort());
  expect(holdLines(plan)).toEqual([...(row.holds ?? [])].sort());
  for (const word of row.never ?? []) {
    expect([...changeLines(plan), ...noteLines(plan)].filter((line) => line.split(' ').includes(word))).toEqual([]);
  }
}

/** `kind subject rule code` of each change. */
export function changeLines(plan: Plan): readonly string[] {
  return plan.changes.map(({ kind, subject, reason }) => `${kind} ${short(subject)} ${reason.rule} ${reason.code}`);
}

export function noteLines(plan: Plan): readonly string[] {
  return plan.notes
    .map(({ rule, code, subject }) => `${rule} ${code}${subject === undefined ? '' : ` ${short(subject)}`}`)
    .sort();
}

export function holdLines(plan: Plan): readonly string[] {
  return plan.holds.map(({ id, code, changes }) => `${id} ${code} ${String(changes.length)}`).sort();
}

/** `class:c1` as `c1`; a pair as `c1/a`. */
function short(subject: string): string {
  const pair = /^(?:enrollment|guardian):(\d+):(.*)$/su.exec(subject);
  if (pair === null) return subject.replace(/^\w+[:]/u, '');
  const rest = pair[2] ?? '';
  const length = Number(pair[1]);
  return `${rest.slice(0, length)}/${rest.slice(length + 1)}`;
}

export interface ClassWith extends Partial<Class> {
  readonly students?: readonly string[];
  readonly teachers?: readonly string[];
}

/** A class with its people: one student `a` and one teacher `t`, unless told otherwise. */
export function classWith(
  sourcedId: string,
  { students = ['a'], teachers = ['t'], ...fields }: ClassWith = {},
): RosterParts {
  const school = { schoolSourcedIds: [fields.schoolSourcedId ?? 's1'] };
  return {
    classes: [section(sourcedId, fields)],
    users: [...students.map((id) => student(id, school)), ...teachers.map((id) => teacher(id, school))],
    enrollments: [
      ...students.map((id) => enrolled(sourcedId, id)),
      ...teachers.map((id, index) => teaching(sourcedId, id, index === 0 ? {} : { primary: false })),
    ],
  };
}

/** People of the feed who are in no class. */
export function people(...users: readonly User[]): RosterParts {
  return { users };
}

/** Several parts as one; a user of a later part takes the place of an earlier part's. */
export function merge(...parts: readonly RosterParts[]): RosterParts {
  let users: readonly User[] = [];
  for (const part of parts) {
    const later = part.users ?? [];
    const ids = new Set(later.map((user) => user.sourcedId));
    users = [...users.filter((user) => !ids.has(user.sourcedId)), ...later];
  }
  return {
    ...(Object.assign({}, ...parts) as RosterParts),
    classes: parts.flatMap((part) => part.classes ?? []),
    enrollments: parts.flatMap((part) => part.enrollments ?? []),
    guardianLinks: parts.flatMap((part) => part.guardianLinks ?? []),
    users,
  };
}

export interface HostFields {
  readonly classes?: Readonly<Record<string, Partial<LocalClass>>>;
  readonly users?: Readonly<Record<string, Partial<LocalUser>>>;
  /** By `class/user`. */
  readonly members?: Readonly<Record<string, Partial<LocalEnrollment>>>;
}

/** The host after a sync of these parts, and with these differences. */
export function hostOf(parts: RosterParts, fields: HostFields = {}): Partial<LocalState> {
  return {
    classes: (parts.classes ?? []).map((each) => hostClass(each, fields.classes?.[each.sourcedId])),
    users: (parts.users ?? []).map((each) => localUser(each, fields.users?.[each.sourcedId])),
    enrollments: (parts.enrollments ?? []).map((each) =>
      hostMember(each, fields.members?.[`${each.classSourcedId}/${each.userSourcedId}`]),
    ),
  };
}

function hostClass(feed: Class, fields: Partial<LocalClass> = {}): LocalClass {
  const { sourcedId, status: _status, dateLastModified: _modified, courseSourcedId: _course, ...values } = feed;
  const { options } = localClass(sourcedId);
  const synced = options === undefined ? values : { ...values, options };
  return localClass(sourcedId, { ...synced, synced, ...fields });
}

function hostMember(feed: Enrollment, fields: Partial<LocalEnrollment> = {}): LocalEnrollment {
  const primary = feed.primary === true ? { primary: true } : {};
  return localMember(feed.classSourcedId, feed.userSourcedId, { role: feed.role, ...primary, ...fields });
}

export function mergeHosts(...hosts: readonly Partial<LocalState>[]): Partial<LocalState> {
  const users = new Map<string, LocalUser>();
  for (const user of hosts.flatMap((host) => host.users ?? [])) users.set(user.id, user);
  return {
    ...(Object.assign({}, ...hosts) as Partial<LocalState>),
    classes: hosts.flatMap((host) => host.classes ?? []),
    enrollments: hosts.flatMap((host) => host.enrollments ?? []),
    guardianLinks: hosts.flatMap((host) => host.guardianLinks ?? []),
    users: [...users.values()],
  };
}
