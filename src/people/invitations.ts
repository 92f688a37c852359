import type { Clock, Invitation, OutboxMessage, RosterStore } from '../ports/index.js';
import type { Scope } from '../model/index.js';
import { addressDigest, codeDigest, invitationCode } from './invitation-code.js';
import { invitationMessage } from './invitation-message.js';

/** How long a code can be used: time for a holiday between the import and the first day of school. */
const EXPIRY_MS = 30 * 24 * 60 * 60 * 1000;

/** Whom to invite, and on which occasion. */
export interface InvitationRequest {
  readonly tenant: string;
  /** The person, in the words of the change that makes them reachable: a host's id may not exist yet. */
  readonly subject: string;
  readonly email: string;
  readonly givenName?: string;
  readonly runId: string;
  /** ISO instant. */
  readonly at: string;
  /** True where the message waits for the next healthy run. */
  readonly isWaiting: boolean;
}

/** An invitation as a batch carries it. */
export interface PreparedInvitation {
  readonly subject: string;
  readonly invitation: Invitation;
  readonly message: OutboxMessage;
}

/**
 * An invitation with its message, under a key that is the same for the same person and address: the code is in the
 * message alone, of which a store keeps nothing once it is sent.
 */
export function prepareInvitation(request: InvitationRequest): PreparedInvitation {
  const code = invitationCode();
  const digest = addressDigest(request.email);
  const expiresAt = new Date(Date.parse(request.at) + EXPIRY_MS).toISOString();
  return {
    subject: request.subject,
    invitation: {
      id: crypto.randomUUID(),
      userId: request.subject,
      kind: 'account',
      addressDigest: digest,
      codeDigest: codeDigest(code),
      state: 'pending',
      createdAt: request.at,
      expiresAt,
    },
    message: {
      idempotencyKey: `invitation:${request.tenant}:${request.subject}:${digest}`,
      kind: 'invitation',
      channel: 'email',
      state: request.isWaiting ? 'waiting' : 'pending',
      runId: request.runId,
      userId: request.subject,
      to: [request.email],
      addressDigests: [digest],
      attempts: 0,
      accepted: 0,
      ...invitationMessage({
        code,
        expiresAt,
        ...(request.givenName === undefined ? {} : { givenName: request.givenName }),
      }),
    },
  };
}

/** What {@link Invitations} works with. */
export interface InvitationsOptions {
  readonly store: Pick<RosterStore, 'invitations'>;
  readonly scope: Scope;
  /** @default the system's clock */
  readonly clock?: Clock;
}

/**
 * The invitations of a scope.
 *
 * @example
 * ```ts
 * import { Invitations } from 'rosterkit';
 * import { MemoryStore } from 'rosterkit/memory';
 *
 * const invitations = new Invitations({ store: new MemoryStore(), scope: { tenant: 'district-1' } });
 * const open = await invitations.pending();
 * ```
 */
export class Invitations {
  readonly #store: Pick<RosterStore, 'invitations'>;
  readonly #scope: Scope;
  readonly #clock: Clock;

  constructor(options: InvitationsOptions) {
    this.#store = options.store;
    this.#scope = options.scope;
    this.#clock = options.clock ?? { now: () => new Date() };
  }

  /** The invitations that can still be accepted: neither accepted, revoked nor expired. */
  async pending(): Promise<readonly Invitation[]> {
    const now = this.#clock.now().toISOString();
    const invitations = await this.#store.invitations(this.#scope);
    return invitations.filter((invitation) => invitation.state === 'pending' && invitation.expiresAt > now);
  }
}
