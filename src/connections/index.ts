/** What ties a tenant to its providers: connections that are set up, looked at and enabled, and their daily schedule. */

export type {
  ConnectionActOptions,
  ConnectionConfiguration,
  LookOptions,
  NewConnection,
  RunNowOptions,
} from './acts.js';
export { Connections } from './connections.js';
export type { DueRun } from './due.js';
export { nextRunAt } from './next-run.js';
export type { Scheduled } from './next-run.js';
export type { ConnectionsOptions, SharedSyncOptions, SourceFactory } from './options.js';
export type { ConnectionStatus } from './running.js';
export { Scheduler } from './scheduler.js';
export type { ScheduledRun, SchedulerOptions } from './scheduler.js';
export type { ConnectionSettings } from './settings.js';
