/** Waits, unless the signal says otherwise; then throws the signal's reason. */
export async function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  if (delayMs <= 0) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal?.addEventListener('abort', done, { once: true });
  });
  signal?.throwIfAborted();
}

/** The outcome of some work, or the signal's reason, whichever comes first. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  let stopListening = (): void => undefined;
  const aborted = new Promise<void>((resolve) => {
    const onAbort = (): void => {
      resolve();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    stopListening = () => {
      signal.removeEventListener('abort', onAbort);
    };
  });
  try {
    const outcome = await Promise.race([work.then((value) => ({ value })), aborted]);
    if (outcome !== undefined) return outcome.value;
    signal.throwIfAborted();
    return await work;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    stopListening();
  }
}

/**
 * For how long a far side asks to be left alone: `Retry-After` (seconds, or an HTTP date), else on a 429 the time until
 * `x-ratelimit-reset` (unix seconds; an empty 429 of Clever has no other hint). Judged by the server's own clock where
 * it tells the time.
 */
export function retryAfterMs(status: number, headers: Headers): number | undefined {
  const serverNow = timeOf(headers.get('date')) ?? Date.now();
  const retryAfter = headers.get('retry-after')?.trim();
  if (retryAfter !== undefined && retryAfter !== '') {
    if (/^\d+(\.\d+)?$/.test(retryAfter)) return Number(retryAfter) * 1000;
    const at = timeOf(retryAfter);
    if (at !== undefined) return Math.max(0, at - serverNow);
  }
  const reset = headers.get('x-ratelimit-reset')?.trim() ?? '';
  if (status !== 429 || !/^\d+$/.test(reset)) return undefined;
  return Math.max(0, Number(reset) * 1000 - serverNow);
}

function timeOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
