/**
 * rosterkit keeps a school platform's people and classes in step with a district's roster: it reads Clever, ClassLink
 * and OneRoster, computes a plan in which every change has its reason, holds what looks wrong, applies the rest, and can
 * undo it.
 *
 * @module
 */

// The run
export { RosterSync } from './sync/index.js';
export type {
  ApplyOptions,
  ApproveOptions,
  ImportOptions,
  PlanOptions,
  RosterSyncEvent,
  RosterSyncEvents,
  RosterSyncOptions,
  RunOptions,
  SyncEvent,
} from './sync/index.js';

// The engine and its policy
export {
  compare,
  describedCodes,
  describedRules,
  describeReason,
  describeRule,
  explain,
  foldDelta,
  hashChanges,
  hashPlan,
  invert,
  parseJournal,
  parseLedger,
  parsePlan,
  parsePolicy,
  readPlan,
  reconcile,
  reconcileStreams,
  writePlan,
} from './engine/index.js';
export type {
  ComparedPlan,
  ComparedPlans,
  Describable,
  DifferingChange,
  DifferingHold,
  ExplainInput,
  ExplainTarget,
  Explanation,
  PlanComparison,
  PlanDifference,
  ReconcileInput,
  ReconcileStreamsInput,
  RecordRef,
  Verdict,
} from './engine/index.js';
export { definePolicy } from './policy/index.js';
export type { PolicyInput } from './policy/index.js';

// Where rosters come from
export { assertMayImport, CleverApp, CleverClient, CleverSignIn, cleverSource } from './clever/index.js';
export type {
  CleverAppOptions,
  CleverClientOptions,
  CleverPerson,
  CleverSignInOptions,
  CleverSource,
  CleverSourceOptions,
  ImportRight,
} from './clever/index.js';
export { ClassLinkClient, ClassLinkProxy, ClassLinkSignIn, classlinkSource } from './classlink/index.js';
export type {
  ClassLinkApplication,
  ClassLinkClientOptions,
  ClassLinkPerson,
  ClassLinkProxyOptions,
  ClassLinkSignInOptions,
} from './classlink/index.js';
export {
  bearer,
  clientCredentials,
  oauth1,
  OneRosterClient,
  guardiansCsvSource,
  oneRosterCsvSource,
  oneRosterSource,
} from './oneroster/index.js';
export type {
  ClientCredentialsOptions,
  OAuth1Options,
  OneRosterAuth,
  OneRosterClientOptions,
} from './oneroster/index.js';
export type { Page, Paged } from './clever/index.js';

// People
export { Deliveries, Directory, Invitations } from './people/index.js';
export type {
  ActOptions,
  BounceOutcome,
  BounceReport,
  ClassFields,
  DeliveriesOptions,
  Delivery,
  DirectoryOptions,
  InvitationsOptions,
  PendingInvitation,
  PersonFields,
  RecordReference,
} from './people/index.js';

// Everything in memory: for a first program, and for tests
export { MemoryMailer, MemoryStore, MemoryTextSender } from './adapters/memory/index.js';
export type {
  DeliveredMessage,
  DeliveredText,
  MemoryMailerOptions,
  MemorySeed,
  MemoryStoreOptions,
  MemoryTextSenderOptions,
} from './adapters/memory/index.js';

// What the outside implements
export type {
  Batch,
  BatchResult,
  Channel,
  ClaimOptions,
  Clock,
  DeliveryProblem,
  DirectoryStore,
  ImageStore,
  Invitation,
  JournalStore,
  Lease,
  LeaseOptions,
  Mailer,
  Message,
  MessageOutcome,
  OutboxMessage,
  OutboxStore,
  PageRead,
  ReadOptions,
  Receipt,
  RequestRetry,
  RosterImage,
  RosterSource,
  RosterStore,
  RunFailure,
  RunOutcome,
  RunReport,
  SendOptions,
  TextMessage,
  TextSender,
} from './ports/index.js';

// The words
export {
  classSubject,
  defaultPolicy,
  emptyLedger,
  enrollmentSubject,
  guardianSubject,
  schoolSubject,
  scopeKey,
  userSubject,
} from './model/index.js';
export type {
  AbsenceCount,
  Attestation,
  By,
  Change,
  ChangeBase,
  ChangeKind,
  ChangeNoun,
  Class,
  ClassChange,
  ClassOptions,
  ClassSelection,
  Collection,
  CollectionAttestation,
  Course,
  DeltaHead,
  Enrollment,
  EnrollmentChange,
  EnrollmentPair,
  EnrollmentRole,
  EnrollmentTarget,
  Evidence,
  Fields,
  Gate,
  GateResult,
  GuardianChange,
  GuardianLink,
  GuardianPair,
  GuardianTarget,
  Hold,
  JournalEntry,
  LatchedHold,
  Ledger,
  LimitKind,
  Limits,
  LocalClass,
  LocalClassState,
  LocalEnrollment,
  LocalGuardianLink,
  LocalHead,
  LocalRead,
  LocalRecord,
  LocalSchool,
  LocalState,
  LocalUser,
  Note,
  Ordered,
  Origin,
  PairsDelta,
  Plan,
  PlanCounts,
  Policy,
  PolicyWindow,
  Preflight,
  PreflightCollection,
  PreflightCount,
  PreflightFinding,
  PreflightFreshness,
  Proposal,
  ReadState,
  ReadStatistics,
  Reason,
  RecordStatus,
  RecordTarget,
  RecordsDelta,
  RejectedRow,
  RemovalSum,
  Roster,
  RosterChanges,
  RosterDelta,
  RosterHead,
  RosterRead,
  RosterRecord,
  School,
  SchoolChange,
  SchoolLevel,
  Scope,
  Step,
  Suppression,
  SyncedClass,
  SyncedEnrollment,
  SyncedGuardianLink,
  SyncedSchool,
  SyncedUser,
  Term,
  UnfinishedRun,
  User,
  UserChange,
  UserRole,
  WholeReadReason,
  WholeRoster,
} from './model/index.js';

// What may go wrong
export {
  ApiError,
  AuthenticationError,
  ConfigurationError,
  ConnectionError,
  ConnectionTimeoutError,
  DecodeError,
  DisconnectedError,
  IncompleteReadError,
  LockHeldError,
  MailError,
  NotAllowedError,
  NotFoundError,
  PermissionDeniedError,
  PlanError,
  PlanHeldError,
  RateLimitError,
  RosterError,
  ServerError,
  SignInError,
  StalePlanError,
  StoreConflictError,
  StoreError,
} from './errors.js';
export type { ApiErrorDetails, ConnectionErrorDetails, RosterErrorOptions, SignInProblem } from './errors.js';
