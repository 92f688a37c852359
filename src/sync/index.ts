/** Read, plan, hold or approve, apply, invite, undo: the runs of a sync. */

export type { Candidate, CandidateProblem } from '../engine/candidates.js';
export type { RosterSyncEvent, RosterSyncEvents, SyncEvent } from './events.js';
export type { ApproveOptions } from './holds.js';
export type { ImportOptions, RosterSyncOptions } from './options.js';
export type {
  CandidatesOptions,
  ImportedUser,
  ImportOutcome,
  ImportProgress,
  ImportReport,
  ImportReview,
  ImportUsersOptions,
} from './people-import.js';
export type { ResyncUserOptions } from './resync.js';
export type { StepReports } from './steps.js';
export type { RetentionOptions } from './retention.js';
export { type ApplyOptions, type PlanOptions, RosterSync, type RunOptions } from './roster-sync.js';
