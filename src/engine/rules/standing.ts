/**
 * What the feed's rows say of one member today (rows M10 and M11), and which of several rows of one member counts.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import type { Enrollment, EnrollmentRole } from '../../model/index.js';
import type { Context } from '../context.js';
import { enrollmentFingerprint } from '../fingerprint.js';
import type { People } from '../passes/people.js';

/** What the feed says of one member today. */
type Standing = 'active' | 'future' | 'gone' | 'unshared';

/** What dates are held against. */
type Days = Pick<Context, 'today' | 'leadDate'>;

const STANDING_RANK: Readonly<Record<Standing, number>> = { active: 0, future: 1, gone: 2, unshared: 2 };

/** Of two roles in one class the lower one counts: the teacher's first. */
const ROLE_RANK: Readonly<Record<EnrollmentRole, number>> = {
  teacher: 0,
  aide: 1,
  administrator: 2,
  proctor: 3,
  student: 4,
  guardian: 5,
};

/** M11, and the provider's own word. */
export function standingOf(row: Enrollment, { today, leadDate }: Days): Standing {
  if (row.status === 'tobedeleted') return 'gone';
  if (row.endDate !== undefined && row.endDate <= today) return 'gone';
  if (row.beginDate !== undefined && row.beginDate > leadDate) return 'future';
  return 'active';
}

/** The standing of a member whom the host knows: only such a person can be vanished or tombstoned. */
export function pairStanding(row: Enrollment, context: Context, people: People): Standing {
  const standing = standingOf(row, context);
  if (standing !== 'active' && standing !== 'future') return standing;
  if (people.isTombstoned(row.userSourcedId)) return 'gone';
  if (people.isVanished(row.userSourcedId)) return 'unshared';
  return standing;
}

/** A row that counts goes before one that is to come, and this before one that is over; then the teacher wins. */
export function preferredRow(left: Enrollment, right: Enrollment, days: Days): Enrollment {
  const byStanding = STANDING_RANK[standingOf(left, days)] - STANDING_RANK[standingOf(right, days)];
  if (byStanding !== 0) return byStanding < 0 ? left : right;
  const byRole = ROLE_RANK[left.role] - ROLE_RANK[right.role];
  if (byRole !== 0) return byRole < 0 ? left : right;
  return compareIds(enrollmentFingerprint(left), enrollmentFingerprint(right)) <= 0 ? left : right;
}
