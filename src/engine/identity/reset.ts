/**
 * A change of the whole id space (G5): the district's ids are others than before, its people and classes are not.
 *
 * Judged on ids, before names, policy and gates, and on incomplete reads, too: holding too much harms nobody.
 *
 * @module
 */

import { normalEmail } from '../../internal/contact.js';
import { normalName } from '../../internal/names.js';
import { compareIds } from '../../internal/ordered.js';
import type { Class, LocalClass, LocalUser, User } from '../../model/index.js';

/** What is known of one kind on both sides. Pairs that a person has accepted are not counted: they have one id again. */
export interface ResetInput<Feed, Local> {
  /** How many records of the feed there are that are not deleted. */
  readonly feed: number;
  /** Those of them that the host does not know, as far as they may pair up. */
  readonly arrivals: readonly Feed[];
  /** How many the host does not know. @default as many as `arrivals` has */
  readonly unknown?: number;
  /** How many active records of the host there are that have a sourcedId. */
  readonly managed: number;
  /** Those of them whose id the feed does not have. */
  readonly vanished: readonly Local[];
}

/** The ids of a kind were changed: all changes of that kind wait, and a re-key is proposed for each pair. */
export interface IdSpaceReset {
  readonly kind: 'users' | 'classes';
  readonly feed: number;
  readonly unknown: number;
  readonly managed: number;
  readonly absent: number;
  /** How many of the unknown and absent records pair up. */
  readonly paired: number;
}

/** More than this share of both sides has to be without a counterpart. */
const MOST = 0.5;
/** And at least this share of them has to pair up all the same. */
const PAIRED = 0.6;
/** Fewer pairs than this are single cases (U12, K12), and their own rows ask about each. */
const LEAST_PAIRS = 5;

/** Persons pair up by their state id, or else by name and e-mail address. */
export function detectUserReset(input: ResetInput<User, LocalUser>): IdSpaceReset | undefined {
  const forms = {
    feed: input.arrivals.map((user): PersonForm => user),
    local: inOrderOfIds(input.vanished).map((user): PersonForm => user.synced ?? user),
  };
  return detect('users', input, () => countPairs(forms, [byStateId, byNameAndAddress]));
}

/**
 * Classes pair up by name, school and term: the next school year has other terms, and is no change of ids. `nameOf` is
 * the name that a section is imported under.
 */
export function detectClassReset(
  input: ResetInput<Class, LocalClass>,
  nameOf: (section: Class) => string,
): IdSpaceReset | undefined {
  const forms = {
    feed: input.arrivals.map((section): ClassForm => ({ ...section, name: nameOf(section) })),
    local: inOrderOfIds(input.vanished).map((local): ClassForm => local.synced ?? local),
  };
  return detect('classes', input, () => countPairs(forms, [byNameSchoolAndTerm]));
}

function detect(
  kind: IdSpaceReset['kind'],
  { feed, arrivals, unknown = arrivals.length, managed, vanished }: ResetInput<unknown, unknown>,
  pairs: () => number,
): IdSpaceReset | undefined {
  const absent = vanished.length;
  if (!(unknown > feed * MOST) || !(absent > managed * MOST)) return undefined;
  const paired = pairs();
  if (paired < LEAST_PAIRS || paired < Math.min(unknown, absent) * PAIRED) return undefined;
  return { kind, feed, unknown, managed, absent, paired };
}

/** Of records that share a word the same ones pair up, whatever the order of the host's records. */
function inOrderOfIds<T extends { readonly id: string }>(records: readonly T[]): readonly T[] {
  return [...records].sort((left, right) => compareIds(left.id, right.id));
}

/**
 * How many records of the two sides pair up by a word that both have, each once; what one kind of words pairs, the next
 * leaves alone. Three sections of one name on both sides are three pairs here, whichever belongs to which.
 */
function countPairs<Form>(
  { feed, local }: { readonly feed: readonly Form[]; readonly local: readonly Form[] },
  kinds: readonly ((form: Form) => readonly string[])[],
): number {
  const paired = new Set<Form>();
  const taken = new Set<Form>();
  for (const wordsOf of kinds) {
    const bearers = new Map<string, Form[]>();
    for (const form of local) {
      for (const word of wordsOf(form)) {
        const known = bearers.get(word);
        if (known === undefined) bearers.set(word, [form]);
        else known.push(form);
      }
    }
    for (const form of feed) {
      const partner = paired.has(form) ? undefined : firstFree(wordsOf(form), bearers, taken);
      if (partner === undefined) continue;
      paired.add(form);
      taken.add(partner);
    }
  }
  return paired.size;
}

function firstFree<Form>(
  words: readonly string[],
  bearers: ReadonlyMap<string, Form[]>,
  taken: ReadonlySet<Form>,
): Form | undefined {
  for (const word of words) {
    const forms = bearers.get(word);
    // What another word has taken meanwhile is dropped for good, so that no list is searched twice.
    for (let form = forms?.pop(); form !== undefined; form = forms?.pop()) if (!taken.has(form)) return form;
  }
  return undefined;
}

type PersonForm = Pick<User, 'givenName' | 'familyName' | 'roles'> & Partial<Pick<User, 'email' | 'stateId'>>;

function byStateId({ stateId, roles }: PersonForm): readonly string[] {
  return stateId === undefined || stateId === '' ? [] : [JSON.stringify([stateId, isStudent(roles)])];
}

function byNameAndAddress({ email, givenName, familyName, roles }: PersonForm): readonly string[] {
  if (email === undefined || email.trim() === '') return [];
  return [JSON.stringify([normalEmail(email), normalName(givenName), normalName(familyName), isStudent(roles)])];
}

/** A child is never taken for the parent whose address the district gave to both. */
function isStudent(roles: User['roles']): boolean {
  return roles.includes('student');
}

type ClassForm = Pick<LocalClass, 'name' | 'schoolSourcedId' | 'termSourcedIds'>;

function byNameSchoolAndTerm({ name, schoolSourcedId, termSourcedIds = [] }: ClassForm): readonly string[] {
  return termSourcedIds.map((term) => JSON.stringify([normalName(name), schoolSourcedId, term]));
}
