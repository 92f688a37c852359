/**
 * One person with a new sourcedId (U12): what has to be looked at of all persons, and what follows from the pairs.
 *
 * @module
 */

import { normalEmail, normalPhone, usablePhone } from '../../internal/contact.js';
import { userSubject } from '../../model/index.js';
import type { LocalUser, Proposal, User } from '../../model/index.js';
import { handlesRoles, type Context } from '../context.js';
import { userFingerprint } from '../fingerprint.js';
import { GUARDIAN_KEYS, matchGuardians } from '../rules/guardian-source.js';
import {
  detectUserReset,
  isResetOpen,
  pairUsers,
  possiblePairs,
  waitingIds,
  type IdSpaceReset,
  type PersonMatch,
} from './index.js';
import type { People } from '../passes/people.js';
import { isUserInScope } from '../rules/user-fields.js';

type Identified = Pick<User, 'stateId' | 'sisId' | 'email' | 'mobile'> & { readonly sourcedId?: string };

/** What some people may be known by again: of all others, only those with one of these matter. */
export class RekeyKeys {
  private readonly stateIds = new Set<string | undefined>();
  private readonly sisIds = new Set<string | undefined>();
  private readonly emails = new Set<string>();
  private readonly mobiles = new Set<string>();

  /**
   * @param sourcedIds whom somebody's decision names: they matter whatever they have in common
   * @param isByMobile whether a mobile number may tell who it is (P5)
   */
  constructor(
    people: readonly Identified[],
    private readonly sourcedIds: ReadonlySet<string> = new Set(),
    isByMobile = false,
  ) {
    for (const { stateId, sisId, email, mobile } of people) {
      const number = isByMobile ? usablePhone(mobile) : undefined;
      if (number !== undefined) this.mobiles.add(normalPhone(number));
      if (stateId !== undefined && stateId !== '') this.stateIds.add(stateId);
      if (sisId !== undefined && sisId !== '') this.sisIds.add(sisId);
      if (email !== undefined && email.trim() !== '') this.emails.add(normalEmail(email));
    }
  }

  get isEmpty(): boolean {
    return this.stateIds.size + this.sisIds.size + this.emails.size + this.mobiles.size + this.sourcedIds.size === 0;
  }

  matches({ stateId, sisId, email, mobile, sourcedId }: Identified): boolean {
    if (this.mobiles.size > 0 && mobile !== undefined && this.mobiles.has(normalPhone(mobile))) return true;
    if (this.stateIds.has(stateId) || this.sisIds.has(sisId)) return true;
    if (sourcedId !== undefined && this.sourcedIds.has(sourcedId)) return true;
    return email !== undefined && this.emails.has(normalEmail(email));
  }
}

/** How many persons both sides have by their ids: live ones of the feed, those of them whom the host lacks, active ones. */
export interface IdCounts {
  feed: number;
  unknown: number;
  managed: number;
}

/** What the persons may be known by who may have come back by another sourcedId. */
export function rekeyKeys(context: Context, people: People): RekeyKeys {
  const accepted = new Set(context.decisions.accepted('user-rekey').map(({ sourcedId }) => sourcedId));
  return new RekeyKeys(
    lackingOf(people).map((user) => user.synced ?? user),
    accepted,
    context.isGuardianSourceSwitched,
  );
}

/** Persons of the host who may have come back by another sourcedId, as far as persons alone can tell. */
function lackingOf({ vanished, tombstoned }: People): readonly LocalUser[] {
  return [...vanished.values(), ...tombstoned.values()].filter(({ origin }) => origin !== 'local');
}

function mayBeReset({ feed, unknown, managed }: IdCounts): boolean {
  return managed > 0 && unknown * 2 > feed;
}

/** Whether the ids of all persons seem to be new (G5). Those of whom a person has said so already are not counted. */
export function findReset(
  { decisions, isGuardianSourceSwitched }: Context,
  people: People,
  keys: RekeyKeys,
  counts: IdCounts,
): IdSpaceReset | undefined {
  // Guardians from another source have other ids, and their own rule (P5).
  if (!mayBeReset(counts) || isGuardianSourceSwitched) return undefined;
  const accepted = decisions.accepted('user-rekey');
  const sourcedIds = new Set(accepted.map(({ sourcedId }) => sourcedId));
  const recordIds = new Set(accepted.map(({ recordId }) => recordId));
  const answered = people.arrivals.filter(({ sourcedId }) => sourcedIds.has(sourcedId)).length;
  return detectUserReset({
    feed: counts.feed,
    arrivals: people.arrivals.filter((user) => keys.matches(user) && !sourcedIds.has(user.sourcedId)),
    unknown: counts.unknown - answered,
    managed: counts.managed,
    vanished: lackingOf(people).filter(
      ({ id, state, sourcedId = '' }) => state === 'active' && !recordIds.has(id) && people.vanished.has(sourcedId),
    ),
  });
}

/**
 * Pairs persons who vanished with persons who appeared, freezes both of those who only seem to be one, and returns the
 * proposals and those who are one from now on.
 *
 * @param isReset whether the ids of all persons seem to be new (G5): then no pair is one by itself
 */
