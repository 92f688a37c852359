/** Section 2, K7, K13, K16: a class that the host has and the feed has not. */

import type { LocalClass } from '../../../src/model/index.js';
import type { World } from './members.js';
import { ABSENT } from './words.js';

/** What becomes of an absent class: whether it is leaving, and whether its members are taken out. */
export interface Absent {
  /** Absent by accepted evidence, whatever the switches then do. Evidence gates and cause holds are looked at later. */
  readonly isLeaving: boolean;
  readonly losesMembers: boolean;
  /** The feed proves that it is gone. */
  readonly isProven: boolean;
}

const STAYS: Absent = { isLeaving: false, losesMembers: false, isProven: false };

export function decideAbsent(local: LocalClass, { question, reading, paper, grace }: World): Absent {
  const { policy } = question;
  const sourcedId = local.sourcedId ?? '';
  const subject = `class:${sourcedId}`;
  // Section 0: nothing outside the scope. Archived and purged classes stay what they are.
  if (!reading.isInScope(local.schoolSourcedId) || local.state !== 'active') return STAYS;
  // K13: made or tied by people: removal rules stay local.
  if (local.origin !== 'roster') return STAYS;
  const isDeleted = reading.isClassDeleted(sourcedId);
  // M10, G4: enrollments or rows that could not be used still name it: not shared, rather than gone.
  const isNamed =
    reading.mayBeSchool(local.schoolSourcedId) ||
    (!isDeleted &&
      (reading.mayBeClass(sourcedId) || reading.rowsOf(sourcedId).some((row) => row.status !== 'tobedeleted')));
  if (isNamed) {
    paper.tell('M10', 'CLASS_UNSHARED', subject);
    return STAYS;
  }
  // G2, Z4
  if (reading.isRestricted || reading.isSkipped(local.schoolSourcedId)) return STAYS;
  // Section 0: E1 needs the ids of all schools, E2 does not.
  if (!isDeleted && !reading.provesAbsence) {
    paper.tell('K7', 'UNREAD_ELSEWHERE', subject);
    return STAYS;
  }
  paper.sees(subject, ABSENT);
  // Z6: counted whatever then follows.
  const isOver = grace.isOver(subject, isDeleted ? 'E2' : 'E1');
  // K16
  if (local.revived === true) {
    paper.tell('K16', 'LOCAL_REVIVE_WINS', subject);
    return { ...STAYS, isProven: true };
  }
  if (!isOver) return STAYS;
  // Section 10: a suppressed archive is not leaving.
  const isKept = paper.isSuppressed('class-archive', subject, ABSENT);
  const leaves: Absent = { isLeaving: !isKept, losesMembers: false, isProven: true };
  // Full Data off: keep.
  if (!policy.fullData) {
    paper.tell('K7', 'ABSENT_KEPT', subject);
    return leaves;
  }
  // Full Data on, Archive off: keep active; members untouched, unless the policy says otherwise.
  if (!policy.archive) {
    paper.tell('K7', 'ABSENT_CLASS_ACTIVE', subject);
    return { ...leaves, losesMembers: policy.absentClassMembers === 'remove' && !isKept };
  }
  // Both on: archive by sync; memberships frozen.
  if (!policy.steps.includes('classes')) return leaves;
  paper.decide({
    kind: 'class-archive',
    subject,
    school: local.schoolSourcedId,
    rule: 'K7',
    code: 'CLASS_ABSENT',
    level: isDeleted ? 'E2' : 'E1',
    after: { state: 'archived', by: 'sync' },
    seen: ABSENT,
  });
  return leaves;
}
