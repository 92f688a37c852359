/** What people do and get: acts by hand that no sync undoes, invitations, and the delivery of messages. */

export { Deliveries, type BounceOutcome, type BounceReport, type DeliveriesOptions } from './deliveries.js';
export { Directory, type DirectoryOptions } from './directory.js';
export type {
  ActOptions,
  ClassDetails,
  ClassFields,
  GuardianFields,
  NewPersonFields,
  PersonFields,
} from './by-hand/fields.js';
export type { Released } from './by-hand/releasing.js';
export type { RecordReference } from './records.js';
export type { Erasure, PersonExport } from './person-data.js';
export { deliver, type Delivery } from './outbox.js';
export { addressDigest } from './address-digest.js';
export { escapeHtml, oneLine } from './plain-text.js';
export { noticeKey } from './message-key.js';
export {
  noticeTemplates,
  type NoticeCounts,
  type NoticeDetails,
  type NoticeLine,
  type NoticeStatus,
  type NoticeTemplate,
} from './messages/notice.js';
export {
  type AcceptResult,
  type Audience,
  type ByLanguage,
  type CallerOptions,
  type CodeKey,
  Codes,
  type CodeState,
  type FamilyCode,
  type FamilyRequest,
  firstKey,
  type InvitationDetails,
  Invitations,
  type InvitationsOptions,
  type InvitationsStore,
  type InvitationTemplate,
  type InvitationTemplates,
  type InvitationTextTemplate,
  type Invitee,
  type InviteFrom,
  type InviteOptions,
  type InviteResult,
  type JoinLink,
  type KnownGuardian,
  keyOfCode,
  type Letter,
  type NewGuardian,
  type Opened,
  type PendingInvitation,
  prepareInvitation,
  type PreparedInvitation,
  type Reach,
  type Reader,
  reachOf,
  type RedeemResult,
  type RemindOptions,
  settleSenders,
  settleWriting,
  type Writing,
  type WritingOptions,
} from './invitations/index.js';
export {
  Access,
  type AccessDecision,
  type AccessOptions,
  type PersonalAccess,
} from './access/access.js';
export type { Grant } from './access/grants.js';
export {
  permissionSets,
  type AccessScope,
  type PermissionSet,
  type PermissionSets,
} from './access/permission-sets.js';
export type { AccessTarget } from './access/reach.js';
export type { ReadableStore } from './passes.js';
