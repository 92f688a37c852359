/** Feeds made of others: in another order, with something missing, cut off, empty. */

import type { Collection, Roster } from '../../src/model/index.js';
import { attested } from '../support/build.js';

/** The same records in another order. */
export function shuffled(roster: Roster, seed: number): Roster {
  const mix = <T>(records: readonly T[]): readonly T[] => {
    const copy = [...records];
    let state = seed | 1;
    for (let index = copy.length - 1; index > 0; index -= 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const other = state % (index + 1);
      [copy[index], copy[other]] = [copy[other] as T, copy[index] as T];
    }
    return copy;
  };
  return {
    ...roster,
    schools: mix(roster.schools),
    terms: mix(roster.terms),
    classes: mix(roster.classes),
    users: mix(roster.users),
    enrollments: mix(roster.enrollments),
    guardianLinks: mix(roster.guardianLinks),
  };
}

/** The feed without some of its records, never without all of a kind. */
export function withoutSome(roster: Roster, order: number): Roster {
  const gone = new Set(
    roster.classes.filter((_, index) => (order >> (index % 16)) % 2 === 1).map((each) => each.sourcedId),
  );
  if (gone.size === roster.classes.length) gone.clear();
  const people = new Set(
    roster.users
      .filter((user, index) => !user.roles.includes('teacher') && (order + index) % 7 === 0)
      .map((user) => user.sourcedId),
  );
  const isNamedStill = order % 2 === 0;
  return {
    ...roster,
    classes: roster.classes.filter((each) => !gone.has(each.sourcedId)),
    users: roster.users.filter((each) => !people.has(each.sourcedId)),
    enrollments: roster.enrollments.filter(
      (each, index) =>
        !gone.has(each.classSourcedId) &&
        (each.role === 'teacher' || (order + index) % 5 !== 0) &&
        (isNamedStill || !people.has(each.userSourcedId)),
    ),
    guardianLinks: roster.guardianLinks.filter(
      (each, index) => (order + index) % 3 !== 0 && !people.has(each.guardianSourcedId),
    ),
  };
}

const CUT: readonly Collection[] = ['classes', 'users', 'enrollments', 'guardianLinks', 'schools'];

/**
 * A read that broke off: the end of a collection is missing, and the source knows. Where that is the links', the people
 * are in doubt, too: of links alone the rest of the feed could be taken at its word.
 */
export function truncated(roster: Roster, order: number): Roster {
  const cut = CUT[order % CUT.length] as Collection;
  const records = roster[cut];
  const kept = (order >> 3) % Math.max(1, records.length);
  const attestation = attested({ [cut]: 'incomplete', ...(cut === 'guardianLinks' ? { users: 'incomplete' } : {}) });
  return { ...roster, [cut]: records.slice(0, kept), attestation };
}
