/**
 * Writes into a plan whose login is another's (rows F6 to F9): as marks of the records, which keep the contact details.
 *
 * @module
 */

import { isSame } from '../internal/canonical.js';
import { userSubject } from '../model/index.js';
import type { ChangeKind } from '../model/index.js';
import type { Context } from './context.js';
import type { LoginField, LoginLoss, LoginVerdict } from './collisions.js';
import type { Proposal } from './draft.js';
import { ABSENT, userFingerprint } from './fingerprint.js';

/** Adds fields to a change of this plan; says whether there is such a change. */
export type Amend = (kind: ChangeKind, subject: string, before: object, after: object) => boolean;

/** The changes of a person who is there already, of which a plan has at most one. */
const UPDATES = ['user-rekey', 'user-reactivate', 'user-update'] as const satisfies readonly ChangeKind[];

const CODES: Readonly<Record<LoginField, string>> = { email: 'EMAIL_TAKEN', mobile: 'MOBILE_TAKEN' };

/** Called once everything else about people is proposed. */
export function settleLogins(verdicts: Iterable<LoginVerdict>, context: Context, amend: Amend): void {
  for (const verdict of verdicts) {
    for (const loss of verdict.losses) noteLoss(verdict, loss, context);
    settle(verdict, context, amend);
  }
}

function settle(verdict: LoginVerdict, context: Context, amend: Amend): void {
  const { feed, local, losses } = verdict;
  const subject = subjectOf(verdict);
  const taken = verdict.takenLogins.length === 0 ? undefined : verdict.takenLogins;
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  if (!isSame(taken, local?.takenLogins)) {
    before['takenLogins'] = local?.takenLogins;
    after['takenLogins'] = taken;
  }
  if (verdict.sharesLoginWith !== local?.sharesLoginWith) {
    before['sharesLoginWith'] = local?.sharesLoginWith;
    after['sharesLoginWith'] = verdict.sharesLoginWith;
  }
  if (Object.keys(after).length === 0) return;
  if (local === undefined) {
    amend('user-create', subject, before, after);
    return;
  }
  if (UPDATES.some((kind) => amend(kind, subject, before, after))) return;
  const school = local.site ?? local.schoolSourcedIds[0];
  const proposal: Proposal = {
    kind: 'user-update',
    subject,
    target: { id: local.id, ...(local.sourcedId === undefined ? {} : { sourcedId: local.sourcedId }) },
    ...(school === undefined ? {} : { schoolSourcedId: school }),
    before,
    after,
    version: local.version,
    reason: reasonOf(losses[0]),
    fingerprint: feed === undefined ? ABSENT : userFingerprint(feed),
  };
  context.draft.propose(proposal);
}

function reasonOf(loss: LoginLoss | undefined): Proposal['reason'] {
  if (loss === undefined) return { rule: 'F6', code: 'LOGIN_FREED' };
  return { rule: loss.rule, code: codeOf(loss), evidence: { field: loss.field, owner: loss.owner } };
}

function codeOf({ rule, field }: LoginLoss): string {
  return rule === 'F7' ? 'LOGIN_SHARED' : CODES[field];
}

/** Told once: nothing changes by itself until the district, or one of the two, gives another address. */
function noteLoss(verdict: LoginVerdict, loss: LoginLoss, context: Context): void {
  context.draft.noteOnce({
    rule: loss.rule,
    code: codeOf(loss),
    severity: loss.rule === 'F7' ? 'info' : 'warning',
    noun: 'user',
    subject: subjectOf(verdict),
    evidence: { field: loss.field, owner: loss.owner },
  });
}

function subjectOf({ feed, local }: LoginVerdict): string {
  return userSubject(feed?.sourcedId ?? local?.sourcedId, local?.id);
}
