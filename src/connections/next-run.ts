import { Cron } from 'croner';
import { dateIn } from '../internal/dates.js';
import { sha256 } from '../internal/sha256.js';
import type { Connection, Schedule } from '../ports/index.js';
import { pauseEnd, WEEKDAYS } from './schedule.js';

/** What decides when a connection syncs next. */
export type Scheduled = Pick<Connection, 'id' | 'state' | 'schedule' | 'scheduledSince' | 'pausedUntil' | 'doneAt'>;

/** Steps that miss no day, be it one of 23 hours. */
const STEP_MS = 12 * 60 * 60 * 1000;
/** Further apart are no two zones. */
const ZONES_APART_MS = 26 * 60 * 60 * 1000;
/** Pauses that follow upon each other: so many in a row are no schedule any more. */
const LONGEST_SEARCH = 100;

/**
 * When the connection syncs next by itself; a time that has passed is due: nobody has dealt with it. Undefined where it does
 * not sync by itself. Computes, and nothing else.
 *
 * Of several times that were missed the last one alone is due, and only where the present day and all since are in no pause.
 *
 * @example
 * ```ts
 * import { nextRunAt, type Connection } from 'rosterkit';
 *
 * export function isDue(connection: Connection, now: Date): boolean {
 *   const next = nextRunAt(connection, now);
 *   return next !== undefined && next <= now;
 * }
 * ```
 */
export function nextRunAt(connection: Scheduled, now: Date): Date | undefined {
  const { id, state, schedule, scheduledSince, pausedUntil, doneAt } = presently(connection, now);
  if (schedule === undefined || scheduledSince === undefined) return undefined;
  if (state !== 'enabled' && (state !== 'paused' || pausedUntil === undefined)) return undefined;
  const since = Math.max(Date.parse(scheduledSince), doneAt === undefined ? 0 : Date.parse(doneAt));
  const times = new DailyTimes(schedule, jitterOf(id, schedule));
  if (state === 'enabled') {
    const due = times.lastUntil(now);
    if (due !== undefined && due.getTime() > since) return due;
  }
  const resumed = pausedUntil === undefined ? 0 : Date.parse(pausedUntil);
  return times.firstAfter(new Date(Math.max(now.getTime(), since, resumed)));
}

/** The connection as it is now: a pause that has come to its end is over. */
export function presently<T extends Scheduled>(connection: T, now: Date): T {
  const { pausedUntil, ...rest } = connection;
  if (connection.state !== 'paused' || pausedUntil === undefined || Date.parse(pausedUntil) > now.getTime()) {
    return connection;
  }
  return { ...rest, state: 'enabled', scheduledSince: pausedUntil } as T;
}

/** The same for one connection every day, spread over all of them. Whole seconds: a person reads them. */
function jitterOf(id: string, { jitterMinutes = 0 }: Schedule): number {
  const share = Number.parseInt(sha256(id).slice(0, 8), 16) / 2 ** 32;
  return Math.floor(share * jitterMinutes * 60) * 1000;
}

/** The instants of a schedule. */
class DailyTimes {
  readonly #cron: Cron;

  constructor(
    private readonly schedule: Schedule,
    private readonly jitterMs: number,
  ) {
    const [hour, minute] = schedule.at.split(':').map(Number);
    const days = schedule.weekdays?.map((day) => WEEKDAYS.indexOf(day)).join(',') ?? '*';
    this.#cron = new Cron(`0 ${String(minute)} ${String(hour)} * * ${days}`, { timezone: schedule.timeZone });
  }

  firstAfter(instant: Date): Date | undefined {
    let from = new Date(instant.getTime() - this.jitterMs);
    for (let tries = 0; tries < LONGEST_SEARCH; tries += 1) {
      const next = this.#cron.nextRun(from);
      if (next === null) return undefined;
      const end = pauseEnd(this.schedule, this.#dayOf(next));
      if (end === undefined) return this.#jittered(next);
      from = new Date(Math.max(next.getTime(), Date.parse(end) - ZONES_APART_MS));
    }
    return undefined;
  }

  /** The last one, where no day from it to the instant is in a pause. */
  lastUntil(instant: Date): Date | undefined {
    const [last] = this.#cron.previousRuns(1, new Date(instant.getTime() - this.jitterMs + 1));
    if (last === undefined) return undefined;
    for (let at = last.getTime(); at < instant.getTime() + STEP_MS; at += STEP_MS) {
      if (pauseEnd(this.schedule, this.#dayOf(new Date(Math.min(at, instant.getTime())))) !== undefined)
        return undefined;
    }
    return this.#jittered(last);
  }

  #dayOf(instant: Date): string {
    return dateIn(this.schedule.timeZone, instant);
  }

  #jittered(instant: Date): Date {
    return new Date(instant.getTime() + this.jitterMs);
  }
}
