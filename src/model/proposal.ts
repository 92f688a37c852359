import type { Evidence } from './change.js';

/**
 * Two records that may be one: nothing happens until a person decides.
 *
 * - `class-link`, `user-link`: a record that people made, and one of the roster. Accepted, the host's is tied to it.
 * - `class-rekey`, `user-rekey`: a record that vanished, and one that appeared. Accepted, the host's record goes on under
 *   the new sourcedId.
 */
export interface Proposal {
  /** The same in every plan that makes the proposal: the kind and both ids. */
  readonly id: string;
  readonly kind: 'class-link' | 'user-link' | 'class-rekey' | 'user-rekey';
  /** The row of the rules. */
  readonly rule: string;
  /** The host's id of its record. */
  readonly recordId: string;
  /** The sourcedId that the host's record has today; absent where people made it. */
  readonly from?: string;
  /** The sourcedId of the roster's record. */
  readonly sourcedId: string;
  readonly schoolSourcedId?: string;
  /** What speaks for it, in counts and words. */
  readonly evidence: Evidence;
  /** How sure it is, 0 to 1: the strongest comes first. */
  readonly likeness: number;
  /** When it was first made, ISO instant. */
  readonly since: string;
  /** What a person decided. A declined proposal is not made again. */
  readonly decision?: {
    readonly outcome: 'accepted' | 'declined';
    /** Who, in the host's own words. */
    readonly by: string;
    /** ISO instant. */
    readonly at: string;
  };
}
