/**
 * What a person keeps of their own whom people had made and then tied to the roster (U17): a sync adds to it, and takes
 * back only what the roster itself had given.
 *
 * @module
 */

import { compareIds } from '../../internal/ordered.js';
import type { LocalUser } from '../../model/index.js';

/** The value that a field gets where the roster says `value`. */
export function withOwn(field: string, value: unknown, local: LocalUser): unknown {
  if (local.origin === 'roster') return value;
  // They sign in with it.
  if (field === 'username') return local.username ?? value;
  if (field !== 'roles' && field !== 'schoolSourcedIds') return value;
  const given: readonly string[] = local.synced?.[field] ?? [];
  const own = (local[field] as readonly string[]).filter((each) => !given.includes(each));
  return [...new Set([...own, ...(value as readonly string[])])].sort(compareIds);
}
