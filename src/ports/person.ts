import type { JournalEntry, LedgerTraces, RosterTraces, RunTraces } from '../model/index.js';
import type { AuditEntry } from './audit.js';
import type { DeliveryProblem, OutboxMessage } from './outbox.js';
import type { Invitation } from './invitation.js';

/** A change that the person made by hand, or let go: that they did, and not to whom. */
export interface ActTrace {
  readonly runId: string;
  readonly kind: string;
  /** ISO instant. */
  readonly at: string;
}

/** Everything that a store's journal half keeps about a person. */
export interface PersonTraces {
  /** What was changed about them, with before- and after-images, in the order of application. */
  readonly journal: readonly JournalEntry[];
  /** What they changed about others. */
  readonly acts: readonly ActTrace[];
  /** What the syncs remember, one for each scope that remembers anything. */
  readonly ledgers: readonly LedgerTraces[];
  readonly runs: readonly RunTraces[];
  /** Those of theirs, and those that they used. */
  readonly invitations: readonly Omit<Invitation, 'codeDigest'>[];
  /** Messages to them. Their texts are left out: a text may hold a code that opens the account. */
  readonly messages: readonly Omit<OutboxMessage, 'text' | 'html'>[];
  /** Addresses at which they could not be reached, as digests. */
  readonly problems: readonly DeliveryProblem[];
  /** Decisions that they made, or that name them, in the order in which these were written down. */
  readonly audit: readonly AuditEntry[];
  /** The rows about them in what incremental syncs keep of the district, oldest reading first. */
  readonly roster: RosterTraces;
}
