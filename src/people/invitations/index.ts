/** Invitations: codes, who gets them, what they say and what they open. */

export type { AcceptResult } from './accepting.js';
export { type CodeKey, Codes } from './codes.js';
export type { FamilyCode, FamilyRequest, RedeemResult } from './family.js';
export type { KnownGuardian, NewGuardian } from './family-acts.js';
export {
  type CallerOptions,
  type CodeState,
  Invitations,
  type InvitationsOptions,
  type PendingInvitation,
} from './invitations.js';
export type { InvitationsStore } from './context.js';
export type { InviteOptions, InviteResult, RemindOptions } from './issuing.js';
export type { JoinLink } from './join-link.js';
export type { Opened } from './opening.js';
export {
  firstKey,
  keyOfCode,
  prepareInvitation,
  type PreparedInvitation,
} from './prepare.js';
export { type Invitee, type Reach, reachOf } from './reach.js';
export { type InviteFrom, settleSenders } from './senders.js';
export type {
  Audience,
  ByLanguage,
  InvitationDetails,
  InvitationTemplate,
  InvitationTemplates,
  InvitationTextTemplate,
  Letter,
} from './templates.js';
export { type Reader, settleWriting, type Writing, type WritingOptions } from './writing.js';
