import type { Channel, Clock, DeliveryProblem, Invitation, OutboxMessage, RosterStore } from '../ports/index.js';
import type { Scope } from '../model/index.js';
import { addressDigest, codeDigest, invitationCode } from './invitation-code.js';
import { invitationMessage, invitationText } from './invitation-message.js';
import { messageKey } from './message-key.js';

/** How long a code can be used: time for a holiday between the import and the first day of school. */
const EXPIRY_MS = 30 * 24 * 60 * 60 * 1000;

/** Whom to invite, and on which occasion. */
export interface InvitationRequest {
  readonly tenant: string;
  /** The person, in the words of the change that makes them reachable: a host's id may not exist yet. */
  readonly subject: string;
  readonly channel: Channel;
  /** An e-mail address, or the number of a mobile phone. */
  readonly address: string;
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
  const { tenant, subject, channel, address } = request;
  const kind = 'invitation';
  const code = invitationCode();
  const digest = addressDigest(address, channel);
  const expiresAt = new Date(Date.parse(request.at) + EXPIRY_MS).toISOString();
  const { givenName } = request;
  const details = { code, expiresAt, ...(givenName === undefined ? {} : { givenName }) };
  return {
    subject,
    invitation: {
      id: crypto.randomUUID(),
      userId: subject,
      kind: 'account',
      addressDigest: digest,
      codeDigest: codeDigest(code),
      state: 'pending',
      createdAt: request.at,
      expiresAt,
    },
    message: {
      idempotencyKey: messageKey({ tenant, subject, kind, channel, addressDigest: digest }),
      kind,
      channel,
      state: request.isWaiting ? 'waiting' : 'pending',
      runId: request.runId,
      userId: subject,
      to: [address],
      addressDigests: [digest],
      attempts: 0,
      accepted: 0,
      ...(channel === 'text' ? { subject: '', ...invitationText(details) } : invitationMessage(details)),
    },
  };
}

/** An invitation that can still be accepted. */
export interface PendingInvitation extends Invitation {
  /** Why its message did not arrive, where that is known: the person needs another address, or the code by hand. */
  readonly problem?: DeliveryProblem;
}

/** What {@link Invitations} works with. */
export interface InvitationsOptions {
  readonly store: Pick<RosterStore, 'invitations' | 'problems'>;
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
 * const unreached = open.filter(({ problem }) => problem !== undefined);
 * ```
 */
export class Invitations {
  readonly #store: InvitationsOptions['store'];
  readonly #scope: Scope;
  readonly #clock: Clock;

  constructor(options: InvitationsOptions) {
    this.#store = options.store;
    this.#scope = options.scope;
    this.#clock = options.clock ?? { now: () => new Date() };
  }

  /** The invitations that can still be accepted: neither accepted, revoked nor expired. */
  async pending(): Promise<readonly PendingInvitation[]> {
    const now = this.#clock.now().toISOString();
    const invitations = await this.#store.invitations(this.#scope);
    const open = invitations.filter((invitation) => invitation.state === 'pending' && invitation.expiresAt > now);
    if (open.length === 0) return open;
    const problems = await this.#store.problems(this.#scope);
    const byAddress = new Map(problems.map((problem) => [addressOf(problem), problem]));
    return open.map((invitation) => {
      const problem = byAddress.get(addressOf(invitation));
      return problem === undefined ? invitation : { ...invitation, problem };
    });
  }
}

function addressOf({ userId, addressDigest: digest }: Pick<Invitation, 'userId' | 'addressDigest'>): string {
  return `${digest} ${userId}`;
}
