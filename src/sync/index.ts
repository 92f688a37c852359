/** Read, plan, hold or approve, apply, invite, undo: the runs of a sync. */

export type { Candidate, CandidateProblem } from '../engine/candidates.js';
export type { SyncAccess, SyncPermission } from './access.js';
export type {
  ApplyOptions,
  DecisionsOptions,
  PlanOptions,
  RunOptions,
  RunsOptions,
  StatisticsOptions,
} from './call-options.js';
export type { RosterSyncEvent, RosterSyncEvents, SyncEvent } from './events.js';
export type { ApproveOptions, DecideOptions } from './holds.js';
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
export type { LogEntry, LogFact, SyncLogger } from './logging.js';
export type { NoticeOptions } from './notices.js';
export { exitCodeOf } from './outcomes.js';
export type { NoticeRecipient } from './recipients.js';
export type { JoinCounts, SchoolStatistics, SyncStatistics } from './statistics.js';
export type { RunningSync, SyncStatus } from './status.js';
export type { RetentionOptions } from './retention.js';
export { RosterSync } from './roster-sync.js';
export type { UndoOptions } from './undo.js';
