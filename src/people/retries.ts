const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * For how long a message rests after each attempt that failed for now. RFC 5321, section 4.5.4.1, asks for 30 minutes
 * at least, and to give up after four or five days. Only the first rest is shorter: most greylisting is over by then, and a
 * mail server of one's own that restarts is back.
 */
const PAUSES_MS: readonly number[] = [
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  24 * HOUR_MS,
  24 * HOUR_MS,
  24 * HOUR_MS,
  24 * HOUR_MS,
];

/** When to try a message again after so many attempts; undefined where it has been tried for days: give it up. */
export function nextAttemptAt(attempts: number, now: Date): string | undefined {
  const pause = PAUSES_MS[attempts - 1];
  return pause === undefined ? undefined : new Date(now.getTime() + pause).toISOString();
}
