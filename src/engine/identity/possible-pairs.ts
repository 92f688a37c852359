/**
 * Who may be one person under two sourcedIds while nobody can tell who is gone (U12): a read that is not whole.
 *
 * @module
 */

import type { LocalUser, User } from '../../model/index.js';
import { likenessKey } from './pair-users.js';
import type { Decisions } from './proposals.js';

/** A record of the feed and one of the host that may be one person. */
interface PossiblePair {
  readonly feed: User;
  readonly local: LocalUser;
}

interface PossiblePairs {
  /** In the order of the arrivals, each with the first record that may be theirs. */
  readonly pairs: readonly PossiblePair[];
  /** Every record of the host that may be an arrival's. */
  readonly locals: ReadonlySet<LocalUser>;
}

/** What a person is known again by; undefined where they have no such thing. */
export type PersonKey = (user: User | LocalUser | NonNullable<LocalUser['synced']>) => string | undefined;

const KEYS: readonly PersonKey[] = [
  ({ stateId, roles }) => withRole(stateId, roles),
  ({ sisId, roles }) => withRole(sisId, roles),
  likenessKey,
];

/**
 * Whom a whole read might pair. Unlike there, what two bear does not tell them apart: in a part of the roster nobody knows
 * who else bears it. Each record is looked at once, however many bear the same.
 *
 * @param missing the host's people who did not come, gone or not
 * @param arrivals people of the feed whom the host lacks
 * @param otherKeys what else tells who it is, where guardians come from another source (P1)
 */
export function possiblePairs(
  missing: readonly LocalUser[],
  arrivals: readonly User[],
  decisions: Decisions,
  otherKeys: readonly PersonKey[] = [],
): PossiblePairs {
  const found = acceptedPairs(missing, arrivals, decisions);
  const locals = new Set(found.values());
  for (const keyOf of [...KEYS, ...otherKeys]) {
    const bearers = bearersOf(missing, keyOf);
    const matched = new Set<readonly LocalUser[]>();
    for (const feed of arrivals) {
      const bearing = bearers.get(keyOf(feed) ?? '') ?? [];
      const local = bearing.find(({ id }) => !decisions.isDeclined('user-rekey', id, feed.sourcedId));
      if (local === undefined) continue;
      matched.add(bearing);
      if (!found.has(feed)) found.set(feed, local);
    }
    for (const bearing of matched) for (const local of bearing) locals.add(local);
  }
  const pairs = arrivals.flatMap((feed) => {
    const local = found.get(feed);
    return local === undefined ? [] : [{ feed, local }];
  });
  return { pairs, locals };
}

/** Whatever else they have in common now. */
function acceptedPairs(
  missing: readonly LocalUser[],
  arrivals: readonly User[],
  decisions: Decisions,
): Map<User, LocalUser> {
  const found = new Map<User, LocalUser>();
  const accepted = decisions.accepted('user-rekey');
  if (accepted.length === 0) return found;
  const users = new Map(arrivals.map((user) => [user.sourcedId, user]));
  const locals = new Map(missing.map((user) => [user.id, user]));
  for (const { sourcedId, recordId } of accepted) {
    const feed = users.get(sourcedId);
    const local = locals.get(recordId);
    if (feed !== undefined && local !== undefined) found.set(feed, local);
  }
  return found;
}

function bearersOf(missing: readonly LocalUser[], keyOf: PersonKey): ReadonlyMap<string, LocalUser[]> {
  const bearers = new Map<string, LocalUser[]>();
  for (const local of missing) {
    const key = keyOf(local.synced ?? local) ?? '';
    const known = bearers.get(key);
    if (known !== undefined) known.push(local);
    else if (key !== '') bearers.set(key, [local]);
  }
  return bearers;
}

/** A student is never taken for anybody else: not for their own guardian either. */
function withRole(id: string | undefined, roles: User['roles']): string | undefined {
  if (id === undefined || id === '') return undefined;
  return `${roles.includes('student') ? 'student' : 'other'} ${id}`;
}
