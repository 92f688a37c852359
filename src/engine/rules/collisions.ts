/**
 * Whose login an address is, where several people bear it (rows F6 to F9), and who else bears it at all (P7).
 *
 * Several people may share an address to be reached by; only one of them signs in with it. Asked is only for the
 * addresses of newcomers, of people whose address changes, and of those who went without a login so far: what is kept
 * grows with these, not with the district. One pass over the people of both sides then answers who bears them.
 *
 * @module
 */

import { normalName } from '../../internal/names.js';
import { compareIds } from '../../internal/ordered.js';
import { AddressFilter, type LoginField } from '../passes/address-filter.js';
import type { LocalUser, User, UserRole } from '../../model/index.js';
import type { Contact } from './contacts.js';
import { addressOf, hasMark, isOutOfUse, LOGIN_FIELDS, loginToday } from './login-address.js';

export type { LoginField } from '../passes/address-filter.js';

/** A person as both sides have them; one side may be missing. */
export interface Person {
  readonly feed: User | undefined;
  readonly local: LocalUser | undefined;
}

/** What the answers depend on, besides the people. */
export interface CollisionRules {
  /** How a person is reached once this plan is applied. */
  readonly contactAfter: (feed: User | undefined, local: LocalUser | undefined) => Contact;
  /** Whether this plan may not write to a person: then they keep what they have, and the other one gives way. */
  readonly isUntouchable: (feed: User | undefined, local: LocalUser) => boolean;
}

/** A login that a person does not get: by which row, and the sourcedId (else the host's id) of its owner. */
export interface LoginLoss {
  readonly field: LoginField;
  readonly rule: 'F6' | 'F7' | 'F8' | 'F9';
  readonly owner: string;
}

/** What a person's marks have to be. */
export interface LoginVerdict extends Person {
  readonly takenLogins: readonly LoginField[];
  readonly sharesLoginWith: string | undefined;
  /** Why, for the logins that were judged now. */
  readonly losses: readonly LoginLoss[];
}

/** Staff goes before guardians, guardians before students, and a word that nobody knows comes last. */
const ROLE_RANK: Readonly<Record<UserRole, number>> = {
  teacher: 0,
  staff: 0,
  administrator: 0,
  aide: 0,
  guardian: 1,
  student: 2,
  other: 3,
};
const STAFF = 0;
const GUARDIAN = 1;

/** Somebody who would sign in with an address. */
interface Claimant {
  readonly person: Person;
  readonly key: string;
  /** The login is theirs today and is not taken from them: they signed in, people made them, or this plan may not. */
  readonly isHolder: boolean;
  readonly isClaimed: boolean;
  readonly rank: number;
}

export class AddressQuestions {
  /** By address, then by person. */
  private readonly asked = new Map<string, Map<string, Person>>();
  private readonly marked = new Map<string, Person>();
  /** Says of most addresses of most people that nobody asked for them. Made when the first person is told of. */
  private filter: AddressFilter | undefined;

  constructor(private readonly rules: CollisionRules) {}

  /** Whether nothing was asked: then no pass over the people is needed. */
  get isEmpty(): boolean {
    return this.asked.size === 0;
  }

  /** Asks who bears this address. What cannot be one is nobody's. */
  ask(field: LoginField, value: string | undefined): void {
    const address = addressOf(field, value);
    if (address !== undefined && !this.asked.has(address)) this.asked.set(address, new Map());
  }

  /**
   * Asks for the logins of a person that have to be judged: of a newcomer, or somebody who comes back, both; else those
   * that change, or were another's so far. Whoever else shares an address with somebody is left as they are.
   */
  askFor(feed: User | undefined, local: LocalUser | undefined): void {
    const person = { feed, local };
    const isNew = local === undefined || isComingBack(feed, local);
    for (const field of LOGIN_FIELDS) {
      const isMarked = local !== undefined && hasMark(local, field);
      if (isMarked) this.marked.set(personKey(person), person);
      const login = this.loginAfter(person, field);
      if (isNew || isMarked || addressOf(field, login) !== addressOf(field, loginToday(local, field))) {
        this.ask(field, login);
      }
    }
  }

