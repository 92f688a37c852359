/**
 * The least work that finds the same differences: a hand-written merge of the same records, without policy, reasons,
 * evidence, gates or undo. What the engine's speed is a ratio to.
 */

import type { Enrollment, LocalEnrollment, LocalUser, User } from '../../src/model/index.js';

export interface Differences {
  readonly added: number;
  readonly updated: number;
  readonly removed: number;
}

export function joinUsers(feed: readonly User[], local: readonly LocalUser[]): Differences {
  const added: User[] = [];
  const updated: User[] = [];
  const removed: LocalUser[] = [];
  let left = 0;
  let right = 0;
  while (left < feed.length || right < local.length) {
    const user = feed[left];
    const known = local[right];
    if (known === undefined || (user !== undefined && user.sourcedId < (known.sourcedId as string))) {
      added.push(user as User);
      left += 1;
    } else if (user === undefined || user.sourcedId > (known.sourcedId as string)) {
      removed.push(known);
      right += 1;
    } else {
      if (isOtherUser(user, known)) updated.push(user);
      left += 1;
      right += 1;
    }
  }
  return { added: added.length, updated: updated.length, removed: removed.length };
}

export function joinEnrollments(feed: readonly Enrollment[], local: readonly LocalEnrollment[]): Differences {
  const added: Enrollment[] = [];
  const updated: Enrollment[] = [];
  const removed: LocalEnrollment[] = [];
  let left = 0;
  let right = 0;
  while (left < feed.length || right < local.length) {
    const row = feed[left];
    const known = local[right];
    const order = row === undefined ? 1 : known === undefined ? -1 : compare(row, known);
    if (order < 0) {
      added.push(row as Enrollment);
      left += 1;
    } else if (order > 0) {
      removed.push(known as LocalEnrollment);
      right += 1;
    } else {
      if (row?.role !== known?.role || row?.primary !== known?.primary) updated.push(row as Enrollment);
      left += 1;
      right += 1;
    }
  }
  return { added: added.length, updated: updated.length, removed: removed.length };
}

function compare(row: Enrollment, known: LocalEnrollment): number {
  const left = row.classSourcedId;
  const right = known.classSourcedId as string;
  if (left !== right) return left < right ? -1 : 1;
  const user = row.userSourcedId;
  const other = known.userSourcedId as string;
  return user < other ? -1 : user > other ? 1 : 0;
}

function isOtherUser(user: User, known: LocalUser): boolean {
  return (
    user.givenName !== known.givenName ||
    user.familyName !== known.familyName ||
    user.username !== known.username ||
    user.email !== known.email ||
    user.grade !== known.grade ||
    user.sisId !== known.sisId ||
    user.roles[0] !== known.roles[0] ||
    user.schoolSourcedIds[0] !== known.schoolSourcedIds[0]
  );
}

/** The same for records in any order: one `Map` of the host's, and a mark for each that was seen. */
export function mapJoinUsers(feed: readonly User[], local: readonly LocalUser[]): Differences {
  const known = new Map<string, { readonly user: LocalUser; isSeen: boolean }>();
  for (const user of local) known.set(user.sourcedId as string, { user, isSeen: false });
  const added: User[] = [];
  const updated: User[] = [];
  const removed: LocalUser[] = [];
  for (const user of feed) {
    const entry = known.get(user.sourcedId);
    if (entry === undefined) {
      added.push(user);
      continue;
    }
    entry.isSeen = true;
    if (isOtherUser(user, entry.user)) updated.push(user);
  }
  for (const { user, isSeen } of known.values()) if (!isSeen) removed.push(user);
  return { added: added.length, updated: updated.length, removed: removed.length };
}

/** Enrollments in any order: both sides grouped by class, and each class's members joined by a small `Map`. */
export function mapJoinEnrollments(feed: readonly Enrollment[], local: readonly LocalEnrollment[]): Differences {
  const rows = grouped(feed, (row) => row.classSourcedId);
  const members = grouped(local, (member) => member.classSourcedId as string);
  const added: Enrollment[] = [];
  const updated: Enrollment[] = [];
  const removed: LocalEnrollment[] = [];
  for (const [section, own] of members) {
    if (rows.has(section)) continue;
    for (const member of own) removed.push(member);
  }
  for (const [section, own] of rows) {
    const known = new Map<string, LocalEnrollment>();
    for (const member of members.get(section) ?? []) known.set(member.userSourcedId as string, member);
    for (const row of own) {
      const member = known.get(row.userSourcedId);
      if (member === undefined) added.push(row);
      else if (row.role !== member.role || row.primary !== member.primary) updated.push(row);
      known.delete(row.userSourcedId);
    }
    for (const member of known.values()) removed.push(member);
  }
  return { added: added.length, updated: updated.length, removed: removed.length };
}

function grouped<T>(records: readonly T[], keyOf: (record: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const record of records) {
    const key = keyOf(record);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [record]);
    else group.push(record);
  }
  return groups;
}
