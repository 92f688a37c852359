/**
 * Undo and logins (rows F6 to F9): nobody gets one back that is somebody else's by now, nor before whoever had got it has
 * given it up again.
 *
 * @module
 */

import { isSame } from '../internal/canonical.js';
import { patched } from '../internal/patch.js';
import type { Change, LocalUser } from '../model/index.js';
import { changeKey, type Proposal } from './draft.js';
import type { LoginField } from './passes/address-filter.js';
import { LOGIN_FIELDS, loginAddress } from './rules/login-address.js';

/** A login that a person does not get back. */
interface KeptLogin {
  readonly field: LoginField;
  /** The sourcedId of whoever signs in with it now, else the host's id. */
  readonly owner: string;
}

/** What becomes of the undoing of a change of a person. */
interface SettledPerson {
  /** Undefined where nothing of it is left to do. */
  readonly proposal: Proposal | undefined;
  readonly kept: readonly KeptLogin[];
}

/** The changes of people that an undo is to make, in the order of the argument, and what their logins ask of the order. */
export interface SettledPeople {
  readonly people: readonly SettledPerson[];
  /** The keys of those who give a login up that another gets back: these come first. */
  readonly first: readonly string[];
  /** The keys of those who get a login back from somebody who is deleted: these come last. */
  readonly last: ReadonlySet<string>;
}

/** What says of a person that a login is another's. */
const MARKS = ['takenLogins', 'sharesLoginWith'] as const satisfies readonly (keyof LocalUser)[];

type Marks = { readonly [M in (typeof MARKS)[number]]?: LocalUser[M] | undefined };

/** A person before and after the undo. */
interface Person {
  readonly proposal: Proposal;
  readonly today: LocalUser | undefined;
  readonly then: LocalUser | undefined;
  /** The addresses with which they do not sign in today and would then. */
  readonly regained: ReadonlyMap<string, LoginField>;
}

/**
 * @param proposals the changes of people, each person once
 * @param users everybody, as the host has them today
 */
export function settleLogins(proposals: readonly Proposal[], users: readonly LocalUser[]): SettledPeople {
  const ids = new Set(proposals.map(idOf));
  const today = new Map(users.filter(({ id }) => ids.has(id)).map((user) => [user.id, user]));
  const people = proposals.map((proposal) => personOf(proposal, today.get(idOf(proposal))));
  const owners = ownersOf(people, users);
  const givers = giversOf(people);
  const first: string[] = [];
  const last = new Set<string>();
  const settled = people.map((person): SettledPerson => {
    const kept: KeptLogin[] = [];
    for (const [address, field] of person.regained) {
      const owner = owners.get(address);
      if (owner !== undefined) {
        kept.push({ field, owner: owner.sourcedId ?? owner.id });
        continue;
      }
      owners.set(address, person.then as LocalUser);
      for (const giver of givers.get(address) ?? []) {
        const isLate = giver.then === undefined || last.has(keyOf(giver));
        if (!isLate) first.push(keyOf(giver));
        else if (person.today !== undefined) last.add(keyOf(person));
      }
    }
    return { proposal: kept.length === 0 ? person.proposal : withMarks(person, kept), kept };
  });
  return { people: settled, first, last };
}

/** The changes in their order, but for these, which come last. */
export function withLast(changes: readonly Change[], last: ReadonlySet<string>): readonly Change[] {
  if (last.size === 0) return changes;
  return [...changes.filter(({ key }) => !last.has(key)), ...changes.filter(({ key }) => last.has(key))];
}

function personOf(proposal: Proposal, today: LocalUser | undefined): Person {
  const after = proposal.after as Partial<LocalUser> | null;
  const then = after === null ? undefined : patched<LocalUser>(today ?? (after as LocalUser), after);
  const regained = new Map<string, LoginField>();
  for (const field of LOGIN_FIELDS) {
    const address = then === undefined ? undefined : loginAddress(then, field);
    if (address === undefined || (today !== undefined && loginAddress(today, field) === address)) continue;
    regained.set(address, field);
  }
  return { proposal, today, then, regained };
}

/** Who signs in with the addresses in question, apart from those who are to get them back. */
function ownersOf(people: readonly Person[], users: readonly LocalUser[]): Map<string, LocalUser> {
  const asked = new Set(people.flatMap(({ regained }) => [...regained.keys()]));
  const owners = new Map<string, LocalUser>();
  if (asked.size === 0) return owners;
  const changed = new Map(people.map((person) => [idOf(person.proposal), person]));
  for (const user of users) {
    const person = changed.get(user.id);
    const then = person === undefined ? user : person.then;
    if (then === undefined) continue;
    for (const field of LOGIN_FIELDS) {
      const address = loginAddress(then, field);
      if (address === undefined || !asked.has(address) || person?.regained.has(address) === true) continue;
      if (!owners.has(address)) owners.set(address, then);
    }
  }
  return owners;
}

/** Who signs in with an address today, and not after the undo. */
function giversOf(people: readonly Person[]): ReadonlyMap<string, readonly Person[]> {
  const givers = new Map<string, Person[]>();
  for (const person of people) {
    const { today, then } = person;
    for (const field of LOGIN_FIELDS) {
      const address = today === undefined ? undefined : loginAddress(today, field);
      if (address === undefined || (then !== undefined && loginAddress(then, field) === address)) continue;
      const others = givers.get(address);
      if (others === undefined) givers.set(address, [person]);
      else others.push(person);
    }
  }
  return givers;
}

/** The change without the logins that the person does not get back: the contact details are theirs all the same. */
function withMarks({ proposal, today, then }: Person, kept: readonly KeptLogin[]): Proposal | undefined {
  const isTaken = (field: LoginField): boolean =>
    then?.takenLogins?.includes(field) === true || kept.some((login) => login.field === field);
  const isEmailKept = kept.some(({ field }) => field === 'email');
  const marks: Marks = {
    takenLogins: LOGIN_FIELDS.filter(isTaken),
    sharesLoginWith: then?.sharesLoginWith ?? (isEmailKept ? today?.sharesLoginWith : undefined),
  };
  const changed = MARKS.filter((mark) => !isSame(today?.[mark] ?? null, marks[mark] ?? null));
  const after = { ...withoutMarks(proposal.after as object), ...pick(marks, changed) };
  if (Object.keys(after).length === 0) return undefined;
  const before = proposal.before === null ? null : { ...withoutMarks(proposal.before), ...pick(today, changed) };
  return { ...proposal, before, after };
}

function pick(marks: Marks | undefined, names: readonly (keyof Marks)[]): object {
  return Object.fromEntries(names.map((name) => [name, marks?.[name]]));
}

function withoutMarks(fields: object): object {
  const { takenLogins: _taken, sharesLoginWith: _shares, ...rest } = fields as Marks;
  return rest;
}

function idOf({ target }: Proposal): string {
  return target.id as string;
}

function keyOf({ proposal }: Person): string {
  return changeKey(proposal.kind, proposal.subject);
}