  /** Tells of one person, both sides together: called for everybody. */
  bearer(feed: User | undefined, local: LocalUser | undefined): void {
    if (this.asked.size === 0) return;
    this.filter ??= new AddressFilter(this.asked.keys(), this.asked.size);
    const shared = feed?.status === 'tobedeleted' ? undefined : feed;
    this.meet('email', shared?.email, shared, local);
    this.meet('mobile', shared?.mobile, shared, local);
    if (local === undefined) return;
    if (local.email !== shared?.email) this.meet('email', local.email, shared, local);
    if (local.mobile !== shared?.mobile) this.meet('mobile', local.mobile, shared, local);
    if (local.verifiedEmail !== local.email) this.meet('email', local.verifiedEmail, shared, local);
  }

  /**
   * P7: whether nobody else bears the usable address once this plan is applied, account or not. The same human being in another
   * role is nobody else. Of an address that nobody asked for it is not known who bears it, so that it tells nobody apart.
   */
  isUnique(field: LoginField, value: string, of: User): boolean {
    const address = addressOf(field, value) as string;
    const bearers = this.asked.get(address);
    if (bearers === undefined) return false;
    const self: Person = { feed: of, local: undefined };
    const ownKey = personKey(self);
    for (const [key, person] of bearers) {
      if (key === ownKey || isSameHuman(self, person)) continue;
      const borne = [person.feed?.[field], this.contactAfter(person)[field], this.loginAfter(person, field)];
      if (borne.some((each) => addressOf(field, each) === address)) return false;
    }
    return true;
  }

  /**
   * What the marks of everybody concerned have to be, in the order of their ids. A login belongs to whoever has signed in
   * with it (F9), else goes by role, else to the smallest sourcedId (F6, F8): so that it does not matter who came first.
   *
   * @param hasAccount whether a person of the feed whom the host does not have gets an account by this plan
   */
  verdicts(hasAccount: (sourcedId: string) => boolean): readonly LoginVerdict[] {
    const losses = new Map<string, LoginLoss[]>();
    const judged = new Map<string, { readonly person: Person; readonly fields: Set<LoginField> }>();
    const concern = (key: string, person: Person): Set<LoginField> => {
      let entry = judged.get(key);
      if (entry === undefined) judged.set(key, (entry = { person, fields: new Set() }));
      return entry.fields;
    };
    for (const [address, bearers] of this.asked) {
      const field = fieldOf(address);
      const claimants = this.claimants(field, address, bearers, hasAccount);
      const owner = claimants[0];
      for (const claimant of claimants) {
        if (claimant.isHolder) continue;
        concern(claimant.key, claimant.person).add(field);
        if (owner === undefined || claimant === owner) continue;
        const loss = lossOf(field, claimant, owner);
        const known = losses.get(claimant.key);
        if (known === undefined) losses.set(claimant.key, [loss]);
        else known.push(loss);
      }
    }
    for (const [key, person] of this.marked) {
      if (person.local === undefined || this.rules.isUntouchable(person.feed, person.local)) continue;
      const fields = concern(key, person);
      for (const field of LOGIN_FIELDS)
        if (addressOf(field, this.loginAfter(person, field)) === undefined) fields.add(field);
    }
    return [...judged.keys()].sort(compareIds).map((key) => {
      const { person, fields } = judged.get(key) as { readonly person: Person; readonly fields: Set<LoginField> };
      return verdictOf(person, fields, losses.get(key) ?? []);
    });
  }

  private meet(
    field: LoginField,
    value: string | undefined,
    feed: User | undefined,
    local: LocalUser | undefined,
  ): void {
    if (value === undefined || this.filter?.mayHave(field, value) === false) return;
    const bearers = this.asked.get(addressOf(field, value) ?? '');
    if (bearers === undefined) return;
    const person = { feed, local };
    bearers.set(personKey(person), person);
  }

