import type { Scope } from '../model/index.js';
import type { OutboxMessage } from './outbox.js';

/**
 * An invitation. Its purpose is (person, kind, address): there is one, whatever is imported again.
 *
 * - `account`: opens the account of the person invited.
 * - `family`: lets a guardian sign up to a student, who is the `userId`; its address is the digest of its code, so a student
 *   may have several.
 */
export interface Invitation {
  readonly id: string;
  /** The host's id of the person invited. */
  readonly userId: string;
  readonly kind: 'account' | 'family';
  /** A digest of the address: another address is another purpose. */
  readonly addressDigest: string;
  /** A digest of the code: the code itself is never kept. */
  readonly codeDigest: string;
  /** `requested`: a family code was used, and a person of the school is still to agree. */
  readonly state: 'pending' | 'requested' | 'accepted' | 'revoked';
  /** ISO instants. */
  readonly createdAt: string;
  readonly expiresAt: string;
  /** The host's id of the person who used a family code. `erased` where that person was erased since. */
  readonly usedBy?: string;
  /** How often the person was reminded. @default 0 */
  readonly reminders?: number;
  /** When the person was reminded last, ISO instant. */
  readonly remindedAt?: string;
}

/** An invitation to be kept, and in place of what. */
export interface InvitationWrite {
  readonly invitation: Invitation;
  /** What the invitation of the same purpose is now. @default there is none */
  readonly replaces?: Pick<Invitation, 'codeDigest' | 'state'> | undefined;
  /** Goes out with it. The store keeps the first of each idempotency key. @default none */
  readonly message?: OutboxMessage | undefined;
  /** When it is written, ISO instant. */
  readonly at: string;
}

/** A try of something that must not be tried often. */
export interface Attempt {
  /** What is counted: a digest, never an address. */
  readonly key: string;
  /** ISO instants: now, and when counting begins anew if this try is the first. */
  readonly at: string;
  readonly expiresAt: string;
}

/** Invitations, their codes, and how often codes were tried. */
export interface InvitationStore {
  /** Every invitation of the scope's tenant, or of these persons (host ids) alone, whatever became of it. */
  invitations(scope: Scope, options?: { readonly userIds?: readonly string[] }): Promise<readonly Invitation[]>;
  /** The invitation of the scope's tenant with this code, whatever became of it. */
  invitationByCode(scope: Scope, codeDigest: string): Promise<Invitation | undefined>;
  /**
   * Keeps an invitation with its message in one transaction, if what it replaces is what is there. Tells whether it was
   * written: of several that replace the same, one is. Messages of an earlier code, and of an invitation that is not pending
   * any more, are dropped where they are not sent yet.
   */
  saveInvitation(scope: Scope, write: InvitationWrite): Promise<boolean>;
  /**
   * Counts a try, and tells how many there were of its key, this one included, since counting began: at the first one, and
   * anew at the first one that is not before the `expiresAt` of the one that began it. Of many at once none is lost.
   */
  countAttempt(scope: Scope, attempt: Attempt): Promise<number>;
}
