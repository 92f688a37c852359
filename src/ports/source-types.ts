/**
 * What a source gives, as types: each provider's entry names them, so that a program that uses that entry alone can write
 * down what it got.
 *
 * @module
 */

export type {
  Attestation,
  Class,
  Collection,
  CollectionAttestation,
  Course,
  DeltaHead,
  Enrollment,
  EnrollmentPair,
  EnrollmentRole,
  GuardianLink,
  GuardianPair,
  Ordered,
  PairsDelta,
  Preflight,
  PreflightCollection,
  PreflightCount,
  PreflightFinding,
  PreflightFreshness,
  ReadState,
  RecordsDelta,
  RecordStatus,
  RejectedRow,
  Roster,
  RosterChanges,
  RosterDelta,
  RosterHead,
  RosterRead,
  RosterRecord,
  School,
  Scope,
  Step,
  Term,
  User,
  UserRole,
  WholeReadReason,
  WholeRoster,
} from '../model/index.js';
export type { Clock } from './clock.js';
export type { PageRead, ReadOptions, RosterSource } from './source.js';