  /** Those who would sign in with the address, its owner first. */
  private claimants(
    field: LoginField,
    address: string,
    bearers: ReadonlyMap<string, Person>,
    hasAccount: (sourcedId: string) => boolean,
  ): readonly Claimant[] {
    const claimants: Claimant[] = [];
    for (const [key, person] of bearers) {
      const { feed, local } = person;
      if (local === undefined ? feed === undefined || !hasAccount(feed.sourcedId) : isOutOfUse(local)) continue;
      if (addressOf(field, this.loginAfter(person, field)) !== address) continue;
      const isFixed = local !== undefined && this.rules.isUntouchable(feed, local);
      const isHolder = local !== undefined && (isFixed || isOwnWord(local)) && holdsToday(field, address, local);
      if (isFixed && !isHolder) continue;
      claimants.push({ person, key, isHolder, isClaimed: local?.claimed === true, rank: rankOf(person) });
    }
    return claimants.sort(
      (left, right) =>
        Number(right.isHolder) - Number(left.isHolder) ||
        Number(right.isClaimed) - Number(left.isClaimed) ||
        left.rank - right.rank ||
        compareIds(left.key, right.key),
    );
  }

  /** What a person signs in with after this plan. A sync changes no address that they proved to own. */
  private loginAfter({ feed, local }: Person, field: LoginField): string | undefined {
    if (field === 'email' && local?.verifiedEmail !== undefined) return local.verifiedEmail;
    return this.contactAfter({ feed, local })[field];
  }

  private contactAfter({ feed, local }: Person): Contact {
    const isFixed = local !== undefined && this.rules.isUntouchable(feed, local);
    return this.rules.contactAfter(isFixed ? undefined : feed, local);
  }
}

function verdictOf(person: Person, judged: ReadonlySet<LoginField>, losses: readonly LoginLoss[]): LoginVerdict {
  const { local } = person;
  const shared = losses.find(({ rule }) => rule === 'F7');
  return {
    ...person,
    takenLogins: LOGIN_FIELDS.filter((field) =>
      judged.has(field) ? losses.some((loss) => loss.field === field) : local?.takenLogins?.includes(field) === true,
    ),
    sharesLoginWith: judged.has('email') ? shared?.owner : local?.sharesLoginWith,
    losses,
  };
}

function lossOf(field: LoginField, loser: Claimant, owner: Claimant): LoginLoss {
  const { feed, local } = owner.person;
  const sourcedId = feed?.sourcedId ?? local?.sourcedId;
  const isOne = field === 'email' && sourcedId !== undefined && isSameHuman(loser.person, owner.person);
  const byRole = field === 'email' ? 'F6' : 'F8';
  const isOwned = owner.isHolder && local !== undefined && isOwnWord(local);
  return {
    field,
    rule: isOne ? 'F7' : isOwned ? 'F9' : byRole,
    owner: sourcedId ?? (local as LocalUser).id,
  };
}

/** F7: staff who is a guardian, too, with one address and one name. Everybody else with one address is two people. */
function isSameHuman(left: Person, right: Person): boolean {
  const ranks = [rankOf(left), rankOf(right)];
  if (!ranks.includes(STAFF) || !ranks.includes(GUARDIAN)) return false;
  const name = nameOf(left);
  return name !== '' && name === nameOf(right);
}

/** Whether a login is a person's by their own doing: they signed in, or people made the account. */
function isOwnWord(local: LocalUser): boolean {
  return local.claimed === true || local.origin !== 'roster';
}

function holdsToday(field: LoginField, address: string, local: LocalUser): boolean {
  return !hasMark(local, field) && addressOf(field, loginToday(local, field)) === address;
}

function isComingBack(feed: User | undefined, { state, by }: LocalUser): boolean {
  return feed !== undefined && state !== 'active' && by !== 'user';
}

function rankOf({ feed, local }: Person): number {
  let rank = ROLE_RANK.other;
  for (const role of (feed ?? (local as LocalUser)).roles) rank = Math.min(rank, ROLE_RANK[role]);
  return rank;
}

function nameOf({ feed, local }: Person): string {
  const { givenName, familyName } = feed ?? (local as LocalUser);
  return normalName(`${givenName} ${familyName}`);
}

/** Who it is, on either side: people without a sourcedId go by the host's id. */
function personKey({ feed, local }: Person): string {
  const sourcedId = feed?.sourcedId ?? local?.sourcedId;
  return sourcedId === undefined ? `@${(local as LocalUser).id}` : `#${sourcedId}`;
}

function fieldOf(address: string): LoginField {
  return address.startsWith('email:') ? 'email' : 'mobile';
}
