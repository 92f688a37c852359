/**
 * Writes into a plan whose login is another's (rows F6 to F9): as marks of the records, which keep the contact details.
 *
 * @module
 */

import { isSame } from '../../internal/canonical.js';
import { userSubject } from '../../model/index.js';
import type { ChangeKind } from '../../model/index.js';
import type { Context } from '../context.js';
import type { LoginField, LoginLoss, LoginVerdict } from './collisions.js';
import { changeKey, type Proposal } from '../draft.js';
import { ABSENT, userFingerprint } from '../fingerprint.js';

/** Adds fields to a change of this plan; says whether there is such a change. */
export type Amend = (kind: ChangeKind, subject: string, before: object, after: object) => boolean;

/** The changes of a person who is there already, of which a plan has at most one. */
const UPDATES = ['user-rekey', 'user-reactivate', 'user-update'] as const satisfies readonly ChangeKind[];

const CODES: Readonly<Record<LoginField, string>> = { email: 'EMAIL_TAKEN', mobile: 'MOBILE_TAKEN' };

/** A change that takes a login from somebody who has it today. */
interface Loser {
  readonly key: string;
  /** The sourcedId of the person, else the host's id. */
  readonly name: string;
  /** Whose their logins are from now on. */
  readonly owners: readonly string[];
}

/** Called once everything else about people is proposed. */
export function settleLogins(verdicts: Iterable<LoginVerdict>, context: Context, amend: Amend): void {
  const losers: Loser[] = [];
  for (const verdict of verdicts) {
    for (const loss of verdict.losses) noteLoss(verdict, loss, context);
    const kind = settle(verdict, context, amend);
    const loser = kind === undefined ? undefined : loserOf(verdict, kind);
    if (loser !== undefined) losers.push(loser);
  }
  if (losers.length > 0) context.draft.bringForward(beforeOwners(losers));
}

/**
 * The keys of these changes in an order in which nobody gets a login before its former owner has lost it. A run may break
 * off anywhere: whoever has the login by then is not asked for it again, so that two would sign in with it.
 */
function beforeOwners(losers: readonly Loser[]): readonly string[] {
  const byName = new Map(losers.map((loser) => [loser.name, loser]));
  const waitsFor = new Map<Loser, number>();
  for (const { owners } of losers) {
    for (const name of owners) {
      const owner = byName.get(name);
      if (owner !== undefined) waitsFor.set(owner, (waitsFor.get(owner) ?? 0) + 1);
    }
  }
  const ordered = losers.filter((loser) => !waitsFor.has(loser));
  for (const { owners } of ordered) {
    for (const name of owners) {
      const owner = byName.get(name);
      if (owner === undefined) continue;
      const left = (waitsFor.get(owner) as number) - 1;
      waitsFor.set(owner, left);
      if (left === 0) ordered.push(owner);
    }
  }
  // Whoever is left exchanges logins in a circle, which has no beginning.
  return [...new Set([...ordered, ...losers])].map(({ key }) => key);
}

/** Somebody who is not there yet has no login to lose, and whoever comes back is asked for until they are back. */
function loserOf(verdict: LoginVerdict, kind: ChangeKind): Loser | undefined {
  const { local, losses, takenLogins } = verdict;
  if (local === undefined || kind === 'user-reactivate') return undefined;
  const lost = takenLogins.filter((field) => local.takenLogins?.includes(field) !== true);
  if (lost.length === 0) return undefined;
  return {
    key: changeKey(kind, subjectOf(verdict)),
    name: verdict.feed?.sourcedId ?? local.sourcedId ?? local.id,
    owners: losses.filter(({ field }) => lost.includes(field)).map(({ owner }) => owner),
  };
}

/** Says in which change of the person the marks are now; undefined where they are as they were. */
function settle(verdict: LoginVerdict, context: Context, amend: Amend): ChangeKind | undefined {
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
  if (Object.keys(after).length === 0) return undefined;
  if (local === undefined) {
    // Only whoever gets an account by this plan is judged.
    amend('user-create', subject, before, after);
    return 'user-create';
  }
  const amended = UPDATES.find((kind) => amend(kind, subject, before, after));
  if (amended !== undefined) return amended;
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
  return context.draft.propose(proposal) ? 'user-update' : undefined;
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
