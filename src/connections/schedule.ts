import { ConfigurationError } from '../errors.js';
import type { Schedule, SchedulePause, Weekday } from '../ports/index.js';

/** In the order of cron's numbers, from 0. */
export const WEEKDAYS: readonly Weekday[] = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
];

const PARTS: Readonly<Record<keyof Schedule, true>> = {
  at: true,
  timeZone: true,
  weekdays: true,
  jitterMinutes: true,
  pauses: true,
};
const DAY_MINUTES = 24 * 60;

/** @throws ConfigurationError naming the part that is unknown, missing or impossible */
export function settleSchedule(given: unknown): Schedule {
  const schedule = recordOf('schedule', given, 'is an object such as { at: "02:30", timeZone: "America/New_York" }');
  const unknown = Object.keys(schedule).find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) throw new ConfigurationError(`schedule.${unknown}`, 'is not a part of a schedule');
  const { at, timeZone, weekdays, jitterMinutes, pauses } = schedule;
  if (typeof at !== 'string' || !/^([01]\d|2[0-3]):[0-5]\d$/.test(at)) {
    throw new ConfigurationError('schedule.at', 'is a time of day such as "02:30"');
  }
  if (typeof timeZone !== 'string' || !isTimeZone(timeZone)) {
    throw new ConfigurationError('schedule.timeZone', 'is an IANA name such as America/New_York');
  }
  return {
    at,
    timeZone,
    ...(weekdays === undefined ? {} : { weekdays: settleWeekdays(weekdays) }),
    ...(jitterMinutes === undefined ? {} : { jitterMinutes: settleJitter(jitterMinutes) }),
    ...(pauses === undefined ? {} : { pauses: settlePauses(pauses) }),
  };
}

function settleWeekdays(given: unknown): readonly Weekday[] {
  const isList = Array.isArray(given) && given.length > 0;
  if (isList && given.every((day) => WEEKDAYS.includes(day as Weekday))) {
    return WEEKDAYS.filter((day) => given.includes(day));
  }
  throw new ConfigurationError(
    'schedule.weekdays',
    'is a list of days such as ["monday", "friday"]; leave it out for all',
  );
}

function settleJitter(given: unknown): number {
  if (Number.isSafeInteger(given) && Number(given) >= 0 && Number(given) < DAY_MINUTES) return Number(given);
  throw new ConfigurationError('schedule.jitterMinutes', `is a whole number of minutes from 0, and less than a day`);
}

function settlePauses(given: unknown): readonly SchedulePause[] {
  if (!Array.isArray(given)) throw new ConfigurationError('schedule.pauses', 'is a list of { from, to }');
  return given.map((pause: unknown, index) => settlePause(`schedule.pauses[${String(index)}]`, pause));
}

function settlePause(parameter: string, given: unknown): SchedulePause {
  const { from, to, ...others } = recordOf(parameter, given, 'is { from, to }');
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new ConfigurationError(`${parameter}.${unknown}`, 'is not a part of a pause');
  const meaning = 'is a day such as "2026-12-20", or "12-20" for every year';
  if (typeof from !== 'string' || !isDay(from)) throw new ConfigurationError(`${parameter}.from`, meaning);
  if (typeof to !== 'string' || !isDay(to)) throw new ConfigurationError(`${parameter}.to`, meaning);
  if (isYearly(from) !== isYearly(to))
    throw new ConfigurationError(`${parameter}.to`, 'has a year where `from` has one');
  if (!isYearly(from) && to < from) throw new ConfigurationError(`${parameter}.to`, 'comes before `from`');
  return { from, to };
}

/** The last day of the pause that the day (`2026-12-24`) lies in; undefined where it lies in none. */
export function pauseEnd(schedule: Schedule, day: string): string | undefined {
  const ends = (schedule.pauses ?? []).flatMap((pause) => endOf(pause, day) ?? []);
  return ends.sort().at(-1);
}

function endOf({ from, to }: SchedulePause, day: string): string | undefined {
  if (!isYearly(from)) return from <= day && day <= to ? to : undefined;
  const year = Number(day.slice(0, 4));
  const ofYear = day.slice(5);
  if (from <= to) return from <= ofYear && ofYear <= to ? `${String(year)}-${to}` : undefined;
  if (ofYear >= from) return `${String(year + 1)}-${to}`;
  return ofYear <= to ? `${String(year)}-${to}` : undefined;
}

function isYearly(day: string): boolean {
  return day.length === 'MM-DD'.length;
}

function isDay(text: string): boolean {
  // A leap year: 29 February is a day of some years.
  const day = isYearly(text) ? `2028-${text}` : text;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return false;
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function recordOf(parameter: string, given: unknown, meaning: string): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ConfigurationError(parameter, meaning);
  }
  return given as Readonly<Record<string, unknown>>;
}
