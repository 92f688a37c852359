/**
 * What the headers of an answer say about how many requests are welcome, and when. Judged by the server's own clock
 * where it tells the time, because a clock here may be wrong.
 *
 * @module
 */

/** A window of the far side's own count. */
export interface StatedWindow {
  /** The far side's mark of the window: the unix second in which it ends. */
  readonly reset: number;
  readonly endsInMs: number;
  /** How many more requests it allows in this window, whoever makes them; less than none where there were too many. */
  readonly remaining: number;
  /** How many requests it allows in a whole window, where it says so. */
  readonly limit: number | undefined;
}

/** Who asks for more than this has mistaken milliseconds for seconds, or has a clock gone wrong. */
const LONGEST_CREDIBLE_PAUSE_MS = 24 * 60 * 60 * 1000;

/** `x-ratelimit-reset` and `date` are in whole seconds, so that what they say may be this much off. */
const ROUNDING_MS = 2000;

/** A moment that is told in whole seconds and seems to have come may still be almost a second away. */
const SHORTEST_UNTIL_MOMENT_MS = 1000;

/**
 * For how long a far side asks to be left alone: `Retry-After` (seconds, or an HTTP date), else on a 429 the time until
 * `x-ratelimit-reset` (unix seconds; an empty 429 of Clever has no other hint). On a 429 never less than a second until
 * a moment. Undefined where it says nothing that can be believed.
 */
export function retryAfterMs(status: number, headers: Headers): number | undefined {
  if (status < 400) return undefined;
  const asked = retrySecondsInMs(headers) ?? momentInMs(status, headers);
  return asked === undefined || asked > LONGEST_CREDIBLE_PAUSE_MS ? undefined : asked;
}

/**
 * The window that `x-ratelimit-remaining` and `x-ratelimit-reset` tell of. Undefined where they are missing, are no
 * numbers, or name an end that no window of this length can have.
 */
export function statedWindow(headers: Headers, windowMs: number): StatedWindow | undefined {
  const remaining = headers.get('x-ratelimit-remaining')?.trim() ?? '';
  if (!/^-?\d+$/.test(remaining)) return undefined;
  const endsInMs = resetInMs(headers);
  if (endsInMs === undefined || endsInMs > windowMs + ROUNDING_MS) return undefined;
  const limit = headers.get('x-ratelimit-limit')?.trim() ?? '';
  return {
    reset: Number(headers.get('x-ratelimit-reset')),
    endsInMs,
    remaining: Number(remaining),
    limit: /^[1-9]\d{0,8}$/.test(limit) ? Number(limit) : undefined,
  };
}

function retrySecondsInMs(headers: Headers): number | undefined {
  const retryAfter = headers.get('retry-after')?.trim() ?? '';
  return /^\d+(\.\d+)?$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined;
}

function momentInMs(status: number, headers: Headers): number | undefined {
  const at = timeOf(headers.get('retry-after') ?? '');
  const asked = at === undefined ? undefined : inMsUntil(at, headers);
  if (status !== 429) return asked;
  const inMs = asked ?? resetInMs(headers);
  return inMs === undefined ? undefined : Math.max(inMs, SHORTEST_UNTIL_MOMENT_MS);
}

function resetInMs(headers: Headers): number | undefined {
  const reset = headers.get('x-ratelimit-reset')?.trim() ?? '';
  return /^\d+$/.test(reset) ? inMsUntil(Number(reset) * 1000, headers) : undefined;
}

/** A moment that is over says nothing: a server that does not move it on would be asked again without a pause. */
function inMsUntil(at: number, headers: Headers): number | undefined {
  const inMs = at - serverNow(headers);
  return inMs < 0 ? undefined : inMs;
}

function serverNow(headers: Headers): number {
  return timeOf(headers.get('date') ?? '') ?? Date.now();
}

function timeOf(text: string): number | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
