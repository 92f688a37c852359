/** The words everyone speaks: roster, local state, change, plan, policy. Plain readonly data. */

export type { Scope, Step } from './scope.js';
export { scopeKey } from './scope.js';
export { classSubject, enrollmentSubject, guardianSubject, schoolSubject, userSubject } from './subject.js';
export type {
  Attestation,
  Class,
  Collection,
  CollectionAttestation,
  Course,
  Enrollment,
  EnrollmentRole,
  GuardianLink,
  Ordered,
  ReadState,
  RecordStatus,
  RejectedRow,
  Roster,
  RosterHead,
  RosterRead,
  RosterRecord,
  School,
  Term,
  User,
  UserRole,
} from './roster.js';
export type {
  DeltaHead,
  EnrollmentPair,
  GuardianPair,
  PairsDelta,
  RecordsDelta,
  RosterChanges,
  RosterDelta,
  WholeReadReason,
  WholeRoster,
} from './delta.js';
export type {
  By,
  ClassOptions,
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
  Origin,
  SyncedClass,
  SyncedEnrollment,
  SyncedGuardianLink,
  SyncedSchool,
  SyncedUser,
} from './local.js';
export type { AbsenceCount, Ledger, ReadStatistics, RemovalSum, UnfinishedRun } from './ledger.js';
export { agedReport } from './aged-report.js';
export {
  decideProposal,
  isResetOpen,
  nounOfProposal,
  type ProposalDecision,
  type ProposalNoun,
} from './decide-proposal.js';
export { emptyLedger } from './ledger.js';
export type { Proposal } from './proposal.js';
export type { Suppression } from './suppression.js';
export type {
  Change,
  ChangeBase,
  ChangeKind,
  ChangeNoun,
  ClassChange,
  EnrollmentChange,
  EnrollmentTarget,
  Evidence,
  Fields,
  GuardianChange,
  GuardianTarget,
  Reason,
  RecordTarget,
  SchoolChange,
  UserChange,
} from './change.js';
export type { Gate, Hold, LatchedHold, LimitKind } from './hold.js';
export type { GateResult, JournalEntry, Note, Plan, PlanCounts } from './plan.js';
export type { ClassSelection, Limits, NotifySettings, Policy, PolicyWindow, SchoolLevel } from './policy.js';
export { defaultPolicy } from './policy.js';
export {
  gravestFirst,
  type Preflight,
  type PreflightCollection,
  type PreflightCount,
  type PreflightFinding,
  type PreflightFreshness,
  preflightCollectionOf,
  preflightCountsOf,
  preflightStateOf,
} from './preflight.js';
export {
  decisionWithoutPerson,
  entryWithoutPerson,
  ERASED,
  type HeldTrace,
  isActOf,
  isDecisionOf,
  isEntryOf,
  ledgerTracesOf,
  type LedgerTraces,
  ledgerWithoutPerson,
  type PersonIds,
  reportWithoutPerson,
  rosterChangesWithoutPerson,
  rosterTracesOf,
  type RosterTraces,
  rosterWithoutPerson,
  runTracesOf,
  type RunTraces,
} from './person/index.js';
