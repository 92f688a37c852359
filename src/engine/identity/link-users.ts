/**
 * Persons of the feed whom people had entered by hand before (U17, `linkExisting`): a first import doubles nobody.
 *
 * @module
 */

import { normalEmail, usableEmail } from '../../internal/contact.js';
import { normalName } from '../../internal/names.js';
import { compareIds } from '../../internal/ordered.js';
import type { LocalUser, Proposal, User } from '../../model/index.js';
import { canBeSameRole, differs, hasOtherName, hasSameName } from './another-person.js';
import type { PersonMatch } from './pair-users.js';
import { type Decisions, makeProposal, reopened, strongestFirst } from './proposals.js';
import { uniqueBy } from './unique.js';

export interface LinkUsersInput {
  readonly linkExisting: 'propose' | 'email';
  /** Whether the tenant has no roster or linked record yet: only then an address links by itself. */
  readonly isFirstImport: boolean;
  /** Persons whom people made and who have no sourcedId. */
  readonly locals: readonly LocalUser[];
  /** Persons of the feed whom the host does not have, nor somebody gone is (U12). */
  readonly arrivals: readonly User[];
  /** Who else bears one of the {@link sharedAddresses}, on either side. */
  readonly elsewhere: ReadonlyMap<string, readonly Bearer[]>;
  readonly decisions: Decisions;
  /** Whether the link of this person was undone. */
  readonly isUndone: (feed: User) => boolean;
  /** ISO instant of the plan. */
  readonly now: string;
}

/** What tells whether somebody who bears an address could be the person who is looked for. */
export type Bearer = Pick<User, 'roles' | 'givenName' | 'familyName'>;

export interface UserLinks {
  /** In the order of the sourcedIds. */
  readonly links: readonly PersonMatch[];
  /** Until a person decides, no account is created. */
  readonly proposals: readonly Proposal[];
  /** The sourcedIds of persons who could be more than one, in order: nothing is proposed for them. */
  readonly ambiguous: readonly string[];
}

/** The addresses that both sides have: only of these it matters who else bears them. */
export function sharedAddresses(locals: readonly LocalUser[], arrivals: readonly User[]): ReadonlySet<string> {
  const own = new Set(locals.flatMap(addressesOf));
  const shared = new Set<string>();
  for (const user of arrivals) for (const address of addressesOf(user)) if (own.has(address)) shared.add(address);
  return shared;
}

export function linkUsers(input: LinkUsersInput): UserLinks {
  const linking = new UserLinking(input);
  linking.followDecisions();
  linking.pairByIds();
  linking.pairByAddress();
  return {
    links: linking.links.sort((left, right) => compareIds(left.feed.sourcedId, right.feed.sourcedId)),
    proposals: linking.proposals.sort(strongestFirst),
    ambiguous: linking.ambiguous(),
  };
}

const LIKENESS = {
  stateId: { same: 1, other: 0.7 },
  sisId: { same: 0.95, other: 0.65 },
  email: { same: 0.9, other: 0.6 },
} as const;

class UserLinking {
  readonly links: PersonMatch[] = [];
  readonly proposals: Proposal[] = [];
  private readonly locals: Map<string, LocalUser>;
  private readonly arrivals: Map<string, User>;
  private readonly doubtful = new Set<string>();

  constructor(private readonly input: LinkUsersInput) {
    this.locals = new Map(input.locals.map((user) => [user.id, user]));
    const arrivals = [...input.arrivals].sort((left, right) => compareIds(left.sourcedId, right.sourcedId));
    this.arrivals = new Map(arrivals.map((user) => [user.sourcedId, user]));
  }

  followDecisions(): void {
    for (const proposal of this.input.decisions.accepted('user-link')) {
      const local = this.locals.get(proposal.recordId);
      const feed = this.arrivals.get(proposal.sourcedId);
      if (local === undefined || feed === undefined) continue;
      this.take(feed, local);
      if (this.input.isUndone(feed)) this.proposals.push(reopened(proposal));
      else this.links.push({ feed, local, by: 'decision', isLink: true });
    }
  }

  pairByIds(): void {
    for (const by of ['stateId', 'sisId'] as const) {
      const left = uniqueBy(this.locals.values(), (user) => user[by]);
      const right = uniqueBy(this.arrivals.values(), (user) => user[by]);
      // What very many have stands for none, such as a row of zeros.
      const counts = new Map<string | undefined, number>();
      for (const { [by]: id } of this.arrivals.values()) counts.set(id, (counts.get(id) ?? 0) + 1);
      for (const feed of this.arrivals.values()) {
        const id = feed[by];
        if (id === undefined || (counts.get(id) as number) > MOST_OF_A_FAMILY) continue;
        const local = left.found.get(id);
        if (left.repeated.has(id) || (local !== undefined && right.repeated.has(id))) this.doubtful.add(feed.sourcedId);
        else if (local !== undefined && this.isFree(feed, local)) this.propose(feed, local, by);
      }
    }
  }

