/** What people do and get: acts by hand that no sync undoes, invitations, and the delivery of messages. */

export { Deliveries, type BounceOutcome, type BounceReport, type DeliveriesOptions } from './deliveries.js';
export {
  Directory,
  type ActOptions,
  type ClassFields,
  type DirectoryOptions,
  type PersonFields,
  type RecordReference,
} from './directory.js';
export { deliver, type Delivery } from './outbox.js';
export { addressDigest, codeDigest } from './invitation-code.js';
export {
  Invitations,
  prepareInvitation,
  type InvitationsOptions,
  type PendingInvitation,
  type PreparedInvitation,
} from './invitations.js';
