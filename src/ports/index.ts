/** What the outside must implement: a source of rosters, a store, a mailer, a clock. */

export type { AuditEntry, AuditOptions, AuditStore } from './audit.js';
export type { Clock } from './clock.js';
export type {
  Connection,
  ConnectionAttention,
  ConnectionCheck,
  ConnectionGuardians,
  ConnectionPreview,
  ConnectionState,
  ConnectionStore,
  Schedule,
  SchedulePause,
  TakenTime,
  Weekday,
} from './connection.js';
export type { CredentialStore } from './credentials.js';
export type { ImageStore, RosterImage } from './image.js';
export type { Attempt, Invitation, InvitationStore, InvitationWrite } from './invitation.js';
export type { Mailer, Message, Receipt, SendOptions, TextMessage, TextSender } from './mailer.js';
export type {
  Channel,
  ClaimOptions,
  DeliveryProblem,
  MessageOutcome,
  OutboxMessage,
  OutboxStore,
} from './outbox.js';
export type { ActTrace, PersonTraces } from './person.js';
export type { RunFailure, RunOutcome, RunReport } from './run.js';
export type { PageRead, ReadOptions, RequestRetry, RosterSource } from './source.js';
export type {
  Batch,
  BatchResult,
  DirectoryStore,
  Holder,
  JournalStore,
  Lease,
  LeaseOptions,
  PruneBefore,
  RosterStore,
  SaveRunOptions,
} from './store.js';
