import type { Scope } from '../../model/index.js';
import type { InvitationStore } from '../../ports/index.js';
import type { Codes } from './codes.js';

/** Tries are counted by the hour, and the hours begin together for all counters. */
const WINDOW_MS = 60 * 60 * 1000;

/** How often one caller may try a code that there is not. */
export interface TryLimit {
  readonly store: Pick<InvitationStore, 'countAttempt'>;
  readonly scope: Scope;
  readonly codes: Codes;
  /** Wrong tries an hour. */
  readonly limit: number;
}

/** One try. */
export interface Try {
  /** Who tries, in the host's words. Only a digest of it is kept. */
  readonly caller: string;
  /** Whether there is such a code, whatever became of it. */
  readonly isKnown: boolean;
  readonly now: Date;
}

/**
 * Counts a try, and tells until when the caller is to wait; undefined where they need not. Only wrong tries count against
 * a caller, so that the families of a school may join from one address; nobody else's count, so that nobody can be locked
 * out by others.
 */
export async function countTry(
  { store, scope, codes, limit }: TryLimit,
  { caller, isKnown, now }: Try,
): Promise<string | undefined> {
  const window = Math.floor(now.getTime() / WINDOW_MS);
  const at = now.toISOString();
  const expiresAt = new Date((window + 1) * WINDOW_MS).toISOString();
  const who = codes.digestOf('caller', caller);
  const count = (counter: string): Promise<number> =>
    store.countAttempt(scope, { key: `${counter}:${who}:${String(window)}`, at, expiresAt });
  // A counter is read by counting: wrong tries are all of them without the others. These are counted first, so that who
  // comes at the same moment finds rather too few wrong ones than too many.
  const others = await count(isKnown ? 'code-known' : 'code-wrong');
  const all = await count('code-try');
  const isOver = isKnown ? all - others >= limit : others > limit;
  return isOver ? expiresAt : undefined;
}