  /** Of one role an address stands for one person; where several of them share it, as families do, the name tells. */
  pairByAddress(): void {
    const { elsewhere } = this.input;
    const addresses = new AddressKeys([[...this.locals.values()], [...this.arrivals.values()]], elsewhere);
    const left = addresses.group(this.locals.values());
    const right = addresses.group(this.arrivals.values());
    const rest = addresses.groupOthers(elsewhere);
    const crowded: { readonly feed: User; readonly locals: readonly LocalUser[] }[] = [];
    for (const feed of [...this.arrivals.values()]) {
      for (const address of addressesOf(feed)) {
        const key = addresses.keyOf(address, feed);
        const all = left.get(key) ?? [];
        const locals = all.filter(({ roles }) => canBeSameRole(feed.roles, roles));
        const others = [...(right.get(key) as readonly User[]), ...(rest.get(key) ?? [])].filter(
          (other) => other !== feed,
        );
        const rivals = others.filter(({ roles }) => locals.some((local) => canBeSameRole(roles, local.roles)));
        const isOnly = locals.length === 1 && rivals.length === 0;
        const local = isOnly ? locals[0] : onlyNamesake(feed, locals, rivals);
        if (local === undefined) {
          if (locals.length > 0) crowded.push({ feed, locals });
        } else if (this.isFree(feed, local) && !differs(feed.stateId, local.stateId)) {
          const isAlone = isOnly && all.length === 1 && others.length === 0 && key === address;
          if (isAlone && this.isSure(feed, local, address)) this.link(feed, local);
          else this.propose(feed, local, 'email');
        }
      }
    }
    // Whoever shares the address of people who all turned out to be somebody else is nobody's twin.
    for (const { feed, locals } of crowded) {
      if (locals.some((local) => this.isFree(feed, local))) this.doubtful.add(feed.sourcedId);
    }
  }

  /** Those who were taken for somebody after all are in no doubt. */
  ambiguous(): readonly string[] {
    return [...this.doubtful].filter((sourcedId) => this.arrivals.has(sourcedId)).sort(compareIds);
  }

  /** The address is the person's own, nobody else's, and nothing that both sides know speaks against it. */
  private isSure(feed: User, local: LocalUser, address: string): boolean {
    const { isFirstImport, linkExisting, isUndone } = this.input;
    if (linkExisting !== 'email' || !isFirstImport || isUndone(feed) || local.state !== 'active') return false;
    if (local.verifiedEmail === undefined || normalEmail(local.verifiedEmail) !== address) return false;
    return !hasOtherName(feed, local) && !differs(feed.birthDate, local.birthDate);
  }

  private isFree(feed: User, local: LocalUser): boolean {
    return (
      this.locals.has(local.id) &&
      this.arrivals.has(feed.sourcedId) &&
      canBeSameRole(feed.roles, local.roles) &&
      !this.input.decisions.isDeclined('user-link', local.id, feed.sourcedId)
    );
  }

  private link(feed: User, local: LocalUser): void {
    this.take(feed, local);
    this.links.push({ feed, local, by: 'email', isLink: true });
  }

  private propose(feed: User, local: LocalUser, by: 'stateId' | 'sisId' | 'email'): void {
    this.take(feed, local);
    const name = hasSameName(feed, local) ? 'same' : 'other';
    this.proposals.push(
      makeProposal({
        kind: 'user-link',
        rule: 'U17',
        local,
        sourcedId: feed.sourcedId,
        schoolSourcedId: feed.schoolSourcedIds[0],
        evidence: { by, name },
        likeness: LIKENESS[by][name],
        now: this.input.now,
      }),
    );
  }

  private take(feed: User, local: LocalUser): void {
    this.locals.delete(local.id);
    this.arrivals.delete(feed.sourcedId);
  }
}

/** More than a family are they who share an address, or an id, for want of one. */
const MOST_OF_A_FAMILY = 10;

type Addressed = Bearer & Pick<LocalUser, 'email' | 'verifiedEmail'>;

/** Who bears an address: where very many do, each only together with those of one name. */
class AddressKeys {
  private readonly counts = new Map<string, number>();

  constructor(users: readonly (readonly Addressed[])[], elsewhere: ReadonlyMap<string, readonly Bearer[]>) {
    for (const user of users.flat()) for (const address of addressesOf(user)) this.count(address, 1);
    for (const [address, bearers] of elsewhere) this.count(address, bearers.length);
  }

  keyOf(address: string, { givenName, familyName }: Bearer): string {
    if ((this.counts.get(address) as number) <= MOST_OF_A_FAMILY) return address;
    return JSON.stringify([address, normalName(givenName), normalName(familyName)]);
  }

  group<T extends Addressed>(users: Iterable<T>): ReadonlyMap<string, readonly T[]> {
    const groups = new Map<string, T[]>();
    for (const user of users) for (const address of addressesOf(user)) pushTo(groups, this.keyOf(address, user), user);
    return groups;
  }

  groupOthers(elsewhere: ReadonlyMap<string, readonly Bearer[]>): ReadonlyMap<string, readonly Bearer[]> {
    const groups = new Map<string, Bearer[]>();
    for (const [address, bearers] of elsewhere) {
      for (const bearer of bearers) pushTo(groups, this.keyOf(address, bearer), bearer);
    }
    return groups;
  }

  private count(address: string, more: number): void {
    this.counts.set(address, (this.counts.get(address) ?? 0) + more);
  }
}

function pushTo<T>(groups: Map<string, T[]>, key: string, value: T): void {
  const known = groups.get(key);
  if (known === undefined) groups.set(key, [value]);
  else known.push(value);
}

/** The one of several who has the person's name, where nobody else has it. */
function onlyNamesake(feed: User, locals: readonly LocalUser[], rivals: readonly Bearer[]): LocalUser | undefined {
  const [local, ...others] = locals.filter((each) => hasSameName(feed, each));
  return others.length > 0 || rivals.some((each) => hasSameName(feed, each)) ? undefined : local;
}

/** Each address of a person once, as it is compared. */
export function addressesOf(user: { readonly email?: string; readonly verifiedEmail?: string }): readonly string[] {
  const usable = [user.email, user.verifiedEmail].map(usableEmail).filter((address) => address !== undefined);
  return [...new Set(usable.map(normalEmail))];
}
