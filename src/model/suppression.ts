import type { ChangeKind } from './change.js';

/**
 * A change that must not be planned again while the feed stays as it was: it was undone, or its hold was discarded.
 * Without it, the next sync would undo the undo.
 */
export interface Suppression {
  readonly kind: ChangeKind;
  /** The {@link ChangeBase.subject} of the change. */
  readonly subject: string;
  /** The {@link ChangeBase.fingerprint} of the feed's record then. The suppression ends when it differs. */
  readonly fingerprint: string;
  readonly cause: 'undo' | 'discard';
}
