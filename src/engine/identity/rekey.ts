/**
 * What a re-key and a link write, besides the fields that follow the roster.
 *
 * @module
 */

import type { ClassMatch } from './pair-classes.js';
import type { PersonMatch } from './pair-users.js';

/** The part of a `user-rekey` or `class-rekey` that makes it one: the sourcedId, and whose record it is from now on. */
export interface RekeyPatch {
  readonly before: { readonly sourcedId: string | undefined; readonly origin?: 'local' };
  readonly after: { readonly sourcedId: string; readonly origin?: 'linked' };
  readonly reason: { readonly rule: string; readonly code: string };
  /** What the reason's evidence tells besides the fields. */
  readonly by: PersonMatch['by'];
}

/** P5, U12 and U17. */
export function userRekey({ feed, local, by, isLink }: PersonMatch): RekeyPatch {
  return { ...patch(local.sourcedId, feed.sourcedId, isLink), reason: reasonOf(by, isLink), by };
}

function reasonOf(by: PersonMatch['by'], isLink: boolean): RekeyPatch['reason'] {
  if (isLink) return { rule: 'U17', code: 'LINKED_PERSON' };
  return by === 'contact' ? { rule: 'P5', code: 'GUARDIAN_MATCHED' } : { rule: 'U12', code: 'REKEY' };
}

/** K12 and K19. */
export function classRekey({ section, local, isLink }: ClassMatch): RekeyPatch {
  const reason = isLink ? { rule: 'K19', code: 'LINKED_CLASS' } : { rule: 'K12', code: 'CLASS_REKEY' };
  return { ...patch(local.sourcedId, section.sourcedId, isLink), reason, by: 'decision' };
}

/** A link leaves the record people's own: fields may follow the roster, and no absence ever removes it (K13). */
function patch(from: string | undefined, to: string, isLink: boolean): Pick<RekeyPatch, 'before' | 'after'> {
  if (!isLink) return { before: { sourcedId: from }, after: { sourcedId: to } };
  return { before: { sourcedId: from, origin: 'local' }, after: { sourcedId: to, origin: 'linked' } };
}
