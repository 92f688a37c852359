/**
 * The table of the three switches (rows K7, K13, K16): a class that the host has and the feed has not.
 *
 * @module
 */

import { classSubject } from '../../model/index.js';
import type { LocalClass } from '../../model/index.js';
import type { Context } from '../context.js';
import { ABSENT } from '../fingerprint.js';
import { FROZEN, KEPT, type ClassDecision } from './classes.js';

export function decideAbsent(
  local: LocalClass,
  evidence: {
    readonly isTombstoned: boolean;
    readonly isNamed: boolean;
    /** Z6: it has not been missing for as long as the policy asks for. */
    readonly isWaiting: boolean;
    readonly isDoubted: boolean;
  },
  context: Context,
): ClassDecision {
  const { draft, policy } = context;
  const sourcedId = local.sourcedId as string;
  const subject = classSubject(sourcedId);
  if (!context.isInScope(local.schoolSourcedId)) return FROZEN;
  if (local.state !== 'active') {
    // What a person archived or purged and the feed lacks takes no name: it is no section of this feed.
    return FROZEN;
  }
  if (local.origin !== 'roster') return KEPT;
  const school = local.schoolSourcedId;
  const isSkipped = school !== undefined && context.feed.skippedSchools.has(school);
  const hasEvidence =
    !context.isRestricted && !isSkipped && !evidence.isNamed && (evidence.isTombstoned || context.feed.provesAbsence);
  const note = (rule: string, code: string, severity: 'info' | 'warning'): void => {
    draft.note({
      rule,
      code,
      severity,
      noun: 'class',
      subject,
      ...(school === undefined ? {} : { schoolSourcedId: school }),
    });
  };
  if (!hasEvidence) {
    if (evidence.isNamed) note('M10', 'CLASS_UNSHARED', 'warning');
    else if (!context.isRestricted && !isSkipped) note('K7', 'UNREAD_ELSEWHERE', 'info');
    return KEPT;
  }
  draft.observe(subject, ABSENT);
  if (local.revived === true) {
    note('K16', 'LOCAL_REVIVE_WINS', 'info');
    return KEPT;
  }
  if (evidence.isWaiting) return KEPT;
  const isUndone = draft.isKept('class-archive', subject);
  const leaves = isUndone || evidence.isDoubted ? KEPT : FROZEN;
  if (!policy.fullData) {
    note('K7', 'ABSENT_KEPT', 'info');
    return leaves;
  }
  if (!policy.archive) {
    note('K7', 'ABSENT_CLASS_ACTIVE', 'warning');
    return policy.absentClassMembers === 'remove' && !isUndone ? { ...leaves, members: 'remove' } : leaves;
  }
  if (!context.handlesClasses) return KEPT;
  draft.propose({
    kind: 'class-archive',
    subject,
    target: { id: local.id, sourcedId },
    ...(school === undefined ? {} : { schoolSourcedId: school }),
    before: { state: 'active', by: undefined, archivedAt: undefined },
    after: { state: 'archived', by: 'sync', archivedAt: context.now },
    version: local.version,
    reason: {
      rule: 'K7',
      code: 'CLASS_ABSENT',
      evidence: { level: evidence.isTombstoned ? 'E2' : 'E1' },
    },
    fingerprint: ABSENT,
  });
  return leaves;
}
