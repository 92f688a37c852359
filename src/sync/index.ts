/** Read, plan, hold or approve, apply, invite, undo: the runs of a sync. */

export type { SyncAccess, SyncPermission } from './access.js';
export type { RosterSyncEvent, RosterSyncEvents, SyncEvent } from './events.js';
export type { ApproveOptions } from './holds.js';
export type { ImportOptions, RosterSyncOptions } from './options.js';
export type { RetentionOptions } from './retention.js';
export { type ApplyOptions, type PlanOptions, RosterSync, type RunOptions, type RunsOptions } from './roster-sync.js';
