/**
 * Where the guardians come from (row P5): the roster, or a source of their own, and never both. When that changes, nobody
 * is taken away for one run, and people go on under the ids of the new source.
 *
 * @module
 */

import { normalEmail, normalPhone, usableEmail, usablePhone } from '../../internal/contact.js';
import { normalName } from '../../internal/names.js';
import { compareIds } from '../../internal/ordered.js';
import type { Ledger, LocalUser, User } from '../../model/index.js';

/** One guardian under the id of the old source and that of the new one. */
export interface GuardianMatch {
  readonly feed: User;
  readonly local: LocalUser;
}

/** Whether the guardians come from another source than last time. */
export function isGuardianSourceSwitched(source: string, ledger: Ledger): boolean {
  return ledger.guardianSource !== undefined && ledger.guardianSource !== source;
}

/**
 * What the ledger remembers of the source from now on.
 *
 * @param isProven whether this plan was about guardians and read all of them: anything less uses up no freeze
 */
export function nextGuardianSource(source: string, ledger: Ledger, isProven: boolean): string | undefined {
  return isProven ? source : ledger.guardianSource;
}

/** What tells guardians apart without an id (P1), the surer first. */
export const GUARDIAN_KEYS: readonly ((user: Keyed) => string | undefined)[] = [emailKey, mobileKey];

/**
 * The guardians who are the same by what is told apart without an id (P1): the e-mail address, else the mobile number,
 * and the full name. Each belongs to one pair at most, and whoever could belong to two belongs to none. In the order of
 * the old ids.
 *
 * @param gone the host's people whom the new source lacks
 * @param arrivals people of the new source whom the host lacks
 */
export function matchGuardians(gone: Iterable<LocalUser>, arrivals: Iterable<User>): readonly GuardianMatch[] {
  let left = [...gone].filter((user) => user.origin === 'roster' && user.sourcedId !== undefined && isGuardian(user));
  if (left.length === 0) return [];
  let right = [...arrivals].filter(isGuardian);
  const matches: GuardianMatch[] = [];
  for (const keyOf of GUARDIAN_KEYS) {
    const feeds = unique(right, keyOf);
    const found = new Set<LocalUser | User>();
    for (const [key, local] of unique(left, (user) => keyOf(user.synced ?? user))) {
      const feed = feeds.get(key);
      if (feed === undefined) continue;
      matches.push({ feed, local });
      found.add(local).add(feed);
    }
    left = left.filter((user) => !found.has(user));
    right = right.filter((user) => !found.has(user));
  }
  return matches.sort((one, other) => compareIds(one.local.sourcedId as string, other.local.sourcedId as string));
}

type Keyed = Pick<User, 'email' | 'mobile' | 'givenName' | 'familyName'>;

function emailKey(user: Keyed): string | undefined {
  const email = usableEmail(user.email);
  return email === undefined ? undefined : withName(normalEmail(email), user);
}

function mobileKey(user: Keyed): string | undefined {
  const mobile = usablePhone(user.mobile);
  return mobile === undefined ? undefined : withName(normalPhone(mobile), user);
}

function withName(contact: string, { givenName, familyName }: Keyed): string | undefined {
  const name = normalName(`${givenName} ${familyName}`);
  return name === '' ? undefined : JSON.stringify([contact, name]);
}

/** The records whose key no other of them has. */
function unique<T>(records: readonly T[], keyOf: (record: T) => string | undefined): Map<string, T> {
  const found = new Map<string, T>();
  const repeated = new Set<string>();
  for (const record of records) {
    const key = keyOf(record);
    if (key === undefined) continue;
    if (found.has(key)) repeated.add(key);
    found.set(key, record);
  }
  for (const key of repeated) found.delete(key);
  return found;
}

function isGuardian(user: User | LocalUser): boolean {
  return user.roles.every((role) => role === 'guardian');
}
