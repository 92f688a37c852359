/**
 * The names that the host's classes keep taken once this plan is applied (rows D): no new section comes in under one.
 *
 * @module
 */

import type { Class, LocalClass } from '../../model/index.js';
import { classNameOf, isHostField } from './classes.js';
import type { Context } from '../context.js';

/**
 * Under which names and in which schools a class keeps its place.
 *
 * - `free`: none, it leaves or stays archived by the sync
 * - `own`: as the host has it
 * - `fed`: as this plan makes it follow the feed
 * - `both`: as the host has it and as the feed has it: a person put it away, or undid what the feed wants
 * - `reused`: likewise, and a new class waits that would bear the feed's name whoever owns the old one's (K10)
 */
export type NameClaim = 'free' | 'own' | 'fed' | 'both' | 'reused';

/** A name that is taken in a school. */
export interface NameInSchool {
  readonly schoolSourcedId: string;
  readonly name: string;
}

/** @param section the feed's; without one the class is as the host has it */
export function takenNames(
  claim: NameClaim,
  local: LocalClass,
  section: Class | undefined,
  context: Context,
): readonly NameInSchool[] {
  if (section === undefined || claim === 'own') return pairs(ownNames(local), [local.schoolSourcedId]);
  if (claim === 'fed') {
    // An incomplete read moves nothing (G2).
    const school = context.isRestricted ? local.schoolSourcedId : section.schoolSourcedId;
    return pairs(isRenamed(section, local) ? new Set([classNameOf(section)]) : ownNames(local), [school]);
  }
  const names = claim === 'reused' && local.state !== 'active' ? new Set<string>() : ownNames(local);
  if (claim === 'reused' || !isHostField(local, 'name')) names.add(classNameOf(section));
  return pairs(names, [local.schoolSourcedId, section.schoolSourcedId]);
}

/**
 * A person's own name stands alone: that is how renaming a class frees the section's name for the next section. Else the
 * feed's name is taken, too: a store may shorten names, and a disambiguated name stays.
 */
function ownNames(local: LocalClass): Set<string> {
  const names = new Set([local.name]);
  if (!isHostField(local, 'name') && local.origin === 'roster') names.add(local.synced?.name ?? local.name);
  return names;
}

/** K5: whether the feed has another name than it had last, and the class follows. */
function isRenamed(section: Class, local: LocalClass): boolean {
  return !isHostField(local, 'name') && classNameOf(section) !== (local.synced?.name ?? local.name);
}

function pairs(names: ReadonlySet<string>, schools: readonly (string | undefined)[]): readonly NameInSchool[] {
  return [...new Set(schools)].flatMap((schoolSourcedId) =>
    schoolSourcedId === undefined ? [] : [...names].map((name) => ({ schoolSourcedId, name })),
  );
}
