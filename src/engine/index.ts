/**
 * The engine: roster + local state + policy give a plan. Pure: no clock, no randomness, no I/O, and no npm package, so
 * that it runs anywhere and always answers the same.
 */

export { reconcile, type ImportedPerson, type ReconcileInput } from './reconcile.js';
export { reconcileStreams, type ReconcileStreamsInput } from './streams.js';
export { foldDelta } from './fold-delta.js';
export { invert } from './undo.js';
export { phaseOf } from './draft.js';
export { hashChanges, hashPlan } from './hash.js';
export { decideProposal, type ProposalDecision } from './identity/index.js';
export { describedCodes, describedRules, describeReason, describeRule, type Describable } from './words/describe.js';
export {
  compare,
  type ComparedPlan,
  type ComparedPlans,
  type DifferingChange,
  type DifferingHold,
  type PlanComparison,
  type PlanDifference,
} from './compare.js';
export { parseJournal, parseLedger, parsePlan, parsePolicy } from './formats/parse.js';
export { readPlan, writePlan } from './formats/plan-lines.js';
export { explain, type ExplainInput, type ExplainTarget, type Explanation } from './explain/explain.js';
export type { Verdict } from './explain/finding.js';
export type { RecordRef } from './explain/view.js';
export { defaultPolicy, emptyLedger } from '../model/index.js';
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
  NotifySettings,
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
} from '../model/index.js';
