/** What a run has to know of the gates. Not part of the public `./engine`. */

export { basisOf } from './basis.js';
export { isAcknowledgeable, withAcceptedShape, withoutApplied } from './decisions.js';
export { withReleased } from './limits.js';
export { holdsMessages, isToBeInvited, keepsQuiet } from './notices.js';
export { endedPartLedger } from './part-ledger.js';
export { windowsAt, type OpenWindows } from './windows.js';
export { afterApproval, endedLedger, ledgerOfApproval, startedLedger, suppressionKey } from './run-ledger.js';
