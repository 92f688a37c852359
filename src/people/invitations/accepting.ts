import { StoreConflictError } from '../../errors.js';
import { userAct } from '../acts.js';
import { findByCode } from './finding.js';
import { type InvitationsContext, instant, isOpenAt } from './context.js';
import { isOpen, type Opened, type Standing, standingOf } from './opening.js';
import { countTry } from './tries.js';

/**
 * What became of a code. Why one is not valid is for the school alone ({@link Invitations.lookUp}): from outside a code that
 * has expired, was used or was revoked is like one that never was.
 */
export type AcceptResult =
  | ({ readonly outcome: 'accepted' } & Opened)
  | { readonly outcome: 'invalid' }
  | {
      /** Too many wrong codes from this caller: none is looked at until then, ISO instant. */
      readonly outcome: 'throttled';
      readonly until: string;
    };

/** Once more where somebody wrote in between; twice in a row is worth telling. */
const ATTEMPTS = 2;

/** Accepts an invitation: the person has joined, and the code is used up. */
export async function acceptCode(
  context: InvitationsContext,
  code: string,
  caller: string | undefined,
): Promise<AcceptResult> {
  const { store, scope } = context;
  const found = await findByCode(context, code);
  const until = await countedTry(context, caller, found !== undefined);
  if (until !== undefined) return { outcome: 'throttled', until };
  if (found?.kind !== 'account' || !isOpenAt(found, instant(context))) return { outcome: 'invalid' };
  const standing = await standingOf(store, scope, found.userId);
  if (standing === undefined || !isOpen(standing.user)) return { outcome: 'invalid' };
  // First, so that who is cut off in between comes in with the same code.
  await setClaimed(context, standing, true);
  const { codeDigest, state } = found;
  const accepted = { ...found, state: 'accepted' } as const;
  const isFirst = await store.saveInvitation(scope, {
    invitation: accepted,
    replaces: { codeDigest, state },
    at: instant(context),
  });
  if (isFirst) return { outcome: 'accepted', ...standing.opened };
  const now = (await store.invitations(scope, { userIds: [found.userId] })).find(({ id }) => id === found.id);
  // Whoever was faster has joined. Where the code was taken back meanwhile, nobody has.
  if (now?.state !== 'accepted') await setClaimed(context, standing, false);
  return { outcome: 'invalid' };
}

/** Counts a try of a code, where it is known whose; tells until when the caller is to wait. */
export async function countedTry(
  { store, scope, clock, writing, wrongTriesPerHour }: InvitationsContext,
  caller: string | undefined,
  isKnown: boolean,
): Promise<string | undefined> {
  if (caller === undefined) return undefined;
  const limit = { store, scope, codes: writing.codes, limit: wrongTriesPerHour };
  return countTry(limit, { caller, isKnown, now: clock.now() });
}

/** Notes that a person has joined; or takes back what this call has noted. */
async function setClaimed(context: InvitationsContext, standing: Standing, isClaimed: boolean): Promise<void> {
  const { store, scope } = context;
  const { claimed, usedAt } = standing.user;
  if (claimed === true) return;
  const at = instant(context);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const user = (await standingOf(store, scope, standing.user.id))?.user;
    if (user === undefined) return;
    const after = isClaimed ? { claimed: true, usedAt: user.usedAt ?? at } : { claimed, usedAt };
    const changes = userAct('user-update', user, after, user.id);
    if (changes.length === 0) return;
    const { stale } = await store.apply({ scope, runId: `hand-${crypto.randomUUID()}`, at, changes });
    if (stale.length === 0) return;
  }
  throw new StoreConflictError('accept: others keep changing the person. Try again.', { operation: 'accept' });
}
