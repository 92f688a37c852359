/**
 * One person under a new sourcedId (U12): who vanished against who appeared.
 *
 * @module
 */

import { normalEmail } from '../../internal/contact.js';
import { normalName } from '../../internal/names.js';
import { compareIds } from '../../internal/ordered.js';
import type { LocalUser, Proposal, User } from '../../model/index.js';
import { canBeSameRole, isAnotherPerson } from './another-person.js';
import { type Decisions, makeProposal, reopened, strongestFirst } from './proposals.js';
import { uniqueBy } from './unique.js';

/** A record of the feed and one of the host that are one person from now on. */
export interface PersonMatch {
  readonly feed: User;
  readonly local: LocalUser;
  /**
   * What says so: an id of the person, their own address (`linkExisting: 'email'`), address and name where the guardians
   * have a new source, or somebody's decision.
   */
  readonly by: 'stateId' | 'sisId' | 'email' | 'contact' | 'decision';
  /** Whether people had made the record: it is tied to the roster, and stays theirs. */
  readonly isLink: boolean;
}

export interface PairUsersInput {
  /** Roster and linked persons of the host who are proven absent, and whom no enrollment names. */
  readonly gone: readonly LocalUser[];
  /** Persons of the feed whom the host does not have. */
  readonly arrivals: readonly User[];
  readonly decisions: Decisions;
  /** Whether the re-key of this person was undone. */
  readonly isUndone: (feed: User) => boolean;
  /** Whether the whole id space changed (G5): then no pair is one by itself. */
  readonly isReset: boolean;
  /** ISO instant of the plan. */
  readonly now: string;
}

export interface UserPairs {
  /** In the order of the new sourcedIds. */
  readonly rekeys: readonly PersonMatch[];
  /** Until a person decides, neither record is created, changed or taken away. */
  readonly proposals: readonly Proposal[];
}

/** What a doubt is about that keeps a pair from being one by itself. */
type Doubt = 'name' | 'sisId' | 'linked' | 'undone';

export function pairUsers(input: PairUsersInput): UserPairs {
  const pairing = new UserPairing(input);
  pairing.followDecisions();
  pairing.pairByIds();
  pairing.pairByLikeness();
  return {
    rekeys: pairing.rekeys.sort((left, right) => compareIds(left.feed.sourcedId, right.feed.sourcedId)),
    proposals: pairing.proposals.sort(strongestFirst),
  };
}

class UserPairing {
  readonly rekeys: PersonMatch[] = [];
  readonly proposals: Proposal[] = [];
  private readonly gone: Map<string, LocalUser>;
  private readonly arrivals: Map<string, User>;

  constructor(private readonly input: PairUsersInput) {
    this.gone = new Map(input.gone.map((user) => [user.id, user]));
    this.arrivals = new Map(input.arrivals.map((user) => [user.sourcedId, user]));
  }

  /** A person's word goes before every likeness, as long as both records are as they were then. */
  followDecisions(): void {
    for (const proposal of this.input.decisions.accepted('user-rekey')) {
      const local = this.gone.get(proposal.recordId);
      const feed = this.arrivals.get(proposal.sourcedId);
      if (local === undefined || feed === undefined || local.sourcedId !== proposal.from) continue;
      this.take(feed, local);
      if (this.input.isUndone(feed)) this.proposals.push(reopened(proposal));
      else this.rekeys.push({ feed, local, by: 'decision', isLink: false });
    }
  }

  /** A state id or SIS id is enough, unless something else speaks against it. */
  pairByIds(): void {
    const partnerBySisId = new Map<User | LocalUser, User | LocalUser>();
    for (const [feed, local] of this.partners('sisId')) partnerBySisId.set(feed, local).set(local, feed);
    for (const by of ['stateId', 'sisId'] as const) {
      for (const [feed, local] of this.partners(by)) {
        if (!this.isFree(feed, local)) continue;
        const doubt = this.doubtOf(feed, local, partnerBySisId);
        if (doubt !== undefined) this.propose(feed, local, by, doubt === 'name' ? 0.5 : 0.95, doubt);
        else if (this.input.isReset) this.propose(feed, local, by, 1);
        else this.rekey(feed, local, by);
      }
    }
  }

  pairByLikeness(): void {
    const left = uniqueBy(this.gone.values(), (user) => likenessKey(user.synced ?? user)).found;
    const right = uniqueBy(this.arrivals.values(), likenessKey).found;
    for (const [key, local] of left) {
      const feed = right.get(key);
      if (feed !== undefined && this.isFree(feed, local)) this.propose(feed, local, 'email, name and role', 0.9);
    }
  }

  private partners(by: 'stateId' | 'sisId'): ReadonlyMap<User, LocalUser> {
    const left = uniqueBy(this.gone.values(), (user) => (user.synced ?? user)[by]).found;
    const right = uniqueBy(this.arrivals.values(), (user) => user[by]).found;
    const partners = new Map<User, LocalUser>();
    for (const [id, feed] of right) {
      const local = left.get(id);
      if (local !== undefined && canBeSameRole(feed.roles, local.roles)) partners.set(feed, local);
    }
    return partners;
  }

  private doubtOf(
    feed: User,
    local: LocalUser,
    partnerBySisId: ReadonlyMap<User | LocalUser, User | LocalUser>,
  ): Doubt | undefined {
    // A district may give the number of somebody who left to somebody new.
    if (isAnotherPerson(feed, local.synced ?? local)) return 'name';
    // The two ids of the person name different people.
    if ((partnerBySisId.get(feed) ?? local) !== local || (partnerBySisId.get(local) ?? feed) !== feed) return 'sisId';
    // People made this tie, so people move it.
    if (local.origin === 'linked') return 'linked';
    return this.input.isUndone(feed) ? 'undone' : undefined;
  }

  private isFree(feed: User, local: LocalUser): boolean {
    return (
      this.gone.has(local.id) &&
      this.arrivals.has(feed.sourcedId) &&
      !this.input.decisions.isDeclined('user-rekey', local.id, feed.sourcedId)
    );
  }

  private rekey(feed: User, local: LocalUser, by: 'stateId' | 'sisId'): void {
    this.take(feed, local);
    this.rekeys.push({ feed, local, by, isLink: false });
  }

  private propose(feed: User, local: LocalUser, by: string, likeness: number, doubt?: Doubt): void {
    this.take(feed, local);
    const { isReset, now } = this.input;
    this.proposals.push(
      makeProposal({
        kind: 'user-rekey',
        rule: isReset ? 'G5' : 'U12',
        local,
        sourcedId: feed.sourcedId,
        schoolSourcedId: feed.schoolSourcedIds[0],
        evidence: doubt === undefined ? { by } : { by, doubt },
        likeness,
        now,
      }),
    );
  }

  private take(feed: User, local: LocalUser): void {
    this.gone.delete(local.id);
    this.arrivals.delete(feed.sourcedId);
  }
}

/** What makes two records a proposal, and no more: e-mail address, name and roles. */
export function likenessKey(user: Pick<User, 'email' | 'givenName' | 'familyName' | 'roles'>): string | undefined {
  if (user.email === undefined || user.email.trim() === '') return undefined;
  const { email, givenName, familyName, roles } = user;
  return JSON.stringify([normalEmail(email), normalName(givenName), normalName(familyName), [...roles].sort()]);
}
