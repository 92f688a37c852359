import { ConfigurationError } from '../errors.js';
import type { RunOutcome } from '../ports/index.js';
import type { RosterSyncEvent, SyncEvents } from './events.js';

/** A line of a log: what happened to which run of which tenant. Ids, counts and words of closed sets only. */
export interface LogEntry {
  readonly event: RosterSyncEvent;
  readonly tenant: string;
  readonly runId: string;
  readonly [fact: string]: LogFact;
}

/** What a line of a log may hold. */
export type LogFact = string | number | boolean | undefined | readonly string[] | Readonly<Record<string, number>>;

/** Where a sync writes what it does: any logger that takes objects, such as pino. */
export interface SyncLogger {
  /** What went as it should. */
  info(entry: LogEntry): void;
  /** What somebody should look at: a hold, a request made again, a run that was stopped. */
  warn(entry: LogEntry): void;
  /** What failed. */
  error(entry: LogEntry): void;
}

const LEVELS: Readonly<Record<RunOutcome, keyof SyncLogger>> = {
  applied: 'info',
  running: 'info',
  held: 'warn',
  partial: 'warn',
  aborted: 'warn',
  failed: 'error',
};

/** @throws ConfigurationError naming the method of `logger` that is missing */
export function checkLogger(logger: unknown): void {
  const given = (typeof logger === 'object' && logger !== null ? logger : {}) as Readonly<Record<string, unknown>>;
  const missing = ['info', 'warn', 'error'].filter((level) => typeof given[level] !== 'function');
  if (missing.length > 0) throw new ConfigurationError('logger', `has to offer ${missing.join(', ')}`);
}

/**
 * Writes a line for every step: never for every page, change or message, of which there may be millions. It hears the events
 * like any listener, so a logger that throws breaks no run.
 */
export function writeLog(events: SyncEvents, tenant: string, logger: SyncLogger): void {
  events.on('run-start', ({ runId, type }) => logger.info({ event: 'run-start', tenant, runId, type }));
  events.on('request-retry', ({ runId, attempt, delayMs, status }) =>
    logger.warn({ event: 'request-retry', tenant, runId, attempt, delayMs, status }),
  );
  events.on('roster-read', ({ runId, readId, kind, reason }) =>
    logger.info({ event: 'roster-read', tenant, runId, readId, kind, reason }),
  );
  events.on('plan-ready', ({ runId, hash, counts, holds }) => {
    const { changes, ready, held, destructive, notes, byKind, notesByCode } = counts;
    logger[holds.length === 0 ? 'info' : 'warn']({
      event: 'plan-ready',
      tenant,
      runId,
      hash,
      ...{ changes, ready, held, destructive, notes, byKind, notesByCode },
      holds: holds.map(({ id }) => id),
    });
  });
  events.on('batch-applied', (batch) => logger.info({ event: 'batch-applied', tenant, ...batch }));
  events.on('hold-decided', (decision) => logger.info({ event: 'hold-decided', tenant, ...decision }));
  events.on('proposal-decided', (decision) => logger.info({ event: 'proposal-decided', tenant, ...decision }));
  events.on('notice-queued', (notice) => logger.info({ event: 'notice-queued', tenant, ...notice }));
  events.on('run-end', (end) => logger[LEVELS[end.outcome]]({ event: 'run-end', tenant, ...end }));
}
