import type { Invitation } from '../../ports/index.js';
import type { InvitationsContext } from './context.js';

/** The invitation of a code that somebody typed, whatever became of it. */
export async function findByCode(
  { store, scope, writing }: Pick<InvitationsContext, 'store' | 'scope' | 'writing'>,
  typed: string,
): Promise<Invitation | undefined> {
  for (const digest of writing.codes.digestsOf(typed)) {
    const found = await store.invitationByCode(scope, digest);
    if (found === undefined) continue;
    if (found.state !== 'revoked') return found;
    // A person whom an undo deleted, and who was imported again, has the code that went out the first time.
    const all = await store.invitations(scope);
    return all.find(({ codeDigest, state }) => codeDigest === digest && state !== 'revoked') ?? found;
  }
  return undefined;
}
