/** What a run has to know of the gates. Not part of the public `./engine`. */

export { isAcknowledgeable, withAcceptedShape, withoutApplied } from './decisions.js';
export { withReleased } from './limits.js';
export { holdsMessages, isInvited, keepsQuiet } from './notices.js';
export { endedLedger, ledgerAfterApproval, startedLedger, suppressionKey } from './run-ledger.js';