export function findRekeys(
  context: Context,
  people: People,
  keys: RekeyKeys,
  isReset: boolean,
): { readonly rekeys: readonly PersonMatch[]; readonly proposals: readonly Proposal[] } {
  const { decisions, draft, feed, now } = context;
  const known = context.local.ledger.proposals ?? [];
  // Whether they are still two cannot be told, so they go on waiting.
  if (!feed.provesAbsence) freezeAll(people, known);
  if (keys.isEmpty) return NONE;
  const arrivals = people.arrivals.filter((user) => keys.matches(user));
  if (arrivals.length === 0) return NONE;
  // Whoever an enrollment still names is not gone; asked for those alone who could be somebody who appeared.
  const likely = new RekeyKeys(arrivals, undefined, context.isGuardianSourceSwitched);
  const accepted = new Set(decisions.accepted('user-rekey').map(({ recordId }) => recordId));
  const gone = lackingOf(people).filter(
    (user) =>
      (likely.matches(user.synced ?? user) || accepted.has(user.id)) && !people.isNamed(user.sourcedId as string),
  );
  if (!feed.provesAbsence) {
    waitForProof(context, people, gone, arrivals);
    return NONE;
  }
  const isUndone = (user: User): boolean =>
    draft.isSuppressed('user-rekey', userSubject(user.sourcedId), userFingerprint(user));
  const matches = context.isGuardianSourceSwitched ? guardianMatches(gone, arrivals) : [];
  const matched = new Set<User | LocalUser>(matches.flatMap(({ feed: user, local }) => [user, local]));
  for (const match of matches) {
    if (isUndone(match.feed)) freezeBoth(people, match);
  }
  const pairs = pairUsers({
    gone: matched.size === 0 ? gone : gone.filter((user) => !matched.has(user)),
    arrivals: matched.size === 0 ? arrivals : arrivals.filter((user) => !matched.has(user)),
    decisions,
    isUndone,
    isReset: isReset || isResetOpen(known, 'user'),
    now,
  });
  const rekeys: PersonMatch[] = [];
  for (const match of [...matches.filter(({ feed: user }) => !isUndone(user)), ...pairs.rekeys]) {
    if (mayRekey(match, context)) {
      rekeys.push(match);
      people.rekey(match);
    } else {
      freezeBoth(people, match);
      noteWaiting(match, context);
    }
  }
  freezeAll(people, pairs.proposals);
  const proposals = proposalsInScope(pairs.proposals, { gone, arrivals, context });
  for (const proposal of proposals) if (proposal.rule !== 'G5') noteProposed(proposal, context);
  return { rekeys, proposals };
}

/** While nobody can tell who is gone, an account for who may be known already could never be taken back. */
function waitForProof(
  context: Context,
  people: People,
  missing: readonly LocalUser[],
  arrivals: readonly User[],
): void {
  const keys = context.isGuardianSourceSwitched ? GUARDIAN_KEYS : [];
  const { pairs, locals } = possiblePairs(missing, arrivals, context.decisions, keys);
  for (const local of locals) people.freeze(local.sourcedId as string);
  for (const pair of pairs) {
    people.freeze(pair.feed.sourcedId);
    noteWaiting(pair, context);
  }
}

/**
 * Whether this plan may write the new sourcedId: a run of other schools may not, nor an import whose steps do not cover
 * the person. Guardians who are of no school may be of any.
 */
function mayRekey({ feed, local, by }: PersonMatch, context: Context): boolean {
  if (!handlesRoles(context.policy, feed.roles)) return false;
  if (isUserInScope(feed, local, context)) return true;
  return by === 'contact' && feed.schoolSourcedIds.length === 0 && local.schoolSourcedIds.length === 0;
}

/** Whoever is of other schools alone is asked about in a run of those. */
function proposalsInScope(
  proposals: readonly Proposal[],
  { gone, arrivals, context }: { gone: readonly LocalUser[]; arrivals: readonly User[]; context: Context },
): readonly Proposal[] {
  if (context.local.scope.schools === undefined || proposals.length === 0) return proposals;
  const locals = new Map(gone.map((user) => [user.id, user]));
  const users = new Map(arrivals.map((user) => [user.sourcedId, user]));
  return proposals.filter(({ recordId, sourcedId }) => {
    const feed = users.get(sourcedId) as User;
    const local = locals.get(recordId) as LocalUser;
    const isInScope = isUserInScope(feed, local, context);
    if (!isInScope) noteWaiting({ feed, local }, context);
    return isInScope;
  });
}

function freezeBoth(people: People, { feed, local }: Pair): void {
  people.freeze(feed.sourcedId);
  people.freeze(local.sourcedId as string);
}

/** P5: guardians who go on under the ids of their new source. */
function guardianMatches(gone: readonly LocalUser[], arrivals: readonly User[]): readonly PersonMatch[] {
  return matchGuardians(gone, arrivals).map(({ feed, local }) => ({ feed, local, by: 'contact', isLink: false }));
}

type Pair = Pick<PersonMatch, 'feed' | 'local'>;

const NONE = { rekeys: [], proposals: [] } as const;

/** Until a person decides, neither record is created or taken away. */
function freezeAll(people: People, proposals: readonly Proposal[]): void {
  for (const sourcedId of waitingIds(proposals, ['user-rekey'])) people.freeze(sourcedId);
}

function noteProposed({ rule, from = '', sourcedId, evidence }: Proposal, { draft }: Context): void {
  draft.note({
    rule,
    code: 'REKEY_PROPOSED',
    severity: 'warning',
    noun: 'user',
    subject: userSubject(from),
    evidence: { old: from, new: sourcedId, ...evidence },
  });
}

function noteWaiting({ feed, local }: Pair, { draft }: Context): void {
  const { sourcedId: old = '' } = local;
  draft.note({
    rule: 'U12',
    code: 'REKEY_WAITS',
    severity: 'info',
    noun: 'user',
    subject: userSubject(old),
    evidence: { old, new: feed.sourcedId },
  });
}
